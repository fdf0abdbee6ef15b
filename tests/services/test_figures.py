"""统计: every month balances, and every figure counts the rows that its link opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from models.cases import ServiceCase
from models.fields import fields_of
from models.ledger import LedgerEntry, LedgerMonth
from models.office import CommonIssue
from models.people import Role
from models.places import County
from models.projects import Enterprise, Project
from services import figures, lists
from services.actor import SYSTEM, Actor
from services.books import statistics
from services.figures import Figure
from services.transaction import open_engine, open_session
from tests.demo import copy_of
from tests.factories import actor_as

MODELS = {m.__tablename__: m for m in (LedgerEntry, Project, Enterprise, ServiceCase, CommonIssue)}
READERS = (Role.LEAD_OFFICE, Role.AGENT, Role.WINDOW_CLERK, Role.INSPECTOR)


@pytest.fixture(scope="module")
def counties(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[object, list[County]]]:
    engine = open_engine(f"sqlite:///{copy_of(demo_file, tmp_path_factory.mktemp('figures'))}")
    with open_session(engine, SYSTEM, write=False) as session:
        yield engine, list(session.scalars(select(County).order_by(County.code)))
    engine.dispose()


def rows_behind(session: Session, figure: Figure) -> int:
    """How many rows the list has that the figure leads to."""
    model = MODELS[figure.table]
    args = MultiDict({name: str(value) for name, value in figure.filters.items()})
    query = lists.read_query(model, fields_of(model, "list"), args, ("id", True))
    assert {k.removesuffix("_from").removesuffix("_to") for k in query.filters} >= {
        k.removesuffix("_from").removesuffix("_to") for k in figure.filters
    }, "a filter that the list does not know"
    return lists.count_rows(session, model, lists.conditions(model, query, phones=False))


def readers(counties: list[County]) -> Iterator[Actor]:
    for county in counties:
        for role in READERS:
            yield actor_as(role, county)
    joined = [c for c in counties if c.city == "焦作市"]
    yield actor_as(Role.SUPERVISOR, None, counties=tuple(c.id for c in joined))


def test_every_figure_counts_the_rows_that_its_link_opens(counties: tuple[object, list[County]]) -> None:
    engine, all_ = counties
    wrong, looked_at = [], 0
    for actor in readers(all_):
        with open_session(engine, actor, write=False) as session:  # type: ignore[arg-type]
            for month in figures.months_of(session):
                tables = [figures.side_by_side(session, month)]
                for ledger, _ in figures.ledgers_of(session, month):
                    tables += [*figures.groups(session, ledger), figures.quality(session, ledger)]
                for table in tables:
                    for name, row in table.rows:
                        for figure in (f for f in row if f.table and (actor.county_id or f.table == "ledger_entry")):
                            looked_at += 1
                            if figure.count != (found := rows_behind(session, figure)):
                                wrong.append((actor.role, month, table.title, name, figure, found))
                if actor.role is not Role.LEAD_OFFICE:
                    break  # the months are the same rows; one of them shows what the role sees
    assert wrong == []
    assert looked_at > 1000


def test_every_month_balances_in_every_group(counties: tuple[object, list[County]]) -> None:
    engine, all_ = counties
    for county in all_:
        with open_session(engine, actor_as(Role.LEAD_OFFICE, county), write=False) as session:  # type: ignore[arg-type]
            for month in figures.months_of(session):
                for ledger, _ in figures.ledgers_of(session, month):
                    tables = [figures.side_by_side(session, month), *figures.groups(session, ledger)]
                    told = astuple(statistics(session, ledger).total)
                    assert tuple(f.count for f in tables[0].rows[0][1][:5]) == told, "not as on the 统计 sheet"
                    for _, row in (line for table in tables for line in table.rows):
                        carried, received, closed, ended, open_, late = (f.count for f in row[:6])
                        assert carried + received == closed + ended + open_
                        assert late <= carried + received


def test_a_supervisor_sees_his_counties_side_by_side(counties: tuple[object, list[County]]) -> None:
    engine, all_ = counties
    joined = [c for c in all_ if c.city == "焦作市"]
    actor = actor_as(Role.SUPERVISOR, None, counties=tuple(c.id for c in joined))
    with open_session(engine, actor, write=False) as session:  # type: ignore[arg-type]
        month = figures.months_of(session)[0]
        assert [name for name, _ in figures.side_by_side(session, month).rows] == [c.name for c in joined]


def test_the_chart_has_the_months_that_have_a_ledger(counties: tuple[object, list[County]]) -> None:
    engine, all_ = counties
    with open_session(engine, SYSTEM, write=False) as session:  # type: ignore[arg-type]
        points = figures.twelve_months(session, all_[0].id)
        months = session.scalars(
            select(LedgerMonth.month).where(LedgerMonth.county_id == all_[0].id).order_by(LedgerMonth.month)
        ).all()
        assert [point.month for point in points] == list(months)[-12:]
        assert sum(point.received for point in points) > 0
