"""Factories of valid rows for every model; values that a test does not give have defaults.

Each function adds the row, flushes it and returns it. The row belongs to the county given as `county`, by
default to the actor's. Required rows that are not given are created too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from models.base import Base
from models.cases import (
    CaseEvent,
    CaseState,
    CaseStep,
    Completion,
    Delivery,
    ServiceCase,
    StepState,
    Termination,
)
from models.evaluation import Evaluation, Inspection, InspectionContent
from models.items import ItemCategory, ItemMaterial, ServiceItem
from models.ledger import LedgerEntry, LedgerFile, LedgerMonth
from models.office import (
    Commendation,
    CommonIssue,
    PolicyDocument,
    ServicePhrase,
    Training,
    Verdict,
)
from models.papers import PaperPrint, PaperTemplate, PrintedPaper, PrintedTemplate, PrintForm
from models.people import (
    ChiefServiceOfficer,
    DepartmentLeader,
    DepartmentLiaison,
    GeneralAgent,
    Role,
    Staff,
    User,
)
from models.places import (
    Commitment,
    County,
    CountyOption,
    Department,
    IndustryDepartment,
    OptionKind,
    StationKind,
    SupervisedCounty,
    Window,
    WindowKind,
)
from models.projects import Assignment, Enterprise, KeyDesignation, Project
from models.records import (
    Attachment,
    AuditEntry,
    CalendarDay,
    IdempotencyKey,
    ImportBatch,
    ImportFile,
    ImportLine,
    LineResult,
    Merger,
    NumberKind,
    NumberSequence,
    SavedView,
)
from models.stations import StationHandover, StationHandoverLine
from models.tasks import BackgroundTask, TaskState
from models.types import now
from models.work import (
    Agreement,
    AgreementKind,
    Appointment,
    CaseMaterial,
    Extension,
    HandoverKind,
    Meeting,
    MeetingDepartment,
    PaperHandover,
    Urge,
    WorkKind,
    WorkRecord,
)
from services.kernel.access import SUPERVISORS, SYSTEM_ROLES
from services.kernel.actor import Actor, actor_of
from services.kernel.roles import ROLES

Row = TypeVar("Row", bound=Base)
_serial = count(1)

#: An ordinary working day, the default of required dates.
DAY = date(2026, 3, 2)
#: The roles that the tables of the tests name; a role that extends one of them needs no line there.
WRITTEN_ROLES = [role for role in Role if ROLES[role].extends is None]
#: A text that is not the hash of any password.
NO_HASH = "$argon2id$none"


def actor_as(role: Role | None, county: County | None = None, **more: Any) -> Actor:
    """An actor of that role in `county`, or in all counties for 三员. `more` goes to `Actor`."""
    values: dict[str, Any] = {
        "user_id": None,
        "username": role.value if role else "nobody",
        "role": role,
        "county_id": county.id if county else None,
        "counties": (county.id,) if county else (),
        "address": "192.168.1.8",
    }
    if role in SYSTEM_ROLES:
        values |= {"county_id": None, "counties": None}
    return Actor(**(values | more))


def _save(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def _scoped(session: Session, values: dict[str, Any]) -> dict[str, Any]:
    """`values` with the county and every row given as an object replaced by their ids.

    Foreign keys are set by column, not by relationship. A relationship set here would stay loaded and hide
    whether the tested code loads it.
    """
    given = {k: v for k, v in values.items() if isinstance(v, Base)}
    plain = {k: v for k, v in values.items() if k not in given}
    plain |= {f"{k}_id": v.id for k, v in given.items()}
    plain.setdefault("county_id", actor_of(session).county_id)
    return plain


def _need(session: Session, values: dict[str, Any], key: str, make: Any, **more: Any) -> None:
    """Create the row for `values[key]` in the same county, unless it is given."""
    if f"{key}_id" not in values:
        values[f"{key}_id"] = make(session, county_id=values["county_id"], **more).id


def make_county(session: Session, **values: Any) -> County:
    defaults: dict[str, Any] = {
        "code": "410823",
        "name": "武陟县",
        "slug": f"county{next(_serial)}",
        "city": "焦作市",
        "area_code": "0391",
        "document": "武“放管服”组办〔2024〕3号",
        "lead_office": "武陟县行政审批和政务信息管理局",
        "applicants": "法人、投资者",
        "project_decider": "发展改革委",
        "enterprise_decider": "科工局",
        "has_chief_officers": True,
        "commitment": Commitment.NONE,
        "extension_allowed": True,
        "case_pattern": "武帮代办〔{年}〕{0000}号",
        "completion_pattern": "武办结〔{年}〕{0000}号",
        "termination_pattern": "武终止〔{年}〕{0000}号",
        "agreement_pattern": "武委协〔{年}〕{0000}号",
        "urge_pattern": "武督办〔{年}〕{0000}号",
        "ledger_reporter": "武陟县行政审批和政务信息管理局",
    }
    return _save(session, County(**(defaults | values)))


def make_department(session: Session, **values: Any) -> Department:
    defaults = {"name": f"第{next(_serial)}局"}
    return _save(session, Department(**(defaults | _scoped(session, values))))


def make_option(session: Session, kind: OptionKind = OptionKind.CHANNEL, **values: Any) -> CountyOption:
    defaults = {"kind": kind, "name": f"{kind.label}{next(_serial)}"}
    return _save(session, CountyOption(**(defaults | _scoped(session, values))))


def _make_staff(session: Session, model: type[Staff], values: dict[str, Any]) -> Any:
    values = {"name": f"王{next(_serial)}", "phone": "13803910001"} | _scoped(session, values)
    _need(session, values, "department", make_department)
    return _save(session, model(**values))


def make_officer(session: Session, **values: Any) -> ChiefServiceOfficer:
    officer: ChiefServiceOfficer = _make_staff(session, ChiefServiceOfficer, values)
    return officer


def make_agent(session: Session, **values: Any) -> GeneralAgent:
    agent: GeneralAgent = _make_staff(session, GeneralAgent, values)
    return agent


def make_liaison(session: Session, **values: Any) -> DepartmentLiaison:
    liaison: DepartmentLiaison = _make_staff(session, DepartmentLiaison, values)
    return liaison


def make_leader(session: Session, **values: Any) -> DepartmentLeader:
    leader: DepartmentLeader = _make_staff(session, DepartmentLeader, values)
    return leader


def make_user(session: Session, role: Role | None = Role.LEAD_OFFICE, **values: Any) -> User:
    """An account in the actor's county, unless the role is outside every county."""
    values = _scoped(session, values)
    if role in SYSTEM_ROLES | SUPERVISORS:
        values["county_id"] = None
    defaults = {
        "username": f"user{next(_serial)}",
        "display_name": "李明",
        "role": role,
        "password_hash": NO_HASH,
        "must_change_password": False,
    }
    return _save(session, User(**(defaults | values)))


