"""Enterprises, their projects, key designations, and who serves them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, CountyScoped, Deletable, Versioned, unique_alive
from models.fields import field
from models.identifiers import (
    basis,
    credit_code,
    phone,
    postcode,
    project_code,
    project_code_warning,
    whole_name,
)
from models.name_keys import Named
from models.people import ChiefServiceOfficer
from models.places import Department
from models.types import Labelled, Money, Unit, choice


class Enterprise(CountyScoped, Versioned, Deletable, Named, Base):
    """企业（项目单位）. Source: W 附件2, Z 附件2 申请单位情况."""

    __tablename__ = "enterprise"
    __title__ = "企业"
    __hint__ = "credit_code"
    __natural__ = (("credit_code",), ("name",))
    __table_args__ = (
        unique_alive("enterprise", "credit_code", given="credit_code"),
        Index("ix_enterprise_county_name", "county_id", "name"),
        Index("ix_enterprise_county_name_key", "county_id", "name_key"),
    )

    name: Mapped[str] = field(
        "项目单位名称",
        String(100),
        search=True,
        group="申请单位情况",
        check=whole_name,
        aliases=("企业名称", "单位名称", "申请单位", "项目单位", "建设单位"),
    )
    credit_code: Mapped[str | None] = field(
        "统一社会信用代码",
        String(18),
        search=True,
        help="拟设立的企业可以暂缺",
        check=credit_code,
        aliases=("信用代码", "社会信用代码", "统一信用代码"),
    )
    industry: Mapped[str | None] = field("行业", String(40), aliases=("所属行业", "行业类别"))
    postcode: Mapped[str | None] = field("邮编", String(6), hide="list", check=postcode, aliases=("邮政编码",))
    address: Mapped[str | None] = field("地址", String(200), aliases=("单位地址", "企业地址"))
    principal: Mapped[str | None] = field("负责人", String(30), group="联系人", aliases=("法人代表", "法定代表人"))
    principal_phone: Mapped[str | None] = field(
        "负责人电话", String(30), sensitive=True, check=phone, aliases=("法人电话",)
    )
    handler: Mapped[str | None] = field("经办人", String(30), search=True, aliases=("联系人",))
    handler_phone: Mapped[str | None] = field(
        "经办人电话", String(30), sensitive=True, check=phone, aliases=("联系电话", "联系人电话")
    )
    is_key: Mapped[bool] = field(
        "是否重点企业", default=False, filter=True, hide="form", help="由登记重点认定得出", group="服务"
    )
    officer_id: Mapped[int | None] = field(
        "首席服务员",
        ForeignKey("staff.id"),
        filter=True,
        hide="form",
        help="由分包得出",
        when="has_chief_officers",
    )
    officer: Mapped[ChiefServiceOfficer | None] = relationship()
    demands: Mapped[str | None] = field("需求事项", String(300), hide="list", help="印在重点企业台账上")
    progress: Mapped[str | None] = field("进展", String(300), hide="list", help="印在重点企业台账上")
    remark: Mapped[str | None] = field("备注", String(500), hide="list")


class Funding(Labelled):
    """资金来源. Source: W 附件2, Z 附件2."""

    GOVERNMENT = "government", "政府投资"
    DOMESTIC = "domestic", "国内企业投资"
    FOREIGN = "foreign", "外商投资"
    OTHER = "other", "其他"


class Authority(Labelled):
    """Which level of government approves a project. Source: H 三(三)."""

    STATE = "state", "国家"
    REGION = "region", "自治区（省）"
    PREFECTURE = "prefecture", "自治州（市）"
    COUNTY = "county", "县"


class Land(Labelled):
    """土地性质. Source: W 附件2, Z 附件2."""

    ALLOCATED = "allocated", "划拨"
    GRANTED = "granted", "出让"


class Project(CountyScoped, Versioned, Deletable, Named, Base):
    """项目: a construction project of one enterprise. Source: W 附件2, Z 附件2 项目基本情况."""

    __tablename__ = "project"
    __title__ = "项目"
    __hint__ = "code"
    __natural__ = (("code",), ("name", "enterprise"))
    __table_args__ = (
        CheckConstraint("investment >= 0", name="investment_not_negative"),
        unique_alive("project", "code", given="code"),
        Index("ix_project_county_name", "county_id", "name"),
        Index("ix_project_county_name_key", "county_id", "name_key"),
    )

    name: Mapped[str] = field("项目名称", String(120), search=True, group="项目基本情况")
    code: Mapped[str | None] = field(
        "项目代码",
        String(30),
        search=True,
        help="投资项目在线审批监管平台的代码，立项前可以暂缺",
        check=project_code,
        warn=project_code_warning,
        aliases=("项目编码", "项目编号", "投资项目代码"),
    )
    enterprise_id: Mapped[int] = field(
        "建设单位",
        ForeignKey("enterprise.id"),
        index=True,
        filter=True,
        aliases=("项目单位", "项目单位名称", "企业名称", "申请单位"),
    )
    enterprise: Mapped[Enterprise] = relationship()
    investment: Mapped[Decimal | None] = field(
        "投资总额", Money, unit=Unit.WAN_YUAN, aliases=("总投资", "投资额", "投资总额", "计划总投资")
    )
    is_key: Mapped[bool] = field("是否重点项目", default=False, filter=True, hide="form", help="由登记重点认定得出")
    officer_id: Mapped[int | None] = field(
        "首席服务员",
        ForeignKey("staff.id"),
        filter=True,
        hide="form",
        help="由分包得出",
        when="has_chief_officers",
    )
    officer: Mapped[ChiefServiceOfficer | None] = relationship()
    scale: Mapped[str | None] = field("建设规模", String(300), aliases=("建设规模及内容", "建设内容及规模"))
    address: Mapped[str | None] = field("建设地址", String(200), aliases=("建设地点", "项目地址"))
    funding: Mapped[Funding | None] = field("资金来源", choice(Funding, "funding"), filter=True)
    land: Mapped[Land | None] = field("土地性质", choice(Land, "land"))
    started: Mapped[bool] = field("是否开工", default=False, filter=True)
    promoted: Mapped[bool] = field("招商引资", default=False, hide="list")
    industry_kind: Mapped[str | None] = field("产业类型", String(40), hide="list", group="审批要素")
    guided: Mapped[bool] = field("符合产业导向", default=False, hide="list")
    authority: Mapped[Authority | None] = field("审批权限级别", choice(Authority, "authority"), hide="list")
    major_plan: Mapped[str | None] = field(
        "重大项目年度计划", String(20), hide="list", help="自治区、州、县", filter=True
    )
    restricted: Mapped[bool] = field("宏观调控、高耗能、高污染、资源类", default=False, hide="list")
    problems: Mapped[str | None] = field("存在问题", String(300), hide="list", help="印在分包台账上")
    measures: Mapped[str | None] = field("下步措施", String(300), hide="list", help="印在分包台账上")
    remark: Mapped[str | None] = field("备注", String(500), hide="list")


class Level(Labelled):
    """Level of a key designation."""

    PROVINCE = "province", "省级（自治区级）"
    CITY = "city", "市级（州、盟级）"
    COUNTY = "county", "县级（旗级）"


EITHER_TARGET = "(project_id IS NULL) <> (enterprise_id IS NULL)"


def one_current(table: str, target: str, ended: str) -> Index:
    """At most one row of `table` a target whose `ended` is still empty, held by the database."""
    where = text(f"{target} IS NOT NULL AND {ended} IS NULL")
    return Index(
        f"uq_{table}_current_{target}",
        target,
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


class KeyDesignation(CountyScoped, Versioned, Base):
    """重点认定: a project or an enterprise put on the key list. Source: W, Z 附件1 一.1; H 三(四)."""

    __tablename__ = "key_designation"
    __title__ = "重点认定"
    __label__ = "basis"
    __table_args__ = (
        CheckConstraint(EITHER_TARGET, name="either_target"),
        CheckConstraint("valid_until IS NULL OR valid_until >= designated_on", name="valid_after"),
        CheckConstraint("revoked_on IS NULL OR revoked_on >= designated_on", name="revoked_after"),
        one_current("key_designation", "project_id", "revoked_on"),
        one_current("key_designation", "enterprise_id", "revoked_on"),
    )

    project_id: Mapped[int | None] = field(
        "项目",
        ForeignKey("project.id"),
        filter=True,
        aliases=("项目代码", "项目编码", "项目编号", "项目名称"),
    )
    project: Mapped[Project | None] = relationship()
    enterprise_id: Mapped[int | None] = field(
        "企业",
        ForeignKey("enterprise.id"),
        filter=True,
        aliases=("统一社会信用代码", "信用代码", "企业名称", "项目单位名称"),
    )
    enterprise: Mapped[Enterprise | None] = relationship()
    basis: Mapped[str] = field(
        "列入文号或依据",
        String(120),
        search=True,
        help="文号，或会议纪要等说明",
        check=basis,
        aliases=("列入文号", "文号", "依据", "依据文件"),
    )
    designated_on: Mapped[date] = field("列入日期", filter=True, past=True, aliases=("认定日期", "确定日期"))
    level: Mapped[Level] = field("级别", choice(Level, "level"), default=Level.COUNTY, filter=True)
    decided_by_id: Mapped[int | None] = field("确定部门", ForeignKey("department.id"))
    decided_by: Mapped[Department | None] = relationship()
    valid_until: Mapped[date | None] = field("有效期至", filter=True, not_before="designated_on")
    revoked_on: Mapped[date | None] = field("撤销日期", hide="form", filter=True, not_before="designated_on")
    revoke_reason: Mapped[str | None] = field("撤销原因", String(200), hide="form")


class Assignment(CountyScoped, Versioned, Base):
    """分包: one officer serves one key project or key enterprise. Source: W, Z 附件1 一.1."""

    __tablename__ = "assignment"
    __title__ = "分包"
    __when__ = "has_chief_officers"
    __label__ = "officer.name"
    __table_args__ = (
        CheckConstraint(EITHER_TARGET, name="either_target"),
        CheckConstraint("until IS NULL OR until >= since", name="until_after_since"),
        one_current("assignment", "project_id", "until"),
        one_current("assignment", "enterprise_id", "until"),
        Index("ix_assignment_officer_until", "officer_id", "until"),
    )

    project_id: Mapped[int | None] = field("项目", ForeignKey("project.id"), filter=True)
    project: Mapped[Project | None] = relationship()
    enterprise_id: Mapped[int | None] = field("企业", ForeignKey("enterprise.id"), filter=True)
    enterprise: Mapped[Enterprise | None] = relationship()
    officer_id: Mapped[int] = field("首席服务员", ForeignKey("staff.id"), filter=True)
    officer: Mapped[ChiefServiceOfficer] = relationship()
    since: Mapped[date] = field("分包日期", filter=True, past=True)
    until: Mapped[date | None] = field("结束日期", hide="form", filter=True, not_before="since")
    agreement_number: Mapped[str | None] = field("委托协议编号", String(60), search=True, check=basis)
    agreement_on: Mapped[date | None] = field("协议签订日期", past=True)
    reason: Mapped[str | None] = field("分包或调整原因", String(200))
    end_reason: Mapped[str | None] = field("结束原因", String(200), hide="form")
