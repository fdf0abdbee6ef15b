"""County and its settings, the options its people choose from, its departments."""

from __future__ import annotations

import re
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, CountyScoped, Deletable, Versioned, unique_alive
from models.fields import field
from models.identifiers import area_code, division_code, phone
from models.name_keys import Named
from models.types import BigId, Labelled, Money, Unit, choice

#: Maximum of a setting in days: ten years; more is a typing error.
MOST_DAYS = 3650
_YEAR, _SEQUENCE = "{年}", re.compile(r"\{(0{1,9})\}")


def number_pattern(text: str) -> str:
    """`text` when it is the pattern of a number, 武帮代办〔{年}〕{0000}号; else ValueError."""
    rest = _SEQUENCE.sub("", text.replace(_YEAR, ""))
    if text.count(_YEAR) != 1 or len(_SEQUENCE.findall(text)) != 1 or "{" in rest or "}" in rest:
        raise ValueError("格式须含一个 {年} 和一个 {0000}，例如 武帮代办〔{年}〕{0000}号")
    return text


def around_sequence(pattern: str, year: int) -> tuple[str, str]:
    """What stands before and behind the digits in the numbers that `pattern` gives in `year`."""
    before, _, behind = _SEQUENCE.split(pattern.replace(_YEAR, str(year)))
    return before, behind


def number_by(pattern: str, year: int, sequence: int) -> str:
    """The number that `pattern` gives: as many digits as it has zeros, more when they are needed."""
    with_year = pattern.replace(_YEAR, str(year))
    return _SEQUENCE.sub(lambda zeros: str(sequence).zfill(len(zeros[1])), with_year)


class FilingParty(Labelled):
    """Who files an item with its department. Source: W 附件1 三, Z 附件1 二, B 三, H 五(一)."""

    STAFF = "staff", "首席服务员或代办员"
    APPLICANT = "applicant", "项目单位自行报送，代办员登记"
    AGENT_OR_ACCOMPANIED = "agent_or_accompanied", "代办员；帮办由申请人报送，代办员陪同"
    AGENT = "agent", "帮代办专员"


class Commitment(Labelled):
    """How the applicant promises that their papers are true. Source: W, Z 附件3; B 附件1; H silent."""

    SEPARATE = "separate", "另签承诺书"
    IN_AGREEMENT = "in_agreement", "写在委托协议内"
    NONE = "none", "不需要"


class Approver(Labelled):
    """Who approves a 延期: H 五(三) does not say, so it is a setting."""

    LEAD_OFFICE = "lead_office", "牵头单位"
    DEPT_LEADER = "dept_leader", "部门责任领导"


