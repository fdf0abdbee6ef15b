"""Scheduled work, safe to repeat: `python app.py tick`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.records import IdempotencyKey
from models.types import now
from services.cases.deadlines import recompute
from services.cases.evaluation import close_expired_evaluations
from services.key_targets.designation import refresh_key_flags
from services.ledgers.monthly_routine import maintain_months

#: Keys of forms older than this are removed; no such form can still be submitted.
KEYS_KEPT = timedelta(days=30)


def forget_keys(session: Session) -> int:
    """Remove idempotency keys of forms that cannot be submitted any more."""
    old = session.scalars(select(IdempotencyKey).where(IdempotencyKey.at < now() - KEYS_KEPT)).all()
    for key in old:
        session.delete(key)
    session.flush()
    return len(old)


#: Jobs in order: the message with their count, and the function.
TASKS: tuple[tuple[str, Callable[[Session], int]], ...] = (
    ("核对重点标记的项目和企业", refresh_key_flags),
    ("核对应办结日的在办件", recompute),
    ("评价期限已过的件", close_expired_evaluations),
    ("更新的上月台账", maintain_months),
    ("清除的过期表单标识", forget_keys),
)


def tick(session: Session) -> list[tuple[str, int]]:
    """Run all scheduled jobs; return (message, count) of each."""
    return [(name, work(session)) for name, work in TASKS]
