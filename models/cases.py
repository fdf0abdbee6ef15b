"""A case from 申请 to 归档: its items at departments, what happened, and its slips."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from models.actions import AuditAction
from models.base import Base, CountyScoped, Versioned
from models.fields import field
from models.identifiers import phone
from models.items import LimitKind, ServiceItem
from models.name_keys import Numbered, number_key, number_key_column
from models.people import ChiefServiceOfficer, DepartmentLiaison, GeneralAgent, Staff, User
from models.places import CountyOption, Department, OptionKind, Window, WindowKind
from models.projects import Enterprise, Project
from models.types import Coded, Labelled, Moment, Tone, choice, now


class CaseState(Labelled):
    """States of a case, in their order. Source: 领域 4."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待受理", Tone.WARN
    SUPPLEMENT = "supplement", "待补正", Tone.WARN
    ACCEPTED = "accepted", "已受理", Tone.INFO
    IN_PROGRESS = "in_progress", "办理中", Tone.INFO
    APPROVED = "approved", "审批完成", Tone.GOOD
    DELIVERED = "delivered", "已送达", Tone.GOOD
    CLOSED = "closed", "已办结", Tone.GOOD
    EVALUATED = "evaluated", "已评价", Tone.GOOD
    ARCHIVED = "archived", "已归档"
    REJECTED = "rejected", "不予受理", Tone.BAD
    WITHDRAWN = "withdrawn", "已撤回"
    TERMINATED = "terminated", "已终止", Tone.BAD


#: Kinds of states; a new state is put into the kinds it belongs to, here and nowhere else.
#: The application may still be corrected.
EARLY = frozenset({CaseState.DRAFT, CaseState.SUBMITTED, CaseState.SUPPLEMENT})
#: The clock of the case runs. Source: 领域 6.
RUNNING = frozenset({CaseState.ACCEPTED, CaseState.IN_PROGRESS})
#: The case is being worked on.
OPEN = RUNNING | {CaseState.APPROVED, CaseState.DELIVERED}
#: After 办结 or 终止; the slips tell which.
ENDED = frozenset({CaseState.CLOSED, CaseState.EVALUATED, CaseState.ARCHIVED, CaseState.TERMINATED})
#: All items have their result.
APPROVED_OR_LATER = frozenset({CaseState.APPROVED, CaseState.DELIVERED, CaseState.CLOSED, CaseState.EVALUATED})
#: Items may still be added, changed and assigned to liaisons.
ITEMS_MAY_CHANGE = EARLY | RUNNING
#: Neither ended nor refused or withdrawn: somebody has to act on the case.
NOT_ENDED = EARLY | OPEN
#: The work is over and the file is not yet proposed for the archive.
AWAITING_ARCHIVE = frozenset({CaseState.EVALUATED, CaseState.TERMINATED})


class StepState(Labelled):
    """States of one item at its department. Source: 领域 4."""

    PENDING = "pending", "待报送", Tone.WARN
    FILED = "filed", "已报送", Tone.INFO
    ACCEPTED = "dept_accepted", "部门已受理", Tone.INFO
    SUPPLEMENT = "item_supplement", "补正", Tone.WARN
    GRANTED = "granted", "已办结", Tone.GOOD
    DENIED = "denied", "未办成", Tone.BAD
    WITHDRAWN = "withdrawn", "已撤回"


#: The department has the item; in 补正 its clock stands.
AT_DEPARTMENT = frozenset({StepState.ACCEPTED, StepState.SUPPLEMENT})
#: States in which a step is over. Source: 领域 4.
FINAL = frozenset({StepState.GRANTED, StepState.DENIED, StepState.WITHDRAWN})


class CaseForm(Labelled):
    """帮办 accompanies, 代办 acts for the applicant. Source: B 三."""

    ACCOMPANY = "accompany", "帮办"
    ACT_FOR = "act_for", "代办"


class CaseScope(Labelled):
    """委托事项. Source: W 附件2, Z 附件2."""

    ALL = "all", "全部"
    PART = "part", "部分"


def once_a_case(table: str) -> Index:
    """One valid slip a case; those taken back stay, as 作废."""
    where = text("voided_on IS NULL")
    return Index(f"uq_{table}_case", "case_id", unique=True, sqlite_where=where, postgresql_where=where)


