"""协调: meetings of departments, escalation to the leadership, 督办 and 延期.

Source: W, Z 附件1 二-四, Z 四; B 六.1; H 四(二), 五(三)-(四); 领域 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.cases import FINAL, CaseState, CaseStep, ServiceCase
from models.people import Role
from models.places import Approver, County, Department
from models.records import NumberKind
from models.work import (
    Extension,
    ExtensionState,
    Meeting,
    MeetingDepartment,
    Urge,
    WorkKind,
    WorkRecord,
)
from services.cases.deadlines import is_paused, set_due
from services.cases.transitions import MOVES, add_event, check_date, why_not
from services.kernel.access import may, records_for, require
from services.kernel.actor import Actor, actor_of, doer_of
from services.kernel.audit import audit_action
from services.kernel.errors import RuleViolation
from services.kernel.roles import acts_as
from services.records.crud import why_archived
from services.records.numbers import take_number

#: The fewest departments that make a meeting. Source: 领域 4.
LEAST_DEPARTMENTS = 2
#: Length of the column of an event's note.
NOTE_LENGTH = 500


def _check_case(session: Session, case: ServiceCase, name: str, on: date) -> None:
    refusal = why_not(doer_of(session), case, name)
    if refusal:
        raise RuleViolation("case.wrong_state", refusal)
    check_date(on, case.accepted_on or case.submitted_on, MOVES[name].label)


def _add_side_event(
    session: Session, case: ServiceCase, action: AuditAction, on: date, note: str, *, step_id: int | None = None
) -> None:
    """Add an event that leaves the case's state as it is. Earlier events can no longer be undone."""
    add_event(session, case, action, on, note[:NOTE_LENGTH], step_id=step_id, start=case.state, end=case.state)


# Meetings.
def meet(
    session: Session,
    cases: Sequence[ServiceCase],
    *,
    on: date,
    topic: str,
    place: str | None,
    departments: Sequence[Department],
) -> list[Meeting]:
    """召开会议: departments meet about each case, which is 联审中 until the meeting is concluded."""
    require(session, "case.meet")
    made = []
    for case in cases:
        _check_case(session, case, "meet", on)
        meeting = Meeting(county_id=case.county_id, case=case, topic=topic, held_on=on, place=place)
        _add_meeting(session, meeting, departments)
        _add_side_event(session, case, AuditAction.CASE_MEET, on, topic)
        made.append(meeting)
    session.flush()
    return made


def why_not_studied(_: Actor, record: WorkRecord) -> str | None:
    """Why the note cannot be studied together now; None when it can."""
    if record.kind is not WorkKind.CONSULTATION:
        return f"“{record.subject}”不是接待咨询，不需要集中研究"
    return why_archived(record)


def study(
    session: Session, records: Sequence[WorkRecord], *, on: date, topic: str, departments: Sequence[Department]
) -> list[Meeting]:
    """集中研究: departments meet about the question of a consultation. Source: B 六.1."""
    require(session, "work_record.study")
    made = []
    for record in records:
        if refusal := why_not_studied(actor_of(session), record):
            raise RuleViolation("study.kind", refusal)
        check_date(on, record.happened_on, "集中研究")
        meeting = Meeting(county_id=record.county_id, record=record, case=record.case, topic=topic, held_on=on)
        _add_meeting(session, meeting, departments)
        made.append(meeting)
    return made


def _add_meeting(session: Session, meeting: Meeting, departments: Sequence[Department]) -> None:
    with audit_action(session, AuditAction.CASE_MEET):
        session.add(meeting)
        set_departments(session, meeting, departments)


def set_departments(session: Session, meeting: Meeting, departments: Sequence[Department]) -> None:
    """Set the departments that take part in a meeting, at least `LEAST_DEPARTMENTS`."""
    wanted = {d.id for d in departments}
    if len(wanted) < LEAST_DEPARTMENTS:
        raise RuleViolation("meeting.two", f"会议至少要有 {LEAST_DEPARTMENTS} 个部门参加", field="departments")
    for row in list(meeting.departments):
        if row.department_id in wanted:
            wanted.discard(row.department_id)
        else:
            meeting.departments.remove(row)
    for id_ in sorted(wanted):
        meeting.departments.append(MeetingDepartment(county_id=meeting.county_id, department_id=id_))
    session.flush()


