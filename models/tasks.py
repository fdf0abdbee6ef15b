"""Background tasks: who queued them, their progress and their result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.fields import field
from models.people import User
from models.types import BigId, Labelled, Moment, Tone, Unit, choice, now


class TaskState(Labelled):
    """States of a task."""

    WAITING = "waiting", "排队中"
    RUNNING = "running", "进行中", Tone.INFO
    DONE = "done", "已完成", Tone.GOOD
    FAILED = "failed", "没有完成", Tone.BAD
    CANCELLED = "cancelled", "已取消"
    INTERRUPTED = "interrupted", "中断", Tone.WARN


#: States in which a task has not ended.
UNFINISHED = frozenset({TaskState.WAITING, TaskState.RUNNING})


class BackgroundTask(Base):
    """后台导出: the table is the queue; a task is visible to the user who queued it only."""

    __tablename__ = "background_task"
    __title__ = "后台导出"
    __audited__ = False
    __table_args__ = (
        CheckConstraint("(state = 'done') = (stored_name IS NOT NULL)", name="done_has_file"),
        Index("ix_background_task_state", "state"),
    )

    name: Mapped[str] = field("内容", String(120))
    asked_at: Mapped[datetime] = field("提出时间", Moment, default=now)
    state: Mapped[TaskState] = field("状态", choice(TaskState, "state"), default=TaskState.WAITING)
    done: Mapped[int] = field("已写行数", default=0, unit=Unit.ROWS)
    total: Mapped[int] = field("总行数", default=0, unit=Unit.ROWS)
    said: Mapped[str | None] = field("说明", String(200))
    finished_at: Mapped[datetime | None] = field("结束时间", Moment)
    size: Mapped[int | None] = field("文件大小", BigId, unit=Unit.BYTES)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id"), index=True)
    user: Mapped[User] = relationship()
    #: Which of `services.transfer.exports.WORKS`, and with what.
    work: Mapped[str] = mapped_column(String(20))
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: What the user could see when they queued the task: role, counties, department, …
    asked_as: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Last heartbeat of the process that runs it.
    beat_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Whether the user asked to cancel it.
    stop: Mapped[bool] = mapped_column(default=False)
    #: Whether the user has seen the result; until then the bell shows it.
    seen: Mapped[bool] = mapped_column(default=False)
    file_name: Mapped[str | None] = mapped_column(String(160))
    stored_name: Mapped[str | None] = mapped_column(String(40), unique=True)
