"""Rules of agreements, work records and ratings."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from models.cases import CaseState
from models.fields import fields_of
from models.people import Role
from models.places import Commitment
from models.work import Agreement, AgreementKind, Meeting, Urge, WorkKind, WorkRecord
from services.cases import coordination
from services.kernel.errors import RuleViolation
from services.kernel.working_days import today
from services.records import crud
from tests import factories as f
from tests.conftest import ActingAs
from tests.factories import DAY

LATER = DAY + timedelta(days=10)


def test_a_meeting_is_between_departments(session: Session) -> None:
    meeting = f.make_meeting(session)
    one, two, three = (f.make_department(session) for _ in range(3))
    for few in ([], [one], [one, one]):
        with pytest.raises(RuleViolation, match="至少要有 2 个部门"):
            coordination.set_departments(session, meeting, few)
    coordination.set_departments(session, meeting, [one, two])
    coordination.set_departments(session, meeting, [two, three])
    assert {part.department_id for part in meeting.departments} == {two.id, three.id}


def test_a_reminder_is_numbered_and_due_after_it(session: Session) -> None:
    case = f.make_case(session, state=CaseState.ACCEPTED, number="甲1号")
    values = {"case": case, "issued_on": DAY, "reason": "请加快", "reply_due": DAY}
    with pytest.raises(RuleViolation, match="回复期限"):
        crud.create(session, Urge(), values | {"reply_due": DAY - timedelta(days=1)})
    urge = Urge()
    crud.create(session, urge, values)
    assert urge.number == "武督办〔2026〕0001号"


def test_who_notes_his_own_work_need_not_name_himself(session: Session, acting_as: ActingAs) -> None:
    agent = f.make_agent(session)
    session.commit()
    own = acting_as(Role.AGENT, staff_id=agent.id)
    record = WorkRecord()
    crud.create(own, record, {"subject": "咨询", "kind": "contact", "happened_on": DAY, "content": "问"})
    assert record.staff_id == agent.id


@pytest.mark.parametrize("lacking", ["materials", "truth_promised"])
def test_an_agreement_lists_true_papers_where_it_is_the_promise(session: Session, lacking: str) -> None:
    """B 附件1; elsewhere the promise is a paper of its own, or none is asked."""
    enterprise = f.make_enterprise(session)
    values = {"enterprise": enterprise, "kind": AgreementKind.MANDATE, "client": "甲公司", "matter": "开办"}
    values |= {"materials": "①营业执照", "truth_promised": True, "signed_on": DAY}
    short = values | {lacking: None}
    crud.check(session, Agreement(), short)
    enterprise.county.commitment = Commitment.IN_AGREEMENT
    session.flush()
    with pytest.raises(RuleViolation, match="委托协议须写明") as error:
        crud.check(session, Agreement(), short)
    assert error.value.field == lacking
    crud.check(session, Agreement(), values)


def test_an_agreement_names_what_it_is_about(session: Session) -> None:
    values = {"kind": AgreementKind.MANDATE, "client": "甲公司", "matter": "开办", "signed_on": DAY}
    with pytest.raises(RuleViolation, match="请选择委托的企业、项目或帮办代办件"):
        crud.check(session, Agreement(), values)
    asked = {one.name for one in fields_of(Agreement, "form") if one.required}
    assert asked == {"kind", "client", "matter", "signed_on"}


def test_a_consultation_is_answered_on_a_day(session: Session) -> None:
    """B 六.1; what is not answered yet is found by its empty day."""
    values = {"subject": "开店", "kind": WorkKind.CONSULTATION, "happened_on": DAY, "content": "怎样办照"}
    record = WorkRecord()
    crud.create(session, record, values)
    for missing, said in (("replied_on", "请填回复日期"), ("answer", "请写明答复")):
        answer = {"answer": "先办营业执照", "replied_on": LATER} | {missing: None}
        with pytest.raises(RuleViolation, match=said) as error:
            crud.check(session, record, answer)
        assert error.value.field == missing
    with pytest.raises(RuleViolation, match="不能早于日期"):
        crud.check(session, record, {"answer": "先办营业执照", "replied_on": DAY - timedelta(days=1)})
    crud.check(session, record, {"answer": "先办营业执照", "replied_on": LATER})
    crud.check(session, WorkRecord(), values | {"kind": WorkKind.CONTACT, "answer": "已说明"})


@pytest.mark.parametrize("day", [today() + timedelta(days=1), date(2126, 1, 1)])
def test_what_has_been_is_not_to_come(session: Session, day: date) -> None:
    with pytest.raises(RuleViolation, match="召开日期不能晚于今天") as error:
        crud.create(session, Meeting(), {"topic": "联席", "held_on": day})
    assert error.value.field == "held_on"
