"""Due dates of items and cases, and how urgent they are. Source: 领域 6; W, Z 附件1 四."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session, selectinload

from models.cases import FINAL, OPEN, CaseStep, ServiceCase, StepState
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
#: How many cases `recompute` reads at once.
BATCH = 500


class Urgency(Labelled):
    """How close a due date is."""

    NORMAL = "normal", "正常"
    SOON = "soon", "临期"
    LATE = "late", "超期"


def urgency(due: date | None, soon: date | None, finished: date | None, on: date) -> Urgency:
    """正常, 临期 or 超期 on the day `on`; 正常 without a due date, and when finished in time."""
    if is_overdue(due, finished, on):
        return Urgency.LATE
    return Urgency.SOON if finished is None and soon is not None and on >= soon else Urgency.NORMAL


def soon_from(start: date, due: date, days: int, calendar: Calendar, stopped: int = 0) -> date:
    """The first day on which at most `days` working days, or a third of the limit, are left.

    `stopped`: working days between `start` and `due` on which the clock stood.
    """
    most = min(days, (calendar.working_days(start, due) - stopped) // SOON_SHARE)
    day, left = due, 0
    while day > start:
        left += calendar.is_workday(day)
        if left > most:
            break
        day -= timedelta(days=1)
    return day


def stop_clock(step: CaseStep, on: date) -> None:
    """Stop the item's clock: papers were asked for on the day `on`."""
    step.pauses = [*(step.pauses or ()), [on.isoformat(), None]]


def resume_clock(step: CaseStep, on: date) -> None:
    """Let the clock run again: the papers came on the day `on`. A fixed due date moves by the stop."""
    *earlier, (asked, _) = step.pauses
    step.pauses = [*earlier, [asked, on.isoformat()]]
    if step.fixed_due is not None:
        step.fixed_due = _postpone(step.fixed_due, date.fromisoformat(asked), on, _calendar_for(step))


def _postpone(due: date, asked: date, back: date, calendar: Calendar) -> date:
    """A fixed due date after a stop: later by the stop's working days, and not before the stop's end.

    Unchanged if it had passed when the papers were asked for.
    """
    if asked > due or back == asked:
        return due
    moved, _ = due_date(due, calendar.working_days(asked, back), LimitKind.WORKING, calendar)
    earliest, _ = due_date(back, 0, LimitKind.WORKING, calendar)
    return max(moved, earliest)


def is_paused(step: CaseStep) -> bool:
    """Whether the clock stands because the applicant has to supply papers."""
    return step.state is StepState.SUPPLEMENT


def _stops(step: CaseStep, ended: date | None) -> list[tuple[date, date | None]]:
    """When the clock stood, (asked, back) each. An open stop ends when the item does, on `ended`."""
    found = step.pauses or ()
    return [(date.fromisoformat(asked), date.fromisoformat(back) if back else ended) for asked, back in found]


def _limit(step: CaseStep) -> tuple[int, LimitKind]:
    """The limit at the department's acceptance, or the item's present one before it; 0 days is 即办."""
    if step.limit_days is None or step.limit_kind is None:
        return step.item.limit_days, step.item.limit_kind
    return step.limit_days, step.limit_kind


def step_due(
    step: CaseStep, accepted_on: date | None, calendar: Calendar, ended: date | None = None
) -> tuple[date | None, bool]:
    """When the item is due, and whether that is 暂定; no date while its clock stands.

    The clock starts when the department accepts the item; before that the case's acceptance stands in. What
    was late when its clock was stopped stays due when it was. `ended`: the day on which the case ends, for an
    item that is not finished.
    """
    start = step.accepted_on or accepted_on
    if start is None:
        return None, True
    stops = _stops(step, step.finished_on or ended)
    closed = [(asked, back) for asked, back in stops if back is not None]
    if step.fixed_due is None:
        due, provisional = due_date(start, *_limit(step), calendar, closed)
    else:
        due, provisional = step.fixed_due, False
        if step.pauses and step.pauses[-1][1] is None and closed == stops:
            due = _postpone(due, *closed[-1], calendar)
    if len(closed) < len(stops) and stops[-1][0] <= due:
        return None, True
    return due, provisional or step.accepted_on is None


