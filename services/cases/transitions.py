"""The states of a case: the table of actions, the transition itself, and the event it records.

Further requirements of an action are in the module of its subject: intake, dispatch, steps, closing,
coordination. Source: 领域 4; W, Z 附件1; B 六; H 五.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.base import Base
from models.cases import APPROVED_OR_LATER, CaseEvent, CaseState, CaseStep, Delivery, ServiceCase
from models.people import Role
from models.projects import Assignment, KeyDesignation
from models.work import CaseMaterial, PaperHandover, WorkKind, WorkRecord
from services.kernel.access import may, records_for
from services.kernel.actor import Actor, actor_of, doer_of
from services.kernel.audit import audit_action, plain
from services.kernel.errors import RuleViolation
from services.kernel.roles import acts_as, inherited
from services.kernel.working_days import today
from services.key_targets.key_list import in_force

S, A = CaseState, AuditAction


@dataclass(frozen=True)
class Transition:
    """An action on a case: its code, start states, end state (None: unchanged) and permission."""

    action: AuditAction
    starts: frozenset[CaseState]
    end: CaseState | None
    permission: str

    @property
    def label(self) -> str:
        """Its name on the screen."""
        return self.action.label


def _move(action: AuditAction, starts: Sequence[CaseState], end: CaseState | None, permission: str) -> Transition:
    return Transition(action, frozenset(starts), end, f"case.{permission}")


#: Every action on a case. Source: 领域 4.
MOVES: Mapping[str, Transition] = {
    "submit": _move(A.CASE_SUBMIT, [S.DRAFT], S.SUBMITTED, "submit"),
    "notify": _move(A.CASE_NOTIFY, [S.SUBMITTED], S.SUPPLEMENT, "notify"),
    "resupply": _move(A.CASE_RESUPPLY, [S.SUPPLEMENT], S.SUBMITTED, "resupply"),
    "reject": _move(A.CASE_REJECT, [S.SUBMITTED, S.SUPPLEMENT], S.REJECTED, "reject"),
    "withdraw": _move(A.CASE_WITHDRAW, [S.SUBMITTED, S.SUPPLEMENT], S.WITHDRAWN, "withdraw"),
    "accept": _move(A.CASE_ACCEPT, [S.SUBMITTED], S.ACCEPTED, "accept"),
    "assign": _move(A.CASE_ASSIGN, [S.ACCEPTED], S.IN_PROGRESS, "assign"),
    "hand_over": _move(A.CASE_HAND_OVER, [S.IN_PROGRESS, S.APPROVED, S.DELIVERED], None, "hand_over"),
    "bring": _move(A.CASE_BRING, [S.ACCEPTED, S.IN_PROGRESS], None, "bring"),
    "pass_on": _move(A.CASE_PASS_ON, [S.DELIVERED, S.CLOSED, S.EVALUATED, S.TERMINATED], None, "pass_on"),
    "hand_in": _move(
        A.CASE_HAND_IN, [S.SUBMITTED, S.SUPPLEMENT, S.ACCEPTED, S.IN_PROGRESS, S.APPROVED], None, "hand_in"
    ),
    "meet": _move(A.CASE_MEET, [S.ACCEPTED, S.IN_PROGRESS], None, "meet"),
    "urge": _move(A.CASE_URGE, [S.ACCEPTED, S.IN_PROGRESS, S.APPROVED, S.DELIVERED], None, "urge"),
    "finish": _move(A.CASE_FINISH, [S.IN_PROGRESS], S.APPROVED, "finish"),
    "deliver": _move(A.CASE_DELIVER, [S.APPROVED], S.DELIVERED, "close"),
    "close": _move(A.CASE_CLOSE, [S.DELIVERED], S.CLOSED, "close"),
    "receive": _move(A.CASE_RECEIVE, [S.DELIVERED], None, "close"),
    "register": _move(A.CASE_REGISTER, [S.DELIVERED, S.CLOSED, S.EVALUATED], None, "close"),
    "rate": _move(A.CASE_RATE, [S.CLOSED, S.EVALUATED], None, "rate"),
    "evaluate": _move(A.CASE_EVALUATE, [S.CLOSED], S.EVALUATED, "finish"),
    "terminate": _move(A.CASE_TERMINATE, [S.ACCEPTED, S.IN_PROGRESS, S.APPROVED], S.TERMINATED, "terminate"),
    "propose_end": _move(A.CASE_PROPOSE_END, [S.ACCEPTED, S.IN_PROGRESS, S.APPROVED], None, "propose_end"),
    "refuse_end": _move(A.CASE_REFUSE_END, [S.ACCEPTED, S.IN_PROGRESS, S.APPROVED], None, "refuse_end"),
    "propose": _move(A.CASE_PROPOSE, [S.EVALUATED, S.TERMINATED], None, "propose"),
    "archive": _move(A.CASE_ARCHIVE, [S.EVALUATED, S.TERMINATED], S.ARCHIVED, "archive"),
    "undo": _move(A.CASE_UNDO, [s for s in S if s not in (S.DRAFT, S.ARCHIVED)], None, "undo"),
}

#: (action, role) → the setting of the county that allows it. Source: 领域 5.
BY_COUNTY: Mapping[tuple[str, Role], str] = {
    ("deliver", Role.CHIEF_OFFICER): "officer_delivers",
    ("close", Role.CHIEF_OFFICER): "officer_delivers",
    ("receive", Role.CHIEF_OFFICER): "officer_delivers",
    ("register", Role.CHIEF_OFFICER): "officer_delivers",
    ("terminate", Role.CHIEF_OFFICER): "officer_delivers",
    ("propose_end", Role.CHIEF_OFFICER): "officer_delivers",
    ("meet", Role.AGENT): "agent_meets",
    ("urge", Role.AGENT): "agent_urges",
}


def setting_for(name: str, role: Role | None) -> str | None:
    """The county's setting that allows `role`, or the role it extends, to do `name`; None if none is needed."""
    return inherited({one: setting for (action, one), setting in BY_COUNTY.items() if action == name}, role)


