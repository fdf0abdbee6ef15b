"""A month before the county's first ledger is opened with a reason, and stands apart"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ledger_month") as batch_op:
        batch_op.add_column(sa.Column("reason", sa.String(200)))


def downgrade() -> None:
    with op.batch_alter_table("ledger_month") as batch_op:
        batch_op.drop_column("reason")
