"""Cases, their items at departments, deliveries and slips."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from wtforms import SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from admin.actions import Action
from admin.base import BackOfficeView, Inline
from admin.forms import (
    BackOfficeForm,
    Boxes,
    RefField,
    RefsField,
    Required,
    action_field,
    business_date,
    no_control,
    tidy,
)
from admin.missing_materials import MissingField
from admin.papers import sheets_of
from admin.received_papers import PapersField
from admin.session import actor, db
from admin.stations import HandInForm, list_papers
from models.base import Base
from models.cases import EARLY, CaseEvent, CaseState, CaseStep, Delivery, ServiceCase, Termination
from models.evaluation import Evaluation
from models.fields import Field, field_of
from models.items import ItemMaterial, ServiceItem
from models.papers import PaperPrint
from models.people import GeneralAgent, Role
from models.places import Department, DepartmentKind, WindowKind
from models.types import show
from models.work import CaseMaterial, Extension, MaterialState, Meeting, PaperHandover, Urge, WorkRecord
from services.cases import (
    archive,
    closing,
    coordination,
    dispatch,
    evaluation,
    intake,
    paper_handover,
    stations,
    steps,
    transitions,
    undo,
)
from services.cases.eligibility import why_ineligible
from services.cases.intake import link_consultation
from services.cases.received_papers import held_papers, materials_of
from services.desk import badges
from services.desk.badges import Mark
from services.kernel.roles import acts_as
from services.kernel.working_days import today
from services.statistics.coverage import told_if_late

REASON = [Required(), Length(max=200), no_control]
#: Default number of days to reply to a 督办.
REPLY_DAYS = 5
PAPERS_HELP = "逐件勾选退还，不退还的写明原因；印在终止单上"


#: The applicant and the project on the application. Source: W 附件2, Z 附件2.
APPLICANT = (
    "name",
    "credit_code",
    "postcode",
    "address",
    "principal",
    "principal_phone",
    "handler",
    "handler_phone",
)
SITE = (
    "name",
    "code",
    "investment",
    "scale",
    "address",
    "funding",
    "land",
    "is_key",
    "started",
    "remark",
)


class DateForm(BackOfficeForm):
    """An action that asks only for its business date."""

    on = business_date()


class ReasonForm(DateForm):
    """An action that asks for its reason."""

    reason = TextAreaField("原因", REASON, filters=[tidy])


class UndoForm(BackOfficeForm):
    """撤回上一步."""

    reason = TextAreaField("撤回原因", REASON, filters=[tidy])


class TellingForm(BackOfficeForm):
    """说明告知: who told whom, when and how; asked where the county's document binds."""

    told_by = action_field(WorkRecord, "teller", description="不填则为经办人")
    told_to = StringField(
        "告知对象", [Optional(), Length(max=30), no_control], filters=[tidy], description="不填则为申请单位经办人"
    )
    told_way = action_field(WorkRecord, "way", label="告知方式")
    told_on = action_field(ServiceCase, "told_on", default=today)


class WithdrawForm(ReasonForm):
    """撤回申请."""

    papers = PapersField("收到的材料", description=PAPERS_HELP)


class RejectForm(TellingForm, ReasonForm):
    """不予受理."""

    told_on = action_field(ServiceCase, "told_on", required=True, default=today)
    papers = PapersField("收到的材料", description=PAPERS_HELP)


class NotifyForm(DateForm):
    """一次性告知."""

    materials = MissingField("缺少的材料", description="在缺少的材料后面写明怎样补、到哪里办；没有列出的材料写在空行里")
    reason = StringField(
        "再次告知的原因",
        [Optional(), Length(max=200), no_control],
        filters=[tidy],
        description="只告知一次；确须再次告知时填写",
    )


class ResupplyForm(DateForm):
    """登记补正."""

    received = Boxes("收到的材料", [Optional()], coerce=int, choices=[])


class AssignCaseForm(DateForm):
    """分派."""

    agent = action_field(ServiceCase, "agent", required=True, where={"active": True})
    responsible = action_field(ServiceCase, "responsible", description="不填则按项目的产业类型确定，由该单位出代办员")
    lead_section = action_field(ServiceCase, "lead_section", where={"kind": DepartmentKind.SECTION})
    reason = TextAreaField("说明", [Optional(), Length(max=200), no_control], filters=[tidy])


