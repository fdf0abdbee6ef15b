"""Papers: what a county calls a project's code, its own templates, what was printed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FORMS = ("word", "page", "batch")


def upgrade() -> None:
    with op.batch_alter_table("county") as batch_op:
        batch_op.add_column(sa.Column("code_word", sa.String(length=20), nullable=False, server_default="项目编号"))
    with op.batch_alter_table("county") as batch_op:
        batch_op.alter_column("code_word", server_default=None)
    op.execute("UPDATE county SET code_word = '项目编码' WHERE code = '410825'")
    op.create_table(
        "paper_template",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("county_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", KEY),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("paper", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_paper_template_county_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["user.id"], name=op.f("fk_paper_template_uploaded_by_id")),
        sa.UniqueConstraint("county_id", "paper", "number", name=op.f("uq_paper_template_county_id_paper_number")),
    )
    op.create_index(op.f("ix_paper_template_county_id"), "paper_template", ["county_id"])
    op.create_index(
        "uq_paper_template_active", "paper_template", ["county_id", "paper"], unique=True,
        sqlite_where=sa.text("active"), postgresql_where=sa.text("active"),
    )
    listed = ", ".join(f"'{form}'" for form in FORMS)
    op.create_table(
        "paper_print",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("county_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("form", sa.String(length=32), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_by_id", KEY),
        sa.Column("template_number", sa.Integer()),
        sa.CheckConstraint(f"form IN ({listed})", name=op.f("ck_paper_print_form")),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name=op.f("fk_paper_print_case_id")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_paper_print_county_id")),
        sa.ForeignKeyConstraint(["printed_by_id"], ["user.id"], name=op.f("fk_paper_print_printed_by_id")),
    )
    op.create_index(op.f("ix_paper_print_county_id"), "paper_print", ["county_id"])
    op.create_index(op.f("ix_paper_print_case_id"), "paper_print", ["case_id"])
