"""Find the failed log-ins of one name quickly: the throttle counts them"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_entry_username_at", "audit_entry", ["username", "at"])
