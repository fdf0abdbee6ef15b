"""评价汇总表: for each ratee, the ratings due, the ratings given, and the follow-up of bad ones.

The cases are those that the months' ledgers show as closed. Every rating that such a case asks for is due, whenever
it is given. `coverage` says which ratings count in a month, late ones and upheld appeals included.
Source: 领域 7, 10 (e); W, Z 附件1 六; H 五(五).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from models.cases import CaseStep, ServiceCase
from models.evaluation import Evaluation
from models.ledger import LedgerEntry, LedgerMonth, Outcome
from models.people import ChiefServiceOfficer, GeneralAgent, Staff
from models.places import CountyOption, Meaning, OptionKind, Window
from services.cases.evaluation import expected_ratings, rating_setup
from services.kernel.terminology import terms_of
from services.statistics.coverage import RatingSpan, rating_span

#: Most characters of opinions in one cell.
OPINIONS = 300


class ClosedCase(NamedTuple):
    """The attributes of a closed case that `expected_ratings` reads."""

    agent: GeneralAgent | None
    officer: ChiefServiceOfficer | None
    steps: Sequence[Any]


@dataclass
class Summary:
    """The counts of one ratee."""

    ratee: Staff | Window
    kind: str
    due: int = 0
    grades: Counter[str] = field(default_factory=Counter)
    satisfied: int = 0
    bad: int = 0
    rectified: int = 0
    revisited: int = 0
    given: int = 0
    #: Of those given: all but the neutral grades, which change no rate of satisfaction.
    judged: int = 0
    #: Of those given: of cases that ended in an earlier month (补录).
    late: int = 0
    #: Ratings that an earlier month counted and an appeal took out since.
    corrected: int = 0
    opinions: list[str] = field(default_factory=list)

    def add(self, row: Any, *, late: bool) -> None:
        """Count a given rating, a row of `_given`."""
        self.due += 1
        self.given += 1
        self.judged += row.meaning is not Meaning.NEUTRAL
        self.late += late
        if row.grade is not None:
            self.grades[row.grade] += 1
            self.satisfied += row.meaning is Meaning.SATISFIED
        if row.meaning is Meaning.DISSATISFIED:
            self.bad += 1
            self.rectified += row.rectified_on is not None
            self.revisited += row.revisited_on is not None
        if row.opinion and row.opinion not in self.opinions:
            self.opinions.append(row.opinion)


@dataclass(frozen=True)
class Ratees:
    """Everybody rated in a county, by id; former staff too, because old ratings are theirs."""

    agents: Mapping[int | None, GeneralAgent]
    officers: Mapping[int | None, ChiefServiceOfficer]
    windows: Mapping[int | None, Window]

    def one(self, staff_id: int | None, window_id: int | None) -> Staff | Window:
        """The person or window with this id."""
        return self.windows[window_id] if staff_id is None else self.agents.get(staff_id) or self.officers[staff_id]


def scale_of(session: Session, county_id: int) -> list[str]:
    """The grades of the county's scale in their order, including retired ones."""
    return list(
        session.scalars(
            select(CountyOption.name)
            .where(CountyOption.county_id == county_id, CountyOption.kind == OptionKind.SCALE)
            .order_by(CountyOption.position, CountyOption.id)
        )
    )


def summaries(session: Session, months: Sequence[LedgerMonth]) -> list[Summary]:
    """A summary for each ratee of the months of one county, by kind and name; about ten statements.

    A rating is due in the month that shows its case as closed and, when it is given late, in the month that counts
    it; several months together count it once. It is due when a relation asks for it, or when it was given under a
    relation retired since. A rating that an appeal removed is neither due nor given.
    """
    county = months[0].county
    ratees, found = _ratees(session, county.id), dict[Staff | Window, Summary]()
    words, span = terms_of(county), rating_span(session, months)

    def summary(staff_id: int | None, window_id: int | None) -> Summary:
        ratee = ratees.one(staff_id, window_id)
        if ratee not in found:
            found[ratee] = Summary(ratee, words(_kind(ratee)))
        return found[ratee]

    known = set()
    for row in _given(session, county.id, months, span):
        here, removed = span.counts(row), span.removes(row)
        if here and not removed:
            summary(row.staff_id, row.window_id).add(row, late=span.is_late(row))
        elif removed and row.counted_in_id is not None and not here:
            summary(row.staff_id, row.window_id).corrected += 1
        if here or span.is_earlier(row):
            known.add((row.case_id, row.relation_id, row.staff_id, row.window_id))
    office = rating_setup(session, county.id)
    for case_id, case in _closed(session, months, ratees):
        for due in expected_ratings(office, case):
            if (case_id, *due.place) not in known:
                summary(*due.place[1:]).due += 1
    return sorted(found.values(), key=lambda one: (one.kind, one.ratee.name, one.ratee.id))


