"""服务条件: which applicants a county serves, where its document limits them. Source: H 三."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from models.cases import ServiceCase
from models.items import ServiceItem
from models.places import Meaning
from models.projects import Authority
from services.cases.transitions import is_key
from services.kernel.errors import RuleViolation


def check_eligible(session: Session, case: ServiceCase) -> None:
    """Refuse to accept a case that does not meet the condition chosen on it.

    Such a case can still be submitted, so that 不予受理 can tell the applicant why.
    """
    fault = why_ineligible(session, case)
    if fault:
        raise RuleViolation("eligibility.refused", f"{case.display_name} {fault}")


def why_ineligible(session: Session, case: ServiceCase) -> str | None:
    """Why the case does not meet its condition; None when it does or the county checks none."""
    if not case.county.eligibility_checked:
        return None
    way = case.eligibility
    if way is None or way.meaning is None:
        return "还没有选择服务条件，请在申请里补上；都不符合的，请“不予受理”"
    fault = CHECKS[way.meaning](session, case)
    return f"不符合“{way.name}”：{fault}" if fault else None


def _for_people(_: Session, case: ServiceCase) -> str | None:
    """条件一: people with limited mobility or special needs, for 民生保障 items."""
    if case.enterprise_id is not None:
        return "须由个人申请"
    return _other_items(case, ServiceItem.livelihood.key, "民生保障事项")


def _for_starting(_: Session, case: ServiceCase) -> str | None:
    """条件二: new enterprises: 设立, 变更, 食品经营许可, 社保 and 税务."""
    if case.enterprise_id is None:
        return "须由企业申请"
    return _other_items(case, ServiceItem.for_new_firms.key, "新注册企业事项")


def _other_items(case: ServiceCase, key: str, kind: str) -> str | None:
    """Why the items of a case are not all of one kind, which is ticked in their column `key`."""
    if not case.steps:
        return f"须写明具体事项，都是{kind}"
    others = [step.item.name for step in case.steps if not getattr(step.item, key)]
    return f"{'、'.join(others)}不是{kind}" if others else None


def _for_project(_: Session, case: ServiceCase) -> str | None:
    """条件三: approved by the county, a favoured industry, enough investment, and not restricted."""
    project, least = case.project, case.county.eligible_investment
    if project is None:
        return "须选择项目"
    faults = [
        said
        for wrong, said in (
            (project.authority is not Authority.COUNTY, "审批权限不属县级"),
            (not project.guided, "未核实符合产业导向"),
            (least is not None and (project.investment or 0) < least, f"投资额不足 {least} 万元"),
            (project.restricted, "属于宏观调控、高耗能、高污染或资源类"),
        )
        if wrong
    ]
    return "，".join(faults) or None


def _for_designated(session: Session, case: ServiceCase) -> str | None:
    """条件四: in the yearly plan of major projects, under 督办 of the leadership, or designated."""
    listed = is_key(session, case) or (case.project is not None and case.project.major_plan)
    return None if listed or case.eligibility_basis else "须写明列入、督办或指定的文号和理由"


CHECKS: Mapping[Meaning, Callable[[Session, ServiceCase], str | None]] = {
    Meaning.FOR_PEOPLE: _for_people,
    Meaning.FOR_STARTING: _for_starting,
    Meaning.FOR_PROJECT: _for_project,
    Meaning.FOR_DESIGNATED: _for_designated,
}
