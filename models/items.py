"""Service items: what a case asks departments for."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, relationship

from models.base import ALIVE, Base, CountyScoped, Deletable, Versioned
from models.fields import field
from models.people import DepartmentLiaison
from models.places import Department
from models.types import Labelled, choice


class ItemCategory(Labelled):
    """Categories of items. Source: Z 三, 附件2."""

    STARTING = "starting", "企业开办手续"
    BUILDING = "building", "项目建设手续"
    UTILITIES = "utilities", "项目配套手续"
    OTHER = "other", "其他事项"


class LimitKind(Labelled):
    """How the days of a limit are counted. Source: DOMAIN section 6."""

    WORKING = "working", "工作日"
    CALENDAR = "calendar", "自然日"


class ServiceItem(CountyScoped, Versioned, Deletable, Base):
    """服务事项: one approval or public service of one department, with its time limit."""

    __tablename__ = "service_item"
    __title__ = "服务事项"
    __hint__ = None
    __table_args__ = (
        CheckConstraint("limit_days BETWEEN 1 AND 3650", name="limit_days_range"),
        Index(
            "uq_service_item_name", "county_id", "category", "name", unique=True,
            sqlite_where=text(ALIVE), postgresql_where=text(ALIVE),
        ),
    )

    name: Mapped[str] = field("事项名称", String(60), search=True)
    category: Mapped[ItemCategory] = field("类别", choice(ItemCategory, "category"), filter=True)
    department_id: Mapped[int] = field("责任部门", ForeignKey("department.id"), index=True, filter=True)
    department: Mapped[Department] = relationship()
    limit_days: Mapped[int] = field("承诺时限", unit="天")
    limit_kind: Mapped[LimitKind] = field(
        "时限单位", choice(LimitKind, "limit_kind"), default=LimitKind.WORKING
    )
    liaison_id: Mapped[int | None] = field("默认专办员", ForeignKey("staff.id"))
    liaison: Mapped[DepartmentLiaison | None] = relationship()
    illustrative: Mapped[bool] = field("示例时限", default=False, help="文件没有规定天数，按示例填写")
    origin: Mapped[str | None] = field("来源", String(60), hide="list")
    position: Mapped[int] = field("顺序", default=0, hide="list")
    active: Mapped[bool] = field("启用", default=True, filter=True)
