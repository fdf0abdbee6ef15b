"""What waits for one role or another besides the states of cases; each kind is one statement.

Source: DOMAIN sections 4, 7 and 11.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.cases import CaseState, CaseStep, Delivery, ServiceCase, StepState
from models.evaluation import Evaluation
from models.items import ServiceItem
from models.people import Role
from models.places import Approver, County, CountyOption, Meaning
from models.projects import Assignment, Enterprise, Project
from models.work import Extension, ExtensionState, Urge, WorkKind, WorkRecord
from services.actor import Actor
from services.cases import MOVES
from services.evaluation import FOLLOW_UPS

#: Tasks of one kind that the home page names; the cards count them all.
EACH = 3


@dataclass(frozen=True)
class Task:
    """One thing that waits for the actor: `action` of row `id` of `table`, or only to look at it."""

    tag: str
    tone: str
    text: str
    note: str
    table: str
    id: int
    action: str | None = None


def step_tasks(
    session: Session, tag: str, tone: str, action: str | None, *where: ColumnElement[bool]
) -> list[Task]:
    rows = session.execute(
        select(CaseStep.id, CaseStep.due_on, ServiceCase.number, ServiceItem.name)
        .join(ServiceCase, ServiceCase.id == CaseStep.case_id)
        .join(ServiceItem, ServiceItem.id == CaseStep.item_id)
        .where(*where)
        .order_by(CaseStep.due_on.nulls_last(), CaseStep.id)
        .limit(EACH)
    )
    return [
        Task(tag, tone, f"{number or '未编号'} {item}", f"应办结 {due}" if due else "", "case_step", id_, action)
        for id_, due, number, item in rows
    ]


def case_tasks(
    session: Session, state: CaseState, day: str, action: str, tag: str, what: str, *where: ColumnElement[bool]
) -> list[Task]:
    since = getattr(ServiceCase, day)
    rows = session.execute(
        select(ServiceCase.id, ServiceCase.number, ServiceCase.matter, since)
        .where(ServiceCase.state == state, *where)
        .order_by(since, ServiceCase.id)
        .limit(EACH)
    )
    return [
        Task(tag, state.value, f"{number or '未编号'} {matter}", f"{what} {on}", "service_case", id_, action)
        for id_, number, matter, on in rows
    ]


def _filed(session: Session, actor: Actor, on: date) -> list[Task]:
    """Items that were filed and wait for their department's liaison."""
    mine = (CaseStep.state == StepState.FILED, CaseStep.liaison_id == actor.staff_id)
    return step_tasks(session, "部门受理", "filed", "accept", *mine)


def _to_propose(session: Session, actor: Actor, on: date) -> list[Task]:
    mine = (ServiceCase.agent_id == actor.staff_id, ServiceCase.archive_asked_on.is_(None))
    return [
        task
        for state in (CaseState.EVALUATED, CaseState.TERMINATED)
        for task in case_tasks(session, state, "ended_on", "propose", "提请归档", "结束", *mine)
    ]


def _to_archive(session: Session, actor: Actor, on: date) -> list[Task]:
    asked = ServiceCase.archive_asked_on.is_not(None)
    return [
        task
        for state in (CaseState.EVALUATED, CaseState.TERMINATED)
        for task in case_tasks(session, state, "archive_asked_on", "archive", "归档", "提请", asked)
    ]


def _to_end(session: Session, actor: Actor, on: date) -> list[Task]:
    """What an agent or officer wants to end without the other side."""
    asked = ServiceCase.end_asked_on.is_not(None)
    return [
        task
        for state in sorted(MOVES["propose_end"].starts)
        for task in case_tasks(session, state, "end_asked_on", "terminate", "批准终止", "提请", asked)
    ]


def _unsigned(session: Session, actor: Actor, on: date) -> list[Task]:
    """What was sent, and not signed for yet."""
    waiting = select(Delivery.case_id).where(Delivery.received_on.is_(None), Delivery.voided_on.is_(None))
    return case_tasks(
        session, CaseState.DELIVERED, "delivered_on", "receive", "登记签收", "送达",
        ServiceCase.agent_id == actor.staff_id, ServiceCase.id.in_(waiting),
    )  # fmt: skip


def _silent(session: Session, actor: Actor, on: date) -> list[Task]:
    """Open cases of the agent whose applicant has not been told for so many days. Source: H 五(二)."""
    days = session.scalar(select(County.progress_days).where(County.id == actor.county_id)) or 0
    since = on - timedelta(days=days)
    told = select(WorkRecord.case_id).where(
        WorkRecord.happened_on >= since, WorkRecord.kind.in_(TOLD), WorkRecord.case_id.is_not(None)
    )
    rows = session.execute(
        select(ServiceCase.id, ServiceCase.number, ServiceCase.matter, ServiceCase.assigned_on)
        .where(
            ServiceCase.state == CaseState.IN_PROGRESS, ServiceCase.agent_id == actor.staff_id,
            ServiceCase.assigned_on < since, ServiceCase.id.not_in(told),
        )
        .order_by(ServiceCase.assigned_on, ServiceCase.id)
        .limit(EACH)
    )  # fmt: skip
    return [
        Task("反馈进度", "pending", f"{number} {matter}", f"超过 {days} 天未反馈", "service_case", id_)
        for id_, number, matter, _ in rows
    ]


