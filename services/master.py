"""Create, edit and delete of any table, for the forms: the rules that all tables share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Table, UniqueConstraint, func, inspect, select
from sqlalchemy.orm import Session

from models.base import Base, Deletable
from models.cases import CaseStep, ServiceCase
from models.fields import all_fields
from models.ledger import LedgerEntry
from models.people import DepartmentLeader, User
from models.records import NumberSequence
from models.types import now
from services.access import require
from services.accounts import guard_last_administrator, guard_user
from services.actor import actor_of
from services.cases import drop_draft, guard_case
from services.errors import RuleViolation, StaleEdit
from services.ledger import guard_entry
from services.numbers import guard_sequence
from services.staff import guard_leader
from services.steps import guard_step

Guard = Callable[[Session, Any, Mapping[str, Any]], None]

#: What a table asks beyond the common rules before `values` are saved in a row.
GUARDS: Mapping[type[Base], Guard] = {
    User: guard_user,
    ServiceCase: guard_case,
    CaseStep: guard_step,
    LedgerEntry: guard_entry,
    NumberSequence: guard_sequence,
    DepartmentLeader: guard_leader,
}

#: What a table asks before a row goes.
DELETE_GUARDS: Mapping[type[Base], Callable[[Session, Any], None]] = {
    User: guard_last_administrator,
    ServiceCase: drop_draft,
    CaseStep: lambda session, step: guard_step(session, step, {}),
    LedgerEntry: lambda session, entry: guard_entry(session, entry, None),
}


def create(session: Session, row: Base, values: Mapping[str, Any]) -> None:
    """Fill the new `row` with `values` (by attribute) and add it."""
    require(session, f"{table_name(type(row))}.create")
    _fill(session, row, values)
    session.add(row)
    session.flush()


def update(session: Session, row: Any, values: Mapping[str, Any], version: int) -> None:
    """Save `values` in `row` unless somebody saved it after `version` was read.

    `StaleEdit` then carries both values of every field that differs.
    """
    require(session, f"{table_name(type(row))}.edit")
    if row.version != version:
        raise StaleEdit(_conflicts(row, values))
    _fill(session, row, values)
    session.flush()


def table_name(model: type[Any]) -> str:
    """The name of a table in addresses and permissions: snake_case of its class."""
    identity = inspect(model).polymorphic_identity
    return str(identity or model.__tablename__)


def _fill(session: Session, row: Any, values: Mapping[str, Any]) -> None:
    if type(row) in GUARDS:
        GUARDS[type(row)](session, row, values)
    with session.no_autoflush:
        _check_unique(session, row, values)
        for key, value in values.items():
            setattr(row, key, value)


def _conflicts(row: Any, values: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    by_name = {f.name: f.label for f in all_fields(type(row))}
    return [
        (by_name.get(key, key), getattr(row, key), value)
        for key, value in values.items()
        if getattr(row, key) != value
    ]


def _check_unique(session: Session, row: Any, values: Mapping[str, Any]) -> None:
    """A readable refusal before the database's own; indexes on "the current one" are the services'."""
    mapper = inspect(type(row))
    for columns in _unique_columns(mapper.local_table):
        wanted = {c: _future(session, row, values, c) for c in columns}
        if any(value is None for value in wanted.values()):
            continue
        statement = select(type(row).id).where(*(c == v for c, v in wanted.items()))
        if row.id is not None:
            statement = statement.where(type(row).id != row.id)
        if session.scalar(statement.limit(1)) is not None:
            fields = [f for f in all_fields(type(row)) if f.column in wanted and f.key != "county_id"]
            label = "、".join(f.label for f in fields)
            name = fields[-1].name if fields else None
            raise RuleViolation("unique", f"已有相同{label}的{row.__title__}", field=name)


def _unique_columns(table: Table) -> list[list[Any]]:
    unique = [list(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
    plain = [list(i.columns) for i in table.indexes if i.unique and "current" not in (i.name or "")]
    return unique + [c for c in plain if c]


def _future(session: Session, row: Any, values: Mapping[str, Any], column: Any) -> Any:
    """The value `column` will have once `values` are saved."""
    mapper = inspect(type(row))
    key = mapper.get_property_by_column(column).key
    relation = next((r.key for r in mapper.relationships if column in r.local_columns), None)
    if relation is not None and relation in values:
        return values[relation].id if values[relation] is not None else None
    if key in values:
        return values[key]
    current = getattr(row, key)
    if current is None and key == "county_id":
        return actor_of(session).county_id
    return current


def dependents(session: Session, row: Any) -> list[tuple[str, int]]:
    """What refers to `row`: (Chinese table name, number of rows), all tables, of the row's county."""
    table = type(row).__table__
    found = []
    for mapper in Base.registry.mappers:
        model = mapper.class_
        if mapper.inherits is not None:
            continue
        for column in mapper.local_table.columns:
            if any(key.column.table is table for key in column.foreign_keys):
                count = session.scalar(
                    select(func.count()).select_from(mapper.local_table).where(column == row.id)
                )
                if count:
                    found.append((model.__title__, count))
    return found


def delete(session: Session, row: Any) -> None:
    """Remove `row`, or move master data to 回收站; refused while anything refers to it."""
    require(session, f"{table_name(type(row))}.delete")
    if type(row) in DELETE_GUARDS:
        DELETE_GUARDS[type(row)](session, row)
    users = dependents(session, row)
    if users:
        names = "、".join(f"{count} 条{title}" for title, count in users)
        raise RuleViolation("dependents", f"“{row}”还有{names}与之关联，不能删除")
    if isinstance(row, Deletable):
        row.deleted_at = now()
    else:
        session.delete(row)
    session.flush()
