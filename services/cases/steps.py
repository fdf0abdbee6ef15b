"""An item of a case at its department: filing, acceptance, result, and the liaison.

Source: 领域 4, 6; W, Z 附件1 三-四; H 四(二), 五(二).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.cases import (
    EARLY,
    FINAL,
    ITEMS_MAY_CHANGE,
    CaseForm,
    CaseState,
    CaseStep,
    ServiceCase,
    StepState,
)
from models.items import ServiceItem
from models.people import DepartmentLiaison, Role
from models.places import Department, FilingParty
from services.cases.deadlines import resume_clock, set_due, stop_clock
from services.cases.telling import Told, tellings
from services.cases.transitions import (
    add_event,
    apply_transition,
    check_date,
    last_day_of,
    recorded_event,
    serves,
)
from services.kernel.access import may, records_for, require
from services.kernel.actor import Actor
from services.kernel.deferred import defer
from services.kernel.errors import RuleViolation
from services.kernel.roles import acts_as
from services.kernel.working_days import today

P, A = StepState, AuditAction


@dataclass(frozen=True)
class StepTransition:
    """An action on a step: its code, start states, end state, permission, and whether it needs a reason."""

    action: AuditAction
    starts: frozenset[StepState]
    end: StepState
    permission: str
    needs_reason: bool = False

    @property
    def label(self) -> str:
        """Its name on the screen."""
        return self.action.label


#: Every action on a step of a case that is 办理中. Source: 领域 4.
STEP_MOVES: Mapping[str, StepTransition] = {
    "file": StepTransition(A.STEP_FILE, frozenset({P.PENDING}), P.FILED, "step.file"),
    "accept": StepTransition(A.STEP_ACCEPT, frozenset({P.FILED}), P.ACCEPTED, "step.record"),
    "ask": StepTransition(A.STEP_ASK, frozenset({P.ACCEPTED}), P.SUPPLEMENT, "step.record", True),
    "receive": StepTransition(A.STEP_RECEIVE, frozenset({P.SUPPLEMENT}), P.SUPPLEMENT, "step.record", True),
    "resume": StepTransition(A.STEP_RESUME, frozenset({P.SUPPLEMENT}), P.ACCEPTED, "step.record"),
    "grant": StepTransition(A.STEP_GRANT, frozenset({P.ACCEPTED}), P.GRANTED, "step.record"),
    "deny": StepTransition(A.STEP_DENY, frozenset({P.ACCEPTED, P.SUPPLEMENT}), P.DENIED, "step.record", True),
    "withdraw": StepTransition(
        A.STEP_WITHDRAW,
        frozenset({P.PENDING, P.FILED, P.ACCEPTED, P.SUPPLEMENT}),
        P.WITHDRAWN,
        "step.file",
        True,
    ),
}


def filed_by(case: ServiceCase) -> str:
    """The note on filing where the applicant files the items; empty elsewhere. Source: 领域 5."""
    if case.county.tells_form and case.form is CaseForm.ACCOMPANY:
        return "申请人报送，代办员陪同"
    return "项目单位自行报送" if case.county.filing is FilingParty.APPLICANT else ""


def why_not(actor: Actor, step: CaseStep, name: str) -> str | None:
    """Why the action is impossible for the actor on this step now; None when it is possible."""
    move = STEP_MOVES[name]
    if not may(actor, move.permission) and not records_for(actor, move.permission):
        return "您的角色不办理此事"
    if acts_as(actor, Role.CHIEF_OFFICER) and not step.county.officer_files:
        return f"{step.county.name}的首席服务员不{move.label}"
    if acts_as(actor, Role.AGENT) and move.permission == "step.record" and step.county.has_liaisons:
        return f"{step.county.name}的{move.label}由部门业务专办员登记"
    if step.case.state is not CaseState.IN_PROGRESS:
        return f"{step.case.display_name} 现为“{step.case.state.label}”，不在办理中"
    if step.state not in move.starts:
        return f"{step.display_name} 现为“{step.state.label}”，不能{move.label}"
    if name == "accept" and step.county.has_lead_sections and step.section_id is None:
        return f"{step.display_name} 还没有科室认领，请先“责任认领”"
    return None


def why_not_claimed(actor: Actor, step: CaseStep) -> str | None:
    """Why no section can claim this step now; None when one can. Source: B 五.3."""
    if not may(actor, "step.claim") and not records_for(actor, "step.claim"):
        return "您的角色不办理此事"
    if not step.county.has_lead_sections:
        return f"{step.county.name}的事项不用科室认领"
    if step.section_id is not None:
        return f"{step.display_name} 已由{step.section}认领"
    if step.state in FINAL or step.case.state is not CaseState.IN_PROGRESS:
        return f"{step.display_name} 现为“{step.state.label}”，不用认领"
    return None


def claim(session: Session, steps: Sequence[CaseStep], section: Department, *, claimed_by: str, on: date) -> None:
    """责任认领: a section takes on `steps`; all or none. Source: B 五.3."""
    actor = require(session, "step.claim")
    for step in steps:
        refusal = why_not_claimed(actor, step)
        if refusal:
            raise RuleViolation("step.claimed", refusal)
        check_date(on, step.case.assigned_on, "责任认领")
    for step in steps:
        note = f"{step.item.name}：{section.name} {claimed_by}"
        with recorded_event(session, step.case, AuditAction.STEP_CLAIM, on, note, step_id=step.id):
            step.section, step.claimed_by, step.claimed_on = section, claimed_by, on
    session.flush()


def why_not_named(actor: Actor, step: CaseStep) -> str | None:
    """Why no liaison can be named for this step now; None when one can."""
    if not may(actor, "step.name_liaison") and not records_for(actor, "step.name_liaison"):
        return "您的角色不办理此事"
    if step.state in FINAL:
        return f"{step.display_name} 已是“{step.state.label}”，不能再指定专办员"
    if step.case.state not in ITEMS_MAY_CHANGE:
        return f"{step.case.display_name} 现为“{step.case.state.label}”，不再指定专办员"
    return None


def withdraw_items(case: ServiceCase, on: date) -> None:
    """Withdraw the items that have no result, since the case goes no further."""
    for step in case.steps:
        if step.state not in FINAL:
            step.state, step.finished_on = StepState.WITHDRAWN, on


def name_liaison(session: Session, steps: Sequence[CaseStep], liaison: DepartmentLiaison, *, on: date) -> None:
    """指定专办员: the department's leader gives `steps` to a liaison of the same department.

    All or none. Source: H 四(二)-(三); 领域 4.
    """
    actor = require(session, "step.name_liaison")
    if not liaison.active:
        raise RuleViolation("liaison.inactive", f"{liaison.name}已不在岗", field="liaison")
    for step in steps:
        refusal = why_not_named(actor, step)
        if refusal:
            raise RuleViolation("step.final", refusal)
        if not actor.is_system and step.department_id != actor.department_id:
            raise RuleViolation("step.department", f"{step.display_name} 不是本部门的事项")
        check_date(on, step.case.accepted_on or step.case.submitted_on, "指定专办员")
        if liaison.department_id != step.department_id:
            raise RuleViolation(
                "liaison.department", f"{liaison.name}不是{step.department.name}的专办员", field="liaison"
            )
    for step in steps:
        note = f"{step.item.name}：{liaison.name}"
        with recorded_event(session, step.case, AuditAction.STEP_NAME_LIAISON, on, note, step_id=step.id):
            step.liaison_id = liaison.id


def record(
    session: Session,
    steps: Sequence[CaseStep],
    name: str,
    *,
    on: date,
    reason: str | None = None,
    approval_number: str | None = None,
    due_on: date | None = None,
    force_majeure: bool = False,
    **told: Unpack[Told],
) -> None:
    """One action of STEP_MOVES on `steps`; all or none. The last result finishes the case.

    `due_on`: the date that the department promises instead of the item's limit. `force_majeure`: 未办成 because of
    不可抗力, which is explained to the applicant (`told`): Z 二(二).
    """
    move = STEP_MOVES[name]
    actor = require(session, move.permission)
    if move.needs_reason and not reason:
        raise RuleViolation("step.reason", f"{move.label}须写明原因", field="reason")
    if due_on is not None and due_on < on:
        raise RuleViolation("step.due", "应办结日不能早于部门受理日期", field="due_on")
    lock_cases(session, {step.case_id for step in steps})
    for step in steps:
        refusal = why_not(actor, step, name) or _why_not_theirs(session, actor, step)
        if refusal:
            raise RuleViolation("step.wrong_state", refusal)
        check_date(on, _latest_date(session, step), move.label)
        needed = step.county.obstacle_told and force_majeure
        explained = tellings(session, step.case, f"说明未办成：{step.item.name}", reason or "", told, needed=needed)
        with recorded_event(session, step.case, move.action, on, _note(step, name, reason), step_id=step.id):
            _apply(step, name, on, reason, approval_number, due_on)
            step.force_majeure = force_majeure
            set_due(step.case)
            session.add_all(explained)
    for case in {step.case_id: step.case for step in steps}.values():
        finish_if_done(session, case, on)
    session.flush()


def lock_cases(session: Session, case_ids: Collection[int]) -> None:
    """Lock these cases until the end of the transaction and reload their items.

    Without it, two departments that finish at once would each see the other's item as unfinished.
    """
    session.flush()
    held = select(ServiceCase.id).where(ServiceCase.id.in_(case_ids)).order_by(ServiceCase.id)
    session.execute(held.with_for_update())
    # Unscoped: a liaison does not see the items of other departments.
    anew = {"populate_existing": True, "unscoped": True}
    session.scalars(select(CaseStep).where(CaseStep.case_id.in_(case_ids)), execution_options=anew).all()


def _latest_date(session: Session, step: CaseStep) -> date:
    """The business date of the step's last action."""
    paused = [date.fromisoformat(day) for pause in step.pauses or () for day in pause if day]
    came = last_day_of(session, step.case, AuditAction.STEP_RECEIVE, step.id) if step.state is P.SUPPLEMENT else None
    days = (step.filed_on, step.accepted_on, step.case.assigned_on, came, *paused)
    return max((day for day in days if day is not None), default=date.min)


