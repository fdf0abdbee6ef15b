"""What waits for the actor: derived from the rows, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from models.cases import FINAL, CaseState, CaseStep, ServiceCase, StepState
from models.ledger import LedgerMonth, MonthState
from models.people import Role
from models.places import County
from models.projects import Enterprise, Project
from services.access import may
from services.actor import Actor, actor_of
from services.deadlines import RUNNING
from services.intake import GROWING
from services.months import month_before
from services.routine import is_near, next_summary
from services.waiting import EACH, OTHERS, Task, case_tasks, step_tasks


@dataclass(frozen=True)
class Card:
    """A figure on the home page and the filtered list it opens."""

    label: str
    count: int
    table: str
    filters: Mapping[str, Any] = field(default_factory=dict)
    tone: str = "plain"


def cards(session: Session, on: date) -> list[Card]:
    """The cards of the actor's role: each counts the rows of a list that he may open."""
    actor = actor_of(session)
    found = []
    if may(actor, "assignment.assign"):
        found += [_waiting(session, "待分包项目", Project), _waiting(session, "待分包企业", Enterprise)]
    if may(actor, "service_case.read"):
        found += [
            _cases(session, "待受理", CaseState.SUBMITTED, "warn"),
            _cases(session, "待分派", CaseState.ACCEPTED, "warn"),
            _cases(session, "办理中", CaseState.IN_PROGRESS),
            _cases(session, "待送达办结", CaseState.APPROVED, "good"),
            *_urgent_cases(session, on),
        ]
    if may(actor, "case.rate"):
        found.append(_cases(session, "待评价", CaseState.CLOSED))
    if may(actor, "case.archive") or may(actor, "case.propose"):
        found.append(_cases(session, "待归档", CaseState.EVALUATED))
    if may(actor, "case_step.read"):
        overdue = {"state": StepState.ACCEPTED.value, "due_on_to": on - timedelta(days=1)}
        count = session.scalar(
            select(func.count(CaseStep.id)).where(CaseStep.state == StepState.ACCEPTED, CaseStep.due_on < on)
        )
        found.append(Card("超期事项", count or 0, "case_step", overdue, "bad"))
    return found


def _urgent_cases(session: Session, on: date) -> list[Card]:
    """Running cases that are 超期, and those that are 临期."""
    state, yesterday = {"state": ",".join(s.value for s in RUNNING)}, on - timedelta(days=1)
    late: dict[str, Any] = {**state, "due_on_to": yesterday}
    soon: dict[str, Any] = {**state, "due_on_from": on, "soon_on_to": on}
    counts = session.execute(
        select(
            func.sum(case((ServiceCase.due_on < on, 1), else_=0)),
            func.sum(case(((ServiceCase.due_on >= on) & (ServiceCase.soon_on <= on), 1), else_=0)),
        ).where(ServiceCase.state.in_(RUNNING))
    ).one()
    return [
        Card("超期办件", counts[0] or 0, "service_case", late, "bad"),
        Card("临期办件", counts[1] or 0, "service_case", soon, "warn"),
    ]


def _waiting(session: Session, label: str, model: type[Project] | type[Enterprise]) -> Card:
    """Key targets without an officer, in counties that have officers."""
    count = session.scalar(
        select(func.count(model.id))
        .join(County, County.id == model.county_id)
        .where(model.is_key, model.officer_id.is_(None), County.has_chief_officers)
    )
    return Card(label, count or 0, model.__tablename__, {"is_key": 1, "officer": "none"}, "warn")


def _cases(session: Session, label: str, state: CaseState, tone: str = "plain") -> Card:
    count = session.scalar(select(func.count(ServiceCase.id)).where(ServiceCase.state == state))
    return Card(label, count or 0, "service_case", {"state": state.value}, tone)


#: state, its date: permission, action, what the home page calls it. Source: INTERFACE, tasks 1-9.
CASE_TASKS: tuple[tuple[CaseState, str, str, str, str, str], ...] = (
    (CaseState.SUBMITTED, "submitted_on", "case.accept", "accept", "受理", "申请"),
    (CaseState.SUPPLEMENT, "submitted_on", "case.resupply", "resupply", "登记补正", "申请"),
    (CaseState.ACCEPTED, "accepted_on", "case.assign", "assign", "分派", "受理"),
    (CaseState.APPROVED, "approved_on", "case.close", "deliver", "送达办结", "审批完成"),
    (CaseState.CLOSED, "ended_on", "case.rate", "rate", "登记评价", "办结"),
)