def guard_meeting(session: Session, meeting: Meeting, values: Mapping[str, Any]) -> None:
    """A meeting has a subject, is called by a role that the county allows, and is concluded with a decision."""
    case = values.get("case", meeting.case)
    if not any(values.get(name, getattr(meeting, name)) for name in ("case", "project", "record")):
        raise RuleViolation("meeting.about", "请选择会议所涉的帮办代办件、项目或咨询", field="case")
    actor = doer_of(session)
    county = session.scalar(select(County).where(County.id == (meeting.county_id or actor.county_id)))
    if meeting.is_new and acts_as(actor, Role.AGENT) and county is not None and not county.agent_meets:
        raise RuleViolation("meeting.lead", f"{county.meeting_word}由{county.lead_office}召开")
    if meeting.is_new and case is not None:
        _check_case(session, case, "meet", values["held_on"])
        _add_side_event(session, case, AuditAction.CASE_MEET, values["held_on"], values["topic"])
    held_on = values.get("held_on", meeting.held_on)
    _check_conclusion(meeting, held_on, values.get("concluded_on"), values.get("decision"))


def _check_conclusion(meeting: Meeting, held_on: date, on: date | None, decision: str | None) -> None:
    if on is None:
        return
    if on < held_on:
        raise RuleViolation("date.order", f"议定日期不能早于召开日期 {held_on}", field="concluded_on")
    if not (decision or meeting.decision):
        raise RuleViolation("meeting.decision", "请写明议定事项", field="decision")


def why_no_meeting(actor: Actor, meeting: Meeting, permission: str) -> str | None:
    """Why the actor cannot conclude or escalate this meeting now; None when they can."""
    if not may(actor, permission):
        return "您的角色不办理此事"
    if meeting.concluded_on:
        return f"“{meeting.topic}”已于 {meeting.concluded_on} 议定"
    return why_archived(meeting)


def conclude(session: Session, meetings: Sequence[Meeting], *, on: date, decision: str) -> None:
    """登记议定: record the decision of the departments or of the leader; ends 联审中."""
    _change_meetings(session, meetings, "meeting.conclude", AuditAction.MEETING_CONCLUDE, on, decision)


def escalate(session: Session, meetings: Sequence[Meeting], *, on: date, to: str, reason: str) -> None:
    """提请协调: pass a question that the meeting could not settle to the leader in charge. Source: H 五(四)."""
    _change_meetings(session, meetings, "meeting.escalate", AuditAction.MEETING_ESCALATE, on, f"提请{to}：{reason}", to)


def _change_meetings(
    session: Session,
    meetings: Sequence[Meeting],
    permission: str,
    action: AuditAction,
    on: date,
    note: str,
    to: str | None = None,
) -> None:
    actor = require(session, permission)
    for meeting in meetings:
        refusal = why_no_meeting(actor, meeting, permission)
        if refusal:
            raise RuleViolation("meeting.over", refusal)
        check_date(on, max(d for d in (meeting.held_on, meeting.escalated_on) if d), action.label)
        with audit_action(session, action):
            if to is not None:
                meeting.escalated_to, meeting.escalated_on = to, on
            elif meeting.escalated_to:
                meeting.result, meeting.decision, meeting.concluded_on = note, meeting.decision or note, on
            else:
                meeting.decision, meeting.concluded_on = note, on
            if meeting.concluded_on and meeting.record is not None and meeting.record.replied_on is None:
                meeting.record.answer, meeting.record.replied_on = note, on
        if meeting.case is not None:
            _add_side_event(session, meeting.case, action, on, note)
    session.flush()


