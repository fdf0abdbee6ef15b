"""A rating keeps which locked month counted it, and which took it out after an appeal"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMNS = ("counted_in_id", "removed_in_id")
sequence = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))

#: Ratings that the lock of their month counted: given before it, as the audit says; without an audit line, too.
COUNTED = """
UPDATE evaluation SET counted_in_id = (
  SELECT m.id FROM ledger_month m
  WHERE m.county_id = evaluation.county_id AND m.state = 'locked' AND m.reason IS NULL
    AND m.month = {month}
    AND NOT EXISTS (
      SELECT 1 FROM audit_entry a WHERE a.object_type = 'evaluation' AND a.object_id = evaluation.id
        AND a.action = 'case.rate' AND a.at > m.locked_at))
"""
#: Of these, the ones whose appeal had been upheld before the lock: the month never counted them.
REMOVED = """
UPDATE evaluation SET removed_in_id = counted_in_id
WHERE counted_in_id IS NOT NULL AND discounted AND NOT EXISTS (
  SELECT 1 FROM audit_entry a JOIN ledger_month m ON m.id = evaluation.counted_in_id
  WHERE a.object_type = 'evaluation' AND a.object_id = evaluation.id
    AND a.action = 'evaluation.decide' AND a.at > m.locked_at)
"""
#: Imported past cases were due by the limits that their items have today; no limit is known of them.
PAST = "SELECT e.case_id FROM case_event e WHERE e.action = 'case.record_past'"
NO_STEP_DUE = f"UPDATE case_step SET due_on = NULL WHERE limit_days IS NULL AND case_id IN ({PAST})"  # nosec B608
NO_CASE_DUE = f"""
UPDATE service_case SET due_on = NULL WHERE id IN ({PAST}) AND NOT EXISTS (
  SELECT 1 FROM case_step s WHERE s.case_id = service_case.id AND s.limit_days IS NOT NULL)
"""  # nosec B608


def upgrade() -> None:
    highest = _highest_number()
    with op.batch_alter_table("evaluation", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        for column in COLUMNS:
            batch_op.add_column(sa.Column(column, KEY))
            batch_op.create_foreign_key(op.f(f"fk_evaluation_{column}"), "ledger_month", [column], ["id"])
            batch_op.create_index(op.f(f"ix_evaluation_{column}"), [column])
    if highest is not None:
        op.execute(sequence.update().where(sequence.c.name == "evaluation").values(seq=highest))
    sqlite = op.get_bind().dialect.name == "sqlite"
    month = "strftime('%Y-%m', evaluation.closed_on)" if sqlite else "to_char(evaluation.closed_on, 'YYYY-MM')"
    for statement in (COUNTED.format(month=month), REMOVED, NO_STEP_DUE, NO_CASE_DUE):
        op.execute(statement)


def _highest_number() -> int | None:
    """What SQLite has counted to, deleted rows included; it forgets when the table is made anew."""
    if op.get_bind().dialect.name != "sqlite":
        return None
    return op.get_bind().scalar(sa.select(sequence.c.seq).where(sequence.c.name == "evaluation"))


def downgrade() -> None:
    with op.batch_alter_table("evaluation") as batch_op:
        for column in reversed(COLUMNS):
            batch_op.drop_index(op.f(f"ix_evaluation_{column}"))
            batch_op.drop_constraint(op.f(f"fk_evaluation_{column}"), type_="foreignkey")
            batch_op.drop_column(column)