#: Notes that tell the applicant something, or are a contact of his officer.
TOLD = (WorkKind.PROGRESS, WorkKind.CONTACT, WorkKind.FEE)


def _uncontacted(session: Session, actor: Actor, on: date) -> list[Task]:
    """Key projects and enterprises whose officer has not been in touch for so many days. Source: W 附件1 二."""
    days = session.scalar(
        select(County.contact_days).where(County.id == actor.county_id, County.officer_contacts)
    )
    if days is None:
        return []
    found: list[Task] = []
    for model in (Project, Enterprise):
        found += _uncontacted_of(session, actor, model, on - timedelta(days=days), days)
    return found[:EACH]


def _uncontacted_of(
    session: Session, actor: Actor, model: type[Project] | type[Enterprise], since: date, days: int
) -> list[Task]:
    key = f"{model.__tablename__}_id"
    noted = getattr(WorkRecord, key)
    recent = select(noted).where(WorkRecord.happened_on >= since, WorkRecord.kind.in_(TOLD), noted.is_not(None))
    statement = (
        select(model.id, model.name, Assignment.since)
        .join(Assignment, getattr(Assignment, key) == model.id)
        .where(Assignment.until.is_(None), Assignment.since < since, model.id.not_in(recent))
        .order_by(Assignment.since, model.id)
        .limit(EACH)
    )
    if actor.role is Role.CHIEF_OFFICER:
        statement = statement.where(Assignment.officer_id == actor.staff_id)
    return [
        Task("联系", "pending", name, f"超过 {days} 天未联系", model.__tablename__, id_)
        for id_, name, _ in session.execute(statement)
    ]


def _urges(session: Session, actor: Actor, on: date) -> list[Task]:
    """督办 of the leader's department that wait for their answer."""
    rows = session.execute(
        select(Urge.id, Urge.number, Urge.reason, Urge.reply_due)
        .where(Urge.replied_on.is_(None), Urge.department_id == actor.department_id)
        .order_by(Urge.reply_due, Urge.id)
        .limit(EACH)
    )
    return [
        Task("回复督办", "denied" if due < on else "pending", f"{number} {why}", f"应回复 {due}", "urge", id_, "reply")
        for id_, number, why, due in rows
    ]


def _extensions(session: Session, actor: Actor, on: date) -> list[Task]:
    """Extensions that the actor decides on, as his county says."""
    by = Approver.DEPT_LEADER if actor.role is Role.DEPT_LEADER else Approver.LEAD_OFFICE
    rows = session.execute(
        select(Extension.id, Extension.reason, Extension.new_due)
        .join(County, County.id == Extension.county_id)
        .where(Extension.state == ExtensionState.ASKED, County.extension_approver == by)
        .order_by(Extension.asked_on, Extension.id)
        .limit(EACH)
    )
    return [
        Task("批准延期", "pending", reason, f"延至 {due}", "extension", id_, "approve") for id_, reason, due in rows
    ]


def _bad_grades(session: Session, actor: Actor, on: date) -> list[Task]:
    """差评 with something still to be done about it, the step by its name."""
    rows = session.execute(
        select(
            Evaluation.id, ServiceCase.number, Evaluation.verified_on, Evaluation.rectified_on, Evaluation.evaluated_on
        )
        .join(CountyOption, CountyOption.id == Evaluation.grade_id)
        .join(ServiceCase, ServiceCase.id == Evaluation.case_id)
        .where(
            CountyOption.meaning == Meaning.DISSATISFIED, Evaluation.discounted.is_(False),
            Evaluation.revisited_on.is_(None),
        )
        .order_by(Evaluation.evaluated_on, Evaluation.id)
        .limit(EACH)
    )  # fmt: skip
    found = []
    for id_, number, verified, rectified, rated in rows:
        step = "verify" if verified is None else "rectify" if rectified is None else "revisit"
        label = FOLLOW_UPS[step][0]
        found.append(Task(f"差评{label}", "denied", f"{number} 差评", f"评价 {rated}", "evaluation", id_, step))
    return found


Finder = Callable[[Session, Actor, date], list[Task]]

#: What else waits for a role, in this order.
OTHERS: Mapping[Role, tuple[Finder, ...]] = {
    Role.LEAD_OFFICE: (_extensions, _to_end, _bad_grades, _to_archive, _uncontacted),
    Role.DEPT_LEADER: (_urges, _extensions),
    Role.AGENT: (_unsigned, _silent, _to_propose),
    Role.CHIEF_OFFICER: (_uncontacted,),
    Role.LIAISON: (_filed,),
    Role.INSPECTOR: (_bad_grades,),
}
