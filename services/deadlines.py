"""Due dates of steps and cases. Source: DOMAIN section 6; W, Z 附件1 四."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import object_session

from models.cases import CaseStep, ServiceCase
from services.calendar import Calendar, calendar_of, due_date


def step_due(step: CaseStep, accepted_on: date | None) -> tuple[date | None, bool]:
    """When the step is due, and whether that is 暂定.

    Its clock starts when its department accepts it; until then the case's own acceptance stands in.
    """
    start = step.accepted_on or accepted_on
    if start is None:
        return None, True
    session = object_session(step)
    calendar = calendar_of(session, step.county_id) if session and step.county_id else Calendar()
    due, provisional = due_date(start, step.item.limit_days, step.item.limit_kind, calendar)
    return due, provisional or step.accepted_on is None


def set_due(case: ServiceCase) -> None:
    """The case is due with its latest step; 暂定 until every step is accepted."""
    dues = [step_due(step, case.accepted_on) for step in case.steps]
    case.due_on = max((due for due, _ in dues if due is not None), default=None)
    case.due_provisional = any(provisional for _, provisional in dues)
