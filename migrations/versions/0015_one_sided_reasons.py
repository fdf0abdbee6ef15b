"""Reasons of termination say whether both sides end the mandate or one side does"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MEANINGS = (
    "posted", "applicant_agent", "applicant_officer", "officer_window", "window_business", "inspectorate",
    "revisit", "applicant_service", "people", "starting", "project", "designated", "application", "commitment",
    "completion", "termination", "evaluation", "agreement", "result", "ledger", "satisfied", "dissatisfied",
)
NEW = ("both_sides", "one_sided")
#: Reasons of the four documents for which one side ends the mandate.
ONE_SIDED = ("申请单位不配合", "弄虚作假", "其他违法违规")

sequence = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
option = sa.table("county_option", *(sa.column(c) for c in ("kind", "name", "meaning")))
reasons = option.update().where(option.c.kind == "termination_reason")


def upgrade() -> None:
    _allow((*MEANINGS, *NEW))
    meaning = sa.case((option.c.name.in_(ONE_SIDED), "one_sided"), else_="both_sides")
    op.execute(reasons.values(meaning=meaning))


def _allow(meanings: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{meaning}'" for meaning in meanings)
    highest = _highest_number()
    with op.batch_alter_table("county_option", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_constraint(op.f("ck_county_option_meaning"), type_="check")
        batch_op.create_check_constraint(op.f("ck_county_option_meaning"), f"meaning IN ({listed})")
    if highest is not None:
        op.execute(sequence.update().where(sequence.c.name == "county_option").values(seq=highest))


def _highest_number() -> int | None:
    """What SQLite has counted to, deleted rows included; it forgets when the table is made anew."""
    if op.get_bind().dialect.name != "sqlite":
        return None
    return op.get_bind().scalar(sa.select(sequence.c.seq).where(sequence.c.name == "county_option"))


def downgrade() -> None:
    op.execute(reasons.values(meaning=None))
    _allow(MEANINGS)
