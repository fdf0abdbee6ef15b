"""SQLite gave the number of a deleted row to the next one, with its history and its attachments"""

from __future__ import annotations

import re

from alembic import op
from sqlalchemy import text

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PLAIN = re.compile(r"\bid INTEGER NOT NULL")
KEY = re.compile(r",\s*CONSTRAINT \"?pk_\w+\"? PRIMARY KEY \(id\)")


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    tables = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    ).all()
    for name, sql in tables:
        made, found = KEY.subn("", sql)
        if not found:  # alembic's own
            continue
        made = PLAIN.sub("id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT", made, count=1)
        _make_anew(name, made[made.index("(") :])


def _make_anew(name: str, columns: str) -> None:
    """The table with these columns, its rows and its indexes; what refers to it does so by its name."""
    connection = op.get_bind()
    indexes = connection.execute(
        text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :name AND sql IS NOT NULL"),
        {"name": name},
    ).scalars().all()
    connection.exec_driver_sql(f'CREATE TABLE "_new_{name}" {columns}')
    connection.exec_driver_sql(f'INSERT INTO "_new_{name}" SELECT * FROM "{name}"')  # nosec B608
    connection.exec_driver_sql(f'DROP TABLE "{name}"')
    connection.exec_driver_sql(f'ALTER TABLE "_new_{name}" RENAME TO "{name}"')
    for index in indexes:
        connection.exec_driver_sql(index)


def downgrade() -> None:
    """Numbers that are not given again do no harm to an older version."""
