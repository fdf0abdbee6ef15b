"""Rows that are the same can be merged; what an import says of its list is not cut"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

sequence = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "merger",
        sa.Column("id", key, nullable=False),
        sa.Column("county_id", key, nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("gone_name", sa.String(length=120), nullable=False),
        sa.Column("kept_name", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", key, nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_id", key, nullable=False),
        sa.Column("gone_id", key, nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_merger_county_id")),
        sa.ForeignKeyConstraint(["merged_by_id"], ["user.id"], name=op.f("fk_merger_merged_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merger")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_merger_county_id", "merger", ["county_id"])
    op.create_index("ix_merger_target_kept", "merger", ["target", "kept_id"])
    _change_remarks(sa.Text(), sa.String(500))


def _change_remarks(new: sa.types.TypeEngine[str], old: sa.types.TypeEngine[str]) -> None:
    highest = None
    if op.get_bind().dialect.name == "sqlite":
        highest = op.get_bind().scalar(sa.select(sequence.c.seq).where(sequence.c.name == "import_batch"))
    with op.batch_alter_table("import_batch", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("ignored", type_=new, existing_type=old)
    if highest is not None:  # SQLite forgets what it has counted to when the table is made anew
        op.execute(sequence.update().where(sequence.c.name == "import_batch").values(seq=highest))


def downgrade() -> None:
    _change_remarks(sa.String(500), sa.Text())
    op.drop_table("merger")