def make_supervised(session: Session, user: User, county: County) -> SupervisedCounty:
    return _save(session, SupervisedCounty(user_id=user.id, county_id=county.id))


def make_enterprise(session: Session, **values: Any) -> Enterprise:
    defaults = {
        "name": f"武陟县第{next(_serial)}食品有限公司",
        "handler": "赵强",
        "handler_phone": "13903910002",
        "principal_phone": "13903910003",
    }
    return _save(session, Enterprise(**(defaults | _scoped(session, values))))


def make_project(session: Session, **values: Any) -> Project:
    values = {"name": f"年产{next(_serial)}万吨面粉项目", "investment": Decimal("12000.00")} | _scoped(session, values)
    _need(session, values, "enterprise", make_enterprise)
    return _save(session, Project(**values))


def _target(session: Session, values: dict[str, Any]) -> None:
    if not {"project_id", "enterprise_id"} & values.keys():
        _need(session, values, "project", make_project)


def make_designation(session: Session, **values: Any) -> KeyDesignation:
    """A key designation of a new project, unless `project` or `enterprise` is given."""
    values = {"basis": "武发改〔2026〕1号", "designated_on": DAY} | _scoped(session, values)
    _target(session, values)
    return _save(session, KeyDesignation(**values))


def make_assignment(session: Session, **values: Any) -> Assignment:
    """An assignment of a new project to a new officer, unless they are given."""
    values = {"since": DAY} | _scoped(session, values)
    _target(session, values)
    _need(session, values, "officer", make_officer)
    return _save(session, Assignment(**values))


def make_item(session: Session, **values: Any) -> ServiceItem:
    values = {
        "name": f"事项{next(_serial)}",
        "category": ItemCategory.BUILDING,
        "limit_days": 5,
    } | _scoped(session, values)
    _need(session, values, "department", make_department)
    return _save(session, ServiceItem(**values))


