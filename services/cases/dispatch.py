"""分派与移交: who handles a case. Source: Z 三(二), 附件1 一; B 五.3; H 四; 领域 4."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import ServiceCase
from models.people import GeneralAgent
from models.places import Department, DepartmentKind, IndustryDepartment
from models.projects import Assignment
from services.cases.steps import default_liaison
from services.cases.transitions import is_designated, targets_of, transition
from services.kernel.access import require
from services.kernel.errors import RuleViolation


def assign(
    session: Session,
    cases: Sequence[ServiceCase],
    agent: GeneralAgent,
    *,
    on: date,
    reason: str | None,
    responsible: Department | None = None,
    lead_section: Department | None = None,
) -> None:
    """分派: give each case to `agent`, a key case also to its chief officer, and its items to their liaisons.

    Where the industry decides the 责任单位, the agent must belong to that department. `responsible` names
    it when there is no rule for the industry. `lead_section`: the 牵头科室, where the county has them.
    """
    require(session, "case.assign")
    _check_active(agent)
    for case in cases:
        officer_id = chief_officer_of(session, case)
        if refusal := why_not_assigned(session, case):
            raise RuleViolation("case.not_ready", refusal)
        unit = _responsible_department(session, case, responsible)
        if unit is not None and agent.department_id != unit.id:
            raise RuleViolation(
                "agent.department",
                f"{case.display_name} 的责任单位是{unit.name}，请从该单位的{case.county.agent_word}中选择",
                field="agent",
            )
        if case.county.has_lead_sections and lead_section is None:
            raise RuleViolation("case.lead_section", f"{case.display_name} 须写明牵头科室", field="lead_section")
        with transition(session, case, "assign", on, reason):
            case.agent = agent
            case.lead_section = lead_section
            case.officer_id = officer_id
            case.responsible = unit
            for step in case.steps:
                step.liaison_id = step.liaison_id or default_liaison(step.item)
    session.flush()


def _check_active(agent: GeneralAgent) -> None:
    if not agent.active:
        raise RuleViolation("agent.inactive", f"{agent.name}已不在岗，不能分派", field="agent")


def _responsible_department(session: Session, case: ServiceCase, given: Department | None) -> Department | None:
    """责任单位: the lead office for cases without a project or with only its own items, else by industry.

    Source: H 四(一).
    """
    if not case.county.responsible_by_industry:
        return None
    lead = [step.department.kind is DepartmentKind.LEAD for step in case.steps]
    if case.project is None or all(lead):
        return session.scalars(
            select(Department)
            .where(Department.county_id == case.county_id, Department.kind == DepartmentKind.LEAD)
            .order_by(Department.id)
        ).first()
    rule = session.scalars(
        select(IndustryDepartment).where(
            IndustryDepartment.county_id == case.county_id,
            IndustryDepartment.industry == case.project.industry_kind,
        )
    ).first()
    if rule is None and given is not None:
        return given
    if rule is None:
        raise RuleViolation(
            "case.responsible",
            f"项目的产业类型“{case.project.industry_kind or '未填'}”还没有归口部门，请选择责任单位",
            field="responsible",
        )
    return rule.department


def chief_officer_of(session: Session, case: ServiceCase) -> int | None:
    """The id of the officer of the case's project, else of its enterprise; None where counties have none."""
    if not case.county.has_chief_officers:
        return None
    officers = (_officer_of(session, column, target) for column, target in targets_of(case))
    return next((officer for officer in officers if officer is not None), None)


def _officer_of(session: Session, column: str, target: int | None) -> int | None:
    if target is None:
        return None
    return session.scalar(
        select(Assignment.officer_id).where(getattr(Assignment, column) == target, Assignment.until.is_(None))
    )


def why_not_assigned(session: Session, case: ServiceCase) -> str | None:
    """Why the case cannot be assigned now, whoever gets it: it has no items, or a key target without an officer.

    A key project needs its own officer; that of its enterprise does not stand in for it.
    """
    if not case.steps:
        return f"{case.display_name} 还没有具体事项，请先添加再分派"
    for column, target in targets_of(case) if case.county.has_chief_officers else ():
        if _officer_of(session, column, target) is not None:
            return None
        if target is not None and is_designated(session, column, target):
            return f"{case.display_name} 属于重点名单，请先分包给首席服务员"
    return None


def hand_over(session: Session, cases: Sequence[ServiceCase], agent: GeneralAgent, *, on: date, reason: str) -> None:
    """移交: give the cases to another agent, by the lead office or by the agent who has them."""
    require(session, "case.hand_over")
    _check_active(agent)
    for case in cases:
        if case.agent_id == agent.id:
            raise RuleViolation("agent.same", f"{case.display_name} 现在就由{agent.name}办理", field="agent")
        before = case.agent.name if case.agent else "无"
        with transition(session, case, "hand_over", on, f"{before} → {agent.name}：{reason}"):
            case.agent = agent
    session.flush()
