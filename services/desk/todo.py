"""我的待办 and the cards of the home page: computed from the rows, never stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select
from sqlalchemy.orm import Session

from models.cases import (
    AT_DEPARTMENT,
    AWAITING_ARCHIVE,
    FINAL,
    ITEMS_MAY_CHANGE,
    NOT_ENDED,
    RUNNING,
    CaseState,
    CaseStep,
    ServiceCase,
)
from models.evaluation import Inspection
from models.ledger import LedgerMonth, MonthState
from models.people import DesignationTarget, Role
from models.places import County, CountyOption, Meaning, OptionKind
from models.projects import Enterprise, KeyDesignation, Project
from models.types import Tone
from services.cases.transitions import MOVES
from services.desk.todo_queries import (
    EACH,
    EXPIRY_TOLD,
    OTHERS,
    UNLISTED,
    UNLISTED_FILTERS,
    Filters,
    Inbox,
    Pile,
    Task,
    case_tasks,
    expiring,
    in_states,
    pile_of,
    step_tasks,
    to_designate,
    unrectified_filters,
)
from services.kernel.access import may
from services.kernel.actor import Actor, actor_of
from services.kernel.months import month_before
from services.kernel.roles import acts_as, inherited, with_heirs
from services.ledgers.monthly_routine import is_near, next_summary
from services.records.lists import NOBODY


@dataclass(frozen=True)
class Card:
    """A figure on the home page and the filtered list it opens."""

    label: str
    count: int
    table: str
    filters: Mapping[str, Any] = field(default_factory=dict)
    tone: Tone = Tone.PLAIN


def cards(session: Session, on: date) -> list[Card]:
    """The cards of the actor's role; each counts the rows of a list that they may open."""
    actor = actor_of(session)
    desk = Inbox(session, actor, on)
    found = []
    if may(actor, "assignment.assign") and _has_officers(desk):
        found += [_without_officer(session, "待分包项目", Project), _without_officer(session, "待分包企业", Enterprise)]
    if may(actor, "service_case.read"):
        found += [*_case_cards(session, actor), *_urgent_cases(desk)]
    if may(actor, "case_step.read"):
        late = select(func.count(CaseStep.id)).where(CaseStep.state.in_(AT_DEPARTMENT), CaseStep.due_on < on)
        these = {"state": in_states(AT_DEPARTMENT), **desk.late}
        found.append(Card("超期事项", session.scalar(late) or 0, "case_step", these, Tone.BAD))
    if acts_as(actor, Role.INSPECTOR) and may(actor, "inspection.read"):
        late = select(func.count(Inspection.id)).where(Inspection.rectified_on.is_(None), Inspection.rectify_by < on)
        found.append(Card("整改超期", session.scalar(late) or 0, "inspection", unrectified_filters(desk), Tone.BAD))
    if acts_as(actor, Role.LIST_KEEPER) and may(actor, "key_designation.read"):
        found += _list_cards(desk)
    return found


#: label, states, tone, who has the card: a permission.
_NAMED_CARDS: tuple[tuple[str, Collection[CaseState], Tone, tuple[str, ...]], ...] = (
    ("待受理", (CaseState.SUBMITTED,), Tone.WARN, ("service_case.read",)),
    ("待分派", (CaseState.ACCEPTED,), Tone.WARN, ("service_case.read",)),
    ("办理中", (CaseState.IN_PROGRESS,), Tone.PLAIN, ("service_case.read",)),
    ("待送达办结", (CaseState.APPROVED,), Tone.GOOD, ("service_case.read",)),
    ("待评价", (CaseState.CLOSED,), Tone.PLAIN, ("case.rate",)),
    ("待归档", AWAITING_ARCHIVE, Tone.PLAIN, ("case.archive", "case.propose")),
)
#: A draft is its writer's own; in the other two the office waits for the applicant.
NO_CARD = frozenset({CaseState.DRAFT, CaseState.SUPPLEMENT, CaseState.DELIVERED})
#: The cards above, and one for every other state in which a case still waits for somebody; in the order of states.
CASE_CARDS = sorted(
    (
        *_NAMED_CARDS,
        *(
            (state.label, (state,), state.tone, ("service_case.read",))
            for state in NOT_ENDED - NO_CARD
            if not any(state in states for _, states, *_ in _NAMED_CARDS)
        ),
    ),
    key=lambda card: min(list(CaseState).index(state) for state in card[1]),
)


