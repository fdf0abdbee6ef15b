"""The 政务服务中心 that 承诺书 are addressed to"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

county = sa.table("county", sa.column("code"), sa.column("service_centre"))
#: 武陟县, 和硕县: their documents say 县政务服务中心.
OF_THE_COUNTY = ("410823", "652828")


def upgrade() -> None:
    with op.batch_alter_table("county") as batch_op:
        batch_op.add_column(sa.Column("service_centre", sa.String(60), nullable=False, server_default="政务服务中心"))
    with op.batch_alter_table("county", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("service_centre", server_default=None)
    op.execute(county.update().where(county.c.code.in_(OF_THE_COUNTY)).values(service_centre="县政务服务中心"))


def downgrade() -> None:
    with op.batch_alter_table("county") as batch_op:
        batch_op.drop_column("service_centre")
