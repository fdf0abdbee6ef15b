"""评价汇总表: of whom ratings were due, what was given, what was done about the bad ones.

Counted over the cases that were closed in the span: each rating that one of them asks for is due,
whenever it is given. Source: DOMAIN sections 7 and 10 (e); W, Z 附件1 六; H 五(五).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.cases import Completion, ServiceCase
from models.evaluation import Evaluation
from models.people import Staff
from models.places import County, CountyOption, Meaning, OptionKind, Window
from services.evaluation import expected, office_of
from services.words import words_of

#: Cases looked at in one go, and characters of opinions that a cell takes.
BATCH, OPINIONS = 500, 300


@dataclass
class Summary:
    """What is counted of one ratee."""

    name: str
    kind: str
    due: int = 0
    grades: Counter[str] = field(default_factory=Counter)
    satisfied: int = 0
    bad: int = 0
    rectified: int = 0
    revisited: int = 0
    given: int = 0
    opinions: list[str] = field(default_factory=list)

    def add(self, row: Evaluation) -> None:
        """Count a rating that was given."""
        self.given += 1
        if row.grade is not None:
            self.grades[row.grade.name] += 1
            self.satisfied += row.grade.meaning is Meaning.SATISFIED
        if row.grade is not None and row.grade.meaning is Meaning.DISSATISFIED:
            self.bad += 1
            self.rectified += row.rectified_on is not None
            self.revisited += row.revisited_on is not None
        if row.opinion and row.opinion not in self.opinions:
            self.opinions.append(row.opinion)


def scale_of(session: Session, county_id: int) -> list[str]:
    """The grades of the county's scale, in their order, retired ones too."""
    return list(
        session.scalars(
            select(CountyOption.name)
            .where(CountyOption.county_id == county_id, CountyOption.kind == OptionKind.SCALE)
            .order_by(CountyOption.position, CountyOption.id)
        )
    )


def summaries(session: Session, county: County, first: date, last: date) -> list[Summary]:
    """One of each ratee of the cases closed in the span, by kind and name."""
    found: dict[tuple[str, int], Summary] = {}
    office = office_of(session, county.id)
    for cases in _closed(session, county.id, first, last):
        for case in cases:
            for due in expected(office, case):
                _of(found, due.staff, due.window).due += 1
        for row in _given(session, [case.id for case in cases]):
            _of(found, row.staff, row.window).add(row)
    words = words_of(county)
    for one in found.values():
        one.kind = words(one.kind)
    return sorted(found.values(), key=lambda one: (one.kind, one.name))


def _of(found: dict[tuple[str, int], Summary], staff: Staff | None, window: Window | None) -> Summary:
    one = staff or window
    assert one is not None
    kind = type(one).__title__ if staff is not None else one.kind.label  # type: ignore[attr-defined]
    return found.setdefault((type(one).__tablename__, one.id), Summary(one.name, kind))


def _closed(session: Session, county_id: int, first: date, last: date) -> Iterator[Sequence[ServiceCase]]:
    """The cases whose valid 办结单 is of these days, in batches, with what `expected` looks at."""
    slips = select(Completion.case_id).where(
        Completion.county_id == county_id, Completion.voided_on.is_(None), Completion.completed_on.between(first, last)
    )
    ids = session.scalars(slips.order_by(Completion.case_id)).all()
    wanted = (selectinload(getattr(ServiceCase, name)) for name in ("steps", "agent", "officer"))
    options = tuple(wanted)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        yield session.scalars(select(ServiceCase).where(ServiceCase.id.in_(batch)).options(*options)).all()


def _given(session: Session, cases: list[int]) -> Sequence[Evaluation]:
    """Their ratings, less those that an appeal took out."""
    loaded = (selectinload(Evaluation.grade), selectinload(Evaluation.staff), selectinload(Evaluation.window))
    statement = select(Evaluation).where(Evaluation.case_id.in_(cases), Evaluation.discounted.is_(False))
    return session.scalars(statement.options(*loaded).order_by(Evaluation.id)).all()


def rating_rows(
    session: Session, county: County, first: date, last: date, grades: Sequence[str]
) -> Iterator[list[Any]]:
    """评价汇总表's rows: the columns of `excel.sheets.ratings(grades)`. A county without a scale has no shares."""
    for one in summaries(session, county, first, last):
        yield [
            one.name, one.kind, one.due, one.given, *(one.grades[name] for name in grades),
            _share(one.given, one.due), _share(one.satisfied, one.given if grades else 0),
            one.bad if grades else None, one.rectified if grades else None, _share(one.rectified, one.bad),
            _share(one.revisited, one.bad), _told(one.opinions),
        ]  # fmt: skip


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _told(opinions: Sequence[str]) -> str | None:
    """As many of them as the cell takes, whole, and how many there are."""
    text = ""
    for opinion in opinions:
        if text and len(text) + len(opinion) > OPINIONS:
            return f"{text} 等 {len(opinions)} 条"
        text = f"{text}；{opinion}" if text else opinion
    return text or None
