"""The items of refused and withdrawn applications are withdrawn too"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        UPDATE case_step SET state = 'withdrawn', finished_on = (
            SELECT max(e.happened_on) FROM case_event e
            WHERE e.case_id = case_step.case_id AND e.to_state IN ('rejected', 'withdrawn'))
        WHERE state NOT IN ('granted', 'denied', 'withdrawn') AND case_id IN (
            SELECT id FROM service_case WHERE state IN ('rejected', 'withdrawn'))
        """
    )


def downgrade() -> None:
    op.execute(
        """
        UPDATE case_step SET state = 'pending', finished_on = NULL
        WHERE state = 'withdrawn' AND filed_on IS NULL AND case_id IN (
            SELECT id FROM service_case WHERE state IN ('rejected', 'withdrawn'))
        """
    )
