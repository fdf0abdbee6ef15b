"""Due dates of steps and cases, and how urgent they are. Source: 领域 6; W, Z 附件1 四."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session, selectinload

from models.cases import FINAL, RUNNING, CaseStep, ServiceCase, StepState
from models.items import LimitKind
from models.records import CalendarDay
from models.types import Labelled
from services.kernel.actor import actor_of
from services.kernel.deferred import defer
from services.kernel.errors import Forbidden, RuleViolation
from services.kernel.session import back_office
from services.kernel.working_days import Calendar, calendar_of, due_date, is_overdue

#: 临期 begins at most this share of the limit before the due date. Source: 领域 6.
SOON_SHARE = 3
#: Cases that are read in one go when the calendar has changed.
BATCH = 500


class Urgency(Labelled):
    """How a due date stands today."""

    NORMAL = "normal", "正常"
    SOON = "soon", "临期"
    LATE = "late", "超期"


def urgency(due: date | None, soon: date | None, finished: date | None, on: date) -> Urgency:
    """正常, 临期 or 超期 on the day `on`; what was finished in time stays 正常."""
    if is_overdue(due, finished, on):
        return Urgency.LATE
    return Urgency.SOON if finished is None and soon is not None and on >= soon else Urgency.NORMAL


def soon_from(start: date, due: date, days: int, calendar: Calendar, paused: int = 0) -> date:
    """The first day on which at most `days` working days, or a third of the limit, are left.

    `paused`: working days between `start` and `due` on which the clock stood still.
    """
    most = min(days, (calendar.working_days(start, due) - paused) // SOON_SHARE)
    day, left = due, 0
    while day > start:
        left += calendar.is_workday(day)
        if left > most:
            break
        day -= timedelta(days=1)
    return day


def _pauses(step: CaseStep) -> list[tuple[date, date]]:
    """When the step's clock stood still and went on again."""
    return [(date.fromisoformat(a), date.fromisoformat(b)) for a, b in step.pauses or () if b]


def step_due(step: CaseStep, accepted_on: date | None, calendar: Calendar) -> tuple[date | None, bool]:
    """When the step is due, and whether that is 暂定.

    Its clock starts when its department accepts it; until then the case's own acceptance stands in.
    """
    start = step.accepted_on or accepted_on
    if start is None:
        return None, True
    days, kind = step.limit_days or step.item.limit_days, step.limit_kind or step.item.limit_kind
    due, provisional = due_date(start, days, kind, calendar, _pauses(step))
    return due, provisional or step.accepted_on is None


def _paused_days(step: CaseStep, calendar: Calendar) -> int:
    return sum(calendar.working_days(begun, until) for begun, until in _pauses(step))


def stop_clock(step: CaseStep, on: date) -> None:
    """The step's clock stands still from `on`."""
    step.pauses = [*(step.pauses or ()), [on.isoformat(), None]]


def resume_clock(step: CaseStep, on: date) -> None:
    """The clock goes on; a date that people had said moves on by the working days it stood still."""
    *earlier, (begun, _) = step.pauses
    step.pauses = [*earlier, [begun, on.isoformat()]]
    if step.fixed_due is not None:
        calendar = _calendar_for(step)
        days = calendar.working_days(date.fromisoformat(begun), on)
        step.fixed_due, _ = due_date(step.fixed_due, days, LimitKind.WORKING, calendar)


def _calendar_for(row: CaseStep | ServiceCase) -> Calendar:
    session = object_session(row)
    return calendar_of(session, row.county_id) if session and row.county_id else Calendar()


def is_paused(step: CaseStep) -> bool:
    """Whether the step waits for the applicant's papers and its clock stands still."""
    return step.state is StepState.SUPPLEMENT


