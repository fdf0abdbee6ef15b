"""Create, edit and delete rows of any table: the rules that all tables share."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import UniqueConstraint, inspect, select
from sqlalchemy.orm import Session

from models.base import Base, Deletable, table_name
from models.cases import CaseState, ServiceCase
from models.fields import Field, all_fields, field_of
from models.identifiers import LOCAL_NUMBER, phone
from models.name_keys import Named, name_key
from models.places import County
from models.records import AuditEntry
from models.types import now
from services.kernel.access import require
from services.kernel.actor import actor_of
from services.kernel.errors import Duplicate, RuleViolation, StaleEdit
from services.kernel.working_days import today
from services.records.references import dependents

Guard = Callable[[Session, Any, Mapping[str, Any]], None]
DeleteGuard = Callable[[Session, Any], None]

#: Checks of single tables before values are saved, beyond the common rules; filled by `services.guards`.
GUARDS: dict[type[Base], Guard] = {}
#: Checks of single tables before a row is deleted.
DELETE_GUARDS: dict[type[Base], DeleteGuard] = {}


def create(session: Session, row: Base, values: Mapping[str, Any], *, flush: bool = True) -> None:
    """Fill the new `row` with `values` (by attribute name) and add it.

    Pass `flush=False` to flush many rows at once; database errors are raised at that flush.
    """
    require(session, f"{table_name(type(row))}.create")
    save(session, row, values)
    if flush:
        session.flush()


def save(session: Session, row: Base, values: Mapping[str, Any]) -> None:
    """`create` without its permission check and flush, for services that checked another permission."""
    _fill(session, row, values)
    with session.no_autoflush:
        session.add(row)


def update(session: Session, row: Any, values: Mapping[str, Any], version: int) -> None:
    """Save `values` in `row` unless another user saved it after `version` was read.

    Raises `StaleEdit`, which carries both values of every field that differs.
    """
    require(session, f"{table_name(type(row))}.edit")
    if row.version != version:
        raise StaleEdit(_conflicts(row, values))
    _fill(session, row, values)
    session.flush()


def check(session: Session, row: Any, values: Mapping[str, Any]) -> None:
    """Refuse `values` that break a rule of the table or repeat a unique value of another row."""
    _check_bounds(row, values)
    _check_past(row, values)
    _check_order(row, values)
    refuse_archived(row, values)
    if type(row) in GUARDS:
        GUARDS[type(row)](session, row, values)
    with session.no_autoflush:
        _check_unique(session, row, values)


def _fill(session: Session, row: Any, values: Mapping[str, Any]) -> None:
    values = _localised(session, row, values)
    check(session, row, values)
    with session.no_autoflush:
        for key, value in values.items():
            setattr(row, key, value)


def _localised(session: Session, row: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """`values` with the county's area code added to local telephone numbers."""
    numbers = [f.name for f in all_fields(type(row)) if f.check is phone and values.get(f.name)]
    if not any(LOCAL_NUMBER.match(values[name]) for name in numbers):
        return values
    with session.no_autoflush:
        county = session.scalar(select(County).where(County.id == (row.county_id or actor_of(session).county_id)))
    area_code = county.area_code if county else None
    return {**values, **{name: phone(values[name], area_code) for name in numbers}}


def _check_past(row: Any, values: Mapping[str, Any]) -> None:
    """Refuse a future date in a field that records the past."""
    for f in all_fields(type(row)):
        if f.past and (values.get(f.name) or date.min) > today():
            raise RuleViolation("date.future", f"{f.label}不能晚于今天", field=f.name)


def _check_bounds(row: Any, values: Mapping[str, Any]) -> None:
    """Refuse numbers and dates outside the bounds of their columns."""
    for f in all_fields(type(row)):
        try:
            f.check_bounds(values.get(f.name))
        except ValueError as error:
            raise RuleViolation("bounds", f"{f.label}{error}", field=f.name) from error


def _check_order(row: Any, values: Mapping[str, Any]) -> None:
    """Refuse a date before the date it must follow. The error names whichever of the two fields the form has."""
    for f in all_fields(type(row)):
        if f.not_before is None:
            continue
        first = field_of(type(row), f.not_before)
        day, earliest = (values.get(one.name, getattr(row, one.key)) for one in (f, first))
        if day is not None and earliest is not None and day < earliest:
            name = f.name if f.name in values else first.name
            raise RuleViolation("date.order", f"{f.label} {day} 不能早于{first.label} {earliest}", field=name)


def refuse_archived(row: Any, values: Mapping[str, Any] | None = None) -> None:
    """Refuse any change of an archived case and its rows."""
    refusal = why_archived(row) or why_archived((values or {}).get("case"))
    if refusal:
        raise RuleViolation("case.archived", refusal)


def why_archived(row: Any) -> str | None:
    """Why nothing of the row can change: it is an archived case, or of one. None when it is not."""
    case = row if isinstance(row, ServiceCase) else getattr(row, "case", None)
    if not isinstance(case, ServiceCase) or case.state is not CaseState.ARCHIVED or case.is_new:
        return None
    return f"{case.display_name} 已归档，只能查看"


