"""Queries of 我的待办: each function returns one kind of task with one statement.

Source: 领域 4, 7, 11.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.cases import AWAITING_ARCHIVE, CaseState, CaseStep, Delivery, ServiceCase, StepState
from models.evaluation import Evaluation, Inspection
from models.items import ServiceItem
from models.people import DesignationTarget, Role, Staff
from models.places import Approver, County, CountyOption, Window
from models.projects import Assignment, Enterprise, KeyDesignation, Project
from models.stations import StationHandover, StationHandoverLine
from models.types import Tone
from models.work import NEWS_KINDS, Appointment, AppointmentState, Extension, ExtensionState, Urge, WorkKind, WorkRecord
from services.cases.evaluation import FOLLOW_UPS, OPEN_BAD
from services.cases.transitions import MOVES
from services.kernel.access import station_of
from services.kernel.actor import Actor
from services.kernel.roles import acts_as
from services.records.lists import NOBODY, SOMEBODY, UNNAMED

#: How many tasks of one kind the home page shows, and the page of that kind.
EACH, MOST = 3, 200
#: Designations that expire within so many days are listed, so that there is time to decide and renew.
EXPIRY_TOLD = timedelta(days=30)

Filters = Mapping[str, Any]


@dataclass(frozen=True)
class Task:
    """One task of the actor: `action` on row `id` of `table`, or just viewing it when there is no action."""

    tag: str
    tone: Tone
    text: str
    note: str
    table: str
    id: int
    action: str | None = None


@dataclass(frozen=True)
class Pile:
    """Tasks of one kind: the first of them, the total, and the list that shows them all.

    `filters`: the filters of that list; None where no filters of the list select exactly these rows.
    """

    kind: str
    tasks: list[Task]
    total: int
    filters: Filters | None = None

    @property
    def table(self) -> str:
        """Table name of the rows."""
        return self.tasks[0].table

    @property
    def action(self) -> str | None:
        """The action of all tasks; None where they differ."""
        found = {task.action for task in self.tasks}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True)
class Inbox:
    """The request for 我的待办: actor, day, and the number of tasks of each kind."""

    session: Session
    actor: Actor
    on: date
    each: int = EACH

    @property
    def yesterday(self) -> date:
        """The day before; rows due by then are overdue."""
        return self.on - timedelta(days=1)

    @property
    def late(self) -> Filters:
        """List filters of cases and items for 超期."""
        return {"due_on_to": self.yesterday}

    @property
    def soon(self) -> Filters:
        """List filters of cases and items for 临期."""
        return {"due_on_from": self.on, "soon_on_to": self.on}


def pile_of(
    desk: Inbox, kind: str, statement: Any, task: Callable[..., Task], filters: Filters | None = None
) -> list[Pile]:
    """The pile of the rows that `statement` (a SELECT) finds, with their count; an empty list when there are none."""
    rows = desk.session.execute(statement.add_columns(func.count().over()).limit(desk.each)).all()
    return [Pile(kind, [task(*row[:-1]) for row in rows], rows[0][-1], filters)] if rows else []


def step_tasks(
    desk: Inbox, tag: str, tone: Tone, action: str | None, *where: ColumnElement[bool], filters: Filters | None = None
) -> list[Pile]:
    """Waiting items, earliest due date first."""
    statement = (
        select(CaseStep.id, CaseStep.due_on, ServiceCase.number, ServiceItem.name)
        .join(ServiceCase, ServiceCase.id == CaseStep.case_id)
        .join(ServiceItem, ServiceItem.id == CaseStep.item_id)
        .where(*where)
        .order_by(CaseStep.due_on.nulls_last(), CaseStep.id)
    )

    def task(id_: int, due: date | None, number: str | None, item: str) -> Task:
        note = f"应办结 {due}" if due else ""
        return Task(tag, tone, f"{number or '未编号'} {item}", note, "case_step", id_, action)

    return pile_of(desk, tag, statement, task, filters)


def case_tasks(
    desk: Inbox,
    states: Collection[CaseState],
    day: str,
    action: str | None,
    tag: str,
    what: str,
    *where: ColumnElement[bool],
    tone: Tone | None = None,
    filters: Filters | None = None,
) -> list[Pile]:
    """Waiting cases in one of `states`, oldest by `day` first; `filters` are added to the state filter.

    They have the colour of their state unless `tone` is given.
    """
    since = getattr(ServiceCase, day)
    statement = (
        select(ServiceCase.id, ServiceCase.state, ServiceCase.number, ServiceCase.matter, since)
        .where(ServiceCase.state.in_(states), *where)
        .order_by(since, ServiceCase.id)
    )

    def task(id_: int, state: CaseState, number: str | None, matter: str, on: date | None) -> Task:
        text = f"{number or '未编号'} {matter}"
        return Task(tag, tone or state.tone, text, f"{what} {on}", "service_case", id_, action)

    these = None if filters is None else {"state": in_states(states), **filters}
    return pile_of(desk, tag, statement, task, these)


def in_states(states: Collection[CaseState | StepState]) -> str:
    """The list filter value for any of several states, in their order."""
    kind = type(next(iter(states)))
    return ",".join(state.value for state in kind if state in states)


def _filed(desk: Inbox) -> list[Pile]:
    """Filed items that wait for their department's liaison."""
    mine = (CaseStep.state == StepState.FILED, CaseStep.liaison_id == desk.actor.staff_id)
    return step_tasks(desk, "部门受理", Tone.INFO, "accept", *mine, filters={"state": StepState.FILED.value})


