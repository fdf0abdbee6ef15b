"""Cases, their items at departments, deliveries and slips."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import select
from wtforms import BooleanField, DateField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from admin.actions import Action
from admin.base import BackOfficeView, Inline
from admin.forms import BackOfficeForm, RefField, Required, no_control, tidy
from admin.session import db
from models.cases import CaseEvent, CaseStep, ServiceCase
from models.fields import Field
from models.items import ServiceItem
from models.people import DepartmentLiaison, GeneralAgent
from models.places import CountyOption, OptionKind
from services import cases, steps
from services.calendar import today
from services.cases import EARLY

ONE_LINE = [Optional(), Length(max=80), no_control]
REASON = [Required(), Length(max=200), no_control]


class DateForm(BackOfficeForm):
    """An action that asks only for its business date."""

    on = DateField("日期", [Required()], default=today, description="可以补录过去的日期，不能早于上一步")


class ReasonForm(DateForm):
    """An action that asks for its reason."""

    reason = TextAreaField("原因", REASON, filters=[tidy])


class AssignCaseForm(DateForm):
    """分派."""

    agent = RefField("代办员", [Required()], target=GeneralAgent, where={"active": True})
    reason = TextAreaField("说明", [Optional(), Length(max=200), no_control], filters=[tidy])


class DeliverForm(DateForm):
    """送达并办结."""

    way = RefField(
        "送达方式", [Required()], target=CountyOption,
        where={"kind": OptionKind.DELIVERY_WAY, "active": True},
    )  # fmt: skip
    documents = TextAreaField(
        "送达的批文、证件及资料", [Required(), Length(max=300), no_control], filters=[tidy],
        default="批文、证件及有关资料",
    )  # fmt: skip
    recipient = StringField("接收人", [Required(), Length(max=30), no_control], filters=[tidy])
    tracking_number = StringField("邮寄单号", [Optional(), Length(max=40), no_control], filters=[tidy])


class TerminateForm(DateForm):
    """终止."""

    reason = RefField(
        "终止原因", [Required()], target=CountyOption,
        where={"kind": OptionKind.TERMINATION_REASON, "active": True},
    )  # fmt: skip
    explanation = TextAreaField("原因说明", [Optional(), Length(max=300), no_control], filters=[tidy])
    returned = TextAreaField("移交的资料", [Optional(), Length(max=300), no_control], filters=[tidy])
    one_sided = BooleanField("单方终止", description="由牵头单位办理")


class StepForm(DateForm):
    """An action on an item."""

    reason = TextAreaField("说明", [Optional(), Length(max=200), no_control], filters=[tidy])


class StepReasonForm(ReasonForm):
    """An action on an item that must say why."""


class GrantForm(StepForm):
    """办结事项."""

    approval_number = StringField("批文号", ONE_LINE, filters=[tidy])


class LiaisonForm(BackOfficeForm):
    """指定专办员."""

    liaison = RefField("专办员", [Required()], target=DepartmentLiaison, where={"active": True})


def _case_action(name: str, form: type[BackOfficeForm], run: Any, **more: Any) -> Action:
    move = cases.MOVES[name]
    return Action(
        name, more.pop("label", move.label), move.permission, form, run,
        why_not=lambda actor, row: cases.why_not(actor, row, name), **more,
    )  # fmt: skip


CASE_ACTIONS = (
    _case_action("submit", DateForm, cases.submit),
    _case_action("accept", DateForm, cases.accept),
    _case_action("assign", AssignCaseForm, cases.assign),
    _case_action("deliver", DeliverForm, cases.deliver_and_close, label="送达并办结"),
    _case_action("reject", ReasonForm, cases.reject, danger=True),
    _case_action("withdraw", ReasonForm, cases.withdraw, danger=True),
    _case_action("terminate", TerminateForm, cases.terminate, danger=True),
)


def _record(name: str, session: Any, rows: Any, **values: Any) -> None:
    steps.record(session, rows, name, **values)


def _step_action(name: str) -> Action:
    move = steps.STEP_MOVES[name]
    form = StepReasonForm if move.needs_reason else GrantForm if name == "grant" else StepForm
    return Action(
        name, move.label, move.permission, form, partial(_record, name),
        why_not=lambda actor, row: steps.why_not(actor, row, name),
        danger=name in ("deny", "withdraw"),
    )  # fmt: skip


STEP_ACTIONS = (
    Action(
        "name_liaison", "指定专办员", "step.name_liaison", LiaisonForm, steps.name_liaison,
        why_not=lambda actor, row: f"已是“{row.state.label}”" if row.state in cases.FINAL else None,
    ),
    *(_step_action(name) for name in steps.STEP_MOVES),
)  # fmt: skip


class ItemBoxes(SelectMultipleField):
    """具体事项 as boxes to tick, in the order of the application form."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ServiceCaseView(BackOfficeView):
    """帮办代办件, with the item boxes of 附件2 in its form."""

    form_actions = CASE_ACTIONS
    extra_heading = "具体服务事项"
    inlines = (
        Inline(
            CaseStep, "case_id",
            ("item_id", "department_id", "liaison_id", "state", "due_on", "finished_on"), "position",
        ),
        Inline(
            CaseEvent, "case_id",
            ("happened_on", "action", "note", "recorded_by_id", "recorded_at"), "happened_on",
        ),
    )  # fmt: skip
    related = (("case_step", "case"), ("delivery", "case"))

    def form_fields(self, row: ServiceCase, *, new: bool) -> list[Field]:
        fields = super().form_fields(row, new=new)
        return fields if new or row.state in EARLY else [f for f in fields if f.key == "remark"]

    def extra_fields(self, row: ServiceCase, *, new: bool) -> dict[str, Any]:
        if not new and row.state not in EARLY:
            return {}
        items = db().execute(
            select(ServiceItem.id, ServiceItem.name)
            .where(ServiceItem.active)
            .order_by(ServiceItem.position, ServiceItem.id)
        )
        boxes = ItemBoxes(
            "具体事项", [Optional()], coerce=int, choices=[(i, name) for i, name in items],
            default=[] if new else [step.item_id for step in row.steps],
            description="“委托事项”为“部分”时至少勾选一项",
        )  # fmt: skip
        return {"items": boxes}

    def create_row(self, session: Any, row: ServiceCase, values: dict[str, Any]) -> ServiceCase:
        chosen = values.pop("items")
        super().create_row(session, row, values)
        self._set_items(session, row, chosen)
        return row

    def update_row(self, session: Any, row: ServiceCase, values: dict[str, Any]) -> ServiceCase:
        chosen = values.pop("items", None)
        super().update_row(session, row, values)
        if chosen is not None:
            self._set_items(session, row, chosen)
        return row

    def _set_items(self, session: Any, row: ServiceCase, chosen: list[int]) -> None:
        found = session.scalars(
            select(ServiceItem).where(ServiceItem.id.in_(chosen)).order_by(ServiceItem.position, ServiceItem.id)
        )
        cases.set_items(session, row, list(found))


class CaseStepView(BackOfficeView):
    """事项办理."""

    form_actions = STEP_ACTIONS
    only_new = frozenset({"case", "item"})


class DeliveryView(BackOfficeView):
    """送达: made by 送达并办结, read here."""


class CompletionView(BackOfficeView):
    """办结单: made by 送达并办结."""


class TerminationView(BackOfficeView):
    """终止单: made by 终止."""
