"""What the office learns from a month: figures by county, department, agent, officer, and how they go on.

What was done is counted from the month's ledger rows, what was said of it from the ratings of the cases
closed in the month; each carries the filter of the list that has the rows it counts. A locked month
shows what was stored when it was locked. Source: 领域 7; W, Z 附件1 六; H 五(六).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import and_, case, func, select, true
from sqlalchemy.orm import Session, undefer

from excel.chart import HEADERS as SHEET_HEADERS
from models.cases import ENDED, CaseState, ServiceCase
from models.ledger import JOINT, LedgerEntry, LedgerMonth, Outcome
from models.office import CommonIssue
from models.people import ChiefServiceOfficer, Staff
from models.places import County, CountyOption, Meaning, OptionKind, WindowKind
from models.projects import Enterprise, Project
from services.kernel.months import first_day, last_day
from services.kernel.working_days import calendar_of
from services.records.lists import EXACTLY, SOMEBODY
from services.statistics.rating_summary import Summary, share, summaries

Filters = Mapping[str, Any]

#: A figure as it is stored of a locked month.
Value = int | float | None

MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Figure:
    """A number of rows and the list that has them; or a share of one, an average, None of nothing."""

    value: Value
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
class FigureTable:
    """Figures of one kind: a heading for each column, and (name, figures) a row."""

    title: str
    headers: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Figure]]]


@dataclass(frozen=True)
class LedgerRow:
    """What the figures need of one ledger row."""

    outcome: Outcome
    received: bool
    overdue: bool
    accepted_on: date | None
    closed_on: date | None
    agent: str | None
    officer: str | None
    departments: str | None


#: The month's figures are called as on the 统计 sheet.
_, CARRIED, RECEIVED, CLOSED, TERMINATED, OPEN_AT_END = SHEET_HEADERS

#: The figures of a group, in their order: heading, which rows count, and the filter that finds them.
COUNTS: tuple[tuple[str, Callable[[LedgerRow], bool], Filters], ...] = (
    (CARRIED, lambda r: not r.received, {"received_here": 0}),
    (RECEIVED, lambda r: r.received, {"received_here": 1}),
    (CLOSED, lambda r: r.outcome is Outcome.CLOSED, {"outcome": Outcome.CLOSED.value}),
    (TERMINATED, lambda r: r.outcome is Outcome.TERMINATED, {"outcome": Outcome.TERMINATED.value}),
    (OPEN_AT_END, lambda r: r.outcome is Outcome.OPEN, {"outcome": Outcome.OPEN.value}),
    ("超期", lambda r: r.overdue, {"overdue": 1}),
)
RATES = ("按期办结率", "平均用时（工作日）", "参评率", "满意率")
HEADERS = (*(heading for heading, _, _ in COUNTS), *RATES, "差评")


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
        .options(undefer(LedgerMonth.figures))
        .order_by(County.code)
    )
    return [(ledger, county) for ledger, county in rows]


#: Rows of a ledger that are held at once.
BATCH = 5_000


def rows_of(session: Session, ledger: LedgerMonth) -> Iterator[LedgerRow]:
    """The month's ledger rows, streamed; one statement."""
    e = LedgerEntry
    found = session.execute(
        select(e.outcome, e.received_here, e.overdue, e.accepted_on, e.closed_on, e.agent, e.officer, e.departments)
        .where(e.month_id == ledger.id)
        .execution_options(yield_per=BATCH)
    )
    yield from (LedgerRow(*row) for row in found)


@dataclass
class GroupCounts:
    """What is counted of one group: its rows one by one, and the ratings of whom it has."""

    counts: list[int] = field(default_factory=lambda: [0] * len(COUNTS))
    closed: int = 0
    timely: int = 0
    measured: int = 0
    days: int = 0
    rated: list[Summary] = field(default_factory=list)

    def add(self, row: LedgerRow, working_days: Callable[[date, date], int]) -> None:
        """Count one row."""
        for n, (_, counts, _) in enumerate(COUNTS):
            self.counts[n] += counts(row)
        if row.outcome is not Outcome.CLOSED:
            return
        self.closed += 1
        self.timely += not row.overdue
        if row.accepted_on and row.closed_on:
            self.measured += 1
            self.days += working_days(row.accepted_on, row.closed_on)

    def sum(self, what: str) -> int:
        """A number of its ratings: due, given, satisfied, bad, rectified, revisited."""
        return sum(getattr(one, what) for one in self.rated)


@dataclass(frozen=True)
class GroupFigures:
    """The figures of one group in the order of HEADERS, and the filter of its 差评, where there are any to see."""

    values: Sequence[Value]
    bad: Filters | None = None


@dataclass(frozen=True)
class MonthFigures:
    """The figures of one ledger: of the county, by GROUPS' names and by whom; and of the county's quality."""

    total: GroupFigures
    groups: Mapping[str, Mapping[str, GroupFigures]]
    quality: Sequence[tuple[str, Sequence[Figure]]]