def _to_hand_in(desk: Inbox) -> list[Pile]:
    """Applications that the station entered and has not put on a 交接清单. Source: Z 四."""
    listed = select(StationHandoverLine.case_id)
    return case_tasks(
        desk, (CaseState.SUBMITTED,), "submitted_on", "hand_in", "移交材料", "申请", ServiceCase.id.not_in(listed)
    )


def _to_receive(desk: Inbox) -> list[Pile]:
    """Lists of 基层政务服务站 that the window has not received. Source: Z 四."""
    statement = (
        select(StationHandover.id, Window.name, StationHandover.handed_on)
        .join(Window, Window.id == StationHandover.station_id)
        .where(StationHandover.received_on.is_(None))
        .order_by(StationHandover.handed_on, StationHandover.id)
    )

    def task(id_: int, station: str, on: date) -> Task:
        return Task("签收交接", Tone.WARN, station, f"移交 {on}", "station_handover", id_, "receive")

    return pile_of(desk, "签收交接", statement, task, {"received_on": NOBODY})


def _to_propose(desk: Inbox) -> list[Pile]:
    mine = (ServiceCase.agent_id == desk.actor.staff_id, ServiceCase.archive_asked_on.is_(None))
    these = {"agent": desk.actor.staff_id, "archive_asked_on": NOBODY}
    return case_tasks(desk, AWAITING_ARCHIVE, "ended_on", "propose", "提请归档", "结束", *mine, filters=these)


def _to_archive(desk: Inbox) -> list[Pile]:
    asked, these = ServiceCase.archive_asked_on.is_not(None), {"archive_asked_on": SOMEBODY}
    return case_tasks(desk, AWAITING_ARCHIVE, "archive_asked_on", "archive", "归档", "提请", asked, filters=these)


def _to_end(desk: Inbox) -> list[Pile]:
    """Cases for which an agent or officer asked for a one-sided termination."""
    asked, these = ServiceCase.end_asked_on.is_not(None), {"end_asked_on": SOMEBODY}
    starts = MOVES["propose_end"].starts
    return case_tasks(desk, starts, "end_asked_on", "terminate", "批准终止", "提请", asked, filters=these)


def _unsigned(desk: Inbox) -> list[Pile]:
    """Posted deliveries without a receipt."""
    waiting = select(Delivery.case_id).where(Delivery.received_on.is_(None), Delivery.voided_on.is_(None))
    return case_tasks(
        desk,
        (CaseState.DELIVERED,),
        "delivered_on",
        "receive",
        "登记签收",
        "送达",
        ServiceCase.agent_id == desk.actor.staff_id,
        ServiceCase.id.in_(waiting),
    )


