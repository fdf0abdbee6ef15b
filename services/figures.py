"""What the office learns from a month: figures by county, department, agent, officer, and how they go on.

All of them are counted from the month's ledger rows, so that a locked month keeps its own, and each
carries the filter of the list that has the rows it counts. Source: DOMAIN section 7; W, Z 附件1 六; H 五(六).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
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
from services.calendar import Calendar, calendar_of
from services.ledger import first_day, last_day
from services.ledger_rows import JOINT

Filters = Mapping[str, Any]

#: How a filter of a list asks for a whole name, and not a piece of one.
EXACTLY = "="
MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Figure:
    """A figure as it is read, and the list that has the rows it counts; rates have none."""

    text: str
    table: str = ""
    filters: Filters = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The figure as a number of rows."""
        return int(self.text)


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


def rows_of(session: Session, ledger: LedgerMonth) -> list[Row]:
    """The month's ledger rows; one statement."""
    e = LedgerEntry
    found = session.execute(
        select(
            e.outcome, e.received_here, e.overdue, e.accepted_on, e.closed_on, e.agent, e.officer, e.departments,
            e.rating,
        ).where(e.month_id == ledger.id)
    )  # fmt: skip
    return [Row(*row) for row in found]


def side_by_side(session: Session, month: str) -> Table:
    """The month's figures of each county that the actor sees."""
    rows = [
        (county.name, figures(rows_of(session, ledger), ledger.id, {}, grades_of(session, county.id),
                              calendar_of(session, county.id)))
        for ledger, county in ledgers_of(session, month)
    ]  # fmt: skip
    return Table("按县（旗）", HEADERS, rows)


#: Whom the figures are told apart by: title, the filter's name, the names that a row counts for.
GROUPS: tuple[tuple[str, str, Callable[[Row], Iterable[str]]], ...] = (
    ("按责任部门", "departments", lambda r: (r.departments or "").split(JOINT)),
    ("按代办员", "agent", lambda r: (r.agent or "",)),
    ("按首席服务员", "officer", lambda r: (r.officer or "",)),
)


def groups(session: Session, ledger: LedgerMonth) -> list[Table]:
    """The county's month by department, agent and chief officer; names in their order, without one last."""
    rows, grades = rows_of(session, ledger), grades_of(session, ledger.county_id)
    calendar, found = calendar_of(session, ledger.county_id), []
    for title, name, of in GROUPS:
        parts: dict[str, list[Row]] = {}
        for row in rows:
            for who in of(row):
                parts.setdefault(who, []).append(row)
        if set(parts) <= {""}:
            continue
        lines = [
            (who or "（没有）", figures(parts[who], ledger.id, {name: EXACTLY + who}, grades, calendar))
            for who in sorted(parts, key=lambda who: (not who, who))
        ]
        found.append(Table(title, HEADERS, lines))
    return found


def figures(
    rows: Sequence[Row], month_id: int, more: Filters, grades: Grades, calendar: Calendar
) -> list[Figure]:
    """The figures of HEADERS over `rows`, which are those that `more` finds in the month."""
    here = {"month": month_id, **more}
    counted = [
        Figure(str(sum(map(counts, rows))), "ledger_entry", {**here, **filters}) for _, counts, filters in COUNTS
    ]
    closed = [row for row in rows if row.outcome is Outcome.CLOSED]
    rated = [row for row in closed if row.rating]
    days = [calendar.working_days(r.accepted_on, r.closed_on) for r in closed if r.accepted_on and r.closed_on]
    return [
        *counted,
        Figure(rate(sum(not row.overdue for row in closed), len(closed))),
        Figure(f"{sum(days) / len(days):.1f}" if days else "—"),
        Figure(rate(len(rated), len(closed))),
        Figure(rate(sum(row.rating in grades.good for row in rated), len(rated))),
        _bad(closed, here, grades.bad),
    ]


def _bad(closed: Sequence[Row], here: Filters, names: Sequence[str]) -> Figure:
    """The 差评 among closed cases; — in a county without a scale."""
    if not names:
        return Figure("—")
    filters = {**here, "outcome": Outcome.CLOSED.value, "rating": EXACTLY + "|".join(names)}
    return Figure(str(sum(row.rating in names for row in closed)), "ledger_entry", filters)


def rate(part: int, whole: int) -> str:
    """A share as people read it; — of nothing."""
    return f"{part / whole:.1%}" if whole else "—"


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
        Figure(str(archived), "service_case", {"state": CaseState.ARCHIVED.value, **span}),
        Figure(str(ended)), Figure(rate(archived, ended)),
    ]))  # fmt: skip
    lines += _followed(session, county, first, last)
    found = _count(session, CommonIssue, county, CommonIssue.found_on.between(first, last))
    lines.append(("共性问题", [
        Figure(str(found), "common_issue", {"found_on_from": first, "found_on_to": last}), Figure("—"), Figure("—"),
    ]))  # fmt: skip
    return Table("覆盖与质量", ("件数", "应有", "比率"), lines)


_ENDED = ServiceCase.state.in_([CaseState.CLOSED, CaseState.EVALUATED, CaseState.ARCHIVED, CaseState.TERMINATED])


def _coverage(session: Session, label: str, model: Any, county: int) -> tuple[str, list[Figure]]:
    key = _count(session, model, county, model.is_key)
    waiting = _count(session, model, county, model.is_key, model.officer_id.is_(None))
    table = model.__tablename__
    return f"{label}未分派", [
        Figure(str(waiting), table, {"is_key": 1, "officer": "none"}),
        Figure(str(key), table, {"is_key": 1}),
        Figure(f"已分派 {rate(key - waiting, key)}"),
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
        (label, [Figure(str(done)), Figure(str(len(rows))), Figure(rate(done, len(rows)))])
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