#: Whom the figures are told apart by: title, the filter's name, the names that a row counts for.
GROUPS: tuple[tuple[str, str, Callable[[LedgerRow], Iterable[str]]], ...] = (
    ("按责任部门", "departments", lambda r: (r.departments or "").split(JOINT)),
    ("按代办员", "agent", lambda r: (r.agent or "",)),
    ("按首席服务员", "officer", lambda r: (r.officer or "",)),
)
#: The group of the county as a whole, among the others.
WHOLE = ("", "")


def rated_as(one: Summary) -> tuple[str, str] | None:
    """The group that a ratee counts for besides the county: his own, or the department of a 业务专办窗口."""
    ratee = one.ratee
    if isinstance(ratee, Staff):
        return ("officer" if isinstance(ratee, ChiefServiceOfficer) else "agent"), ratee.name
    own = ratee.department if ratee.kind is WindowKind.BUSINESS else None
    return ("departments", own.name) if own is not None else None


def of_month(session: Session, ledger: LedgerMonth) -> MonthFigures:
    """The month's figures: those that were stored when it was locked, else as the rows are now."""
    stored = ledger.figures
    return computed(session, ledger) if stored is None else _from_stored(stored)


def computed(session: Session, ledger: LedgerMonth) -> MonthFigures:
    """The month's figures as the rows are now; some sixteen statements, however many rows."""
    bad, tallies = bad_rating_filter(session, ledger), counted_groups(session, ledger)
    lines = {group: line_of(tally, _bad_of(tally, bad, group)) for group, tally in tallies.items()}
    groups = {name: {who: line for (kind, who), line in lines.items() if kind == name} for _, name, _ in GROUPS}
    return MonthFigures(lines[WHOLE], groups, quality(session, ledger, tallies[WHOLE], bad))


def counted_groups(session: Session, ledger: LedgerMonth) -> defaultdict[tuple[str, str], GroupCounts]:
    """A tally of the whole and of each (group, name); the rows go by one at a time."""
    working_days = cache(calendar_of(session, ledger.county_id).working_days)
    found: defaultdict[tuple[str, str], GroupCounts] = defaultdict(GroupCounts)
    whole = found[WHOLE]
    for row in rows_of(session, ledger):
        whole.add(row, working_days)
        for _, name, of in GROUPS:
            for who in of(row):
                found[name, who].add(row, working_days)
    for one in summaries(session, ledger.county, first_day(ledger.month), last_day(ledger.month)):
        whole.rated.append(one)
        own = rated_as(one)
        if own is not None:
            found[own].rated.append(one)
    return found


def bad_rating_filter(session: Session, ledger: LedgerMonth) -> Filters | None:
    """The filter that finds the month's 差评 among the county's ratings; None where no grade is one."""
    o = CountyOption
    grades = session.scalars(
        select(o.id)
        .where(o.county_id == ledger.county_id, o.kind == OptionKind.SCALE, o.meaning == Meaning.DISSATISFIED)
        .order_by(o.id)
    ).all()
    if not grades:
        return None
    span = {"closed_on_from": first_day(ledger.month), "closed_on_to": last_day(ledger.month)}
    return {"grade": ",".join(map(str, grades)), "discounted": 0, **span}


def _bad_of(tally: GroupCounts, bad: Filters | None, group: tuple[str, str]) -> Filters | None:
    """The filter of a group's 差评; None where nobody of it is rated by grades."""
    if bad is None or group == WHOLE:
        return bad
    ids = ",".join(str(one.ratee.id) for one in tally.rated)
    return {**bad, "window" if group[0] == "departments" else "staff": ids} if ids else None


def line_of(tally: GroupCounts, bad: Filters | None) -> GroupFigures:
    """The figures of a group; `bad`: the filter of its 差评, None where there is no 满意率 either."""
    given = tally.sum("given")
    rates = (
        share(tally.timely, tally.closed),
        round(tally.days / tally.measured, 1) if tally.measured else None,
        share(given, tally.sum("due")),
    )
    if bad is None:
        return GroupFigures((*tally.counts, *rates, None, None))
    return GroupFigures((*tally.counts, *rates, share(tally.sum("satisfied"), given), tally.sum("bad")), bad)


def figures(line: GroupFigures, month_id: int, more: Filters) -> list[Figure]:
    """The figures of HEADERS with their lists: the month's ledger rows that `more` finds, and the 差评."""
    here = {"month": month_id, **more}
    counted = [
        Figure(value, "ledger_entry", {**here, **filters})
        for value, (_, _, filters) in zip(line.values, COUNTS, strict=False)
    ]
    timely, days, given, satisfied, bad = line.values[len(COUNTS) :]
    shares = [Figure(timely, share=True), Figure(days), Figure(given, share=True), Figure(satisfied, share=True)]
    return [*counted, *shares, Figure(bad) if line.bad is None else Figure(bad, "evaluation", line.bad)]


