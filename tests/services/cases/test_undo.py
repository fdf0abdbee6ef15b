"""撤回上一步: undoing any action restores the case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.cases import (
    CaseEvent,
    CaseState,
    CaseStep,
    Completion,
    Delivery,
    ServiceCase,
    StepState,
)
from models.ledger import MonthState
from models.people import Role
from models.places import OptionKind
from models.types import now
from models.work import CaseMaterial
from services.cases import closing, coordination, dispatch, intake, steps, transitions, undo
from services.cases.intake import MissingMaterial
from services.cases.received_papers import materials_of
from services.cases.transitions import UNDOABLE_COLUMNS
from services.kernel.errors import RuleViolation
from tests import factories as f
from tests.at_work import become, ready
from tests.factories import DAY

Picture = dict[tuple[str, int], dict[str, Any]]


def picture(session: Session, case: ServiceCase) -> Picture:
    """Everything of the case that an action may change, as stored in the database."""
    session.flush()
    session.expire_all()
    found: Picture = {}
    for model in UNDOABLE_COLUMNS:
        key = model.id if model is ServiceCase else model.case_id  # type: ignore[attr-defined]
        valid = [model.voided_on.is_(None)] if model is Delivery else []  # a voided one stays as a record
        for row in session.scalars(select(model).where(key == case.id, *valid)):
            values = {c.key: getattr(row, c.key) for c in model.__mapper__.column_attrs}
            found[model.__tablename__, row.id] = {
                k: v for k, v in values.items() if k not in ("version", "number", "number_key")
            }
    return found


def undo_last(session: Session, case: ServiceCase) -> None:
    become(session, Role.LEAD_OFFICE)
    undo.undo_last_step(session, [case], reason="登记有误")


def walked(session: Session, case: ServiceCase) -> list[Any]:
    """The actions of a whole case as functions; each is done, undone and done again."""
    agent, step = f.make_agent(session), case.steps[0]
    liaison = f.make_liaison(session, department=step.department)
    way = f.make_option(session, kind=OptionKind.DELIVERY_WAY)
    day = iter(DAY + timedelta(days=n) for n in range(60))

    def at_step(name: str, **more: Any) -> Any:
        on = next(day)
        return Role.AGENT, lambda: steps.record(session, case.steps, name, on=on, **more)

    def at_case(role: Role, work: Any, **more: Any) -> Any:
        on = next(day)
        return role, lambda: work(session, [case], on=on, **more)

    received = [0]
    return [
        at_case(Role.AGENT, intake.submit),
        at_case(Role.AGENT, intake.notify, materials=[MissingMaterial("营业执照", "到窗口补")], reason=None),
        (
            Role.AGENT,
            lambda: intake.resupply(
                session,
                [case],
                on=DAY + timedelta(days=2),
                received=[m.id for m in materials_of(session, case)] or received,
            ),
        ),
        at_case(Role.AGENT, intake.accept),
        at_case(Role.LEAD_OFFICE, lambda s, c, on: dispatch.assign(s, c, agent, on=on, reason="就近")),
        at_case(Role.DEPT_LEADER, lambda s, c, on: steps.name_liaison(s, c[0].steps, liaison, on=on)),
        at_step("file"),
        at_step("accept"),
        at_step("ask", reason="缺图纸"),
        at_step("resume"),
        at_step("grant", approval_number="武审〔2026〕1号"),
        at_case(Role.AGENT, closing.deliver_and_close, way=way, documents="批文", recipient="经办人甲"),
    ]


def test_every_step_taken_back_leaves_the_case_as_it_was(session: Session) -> None:
    case = ready(session)
    steps_of = walked(session, case)
    for role, work in steps_of:
        before = picture(session, case)
        become(session, role, department_id=case.steps[0].department_id)
        work()
        assert picture(session, case) != before
        undo_last(session, case)
        if case.state is CaseState.DELIVERED:  # 送达并办结 is two steps
            undo_last(session, case)
        assert picture(session, case) == before
        become(session, role, department_id=case.steps[0].department_id)
        work()
    assert case.state is CaseState.CLOSED
    counted = select(func.count()).select_from(CaseEvent).where(CaseEvent.action == "case.undo")
    assert session.scalar(counted) == len(steps_of) + 1


def test_a_slip_that_was_taken_back_is_void_and_its_number_is_not_used_again(session: Session) -> None:
    case = ready(session, state=CaseState.APPROVED, number="甲1号")
    way = f.make_option(session, kind=OptionKind.DELIVERY_WAY)
    numbers = []
    for _ in range(2):
        become(session, Role.AGENT)
        closing.deliver_and_close(session, [case], way=way, documents="批文", recipient="甲", on=DAY)
        numbers.append(session.scalars(select(Completion.number).where(Completion.voided_on.is_(None))).one())
        undo_last(session, case)
        undo_last(session, case)
    assert numbers == ["武办结〔2026〕0001号", "武办结〔2026〕0002号"]
    for model in (Delivery, Completion):
        assert session.scalars(select(model.id).where(model.voided_on.is_(None))).all() == []


def test_an_application_that_was_taken_back_keeps_its_number(session: Session) -> None:
    case = ready(session)
    become(session, Role.AGENT)
    intake.submit(session, [case], on=DAY)
    number = case.number
    undo_last(session, case)
    assert (case.state, case.number) == (CaseState.DRAFT, number)
    with pytest.raises(RuleViolation, match="不能删除"):
        intake.drop_draft(session, case)
    become(session, Role.AGENT)
    intake.submit(session, [case], on=DAY)
    assert case.number == number


def test_materials_that_a_notice_made_go_with_it(session: Session) -> None:
    case = ready(session)
    become(session, Role.AGENT)
    intake.submit(session, [case], on=DAY)
    intake.notify(session, [case], on=DAY, materials=[MissingMaterial("营业执照", "到窗口补")], reason=None)
    undo_last(session, case)
    assert session.scalars(select(CaseMaterial)).all() == []
    become(session, Role.AGENT)
    intake.notify(session, [case], on=DAY, materials=[MissingMaterial("营业执照", "到窗口补")], reason=None)


def test_what_follows_by_itself_goes_with_its_cause(session: Session) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号")
    case.steps[0].state = StepState.ACCEPTED
    session.flush()
    become(session, Role.AGENT)
    steps.record(session, case.steps, "grant", on=DAY)
    assert case.state is CaseState.APPROVED
    undo_last(session, case)
    assert (case.state, case.approved_on) == (CaseState.IN_PROGRESS, None)
    assert session.scalars(select(CaseStep.finished_on)).all() == [None]


@pytest.mark.parametrize("followed", [0, 1, 2, 3])
def test_however_much_followed_by_itself_goes_with_its_cause_and_nothing_before(
    session: Session, followed: int
) -> None:
    case = ready(session, state=CaseState.CLOSED, number="甲1号")
    chain = ("登记", "原因", *("随后" for _ in range(followed)))
    for n, action in enumerate(chain):
        before = {"service_case": {str(case.id): {"due_provisional": n == 1}}}
        f.make_event(session, case=case, action=action, automatic=action == "随后", before=before)
    assert [event.action for event in undo.undoable_events(session, case)] == [*["随后"] * followed, "原因"]
    undo_last(session, case)
    session.flush()
    told = session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)).all()
    assert [event.taken_back for event in told] == [False, *[True] * (followed + 1), False]
    assert told[-1].note == f"撤回“{'、'.join(chain[1:])}”：登记有误"
    assert case.due_provisional is True  # as it was before the cause, whatever followed


def test_nothing_is_taken_back_once_something_followed(session: Session) -> None:
    case = ready(session)
    become(session, Role.AGENT)
    intake.submit(session, [case], on=DAY)
    intake.accept(session, [case], on=DAY)
    become(session, Role.INSPECTOR)
    coordination.urge(session, [case], on=DAY, department=None, reason="请加快", reply_due=DAY)
    with pytest.raises(RuleViolation, match="“督办”不能撤回"):
        undo_last(session, case)
    assert case.state is CaseState.ACCEPTED


def test_a_locked_month_keeps_what_it_told(session: Session) -> None:
    case = ready(session)
    become(session, Role.AGENT)
    intake.submit(session, [case], on=DAY)
    f.make_month(session, month=f"{DAY:%Y-%m}", state=MonthState.LOCKED, locked_at=now())
    with pytest.raises(RuleViolation, match="台账已锁定"):
        undo_last(session, case)
    assert case.state is CaseState.SUBMITTED


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.LEAD_OFFICE])
def test_it_is_the_lead_offices_alone(session: Session, role: Role) -> None:
    case = ready(session)
    become(session, Role.AGENT)
    intake.submit(session, [case], on=DAY)
    become(session, role)
    with pytest.raises(RuleViolation):
        undo.undo_last_step(session, [case], reason="误")
    assert case.state is CaseState.SUBMITTED


def test_a_case_from_before_this_program_has_nothing_to_take_back(session: Session) -> None:
    case = ready(session, state=CaseState.CLOSED, number="甲1号")
    with pytest.raises(RuleViolation, match="不能撤回"):
        undo_last(session, case)


def test_the_events_say_what_was_taken_back(session: Session) -> None:
    case = ready(session)
    become(session, Role.AGENT)
    intake.submit(session, [case], on=DAY)
    undo_last(session, case)
    first, last = session.scalars(select(CaseEvent).order_by(CaseEvent.id)).all()
    assert (first.taken_back, last.taken_back) == (True, False)
    assert last.note == "撤回“提交”：登记有误"
    assert transitions.latest_date(session, case) is None


def test_nobody_who_left_gets_anything_back(session: Session) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号", agent=(gone := f.make_agent(session)))
    become(session, Role.LEAD_OFFICE)
    dispatch.hand_over(session, [case], f.make_agent(session), on=DAY, reason="离岗")
    gone.active = False
    session.flush()
    with pytest.raises(RuleViolation, match="已不在岗，不能撤回"):
        undo_last(session, case)
    assert case.agent_id != gone.id


def test_what_has_an_attachment_is_not_taken_away(session: Session) -> None:
    case = ready(session)
    become(session, Role.AGENT)
    intake.submit(session, [case], on=DAY)
    intake.notify(session, [case], on=DAY, materials=[MissingMaterial("营业执照", "到窗口补")], reason=None)
    (paper,) = materials_of(session, case)
    f.make_attachment(session, owner_table="case_material", owner_id=paper.id)
    with pytest.raises(RuleViolation, match="已有附件"):
        undo_last(session, case)
