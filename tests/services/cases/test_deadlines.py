"""Due dates: start, pause and resume of the clock; 临期; changes of the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models.cases import CaseState, CaseStep, ServiceCase, StepState
from models.items import LimitKind, ServiceItem
from models.people import Role
from models.places import County, OptionKind
from models.records import CalendarDay
from services.cases import closing, steps
from services.cases.deadlines import (
    Urgency,
    recompute,
    resume_clock,
    set_due,
    soon_from,
    stop_clock,
    urgency,
)
from services.desk import badges, todo
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


def test_a_day_more_off_moves_what_is_due_and_leaves_what_has_no_limit(session: Session, acting_as: ActingAs) -> None:
    running = in_hand(session, days=5)
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
    assert soon_from(date(2026, 3, 2), date(2026, 3, 30), 3, calendar, stopped=15) == date(2026, 3, 27)


def test_a_pause_that_begins_after_a_calendar_limit_has_ended_does_not_lengthen_it() -> None:
    late = [(date(2026, 3, 12), date(2026, 4, 10))]
    assert due_date(DAY, 7, LimitKind.CALENDAR, Calendar(), late)[0] == date(2026, 3, 9)


def test_what_ends_in_supplement_was_due_when_the_clock_stopped(session: Session) -> None:
    step = in_hand(session, days=5)
    steps.record(session, [step], "accept", on=DAY)
    steps.record(session, [step], "ask", on=date(2026, 3, 20), reason="缺图纸")
    steps.record(session, [step], "deny", on=date(2026, 3, 23), reason="不具备条件")
    assert (step.due_on, step.finished_on) == (date(2026, 3, 9), date(2026, 3, 23))
    terminate(session, step, date(2026, 3, 24))
    assert step.case.due_on == date(2026, 3, 9)


@pytest.mark.parametrize("state", [CaseState.APPROVED, CaseState.DELIVERED, CaseState.CLOSED])
def test_a_day_off_entered_late_moves_the_due_date_until_the_case_ends(
    session: Session, acting_as: ActingAs, state: CaseState
) -> None:
    step = in_hand(session, days=5)
    steps.record(session, [step], "accept", on=DAY)
    steps.record(session, [step], "grant", on=date(2026, 3, 10))
    assert badge_texts(session, step, date(2026, 3, 11)) == ["超期"]
    step.case.state = state
    session.commit()
    office = acting_as(Role.LEAD_OFFICE)
    with transaction(office):
        crud.create(office, CalendarDay(), {"day": date(2026, 3, 5), "is_workday": False, "name": "本县放假"})
    session.expire_all()
    if state is CaseState.CLOSED:
        assert (step.due_on, step.case.due_on) == (date(2026, 3, 9), date(2026, 3, 9))
        return
    assert (step.due_on, step.case.due_on) == (date(2026, 3, 10), date(2026, 3, 10))
    assert badge_texts(session, step, date(2026, 3, 11)) == []


def badge_texts(session: Session, step: CaseStep, on: date) -> list[str]:
    """The badges of the step's case and of the step, without the repeated ones."""
    of_case, of_step = badges.of_cases(session, [step.case_id], on), badges.of_steps(session, [step.id], on)
    return list(dict.fromkeys(m.text for m in (*of_case[step.case_id], *of_step[step.id])))


def test_an_item_that_was_late_stays_late_while_papers_are_awaited(session: Session) -> None:
    step = in_hand(session, days=5)
    steps.record(session, [step], "accept", on=DAY)
    steps.record(session, [step], "ask", on=date(2026, 3, 10), reason="缺图纸")
    assert (step.due_on, step.case.due_on) == (date(2026, 3, 9), date(2026, 3, 9))
    assert badge_texts(session, step, date(2026, 3, 10)) == ["超期", "补正中停计"]
    late = [card.count for card in todo.cards(session, date(2026, 3, 11)) if card.label in ("超期办件", "超期事项")]
    assert late == [1, 1]
    steps.record(session, [step], "resume", on=date(2026, 3, 20))
    assert (step.due_on, step.case.due_on) == (date(2026, 3, 9), date(2026, 3, 9))