class County(Versioned, Base):
    """县/旗: a tenant and the way its document says the work is done. Source: 领域 5."""

    __tablename__ = "county"
    __title__ = "县（旗）"
    __hint__ = "code"
    __table_args__ = (
        CheckConstraint("length(code) = 6", name="code_six_digits"),
        CheckConstraint("ledger_day BETWEEN 1 AND 28", name="ledger_day_in_every_month"),
    )

    code: Mapped[str] = field(
        "行政区划代码", String(6), unique=True, search=True, group="县（旗）", check=division_code
    )
    name: Mapped[str] = field("名称", String(30), search=True)
    slug: Mapped[str] = field("账号前缀", String(20), unique=True, help="演示账号和文件名用的拼音，如 wuzhi")
    city: Mapped[str] = field("所属市（州、盟）", String(30), filter=True)
    area_code: Mapped[str] = field("电话区号", String(4), check=area_code)
    document: Mapped[str] = field("依据文件", String(120), hide="list")
    lead_office: Mapped[str] = field("牵头单位", String(60), group="称谓")
    service_centre: Mapped[str] = field(
        "政务服务中心称谓", String(60), default="政务服务中心", hide="list", help="承诺书写给它"
    )
    service_word: Mapped[str] = field("服务名称", String(10), default="帮办代办", hide="list")
    agent_word: Mapped[str] = field("代办员称谓", String(20), default="全科代办员", hide="list")
    applicants: Mapped[str] = field("服务对象", String(40), hide="list")
    serves_people: Mapped[bool] = field("个人可以申请", default=False, hide="list")
    project_decider: Mapped[str | None] = field("重点项目确定部门", String(60), group="重点名单")
    enterprise_decider: Mapped[str | None] = field("重点企业确定部门", String(60))
    has_chief_officers: Mapped[bool] = field("设项目首席服务员", default=False)
    officer_contacts: Mapped[bool] = field("首席服务员须主动联系", default=False, hide="list")
    officer_files: Mapped[bool] = field("首席服务员可报送", default=False, hide="list")
    officer_delivers: Mapped[bool] = field(
        "首席服务员可送达办结", default=False, hide="list", help="温县：全科代办员或首席服务员统一送达"
    )
    has_liaisons: Mapped[bool] = field("设部门业务专办员", default=True, hide="list")
    has_leaders: Mapped[bool] = field("设部门责任领导", default=False, hide="list")
    has_stations: Mapped[bool] = field(
        "设基层政务服务站", default=False, hide="list", help="乡镇便民服务中心、邮政网点受理申请，向综合窗口移交材料"
    )
    filing: Mapped[FilingParty] = field(
        "报送方", choice(FilingParty, "filing"), default=FilingParty.STAFF, hide="list", group="办理"
    )
    tells_form: Mapped[bool] = field("区分帮办与代办", default=False, hide="list")
    has_green_channel: Mapped[bool] = field("设绿色通道", default=False, hide="list")
    responsible_by_industry: Mapped[bool] = field(
        "按产业类型确定责任单位", default=False, hide="list", help="对应关系在“产业归口”里设置"
    )
    item_boxes: Mapped[bool] = field("申请表列具体事项", default=False, hide="list")
    proof_needed: Mapped[bool] = field("受理前须有书面委托证明", default=False, hide="list")
    commitment: Mapped[Commitment] = field(
        "承诺书", choice(Commitment, "commitment"), default=Commitment.SEPARATE, hide="list"
    )
    first_contact_needed: Mapped[bool] = field("须记首问责任人", default=False, hide="list")
    agreement_needed: Mapped[bool] = field("受理前须签委托书", default=False, hide="list")
    check_needed: Mapped[bool] = field("受理前须核实资料并确认签字", default=False, hide="list")
    process_told: Mapped[bool] = field("受理前须说明服务流程", default=False, hide="list")
    refusal_told: Mapped[bool] = field("不予受理须说明告知", default=False, hide="list")
    obstacle_told: Mapped[bool] = field("不可抗力办不成须说明告知", default=False, hide="list")
    has_lead_sections: Mapped[bool] = field("设牵头科室，事项由科室认领", default=False, hide="list")
    sections_take_over: Mapped[bool] = field("归档前须与相关科室交接", default=False, hide="list")
    officer_brings: Mapped[bool] = field("首席服务员将资料送综合窗口", default=False, hide="list")
    tells_employment: Mapped[bool] = field("区分专职与兼职", default=False, hide="list")
    closes_on_receipt: Mapped[bool] = field("签收即办结", default=False, hide="list")
    delivery_noted: Mapped[bool] = field("送达须填工作纪实并备案", default=False, hide="list")
    meeting_word: Mapped[str] = field("会议名称", String(20), default="项目协调会", hide="list")
    agent_meets: Mapped[bool] = field("代办员可召集会议", default=False, hide="list")
    agent_urges: Mapped[bool] = field("代办员可督办", default=False, hide="list")
    extension_allowed: Mapped[bool] = field("可以延期", default=False, hide="list")
    extension_approver: Mapped[Approver] = field(
        "延期批准人", choice(Approver, "extension_approver"), default=Approver.LEAD_OFFICE, hide="list"
    )
    eligibility_checked: Mapped[bool] = field(
        "受理前核对服务条件", default=False, hide="list", help="条件在“选项”的“服务条件”里设置"
    )
    eligible_investment: Mapped[Decimal | None] = field(
        "投资额不低于", Money, unit=Unit.WAN_YUAN, hide="list", help="用于需要核对投资额的服务条件"
    )
    code_word: Mapped[str] = field("项目代码称谓", String(20), default="项目编号", hide="list", help="印在申请表上")
    evaluator_word: Mapped[str | None] = field("评价人称谓", String(20), hide="list")
    evaluation_days: Mapped[int] = field(
        "评价期限",
        default=15,
        unit=Unit.DAYS,
        hide="list",
        most=MOST_DAYS,
        help="办结后超过这些天没有评完的，不再等候评价",
    )
    verify_days: Mapped[int] = field("差评核实期限", default=3, unit=Unit.WORKING_DAYS, hide="list", most=MOST_DAYS)
    rectify_days: Mapped[int] = field("差评整改期限", default=10, unit=Unit.WORKING_DAYS, hide="list", most=MOST_DAYS)
    revisit_days: Mapped[int] = field("差评回访期限", default=15, unit=Unit.WORKING_DAYS, hide="list", most=MOST_DAYS)
    due_soon_days: Mapped[int] = field("临期提前天数", default=3, unit=Unit.WORKING_DAYS, hide="list", most=MOST_DAYS)
    contact_days: Mapped[int] = field(
        "首席服务员联系间隔",
        default=30,
        unit=Unit.DAYS,
        hide="list",
        most=MOST_DAYS,
        help="超过这些天没有联系服务对象的，列入待办",
    )
    progress_days: Mapped[int] = field(
        "反馈进度间隔",
        default=15,
        unit=Unit.DAYS,
        hide="list",
        most=MOST_DAYS,
        help="办理中的件超过这些天没有向申请人反馈的，列入待办",
    )
    case_pattern: Mapped[str] = field(
        "受理编号格式",
        String(60),
        hide="list",
        group="编号",
        check=number_pattern,
        help="{年} 为年份，{0000} 为四位顺序号，每年从起始号重新编",
    )
    completion_pattern: Mapped[str] = field("办结单编号格式", String(60), hide="list", check=number_pattern)
    termination_pattern: Mapped[str] = field("终止单编号格式", String(60), hide="list", check=number_pattern)
    agreement_pattern: Mapped[str] = field("委托协议编号格式", String(60), hide="list", check=number_pattern)
    urge_pattern: Mapped[str] = field("督办单编号格式", String(60), hide="list", check=number_pattern)
    archive_pattern: Mapped[str] = field(
        "归档号格式", String(60), hide="list", check=number_pattern, default="档〔{年}〕{0000}号"
    )
    completion_number_printed: Mapped[bool] = field("办结单印编号", default=False, hide="list")
    termination_number_printed: Mapped[bool] = field("终止单印编号", default=False, hide="list")
    ledger_reporter: Mapped[str] = field("台账填报单位", String(60), hide="list", group="台账")
    ledger_day: Mapped[int] = field(
        "每月汇总日",
        default=5,
        unit=Unit.DAY_OF_MONTH,
        hide="list",
        least=1,
        most=28,
        help="每月的这一天自动更新上月台账，等候锁定；1 至 28",
    )
    ledger_remind_days: Mapped[int] = field("汇总提醒提前", default=3, unit=Unit.DAYS, hide="list", most=MOST_DAYS)
    background_rows: Mapped[int] = field(
        "后台导出起点", default=5_000, unit=Unit.ROWS, hide="list", help="超过这些行的导出转到后台，在“导出中心”领取"
    )

    @property
    def commits_separately(self) -> bool:
        """Whether the 承诺书 is a paper of its own."""
        return self.commitment is Commitment.SEPARATE

    @property
    def hands_papers_over(self) -> bool:
        """Whether papers of a case pass from hand to hand within the office on record."""
        return self.officer_brings or self.sections_take_over


