"""Transactions: all or nothing, and no lost update when many write at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, make_url, select, text
from sqlalchemy.orm import Session

from models.people import GeneralAgent, Role
from models.places import County, CountyOption
from models.projects import Enterprise
from services.kernel.actor import SYSTEM
from services.kernel.errors import RuleViolation
from services.kernel.transaction import open_engine, open_session, transaction, working
from tests import factories as f
from tests.factories import actor_as
from tests.threads import at_once


def names(engine: Engine) -> list[str]:
    with open_session(engine, SYSTEM, write=False) as session:
        return list(session.scalars(select(Enterprise.name).order_by(Enterprise.id)))


def test_the_whole_block_is_kept(engine: Engine, county: County) -> None:
    with working(engine, SYSTEM) as session:
        f.make_enterprise(session, county=county, name="一")
        f.make_enterprise(session, county=county, name="二")
    assert names(engine) == ["一", "二"]


@pytest.mark.parametrize("error", [RuleViolation("case.wrong_state", "不能受理"), ZeroDivisionError(), SystemExit()])
def test_an_error_leaves_nothing_and_passes_unchanged(engine: Engine, county: County, error: BaseException) -> None:
    with pytest.raises(type(error)) as caught, working(engine, SYSTEM) as session:
        f.make_enterprise(session, county=county)
        raise error
    assert caught.value is error
    assert names(engine) == []


def test_what_the_database_refuses_is_said_without_its_words(engine: Engine, county: County) -> None:
    with pytest.raises(RuleViolation) as caught, working(engine, SYSTEM) as session:
        f.make_enterprise(session, county=county, credit_code="91410823MA0000015R")
        f.make_enterprise(session, county=county, credit_code="91410823MA0000015R")
    assert caught.value.code == "integrity"
    assert not any(c.isascii() and c.isalpha() for c in str(caught.value))
    assert names(engine) == []


def test_what_the_database_refuses_at_the_commit_is_said_too(engine: Engine, county: County) -> None:
    with pytest.raises(RuleViolation), working(engine, SYSTEM) as session:
        session.add(County(code="1", name="短", slug="s"))
    assert names(engine) == []


def test_a_session_goes_on_after_a_refusal(session: Session) -> None:
    with pytest.raises(RuleViolation), transaction(session):
        f.make_enterprise(session, name="一")
        raise RuleViolation("x", "不行")
    with transaction(session):
        f.make_enterprise(session, name="二")
    assert list(session.scalars(select(Enterprise.name))) == ["二"]


def test_a_savepoint_commits_nothing(engine: Engine, county: County) -> None:
    with open_session(engine, SYSTEM, write=True) as session:
        with session.begin_nested():
            f.make_enterprise(session, county=county)
        session.rollback()
    assert names(engine) == []


def test_a_savepoint_that_is_rolled_back_leaves_the_rest(engine: Engine, county: County) -> None:
    with working(engine, SYSTEM) as session:
        f.make_enterprise(session, county=county, name="前")
        with session.begin_nested() as savepoint:
            f.make_enterprise(session, county=county, name="中")
            savepoint.rollback()
        f.make_enterprise(session, county=county, name="后")
    assert names(engine) == ["前", "后"]


# SQLite


def wants_to_write(engine: Engine) -> None:
    """Request SQLite's write lock from another connection without waiting."""
    path = make_url(str(engine.url)).database
    assert path is not None
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    finally:
        other.close()


def test_a_writing_session_locks_with_its_first_reading_statement(sqlite_engine: Engine) -> None:
    with open_session(sqlite_engine, SYSTEM, write=True) as session:
        session.scalars(select(Enterprise)).all()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            wants_to_write(sqlite_engine)
    wants_to_write(sqlite_engine)


def test_a_reading_session_locks_nobody_out(sqlite_engine: Engine) -> None:
    with open_session(sqlite_engine, SYSTEM, write=False) as session:
        session.scalars(select(Enterprise)).all()
        wants_to_write(sqlite_engine)


def test_readers_go_on_while_somebody_writes(sqlite_engine: Engine) -> None:
    with open_session(sqlite_engine, SYSTEM, write=True) as session:
        f.make_county(session)
        assert names(sqlite_engine) == []


def test_sqlite_is_prepared_on_every_connection(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'own.db'}")
    with engine.connect() as one, engine.connect() as two:
        for connection in (one, two):
            pragmas = {
                name: connection.execute(text(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "foreign_keys", "busy_timeout")
            }
            assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30000}
    engine.dispose()


def test_a_path_with_spaces_and_chinese_is_opened(tmp_path: Any) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / '数据 库.db'}")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


# Many at once


@pytest.mark.parametrize(("make", "model"), [(f.make_enterprise, Enterprise), (f.make_agent, GeneralAgent)])
def test_of_sixteen_edits_of_one_row_one_wins_and_fifteen_are_told(
    engine: Engine, county: County, make: Callable[..., Any], model: type[Any]
) -> None:
    actor = actor_as(Role.LEAD_OFFICE, county)
    with working(engine, actor) as session:
        row_id = make(session).id
    opened = []
    for _ in range(16):  # sixteen people open the form
        with open_session(engine, actor, write=False) as session:
            opened.append(session.get_one(model, row_id))

    def save(n: int) -> int:
        with working(engine, actor) as session:
            session.add(opened[n])
            opened[n].remark = f"第{n}人"
        return n

    results = at_once(16, save)
    winners = [r for r in results if isinstance(r, int)]
    refused = [r for r in results if isinstance(r, RuleViolation)]
    assert (len(winners), len(refused)) == (1, 15), results
    assert {error.code for error in refused} == {"stale"}
    with open_session(engine, actor, write=False) as session:
        kept = session.get_one(model, row_id)
        assert (kept.remark, kept.version) == (f"第{winners[0]}人", 2)


def test_eight_who_read_then_write_lose_nothing(engine: Engine, county: County) -> None:
    actor = actor_as(Role.LEAD_OFFICE, county)
    with working(engine, actor) as session:
        option_id = f.make_option(session, position=0).id

    def count_up(_: int) -> int:
        refused, done = 0, 0
        while done < 5:
            try:
                with working(engine, actor) as session:
                    session.get_one(CountyOption, option_id).position += 1
                done += 1
            except RuleViolation:  # PostgreSQL: another thread was faster; read again
                refused += 1
        return refused

    refusals = at_once(8, count_up)
    assert all(isinstance(r, int) for r in refusals), refusals
    with open_session(engine, actor, write=False) as session:
        assert session.get_one(CountyOption, option_id).position == 40
    if engine.dialect.name == "sqlite":
        assert sum(refusals) == 0  # the lock comes with the first statement: nobody is refused
