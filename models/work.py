"""What is done around a case: papers signed and received, talks, meetings, reminders, extensions."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, CountyScoped, Versioned
from models.cases import CaseStep, ServiceCase, option
from models.fields import field
from models.identifiers import clock_time, phone
from models.name_keys import Numbered
from models.people import DepartmentLeader, Staff
from models.places import CountyOption, Department, OptionKind, Window, WindowKind
from models.projects import Enterprise, Project
from models.types import BigId, Labelled, Tone, Unit, choice


class AgreementKind(Labelled):
    """委托协议 with the lead office for key units, 委托书 for a case. Source: W, Z 附件1 一; B 附件1."""

    AGREEMENT = "agreement", "委托协议"
    MANDATE = "mandate", "委托书"


class Agreement(CountyScoped, Versioned, Numbered, Base):
    """委托协议、委托书: of an enterprise, a project or a case. Source: B 附件1."""

    __tablename__ = "agreement"
    __title__ = "委托协议"
    __label__ = "number"
    __hint__ = "matter"
    __table_args__ = (
        CheckConstraint(
            "enterprise_id IS NOT NULL OR project_id IS NOT NULL OR case_id IS NOT NULL", name="has_target"
        ),
        UniqueConstraint("county_id", "number"),
        Index("ix_agreement_county_number_key", "county_id", "number_key"),
    )

    number: Mapped[str] = field("协议编号", String(60), search=True, hide="form", sort_by="number_key")
    kind: Mapped[AgreementKind] = field("类别", choice(AgreementKind, "kind"), filter=True)
    enterprise_id: Mapped[int | None] = field("企业", ForeignKey("enterprise.id"), index=True, filter=True)
    enterprise: Mapped[Enterprise | None] = relationship()
    project_id: Mapped[int | None] = field("项目", ForeignKey("project.id"), index=True, filter=True)
    project: Mapped[Project | None] = relationship()
    case_id: Mapped[int | None] = field("帮办代办件", ForeignKey("service_case.id"), index=True)
    case: Mapped[ServiceCase | None] = relationship()
    agent_id: Mapped[int | None] = field("代办方经办人", ForeignKey("staff.id"), group="双方")
    agent: Mapped[Staff | None] = relationship()
    client: Mapped[str] = field("委托方", String(100), search=True, fill="enterprise.name")
    client_phone: Mapped[str | None] = field(
        "委托方电话", String(30), sensitive=True, check=phone, fill="enterprise.handler_phone"
    )
    matter: Mapped[str] = field("办理业务", String(200), search=True, group="内容")
    materials: Mapped[str | None] = field("提交的材料", String(1000), hide="list")
    truth_promised: Mapped[bool] = field("已承诺材料真实", default=False, hide="list")
    signed_on: Mapped[date] = field("签订日期", filter=True, past=True)
    remark: Mapped[str | None] = field("备注", String(500), hide="list")


class MaterialState(Labelled):
    """Where a paper of the applicant is."""

    MISSING = "missing", "待补"
    RECEIVED = "received", "已收"
    RETURNED = "returned", "已退还"


class CaseMaterial(CountyScoped, Versioned, Base):
    """材料: a paper the applicant brings, still owes, or got back. Source: Z 附件1 一.2; H 五(三)."""

    __tablename__ = "case_material"
    __title__ = "材料"
    __table_args__ = (UniqueConstraint("case_id", "name"),)

    case_id: Mapped[int] = field("帮办代办件", ForeignKey("service_case.id"), index=True, filter=True)
    case: Mapped[ServiceCase] = relationship()
    name: Mapped[str] = field("材料名称", String(100), search=True)
    copies: Mapped[int] = field("份数", default=1, unit=Unit.COPIES)
    original: Mapped[bool] = field("原件", default=False)
    state: Mapped[MaterialState] = field(
        "状态", choice(MaterialState, "state"), default=MaterialState.RECEIVED, filter=True
    )
    remedy: Mapped[str | None] = field("补正办法", String(200), help="待补的材料写明怎样补、到哪里办")
    received_on: Mapped[date | None] = field("收到日期", past=True)
    returned_on: Mapped[date | None] = field("退还日期", past=True)
    kept_reason: Mapped[str | None] = field("留存原因", String(100), hide="list", help="收到后不退还的写明原因")

    @property
    def in_words(self) -> str:
        """How slips list it: 营业执照（原件） 1 份."""
        return f"{self.name}{'（原件）' if self.original else ''} {self.copies} 份"


class WorkKind(Labelled):
    """What a note of the work is about. Source: B 六.1, 八; Z 附件1 五; H 五(二)."""

    CONSULTATION = "consultation", "接待咨询"
    CONTACT = "contact", "联系服务"
    PROGRESS = "progress", "反馈进度"
    COORDINATION = "coordination", "协调"
    FEE = "fee", "缴费提醒"
    REVISIT = "revisit", "回访"
    DELIVERY = "delivery", "送达"
    TOLD = "told", "说明告知"


class TellingWay(Labelled):
    """How the applicant was told. No document lists the ways."""

    FACE_TO_FACE = "face_to_face", "当面"
    PHONE = "phone", "电话"
    MESSAGE = "message", "短信、微信"
    ONLINE = "online", "网上"
    WRITTEN = "written", "书面"


#: Notes that tell the applicant something.
NEWS_KINDS = (WorkKind.PROGRESS, WorkKind.CONTACT, WorkKind.FEE)


class WorkRecord(CountyScoped, Versioned, Base):
    """工作纪实: a consultation, a contact, progress told, with or without a case. Source: W, Z 附件1 五; B 六.1."""

    __tablename__ = "work_record"
    __title__ = "工作纪实"
    __label__ = "subject"
    __table_args__ = (Index("ix_work_record_staff_on", "staff_id", "happened_on"),)

    subject: Mapped[str] = field("事由", String(100), search=True)
    kind: Mapped[WorkKind] = field("类别", choice(WorkKind, "kind"), filter=True)
    happened_on: Mapped[date] = field("日期", filter=True, past=True)
    case_id: Mapped[int | None] = field("帮办代办件", ForeignKey("service_case.id"), index=True)
    case: Mapped[ServiceCase | None] = relationship()
    enterprise_id: Mapped[int | None] = field("企业", ForeignKey("enterprise.id"), index=True, filter=True)
    enterprise: Mapped[Enterprise | None] = relationship()
    project_id: Mapped[int | None] = field("项目", ForeignKey("project.id"), index=True, filter=True)
    project: Mapped[Project | None] = relationship()
    staff_id: Mapped[int | None] = field("服务人员", ForeignKey("staff.id"), filter=True)
    staff: Mapped[Staff | None] = relationship()
    station_id: Mapped[int | None] = field(
        "基层政务服务站",
        ForeignKey("service_window.id"),
        where={"kind": WindowKind.STATION},
        filter=True,
        hide="form list",
        when="has_stations",
    )
    station: Mapped[Window | None] = relationship()
    first_contact: Mapped[str | None] = field("首问责任人", String(30), hide="list")
    visitor: Mapped[str | None] = field("来访或联系人", String(30), fill="enterprise.handler")
    visitor_phone: Mapped[str | None] = field(
        "来访人电话", String(30), sensitive=True, hide="list", check=phone, fill="enterprise.handler_phone"
    )
    way: Mapped[TellingWay | None] = field("方式", choice(TellingWay, "way"), hide="list")
    teller: Mapped[str | None] = field("告知人", String(30), hide="list form")
    content: Mapped[str] = field("内容", String(1000), hide="list")
    answer: Mapped[str | None] = field("答复或结果", String(1000), hide="list")
    replied_on: Mapped[date | None] = field(
        "回复日期", filter=True, past=True, not_before="happened_on", help="接待咨询答复的日期"
    )


class AppointmentState(Labelled):
    """What became of an appointment."""

    PLANNED = "planned", "待服务", Tone.INFO
    DONE = "done", "已服务", Tone.GOOD
    MISSED = "missed", "未到"
    CANCELLED = "cancelled", "已取消"


class Appointment(CountyScoped, Versioned, Base):
    """预约服务: service at an agreed time and place, 预约、延时 or 错时. Source: W, Z 附件1 一.2; B 六.4; H 二(四)."""

    __tablename__ = "appointment"
    __title__ = "预约服务"
    __label__ = "matter"
    __table_args__ = (Index("ix_appointment_county_day", "county_id", "day"),)

    matter: Mapped[str] = field("事由", String(100), search=True)
    mode_id: Mapped[int | None] = option("服务方式", OptionKind.MODE, filter=True)
    mode: Mapped[CountyOption | None] = relationship()
    day: Mapped[date] = field("日期", filter=True)
    at: Mapped[str] = field("时间", String(5), check=clock_time, help="如 09:30；延时、错时的写下班后的时间")
    place: Mapped[str] = field("地点", String(100), help="如：综合窗口、企业地址")
    state: Mapped[AppointmentState] = field(
        "状态", choice(AppointmentState, "state"), default=AppointmentState.PLANNED, filter=True
    )
    case_id: Mapped[int | None] = field("帮办代办件", ForeignKey("service_case.id"), index=True)
    case: Mapped[ServiceCase | None] = relationship()
    enterprise_id: Mapped[int | None] = field("企业", ForeignKey("enterprise.id"), index=True, filter=True)
    enterprise: Mapped[Enterprise | None] = relationship()
    visitor: Mapped[str | None] = field("联系人", String(30), fill="enterprise.handler")
    visitor_phone: Mapped[str | None] = field(
        "联系电话", String(30), sensitive=True, check=phone, fill="enterprise.handler_phone"
    )
    staff_id: Mapped[int | None] = field("服务人员", ForeignKey("staff.id"), index=True, filter=True)
    staff: Mapped[Staff | None] = relationship()
    remark: Mapped[str | None] = field("备注", String(500), hide="list")


class HandoverKind(Labelled):
    """From whom to whom papers of a case pass."""

    TO_WINDOW = "to_window", "送综合窗口"
    TO_SECTION = "to_section", "移交科室"


class PaperHandover(CountyScoped, Versioned, Base):
    """资料交接: from the officer to the window, from the agent to a section. Source: W 附件1 三; B 六.5."""

    __tablename__ = "paper_handover"
    __title__ = "资料交接"
    __when__ = "hands_papers_over"
    __label__ = "papers"
    __table_args__ = (CheckConstraint("window_id IS NOT NULL OR department_id IS NOT NULL", name="has_taker"),)

    case_id: Mapped[int] = field("帮办代办件", ForeignKey("service_case.id"), index=True)
    case: Mapped[ServiceCase] = relationship()
    kind: Mapped[HandoverKind] = field("类别", choice(HandoverKind, "kind"), filter=True)
    handed_on: Mapped[date] = field("交接日期", filter=True)
    giver_id: Mapped[int | None] = field("移交人", ForeignKey("staff.id"))
    giver: Mapped[Staff | None] = relationship()
    window_id: Mapped[int | None] = field("接收窗口", ForeignKey("service_window.id"), where={"active": True})
    window: Mapped[Window | None] = relationship()
    department_id: Mapped[int | None] = field("接收科室", ForeignKey("department.id"))
    department: Mapped[Department | None] = relationship()
    receiver: Mapped[str] = field("接收人", String(30))
    papers: Mapped[str] = field("资料清单", String(1000))


class MeetingDepartment(CountyScoped, Base):
    """A department that takes part in a meeting."""

    __tablename__ = "meeting_department"
    __title__ = "参会部门"
    __label__ = "id"
    __table_args__ = (UniqueConstraint("meeting_id", "department_id"),)

    meeting_id: Mapped[int] = mapped_column(BigId, ForeignKey("meeting.id"))
    department_id: Mapped[int] = mapped_column(BigId, ForeignKey("department.id"))
    department: Mapped[Department] = relationship()


class Meeting(CountyScoped, Versioned, Base):
    """会议: departments decide together. Source: W, Z 附件1 二-三; H 五(四)."""

    __tablename__ = "meeting"
    __title__ = "会议"
    __label__ = "topic"

    topic: Mapped[str] = field("议题", String(120), search=True)
    held_on: Mapped[date] = field("召开日期", filter=True, past=True)
    place: Mapped[str | None] = field("地点", String(60))
    record_id: Mapped[int | None] = field(
        "接待咨询",
        ForeignKey("work_record.id"),
        index=True,
        hide="list",
        where={"kind": WorkKind.CONSULTATION},
        help="集中研究答复的咨询",
    )
    record: Mapped[WorkRecord | None] = relationship()
    case_id: Mapped[int | None] = field("帮办代办件", ForeignKey("service_case.id"), index=True)
    case: Mapped[ServiceCase | None] = relationship()
    project_id: Mapped[int | None] = field("项目", ForeignKey("project.id"), index=True, filter=True)
    project: Mapped[Project | None] = relationship()
    decision: Mapped[str | None] = field("议定事项", String(1000), hide="list")
    concluded_on: Mapped[date | None] = field("办结日期", filter=True, past=True)
    escalated_to: Mapped[str | None] = field("提请协调", String(60), hide="list", help="如：政府分管领导")
    escalated_on: Mapped[date | None] = field("提请日期", hide="list", past=True)
    result: Mapped[str | None] = field("协调结果", String(500), hide="list")
    departments: Mapped[list[MeetingDepartment]] = relationship(cascade="all, delete-orphan")


class Urge(CountyScoped, Versioned, Numbered, Base):
    """督办: a reminder that needs a reply. Source: Z 四; H 四(二)."""

    __tablename__ = "urge"
    __title__ = "督办"
    __label__ = "number"
    __hint__ = "reason"
    __table_args__ = (
        UniqueConstraint("county_id", "number"),
        Index("ix_urge_county_number_key", "county_id", "number_key"),
        CheckConstraint("reply_due >= issued_on", name="due_after_issue"),
    )

    number: Mapped[str] = field("督办单编号", String(60), search=True, hide="form", sort_by="number_key")
    case_id: Mapped[int] = field("帮办代办件", ForeignKey("service_case.id"), index=True)
    case: Mapped[ServiceCase] = relationship()
    department_id: Mapped[int | None] = field("被督办部门", ForeignKey("department.id"), filter=True)
    department: Mapped[Department | None] = relationship()
    issued_on: Mapped[date] = field("督办日期", filter=True, past=True)
    reason: Mapped[str] = field("督办事由", String(300), search=True)
    reply_due: Mapped[date] = field("回复期限", filter=True)
    replied_on: Mapped[date | None] = field("回复日期", filter=True, past=True)
    reply: Mapped[str | None] = field("回复内容", String(500), hide="list")


class ExtensionState(Labelled):
    """Whether more time was given."""

    ASKED = "asked", "待批准"
    APPROVED = "approved", "已批准", Tone.GOOD
    REFUSED = "refused", "未批准"


class Extension(CountyScoped, Versioned, Base):
    """延期: an item gets more time, with a reason, and the applicant is told. Source: H 五(三)."""

    __tablename__ = "extension"
    __title__ = "延期"
    __when__ = "extension_allowed"
    __label__ = "reason"
    __table_args__ = (CheckConstraint("new_due > old_due", name="later"),)

    step_id: Mapped[int] = field("事项办理", ForeignKey("case_step.id"), index=True)
    step: Mapped[CaseStep] = relationship()
    state: Mapped[ExtensionState] = field(
        "状态", choice(ExtensionState, "state"), default=ExtensionState.ASKED, filter=True, hide="form"
    )
    old_due: Mapped[date] = field("原应办结日", hide="form")
    new_due: Mapped[date] = field("延期至")
    reason: Mapped[str] = field("延期原因", String(300))
    asked_on: Mapped[date] = field("申请日期", filter=True, past=True)
    approved_on: Mapped[date | None] = field("批准日期", filter=True, hide="form")
    approver_id: Mapped[int | None] = field("批准领导", ForeignKey("staff.id"), hide="form")
    approver: Mapped[DepartmentLeader | None] = relationship()
    opinion: Mapped[str | None] = field("批准意见", String(200), hide="form")
    told_on: Mapped[date | None] = field("告知申请人日期", past=True)
