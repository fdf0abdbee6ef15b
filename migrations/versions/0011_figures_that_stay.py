"""A locked month keeps its figures; a rating knows the month that it counts in"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ledger_month") as batch_op:
        batch_op.add_column(sa.Column("figures", sa.JSON()))
    with op.batch_alter_table("evaluation") as batch_op:
        batch_op.add_column(sa.Column("closed_on", sa.Date()))
        batch_op.create_index("ix_evaluation_closed_on", ["closed_on"])
    op.execute(
        "UPDATE evaluation SET closed_on ="
        " (SELECT ended_on FROM service_case WHERE service_case.id = evaluation.case_id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("evaluation") as batch_op:
        batch_op.drop_index("ix_evaluation_closed_on")
        batch_op.drop_column("closed_on")
    with op.batch_alter_table("ledger_month") as batch_op:
        batch_op.drop_column("figures")
