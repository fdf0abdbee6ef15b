"""An end that one side alone asks for waits for the lead office"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("service_case") as batch_op:
        batch_op.add_column(sa.Column("end_asked_on", sa.Date()))


def downgrade() -> None:
    with op.batch_alter_table("service_case") as batch_op:
        batch_op.drop_column("end_asked_on")