def _conflicts(row: Any, values: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    by_name = {f.name: f.label for f in all_fields(type(row))}
    return [
        (by_name.get(key, key), getattr(row, key), value) for key, value in values.items() if getattr(row, key) != value
    ]


def _check_unique(session: Session, row: Any, values: Mapping[str, Any]) -> None:
    """Refuse a duplicate with a readable message before the database does; names compare by their keys.

    Rows that the actor cannot see count too, as they do for the database. Indexes of OF_THE_SERVICES
    are left to their services.
    """
    table = inspect(type(row)).local_table
    for columns in _unique_columns(table):
        wanted = {c: _value_after(session, row, values, c) for c in columns}
        if any(value is None for value in wanted.values()):
            continue
        wanted = _by_keys(row, wanted)
        statement = select(table.c.id).where(*(c == v for c, v in wanted.items())).limit(1)
        if isinstance(row, Deletable):
            statement = statement.where(table.c.deleted_at.is_(None))
        if row.id is not None:
            statement = statement.where(table.c.id != row.id)
        other = session.scalar(statement, execution_options={"unscoped": True})
        if other is not None:
            fields = [f for f in all_fields(type(row)) if f.column in columns and f.key != "county_id"]
            label = "、".join(f.label for f in fields)
            name = fields[-1].name if fields else None
            raise Duplicate(f"已有相同{label}的{row.__title__}", field=name, row_id=other)


def _by_keys(row: Any, wanted: dict[Any, Any]) -> dict[Any, Any]:
    """The wanted values with a name's key for the name.

    A row whose values stay is compared as the database does: rows of one key may be older than the keys.
    """
    mapper = inspect(type(row))
    stays = all(getattr(row, mapper.get_property_by_column(c).key) == value for c, value in wanted.items())
    if not issubclass(mapper.class_, Named) or (stays and row.id is not None):
        return wanted
    table = mapper.local_table
    return {
        (table.c.name_key if c is table.c.name else c): name_key(v) if c is table.c.name else v
        for c, v in wanted.items()
    }


#: Partial unique indexes, which the services of those rows check.
OF_THE_SERVICES = re.compile("current|national")


@cache
def _unique_columns(table: Any) -> list[list[Any]]:
    unique = [list(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
    plain = [list(i.columns) for i in table.indexes if i.unique and not OF_THE_SERVICES.search(i.name or "")]
    return unique + [c for c in plain if c]


def _value_after(session: Session, row: Any, values: Mapping[str, Any], column: Any) -> Any:
    """The value that `column` will have after `values` are saved."""
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


def earlier_values(session: Session, row: Any, entry_id: int, allowed: Container[str]) -> dict[str, Any]:
    """The values that an audited change replaced in `row`, for the fields in `allowed`, as form values."""
    entry = session.scalar(
        select(AuditEntry).where(
            AuditEntry.id == entry_id,
            AuditEntry.object_type == table_name(type(row)),
            AuditEntry.object_id == row.id,
        )
    )
    known = {f.key: f.name for f in all_fields(type(row))}
    kept = {k: v for k, v in (entry.before or {}).items() if known.get(k) in allowed} if entry else {}
    if entry is None or not entry.after or not kept:
        raise RuleViolation("history.nothing", "这次改动里没有可以恢复的内容")
    return from_audit(session, type(row), kept)


def from_audit(session: Session, model: type[Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Convert values stored by the audit (`services.kernel.audit.plain`) to form values, by field name.

    A reference becomes its row; raises `RuleViolation` when that row is gone.
    """
    found: dict[str, Any] = {}
    for key, value in kept.items():
        f = field_of(model, key)
        found[f.name] = value if value is None else _form_value(session, f, value)
    return found


def _form_value(session: Session, f: Field, value: Any) -> Any:
    match f.kind:
        case "ref":
            row = session.scalar(select(f.target).where(f.target.id == value)) if f.target else None
            if row is None:
                raise RuleViolation("master.gone", f"原来的{f.label}已不存在，不能恢复", field=f.name)
            return row
        case "choice":
            return f.choices.parse(value)
        case "date":
            return date.fromisoformat(value)
        case "datetime":
            return datetime.fromisoformat(value)
        case "money":
            return Decimal(value)
    return value


def delete(session: Session, row: Any) -> None:
    """Delete `row`, or move master data to 回收站; refused while other rows refer to it."""
    require(session, f"{table_name(type(row))}.delete")
    if type(row) in DELETE_GUARDS:
        DELETE_GUARDS[type(row)](session, row)
    refuse_archived(row)
    users = dependents(session, row, alive=isinstance(row, Deletable))
    if users:
        names = "、".join(f"{count} 条{title}" for title, count in users)
        raise RuleViolation("dependents", f"“{row}”还有{names}与之关联，不能删除")
    if isinstance(row, Deletable):
        row.deleted_at = now()
    else:
        session.delete(row)
    session.flush()