def make_case(session: Session, **values: Any) -> ServiceCase:
    """A draft case of a new enterprise, unless an applicant is given."""
    values = {"matter": "项目建设全套手续", "state": CaseState.DRAFT} | _scoped(session, values)
    if "applicant_name" not in values:
        _need(session, values, "enterprise", make_enterprise)
    _need(session, values, "channel", make_option, kind=OptionKind.CHANNEL)
    _need(session, values, "mode", make_option, kind=OptionKind.MODE)
    return _save(session, ServiceCase(**values))


def make_step(session: Session, **values: Any) -> CaseStep:
    """One item of a case at the item's department."""
    values = {"state": StepState.PENDING} | _scoped(session, values)
    _need(session, values, "case", make_case)
    if "item_id" not in values:
        if "department_id" in values:
            item = make_item(session, county_id=values["county_id"], department_id=values["department_id"])
        else:
            item = make_item(session, county_id=values["county_id"])
        values["item_id"] = item.id
        values["department_id"] = item.department_id
    _need(session, values, "department", make_department)
    return _save(session, CaseStep(**values))


def make_event(session: Session, **values: Any) -> CaseEvent:
    values = {"action": "case.accept", "happened_on": DAY} | _scoped(session, values)
    _need(session, values, "case", make_case)
    return _save(session, CaseEvent(**values))


def make_delivery(session: Session, **values: Any) -> Delivery:
    values = {"delivered_on": DAY, "documents": "营业执照", "recipient": "赵强"} | _scoped(session, values)
    _need(session, values, "case", make_case)
    _need(session, values, "way", make_option, kind=OptionKind.DELIVERY_WAY)
    return _save(session, Delivery(**values))


def make_completion(session: Session, **values: Any) -> Completion:
    values = {"number": f"武办结〔2026〕{next(_serial):04d}号", "completed_on": DAY} | _scoped(session, values)
    _need(session, values, "case", make_case)
    return _save(session, Completion(**values))


def make_termination(session: Session, **values: Any) -> Termination:
    values = {"number": f"武终止〔2026〕{next(_serial):04d}号", "terminated_on": DAY} | _scoped(session, values)
    _need(session, values, "case", make_case)
    _need(session, values, "reason", make_option, kind=OptionKind.TERMINATION_REASON)
    return _save(session, Termination(**values))


def make_month(session: Session, **values: Any) -> LedgerMonth:
    years, month = divmod(next(_serial), 12)
    defaults = {"month": f"{2026 + years}-{month + 1:02d}"}
    return _save(session, LedgerMonth(**(defaults | _scoped(session, values))))


def make_ledger_file(session: Session, **values: Any) -> LedgerFile:
    values = {"name": "台账.xlsx", "content": b"PK"} | _scoped(session, values)
    _need(session, values, "month", make_month)
    return _save(session, LedgerFile(**values))


def make_entry(session: Session, **values: Any) -> LedgerEntry:
    values = {"applicant": "武陟县食品有限公司"} | _scoped(session, values)
    if "month_id" not in values:
        values["month_id"] = make_month(session, county_id=values["county_id"]).id
    return _save(session, LedgerEntry(**values))


def make_sequence(session: Session, **values: Any) -> NumberSequence:
    defaults = {"kind": NumberKind.CASE, "year": 2026}
    return _save(session, NumberSequence(**(defaults | _scoped(session, values))))


def make_audit(session: Session, **values: Any) -> AuditEntry:
    defaults = {"username": "somebody", "action": "record.edit"}
    return _save(session, AuditEntry(**(defaults | values)))


def make_key(session: Session, **values: Any) -> IdempotencyKey:
    defaults = {"key": f"key{next(_serial)}", "user_id": 1, "location": "/"}
    return _save(session, IdempotencyKey(**(defaults | values)))


def _maker(model: type[Row], *needs: str, **defaults: Any) -> Callable[..., Row]:
    """A factory of a plain table. `needs`: the rows it must refer to, by the name of their factory."""

    def make(session: Session, **values: Any) -> Row:
        values = {k: v() if callable(v) else v for k, v in defaults.items()} | _scoped(session, values)
        for key in needs:
            _need(session, values, key, globals()[f"make_{key}"])
        return _save(session, model(**values))

    return make


def _numbered(word: str) -> Callable[[], str]:
    return lambda: f"{word}{next(_serial)}号"


