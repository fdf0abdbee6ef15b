"""评价: who rates whom after a case is closed, and the follow-up of a bad grade.

Source: W, Z 附件1 六, 附件6; B 八; H 五(五); 领域 4, 5, 7.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, selectinload

from models.actions import AuditAction
from models.cases import CaseState, ServiceCase
from models.evaluation import Evaluation
from models.items import LimitKind
from models.people import GeneralAgent, Role, Staff
from models.places import County, CountyOption, Meaning, OptionKind, Window, WindowKind
from services.cases.transitions import (
    add_event,
    apply_to_each,
    apply_transition,
    check_date,
    why_not,
)
from services.kernel.access import require
from services.kernel.actor import Actor, doer_of
from services.kernel.audit import audit_action
from services.kernel.errors import RuleViolation
from services.kernel.roles import acts_as
from services.kernel.working_days import calendar_of, due_date, today

#: Identifies a rating: ids of its case, relation, person and window.
RatingKey = tuple[int, int, int | None, int | None]

#: Relations in which the applicant rates; that grade becomes the case's.
BY_APPLICANT = frozenset({Meaning.BY_APPLICANT_AGENT, Meaning.BY_APPLICANT_SERVICE})


#: Relations in which the applicant rates, the officer's too.
FROM_APPLICANT = BY_APPLICANT | {Meaning.BY_APPLICANT_OFFICER}


class DueRating(NamedTuple):
    """A rating that a case should have: its relation, and the person or window rated."""

    relation: CountyOption
    staff: Staff | None
    window: Window | None

    @property
    def place(self) -> tuple[int, int | None, int | None]:
        """Identifies it within its case: ids of relation, person and window."""
        return self.relation.id, self.staff.id if self.staff else None, self.window.id if self.window else None

    @property
    def key(self) -> str:
        """Its value in a form."""
        return ".".join("" if part is None else str(part) for part in self.place)

    @property
    def label(self) -> str:
        """Its text on the screen."""
        return f"{self.relation.name}：{self.staff or self.window}"


class HandledCase(Protocol):
    """The part of a case that decides who is rated: agent, officer and departments."""

    @property
    def agent(self) -> GeneralAgent | None: ...
    @property
    def officer(self) -> Staff | None: ...
    @property
    def steps(self) -> Sequence[Any]: ...


@dataclass(frozen=True)
class RatingSetup:
    """The active relations of a county and the windows that can be rated."""

    relations: Sequence[CountyOption]
    windows: Sequence[Window]

    def of_kind(self, kind: WindowKind) -> Iterator[Window]:
        """The windows of one kind, the oldest first."""
        return (window for window in self.windows if window.kind is kind)


def rating_setup(session: Session, county_id: int) -> RatingSetup:
    """The county's relations and windows; two statements."""
    relations = session.scalars(
        select(CountyOption)
        .where(CountyOption.county_id == county_id, CountyOption.kind == OptionKind.RELATION, CountyOption.active)
        .order_by(CountyOption.position, CountyOption.id)
    ).all()
    windows = session.scalars(
        select(Window).where(Window.county_id == county_id, Window.active).order_by(Window.id)
    ).all()
    return RatingSetup(relations, windows)


def _agent(_: RatingSetup, case: HandledCase) -> Iterator[Staff | Window]:
    if case.agent is not None:
        yield case.agent


def _officer(_: RatingSetup, case: HandledCase) -> Iterator[Staff | Window]:
    if case.officer is not None:
        yield case.officer


def _general_window(office: RatingSetup, case: HandledCase) -> Iterator[Staff | Window]:
    """The 综合窗口 of the agent, else the county's first; none without a chief officer, who is the rater."""
    if case.officer is None:
        return
    own = case.agent.window if isinstance(case.agent, GeneralAgent) else None
    found = own or next(office.of_kind(WindowKind.GENERAL), None)
    if found is not None:
        yield found


def _business_windows(office: RatingSetup, case: HandledCase) -> Iterator[Staff | Window]:
    """The 业务专办窗口 of the departments that handled the case."""
    departments = {step.department_id for step in case.steps}
    yield from (w for w in office.of_kind(WindowKind.BUSINESS) if w.department_id in departments)


