"""Items of a case: two departments at once, items added and removed, who records for them."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.cases import CaseEvent, CaseState, CaseStep, ServiceCase, StepState
from models.people import Role
from models.places import County
from services.cases import steps
from services.kernel.errors import RuleViolation
from services.kernel.transaction import transaction, working
from services.records import crud
from tests import factories as f
from tests.at_work import become, ready
from tests.factories import DAY, actor_as
from tests.threads import at_once


def at_departments(session: Session) -> ServiceCase:
    """A case with two items accepted by their departments."""
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号", accepted_on=DAY)
    f.make_step(session, case=case)
    session.refresh(case)
    for step in case.steps:
        step.state, step.filed_on, step.accepted_on = StepState.ACCEPTED, DAY, DAY
    session.flush()
    return case


@pytest.mark.parametrize("role", [Role.AGENT, Role.LIAISON])
def test_two_departments_that_finish_at_once_finish_the_case(engine: Engine, county: County, role: Role) -> None:
    agent = actor_as(Role.AGENT, county)
    with working(engine, agent) as session:
        case = at_departments(session)
        for step in case.steps:
            step.liaison = f.make_liaison(session, department=step.department)
        session.flush()
        ids, his, case_id = [s.id for s in case.steps], [s.liaison_id for s in case.steps], case.id

    def grant(n: int) -> None:
        with working(engine, actor_as(role, county, staff_id=his[n])) as session:
            step = session.scalars(select(CaseStep).where(CaseStep.id == ids[n])).one()
            steps.record(session, [step], "grant", on=DAY)

    assert at_once(2, grant) == [None, None]
    with working(engine, agent) as session:
        assert session.scalars(select(ServiceCase.state).where(ServiceCase.id == case_id)).one() is CaseState.APPROVED


def test_an_item_that_comes_later_gets_its_liaison_its_date_and_its_trace(session: Session) -> None:
    case = at_departments(session)
    item = f.make_item(session, limit_days=60)
    item.liaison = f.make_liaison(session, department=item.department)
    session.commit()
    step = CaseStep()
    with transaction(session):
        crud.create(session, step, {"case": case, "item": item})
    assert (step.department_id, step.liaison_id) == (item.department_id, item.liaison_id)
    assert case.due_on is not None
    assert session.scalars(select(CaseEvent.action)).all() == ["step.add"]


def test_an_item_out_of_use_does_not_come_in(session: Session) -> None:
    case = at_departments(session)
    with pytest.raises(RuleViolation, match="已停用") as refusal:
        crud.create(session, CaseStep(), {"case": case, "item": f.make_item(session, active=False)})
    assert refusal.value.field == "item"


def test_a_liaison_who_left_is_nobodys_default(session: Session) -> None:
    item = f.make_item(session)
    item.liaison = f.make_liaison(session, department=item.department, active=False)
    assert steps.default_liaison(item) is None
    item.liaison.active = True
    assert steps.default_liaison(item) == item.liaison.id
    item.liaison.department = f.make_department(session)
    session.flush()
    assert steps.default_liaison(item) is None


@pytest.mark.parametrize(("state", "said"), [(CaseState.IN_PROGRESS, "撤回事项"), (CaseState.ACCEPTED, "至少要有一个")])
def test_an_item_is_withdrawn_and_not_deleted_once_the_case_is_given_out(
    session: Session, state: CaseState, said: str
) -> None:
    case = ready(session, state=state, number="甲1号")
    with pytest.raises(RuleViolation, match=said):
        crud.delete(session, case.steps[0])


def test_where_departments_have_liaisons_the_agent_does_not_record_for_them(session: Session) -> None:
    case = at_departments(session)
    case.county.has_liaisons = True
    become(session, Role.AGENT)
    with pytest.raises(RuleViolation, match="由部门业务专办员登记"):
        steps.record(session, case.steps, "grant", on=DAY)