def _appointments(desk: Inbox) -> list[Pile]:
    """Today's appointments by their time, after earlier ones whose outcome is not recorded. Source: H 二(四)."""
    statement = (
        select(Appointment.id, Appointment.matter, Appointment.day, Appointment.at, Appointment.place)
        .where(Appointment.state == AppointmentState.PLANNED, Appointment.day <= desk.on)
        .order_by(Appointment.day, Appointment.at, Appointment.id)
    )

    def task(id_: int, matter: str, day: date, at: str, place: str) -> Task:
        tone = Tone.INFO if day == desk.on else Tone.WARN
        return Task("预约服务", tone, matter, f"{day} {at} {place}", "appointment", id_)

    these = {"state": AppointmentState.PLANNED.value, "day_to": desk.on}
    return pile_of(desk, "预约服务", statement, task, these)


def _unanswered(desk: Inbox) -> list[Pile]:
    """Consultations without a reply. Source: B 六.1."""
    statement = (
        select(WorkRecord.id, WorkRecord.subject, WorkRecord.happened_on)
        .where(WorkRecord.kind == WorkKind.CONSULTATION, WorkRecord.replied_on.is_(None))
        .order_by(WorkRecord.happened_on, WorkRecord.id)
    )

    def task(id_: int, subject: str, asked: date) -> Task:
        return Task("答复咨询", Tone.WARN, subject, f"{asked} 咨询", "work_record", id_)

    these = {"kind": WorkKind.CONSULTATION.value, "replied_on": NOBODY}
    return pile_of(desk, "答复咨询", statement, task, these)


def _terms_over(desk: Inbox) -> list[Pile]:
    """Service people in office whose term is over."""
    statement = (
        select(Staff.id, Staff.kind, Staff.name, Staff.term_until)
        .where(Staff.active, Staff.term_until < desk.on)
        .order_by(Staff.term_until, Staff.id)
    )

    def task(id_: int, kind: str, name: str, until: date) -> Task:
        return Task("任期已满", Tone.WARN, name, f"任期至 {until}", kind, id_)

    return pile_of(desk, "任期已满", statement, task)


def _is_contact(actor: Actor) -> ColumnElement[bool]:
    """The cases whose applicant the actor keeps informed."""
    station = station_of(actor)
    return ServiceCase.agent_id == actor.staff_id if station is None else ServiceCase.station_id == station


def _without_feedback(desk: Inbox) -> list[Pile]:
    """Open cases without feedback to the applicant for `progress_days`: the agent's, or the station's that took them
    in. Source: H 五(二); Z 四."""
    days = desk.session.scalar(select(County.progress_days).where(County.id == desk.actor.county_id)) or 0
    since = desk.on - timedelta(days=days)
    told = select(WorkRecord.case_id).where(
        WorkRecord.happened_on >= since, WorkRecord.kind.in_(NEWS_KINDS), WorkRecord.case_id.is_not(None)
    )
    statement = (
        select(ServiceCase.id, ServiceCase.number, ServiceCase.matter)
        .where(
            ServiceCase.state == CaseState.IN_PROGRESS,
            _is_contact(desk.actor),
            ServiceCase.assigned_on < since,
            ServiceCase.id.not_in(told),
        )
        .order_by(ServiceCase.assigned_on, ServiceCase.id)
    )

    def task(id_: int, number: str | None, matter: str) -> Task:
        text = f"{number or '未编号'} {matter}"
        return Task("反馈进度", Tone.WARN, text, f"超过 {days} 天未反馈", "service_case", id_)

    return pile_of(desk, "反馈进度", statement, task)


def _uncontacted(desk: Inbox) -> list[Pile]:
    """Key projects and enterprises that their officer has to contact. Source: W 附件1 一.1, 二."""
    setting = select(County.contact_days, County.officer_contacts).where(County.id == desk.actor.county_id)
    found = desk.session.execute(setting).first()
    if found is None:
        return []
    return [pile for model in (Project, Enterprise) for pile in _uncontacted_of(desk, model, *found)]


