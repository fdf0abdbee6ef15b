"""The figures of a month by county, department, agent and officer; the charts over twelve months.

Work is counted from the month's ledger rows, ratings as `coverage` says. A count carries the
filter of the list with the rows it counts. A locked month shows what was stored when it was locked.
Source: 领域 7; W, Z 附件1 六; H 五(六).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select, true
from sqlalchemy.orm import Session, undefer

from excel.definitions import FIGURE_LABELS
from models.cases import ENDED, CaseState, ServiceCase
from models.fields import attribute
from models.ledger import JOINT, LedgerEntry, LedgerMonth, Outcome
from models.office import CommonIssue
from models.people import ChiefServiceOfficer, Staff
from models.places import County, CountyOption, Meaning, OptionKind, WindowKind
from models.projects import Enterprise, Project
from models.types import Labelled
from services.kernel.months import first_day, last_day
from services.kernel.working_days import calendar_of
from services.records.lists import EXACTLY, SOMEBODY
from services.statistics.coverage import COUNTED, LATE, REMOVED, rating_span
from services.statistics.rating_summary import Summary, share, summaries

Filters = Mapping[str, Any]
#: Filters of the list of ratings by what they find: LATE, REMOVED, BAD.
RatingFilters = Mapping[str, Filters]

#: A figure as a locked month stores it.
Value = int | float | None

MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Figure:
    """A number of rows with the list that has them, a share or an average. None: not stored, or nothing to divide."""

    value: Value
    table: str = ""
    filters: Filters = field(default_factory=dict)
    share: bool = False

    @property
    def text(self) -> str:
        """The figure as people read it."""
        if self.value is None:
            return "—"
        return f"{self.value:.1%}" if self.share else str(self.value)

    @property
    def count(self) -> int:
        """The figure as a number of rows."""
        assert isinstance(self.value, int)
        return self.value


@dataclass(frozen=True)
class FigureTable:
    """Figures of one kind: the code and the heading of each column, and (name, figures) a row."""

    code: str
    title: str
    codes: Sequence[str]
    headers: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Figure]]]


@dataclass(frozen=True)
class LedgerRow:
    """The columns of a ledger row that the figures read, named as in `LedgerEntry`."""

    outcome: Outcome
    received_here: bool
    overdue: bool
    accepted_on: date | None
    due_on: date | None
    closed_on: date | None
    agent: str | None
    officer: str | None
    departments: str | None
    station: str | None


def months_of(session: Session) -> list[str]:
    """The months with a ledger in the actor's counties, latest first."""
    rows = session.scalars(select(LedgerMonth.month).distinct().order_by(LedgerMonth.month.desc()))
    return list(rows)


def ledgers_of(session: Session, month: str) -> list[tuple[LedgerMonth, County]]:
    """The month's ledger of each county that the actor sees, by the code of the county."""
    rows = session.execute(
        select(LedgerMonth, County)
        .join(County, County.id == LedgerMonth.county_id)
        .where(LedgerMonth.month == month)
        .options(undefer(LedgerMonth.figures))
        .order_by(County.code)
    )
    return [(ledger, county) for ledger, county in rows]


#: Rows of a ledger held in memory at once.
BATCH = 5_000


def rows_of(session: Session, ledger: LedgerMonth) -> Iterator[LedgerRow]:
    """The month's ledger rows, streamed; one statement."""
    found = session.execute(
        select(*(attribute(LedgerEntry, column.name) for column in fields(LedgerRow)))
        .where(LedgerEntry.month_id == ledger.id)
        .execution_options(yield_per=BATCH)
    )
    yield from (LedgerRow(*row) for row in found)


@dataclass
class GroupCounts:
    """What is counted of one group: its ledger rows one by one, and the ratings of its members."""

    counts: Counter[str] = field(default_factory=Counter)
    timed: int = 0
    timely: int = 0
    measured: int = 0
    days: int = 0
    rated: list[Summary] = field(default_factory=list)

    def add(self, row: LedgerRow, working_days: Callable[[date, date], int]) -> None:
        """Count one row."""
        for kind in FIGURES:
            if kind.rows:
                self.counts[kind.code] += kind.has(row)
        if row.outcome is not Outcome.CLOSED:
            return
        if row.due_on is not None:  # a past case may be without
            self.timed += 1
            self.timely += not row.overdue
        if row.accepted_on and row.closed_on:
            self.measured += 1
            self.days += working_days(row.accepted_on, row.closed_on)

    def sum(self, what: str) -> int:
        """The sum of a number of its ratings, a field of `Summary`."""
        return sum(getattr(one, what) for one in self.rated)

    @property
    def average_days(self) -> float | None:
        """Working days from 受理 to 办结, on average; None when no closed row has both dates."""
        return round(self.days / self.measured, 1) if self.measured else None


