"""Service items: what a case asks departments for."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, CountyScoped, Deletable, Versioned, unique_alive
from models.fields import field
from models.name_keys import Named
from models.people import DepartmentLiaison
from models.places import Department
from models.types import Labelled, Unit, choice


class ItemCategory(Labelled):
    """Categories of items. Source: Z 三, 附件2."""

    STARTING = "starting", "企业开办手续"
    BUILDING = "building", "项目建设手续"
    UTILITIES = "utilities", "项目配套手续"
    OTHER = "other", "其他事项"


class LimitKind(Labelled):
    """How the days of a limit are counted. Source: 领域 6."""

    WORKING = "working", "工作日"
    CALENDAR = "calendar", "自然日"


class ServiceItem(CountyScoped, Versioned, Deletable, Named, Base):
    """服务事项: one approval or public service of one department, with its time limit."""

    __tablename__ = "service_item"
    __title__ = "服务事项"
    __hint__ = None
    __natural__ = (("category", "name"),)
    __table_args__ = (
        CheckConstraint("limit_days BETWEEN 0 AND 3650", name="limit_days_range"),
        unique_alive("service_item", "category", "name"),
        Index("ix_service_item_county_name_key", "county_id", "name_key"),
    )

    name: Mapped[str] = field("事项名称", String(60), search=True, aliases=("具体事项", "服务事项"))
    category: Mapped[ItemCategory] = field("类别", choice(ItemCategory, "category"), filter=True)
    department_id: Mapped[int] = field("责任部门", ForeignKey("department.id"), index=True, filter=True)
    department: Mapped[Department] = relationship()
    limit_days: Mapped[int] = field(
        "承诺时限", unit=Unit.DAYS, most=3650, aliases=("承诺时限", "办理时限", "时限"), help="即办的填 0"
    )
    limit_kind: Mapped[LimitKind] = field("时限单位", choice(LimitKind, "limit_kind"), default=LimitKind.WORKING)
    liaison_id: Mapped[int | None] = field("默认专办员", ForeignKey("staff.id"), where={"active": True})
    liaison: Mapped[DepartmentLiaison | None] = relationship()
    livelihood: Mapped[bool] = field(
        "民生保障事项",
        default=False,
        filter=True,
        hide="list",
        when="eligibility_checked",
        help="行动不便或特殊群众可以申请",
    )
    for_new_firms: Mapped[bool] = field(
        "新注册企业事项", default=False, filter=True, hide="list", when="eligibility_checked"
    )
    illustrative: Mapped[bool] = field("示例时限", default=False, help="文件没有规定天数，按示例填写")
    origin: Mapped[str | None] = field("来源", String(60), hide="list")
    position: Mapped[int] = field("顺序", default=0, hide="list")
    active: Mapped[bool] = field("启用", default=True, filter=True)


class ItemMaterial(CountyScoped, Versioned, Base):
    """事项材料: what an applicant brings for an item; the list of 一次性告知 starts from it."""

    __tablename__ = "item_material"
    __title__ = "事项材料"
    __table_args__ = (UniqueConstraint("item_id", "name"),)

    item_id: Mapped[int] = field("服务事项", ForeignKey("service_item.id"), index=True, filter=True)
    item: Mapped[ServiceItem] = relationship()
    name: Mapped[str] = field("材料名称", String(100), search=True)
    copies: Mapped[int] = field("份数", default=1, unit=Unit.COPIES)
    original: Mapped[bool] = field("须原件", default=False)
    required: Mapped[bool] = field("必要材料", default=True, filter=True)
    position: Mapped[int] = field("顺序", default=0, hide="list")