def _why_not_theirs(session: Session, actor: Actor, step: CaseStep) -> str | None:
    """Why the step does not belong to the doer; None when it does. 代录 reads rows that the doer would not see."""
    if acts_as(actor, Role.LIAISON) and step.liaison_id != actor.staff_id:
        return f"{step.display_name} 不由{actor.username}办理"
    if acts_as(actor, Role.DEPT_LEADER) and step.department_id != actor.department_id:
        return f"{step.display_name} 不是{actor.username}所在部门的事项"
    if acts_as(actor, Role.CHIEF_OFFICER) and not serves(session, actor.staff_id, step.case):
        return f"{step.case.display_name} 不由{actor.username}服务"
    return None


def _note(step: CaseStep, name: str, reason: str | None) -> str:
    told = [filed_by(step.case) if name == "file" else "", reason or ""]
    return "：".join([step.item.name, "，".join(t for t in told if t)]).rstrip("：")


def _apply(
    step: CaseStep, name: str, on: date, reason: str | None, approval_number: str | None, due_on: date | None
) -> None:
    step.state = STEP_MOVES[name].end
    step.reason = reason or step.reason
    if name == "file":
        step.filed_on = on
    elif name == "accept":
        step.accepted_on = on
        step.limit_days, step.limit_kind = step.item.limit_days, step.item.limit_kind
        step.fixed_due = due_on
    elif name == "ask":
        stop_clock(step, on)
    elif name == "resume" and step.pauses:
        resume_clock(step, on)
    elif step.state in FINAL:
        step.finished_on = on
        step.approval_number = approval_number or step.approval_number