@pytest.mark.parametrize(
    ("back", "due"), [(date(2026, 3, 12), date(2026, 3, 12)), (date(2026, 3, 14), date(2026, 3, 16))]
)
@pytest.mark.parametrize("promised", [None, date(2026, 3, 9)])
def test_what_is_asked_for_on_the_due_date_makes_nothing_late(
    session: Session, promised: date | None, back: date, due: date
) -> None:
    step = in_hand(session, days=5)
    steps.record(session, [step], "accept", on=DAY, due_on=promised)
    steps.record(session, [step], "ask", on=date(2026, 3, 9), reason="缺图纸")
    assert step.due_on is None
    steps.record(session, [step], "resume", on=back)
    assert (step.due_on, step.case.due_on) == (due, due)


@pytest.mark.parametrize("promised", [None, date(2026, 3, 9)])
@pytest.mark.parametrize("ending", ["deny", "terminate"])
def test_what_ends_while_papers_are_awaited_is_not_late_by_the_stop(
    session: Session, promised: date | None, ending: str
) -> None:
    step = in_hand(session, days=5)
    steps.record(session, [step], "accept", on=DAY, due_on=promised)
    steps.record(session, [step], "ask", on=date(2026, 3, 4), reason="缺图纸")
    if ending == "deny":
        steps.record(session, [step], "deny", on=date(2026, 3, 20), reason="材料没有补来")
        assert step.due_on == date(2026, 3, 25)
    terminate(session, step, date(2026, 3, 20))
    # Three working days of the limit were left on the 4th.
    assert (step.due_on, step.case.due_on) == (date(2026, 3, 25), date(2026, 3, 25))
    assert badge_texts(session, step, date(2026, 4, 1)) == []


def terminate(session: Session, step: CaseStep, on: date) -> None:
    """End the step's case by both sides."""
    reason = f.make_option(session, kind=OptionKind.TERMINATION_REASON)
    closing.terminate(session, [step.case], reason=reason, explanation=None, returned=None, on=on)


def test_a_promise_that_had_passed_is_not_moved_by_a_stop(session: Session) -> None:
    step = in_hand(session, days=5)
    steps.record(session, [step], "accept", on=DAY, due_on=date(2026, 3, 9))
    steps.record(session, [step], "ask", on=date(2026, 3, 10), reason="缺图纸")
    steps.record(session, [step], "resume", on=date(2026, 3, 20))
    assert step.due_on == date(2026, 3, 9)


def test_a_limit_of_no_days_is_the_item_s_own_even_when_the_item_has_more_today(session: Session) -> None:
    step = in_hand(session, days=0)
    steps.record(session, [step], "accept", on=DAY)
    step.item.limit_days = 60
    session.flush()
    recompute(session)
    assert (step.due_on, step.case.due_on) == (DAY, DAY)
    assert badge_texts(session, step, DAY) == ["临期"]
    assert badge_texts(session, step, DAY + timedelta(days=1)) == ["超期"]


@pytest.mark.parametrize("kind", LimitKind)
def test_stops_over_the_same_days_count_once(kind: LimitKind) -> None:
    one, two = (date(2026, 3, 3), date(2026, 3, 6)), (date(2026, 3, 4), date(2026, 3, 5))
    assert due_date(DAY, 10, kind, Calendar(), [one, two]) == due_date(DAY, 10, kind, Calendar(), [one])


class History(NamedTuple):
    """A random history of one item: limit, stops as (days until asked, days until back or None), and its end."""

    start: date
    days: int
    kind: LimitKind
    stops: list[tuple[int, int | None]]
    end: int | None

    def asked_and_back(self) -> Iterator[tuple[date, date | None]]:
        """The stops by date; only the last one may be open."""
        day = self.start
        for wait, length in self.stops:
            asked = day + timedelta(days=wait)
            yield asked, None if length is None else asked + timedelta(days=length)
            if length is None:
                return
            day = asked + timedelta(days=length)

    def finished(self) -> date | None:
        """The day of the result: so many days after the last thing that happened."""
        known = [self.start, *(day for stop in self.asked_and_back() for day in stop if day)]
        return None if self.end is None else known[-1] + timedelta(days=self.end)


