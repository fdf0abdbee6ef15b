"""Rows that refer to a row, which is why it cannot be deleted or some of its values cannot change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from models.base import Base, Deletable
from models.records import Attachment


def references_to(
    session: Session, model: type[Any], ids: Sequence[int], *, alive: bool = False
) -> dict[int, list[tuple[str, int]]]:
    """References to rows of `model` from all tables: id → (Chinese table name, number of rows).

    `alive`: ignore deleted rows, and attachments, which are restored with their row.
    """
    found: dict[int, list[tuple[str, int]]] = {}
    for mapper in Base.registry.mappers:
        table: Any = mapper.local_table
        for column in table.columns if mapper.inherits is None and ids else ():
            if not any(key.column.table is model.__table__ for key in column.foreign_keys):
                continue
            counted = select(column, func.count()).where(column.in_(ids)).group_by(column)
            if alive and issubclass(mapper.class_, Deletable):
                counted = counted.where(table.c.deleted_at.is_(None))
            for id_, count in session.execute(counted):
                found.setdefault(id_, []).append((mapper.class_.__title__, count))
    for id_, count in session.execute(_attachment_counts(model, ids)) if ids and not alive else ():
        found.setdefault(id_, []).append((Attachment.__title__, count))
    return found


def _attachment_counts(model: type[Any], ids: Sequence[int]) -> Any:
    """Count attachments, which store table name and id of their owner instead of a foreign key."""
    owner = Attachment.owner_id
    mine = (Attachment.owner_table == (inspect(model).polymorphic_identity or model.__tablename__), owner.in_(ids))
    return select(owner, func.count()).where(*mine).group_by(owner)


def dependents(session: Session, row: Any, *, alive: bool = False) -> list[tuple[str, int]]:
    """References to `row`: (Chinese table name, number of rows)."""
    return references_to(session, type(row), [row.id], alive=alive).get(row.id, [])
