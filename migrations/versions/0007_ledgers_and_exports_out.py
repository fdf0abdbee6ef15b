"""Ledgers and exports out: what the other ledgers print, the monthly routine, work in the background"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DEFAULTS = {"ledger_day": 5, "ledger_remind_days": 3, "background_rows": 5_000}
STATES = ("waiting", "running", "done", "failed", "cancelled", "interrupted")


def upgrade() -> None:
    _fixed_dates()
    with op.batch_alter_table("project") as batch_op:
        batch_op.add_column(sa.Column("problems", sa.String(length=300)))
        batch_op.add_column(sa.Column("measures", sa.String(length=300)))
    with op.batch_alter_table("enterprise") as batch_op:
        batch_op.add_column(sa.Column("demands", sa.String(length=300)))
        batch_op.add_column(sa.Column("progress", sa.String(length=300)))
    with op.batch_alter_table("county") as batch_op:
        for name, value in DEFAULTS.items():
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=str(value)))
        batch_op.create_check_constraint(
            op.f("ck_county_ledger_day_in_every_month"), "ledger_day BETWEEN 1 AND 28"
        )
    with op.batch_alter_table("county") as batch_op:
        for name in DEFAULTS:
            batch_op.alter_column(name, server_default=None)
    with op.batch_alter_table("ledger_file") as batch_op:
        batch_op.add_column(sa.Column("handed_out_at", sa.DateTime(timezone=True)))
    _tasks()


def _fixed_dates() -> None:
    """The date that people set becomes one of its own: a pause must not lose it."""
    with op.batch_alter_table("case_step") as batch_op:
        batch_op.add_column(sa.Column("fixed_due", sa.Date()))
    op.execute("UPDATE case_step SET fixed_due = due_on WHERE due_fixed")
    with op.batch_alter_table("case_step") as batch_op:
        batch_op.drop_column("due_fixed")


def _tasks() -> None:
    listed = ", ".join(f"'{state}'" for state in STATES)
    op.create_table(
        "background_task",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=200)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("size", KEY),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("work", sa.String(length=20), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("asked_as", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("beat_at", sa.DateTime(timezone=True)),
        sa.Column("stop", sa.Boolean(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("file_name", sa.String(length=160)),
        sa.Column("stored_name", sa.String(length=40)),
        sa.CheckConstraint("(state = 'done') = (stored_name IS NOT NULL)", name=op.f("ck_background_task_done_has_file")),
        sa.CheckConstraint(f"state IN ({listed})", name=op.f("ck_background_task_state")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_background_task_user_id")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_background_task_stored_name")),
    )
    op.create_index("ix_background_task_state", "background_task", ["state"])
    op.create_index(op.f("ix_background_task_user_id"), "background_task", ["user_id"])