#: Relation → whom it rates. 现场巡查 concerns the office, not a case, so it is not among them.
RATED: Mapping[Meaning, Callable[[RatingSetup, HandledCase], Iterator[Staff | Window]]] = {
    Meaning.BY_APPLICANT_AGENT: _agent,
    Meaning.BY_APPLICANT_OFFICER: _officer,
    Meaning.BY_APPLICANT_SERVICE: _agent,
    Meaning.BY_OFFICER_WINDOW: _general_window,
    Meaning.BY_WINDOW_BUSINESS: _business_windows,
    Meaning.BY_REVISIT: _agent,
}


def expected_ratings(office: RatingSetup, case: HandledCase) -> list[DueRating]:
    """Every rating that the county's relations require of this case, where rater and ratee exist."""
    return [
        DueRating(relation, one if isinstance(one, Staff) else None, one if isinstance(one, Window) else None)
        for relation in office.relations
        if relation.meaning in RATED
        for one in RATED[relation.meaning](office, case)  # type: ignore[index]  # not None: it is in RATED
    ]


def outstanding_ratings(session: Session, case: ServiceCase) -> list[DueRating]:
    """The expected ratings of the case that are not recorded yet."""
    given = _recorded(session, Evaluation.case_id == case.id)
    return _outstanding(rating_setup(session, case.county_id), case, given)


def _recorded(session: Session, *where: ColumnElement[bool]) -> set[RatingKey]:
    """The recorded ratings that match `where`; one statement."""
    e = Evaluation
    rows = session.execute(select(e.case_id, e.relation_id, e.staff_id, e.window_id).where(*where))
    return {(case, relation, staff, window) for case, relation, staff, window in rows}


def _outstanding(office: RatingSetup, case: ServiceCase, given: Container[RatingKey]) -> list[DueRating]:
    return [due for due in expected_ratings(office, case) if (case.id, *due.place) not in given]


def why_not_by(actor: Actor, due: DueRating) -> str | None:
    """Why the actor may not record this rating; None when they may. Nobody records a rating of themselves."""
    if due.staff is not None and due.staff.id == actor.staff_id:
        return f"不能录入对自己的评价（{due.label}）"
    revisited = due.relation.meaning is Meaning.BY_REVISIT
    if acts_as(actor, Role.INSPECTOR) and not revisited:
        return f"督查只录入满意度回访，不录入“{due.label}”"
    if acts_as(actor, Role.WINDOW_CLERK) and revisited:
        return f"满意度回访由督查或牵头单位录入（{due.label}）"
    if acts_as(actor, Role.STATION_CLERK) and due.relation.meaning not in FROM_APPLICANT:
        return f"服务站只代收申请人的评价，不录入“{due.label}”"
    of_the_window = due.window is not None and due.window.kind is WindowKind.GENERAL
    if of_the_window and acts_as(actor, Role.WINDOW_CLERK):
        return f"综合窗口不能录入对本窗口的评价（{due.label}），请由牵头单位录入"
    return None


def ratings_to_record(session: Session, case: ServiceCase) -> list[DueRating]:
    """The outstanding ratings of the case that the doer may record."""
    actor = doer_of(session)
    return [due for due in outstanding_ratings(session, case) if why_not_by(actor, due) is None]


def why_not_rated(session: Session, case: ServiceCase) -> str | None:
    """Why the doer cannot record a rating of the case now: none is outstanding, or none that is theirs to record."""
    due = outstanding_ratings(session, case)
    if not due:
        return f"{case.display_name} 该有的评价都已登记"
    return None if ratings_to_record(session, case) else why_not_by(doer_of(session), due[0])


def rate(
    session: Session,
    cases: Sequence[ServiceCase],
    *,
    on: date,
    due: str,
    grade: CountyOption | None,
    rater: str,
    opinion: str | None,
) -> list[Evaluation]:
    """登记评价: record a rating from the signed form or from 好差评; the last one makes the case 已评价."""
    actor = require(session, "case.rate")
    made = []
    for case in cases:
        refusal = why_not(doer_of(session), case, "rate")
        if refusal:
            raise RuleViolation("case.wrong_state", refusal)
        check_date(on, case.ended_on, "评价")
        found = next((d for d in outstanding_ratings(session, case) if d.key == due), None)
        if found is None:
            raise RuleViolation(
                "evaluation.done", f"{case.display_name} 的这项评价已经登记，或本件没有这项", field="due"
            )
        made.append(_add_rating(session, case, actor, found, on, grade, rater, opinion))
        finish_evaluation(session, case, on)
    return made