make_window = _maker(Window, name=_numbered("窗口"), kind=WindowKind.GENERAL)
make_station = _maker(
    Window, name=_numbered("服务站"), kind=WindowKind.STATION, station_kind=StationKind.TOWNSHIP_CENTRE
)
make_station_handover = _maker(StationHandover, "station", handed_on=DAY, handed_by="赵强")
make_material = _maker(ItemMaterial, "item", name=_numbered("材料"))
make_agreement = _maker(
    Agreement,
    "enterprise",
    number=_numbered("委协"),
    kind=AgreementKind.MANDATE,
    client="赵强",
    matter="企业开办",
    signed_on=DAY,
)
make_case_material = _maker(CaseMaterial, "case", name=_numbered("材料"))
make_work_record = _maker(
    WorkRecord, subject="咨询开办", kind=WorkKind.CONSULTATION, happened_on=DAY, content="问所需材料"
)
make_appointment = _maker(Appointment, "case", matter="上门办证", day=DAY, at="09:30", place="综合窗口")


def make_handover(session: Session, **values: Any) -> PaperHandover:
    values = {"kind": HandoverKind.TO_WINDOW, "handed_on": DAY, "receiver": "窗口甲", "papers": "立项材料"} | _scoped(
        session, values
    )
    _need(session, values, "case", make_case)
    if "department_id" not in values:
        _need(session, values, "window", make_window)
    return _save(session, PaperHandover(**values))


make_meeting = _maker(Meeting, topic="联合踏勘", held_on=DAY)
make_meeting_department = _maker(MeetingDepartment, "meeting", "department")
make_urge = _maker(Urge, "case", number=_numbered("督办"), issued_on=DAY, reason="临近期限", reply_due=DAY)
make_industry = _maker(IndustryDepartment, "department", industry=_numbered("产业"))
make_extension = _maker(
    Extension, "step", old_due=DAY, new_due=DAY + timedelta(days=5), reason="补充评审", asked_on=DAY
)
make_inspection = _maker(
    Inspection,
    subject="抽查办件",
    content=InspectionContent.LATE,
    inspected_on=DAY,
    inspector="督查甲",
    finding="正常",
)
make_policy = _maker(PolicyDocument, name="实施方案")
make_issue = _maker(CommonIssue, description="材料反复补正", found_on=DAY)
make_training = _maker(Training, name="业务培训", held_on=DAY)
make_phrase = _maker(ServicePhrase, phrase="请您稍候", scene="接待")
make_calendar_day = _maker(CalendarDay, day=lambda: DAY + timedelta(days=next(_serial)))
make_attachment = _maker(
    Attachment,
    name="扫描件.pdf",
    size=3,
    owner_table="enterprise",
    owner_id=1,
    stored_name=_numbered("f"),
    media_type="application/pdf",
    sha256="0" * 64,
)
make_batch = _maker(ImportBatch, filename="企业.xlsx", title="企业", plan="enterprise", sha256="0" * 64)
make_line = _maker(ImportLine, "batch", row_number=2, result=LineResult.CREATED, notes=[])


def make_station_line(session: Session, **values: Any) -> StationHandoverLine:
    """A case on a new list of a station, unless `handover_id` is given."""
    values = {"papers": "申请表 1 份"} | _scoped(session, values)
    _need(session, values, "handover", make_station_handover)
    _need(session, values, "case", make_case)
    return _save(session, StationHandoverLine(**values))


def make_commendation(session: Session, **values: Any) -> Commendation:
    values = {"verdict": Verdict.PRAISE, "decided_on": DAY, "reason": "办件多"} | _scoped(session, values)
    if "department" not in values:
        _need(session, values, "staff", make_agent)
    return _save(session, Commendation(**values))


def make_evaluation(session: Session, **values: Any) -> Evaluation:
    """An evaluation of a new agent; `relation`, `staff` and `window` may be given."""
    values = {"rater": "赵强", "evaluated_on": DAY} | _scoped(session, values)
    _need(session, values, "case", make_case)
    values.setdefault("closed_on", session.get_one(ServiceCase, values["case_id"]).ended_on)
    _need(session, values, "relation", make_option, kind=OptionKind.RELATION)
    if "window_id" not in values:
        _need(session, values, "staff", make_agent)
    return _save(session, Evaluation(**values))


def make_view(session: Session, **values: Any) -> SavedView:
    """A saved view of a new account."""
    values = {"list_table": "project", "name": "视图"} | _scoped(session, values)
    _need(session, values, "user", make_user)
    return _save(session, SavedView(**values))


