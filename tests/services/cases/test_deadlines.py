"""Due dates: start, pause and resume of the clock; 临期; changes of the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models.cases import CaseState, CaseStep, StepState
from models.items import LimitKind
from models.people import Role
from models.places import OptionKind
from models.records import CalendarDay
from services.cases import closing, steps
from services.cases.deadlines import Urgency, recompute, set_due, soon_from, urgency
from services.desk import badges
from services.kernel.transaction import transaction
from services.kernel.working_days import Calendar, due_date
from services.ledgers.scheduled import tick
from services.records import crud
from tests import factories as f
from tests.at_work import become, ready
from tests.conftest import ActingAs
from tests.factories import DAY

DAYS = st.dates(date(2015, 1, 1), date(2026, 6, 1))


def in_hand(session: Session, days: int = 10, kind: LimitKind = LimitKind.WORKING) -> CaseStep:
    """A filed step of a case accepted on DAY, a Monday."""
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号", accepted_on=DAY)
    step = case.steps[0]
    step.item.limit_days, step.item.limit_kind = days, kind
    step.state, step.filed_on = StepState.FILED, DAY
    session.flush()
    become(session, Role.AGENT)
    return step


def test_the_clock_starts_when_the_department_accepts(session: Session) -> None:
    step = in_hand(session, days=5)
    set_due(step.case)
    assert (step.due_on, step.case.due_on, step.case.due_provisional) == (None, date(2026, 3, 9), True)
    steps.record(session, [step], "accept", on=DAY + timedelta(days=1))
    assert (step.due_on, step.case.due_on, step.case.due_provisional) == (date(2026, 3, 10),) * 2 + (False,)


@pytest.mark.parametrize(
    ("kind", "due"), [(LimitKind.WORKING, date(2026, 3, 18)), (LimitKind.CALENDAR, date(2026, 3, 16))]
)
def test_days_in_supplement_are_not_counted(session: Session, kind: LimitKind, due: date) -> None:
    step = in_hand(session, days=10, kind=kind)
    steps.record(session, [step], "accept", on=DAY)
    steps.record(session, [step], "ask", on=date(2026, 3, 4), reason="缺图纸")
    assert (step.due_on, step.soon_on, step.case.due_on) == (None, None, None)
    assert [m.text for m in badges.of_cases(session, [step.case_id], date(2030, 1, 1))[step.case_id]] == ["补正中停计"]
    steps.record(session, [step], "resume", on=date(2026, 3, 8))
    # 4 calendar days are not counted; the 5th and 6th of them are working days.
    assert step.due_on == due
    assert step.case.due_on == due


def test_a_department_may_say_when_it_will_be_done(session: Session) -> None:
    step = in_hand(session, days=5)
    steps.record(session, [step], "accept", on=DAY, due_on=date(2026, 3, 31))
    recompute(session)
    assert (step.due_on, step.case.due_on) == (date(2026, 3, 31), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("until", "due"), [(date(2026, 3, 8), date(2026, 4, 2)), (date(2026, 3, 4), date(2026, 3, 31))]
)
def test_what_people_said_stands_and_moves_on_by_the_pause(session: Session, until: date, due: date) -> None:
    step = in_hand(session, days=5)
    steps.record(session, [step], "accept", on=DAY, due_on=date(2026, 3, 31))
    steps.record(session, [step], "ask", on=date(2026, 3, 4), reason="缺图纸")
    assert (step.due_on, step.case.due_on) == (None, None)
    steps.record(session, [step], "resume", on=until)
    assert (step.due_on, step.case.due_on) == (due, due)


def test_a_limit_changed_later_is_not_for_what_runs(session: Session) -> None:
    step = in_hand(session, days=5)
    steps.record(session, [step], "accept", on=DAY)
    step.item.limit_days = 60
    session.flush()
    recompute(session)
    assert step.due_on == date(2026, 3, 9)


def test_a_case_is_due_with_its_latest_step_and_not_with_one_withdrawn(session: Session) -> None:
    step = in_hand(session, days=5)
    other = f.make_step(session, case=step.case, item=f.make_item(session, limit_days=40))
    session.refresh(step.case)
    steps.record(session, [step], "accept", on=DAY)
    assert step.case.due_on > date(2026, 4, 1)  # type: ignore[operator]
    steps.record(session, [other], "withdraw", on=DAY, reason="不再需要")
    assert step.case.due_on == date(2026, 3, 9)


def test_a_day_more_off_moves_what_is_due_and_leaves_what_is_done(session: Session, acting_as: ActingAs) -> None:
    running, done = in_hand(session, days=5), None
    steps.record(session, [running], "accept", on=DAY)
    done = f.make_step(
        session,
        case=running.case,
        state=StepState.GRANTED,
        accepted_on=DAY,
        due_on=date(2026, 3, 9),
        finished_on=date(2026, 3, 6),
    )
    session.commit()
    office = acting_as(Role.LEAD_OFFICE)
    with transaction(office):
        crud.create(office, CalendarDay(), {"day": date(2026, 3, 5), "is_workday": False, "name": "本县放假"})
    session.expire_all()
    assert (running.due_on, running.case.due_on) == (date(2026, 3, 10), date(2026, 3, 10))
    assert done.due_on == date(2026, 3, 9)
    session.rollback()
    with transaction(office):
        day = office.query(CalendarDay).one()
        crud.delete(office, day)
    session.expire_all()
    assert running.due_on == date(2026, 3, 9)


def test_the_calendar_of_one_county_moves_no_other(session: Session, acting_as: ActingAs, other_county: object) -> None:
    step = in_hand(session, days=5)
    steps.record(session, [step], "accept", on=DAY)
    session.commit()
    neighbour = acting_as(Role.LEAD_OFFICE, county=other_county)
    with transaction(neighbour):
        crud.create(neighbour, CalendarDay(), {"day": date(2026, 3, 5), "is_workday": False, "name": "邻县放假"})
    session.expire_all()
    assert step.due_on == date(2026, 3, 9)


@given(start=DAYS, days=st.integers(1, 90), soon=st.integers(0, 10))
def test_soon_begins_within_the_limit_and_at_most_so_many_days_before_its_end(
    start: date, days: int, soon: int
) -> None:
    calendar = Calendar()
    due, _ = due_date(start, days, LimitKind.WORKING, calendar)
    begins = soon_from(start, due, soon, calendar)
    left = calendar.working_days(begins, due)
    assert left == min(soon, days // 3)
    assert start < begins <= due or left == 0


@given(start=DAYS, days=st.integers(1, 60), pause=st.integers(1, 40), at=st.integers(0, 30))
def test_a_pause_lengthens_a_limit_by_its_own_working_days(start: date, days: int, pause: int, at: int) -> None:
    calendar, begin = Calendar(), start + timedelta(days=at)
    end = begin + timedelta(days=pause)
    due, _ = due_date(start, days, LimitKind.WORKING, calendar)
    longer, _ = due_date(start, days, LimitKind.WORKING, calendar, [(begin, end)])
    assert longer >= due
    assert calendar.working_days(start, longer) - days in (0, calendar.working_days(begin, min(end, longer)))


@pytest.mark.parametrize(
    ("finished", "on", "level"),
    [
        (None, date(2026, 3, 5), Urgency.NORMAL),
        (None, date(2026, 3, 6), Urgency.SOON),
        (None, date(2026, 3, 9), Urgency.SOON),
        (None, date(2026, 3, 10), Urgency.LATE),
        (date(2026, 3, 9), date(2026, 4, 1), Urgency.NORMAL),
        (date(2026, 3, 10), date(2026, 4, 1), Urgency.LATE),
    ],
)
def test_levels(finished: date | None, on: date, level: Urgency) -> None:
    assert urgency(date(2026, 3, 9), date(2026, 3, 6), finished, on) is level
    assert urgency(None, None, finished, on) is Urgency.NORMAL


def test_the_marks_of_a_case_tell_its_level(session: Session) -> None:
    step = in_hand(session, days=9)
    steps.record(session, [step], "accept", on=DAY)

    def told(on: date) -> list[str]:
        found = badges.of_cases(session, [step.case_id], on)[step.case_id]
        assert [m.text for m in badges.of_steps(session, [step.id], on)[step.id]] == [m.text for m in found]
        return [m.text for m in found]

    assert (step.due_on, step.soon_on) == (date(2026, 3, 13), date(2026, 3, 10))
    assert told(date(2026, 3, 9)) == []
    assert told(date(2026, 3, 10)) == ["临期"]
    assert told(date(2026, 3, 14)) == ["超期"]


def test_time_brings_the_same_once_and_twice(system: Session, session: Session) -> None:
    step = in_hand(session, days=5)
    steps.record(session, [step], "accept", on=DAY)
    step.due_on = None
    session.commit()
    assert dict(tick(system))["更新的上月台账"] == 1
    system.commit()
    first = tick(system)
    system.commit()
    session.expire_all()
    assert (step.due_on, dict(first)["核对应办结日的在办件"]) == (date(2026, 3, 9), 1)
    version = step.version
    session.rollback()
    assert tick(system) == first
    system.commit()
    session.expire_all()
    assert step.version == version


def test_soon_begins_when_so_many_working_days_are_left_even_on_a_day_off() -> None:
    calendar = Calendar()
    # Due on Wednesday 2026-03-11: on Friday the 6th three working days are left, on Thursday four.
    assert soon_from(date(2026, 2, 24), date(2026, 3, 11), 3, calendar) == date(2026, 3, 6)
    # 15 of 20 working days were paused. A third of the remaining five is one, the last day.
    assert soon_from(date(2026, 3, 2), date(2026, 3, 30), 3, calendar, paused=15) == date(2026, 3, 27)


def test_a_pause_that_begins_after_a_calendar_limit_has_ended_does_not_lengthen_it() -> None:
    late = [(date(2026, 3, 12), date(2026, 4, 10))]
    assert due_date(DAY, 7, LimitKind.CALENDAR, Calendar(), late)[0] == date(2026, 3, 9)


def test_what_ends_in_supplement_was_due_when_the_clock_stopped(session: Session) -> None:
    step = in_hand(session, days=5)
    steps.record(session, [step], "accept", on=DAY)
    steps.record(session, [step], "ask", on=date(2026, 3, 20), reason="缺图纸")
    steps.record(session, [step], "deny", on=date(2026, 3, 23), reason="不具备条件")
    assert (step.due_on, step.finished_on) == (date(2026, 3, 9), date(2026, 3, 23))
    closing.terminate(
        session,
        [step.case],
        reason=f.make_option(session, kind=OptionKind.TERMINATION_REASON),
        explanation=None,
        returned=None,
        on=date(2026, 3, 24),
    )
    assert step.case.due_on == date(2026, 3, 9)
