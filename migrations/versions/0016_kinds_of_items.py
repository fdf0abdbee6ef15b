"""Items say whether they are 民生保障 items and whether they are for new enterprises"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COLUMNS = ("livelihood", "for_new_firms")
#: The usual choice at the time; a county changes it.
LIVELIHOOD = ("社保", "参保登记", "公积金登记", "供电", "供水", "供气", "供暖")

sequence = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
item = sa.table("service_item", *(sa.column(c) for c in ("name", "category", *COLUMNS)))


def upgrade() -> None:
    highest = _highest_number()
    with op.batch_alter_table("service_item") as batch_op:
        for name in COLUMNS:
            batch_op.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("service_item", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        for name in COLUMNS:
            batch_op.alter_column(name, server_default=None)
    if highest is not None:
        op.execute(sequence.update().where(sequence.c.name == "service_item").values(seq=highest))
    op.execute(item.update().where(item.c.name.in_(LIVELIHOOD)).values(livelihood=sa.true()))
    # Until now these two categories were what new enterprises ask for.
    op.execute(item.update().where(item.c.category.in_(("starting", "other"))).values(for_new_firms=sa.true()))


def _highest_number() -> int | None:
    """What SQLite has counted to, deleted rows included; it forgets when the table is made anew."""
    if op.get_bind().dialect.name != "sqlite":
        return None
    return op.get_bind().scalar(sa.select(sequence.c.seq).where(sequence.c.name == "service_item"))


def downgrade() -> None:
    with op.batch_alter_table("service_item") as batch_op:
        for name in COLUMNS:
            batch_op.drop_column(name)