def _case_cards(session: Session, actor: Actor) -> list[Card]:
    """Cards that count cases by state; one statement."""
    rows = session.execute(select(ServiceCase.state, func.count(ServiceCase.id)).group_by(ServiceCase.state))
    counts: dict[CaseState, int] = dict(rows.all())
    return [
        Card(label, sum(counts.get(s, 0) for s in states), "service_case", {"state": in_states(states)}, tone)
        for label, states, tone, permissions in CASE_CARDS
        if any(may(actor, permission) for permission in permissions)
    ]


def _urgent_cases(desk: Inbox) -> list[Card]:
    """Cards of running cases that are 超期 or 临期."""
    state, on = {"state": in_states(RUNNING)}, desk.on
    counts = desk.session.execute(
        select(
            func.sum(case((ServiceCase.due_on < on, 1), else_=0)),
            func.sum(case(((ServiceCase.due_on >= on) & (ServiceCase.soon_on <= on), 1), else_=0)),
        ).where(ServiceCase.state.in_(RUNNING))
    ).one()
    return [
        Card("超期办件", counts[0] or 0, "service_case", {**state, **desk.late}, Tone.BAD),
        Card("临期办件", counts[1] or 0, "service_case", {**state, **desk.soon}, Tone.WARN),
    ]


def _has_officers(desk: Inbox) -> bool:
    """Whether the actor's county has chief officers."""
    county = desk.session.get(County, desk.actor.county_id)
    return county is not None and county.has_chief_officers


def _without_officer(session: Session, label: str, model: type[Project] | type[Enterprise]) -> Card:
    """A card of key targets without an officer."""
    count = session.scalar(select(func.count(model.id)).where(model.is_key, model.officer_id.is_(None)))
    return Card(label, count or 0, model.__tablename__, UNASSIGNED, Tone.WARN)


#: List filters for key projects or enterprises without an officer.
UNASSIGNED: Filters = {"is_key": 1, "officer": NOBODY}


def _list_cards(desk: Inbox) -> list[Card]:
    """Cards of a 重点名单管理员."""
    session, keeps, on = desk.session, desk.actor.keeps, desk.on
    if keeps is None:
        return []
    model = Project if keeps is DesignationTarget.PROJECT else Enterprise
    on_list = session.scalar(select(func.count(model.id)).where(model.is_key))
    found = [Card(f"在册{keeps.label}", on_list or 0, model.__tablename__, {"is_key": 1})]
    if model is Project:
        unlisted = session.scalar(select(func.count(Project.id)).where(*UNLISTED))
        found.append(Card("待认定项目", unlisted or 0, "project", UNLISTED_FILTERS, Tone.WARN))
    until, standing = KeyDesignation.valid_until, {"revoked_on": NOBODY}
    expired, soon = session.execute(
        select(
            func.sum(case((until < on, 1), else_=0)),
            func.sum(case((until.between(on, on + EXPIRY_TOLD), 1), else_=0)),
        ).where(KeyDesignation.revoked_on.is_(None))
    ).one()
    return [
        *found,
        Card(
            "认定将到期",
            soon or 0,
            "key_designation",
            {**standing, "valid_until_from": on, "valid_until_to": on + EXPIRY_TOLD},
            Tone.WARN,
        ),
        Card("认定到期", expired or 0, "key_designation", {**standing, "valid_until_to": desk.yesterday}, Tone.BAD),
    ]


