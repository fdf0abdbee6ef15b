"""`make revision m="…"`: write the migration from the newest version to the models as they are now.

The models are compared with a SQLite database migrated to head; the file works on both engines. Alembic
compares tables, columns, indexes, foreign keys and unique constraints. It leaves out CHECK constraints, which hold
the values of enums, so they are compared here. Read the file before you commit it: a renamed column looks like one
dropped and one added.
"""

from __future__ import annotations

import re
import subprocess  # nosec B404 # our own formatter, a fixed command
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import sqlite

from models import Base
from models.types import Moment, Money
from services.kernel.schema import config_for, upgrade
from services.kernel.transaction import open_engine

#: SQLite changes a table by making it anew: without this option it would give the ids of deleted rows again.
KEEP_IDS = 'table_kwargs={"sqlite_autoincrement": True}'


@dataclass
class Lines(ops.MigrateOperation):
    """Code of a migration that Alembic has no words for: the way up, and the way down."""

    up: list[str]
    down: list[str]

    def reverse(self) -> Lines:
        """The way down."""
        return Lines(self.down, self.up)


@renderers.dispatch_for(Lines)
def _render_lines(_: AutogenContext, lines: Lines) -> list[str]:
    return lines.up


def render_type(kind: str, value: Any, _: AutogenContext) -> str | Literal[False]:
    """Our own column types as the types they are stored as; `False` leaves the rest to Alembic."""
    if kind == "type" and isinstance(value, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, Money):
        return 'sa.Numeric(14, 2).with_variant(sa.BigInteger(), "sqlite")'
    return False


def _batch(table: str, lines: Iterable[str]) -> list[str]:
    """A block of changes of a table. Mako's printer indents it, up to the empty line."""
    return [f"with op.batch_alter_table({table!r}, {KEEP_IDS}) as batch_op:", *lines, ""]


def _literal(column: sa.Column[Any]) -> str:
    """The model's default as SQL of both engines."""
    default = column.default
    value = default.arg if isinstance(default, sa.ColumnDefault) and default.is_scalar else None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, int) and (value == 0 or not isinstance(column.type, Money)):
        return str(value)
    raise SystemExit(
        f"{column.table.name}.{column.name} is NOT NULL and has no plain default: existing rows need a value. "
        "Give the column a default, let it be empty, or write this migration by hand."
    )


def _fill(table: str, columns: Sequence[sa.Column[Any]]) -> Lines:
    """New columns get their defaults in existing rows, then become NOT NULL."""
    updates = [
        f'UPDATE "{table}" SET "{column.name}" = {_literal(column)}'  # noqa: S608 # nosec B608 # our own names
        for column in columns
    ]
    required = _batch(table, (f"batch_op.alter_column({column.name!r}, nullable=False)" for column in columns))
    return Lines([*(f"op.execute({update!r})" for update in updates), *required], [])


def _added(change: ops.ModifyTableOps) -> Iterator[Lines]:
    """Make the new columns of `change` fit for tables with rows; gives what has to follow."""
    required = []
    for op in change.ops:
        if isinstance(op, ops.AddColumnOp):
            column = op.column
            op.column = column._copy()
            if isinstance(column.type, sa.Enum):
                op.column.type = sa.String(column.type.length)  # its values are a CHECK, written by `_checks`
            if not column.nullable:
                op.column.nullable = True
                required.append(column)
    if required:
        yield _fill(change.table_name, required)


def _normal(sql: str) -> str:
    return re.sub(r'[\s"()]+', "", sql).lower()


def _wanted(table: sa.Table) -> dict[str, str]:
    """Names and texts of the CHECK constraints that the models declare."""
    dialect = sqlite.dialect()
    prepared = dialect.identifier_preparer
    options = {"literal_binds": True, "include_table": False}
    return {
        (prepared.format_constraint(check) or "").strip('"'): str(
            check.sqltext.compile(dialect=dialect, compile_kwargs=options)
        )
        for check in table.constraints
        if isinstance(check, sa.CheckConstraint)
    }


def _checks(connection: sa.Connection) -> Iterator[Lines]:
    """CHECK constraints that the database has and the models have not, or the other way round."""
    inspector = sa.inspect(connection)
    for table in Base.metadata.sorted_tables:
        if not inspector.has_table(table.name):
            continue  # made with its constraints
        found = {str(c["name"]): c["sqltext"] for c in inspector.get_check_constraints(table.name)}
        wanted = _wanted(table)
        for name in sorted(found.keys() | wanted.keys()):
            before, after = found.get(name), wanted.get(name)
            if before is None or after is None or _normal(before) != _normal(after):
                yield Lines(_replace(table.name, name, before, after), _replace(table.name, name, after, before))


def _replace(table: str, name: str, before: str | None, after: str | None) -> list[str]:
    lines = []
    if before is not None:
        lines.append(f"batch_op.drop_constraint(op.f({name!r}), type_='check')")
    if after is not None:
        lines.append(f"batch_op.create_check_constraint(op.f({name!r}), {after!r})")
    return _batch(table, lines)


def _complete(context: Any, _: Any, directives: list[ops.MigrationScript]) -> None:
    """Add to Alembic's script what it does not see; drop the script when there is nothing in it."""
    script = directives[0]
    assert script.upgrade_ops is not None
    assert script.downgrade_ops is not None
    up: list[ops.MigrateOperation] = []
    for op in script.upgrade_ops.ops:
        up.append(op)
        if isinstance(op, ops.ModifyTableOps):
            up += list(_added(op))
    up += list(_checks(context.connection))
    script.upgrade_ops.ops[:] = up
    script.upgrade_ops.reverse_into(script.downgrade_ops)
    if not up:
        directives[:] = []


def write(message: str) -> Path | None:
    """Write the migration; None when the models and the newest migration agree."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/head.db")
        upgrade(engine)
        config = config_for(engine)
        config.attributes["render_item"] = render_type
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        config.set_main_option("truncate_slug_length", "60")
        scripts = ScriptDirectory.from_config(config)
        newest = scripts.get_current_head()
        assert newest is not None
        made = command.revision(
            config, message, autogenerate=True, rev_id=f"{int(newest) + 1:04}", process_revision_directives=_complete
        )
        engine.dispose()
    if made is None or isinstance(made, list):
        return None
    path = Path(made.path)
    _tidy(path)
    return path


def _tidy(path: Path) -> None:
    """The house's style: no comments of Alembic's, one option on every batch, our layout."""
    text = re.sub(r"^ *# ###.*\n", "", path.read_text(encoding="utf-8"), flags=re.M)
    text = re.sub(r"batch_alter_table\(('\w+'), schema=None\)", rf"batch_alter_table(\1, {KEEP_IDS})", text)
    path.write_text(text, encoding="utf-8")
    subprocess.run(  # noqa: S603 # nosec B603 # our own formatter
        [sys.executable, "-m", "ruff", "format", "-q", str(path)], check=True
    )


def main() -> None:
    """Write the migration that the words of the command line name."""
    message = " ".join(sys.argv[1:]).strip()
    if not message:
        raise SystemExit('say what changes: make revision m="Enterprises keep their registered capital"')
    path = write(message)
    print(f"wrote {path}" if path else "the models and the newest migration agree; nothing to write")


if __name__ == "__main__":
    main()
