"""评价汇总表: for each ratee, the ratings due, the ratings given, and the follow-up of bad ones.

The cases are those closed in the span. Every rating that such a case asks for is due, whenever it is given.
Source: 领域 7, 10 (e); W, Z 附件1 六; H 五(五).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.cases import CaseStep, Completion, ServiceCase
from models.evaluation import Evaluation
from models.people import ChiefServiceOfficer, GeneralAgent, Staff
from models.places import County, CountyOption, Meaning, OptionKind, Window
from services.cases.evaluation import expected_ratings, rating_setup
from services.kernel.terminology import terms_of

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
    opinions: list[str] = field(default_factory=list)

    def add(self, row: Any) -> None:
        """Count a given rating, a row of `_given`."""
        self.given += 1
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


def summaries(session: Session, county: County, first: date, last: date) -> list[Summary]:
    """A summary for each ratee of the cases closed in the span, by kind and name; eight statements.

    A rating is due when a relation asks for it, or when it was given under a relation retired since. A rating
    that an appeal removed is neither due nor given.
    """
    ratees, found = _ratees(session, county.id), dict[Staff | Window, Summary]()
    words = terms_of(county)

    def summary(staff_id: int | None, window_id: int | None) -> Summary:
        ratee = ratees.one(staff_id, window_id)
        if ratee not in found:
            found[ratee] = Summary(ratee, words(_kind(ratee)))
        return found[ratee]

    given = _given(session, county.id, first, last)
    for row in given:
        if not row.discounted:
            one = summary(row.staff_id, row.window_id)
            one.due += 1
            one.add(row)
    known = {(row.case_id, row.relation_id, row.staff_id, row.window_id) for row in given}
    office = rating_setup(session, county.id)
    for case_id, case in _closed(session, county.id, first, last, ratees):
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


def _closed(
    session: Session, county_id: int, first: date, last: date, ratees: Ratees
) -> Iterator[tuple[int, ClosedCase]]:
    """The cases with a valid 办结单 dated in the span, by id; two statements."""
    slips = select(Completion.case_id).where(
        Completion.county_id == county_id, Completion.voided_on.is_(None), Completion.completed_on.between(first, last)
    )
    steps = defaultdict(list)
    for step in session.execute(select(CaseStep.case_id, CaseStep.department_id).where(CaseStep.case_id.in_(slips))):
        steps[step.case_id].append(step)
    c = ServiceCase
    for id_, agent, officer in session.execute(select(c.id, c.agent_id, c.officer_id).where(c.id.in_(slips))):
        yield id_, ClosedCase(ratees.agents.get(agent), ratees.officers.get(officer), steps[id_])


def _given(session: Session, county_id: int, first: date, last: date) -> Sequence[Any]:
    """The ratings of the cases closed in the span, oldest first, including those that an appeal removed."""
    e, grade = Evaluation, CountyOption
    return session.execute(
        select(
            e.case_id,
            e.relation_id,
            e.staff_id,
            e.window_id,
            e.discounted,
            e.rectified_on,
            e.revisited_on,
            e.opinion,
            grade.name.label("grade"),
            grade.meaning,
        )
        .outerjoin(grade, grade.id == e.grade_id)
        .where(e.county_id == county_id, e.closed_on.between(first, last))
        .order_by(e.id)
    ).all()


def rating_rows(
    session: Session, county: County, first: date, last: date, grades: Sequence[str]
) -> Iterator[list[Any]]:
    """Rows of 评价汇总表, in the columns of `excel.definitions.ratings(grades)`; no 满意率 without a scale."""
    for one in summaries(session, county, first, last):
        yield [
            one.ratee.name,
            one.kind,
            one.due,
            one.given,
            *(one.grades[name] for name in grades),
            share(one.given, one.due),
            share(one.satisfied, one.given if grades else 0),
            one.bad if grades else None,
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
