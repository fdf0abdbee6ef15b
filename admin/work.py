"""What is done around a case: meetings, reminders, more time, notes of the work."""

from __future__ import annotations

from typing import Any

from flask import url_for
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, Optional

from admin.actions import Action
from admin.base import BackOfficeView, Block
from admin.cases import DateForm
from admin.forms import RefsField, Required, action_field, no_control, tidy
from admin.papers import sheets_of
from admin.session import actor
from models.places import Department
from models.work import Agreement, Extension, Meeting, MeetingDepartment, Urge, WorkKind, WorkRecord
from services.cases import coordination
from services.cases.coordination import set_departments
from services.kernel.access import may
from services.kernel.actor import Actor
from services.kernel.working_days import today

LONG = [Required(), Length(max=500), no_control]


class ConcludeForm(DateForm):
    """登记议定."""

    decision = TextAreaField("议定事项或协调结果", LONG, filters=[tidy])


class EscalateForm(DateForm):
    """提请协调."""

    to = StringField("提请", [Required(), Length(max=60), no_control], filters=[tidy], default="政府分管领导")
    reason = TextAreaField("难点", LONG, filters=[tidy])


class ReplyForm(DateForm):
    """回复督办."""

    reply = action_field(Urge, "reply", required=True)


class ApproveForm(DateForm):
    """批准延期."""

    told_on = action_field(Extension, "told_on", required=True, default=today, description="延期须向申请人说明原因")
    opinion = action_field(Extension, "opinion")


class RefuseForm(DateForm):
    """不批准延期."""

    opinion = TextAreaField("不批准的原因", [Required(), Length(max=200), no_control], filters=[tidy])


class StudyForm(DateForm):
    """集中研究."""

    topic = action_field(Meeting, "topic")
    departments = RefsField("参会部门", [Required()], target=Department, description="至少两个部门（股室）")


def _meeting_action(name: str, label: str, form: Any, run: Any, **more: Any) -> Action:
    permission = f"meeting.{name}"
    return Action(
        name,
        label,
        permission,
        form,
        run,
        batch=False,
        why_not=lambda actor, row: coordination.why_no_meeting(actor, row, permission),
        **more,
    )


class MeetingView(BackOfficeView):
    """会议, with the departments that take part."""

    extra_heading = MeetingDepartment.__title__
    form_actions = (
        _meeting_action("conclude", "登记议定", ConcludeForm, coordination.conclude),
        _meeting_action("escalate", "提请协调", EscalateForm, coordination.escalate),
    )

    def extra_fields(self, row: Meeting, *, new: bool) -> dict[str, Any]:
        present = [] if new else [part.department for part in row.departments]
        return {
            "departments": RefsField(
                MeetingDepartment.__title__,
                [Optional()],
                target=Department,
                default=present,
                description="至少两个部门",
            )
        }

    def create_row(self, session: Any, row: Meeting, values: dict[str, Any]) -> Meeting:
        departments = values.pop("departments")
        super().create_row(session, row, values)
        set_departments(session, row, departments)
        return row

    def update_row(self, session: Any, row: Meeting, values: dict[str, Any]) -> Meeting:
        departments = values.pop("departments")
        super().update_row(session, row, values)
        set_departments(session, row, departments)
        return row

    def details_extra(self, row: Meeting) -> list[Block]:
        names = [[str(part.department)] for part in row.departments]
        return [Block(MeetingDepartment.__title__, ["部门"], names)]


class UrgeView(BackOfficeView):
    """督办, and its answer."""

    form_actions = (
        Action(
            "reply",
            "回复督办",
            "urge.reply",
            ReplyForm,
            coordination.reply,
            recorded=True,
            batch=False,
            why_not=coordination.why_no_reply,
        ),
    )
    only_new = frozenset({"case", "department", "issued_on", "reason", "reply_due"})


def _decide(name: str, label: str, form: Any, run: Any, why_not: Any = coordination.why_no_decision) -> Action:
    return Action(name, label, "extension.decide", form, run, recorded=True, why_not=why_not, danger=name == "refuse")


def _why_not_approved(actor: Actor, row: Extension) -> str | None:
    return coordination.why_no_decision(actor, row) or coordination.why_not_longer(row)


class ExtensionView(BackOfficeView):
    """延期: asked for on the item, decided here."""

    form_actions = (
        _decide("approve", "批准延期", ApproveForm, coordination.approve, _why_not_approved),
        _decide("refuse", "不批准", RefuseForm, coordination.refuse),
    )


class AgreementView(BackOfficeView):
    """委托协议, printed from its own page."""

    def sheets(self, row: Agreement) -> list[dict[str, str]]:
        return sheets_of(row)


class WorkRecordView(BackOfficeView):
    """工作纪实; a consultation may be studied together, or become an application."""

    form_actions = (
        Action(
            "study",
            "集中研究",
            "work_record.study",
            StudyForm,
            coordination.study,
            batch=False,
            why_not=coordination.why_not_studied,
        ),
    )
    related = (("meeting", "record"),)

    def sheets(self, row: WorkRecord) -> list[dict[str, str]]:
        return sheets_of(row)

    def links(self, row: WorkRecord) -> list[tuple[str, str]]:
        if row.kind is not WorkKind.CONSULTATION or row.case_id or not may(actor(), "service_case.create"):
            return []
        known: dict[str, Any] = {"record": row.id, "enterprise": row.enterprise_id, "project": row.project_id}
        return [("登记申请", url_for("service_case.create_view", **{k: v for k, v in known.items() if v}))]
