"""Notes of an import's lines are objects by codes; a batch keeps which of several columns it reads"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

#: The codes of a note's parts in their former order, by the result of the line.
CODES = {
    "wrong": ("cell", "column", "typed", "reason"),
    "changed": ("cell", "column", "old", "new"),
    "created": ("contents", "doubt"),
}
lines = sa.table("import_line", sa.column("id"), sa.column("result"), sa.column("notes", sa.JSON()))
#: Lines that are converted together; a list has up to 50,000.
CHUNK = 1000


def upgrade() -> None:
    op.add_column("import_batch", sa.Column("columns", sa.JSON(), nullable=True))
    _convert(lambda result, note: dict(zip(CODES[result], note, strict=False)))


def downgrade() -> None:
    _convert(_parts)
    op.drop_column("import_batch", "columns")


def _parts(result: str, note: dict[str, str]) -> list[str]:
    """A note by place. A doubt about a changed line stood in the places of the old and the new value."""
    if result == "changed" and "doubt" in note:
        return [note["cell"], note["column"], note["typed"], note["doubt"]]
    return [note.get(code, "") for code in CODES[result]]


def _convert(convert: Callable[[str, Any], Any]) -> None:
    connection = op.get_bind()
    last = 0
    while found := _after(connection, last):
        last = found[-1].id
        changed = [
            {"line": line.id, "said": [convert(line.result, note) for note in line.notes]}
            for line in found
            if line.notes
        ]
        if changed:
            update = lines.update().where(lines.c.id == sa.bindparam("line")).values(notes=sa.bindparam("said"))
            connection.execute(update, changed)


def _after(connection: sa.Connection, last: int) -> Sequence[Any]:
    return connection.execute(sa.select(lines).where(lines.c.id > last).order_by(lines.c.id).limit(CHUNK)).all()