@dataclass(frozen=True)
class FigureKind:
    """A figure that every group has.

    `rows`: the columns of the ledger rows that count, with their values; the list of the month, the workbook and
    the figure find them by these. `ratings`: the ratings that count, a key of `rating_filters`. A figure without
    `rows` is `computed` from what was counted. `share`: it is a share of one. `by_grades`: only counties that rate
    by grades have it.
    """

    code: str
    label: str
    rows: Filters = field(default_factory=dict)
    computed: Callable[[GroupCounts], Value] | None = None
    ratings: str = ""
    share: bool = False
    by_grades: bool = False

    def has(self, row: LedgerRow) -> bool:
        """Whether the figure counts the row."""
        return all(getattr(row, name) == value for name, value in self.rows.items())

    def condition(self) -> ColumnElement[bool]:
        """The condition for the rows that the figure counts."""
        return and_(*(getattr(LedgerEntry, name) == value for name, value in self.rows.items()))

    def value(self, group: GroupCounts) -> Value:
        """The figure of a group."""
        return group.counts[self.code] if self.computed is None else self.computed(group)

    def shown(self, value: Value, ledger_rows: Filters, ratings: RatingFilters) -> Figure:
        """The figure with the list of the rows it counts. `ledger_rows`, `ratings`: the filters of the group's."""
        if value is None:
            return Figure(None)
        if self.rows:
            return Figure(value, "ledger_entry", {**ledger_rows, **{k: in_address(v) for k, v in self.rows.items()}})
        if self.ratings in ratings:
            return Figure(value, "evaluation", ratings[self.ratings])
        return Figure(value, share=self.share)


def in_address(value: Any) -> str | int:
    """A column's value as a list's address has it."""
    return value.value if isinstance(value, Labelled) else int(value)


#: The figure whose rows are bad ratings, and the key of their filters.
BAD = "bad"
#: The figures of a group, in their order; a new one is a line here. Locked months store them by code.
FIGURES: tuple[FigureKind, ...] = (
    FigureKind("carried", FIGURE_LABELS["carried"], {"received_here": False}),
    FigureKind("received", FIGURE_LABELS["received"], {"received_here": True}),
    FigureKind("closed", FIGURE_LABELS["closed"], {"outcome": Outcome.CLOSED}),
    FigureKind("terminated", FIGURE_LABELS["terminated"], {"outcome": Outcome.TERMINATED}),
    FigureKind("open", FIGURE_LABELS["open"], {"outcome": Outcome.OPEN}),
    FigureKind("overdue", "超期", {"overdue": True}),
    FigureKind("timely_rate", "按期办结率", computed=lambda g: share(g.timely, g.timed), share=True),
    FigureKind("average_days", "平均用时（工作日）", computed=lambda g: g.average_days),
    FigureKind("rated_rate", "参评率", computed=lambda g: share(g.sum("given"), g.sum("due")), share=True),
    FigureKind("rated_late", "补录评价", computed=lambda g: g.sum("late"), ratings=LATE),
    FigureKind(
        "satisfied_rate",
        "满意率",
        computed=lambda g: share(g.sum("satisfied"), g.sum("judged")),
        share=True,
        by_grades=True,
    ),
    FigureKind(BAD, "差评", computed=lambda g: g.sum("bad"), ratings=BAD, by_grades=True),
    FigureKind("corrected", "申诉更正", computed=lambda g: g.sum("corrected"), ratings=REMOVED, by_grades=True),
)
#: The figures of the month's ledger rows by code, with the condition that finds their rows.
ROW_CONDITIONS: Mapping[str, ColumnElement[bool]] = {kind.code: kind.condition() for kind in FIGURES if kind.rows}
#: 覆盖与质量: the label of each line, in their order.
QUALITY: Mapping[str, str] = {
    "key_projects_assigned": "重点项目已分派",
    "key_enterprises_assigned": "重点企业已分派",
    "ended_archived": "本月结束的件已归档",
    "bad_rectified": "差评已整改",
    "bad_revisited": "差评已回访",
    "common_issues": "共性问题",
}
#: The figures of such a line.
QUALITY_FIGURES: Mapping[str, str] = {"done": "件数", "due": "应有", "rate": "比率"}
QUALITY_SHARES = frozenset({"rate"})
#: How `stored_figures` writes them. 1 was lists by position; migration 0013 converts them.
STORED_VERSION = 2


