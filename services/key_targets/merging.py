"""合并: one of two rows that are the same stays, and everything that belongs to the other one follows it.

A merge is a list of changed columns, `Merger.changes`, which 撤销合并 takes back in reverse. The row that goes is
deleted into 回收站 and keeps its history. What was printed or locked is text of its own and stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.base import Base, table_name
from models.cases import OPEN, ServiceCase
from models.fields import fields_of
from models.people import DepartmentLiaison, Staff
from models.projects import Assignment, Enterprise, KeyDesignation, Project
from models.records import Attachment, Merger
from models.types import now
from services.kernel.access import require
from services.kernel.actor import actor_of
from services.kernel.audit import audit_action, plain
from services.kernel.errors import RuleViolation
from services.kernel.working_days import today
from services.records.references import referring_columns, tables_by_code

#: Rows of other people's scope and rows in 回收站 follow too.
EVERY_ROW = {"unscoped": True}


@dataclass
class Changes:
    """The columns that a merge sets, in their order, as `Merger.changes` has them.

    An old value is None, a number, a truth value or a text: what a merge replaces is never a day.
    """

    session: Session
    made: list[dict[str, Any]] = field(default_factory=list)

    def set(self, row: Any, key: str, value: Any) -> None:
        """Set one column and note it, unless it has the value."""
        old = getattr(row, key)
        if old != value:
            change = {"table": table_name(type(row)), "id": row.id, "column": key}
            self.made.append({**change, "old": plain(old), "new": plain(value)})
            setattr(row, key, value)


def why_no_merge(keep: Any, gone: Any) -> str | None:
    """Why `gone` cannot be merged into `keep`; None when it can."""
    if keep.id == gone.id or type(keep) is not type(gone) or keep.county_id != gone.county_id:
        return "请选择同一张表里的两条不同记录"
    if isinstance(keep, Staff):
        if gone.active and not keep.active:
            return f"“{keep}”已不在岗，请保留在岗的一条"
        if isinstance(keep, DepartmentLiaison) and keep.department_id != gone.department_id:
            return f"“{keep}”和“{gone}”属于不同部门，专办员只能合并同一部门的"
        return None
    if keep.officer_id and gone.officer_id and keep.officer_id != gone.officer_id:
        return f"“{keep}”和“{gone}”由不同的首席服务员分包，请先调整分包为同一人"
    return None


def merge(session: Session, keep: Any, others: Sequence[Any], *, reason: str) -> list[Merger]:
    """合并: merge `others` into `keep`; all or none."""
    require(session, "master.merge")
    return [_merge(session, keep, gone, reason) for gone in others]


def _merge(session: Session, keep: Any, gone: Any, reason: str) -> Merger:
    refusal = why_no_merge(keep, gone)
    if refusal:
        raise RuleViolation("merge.refused", refusal, field="keep")
    changes = Changes(session)
    with audit_action(session, AuditAction.RECORD_MERGE):
        if isinstance(keep, (Project, Enterprise)):
            _keep_one_list(changes, keep, gone)
        _move_references(changes, keep, gone)
        changes.set(gone, "deleted_at", now())
        session.flush()  # its code is free from here on
        _fill_gaps(changes, keep, gone)
        merger = Merger(
            county_id=keep.county_id,
            target=table_name(type(keep)),
            kept_id=keep.id,
            gone_id=gone.id,
            kept_name=str(keep),
            gone_name=str(gone),
            reason=reason,
            merged_by_id=actor_of(session).user_id,
            changes=changes.made,
        )
        session.add(merger)
    session.expire_all()
    return merger


def _keep_one_list(changes: Changes, keep: Project | Enterprise, gone: Project | Enterprise) -> None:
    """At most one current designation and one current 分包: those of `keep` go on, where it has them."""
    key = "project_id" if isinstance(keep, Project) else "enterprise_id"
    why = f"合并到“{keep.name}”"
    for model, ended, cause in ((KeyDesignation, "revoked_on", "revoke_reason"), (Assignment, "until", "end_reason")):
        own, other = (_current(changes.session, model, key, row.id, ended) for row in (keep, gone))
        if own is not None and other is not None:
            changes.set(other, ended, today())
            changes.set(other, cause, why)
    changes.set(keep, "is_key", keep.is_key or gone.is_key)
    officer = keep.officer_id or gone.officer_id
    changes.set(keep, "officer_id", officer)
    changes.set(gone, "is_key", False)
    changes.set(gone, "officer_id", None)
    if officer:
        column = getattr(ServiceCase, key)
        both = select(ServiceCase).where(column.in_((keep.id, gone.id)), ServiceCase.state.in_(OPEN))
        for case in changes.session.scalars(both, execution_options=EVERY_ROW):
            changes.set(case, "officer_id", officer)
    changes.session.flush()


def _current(session: Session, model: type[Any], key: str, id_: int, ended: str) -> Any:
    mine = getattr(model, key) == id_, getattr(model, ended).is_(None)
    return session.scalar(select(model).where(*mine), execution_options=EVERY_ROW)


def _move_references(changes: Changes, keep: Any, gone: Any) -> None:
    """Every row that refers to `gone` refers to `keep`, and its attachments belong to it."""
    for row, key in _referring_rows(changes.session, gone):
        changes.set(row, key, keep.id)
    changes.session.flush()


def _referring_rows(session: Session, gone: Any) -> Iterator[tuple[Base, str]]:
    for model, key in referring_columns(type(gone)):
        for row in session.scalars(select(model).where(getattr(model, key) == gone.id), execution_options=EVERY_ROW):
            yield row, key
    owned = Attachment.owner_table == table_name(type(gone)), Attachment.owner_id == gone.id
    for attachment in session.scalars(select(Attachment).where(*owned), execution_options=EVERY_ROW):
        yield attachment, "owner_id"


def _fill_gaps(changes: Changes, keep: Any, gone: Any) -> None:
    """What `keep` does not say is taken from `gone`."""
    for f in fields_of(type(keep), "form"):
        if getattr(keep, f.key) is None and getattr(gone, f.key) is not None:
            changes.set(keep, f.key, getattr(gone, f.key))


def why_no_undo(merger: Merger) -> str | None:
    """Why the merge cannot be undone by its own state; None when it can."""
    return "已撤销合并" if merger.undone_at else None


def undo_merges(session: Session, mergers: Sequence[Merger]) -> None:
    """撤销合并: take back every change of each merge, provided that none was changed since; all or none."""
    require(session, "master.merge")
    with audit_action(session, AuditAction.RECORD_UNMERGE):
        for merger in sorted(mergers, key=lambda one: -one.id):
            if merger.undone_at:
                raise RuleViolation("merge.undone", f"“{merger.gone_name}”的合并已撤销")
            _undo(session, merger)
            merger.undone_at = now()


def _undo(session: Session, merger: Merger) -> None:
    tables = tables_by_code()
    for change in reversed(merger.changes):
        model, id_, key = tables[change["table"]], change["id"], change["column"]
        row = session.scalar(select(model).where(model.id == id_), execution_options=EVERY_ROW)
        if row is None or not _is_still(getattr(row, key), change["new"]):
            name = str(row) if row is not None else f"{model.__title__}{id_}"
            raise RuleViolation("merge.touched", f"合并后“{name}”又有改动，不能撤销“{merger.gone_name}”的合并")
        setattr(row, key, change["old"])
        session.flush()
    session.expire_all()


def _is_still(value: Any, stored: Any) -> bool:
    """Whether a column has the value that the merge gave it."""
    if isinstance(value, datetime) and isinstance(stored, str):
        return value == datetime.fromisoformat(stored)
    return bool(plain(value) == stored)
