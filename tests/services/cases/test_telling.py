"""说明告知: the applicant is told where the county's document binds, and it is kept who told whom, when and how."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import CaseState, ServiceCase, StepState
from models.people import Role
from models.places import Meaning, OptionKind
from models.work import TellingWay, WorkKind, WorkRecord
from services.cases import closing, intake, steps, undo
from services.kernel.errors import RuleViolation
from tests import factories as f
from tests.at_work import become, ready
from tests.factories import DAY

TOLD: dict[str, Any] = {"told_by": "代办员甲", "told_to": "赵强", "told_way": TellingWay.PHONE, "told_on": DAY}


def accept(session: Session, case: ServiceCase, **told: Any) -> None:
    intake.accept(session, [case], on=DAY, **told)


def reject(session: Session, case: ServiceCase, **told: Any) -> None:
    intake.reject(session, [case], on=DAY, reason="不在服务范围", **told)


def terminate(session: Session, case: ServiceCase, **told: Any) -> None:
    reason = f.make_option(session, kind=OptionKind.TERMINATION_REASON, meaning=Meaning.FORCE_MAJEURE)
    closing.terminate(session, [case], reason=reason, explanation="洪水冲毁用地", returned=None, on=DAY, **told)


def deny(session: Session, case: ServiceCase, **told: Any) -> None:
    steps.record(session, case.steps, "deny", on=DAY, reason="洪水冲毁用地", force_majeure=True, **told)


#: Setting of the county, state in which the action starts, the action.
DUTIES: dict[str, tuple[CaseState, Callable[..., None]]] = {
    "process_told": (CaseState.SUBMITTED, accept),
    "refusal_told": (CaseState.SUBMITTED, reject),
    "obstacle_told": (CaseState.IN_PROGRESS, terminate),
}


def at_work(session: Session, state: CaseState, setting: str, on: bool) -> ServiceCase:
    case = ready(session, state=state, number="甲1号")
    setattr(case.county, setting, on)
    case.steps[0].state = StepState.ACCEPTED
    become(session, Role.AGENT, staff_id=f.make_agent(session, name="代办员乙").id)
    return case


def tellings(session: Session) -> list[WorkRecord]:
    return list(session.scalars(select(WorkRecord).where(WorkRecord.kind == WorkKind.TOLD)))


@pytest.mark.parametrize("lacking", ["told_way", "told_on"])
@pytest.mark.parametrize("setting", DUTIES)
def test_the_step_waits_until_the_applicant_was_told(session: Session, setting: str, lacking: str) -> None:
    state, act = DUTIES[setting]
    case = at_work(session, state, setting, on=True)
    told = {key: value for key, value in TOLD.items() if key != lacking}
    if (setting, lacking) == ("refusal_told", "told_on"):
        act(session, case, **told)  # told on the day of the refusal
        assert tellings(session)[0].happened_on == DAY
        return
    with pytest.raises(RuleViolation, match="须写明") as error:
        act(session, case, **told)
    assert error.value.field == lacking


@pytest.mark.parametrize("setting", DUTIES)
def test_who_told_whom_when_and_how_is_kept(session: Session, setting: str) -> None:
    state, act = DUTIES[setting]
    case = at_work(session, state, setting, on=True)
    act(session, case, **TOLD)
    (record,) = tellings(session)
    assert (record.case_id, record.teller, record.visitor, record.way, record.happened_on) == (
        case.id,
        "代办员甲",
        "赵强",
        TellingWay.PHONE,
        DAY,
    )


@pytest.mark.parametrize("setting", DUTIES)
def test_where_no_document_binds_nothing_is_asked_or_kept(session: Session, setting: str) -> None:
    state, act = DUTIES[setting]
    act(session, at_work(session, state, setting, on=False))
    assert tellings(session) == []


def test_an_item_that_cannot_be_done_by_force_majeure_is_explained(session: Session) -> None:
    case = at_work(session, CaseState.IN_PROGRESS, "obstacle_told", on=True)
    with pytest.raises(RuleViolation, match=r"说明未办成.*须写明"):
        deny(session, case)
    assert case.steps[0].state is StepState.ACCEPTED
    deny(session, case, **TOLD)
    assert (case.steps[0].force_majeure, tellings(session)[0].content) == (True, "洪水冲毁用地")


def test_an_item_that_is_refused_on_its_merits_needs_no_telling(session: Session) -> None:
    case = at_work(session, CaseState.IN_PROGRESS, "obstacle_told", on=True)
    steps.record(session, case.steps, "deny", on=DAY, reason="不符合条件")
    assert tellings(session) == []


def test_who_acts_told_the_clerk_unless_it_says_otherwise(session: Session) -> None:
    case = at_work(session, CaseState.SUBMITTED, "process_told", on=True)
    assert case.enterprise is not None
    accept(session, case, told_way=TellingWay.FACE_TO_FACE, told_on=DAY)
    (record,) = tellings(session)
    assert (record.teller, record.visitor) == ("代办员乙", case.enterprise.handler)


def test_the_process_is_explained_before_acceptance(session: Session) -> None:
    case = at_work(session, CaseState.SUBMITTED, "process_told", on=True)
    with pytest.raises(RuleViolation, match=f"不能晚于 {DAY}"):
        accept(session, case, **(TOLD | {"told_on": DAY + timedelta(days=1)}))


def test_a_telling_is_undone_with_its_step(session: Session) -> None:
    case = at_work(session, CaseState.SUBMITTED, "process_told", on=True)
    accept(session, case, **TOLD)
    become(session, Role.LEAD_OFFICE)
    undo.undo_last_step(session, [case], reason="受理错了")
    assert (case.state, tellings(session)) == (CaseState.SUBMITTED, [])


def test_an_item_stays_stopped_while_some_papers_are_missing(session: Session) -> None:
    """The clock stands until the last paper comes. Source: 领域 6."""
    case = at_work(session, CaseState.IN_PROGRESS, "obstacle_told", on=False)
    step = case.steps[0]
    step.state, step.filed_on = StepState.FILED, DAY
    steps.record(session, [step], "accept", on=DAY)
    steps.record(session, [step], "ask", on=DAY + timedelta(days=1), reason="缺总平图、红线图")
    some, all_ = DAY + timedelta(days=3), DAY + timedelta(days=7)
    with pytest.raises(RuleViolation, match="须写明原因"):
        steps.record(session, [step], "receive", on=some)
    steps.record(session, [step], "receive", on=some, reason="收到总平图，还缺红线图")
    assert (step.state, step.due_on) == (StepState.SUPPLEMENT, None)
    assert step.pauses == [[str(DAY + timedelta(days=1)), None]]
    with pytest.raises(RuleViolation, match=f"不能早于上一步的 {some}"):
        steps.record(session, [step], "resume", on=some - timedelta(days=1))
    steps.record(session, [step], "resume", on=all_)
    assert step.pauses == [[str(DAY + timedelta(days=1)), str(all_)]]