def set_due(case: ServiceCase) -> None:
    """Work out the due dates of the case's steps, and the case's own: its latest step's.

    暂定 until every step is accepted and its year's calendar known; none while a step is in 补正.
    """
    calendar = _calendar_for(case)
    soon, latest, provisional = case.county.due_soon_days, None, False
    for step in case.steps:
        due, uncertain = _step(step, case.accepted_on, soon, calendar)
        provisional = provisional or uncertain
        latest = max((d for d in (latest, due) if d is not None), default=None)
    paused = any(is_paused(step) for step in case.steps)
    case.due_on = None if paused else latest
    case.due_provisional = provisional or paused
    begun = case.accepted_on
    paused_days = max((_paused_days(step, calendar) for step in case.steps), default=0)
    case.soon_on = soon_from(begun, case.due_on, soon, calendar, paused_days) if case.due_on and begun else None


def set_case_due(case: ServiceCase) -> None:
    """What ends in 补正 was due when the clock stopped: the case, and each of its steps."""
    calendar = _calendar_for(case)
    for step in case.steps:
        _settle(step, case.accepted_on, calendar)
    dues = [step.due_on for step in case.steps if step.due_on and step.state is not StepState.WITHDRAWN]
    case.due_on = case.due_on or max(dues, default=None)


def _settle(step: CaseStep, accepted_on: date | None, calendar: Calendar) -> None:
    if step.due_on is None and step.accepted_on is not None:
        step.due_on = step.fixed_due or step_due(step, accepted_on, calendar)[0]


def _step(step: CaseStep, accepted_on: date | None, soon: int, calendar: Calendar) -> tuple[date | None, bool]:
    """Set the step's own dates; gives what it adds to the case's."""
    if step.state is StepState.WITHDRAWN:
        return None, False
    if step.state in FINAL:
        _settle(step, accepted_on, calendar)
        due, uncertain = step.due_on, False
    elif step.fixed_due is not None:
        due, uncertain = step.fixed_due, False
    else:
        due, uncertain = step_due(step, accepted_on, calendar)
    if step.accepted_on is not None and step.state not in FINAL:
        step.due_on = None if is_paused(step) else due
        paused = _paused_days(step, calendar)
        step.soon_on = soon_from(step.accepted_on, step.due_on, soon, calendar, paused) if step.due_on else None
    return due, uncertain


def recompute(session: Session) -> int:
    """Work out anew when the open cases of the actor's counties are due; gives how many were looked at.

    For a calendar that has changed: whoever changed it, every case of those counties follows.
    """
    session.flush()
    back_office(session).calendars = {}
    counties = actor_of(session).counties
    where = [ServiceCase.state.in_(RUNNING)]
    if counties is not None:
        where.append(ServiceCase.county_id.in_(counties))
    unscoped = {"unscoped": True}
    ids = session.scalars(
        select(ServiceCase.id).where(*where).order_by(ServiceCase.id), execution_options=unscoped
    ).all()
    for start in range(0, len(ids), BATCH):
        cases = session.scalars(
            select(ServiceCase)
            .where(ServiceCase.id.in_(ids[start : start + BATCH]))
            .options(
                selectinload(ServiceCase.county),
                selectinload(ServiceCase.steps).selectinload(CaseStep.item),
            ),
            execution_options=unscoped,
        )
        for case in cases:
            set_due(case)
        session.flush()
    return len(ids)


def guard_calendar_day(session: Session, day: CalendarDay, values: Mapping[str, Any] | None) -> None:
    """A county keeps its own days; those of the whole country are the system administrator's."""
    actor = actor_of(session)
    defer(session, "deadlines", recompute)
    if day.is_new:
        day.county_id = actor.county_id
        if actor.county_id is None and values and _is_national(session, values["day"]):
            raise RuleViolation("calendar.twice", f"{values['day']} 已在全国的日历里", field="day")
    elif day.county_id != actor.county_id and not actor.is_system:
        raise Forbidden("全国的节假日由系统管理员维护，本县（旗）可以另加自己的放假或上班日")


def _is_national(session: Session, day: date) -> bool:
    national = select(CalendarDay.id).where(CalendarDay.day == day, CalendarDay.county_id.is_(None))
    return session.scalar(national.limit(1)) is not None