class OptionKind(Labelled):
    """What a county option is an option of."""

    CHANNEL = "channel", "申请渠道"
    MODE = "mode", "服务方式"
    DELIVERY_WAY = "delivery_way", "送达方式"
    TERMINATION_REASON = "termination_reason", "终止原因"
    SCALE = "scale", "评价等级"
    RELATION = "relation", "评价关系"
    ELIGIBILITY = "eligibility", "服务条件"
    PAPER = "paper", "单据"


class Meaning(Labelled):
    """What the program does with an option, whatever the county calls it. Source: 领域 5."""

    POSTED = "posted", "邮寄，须填单号"
    BY_APPLICANT_AGENT = "applicant_agent", "企业评价代办员"
    BY_APPLICANT_OFFICER = "applicant_officer", "企业评价首席服务员"
    BY_OFFICER_WINDOW = "officer_window", "首席服务员评价综合窗口"
    BY_WINDOW_BUSINESS = "window_business", "综合窗口评价业务专办窗口"
    BY_INSPECTORATE = "inspectorate", "督查室巡查"
    BY_REVISIT = "revisit", "满意度回访"
    BY_APPLICANT_SERVICE = "applicant_service", "申请人评价服务（好差评）"
    FOR_PEOPLE = "people", "群众民生事项"
    FOR_STARTING = "starting", "企业设立、变更和许可事项"
    FOR_PROJECT = "project", "核对审批权限、产业导向和投资额"
    FOR_DESIGNATED = "designated", "列入计划、督办或指定，须写明依据"
    PAPER_APPLICATION = "application", "申请表"
    PAPER_COMMITMENT = "commitment", "承诺书"
    PAPER_COMPLETION = "completion", "办结单"
    PAPER_TERMINATION = "termination", "终止单"
    PAPER_EVALUATION = "evaluation", "评价表"
    PAPER_AGREEMENT = "agreement", "委托协议"
    PAPER_RESULT = "result", "结果交付通知单"
    PAPER_LEDGER = "ledger", "台账"
    SATISFIED = "satisfied", "算作满意"
    DISSATISFIED = "dissatisfied", "算作差评"
    NEUTRAL = "neutral", "中性，不计满意也不计差评"
    BOTH_SIDES = "both_sides", "双方终止"
    ONE_SIDED = "one_sided", "单方终止，须经牵头单位批准"
    FORCE_MAJEURE = "force_majeure", "不可抗力，双方终止"