def _uncontacted_of(desk: Inbox, model: type[Project] | type[Enterprise], days: int, duty: bool) -> list[Pile]:
    """Those not contacted for `days`, where contact is the officers' `duty`; for officers also their new ones."""
    key, since = f"{model.__tablename__}_id", desk.on - timedelta(days=days)
    own = acts_as(desk.actor, Role.CHIEF_OFFICER)
    wanted = [and_(Assignment.since < since, ~_contacted(key, since))] if duty else []
    if own:
        wanted.append(and_(Assignment.since >= since, ~_contacted(key, Assignment.since)))
    statement = (
        select(model.id, model.name, Assignment.since)
        .join(Assignment, getattr(Assignment, key) == model.id)
        .where(Assignment.until.is_(None), or_(false(), *wanted))
        .order_by(Assignment.since, model.id)
    )
    if own:
        statement = statement.where(Assignment.officer_id == desk.actor.staff_id)

    def task(id_: int, name: str, assigned: date) -> Task:
        note = f"超过 {days} 天未联系" if assigned < since else f"{assigned} 新分包，请主动联系"
        return Task("联系", Tone.WARN, name, note, model.__tablename__, id_)

    return pile_of(desk, f"联系{model.__title__}", statement, task)


def _contacted(key: str, since: date | InstrumentedAttribute[date]) -> ColumnElement[bool]:
    """Condition: the officer recorded a contact of their own with the target or in one of its cases.

    Fee reminders and progress reports of an agent do not count. Source: W 附件1 二.
    """
    noted, about = getattr(WorkRecord, key), getattr(ServiceCase, key)
    cases = select(ServiceCase.id).where(about == getattr(Assignment, key))
    return exists().where(
        WorkRecord.staff_id == Assignment.officer_id,
        WorkRecord.happened_on >= since,
        WorkRecord.kind == WorkKind.CONTACT,
        or_(noted == getattr(Assignment, key), WorkRecord.case_id.in_(cases)),
    )


def _urges(desk: Inbox) -> list[Pile]:
    """督办 of the leader's department without a reply."""
    statement = (
        select(Urge.id, Urge.number, Urge.reason, Urge.reply_due)
        .where(Urge.replied_on.is_(None), Urge.department_id == desk.actor.department_id)
        .order_by(Urge.reply_due, Urge.id)
    )

    def task(id_: int, number: str, why: str, due: date) -> Task:
        tone = Tone.BAD if due < desk.on else Tone.WARN
        return Task("回复督办", tone, f"{number} {why}", f"应回复 {due}", "urge", id_, "reply")

    these = {"department": desk.actor.department_id, "replied_on": NOBODY}
    return pile_of(desk, "回复督办", statement, task, these)


def _extensions(desk: Inbox) -> list[Pile]:
    """Extensions that the actor decides on, by their county's setting."""
    by = Approver.DEPT_LEADER if acts_as(desk.actor, Role.DEPT_LEADER) else Approver.LEAD_OFFICE
    statement = (
        select(Extension.id, Extension.reason, Extension.new_due)
        .join(County, County.id == Extension.county_id)
        .where(Extension.state == ExtensionState.ASKED, County.extension_approver == by)
        .order_by(Extension.asked_on, Extension.id)
    )

    def task(id_: int, reason: str, due: date) -> Task:
        return Task("批准延期", Tone.WARN, reason, f"延至 {due}", "extension", id_, "approve")

    return pile_of(desk, "批准延期", statement, task, {"state": ExtensionState.ASKED.value})


def _bad_grades(desk: Inbox) -> list[Pile]:
    """差评 with an open follow-up step; the task names the step."""
    statement = (
        select(
            Evaluation.id, ServiceCase.number, Evaluation.verified_on, Evaluation.rectified_on, Evaluation.evaluated_on
        )
        .join(CountyOption, CountyOption.id == Evaluation.grade_id)
        .join(ServiceCase, ServiceCase.id == Evaluation.case_id)
        .where(*OPEN_BAD)
        .order_by(Evaluation.evaluated_on, Evaluation.id)
    )

    def task(id_: int, number: str, verified: date | None, rectified: date | None, rated: date) -> Task:
        step = "verify" if verified is None else "rectify" if rectified is None else "revisit"
        tag = f"差评{FOLLOW_UPS[step][0].label}"
        return Task(tag, Tone.BAD, f"{number} 差评", f"评价 {rated}", "evaluation", id_, step)

    return pile_of(desk, "差评处理", statement, task)