def tables(
    session: Session, ledgers: Sequence[tuple[LedgerMonth, County]], chosen: LedgerMonth | None = None
) -> list[FigureTable]:
    """The counties side by side, then what `chosen`, one of their ledgers, tells of its county."""
    months = [(ledger, county, of_month(session, ledger)) for ledger, county in ledgers]
    lines = [(county.name, figures(month.total, ledger.id, {})) for ledger, county, month in months]
    found = [FigureTable("按县（旗）", HEADERS, lines)] if months else []
    return found + [table for ledger, _, month in months if ledger is chosen for table in of_county(month, ledger.id)]


def of_county(month: MonthFigures, month_id: int) -> list[FigureTable]:
    """By department, agent and chief officer, names in their order, without one last; and 覆盖与质量."""
    found = []
    for title, name, _ in GROUPS:
        parts = month.groups[name]
        if set(parts) <= {""}:
            continue
        lines = [
            (who or "（没有）", figures(parts[who], month_id, {name: EXACTLY + who}))
            for who in sorted(parts, key=lambda who: (not who, who))
        ]
        found.append(FigureTable(title, HEADERS, lines))
    return [*found, FigureTable("覆盖与质量", ("件数", "应有", "比率"), month.quality)]


def stored_figures(month: MonthFigures) -> dict[str, Any]:
    """The figures as a locked month stores them: without the lists, whose rows go on changing."""
    return {
        "total": list(month.total.values),
        "groups": {name: {who: list(line.values) for who, line in of.items()} for name, of in month.groups.items()},
        "quality": [[label, [figure.value for figure in row]] for label, row in month.quality],
    }


def _from_stored(stored: Mapping[str, Any]) -> MonthFigures:
    groups = {name: {who: GroupFigures(values) for who, values in of.items()} for name, of in stored["groups"].items()}
    lines = [
        (label, [Figure(done), Figure(due), Figure(rate, share=True)]) for label, (done, due, rate) in stored["quality"]
    ]
    return MonthFigures(GroupFigures(stored["total"]), groups, lines)


def quality(
    session: Session, ledger: LedgerMonth, whole: GroupCounts, bad: Filters | None
) -> list[tuple[str, list[Figure]]]:
    """分派覆盖率, 归档完整率, 差评的整改和回访, 共性问题: of today, or of the month where they have a date."""
    county, first, last = ledger.county, first_day(ledger.month), last_day(ledger.month)
    here = {"county": county.id}
    lines = []
    if county.has_chief_officers:
        lines += [_coverage(session, "重点项目", Project, here), _coverage(session, "重点企业", Enterprise, here)]
    span = {**here, "ended_on_from": first, "ended_on_to": last}
    over = and_(ServiceCase.ended_on.between(first, last), ServiceCase.state.in_(ENDED))
    ended, archived = _count(session, ServiceCase, county.id, over, ServiceCase.state == CaseState.ARCHIVED)
    lines.append(
        _part(
            "本月结束的件已归档",
            "service_case",
            (archived, {**span, "state": CaseState.ARCHIVED.value}),
            (ended, {**span, "state": ",".join(sorted(ENDED))}),
        )
    )
    if bad is not None:
        count = (whole.sum("bad"), bad)
        lines += [
            # What was done came after the rating, and that after the month's first day.
            _part("差评已整改", "evaluation", (whole.sum("rectified"), {**bad, "rectified_on_from": first}), count),
            _part("差评已回访", "evaluation", (whole.sum("revisited"), {**bad, "revisited_on_from": first}), count),
        ]
    found, _ = _count(session, CommonIssue, county.id, CommonIssue.found_on.between(first, last), true())
    span = {**here, "found_on_from": first, "found_on_to": last}
    lines.append(("共性问题", [Figure(found, "common_issue", span), Figure(None), Figure(None)]))
    return lines


def _part(label: str, table: str, done: tuple[int, Filters], due: tuple[int, Filters]) -> tuple[str, list[Figure]]:
    """A line of how many of those that are due are done."""
    rate = Figure(share(done[0], due[0]), share=True)
    return label, [Figure(done[0], table, done[1]), Figure(due[0], table, due[1]), rate]


def _coverage(session: Session, label: str, model: Any, here: Filters) -> tuple[str, list[Figure]]:
    key = {**here, "is_key": 1}
    due, served = _count(session, model, here["county"], model.is_key, model.officer_id.is_not(None))
    return _part(f"{label}已分派", model.__tablename__, (served, {**key, "officer": SOMEBODY}), (due, key))


def _count(session: Session, model: Any, county: int, among: Any, part: Any) -> tuple[int, int]:
    """How many rows of the county there are `among` which so many are a `part`; one statement."""
    counts = select(func.count(), func.count(case((part, 1)))).select_from(model)
    whole, some = session.execute(counts.where(model.county_id == county, among)).one()
    return whole, some


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
