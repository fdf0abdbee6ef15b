"""预约服务: an agreed time and place, in the list of the day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.people import Role
from models.work import Appointment, AppointmentState
from services.desk import todo
from services.kernel.errors import RuleViolation
from services.kernel.working_days import today
from services.records import crud
from tests import factories as f
from tests.conftest import ActingAs
from tests.factories import DAY

AGREED: dict[str, Any] = {"matter": "延时取件", "day": DAY, "at": "18:30", "place": "综合窗口", "visitor": "赵强"}


def test_an_appointment_is_with_somebody(session: Session) -> None:
    with pytest.raises(RuleViolation, match="填写联系人") as error:
        crud.create(session, Appointment(), AGREED | {"visitor": None})
    assert error.value.field == "visitor"
    for whom in ({"case": f.make_case(session)}, {"enterprise": f.make_enterprise(session)}, {"visitor": "赵强"}):
        crud.create(session, Appointment(), AGREED | {"visitor": None} | whom)


@pytest.mark.parametrize("state", AppointmentState)
def test_what_became_of_it_is_known_on_its_day(session: Session, state: AppointmentState) -> None:
    tomorrow = today() + timedelta(days=1)
    row = f.make_appointment(session, day=tomorrow)
    if state in (AppointmentState.PLANNED, AppointmentState.CANCELLED):
        crud.check(session, row, {"state": state})
    else:
        with pytest.raises(RuleViolation, match=f"{tomorrow} 还没有到"):
            crud.check(session, row, {"state": state})
    crud.check(session, row, {"state": state, "day": today()})


def test_who_notes_it_serves(session: Session, acting_as: ActingAs) -> None:
    agent = f.make_agent(session)
    session.commit()
    row = Appointment()
    crud.create(acting_as(Role.AGENT, staff_id=agent.id), row, AGREED)
    assert row.staff_id == agent.id


@pytest.mark.parametrize("role", [Role.LEAD_OFFICE, Role.AGENT, Role.WINDOW_CLERK])
def test_the_day_s_list_has_time_and_place_in_their_order(session: Session, acting_as: ActingAs, role: Role) -> None:
    for matter, day, at in (("后", DAY, "15:00"), ("先", DAY, "09:30"), ("明天", DAY + timedelta(days=1), "08:00")):
        f.make_appointment(session, matter=matter, day=day, at=at)
    f.make_appointment(session, matter="昨天的", day=DAY - timedelta(days=1), at="10:00")
    f.make_appointment(session, matter="做完的", state=AppointmentState.DONE)
    session.commit()
    (pile,) = [pile for pile in todo.piles(acting_as(role, write=False), DAY) if pile.kind == "预约服务"]
    assert [task.text for task in pile.tasks] == ["昨天的", "先", "后"]
    assert pile.tasks[1].note == f"{DAY} 09:30 综合窗口"


def test_an_officer_sees_their_own(session: Session, acting_as: ActingAs) -> None:
    officer = f.make_officer(session)
    f.make_appointment(session, matter="自己的", staff=officer)
    f.make_appointment(session, matter="别人的")
    session.commit()
    own = acting_as(Role.CHIEF_OFFICER, staff_id=officer.id, write=False)
    assert [task.text for task in todo.tasks(own, DAY) if task.tag == "预约服务"] == ["自己的"]
