"""绿色通道 has a reason and a named person, and is marked in the ledger"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

sequence = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))


def upgrade() -> None:
    with op.batch_alter_table("service_case") as batch_op:
        batch_op.add_column(sa.Column("green_reason", sa.String(200)))
        batch_op.add_column(sa.Column("green_handler", sa.String(30)))
    highest = _highest_number()
    with op.batch_alter_table("ledger_entry") as batch_op:
        batch_op.add_column(sa.Column("green_channel", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("ledger_entry", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("green_channel", server_default=None)
    if highest is not None:
        op.execute(sequence.update().where(sequence.c.name == "ledger_entry").values(seq=highest))


def _highest_number() -> int | None:
    """What SQLite has counted to, deleted rows included; it forgets when the table is made anew."""
    if op.get_bind().dialect.name != "sqlite":
        return None
    return op.get_bind().scalar(sa.select(sequence.c.seq).where(sequence.c.name == "ledger_entry"))


def downgrade() -> None:
    with op.batch_alter_table("ledger_entry") as batch_op:
        batch_op.drop_column("green_channel")
    with op.batch_alter_table("service_case") as batch_op:
        batch_op.drop_column("green_handler")
        batch_op.drop_column("green_reason")