#: Action → the column of its business date, in the order in which a case passes them.
DATES: Mapping[str, str] = {
    "submit": "submitted_on",
    "accept": "accepted_on",
    "assign": "assigned_on",
    "finish": "approved_on",
    "deliver": "delivered_on",
    "reject": "ended_on",
    "withdraw": "ended_on",
    "close": "ended_on",
    "terminate": "ended_on",
    "archive": "archived_on",
}


def why_not(actor: Actor, case: ServiceCase, name: str) -> str | None:
    """Why `name` is impossible for the actor on this case now; None when it is possible.

    Checks the state, the role and the county. What a form lacks, and for whom a 代录 is recorded, is checked
    when the form is sent.
    """
    move = MOVES[name]
    if not may(actor, move.permission) and not records_for(actor, move.permission):
        return "您的角色不办理此事"
    setting = setting_for(name, actor.role)
    if setting and not getattr(case.county, setting):
        return f"{case.county.name}的{_role_word(case, actor.role)}不{move.label}"
    if case.state not in move.starts:
        return f"{case.display_name} 现为“{case.state.label}”，不能{move.label}"
    if name == "bring" and not case.county.officer_brings:
        return f"{case.county.name}的资料不用首席服务员送窗口"
    if name == "pass_on" and not case.county.sections_take_over:
        return f"{case.county.name}归档前不用与科室交接"
    if name == "hand_in" and case.station_id is None:
        return f"{case.display_name} 不是基层政务服务站受理的"
    if name == "close" and case.county.closes_on_receipt:
        return f"{case.county.name}签收即办结，请“登记签收”"
    if name == "register" and not case.county.delivery_noted:
        return f"{case.county.name}的送达不用备案"
    if name == "propose" and case.archive_asked_on is not None:
        return f"{case.display_name} 已于 {case.archive_asked_on} 提请归档"
    if name == "archive" and case.archive_asked_on is None:
        return f"{case.display_name} {case.county.agent_word}还没有提请归档"
    if name == "propose_end" and case.end_asked_on is not None:
        return f"{case.display_name} 已于 {case.end_asked_on} 提请终止，等牵头单位决定"
    if name == "refuse_end" and case.end_asked_on is None:
        return f"{case.display_name} 没有提请单方终止"
    if name == "hand_over" and acts_as(actor, Role.AGENT) and case.agent_id != actor.staff_id:
        return f"{case.display_name} 不是您经办的"
    return None


def _role_word(case: ServiceCase, role: Role | None) -> str:
    return case.county.agent_word if role is Role.AGENT else role.label if role else ""


def is_key(session: Session, case: ServiceCase) -> bool:
    """Whether the project or the enterprise of the case is key."""
    return any(target and is_designated(session, column, target) for column, target in targets_of(case))


def targets_of(case: ServiceCase) -> tuple[tuple[str, int | None], ...]:
    """(column, id) of the project and the enterprise of a case; the same columns exist on designations."""
    return ("project_id", case.project_id), ("enterprise_id", case.enterprise_id)


def is_designated(session: Session, column: str, target: int) -> bool:
    """Whether the project or enterprise `target` is on the key list now."""
    return _exists(session, KeyDesignation, column, target, in_force(today()))


