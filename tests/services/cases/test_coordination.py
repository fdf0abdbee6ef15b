"""会议、督办、延期."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import CaseEvent, CaseState, CaseStep, StepState
from models.people import Role
from models.places import Approver
from models.work import ExtensionState, Meeting, Urge, WorkKind
from services.cases import coordination, undo
from services.desk import badges
from services.kernel.errors import RuleViolation
from services.records import crud
from tests import factories as f
from tests.at_work import become, ready
from tests.factories import DAY

NEXT, LATER = DAY + timedelta(days=1), DAY + timedelta(days=30)


def two(session: Session) -> list[Any]:
    return [f.make_department(session), f.make_department(session)]


def words(session: Session, case_id: int) -> list[str]:
    return [mark.text for mark in badges.of_cases(session, [case_id], DAY)[case_id]]


def test_a_case_is_in_joint_review_until_its_meeting_decided(session: Session) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号")
    (meeting,) = coordination.meet(session, [case], on=DAY, topic="会商", place=None, departments=two(session))
    assert words(session, case.id) == ["联审中"]
    with pytest.raises(RuleViolation, match="不能早于上一步"):
        coordination.conclude(session, [meeting], on=DAY - timedelta(days=1), decision="同意")
    coordination.conclude(session, [meeting], on=NEXT, decision="同意先行办理")
    assert (meeting.decision, meeting.concluded_on, words(session, case.id)) == ("同意先行办理", NEXT, [])
    with pytest.raises(RuleViolation, match=r"已于 .* 议定"):
        coordination.conclude(session, [meeting], on=NEXT, decision="再议")


def test_one_department_is_no_meeting(session: Session) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号")
    with pytest.raises(RuleViolation, match="至少要有 2 个部门"):
        coordination.meet(session, [case], on=DAY, topic="会商", place=None, departments=two(session)[:1])


def test_an_agent_calls_meetings_where_the_county_lets_him(session: Session) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号")
    become(session, Role.AGENT)
    case.county.agent_meets = False
    with pytest.raises(RuleViolation, match="召开会议"):
        coordination.meet(session, [case], on=DAY, topic="会商", place=None, departments=two(session))
    with pytest.raises(RuleViolation, match="召开"):
        crud.create(session, Meeting(), {"topic": "会商", "held_on": DAY, "project": f.make_project(session)})
    case.county.agent_meets = True
    coordination.meet(session, [case], on=DAY, topic="会商", place=None, departments=two(session))


def test_what_is_too_hard_goes_to_the_leader_whose_word_ends_it(session: Session) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号")
    (meeting,) = coordination.meet(session, [case], on=DAY, topic="会商", place=None, departments=two(session))
    coordination.escalate(session, [meeting], on=DAY, to="政府分管领导", reason="职能交叉")
    assert words(session, case.id) == ["联审中"]
    coordination.conclude(session, [meeting], on=NEXT, decision="由住建局牵头")
    assert (meeting.escalated_to, meeting.result) == ("政府分管领导", "由住建局牵头")


def test_a_consultation_is_studied_together(session: Session) -> None:
    record = f.make_work_record(session, kind=WorkKind.CONSULTATION)
    become(session, Role.AGENT)
    (meeting,) = coordination.study(session, [record], on=DAY, topic="政策适用", departments=two(session))
    assert meeting.record_id == record.id
    with pytest.raises(RuleViolation, match="不是接待咨询"):
        contact = f.make_work_record(session, kind=WorkKind.CONTACT)
        coordination.study(session, [contact], on=DAY, topic="政策适用", departments=two(session))


def test_a_meeting_is_about_something_and_concluded_with_a_decision(session: Session) -> None:
    with pytest.raises(RuleViolation, match="请选择会议所涉"):
        crud.create(session, Meeting(), {"topic": "联席", "held_on": DAY})
    project = f.make_project(session)
    with pytest.raises(RuleViolation, match="请写明议定事项"):
        values = {"topic": "联席", "held_on": DAY, "project": project, "concluded_on": DAY}
        crud.create(session, Meeting(), values)


def test_a_case_is_urged_until_it_is_answered(session: Session) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号")
    department = case.steps[0].department
    become(session, Role.INSPECTOR)
    (urge,) = coordination.urge(session, [case], on=DAY, department=department, reason="请加快", reply_due=NEXT)
    assert words(session, case.id) == ["督办中"]
    become(session, Role.DEPT_LEADER, department_id=department.id + 1000)
    with pytest.raises(RuleViolation, match="不是本部门"):
        coordination.reply(session, [urge], on=DAY, reply="已安排")
    become(session, Role.DEPT_LEADER, department_id=department.id)
    coordination.reply(session, [urge], on=NEXT, reply="已安排专人")
    assert (urge.reply, words(session, case.id)) == ("已安排专人", [])
    with pytest.raises(RuleViolation, match="已于"):
        coordination.reply(session, [urge], on=NEXT, reply="再答")
    actions = session.scalars(select(CaseEvent.action).order_by(CaseEvent.id)).all()
    assert actions == ["case.urge", "urge.reply"]


@pytest.mark.parametrize("state", [CaseState.DRAFT, CaseState.CLOSED, CaseState.REJECTED])
def test_nobody_is_urged_about_what_is_not_going_on(session: Session, state: CaseState) -> None:
    case = ready(session, state=state, number="甲1号")
    values = {"case": case, "issued_on": DAY, "reason": "请加快", "reply_due": NEXT}
    with pytest.raises(RuleViolation, match="不能督办"):
        crud.create(session, Urge(), values)


def running(session: Session, **values: Any) -> CaseStep:
    """A step accepted by its department, in a county that allows 延期."""
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号", accepted_on=DAY)
    step = case.steps[0]
    step.state, step.filed_on, step.accepted_on, step.due_on = StepState.ACCEPTED, DAY, DAY, date(2026, 3, 9)
    case.county.extension_allowed = True
    for key, value in values.items():
        setattr(step, key, value)
    session.flush()
    return step


def test_more_time_is_asked_for_by_the_agent_and_given_by_the_office(session: Session) -> None:
    step = running(session)
    become(session, Role.AGENT)
    with pytest.raises(RuleViolation, match="要晚于现在的应办结日"):
        coordination.extend(session, [step], on=DAY, new_due=date(2026, 3, 9), reason="专家评审")
    (asked,) = coordination.extend(session, [step], on=DAY, new_due=LATER, reason="专家评审")
    assert (asked.state, step.due_on) == (ExtensionState.ASKED, date(2026, 3, 9))
    with pytest.raises(RuleViolation, match="等待批准"):
        coordination.extend(session, [step], on=DAY, new_due=LATER, reason="专家评审")
    become(session, Role.LEAD_OFFICE)
    coordination.approve(session, [asked], on=NEXT, told_on=NEXT, opinion=None)
    assert (asked.state, step.due_on, step.case.due_on) == (ExtensionState.APPROVED, LATER, LATER)
    with pytest.raises(RuleViolation, match="已批准"):
        coordination.refuse(session, [asked], on=NEXT, opinion="不必")


def test_what_was_given_is_not_taken_back_with_the_step_before_it(session: Session) -> None:
    step = running(session)
    become(session, Role.AGENT)
    (asked,) = coordination.extend(session, [step], on=DAY, new_due=LATER, reason="专家评审")
    become(session, Role.LEAD_OFFICE)
    coordination.approve(session, [asked], on=NEXT, told_on=NEXT, opinion=None)
    with pytest.raises(RuleViolation, match="“批准延期”不能撤回"):
        undo.undo_last_step(session, [step.case], reason="误")
    assert (asked.state, step.due_on) == (ExtensionState.APPROVED, LATER)


def test_a_refused_extension_leaves_the_due_date(session: Session) -> None:
    step = running(session)
    become(session, Role.AGENT)
    (asked,) = coordination.extend(session, [step], on=DAY, new_due=LATER, reason="专家评审")
    become(session, Role.LEAD_OFFICE)
    coordination.refuse(session, [asked], on=NEXT, opinion="不必")
    assert (asked.state, step.due_on) == (ExtensionState.REFUSED, date(2026, 3, 9))


def test_the_county_says_who_gives_more_time(session: Session) -> None:
    step = running(session)
    become(session, Role.AGENT)
    (asked,) = coordination.extend(session, [step], on=DAY, new_due=LATER, reason="专家评审")
    become(session, Role.DEPT_LEADER, department_id=step.department_id)
    with pytest.raises(RuleViolation, match=r"延期由.*批准"):
        coordination.approve(session, [asked], on=NEXT, told_on=NEXT, opinion=None)
    step.county.extension_approver = Approver.DEPT_LEADER
    become(session, Role.LEAD_OFFICE, department_id=None)
    with pytest.raises(RuleViolation, match="代录"):
        coordination.approve(session, [asked], on=NEXT, told_on=NEXT, opinion=None)
    become(session, Role.DEPT_LEADER, department_id=step.department_id)
    coordination.approve(session, [asked], on=NEXT, told_on=NEXT, opinion="同意")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"state": StepState.GRANTED}, "不能延期"),
        ({"state": StepState.SUPPLEMENT}, "时限停计"),
        ({"due_on": None}, "没有应办结日"),
    ],
)
def test_only_what_runs_may_run_longer(session: Session, values: dict[str, Any], said: str) -> None:
    step = running(session, **values)
    become(session, Role.AGENT)
    with pytest.raises(RuleViolation, match=said):
        coordination.extend(session, [step], on=DAY, new_due=LATER, reason="专家评审")


def test_a_county_without_extensions_gives_none(session: Session) -> None:
    step = running(session)
    step.county.extension_allowed = False
    become(session, Role.AGENT)
    with pytest.raises(RuleViolation, match="没有延期的规定"):
        coordination.extend(session, [step], on=DAY, new_due=LATER, reason="专家评审")


def test_an_extension_never_shortens_the_time(session: Session) -> None:
    step = running(session)
    become(session, Role.AGENT)
    (asked,) = coordination.extend(session, [step], on=DAY, new_due=LATER, reason="专家评审")
    step.due_on = LATER
    become(session, Role.LEAD_OFFICE)
    with pytest.raises(RuleViolation, match="不需要延期"):
        coordination.approve(session, [asked], on=NEXT, told_on=NEXT, opinion=None)


def test_what_was_asked_for_or_held_beside_a_case_is_a_step_that_followed(session: Session) -> None:
    step = running(session)
    become(session, Role.AGENT)
    coordination.extend(session, [step], on=DAY, new_due=LATER, reason="专家评审")
    meeting = {"case": step.case, "topic": "联审", "held_on": NEXT}
    become(session, Role.LEAD_OFFICE)
    crud.create(session, Meeting(), meeting)
    told = session.scalars(select(CaseEvent.action).order_by(CaseEvent.id)).all()
    assert told == ["extension.ask", "case.meet"]
    with pytest.raises(RuleViolation, match="不能撤回"):
        undo.undo_last_step(session, [step.case], reason="误")


def test_a_meeting_or_a_reminder_does_not_lie_before_the_acceptance(session: Session) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号", submitted_on=DAY, accepted_on=LATER)
    become(session, Role.LEAD_OFFICE)
    with pytest.raises(RuleViolation, match="不能早于"):
        coordination.urge(session, [case], on=NEXT, department=None, reason="请加快", reply_due=LATER)