def option(label: str, kind: OptionKind, **more: Any) -> Mapped[int | None]:
    """A foreign key to the county's options of one kind."""
    return field(
        label,
        ForeignKey("county_option.id"),
        where={"kind": kind, "active": True},
        **more,
    )


class ServiceCase(CountyScoped, Versioned, Numbered, Base):
    """帮办代办件: one application and its handling. `number` is our own, `project.code` the national project code."""

    __tablename__ = "service_case"
    __title__ = "帮办代办件"
    __label__ = "number"
    __hint__ = "matter"
    __table_args__ = (
        CheckConstraint("enterprise_id IS NOT NULL OR applicant_name IS NOT NULL", name="has_applicant"),
        UniqueConstraint("county_id", "number"),
        Index("ix_service_case_county_state", "county_id", "state"),
        Index("ix_service_case_county_accepted", "county_id", "accepted_on", "ended_on"),
        Index("ix_service_case_county_ended", "county_id", "ended_on"),
        Index("ix_service_case_agent_state", "agent_id", "state"),
        Index("ix_service_case_county_number_key", "county_id", "number_key"),
        Index("ix_service_case_county_archive_key", "county_id", "archive_number_key"),
    )

    number: Mapped[str | None] = field(
        "受理编号", String(60), search=True, hide="form", group="申请", sort_by="number_key"
    )
    matter: Mapped[str] = field("办理事项", String(120), search=True, help="如：企业开办全套手续")
    state: Mapped[CaseState] = field(
        "状态", choice(CaseState, "state"), default=CaseState.DRAFT, filter=True, hide="form"
    )
    enterprise_id: Mapped[int | None] = field(
        "申请单位", ForeignKey("enterprise.id"), index=True, filter=True, fill="project.enterprise"
    )
    enterprise: Mapped[Enterprise | None] = relationship()
    applicant_name: Mapped[str | None] = field(
        "申请人", String(30), help="个人申请时填写", hide="list", unless="enterprise", when="serves_people"
    )
    applicant_phone: Mapped[str | None] = field(
        "申请人电话",
        String(30),
        sensitive=True,
        hide="list",
        check=phone,
        unless="enterprise",
        when="serves_people",
    )
    project_id: Mapped[int | None] = field("项目", ForeignKey("project.id"), index=True, filter=True)
    project: Mapped[Project | None] = relationship()
    channel_id: Mapped[int] = option("申请渠道", OptionKind.CHANNEL)  # type: ignore[assignment]
    channel: Mapped[CountyOption] = relationship(foreign_keys=[channel_id])
    mode_id: Mapped[int] = option("服务方式", OptionKind.MODE)  # type: ignore[assignment]
    mode: Mapped[CountyOption] = relationship(foreign_keys=[mode_id])
    form: Mapped[CaseForm | None] = field("帮办或代办", choice(CaseForm, "form"), hide="list", when="tells_form")
    scope: Mapped[CaseScope] = field("委托事项", choice(CaseScope, "scope"), default=CaseScope.PART, hide="list")
    #: Set when an account of a station enters the case; who works there sees its cases and no others.
    station_id: Mapped[int | None] = field(
        "基层政务服务站",
        ForeignKey("service_window.id"),
        index=True,
        where={"kind": WindowKind.STATION},
        filter=True,
        hide="form list",
        when="has_stations",
    )
    station: Mapped[Window | None] = relationship()
    green_channel: Mapped[bool] = field("绿色通道", default=False, filter=True, hide="list", when="has_green_channel")
    green_reason: Mapped[str | None] = field("绿色通道理由", String(200), hide="list", when="has_green_channel")
    green_handler: Mapped[str | None] = field(
        "绿色通道专人", String(30), hide="list", when="has_green_channel", help="从快办理的人，走绿色通道的必填"
    )
    eligibility_id: Mapped[int | None] = option(
        "服务条件", OptionKind.ELIGIBILITY, hide="list", group="受理条件", when="eligibility_checked"
    )
    eligibility: Mapped[CountyOption | None] = relationship(foreign_keys=[eligibility_id])
    eligibility_basis: Mapped[str | None] = field(
        "列入、督办或指定的依据",
        String(200),
        hide="list",
        when="eligibility_checked",
        help="按“列入计划、督办或指定”受理时写明文号和理由",
    )
    first_contact: Mapped[str | None] = field("首问责任人", String(30), hide="list", when="first_contact_needed")
    proof_received: Mapped[bool] = field("已收书面委托证明", default=False, hide="list", when="proof_needed")
    commitment_signed: Mapped[bool] = field("已签承诺书", default=False, hide="list", when="commits_separately")
    agreement_signed: Mapped[bool] = field("已签委托书或委托协议", default=False, hide="list", when="agreement_needed")
    materials_handed: Mapped[bool] = field("已办材料交接", default=False, hide="list", when="agreement_needed")
    papers_checked: Mapped[bool] = field("已核实资料并确认签字", default=False, hide="list", when="check_needed")
    responsible_id: Mapped[int | None] = field("责任单位", ForeignKey("department.id"), hide="form list", group="办理")
    responsible: Mapped[Department | None] = relationship(foreign_keys=[responsible_id])
    lead_section_id: Mapped[int | None] = field(
        "牵头科室", ForeignKey("department.id"), hide="form list", filter=True, when="has_lead_sections"
    )
    lead_section: Mapped[Department | None] = relationship(foreign_keys=[lead_section_id])
    agent_id: Mapped[int | None] = field("代办员", ForeignKey("staff.id"), hide="form", filter=True)
    agent: Mapped[GeneralAgent | None] = relationship(foreign_keys=[agent_id])
    officer_id: Mapped[int | None] = field(
        "首席服务员", ForeignKey("staff.id"), index=True, hide="form", when="has_chief_officers"
    )
    officer: Mapped[ChiefServiceOfficer | None] = relationship(foreign_keys=[officer_id])
    submitted_on: Mapped[date | None] = field("申请日期", hide="form")
    accepted_on: Mapped[date | None] = field("受理日期", hide="form", filter=True)
    assigned_on: Mapped[date | None] = field("分派日期", hide="form list")
    due_on: Mapped[date | None] = field("应办结日", hide="form", filter=True)
    due_provisional: Mapped[bool] = field("应办结日暂定", default=False, hide="form list")
    soon_on: Mapped[date | None] = field("临期起始日", hide="form list", filter=True)
    approved_on: Mapped[date | None] = field("审批完成日", hide="form list")
    delivered_on: Mapped[date | None] = field("送达日期", hide="form list")
    ended_on: Mapped[date | None] = field("办结或终止日", hide="form", filter=True)
    end_asked_on: Mapped[date | None] = field("提请终止日期", hide="form list", filter=True)
    archive_asked_on: Mapped[date | None] = field("提请归档日期", hide="form list", filter=True)
    archived_on: Mapped[date | None] = field("归档日期", hide="form list", filter=True)
    archive_number: Mapped[str | None] = field("归档号", String(60), hide="form list", sort_by="archive_number_key")
    archive_number_key: Mapped[str | None] = number_key_column("archive_number")
    rating_id: Mapped[int | None] = option("评价", OptionKind.SCALE, hide="form list")
    rating: Mapped[CountyOption | None] = relationship(foreign_keys=[rating_id])
    refusal: Mapped[str | None] = field("不予受理或撤回原因", String(200), hide="form list")
    told_on: Mapped[date | None] = field("告知申请人日期", hide="form list")
    remark: Mapped[str | None] = field("备注", String(500), hide="list")
    steps: Mapped[list[CaseStep]] = relationship(back_populates="case", order_by="CaseStep.position")

    @validates("archive_number")
    def _keep_archive_number_key(self, _: str, number: str | None) -> str | None:
        self.archive_number_key = number_key(number)
        return number

    def __str__(self) -> str:
        return self.number or self.matter

    @property
    def display_name(self) -> str:
        """What messages call the case: its number, or its matter while it has none."""
        return self.number or f"“{self.matter}”"

    @property
    def applicant_handler(self) -> str | None:
        """项目经办人: who signs for the applicant and is told things. Source: W, Z 附件4-5."""
        return self.enterprise.handler if self.enterprise else self.applicant_name


