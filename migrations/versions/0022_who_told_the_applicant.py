"""Who explained or told what to the applicant; the day a consultation was replied to"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MEANINGS = (
    "posted", "applicant_agent", "applicant_officer", "officer_window", "window_business", "inspectorate",
    "revisit", "applicant_service", "people", "starting", "project", "designated", "application", "commitment",
    "completion", "termination", "evaluation", "agreement", "result", "ledger", "satisfied", "dissatisfied",
    "both_sides", "one_sided",
)
KINDS = ("consultation", "contact", "progress", "coordination", "fee", "revisit", "delivery")
WAYS = ("face_to_face", "phone", "message", "online", "written")
#: Setting: codes of the counties whose document binds. Source: H 五(一); Z 二(二).
SETTINGS = {"process_told": ("652828",), "refusal_told": ("410823", "652828"), "obstacle_told": ("410823",)}
#: As SQLite reflects it, the default of this column would come back in brackets.
NAME_KEY = sa.Column("name_key", sa.String(200), nullable=False, server_default="")

sequence = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
county = sa.table("county", *(sa.column(c) for c in ("code", *SETTINGS)))
option = sa.table("county_option", *(sa.column(c) for c in ("kind", "name", "meaning")))
record = sa.table("work_record", *(sa.column(c) for c in ("kind", "answer", "happened_on", "replied_on")))


def upgrade() -> None:
    for name, codes in SETTINGS.items():
        _add_flag("county", name)
        op.execute(county.update().where(county.c.code.in_(codes)).values({name: sa.true()}))
    _add_flag("case_step", "force_majeure")
    _rebuild("county_option", _allow_force_majeure, reflect_args=[NAME_KEY])
    reason = (option.c.kind == "termination_reason", option.c.name == "不可抗力", option.c.meaning == "both_sides")
    op.execute(option.update().where(*reason).values(meaning="force_majeure"))
    with op.batch_alter_table("work_record") as batch_op:
        batch_op.add_column(sa.Column("way", sa.String(32)))
        batch_op.add_column(sa.Column("teller", sa.String(30)))
        batch_op.add_column(sa.Column("replied_on", sa.Date()))
    _rebuild("work_record", _allow_tellings)
    answered = (record.c.kind == "consultation", record.c.answer.is_not(None), record.c.answer != "")
    op.execute(record.update().where(*answered).values(replied_on=record.c.happened_on))


def _allow_force_majeure(batch_op) -> None:
    _allow(batch_op, "county_option", "meaning", (*MEANINGS, "force_majeure"))


def _allow_tellings(batch_op) -> None:
    _allow(batch_op, "work_record", "kind", (*KINDS, "told"))
    batch_op.create_check_constraint(op.f("ck_work_record_way"), f"way IN ({_listed(WAYS)})")


def _listed(values) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _allow(batch_op, table: str, column: str, values) -> None:
    name = op.f(f"ck_{table}_{column}")
    batch_op.drop_constraint(name, type_="check")
    batch_op.create_check_constraint(name, f"{column} IN ({_listed(values)})")


def _add_flag(table: str, name: str) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    _rebuild(table, lambda batch_op: batch_op.alter_column(name, server_default=None))


def _rebuild(table: str, change, **reflection) -> None:
    """Change a table that SQLite makes anew; it forgets what it has counted to, deleted rows included."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    seen = sa.select(sequence.c.seq).where(sequence.c.name == table)
    highest = op.get_bind().scalar(seen) if sqlite else None
    with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True}, **reflection) as batch_op:
        change(batch_op)
    if highest is not None:
        op.execute(sequence.update().where(sequence.c.name == table).values(seq=highest))


def downgrade() -> None:
    op.execute(record.delete().where(record.c.kind == "told"))
    op.execute(option.update().where(option.c.meaning == "force_majeure").values(meaning="both_sides"))
    with op.batch_alter_table("work_record") as batch_op:
        batch_op.drop_constraint(op.f("ck_work_record_way"), type_="check")
        _allow(batch_op, "work_record", "kind", KINDS)
        for name in ("way", "teller", "replied_on"):
            batch_op.drop_column(name)
    with op.batch_alter_table("county_option") as batch_op:
        _allow(batch_op, "county_option", "meaning", MEANINGS)
    with op.batch_alter_table("case_step") as batch_op:
        batch_op.drop_column("force_majeure")
    with op.batch_alter_table("county") as batch_op:
        for name in SETTINGS:
            batch_op.drop_column(name)
