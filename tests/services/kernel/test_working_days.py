"""Working days and deadlines."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.items import LimitKind
from services.kernel.working_days import (
    Calendar,
    due_date,
    is_known_year,
    is_overdue,
    is_workday,
    today,
)

WORKING, CALENDAR = LimitKind.WORKING, LimitKind.CALENDAR
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2024, 2, 4), True),  # a Sunday worked before the Spring Festival
        (date(2025, 10, 8), False),  # a Wednesday of the long National Day holiday
        (date(2026, 2, 14), True),  # a Saturday worked before the Spring Festival
        (date(2026, 3, 2), True),
        (date(2026, 3, 7), False),
    ],
)
def test_workdays_follow_the_notice_of_the_year(day: date, works: bool) -> None:
    assert is_workday(day) is works


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2040, 1, 2), True),  # a Monday
        (date(2040, 1, 7), False),  # a Saturday
        (date(2041, 1, 1), False),  # a fixed holiday on a Tuesday
        (date(2041, 5, 1), False),
        (date(2041, 10, 1), False),
        (date(2003, 3, 3), True),  # before the first notice
    ],
)
def test_other_years_have_mondays_to_fridays_less_the_fixed_holidays(day: date, works: bool) -> None:
    assert is_workday(day) is works


def test_the_years_with_a_notice_are_known() -> None:
    known = [year for year in range(1990, 2060) if is_known_year(year)]
    assert known == list(range(2004, 2027))


@pytest.mark.parametrize(
    ("start", "days", "kind", "due"),
    [
        (date(2026, 3, 2), 1, WORKING, date(2026, 3, 3)),  # the first day is not counted
        (date(2026, 3, 2), 5, WORKING, date(2026, 3, 9)),  # over a weekend
        (date(2026, 3, 7), 1, WORKING, date(2026, 3, 9)),  # begun on a Saturday
        (date(2026, 2, 13), 5, WORKING, date(2026, 2, 27)),  # worked Saturday, then the festival
        (date(2026, 3, 2), 0, WORKING, date(2026, 3, 2)),  # 即办
        (date(2026, 3, 7), 0, WORKING, date(2026, 3, 9)),  # 即办, asked for on a Saturday
        (date(2026, 3, 7), 0, CALENDAR, date(2026, 3, 9)),
        (date(2026, 3, 2), 7, CALENDAR, date(2026, 3, 9)),
        (date(2026, 3, 2), 5, CALENDAR, date(2026, 3, 9)),  # ends on Saturday
        (date(2025, 9, 25), 7, CALENDAR, date(2025, 10, 9)),  # ends in the holidays
        (date(2026, 1, 15), 30, CALENDAR, date(2026, 2, 14)),  # ends on a Saturday that is worked
    ],
)
def test_a_limit_ends_on_its_last_day(start: date, days: int, kind: LimitKind, due: date) -> None:
    assert due_date(start, days, kind) == (due, False)


@pytest.mark.parametrize("kind", LimitKind)
def test_an_end_in_a_year_without_a_notice_is_provisional(kind: LimitKind) -> None:
    assert due_date(date(2026, 12, 1), 60, kind)[1] is True
    assert due_date(date(2040, 3, 1), 5, kind)[1] is True
    assert due_date(date(2026, 3, 2), 5, kind)[1] is False


@given(start=DAYS, days=st.integers(1, 400), kind=st.sampled_from(LimitKind))
def test_a_limit_never_raises_and_ends_on_a_working_day_after_its_start(
    start: date, days: int, kind: LimitKind
) -> None:
    due, _ = due_date(start, days, kind)
    assert due > start
    assert is_workday(due)


@given(start=DAYS, days=st.integers(1, 200))
def test_counting_back_gives_the_limit(start: date, days: int) -> None:
    due, _ = due_date(start, days, WORKING)
    assert Calendar().working_days(start, due) == days
    assert Calendar().working_days(start, due - timedelta(days=1)) == days - 1


@given(start=DAYS, days=st.integers(1, 200))
def test_a_calendar_limit_is_never_shorter_than_it_says(start: date, days: int) -> None:
    due, _ = due_date(start, days, CALENDAR)
    assert due >= start + timedelta(days=days)


def test_no_working_day_lies_between_a_day_and_itself_or_an_earlier_one() -> None:
    assert Calendar().working_days(date(2026, 3, 2), date(2026, 3, 2)) == 0
    assert Calendar().working_days(date(2026, 3, 3), date(2026, 3, 2)) == 0


@pytest.mark.parametrize(
    ("due", "finished", "on", "overdue"),
    [
        (date(2026, 3, 9), None, date(2026, 3, 9), False),
        (date(2026, 3, 9), None, date(2026, 3, 10), True),
        (date(2026, 3, 9), date(2026, 3, 9), date(2026, 4, 1), False),
        (date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 10), True),
        (None, None, date(2026, 3, 9), False),
    ],
)
def test_overdue_is_finished_late_or_unfinished_after_the_due_date(
    due: date | None, finished: date | None, on: date, overdue: bool
) -> None:
    assert is_overdue(due, finished, on) is overdue


def test_today_is_the_offices(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime, tzinfo

    from services.kernel import working_days

    class LateEvening(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> LateEvening:
            evening = cls(2026, 3, 2, 17, 0, tzinfo=UTC)  # one o'clock at night in 武陟
            return evening.astimezone(tz)

    monkeypatch.setattr(working_days, "datetime", LateEvening)
    assert today() == date(2026, 3, 3)
