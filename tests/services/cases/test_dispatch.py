"""分派与移交: 责任单位 by industry, and who may hand over a case."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import CaseEvent, CaseState, ServiceCase
from models.people import Role
from models.places import DepartmentKind
from services.cases import dispatch
from services.kernel.errors import RuleViolation
from tests import factories as f
from tests.at_work import become, ready
from tests.factories import DAY


def accepted(session: Session, **values: Any) -> ServiceCase:
    case = ready(session, state=CaseState.ACCEPTED, **values)
    case.county.responsible_by_industry = True
    return case


def of_industry(session: Session, industry: str | None) -> ServiceCase:
    project = f.make_project(session, industry_kind=industry)
    return accepted(session, project=project, enterprise_id=project.enterprise_id)


def test_the_department_of_the_industry_supplies_the_agent(session: Session) -> None:
    rule = f.make_industry(session, industry="农产品加工")
    case = of_industry(session, "农产品加工")
    other = f.make_agent(session)
    with pytest.raises(RuleViolation, match=f"责任单位是{rule.department.name}") as error:
        dispatch.assign(session, [case], other, on=DAY, reason=None)
    assert error.value.field == "agent"
    dispatch.assign(session, [case], f.make_agent(session, department=rule.department), on=DAY, reason=None)
    assert case.responsible_id == rule.department_id


def test_an_industry_that_nobody_has_asks_for_the_department(session: Session) -> None:
    case, unit = of_industry(session, "新材料"), f.make_department(session)
    agent = f.make_agent(session, department=unit)
    with pytest.raises(RuleViolation, match="“新材料”还没有归口部门") as error:
        dispatch.assign(session, [case], agent, on=DAY, reason=None)
    assert error.value.field == "responsible"
    dispatch.assign(session, [case], agent, on=DAY, reason=None, responsible=unit)
    assert case.responsible_id == unit.id


def test_what_the_centre_finishes_alone_is_the_centres(session: Session) -> None:
    centre = f.make_department(session, kind=DepartmentKind.LEAD)
    agent = f.make_agent(session, department=centre)
    starting = accepted(session)
    alone = of_industry(session, "没有规定")
    alone.steps[0].department = centre
    session.flush()
    dispatch.assign(session, [starting, alone], agent, on=DAY, reason=None)
    assert {starting.responsible_id, alone.responsible_id} == {centre.id}


def test_other_counties_ask_for_no_such_department(session: Session) -> None:
    case = of_industry(session, "新材料")
    case.county.responsible_by_industry = False
    dispatch.assign(session, [case], f.make_agent(session), on=DAY, reason=None)
    assert case.responsible_id is None


def test_he_who_has_a_case_gives_it_away_and_nobody_else(session: Session) -> None:
    mine, next_ = f.make_agent(session), f.make_agent(session)
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号", agent=mine)
    become(session, Role.AGENT, staff_id=next_.id)
    with pytest.raises(RuleViolation, match="不是您经办的"):
        dispatch.hand_over(session, [case], next_, on=DAY, reason="出差")
    become(session, Role.AGENT, staff_id=mine.id)
    with pytest.raises(RuleViolation, match="现在就由"):
        dispatch.hand_over(session, [case], mine, on=DAY, reason="出差")
    dispatch.hand_over(session, [case], next_, on=DAY, reason="出差")
    assert (case.agent_id, case.state) == (next_.id, CaseState.IN_PROGRESS)
    event = session.scalars(select(CaseEvent)).one()
    assert event.note == f"{mine.name} → {next_.name}：出差"
    become(session, Role.LEAD_OFFICE, staff_id=None)
    dispatch.hand_over(session, [case], mine, on=DAY, reason="回岗")


def test_nobody_off_duty_gets_a_case(session: Session) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号")
    with pytest.raises(RuleViolation, match="已不在岗"):
        dispatch.hand_over(session, [case], f.make_agent(session, active=False), on=DAY, reason="调岗")


def test_a_case_has_its_leading_section_where_the_county_has_them(session: Session) -> None:
    """B 二.3, 五.3: one section leads and names the 代办帮办人员."""
    case = ready(session, state=CaseState.ACCEPTED, number="甲1号")
    case.county.has_lead_sections = True
    agent, section = f.make_agent(session), f.make_department(session, kind=DepartmentKind.SECTION)
    with pytest.raises(RuleViolation, match="须写明牵头科室") as error:
        dispatch.assign(session, [case], agent, on=DAY, reason=None)
    assert (error.value.field, case.state) == ("lead_section", CaseState.ACCEPTED)
    dispatch.assign(session, [case], agent, on=DAY, reason=None, lead_section=section)
    assert case.lead_section_id == section.id
