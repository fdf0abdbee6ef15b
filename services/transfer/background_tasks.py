"""Background exports: queued, claimed, reported on, cancelled, restarted, downloaded.

The table is the queue: a consumer claims a waiting row and runs it.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.fields import field_of
from models.people import User
from models.places import County
from models.tasks import UNFINISHED, BackgroundTask, TaskState
from models.types import now
from services.kernel.access import require
from services.kernel.accounts import actor_for
from services.kernel.actor import Actor, actor_of
from services.kernel.audit import record
from services.kernel.errors import RuleViolation
from services.transfer import exports
from services.transfer.exports import Export

#: How long a finished file is kept, and after how long without a heartbeat a task counts as interrupted.
KEPT, SILENT = timedelta(days=7), timedelta(seconds=90)
#: Age in seconds from which a file without a task is deleted.
ORPHANED = 6 * 3600
#: Most unfinished tasks of one user.
MOST = 5


def limit_of(session: Session) -> int:
    """The number of rows above which the actor's exports run in the background: their county's setting."""
    county = actor_of(session).county_id
    own = session.scalar(select(County.background_rows).where(County.id == county)) if county else None
    return int(own if own is not None else field_of(County, "background_rows").initial())


def queue(session: Session, export: Export) -> BackgroundTask:
    """Queue an export. If the actor already has the same one waiting or running, return that task."""
    actor = actor_of(session)
    wanted = exports.stored(export)
    unfinished = session.scalars(_own(actor).where(BackgroundTask.state.in_(UNFINISHED))).all()
    for task in unfinished:
        if (task.work, task.wanted) == (export.work, wanted):
            return task
    if len(unfinished) >= MOST:
        raise RuleViolation("task.many", f"您已有 {MOST} 个导出没有完成，请等它们完成或取消后再试")
    task = BackgroundTask(
        user_id=actor.user_id,
        name=export.name(session),
        work=export.work,
        wanted=wanted,
        asked_as=visible_to(actor),
        total=export.count(session),
    )
    session.add(task)
    session.flush()
    record(session, AuditAction.TASK_QUEUE, what=task.name, rows=task.total)
    return task


def visible_to(actor: Actor) -> dict[str, Any]:
    """Everything that decides which rows and phones the actor sees, as JSON values."""
    return {
        "role": actor.role.value if actor.role else None,
        "county": actor.county_id,
        "counties": None if actor.counties is None else sorted(actor.counties),
        "department": actor.department_id,
        "staff": actor.staff_id,
        "keeps": actor.keeps.value if actor.keeps else None,
    }


def _check_same_rights(actor: Actor, task: BackgroundTask) -> None:
    """Refuse the file if the user's role or scope changed since it was requested."""
    now_seen = visible_to(actor)
    # A task of the version before keeps a list; what it could see is not known by name any more.
    then_seen = task.asked_as if isinstance(task.asked_as, dict) else {}
    if not then_seen or any(now_seen.get(name) != value for name, value in then_seen.items()):
        raise RuleViolation("task.sight", "提出导出以后您的角色或范围有变，请重新导出")


def _own(actor: Actor) -> Select[BackgroundTask]:
    return select(BackgroundTask).where(BackgroundTask.user_id == actor.user_id).order_by(BackgroundTask.id.desc())


def tasks_of(session: Session) -> Sequence[BackgroundTask]:
    """The actor's latest tasks, newest first."""
    return session.scalars(_own(actor_of(session)).limit(50)).all()


def ended_of(session: Session) -> Sequence[BackgroundTask]:
    """The actor's ended tasks that they have not seen yet."""
    ended = (BackgroundTask.state.not_in(UNFINISHED), BackgroundTask.seen.is_(False))
    return session.scalars(_own(actor_of(session)).where(*ended).limit(10)).all()


def task_of(session: Session, id_: int) -> BackgroundTask | None:
    """One of the actor's own tasks, or None."""
    return session.scalar(_own(actor_of(session)).where(BackgroundTask.id == id_))


def is_silent(task: BackgroundTask) -> bool:
    """Whether a running task has sent no heartbeat for too long."""
    return task.state is TaskState.RUNNING and (task.beat_at is None or now() - task.beat_at > SILENT)


def mark_seen(session: Session) -> None:
    """Mark the actor's ended tasks as seen."""
    for task in ended_of(session):
        task.seen = True
    session.flush()


def cancel(session: Session, task: BackgroundTask) -> None:
    """取消: a waiting task ends at once, a running one at its next heartbeat."""
    if task.state not in UNFINISHED:
        raise RuleViolation("task.ended", "这个导出已经结束，不用取消")
    task.stop = True
    if task.state is TaskState.WAITING or is_silent(task):
        end(task, TaskState.CANCELLED)
        task.seen = True
    session.flush()


