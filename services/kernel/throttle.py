"""The throttle of log-ins. Failures are counted in the audit table, so that all workers share the count and a
restart keeps it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.records import AuditEntry
from models.types import now
from services.kernel.errors import RuleViolation

WINDOW = timedelta(minutes=5)
#: Failures within WINDOW that block further tries: of one name, from one address.
BY_NAME, BY_ADDRESS = 10, 50


def check_attempts(session: Session, username: str, address: str | None) -> None:
    """Refuse another try when the name or the address has failed too often within WINDOW."""
    since = now() - WINDOW
    failed = (AuditEntry.action == AuditAction.LOGIN_FAILED, AuditEntry.at > since)
    for column, value, most in (
        (AuditEntry.username, username, BY_NAME),
        (AuditEntry.address, address, BY_ADDRESS),
    ):
        count = session.scalar(select(func.count(AuditEntry.id)).where(column == value, *failed)) or 0
        if count >= most:
            raise RuleViolation("login.throttled", "失败次数过多，请五分钟后再试")