def _kind(ratee: Staff | Window) -> str:
    return ratee.kind.label if isinstance(ratee, Window) else type(ratee).__title__


def _ratees(session: Session, county_id: int) -> Ratees:
    def of(kind: Any, *wanted: Any) -> dict[Any, Any]:
        rows = session.scalars(select(kind).where(kind.county_id == county_id).options(*wanted))
        return {one.id: one for one in rows}

    windows = of(Window, joinedload(Window.department))  # first, so that the agents find their windows loaded
    return Ratees(of(GeneralAgent), of(ChiefServiceOfficer), windows)


def _closed_cases(months: Sequence[LedgerMonth]) -> Select[Any]:
    """SELECT of the ids of the cases that the months' ledgers show as closed."""
    e = LedgerEntry
    ids = [month.id for month in months]
    return select(e.case_id).where(e.month_id.in_(ids), e.outcome == Outcome.CLOSED, e.case_id.is_not(None))


def _closed(session: Session, months: Sequence[LedgerMonth], ratees: Ratees) -> Iterator[tuple[int, ClosedCase]]:
    """Those cases by id; two statements."""
    closed = _closed_cases(months)
    steps = defaultdict(list)
    for step in session.execute(select(CaseStep.case_id, CaseStep.department_id).where(CaseStep.case_id.in_(closed))):
        steps[step.case_id].append(step)
    c = ServiceCase
    for id_, agent, officer in session.execute(select(c.id, c.agent_id, c.officer_id).where(c.id.in_(closed))):
        yield id_, ClosedCase(ratees.agents.get(agent), ratees.officers.get(officer), steps[id_])


def _given(session: Session, county_id: int, months: Sequence[LedgerMonth], span: RatingSpan) -> Sequence[Any]:
    """The ratings that count in the months or are removed there, and all of the cases closed there; oldest first."""
    e, grade = Evaluation, CountyOption
    return session.execute(
        select(
            e.case_id,
            e.relation_id,
            e.staff_id,
            e.window_id,
            e.closed_on,
            e.discounted,
            e.counted_in_id,
            e.removed_in_id,
            LedgerMonth.month.label("counted_month"),
            e.rectified_on,
            e.revisited_on,
            e.opinion,
            grade.name.label("grade"),
            grade.meaning,
        )
        .outerjoin(grade, grade.id == e.grade_id)
        .outerjoin(LedgerMonth, LedgerMonth.id == e.counted_in_id)
        .where(e.county_id == county_id, or_(span.candidates(), e.case_id.in_(_closed_cases(months))))
        .order_by(e.id)
    ).all()


def rating_rows(session: Session, months: Sequence[LedgerMonth], grades: Sequence[str]) -> Iterator[list[Any]]:
    """Rows of 评价汇总表, in the columns of `excel.definitions.ratings(grades)`; no 满意率 without a scale."""
    for one in summaries(session, months):
        yield [
            one.ratee.name,
            one.kind,
            one.due,
            one.given,
            one.late,
            *(one.grades[name] for name in grades),
            share(one.given, one.due),
            share(one.satisfied, one.judged if grades else 0),
            one.bad if grades else None,
            one.corrected if grades else None,
            one.rectified if grades else None,
            share(one.rectified, one.bad),
            share(one.revisited, one.bad),
            _joined_opinions(one.opinions),
        ]


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`; None when `whole` is zero."""
    return part / whole if whole else None


def _joined_opinions(opinions: Sequence[str]) -> str | None:
    """As many whole opinions as fit into the cell, then their number when some are left out."""
    text = ""
    for opinion in opinions:
        if text and len(text) + len(opinion) > OPINIONS:
            return f"{text} 等 {len(opinions)} 条"
        text = f"{text}；{opinion}" if text else opinion
    return text or None
