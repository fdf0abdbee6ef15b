"""Cases at their end: receipt, archive, what is done about a bad grade, settings of the figures"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DAYS = {
    "evaluation_days": 15, "verify_days": 3, "rectify_days": 10, "revisit_days": 15, "contact_days": 30,
    "progress_days": 15,
}
#: How the numbers of archived cases begin, for the counties that are there already.
ARCHIVES = {"410825": "温档", "410823": "武档", "150422": "左档", "652828": "硕档"}
#: Choices that have got more members, with all of them.
CHOICES = {
    ("number_sequence", "kind"): ("case", "completion", "termination", "agreement", "urge", "archive"),
    ("work_record", "kind"): (
        "consultation", "contact", "progress", "coordination", "fee", "revisit", "delivery",
    ),
    ("county_option", "meaning"): (
        "posted", "applicant_agent", "applicant_officer", "officer_window", "window_business", "inspectorate",
        "revisit", "applicant_service", "people", "starting", "project", "designated", "application", "commitment",
        "completion", "termination", "evaluation", "agreement", "result", "ledger", "satisfied", "dissatisfied",
    ),
}
NEEDED = ("application", "agreement", "completion", "termination")


def upgrade() -> None:
    for (table, column), values in CHOICES.items():
        _widen(table, column, values)
    _settings()
    with op.batch_alter_table("service_case") as batch_op:
        batch_op.add_column(sa.Column("archive_asked_on", sa.Date()))
        batch_op.add_column(sa.Column("archive_number", sa.String(length=60)))
    with op.batch_alter_table("delivery") as batch_op:
        batch_op.add_column(sa.Column("received_on", sa.Date()))
        batch_op.add_column(sa.Column("registered_on", sa.Date()))
    with op.batch_alter_table("attachment") as batch_op:
        batch_op.add_column(sa.Column("paper_id", KEY))
        batch_op.create_foreign_key(op.f("fk_attachment_paper_id"), "county_option", ["paper_id"], ["id"])
    _evaluations()
    _options()


def _widen(table: str, column: str, values: tuple[str, ...]) -> None:
    """Let a column of choices hold the new ones too."""
    listed = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN ({listed})")


def _settings() -> None:
    with op.batch_alter_table("county") as batch_op:
        batch_op.add_column(
            sa.Column("delivery_noted", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        for name, days in DAYS.items():
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=str(days)))
        batch_op.add_column(
            sa.Column("archive_pattern", sa.String(length=60), nullable=False, server_default="档〔{年}〕{0000}号")
        )
    with op.batch_alter_table("county") as batch_op:
        for name in ("delivery_noted", *DAYS, "archive_pattern"):
            batch_op.alter_column(name, server_default=None)
    county = sa.table("county", *(sa.column(c) for c in ("code", "delivery_noted", "archive_pattern")))
    for code, begin in ARCHIVES.items():
        values = {"archive_pattern": f"{begin}〔{{年}}〕{{0000}}号"}
        op.execute(county.update().where(county.c.code == code).values(values))
    op.execute(county.update().where(county.c.code.in_(("410825", "410823"))).values(delivery_noted=sa.true()))


def _evaluations() -> None:
    with op.batch_alter_table("evaluation") as batch_op:
        for name, type_ in (
            ("finding", sa.String(length=500)), ("revisit", sa.String(length=500)), ("appealed_on", sa.Date()),
            ("appeal", sa.String(length=500)), ("appeal_decided_on", sa.Date()),
            ("appeal_decision", sa.String(length=500)),
        ):
            batch_op.add_column(sa.Column(name, type_))
        batch_op.add_column(sa.Column("discounted", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("evaluation") as batch_op:
        batch_op.alter_column("discounted", server_default=None)


def _options() -> None:
    with op.batch_alter_table("county_option") as batch_op:
        batch_op.add_column(sa.Column("needed", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("county_option") as batch_op:
        batch_op.alter_column("needed", server_default=None)
    option = sa.table("county_option", *(sa.column(c) for c in ("kind", "name", "meaning", "needed")))
    op.execute(
        option.update().where(option.c.kind == "paper", option.c.meaning.in_(NEEDED)).values(needed=sa.true())
    )
    bad = sa.case((option.c.name.contains("不满意"), "dissatisfied"), else_="satisfied")
    op.execute(option.update().where(option.c.kind == "scale").values(meaning=bad))
