"""The existing data that a county's demo builds on: settings, lists, staff and working days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.items import ItemCategory, LimitKind, ServiceItem
from models.people import (
    ChiefServiceOfficer,
    DepartmentLiaison,
    GeneralAgent,
    Role,
    Staff,
    User,
)
from models.places import (
    County,
    CountyOption,
    Department,
    Meaning,
    OptionKind,
    Window,
    WindowKind,
    number_by,
)
from models.records import NumberKind, NumberSequence
from models.types import OFFICE_CLOCK
from seed.counties import COUNTIES
from seed.demo_people import SHOWN_DEPARTMENT
from services.cases.deadlines import soon_from
from services.cases.evaluation import RatingSetup, rating_setup
from services.kernel.working_days import Calendar, due_date, is_workday
from services.records.numbers import PATTERNS

#: Demo cases begin in this month or the thirteen months before it.
MONTHS = 14
#: How much older than the first case a key designation may be.
DAYS_BEFORE = 400
#: Days after today within which the longest limit and delay end.
DAYS_AFTER = 300

cached_due = lru_cache(maxsize=65536)(due_date)


@lru_cache(maxsize=65536)
def cached_soon(start: date, due: date, days: int) -> date:
    """`services.cases.deadlines.soon_from` with the national calendar, cached."""
    return soon_from(start, due, days, Calendar())


class Workdays:
    """The working days around `today`, by position, so that adding days is integer addition."""

    def __init__(self, today: date) -> None:
        months = today.year * 12 + today.month - MONTHS
        begin = date(months // 12, months % 12 + 1, 1)
        span = range(-DAYS_BEFORE, (today - begin).days + DAYS_AFTER)
        days = (begin + timedelta(days=n) for n in span)
        self.days = [day for day in days if is_workday(day)]
        self.at = {day: position for position, day in enumerate(self.days)}
        self.recorded = [datetime.combine(day, time(9, 30), OFFICE_CLOCK).astimezone(UTC) for day in self.days]
        #: Positions of the first working day of each month, and of the last one not after today.
        self.first = next(p for p, day in enumerate(self.days) if day >= begin)
        self.last = max(p for p, day in enumerate(self.days) if day <= today)


@dataclass(frozen=True, slots=True)
class Choice:
    """A referenced row: its id, and its name for the ledger."""

    id: int
    name: str
    meaning: Meaning | None = None

    @property
    def posted(self) -> bool:
        """Whether this delivery way is by post."""
        return self.meaning is Meaning.POSTED


@dataclass(frozen=True, slots=True)
class Matter:
    """A service item with the values its steps need; `liaisons`: those of its department."""

    id: int
    name: str
    category: ItemCategory
    department: Choice
    days: int
    kind: LimitKind
    liaison_id: int | None
    liaisons: tuple[int, ...]
    shown: bool


class Numbers:
    """The county's number sequences in memory: they continue from the used numbers without gaps."""

    def __init__(self, session: Session, county: County) -> None:
        self._session, self._county = session, county
        self._rows = {
            (row.kind, row.year): row
            for row in session.scalars(select(NumberSequence).where(NumberSequence.county_id == county.id))
        }
        self._patterns = {kind: getattr(county, column) for kind, column in PATTERNS.items()}
        self._next = {key: row.next_value for key, row in self._rows.items()}

    def take(self, kind: NumberKind, year: int) -> str:
        """Take the next number of `kind` in `year`, as printed."""
        value = self._next.get((kind, year), 1)
        self._next[kind, year] = value + 1
        return number_by(self._patterns[kind], year, value)

    def save(self) -> None:
        """Store the sequences, so that the next case continues them."""
        for (kind, year), value in self._next.items():
            row = self._rows.get((kind, year))
            if row is None:
                row = NumberSequence(county_id=self._county.id, kind=kind, year=year)
                self._session.add(row)
            row.next_value = value
        self._session.flush()


@dataclass(frozen=True)
class Ground:
    """The data of one county that demo rows refer to."""

    county: County
    days: Workdays
    numbers: Numbers
    options: dict[OptionKind, list[Choice]]
    matters: dict[ItemCategory, list[Matter]]
    agents: list[Choice]
    officers: list[Choice]
    #: The 基层政务服务站 by the channel of their applications.
    stations: dict[str, list[Choice]]
    #: Staff by id, and windows and relations for ratings.
    staff: dict[Any, Any]
    office: RatingSetup
    places: list[str]
    deciders: dict[str, int]
    recorder: int | None


def survey(session: Session, county: County, days: Workdays) -> Ground:
    """Read the county's lists and staff, which must exist."""
    options: dict[OptionKind, list[Choice]] = {kind: [] for kind in OptionKind}
    for row in session.scalars(
        select(CountyOption)
        .where(CountyOption.county_id == county.id, CountyOption.active)
        .order_by(CountyOption.position, CountyOption.id)
    ):
        options[row.kind].append(Choice(row.id, row.name, row.meaning))
    departments = session.scalars(
        select(Department).where(Department.county_id == county.id).order_by(Department.id)
    ).all()
    people = [*_people(session, county, GeneralAgent), *_people(session, county, ChiefServiceOfficer)]
    agents = [Choice(one.id, one.name) for one in people if isinstance(one, GeneralAgent)]
    officers = [Choice(one.id, one.name) for one in people if isinstance(one, ChiefServiceOfficer)]
    return Ground(
        county,
        days,
        Numbers(session, county),
        options,
        _matters(session, county, {d.id: d for d in departments}),
        agents,
        officers,
        _stations(session, county),
        {one.id: one for one in people},
        rating_setup(session, county.id),
        [d.name for d in departments if d.kind in ("township", "park")],
        {d.name: d.id for d in departments},
        session.scalar(select(User.id).where(User.county_id == county.id, User.role == Role.AGENT).limit(1)),
    )


def _stations(session: Session, county: County) -> dict[str, list[Choice]]:
    windows = session.execute(
        select(Window.id, Window.name).where(Window.county_id == county.id, Window.kind == WindowKind.STATION)
    )
    ids = {name: id_ for id_, name in windows}
    found: dict[str, list[Choice]] = defaultdict(list)
    for station in next(data.stations for data in COUNTIES if data.code == county.code):
        if station.name in ids:
            found[station.channel].append(Choice(ids[station.name], station.name))
    return dict(found)


def _people(session: Session, county: County, kind: type[GeneralAgent] | type[ChiefServiceOfficer]) -> Sequence[Staff]:
    return session.scalars(select(kind).where(kind.county_id == county.id, kind.active).order_by(kind.id)).all()


def _matters(session: Session, county: County, departments: dict[int, Department]) -> dict[ItemCategory, list[Matter]]:
    liaisons: dict[int, list[int]] = defaultdict(list)
    for one in session.scalars(
        select(DepartmentLiaison)
        .where(DepartmentLiaison.county_id == county.id, DepartmentLiaison.active)
        .order_by(DepartmentLiaison.id)
    ):
        liaisons[one.department_id].append(one.id)
    matters: dict[ItemCategory, list[Matter]] = {category: [] for category in ItemCategory}
    for item in session.scalars(
        select(ServiceItem)
        .where(ServiceItem.county_id == county.id, ServiceItem.active)
        .order_by(ServiceItem.position, ServiceItem.id)
    ):
        home = departments[item.department_id]
        matters[item.category].append(
            Matter(
                item.id,
                item.name,
                item.category,
                Choice(home.id, home.name),
                item.limit_days,
                item.limit_kind,
                item.liaison_id,
                tuple(liaisons[home.id]),
                home.short_name == SHOWN_DEPARTMENT,
            )
        )
    return matters
