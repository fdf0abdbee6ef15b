"""Cases on their way: what an event replaced, clocks that stand still, slips taken back, 代录"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
#: What the documents say, for the counties that are there already: by 行政区划代码.
SETTINGS = {
    "410825": ("agent_meets",),
    "410823": ("serves_people", "agent_meets", "agent_urges"),
    "150422": ("has_green_channel", "agent_meets"),
    "652828": ("serves_people", "responsible_by_industry", "check_needed"),
}
SWITCHES = (
    "serves_people", "has_green_channel", "responsible_by_industry", "check_needed", "agent_meets", "agent_urges",
)
#: What people wrote for 审批权限级别, and the level it means.
LEVELS = (("国家", "state"), ("区", "region"), ("省", "region"), ("州", "prefecture"), ("市", "prefecture"),
          ("县", "county"), ("旗", "county"))


def upgrade() -> None:
    _industries()
    _events_and_steps()
    _slips()
    _settings()
    _extensions_and_meetings()
    _projects()
    _cases()


def _switches(table: str, *names: str) -> None:
    """Columns of yes and no: no for the rows that are there."""
    with op.batch_alter_table(table) as batch_op:
        for name in names:
            batch_op.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table(table) as batch_op:
        for name in names:
            batch_op.alter_column(name, server_default=None)


def _industries() -> None:
    op.create_table(
        "industry_department",
        sa.Column("id", KEY, nullable=False),
        sa.Column("county_id", KEY, nullable=False),
        sa.Column("industry", sa.String(length=40), nullable=False),
        sa.Column("department_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_industry_department_county_id")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_industry_department_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_industry_department")),
        sa.UniqueConstraint("county_id", "industry", name=op.f("uq_industry_department_county_id_industry")),
    )
    op.create_index("ix_industry_department_county_id", "industry_department", ["county_id"])
    op.create_index("ix_industry_department_department_id", "industry_department", ["department_id"])


def _events_and_steps() -> None:
    with op.batch_alter_table("case_event") as batch_op:
        batch_op.add_column(sa.Column("done_by_id", KEY))
        batch_op.add_column(sa.Column("before", sa.JSON()))
        batch_op.create_foreign_key(op.f("fk_case_event_done_by_id"), "staff", ["done_by_id"], ["id"])
    _switches("case_event", "taken_back", "automatic")
    with op.batch_alter_table("case_step") as batch_op:
        batch_op.add_column(sa.Column("soon_on", sa.Date()))
        batch_op.add_column(sa.Column("limit_days", sa.Integer()))
        batch_op.add_column(sa.Column("limit_kind", sa.String(length=32)))
        batch_op.add_column(sa.Column("pauses", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.create_check_constraint(
            op.f("ck_case_step_limit_kind"), "limit_kind IN ('working', 'calendar')"
        )
    with op.batch_alter_table("case_step") as batch_op:
        batch_op.alter_column("pauses", server_default=None)
    _switches("case_step", "due_fixed")
    step = sa.table(
        "case_step", *(sa.column(c) for c in ("item_id", "accepted_on", "limit_days", "limit_kind"))
    )
    item = sa.table("service_item", *(sa.column(c) for c in ("id", "limit_days", "limit_kind")))
    op.execute(
        step.update()
        .where(step.c.accepted_on.is_not(None))
        .values({
            name: sa.select(item.c[name]).where(item.c.id == step.c.item_id).scalar_subquery()
            for name in ("limit_days", "limit_kind")
        })
    )


def _slips() -> None:
    """One valid slip a case; those that were taken back stay."""
    for table in ("delivery", "completion", "termination"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("voided_on", sa.Date()))
            batch_op.drop_constraint(op.f(f"uq_{table}_case_id"), type_="unique")
            batch_op.create_index(f"ix_{table}_case_id", ["case_id"])
        where = sa.text("voided_on IS NULL")
        op.create_index(
            f"uq_{table}_case", table, ["case_id"], unique=True, sqlite_where=where, postgresql_where=where
        )


def _settings() -> None:
    _switches("county", *SWITCHES)
    county = sa.table("county", sa.column("code"), *(sa.column(name) for name in SWITCHES))
    for code, names in SETTINGS.items():
        op.execute(county.update().where(county.c.code == code).values(dict.fromkeys(names, sa.true())))


def _extensions_and_meetings() -> None:
    with op.batch_alter_table("extension") as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(length=32), nullable=False, server_default="asked"))
        batch_op.add_column(sa.Column("opinion", sa.String(length=200)))
    op.execute("UPDATE extension SET state = 'approved' WHERE approved_on IS NOT NULL")
    with op.batch_alter_table("extension") as batch_op:
        batch_op.alter_column("state", server_default=None)
        batch_op.create_check_constraint(
            op.f("ck_extension_state"), "state IN ('asked', 'approved', 'refused')"
        )
    with op.batch_alter_table("meeting") as batch_op:
        batch_op.add_column(sa.Column("record_id", KEY))
        batch_op.add_column(sa.Column("escalated_on", sa.Date()))
        batch_op.create_index("ix_meeting_record_id", ["record_id"])
        batch_op.create_foreign_key(op.f("fk_meeting_record_id"), "work_record", ["record_id"], ["id"])


def _projects() -> None:
    _switches("project", "guided")
    project = sa.table("project", sa.column("authority", sa.String()))
    levels = ((project.c.authority.contains(word), level) for word, level in LEVELS)
    op.execute(project.update().values(authority=sa.case(*levels, else_=None)))
    with op.batch_alter_table("project") as batch_op:
        batch_op.alter_column("authority", existing_type=sa.String(20), type_=sa.String(32))
        batch_op.create_check_constraint(
            op.f("ck_project_authority"), "authority IN ('state', 'region', 'prefecture', 'county')"
        )


def _cases() -> None:
    with op.batch_alter_table("service_case") as batch_op:
        batch_op.add_column(sa.Column("eligibility_id", KEY))
        batch_op.add_column(sa.Column("eligibility_basis", sa.String(length=200)))
        batch_op.add_column(sa.Column("responsible_id", KEY))
        batch_op.add_column(sa.Column("soon_on", sa.Date()))
        batch_op.add_column(sa.Column("told_on", sa.Date()))
        batch_op.create_foreign_key(
            op.f("fk_service_case_eligibility_id"), "county_option", ["eligibility_id"], ["id"]
        )
        batch_op.create_foreign_key(
            op.f("fk_service_case_responsible_id"), "department", ["responsible_id"], ["id"]
        )
    _switches("service_case", "papers_checked")
