"""代录: who may record for whom; both names are kept."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import CaseEvent, CaseState, StepState
from models.people import Role
from services.cases import closing, dispatch, intake, steps
from services.cases.delegation import on_behalf
from services.kernel.access import PERMISSIONS, STANDS_FOR, records_for, represented
from services.kernel.errors import Forbidden, RuleViolation
from tests import factories as f
from tests.at_work import become, ready
from tests.factories import DAY, actor_as

#: permission → kinds of staff for whom it may be recorded. Source: 领域 4.
RECORDED = {
    "case.submit": "general_agent",
    "case.notify": "general_agent",
    "case.resupply": "general_agent",
    "case.reject": "general_agent",
    "case.withdraw": "general_agent",
    "case.accept": "general_agent",
    "case.propose": "general_agent",
    "case.hand_over": "general_agent",
    "case.meet": "general_agent",
    "case.close": "chief_service_officer general_agent",
    "case.terminate": "chief_service_officer general_agent",
    "case.propose_end": "chief_service_officer general_agent",
    "case.urge": "general_agent department_leader",
    "case.bring": "chief_service_officer",
    "case.pass_on": "general_agent",
    "step.claim": "general_agent department_leader",
    "step.name_liaison": "department_leader",
    "step.file": "chief_service_officer general_agent",
    "step.record": "general_agent department_liaison department_leader",
    "step.extend": "general_agent",
    "extension.decide": "department_leader",
    "urge.reply": "department_leader",
    "case.finish": "chief_service_officer general_agent department_liaison department_leader",
}


def test_what_is_recorded_for_whom_is_a_written_table() -> None:
    found = {p: " ".join(represented(p)) for p in PERMISSIONS if represented(p)}
    assert found == RECORDED


def test_the_lead_office_and_the_window_record_and_nobody_else() -> None:
    recorders = {role for role, permission in product(Role, PERMISSIONS) if records_for(actor_as(role), permission)}
    assert recorders == {Role.LEAD_OFFICE, Role.WINDOW_CLERK}


def test_both_names_are_kept(session: Session) -> None:
    case, agent = ready(session), f.make_agent(session)
    clerk = f.make_user(session, Role.WINDOW_CLERK)
    become(session, Role.WINDOW_CLERK, user_id=clerk.id)
    intake.submit(session, [case], on=DAY)
    with pytest.raises(RuleViolation, match="代录") as error:
        intake.accept(session, [case], on=DAY)
    assert error.value.field == "behalf"
    with on_behalf(session, agent):
        intake.accept(session, [case], on=DAY)
    event = session.scalars(select(CaseEvent).where(CaseEvent.action == "case.accept")).one()
    assert (event.done_by_id, event.recorded_by_id) == (agent.id, clerk.id)


def test_nobody_else_records(session: Session) -> None:
    agent = f.make_agent(session)
    for role in set(f.WRITTEN_ROLES) - {Role.LEAD_OFFICE, Role.WINDOW_CLERK}:
        become(session, role)
        with pytest.raises(Forbidden, match="代录"), on_behalf(session, agent):
            pytest.fail("recorded all the same")


def test_nobody_off_duty_is_recorded_for(session: Session) -> None:
    with pytest.raises(RuleViolation, match="已不在岗"), on_behalf(session, f.make_agent(session, active=False)):
        pytest.fail("recorded all the same")


def test_one_records_only_what_the_person_might_do_himself(session: Session) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号")
    step = case.steps[0]
    step.state = StepState.FILED
    own = f.make_liaison(session, department=step.department)
    other_leader = f.make_leader(session)
    for person in (f.make_officer(session), own, other_leader):
        with pytest.raises(RuleViolation), on_behalf(session, person):
            steps.record(session, [step], "accept", on=DAY)
    step.liaison_id = own.id
    session.flush()
    with on_behalf(session, own):
        steps.record(session, [step], "accept", on=DAY)
    assert step.state is StepState.ACCEPTED
    with pytest.raises(Forbidden), on_behalf(session, own):
        intake.accept(session, [case], on=DAY)


def test_an_officer_is_recorded_for_only_in_his_own_cases(session: Session) -> None:
    project = f.make_project(session)
    case = ready(
        session, state=CaseState.IN_PROGRESS, number="甲1号", project=project, enterprise_id=project.enterprise_id
    )
    case.county.officer_files = True
    officer, stranger = f.make_officer(session), f.make_officer(session)
    f.make_assignment(session, project=project, officer=officer)
    with pytest.raises(RuleViolation, match=r"不由.*服务"), on_behalf(session, stranger):
        steps.record(session, case.steps, "file", on=DAY)
    with on_behalf(session, officer):
        steps.record(session, case.steps, "file", on=DAY)


def test_every_kind_of_service_person_stands_for_a_role() -> None:
    assert {kind.__mapper_args__["polymorphic_identity"] for kind in STANDS_FOR} == {
        "chief_service_officer",
        "general_agent",
        "department_liaison",
        "department_leader",
    }


def test_the_recorder_himself_goes_on_afterwards(session: Session) -> None:
    case = ready(session, state=CaseState.ACCEPTED, number="甲1号")
    with pytest.raises(RuleViolation), on_behalf(session, f.make_agent(session)):
        dispatch.assign(session, [case], f.make_agent(session), on=DAY, reason=None)
    dispatch.assign(session, [case], f.make_agent(session), on=DAY, reason=None)
    way = f.make_option(session)
    with pytest.raises(RuleViolation):
        closing.deliver_and_close(
            session, [case], way=way, documents="批文", recipient="甲", on=DAY + timedelta(days=1)
        )