# 督办.
def urge(
    session: Session,
    cases: Sequence[ServiceCase],
    *,
    on: date,
    department: Department | None,
    reason: str,
    reply_due: date,
) -> list[Urge]:
    """督办: a numbered reminder to a department, or to the agent of the case; it requires a reply."""
    require(session, "case.urge")
    made = []
    for case in cases:
        row = Urge(county_id=case.county_id)
        values = {
            "case": case,
            "department": department,
            "issued_on": on,
            "reason": reason,
            "reply_due": reply_due,
        }
        guard_urge(session, row, values)
        for key, value in values.items():
            setattr(row, key, value)
        session.add(row)
        made.append(row)
    session.flush()
    return made


def guard_urge(session: Session, urge: Urge, values: Mapping[str, Any]) -> None:
    """Check and number a 督办: the case is open, and the reply is not due before the date of issue."""
    case, on = values.get("case", urge.case), values.get("issued_on", urge.issued_on)
    if values.get("reply_due", urge.reply_due) < on:
        raise RuleViolation("urge.due", "回复期限不能早于督办日期", field="reply_due")
    if not urge.is_new:
        return
    _check_case(session, case, "urge", on)
    urge.number = take_number(session, case.county, NumberKind.URGE, on.year)
    to = values.get("department")
    note = f"{urge.number} {to.name if to else ''}：{values['reason']}"
    _add_side_event(session, case, AuditAction.CASE_URGE, on, note)


def why_no_reply(actor: Actor, urge: Urge) -> str | None:
    """Why the actor cannot reply to this 督办 now; None when they can."""
    if not may(actor, "urge.reply"):
        return "您的角色不办理此事"
    if acts_as(actor, Role.DEPT_LEADER) and urge.department_id not in (None, actor.department_id):
        return f"{urge.number} 督办的不是本部门"
    return f"{urge.number} 已于 {urge.replied_on} 回复" if urge.replied_on else why_archived(urge)


def reply(session: Session, urges: Sequence[Urge], *, on: date, reply: str) -> None:
    """回复督办: record what was done; ends 督办中."""
    actor = require(session, "urge.reply")
    for row in urges:
        refusal = why_no_reply(actor, row)
        if refusal:
            raise RuleViolation("urge.replied", refusal)
        check_date(on, row.issued_on, "回复")
        with audit_action(session, AuditAction.URGE_REPLY):
            row.reply, row.replied_on = reply, on
        _add_side_event(session, row.case, AuditAction.URGE_REPLY, on, f"{row.number}：{reply}")
    session.flush()


# 延期.
def why_no_extension(actor: Actor, step: CaseStep) -> str | None:
    """Why the actor cannot ask for a 延期 of this step now; None when they can. Source: H 五(三)."""
    if not may(actor, "step.extend") and not records_for(actor, "step.extend"):
        return "您的角色不办理此事"
    if not step.county.extension_allowed:
        return f"{step.county.name}没有延期的规定"
    if step.state in FINAL or step.case.state is not CaseState.IN_PROGRESS:
        return f"{step.display_name} 已是“{step.state.label}”，不能延期"
    if is_paused(step):
        return f"{step.display_name} 正在补正，时限停计，不需要延期"
    return None if step.due_on else f"{step.display_name} 部门还没有受理，没有应办结日"


def extend(session: Session, steps: Sequence[CaseStep], *, on: date, new_due: date, reason: str) -> list[Extension]:
    """申请延期: the agent asks for a later due date; the applicant will be told the reason."""
    actor = require(session, "step.extend")
    made = []
    for step in steps:
        refusal = why_no_extension(actor, step)
        if refusal:
            raise RuleViolation("extension.refused", refusal)
        check_date(on, step.accepted_on, "申请延期")
        assert step.due_on is not None
        if new_due <= step.due_on:
            raise RuleViolation("extension.later", f"要晚于现在的应办结日 {step.due_on}", field="new_due")
        if waiting := why_requested(session, step):
            raise RuleViolation("extension.twice", waiting)
        made.append(
            Extension(
                county_id=step.county_id,
                step=step,
                old_due=step.due_on,
                new_due=new_due,
                reason=reason,
                asked_on=on,
            )
        )
    with audit_action(session, AuditAction.EXTENSION_ASK):
        session.add_all(made)
    for row in made:
        note = f"{row.step.item.name}：申请延至 {row.new_due}，{row.reason}"
        _add_side_event(session, row.step.case, AuditAction.EXTENSION_ASK, on, note, step_id=row.step.id)
    return made