def serves(session: Session, staff_id: int | None, case: ServiceCase) -> bool:
    """Whether the chief officer serves this case, or its project or enterprise."""
    if case.officer_id is not None and case.officer_id == staff_id:
        return True
    own = (Assignment.until.is_(None), Assignment.officer_id == staff_id)
    return any(target and _exists(session, Assignment, column, target, *own) for column, target in targets_of(case))


def _exists(session: Session, model: Any, column: str, target: int, *where: ColumnElement[bool]) -> bool:
    found = select(model.id).where(getattr(model, column) == target, *where).limit(1)
    return session.scalar(found) is not None


def check_date(on: date, earliest: date | None, what: str) -> None:
    """Refuse a business date in the future or before `earliest`; the past is allowed, for late entries."""
    if on > today():
        raise RuleViolation("date.future", f"{what}日期不能晚于今天", field="on")
    if earliest is not None and on < earliest:
        raise RuleViolation("date.order", f"{what}日期不能早于上一步的 {earliest}", field="on")


def latest_date(session: Session, case: ServiceCase) -> date | None:
    """The latest business date of the case: of its transitions, items, receipt and proposals.

    Events that do not change the state do not count.
    """
    last: date | None = session.scalar(
        select(func.max(CaseEvent.happened_on)).where(
            CaseEvent.case_id == case.id,
            CaseEvent.taken_back.is_(False),
            CaseEvent.from_state != CaseEvent.to_state,
            CaseEvent.action != AuditAction.CASE_UNDO,
        )
    )
    steps = [day for step in case.steps for day in (step.filed_on, step.accepted_on, step.finished_on)]
    receipt = (row.received_on for row in _delivery_rows(session, case) if isinstance(row, Delivery))
    known = (last, case.submitted_on, case.accepted_on, case.archive_asked_on, *steps, *receipt)
    return max((day for day in known if day), default=None)


@contextmanager
def transition(
    session: Session, case: ServiceCase, name: str, on: date, note: str | None = None, *, partial: bool = False
) -> Iterator[None]:
    """Check and apply one row of MOVES on the business date `on`; the block changes further rows.

    `partial`: a part of the action was done, and the state stays. Flushes at its end, so that the second of two
    concurrent users is refused before a number is taken.
    """
    _refuse(session, case, name)
    check_date(on, latest_date(session, case), MOVES[name].label)
    if partial:
        with recorded_event(session, case, MOVES[name].action, on, note):
            yield
    else:
        with apply_transition(session, case, name, on, note):
            yield


def last_day_of(session: Session, case: ServiceCase, action: AuditAction, step_id: int | None = None) -> date | None:
    """The latest business date of `action` on the case, or on one of its items; None if it was never taken."""
    taken = [CaseEvent.case_id == case.id, CaseEvent.action == action, CaseEvent.taken_back.is_(False)]
    if step_id is not None:
        taken.append(CaseEvent.step_id == step_id)
    return session.scalar(select(func.max(CaseEvent.happened_on)).where(*taken))


@contextmanager
def side_action(session: Session, case: ServiceCase, name: str, on: date) -> Iterator[None]:
    """Apply an action of MOVES whose date does not follow the order of the case; the caller checks the date."""
    _refuse(session, case, name)
    with apply_transition(session, case, name, on):
        yield


def _refuse(session: Session, case: ServiceCase, name: str) -> None:
    actor = doer_of(session)
    refusal = why_not(actor, case, name)
    if refusal is None and acts_as(actor, Role.CHIEF_OFFICER) and not serves(session, actor.staff_id, case):
        refusal = f"{case.display_name} 不由{actor.username}服务"
    if refusal:
        raise RuleViolation("case.wrong_state", refusal)


@contextmanager
def apply_transition(
    session: Session, case: ServiceCase, name: str, on: date, note: str | None = None, *, automatic: bool = False
) -> Iterator[None]:
    """Apply a transition that the caller has checked. `automatic`: it follows from the event before it."""
    with recorded_event(session, case, MOVES[name].action, on, note, automatic=automatic):
        _apply(case, name, on)
        yield


def _apply(case: ServiceCase, name: str, on: date) -> None:
    """Set the state and the date of the transition."""
    end = MOVES[name].end
    if end is not None:
        case.state = end
    if name in DATES:
        setattr(case, DATES[name], on)


def apply_to_each(session: Session, notes: Mapping[ServiceCase, str], name: str, on: date) -> None:
    """`apply_transition` for many cases, each with its note, when nothing but the cases changes.

    Reads nothing and writes each case once.
    """
    with audit_action(session, MOVES[name].action):
        for case, note in notes.items():
            before, start = _snapshot_of([case]), case.state
            _apply(case, name, on)
            replaced = _replaced(before, _snapshot_of([case]))
            add_event(session, case, MOVES[name].action, on, note, start=start, end=case.state, before=replaced)


