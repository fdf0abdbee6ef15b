"""基层政务服务站: of what kind, who works there, which cases it took in, what it handed over; a neutral grade"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ROLES = (
    "lead_office", "list_keeper", "dept_leader", "agent", "window_clerk", "chief_officer", "liaison", "inspector",
    "supervisor", "sysadmin", "secadmin", "auditor",
)
MEANINGS = (
    "posted", "applicant_agent", "applicant_officer", "officer_window", "window_business", "inspectorate",
    "revisit", "applicant_service", "people", "starting", "project", "designated", "application", "commitment",
    "completion", "termination", "evaluation", "agreement", "result", "ledger", "satisfied", "dissatisfied",
    "both_sides", "one_sided", "force_majeure",
)
KINDS = "station_kind IN ('township_centre', 'post_office')"
#: Tables remade here whose rows have a key of their name.
KEYED = ("county_option", "service_window")
#: 行政区划代码 of the county whose document has stations.
WITH_STATIONS = "410823"

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")

sequence = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
county = sa.table("county", sa.column("code"), sa.column("has_stations"))
window = sa.table("service_window", *(sa.column(c) for c in ("name", "kind", "station_kind")))
user = sa.table("user", sa.column("role"))
option = sa.table("county_option", sa.column("meaning"))


def upgrade() -> None:
    with _remade("county") as batch_op:
        batch_op.add_column(sa.Column("has_stations", sa.Boolean(), nullable=False, server_default=sa.false()))
    with _remade("county") as batch_op:
        batch_op.alter_column("has_stations", server_default=None)
    op.execute(county.update().where(county.c.code == WITH_STATIONS).values(has_stations=sa.true()))
    with _remade("service_window") as batch_op:
        batch_op.add_column(sa.Column("station_kind", sa.String(32)))
        batch_op.create_check_constraint(op.f("ck_service_window_station_kind"), KINDS)
    post = sa.case((window.c.name.contains("邮政"), "post_office"), else_="township_centre")
    op.execute(window.update().where(window.c.kind == "station").values(station_kind=post))
    _allow("user", "role", _with(ROLES, "station_clerk", after="window_clerk"))
    _allow("county_option", "meaning", _with(MEANINGS, "neutral", after="dissatisfied"))
    _refer_to_station("user")
    _refer_to_station("service_case", index=True)
    _refer_to_station("work_record")
    with op.batch_alter_table("ledger_entry") as batch_op:
        batch_op.add_column(sa.Column("station", sa.String(60)))
    _make_handovers()


@contextmanager
def _remade(table: str) -> Iterator[BatchOperations]:
    """`batch_alter_table` that keeps what SQLite has counted to, deleted rows included; it forgets when it is remade."""
    highest = None
    if op.get_bind().dialect.name == "sqlite":
        highest = op.get_bind().scalar(sa.select(sequence.c.seq).where(sequence.c.name == table))
    with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        if table in KEYED:
            # SQLite would put the default that it finds into brackets.
            batch_op.alter_column("name_key", existing_type=sa.String(200), server_default="")
        yield batch_op
    if highest is not None:
        op.execute(sequence.update().where(sequence.c.name == table).values(seq=highest))


def _with(values: tuple[str, ...], new: str, *, after: str) -> tuple[str, ...]:
    at = values.index(after) + 1
    return (*values[:at], new, *values[at:])


def _allow(table: str, column: str, values: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{value}'" for value in values)
    with _remade(table) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN ({listed})")


def _refer_to_station(table: str, *, index: bool = False) -> None:
    name = op.f(f"fk_{table}_station_id")
    with _remade(table) as batch_op:
        batch_op.add_column(sa.Column("station_id", BIG))
        batch_op.create_foreign_key(name, "service_window", ["station_id"], ["id"])
        if index:
            batch_op.create_index(op.f(f"ix_{table}_station_id"), ["station_id"])


def _make_handovers() -> None:
    op.create_table(
        "station_handover",
        sa.Column("id", BIG, nullable=False),
        sa.Column("county_id", BIG, nullable=False),
        sa.Column("station_id", BIG, nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("handed_by", sa.String(30), nullable=False),
        sa.Column("handed_by_user_id", BIG),
        sa.Column("received_on", sa.Date()),
        sa.Column("received_by", sa.String(30)),
        sa.Column("received_by_user_id", BIG),
        sa.Column("remark", sa.String(500)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("received_on >= handed_on", name=op.f("ck_station_handover_received_after_handed")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_station_handover_{column}"))
            for column, table in (
                ("county_id", "county"),
                ("station_id", "service_window"),
                ("handed_by_user_id", "user"),
                ("received_by_user_id", "user"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_handover")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "station_handover_line",
        sa.Column("id", BIG, nullable=False),
        sa.Column("county_id", BIG, nullable=False),
        sa.Column("handover_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("papers", sa.String(500), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_station_handover_line_{column}"))
            for column, table in (("county_id", "county"), ("handover_id", "station_handover"), ("case_id", "service_case"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_handover_line")),
        sa.UniqueConstraint("handover_id", "case_id", name=op.f("uq_station_handover_line_handover_id_case_id")),
        sqlite_autoincrement=True,
    )
    for table, column in (
        ("station_handover", "county_id"),
        ("station_handover", "station_id"),
        ("station_handover_line", "county_id"),
        ("station_handover_line", "case_id"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    op.drop_table("station_handover_line")
    op.drop_table("station_handover")
    with op.batch_alter_table("ledger_entry") as batch_op:
        batch_op.drop_column("station")
    for table in ("work_record", "service_case", "user"):
        with _remade(table) as batch_op:
            if table == "service_case":
                batch_op.drop_index(op.f("ix_service_case_station_id"))
            batch_op.drop_constraint(op.f(f"fk_{table}_station_id"), type_="foreignkey")
            batch_op.drop_column("station_id")
    op.execute(option.update().where(option.c.meaning == "neutral").values(meaning=None))
    _allow("county_option", "meaning", MEANINGS)
    # Another role would let them see the whole county.
    op.execute(user.update().where(user.c.role == "station_clerk").values(role=None))
    _allow("user", "role", ROLES)
    with _remade("service_window") as batch_op:
        batch_op.drop_constraint(op.f("ck_service_window_station_kind"), type_="check")
        batch_op.drop_column("station_kind")
    with _remade("county") as batch_op:
        batch_op.drop_column("has_stations")
