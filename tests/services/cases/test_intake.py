"""申请与受理: missing papers, eligibility, and the requirements of each county."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import CaseEvent, CaseScope, CaseState, ServiceCase, StepState
from models.people import Role
from models.places import Commitment, Meaning, OptionKind
from models.projects import Authority
from models.work import Agreement, AgreementKind, CaseMaterial, MaterialState, WorkKind, WorkRecord
from services.cases import closing, intake, undo
from services.cases.eligibility import why_ineligible
from services.cases.intake import MissingMaterial
from services.cases.received_papers import materials_of
from services.kernel.errors import RuleViolation
from services.papers.case_papers import papers_of_case
from services.records import crud
from tests import factories as f
from tests.at_work import become, ready
from tests.factories import DAY

PAPER = MissingMaterial("营业执照", "到市场监管局补办")


def submitted(session: Session, **values: Any) -> ServiceCase:
    case = ready(session, **values)
    become(session, Role.AGENT)
    intake.submit(session, [case], on=DAY)
    return case


def test_what_is_missing_is_told_once_with_its_remedy_and_comes_in(session: Session) -> None:
    case = submitted(session)
    papers = [PAPER, MissingMaterial("授权委托书", "由法定代表人签字")]
    intake.notify(session, [case], on=DAY, materials=papers, reason=None)
    assert (case.state, case.told_on) == (CaseState.SUPPLEMENT, DAY)
    owed = materials_of(session, case, MaterialState.MISSING)
    assert [(m.name, m.remedy) for m in owed] == [(p.name, p.remedy) for p in papers]
    with pytest.raises(RuleViolation, match="还缺：营业执照、授权委托书"):
        intake.resupply(session, [case], on=DAY, received=[])
    intake.resupply(session, [case], on=DAY + timedelta(days=1), received=[m.id for m in owed])
    assert case.state is CaseState.SUBMITTED
    assert {m.state for m in owed} == {MaterialState.RECEIVED}
    assert {m.received_on for m in owed} == {DAY + timedelta(days=1)}


def test_papers_that_come_in_parts_leave_the_rest_asked_for(session: Session) -> None:
    case = submitted(session)
    papers = [PAPER, MissingMaterial("授权委托书", "由法定代表人签字")]
    intake.notify(session, [case], on=DAY, materials=papers, reason=None)
    first, second = materials_of(session, case, MaterialState.MISSING)
    come, last = DAY + timedelta(days=2), DAY + timedelta(days=4)
    intake.resupply(session, [case], on=come, received=[first.id])
    assert (case.state, first.received_on) == (CaseState.SUPPLEMENT, come)
    assert (second.state, second.remedy) == (MaterialState.MISSING, "由法定代表人签字")
    note = session.scalars(select(CaseEvent.note).order_by(CaseEvent.id.desc())).first()
    assert note == "收到：营业执照；还缺：授权委托书"
    with pytest.raises(RuleViolation, match=f"不能早于上一步的 {come}"):
        intake.resupply(session, [case], on=come - timedelta(days=1), received=[second.id])
    intake.resupply(session, [case], on=last, received=[second.id])
    assert (case.state, first.received_on, second.received_on) == (CaseState.SUBMITTED, come, last)


def test_a_part_that_came_is_taken_back_alone(session: Session) -> None:
    case = submitted(session)
    papers = [PAPER, MissingMaterial("授权委托书", "由法定代表人签字")]
    intake.notify(session, [case], on=DAY, materials=papers, reason=None)
    first, _ = materials_of(session, case, MaterialState.MISSING)
    intake.resupply(session, [case], on=DAY, received=[first.id])
    become(session, Role.LEAD_OFFICE)
    undo.undo_last_step(session, [case], reason="看错了")
    assert (case.state, first.state, first.received_on) == (CaseState.SUPPLEMENT, MaterialState.MISSING, None)


def test_a_second_notice_says_why(session: Session) -> None:
    case = submitted(session)
    intake.notify(session, [case], on=DAY, materials=[PAPER], reason=None)
    ids = [m.id for m in materials_of(session, case)]
    intake.resupply(session, [case], on=DAY, received=ids)
    with pytest.raises(RuleViolation, match="已经一次性告知过") as error:
        intake.notify(session, [case], on=DAY, materials=[PAPER], reason=None)
    assert error.value.field == "reason"
    intake.notify(session, [case], on=DAY, materials=[PAPER], reason="证照已过期")
    assert len(materials_of(session, case)) == 1


def test_a_notice_without_a_material_is_none(session: Session) -> None:
    case = submitted(session)
    with pytest.raises(RuleViolation, match="请写明缺少的材料"):
        intake.notify(session, [case], on=DAY, materials=[], reason=None)


def test_nothing_is_accepted_while_a_paper_is_missing(session: Session) -> None:
    case = submitted(session)
    f.make_case_material(session, case=case, name="规划图", state=MaterialState.MISSING)
    with pytest.raises(RuleViolation, match="规划图"):
        intake.accept(session, [case], on=DAY)


def test_a_refusal_keeps_its_reason_and_when_it_was_told(session: Session) -> None:
    case = submitted(session)
    told = DAY + timedelta(days=1)
    with pytest.raises(RuleViolation, match="告知日期不能早于"):
        intake.reject(session, [case], on=told, reason="不在服务范围", told_on=DAY)
    intake.reject(session, [case], on=DAY, reason="不在服务范围", told_on=told)
    assert (case.state, case.refusal, case.told_on) == (CaseState.REJECTED, "不在服务范围", told)


@pytest.mark.parametrize("way", ["reject", "withdraw", "terminate"])
def test_the_items_of_a_case_that_goes_no_further_wait_for_nobody(session: Session, way: str) -> None:
    case = submitted(session)
    assert case.steps
    if way == "reject":
        intake.reject(session, [case], on=DAY, reason="不在服务范围", told_on=DAY)
    elif way == "withdraw":
        intake.withdraw(session, [case], on=DAY, reason="项目缓建")
    else:
        intake.accept(session, [case], on=DAY)
        both_sides = f.make_option(session, kind=OptionKind.TERMINATION_REASON, meaning=Meaning.BOTH_SIDES)
        closing.terminate(session, [case], on=DAY, reason=both_sides, explanation=None, returned=None)
    assert {(step.state, step.finished_on) for step in case.steps} == {(StepState.WITHDRAWN, DAY)}
    become(session, Role.LEAD_OFFICE)
    undo.undo_last_step(session, [case], reason="点错了")
    assert {(step.state, step.finished_on) for step in case.steps} == {(StepState.PENDING, None)}


def accepting(session: Session, *, key: bool = False, **asked: bool) -> ServiceCase:
    """A submitted case that lacks everything its county requires."""
    project = f.make_project(session)
    case = submitted(
        session,
        project=project,
        enterprise_id=project.enterprise_id,
        agreement_signed=False,
        materials_handed=False,
        papers_checked=False,
    )
    for name, value in asked.items():
        setattr(case.county, name, value)
    if key:
        f.make_designation(session, project=project)
    return case


def test_an_ordinary_case_needs_its_mandate_and_the_list_of_papers(session: Session) -> None:
    case = accepting(session, agreement_needed=True)
    with pytest.raises(RuleViolation, match="委托书、材料交接"):
        intake.accept(session, [case], on=DAY)
    f.make_agreement(session, case=case, kind=AgreementKind.MANDATE)
    with pytest.raises(RuleViolation, match=r"还缺：材料交接$"):
        intake.accept(session, [case], on=DAY)
    f.make_case_material(session, case=case, state=MaterialState.RECEIVED)
    intake.accept(session, [case], on=DAY)
    assert case.state is CaseState.ACCEPTED


@pytest.mark.parametrize("signed", ["agreement", "assignment"])
def test_a_key_case_needs_the_agreement_that_was_signed_for_the_key_unit(session: Session, signed: str) -> None:
    case = accepting(session, key=True, agreement_needed=True)
    with pytest.raises(RuleViolation, match=r"还缺：委托协议$"):
        intake.accept(session, [case], on=DAY)
    if signed == "agreement":
        f.make_agreement(session, project_id=case.project_id, kind=AgreementKind.AGREEMENT)
    else:
        f.make_assignment(session, project_id=case.project_id, agreement_number="武委协〔2026〕0009号")
    become(session, Role.LEAD_OFFICE)
    intake.accept(session, [case], on=DAY)


def test_an_agreement_of_another_unit_is_none(session: Session) -> None:
    case = accepting(session, key=True, agreement_needed=True)
    f.make_agreement(session, project=f.make_project(session))
    with pytest.raises(RuleViolation, match="委托协议"):
        intake.accept(session, [case], on=DAY)


@pytest.mark.parametrize("of", ["project", "enterprise", "assignment"])
def test_what_a_unit_signed_is_no_mandate_of_a_case_that_is_not_key(session: Session, of: str) -> None:
    case = accepting(session, agreement_needed=True)
    f.make_case_material(session, case=case, state=MaterialState.RECEIVED)
    if of == "assignment":
        f.make_assignment(session, project_id=case.project_id, agreement_number="武委协〔2026〕0009号")
    else:
        about = {"project_id": None, "enterprise_id": None, f"{of}_id": getattr(case, f"{of}_id")}
        f.make_agreement(session, kind=AgreementKind.AGREEMENT, **about)
    with pytest.raises(RuleViolation, match=r"还缺：委托书$"):
        intake.accept(session, [case], on=DAY)
    f.make_agreement(session, case=case, kind=AgreementKind.MANDATE)
    intake.accept(session, [case], on=DAY)


@pytest.mark.parametrize("ended", [True, False])
def test_an_assignment_that_ended_signs_nothing_any_more(session: Session, ended: bool) -> None:
    case = accepting(session, key=True, agreement_needed=True)
    number = "武委协〔2026〕0009号"
    f.make_assignment(session, project_id=case.project_id, agreement_number=number, until=DAY if ended else None)
    become(session, Role.LEAD_OFFICE)
    if not ended:
        intake.accept(session, [case], on=DAY)
        return
    with pytest.raises(RuleViolation, match=r"还缺：委托协议$"):
        intake.accept(session, [case], on=DAY)


def test_where_papers_are_checked_and_signed_no_agreement_is_asked_for(session: Session) -> None:
    case = accepting(session, check_needed=True)
    with pytest.raises(RuleViolation, match="核实资料并确认签字"):
        intake.accept(session, [case], on=DAY)
    case.papers_checked = True
    intake.accept(session, [case], on=DAY)
    assert session.scalars(select(Agreement)).first() is None


#: A project that meets H 三(三), and values that make it fail.
GOOD = {"investment": Decimal(500), "authority": Authority.COUNTY, "guided": True, "restricted": False}
FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"investment": Decimal("499.99")}, "投资额不足 500 万元"),
    ({"investment": None}, "投资额不足"),
    ({"authority": Authority.PREFECTURE}, "审批权限不属县级"),
    ({"authority": None}, "审批权限不属县级"),
    ({"guided": False}, "产业导向"),
    ({"restricted": True}, "高耗能"),
]


def asking(session: Session, meaning: Meaning, **values: Any) -> ServiceCase:
    """An application, submitted under one of the four conditions of H."""
    case = ready(session, eligibility=f.make_option(session, kind=OptionKind.ELIGIBILITY, meaning=meaning), **values)
    case.county.eligibility_checked, case.county.eligible_investment = True, Decimal(500)
    become(session, Role.AGENT)
    intake.submit(session, [case], on=DAY)
    return case


def test_a_project_of_the_county_with_enough_investment_is_served(session: Session) -> None:
    project = f.make_project(session, **GOOD)
    case = asking(session, Meaning.FOR_PROJECT, project=project, enterprise_id=project.enterprise_id)
    intake.accept(session, [case], on=DAY)
    assert case.state is CaseState.ACCEPTED


@pytest.mark.parametrize(("fault", "said"), FAULTS)
def test_any_fault_of_a_project_is_said(session: Session, fault: dict[str, Any], said: str) -> None:
    project = f.make_project(session, **(GOOD | fault))
    case = asking(session, Meaning.FOR_PROJECT, project=project, enterprise_id=project.enterprise_id)
    with pytest.raises(RuleViolation, match=said):
        intake.accept(session, [case], on=DAY)


def test_a_small_project_is_served_when_it_was_designated_with_a_reason(session: Session) -> None:
    project = f.make_project(session, **(GOOD | {"investment": Decimal(300)}))
    case = asking(session, Meaning.FOR_DESIGNATED, project=project, enterprise_id=project.enterprise_id)
    with pytest.raises(RuleViolation, match="文号和理由"):
        intake.accept(session, [case], on=DAY)
    case.eligibility_basis = "县政府专题会议纪要，指定帮办"
    intake.accept(session, [case], on=DAY)


@pytest.mark.parametrize("listed", ["major_plan", "designation"])
def test_what_is_on_a_list_needs_no_further_reason(session: Session, listed: str) -> None:
    project = f.make_project(session, major_plan="州" if listed == "major_plan" else None)
    if listed == "designation":
        f.make_designation(session, project=project)
    case = asking(session, Meaning.FOR_DESIGNATED, project=project, enterprise_id=project.enterprise_id)
    intake.accept(session, [case], on=DAY)


@pytest.mark.parametrize("livelihood", [True, False])
def test_people_are_served_as_people(session: Session, livelihood: bool) -> None:
    case = asking(session, Meaning.FOR_PEOPLE, applicant_name="申请人甲")
    case.steps[0].item.livelihood = livelihood
    if livelihood:
        intake.accept(session, [case], on=DAY)
        return
    with pytest.raises(RuleViolation, match=f"{case.steps[0].item.name}不是民生保障事项"):
        intake.accept(session, [case], on=DAY)


def test_an_enterprise_is_not_served_as_people(session: Session) -> None:
    case = asking(session, Meaning.FOR_PEOPLE)
    case.steps[0].item.livelihood = True
    with pytest.raises(RuleViolation, match="须由个人申请"):
        intake.accept(session, [case], on=DAY)


@pytest.mark.parametrize("for_new_firms", [True, False])
def test_a_new_shop_is_served_for_starting_and_its_permits(session: Session, for_new_firms: bool) -> None:
    case = asking(session, Meaning.FOR_STARTING)
    case.steps[0].item.for_new_firms = for_new_firms
    if for_new_firms:
        intake.accept(session, [case], on=DAY)
        return
    with pytest.raises(RuleViolation, match=f"{case.steps[0].item.name}不是新注册企业事项"):
        intake.accept(session, [case], on=DAY)


def test_a_mandate_for_all_items_names_them_where_they_are_checked(session: Session) -> None:
    case = asking(session, Meaning.FOR_STARTING, scope=CaseScope.ALL)
    intake.set_items(session, case, [])
    session.refresh(case)
    with pytest.raises(RuleViolation, match="须写明具体事项"):
        intake.accept(session, [case], on=DAY)


def test_who_meets_no_condition_is_told_so_with_the_reason(session: Session) -> None:
    case = asking(session, Meaning.FOR_STARTING)
    why = why_ineligible(session, case)
    assert why is not None
    intake.reject(session, [case], on=DAY, reason=why, told_on=DAY)
    assert (case.state, case.refusal) == (CaseState.REJECTED, why)
    assert "不予受理告知书" in {one.paper.title for one in papers_of_case(session, case)}


def test_a_person_is_no_new_enterprise(session: Session) -> None:
    case = asking(session, Meaning.FOR_STARTING, applicant_name="申请人甲")
    with pytest.raises(RuleViolation, match="须由企业申请"):
        intake.accept(session, [case], on=DAY)


def test_without_a_condition_nobody_is_served_where_one_is_checked(session: Session) -> None:
    case = ready(session)
    become(session, Role.AGENT)
    case.county.eligibility_checked = True
    intake.submit(session, [case], on=DAY)
    with pytest.raises(RuleViolation, match="还没有选择服务条件"):
        intake.accept(session, [case], on=DAY)
    case.county.eligibility_checked = False
    intake.accept(session, [case], on=DAY)


def test_an_application_takes_its_consultation_along(session: Session) -> None:
    record = f.make_work_record(session, kind=WorkKind.CONSULTATION)
    case, other = ready(session), ready(session)
    intake.link_consultation(session, case, record.id)
    assert record.case_id == case.id
    intake.link_consultation(session, other, record.id)
    assert record.case_id == case.id


def test_a_consultation_names_who_met_it_first_where_the_county_asks(session: Session) -> None:
    county = f.make_case(session).county
    county.first_contact_needed = True
    values = {"subject": "开店", "kind": WorkKind.CONSULTATION, "happened_on": DAY, "content": "怎样办照"}
    with pytest.raises(RuleViolation, match="首问责任人"):
        crud.create(session, WorkRecord(), values)
    crud.create(session, WorkRecord(), values | {"first_contact": "窗口人员甲"})
    crud.create(session, WorkRecord(), values | {"kind": WorkKind.CONTACT})


def test_an_archived_case_takes_nothing_any_more(session: Session) -> None:
    case = ready(session, state=CaseState.ARCHIVED, number="甲1号")
    for row, values in (
        (CaseMaterial(), {"case": case, "name": "补件"}),
        (WorkRecord(), {"case": case, "subject": "回访", "kind": WorkKind.REVISIT, "happened_on": DAY}),
        (case, {"remark": "再写一句"}),
    ):
        with pytest.raises(RuleViolation, match="已归档"):
            crud.check(session, row, values)
    assert session.scalars(select(CaseEvent)).first() is None


def test_papers_that_have_come_are_ticked_with_the_action(session: Session) -> None:
    become(session, Role.AGENT)
    case = ready(session, proof_received=False, commitment_signed=False, agreement_signed=False, materials_handed=False)
    county = case.county
    county.proof_needed = county.agreement_needed = True
    county.commitment = Commitment.SEPARATE
    assert intake.owed_to_submit(session, case) == ["proof_received", "commitment_signed"]
    with pytest.raises(RuleViolation, match="承诺书"):
        intake.submit(session, [case], on=DAY, present=["proof_received", "state"])
    intake.submit(session, [case], on=DAY, present=["commitment_signed"])
    assert (case.proof_received, case.commitment_signed) == (True, True)
    become(session, Role.AGENT)
    assert intake.owed_to_accept(session, case) == ["agreement_signed", "materials_handed"]
    intake.accept(session, [case], on=DAY, present=intake.owed_to_accept(session, case))


def test_a_person_applies_only_where_people_are_served(session: Session) -> None:
    county = ready(session).county
    values = {"matter": "社保登记", "applicant_name": "申请人甲", "scope": CaseScope.ALL}
    county.serves_people = False
    session.flush()
    with pytest.raises(RuleViolation, match="不受理个人申请"):
        intake.guard_case(session, ServiceCase(county_id=county.id), values)
    county.serves_people = True
    session.flush()
    intake.guard_case(session, ServiceCase(county_id=county.id), values)


def test_nobody_is_asked_for_what_is_there_in_another_way(session: Session) -> None:
    case = ready(session, agreement_signed=False, materials_handed=False)
    case.county.agreement_needed = True
    f.make_agreement(session, case=case)
    f.make_case_material(session, case=case)
    assert intake.owed_to_accept(session, case) == []
    key = ready(session, agreement_signed=False, materials_handed=False)
    f.make_designation(session, enterprise=key.enterprise)
    assert intake.owed_to_accept(session, key) == ["agreement_signed"]


@pytest.mark.parametrize("missing", ["green_reason", "green_handler"])
def test_the_green_channel_needs_a_reason_and_a_named_person(session: Session, missing: str) -> None:
    case = f.make_case(session)
    values = {"green_channel": True, "green_reason": "急事急办", "green_handler": "专人甲"}
    crud.check(session, case, values)
    crud.check(session, case, {"green_channel": False})
    with pytest.raises(RuleViolation, match="走绿色通道须填写") as error:
        crud.check(session, case, values | {missing: None})
    assert error.value.field == missing


def test_a_case_is_split_into_items_each_with_its_department(session: Session) -> None:
    """Z 二(三), 三."""
    case = ready(session)
    first, *others = [f.make_item(session) for _ in range(3)]
    intake.set_items(session, case, [first, *others])
    session.refresh(case)
    assert [(s.item_id, s.department_id) for s in case.steps] == [(i.id, i.department_id) for i in (first, *others)]
    intake.set_items(session, case, others[::-1])
    session.refresh(case)
    assert [s.item_id for s in case.steps] == [i.id for i in others[::-1]]