class BringForm(DateForm):
    """资料送窗口."""

    window = action_field(PaperHandover, "window", required=True, where={"active": True, "kind": WindowKind.GENERAL})
    receiver = action_field(PaperHandover, "receiver")
    papers = action_field(PaperHandover, "papers")


class PassOnForm(DateForm):
    """移交科室."""

    department = action_field(
        PaperHandover, "department", required=True, label="接收科室", where={"kind": DepartmentKind.SECTION}
    )
    receiver = action_field(PaperHandover, "receiver")
    papers = action_field(PaperHandover, "papers")


class ClaimForm(DateForm):
    """责任认领."""

    section = action_field(CaseStep, "section", required=True, where={"kind": DepartmentKind.SECTION})
    claimed_by = action_field(CaseStep, "claimed_by", required=True)


class HandOverForm(DateForm):
    """移交."""

    agent = RefField("接手的代办员", [Required()], target=GeneralAgent, where={"active": True})
    reason = TextAreaField("移交原因", REASON, filters=[tidy])


class MeetForm(DateForm):
    """召开会议."""

    topic = action_field(Meeting, "topic")
    departments = RefsField("参会部门", [Required()], target=Department, description="至少两个部门")
    place = action_field(Meeting, "place")


class UrgeForm(DateForm):
    """督办."""

    department = action_field(Urge, "department", description="不填则督办经办的代办员")
    reason = action_field(Urge, "reason")
    reply_due = action_field(Urge, "reply_due", default=lambda: today() + timedelta(days=REPLY_DAYS))


class DeliverForm(DateForm):
    """送达并办结."""

    way = action_field(Delivery, "way")
    documents = action_field(Delivery, "documents", default="批文、证件及有关资料")
    recipient = action_field(Delivery, "recipient")
    tracking_number = action_field(Delivery, "tracking_number")
    note = TextAreaField(
        "工作纪实",
        [Required(), Length(max=1000), no_control],
        filters=[tidy],
        default="已将批文、证件及有关资料送达委托单位",
    )
    registered_on = action_field(Delivery, "registered_on", default=today, description="送达情况备案的日期，归档前须有")
    given_back = Boxes("一并退还的材料", [Optional()], coerce=int, choices=[], description="原件不退还的不能归档")


class SendForm(DeliverForm):
    """送达."""

    received_on = action_field(Delivery, "received_on", description="当面签收的填写；邮寄的收到回执后再登记签收")


class RateForm(DateForm):
    """登记评价."""

    due = SelectField("评价关系和对象", [Required()], choices=[])
    grade = action_field(Evaluation, "grade")
    rater = action_field(Evaluation, "rater")
    opinion = action_field(Evaluation, "opinion")


class OwedForm(DateForm):
    """提交, 受理: with the papers that have arrived by now."""

    present = Boxes("现已收到的", [Optional()], choices=[])


class AcceptForm(TellingForm, OwedForm):
    """受理."""


class ProposeForm(DateForm):
    """提请归档."""

    present = Boxes("纸质件已入卷的单据", [Optional()], coerce=int, choices=[])


class ProposeEndForm(DateForm):
    """提请单方终止."""

    reason = action_field(Termination, "reason")
    explanation = action_field(Termination, "explanation", required=True)


class TerminateForm(TellingForm, DateForm):
    """终止."""

    reason = action_field(Termination, "reason")
    explanation = action_field(Termination, "explanation")
    returned = action_field(Termination, "returned")
    papers = PapersField("收到的材料", description=PAPERS_HELP)
    one_sided = action_field(Termination, "one_sided", description="由牵头单位办理；单方终止的原因不勾也按单方终止")


class StepForm(DateForm):
    """An action on an item."""

    reason = TextAreaField("说明", [Optional(), Length(max=200), no_control], filters=[tidy])


class StepReasonForm(ReasonForm):
    """An action on an item that needs a reason."""


class DenyForm(TellingForm, StepReasonForm):
    """未办成."""

    force_majeure = action_field(CaseStep, "force_majeure", description="勾选的须写明何时、怎样告知申请人")


