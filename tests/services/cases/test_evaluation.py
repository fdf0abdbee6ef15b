"""评价: whom each relation rates, once each and never oneself; follow-up of a bad grade."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.cases import CaseEvent, CaseState, ServiceCase
from models.evaluation import Evaluation
from models.people import Role
from models.places import CountyOption, Meaning, OptionKind, Window, WindowKind
from services.cases import evaluation, undo
from services.desk import badges
from services.kernel.actor import actor_of
from services.kernel.errors import RuleViolation
from services.kernel.session import back_office
from services.kernel.working_days import today
from tests import factories as f
from tests.at_work import become, ready
from tests.factories import DAY
from tests.statements import counted

LATER = DAY + timedelta(days=3)
RELATIONS = [m for m in Meaning if m.name.startswith("BY_")]


def closed(session: Session, *meanings: Meaning, officer: bool = True) -> ServiceCase:
    """A closed case with agent, officer and windows, in a county with these relations and two grades."""
    for meaning in meanings:
        f.make_option(session, kind=OptionKind.RELATION, meaning=meaning)
    f.make_option(session, kind=OptionKind.SCALE, name="满意", meaning=Meaning.SATISFIED)
    f.make_option(session, kind=OptionKind.SCALE, name="不满意", meaning=Meaning.DISSATISFIED)
    general = f.make_window(session, kind=WindowKind.GENERAL)
    case = ready(
        session,
        state=CaseState.CLOSED,
        number="甲1号",
        ended_on=DAY,
        agent=f.make_agent(session, window=general),
        **({"officer": f.make_officer(session)} if officer else {}),
    )
    f.make_window(session, kind=WindowKind.BUSINESS, department=case.steps[0].department)
    return case


def grade(session: Session, meaning: Meaning = Meaning.SATISFIED) -> CountyOption:
    return session.scalars(select(CountyOption).where(CountyOption.meaning == meaning)).one()


def rate(session: Session, case: ServiceCase, due: evaluation.DueRating, **more: Any) -> Evaluation:
    values: dict[str, Any] = {"on": LATER, "due": due.key, "rater": "经办人甲", "opinion": None}
    return evaluation.rate(session, [case], **({"grade": grade(session)} | values | more))[0]


#: relation: whom it rates in a case with agent, officer and windows. 现场巡查 rates no case.
RATED = {
    Meaning.BY_APPLICANT_AGENT: "agent",
    Meaning.BY_APPLICANT_OFFICER: "officer",
    Meaning.BY_APPLICANT_SERVICE: "agent",
    Meaning.BY_OFFICER_WINDOW: "window",
    Meaning.BY_WINDOW_BUSINESS: "window",
    Meaning.BY_REVISIT: "agent",
    Meaning.BY_INSPECTORATE: None,
}


@pytest.mark.parametrize("meaning", RELATIONS)
def test_each_relation_rates_whom_it_names_once(session: Session, meaning: Meaning) -> None:
    case = closed(session, meaning)
    due = evaluation.outstanding_ratings(session, case)
    if RATED[meaning] is None:
        assert due == []
        return
    (only,) = due
    ratee = {"agent": case.agent, "officer": case.officer, "window": only.window}[str(RATED[meaning])]
    assert (only.staff or only.window) is ratee
    made = rate(session, case, only)
    assert case.state is CaseState.EVALUATED
    with pytest.raises(RuleViolation, match="已经登记"):
        rate(session, case, only)
    twin = Evaluation(
        county_id=case.county_id,
        case_id=case.id,
        relation_id=made.relation_id,
        staff_id=made.staff_id,
        window_id=made.window_id,
        rater="别人",
        evaluated_on=LATER,
    )
    session.add(twin)
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize("meaning", [m for m in RELATIONS if RATED[m] is not None])
def test_a_rating_keeps_the_grade_and_the_opinion(session: Session, meaning: Meaning) -> None:
    """W, Z 附件6; H 五(五)."""
    case = closed(session, meaning)
    (due,) = evaluation.outstanding_ratings(session, case)
    with pytest.raises(RuleViolation, match="请选择评价等级"):
        rate(session, case, due, grade=None)
    made = rate(session, case, due, opinion="再快一点")
    session.expire_all()
    assert (made.grade, made.rater, made.opinion) == (grade(session), "经办人甲", "再快一点")
    assert made.evaluated_on == LATER


@pytest.mark.parametrize("meaning", [m for m in RELATIONS if RATED[m] not in (None, "window")])
def test_nobody_records_his_own_rating(session: Session, meaning: Meaning) -> None:
    case = closed(session, meaning)
    (due,) = evaluation.outstanding_ratings(session, case)
    assert due.staff is not None
    for role in (Role.LEAD_OFFICE, Role.WINDOW_CLERK):
        become(session, role, staff_id=due.staff.id)
        with pytest.raises(RuleViolation, match="对自己的评价"):
            rate(session, case, due)
    become(session, Role.LEAD_OFFICE, staff_id=None)
    rate(session, case, due)


def test_the_inspectors_ask_again_and_the_window_takes_what_the_applicants_sign(session: Session) -> None:
    case = closed(session, Meaning.BY_REVISIT, Meaning.BY_APPLICANT_AGENT)
    by = {due.relation.meaning: due for due in evaluation.outstanding_ratings(session, case)}
    revisit, signed = by[Meaning.BY_REVISIT], by[Meaning.BY_APPLICANT_AGENT]
    for role, other in ((Role.INSPECTOR, signed), (Role.WINDOW_CLERK, revisit)):
        become(session, role, staff_id=None)
        with pytest.raises(RuleViolation, match="满意度回访"):
            rate(session, case, other)
    rate(session, case, signed)
    become(session, Role.INSPECTOR)
    rate(session, case, revisit)
    assert case.state is CaseState.EVALUATED


def test_the_window_does_not_record_its_own_rating(session: Session) -> None:
    case = closed(session, Meaning.BY_OFFICER_WINDOW)
    (due,) = evaluation.outstanding_ratings(session, case)
    become(session, Role.WINDOW_CLERK)
    with pytest.raises(RuleViolation, match="请由牵头单位录入"):
        rate(session, case, due)
    become(session, Role.LEAD_OFFICE)
    rate(session, case, due)


def test_without_a_chief_officer_nobody_rates_him_nor_does_he(session: Session) -> None:
    case = closed(session, Meaning.BY_APPLICANT_OFFICER, Meaning.BY_OFFICER_WINDOW, officer=False)
    assert evaluation.expected_ratings(evaluation.rating_setup(session, case.county_id), case) == []


def test_a_case_moves_on_when_the_last_rating_is_in(session: Session) -> None:
    case = closed(session, *RELATIONS[:4])
    left = evaluation.outstanding_ratings(session, case)
    assert len(left) == 4
    for n, due in enumerate(left, 1):
        rate(session, case, due)
        assert case.state is (CaseState.EVALUATED if n == len(left) else CaseState.CLOSED)
    assert case.rating is grade(session)


def test_only_the_applicants_word_is_the_cases(session: Session) -> None:
    case = closed(session, Meaning.BY_OFFICER_WINDOW)
    rate(session, case, evaluation.outstanding_ratings(session, case)[0])
    assert case.rating_id is None


def test_a_grade_is_given_where_there_is_a_scale(session: Session) -> None:
    case = closed(session, Meaning.BY_APPLICANT_AGENT)
    (due,) = evaluation.outstanding_ratings(session, case)
    with pytest.raises(RuleViolation, match="请选择评价等级"):
        rate(session, case, due, grade=None)
    for option in session.scalars(select(CountyOption).where(CountyOption.kind == OptionKind.SCALE)):
        option.active = False
    session.flush()
    rate(session, case, due, grade=None)


def test_time_moves_on_what_nobody_rated_and_fills_in_nothing(session: Session) -> None:
    case = closed(session, Meaning.BY_APPLICANT_AGENT)
    case.county.evaluation_days = 3650
    session.flush()
    assert evaluation.close_expired_evaluations(session) == 0
    case.county.evaluation_days = 5
    session.flush()
    assert evaluation.close_expired_evaluations(session) == 1
    assert evaluation.close_expired_evaluations(session) == 0
    assert case.state is CaseState.EVALUATED
    assert session.scalar(select(func.count(Evaluation.id))) == 0
    become(session, Role.LEAD_OFFICE)
    undo.undo_last_step(session, [case], reason="再等一等")
    assert (case.state, case.ended_on) == (CaseState.CLOSED, DAY)
    assert evaluation.close_expired_evaluations(session) == 1
    become(session, Role.LEAD_OFFICE)
    rate(session, case, evaluation.outstanding_ratings(session, case)[0], on=DAY)
    assert case.state is CaseState.EVALUATED
    assert case.rating_id is not None


@pytest.mark.parametrize(("ago", "over"), [(0, 0), (4, 0), (5, 0), (6, 1)])
def test_ratings_are_waited_for_until_the_last_day_of_the_window(session: Session, ago: int, over: int) -> None:
    case = closed(session, Meaning.BY_APPLICANT_AGENT)
    case.county.evaluation_days = 5
    case.ended_on = today() - timedelta(days=ago)
    session.flush()
    assert evaluation.close_expired_evaluations(session) == over
    assert case.state is (CaseState.EVALUATED if over else CaseState.CLOSED)


@pytest.mark.parametrize("state", [s for s in CaseState if s is not CaseState.CLOSED])
def test_time_moves_on_closed_cases_alone(session: Session, state: CaseState) -> None:
    case = closed(session, Meaning.BY_APPLICANT_AGENT)
    case.county.evaluation_days, case.state = 5, state
    session.flush()
    assert evaluation.close_expired_evaluations(session) == 0
    assert case.state is state


@pytest.mark.parametrize("days", [(0, 3), (3, 0), (2, 2)])
def test_a_case_is_rated_on_the_day_of_its_latest_rating(session: Session, days: tuple[int, int]) -> None:
    """The paper that is entered last may be the one that was signed first."""
    case = closed(session, Meaning.BY_APPLICANT_AGENT, Meaning.BY_APPLICANT_OFFICER)
    for due, after in zip(evaluation.outstanding_ratings(session, case), days, strict=True):
        rate(session, case, due, on=LATER + timedelta(days=after))
    moved = session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.action == "case.evaluate")
    ).one()
    assert (moved.happened_on, moved.automatic) == (LATER + timedelta(days=max(days)), True)


def test_time_reads_no_more_for_many_cases_than_for_few(session: Session, engine: Engine) -> None:
    first = closed(session, *RELATIONS)
    rate(session, first, evaluation.outstanding_ratings(session, first)[0])
    expected, counts = len(evaluation.outstanding_ratings(session, first)), []
    for more in (0, 20):
        ids = [_another(session, n).id for n in range(more)] or [first.id]
        session.commit()
        session.expunge_all()
        with counted(engine) as sent:
            assert evaluation.close_expired_evaluations(session) == len(ids)
        counts.append(Counter(statement.split()[0] for statement in sent))
        told = session.execute(
            select(CaseEvent.note, CaseEvent.before, CaseEvent.from_state, CaseEvent.to_state, CaseEvent.case_id).where(
                CaseEvent.case_id.in_(ids), CaseEvent.action == "case.evaluate"
            )
        ).all()
        assert {row.note for row in told} == {f"评价期限已过，未评 {expected} 项"}
        assert all(row.before == {"service_case": {str(row.case_id): {"state": "closed"}}} for row in told)
        assert [tuple(row[2:4]) for row in told] == [(CaseState.CLOSED, CaseState.EVALUATED)] * len(ids)
        expected += 1
    assert counts[0]["SELECT"] == counts[1]["SELECT"] <= 10
    assert counts[1].total() <= counts[0].total() + 2 * 20  # the versioned update of the state, and the event


def _another(session: Session, number: int) -> ServiceCase:
    """Another closed case in the county set up by `closed`, with its own staff."""
    window = session.scalars(select(Window).where(Window.kind == WindowKind.GENERAL)).one()
    case = ready(
        session,
        state=CaseState.CLOSED,
        number=f"乙{number}号",
        ended_on=DAY,
        agent=f.make_agent(session, window=window),
        officer=f.make_officer(session),
    )
    f.make_window(session, kind=WindowKind.BUSINESS, department=case.steps[0].department)
    return case


@pytest.mark.parametrize("state", [s for s in CaseState if s not in (CaseState.CLOSED, CaseState.EVALUATED)])
def test_what_has_not_ended_is_not_rated(session: Session, state: CaseState) -> None:
    case = closed(session, Meaning.BY_APPLICANT_AGENT)
    (due,) = evaluation.outstanding_ratings(session, case)
    case.state = state
    session.flush()
    with pytest.raises(RuleViolation, match="不能登记评价"):
        rate(session, case, due)


def test_nor_before_it_ended(session: Session) -> None:
    case = closed(session, Meaning.BY_APPLICANT_AGENT)
    with pytest.raises(RuleViolation, match="不能早于"):
        rate(session, case, evaluation.outstanding_ratings(session, case)[0], on=DAY - timedelta(days=1))


def bad(session: Session) -> Evaluation:
    case = closed(session, Meaning.BY_APPLICANT_AGENT)
    return rate(
        session, case, evaluation.outstanding_ratings(session, case)[0], grade=grade(session, Meaning.DISSATISFIED)
    )


def told(session: Session, row: Evaluation, on: date) -> list[str]:
    return [mark.text for mark in badges.of_evaluations(session, [row.id], on).get(row.id, [])]


def test_a_bad_grade_is_verified_put_right_and_asked_about_again(session: Session) -> None:
    row = bad(session)
    assert told(session, row, LATER) == ["待核实"]
    assert told(session, row, LATER + timedelta(days=30)) == ["核实超期"]
    for name in ("rectify", "revisit"):
        with pytest.raises(RuleViolation, match="请先"):
            evaluation.follow_up(session, [row], name, on=LATER, told="情况")
    for n, (name, word) in enumerate((("verify", "待整改"), ("rectify", "待回访"), ("revisit", ""))):
        evaluation.follow_up(session, [row], name, on=LATER + timedelta(days=n), told="已处理")
        assert told(session, row, LATER) == ([word] if word else [])
        with pytest.raises(RuleViolation, match="已于"):
            evaluation.follow_up(session, [row], name, on=LATER + timedelta(days=n), told="再处理")


def test_a_good_grade_needs_no_following_up(session: Session) -> None:
    case = closed(session, Meaning.BY_APPLICANT_AGENT)
    row = rate(session, case, evaluation.outstanding_ratings(session, case)[0])
    assert told(session, row, LATER) == []
    with pytest.raises(RuleViolation, match="不是差评"):
        evaluation.follow_up(session, [row], "verify", on=LATER, told="情况")


@pytest.mark.parametrize("upheld", [True, False])
def test_an_upheld_appeal_takes_the_grade_out(session: Session, upheld: bool) -> None:
    row = bad(session)
    with pytest.raises(RuleViolation, match="没有申诉"):
        evaluation.decide_appeal(session, [row], on=LATER, told="查无实据", upheld=upheld)
    evaluation.appeal(session, [row], on=LATER, told="非本人经办")
    evaluation.decide_appeal(session, [row], on=LATER, told="查明", upheld=upheld)
    assert evaluation.is_bad(row) is not upheld
    assert told(session, row, LATER) == (["不计入"] if upheld else ["待核实"])
    with pytest.raises(RuleViolation, match="已于"):
        evaluation.decide_appeal(session, [row], on=LATER, told="再查", upheld=upheld)


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.LEAD_OFFICE, Role.INSPECTOR)])
def test_bad_grades_are_the_offices_and_the_inspectors(session: Session, role: Role) -> None:
    row = bad(session)
    back_office(session).act_as(replace(actor_of(session), role=role))
    with pytest.raises(RuleViolation):
        evaluation.follow_up(session, [row], "verify", on=LATER, told="情况")