def retry(session: Session, task: BackgroundTask) -> None:
    """重新开始: queue a failed, cancelled or interrupted task again."""
    if task.state in UNFINISHED and not is_silent(task):
        raise RuleViolation("task.running", "这个导出还在进行")
    if task.state is TaskState.DONE:
        raise RuleViolation("task.done", "这个导出已经完成，可以直接下载；要最新数据请从列表重新导出")
    task.state, task.done, task.said, task.stop, task.seen = TaskState.WAITING, 0, None, False, False
    task.started_at = task.beat_at = task.finished_at = None
    session.flush()


def remove(session: Session, folder: Path, task: BackgroundTask) -> None:
    """删除: remove the task and its file."""
    if task.state in UNFINISHED:
        raise RuleViolation("task.running", "这个导出还在进行，请先取消")
    if task.stored_name:
        path_of(folder, task.stored_name).unlink(missing_ok=True)
    session.delete(task)
    session.flush()


def finished_file(session: Session, folder: Path, task: BackgroundTask) -> Path:
    """The file of a finished task, if its user is still permitted. Raises `Forbidden`."""
    path = path_of(folder, task.stored_name) if task.stored_name else None
    if path is None or not path.exists():
        raise RuleViolation("task.file", "文件已过保留期，请重新导出")
    require(session, exports.restored(task.work, task.wanted).permission)
    _check_same_rights(actor_of(session), task)
    return path


def note_fetched(session: Session, task: BackgroundTask) -> None:
    """Audit the download of a task's file."""
    record(session, AuditAction.TASK_FETCH, what=task.name, file=task.file_name)


def path_of(folder: Path, stored_name: str) -> Path:
    """The path of a task's file under the data folder."""
    return folder / "exports" / stored_name


# What the consumer does, as the system.
def is_waiting(session: Session) -> bool:
    """Whether a task is waiting."""
    waiting = select(BackgroundTask.id).where(BackgroundTask.state == TaskState.WAITING).limit(1)
    return session.scalar(waiting) is not None


def claim(session: Session) -> BackgroundTask | None:
    """Claim the oldest waiting task for this consumer alone; None when there is none."""
    task = session.scalar(
        select(BackgroundTask)
        .where(BackgroundTask.state == TaskState.WAITING)
        .order_by(BackgroundTask.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if task is not None:
        task.state, task.started_at, task.beat_at = TaskState.RUNNING, now(), now()
        session.flush()
    return task


def actor_of_user(session: Session, user_id: int) -> Actor:
    """The current actor of an account, for work in the background."""
    user = session.get(User, user_id)
    if user is None or not user.active:
        raise RuleViolation("task.user", "提出导出的账号已停用")
    return actor_for(user, "后台")


def user_of(session: Session, task: BackgroundTask) -> Actor:
    """The actor of the user who queued the task. Raises when the account is inactive or its rights changed."""
    actor = actor_of_user(session, task.user_id)
    _check_same_rights(actor, task)
    return actor


def end(task: BackgroundTask, state: TaskState, said: str | None = None) -> None:
    """Mark the task as ended in `state`, with a message for its user."""
    task.state, task.said, task.finished_at = state, said, now()


def is_still(task: BackgroundTask | None, started_at: datetime | None) -> bool:
    """Whether the attempt started at `started_at` is current: the task was not cancelled or restarted since."""
    return task is not None and task.state is TaskState.RUNNING and task.started_at == started_at


def mark_interrupted(session: Session) -> int:
    """Mark running tasks without a heartbeat as interrupted; return how many."""
    since = now() - SILENT
    silent = session.scalars(
        select(BackgroundTask).where(
            BackgroundTask.state == TaskState.RUNNING,
            or_(BackgroundTask.beat_at.is_(None), BackgroundTask.beat_at < since),
        )
    ).all()
    for task in silent:
        end(task, TaskState.INTERRUPTED, "服务中断，导出没有写完；可以重新开始")
    session.flush()
    return len(silent)


def remove_old(session: Session, folder: Path) -> int:
    """Remove expired tasks with their files; return how many."""
    old = session.scalars(
        select(BackgroundTask).where(BackgroundTask.state.not_in(UNFINISHED), BackgroundTask.finished_at < now() - KEPT)
    ).all()
    for task in old:
        remove(session, folder, task)
    _remove_orphans(session, folder / "exports")
    return len(old)


def _remove_orphans(session: Session, place: Path) -> None:
    """Remove files of killed processes: no task refers to them and they have not changed for ORPHANED seconds."""
    if not place.exists():
        return
    known = set(session.scalars(select(BackgroundTask.stored_name)))
    for path in place.iterdir():
        if path.name not in known and time.time() - path.stat().st_mtime > ORPHANED:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