#: What options of a kind may mean; a kind that is not named has no meanings.
MEANINGS: dict[OptionKind, tuple[Meaning, ...]] = {
    OptionKind.DELIVERY_WAY: (Meaning.POSTED,),
    OptionKind.RELATION: tuple(m for m in Meaning if m.name.startswith("BY_")),
    OptionKind.ELIGIBILITY: tuple(m for m in Meaning if m.name.startswith("FOR_")),
    OptionKind.PAPER: tuple(m for m in Meaning if m.name.startswith("PAPER_")),
    OptionKind.SCALE: (Meaning.SATISFIED, Meaning.NEUTRAL, Meaning.DISSATISFIED),
    OptionKind.TERMINATION_REASON: (Meaning.BOTH_SIDES, Meaning.ONE_SIDED, Meaning.FORCE_MAJEURE),
}
#: Kinds whose options do nothing without a meaning.
MEANINGFUL = frozenset(MEANINGS) - {OptionKind.DELIVERY_WAY}


class CountyOption(CountyScoped, Versioned, Named, Base):
    """选项: one choice of a county's lists; a retired one stays on old rows."""

    __tablename__ = "county_option"
    __title__ = "选项"
    __hint__ = None
    __table_args__ = (
        UniqueConstraint("county_id", "kind", "name"),
        Index("ix_county_option_county_name_key", "county_id", "name_key"),
    )

    kind: Mapped[OptionKind] = field("类别", choice(OptionKind, "kind"), filter=True)
    name: Mapped[str] = field("名称", String(40), search=True)
    position: Mapped[int] = field("顺序", default=0)
    meaning: Mapped[Meaning | None] = field(
        "程序作用",
        choice(Meaning, "meaning"),
        help="评价关系、评价等级、服务条件、单据、终止原因必选；邮寄类送达方式也要选",
    )
    needed: Mapped[bool] = field("归档必备", default=False, help="单据：归档前须有扫描件，或说明纸质件已入卷")
    active: Mapped[bool] = field("启用", default=True, filter=True)