class CaseStep(CountyScoped, Versioned, Base):
    """事项办理: one item of a case at one department."""

    __tablename__ = "case_step"
    __title__ = "事项办理"
    __label__ = "item.name"
    __table_args__ = (
        UniqueConstraint("case_id", "item_id"),
        Index("ix_case_step_department_state", "department_id", "state"),
        Index("ix_case_step_liaison_state", "liaison_id", "state"),
        CheckConstraint("finished_on IS NULL OR finished_on >= accepted_on", name="finished_after"),
    )

    case_id: Mapped[int] = field("帮办代办件", ForeignKey("service_case.id"), filter=True)
    case: Mapped[ServiceCase] = relationship(back_populates="steps")
    item_id: Mapped[int] = field("具体事项", ForeignKey("service_item.id"), filter=True)
    item: Mapped[ServiceItem] = relationship()
    department_id: Mapped[int] = field("责任部门", ForeignKey("department.id"), filter=True, hide="form")
    department: Mapped[Department] = relationship(foreign_keys=[department_id])
    section_id: Mapped[int | None] = field(
        "认领科室", ForeignKey("department.id"), hide="form", filter=True, when="has_lead_sections"
    )
    section: Mapped[Department | None] = relationship(foreign_keys=[section_id])
    claimed_by: Mapped[str | None] = field("认领人", String(30), hide="form list", when="has_lead_sections")
    claimed_on: Mapped[date | None] = field("认领日期", hide="form list", when="has_lead_sections")
    liaison_id: Mapped[int | None] = field("专办员", ForeignKey("staff.id"), filter=True, hide="form")
    liaison: Mapped[DepartmentLiaison | None] = relationship()
    state: Mapped[StepState] = field(
        "状态", choice(StepState, "state"), default=StepState.PENDING, filter=True, hide="form"
    )
    position: Mapped[int] = field("顺序", default=0, hide="list")
    filed_on: Mapped[date | None] = field("报送日期", hide="form")
    accepted_on: Mapped[date | None] = field("部门受理日期", hide="form")
    due_on: Mapped[date | None] = field("应办结日", hide="form", filter=True)
    soon_on: Mapped[date | None] = field("临期起始日", hide="form list", filter=True)
    finished_on: Mapped[date | None] = field("完成日期", hide="form", filter=True)
    approval_number: Mapped[str | None] = field("批文号", String(80), search=True, hide="form")
    reason: Mapped[str | None] = field("原因或说明", String(200), hide="form")
    force_majeure: Mapped[bool] = field("因不可抗力", default=False, hide="form list", when="obstacle_told")
    remark: Mapped[str | None] = field("备注", String(500), hide="list")
    #: The limit when the department accepted the item; later changes of the item do not apply.
    limit_days: Mapped[int | None] = mapped_column()
    limit_kind: Mapped[LimitKind | None] = mapped_column(choice(LimitKind, "limit_kind"))
    #: Due date set by the department or by a 延期 instead of the limit; a pause moves it.
    fixed_due: Mapped[date | None] = mapped_column()
    #: Pauses of its clock: [[from, to or None], …] as ISO dates. Source: 领域 6.
    pauses: Mapped[list[Any]] = mapped_column(JSON, default=list)

    @property
    def display_name(self) -> str:
        """What messages call the item: its case and its name."""
        return f"{self.case.display_name}“{self.item.name}”"


