"""The people who log in, and the four kinds of service people (most of whom do not)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from models.base import ALIVE, Base, CountyScoped, Deletable, Versioned
from models.fields import field
from models.identifiers import phone, whole_name
from models.name_keys import Named
from models.places import County, Department, SupervisedCounty, Window, WindowKind
from models.types import Labelled, choice


class Role(Labelled):
    """What a user may do. Source: 领域 11."""

    LEAD_OFFICE = "lead_office", "领导小组办公室"
    LIST_KEEPER = "list_keeper", "重点名单管理员"
    DEPT_LEADER = "dept_leader", "部门责任领导"
    AGENT = "agent", "全科代办员"
    WINDOW_CLERK = "window_clerk", "综合窗口"
    STATION_CLERK = "station_clerk", "基层政务服务站"
    CHIEF_OFFICER = "chief_officer", "首席服务员"
    LIAISON = "liaison", "专办员"
    INSPECTOR = "inspector", "督查"
    SUPERVISOR = "supervisor", "市级查看"
    SYSADMIN = "sysadmin", "系统管理员"
    SECADMIN = "secadmin", "安全管理员"
    AUDITOR = "auditor", "审计员"


class DesignationTarget(Labelled):
    """What a key designation, or a list keeper, is about."""

    PROJECT = "project", "重点项目"
    ENTERPRISE = "enterprise", "重点企业"


class Employment(Labelled):
    """专职 or 兼职. Source: H 四(三)."""

    FULL = "full", "专职"
    PART = "part", "兼职"


class Staff(CountyScoped, Versioned, Deletable, Named, Base):
    """服务人员: one table for the four kinds. People of another office may have no account."""

    __tablename__ = "staff"
    __title__ = "服务人员"
    __hint__ = "position"
    __natural__ = (("name", "department"),)
    __table_args__ = (
        CheckConstraint(
            "kind IN ('chief_service_officer', 'general_agent', 'department_liaison', 'department_leader')",
            name="kind_known",
        ),
        Index(
            "uq_staff_current_leader",
            "department_id",
            unique=True,
            sqlite_where=text("kind = 'department_leader' AND active = 1 AND " + ALIVE),
            postgresql_where=text("kind = 'department_leader' AND active AND " + ALIVE),
        ),
        Index("ix_staff_county_name_key", "county_id", "name_key"),
    )

    kind: Mapped[str] = mapped_column(String(24), index=True)
    name: Mapped[str] = field("姓名", String(30), search=True, check=whole_name)
    department_id: Mapped[int] = field(
        "所在部门", ForeignKey("department.id"), index=True, filter=True, aliases=("单位", "部门", "工作单位")
    )
    department: Mapped[Department] = relationship()
    position: Mapped[str | None] = field("职务", String(40), aliases=("单位职务",))
    phone: Mapped[str | None] = field(
        "联系电话", String(30), search=True, sensitive=True, check=phone, aliases=("电话", "手机", "手机号")
    )
    employment: Mapped[Employment | None] = field(
        "专职或兼职", choice(Employment, "employment"), filter=True, when="tells_employment"
    )
    term_from: Mapped[date | None] = field("任期起", hide="list")
    term_until: Mapped[date | None] = field("任期止", filter=True, hide="list", not_before="term_from")
    active: Mapped[bool] = field("在岗", default=True, filter=True)
    remark: Mapped[str | None] = field("备注", String(500), hide="list", sort_order=50)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        # A plain __mapper_args__ would replace that of Versioned.
        return {"polymorphic_on": "kind", "polymorphic_abstract": True, "version_id_col": cls.version}


class ChiefServiceOfficer(Staff):
    """项目首席服务员: serves key projects and key enterprises one to one. Source: Z 附件1 一."""

    __title__ = "项目首席服务员"
    __when__ = "has_chief_officers"
    __mapper_args__ = {"polymorphic_identity": "chief_service_officer"}


class GeneralAgent(Staff):
    """全科代办员 (B 代办帮办人员, H 帮代办专员): sits at the 综合窗口. Source: Z 四."""

    __title__ = "全科代办员"
    __mapper_args__ = {"polymorphic_identity": "general_agent"}

    window_id: Mapped[int | None] = field(
        "所在窗口", ForeignKey("service_window.id"), index=True, where={"active": True}
    )
    window: Mapped[Window | None] = relationship()


class DepartmentLiaison(Staff):
    """部门业务专办员: handles items of the department that named them. Source: Z 首段, H 四(三)."""

    __title__ = "部门业务专办员"
    __mapper_args__ = {"polymorphic_identity": "department_liaison"}


class DepartmentLeader(Staff):
    """部门责任领导: one a department; names its liaisons. Source: H 四(二)."""

    __title__ = "部门责任领导"
    __mapper_args__ = {"polymorphic_identity": "department_leader"}


class User(Versioned, Base):
    """账号: one person who logs in, with one role, in one county or (市级查看) over several."""

    __tablename__ = "user"
    __title__ = "账号"
    __label__ = "display_name"
    __hint__ = "username"

    username: Mapped[str] = field("用户名", String(60), unique=True, search=True)
    display_name: Mapped[str] = field("姓名", String(30), search=True)
    role: Mapped[Role | None] = field(
        "角色", choice(Role, "role"), filter=True, help="由安全管理员授予；没有角色的账号什么也不能做"
    )
    county_id: Mapped[int | None] = field("县（旗）", ForeignKey("county.id"), index=True, filter=True)
    county: Mapped[County | None] = relationship()
    department_id: Mapped[int | None] = field(
        "部门", ForeignKey("department.id"), help="部门责任领导、专办员、重点名单管理员必填"
    )
    department: Mapped[Department | None] = relationship()
    staff_id: Mapped[int | None] = field("对应服务人员", ForeignKey("staff.id"), help="代办员、首席服务员、专办员必填")
    staff: Mapped[Staff | None] = relationship()
    station_id: Mapped[int | None] = field(
        "所在服务站",
        ForeignKey("service_window.id"),
        where={"kind": WindowKind.STATION, "active": True},
        help="基层政务服务站的账号必填",
        hide="list",
    )
    station: Mapped[Window | None] = relationship()
    keeps: Mapped[DesignationTarget | None] = field(
        "管理的名单", choice(DesignationTarget, "keeps"), help="重点名单管理员必填", hide="list"
    )
    active: Mapped[bool] = field("启用", default=True, filter=True)
    must_change_password: Mapped[bool] = field("首次登录须改密码", default=True, hide="form list")
    password_hash: Mapped[str] = mapped_column(String(200))
    session_epoch: Mapped[int] = mapped_column(default=0)
    supervised: Mapped[list[SupervisedCounty]] = relationship(cascade="all, delete-orphan")
