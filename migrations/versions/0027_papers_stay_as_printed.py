"""What a paper said when it was first printed; why received papers were kept; praise of units"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
sequence = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
EITHER = "(department_id IS NULL) <> (staff_id IS NULL)"
COUNTED = {"sqlite_autoincrement": True}


def upgrade() -> None:
    _make_tables()
    with op.batch_alter_table("case_material") as batch_op:
        batch_op.add_column(sa.Column("kept_reason", sa.String(100)))
    highest = _highest_number()
    with op.batch_alter_table("commendation", table_kwargs=COUNTED) as batch_op:
        batch_op.add_column(sa.Column("department_id", KEY))
        batch_op.alter_column("staff_id", existing_type=KEY, nullable=True)
        batch_op.create_foreign_key(op.f("fk_commendation_department_id"), "department", ["department_id"], ["id"])
        batch_op.create_check_constraint(op.f("ck_commendation_either_ratee"), EITHER)
    op.create_index(op.f("ix_commendation_department_id"), "commendation", ["department_id"])
    if highest is not None:
        op.execute(sequence.update().where(sequence.c.name == "commendation").values(seq=highest))


def _make_tables() -> None:
    op.create_table(
        "printed_template",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("county_id", KEY, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_printed_template_county_id")),
        sa.UniqueConstraint("county_id", "digest", name=op.f("uq_printed_template_county_id_digest")),
        **COUNTED,
    )
    op.create_index(op.f("ix_printed_template_county_id"), "printed_template", ["county_id"])
    op.create_table(
        "printed_paper",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("county_id", KEY, nullable=False),
        sa.Column("paper", sa.String(20), nullable=False),
        sa.Column("owner_table", sa.String(40), nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("edition", sa.String(20), nullable=False),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("template_number", sa.Integer()),
        sa.Column("template_id", KEY, nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_printed_paper_county_id")),
        sa.ForeignKeyConstraint(["template_id"], ["printed_template.id"], name=op.f("fk_printed_paper_template_id")),
        sa.UniqueConstraint(
            "county_id",
            "owner_table",
            "owner_id",
            "paper",
            "edition",
            name=op.f("uq_printed_paper_county_id_owner_table_owner_id_paper_edition"),
        ),
        **COUNTED,
    )
    op.create_index(op.f("ix_printed_paper_county_id"), "printed_paper", ["county_id"])


def _highest_number() -> int | None:
    """What SQLite has counted to, deleted rows included; it forgets when the table is made anew."""
    if op.get_bind().dialect.name != "sqlite":
        return None
    return op.get_bind().scalar(sa.select(sequence.c.seq).where(sequence.c.name == "commendation"))


def downgrade() -> None:
    op.execute("DELETE FROM commendation WHERE staff_id IS NULL")
    op.drop_index(op.f("ix_commendation_department_id"), "commendation")
    with op.batch_alter_table("commendation", table_kwargs=COUNTED) as batch_op:
        batch_op.drop_constraint(op.f("ck_commendation_either_ratee"), type_="check")
        batch_op.drop_constraint(op.f("fk_commendation_department_id"), type_="foreignkey")
        batch_op.drop_column("department_id")
        batch_op.alter_column("staff_id", existing_type=KEY, nullable=False)
    with op.batch_alter_table("case_material") as batch_op:
        batch_op.drop_column("kept_reason")
    op.drop_table("printed_paper")
    op.drop_table("printed_template")
