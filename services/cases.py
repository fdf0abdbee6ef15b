"""A case on its way: one table of states, and the actions that move through it.

Source: DOMAIN section 4; W, Z 附件1; B 六; H 五.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.cases import (
    CaseEvent,
    CaseForm,
    CaseScope,
    CaseState,
    CaseStep,
    Completion,
    Delivery,
    ServiceCase,
    StepState,
    Termination,
)
from models.items import ServiceItem
from models.people import GeneralAgent, Role
from models.places import Commitment, CountyOption, Meaning
from models.projects import Assignment, KeyDesignation
from models.records import NumberKind
from services.access import may, require
from services.actor import Actor, actor_of
from services.audit import acting
from services.calendar import today
from services.deadlines import set_due
from services.errors import Forbidden, RuleViolation
from services.numbers import take_number

S = CaseState


@dataclass(frozen=True)
class Move:
    """One action: from which states, to which (None: it stays), and the permission it needs."""

    label: str
    starts: frozenset[CaseState]
    end: CaseState | None
    permission: str


def _move(label: str, starts: Sequence[CaseState], end: CaseState | None, permission: str) -> Move:
    return Move(label, frozenset(starts), end, f"case.{permission}")


#: Every action that changes the state of a case. Source: DOMAIN section 4.
MOVES: Mapping[str, Move] = {
    "submit": _move("提交", [S.DRAFT], S.SUBMITTED, "submit"),
    "notify": _move("一次性告知", [S.SUBMITTED], S.SUPPLEMENT, "notify"),
    "resupply": _move("登记补正", [S.SUPPLEMENT], S.SUBMITTED, "resupply"),
    "reject": _move("不予受理", [S.SUBMITTED, S.SUPPLEMENT], S.REJECTED, "reject"),
    "withdraw": _move("撤回申请", [S.SUBMITTED, S.SUPPLEMENT], S.WITHDRAWN, "withdraw"),
    "accept": _move("受理", [S.SUBMITTED], S.ACCEPTED, "accept"),
    "assign": _move("分派", [S.ACCEPTED], S.IN_PROGRESS, "assign"),
    "finish": _move("审批完成", [S.IN_PROGRESS], S.APPROVED, "finish"),
    "deliver": _move("送达", [S.APPROVED], S.DELIVERED, "close"),
    "close": _move("办结", [S.DELIVERED], S.CLOSED, "close"),
    "evaluate": _move("评价", [S.CLOSED], S.EVALUATED, "evaluate"),
    "terminate": _move(
        "终止", [S.ACCEPTED, S.IN_PROGRESS, S.APPROVED], S.TERMINATED, "terminate"
    ),
    "archive": _move("归档", [S.EVALUATED, S.TERMINATED], S.ARCHIVED, "archive"),
}

#: The column that keeps the business date of a move, where there is one.
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

#: States in which a step is over. Source: DOMAIN section 4.
FINAL = frozenset({StepState.GRANTED, StepState.DENIED, StepState.WITHDRAWN})

#: States in which a case is still being worked on.
OPEN = frozenset({S.ACCEPTED, S.IN_PROGRESS, S.APPROVED, S.DELIVERED})


def name_of(case: ServiceCase) -> str:
    """What messages call the case: its number, or its matter while it has none."""
    return case.number or f"“{case.matter}”"


def why_not(actor: Actor, case: ServiceCase, name: str) -> str | None:
    """Why `name` is impossible for the actor on this case now; None when it is possible.

    Only what the state and the role say; what the form still lacks is refused when it is sent.
    """
    move = MOVES[name]
    if not may(actor, move.permission):
        return "您的角色不办理此事"
    if case.state not in move.starts:
        return f"{name_of(case)} 现为“{case.state.label}”，不能{move.label}"
    if actor.role is Role.CHIEF_OFFICER and not case.county.officer_delivers:
        return f"{case.county.name}由{case.county.agent_word}{move.label}"
    return None


def is_key(session: Session, case: ServiceCase) -> bool:
    """Whether the case is about a key project or of a key enterprise."""
    targets = (("project_id", case.project_id), ("enterprise_id", case.enterprise_id))
    return any(target and is_designated(session, column, target) for column, target in targets)


def check_date(on: date, earliest: date | None, what: str) -> None:
    """A business date may lie in the past, never before its predecessor, never in the future."""
    if on > today():
        raise RuleViolation("date.future", f"{what}日期不能晚于今天", field="on")
    if earliest is not None and on < earliest:
        raise RuleViolation("date.order", f"{what}日期不能早于上一步的 {earliest}", field="on")


def latest_date(session: Session, case: ServiceCase) -> date | None:
    """The business date of the last thing that happened to the case."""
    last: date | None = session.scalar(
        select(func.max(CaseEvent.happened_on)).where(CaseEvent.case_id == case.id)
    )
    return max((d for d in (last, case.submitted_on, case.accepted_on) if d), default=None)


def move(session: Session, case: ServiceCase, name: str, on: date, note: str | None = None) -> None:
    """Take `case` through one row of MOVES on the business date `on`, and write its event.

    Flushes, so that of two who act at once the second is refused before any number is taken.
    """
    actor = actor_of(session)
    refusal = why_not(actor, case, name)
    if refusal:
        raise RuleViolation("case.wrong_state", refusal)
    check_date(on, latest_date(session, case), MOVES[name].label)
    go(session, case, name, on, note)


def go(session: Session, case: ServiceCase, name: str, on: date, note: str | None) -> None:
    """The move itself, for callers that have checked it."""
    this, start = MOVES[name], case.state
    with acting(session, this.label):
        if this.end is not None:
            case.state = this.end
        if name in DATES:
            setattr(case, DATES[name], on)
    add_event(session, case, this.label, on, note, start=start, end=case.state)


def add_event(
    session: Session,
    case: ServiceCase,
    action: str,
    on: date,
    note: str | None = None,
    *,
    step_id: int | None = None,
    start: CaseState | None = None,
    end: CaseState | None = None,
) -> None:
    """Write what happened to the case into its 办理过程."""
    session.add(
        CaseEvent(
            county_id=case.county_id, case_id=case.id, step_id=step_id, action=action,
            happened_on=on, note=note, recorded_by_id=actor_of(session).user_id,
            from_state=start, to_state=end,
        )
    )  # fmt: skip


def submit(session: Session, cases: Sequence[ServiceCase], *, on: date) -> None:
    """提交: the application is complete; the case gets its number."""
    require(session, "case.submit")
    for case in cases:
        _need_application(case)
        move(session, case, "submit", on)
        case.number = take_number(session, case.county, NumberKind.CASE, on.year)
    session.flush()


def _need_application(case: ServiceCase) -> None:
    """What the application must carry in this county. Source: DOMAIN section 4, row submit."""
    county = case.county
    missing = [
        label
        for needed, present, label in (
            (county.proof_needed, case.proof_received, "书面委托证明"),
            (county.commitment is Commitment.SEPARATE, case.commitment_signed, "承诺书"),
            (county.first_contact_needed, case.first_contact, "首问责任人"),
            (county.tells_form, case.form, "帮办或代办"),
            (case.scope is not CaseScope.ALL, case.steps, "至少一个具体事项"),
        )
        if needed and not present
    ]
    if missing:
        raise RuleViolation("case.application", f"{name_of(case)} 还缺：{'、'.join(missing)}")


def accept(session: Session, cases: Sequence[ServiceCase], *, on: date) -> None:
    """受理: the papers are handed over and the mandate is signed, where the county asks for it.

    B: 帮办 with incomplete papers is accepted without them. Source: W, Z 附件1 一; B 六.2; H 五(一).
    """
    actor = require(session, "case.accept")
    for case in cases:
        if actor.role is Role.LEAD_OFFICE and not is_key(session, case):
            raise RuleViolation(
                "case.not_key", f"{name_of(case)} 不属于重点项目、重点企业，由{case.county.agent_word}受理"
            )
        exempt = case.form is CaseForm.ACCOMPANY
        if case.county.agreement_needed and not exempt:
            missing = [
                label
                for present, label in (
                    (case.agreement_signed, "委托书或委托协议"),
                    (case.materials_handed, "材料交接"),
                )
                if not present
            ]
            if missing:
                raise RuleViolation("case.papers", f"{name_of(case)} 还缺：{'、'.join(missing)}")
        move(session, case, "accept", on)
        set_due(case)
    session.flush()


def assign(
    session: Session, cases: Sequence[ServiceCase], agent: GeneralAgent, *, on: date, reason: str | None
) -> None:
    """分派: the case goes to `agent`, a key one also to its chief officer, its items to departments."""
    require(session, "case.assign")
    if not agent.active:
        raise RuleViolation("agent.inactive", f"{agent.name}已不在岗，不能分派", field="agent")
    for case in cases:
        officer_id = chief_officer_of(session, case)
        if not case.steps:
            raise RuleViolation("case.no_items", f"{name_of(case)} 还没有具体事项，请先添加再分派")
        move(session, case, "assign", on, reason)
        case.agent = agent
        case.officer_id = officer_id
        for step in case.steps:
            step.liaison_id = step.liaison_id or step.item.liaison_id
    session.flush()


def chief_officer_of(session: Session, case: ServiceCase) -> int | None:
    """The officer of the case's key project, else of its key enterprise.

    A key one without an officer is refused where the county has chief officers.
    """
    if not case.county.has_chief_officers:
        return None
    for column, target in (("project_id", case.project_id), ("enterprise_id", case.enterprise_id)):
        if target is None:
            continue
        officer = session.scalar(
            select(Assignment.officer_id).where(
                getattr(Assignment, column) == target, Assignment.until.is_(None)
            )
        )
        if officer is not None:
            return officer
        if is_designated(session, column, target):
            raise RuleViolation("case.no_officer", f"{name_of(case)} 属于重点名单，请先分包给首席服务员")
    return None


def is_designated(session: Session, column: str, target: int) -> bool:
    """Whether the project or enterprise `target` is on the key list now."""
    found = session.scalar(
        select(KeyDesignation.id).where(
            getattr(KeyDesignation, column) == target, KeyDesignation.revoked_on.is_(None)
        )
    )
    return found is not None


def deliver_and_close(
    session: Session,
    cases: Sequence[ServiceCase],
    *,
    way: CountyOption,
    documents: str,
    recipient: str,
    on: date,
    tracking_number: str | None = None,
) -> None:
    """送达并办结: the papers are handed over and the numbered 办结单 is made; two records, one action."""
    actor = require(session, "case.close")
    if way.meaning is Meaning.POSTED and not tracking_number:
        raise RuleViolation("delivery.tracking", f"“{way.name}”须填邮寄单号", field="tracking_number")
    for case in cases:
        move(session, case, "deliver", on, f"{way.name}，接收人 {recipient}")
        session.add(
            Delivery(
                county_id=case.county_id, case_id=case.id, way_id=way.id, delivered_on=on,
                documents=documents, recipient=recipient, tracking_number=tracking_number,
                delivered_by_id=actor.staff_id,
            )
        )  # fmt: skip
        move(session, case, "close", on)
        number = take_number(session, case.county, NumberKind.COMPLETION, on.year)
        session.add(
            Completion(
                county_id=case.county_id, case_id=case.id, number=number, completed_on=on,
                handler=recipient, closed_by_id=actor.staff_id,
            )
        )  # fmt: skip
    session.flush()


def terminate(
    session: Session,
    cases: Sequence[ServiceCase],
    *,
    reason: CountyOption,
    explanation: str | None,
    returned: str | None,
    one_sided: bool,
    on: date,
) -> None:
    """终止: both sides, or (lead office) one side, end the mandate; papers go back; a numbered slip.

    Source: W, Z 附件2 注2, 附件5; H 五(三).
    """
    actor = require(session, "case.terminate")
    if one_sided and actor.role is not Role.LEAD_OFFICE:
        raise Forbidden("单方终止须由牵头单位办理")
    for case in cases:
        move(session, case, "terminate", on, f"{reason.name} {explanation or ''}".strip())
        for step in case.steps:
            if step.state not in FINAL:
                step.state = StepState.WITHDRAWN
                step.finished_on = on
        number = take_number(session, case.county, NumberKind.TERMINATION, on.year)
        session.add(
            Termination(
                county_id=case.county_id, case_id=case.id, number=number, terminated_on=on,
                reason_id=reason.id, explanation=explanation, returned=returned,
                one_sided=one_sided, ended_by_id=actor.staff_id,
                handler=case.enterprise.handler if case.enterprise else case.applicant_name,
            )
        )  # fmt: skip
    session.flush()


def reject(session: Session, cases: Sequence[ServiceCase], *, on: date, reason: str) -> None:
    """不予受理, with the reason that the applicant is told. Source: H 五(一), Z 二(二)."""
    _end_before_acceptance(session, cases, "reject", on, reason)


def withdraw(session: Session, cases: Sequence[ServiceCase], *, on: date, reason: str) -> None:
    """撤回申请: the applicant's wish, before acceptance."""
    _end_before_acceptance(session, cases, "withdraw", on, reason)


