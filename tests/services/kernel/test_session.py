"""The session's own attributes: typed, of one session, and refused on a session of somebody else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.people import Role
from models.places import County
from models.projects import Project
from services.kernel.actor import actor_of
from services.kernel.deferred import defer, run_deferred
from services.kernel.session import back_office
from services.kernel.working_days import calendar_of
from tests import factories as f
from tests.conftest import ActingAs


def test_a_session_that_we_did_not_open_is_refused_clearly(sqlite_engine: Engine) -> None:
    with Session(sqlite_engine) as foreign:
        for use in (actor_of, run_deferred, lambda s: calendar_of(s, 1), lambda s: defer(s, "x", print)):
            with pytest.raises(RuntimeError, match=r"open_session\(\)"):
                use(foreign)


def test_who_goes_on_with_a_session_sees_their_own_rows(
    acting_as: ActingAs, county: County, other_county: County
) -> None:
    session = acting_as(Role.LEAD_OFFICE)
    f.make_project(session)
    session.commit()
    session.expunge_all()
    assert session.scalars(select(Project)).all()
    here = actor_of(session)
    back_office(session).act_as(replace(here, county_id=other_county.id, counties=(other_county.id,)))
    assert session.scalars(select(Project)).all() == []
    back_office(session).act_as(here)
    assert session.scalars(select(Project)).all()


def test_deferred_work_is_done_once(session: Session) -> None:
    done: list[str] = []
    for word in ("first", "second"):
        defer(session, "same", lambda _, word=word: done.append(word))  # type: ignore[misc]
    run_deferred(session)
    run_deferred(session)
    assert done == ["second"]
    assert back_office(session).deferred == {}
