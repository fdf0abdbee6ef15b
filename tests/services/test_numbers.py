"""Our own numbers: in a row, each county, kind and year by itself, without gaps."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.people import Role
from models.places import County
from models.records import NumberKind
from services.numbers import take_number
from services.transaction import transaction, working
from tests import factories as f
from tests.factories import actor_as
from tests.threads import at_once


def take(session: Session, county: County, times: int = 1, year: int = 2026) -> list[str]:
    return [take_number(session, county, NumberKind.CASE, year) for _ in range(times)]


def test_numbers_follow_the_countys_pattern_in_a_row(session: Session, county: County) -> None:
    assert take(session, county, 3) == [
        "武帮代办〔2026〕0001号", "武帮代办〔2026〕0002号", "武帮代办〔2026〕0003号",
    ]  # fmt: skip


def test_each_kind_is_numbered_by_itself(session: Session, county: County) -> None:
    take(session, county, 2)
    assert take_number(session, county, NumberKind.COMPLETION, 2026) == "武办结〔2026〕0001号"
    assert take_number(session, county, NumberKind.TERMINATION, 2026) == "武终止〔2026〕0001号"
    assert take(session, county) == ["武帮代办〔2026〕0003号"]


def test_each_year_begins_anew(session: Session, county: County) -> None:
    take(session, county, 2)
    assert take(session, county, year=2027) == ["武帮代办〔2027〕0001号"]
    assert take(session, county) == ["武帮代办〔2026〕0003号"]


def test_each_county_is_numbered_by_itself(
    system: Session, county: County, other_county: County
) -> None:
    take(system, county, 2)
    assert take(system, other_county)[0].endswith("0001号")


def test_a_county_may_start_where_its_paper_book_ended(session: Session, county: County) -> None:
    f.make_sequence(session, kind=NumberKind.CASE, year=2026, next_value=38)
    assert take(session, county, 2) == ["武帮代办〔2026〕0038号", "武帮代办〔2026〕0039号"]


def test_more_than_four_digits_still_fit(session: Session, county: County) -> None:
    f.make_sequence(session, kind=NumberKind.CASE, year=2026, next_value=10000)
    assert take(session, county) == ["武帮代办〔2026〕10000号"]


@pytest.mark.parametrize("taken_before", [0, 1])
def test_a_number_that_was_rolled_back_is_given_again(
    engine: Engine, county: County, taken_before: int
) -> None:
    actor = actor_as(Role.AGENT, county)
    with working(engine, actor) as session:
        take(session, county, taken_before)
    with pytest.raises(ZeroDivisionError), working(engine, actor) as session:
        take(session, county, 2)
        raise ZeroDivisionError
    with working(engine, actor) as session:
        assert take(session, county) == [f"武帮代办〔2026〕{taken_before + 1:04d}号"]


def test_a_number_that_was_rolled_back_in_a_savepoint_is_given_again(
    session: Session, county: County
) -> None:
    take(session, county)
    with session.begin_nested() as savepoint:
        take(session, county)
        savepoint.rollback()
    assert take(session, county) == ["武帮代办〔2026〕0002号"]
    with transaction(session):
        pass


@pytest.mark.parametrize("started", [False, True], ids=["new year", "running year"])
def test_sixteen_at_once_get_sixteen_numbers_in_a_row(
    engine: Engine, county: County, started: bool
) -> None:
    actor = actor_as(Role.AGENT, county)
    if started:
        with working(engine, actor) as session:
            take(session, county)

    def work(_: int) -> str:
        with working(engine, actor) as session:
            return take(session, county)[0]

    first = 2 if started else 1
    assert sorted(at_once(16, work)) == [
        f"武帮代办〔2026〕{n:04d}号" for n in range(first, first + 16)
    ]