def _end_before_acceptance(
    session: Session, cases: Sequence[ServiceCase], name: str, on: date, reason: str
) -> None:
    require(session, f"case.{name}")
    for case in cases:
        move(session, case, name, on, reason)
        case.refusal = reason
    session.flush()


#: States in which the application itself may still be corrected.
EARLY = frozenset({S.DRAFT, S.SUBMITTED, S.SUPPLEMENT})


def guard_case(session: Session, case: ServiceCase, values: Mapping[str, Any]) -> None:
    """Rules of a case's form: what was accepted stands, and the project is the applicant's."""
    changed = {k for k, v in values.items() if getattr(case, k) != v}
    if case.id is not None and case.state not in EARLY and changed - {"remark"}:
        raise RuleViolation(
            "case.frozen", f"{name_of(case)} 现为“{case.state.label}”，只能修改备注，申请内容不能再改"
        )
    enterprise = values.get("enterprise", case.enterprise)
    project = values.get("project", case.project)
    if not enterprise and not values.get("applicant_name", case.applicant_name):
        raise RuleViolation("case.applicant", "请选择申请单位，群众申请的请填写申请人", field="enterprise")
    if project and enterprise and project.enterprise_id != enterprise.id:
        raise RuleViolation("case.project", f"“{project.name}”不是{enterprise.name}的项目", field="project")


def drop_draft(session: Session, case: ServiceCase) -> None:
    """A draft may be deleted with its items; what was submitted stays for good."""
    if case.state is not S.DRAFT:
        raise RuleViolation("case.kept", f"{name_of(case)} 已提交，不能删除；可以撤回或终止")
    for step in case.steps:
        session.delete(step)
    session.flush()


def set_items(session: Session, case: ServiceCase, items: Sequence[ServiceItem]) -> None:
    """Make the case's items these, in this order; each goes to its own department.

    Once the case is being handled, items are added and removed one by one instead.
    """
    if case.state not in EARLY:
        raise RuleViolation("case.frozen", f"{name_of(case)} 现为“{case.state.label}”，申请内容不能再改")
    wanted = {item.id: position for position, item in enumerate(items, 1)}
    for step in list(case.steps):
        if step.item_id in wanted:
            step.position = wanted.pop(step.item_id)
        else:
            case.steps.remove(step)
            session.delete(step)
    session.flush()
    for item in items:
        if item.id in wanted:
            session.add(
                CaseStep(
                    county_id=case.county_id, case=case, item=item, department_id=item.department_id,
                    position=wanted[item.id],
                )
            )  # fmt: skip
    session.flush()
