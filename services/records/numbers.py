"""Generated numbers: by the county's pattern, restarting each year, without gaps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.cases import Completion, ServiceCase, Termination
from models.fields import attribute
from models.places import County, around_sequence, number_by
from models.records import NumberKind, NumberSequence
from models.work import Agreement, Urge
from services.kernel.errors import RuleViolation

#: kind: the county's column that holds its pattern.
PATTERNS = {
    NumberKind.CASE: "case_pattern",
    NumberKind.COMPLETION: "completion_pattern",
    NumberKind.TERMINATION: "termination_pattern",
    NumberKind.AGREEMENT: "agreement_pattern",
    NumberKind.URGE: "urge_pattern",
    NumberKind.ARCHIVE: "archive_pattern",
}
#: kind: the column that stores its numbers, both generated and imported ones.
PLACES: Mapping[NumberKind, tuple[type[Any], str]] = {
    NumberKind.CASE: (ServiceCase, "number"),
    NumberKind.COMPLETION: (Completion, "number"),
    NumberKind.TERMINATION: (Termination, "number"),
    NumberKind.AGREEMENT: (Agreement, "number"),
    NumberKind.URGE: (Urge, "number"),
    NumberKind.ARCHIVE: (ServiceCase, "archive_number"),
}


def take_number(session: Session, county: County, kind: NumberKind, year: int) -> str:
    """Take the next number of `kind` and return it as printed: 武帮代办〔2026〕0001号.

    It follows every existing number of the pattern and year, including imported past cases. After the
    import is undone, numbering continues as before it.
    The sequence row stays locked until the transaction ends, so no number is used twice and the number of
    a rolled-back transaction is used again. Call it after the change of state has been flushed.
    """
    sequence = _locked_sequence(session, county, kind, year) or _new_sequence(session, county, kind, year)
    value = _first_after(session, county, kind, year, sequence.next_value)
    sequence.next_value = value + 1
    session.flush()
    return number_by(getattr(county, PATTERNS[kind]), year, value)


def _first_after(session: Session, county: County, kind: NumberKind, year: int, value: int) -> int:
    """The first number from `value` on that follows all existing ones; rows outside the actor's scope count too."""
    model, key = PLACES[kind]
    column, pattern = attribute(model, key), getattr(county, PATTERNS[kind])
    before, behind = around_sequence(pattern, year)
    least = number_by(pattern, year, value)
    statement = select(column).where(
        model.county_id == county.id,
        column.startswith(before, autoescape=True),
        column.endswith(behind, autoescape=True),
        or_(func.length(column) > len(least), column >= least),
    )
    fits = re.compile(f"{re.escape(before)}([0-9]{{1,9}}){re.escape(behind)}")
    there = (fits.fullmatch(number) for number in session.scalars(statement, execution_options={"unscoped": True}))
    return max([value, *(int(found[1]) + 1 for found in there if found)])


def guard_sequence(session: Session, sequence: NumberSequence, values: Mapping[str, Any]) -> None:
    """The start of a sequence may skip numbers but must not repeat one."""
    if sequence.id is not None and values["next_value"] < sequence.next_value:
        raise RuleViolation("number.back", f"已编到 {sequence.next_value - 1} 号，只能改大", field="next_value")
    if values["next_value"] < 1:
        raise RuleViolation("number.first", "编号从 1 开始", field="next_value")


def _locked_sequence(session: Session, county: County, kind: NumberKind, year: int) -> NumberSequence | None:
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


def _new_sequence(session: Session, county: County, kind: NumberKind, year: int) -> NumberSequence:
    """Create the year's sequence. When two transactions do so at once, both use the same row."""
    try:
        with session.begin_nested():
            session.add(NumberSequence(county_id=county.id, kind=kind, year=year, next_value=1))
    except IntegrityError:
        pass
    found = _locked_sequence(session, county, kind, year)
    assert found is not None
    return found