def make_task(session: Session, **values: Any) -> BackgroundTask:
    """A waiting export of a new account, or a finished one if a stored file is given."""
    values = {"name": "项目.xlsx", "work": "list", "wanted": {}} | _scoped(session, values)
    if values.get("stored_name"):
        values = {"state": TaskState.DONE, "file_name": "项目.xlsx", "finished_at": now()} | values
    _need(session, values, "user", make_user)
    values = {key: value for key, value in values.items() if key not in ("county", "county_id")}
    return _save(session, BackgroundTask(**values))


def make_template(session: Session, **values: Any) -> PaperTemplate:
    values = {"name": "办结单.docx", "paper": "completion", "number": 1, "content": b"PK"} | _scoped(session, values)
    return _save(session, PaperTemplate(**values))


def make_print(session: Session, **values: Any) -> PaperPrint:
    """A printed paper of a new case."""
    values = {"title": "办结单", "form": PrintForm.WORD} | _scoped(session, values)
    _need(session, values, "case", make_case)
    return _save(session, PaperPrint(**values))


def make_merger(session: Session, **values: Any) -> Merger:
    """A merge of two enterprises that changed nothing else."""
    values = {"target": "enterprise", "kept_id": 1, "gone_id": 2, "kept_name": "甲", "gone_name": "乙"} | values
    return _save(session, Merger(**({"reason": "同一家", "changes": []} | _scoped(session, values))))


def make_printed_template(session: Session, **values: Any) -> PrintedTemplate:
    values = {"digest": f"{next(_serial):064d}", "content": b"PK"} | _scoped(session, values)
    return _save(session, PrintedTemplate(**values))


def make_printed_paper(session: Session, **values: Any) -> PrintedPaper:
    """What the application of case 1 said."""
    values = {
        "paper": "application",
        "owner_table": "service_case",
        "owner_id": 1,
        "title": "申请表",
        "values": {"applicant": "甲公司"},
    } | _scoped(session, values)
    _need(session, values, "template", make_printed_template)
    return _save(session, PrintedPaper(**values))


def make_import_file(session: Session, **values: Any) -> ImportFile:
    values = _scoped(session, values)
    _need(session, values, "batch", make_batch)
    return _save(session, ImportFile(**values, content=b"PK"))


for _name, _made in list(globals().items()):
    if _name.startswith("make_"):
        _made.__name__ = _name

#: model: its factory. A test checks that no model is missing.
MAKERS: dict[type[Base], Any] = {
    County: make_county,
    Department: make_department,
    CountyOption: make_option,
    ChiefServiceOfficer: make_officer,
    GeneralAgent: make_agent,
    DepartmentLiaison: make_liaison,
    DepartmentLeader: make_leader,
    User: make_user,
    Enterprise: make_enterprise,
    Project: make_project,
    KeyDesignation: make_designation,
    Assignment: make_assignment,
    ServiceItem: make_item,
    ServiceCase: make_case,
    CaseStep: make_step,
    CaseEvent: make_event,
    Delivery: make_delivery,
    Completion: make_completion,
    Termination: make_termination,
    LedgerMonth: make_month,
    LedgerFile: make_ledger_file,
    LedgerEntry: make_entry,
    NumberSequence: make_sequence,
    AuditEntry: make_audit,
    IdempotencyKey: make_key,
    Window: make_window,
    StationHandover: make_station_handover,
    StationHandoverLine: make_station_line,
    ItemMaterial: make_material,
    Agreement: make_agreement,
    CaseMaterial: make_case_material,
    WorkRecord: make_work_record,
    Appointment: make_appointment,
    PaperHandover: make_handover,
    Meeting: make_meeting,
    MeetingDepartment: make_meeting_department,
    Urge: make_urge,
    Extension: make_extension,
    IndustryDepartment: make_industry,
    Evaluation: make_evaluation,
    Inspection: make_inspection,
    PolicyDocument: make_policy,
    CommonIssue: make_issue,
    Training: make_training,
    Commendation: make_commendation,
    ServicePhrase: make_phrase,
    CalendarDay: make_calendar_day,
    Attachment: make_attachment,
    Merger: make_merger,
    ImportBatch: make_batch,
    ImportFile: make_import_file,
    ImportLine: make_line,
    BackgroundTask: make_task,
    PaperTemplate: make_template,
    PaperPrint: make_print,
    PrintedTemplate: make_printed_template,
    PrintedPaper: make_printed_paper,
    SavedView: make_view,
}
