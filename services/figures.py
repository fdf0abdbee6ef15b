"""What the office learns from a month: figures by county, department, agent, officer, and how they go on.

All of them are counted from the month's ledger rows, so that a locked month keeps its own, and each
carries the filter of the list that has the rows it counts. Source: DOMAIN section 7; W, Z 附件1 六; H 五(六).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from excel.chart import HEADERS as SHEET_HEADERS
from models.cases import CaseState, ServiceCase
from models.evaluation import Evaluation
from models.ledger import LedgerEntry, LedgerMonth, Outcome
from models.office import CommonIssue
from models.places import County, CountyOption, Meaning, OptionKind
from models.projects import Enterprise, Project
from services.calendar import calendar_of
from services.cases import ENDED
from services.ledger_rows import JOINT
from services.lists import EXACTLY, SOMEBODY
from services.months import first_day, last_day

Filters = Mapping[str, Any]

MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Figure:
    """A number of rows and the list that has them; or a share of one, an average, a word, None of nothing."""

    value: int | float | str | None
    table: str = ""
    filters: Filters = field(default_factory=dict)
    share: bool = False

    @property
    def text(self) -> str:
        """As it is read."""
        if self.value is None:
            return "—"
        return f"{self.value:.1%}" if self.share else str(self.value)

    @property
    def count(self) -> int:
        """The figure as a number of rows."""
        assert isinstance(self.value, int)
        return self.value


@dataclass(frozen=True)
class Table:
    """Figures of one kind: a heading for each column, and (name, figures) a row."""

    title: str
    headers: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Figure]]]


@dataclass(frozen=True)
class Row:
    """What the figures need of one ledger row."""

    outcome: Outcome
    received: bool
    overdue: bool
    accepted_on: date | None
    closed_on: date | None
    agent: str | None
    officer: str | None
    departments: str | None
    rating: str | None


#: The month's figures are called as on the 统计 sheet.
_, CARRIED, RECEIVED, CLOSED, TERMINATED, OPEN_AT_END = SHEET_HEADERS

#: The figures of a group, in their order: heading, which rows count, and the filter that finds them.
COUNTS: tuple[tuple[str, Callable[[Row], bool], Filters], ...] = (
    (CARRIED, lambda r: not r.received, {"received_here": 0}),
    (RECEIVED, lambda r: r.received, {"received_here": 1}),
    (CLOSED, lambda r: r.outcome is Outcome.CLOSED, {"outcome": Outcome.CLOSED.value}),
    (TERMINATED, lambda r: r.outcome is Outcome.TERMINATED, {"outcome": Outcome.TERMINATED.value}),
    (OPEN_AT_END, lambda r: r.outcome is Outcome.OPEN, {"outcome": Outcome.OPEN.value}),
    ("超期", lambda r: r.overdue, {"overdue": 1}),
)
RATES = ("按期办结率", "平均用时（工作日）", "参评率", "满意率")
HEADERS = (*(heading for heading, _, _ in COUNTS), *RATES, "差评")


@dataclass(frozen=True)
class Grades:
    """The grades of a county that count as satisfied, and those that are 差评."""

    good: frozenset[str]
    bad: tuple[str, ...]


def grades_of(session: Session, county_id: int) -> Grades:
    """What the county's scale says, retired grades too."""
    rows = session.execute(
        select(CountyOption.name, CountyOption.meaning)
        .where(CountyOption.county_id == county_id, CountyOption.kind == OptionKind.SCALE)
        .order_by(CountyOption.position)
    ).all()
    return Grades(
        frozenset(name for name, meaning in rows if meaning is Meaning.SATISFIED),
        tuple(name for name, meaning in rows if meaning is Meaning.DISSATISFIED),
    )


def months_of(session: Session) -> list[str]:
    """The months that have a ledger in the actor's counties, the latest first."""
    rows = session.scalars(select(LedgerMonth.month).distinct().order_by(LedgerMonth.month.desc()))
    return list(rows)


def ledgers_of(session: Session, month: str) -> list[tuple[LedgerMonth, County]]:
    """The ledgers of that month, one a county the actor sees, by the counties' codes."""
    rows = session.execute(
        select(LedgerMonth, County)
        .join(County, County.id == LedgerMonth.county_id)
        .where(LedgerMonth.month == month)
        .order_by(County.code)
    )
    return [(ledger, county) for ledger, county in rows]


#: Rows of a ledger that are held at once.
BATCH = 5_000


