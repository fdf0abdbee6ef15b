"""Background exports: queued once, claimed once, private to their user, removed in time."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.people import Role
from models.places import County
from models.tasks import UNFINISHED, BackgroundTask, TaskState
from models.types import now
from services.kernel.actor import SYSTEM, actor_of
from services.kernel.errors import Forbidden, RuleViolation
from services.kernel.session import back_office
from services.kernel.transaction import open_session, working
from services.transfer import background_tasks
from services.transfer.exports import KINDS, ListExport, MonthExport, restored, stored
from tests import factories as f
from tests.conftest import ActingAs

LIST = ListExport("project", ("name", "code"), "search=面粉", ("name", False), "csv", (3, 4))


@pytest.fixture
def mine(session: Session) -> Session:
    """A session of a stored account, because a task belongs to an account."""
    user = f.make_user(session, Role.LEAD_OFFICE)
    back_office(session).act_as(replace(actor_of(session), user_id=user.id))
    return session


def test_what_is_stored_of_an_export_comes_back(mine: Session) -> None:
    task = background_tasks.queue(mine, LIST)
    mine.flush()
    mine.expire_all()
    assert restored(task.work, task.wanted) == LIST
    assert restored("month", stored(MonthExport(7, "ended"))) == MonthExport(7, "ended")
    assert {LIST.kind} < set(KINDS)


def test_the_same_export_is_not_asked_for_twice_and_not_too_many(mine: Session) -> None:
    first = background_tasks.queue(mine, LIST)
    assert background_tasks.queue(mine, LIST) is first
    for n in range(background_tasks.MOST - 1):
        background_tasks.queue(mine, replace(LIST, query=f"search={n}"))
    with pytest.raises(RuleViolation, match="5 个导出没有完成"):
        background_tasks.queue(mine, replace(LIST, query="search=又一个"))


def test_nobody_else_sees_a_task(mine: Session) -> None:
    task = background_tasks.queue(mine, LIST)
    other = f.make_user(mine, Role.LEAD_OFFICE)
    back_office(mine).act_as(replace(actor_of(mine), user_id=other.id))
    assert background_tasks.task_of(mine, task.id) is None
    assert list(background_tasks.tasks_of(mine)) == []


def test_the_limit_is_the_countys(mine: Session) -> None:
    county = mine.get_one(County, actor_of(mine).county_id)
    assert background_tasks.limit_of(mine) == county.background_rows == 5_000
    county.background_rows = 7
    mine.flush()
    assert background_tasks.limit_of(mine) == 7
    back_office(mine).act_as(replace(actor_of(mine), county_id=None))
    assert background_tasks.limit_of(mine) == 5_000


def test_a_waiting_task_is_taken_up_once_the_oldest_first(engine: Engine, county: County) -> None:
    with working(engine, SYSTEM) as session:
        user = f.make_user(session, Role.LEAD_OFFICE, county=county)
        ids = [f.make_task(session, user=user, county=county).id for _ in range(2)]
    with open_session(engine, SYSTEM, write=False) as session:
        assert background_tasks.is_waiting(session)
    for expected in (*ids, None):
        with working(engine, SYSTEM) as session:
            task = background_tasks.claim(session)
            assert (task.id if task else None) == expected
    with open_session(engine, SYSTEM, write=False) as session:
        assert not background_tasks.is_waiting(session)
        assert set(session.scalars(select(BackgroundTask.state))) == {TaskState.RUNNING}


@pytest.mark.parametrize("state", TaskState)
@pytest.mark.parametrize("silent", [False, True])
def test_what_can_be_done_with_a_task_in_each_state(
    mine: Session, tmp_path: Path, state: TaskState, silent: bool
) -> None:
    def task() -> BackgroundTask:
        beat = now() - 2 * background_tasks.SILENT if silent else now()
        name = f"{f.make_user(mine).id}" if state is TaskState.DONE else None
        return f.make_task(mine, user_id=actor_of(mine).user_id, state=state, beat_at=beat, stored_name=name)

    def allowed(work: object, *args: object) -> bool:
        try:
            work(*args)  # type: ignore[operator]
        except RuleViolation:
            return False
        return True

    running = state is TaskState.RUNNING
    assert allowed(background_tasks.cancel, mine, task()) is (state in UNFINISHED)
    ended_badly = state in (TaskState.FAILED, TaskState.CANCELLED, TaskState.INTERRUPTED)
    assert allowed(background_tasks.retry, mine, task()) is (ended_badly or (running and silent))
    assert allowed(background_tasks.remove, mine, tmp_path, task()) is (state not in UNFINISHED)


def test_a_cancelled_task_ends_at_once_unless_it_runs(mine: Session) -> None:
    waiting = background_tasks.queue(mine, LIST)
    background_tasks.cancel(mine, waiting)
    assert waiting.state is TaskState.CANCELLED
    running = f.make_task(mine, user_id=actor_of(mine).user_id, state=TaskState.RUNNING, beat_at=now())
    background_tasks.cancel(mine, running)
    assert (running.state, running.stop) == (TaskState.RUNNING, True)
    background_tasks.retry(mine, waiting)
    assert (waiting.state, waiting.stop, waiting.done) == (TaskState.WAITING, False, 0)


@pytest.mark.parametrize("beat", [None, now() - 2 * background_tasks.SILENT])
def test_a_task_that_nobody_works_on_ends_at_once_when_it_is_cancelled(mine: Session, beat: datetime | None) -> None:
    dead = f.make_task(mine, user_id=actor_of(mine).user_id, state=TaskState.RUNNING, beat_at=beat)
    background_tasks.cancel(mine, dead)
    assert (dead.state, dead.stop, dead.seen) == (TaskState.CANCELLED, True, True)
    assert dead.finished_at is not None
    assert list(background_tasks.ended_of(mine)) == []
    assert background_tasks.mark_interrupted(mine) == 0


def test_what_nobody_works_on_any_more_says_so(mine: Session) -> None:
    user_id = actor_of(mine).user_id
    lost = f.make_task(mine, user_id=user_id, state=TaskState.RUNNING, beat_at=now() - 2 * background_tasks.SILENT)
    alive = f.make_task(mine, user_id=user_id, state=TaskState.RUNNING, beat_at=now())
    assert background_tasks.mark_interrupted(mine) == 1
    assert (lost.state, alive.state) == (TaskState.INTERRUPTED, TaskState.RUNNING)
    assert "可以重新开始" in (lost.said or "")
    assert [task.id for task in background_tasks.ended_of(mine)] == [lost.id]
    background_tasks.mark_seen(mine)
    assert list(background_tasks.ended_of(mine)) == []


def test_a_file_is_kept_for_its_time_and_given_to_who_still_may(mine: Session, tmp_path: Path) -> None:
    user_id = actor_of(mine).user_id
    export = stored(ListExport("project", ("name",)))
    sight = background_tasks.visible_to(actor_of(mine))
    task = f.make_task(mine, user_id=user_id, stored_name="a" * 32, wanted=export, asked_as=sight)
    with pytest.raises(RuleViolation, match="保留期"):
        background_tasks.finished_file(mine, tmp_path, task)
    path = background_tasks.path_of(tmp_path, "a" * 32)
    path.parent.mkdir()
    path.write_bytes(b"PK")
    assert background_tasks.finished_file(mine, tmp_path, task) == path
    actor = actor_of(mine)
    back_office(mine).act_as(replace(actor, role=Role.AUDITOR))
    with pytest.raises(Forbidden):
        background_tasks.finished_file(mine, tmp_path, task)
    back_office(mine).act_as(replace(actor, role=Role.INSPECTOR))
    with pytest.raises(RuleViolation, match="角色或范围有变"):
        background_tasks.finished_file(mine, tmp_path, task)
    back_office(mine).act_as(actor)
    stale = path.with_name("orphan")
    stale.write_bytes(b"PK")
    os.utime(stale, (1, 1))
    assert background_tasks.remove_old(mine, tmp_path) == 0
    task.finished_at = now() - background_tasks.KEPT - timedelta(minutes=1)
    mine.flush()
    assert not stale.exists()
    assert background_tasks.remove_old(mine, tmp_path) == 1
    assert not path.exists()


def test_who_left_exports_nothing_more(acting_as: ActingAs, session: Session) -> None:
    user = f.make_user(session, Role.AGENT)
    task = f.make_task(
        session, user=user, asked_as=background_tasks.visible_to(background_tasks.actor_of_user(session, user.id))
    )
    assert background_tasks.user_of(session, task).role is Role.AGENT
    user.role = Role.INSPECTOR
    with pytest.raises(RuleViolation, match="角色或范围有变"):
        background_tasks.user_of(session, task)
    user.active = False
    with pytest.raises(RuleViolation, match="停用"):
        background_tasks.user_of(session, task)