class StepAcceptForm(StepForm):
    """部门受理."""

    due_on = action_field(CaseStep, "due_on", description="部门另有承诺时填写；不填则按事项的时限从受理次日起算")


class GrantForm(StepForm):
    """办结事项."""

    approval_number = action_field(CaseStep, "approval_number")


class ExtendForm(ReasonForm):
    """申请延期."""

    new_due = action_field(Extension, "new_due")


class LiaisonForm(BackOfficeForm):
    """指定专办员: the person first, because the day is mostly today."""

    liaison = action_field(CaseStep, "liaison", required=True, where={"active": True})
    on = business_date()


def _suggest_materials(form: Any, rows: Sequence[ServiceCase]) -> None:
    """Suggest the papers that the case's items need, and those that were missing before."""
    items = [step.item_id for row in rows for step in row.steps]
    wanted = db().scalars(
        select(ItemMaterial.name)
        .where(ItemMaterial.item_id.in_(items))
        .order_by(ItemMaterial.position, ItemMaterial.id)
    )
    form.materials.suggest(dict.fromkeys(wanted))


#: Fields of TellingForm.
TELLING = ("told_by", "told_to", "told_way", "told_on")
#: The duty of Z 二(二).
OBSTACLE = "因不可抗力办不成的，须向申请人说明"


def _ask_telling(setting: str, duty: str, *fields: str) -> Callable[[Any, Sequence[Any]], None]:
    """Say which duty the telling fulfils; remove `fields` in counties without `setting`."""

    def prepare(form: Any, rows: Sequence[Any]) -> None:
        if getattr(rows[0].county, setting):
            form.told_way.description = duty
            return
        for name in fields:
            delattr(form, name)

    return prepare


def _each(*preparations: Callable[[Any, Sequence[Any]], None]) -> Callable[[Any, Sequence[Any]], None]:
    """One `prepare` of several."""

    def prepare(form: Any, rows: Sequence[Any]) -> None:
        for one in preparations:
            one(form, rows)

    return prepare


def _ask_papers(form: Any, rows: Sequence[ServiceCase]) -> None:
    """Ask where the received papers go, when there are any."""
    form.papers.ask_about([paper for row in rows for paper in held_papers(db(), row)])
    if not form.papers.papers:
        del form.papers


def _suggest_refusal(form: Any, rows: Sequence[ServiceCase]) -> None:
    """The condition that the case does not meet, where the county checks one."""
    _ask_papers(form, rows)
    if len(rows) == 1 and form.reason.raw_data is None:
        form.reason.data = why_ineligible(db(), rows[0])


def _tell_last(form: Any, rows: Sequence[ServiceCase]) -> None:
    """Show what 撤回上一步 would undo."""
    last = "、".join(
        f"{show(event.action)}（{event.happened_on}）" for event in reversed(undo.undoable_events(db(), rows[0]))
    )
    form.reason.description = f"将撤回：{last}；其中开出的单据作废留底，编号不再使用" if last else "没有可以撤回的"


def _list_owed(owed: Callable[[Any, ServiceCase], list[str]], form: Any, rows: Sequence[ServiceCase]) -> None:
    """List the papers that any of the cases still lacks, to be ticked when they have arrived."""
    keys = dict.fromkeys(key for row in rows for key in owed(db(), row))
    form.present.choices = [SelectChoice(key, field_of(ServiceCase, key).label) for key in keys]
    if not keys:
        del form.present


def _list_missing(form: Any, rows: Sequence[ServiceCase]) -> None:
    owed = materials_of(db(), rows[0], MaterialState.MISSING)
    form.received.choices = [SelectChoice(paper.id, paper.name) for paper in owed]
    form.received.description = "没有收到的仍按待补，收齐后才转为待受理" if owed else "没有登记过待补的材料"


def _ask_delivery(form: Any, rows: Sequence[ServiceCase]) -> None:
    """Keep 工作纪实 and 备案 only where the county uses them; prefill the applicant's clerk as recipient."""
    if not rows[0].county.delivery_noted:
        del form.note, form.registered_on
    papers = [paper for row in rows for paper in held_papers(db(), row)]
    form.given_back.choices = [SelectChoice(paper.id, paper.in_words) for paper in papers]
    if form.given_back.raw_data is None:
        form.given_back.data = [paper.id for paper in papers if paper.original]
    if not papers:
        del form.given_back
    if len(rows) == 1 and form.recipient.raw_data is None:
        form.recipient.data = rows[0].applicant_handler


