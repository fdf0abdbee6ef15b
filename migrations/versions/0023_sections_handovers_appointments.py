"""牵头科室 and 责任认领, papers handed over, terms of office, appointments"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

#: Setting: code of the county whose document binds. Source: B 二.3, 五.3, 六.5; W 附件1 三; H 四(三).
SETTINGS = {
    "has_lead_sections": "150422",
    "sections_take_over": "150422",
    "officer_brings": "410825",
    "tells_employment": "652828",
}

county = sa.table("county", *(sa.column(c) for c in ("code", *SETTINGS)))
sequence = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))


def upgrade() -> None:
    counted = _counted()
    op.create_table(
        "appointment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("matter", sa.String(length=100), nullable=False),
        sa.Column("mode_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.String(length=5), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "done",
                "missed",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("visitor", sa.String(length=30), nullable=True),
        sa.Column("visitor_phone", sa.String(length=30), nullable=True),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name=op.f("fk_appointment_case_id")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_appointment_county_id")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_appointment_enterprise_id")),
        sa.ForeignKeyConstraint(["mode_id"], ["county_option.id"], name=op.f("fk_appointment_mode_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_appointment_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("appointment", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.create_index(batch_op.f("ix_appointment_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_appointment_county_day", ["county_id", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_appointment_county_id"), ["county_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appointment_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appointment_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "paper_handover",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("to_window", "to_section", name="kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("giver_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("window_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("receiver", sa.String(length=30), nullable=False),
        sa.Column("papers", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "window_id IS NOT NULL OR department_id IS NOT NULL", name=op.f("ck_paper_handover_has_taker")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name=op.f("fk_paper_handover_case_id")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_paper_handover_county_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_paper_handover_department_id")),
        sa.ForeignKeyConstraint(["giver_id"], ["staff.id"], name=op.f("fk_paper_handover_giver_id")),
        sa.ForeignKeyConstraint(["window_id"], ["service_window.id"], name=op.f("fk_paper_handover_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_handover")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("paper_handover", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_handover_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_paper_handover_county_id"), ["county_id"], unique=False)

    with op.batch_alter_table("case_step", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(
            sa.Column("section_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("claimed_by", sa.String(length=30), nullable=True))
        batch_op.add_column(sa.Column("claimed_on", sa.Date(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_case_step_section_id"), "department", ["section_id"], ["id"])

    with op.batch_alter_table("county", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("has_lead_sections", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("sections_take_over", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("officer_brings", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("tells_employment", sa.Boolean(), nullable=True))

    for name, code in SETTINGS.items():
        op.execute(county.update().values({name: sa.case((county.c.code == code, sa.true()), else_=sa.false())}))
    with op.batch_alter_table("county", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("has_lead_sections", nullable=False)
        batch_op.alter_column("sections_take_over", nullable=False)
        batch_op.alter_column("officer_brings", nullable=False)
        batch_op.alter_column("tells_employment", nullable=False)

    with op.batch_alter_table("service_case", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(
            sa.Column("lead_section_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_service_case_lead_section_id"), "department", ["lead_section_id"], ["id"]
        )

    with op.batch_alter_table("staff", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("term_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("term_until", sa.Date(), nullable=True))
    for table, highest in counted.items():
        op.execute(sequence.update().where(sequence.c.name == table).values(seq=highest))


def _counted() -> dict[str, int]:
    """What SQLite has counted to in each table, deleted rows included; it forgets when a table is made anew."""
    if op.get_bind().dialect.name != "sqlite":
        return {}
    return dict(op.get_bind().execute(sa.select(sequence.c.name, sequence.c.seq)).all())


def downgrade() -> None:
    with op.batch_alter_table("staff", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_column("term_until")
        batch_op.drop_column("term_from")

    with op.batch_alter_table("service_case", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_service_case_lead_section_id"), type_="foreignkey")
        batch_op.drop_column("lead_section_id")

    with op.batch_alter_table("county", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_column("tells_employment")
        batch_op.drop_column("officer_brings")
        batch_op.drop_column("sections_take_over")
        batch_op.drop_column("has_lead_sections")

    with op.batch_alter_table("case_step", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_case_step_section_id"), type_="foreignkey")
        batch_op.drop_column("claimed_on")
        batch_op.drop_column("claimed_by")
        batch_op.drop_column("section_id")

    with op.batch_alter_table("paper_handover", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_handover_county_id"))
        batch_op.drop_index(batch_op.f("ix_paper_handover_case_id"))

    op.drop_table("paper_handover")
    with op.batch_alter_table("appointment", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appointment_staff_id"))
        batch_op.drop_index(batch_op.f("ix_appointment_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_appointment_county_id"))
        batch_op.drop_index("ix_appointment_county_day")
        batch_op.drop_index(batch_op.f("ix_appointment_case_id"))

    op.drop_table("appointment")
