"""Rows that refer to a row, which is why it cannot be deleted or some of its values cannot change."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Mapper, Session

from models.base import Base, Deletable, table_name
from models.fields import attribute
from models.records import Attachment

#: A table whose rows refer to a row, and how many do.
Users = list[tuple[type[Base], int]]


def tables_by_code() -> dict[str, type[Any]]:
    """Every table by its code."""
    return {table_name(mapper.class_): mapper.class_ for mapper in Base.registry.mappers}


def referring_columns(model: type[Any]) -> tuple[tuple[type[Any], str], ...]:
    """The foreign keys that refer to rows of `model`: (table, attribute), ordered by the table's name."""
    return _referring_columns(model)  # type: ignore[arg-type]  # classes are hashable


@cache
def _referring_columns(model: Hashable) -> tuple[tuple[type[Any], str], ...]:
    ordered = sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__)
    return tuple((mapper.class_, key) for mapper in ordered for key in _keys_to(mapper, model))


def _keys_to(mapper: Mapper[Any], model: Any) -> list[str]:
    """The attributes of one table, without those of the table it extends, that refer to `model`."""
    inherited = set(mapper.inherits.columns) if mapper.inherits else set()
    return [
        mapper.get_property_by_column(column).key
        for column in mapper.columns
        if column not in inherited and any(key.column.table is model.__table__ for key in column.foreign_keys)
    ]


def references_to(session: Session, model: type[Any], ids: Sequence[int], *, alive: bool = False) -> dict[int, Users]:
    """References to rows of `model` from all tables, by id.

    `alive`: ignore deleted rows, and attachments, which are restored with their row.
    """
    found: dict[int, Users] = {}
    for table, key in referring_columns(model) if ids else ():
        column = attribute(table, key)
        counted = select(column, func.count()).where(column.in_(ids)).group_by(column)
        if alive and issubclass(table, Deletable):
            counted = counted.where(table.deleted_at.is_(None))
        for id_, count in session.execute(counted, execution_options={"unscoped": True}):
            found.setdefault(id_, []).append((table, count))
    for id_, count in session.execute(_attachment_counts(model, ids)) if ids and not alive else ():
        found.setdefault(id_, []).append((Attachment, count))
    return found


def _attachment_counts(model: type[Any], ids: Sequence[int]) -> Any:
    """Count attachments, which store table name and id of their owner instead of a foreign key."""
    owner = Attachment.owner_id
    mine = (Attachment.owner_table == table_name(model), owner.in_(ids))
    return select(owner, func.count()).where(*mine).group_by(owner)


def titled(users: Users) -> list[tuple[str, int]]:
    """The same with the tables' Chinese names."""
    return [(table.__title__, count) for table, count in users]


def dependents(session: Session, row: Any, *, alive: bool = False) -> list[tuple[str, int]]:
    """References to `row`: (Chinese table name, number of rows)."""
    return titled(references_to(session, type(row), [row.id], alive=alive).get(row.id, []))
