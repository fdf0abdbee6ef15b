"""County and its settings, the options its people choose from, its departments."""

from __future__ import annotations

from string import Formatter

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import ALIVE, Base, CountyScoped, Deletable, Versioned
from models.fields import field
from models.types import BigId, Labelled, choice


def number_pattern(text: str) -> str:
    """`text` when it is the pattern of a number: 武帮代办〔{year}〕{seq:04d}号; else ValueError."""
    try:
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        if names != {"year", "seq"}:
            raise ValueError
        text.format(year=2026, seq=1)
    except (ValueError, KeyError, IndexError) as error:
        raise ValueError("格式须含 {year} 和 {seq:04d}，例如 武帮代办〔{year}〕{seq:04d}号") from error
    return text


class FilingParty(Labelled):
    """Who files an item with its department. Source: W 附件1 三, Z 附件1 二, B 三, H 五(一)."""

    STAFF = "staff", "首席服务员或代办员"
    APPLICANT = "applicant", "项目单位自行报送，代办员登记"
    AGENT_OR_ACCOMPANIED = "agent_or_accompanied", "代办员；帮办由申请人报送，代办员陪同"
    AGENT = "agent", "帮代办专员"


class County(Versioned, Base):
    """县/旗: a tenant and the way its document says the work is done. Source: DOMAIN section 5."""

    __tablename__ = "county"
    __title__ = "县（旗）"
    __hint__ = "code"
    __table_args__ = (CheckConstraint("length(code) = 6", name="code_six_digits"),)

    code: Mapped[str] = field("行政区划代码", String(6), unique=True, search=True, group="县（旗）")
    name: Mapped[str] = field("名称", String(30), search=True)
    slug: Mapped[str] = field("账号前缀", String(20), unique=True, help="演示账号和文件名用的拼音，如 wuzhi")
    city: Mapped[str] = field("所属市（州、盟）", String(30), filter=True)
    area_code: Mapped[str] = field("电话区号", String(4))
    document: Mapped[str] = field("依据文件", String(120), hide="list")
    lead_office: Mapped[str] = field("牵头单位", String(60), group="称谓")
    service_word: Mapped[str] = field("服务名称", String(10), default="帮办代办", hide="list")
    agent_word: Mapped[str] = field("代办员称谓", String(20), default="全科代办员", hide="list")
    applicants: Mapped[str] = field("服务对象", String(40), hide="list")
    project_decider: Mapped[str | None] = field("重点项目确定部门", String(60), group="重点名单")
    enterprise_decider: Mapped[str | None] = field("重点企业确定部门", String(60))
    has_chief_officers: Mapped[bool] = field("设项目首席服务员", default=False)
    officer_delivers: Mapped[bool] = field(
        "首席服务员可送达办结", default=False, hide="list", help="温县：全科代办员或首席服务员统一送达"
    )
    has_liaisons: Mapped[bool] = field("设部门业务专办员", default=True, hide="list")
    filing: Mapped[FilingParty] = field(
        "报送方", choice(FilingParty, "filing"), default=FilingParty.STAFF, hide="list", group="办理"
    )
    tells_form: Mapped[bool] = field("区分帮办与代办", default=False, hide="list")
    item_boxes: Mapped[bool] = field("申请表列具体事项", default=False, hide="list")
    proof_needed: Mapped[bool] = field("受理前须有书面委托证明", default=False, hide="list")
    commitment_needed: Mapped[bool] = field("受理前须签承诺书", default=False, hide="list")
    first_contact_needed: Mapped[bool] = field("须记首问责任人", default=False, hide="list")
    agreement_needed: Mapped[bool] = field("受理前须签委托书", default=False, hide="list")
    closes_on_receipt: Mapped[bool] = field("签收即办结", default=False, hide="list")
    meeting_word: Mapped[str] = field("会议名称", String(20), default="项目协调会", hide="list")
    extension_allowed: Mapped[bool] = field("可以延期", default=False, hide="list")
    evaluator_word: Mapped[str | None] = field("评价人称谓", String(20), hide="list")
    due_soon_days: Mapped[int] = field("临期提前天数", default=3, unit="工作日", hide="list")
    case_pattern: Mapped[str] = field(
        "受理编号格式", String(60), hide="list", group="编号", check=number_pattern,
        help="{year} 为年份，{seq:04d} 为四位顺序号，每年从起始号重新编",
    )
    completion_pattern: Mapped[str] = field("办结单编号格式", String(60), hide="list", check=number_pattern)
    termination_pattern: Mapped[str] = field("终止单编号格式", String(60), hide="list", check=number_pattern)
    ledger_reporter: Mapped[str] = field("台账填报单位", String(60), hide="list", group="台账")


class OptionKind(Labelled):
    """What a county option is an option of."""

    CHANNEL = "channel", "申请渠道"
    MODE = "mode", "服务方式"
    DELIVERY_WAY = "delivery_way", "送达方式"
    TERMINATION_REASON = "termination_reason", "终止原因"
    SCALE = "scale", "评价等级"


class CountyOption(CountyScoped, Versioned, Base):
    """选项: one choice of a county's lists; a retired one stays on old rows."""

    __tablename__ = "county_option"
    __title__ = "选项"
    __hint__ = None
    __table_args__ = (UniqueConstraint("county_id", "kind", "name"),)

    kind: Mapped[OptionKind] = field("类别", choice(OptionKind, "kind"), filter=True)
    name: Mapped[str] = field("名称", String(40), search=True)
    position: Mapped[int] = field("顺序", default=0)
    needs_tracking: Mapped[bool] = field("须填邮寄单号", default=False, help="用于邮寄类送达方式")
    active: Mapped[bool] = field("启用", default=True, filter=True)


class DepartmentKind(Labelled):
    """Kinds of departments. Source: DOMAIN section 1."""

    LEAD = "lead", "牵头单位"
    APPROVAL = "approval", "审批部门"
    UTILITY = "utility", "公共服务单位"
    TOWNSHIP = "township", "乡镇街道"
    PARK = "park", "园区"
    SECTION = "section", "内设股室"


class Department(CountyScoped, Versioned, Deletable, Base):
    """部门: handles the items that belong to it."""

    __tablename__ = "department"
    __title__ = "部门"
    __hint__ = "short_name"
    __table_args__ = (
        Index(
            "uq_department_name", "county_id", "name", unique=True,
            sqlite_where=text(ALIVE), postgresql_where=text(ALIVE),
        ),
    )

    name: Mapped[str] = field("部门名称", String(60), search=True)
    short_name: Mapped[str | None] = field("简称", String(20), search=True)
    kind: Mapped[DepartmentKind] = field(
        "类别", choice(DepartmentKind, "kind"), default=DepartmentKind.APPROVAL, filter=True
    )
    phone: Mapped[str | None] = field("办公电话", String(30))
    address: Mapped[str | None] = field("办公地址", String(200))
    remark: Mapped[str | None] = field("备注", String(500), hide="list")


class SupervisedCounty(Base):
    """A county that a user of 市级查看 may read."""

    __tablename__ = "supervised_county"
    __title__ = "查看范围"
    __label__ = "id"
    __table_args__ = (UniqueConstraint("user_id", "county_id"),)

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id"))
    county_id: Mapped[int] = mapped_column(BigId, ForeignKey("county.id"))
    county: Mapped[County] = relationship()
