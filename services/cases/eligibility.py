"""服务条件: whom a county serves, where its document says so. Source: H 三."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from models.cases import ServiceCase
from models.items import ItemCategory
from models.places import Meaning
from models.projects import Authority
from services.cases.transitions import is_key
from services.kernel.errors import RuleViolation

#: What new enterprises ask for: setting up and change, and the permits and registrations with it.
STARTING = frozenset({ItemCategory.STARTING, ItemCategory.OTHER})


def check_eligible(session: Session, case: ServiceCase) -> None:
    """Refuse a case that meets no condition of its county; any one of them is enough."""
    if not case.county.eligibility_checked:
        return
    way = case.eligibility
    if way is None or way.meaning is None:
        raise RuleViolation("eligibility.none", f"{case.display_name} 还没有选择服务条件，请在申请里补上")
    fault = CHECKS[way.meaning](session, case)
    if fault:
        raise RuleViolation("eligibility.refused", f"{case.display_name} 不符合“{way.name}”：{fault}")


def _for_people(_: Session, case: ServiceCase) -> str | None:
    """(一): people who cannot move easily, or are in special need."""
    return "须由个人申请" if case.enterprise_id is not None else None


def _for_starting(_: Session, case: ServiceCase) -> str | None:
    """(二): setting up and change of new enterprises, 食品经营许可, and their 社保 and 税务."""
    others = [step.item.name for step in case.steps if step.item.category not in STARTING]
    if case.enterprise_id is None:
        return "须由企业申请"
    return f"{'、'.join(others)}不在此列" if others else None


def _for_project(_: Session, case: ServiceCase) -> str | None:
    """(三): approved by the county, guided industry, investment large enough, none of those left out."""
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
    """(四): in a yearly plan of major projects, pressed on by the leadership, or designated."""
    listed = is_key(session, case) or (case.project is not None and case.project.major_plan)
    return None if listed or case.eligibility_basis else "须写明列入、督办或指定的文号和理由"


CHECKS: Mapping[Meaning, Callable[[Session, ServiceCase], str | None]] = {
    Meaning.FOR_PEOPLE: _for_people,
    Meaning.FOR_STARTING: _for_starting,
    Meaning.FOR_PROJECT: _for_project,
    Meaning.FOR_DESIGNATED: _for_designated,
}