@dataclass(frozen=True)
class GroupFigures:
    """The figures of one group by code, and the filters of its ratings, where there are any to see."""

    values: Mapping[str, Value]
    ratings: RatingFilters = field(default_factory=dict)


@dataclass(frozen=True)
class MonthFigures:
    """The figures of one ledger: of the county; by group (a code of GROUPS) and name; the lines of QUALITY."""

    total: GroupFigures
    groups: Mapping[str, Mapping[str, GroupFigures]]
    quality: Mapping[str, Mapping[str, Figure]]


#: What the figures are grouped by: title, code (also the name of the filter), the names that a row counts for.
GROUPS: tuple[tuple[str, str, Callable[[LedgerRow], Iterable[str]]], ...] = (
    ("按责任部门", "departments", lambda r: (r.departments or "").split(JOINT)),
    ("按代办员", "agent", lambda r: (r.agent or "",)),
    ("按首席服务员", "officer", lambda r: (r.officer or "",)),
    ("按基层政务服务站", "station", lambda r: (r.station or "",)),
)
#: The key of the whole county among the groups.
WHOLE = ("", "")


def rated_as(one: Summary) -> tuple[str, str] | None:
    """The group of a ratee besides the county: their own, or the department of a 业务专办窗口."""
    ratee = one.ratee
    if isinstance(ratee, Staff):
        return ("officer" if isinstance(ratee, ChiefServiceOfficer) else "agent"), ratee.name
    own = ratee.department if ratee.kind is WindowKind.BUSINESS else None
    return ("departments", own.name) if own is not None else None


def of_month(session: Session, ledger: LedgerMonth) -> MonthFigures:
    """The stored figures of a locked month; else the figures of the present rows."""
    stored = ledger.figures
    return computed(session, ledger) if stored is None else _from_stored(stored)


def computed(session: Session, ledger: LedgerMonth) -> MonthFigures:
    """The figures of the present rows; about eighteen statements, however many rows."""
    grades = bad_grades(session, ledger)
    ratings, tallies = rating_filters(session, ledger, grades), counted_groups(session, ledger)
    lines = {
        group: GroupFigures(_values_of(tally, group, bool(grades)), _ratings_of(tally, ratings, group))
        for group, tally in tallies.items()
    }
    groups = {code: {who: line for (kind, who), line in lines.items() if kind == code} for _, code, _ in GROUPS}
    return MonthFigures(lines[WHOLE], groups, quality(session, ledger, tallies[WHOLE], bool(grades), ratings))


def counted_groups(session: Session, ledger: LedgerMonth) -> defaultdict[tuple[str, str], GroupCounts]:
    """The counts of the county and of each (group, name); the rows are streamed."""
    working_days = cache(calendar_of(session, ledger.county_id).working_days)
    found: defaultdict[tuple[str, str], GroupCounts] = defaultdict(GroupCounts)
    whole = found[WHOLE]
    for row in rows_of(session, ledger):
        whole.add(row, working_days)
        for _, name, of in GROUPS:
            for who in of(row):
                found[name, who].add(row, working_days)
    for one in summaries(session, [ledger]):
        whole.rated.append(one)
        own = rated_as(one)
        if own is not None:
            found[own].rated.append(one)
    return found


def bad_grades(session: Session, ledger: LedgerMonth) -> Sequence[int]:
    """The ids of the county's bad grades; none where it does not rate by grades."""
    o = CountyOption
    bad = select(o.id).where(o.kind == OptionKind.SCALE, o.meaning == Meaning.DISSATISFIED)
    return session.scalars(bad.where(o.county_id == ledger.county_id).order_by(o.id)).all()