def _stopped_days(step: CaseStep, start: date, due: date, calendar: Calendar) -> int:
    """Working days after `start` up to `due` on which the item's clock stood; each counts once."""
    stops = [(asked, back or due) for asked, back in _stops(step, step.finished_on)]
    if not stops:
        return 0
    days = (start + timedelta(days=n) for n in range(1, (due - start).days + 1))
    return sum(calendar.is_workday(day) and any(asked < day <= back for asked, back in stops) for day in days)


def _calendar_for(row: CaseStep | ServiceCase) -> Calendar:
    session = object_session(row)
    return calendar_of(session, row.county_id) if session and row.county_id else Calendar()


def set_due(case: ServiceCase) -> None:
    """Compute when the case's items are due, and the case itself: with its latest item.

    暂定 until every department has accepted its item and the calendar of the year is known. While the clock
    of an item stands, neither that item nor the case has a due date, unless the item was late already.
    """
    calendar, days = _calendar_for(case), case.county.due_soon_days
    steps = [step for step in case.steps if step.state is not StepState.WITHDRAWN]
    found = [_set_step_due(step, case.accepted_on, days, calendar) for step in steps]
    stopped = any(due is None and step.state not in FINAL for step, (due, _) in zip(steps, found, strict=True))
    case.due_on = None if stopped else max((due for due, _ in found if due), default=None)
    case.due_provisional = any(provisional for _, provisional in found)
    case.soon_on = None
    if case.due_on and case.accepted_on:
        start, due = case.accepted_on, case.due_on
        longest = max(_stopped_days(step, start, due, calendar) for step in steps)
        case.soon_on = soon_from(start, due, days, calendar, longest)


def _set_step_due(step: CaseStep, accepted_on: date | None, days: int, calendar: Calendar) -> tuple[date | None, bool]:
    """Set the item's own dates once its department has accepted it; gives what the case is to reckon with."""
    if step.state in FINAL:
        if step.accepted_on is not None and (step.due_on is None or _is_limit_known(step)):
            step.due_on, _ = step_due(step, accepted_on, calendar)
        return step.due_on, False
    due, provisional = step_due(step, accepted_on, calendar)
    if step.accepted_on is not None:
        step.due_on = due
        step.soon_on = None
        if due is not None:
            stopped = _stopped_days(step, step.accepted_on, due, calendar)
            step.soon_on = soon_from(step.accepted_on, due, days, calendar, stopped)
    return due, provisional


def _is_limit_known(step: CaseStep) -> bool:
    """Whether the due date of a finished item can be computed again, from what was laid down at its acceptance."""
    return step.limit_days is not None or step.fixed_due is not None


def settle_due(case: ServiceCase, on: date) -> None:
    """Fix the due dates of a case that is terminated on the day `on`; open stops end that day."""
    calendar = _calendar_for(case)
    steps = [step for step in case.steps if step.state is not StepState.WITHDRAWN]
    for step in steps:
        if step.due_on is None and step.accepted_on is not None:
            step.due_on, _ = step_due(step, case.accepted_on, calendar, on)
    case.due_on = case.due_on or max((step.due_on for step in steps if step.due_on), default=None)


def recompute(session: Session) -> int:
    """Compute again when the cases of the actor's counties are due that have not ended; gives their number.

    For a changed calendar. Rows that the actor does not see follow as well. Items already finished follow too:
    whether 审批完成 was in time is told until the case ends.
    """
    session.flush()
    back_office(session).calendars = {}
    counties = actor_of(session).counties
    where = [ServiceCase.state.in_(OPEN)]
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
    """A county edits its own days; only the system administrator edits those of the whole country."""
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