def _unrectified(desk: Inbox) -> list[Pile]:
    """Inspection findings not rectified by their deadline. Source: B 八."""
    statement = (
        select(Inspection.id, Inspection.subject, Inspection.rectify_by)
        .where(Inspection.rectified_on.is_(None), Inspection.rectify_by < desk.on)
        .order_by(Inspection.rectify_by, Inspection.id)
    )

    def task(id_: int, subject: str, due: date) -> Task:
        return Task("整改超期", Tone.BAD, subject, f"应整改 {due}", "inspection", id_)

    return pile_of(desk, "整改超期", statement, task, unrectified_filters(desk))


def unrectified_filters(desk: Inbox) -> Filters:
    """List filters of inspections for these."""
    return {"rectified_on": NOBODY, "rectify_by_to": desk.yesterday}


def to_designate(desk: Inbox) -> list[Pile]:
    """Projects in a 重大项目年度计划 that are not on the key list yet.

    No document gives the 确定部门 a list of candidates. The yearly plan is the only recorded fact that makes a
    project key by a document (H 三(四)). Enterprises have no such fact.
    """
    if desk.actor.keeps is DesignationTarget.ENTERPRISE:
        return []
    statement = select(Project.id, Project.name, Project.major_plan).where(*UNLISTED).order_by(Project.id)

    def task(id_: int, name: str, plan: str) -> Task:
        return Task("登记认定", Tone.WARN, name, f"列入{plan}重大项目年度计划", "project", id_, "designate")

    return pile_of(desk, "登记认定", statement, task, UNLISTED_FILTERS)


#: The condition for these projects, and the matching list filters.
UNLISTED = (Project.is_key.is_(False), Project.major_plan.is_not(None), Project.major_plan != "")
UNLISTED_FILTERS: Filters = {"is_key": 0, "major_plan": UNNAMED[SOMEBODY]}


def expiring(desk: Inbox) -> list[Pile]:
    """Designations that have expired or soon will; they are to be renewed, or revoked with their 分包."""
    statement = (
        select(KeyDesignation.id, func.coalesce(Project.name, Enterprise.name), KeyDesignation.valid_until)
        .outerjoin(Project, Project.id == KeyDesignation.project_id)
        .outerjoin(Enterprise, Enterprise.id == KeyDesignation.enterprise_id)
        .where(KeyDesignation.revoked_on.is_(None), KeyDesignation.valid_until <= desk.on + EXPIRY_TOLD)
        .order_by(KeyDesignation.valid_until, KeyDesignation.id)
    )

    def task(id_: int, name: str, until: date) -> Task:
        tag, tone = ("认定到期", Tone.BAD) if until < desk.on else ("认定将到期", Tone.WARN)
        return Task(tag, tone, name, f"有效期至 {until}", "key_designation", id_)

    return pile_of(desk, "认定到期", statement, task, {"revoked_on": NOBODY, "valid_until_to": desk.on + EXPIRY_TOLD})


Finder = Callable[[Inbox], list[Pile]]

#: What else waits for a role, in this order: the permission it takes to do it, and what finds it.
OTHERS: Mapping[Role, tuple[tuple[str, Finder], ...]] = {
    Role.LEAD_OFFICE: (
        ("extension.decide", _extensions),
        ("case.terminate", _to_end),
        ("evaluation.follow", _bad_grades),
        ("inspection.edit", _unrectified),
        ("case.archive", _to_archive),
        ("work_record.create", _uncontacted),
        ("appointment.edit", _appointments),
        ("department_liaison.edit", _terms_over),
    ),
    Role.DEPT_LEADER: (("urge.reply", _urges), ("extension.decide", _extensions)),
    Role.AGENT: (
        ("appointment.edit", _appointments),
        ("work_record.create", _unanswered),
        ("case.close", _unsigned),
        ("work_record.create", _without_feedback),
        ("case.propose", _to_propose),
    ),
    Role.WINDOW_CLERK: (
        ("appointment.edit", _appointments),
        ("work_record.create", _unanswered),
        ("station_handover.receive", _to_receive),
    ),
    Role.STATION_CLERK: (
        ("work_record.create", _unanswered),
        ("case.hand_in", _to_hand_in),
        ("work_record.create", _without_feedback),
    ),
    Role.CHIEF_OFFICER: (("appointment.edit", _appointments), ("work_record.create", _uncontacted)),
    Role.LIAISON: (("step.record", _filed),),
    Role.INSPECTOR: (("inspection.edit", _unrectified), ("evaluation.follow", _bad_grades)),
}