class CaseEvent(CountyScoped, Base):
    """办理过程: one action on a case, with its business date and who recorded it for whom.

    `before` keeps what the action changed, by table and id, so that 撤回上一步 can put it back: the
    old values, or None for a row that it made.
    """

    __tablename__ = "case_event"
    __title__ = "办理过程"
    __label__ = "action"

    case_id: Mapped[int] = field("帮办代办件", ForeignKey("service_case.id"), index=True)
    case: Mapped[ServiceCase] = relationship()
    step_id: Mapped[int | None] = field("事项办理", ForeignKey("case_step.id"))
    step: Mapped[CaseStep | None] = relationship()
    action: Mapped[AuditAction] = field("动作", Coded(AuditAction, 30))
    happened_on: Mapped[date] = field("日期")
    note: Mapped[str | None] = field("说明", String(500))
    recorded_at: Mapped[datetime] = field("记录时间", Moment, default=now)
    recorded_by_id: Mapped[int | None] = field("记录人", ForeignKey("user.id"))
    recorded_by: Mapped[User | None] = relationship()
    done_by_id: Mapped[int | None] = field("经办人", ForeignKey("staff.id"))
    done_by: Mapped[Staff | None] = relationship()
    taken_back: Mapped[bool] = field("已撤回", default=False)
    automatic: Mapped[bool] = mapped_column(default=False)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    from_state: Mapped[CaseState | None] = mapped_column(choice(CaseState, "from_state"))
    to_state: Mapped[CaseState | None] = mapped_column(choice(CaseState, "to_state"))