def _ask_end(form: Any, rows: Sequence[ServiceCase]) -> None:
    """Ask where the received papers go, and show what the lead office is asked to approve."""
    _ask_papers(form, rows)
    if not acts_as(actor(), Role.LEAD_OFFICE):
        del form.one_sided
    elif form.one_sided.raw_data is None and len(rows) == 1 and (why := closing.termination_reason(db(), rows[0])):
        form.one_sided.data, form.explanation.data = True, why


def _list_ratings(form: Any, rows: Sequence[ServiceCase]) -> None:
    due = evaluation.ratings_to_record(db(), rows[0])
    form.due.choices = [SelectChoice(d.key, d.label) for d in due]
    form.due.description = "" if due else "本件该有的评价都已登记"
    form.rater.label.text = rows[0].county.evaluator_word or form.rater.label.text
    if rows[0].enterprise is not None and form.rater.raw_data is None:
        form.rater.data = rows[0].enterprise.handler


def _list_papers(form: Any, rows: Sequence[ServiceCase]) -> None:
    missing = archive.missing_papers(db(), rows[0])
    form.present.choices = [SelectChoice(paper.id, paper.name) for paper in missing]
    form.present.description = "勾选没有扫描件、但纸质件已放入案卷的" if missing else "必备的单据都有扫描件"


def _ask_responsible(form: Any, rows: Sequence[ServiceCase]) -> None:
    county = rows[0].county
    if not county.responsible_by_industry:
        del form.responsible
    if not county.has_lead_sections:
        del form.lead_section


def _of_its_department(form: Any, rows: Sequence[CaseStep]) -> None:
    form.liaison.where["department_id"] = rows[0].department_id


def _propose_meeting(form: Any, rows: Sequence[ServiceCase]) -> None:
    """Prefill the departments of the case's items."""
    if form.topic.raw_data is None:
        form.topic.data = rows[0].matter
        form.departments.data = list({s.department_id: s.department for s in rows[0].steps}.values())


def _tell_late_rating(session: Any, cases: Sequence[ServiceCase]) -> str | None:
    """Of the rating just recorded, where its month is locked."""
    latest = select(Evaluation).where(Evaluation.case_id == cases[0].id).order_by(Evaluation.id.desc()).limit(1)
    return told_if_late(session, session.scalars(latest).all())


def _case_action(
    name: str,
    form: type[BackOfficeForm],
    run: Any,
    alone: Callable[[Session, ServiceCase], str | None] = lambda session, case: None,
    **more: Any,
) -> Action:
    of = more.pop("move", name)
    move = transitions.MOVES[of]
    return Action(
        name,
        more.pop("label", move.label),
        move.permission,
        form,
        run,
        recorded=name != "undo",
        why_not=lambda actor, row: transitions.why_not(actor, row, of),
        alone=alone,
        **more,
    )


