"""Working days and deadlines. Source: 领域 6; 民法典 203条."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

import chinese_calendar
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.items import LimitKind
from models.records import CalendarDay
from models.types import OFFICE_CLOCK
from services.kernel.session import back_office

#: Holidays that fall on the same day each year, for years whose notice is not out yet.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


SATURDAY = 5


def today() -> date:
    """Today by the office's clock."""
    return datetime.now(OFFICE_CLOCK).date()


def is_known_year(year: int) -> bool:
    """Whether the State Council's notice of `year` is in the calendar."""
    return date(year, 1, 1) in chinese_calendar.constants.holidays or any(
        day.year == year for day in chinese_calendar.constants.workdays
    )


@lru_cache(maxsize=8192)
def is_workday(day: date) -> bool:
    """Whether offices work on `day`; beyond the known years Monday to Friday less fixed holidays."""
    if is_known_year(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < SATURDAY and (day.month, day.day) not in FIXED_HOLIDAYS


@dataclass(frozen=True)
class Calendar:
    """The working days of a county; `days`: the days that differ from their weekday.

    Years of which it has no day are the library's, or Monday to Friday less the fixed holidays.
    """

    days: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def is_workday(self, day: date) -> bool:
        """Whether the county's offices work on `day`."""
        if day in self.days:
            return self.days[day]
        return day.weekday() < SATURDAY if day.year in self.years else is_workday(day)

    def working_days(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; 0 when `end` is not after `start`."""
        return sum(self.is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def is_known_year(self, year: int) -> bool:
        """Whether the year's notice is there."""
        return year in self.years or is_known_year(year)


def calendar_of(session: Session, county_id: int) -> Calendar:
    """The calendar of a county: national days, overridden by its own. Read once per session."""
    return calendars_of(session, {county_id})[county_id]


def calendars_of(session: Session, county_ids: Set[int]) -> Mapping[int, Calendar]:
    """The calendars of these counties and of those read before; one statement for the new ones."""
    known = back_office(session).calendars
    missing = county_ids - known.keys()
    if missing:
        rows = session.execute(
            select(CalendarDay.day, CalendarDay.is_workday, CalendarDay.county_id)
            .where(or_(CalendarDay.county_id.is_(None), CalendarDay.county_id.in_(missing)))
            .order_by(CalendarDay.county_id.is_not(None))
        ).all()
        # A notice begins with 元旦: a day entered alone corrects a year, and makes none known.
        national = frozenset(day.year for day, _, county in rows if county is None and (day.month, day.day) == (1, 1))
        for own in missing:
            known[own] = Calendar({day: works for day, works, county in rows if county in (None, own)}, national)
    return known


def due_date(
    start: date,
    days: int,
    kind: LimitKind,
    calendar: Calendar = Calendar(),
    stops: Sequence[tuple[date, date]] = (),
) -> tuple[date, bool]:
    """When a limit of `days` that starts on `start` ends by `calendar`, and whether that is 暂定.

    `start` itself is not counted. Nor are the days of `stops`, (asked, back) each: those after the ask up to
    and with the day the papers come back. Stops that overlap count once. A limit never ends on a day off, and
    never while the clock stands: asked for on the last day, it ends with the stop.
    """
    due, left = start, days
    while left or not calendar.is_workday(due) or any(asked <= due < back for asked, back in stops):
        due += timedelta(days=1)
        counted = kind is LimitKind.CALENDAR or calendar.is_workday(due)
        if left and counted and not any(asked < due <= back for asked, back in stops):
            left -= 1
    return due, not calendar.is_known_year(due.year)


def is_overdue(due: date | None, finished: date | None, on: date) -> bool:
    """超期: finished after the due date, or unfinished and the due date has passed."""
    return due is not None and (finished or on) > due
