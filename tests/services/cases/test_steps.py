"""Items of a case: two departments at once, items added and removed, who records for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.cases import CaseEvent, CaseForm, CaseState, CaseStep, ServiceCase, StepState
from models.people import Role
from models.places import County, FilingParty
from services.cases import steps
from services.kernel.errors import Forbidden, RuleViolation
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


def claimable(session: Session) -> CaseStep:
    """A filed item in a county whose sections claim items. Source: B 五.3."""
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号", assigned_on=DAY)
    case.county.has_lead_sections = True
    step: CaseStep = case.steps[0]
    step.state, step.filed_on = StepState.FILED, DAY
    become(session, Role.AGENT)
    return step


def test_an_item_is_claimed_by_a_section_before_it_is_accepted(session: Session) -> None:
    step, section = claimable(session), f.make_department(session)
    with pytest.raises(RuleViolation, match="还没有科室认领"):
        steps.record(session, [step], "accept", on=DAY)
    steps.claim(session, [step], section, claimed_by="科员甲", on=DAY)
    assert (step.section_id, step.claimed_by, step.claimed_on) == (section.id, "科员甲", DAY)
    with pytest.raises(RuleViolation, match=f"已由{section}认领"):
        steps.claim(session, [step], f.make_department(session), claimed_by="科员乙", on=DAY)
    steps.record(session, [step], "accept", on=DAY)
    assert step.state is StepState.ACCEPTED
    assert session.scalars(select(CaseEvent.note)).first() == f"{step.item.name}：{section.name} 科员甲"


def test_a_claim_has_its_time_and_its_county(session: Session) -> None:
    step, section = claimable(session), f.make_department(session)
    with pytest.raises(RuleViolation, match="不能早于上一步"):
        steps.claim(session, [step], section, claimed_by="科员甲", on=DAY - timedelta(days=1))
    step.state = StepState.WITHDRAWN
    with pytest.raises(RuleViolation, match="不用认领"):
        steps.claim(session, [step], section, claimed_by="科员甲", on=DAY)
    step.state = StepState.FILED
    step.county.has_lead_sections = False
    with pytest.raises(RuleViolation, match="不用科室认领"):
        steps.claim(session, [step], section, claimed_by="科员甲", on=DAY)
    steps.record(session, [step], "accept", on=DAY)


@pytest.mark.parametrize("role", [Role.LIAISON, Role.CHIEF_OFFICER, Role.INSPECTOR])
def test_who_claims_is_of_the_office_or_the_department(session: Session, role: Role) -> None:
    step = claimable(session)
    become(session, role)
    with pytest.raises(Forbidden):
        steps.claim(session, [step], f.make_department(session), claimed_by="科员甲", on=DAY)


@pytest.mark.parametrize(
    ("filing", "tells_form", "form", "said"),
    [
        (FilingParty.APPLICANT, False, None, "项目单位自行报送"),
        (FilingParty.STAFF, False, None, ""),
        (FilingParty.AGENT, False, None, ""),
        (FilingParty.AGENT_OR_ACCOMPANIED, True, CaseForm.ACCOMPANY, "申请人报送，代办员陪同"),
        (FilingParty.AGENT_OR_ACCOMPANIED, True, CaseForm.ACT_FOR, ""),
    ],
)
def test_the_note_says_who_filed(
    session: Session, filing: FilingParty, tells_form: bool, form: CaseForm | None, said: str
) -> None:
    """Z 附件1 二: the applicant himself; B 六.2: for 帮办 the applicant, accompanied."""
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号", form=form)
    case.county.filing, case.county.tells_form = filing, tells_form
    become(session, Role.AGENT)
    steps.record(session, case.steps, "file", on=DAY)
    item = case.steps[0].item.name
    assert session.scalars(select(CaseEvent.note)).one() == (f"{item}：{said}" if said else item)