HISTORIES = st.builds(
    History,
    start=st.dates(date(2019, 1, 1), date(2026, 3, 1)),
    days=st.integers(0, 12),
    kind=st.sampled_from(LimitKind),
    stops=st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(0, 9)), max_size=3),
    end=st.none() | st.integers(0, 12),
)
SOON_DAYS = 3


def counted_by_hand(history: History, until: date) -> list[Urgency]:
    """The level at the end of each day up to `until`, told day by day as an official would count. Source: 领域 6."""
    calendar, stops, finished = Calendar(), list(history.asked_and_back()), history.finished()
    left, due = history.days, None
    levels: list[Urgency] = []
    unstopped = 0  # working days of the limit that have passed
    day = history.start
    while day <= until:
        over = finished is not None and day >= finished
        begins_stopped = any(asked < day and (back is None or back >= day) for asked, back in stops)
        ends_stopped = any(asked <= day and (back is None or back > day) for asked, back in stops) and not over
        if due is None and day > history.start and not begins_stopped:
            left -= history.kind is LimitKind.CALENDAR or calendar.is_workday(day)
            unstopped += calendar.is_workday(day)
        if due is None and left <= 0 and not ends_stopped and calendar.is_workday(day):
            due = day
        if over:
            levels.append(levels[-1] if levels and levels[-1] is Urgency.LATE else Urgency.NORMAL)
            if finished == day and due is not None and day > due:
                levels[-1] = Urgency.LATE
        elif due is not None and day > due:
            levels.append(Urgency.LATE)
        elif ends_stopped:
            levels.append(Urgency.NORMAL)
        else:
            levels.append(Urgency.SOON if is_soon_by_hand(history, day, left, unstopped) else Urgency.NORMAL)
        day += timedelta(days=1)
    return levels


def is_soon_by_hand(history: History, day: date, left: int, unstopped: int) -> bool:
    """Whether few working days are left after `day`, if the clock runs on to the end of the limit."""
    calendar, ahead = Calendar(), 0
    while left > 0 or not calendar.is_workday(day):
        day += timedelta(days=1)
        left -= history.kind is LimitKind.CALENDAR or calendar.is_workday(day)
        ahead += calendar.is_workday(day)
    return ahead <= min(SOON_DAYS, (unstopped + ahead) // 3)


def told_by_the_program(history: History, until: date) -> list[Urgency]:
    """The level at the end of each day, by the functions that the actions on an item call."""
    item = ServiceItem(limit_days=99, limit_kind=LimitKind.WORKING)
    step = CaseStep(
        item=item, accepted_on=history.start, limit_days=history.days, limit_kind=history.kind, state=StepState.ACCEPTED
    )
    case = ServiceCase(accepted_on=history.start, county=County(due_soon_days=SOON_DAYS), steps=[step])
    stops, finished, levels = list(history.asked_and_back()), history.finished(), []
    set_due(case)
    for n in range((until - history.start).days + 1):
        day = history.start + timedelta(days=n)
        for asked, back in stops:
            if asked == day:
                stop_clock(step, day)
                step.state = StepState.SUPPLEMENT
                set_due(case)
            if back == day:
                resume_clock(step, day)
                step.state = StepState.ACCEPTED
                set_due(case)
        if finished == day:
            step.state, step.finished_on = StepState.DENIED, day
            set_due(case)
        level = urgency(step.due_on, step.soon_on, step.finished_on, day)
        assert urgency(case.due_on, case.soon_on, step.finished_on, day) is level
        levels.append(level)
    return levels


@settings(max_examples=2500)
@given(history=HISTORIES)
def test_levels_are_those_that_are_counted_by_hand_day_by_day(history: History) -> None:
    until = (history.finished() or history.start + timedelta(days=45)) + timedelta(days=3)
    assert told_by_the_program(history, until) == counted_by_hand(history, until)