def _add_rating(
    session: Session,
    case: ServiceCase,
    actor: Actor,
    due: DueRating,
    on: date,
    grade: CountyOption | None,
    rater: str,
    opinion: str | None,
) -> Evaluation:
    refusal = why_not_by(actor, due)
    if refusal:
        raise RuleViolation("evaluation.self", refusal, field="due")
    if grade is None and _has_scale(session, case):
        raise RuleViolation("evaluation.grade", "请选择评价等级", field="grade")
    row = Evaluation(
        county_id=case.county_id,
        case=case,
        relation=due.relation,
        staff=due.staff,
        window=due.window,
        grade=grade,
        rater=rater,
        evaluated_on=on,
        opinion=opinion,
        closed_on=case.ended_on,
    )
    with audit_action(session, AuditAction.CASE_RATE):
        session.add(row)
        if due.relation.meaning in BY_APPLICANT:
            case.rating = grade
    add_event(session, case, AuditAction.CASE_RATE, on, due.label, start=case.state, end=case.state)
    return row


def _has_scale(session: Session, case: ServiceCase) -> bool:
    scale = select(CountyOption.id).where(
        CountyOption.county_id == case.county_id, CountyOption.kind == OptionKind.SCALE, CountyOption.active
    )
    return session.scalar(scale.limit(1)) is not None


def finish_evaluation(session: Session, case: ServiceCase, on: date) -> bool:
    """Make a closed case 已评价 once every rating is recorded; returns whether it did."""
    if case.state is not CaseState.CLOSED or outstanding_ratings(session, case):
        return False
    latest = session.scalar(select(func.max(Evaluation.evaluated_on)).where(Evaluation.case_id == case.id))
    with apply_transition(session, case, "evaluate", max(on, latest or on), automatic=True):
        pass
    return True


def close_expired_evaluations(session: Session) -> int:
    """Make closed cases 已评价 whose time for ratings has passed; no rating is filled in. Returns their number."""
    return sum(_close_expired_in(session, county) for county in session.scalars(select(County).order_by(County.code)))


def _close_expired_in(session: Session, county: County) -> int:
    """The same for one county; the number of statements does not grow with the cases."""
    c = ServiceCase
    last = today() - timedelta(days=county.evaluation_days)
    over = and_(c.county_id == county.id, c.state == CaseState.CLOSED, c.ended_on < last)
    cases = session.scalars(select(c).where(over).order_by(c.id).options(*_RATEE_LOADS)).all()
    if cases:
        office = rating_setup(session, county.id)
        given = _recorded(session, Evaluation.case_id.in_(select(c.id).where(over)))
        left = {case: len(_outstanding(office, case, given)) for case in cases}
        notes = {case: f"评价期限已过，未评 {count} 项" for case, count in left.items()}
        apply_to_each(session, notes, "evaluate", today())
    return len(cases)


#: What `expected_ratings` reads of each case.
_RATEE_LOADS = (
    selectinload(ServiceCase.steps),
    selectinload(ServiceCase.officer),
    selectinload(ServiceCase.agent).selectinload(GeneralAgent.window),
)


def is_bad(row: Evaluation) -> bool:
    """Whether the grade is a 差评 that counts."""
    return row.grade is not None and row.grade.meaning is Meaning.DISSATISFIED and not row.discounted


#: Conditions of a 差评 that still needs follow-up; the grade must be joined.
OPEN_BAD: tuple[ColumnElement[bool], ...] = (
    CountyOption.meaning == Meaning.DISSATISFIED,
    Evaluation.discounted.is_(False),
    Evaluation.revisited_on.is_(None),
)


def bad_grades(case_id: int) -> Select[Any]:
    """SELECT of the ids of a case's 差评 that still need follow-up."""
    return (
        select(Evaluation.id)
        .join(CountyOption, CountyOption.id == Evaluation.grade_id)
        .where(Evaluation.case_id == case_id, *OPEN_BAD)
    )


