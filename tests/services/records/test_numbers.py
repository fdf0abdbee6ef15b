"""Generated numbers: consecutive for each county, kind and year, without gaps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.cases import ServiceCase
from models.people import Role
from models.places import County
from models.records import NumberKind, NumberSequence
from services.kernel.errors import RuleViolation
from services.kernel.transaction import transaction, working
from services.records.numbers import guard_sequence, take_number
from tests import factories as f
from tests.factories import actor_as
from tests.threads import at_once


def take(session: Session, county: County, times: int = 1, year: int = 2026) -> list[str]:
    return [take_number(session, county, NumberKind.CASE, year) for _ in range(times)]


def test_numbers_follow_the_countys_pattern_in_a_row(session: Session, county: County) -> None:
    assert take(session, county, 3) == [
        "武帮代办〔2026〕0001号",
        "武帮代办〔2026〕0002号",
        "武帮代办〔2026〕0003号",
    ]


def test_each_kind_is_numbered_by_itself(session: Session, county: County) -> None:
    take(session, county, 2)
    assert take_number(session, county, NumberKind.COMPLETION, 2026) == "武办结〔2026〕0001号"
    assert take_number(session, county, NumberKind.TERMINATION, 2026) == "武终止〔2026〕0001号"
    assert take(session, county) == ["武帮代办〔2026〕0003号"]


def test_each_year_begins_anew(session: Session, county: County) -> None:
    take(session, county, 2)
    assert take(session, county, year=2027) == ["武帮代办〔2027〕0001号"]
    assert take(session, county) == ["武帮代办〔2026〕0003号"]


def test_each_county_is_numbered_by_itself(system: Session, county: County, other_county: County) -> None:
    take(system, county, 2)
    assert take(system, other_county)[0].endswith("0001号")


def test_a_county_may_start_where_its_paper_book_ended(session: Session, county: County) -> None:
    f.make_sequence(session, kind=NumberKind.CASE, year=2026, next_value=38)
    assert take(session, county, 2) == ["武帮代办〔2026〕0038号", "武帮代办〔2026〕0039号"]


def test_more_than_four_digits_still_fit(session: Session, county: County) -> None:
    f.make_sequence(session, kind=NumberKind.CASE, year=2026, next_value=10000)
    assert take(session, county) == ["武帮代办〔2026〕10000号"]


def test_numbers_go_on_from_four_digits_to_five(session: Session, county: County) -> None:
    f.make_sequence(session, kind=NumberKind.CASE, year=2026, next_value=9998)
    numbers = take(session, county, 4)
    assert numbers == [f"武帮代办〔2026〕{n}号" for n in (9998, 9999, 10000, 10001)]


@pytest.mark.parametrize("next_value", [1, 9999, 10000])
@pytest.mark.parametrize("there", [9999, 10000, 10005, 99999])
def test_numbers_of_five_digits_that_came_with_a_list_are_passed_over(
    session: Session, county: County, next_value: int, there: int
) -> None:
    f.make_sequence(session, kind=NumberKind.CASE, year=2026, next_value=next_value)
    for n in (9, 9998, there):
        f.make_case(session, number=f"武帮代办〔2026〕{n:04d}号")
    assert take(session, county) == [f"武帮代办〔2026〕{max(next_value, there + 1)}号"]


def test_numbers_are_sorted_as_numbers_and_what_has_none_comes_last(session: Session) -> None:
    for number in ("武办〔2026〕10000号", "武办〔2026〕9999号", None, "武办〔2026〕0002号", "武办〔2026〕10001号"):
        f.make_case(session, number=number)
    found = session.scalars(select(ServiceCase.number).order_by(ServiceCase.number_key.nulls_last())).all()
    assert list(found) == [
        *(f"武办〔2026〕{digits}号" for digits in ("0002", "9999", "10000", "10001")),
        None,
    ]


def test_what_came_with_a_list_is_passed_over(session: Session, county: County) -> None:
    take(session, county)
    f.make_case(session, number="武帮代办〔2026〕0038号")
    for other in ("武帮代办〔2025〕0099号", "武帮代办〔2026〕补0100号", "旧0101号", "武帮代办〔2026〕0012号"):
        f.make_case(session, number=other)
    assert take(session, county, 2) == ["武帮代办〔2026〕0039号", "武帮代办〔2026〕0040号"]


@pytest.mark.parametrize(
    ("kind", "make"),
    [(NumberKind.COMPLETION, f.make_completion), (NumberKind.TERMINATION, f.make_termination)],
)
def test_slips_go_on_after_the_slips_that_came(
    session: Session, county: County, kind: NumberKind, make: Callable[..., object]
) -> None:
    word = {NumberKind.COMPLETION: "武办结", NumberKind.TERMINATION: "武终止"}[kind]
    make(session, number=f"{word}〔2026〕10000号")
    make(session, number=f"{word}〔2026〕0007号")
    assert take_number(session, county, kind, 2026) == f"{word}〔2026〕10001号"


def test_numbers_of_another_county_are_not_passed_over(system: Session, county: County, other_county: County) -> None:
    f.make_case(system, county_id=other_county.id, number="武帮代办〔2026〕0038号")
    assert take(system, county) == ["武帮代办〔2026〕0001号"]


def test_a_settable_start_leaves_numbers_out_and_gives_none_twice(session: Session, county: County) -> None:
    take(session, county, 3)
    sequence = session.scalars(select(NumberSequence)).one()
    with pytest.raises(RuleViolation, match="已编到 3 号，只能改大") as error:
        guard_sequence(session, sequence, {"next_value": 3})
    assert error.value.field == "next_value"
    guard_sequence(session, sequence, {"next_value": 4})
    guard_sequence(session, NumberSequence(), {"next_value": 1})
    with pytest.raises(RuleViolation, match="编号从 1 开始"):
        guard_sequence(session, NumberSequence(), {"next_value": 0})


@pytest.mark.parametrize("taken_before", [0, 1])
def test_a_number_that_was_rolled_back_is_given_again(engine: Engine, county: County, taken_before: int) -> None:
    actor = actor_as(Role.AGENT, county)
    with working(engine, actor) as session:
        take(session, county, taken_before)
    with pytest.raises(ZeroDivisionError), working(engine, actor) as session:
        take(session, county, 2)
        raise ZeroDivisionError
    with working(engine, actor) as session:
        assert take(session, county) == [f"武帮代办〔2026〕{taken_before + 1:04d}号"]


def test_a_number_that_was_rolled_back_in_a_savepoint_is_given_again(session: Session, county: County) -> None:
    take(session, county)
    with session.begin_nested() as savepoint:
        take(session, county)
        savepoint.rollback()
    assert take(session, county) == ["武帮代办〔2026〕0002号"]
    with transaction(session):
        pass


@pytest.mark.parametrize("started", [False, True], ids=["new year", "running year"])
def test_sixteen_at_once_get_sixteen_numbers_in_a_row(engine: Engine, county: County, started: bool) -> None:
    actor = actor_as(Role.AGENT, county)
    if started:
        with working(engine, actor) as session:
            take(session, county)

    def work(_: int) -> str:
        with working(engine, actor) as session:
            return take(session, county)[0]

    first = 2 if started else 1
    assert sorted(at_once(16, work)) == [f"武帮代办〔2026〕{n:04d}号" for n in range(first, first + 16)]