def rating_filters(session: Session, ledger: LedgerMonth, grades: Sequence[int]) -> RatingFilters:
    """The filters of an open month's ratings: LATE, REMOVED, and BAD where there are bad `grades`."""
    found: dict[str, Filters] = {**rating_span(session, [ledger]).filters()}
    counted = found.pop(COUNTED, None)
    if counted is not None and grades:
        found[BAD] = {**counted, "grade": ",".join(map(str, grades))}
    return found


def _ratings_of(tally: GroupCounts, ratings: RatingFilters, group: tuple[str, str]) -> RatingFilters:
    """The filters for a group's ratings."""
    if group == WHOLE:
        return ratings
    ids = ",".join(str(one.ratee.id) for one in tally.rated)
    who = "window" if group[0] == "departments" else "staff"
    return {name: {**filters, who: ids} for name, filters in ratings.items()} if ids else {}


def _values_of(tally: GroupCounts, group: tuple[str, str], by_grades: bool) -> dict[str, Value]:
    """The figures of a group; those of ratings only where a member was rated."""
    rated = group == WHOLE or bool(tally.rated)
    kinds = (kind for kind in FIGURES if rated or not (kind.ratings or kind.by_grades))
    return {kind.code: kind.value(tally) for kind in kinds if by_grades or not kind.by_grades}


def figures(line: GroupFigures, month_id: int, more: Filters) -> list[Figure]:
    """A figure for each of FIGURES with its list: the month's ledger rows that `more` finds, and the ratings.

    A figure that a locked month did not store has no value.
    """
    here = {"month": month_id, **more}
    return [kind.shown(line.values.get(kind.code), here, line.ratings) for kind in FIGURES]


def group_table(code: str, title: str, rows: Sequence[tuple[str, Sequence[Figure]]]) -> FigureTable:
    """A table of FIGURES."""
    return FigureTable(code, title, [kind.code for kind in FIGURES], [kind.label for kind in FIGURES], rows)


def tables(
    session: Session, ledgers: Sequence[tuple[LedgerMonth, County]], chosen: LedgerMonth | None = None
) -> list[FigureTable]:
    """The counties side by side, then the tables of the county of `chosen`, one of the ledgers."""
    months = [(ledger, county, of_month(session, ledger)) for ledger, county in ledgers]
    lines = [(county.name, figures(month.total, ledger.id, {})) for ledger, county, month in months]
    found = [group_table("county", "按县（旗）", lines)] if months else []
    return found + [table for ledger, _, month in months if ledger is chosen for table in of_county(month, ledger.id)]


def of_county(month: MonthFigures, month_id: int) -> list[FigureTable]:
    """By department, agent and chief officer, in the order of their names, rows without one last; 覆盖与质量."""
    found = []
    for title, code, _ in GROUPS:
        parts = month.groups.get(code, {})
        if set(parts) <= {""}:
            continue
        lines = [
            (who or "（没有）", figures(parts[who], month_id, {code: EXACTLY + who}))
            for who in sorted(parts, key=lambda who: (not who, who))
        ]
        found.append(group_table(code, title, lines))
    return [*found, _quality_table(month.quality)]


def _quality_table(quality: Mapping[str, Mapping[str, Figure]]) -> FigureTable:
    lines = [
        (label, [quality[code].get(figure, Figure(None)) for figure in QUALITY_FIGURES])
        for code, label in QUALITY.items()
        if code in quality
    ]
    return FigureTable("quality", "覆盖与质量", list(QUALITY_FIGURES), list(QUALITY_FIGURES.values()), lines)


def stored_figures(month: MonthFigures) -> dict[str, Any]:
    """The figures as a locked month stores them: by code, without the lists, whose rows go on changing."""
    return {
        "version": STORED_VERSION,
        "total": dict(month.total.values),
        "groups": {code: {who: dict(line.values) for who, line in of.items()} for code, of in month.groups.items()},
        "quality": {code: {key: one.value for key, one in line.items()} for code, line in month.quality.items()},
    }


