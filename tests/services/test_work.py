"""Rules of what is done around a case, and of its rating."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import CaseState, StepState
from models.evaluation import Evaluation
from models.people import Role
from models.places import County, OptionKind
from models.work import Extension, Meeting, Urge, WorkRecord
from services import master, work
from services.calendar import today
from services.errors import RuleViolation
from tests import factories as f
from tests.conftest import ActingAs
from tests.factories import DAY

LATER = DAY + timedelta(days=10)


def test_a_meeting_is_between_departments(session: Session) -> None:
    meeting = f.make_meeting(session)
    one, two, three = (f.make_department(session) for _ in range(3))
    for few in ([], [one], [one, one]):
        with pytest.raises(RuleViolation, match="至少要有 2 个部门"):
            work.set_departments(session, meeting, few)
    work.set_departments(session, meeting, [one, two])
    work.set_departments(session, meeting, [two, three])
    assert {part.department_id for part in meeting.departments} == {two.id, three.id}


def test_a_reminder_is_numbered_and_due_after_it(session: Session) -> None:
    values = {"case": f.make_case(session), "issued_on": DAY, "reason": "请加快", "reply_due": DAY}
    with pytest.raises(RuleViolation, match="回复期限"):
        master.create(session, Urge(), values | {"reply_due": DAY - timedelta(days=1)})
    urge = Urge()
    master.create(session, urge, values)
    assert urge.number == "武督办〔2026〕0001号"


def test_an_extension_is_for_counties_that_know_it_and_items_that_go_on(session: Session) -> None:
    step = f.make_step(session, state=StepState.ACCEPTED, accepted_on=DAY, due_on=DAY)
    values: dict[str, Any] = {
        "step": step, "old_due": DAY, "new_due": LATER, "reason": "补充评审", "asked_on": DAY,
    }  # fmt: skip
    master.create(session, Extension(), values)
    with pytest.raises(RuleViolation, match="晚于原应办结日"):
        master.create(session, Extension(), values | {"new_due": DAY})
    done = f.make_step(session, state=StepState.GRANTED)
    with pytest.raises(RuleViolation, match="不能延期"):
        master.create(session, Extension(), values | {"step": done})
    session.scalars(select(County)).one().extension_allowed = False
    with pytest.raises(RuleViolation, match="没有延期的规定"):
        master.create(session, Extension(), values)


def test_who_notes_his_own_work_need_not_name_himself(session: Session, acting_as: ActingAs) -> None:
    agent = f.make_agent(session)
    session.commit()
    own = acting_as(Role.AGENT, staff_id=agent.id)
    record = WorkRecord()
    master.create(own, record, {"subject": "咨询", "kind": "contact", "happened_on": DAY, "content": "问"})
    assert record.staff_id == agent.id


def rating(session: Session, **more: Any) -> dict[str, Any]:
    case = more.pop("case", None) or f.make_case(session, state=CaseState.CLOSED, ended_on=DAY)
    relation = f.make_option(session, kind=OptionKind.RELATION)
    return {"case": case, "relation": relation, "rater": "赵强", "evaluated_on": LATER} | more


@pytest.mark.parametrize("state", CaseState)
def test_a_case_is_rated_once_it_is_closed(session: Session, state: CaseState) -> None:
    values = rating(session, case=f.make_case(session, state=state, ended_on=DAY), staff=f.make_agent(session))
    if state in (CaseState.CLOSED, CaseState.EVALUATED):
        master.create(session, Evaluation(), values)
        return
    with pytest.raises(RuleViolation, match="办结后才能评价"):
        master.create(session, Evaluation(), values)


def test_nobody_types_his_own_rating_nor_one_before_the_end(session: Session, acting_as: ActingAs) -> None:
    agent = f.make_agent(session)
    with pytest.raises(RuleViolation, match="不能早于办结日"):
        master.create(session, Evaluation(), rating(session, staff=agent, evaluated_on=DAY - timedelta(days=1)))
    session.commit()
    clerk = acting_as(Role.WINDOW_CLERK, staff_id=agent.id)
    with pytest.raises(RuleViolation, match="对自己的评价"):
        master.create(clerk, Evaluation(), rating(clerk, staff=agent))


@pytest.mark.parametrize("day", [today() + timedelta(days=1), date(2126, 1, 1)])
def test_what_has_been_is_not_to_come(session: Session, day: date) -> None:
    with pytest.raises(RuleViolation, match="召开日期不能晚于今天") as error:
        master.create(session, Meeting(), {"topic": "联席", "held_on": day})
    assert error.value.field == "held_on"
