"""离岗交接: everything a person holds goes to one successor, all or none, before they become inactive."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import NOT_ENDED, CaseEvent, CaseState, ServiceCase, StepState
from models.people import Role
from models.projects import Assignment
from services.cases import staff_handover
from services.kernel.errors import Forbidden, RuleViolation
from services.kernel.working_days import today
from services.records import crud
from tests import factories as f
from tests.conftest import ActingAs
from tests.factories import DAY

REASON: dict[str, Any] = {"on": DAY + timedelta(days=30), "reason": "调离"}


def laden_officer(session: Session) -> Any:
    """An officer with a project, an enterprise and an open case."""
    officer = f.make_officer(session, name="首席甲")
    for target in (f.make_project(session), f.make_enterprise(session)):
        key = target.__tablename__
        f.make_designation(session, **{key: target})
        f.make_assignment(session, officer=officer, **{key: target})
    f.make_case(session, state=CaseState.IN_PROGRESS, number="甲1号", officer=officer)
    f.make_case(session, state=CaseState.CLOSED, number="甲2号", officer=officer)
    return officer


def test_who_holds_something_is_not_just_struck_off(session: Session) -> None:
    officer = laden_officer(session)
    with pytest.raises(RuleViolation, match=r"2 个分包、1 件办件.*离岗交接") as error:
        crud.update(session, officer, {"active": False}, officer.version)
    assert error.value.field == "active"
    assert officer.active


def test_who_holds_nothing_is(session: Session) -> None:
    agent = f.make_agent(session)
    crud.update(session, agent, {"active": False}, agent.version)
    assert not agent.active


def test_an_officers_projects_enterprises_and_open_cases_go_to_the_next(session: Session) -> None:
    officer, other = laden_officer(session), f.make_officer(session, name="首席乙")
    staff_handover.hand_over(session, officer, other, **REASON)
    session.flush()
    assert not officer.active
    assert not staff_handover.holdings(session, officer).in_words()
    current = session.scalars(select(Assignment).where(Assignment.until.is_(None))).all()
    assert {a.officer_id for a in current} == {other.id}
    owners = dict(session.execute(select(ServiceCase.number, ServiceCase.officer_id)).all())
    assert owners == {"甲1号": other.id, "甲2号": officer.id}
    assert session.scalars(select(CaseEvent.note)).all() == ["首席甲移交首席乙：调离"]


def test_an_agents_open_cases_go_to_the_next(session: Session) -> None:
    agent, other = f.make_agent(session), f.make_agent(session)
    for state in CaseState:
        f.make_case(session, state=state, number=state.label, agent=agent)
    staff_handover.hand_over(session, agent, other, **REASON)
    session.flush()
    given = set(session.scalars(select(ServiceCase.state).where(ServiceCase.agent_id == other.id)))
    assert given == NOT_ENDED


def test_a_liaisons_steps_and_items_stay_in_his_department(session: Session) -> None:
    department = f.make_department(session)
    liaison, other = (f.make_liaison(session, department=department) for _ in range(2))
    step = f.make_step(session, department=department, liaison=liaison, state=StepState.FILED)
    done = f.make_step(session, department=department, liaison=liaison, state=StepState.GRANTED)
    item = f.make_item(session, department=department, liaison=liaison)
    with pytest.raises(RuleViolation, match=r"须是.*的专办员"):
        staff_handover.hand_over(session, liaison, f.make_liaison(session), **REASON)
    with pytest.raises(RuleViolation, match="离岗交接"):
        crud.update(session, liaison, {"department": f.make_department(session)}, liaison.version)
    staff_handover.hand_over(session, liaison, other, **REASON)
    assert (step.liaison_id, item.liaison_id, done.liaison_id) == (other.id, other.id, liaison.id)


@pytest.mark.parametrize("kind", ["agent", "officer", "liaison"])
def test_only_a_liaisons_holdings_tie_them_to_a_department(session: Session, kind: str) -> None:
    """An agent and an officer keep their cases in another department; a liaison's items are the department's."""
    person = {"agent": f.make_agent, "officer": f.make_officer, "liaison": f.make_liaison}[kind](session)
    if kind == "liaison":
        f.make_step(session, department=person.department, liaison=person, state=StepState.FILED)
    else:
        f.make_case(session, state=CaseState.IN_PROGRESS, number="甲1号", **{kind: person})
    elsewhere = f.make_department(session)
    crud.update(session, person, {"department": person.department, "name": "王新"}, person.version)
    if kind == "liaison":
        with pytest.raises(RuleViolation, match=r"1 个在办事项.*离岗交接") as error:
            crud.update(session, person, {"department": elsewhere}, person.version)
        assert error.value.field == "department"
    else:
        crud.update(session, person, {"department": elsewhere}, person.version)
    assert (person.department_id == elsewhere.id) is (kind != "liaison")
    assert staff_handover.holdings(session, person).in_words()


def test_a_liaison_who_holds_nothing_may_change_departments(session: Session) -> None:
    liaison, elsewhere = f.make_liaison(session), f.make_department(session)
    f.make_step(session, department=liaison.department, liaison=liaison, state=StepState.GRANTED)
    crud.update(session, liaison, {"department": elsewhere}, liaison.version)
    assert liaison.department_id == elsewhere.id


@pytest.mark.parametrize("unfit", ["nobody", "himself", "off duty", "another kind"])
def test_an_unfit_successor_is_refused_and_nothing_moves(session: Session, unfit: str) -> None:
    officer = laden_officer(session)
    successor: Any = {
        "nobody": None,
        "himself": officer,
        "off duty": f.make_officer(session, active=False),
        "another kind": f.make_agent(session),
    }[unfit]
    with pytest.raises(RuleViolation, match="接手人"):
        staff_handover.hand_over(session, officer, successor, **REASON)
    assert officer.active
    assert len(staff_handover.holdings(session, officer).targets) == 2


def test_it_is_not_done_in_advance(session: Session) -> None:
    with pytest.raises(RuleViolation, match="不能晚于今天"):
        staff_handover.hand_over(session, f.make_agent(session), None, on=today() + timedelta(days=1), reason="调离")


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.LEAD_OFFICE, Role.DEPT_LEADER)])
def test_it_is_the_lead_offices_and_the_leaders(role: Role, session: Session, acting_as: ActingAs) -> None:
    agent = f.make_agent(session)
    session.commit()
    with pytest.raises(Forbidden):
        staff_handover.hand_over(acting_as(role), agent, None, on=date(2026, 3, 2), reason="调离")


def test_what_was_agreed_goes_on_with_the_successor_even_off_the_list(session: Session) -> None:
    officer, other = f.make_officer(session), f.make_officer(session)
    f.make_assignment(session, officer=officer, agreement_number="武委协〔2026〕0099号", agreement_on=DAY)
    staff_handover.hand_over(session, officer, other, on=today(), reason="调离")
    session.flush()
    (given,) = session.scalars(select(Assignment).where(Assignment.officer_id == other.id))
    assert (given.agreement_number, given.agreement_on, given.until) == ("武委协〔2026〕0099号", DAY, None)


def test_a_handover_does_not_lie_before_what_the_case_has_seen(session: Session) -> None:
    agent = f.make_agent(session)
    f.make_case(session, state=CaseState.IN_PROGRESS, number="甲1号", agent=agent, accepted_on=today())
    with pytest.raises(RuleViolation, match="交接日期不能早于"):
        staff_handover.hand_over(session, agent, f.make_agent(session), on=DAY, reason="调离")