def rows_of(session: Session, ledger: LedgerMonth) -> Iterator[Row]:
    """The month's ledger rows, streamed; one statement."""
    e = LedgerEntry
    found = session.execute(
        select(
            e.outcome, e.received_here, e.overdue, e.accepted_on, e.closed_on, e.agent, e.officer, e.departments,
            e.rating,
        )
        .where(e.month_id == ledger.id)
        .execution_options(yield_per=BATCH)
    )  # fmt: skip
    yield from (Row(*row) for row in found)


@dataclass
class Tally:
    """What is counted of the rows of one group, row by row."""

    counts: list[int] = field(default_factory=lambda: [0] * len(COUNTS))
    closed: int = 0
    timely: int = 0
    rated: int = 0
    satisfied: int = 0
    bad: int = 0
    measured: int = 0
    days: int = 0

    def add(self, row: Row, grades: Grades, working_days: Callable[[date, date], int]) -> None:
        """Count one row."""
        for n, (_, counts, _) in enumerate(COUNTS):
            self.counts[n] += counts(row)
        if row.outcome is not Outcome.CLOSED:
            return
        self.closed += 1
        self.timely += not row.overdue
        self.rated += bool(row.rating)
        self.satisfied += row.rating in grades.good
        self.bad += row.rating in grades.bad
        if row.accepted_on and row.closed_on:
            self.measured += 1
            self.days += working_days(row.accepted_on, row.closed_on)


def side_by_side(session: Session, month: str) -> Table:
    """The month's figures of each county that the actor sees."""
    rows = [
        (county.name, figures(tallies[""], ledger.id, {}, grades))
        for ledger, county in ledgers_of(session, month)
        for tallies, grades in [tallied(session, ledger, lambda _: ("",))]
    ]
    return Table("按县（旗）", HEADERS, rows)


#: Whom the figures are told apart by: title, the filter's name, the names that a row counts for.
GROUPS: tuple[tuple[str, str, Callable[[Row], Iterable[str]]], ...] = (
    ("按责任部门", "departments", lambda r: (r.departments or "").split(JOINT)),
    ("按代办员", "agent", lambda r: (r.agent or "",)),
    ("按首席服务员", "officer", lambda r: (r.officer or "",)),
)


def groups(session: Session, ledger: LedgerMonth) -> list[Table]:
    """The county's month by department, agent and chief officer; names in their order, without one last."""
    tallies, grades = tallied(
        session, ledger, lambda row: ((n, who) for n, (_, _, of) in enumerate(GROUPS) for who in of(row))
    )
    found = []
    for n, (title, name, _) in enumerate(GROUPS):
        parts = {who: tally for (kind, who), tally in tallies.items() if kind == n}
        if set(parts) <= {""}:
            continue
        lines = [
            (who or "（没有）", figures(parts[who], ledger.id, {name: EXACTLY + who}, grades))
            for who in sorted(parts, key=lambda who: (not who, who))
        ]
        found.append(Table(title, HEADERS, lines))
    return found


def tallied(
    session: Session, ledger: LedgerMonth, groups_of: Callable[[Row], Iterable[Any]]
) -> tuple[defaultdict[Any, Tally], Grades]:
    """A tally for each group that the month's rows belong to; the rows go by one at a time."""
    grades = grades_of(session, ledger.county_id)
    working_days = cache(calendar_of(session, ledger.county_id).working_days)
    found: defaultdict[Any, Tally] = defaultdict(Tally)
    for row in rows_of(session, ledger):
        for group in groups_of(row):
            found[group].add(row, grades, working_days)
    return found, grades


def figures(tally: Tally, month_id: int, more: Filters, grades: Grades) -> list[Figure]:
    """The figures of HEADERS over the rows of a group, which are those that `more` finds in the month."""
    here = {"month": month_id, **more}
    bad = {**here, "outcome": Outcome.CLOSED.value, "rating": EXACTLY + "|".join(grades.bad)}
    return [
        *(
            Figure(count, "ledger_entry", {**here, **filters})
            for count, (_, _, filters) in zip(tally.counts, COUNTS, strict=True)
        ),
        rate(tally.timely, tally.closed),
        Figure(round(tally.days / tally.measured, 1) if tally.measured else None),
        rate(tally.rated, tally.closed),
        rate(tally.satisfied, tally.rated),
        Figure(tally.bad, "ledger_entry", bad) if grades.bad else Figure(None),
    ]


def rate(part: int, whole: int) -> Figure:
    """A share; none of nothing."""
    return Figure(part / whole if whole else None, share=True)


