"""All combinations of actions, states and roles of cases and steps, compared with a written table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.cases import (
    CaseEvent,
    CaseForm,
    CaseScope,
    CaseState,
    CaseStep,
    Completion,
    Delivery,
    ServiceCase,
    StepState,
    Termination,
)
from models.people import Role
from models.places import Commitment, Meaning, OptionKind
from models.records import NumberSequence
from models.work import CaseMaterial, MaterialState, Meeting, Urge
from services.cases import (
    archive,
    closing,
    coordination,
    dispatch,
    evaluation,
    intake,
    paper_handover,
    stations,
    steps,
    transitions,
    undo,
)
from services.kernel.errors import RuleViolation
from services.kernel.working_days import today
from tests.at_work import become, ready
from tests.factories import (
    WRITTEN_ROLES,
    actor_as,
    make_agent,
    make_assignment,
    make_case,
    make_case_material,
    make_department,
    make_designation,
    make_liaison,
    make_officer,
    make_option,
    make_project,
    make_step,
    make_window,
)

#: action: (states it may start from, roles that may do it). Source: 领域 4.
TABLE: dict[str, tuple[str, str]] = {
    "submit": ("draft", "lead_office agent window_clerk"),
    "notify": ("submitted", "agent window_clerk"),
    "resupply": ("supplement", "agent window_clerk"),
    "reject": ("submitted supplement", "agent window_clerk"),
    "withdraw": ("submitted supplement", "agent window_clerk"),
    "accept": ("submitted", "agent lead_office"),
    "assign": ("accepted", "lead_office window_clerk"),
    "finish": ("in_progress", " ".join(Role)),
    "deliver": ("approved", "agent chief_officer"),
    "close": ("delivered", "agent chief_officer"),
    "hand_over": ("in_progress approved delivered", "lead_office agent"),
    "bring": ("accepted in_progress", "chief_officer"),
    "pass_on": ("delivered closed evaluated terminated", "agent"),
    # The heir of a role has no column here; tests/services/cases/test_stations.py has its rows.
    "hand_in": ("submitted supplement accepted in_progress approved", ""),
    "meet": ("accepted in_progress", "lead_office agent"),
    "urge": ("accepted in_progress approved delivered", "lead_office inspector dept_leader agent"),
    "receive": ("delivered", "agent chief_officer"),
    "register": ("delivered closed evaluated", "agent chief_officer"),
    "rate": ("closed evaluated", "lead_office window_clerk inspector"),
    "evaluate": ("closed", " ".join(Role)),
    "propose": ("evaluated terminated", "agent"),
    "propose_end": ("accepted in_progress approved", "agent chief_officer"),
    "refuse_end": ("accepted in_progress approved", "lead_office"),
    "terminate": ("accepted in_progress approved", "agent chief_officer lead_office"),
    "archive": ("evaluated terminated", "lead_office"),
    "undo": (" ".join(state for state in CaseState if state not in ("draft", "archived")), "lead_office"),
}
#: Roles that record (代录) for roles that may act. Source: 领域 4, 代录.
RECORDERS = {"lead_office", "window_clerk"}
REPRESENTED = {"agent", "chief_officer", "dept_leader", "liaison"}
#: (action, role): the county setting that permits it. Source: 领域 5.
SWITCHES = {
    ("deliver", "chief_officer"): "officer_delivers",
    ("close", "chief_officer"): "officer_delivers",
    ("terminate", "chief_officer"): "officer_delivers",
    ("propose_end", "chief_officer"): "officer_delivers",
    ("receive", "chief_officer"): "officer_delivers",
    ("register", "chief_officer"): "officer_delivers",
    ("meet", "agent"): "agent_meets",
    ("urge", "agent"): "agent_urges",
}
#: Actions that require, or exclude, an earlier request for a one-sided end or for the archive.
WAITED = {"propose_end": False, "refuse_end": True, "propose": False, "archive": True}
#: step action: (states, roles); the case must be 办理中.
STEPS: dict[str, tuple[str, str]] = {
    "file": ("pending", "agent chief_officer"),
    "accept": ("filed", "agent liaison dept_leader"),
    "ask": ("dept_accepted", "agent liaison dept_leader"),
    "receive": ("item_supplement", "agent liaison dept_leader"),
    "resume": ("item_supplement", "agent liaison dept_leader"),
    "grant": ("dept_accepted", "agent liaison dept_leader"),
    "deny": ("dept_accepted item_supplement", "agent liaison dept_leader"),
    "withdraw": ("pending filed dept_accepted item_supplement", "agent chief_officer"),
}
DAY = date(2026, 3, 2)


def test_the_tables_name_every_action() -> None:
    assert set(TABLE) == set(transitions.MOVES)
    assert set(STEPS) == set(steps.STEP_MOVES)


def offered(roles: str, role: str) -> bool:
    """Whether the role sees the button, to act or to record for a role that may act."""
    return role in roles.split() or (role in RECORDERS and bool(REPRESENTED & set(roles.split())))


@pytest.mark.parametrize("switched", [True, False])
@pytest.mark.parametrize("state", CaseState)
def test_exactly_the_written_cells_are_possible(session: Session, state: CaseState, switched: bool) -> None:
    agent = make_agent(session)
    case = make_case(session, number="武帮代办〔2026〕0001号", state=state, agent=agent)
    for switch in SWITCHES.values():
        setattr(case.county, switch, switched)
    case.county.delivery_noted = case.county.officer_brings = case.county.sections_take_over = True
    wrong = []
    for role, asked in product(WRITTEN_ROLES, (False, True)):
        actor = actor_as(role, case.county, staff_id=agent.id)
        case.end_asked_on = case.archive_asked_on = DAY if asked else None
        for name, (starts, roles) in TABLE.items():
            refusal = transitions.why_not(actor, case, name)
            allowed = state in starts.split() and offered(roles, role) and (switched or (name, role) not in SWITCHES)
            allowed &= asked is WAITED.get(name, asked)
            if allowed != (refusal is None) or (refusal is not None and refusal.isascii()):
                wrong.append((role, name, refusal))
    assert wrong == []


@pytest.mark.parametrize("files", [True, False])
@pytest.mark.parametrize("state", StepState)
def test_exactly_the_written_cells_of_a_step_are_possible(session: Session, state: StepState, files: bool) -> None:
    case = make_case(session, number="武帮代办〔2026〕0001号", state=CaseState.IN_PROGRESS)
    case.county.officer_files, case.county.has_liaisons = files, not files
    step = make_step(session, case=case, state=state)
    wrong = []
    for role in WRITTEN_ROLES:
        for name, (starts, roles) in STEPS.items():
            refusal = steps.why_not(actor_as(role, case.county), step, name)
            allowed = state in starts.split() and offered(roles, role) and (files or role != "chief_officer")
            allowed &= files or role != "agent" or name in ("file", "withdraw")
            if allowed != (refusal is None):
                wrong.append((role, name, refusal))
    assert wrong == []


@pytest.mark.parametrize("name", [n for n in TABLE if n not in ("finish", "evaluate")])
def test_every_role_that_is_not_in_the_table_is_refused_by_the_service(session: Session, name: str) -> None:
    """All combinations again, through the functions that the buttons call."""
    case = ready(session, number="甲1号")
    for switch in SWITCHES.values():
        setattr(case.county, switch, True)
    call, before = calls(session)[name][1], traces(session)
    for state, role in product(CaseState, WRITTEN_ROLES):
        case.state = state
        if state not in TABLE[name][0].split() or role not in TABLE[name][1].split():
            become(session, role, staff_id=None)
            with pytest.raises(RuleViolation) as refusal:
                call(session, [case])
            assert not str(refusal.value).isascii()
            assert (case.state, traces(session)) == (state, before)


@pytest.mark.parametrize("name", STEPS)
def test_every_role_that_is_not_in_the_table_is_refused_at_the_step(session: Session, name: str) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号")
    step = case.steps[0]
    case.county.officer_files = True
    before = traces(session)
    for state, role in product(StepState, WRITTEN_ROLES):
        step.state = state
        if state not in STEPS[name][0].split() or role not in STEPS[name][1].split():
            become(session, role, staff_id=None)
            with pytest.raises(RuleViolation) as refusal:
                steps.record(session, [step], name, on=today(), reason="原因")
            assert not str(refusal.value).isascii()
            assert (step.state, traces(session)) == (state, before)


def test_no_step_moves_while_its_case_is_not_being_handled(session: Session) -> None:
    case = make_case(session, number="武帮代办〔2026〕0001号", state=CaseState.ACCEPTED)
    step = make_step(session, case=case)
    assert steps.why_not(actor_as(Role.AGENT, case.county), step, "file")


Call = Callable[[Session, list[ServiceCase]], Any]


def calls(session: Session) -> dict[str, tuple[Role, Call]]:
    """For each action: a role that may do it, and a working call."""
    way = make_option(session, kind=OptionKind.DELIVERY_WAY)
    reason = make_option(session, kind=OptionKind.TERMINATION_REASON)
    window = make_window(session)
    agent, two = make_agent(session), [make_department(session), make_department(session)]
    on, paper = today(), intake.MissingMaterial("营业执照", "到市场监管局补办")
    return {
        "submit": (Role.AGENT, lambda s, c: intake.submit(s, c, on=on)),
        "notify": (Role.AGENT, lambda s, c: intake.notify(s, c, on=on, materials=[paper], reason=None)),
        "resupply": (Role.AGENT, lambda s, c: intake.resupply(s, c, on=on, received=[])),
        "accept": (Role.AGENT, lambda s, c: intake.accept(s, c, on=on)),
        "assign": (Role.LEAD_OFFICE, lambda s, c: dispatch.assign(s, c, agent, on=on, reason=None)),
        "hand_over": (Role.LEAD_OFFICE, lambda s, c: dispatch.hand_over(s, c, agent, on=on, reason="调岗")),
        "bring": (
            Role.CHIEF_OFFICER,
            lambda s, c: paper_handover.bring(s, c, on=on, window=window, receiver="窗口甲", papers="立项材料"),
        ),
        "pass_on": (
            Role.AGENT,
            lambda s, c: paper_handover.pass_on(s, c, on=on, department=two[0], receiver="科员甲", papers="案卷"),
        ),
        "hand_in": (
            Role.STATION_CLERK,
            lambda s, c: stations.hand_in(s, c, on=on, handed_by="赵强", others="申请表"),
        ),
        "meet": (
            Role.LEAD_OFFICE,
            lambda s, c: coordination.meet(s, c, on=on, topic="会商", place=None, departments=two),
        ),
        "urge": (
            Role.INSPECTOR,
            lambda s, c: coordination.urge(s, c, on=on, department=None, reason="请加快", reply_due=on),
        ),
        "reject": (Role.AGENT, lambda s, c: intake.reject(s, c, on=on, reason="不符合条件", told_on=on)),
        "withdraw": (Role.AGENT, lambda s, c: intake.withdraw(s, c, on=on, reason="申请人撤回")),
        "deliver": (
            Role.AGENT,
            lambda s, c: closing.deliver_and_close(s, c, way=way, documents="批文", recipient="经办人甲", on=on),
        ),
        "terminate": (
            Role.AGENT,
            lambda s, c: closing.terminate(
                s, c, reason=reason, explanation=None, returned=None, one_sided=False, on=on
            ),
        ),
        "receive": (Role.AGENT, lambda s, c: closing.confirm_receipt(s, c, on=on)),
        "close": (Role.AGENT, lambda s, c: closing.close(s, c, on=on)),
        "register": (Role.AGENT, lambda s, c: closing.register_delivery(s, c, on=on)),
        "rate": (
            Role.LEAD_OFFICE,
            lambda s, c: evaluation.rate(s, c, on=on, due="1.1.", grade=None, rater="经办人甲", opinion=None),
        ),
        "propose_end": (
            Role.AGENT,
            lambda s, c: closing.propose_end(s, c, reason=reason, explanation="申请人失联", on=on),
        ),
        "refuse_end": (Role.LEAD_OFFICE, lambda s, c: closing.refuse_end(s, c, reason="再联系一次", on=on)),
        "propose": (Role.AGENT, lambda s, c: archive.propose(s, c, on=on)),
        "archive": (Role.LEAD_OFFICE, lambda s, c: archive.archive(s, c, on=on)),
        "undo": (Role.LEAD_OFFICE, lambda s, c: undo.undo_last_step(s, c, reason="误操作")),
    }


def traces(session: Session) -> list[int]:
    """Row counts of all tables in which an action may leave a trace."""
    models = (CaseEvent, Delivery, Completion, Termination, NumberSequence, Meeting, Urge, CaseMaterial)
    return [session.scalar(select(func.count()).select_from(m.__table__)) or 0 for m in models]


@pytest.mark.parametrize("state", CaseState)
def test_a_refused_action_leaves_nothing_behind(session: Session, state: CaseState) -> None:
    case = make_case(session, number="武帮代办〔2026〕0001号", state=state)
    make_step(session, case=case)
    session.flush()
    for name, (role, call) in calls(session).items():
        if state not in TABLE[name][0].split():
            become(session, role)
            before = traces(session)
            with pytest.raises(RuleViolation) as refusal:
                call(session, [case])
            assert not str(refusal.value).isascii()
            assert case.state is state
            assert traces(session) == before


def test_a_case_goes_from_draft_to_its_slip(session: Session) -> None:
    become(session, Role.AGENT)
    case = ready(session)
    step, liaison = case.steps[0], make_liaison(session, department=case.steps[0].department)
    way = make_option(session, kind=OptionKind.DELIVERY_WAY)
    intake.submit(session, [case], on=DAY)
    assert case.number
    become(session, Role.AGENT, staff_id=make_agent(session).id)
    intake.accept(session, [case], on=DAY)
    assert (case.due_on is not None, case.due_provisional) == (True, True)
    become(session, Role.LEAD_OFFICE)
    dispatch.assign(session, [case], make_agent(session), on=DAY, reason=None)
    become(session, Role.DEPT_LEADER, department_id=step.department_id)
    steps.name_liaison(session, [step], liaison, on=DAY)
    become(session, Role.AGENT)
    steps.record(session, [step], "file", on=DAY)
    steps.record(session, [step], "accept", on=DAY + timedelta(days=1))
    assert step.due_on == date(2026, 3, 10)
    assert (case.due_on, case.due_provisional) == (step.due_on, False)
    steps.record(session, [step], "grant", on=DAY + timedelta(days=3), approval_number="武审〔2026〕1号")
    assert case.state is CaseState.APPROVED
    assert case.approved_on == DAY + timedelta(days=3)
    closing.deliver_and_close(
        session, [case], way=way, documents="批文", recipient="经办人甲", on=DAY + timedelta(days=4)
    )
    assert case.state is CaseState.CLOSED
    slip = session.scalars(select(Completion).where(Completion.case_id == case.id)).one()
    assert "2026" in slip.number
    actions = session.scalars(select(CaseEvent.action).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)).all()
    assert actions == [
        "case.submit",
        "case.accept",
        "case.assign",
        "step.name_liaison",
        "step.file",
        "step.accept",
        "step.grant",
        "case.finish",
        "case.deliver",
        "case.close",
    ]


@pytest.mark.parametrize(
    ("setting", "without", "wanted", "column", "word"),
    [
        ("proof_needed", False, True, "proof_received", "书面委托证明"),
        ("commitment", Commitment.NONE, Commitment.SEPARATE, "commitment_signed", "承诺书"),
        ("commitment", Commitment.IN_AGREEMENT, Commitment.SEPARATE, "commitment_signed", "承诺书"),
        ("first_contact_needed", False, True, "first_contact", "首问责任人"),
        ("tells_form", False, True, "form", "帮办或代办"),
    ],
)
def test_each_county_asks_for_its_own_papers(
    session: Session, setting: str, without: Any, wanted: Any, column: str, word: str
) -> None:
    become(session, Role.AGENT)
    case = ready(session, **{column: False if column.endswith("d") else None})
    setattr(case.county, setting, without)
    intake.submit(session, [case], on=DAY)
    other = ready(session, **{column: False if column.endswith("d") else None})
    setattr(other.county, setting, wanted)
    with pytest.raises(RuleViolation, match=word):
        intake.submit(session, [other], on=DAY)


def test_an_application_names_its_items_or_all(session: Session) -> None:
    become(session, Role.AGENT)
    whole = make_case(session, scope=CaseScope.ALL)
    intake.submit(session, [whole], on=DAY)
    with pytest.raises(RuleViolation, match="至少一个具体事项"):
        intake.submit(session, [make_case(session)], on=DAY)


def test_papers_are_signed_before_acceptance_except_for_accompanying_with_incomplete_ones(session: Session) -> None:
    become(session, Role.AGENT)
    lacking = {"agreement_signed": False, "materials_handed": False}
    acting, accompanied = ready(session, **lacking), ready(session, **lacking, form=CaseForm.ACCOMPANY)
    acting.county.agreement_needed = acting.county.tells_form = True
    intake.submit(session, [acting, accompanied], on=DAY)
    become(session, Role.AGENT)
    for case in (acting, accompanied):
        with pytest.raises(RuleViolation, match="材料交接"):
            intake.accept(session, [case], on=DAY)
        make_case_material(session, case=case, state=MaterialState.MISSING)
    with pytest.raises(RuleViolation, match="待补材料"):
        intake.accept(session, [acting], on=DAY)
    intake.accept(session, [accompanied], on=DAY)


def test_what_was_changed_after_the_application_is_judged_again_at_acceptance(session: Session) -> None:
    become(session, Role.AGENT)
    case = ready(session)
    case.county.first_contact_needed = True
    intake.submit(session, [case], on=DAY)
    case.first_contact = None
    become(session, Role.AGENT)
    with pytest.raises(RuleViolation, match="首问责任人"):
        intake.accept(session, [case], on=DAY)


def test_the_lead_office_accepts_key_cases_only(session: Session) -> None:
    project = make_project(session)
    key, plain = ready(session, project=project, enterprise=project.enterprise), ready(session)
    make_designation(session, project=project)
    with pytest.raises(RuleViolation, match="代录"):
        intake.submit(session, [plain], on=DAY)
    intake.submit(session, [key], on=DAY)
    become(session, Role.AGENT)
    intake.submit(session, [plain], on=DAY)
    become(session, Role.LEAD_OFFICE)
    intake.accept(session, [key], on=DAY)
    with pytest.raises(RuleViolation, match="不属于重点项目"):
        intake.accept(session, [plain], on=DAY)


def test_a_key_case_is_assigned_with_its_officer_or_not_at_all(session: Session) -> None:
    project = make_project(session)
    case = ready(session, project=project, enterprise=project.enterprise, state=CaseState.ACCEPTED, number="甲1号")
    case.county.has_chief_officers = True
    make_designation(session, project=project)
    agent = make_agent(session)
    with pytest.raises(RuleViolation, match="请先分包"):
        dispatch.assign(session, [case], agent, on=DAY, reason=None)
    officer = make_officer(session)
    make_assignment(session, project=project, officer=officer)
    dispatch.assign(session, [case], agent, on=DAY, reason=None)
    assert case.officer_id == officer.id


def test_an_agent_who_left_gets_no_case(session: Session) -> None:
    case = ready(session, state=CaseState.ACCEPTED, number="甲1号")
    with pytest.raises(RuleViolation, match="已不在岗"):
        dispatch.assign(session, [case], make_agent(session, active=False), on=DAY, reason=None)


def test_dates_lie_neither_in_the_future_nor_before_their_predecessor(session: Session) -> None:
    become(session, Role.AGENT)
    case = ready(session)
    with pytest.raises(RuleViolation, match="不能晚于今天"):
        intake.submit(session, [case], on=today() + timedelta(days=1))
    intake.submit(session, [case], on=DAY)
    become(session, Role.AGENT)
    with pytest.raises(RuleViolation, match="不能早于上一步"):
        intake.accept(session, [case], on=DAY - timedelta(days=1))


def test_post_needs_its_number(session: Session) -> None:
    case = ready(session, state=CaseState.APPROVED, number="甲1号")
    way = make_option(session, kind=OptionKind.DELIVERY_WAY, meaning=Meaning.POSTED)
    become(session, Role.AGENT)
    with pytest.raises(RuleViolation, match="邮寄单号"):
        closing.deliver_and_close(session, [case], way=way, documents="批文", recipient="甲", on=DAY)


def test_a_chief_officer_delivers_only_where_the_county_says_so(session: Session) -> None:
    case = ready(session, state=CaseState.APPROVED, number="甲1号")
    officer = actor_as(Role.CHIEF_OFFICER, case.county)
    case.county.officer_delivers = False
    assert transitions.why_not(officer, case, "deliver")
    case.county.officer_delivers = True
    assert transitions.why_not(officer, case, "deliver") is None


@pytest.mark.parametrize(
    ("meaning", "ticked"), [(Meaning.ONE_SIDED, False), (Meaning.BOTH_SIDES, True), (Meaning.ONE_SIDED, True)]
)
def test_one_sided_termination_is_the_lead_offices_and_ends_the_open_items(
    session: Session, meaning: Meaning, ticked: bool
) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号")
    reason = make_option(session, kind=OptionKind.TERMINATION_REASON, meaning=meaning)
    words: dict[str, Any] = {
        "reason": reason,
        "explanation": "失联",
        "returned": "原件",
        "one_sided": ticked,
        "on": DAY,
    }
    become(session, Role.AGENT)
    with pytest.raises(RuleViolation, match="请用“提请单方终止”写明情况，由牵头单位批准") as error:
        closing.terminate(session, [case], **words)
    assert (error.value.field, case.state) == ("reason", CaseState.IN_PROGRESS)
    become(session, Role.LEAD_OFFICE)
    closing.terminate(session, [case], **words)
    assert case.steps[0].state is StepState.WITHDRAWN
    slip = session.scalars(select(Termination).where(Termination.case_id == case.id)).one()
    assert (bool(slip.number), slip.one_sided) == (True, True)


def test_an_agent_terminates_for_a_reason_of_both_sides(session: Session) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号")
    reason = make_option(session, kind=OptionKind.TERMINATION_REASON, meaning=Meaning.BOTH_SIDES)
    become(session, Role.AGENT)
    closing.terminate(session, [case], reason=reason, explanation=None, returned=None, on=DAY)
    assert session.scalars(select(Termination.one_sided).where(Termination.case_id == case.id)).one() is False


def test_an_agent_asks_for_a_one_sided_end_once_and_the_lead_office_decides(session: Session) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号")
    reason = make_option(session, kind=OptionKind.TERMINATION_REASON, name="申请单位不配合")
    become(session, Role.AGENT)
    closing.propose_end(session, [case], reason=reason, explanation="三次联系不上", on=DAY)
    assert (case.state, case.end_asked_on) == (CaseState.IN_PROGRESS, DAY)
    with pytest.raises(RuleViolation, match="提请终止，等牵头单位决定"):
        closing.propose_end(session, [case], reason=reason, explanation="三次联系不上", on=DAY)
    become(session, Role.LEAD_OFFICE)
    assert closing.termination_reason(session, case) == "申请单位不配合：三次联系不上"
    closing.refuse_end(session, [case], reason="再联系一次", on=DAY)
    assert (case.end_asked_on, closing.termination_reason(session, case)) == (None, None)
    become(session, Role.AGENT)
    closing.propose_end(session, [case], reason=reason, explanation="又不配合", on=DAY)
    become(session, Role.LEAD_OFFICE)
    why = closing.termination_reason(session, case)
    assert why == "申请单位不配合：又不配合"
    closing.terminate(session, [case], reason=reason, explanation=why, returned=None, one_sided=True, on=DAY)
    assert case.state is CaseState.TERMINATED


def test_only_denied_items_do_not_finish_a_case(session: Session) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号")
    case.steps[0].state = StepState.ACCEPTED
    become(session, Role.AGENT)
    with pytest.raises(RuleViolation, match="须写明原因"):
        steps.record(session, case.steps, "deny", on=DAY)
    steps.record(session, case.steps, "deny", on=DAY, reason="不具备条件")
    assert case.state is CaseState.IN_PROGRESS


def test_a_liaison_is_of_the_department_at_work_and_named_before_the_result(session: Session) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号")
    step: CaseStep = case.steps[0]
    become(session, Role.DEPT_LEADER, department_id=step.department_id)
    with pytest.raises(RuleViolation, match=r"不是.*的专办员"):
        steps.name_liaison(session, [step], make_liaison(session), on=DAY)
    with pytest.raises(RuleViolation, match="已不在岗"):
        steps.name_liaison(session, [step], make_liaison(session, department=step.department, active=False), on=DAY)
    own = make_liaison(session, department=step.department)
    become(session, Role.DEPT_LEADER, department_id=step.department_id + 1000)
    with pytest.raises(RuleViolation, match="不是本部门的事项"):
        steps.name_liaison(session, [step], own, on=DAY)
    become(session, Role.DEPT_LEADER, department_id=step.department_id)
    step.state = StepState.GRANTED
    with pytest.raises(RuleViolation, match="不能再指定"):
        steps.name_liaison(session, [step], own, on=DAY)
    assert step.liaison_id is None


def test_what_was_accepted_stands_but_for_its_remark(session: Session) -> None:
    case = ready(session, state=CaseState.ACCEPTED, number="甲1号")
    intake.guard_case(session, case, {"remark": "补充说明"})
    with pytest.raises(RuleViolation, match="只能修改备注"):
        intake.guard_case(session, case, {"matter": "换一件"})
    with pytest.raises(RuleViolation, match=r"不是.*的项目"):
        intake.guard_case(session, ready(session), {"project": make_project(session)})


def test_a_draft_goes_with_its_items_and_a_submitted_case_stays(session: Session) -> None:
    draft, sent = ready(session), ready(session, state=CaseState.SUBMITTED, number="甲1号")
    intake.drop_draft(session, draft)
    assert session.scalar(select(func.count(CaseStep.id)).where(CaseStep.case_id == draft.id)) == 0
    with pytest.raises(RuleViolation, match="不能删除"):
        intake.drop_draft(session, sent)