#: Columns that 撤回上一步 restores.
UNDOABLE_COLUMNS: Mapping[type[Base], tuple[str, ...]] = {
    ServiceCase: (
        "state",
        *dict.fromkeys(DATES.values()),
        "archive_asked_on",
        "end_asked_on",
        "due_on",
        "due_provisional",
        "soon_on",
        "agent_id",
        "officer_id",
        "responsible_id",
        "lead_section_id",
        "refusal",
        "told_on",
        "rating_id",
    ),
    CaseStep: (
        "state",
        "liaison_id",
        "section_id",
        "claimed_by",
        "claimed_on",
        "filed_on",
        "accepted_on",
        "due_on",
        "fixed_due",
        "soon_on",
        "finished_on",
        "approval_number",
        "reason",
        "force_majeure",
        "limit_days",
        "limit_kind",
        "pauses",
    ),
    CaseMaterial: ("state", "received_on", "returned_on", "remedy", "kept_reason"),
    Delivery: ("received_on", "registered_on"),
    WorkRecord: (),
    PaperHandover: (),
}


@contextmanager
def recorded_event(
    session: Session,
    case: ServiceCase,
    action: AuditAction,
    on: date,
    note: str | None = None,
    *,
    step_id: int | None = None,
    automatic: bool = False,
) -> Iterator[None]:
    """Record what the block changes in UNDOABLE_COLUMNS as one event of 办理过程."""
    before, start = _snapshot(session, case), case.state
    with audit_action(session, action):
        yield
    replaced = _replaced(before, _snapshot(session, case))
    add_event(
        session,
        case,
        action,
        on,
        note,
        step_id=step_id,
        start=start,
        end=case.state,
        before=replaced,
        automatic=automatic,
    )


Snapshot = dict[str, dict[str, dict[str, Any]]]


def _snapshot(session: Session, case: ServiceCase) -> Snapshot:
    """The values of UNDOABLE_COLUMNS as JSON: table → id → values."""
    materials = session.scalars(select(CaseMaterial).where(CaseMaterial.case_id == case.id))
    return _snapshot_of((case, *case.steps, *materials, *_delivery_rows(session, case), *_notes(session, case)))


def _snapshot_of(rows: Iterable[Base]) -> Snapshot:
    found: Snapshot = {}
    for row in rows:
        model = type(row)
        values = {key: plain(getattr(row, key)) for key in UNDOABLE_COLUMNS[model]}
        found.setdefault(model.__tablename__, {})[str(row.id)] = values
    return found


def _delivery_rows(session: Session, case: ServiceCase) -> Iterator[Base]:
    """The delivery of the case; there is none before 审批完成."""
    if case.state in APPROVED_OR_LATER:
        yield from session.scalars(select(Delivery).where(Delivery.case_id == case.id, Delivery.voided_on.is_(None)))


def _notes(session: Session, case: ServiceCase) -> Iterator[Base]:
    """The 工作纪实 and 资料交接 that actions on the case make."""
    made = (WorkRecord.case_id == case.id, WorkRecord.kind.in_((WorkKind.DELIVERY, WorkKind.TOLD)))
    yield from session.scalars(select(WorkRecord).where(*made))
    if case.county.hands_papers_over:
        yield from session.scalars(select(PaperHandover).where(PaperHandover.case_id == case.id))


def _replaced(before: Snapshot, after: Snapshot) -> dict[str, Any]:
    """The old values of what changed; None for new rows."""
    found: dict[str, Any] = {}
    for table, rows in after.items():
        for id_, values in rows.items():
            old = before.get(table, {}).get(id_)
            changed = None if old is None else {k: v for k, v in old.items() if values[k] != v}
            if changed is None or changed:
                found.setdefault(table, {})[id_] = changed
    return found


def add_event(
    session: Session,
    case: ServiceCase,
    action: AuditAction,
    on: date,
    note: str | None = None,
    *,
    step_id: int | None = None,
    start: CaseState | None = None,
    end: CaseState | None = None,
    before: dict[str, Any] | None = None,
    automatic: bool = False,
) -> None:
    """Add an event to the 办理过程 of the case."""
    session.add(
        CaseEvent(
            county_id=case.county_id,
            case_id=case.id,
            step_id=step_id,
            action=action,
            happened_on=on,
            note=note,
            recorded_by_id=actor_of(session).user_id,
            done_by_id=doer_of(session).staff_id,
            from_state=start,
            to_state=end,
            before=before or None,
            automatic=automatic,
        )
    )
