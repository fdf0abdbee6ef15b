"""The audit: one entry for each changed row, written in the same flush, with old and new values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import insert, inspect
from sqlalchemy.orm import Session, UOWTransaction

from models.actions import AuditAction, AuditResult
from models.base import Base, table_name
from models.records import AuditEntry
from models.types import now, show
from services.kernel.actor import actor_of
from services.kernel.session import back_office

#: Columns whose changes are recorded without their values.
SECRET = frozenset({"password_hash", "content"})
HIDDEN_VALUE = "（不记录）"
#: Columns left out, because they mean nothing to a reader.
SILENT = frozenset({"version", "figures", "name_key", "number_key", "archive_number_key"})
LABEL_LENGTH = 120


@contextmanager
def audit_action(session: Session, action: AuditAction) -> Iterator[None]:
    """Record the changes flushed inside the block under `action`: 分包 instead of 修改."""
    session.flush()
    ours = back_office(session)
    before, ours.action = ours.action, action
    try:
        yield
        session.flush()
    finally:
        ours.action = before


def record(
    session: Session,
    action: AuditAction,
    *,
    subject: Base | None = None,
    result: AuditResult = AuditResult.DONE,
    note: str | None = None,
    **details: Any,
) -> None:
    """Write one entry for an event without a changed row: a log-in, a refusal with its reason, an export."""
    line = _line(session, subject, action)
    line |= {"result": result, "note": note, "after": {k: plain(v) for k, v in details.items()} or None}
    session.execute(insert(AuditEntry.__table__), [line])  # type: ignore[arg-type]


def write_audit(session: Session, _: UOWTransaction) -> None:
    """`after_flush`: the lines of everything that this flush wrote."""
    lines, named = [], back_office(session).action
    written = (
        (AuditAction.RECORD_CREATE, session.new),
        (AuditAction.RECORD_EDIT, session.dirty),
        (AuditAction.RECORD_DELETE, session.deleted),
    )
    for action, rows in written:
        for row in rows:
            if isinstance(row, Base) and row.__audited__:
                before, after = _changes(row, action)
                if before or after:
                    line = _line(session, row, named or _own_name(action, after))
                    lines.append(line | {"before": before, "after": after})
    if lines:
        session.execute(insert(AuditEntry.__table__), lines)  # type: ignore[arg-type]


def _own_name(action: AuditAction, after: dict[str, Any] | None) -> AuditAction:
    if action is AuditAction.RECORD_EDIT and after and "deleted_at" in after:
        return AuditAction.RECORD_DELETE if after["deleted_at"] else AuditAction.RECORD_RESTORE
    return action


def _changes(row: Base, action: AuditAction) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    state = inspect(row)
    for prop in state.mapper.column_attrs:
        key = prop.key
        if key in SILENT or key not in state.dict:
            continue
        history = state.attrs[key].history
        if action is AuditAction.RECORD_DELETE:
            before[key] = _value(key, state.dict[key])
        elif action is AuditAction.RECORD_CREATE and state.dict[key] is not None:
            after[key] = _value(key, state.dict[key])
        elif action is AuditAction.RECORD_EDIT and history.has_changes():
            before[key] = _value(key, history.deleted[0] if history.deleted else None)
            after[key] = _value(key, state.dict[key])
    return before or None, after or None


def _value(key: str, value: Any) -> Any:
    return HIDDEN_VALUE if key in SECRET else plain(value)


def plain(value: Any) -> Any:
    """`value` as JSON holds it: decimals and dates as text, enums as their value."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _line(session: Session, row: Base | None, action: AuditAction) -> dict[str, Any]:
    actor = actor_of(session)
    county = getattr(row, "county_id", None) if row is not None else None
    return {
        "at": now(),
        "username": actor.username,
        "user_id": actor.user_id,
        "role": actor.role,
        "county_id": county or actor.county_id,
        "address": actor.address,
        "action": action,
        "object_type": table_name(type(row)) if row is not None else None,
        "object_id": row.id if row is not None else None,
        "object_label": _label(row),
        "result": AuditResult.DONE,
        "note": None,
        "before": None,
        "after": None,
    }


def _label(row: Base | None) -> str | None:
    """The row's name if it is loaded: a flush must not send further queries."""
    value: Any = row
    for name in row.__label__.split(".") if row is not None else ():
        value = inspect(value).dict.get(name) if value is not None else None
    return None if value is None else show(value)[:LABEL_LENGTH]
