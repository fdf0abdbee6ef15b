"""One item of a case at one department: filing, acceptance, result, and who handles it.

Source: DOMAIN sections 4 and 6; W, Z 附件1 三-四; H 四(二), 五(二).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from models.cases import CaseState, CaseStep, ServiceCase, StepState
from models.people import DepartmentLiaison
from services.access import may, require
from services.actor import Actor
from services.audit import acting
from services.cases import FINAL, add_event, check_date, go
from services.cases import name_of as case_name
from services.deadlines import set_due, step_due
from services.errors import RuleViolation

P = StepState


@dataclass(frozen=True)
class StepMove:
    """One action on a step: from which states, to which, its permission, and what it must say."""

    label: str
    starts: frozenset[StepState]
    end: StepState
    permission: str
    needs_reason: bool = False


#: Every action on a step of a case that is 办理中. Source: DOMAIN section 4.
STEP_MOVES: Mapping[str, StepMove] = {
    "file": StepMove("报送", frozenset({P.PENDING}), P.FILED, "step.file"),
    "accept": StepMove("部门受理", frozenset({P.FILED}), P.ACCEPTED, "step.record"),
    "ask": StepMove("要求补正", frozenset({P.ACCEPTED}), P.SUPPLEMENT, "step.record", True),
    "resume": StepMove("补正完成", frozenset({P.SUPPLEMENT}), P.ACCEPTED, "step.record"),
    "grant": StepMove("办结事项", frozenset({P.ACCEPTED}), P.GRANTED, "step.record"),
    "deny": StepMove("未办成", frozenset({P.ACCEPTED, P.SUPPLEMENT}), P.DENIED, "step.record", True),
    "withdraw": StepMove(
        "撤回事项", frozenset({P.PENDING, P.FILED, P.ACCEPTED, P.SUPPLEMENT}), P.WITHDRAWN,
        "step.file", True,
    ),
}  # fmt: skip


def name_of(step: CaseStep) -> str:
    """What messages call a step: its case's number and its item."""
    return f"{case_name(step.case)}“{step.item.name}”"


def why_not(actor: Actor, step: CaseStep, name: str) -> str | None:
    """Why the action is impossible for the actor on this step now; None when it is possible."""
    move = STEP_MOVES[name]
    if not may(actor, move.permission):
        return "您的角色不办理此事"
    if step.case.state is not CaseState.IN_PROGRESS:
        return f"{case_name(step.case)} 现为“{step.case.state.label}”，不在办理中"
    if step.state not in move.starts:
        return f"{name_of(step)} 现为“{step.state.label}”，不能{move.label}"
    return None


def name_liaison(session: Session, steps: Sequence[CaseStep], liaison: DepartmentLiaison) -> None:
    """指定专办员: the department's leader gives `steps` to one of his department's liaisons.

    All or none. Source: H 四(二)-(三); DOMAIN section 4.
    """
    actor = require(session, "step.name_liaison")
    if not liaison.active:
        raise RuleViolation("liaison.inactive", f"{liaison.name}已不在岗", field="liaison")
    for step in steps:
        if not actor.is_system and step.department_id != actor.department_id:
            raise RuleViolation("step.department", f"{name_of(step)} 不是本部门的事项")
        if liaison.department_id != step.department_id:
            raise RuleViolation(
                "liaison.department", f"{liaison.name}不是{step.department.name}的专办员", field="liaison"
            )
        if step.state in FINAL:
            raise RuleViolation("step.final", f"{name_of(step)} 已是“{step.state.label}”，不能再指定专办员")
    with acting(session, "指定专办员"):
        for step in steps:
            step.liaison_id = liaison.id


def record(
    session: Session,
    steps: Sequence[CaseStep],
    name: str,
    *,
    on: date,
    reason: str | None = None,
    approval_number: str | None = None,
) -> None:
    """One action of STEP_MOVES on `steps`; all or none. The last result finishes the case."""
    move = STEP_MOVES[name]
    actor = require(session, move.permission)
    if move.needs_reason and not reason:
        raise RuleViolation("step.reason", f"{move.label}须写明原因", field="reason")
    for step in steps:
        refusal = why_not(actor, step, name)
        if refusal:
            raise RuleViolation("step.wrong_state", refusal)
        earliest = max(d for d in (step.filed_on, step.accepted_on, step.case.assigned_on, date.min) if d)
        check_date(on, earliest, move.label)
        with acting(session, move.label):
            _apply(step, move, on, reason, approval_number)
        add_event(session, step.case, move.label, on, _note(step, reason), step_id=step.id)
    for case in {step.case_id: step.case for step in steps}.values():
        set_due(case)
        finish_if_done(session, case, on)
    session.flush()


def _note(step: CaseStep, reason: str | None) -> str:
    return f"{step.item.name}：{reason}" if reason else step.item.name


def _apply(
    step: CaseStep, move: StepMove, on: date, reason: str | None, approval_number: str | None
) -> None:
    first_acceptance = move.end is P.ACCEPTED and step.accepted_on is None
    step.state = move.end
    step.reason = reason or step.reason
    if move.end is P.FILED:
        step.filed_on = on
    elif first_acceptance:
        step.accepted_on = on
        step.due_on, _ = step_due(step, None)
    elif move.end in FINAL:
        step.finished_on = on
        step.approval_number = approval_number or step.approval_number


def finish_if_done(session: Session, case: ServiceCase, on: date) -> None:
    """审批完成 follows by itself when every step is final and at least one was granted."""
    states = {step.state for step in case.steps}
    if states <= FINAL and P.GRANTED in states:
        last = max(step.finished_on or on for step in case.steps)
        go(session, case, "finish", last, None)


#: States of a case in which items may still be added.
GROWING = frozenset(
    {CaseState.DRAFT, CaseState.SUBMITTED, CaseState.SUPPLEMENT, CaseState.ACCEPTED, CaseState.IN_PROGRESS}
)


def guard_step(session: Session, step: CaseStep, values: Mapping[str, Any]) -> None:
    """Rules of an item's form: it goes to its own department, and only while nothing was filed."""
    case, item = values.get("case", step.case), values.get("item", step.item)
    if case.state not in GROWING:
        raise RuleViolation("step.closed", f"{case_name(case)} 现为“{case.state.label}”，不能再改动事项")
    moved = {"case", "item"} & {k for k, v in values.items() if getattr(step, k) != v}
    if step.id is not None and step.state is not P.PENDING and (moved or not values):
        raise RuleViolation("step.filed", f"{name_of(step)} 已报送，不能更换或删除")
    if item.department_id != step.department_id:
        step.department = item.department