#: The action of `MOVES` that a state waits for, the date it waits since: what the home page calls
#: the action and the date.
CASE_TASKS: tuple[tuple[CaseState, str, str, str, str], ...] = (
    (CaseState.SUBMITTED, "accept", "submitted_on", "受理", "申请"),
    (CaseState.SUPPLEMENT, "resupply", "submitted_on", "登记补正", "申请"),
    (CaseState.ACCEPTED, "assign", "accepted_on", "分派", "受理"),
    (CaseState.APPROVED, "deliver", "approved_on", "送达办结", "审批完成"),
    (CaseState.CLOSED, "rate", "ended_on", "登记评价", "办结"),
)


def tasks(session: Session, on: date) -> list[Task]:
    """The first tasks of every pile, in order."""
    return [task for pile in piles(session, on) for task in pile.tasks]


def piles(session: Session, on: date, each: int = EACH) -> list[Pile]:
    """The actor's tasks by kind, overdue kinds first; `each` tasks of a kind, oldest first."""
    actor = actor_of(session)
    if actor.role is None or actor.county_id is None:
        return []
    desk = Inbox(session, actor, on, each)
    found: list[Pile] = []
    if may(actor, "case_step.read"):
        found += _urgent(desk)
    if may(actor, "step.name_liaison"):
        found += _without_liaison(desk)
    if may(actor, "key_designation.designate"):
        found += expiring(desk) + to_designate(desk)
    if may(actor, "assignment.assign") and _has_officers(desk):
        found += _unassigned(desk, Project) + _unassigned(desk, Enterprise)
    for state, action, day, tag, what in CASE_TASKS:
        if may(actor, MOVES[action].permission):
            mine, these = _actionable_cases(actor, action)
            found += case_tasks(desk, (state,), day, action, tag, what, *mine, filters=these)
    for permission, find in inherited(OTHERS, actor.role) or ():
        if may(actor, permission):
            found += find(desk)
    if may(actor, "ledger.lock"):
        found += _upcoming_summary(desk) + _months(desk)
    return found


def _urgent(desk: Inbox) -> list[Pile]:
    """超期 items and cases, then 临期 ones. Roles that handle items only see no cases.

    Agents see their own cases. Chief officers see theirs where the county lets them file or deliver.
    """
    on, found = desk.on, list[Pile]()
    mine, agent = _responsible_for(desk.actor)
    late = ("超期", Tone.BAD, lambda c: (c.due_on < on,), desk.late)
    soon = ("临期", Tone.WARN, lambda c: (c.due_on >= on, c.soon_on <= on), desk.soon)
    for word, tone, due, these in (late, soon):
        if desk.actor.role not in OF_DEPARTMENTS:
            found += case_tasks(
                desk,
                RUNNING,
                "due_on",
                None,
                f"{word}办件",
                "应办结",
                *due(ServiceCase),
                *mine,
                tone=tone,
                filters={**these, **agent},
            )
        # The list of items has no filter for the agent of their cases.
        found += step_tasks(
            desk,
            f"{word}事项",
            tone,
            None,
            CaseStep.state.in_(AT_DEPARTMENT),
            *due(CaseStep),
            *mine,
            filters=None if agent else {"state": in_states(AT_DEPARTMENT), **these},
        )
    return found


#: Roles that handle items, not cases.
OF_DEPARTMENTS = with_heirs(Role.DEPT_LEADER, Role.LIAISON)


def _responsible_for(actor: Actor) -> tuple[list[ColumnElement[bool]], Filters]:
    """Conditions for the visible cases that the actor is responsible for, and the matching list filters."""
    if acts_as(actor, Role.AGENT):
        return [ServiceCase.agent_id == actor.staff_id], {"agent": actor.staff_id}
    if acts_as(actor, Role.CHIEF_OFFICER):
        at_work = select(County.id).where(or_(County.officer_files, County.officer_delivers))
        return [ServiceCase.county_id.in_(at_work)], {}
    return [], {}


def _without_liaison(desk: Inbox) -> list[Pile]:
    """Items of open cases without a liaison of their department."""
    going_on = (CaseStep.state.not_in(FINAL), CaseStep.liaison_id.is_(None), ServiceCase.state.in_(ITEMS_MAY_CHANGE))
    return step_tasks(desk, "指定专办员", Tone.WARN, "name_liaison", *going_on)