def _from_stored(stored: Any) -> MonthFigures:
    """What a locked month stored. What it lacks has no value, and what is not known here is left out."""
    found = _known(stored)
    groups = {
        code: {who: GroupFigures(_values(line)) for who, line in _known(of).items()}
        for code, of in _known(found.get("groups")).items()
    }
    quality = {
        code: {key: Figure(value, share=key in QUALITY_SHARES) for key, value in _values(line).items()}
        for code, line in _known(found.get("quality")).items()
    }
    return MonthFigures(GroupFigures(_values(found.get("total"))), groups, quality)


def _known(stored: Any) -> Mapping[str, Any]:
    """An object of the stored JSON; an empty one in the place of anything else."""
    return stored if isinstance(stored, dict) else {}


def _values(stored: Any) -> dict[str, Value]:
    """The figures of a stored line, without what is no number."""
    return {code: value for code, value in _known(stored).items() if value is None or isinstance(value, int | float)}


def quality(
    session: Session, ledger: LedgerMonth, whole: GroupCounts, by_grades: bool, ratings: RatingFilters
) -> dict[str, dict[str, Figure]]:
    """The lines of QUALITY that the county has: as of today, or of the month where rows have a date."""
    county, first, last = ledger.county, first_day(ledger.month), last_day(ledger.month)
    here = {"county": county.id}
    lines = {}
    if county.has_chief_officers:
        lines["key_projects_assigned"] = _coverage(session, Project, here)
        lines["key_enterprises_assigned"] = _coverage(session, Enterprise, here)
    span = {**here, "ended_on_from": first, "ended_on_to": last}
    over = and_(ServiceCase.ended_on.between(first, last), ServiceCase.state.in_(ENDED))
    ended, archived = _count(session, ServiceCase, county.id, over, ServiceCase.state == CaseState.ARCHIVED)
    lines["ended_archived"] = _part(
        "service_case",
        (archived, {**span, "state": CaseState.ARCHIVED.value}),
        (ended, {**span, "state": ",".join(sorted(ENDED))}),
    )
    if by_grades:
        bad = ratings.get(BAD, {})
        table, count = "evaluation" if bad else "", (whole.sum("bad"), bad)
        rectified = (whole.sum("rectified"), {**bad, "rectified_on": SOMEBODY})
        revisited = (whole.sum("revisited"), {**bad, "revisited_on": SOMEBODY})
        lines["bad_rectified"] = _part(table, rectified, count)
        lines["bad_revisited"] = _part(table, revisited, count)
    found, _ = _count(session, CommonIssue, county.id, CommonIssue.found_on.between(first, last), true())
    span = {**here, "found_on_from": first, "found_on_to": last}
    lines["common_issues"] = {"done": Figure(found, "common_issue", span)}
    return lines


def _part(table: str, done: tuple[int, Filters], due: tuple[int, Filters]) -> dict[str, Figure]:
    """How many of the rows that are due are done."""
    rate = Figure(share(done[0], due[0]), share=True)
    return {"done": Figure(done[0], table, done[1]), "due": Figure(due[0], table, due[1]), "rate": rate}


def _coverage(session: Session, model: Any, here: Filters) -> dict[str, Figure]:
    key = {**here, "is_key": 1}
    due, served = _count(session, model, here["county"], model.is_key, model.officer_id.is_not(None))
    return _part(model.__tablename__, (served, {**key, "officer": SOMEBODY}), (due, key))


def _count(session: Session, model: Any, county: int, among: Any, part: Any) -> tuple[int, int]:
    """The number of the county's rows `among`, and of those that are also `part`; one statement."""
    counts = select(func.count(), func.count(case((part, 1)))).select_from(model)
    whole, some = session.execute(counts.where(model.county_id == county, among)).one()
    return whole, some


@dataclass(frozen=True)
class MonthPoint:
    """One month of the chart: month, ledger, 受理 and 办结."""

    month: str
    ledger_id: int
    received: int
    closed: int


def twelve_months(session: Session, county_id: int) -> list[MonthPoint]:
    """The county's last twelve months with a ledger, oldest first; one statement."""
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
    """The number of cases that the actor sees in each of these states; one statement."""
    rows = session.execute(
        select(ServiceCase.state, func.count()).where(ServiceCase.state.in_(states)).group_by(ServiceCase.state)
    )
    counts = dict(rows.all())
    return [(state, counts.get(state, 0)) for state in states]
