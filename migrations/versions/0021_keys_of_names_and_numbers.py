"""Names have a key that all their spellings share, and printed numbers one that sorts them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.name_keys import KEY_COLUMNS

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

NAMED = ("enterprise", "project", "staff", "department", "service_item", "service_window", "county_option")
NUMBERED = ("service_case", "completion", "termination", "agreement", "urge", "ledger_entry", "policy_document")
BATCH = 5_000


def upgrade() -> None:
    for table in NAMED:
        op.add_column(table, sa.Column("name_key", sa.String(200), nullable=False, server_default=""))
        _fill(table, "name_key")
        op.create_index(f"ix_{table}_county_name_key", table, ["county_id", "name_key"])
    for table in NUMBERED:
        op.add_column(table, sa.Column("number_key", sa.String(120)))
        _fill(table, "number_key")
        op.create_index(f"ix_{table}_county_number_key", table, ["county_id", "number_key"])
    op.add_column("service_case", sa.Column("archive_number_key", sa.String(120)))
    _fill("service_case", "archive_number_key")
    op.create_index("ix_service_case_county_archive_key", "service_case", ["county_id", "archive_number_key"])


def _fill(table: str, column: str) -> None:
    """Fill a key as the program keeps it. Rows whose keys are equal stay; 疑似重复 shows them."""
    source, key = KEY_COLUMNS[column]
    rows = sa.table(table, sa.column("id"), sa.column(source), sa.column(column))
    change = rows.update().where(rows.c.id == sa.bindparam("row")).values({column: sa.bindparam("key")})
    connection, last = op.get_bind(), 0
    while True:
        statement = sa.select(rows.c.id, rows.c[source]).where(rows.c.id > last, rows.c[source].is_not(None))
        found = connection.execute(statement.order_by(rows.c.id).limit(BATCH)).all()
        if not found:
            return
        connection.execute(change, [{"row": id_, "key": key(text)} for id_, text in found])
        last = found[-1][0]


def downgrade() -> None:
    op.drop_index("ix_service_case_county_archive_key", "service_case")
    op.drop_column("service_case", "archive_number_key")
    for table in reversed(NUMBERED):
        op.drop_index(f"ix_{table}_county_number_key", table)
        op.drop_column(table, "number_key")
    for table in reversed(NAMED):
        op.drop_index(f"ix_{table}_county_name_key", table)
        op.drop_column(table, "name_key")
