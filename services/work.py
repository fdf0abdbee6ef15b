"""Rules of what is done around a case: agreements, notes, meetings, reminders, extensions.

Source: DOMAIN sections 1 and 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.places import County, Department
from models.records import NumberKind
from models.work import Agreement, Extension, Meeting, MeetingDepartment, Urge, WorkRecord
from services.actor import actor_of
from services.cases import FINAL
from services.errors import RuleViolation
from services.numbers import take_number
from services.steps import name_of as step_name

#: A meeting is between departments. Source: DOMAIN section 4.
LEAST_DEPARTMENTS = 2


def guard_agreement(session: Session, agreement: Agreement, values: Mapping[str, Any]) -> None:
    """An agreement is about something, and gets its number when it is signed."""
    targets = ("enterprise", "project", "case")
    if not any(values.get(name, getattr(agreement, name)) for name in targets):
        raise RuleViolation("agreement.target", "请选择委托的企业、项目或帮办代办件", field="enterprise")
    if agreement.is_new:
        agreement.number = _number(session, NumberKind.AGREEMENT, values["signed_on"].year)


def guard_urge(session: Session, urge: Urge, values: Mapping[str, Any]) -> None:
    """督办 is numbered; the reply is due after it was issued."""
    if values["reply_due"] < values["issued_on"]:
        raise RuleViolation("urge.due", "回复期限不能早于督办日期", field="reply_due")
    if urge.is_new:
        urge.number = _number(session, NumberKind.URGE, values["issued_on"].year)


def _number(session: Session, kind: NumberKind, year: int) -> str:
    county = session.scalars(select(County).where(County.id == actor_of(session).county_id)).one()
    return take_number(session, county, kind, year)


def guard_work_record(session: Session, record: WorkRecord, values: Mapping[str, Any]) -> None:
    """Who writes a note of his own work need not name himself."""
    if record.is_new and values.get("staff") is None:
        record.staff_id = actor_of(session).staff_id


def guard_extension(session: Session, extension: Extension, values: Mapping[str, Any]) -> None:
    """延期 where the county knows it, of an item that is not over, to a later day. Source: H 五(三)."""
    step = values.get("step", extension.step)
    if not step.county.extension_allowed:
        raise RuleViolation("extension.unknown", f"{step.county.name}没有延期的规定", field="step")
    if extension.is_new and step.state in FINAL:
        raise RuleViolation("extension.final", f"{step_name(step)} 已是“{step.state.label}”，不能延期", field="step")
    if values["new_due"] <= values["old_due"]:
        raise RuleViolation("extension.later", "延期后的日期要晚于原应办结日", field="new_due")


def set_departments(session: Session, meeting: Meeting, departments: Sequence[Department]) -> None:
    """Who takes part in a meeting: two departments or more."""
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