class DepartmentKind(Labelled):
    """Kinds of departments. Source: 领域 1."""

    LEAD = "lead", "牵头单位"
    APPROVAL = "approval", "审批部门"
    UTILITY = "utility", "公共服务单位"
    TOWNSHIP = "township", "乡镇街道"
    PARK = "park", "园区"
    SECTION = "section", "内设股室"


class Department(CountyScoped, Versioned, Deletable, Named, Base):
    """部门: handles the items that belong to it."""

    __tablename__ = "department"
    __title__ = "部门"
    __hint__ = "short_name"
    __natural__ = (("name",),)
    __table_args__ = (
        unique_alive("department", "name"),
        Index("ix_department_county_name_key", "county_id", "name_key"),
    )

    name: Mapped[str] = field("部门名称", String(60), search=True)
    short_name: Mapped[str | None] = field("简称", String(20), search=True)
    kind: Mapped[DepartmentKind] = field(
        "类别", choice(DepartmentKind, "kind"), default=DepartmentKind.APPROVAL, filter=True
    )
    phone: Mapped[str | None] = field("办公电话", String(30), check=phone)
    address: Mapped[str | None] = field("办公地址", String(200))
    remark: Mapped[str | None] = field("备注", String(500), hide="list")


class WindowKind(Labelled):
    """Kinds of windows. Source: 领域 1; Z 四."""

    GENERAL = "general", "帮办代办综合窗口"
    BUSINESS = "business", "业务专办窗口"
    STATION = "station", "基层政务服务站"


class StationKind(Labelled):
    """Kinds of 基层政务服务站. Source: Z 四."""

    TOWNSHIP_CENTRE = "township_centre", "乡镇便民服务中心"
    POST_OFFICE = "post_office", "邮政网点"


class Window(CountyScoped, Versioned, Deletable, Named, Base):
    """窗口: where people come with their papers; a 基层政务服务站 is one kind. Source: Z 四, 附件1 二."""

    __tablename__ = "service_window"
    __title__ = "窗口"
    __natural__ = (("name",),)
    __table_args__ = (
        unique_alive("service_window", "name"),
        Index("ix_service_window_county_name_key", "county_id", "name_key"),
    )

    name: Mapped[str] = field("窗口名称", String(60), search=True)
    kind: Mapped[WindowKind] = field("类别", choice(WindowKind, "kind"), filter=True)
    station_kind: Mapped[StationKind | None] = field(
        "服务站类型", choice(StationKind, "station_kind"), filter=True, when="has_stations", help="基层政务服务站必选"
    )
    department_id: Mapped[int | None] = field("所属部门", ForeignKey("department.id"), index=True, filter=True)
    department: Mapped[Department | None] = relationship()
    address: Mapped[str | None] = field("地址", String(200), help="便民服务中心、邮政网点写到村、路")
    phone: Mapped[str | None] = field("窗口电话", String(30), check=phone)
    hours: Mapped[str | None] = field("服务时间", String(60))
    active: Mapped[bool] = field("启用", default=True, filter=True)
    remark: Mapped[str | None] = field("备注", String(500), hide="list")


class IndustryDepartment(CountyScoped, Versioned, Base):
    """产业归口: the department that is 责任单位 for projects of an industry. Source: H 四(一)."""

    __tablename__ = "industry_department"
    __title__ = "产业归口"
    __when__ = "responsible_by_industry"
    __label__ = "industry"
    __table_args__ = (UniqueConstraint("county_id", "industry"),)

    industry: Mapped[str] = field("产业类型", String(40), search=True, help="与项目的“产业类型”写法一致")
    department_id: Mapped[int] = field("责任单位", ForeignKey("department.id"), index=True, filter=True)
    department: Mapped[Department] = relationship()


class SupervisedCounty(Base):
    """A county that a user of 市级查看 may read."""

    __tablename__ = "supervised_county"
    __title__ = "查看范围"
    __label__ = "id"
    __table_args__ = (UniqueConstraint("user_id", "county_id"),)

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id"))
    county_id: Mapped[int] = mapped_column(BigId, ForeignKey("county.id"))
    county: Mapped[County] = relationship()
