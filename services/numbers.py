"""Our own numbers: by the county's pattern, anew each year, without gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.places import County, number_by
from models.records import NumberKind, NumberSequence
from services.errors import RuleViolation

#: kind: the county's column that holds its pattern.
PATTERNS = {
    NumberKind.CASE: "case_pattern",
    NumberKind.COMPLETION: "completion_pattern",
    NumberKind.TERMINATION: "termination_pattern",
    NumberKind.AGREEMENT: "agreement_pattern",
    NumberKind.URGE: "urge_pattern",
    NumberKind.ARCHIVE: "archive_pattern",
}


def take_number(session: Session, county: County, kind: NumberKind, year: int) -> str:
    """The next number of `kind`, as it is printed: 武帮代办〔2026〕0001号.

    The sequence's row stays locked until the transaction ends, so no number is given twice and a
    rolled-back one is given again. Call it after the change of state has been flushed.
    """
    sequence = _locked(session, county, kind, year) or _started(session, county, kind, year)
    value = sequence.next_value
    sequence.next_value = value + 1
    session.flush()
    return number_by(getattr(county, PATTERNS[kind]), year, value)


def guard_sequence(session: Session, sequence: NumberSequence, values: Mapping[str, Any]) -> None:
    """A settable start may leave numbers out, never give one twice."""
    if sequence.id is not None and values["next_value"] < sequence.next_value:
        raise RuleViolation("number.back", f"已编到 {sequence.next_value - 1} 号，只能改大", field="next_value")
    if values["next_value"] < 1:
        raise RuleViolation("number.first", "编号从 1 开始", field="next_value")


def _locked(session: Session, county: County, kind: NumberKind, year: int) -> NumberSequence | None:
    return session.scalar(
        select(NumberSequence)
        .where(
            NumberSequence.county_id == county.id,
            NumberSequence.kind == kind,
            NumberSequence.year == year,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _started(session: Session, county: County, kind: NumberKind, year: int) -> NumberSequence:
    """The first number of the year; two who start it at once agree on one row."""
    try:
        with session.begin_nested():
            session.add(NumberSequence(county_id=county.id, kind=kind, year=year, next_value=1))
    except IntegrityError:
        pass
    found = _locked(session, county, kind, year)
    assert found is not None
    return found