def tasks(session: Session, on: date) -> list[Task]:
    """What waits for the actor, the overdue first; EACH of a kind, the oldest first."""
    actor = actor_of(session)
    if actor.role is None or actor.county_id is None:
        return []
    found: list[Task] = []
    if may(actor, "step.record"):
        found += _urgent_steps(session, actor, on)
    if may(actor, "step.name_liaison"):
        going_on = ServiceCase.state.in_(GROWING)
        unnamed = (CaseStep.state.not_in(FINAL), CaseStep.liaison_id.is_(None), going_on)
        found += step_tasks(session, "指定专办员", "pending", "name_liaison", *unnamed)
    if may(actor, "assignment.assign"):
        found += _unassigned(session, Project) + _unassigned(session, Enterprise)
    for state, day, permission, action, tag, what in CASE_TASKS:
        if may(actor, permission):
            found += case_tasks(session, state, day, action, tag, what, *_his(actor, action))
    for role, finders in OTHERS.items():
        if actor.role is role:
            found += [task for find in finders for task in find(session, actor, on)]
    if may(actor, "ledger.lock"):
        found += _coming(session, actor, on) + _months(session, on)
    return found


def _urgent_steps(session: Session, actor: Actor, on: date) -> list[Task]:
    """Items that are 超期, then those that are 临期: the actor's own where he has some."""
    running = [CaseStep.state == StepState.ACCEPTED]
    if actor.role is Role.AGENT:
        running.append(ServiceCase.agent_id == actor.staff_id)
    late = step_tasks(session, "超期", "denied", None, *running, CaseStep.due_on < on)
    soon = step_tasks(session, "临期", "pending", None, *running, CaseStep.due_on >= on, CaseStep.soon_on <= on)
    return late + soon


def _his(actor: Actor, action: str) -> list[ColumnElement[bool]]:
    """Which of the cases that he sees are the actor's to act on: as `services.cases` asks."""
    if action == "accept" and actor.role is Role.LEAD_OFFICE:
        projects = select(Project.id).where(Project.is_key)
        enterprises = select(Enterprise.id).where(Enterprise.is_key)
        return [or_(ServiceCase.project_id.in_(projects), ServiceCase.enterprise_id.in_(enterprises))]
    if action == "deliver" and actor.role is Role.AGENT:
        return [or_(ServiceCase.agent_id == actor.staff_id, ServiceCase.agent_id.is_(None))]
    if action == "deliver" and actor.role is Role.CHIEF_OFFICER:
        return [ServiceCase.county_id.in_(select(County.id).where(County.officer_delivers))]
    return []


def _coming(session: Session, actor: Actor, on: date) -> list[Task]:
    """The month that is going to be summed up in a few days."""
    county = session.get(County, actor.county_id)
    if county is None or not is_near(county, on):
        return []
    day = next_summary(county.ledger_day, on)
    found = session.scalar(
        select(LedgerMonth.id).where(
            LedgerMonth.county_id == county.id, LedgerMonth.month == month_before(day),
            LedgerMonth.state == MonthState.OPEN,
        )
    )  # fmt: skip
    if found is None:
        return []
    note = f"{day} 自动汇总，请先核对、补录"
    return [Task("台账将汇总", "pending", f"{month_before(day)} 台账", note, "ledger_month", found)]


def _months(session: Session, on: date) -> list[Task]:
    """Months that are over and not locked yet."""
    rows = session.execute(
        select(LedgerMonth.id, LedgerMonth.month)
        .where(LedgerMonth.state == MonthState.OPEN, LedgerMonth.month < f"{on:%Y-%m}")
        .order_by(LedgerMonth.month)
        .limit(EACH)
    )
    return [
        Task("锁定台账", "pending", f"{month} 台账", "核对后锁定", "ledger_month", id_, "lock")
        for id_, month in rows
    ]


def _unassigned(session: Session, model: type[Project] | type[Enterprise]) -> list[Task]:
    rows = session.execute(
        select(model.id, model.name)
        .join(County, County.id == model.county_id)
        .where(model.is_key, model.officer_id.is_(None), County.has_chief_officers)
        .order_by(model.id)
        .limit(EACH)
    )
    note = f"重点{model.__title__}，没有首席服务员"
    return [Task("分包", "pending", name, note, model.__tablename__, id_, "assign") for id_, name in rows]
