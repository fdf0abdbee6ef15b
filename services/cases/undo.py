"""撤回上一步: the lead office undoes the last action on a case.

Old values are restored and new rows deleted; a numbered slip stays and is marked 作废.
Source: 领域 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.base import Base
from models.cases import CaseEvent, CaseState, Completion, Delivery, ServiceCase, Termination
from models.ledger import LedgerMonth, MonthState
from models.people import Staff
from models.records import Attachment
from models.types import show
from services.cases.transitions import UNDOABLE_COLUMNS, add_event, why_not
from services.kernel.access import require
from services.kernel.actor import doer_of
from services.kernel.audit import audit_action
from services.kernel.errors import RuleViolation
from services.kernel.working_days import today

#: State → the slip made for it, which becomes void when the transition is undone.
SLIPS: Mapping[CaseState, type[Any]] = {
    CaseState.DELIVERED: Delivery,
    CaseState.CLOSED: Completion,
    CaseState.TERMINATED: Termination,
}


def undoable_events(session: Session, case: ServiceCase) -> list[CaseEvent]:
    """The events that 撤回上一步 would undo, latest first; empty when there are none.

    Automatic events are undone together with the one that caused them.
    """
    valid = (
        CaseEvent.case_id == case.id,
        CaseEvent.taken_back.is_(False),
        CaseEvent.action != AuditAction.CASE_UNDO,
    )
    cause = select(func.max(CaseEvent.id)).where(*valid, CaseEvent.automatic.is_(False)).scalar_subquery()
    since = func.coalesce(cause, 0)
    return list(
        session.scalars(select(CaseEvent).where(*valid, CaseEvent.id >= since).order_by(CaseEvent.id.desc())).all()
    )


def undo_last_step(session: Session, cases: Sequence[ServiceCase], *, reason: str) -> None:
    """Undo the last action on each case; all or none."""
    require(session, "case.undo")
    for case in cases:
        refusal = why_not(doer_of(session), case, "undo")
        if refusal:
            raise RuleViolation("case.wrong_state", refusal)
        _undo_one(session, case, reason)
    session.flush()


def why_not_undone(session: Session, case: ServiceCase) -> str | None:
    """Why the last action cannot be undone now: there is none that keeps what it replaced, or its month is locked."""
    return _refusal(session, case, undoable_events(session, case))


def _refusal(session: Session, case: ServiceCase, events: Sequence[CaseEvent]) -> str | None:
    if not events or events[-1].before is None:
        what = f"“{show(events[-1].action)}”" if events else ""
        return f"{case.display_name} 最后办理的{what}不能撤回"
    locked = (_locked_month(session, case, event.happened_on) for event in events)
    month = next((found for found in locked if found), None)
    return f"{case.display_name} 这一步在 {month}，该月台账已锁定，不能撤回" if month else None


def _undo_one(session: Session, case: ServiceCase, reason: str) -> None:
    # Read once: between two readings another may undo, and the second would find the event before.
    events = undoable_events(session, case)
    refusal = _refusal(session, case, events)
    if refusal:
        raise RuleViolation("undo.nothing", refusal)
    words = "、".join(show(event.action) for event in reversed(events))
    start = case.state
    with audit_action(session, AuditAction.CASE_UNDO):
        for event in events:
            _void_slip(session, case, event)
            _restore(session, event.before or {})
            event.taken_back = True
    note = f"撤回“{words}”：{reason}"[:500]
    add_event(session, case, AuditAction.CASE_UNDO, today(), note, start=start, end=case.state)


def _locked_month(session: Session, case: ServiceCase, on: date) -> str | None:
    """The month of the event when its ledger is locked, since that reports the event."""
    locked = select(LedgerMonth.month).where(
        LedgerMonth.county_id == case.county_id,
        LedgerMonth.month == f"{on:%Y-%m}",
        LedgerMonth.state == MonthState.LOCKED,
    )
    return session.scalar(locked)


def _void_slip(session: Session, case: ServiceCase, event: CaseEvent) -> None:
    slip = SLIPS.get(event.to_state) if event.to_state and event.to_state is not event.from_state else None
    if slip is not None:
        for row in session.scalars(select(slip).where(slip.case_id == case.id, slip.voided_on.is_(None))):
            row.voided_on = today()


def _restore(session: Session, before: Mapping[str, Any]) -> None:
    """Restore the values that the event replaced and delete the rows that it made."""
    models = {model.__tablename__: model for model in UNDOABLE_COLUMNS}
    for table, rows in before.items():
        model: Any = models[table]
        for id_, values in rows.items():
            row = session.scalar(select(model).where(model.id == int(id_)))
            if row is None:
                continue
            if values is None:
                if model not in SLIPS.values():
                    _refuse_attached(session, row)
                    session.delete(row)
                continue
            _refuse_inactive(session, values)
            for key, value in values.items():
                if key in UNDOABLE_COLUMNS[model]:  # an older version may have kept more
                    setattr(row, key, _typed(model, key, value))
            session.flush()
            session.expire(row, _many_to_one(model))
    session.flush()


#: Restored columns that refer to a person.
PEOPLE = ("agent_id", "officer_id", "liaison_id")


def _refuse_inactive(session: Session, values: Mapping[str, Any]) -> None:
    """Refuse to restore the responsibility of a person who is no longer active."""
    wanted = [values[key] for key in PEOPLE if values.get(key)]
    gone = session.scalars(select(Staff.name).where(Staff.id.in_(wanted), Staff.active.is_(False))).first()
    if gone is not None:
        raise RuleViolation("undo.inactive", f"{gone}已不在岗，不能撤回到由其办理")


def _refuse_attached(session: Session, row: Base) -> None:
    held = select(Attachment.id).where(Attachment.owner_table == row.__tablename__, Attachment.owner_id == row.id)
    if session.scalar(held.limit(1)) is not None:
        raise RuleViolation("undo.attached", f"“{row}”已有附件，请先删除附件再撤回")


def _many_to_one(model: type[Base]) -> list[str]:
    return [r.key for r in inspect(model).relationships if r.direction.name == "MANYTOONE"]


def _typed(model: type[Base], key: str, value: Any) -> Any:
    """A value from the JSON of an event, in the type of its column."""
    kind = inspect(model).columns[key].type.python_type
    if value is None or kind in (list, dict):
        return value
    if issubclass(kind, Enum):
        return kind(value)
    return date.fromisoformat(value) if kind is date else value
