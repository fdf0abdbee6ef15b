"""Exports in the background: a consumer takes waiting tasks up and has each done by a process of its own.

A process that is killed, or takes all the memory there is, harms neither the web server nor another
export, and the web server's pages do not wait for its Python. `python -m jobs ID` does one task.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import subprocess  # nosec B404 # our own interpreter, a fixed command
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from models.tasks import BackgroundTask, TaskState
from models.types import now
from services.kernel.actor import SYSTEM
from services.kernel.errors import RuleViolation
from services.kernel.transaction import open_engine, open_session, working
from services.ledgers.monthly_routine import copy_locked_books
from services.transfer import background_tasks, exports
from settings import child_environment, read_settings

ROOT = Path(__file__).parent
log = logging.getLogger(__name__)
#: Tasks done at the same time, seconds between two looks at the queue, two signs of life, two sweeps.
AT_ONCE, LOOK_SECONDS, BEAT_SECONDS, SWEEP_SECONDS = 2, 1.0, 2.0, 10.0
#: How much less the processes insist on the processor than the web server does.
NICE = 10


class Cancelled(Exception):
    """The user has cancelled the task."""


class Consumer(Thread):
    """Takes up waiting tasks until `stop()`; what it began goes on without it."""

    def __init__(self, engine: Engine, url: str, folder: Path, ledgers: Path | None = None) -> None:
        """`folder`: where data is kept. `ledgers`: the folder for workbooks of locked months, if any."""
        super().__init__(name="exports", daemon=True)
        self.engine, self.url, self.folder, self.ledgers = engine, url, folder, ledgers
        self.running: dict[int, subprocess.Popen[bytes]] = {}
        self._ended, self._swept = Event(), 0.0

    def stop(self) -> None:
        """Take up nothing more."""
        self._ended.set()

    def run(self) -> None:
        """Look, sweep, wait."""
        while not self._ended.is_set():
            try:
                self.look()
            except Exception:  # the database or a folder is away: the next look tries again
                log.exception("exports")
            self._ended.wait(LOOK_SECONDS)

    def look(self) -> None:
        """Say of ended processes how they ended, begin what waits, and sweep from time to time."""
        for task_id, process in list(self.running.items()):
            if (status := process.poll()) is not None:
                del self.running[task_id]
                self._mark_killed(task_id, f"被中止（信号 {-status}）" if status < 0 else f"被中止（状态 {status}）")
        if time.monotonic() - self._swept > SWEEP_SECONDS:
            self._swept = time.monotonic()
            with working(self.engine, SYSTEM) as session:
                background_tasks.mark_interrupted(session)
                background_tasks.remove_old(session, self.folder)
            if self.ledgers is not None:
                copy_locked_books(self.engine, self.ledgers)
        while len(self.running) < AT_ONCE and (claimed := self._claim()) is not None:
            try:
                self.running[claimed] = self._begin(claimed)
            except OSError:
                log.exception("task %s", claimed)
                self._mark_killed(claimed, "没有能开始")

    def _claim(self) -> int | None:
        with open_session(self.engine, SYSTEM, write=False) as session:
            if not background_tasks.is_waiting(session):
                return None
        with working(self.engine, SYSTEM) as session:
            task = background_tasks.claim(session)
            return task.id if task is not None else None

    def _begin(self, task_id: int) -> subprocess.Popen[bytes]:
        scratch = scratch_of(self.folder, task_id)
        scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        env = child_environment(DATABASE_URL=self.url, DATA_DIR=str(self.folder), TMPDIR=str(scratch))
        return subprocess.Popen(  # noqa: S603 # nosec B603 # no shell, nothing of the user's in it
            [sys.executable, "-m", "jobs", str(task_id)], cwd=ROOT, env=env, start_new_session=True
        )

    def _mark_killed(self, task_id: int, how: str) -> None:
        """A process that was killed could not say so itself, nor tidy up."""
        shutil.rmtree(scratch_of(self.folder, task_id), ignore_errors=True)
        with working(self.engine, SYSTEM) as session:
            task = session.get(BackgroundTask, task_id)
            if task is not None and task.state is TaskState.RUNNING:
                background_tasks.end(task, TaskState.INTERRUPTED, f"导出进程{how}，没有写完；可以重新开始")


def scratch_of(folder: Path, task_id: int) -> Path:
    """Where a task's process keeps what it writes on the way."""
    return folder / "exports" / f"{task_id}.tmp"