CASE_ACTIONS = (
    _case_action("submit", OwedForm, intake.submit, prepare=partial(_list_owed, intake.owed_to_submit)),
    _case_action("notify", NotifyForm, intake.notify, batch=False, prepare=_suggest_materials),
    _case_action("resupply", ResupplyForm, intake.resupply, batch=False, prepare=_list_missing),
    _case_action(
        "accept",
        AcceptForm,
        intake.accept,
        prepare=_each(
            partial(_list_owed, intake.owed_to_accept),
            _ask_telling("process_told", "受理前须向申请人说明服务流程", *TELLING),
        ),
    ),
    _case_action("assign", AssignCaseForm, dispatch.assign, dispatch.why_not_assigned, prepare=_ask_responsible),
    _case_action("deliver", DeliverForm, closing.deliver_and_close, label="送达并办结", prepare=_ask_delivery),
    _case_action("send", SendForm, closing.deliver, label="送达", move="deliver", batch=False, prepare=_ask_delivery),
    _case_action("receive", DateForm, closing.confirm_receipt, closing.why_not_received),
    _case_action("close", DateForm, closing.close),
    _case_action("register", DateForm, closing.register_delivery, closing.why_not_registered),
    _case_action(
        "rate",
        RateForm,
        evaluation.rate,
        evaluation.why_not_rated,
        batch=False,
        prepare=_list_ratings,
        warning=_tell_late_rating,
    ),
    _case_action("propose", ProposeForm, archive.propose, archive.why_not_proposed, batch=False, prepare=_list_papers),
    _case_action("archive", DateForm, archive.archive),
    _case_action(
        "hand_in",
        HandInForm,
        stations.hand_in,
        stations.why_not_handed_in,
        offered=lambda county: county.has_stations,
        prepare=list_papers,
    ),
    _case_action("hand_over", HandOverForm, dispatch.hand_over),
    _case_action("bring", BringForm, paper_handover.bring, batch=False, offered=lambda county: county.officer_brings),
    _case_action("pass_on", PassOnForm, paper_handover.pass_on, offered=lambda county: county.sections_take_over),
    _case_action("meet", MeetForm, coordination.meet, batch=False, prepare=_propose_meeting),
    _case_action("urge", UrgeForm, coordination.urge),
    _case_action(
        "reject",
        RejectForm,
        intake.reject,
        danger=True,
        prepare=_each(_suggest_refusal, _ask_telling("refusal_told", "须向申请人说明不予受理的原因", *TELLING[:-1])),
    ),
    _case_action("withdraw", WithdrawForm, intake.withdraw, danger=True, prepare=_ask_papers),
    _case_action("propose_end", ProposeEndForm, closing.propose_end, danger=True),
    _case_action("refuse_end", ReasonForm, closing.refuse_end),
    _case_action(
        "terminate",
        TerminateForm,
        closing.terminate,
        danger=True,
        prepare=_each(_ask_end, _ask_telling("obstacle_told", OBSTACLE, *TELLING)),
    ),
    _case_action(
        "undo", UndoForm, undo.undo_last_step, undo.why_not_undone, batch=False, danger=True, prepare=_tell_last
    ),
)


def _record(name: str, session: Any, rows: Any, **values: Any) -> None:
    steps.record(session, rows, name, **values)


#: Forms of step actions that ask for more than a date and a remark.
STEP_FORMS = {"grant": GrantForm, "accept": StepAcceptForm, "deny": DenyForm}
#: What prepares them.
STEP_PREPARES = {"deny": _ask_telling("obstacle_told", OBSTACLE, "force_majeure", *TELLING)}


def _step_action(name: str) -> Action:
    move = steps.STEP_MOVES[name]
    form = STEP_FORMS.get(name) or (StepReasonForm if move.needs_reason else StepForm)
    return Action(
        name,
        move.label,
        move.permission,
        form,
        partial(_record, name),
        recorded=True,
        why_not=lambda actor, row: steps.why_not(actor, row, name),
        danger=name in ("deny", "withdraw"),
        prepare=STEP_PREPARES.get(name, _each()),
    )


STEP_ACTIONS = (
    Action(
        "name_liaison",
        "指定专办员",
        "step.name_liaison",
        LiaisonForm,
        steps.name_liaison,
        recorded=True,
        why_not=steps.why_not_named,
        prepare=_of_its_department,
    ),
    Action(
        "claim",
        "责任认领",
        "step.claim",
        ClaimForm,
        steps.claim,
        recorded=True,
        offered=lambda county: county.has_lead_sections,
        why_not=steps.why_not_claimed,
    ),
    *(_step_action(name) for name in steps.STEP_MOVES),
    Action(
        "extend",
        "申请延期",
        "step.extend",
        ExtendForm,
        coordination.extend,
        recorded=True,
        offered=lambda county: county.extension_allowed,
        why_not=coordination.why_no_extension,
        alone=coordination.why_requested,
    ),
)


