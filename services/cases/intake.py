"""申请与受理: what an application requires, what is missing, and how it is accepted or refused.

Source: W, Z 附件1 一, 附件2 注1; B 六.1-2; H 三, 五(一); 领域 4, 5.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Unpack

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.cases import EARLY, CaseEvent, CaseForm, CaseScope, CaseStep, ServiceCase
from models.fields import field_of
from models.items import ServiceItem
from models.people import Role
from models.places import Commitment, County
from models.projects import Assignment
from models.records import NumberKind
from models.work import Agreement, CaseMaterial, MaterialState, WorkRecord
from services.cases.deadlines import set_due
from services.cases.eligibility import check_eligible
from services.cases.received_papers import NOTHING_RECEIVED, Whereabouts, check_settled, materials_of, settle_papers
from services.cases.steps import withdraw_items
from services.cases.telling import Told, tellings
from services.cases.transitions import MOVES, check_date, is_key, last_day_of, targets_of, transition
from services.kernel.access import require, station_of
from services.kernel.actor import Actor, actor_of
from services.kernel.errors import RuleViolation
from services.kernel.roles import acts_as
from services.records.numbers import take_number

#: What 说明服务流程 says in the 工作纪实.
PROCESS = "说明帮办代办的流程、需要的材料和时限"


class Requirement(NamedTuple):
    """Something that an application or an acceptance may need: whether it is needed and present, and its name.

    `key`: the column of the case to tick once it is present; None where a tick is not enough.
    """

    needed: bool
    there: Any
    name: str
    key: str | None = None


def owed_to_submit(_: Session, case: ServiceCase) -> list[str]:
    """Columns of the case for papers that the application still lacks."""
    return _missing_columns(_application_requirements(case))


def owed_to_accept(session: Session, case: ServiceCase) -> list[str]:
    """Columns of the case for what the acceptance still lacks: signatures, papers handed over."""
    return _missing_columns(_acceptance_requirements(session, case))


def _missing_columns(asked: Sequence[Requirement]) -> list[str]:
    return [one.key for one in asked if one.key and one.needed and not one.there]


def _tick(case: ServiceCase, owed: Sequence[str], present: Collection[str]) -> None:
    for key in owed:
        if key in present:
            setattr(case, key, True)


def submit(session: Session, cases: Sequence[ServiceCase], *, on: date, present: Collection[str] = ()) -> None:
    """提交: check that the application is complete and give the case its permanent number.

    `present`: columns from `owed_to_submit` to tick.
    """
    actor = require(session, "case.submit")
    for case in cases:
        _check_lead_office(session, actor, case, "提交")
        _tick(case, owed_to_submit(session, case), present)
        _check_requirements(case, _application_requirements(case))
        with transition(session, case, "submit", on):
            pass
        case.number = case.number or take_number(session, case.county, NumberKind.CASE, on.year)
    session.flush()


def _check_lead_office(session: Session, actor: Actor, case: ServiceCase, what: str) -> None:
    """The lead office handles key projects and key enterprises only; agents and windows handle the others."""
    if acts_as(actor, Role.LEAD_OFFICE) and not is_key(session, case):
        raise RuleViolation(
            "case.not_key",
            f"{case.display_name} 不属于重点项目、重点企业，由{case.county.agent_word}{what}；代其录入的请选择“代录”",
            field="behalf",
        )


def _application_requirements(case: ServiceCase) -> tuple[Requirement, ...]:
    """What this county requires of the application. Source: 领域 4, submit."""
    county = case.county
    return (
        Requirement(county.proof_needed, case.proof_received, "书面委托证明", "proof_received"),
        Requirement(county.commitment is Commitment.SEPARATE, case.commitment_signed, "承诺书", "commitment_signed"),
        Requirement(county.first_contact_needed, case.first_contact, "首问责任人"),
        Requirement(county.tells_form, case.form, "帮办或代办"),
        Requirement(case.scope is not CaseScope.ALL, case.steps, "至少一个具体事项"),
    )


def _check_requirements(case: ServiceCase, asked: Sequence[Requirement]) -> None:
    """Refuse while a requirement is not met."""
    lacking = [one.name for one in asked if one.needed and not one.there]
    if lacking:
        raise RuleViolation("case.lacking", f"{case.display_name} 还缺：{'、'.join(lacking)}")


@dataclass(frozen=True)
class MissingMaterial:
    """A paper that the applicant still has to supply, and how to obtain it."""

    name: str
    remedy: str


def notify(
    session: Session,
    cases: Sequence[ServiceCase],
    *,
    on: date,
    materials: Sequence[MissingMaterial],
    reason: str | None,
) -> None:
    """一次性告知: tell the complete list of missing papers with a remedy each; a second time needs a reason.

    Source: B 六.1-2; 领域 4, notify.
    """
    require(session, "case.notify")
    if not materials:
        raise RuleViolation("notice.empty", "请写明缺少的材料，每项都要有补正办法", field="materials")
    for case in cases:
        if _was_told(session, case) and not reason:
            raise RuleViolation(
                "notice.twice", f"{case.display_name} 已经一次性告知过，再次告知须写明原因", field="reason"
            )
        names = "、".join(paper.name for paper in materials)
        with transition(session, case, "notify", on, f"缺少：{names}" + (f"；{reason}" if reason else "")):
            _mark_missing(session, case, materials)
            case.told_on = on
    session.flush()


def _was_told(session: Session, case: ServiceCase) -> bool:
    told = select(CaseEvent.id).where(
        CaseEvent.case_id == case.id, CaseEvent.action == AuditAction.CASE_NOTIFY, CaseEvent.taken_back.is_(False)
    )
    return session.scalar(told.limit(1)) is not None


def _mark_missing(session: Session, case: ServiceCase, materials: Sequence[MissingMaterial]) -> None:
    """Mark the papers as missing in the materials of the case, adding those not listed."""
    known = {row.name: row for row in materials_of(session, case)}
    for paper in materials:
        row = known.get(paper.name)
        if row is None:
            row = known[paper.name] = CaseMaterial(county_id=case.county_id, case_id=case.id, name=paper.name)
            session.add(row)
        row.state, row.remedy, row.received_on = MaterialState.MISSING, paper.remedy, None


def resupply(session: Session, cases: Sequence[ServiceCase], *, on: date, received: Sequence[int]) -> None:
    """登记补正: mark the papers with ids `received` as received. Those still missing stay asked for, and the case
    stays 待补正 until the last one comes.
    """
    require(session, "case.resupply")
    for case in cases:
        owed = materials_of(session, case, MaterialState.MISSING)
        came = [paper for paper in owed if paper.id in received]
        still = "、".join(paper.name for paper in owed if paper not in came)
        if still and not came:
            raise RuleViolation("materials.missing", f"{case.display_name} 还缺：{still}", field="received")
        check_date(on, last_day_of(session, case, AuditAction.CASE_RESUPPLY), "登记补正")
        names = "、".join(paper.name for paper in came)
        told = "；".join(
            text for text in (f"收到：{names}" if names else "", f"还缺：{still}" if still else "") if text
        )
        with transition(session, case, "resupply", on, told or None, partial=bool(still)):
            for paper in came:
                paper.state, paper.received_on = MaterialState.RECEIVED, on
    session.flush()


def accept(
    session: Session, cases: Sequence[ServiceCase], *, on: date, present: Collection[str] = (), **told: Unpack[Told]
) -> None:
    """受理: check the mandate and the papers that the county requires, and accept the case.

    `present`: columns from `owed_to_accept` to tick. B accepts 帮办 with incomplete papers. `told`: who explained
    the process of the service to whom.
    Source: W, Z 附件1 一; B 六.2; H 五(一).
    """
    actor = require(session, "case.accept")
    for case in cases:
        _check_lead_office(session, actor, case, "受理")
        _tick(case, owed_to_accept(session, case), present)
        _check_requirements(case, _application_requirements(case))
        check_eligible(session, case)
        _check_requirements(case, _acceptance_requirements(session, case))
        needed = case.county.process_told
        explained = tellings(session, case, "说明服务流程", PROCESS, told, needed=needed, until=on)
        with transition(session, case, "accept", on):
            set_due(case)
            session.add_all(explained)
    session.flush()


def _acceptance_requirements(session: Session, case: ServiceCase) -> tuple[Requirement, ...]:
    """What this county requires before 受理; nothing for 帮办 with incomplete papers."""
    county, key = case.county, is_key(session, case)
    missing = materials_of(session, case, MaterialState.MISSING)
    if missing and county.tells_form and case.form is CaseForm.ACCOMPANY:
        return ()
    mandate, handed = _has_mandate(session, case, key), _are_materials_handed(session, case)
    return (
        Requirement(county.agreement_needed, mandate, "委托协议" if key else "委托书", "agreement_signed"),
        Requirement(county.agreement_needed and not key, handed, "材料交接", "materials_handed"),
        Requirement(county.check_needed, case.papers_checked, "核实资料并确认签字", "papers_checked"),
        Requirement(bool(missing), False, "待补材料“" + "、".join(paper.name for paper in missing) + "”"),
    )


def _has_mandate(session: Session, case: ServiceCase, key: bool) -> bool:
    """Whether the mandate is signed: ticked on the case, or an agreement of the case or of the key unit."""
    if case.agreement_signed:
        return True
    about = [Agreement.case_id == case.id]
    if key:
        about += [getattr(Agreement, column) == target for column, target in targets_of(case) if target]
        signed = select(Assignment.id).where(
            or_(*(getattr(Assignment, column) == target for column, target in targets_of(case) if target)),
            Assignment.until.is_(None),
            Assignment.agreement_number.is_not(None),
        )
        if session.scalar(signed.limit(1)) is not None:
            return True
    return session.scalar(select(Agreement.id).where(or_(*about)).limit(1)) is not None


def _are_materials_handed(session: Session, case: ServiceCase) -> bool:
    """Whether papers were handed over: ticked on the case, or received according to its materials.

    What a 基层政务服务站 received is not at the window yet: the window's receipt of its list ticks the case.
    """
    if case.station_id is not None:
        return case.materials_handed
    return case.materials_handed or bool(materials_of(session, case, MaterialState.RECEIVED))


def reject(
    session: Session,
    cases: Sequence[ServiceCase],
    *,
    on: date,
    reason: str,
    papers: Whereabouts = NOTHING_RECEIVED,
    **told: Unpack[Told],
) -> None:
    """不予受理, with the reason, and who told it to whom, when and how; `papers`: where each received paper goes.

    Source: H 五(一), Z 二(二).
    """
    require(session, "case.reject")
    told_on = told.get("told_on") or on
    check_date(told_on, on, "告知")
    for case in cases:
        needed = case.county.refusal_told
        explained = tellings(session, case, "不予受理", reason, {**told, "told_on": told_on}, needed=needed)
        check_settled(session, case, papers)
        with transition(session, case, "reject", on, reason):
            case.refusal, case.told_on = reason, told_on
            session.add_all(explained)
            withdraw_items(case, on)
            settle_papers(session, case, papers, on)
    session.flush()


def withdraw(
    session: Session,
    cases: Sequence[ServiceCase],
    *,
    on: date,
    reason: str,
    papers: Whereabouts = NOTHING_RECEIVED,
) -> None:
    """撤回申请: the applicant withdraws before acceptance, and gets back what they handed in."""
    require(session, "case.withdraw")
    for case in cases:
        check_settled(session, case, papers)
        with transition(session, case, "withdraw", on, reason):
            case.refusal = reason
            withdraw_items(case, on)
            settle_papers(session, case, papers, on)
    session.flush()


def guard_case(session: Session, case: ServiceCase, values: Mapping[str, Any]) -> None:
    """Rules of a case's form: accepted applications do not change, and the project is the applicant's."""
    if case.is_new:
        case.station_id = station_of(actor_of(session))
    changed = {k for k, v in values.items() if getattr(case, k) != v}
    if case.id is not None and case.state not in EARLY and changed - {"remark"}:
        raise RuleViolation(
            "case.frozen", f"{case.display_name} 现为“{case.state.label}”，只能修改备注，申请内容不能再改"
        )
    _check_green_channel(case, values)
    enterprise = values.get("enterprise", case.enterprise)
    project = values.get("project", case.project)
    if not enterprise and not values.get("applicant_name", case.applicant_name):
        raise RuleViolation("case.applicant", "请选择申请单位，个人申请的请填写申请人", field="enterprise")
    if not enterprise and not _serves_people(session, case):
        raise RuleViolation("case.people", "本县（旗）不受理个人申请，请选择申请单位", field="enterprise")
    if project and enterprise and project.enterprise_id != enterprise.id:
        raise RuleViolation("case.project", f"“{project.name}”不是{enterprise.name}的项目", field="project")


def _check_green_channel(case: ServiceCase, values: Mapping[str, Any]) -> None:
    """绿色通道 is for special matters, and somebody named handles them. Source: B 六.4."""
    if not values.get("green_channel", case.green_channel):
        return
    for name in ("green_reason", "green_handler"):
        if not values.get(name, getattr(case, name)):
            label = field_of(ServiceCase, name).label
            raise RuleViolation("case.green", f"走绿色通道须填写{label}", field=name)


def _serves_people(session: Session, case: ServiceCase) -> bool:
    county = case.county_id or actor_of(session).county_id
    return bool(session.scalar(select(County.serves_people).where(County.id == county)))


def link_consultation(session: Session, case: ServiceCase, record_id: int | None) -> None:
    """Attach the record of the consultation that led to the application."""
    if record_id is None:
        return
    record = session.scalar(select(WorkRecord).where(WorkRecord.id == record_id, WorkRecord.case_id.is_(None)))
    if record is not None:
        record.case = case
        session.flush()


def drop_draft(session: Session, case: ServiceCase) -> None:
    """Delete the items of a draft before the draft itself; a numbered case cannot be deleted."""
    if case.state not in MOVES["submit"].starts or case.number is not None:
        raise RuleViolation("case.kept", f"{case.display_name} 已提交，不能删除；可以撤回或终止")
    for step in case.steps:
        session.delete(step)
    session.flush()


def set_items(session: Session, case: ServiceCase, items: Sequence[ServiceItem]) -> None:
    """Replace the items of the case by `items`, in this order.

    Only before acceptance; later, items are added and withdrawn one by one.
    """
    if case.state not in EARLY:
        raise RuleViolation("case.frozen", f"{case.display_name} 现为“{case.state.label}”，申请内容不能再改")
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
                    county_id=case.county_id,
                    case=case,
                    item=item,
                    department_id=item.department_id,
                    position=wanted[item.id],
                )
            )
    session.flush()