def why_requested(session: Session, step: CaseStep) -> str | None:
    """Why no further 延期 of this step can be asked for now: one waits for its approval."""
    asked = select(Extension.id).where(Extension.step_id == step.id, Extension.state == ExtensionState.ASKED)
    waiting = session.scalar(asked.limit(1)) is not None
    return f"{step.display_name} 已有一个延期申请等待批准" if waiting else None


def why_no_decision(actor: Actor, extension: Extension) -> str | None:
    """Why the actor cannot decide on this extension; None when they can. The county sets the approver."""
    if not may(actor, "extension.decide") and not records_for(actor, "extension.decide"):
        return "您的角色不办理此事"
    by_leader = extension.step.county.extension_approver is Approver.DEPT_LEADER
    if not by_leader and acts_as(actor, Role.DEPT_LEADER):
        return f"延期由{extension.step.county.lead_office}批准"
    if extension.state is not ExtensionState.ASKED:
        return f"这个延期{extension.state.label}"
    return f"{extension.step.display_name} 已经办结" if extension.step.state in FINAL else None


def why_not_longer(extension: Extension) -> str | None:
    """Why approving it would give the step no more time now; None when it would."""
    step = extension.step
    if not is_paused(step) and step.due_on is not None and extension.new_due > step.due_on:
        return None
    return f"{step.display_name} 现在的应办结日是 {'补正中停计' if is_paused(step) else step.due_on}，不需要延期"


def approve(session: Session, extensions: Sequence[Extension], *, on: date, told_on: date, opinion: str | None) -> None:
    """批准延期: set the later due date; the applicant is told the reason."""
    for row in _decided(session, extensions, on):
        check_date(told_on, row.asked_on, "告知申请人")
        if refusal := why_not_longer(row):
            raise RuleViolation("extension.shorter", refusal)
        note = f"{row.step.item.name}：延至 {row.new_due}，{row.reason}"
        with audit_action(session, AuditAction.EXTENSION_APPROVE):
            row.state, row.approved_on, row.told_on, row.opinion = ExtensionState.APPROVED, on, told_on, opinion
            row.approver_id = doer_of(session).staff_id
            row.step.fixed_due = row.new_due
            set_due(row.step.case)
        _add_side_event(session, row.step.case, AuditAction.EXTENSION_APPROVE, on, note, step_id=row.step_id)
    session.flush()


def refuse(session: Session, extensions: Sequence[Extension], *, on: date, opinion: str) -> None:
    """不批准延期: the due date does not change."""
    for row in _decided(session, extensions, on):
        with audit_action(session, AuditAction.EXTENSION_REFUSE):
            row.state, row.approved_on, row.opinion = ExtensionState.REFUSED, on, opinion
            row.approver_id = doer_of(session).staff_id
        _add_side_event(
            session,
            row.step.case,
            AuditAction.EXTENSION_REFUSE,
            on,
            f"{row.step.item.name}：{opinion}",
            step_id=row.step_id,
        )
    session.flush()


def _decided(session: Session, extensions: Sequence[Extension], on: date) -> Sequence[Extension]:
    actor = require(session, "extension.decide")
    for row in extensions:
        refusal = why_no_decision(actor, row)
        if refusal:
            raise RuleViolation("extension.decided", refusal)
        if row.step.county.extension_approver is Approver.DEPT_LEADER and not acts_as(actor, Role.DEPT_LEADER):
            raise RuleViolation("behalf.needed", "延期由部门责任领导批准，请在“代录”里选择", field="behalf")
        check_date(on, row.asked_on, "批准")
    return extensions
