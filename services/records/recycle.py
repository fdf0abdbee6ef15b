"""回收站: deleted master data, which can be restored or removed for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.base import Base, Deletable
from services.kernel.access import require
from services.kernel.audit import audit_action
from services.kernel.errors import RuleViolation
from services.records import crud
from services.records.references import dependents

#: Execution option that selects only deleted rows.
DELETED = {"deleted": True}


def bins() -> list[type[Any]]:
    """The tables whose rows go to 回收站, ordered by title."""
    found = [m.class_ for m in Base.registry.mappers if issubclass(m.class_, Deletable)]
    return sorted((m for m in found if not inspect(m).polymorphic_abstract), key=lambda m: m.__title__)


def counts(session: Session) -> list[tuple[type[Any], int]]:
    """(table, number of deleted rows)."""
    return [(model, session.scalar(select(func.count(model.id)), execution_options=DELETED) or 0) for model in bins()]


def deleted_rows(session: Session, model: type[Any], limit: int, offset: int = 0) -> Sequence[Any]:
    """Deleted rows of `model`, most recently deleted first."""
    statement = select(model).order_by(model.deleted_at.desc(), model.id.desc()).limit(limit).offset(offset)
    return session.scalars(statement, execution_options=DELETED).all()


def find(session: Session, model: type[Any], id_: int) -> Any:
    """One deleted row, or None."""
    return session.scalar(select(model).where(model.id == id_), execution_options=DELETED)


def restore(session: Session, row: Any) -> None:
    """Restore `row`; refused when its name is taken or a row it refers to is deleted."""
    require(session, "master.recycle")
    for relation in inspect(type(row)).relationships:
        other = getattr(row, relation.key) if relation.direction.name == "MANYTOONE" else None
        if isinstance(other, Deletable) and other.deleted_at is not None:
            raise RuleViolation("recycle.owner", f"“{row}”所属的“{other}”也在回收站，请先恢复它")
    crud.check(session, row, {})
    with audit_action(session, AuditAction.RECORD_RESTORE):
        row.deleted_at = None


def purge(session: Session, row: Any) -> None:
    """Delete `row` for good; refused while any row refers to it, deleted or not."""
    require(session, "master.recycle")
    users = dependents(session, row)
    if users:
        names = "、".join(f"{count} 条{title}" for title, count in users)
        raise RuleViolation("dependents", f"“{row}”还有{names}与之关联，不能彻底删除")
    with audit_action(session, AuditAction.RECORD_PURGE):
        session.delete(row)
