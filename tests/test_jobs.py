"""The consumer with real processes: tasks finish, are cancelled, killed, restarted; the server keeps working."""

from __future__ import annotations

import io
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine, insert, select, text

import jobs
from models.ledger import LedgerEntry, LedgerMonth, Outcome
from models.people import User
from models.records import AuditEntry
from models.tasks import UNFINISHED, BackgroundTask, TaskState
from services.kernel.actor import SYSTEM
from services.kernel.transaction import open_engine, open_session, working
from services.transfer import background_tasks
from services.transfer.exports import Export, ListExport, MonthExport
from tests.demo import copy_of
from tests.patience import HANGS

#: Enough rows that a task can be cancelled or killed while it runs.
MANY = 40_000
ENTRIES = ListExport("ledger_entry", ("number", "applicant", "items", "progress", "accepted_on"))


@pytest.fixture(scope="module")
def filled(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo data, with a month of MANY rows."""
    path = copy_of(demo_file, tmp_path_factory.mktemp("jobs"))
    engine = open_engine(f"sqlite:///{path}")
    with working(engine, SYSTEM) as session:
        month = session.scalars(
            select(LedgerMonth).where(LedgerMonth.month == "2026-11", LedgerMonth.county.has(slug="wuzhi"))
        ).one()
        row = {
            "county_id": month.county_id,
            "month_id": month.id,
            "applicant": "食品公司",
            "outcome": Outcome.OPEN,
            "received_here": True,
            "late": False,
            "handwritten": False,
            "overdue": False,
            "is_key": False,
            "version": 1,
        }
        session.execute(insert(LedgerEntry), [row | {"number": f"第{n}号", "items": "立项"} for n in range(MANY)])
    engine.dispose()
    return path


@pytest.fixture
def engine(filled: Path, tmp_path: Path) -> Iterator[Engine]:
    found = open_engine(f"sqlite:///{copy_of(filled, tmp_path)}")
    yield found
    found.dispose()


@pytest.fixture
def consumer(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[jobs.Consumer]:
    """A consumer that polls only when the test tells it to, and takes no slow process for a dead one."""
    monkeypatch.setattr(background_tasks, "SILENT", timedelta(seconds=HANGS))
    found = jobs.Consumer(engine, str(engine.url), tmp_path)
    yield found
    for process in found.running.values():
        process.kill()
        process.wait()


def asked(engine: Engine, export: Export, username: str = "wuzhi.office") -> int:
    with open_session(engine, SYSTEM, write=False) as session:
        user = session.scalars(select(User).where(User.username == username)).one()
        actor = background_tasks.actor_of_user(session, user.id)
    with working(engine, actor) as session:
        return background_tasks.queue(session, export).id


def seen(engine: Engine, task_id: int) -> BackgroundTask:
    with open_session(engine, SYSTEM, write=False) as session:
        return session.get_one(BackgroundTask, task_id)


def until(consumer: jobs.Consumer, task_id: int, reached: Callable[[BackgroundTask], bool]) -> BackgroundTask:
    """Run the consumer until the task satisfies `reached`."""
    end = time.monotonic() + HANGS
    while time.monotonic() < end:
        consumer.look()
        task = seen(consumer.engine, task_id)
        if reached(task):
            return task
        time.sleep(0.05)
    pytest.fail(f"{seen(consumer.engine, task_id).state} after {HANGS} s")


def has_ended(task: BackgroundTask) -> bool:
    return task.state not in UNFINISHED


def test_an_export_is_done_as_its_user_and_noted(consumer: jobs.Consumer, engine: Engine, tmp_path: Path) -> None:
    task_id = asked(engine, replace(ENTRIES, query="search=第1号"))
    task = until(consumer, task_id, has_ended)
    assert (task.state, task.done, task.said, task.seen) == (TaskState.DONE, 1, None, False)
    path = background_tasks.path_of(tmp_path, str(task.stored_name))
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    sheet = openpyxl.load_workbook(io.BytesIO(path.read_bytes())).active
    assert sheet is not None
    assert sheet["B4"].value == "第1号"
    with open_session(engine, SYSTEM, write=False) as session:
        line = session.scalars(select(AuditEntry).where(AuditEntry.action == "list.export")).one()
        assert (line.username, line.address) == ("wuzhi.office", "后台")


def test_who_may_no_longer_gets_nothing(consumer: jobs.Consumer, engine: Engine, tmp_path: Path) -> None:
    task_id = asked(engine, ENTRIES)
    with engine.begin() as connection:
        connection.execute(text("UPDATE user SET role = 'liaison' WHERE username = 'wuzhi.office'"))
    task = until(consumer, task_id, has_ended)
    assert (task.state, task.said) == (TaskState.FAILED, "提出导出以后您的角色或范围有变，请重新导出")
    while consumer.running:  # it cleans up after its processes
        consumer.look()
    assert list((tmp_path / "exports").iterdir()) == []


def test_a_running_export_is_followed_and_cancelled(
    consumer: jobs.Consumer, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.01)
    task_id = asked(engine, ENTRIES)
    with working(engine, SYSTEM) as session:
        assert background_tasks.claim(session) is not None
        session.get_one(BackgroundTask, task_id).stop = True
    jobs.carry_out(engine, tmp_path, task_id)  # in this process, with a short heartbeat
    task = seen(engine, task_id)
    assert (task.state, task.seen) == (TaskState.CANCELLED, True)
    assert task.done < task.total
    assert list((tmp_path / "exports").iterdir()) == []


def test_a_killed_export_says_what_happened_and_is_begun_again(
    consumer: jobs.Consumer, engine: Engine, tmp_path: Path
) -> None:
    task_id = asked(engine, ENTRIES)
    until(consumer, task_id, lambda task: task.state is TaskState.RUNNING)
    os.kill(consumer.running[task_id].pid, signal.SIGKILL)
    task = until(consumer, task_id, has_ended)
    assert task.state is TaskState.INTERRUPTED
    assert task.said == "导出进程被中止（信号 9），没有写完；可以重新开始"
    with working(engine, SYSTEM) as session:
        background_tasks.retry(session, session.get_one(BackgroundTask, task_id))
    assert until(consumer, task_id, has_ended).state is TaskState.DONE


def test_what_a_dead_server_left_is_found_by_the_next_one(engine: Engine, tmp_path: Path) -> None:
    task_id = asked(engine, ENTRIES)
    first = jobs.Consumer(engine, str(engine.url), tmp_path)
    first.look()
    os.kill(first.running[task_id].pid, signal.SIGKILL)
    first.running[task_id].wait()  # the server was killed too: nobody marks the task
    with engine.begin() as connection:
        connection.execute(text("UPDATE background_task SET beat_at = '2026-11-01 00:00:00'"))
    jobs.Consumer(engine, str(engine.url), tmp_path).look()
    assert seen(engine, task_id).state is TaskState.INTERRUPTED


def test_two_at_once_and_no_more(consumer: jobs.Consumer, engine: Engine) -> None:
    ids = [asked(engine, replace(ENTRIES, query=f"search={n}")) for n in range(3)]
    consumer.look()
    assert list(consumer.running) == ids[:2]
    assert seen(engine, ids[2]).state is TaskState.WAITING
    for task_id in ids:
        assert until(consumer, task_id, has_ended).state is TaskState.DONE


def test_a_months_book_goes_out_in_the_background(consumer: jobs.Consumer, engine: Engine, tmp_path: Path) -> None:
    with open_session(engine, SYSTEM, write=False) as session:
        month = session.scalars(
            select(LedgerMonth).where(LedgerMonth.month == "2026-10", LedgerMonth.county.has(slug="wuzhi"))
        ).one()
    task = until(consumer, asked(engine, MonthExport(month.id)), has_ended)
    assert (task.state, task.file_name) == (TaskState.DONE, "武陟县帮办代办工作台账-2026-10.xlsx")


def test_the_books_of_locked_months_are_put_into_the_offices_folder(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "ledgers"
    folder.write_text("a file where the folder should be")
    consumer = jobs.Consumer(engine, str(engine.url), tmp_path, folder)
    consumer.look()  # a failed copy is tried again
    folder.unlink()
    consumer._swept = 0.0
    consumer.look()
    with open_session(engine, SYSTEM, write=False) as session:
        locked = session.scalars(select(LedgerMonth.month).where(LedgerMonth.sha256.is_not(None))).all()
    assert len(list(folder.rglob("*.xlsx"))) == len(locked)
    assert (folder / "武陟县" / "武陟县帮办代办工作台账-2026-10.xlsx").exists()
    written = {path: path.stat().st_mtime_ns for path in folder.rglob("*.xlsx")}
    consumer._swept = 0.0
    consumer.look()
    assert written == {path: path.stat().st_mtime_ns for path in folder.rglob("*.xlsx")}