def _actionable_cases(actor: Actor, action: str) -> tuple[list[ColumnElement[bool]], Filters | None]:
    """Conditions for cases on which the actor may do `action`, and the matching list filters."""
    if action == "accept" and acts_as(actor, Role.LEAD_OFFICE):
        projects = select(Project.id).where(Project.is_key)
        enterprises = select(Enterprise.id).where(Enterprise.is_key)
        return [or_(ServiceCase.project_id.in_(projects), ServiceCase.enterprise_id.in_(enterprises))], None
    if action == "assign":
        return [not_(_waits_for_officer())], None
    if action == "deliver" and acts_as(actor, Role.AGENT):
        return [or_(ServiceCase.agent_id == actor.staff_id, ServiceCase.agent_id.is_(None))], None
    if action == "rate" and acts_as(actor, Role.INSPECTOR):
        asked = select(CountyOption.county_id).where(
            CountyOption.kind == OptionKind.RELATION, CountyOption.meaning == Meaning.BY_REVISIT, CountyOption.active
        )
        return [ServiceCase.county_id.in_(asked)], {}
    if action == "deliver" and acts_as(actor, Role.CHIEF_OFFICER):
        return [ServiceCase.county_id.in_(select(County.id).where(County.officer_delivers))], {}
    return [], {}


def _waits_for_officer() -> ColumnElement[bool]:
    """A key case that cannot be assigned, because its project or enterprise is not yet 分包; that is a task itself."""
    projects = select(Project.id).where(Project.is_key, Project.officer_id.is_(None))
    enterprises = select(Enterprise.id).where(Enterprise.is_key, Enterprise.officer_id.is_(None))
    served = select(Project.id).where(Project.officer_id.is_not(None))
    by_enterprise = and_(
        ServiceCase.enterprise_id.in_(enterprises),
        or_(ServiceCase.project_id.is_(None), ServiceCase.project_id.not_in(served)),
    )
    with_officers = select(County.id).where(County.has_chief_officers)
    return and_(
        ServiceCase.county_id.in_(with_officers),
        or_(and_(ServiceCase.project_id.is_not(None), ServiceCase.project_id.in_(projects)), by_enterprise),
    )


def _upcoming_summary(desk: Inbox) -> list[Pile]:
    """The month that will be summed up in a few days."""
    county = desk.session.get(County, desk.actor.county_id)
    if county is None or not is_near(county, desk.on):
        return []
    day = next_summary(county.ledger_day, desk.on)
    statement = select(LedgerMonth.id, LedgerMonth.month).where(
        LedgerMonth.county_id == county.id,
        LedgerMonth.month == month_before(day),
        LedgerMonth.state == MonthState.OPEN,
    )

    def task(id_: int, month: str) -> Task:
        return Task("台账将汇总", Tone.WARN, f"{month} 台账", f"{day} 自动汇总，请先核对、补录", "ledger_month", id_)

    return pile_of(desk, "台账将汇总", statement, task)


def _months(desk: Inbox) -> list[Pile]:
    """Past months that are not locked yet."""
    statement = (
        select(LedgerMonth.id, LedgerMonth.month)
        .where(LedgerMonth.state == MonthState.OPEN, LedgerMonth.month < f"{desk.on:%Y-%m}")
        .order_by(LedgerMonth.month)
    )

    def task(id_: int, month: str) -> Task:
        return Task("锁定台账", Tone.WARN, f"{month} 台账", "核对后锁定", "ledger_month", id_, "lock")

    return pile_of(desk, "锁定台账", statement, task)


def _unassigned(desk: Inbox, model: type[Project] | type[Enterprise]) -> list[Pile]:
    statement = select(model.id, model.name).where(model.is_key, model.officer_id.is_(None)).order_by(model.id)
    note = f"重点{model.__title__}，没有首席服务员"

    def task(id_: int, name: str) -> Task:
        return Task("分包", Tone.WARN, name, note, model.__tablename__, id_, "assign")

    return pile_of(desk, f"分包{model.__title__}", statement, task, UNASSIGNED)