def quality(session: Session, ledger: LedgerMonth) -> Table:
    """分派覆盖率, 归档完整率, 差评的整改和回访, 共性问题: of today, or of the month where they have a date."""
    first, last = first_day(ledger.month), last_day(ledger.month)
    county = ledger.county_id
    has_officers = session.scalar(select(County.has_chief_officers).where(County.id == county))
    lines: list[tuple[str, list[Figure]]] = []
    if has_officers:
        lines += [_coverage(session, "重点项目", Project, county), _coverage(session, "重点企业", Enterprise, county)]
    ended = _count(session, ServiceCase, county, ServiceCase.ended_on.between(first, last), _ENDED)
    archived = _count(
        session, ServiceCase, county, ServiceCase.ended_on.between(first, last),
        ServiceCase.state == CaseState.ARCHIVED,
    )  # fmt: skip
    span = {"ended_on_from": first, "ended_on_to": last}
    lines.append(("本月结束的件已归档", [
        Figure(archived, "service_case", {"state": CaseState.ARCHIVED.value, **span}),
        Figure(ended), rate(archived, ended),
    ]))  # fmt: skip
    lines += _followed(session, county, first, last)
    found = _count(session, CommonIssue, county, CommonIssue.found_on.between(first, last))
    lines.append(("共性问题", [
        Figure(found, "common_issue", {"found_on_from": first, "found_on_to": last}), Figure(None), Figure(None),
    ]))  # fmt: skip
    return Table("覆盖与质量", ("件数", "应有", "比率"), lines)


_ENDED = ServiceCase.state.in_(ENDED)


def _coverage(session: Session, label: str, model: Any, county: int) -> tuple[str, list[Figure]]:
    key = _count(session, model, county, model.is_key)
    waiting = _count(session, model, county, model.is_key, model.officer_id.is_(None))
    table = model.__tablename__
    return f"{label}已分派", [
        Figure(key - waiting, table, {"is_key": 1, "officer": SOMEBODY}),
        Figure(key, table, {"is_key": 1}),
        rate(key - waiting, key),
    ]


def _followed(session: Session, county: int, first: date, last: date) -> list[tuple[str, list[Figure]]]:
    """Of the month's 差评: how many were put right, how many were asked about again."""
    bad = (
        select(Evaluation.rectified_on, Evaluation.revisited_on)
        .join(CountyOption, CountyOption.id == Evaluation.grade_id)
        .where(
            Evaluation.county_id == county, Evaluation.evaluated_on.between(first, last),
            CountyOption.meaning == Meaning.DISSATISFIED, Evaluation.discounted.is_(False),
        )
    )  # fmt: skip
    rows = session.execute(bad).all()
    return [
        (label, [Figure(done), Figure(len(rows)), rate(done, len(rows))])
        for label, done in (
            ("差评已整改", sum(r.rectified_on is not None for r in rows)),
            ("差评已回访", sum(r.revisited_on is not None for r in rows)),
        )
    ]


def _count(session: Session, model: Any, county: int, *where: Any) -> int:
    return session.scalar(select(func.count(model.id)).where(model.county_id == county, *where)) or 0


@dataclass(frozen=True)
class MonthPoint:
    """One month of the chart: its name, its ledger, 受理 and 办结."""

    month: str
    ledger_id: int
    received: int
    closed: int


def twelve_months(session: Session, county_id: int) -> list[MonthPoint]:
    """The county's last twelve months that have a ledger, the oldest first; one statement."""
    e, m = LedgerEntry, LedgerMonth
    received = func.sum(case((e.received_here, 1), else_=0))
    closed = func.sum(case((e.outcome == Outcome.CLOSED, 1), else_=0))
    rows = session.execute(
        select(m.month, m.id, received, closed)
        .outerjoin(e, e.month_id == m.id)
        .where(m.county_id == county_id)
        .group_by(m.month, m.id)
        .order_by(m.month.desc())
        .limit(MONTHS_SHOWN)
    ).all()
    return [MonthPoint(month, id_, r or 0, c or 0) for month, id_, r, c in reversed(rows)]


def open_by_state(session: Session, states: Sequence[CaseState]) -> list[tuple[CaseState, int]]:
    """How many of the cases that the actor sees stand in each of these states; one statement."""
    rows = session.execute(
        select(ServiceCase.state, func.count()).where(ServiceCase.state.in_(states)).group_by(ServiceCase.state)
    )
    counts = dict(rows.all())
    return [(state, counts.get(state, 0)) for state in states]