class ServiceCaseView(BackOfficeView):
    """帮办代办件, with the item boxes of 附件2 in its form."""

    form_actions = CASE_ACTIONS
    extra_heading = "具体服务事项"
    has_papers = printable = True
    decisive = ("state", "number")
    inlines = (
        Inline(
            CaseStep,
            "case_id",
            ("item_id", "department_id", "liaison_id", "state", "filed_on", "accepted_on", "due_on", "finished_on"),
            "position",
            linked=True,
        ),
        Inline(CaseMaterial, "case_id", ("name", "copies", "state", "remedy", "received_on"), "id"),
        Inline(
            CaseEvent,
            "case_id",
            ("happened_on", "action", "note", "done_by_id", "recorded_by_id", "taken_back"),
            "id",
        ),
        Inline(PaperPrint, "case_id", ("printed_at", "title", "form", "printed_by_id", "template_number"), "id"),
    )
    related = (
        ("case_step", "case"),
        ("case_material", "case"),
        ("agreement", "case"),
        ("work_record", "case"),
        ("appointment", "case"),
        ("paper_handover", "case"),
        ("meeting", "case"),
        ("urge", "case"),
        ("evaluation", "case"),
        ("delivery", "case"),
        ("completion", "case"),
        ("termination", "case"),
    )

    def _loading(self) -> Any:
        return (
            super()
            ._loading()
            .options(selectinload(ServiceCase.steps).selectinload(CaseStep.item), selectinload(ServiceCase.county))
        )

    def sheets(self, row: ServiceCase) -> list[dict[str, str]]:
        return sheets_of(row)

    def get_save_return_url(self, model: ServiceCase, is_created: bool = False) -> str:
        sheets = sheets_of(model) if "_print" in request.form else []
        return sheets[0]["page"] if sheets else super().get_save_return_url(model, is_created)

    def may_change(self, what: str, row: ServiceCase) -> bool:
        if what == "delete" and (row.state is not CaseState.DRAFT or row.number is not None):
            return False
        return super().may_change(what, row)

    def may_change_listed(self, what: str, known: Mapping[str, Any]) -> bool:
        if what == "delete":
            return known["state"] is CaseState.DRAFT and known["number"] is None
        return known["state"] is not CaseState.ARCHIVED

    def more_groups(self, row: ServiceCase) -> list[tuple[str, list[Field], Base]]:
        """The applicant and the project as 附件2 has them."""
        found: list[tuple[str, list[Field], Base]] = []
        for title, target, keys in (
            ("申请单位情况", row.enterprise, APPLICANT),
            ("项目基本情况", row.project, SITE),
        ):
            if target is not None:
                found.append((title, [field_of(type(target), key) for key in keys], target))
        return found

    def marks(self, ids: Sequence[int]) -> dict[int, list[Mark]]:
        return badges.of_cases(db(), ids, today())

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
        boxes = Boxes(
            "具体事项",
            [Optional()],
            coerce=int,
            choices=[SelectChoice(id_, name) for id_, name in items],
            default=[] if new else [step.item_id for step in row.steps],
            description="“委托事项”为“部分”时至少勾选一项",
        )
        return {"items": boxes}

    def create_row(self, session: Any, row: ServiceCase, values: dict[str, Any]) -> ServiceCase:
        chosen = values.pop("items")
        super().create_row(session, row, values)
        self._set_items(session, row, chosen)
        link_consultation(session, row, request.args.get("record", type=int))
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
        intake.set_items(session, row, list(found))


class CaseStepView(BackOfficeView):
    """事项办理."""

    form_actions = STEP_ACTIONS
    only_new = frozenset({"case", "item"})
    related = (("extension", "step"),)

    def may_change(self, what: str, row: CaseStep) -> bool:
        refusal = steps.why_not_dropped(row) if what == "delete" else steps.why_frozen(row.case)
        return refusal is None and super().may_change(what, row)

    def about(self, row: CaseStep) -> str:
        """Which case the item is of."""
        return str(row.case)

    def _loading(self) -> Any:
        return super()._loading().options(selectinload(CaseStep.case).selectinload(ServiceCase.county))

    def marks(self, ids: Sequence[int]) -> dict[int, list[Mark]]:
        return badges.of_steps(db(), ids, today())


class DeliveryView(BackOfficeView):
    """送达: created by 送达并办结, read-only here."""


class CompletionView(BackOfficeView):
    """办结单: created by 送达并办结."""

    has_papers = True


class TerminationView(BackOfficeView):
    """终止单: created by 终止."""

    has_papers = True