class Heartbeat(Thread):
    """Tells every two seconds how far the task has come, and hears whether it is to stop."""

    def __init__(self, engine: Engine, task_id: int) -> None:
        super().__init__(daemon=True)
        self.engine, self.task_id = engine, task_id
        with open_session(engine, SYSTEM, write=False) as session:
            self.started_at = session.get_one(BackgroundTask, task_id).started_at
        self.done, self.stopped = 0, False
        self._ended = Event()

    def progress(self, done: int) -> None:
        """Called as rows go by; raises Stopped."""
        self.done = done
        if self.stopped:
            raise Cancelled

    def run(self) -> None:
        """Beat until the end."""
        while not self._ended.wait(BEAT_SECONDS):
            with suppress(SQLAlchemyError, RuleViolation):  # the next beat tries again
                self.beat()

    def beat(self) -> None:
        """One sign of life."""
        with working(self.engine, SYSTEM) as session:
            task = session.get(BackgroundTask, self.task_id)
            self.stopped = task is None or task.stop or not background_tasks.is_still(task, self.started_at)
            if task is not None and not self.stopped:
                task.done, task.beat_at = self.done, now()

    def end(self) -> None:
        """No beat comes after this."""
        self._ended.set()
        self.join()


def carry_out(engine: Engine, folder: Path, task_id: int) -> None:
    """Do a task that was taken up; its row says how it ended."""
    name = secrets.token_hex(16)
    path = background_tasks.path_of(folder, name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    heart = Heartbeat(engine, task_id)
    heart.start()
    state, said, file_name = TaskState.FAILED, None, None
    try:
        file_name, heart.done = _write(engine, task_id, path, heart)
        heart.progress(heart.done)  # who cancelled while it was packed has cancelled all the same
        state = TaskState.DONE
    except Cancelled:
        state = TaskState.CANCELLED
    except RuleViolation as error:
        said = str(error)
    except Exception:
        log.exception("task %s", task_id)
        said = "程序出错，已记入日志，请联系系统管理员"
    heart.end()
    with working(engine, SYSTEM) as session:
        task = session.get(BackgroundTask, task_id)
        counts = task is not None and background_tasks.is_still(task, heart.started_at)
        if task is not None and counts:
            background_tasks.end(task, state, said)
            task.done, task.seen = heart.done, state is TaskState.CANCELLED
            if state is TaskState.DONE:
                task.stored_name, task.file_name, task.size = name, file_name, path.stat().st_size
    if not counts or state is not TaskState.DONE:
        path.unlink(missing_ok=True)


def _write(engine: Engine, task_id: int, path: Path, heart: Heartbeat) -> tuple[str, int]:
    """Write the file as who asked for it; gives its name and its number of rows."""
    with open_session(engine, SYSTEM, write=False) as session:
        task = session.get_one(BackgroundTask, task_id)
        export, actor = exports.restored(task.work, task.wanted), background_tasks.user_of(session, task)
    path.touch(0o600)
    with open_session(engine, actor, write=False) as session:
        name, rows = export.write(session, path, heart.progress)
    with working(engine, actor) as session:
        export.note(session, rows)
    return name, rows


def main() -> None:
    """Do the task whose number is given, for a consumer."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if hasattr(os, "nice"):
        os.nice(NICE)
    settings = read_settings()
    carry_out(open_engine(settings.database_url), settings.data_dir, int(sys.argv[1]))


if __name__ == "__main__":
    main()
