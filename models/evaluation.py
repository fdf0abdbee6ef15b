"""Evaluations and inspections of the service."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, CountyScoped, Versioned
from models.cases import ServiceCase, option
from models.fields import field
from models.ledger import LedgerMonth
from models.people import Staff
from models.places import CountyOption, Department, OptionKind, Window
from models.types import Labelled, choice


def once_a_ratee(kind: str) -> Index:
    """One evaluation a case, relation and ratee, held by the database."""
    where = text(f"{kind}_id IS NOT NULL")
    return Index(
        f"uq_evaluation_{kind}",
        "case_id",
        "relation_id",
        f"{kind}_id",
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


class Evaluation(CountyScoped, Versioned, Base):
    """评价: one rater's grade for one ratee of one case. Source: W, Z 附件1 六, 附件6; H 五(五)."""

    __tablename__ = "evaluation"
    __title__ = "评价"
    __label__ = "case.number"
    __table_args__ = (
        CheckConstraint("staff_id IS NULL OR window_id IS NULL", name="one_ratee"),
        once_a_ratee("staff"),
        once_a_ratee("window"),
    )

    case_id: Mapped[int] = field("帮办代办件", ForeignKey("service_case.id"), index=True)
    case: Mapped[ServiceCase] = relationship()
    relation_id: Mapped[int] = option("评价关系", OptionKind.RELATION, filter=True)  # type: ignore[assignment]
    relation: Mapped[CountyOption] = relationship(foreign_keys=[relation_id])
    staff_id: Mapped[int | None] = field("被评人员", ForeignKey("staff.id"), index=True, filter=True)
    staff: Mapped[Staff | None] = relationship()
    window_id: Mapped[int | None] = field("被评窗口", ForeignKey("service_window.id"), index=True, filter=True)
    window: Mapped[Window | None] = relationship()
    grade_id: Mapped[int | None] = option("评价等级", OptionKind.SCALE, filter=True)
    grade: Mapped[CountyOption | None] = relationship(foreign_keys=[grade_id])
    rater: Mapped[str] = field("评价人", String(30), hide="list", help="项目经办人或评价人，被评人看不到")
    evaluated_on: Mapped[date] = field("评价日期", filter=True, past=True)
    closed_on: Mapped[date | None] = field(
        "本件办结日期",
        index=True,
        filter=True,
        hide="list form",
        help="统计按它归月，与评价日期无关；该月已锁定的，计入下一个未锁定的月份，标“补录”",
    )
    opinion: Mapped[str | None] = field("意见建议", String(500))
    verified_on: Mapped[date | None] = field("核实日期", hide="list form", filter=True, group="差评处理")
    finding: Mapped[str | None] = field("核实情况", String(500), hide="list form")
    rectified_on: Mapped[date | None] = field("整改日期", hide="list form", filter=True)
    rectification: Mapped[str | None] = field("整改情况", String(500), hide="list form")
    revisited_on: Mapped[date | None] = field("回访日期", hide="list form", filter=True)
    revisit: Mapped[str | None] = field("回访情况", String(500), hide="list form")
    appealed_on: Mapped[date | None] = field("申诉日期", hide="list form", group="申诉")
    appeal: Mapped[str | None] = field("申诉理由", String(500), hide="list form")
    appeal_decided_on: Mapped[date | None] = field("申诉处理日期", hide="list form")
    appeal_decision: Mapped[str | None] = field("申诉处理意见", String(500), hide="list form")
    discounted: Mapped[bool] = field("申诉成立，不计入", default=False, hide="form", filter=True)
    #: Set when the month is locked; until then the rating counts in the first open month that covers `closed_on`.
    counted_in_id: Mapped[int | None] = field(
        "计入台账", ForeignKey("ledger_month.id"), index=True, filter=True, hide="list form", group="统计"
    )
    counted_in: Mapped[LedgerMonth | None] = relationship(foreign_keys=[counted_in_id])
    removed_in_id: Mapped[int | None] = field(
        "申诉更正计入台账", ForeignKey("ledger_month.id"), index=True, filter=True, hide="list form"
    )
    removed_in: Mapped[LedgerMonth | None] = relationship(foreign_keys=[removed_in_id])

    @property
    def counted_month(self) -> str | None:
        """The month whose lock counted the rating."""
        return self.counted_in.month if self.counted_in else None


class InspectionContent(Labelled):
    """The four contents of an inspection. Source: B 八."""

    MANDATE = "mandate", "委托书落实情况"
    LATE = "late", "超时限办理"
    CONDUCT = "conduct", "不作为、乱作为、吃拿卡要"
    ARCHIVE = "archive", "档案管理"


class Inspection(CountyScoped, Versioned, Base):
    """监督检查: what an inspector found, and whether it was put right. Source: B 八."""

    __tablename__ = "inspection"
    __title__ = "监督检查"
    __label__ = "subject"
    __table_args__ = (CheckConstraint("rectify_by >= inspected_on", name="rectify_after"),)

    subject: Mapped[str] = field("检查对象", String(100), search=True)
    content: Mapped[InspectionContent] = field("检查内容", choice(InspectionContent, "content"), filter=True)
    inspected_on: Mapped[date] = field("检查日期", filter=True, past=True)
    inspector: Mapped[str] = field("检查人", String(30))
    case_id: Mapped[int | None] = field("帮办代办件", ForeignKey("service_case.id"), index=True)
    case: Mapped[ServiceCase | None] = relationship()
    department_id: Mapped[int | None] = field("被查部门", ForeignKey("department.id"), filter=True)
    department: Mapped[Department | None] = relationship()
    finding: Mapped[str] = field("检查情况", String(1000), hide="list")
    rectify_by: Mapped[date | None] = field("整改期限", filter=True, not_before="inspected_on")
    rectified_on: Mapped[date | None] = field("整改完成日期", filter=True, past=True)
    rectification: Mapped[str | None] = field("整改情况", String(500), hide="list")