#: Follow-up of a 差评, in order. Name → action, column of the date, column of the text, setting of the days.
FOLLOW_UPS: Mapping[str, tuple[AuditAction, str, str, str]] = {
    "verify": (AuditAction.EVALUATION_VERIFY, "verified_on", "finding", "verify_days"),
    "rectify": (AuditAction.EVALUATION_RECTIFY, "rectified_on", "rectification", "rectify_days"),
    "revisit": (AuditAction.EVALUATION_REVISIT, "revisited_on", "revisit", "revisit_days"),
}


def why_no_follow_up(actor: Actor, row: Evaluation, name: str) -> str | None:
    """Why this follow-up is impossible now; None when it is possible."""
    action, column, _, _ = FOLLOW_UPS[name]
    if not is_bad(row):
        return "不是差评，或申诉成立不计入"
    if getattr(row, column) is not None:
        return f"已于 {getattr(row, column)} {action.label}"
    before = _step_before(name)
    return f"请先{FOLLOW_UPS[before][0].label}" if before and getattr(row, FOLLOW_UPS[before][1]) is None else None


def _step_before(name: str) -> str | None:
    names = list(FOLLOW_UPS)
    at = names.index(name)
    return names[at - 1] if at else None


def follow_up(session: Session, rows: Sequence[Evaluation], name: str, *, on: date, told: str) -> None:
    """核实, 整改 or 回访 of bad grades; all or none."""
    actor = require(session, "evaluation.follow")
    action, column, text, _ = FOLLOW_UPS[name]
    for row in rows:
        refusal = why_no_follow_up(actor, row, name)
        if refusal:
            raise RuleViolation("evaluation.follow", refusal)
        before = _step_before(name)
        check_date(on, getattr(row, FOLLOW_UPS[before][1]) if before else row.evaluated_on, action.label)
        with audit_action(session, action):
            setattr(row, column, on)
            setattr(row, text, told)


def next_follow_up(session: Session, row: Evaluation) -> tuple[str, date] | None:
    """(label, due date) of the next follow-up of a bad grade; None when nothing is left."""
    if not is_bad(row):
        return None
    county = row.county
    for action, column, _, days in FOLLOW_UPS.values():
        if getattr(row, column) is None:
            from_day = row.evaluated_on
            due, _ = due_date(from_day, getattr(county, days), LimitKind.WORKING, calendar_of(session, row.county_id))
            return action.label, due
    return None


def appeal(session: Session, rows: Sequence[Evaluation], *, on: date, told: str) -> None:
    """申诉: the office records that the person rated disputes the grade."""
    require(session, "evaluation.appeal")
    for row in rows:
        if row.appealed_on is not None:
            raise RuleViolation("evaluation.appealed", f"已于 {row.appealed_on} 申诉")
        check_date(on, row.evaluated_on, "申诉")
        with audit_action(session, AuditAction.EVALUATION_APPEAL):
            row.appealed_on, row.appeal = on, told


def decide_appeal(session: Session, rows: Sequence[Evaluation], *, on: date, told: str, upheld: bool) -> None:
    """申诉处理: a grade whose appeal is upheld no longer counts in figures or on the case; the row stays."""
    require(session, "evaluation.appeal")
    for row in rows:
        refusal = why_no_appeal_decision(doer_of(session), row)
        if refusal:
            raise RuleViolation("evaluation.appeal", refusal)
        check_date(on, row.appealed_on, "申诉处理")
        with audit_action(session, AuditAction.EVALUATION_DECIDE):
            row.appeal_decided_on, row.appeal_decision, row.discounted = on, told, upheld
            if upheld and row.relation.meaning in BY_APPLICANT:
                row.case.rating = _applicants_grade(session, row.case)


def _applicants_grade(session: Session, case: ServiceCase) -> CountyOption | None:
    """The applicant's latest grade that counts."""
    rows = session.scalars(
        select(Evaluation)
        .where(Evaluation.case_id == case.id, Evaluation.discounted.is_(False))
        .options(selectinload(Evaluation.relation), selectinload(Evaluation.grade))
        .order_by(Evaluation.id.desc())
    )
    return next((row.grade for row in rows if row.relation.meaning in BY_APPLICANT), None)


def why_no_appeal_decision(_: Actor, row: Evaluation) -> str | None:
    """Why there is no appeal to decide; None when there is one."""
    if row.appealed_on is None:
        return "没有申诉"
    return f"已于 {row.appeal_decided_on} 处理" if row.appeal_decided_on else None
