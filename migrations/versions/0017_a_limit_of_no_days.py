"""A service item may have a limit of 0 days (即办)"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE, NAME = "service_item", "ck_service_item_limit_days_range"
RANGE = "limit_days BETWEEN {} AND 3650"


def upgrade() -> None:
    _change(1, 0)


def downgrade() -> None:
    op.execute("UPDATE service_item SET limit_days = 1 WHERE limit_days = 0")
    _change(0, 1)


def _change(old: int, new: int) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(RANGE.format(old), RANGE.format(new))
        return
    op.drop_constraint(op.f(NAME), TABLE, type_="check")
    op.create_check_constraint(op.f(NAME), TABLE, RANGE.format(new))


def _rebuild(old: str, new: str) -> None:
    """Make the table again with another range, since SQLite cannot alter a constraint.

    Not by `batch_alter_table`, which loses AUTOINCREMENT and with it the ids that are not given again.
    """
    connection = op.get_bind()
    of_table = {"name": TABLE}
    sql = connection.scalar(text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"), of_table)
    indexes = connection.scalars(
        text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :name AND sql IS NOT NULL"), of_table
    ).all()
    last_id = connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), of_table)
    connection.exec_driver_sql(f'CREATE TABLE "_new_{TABLE}" {sql[sql.index("(") :].replace(old, new)}')
    connection.exec_driver_sql(f'INSERT INTO "_new_{TABLE}" SELECT * FROM "{TABLE}"')  # nosec B608
    connection.exec_driver_sql(f'DROP TABLE "{TABLE}"')
    connection.exec_driver_sql(f'ALTER TABLE "_new_{TABLE}" RENAME TO "{TABLE}"')
    for index in indexes:
        connection.exec_driver_sql(index)
    if last_id is not None:
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), of_table)
        connection.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), {"last": last_id, **of_table}
        )