def finish_if_done(session: Session, case: ServiceCase, on: date) -> None:
    """Make the case 审批完成 when every step is final and at least one was granted."""
    states = {step.state for step in case.steps}
    if states <= FINAL and P.GRANTED in states:
        last = max(step.finished_on or on for step in case.steps)
        with apply_transition(session, case, "finish", last, automatic=True):
            pass


def guard_step(session: Session, step: CaseStep, values: Mapping[str, Any]) -> None:
    """Rules of an item's form: it belongs to the item's department and cannot change once filed."""
    case, item = values.get("case", step.case), values.get("item", step.item)
    if refusal := why_frozen(case):
        raise RuleViolation("step.closed", refusal)
    if step.is_new and not item.active:
        raise RuleViolation("item.inactive", f"“{item.name}”已停用，不能再选", field="item")
    moved = {"case", "item"} & {k for k, v in values.items() if getattr(step, k) != v}
    if step.id is not None and step.state is not P.PENDING and moved:
        raise RuleViolation("step.filed", f"{step.display_name} 已报送，不能更换或删除")
    if item.department_id != step.department_id:
        step.department = item.department
    if step.is_new and case.state is CaseState.IN_PROGRESS:
        _start_added_step(session, step, case, item)


def _start_added_step(session: Session, step: CaseStep, case: ServiceCase, item: ServiceItem) -> None:
    """Give an item added after 分派 to the default liaison and compute the due date again."""
    step.liaison_id = default_liaison(item)
    add_event(session, case, AuditAction.STEP_ADD, today(), item.name, start=case.state, end=case.state)
    defer(session, f"due {case.id}", lambda _: set_due(case))


def default_liaison(item: ServiceItem) -> int | None:
    """The id of the item's default liaison; None if they are inactive or moved to another department."""
    liaison = item.liaison
    fit = liaison is not None and liaison.active and liaison.department_id == item.department_id
    return liaison.id if liaison is not None and fit else None


def why_frozen(case: ServiceCase) -> str | None:
    """Why the items of the case cannot change any more; None while they can."""
    if case.state in ITEMS_MAY_CHANGE:
        return None
    return f"{case.display_name} 现为“{case.state.label}”，不能再改动事项"


def why_not_dropped(step: CaseStep) -> str | None:
    """Why the item cannot be deleted: after 分派 it can only be withdrawn, and a case keeps its last item."""
    case = step.case
    if refusal := why_frozen(case):
        return refusal
    if step.state is not P.PENDING:
        return f"{step.display_name} 已报送，不能更换或删除"
    if case.state is CaseState.IN_PROGRESS:
        return f"{case.display_name} 已分派，事项不能删除；不再办理的请“撤回事项”"
    if case.state not in EARLY and len(case.steps) == 1:
        return f"{case.display_name} 至少要有一个具体事项"
    return None


def drop_step(_: Session, step: CaseStep) -> None:
    """Refuse to delete an item that must stay."""
    if refusal := why_not_dropped(step):
        raise RuleViolation("step.kept", refusal)