class Delivery(CountyScoped, Versioned, Base):
    """送达: the papers handed to the applicant. Source: W 附件1 五, Z 附件1 五, B 六.3, H 五(三)."""

    __tablename__ = "delivery"
    __title__ = "送达"
    __label__ = "documents"

    __table_args__ = (once_a_case("delivery"),)

    case_id: Mapped[int] = field("帮办代办件", ForeignKey("service_case.id"), index=True)
    case: Mapped[ServiceCase] = relationship()
    way_id: Mapped[int] = option("送达方式", OptionKind.DELIVERY_WAY)  # type: ignore[assignment]
    way: Mapped[CountyOption] = relationship()
    delivered_on: Mapped[date] = field("送达日期")
    documents: Mapped[str] = field("送达的批文、证件及资料", String(300))
    recipient: Mapped[str] = field("接收人", String(30))
    tracking_number: Mapped[str | None] = field("邮寄单号", String(40))
    received_on: Mapped[date | None] = field("签收日期", past=True)
    registered_on: Mapped[date | None] = field("备案日期", past=True)
    delivered_by_id: Mapped[int | None] = field("送达人", ForeignKey("staff.id"))
    delivered_by: Mapped[Staff | None] = relationship()
    voided_on: Mapped[date | None] = field("作废日期", hide="form", help="撤回上一步时作废")


class Completion(CountyScoped, Versioned, Numbered, Base):
    """办结单, in two copies. Source: W 附件4, Z 附件4, B 六.3, H 五(三)."""

    __tablename__ = "completion"
    __title__ = "办结单"
    __label__ = "number"
    __table_args__ = (
        UniqueConstraint("county_id", "number"),
        once_a_case("completion"),
        Index("ix_completion_county_number_key", "county_id", "number_key"),
    )

    number: Mapped[str] = field("编号", String(60), search=True, hide="form", sort_by="number_key")
    case_id: Mapped[int] = field("帮办代办件", ForeignKey("service_case.id"), index=True, hide="form")
    case: Mapped[ServiceCase] = relationship()
    completed_on: Mapped[date] = field("办结日期", filter=True, hide="form")
    handler: Mapped[str | None] = field("项目经办人", String(30))
    closed_by_id: Mapped[int | None] = field("帮办代办人员", ForeignKey("staff.id"), hide="form")
    closed_by: Mapped[Staff | None] = relationship()
    voided_on: Mapped[date | None] = field("作废日期", hide="form", help="撤回上一步时作废，编号不再使用")
    remark: Mapped[str | None] = field("备注", String(500))


class Termination(CountyScoped, Versioned, Numbered, Base):
    """终止单. Source: W 附件5, Z 附件5, and the notes of 附件2 for the reason; H 五(三)."""

    __tablename__ = "termination"
    __title__ = "终止单"
    __label__ = "number"
    __table_args__ = (
        UniqueConstraint("county_id", "number"),
        once_a_case("termination"),
        Index("ix_termination_county_number_key", "county_id", "number_key"),
    )

    number: Mapped[str] = field("编号", String(60), search=True, hide="form", sort_by="number_key")
    case_id: Mapped[int] = field("帮办代办件", ForeignKey("service_case.id"), index=True, hide="form")
    case: Mapped[ServiceCase] = relationship()
    terminated_on: Mapped[date] = field("终止日期", filter=True, hide="form")
    reason_id: Mapped[int] = option("终止原因", OptionKind.TERMINATION_REASON, hide="form")  # type: ignore[assignment]
    reason: Mapped[CountyOption] = relationship()
    explanation: Mapped[str | None] = field("原因说明", String(300), hide="form")
    one_sided: Mapped[bool] = field("单方终止", default=False, hide="form", filter=True)
    returned: Mapped[str | None] = field("移交的资料", String(300))
    handler: Mapped[str | None] = field("项目经办人", String(30))
    ended_by_id: Mapped[int | None] = field("帮办代办人员", ForeignKey("staff.id"), hide="form")
    ended_by: Mapped[Staff | None] = relationship()
    voided_on: Mapped[date | None] = field("作废日期", hide="form", help="撤回上一步时作废，编号不再使用")
