"""What time brings, done again and again without harm: `python app.py tick`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.records import IdempotencyKey
from models.types import now
from services.deadlines import recompute
from services.designation import keep_list
from services.evaluation import end_waiting
from services.routine import keep_months

#: A form that was sent so long ago is not sent again.
KEYS_KEPT = timedelta(days=30)


def forget_keys(session: Session) -> int:
    """Remove the keys of forms that nobody can still have open."""
    old = session.scalars(select(IdempotencyKey).where(IdempotencyKey.at < now() - KEYS_KEPT)).all()
    for key in old:
        session.delete(key)
    session.flush()
    return len(old)


#: What is done, in this order: how its count is told, and the work.
TASKS: tuple[tuple[str, Callable[[Session], int]], ...] = (
    ("核对重点标记的项目和企业", keep_list),
    ("核对应办结日的在办件", recompute),
    ("评价期限已过的件", end_waiting),
    ("更新的上月台账", keep_months),
    ("清除的过期表单标识", forget_keys),
)


def tick(session: Session) -> list[tuple[str, int]]:
    """Do everything that time has brought; (what, how many) of each."""
    return [(name, work(session)) for name, work in TASKS]
