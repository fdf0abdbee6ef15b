"""The month's ledger: its rows as of the end of the month, and the signed file."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, CountyScoped, Versioned
from models.cases import ServiceCase
from models.fields import field
from models.name_keys import Numbered
from models.people import User
from models.types import BigId, Labelled, Moment, Money, Tone, Unit, choice

#: Between the names that one cell of a ledger joins.
JOINT = "、"


class MonthState(Labelled):
    """A month's ledger is worked on, or signed and frozen."""

    OPEN = "open", "未锁定", Tone.INFO
    LOCKED = "locked", "已锁定", Tone.GOOD


class Outcome(Labelled):
    """What a row counts as at the end of its month. Source: 领域 10."""

    OPEN = "open", "在办", Tone.INFO
    CLOSED = "closed", "办结", Tone.GOOD
    TERMINATED = "terminated", "终止", Tone.BAD


class LedgerMonth(CountyScoped, Versioned, Base):
    """台账（月）. Source: H 五(六)."""

    __tablename__ = "ledger_month"
    __title__ = "台账（月）"
    __label__ = "month"
    __table_args__ = (
        UniqueConstraint("county_id", "month"),
        CheckConstraint("length(month) = 7", name="month_yyyy_mm"),
        CheckConstraint("(state = 'locked') = (locked_at IS NOT NULL)", name="locked_has_time"),
    )

    month: Mapped[str] = field("月份", String(7), search=True, filter=True, help="如 2026-10")
    state: Mapped[MonthState] = field(
        "状态", choice(MonthState, "state"), default=MonthState.OPEN, filter=True, hide="form"
    )
    refreshed_at: Mapped[datetime | None] = field("最近更新数据", Moment, hide="form")
    locked_at: Mapped[datetime | None] = field("锁定时间", Moment, hide="form")
    locked_by_id: Mapped[int | None] = field("锁定人", ForeignKey("user.id"), hide="form")
    locked_by: Mapped[User | None] = relationship()
    sha256: Mapped[str | None] = field("文件校验值（SHA-256）", String(64), hide="list form")
    #: Set of a month opened on purpose before the county's first ledger. It stands apart from the months that
    #: follow one another: it holds no lock up, and no later month catches up on it.
    reason: Mapped[str | None] = field("补建原因", String(200), hide="list", help="只有补建早于第一本台账的月份时填写")
    remark: Mapped[str | None] = field("备注", String(500))
    #: The figures of a locked month, made by `services.statistics.figures.stored_figures`; None of an open one.
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)


class LedgerFile(CountyScoped, Base):
    """The workbook of a locked month; every download returns it byte for byte."""

    __tablename__ = "ledger_file"
    __title__ = "台账文件"
    __label__ = "name"

    month_id: Mapped[int] = mapped_column(BigId, ForeignKey("ledger_month.id"), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    #: When it was put into the office's folder, where there is one.
    handed_out_at: Mapped[datetime | None] = mapped_column(Moment)


class LedgerEntry(CountyScoped, Versioned, Numbered, Base):
    """台账明细: one case in one month, its items and departments joined by 、.

    The fields, in their order, are the columns of 帮办代办工作台账. Source: 领域 10 (a).
    """

    __tablename__ = "ledger_entry"
    __title__ = "台账明细"
    __label__ = "number"
    __audited__ = False
    __table_args__ = (
        Index("uq_ledger_entry_month_case", "month_id", "case_id", unique=True),
        Index("ix_ledger_entry_month_order", "month_id", "accepted_on", "number"),
        Index("ix_ledger_entry_county_number_key", "county_id", "number_key"),
    )

    month_id: Mapped[int] = field("月份", ForeignKey("ledger_month.id"), filter=True, hide="export", group="台账")
    month: Mapped[LedgerMonth] = relationship()
    case_id: Mapped[int | None] = field(
        "帮办代办件", ForeignKey("service_case.id"), index=True, hide="list form export"
    )
    case: Mapped[ServiceCase | None] = relationship()
    number: Mapped[str | None] = field("受理编号", String(60), search=True, sort_by="number_key")
    accepted_on: Mapped[date | None] = field("受理日期", filter=True)
    channel: Mapped[str | None] = field("申请渠道", String(40))
    mode: Mapped[str | None] = field("服务方式", String(40))
    applicant: Mapped[str] = field("申请单位", String(100), search=True)
    handler: Mapped[str | None] = field("经办人", String(30))
    phone: Mapped[str | None] = field("联系电话", String(30), sensitive=True)
    project_name: Mapped[str | None] = field("项目名称", String(120), search=True, group="项目")
    project_code: Mapped[str | None] = field("项目代码", String(30))
    investment: Mapped[Decimal | None] = field("投资总额", Money, unit=Unit.WAN_YUAN)
    is_key: Mapped[bool] = field("是否重点", default=False, filter=True)
    category: Mapped[str | None] = field("事项类别", String(60), group="办理", filter=True)
    items: Mapped[str | None] = field("具体事项", String(500))
    departments: Mapped[str | None] = field("责任部门", String(500), filter=True)
    agent: Mapped[str | None] = field("代办员", String(30), filter=True)
    officer: Mapped[str | None] = field("首席服务员", String(30), filter=True, when="has_chief_officers")
    limit: Mapped[str | None] = field("承诺时限", String(40))
    due_on: Mapped[date | None] = field("应办结日")
    state: Mapped[str | None] = field("当前状态", String(20))
    progress: Mapped[str | None] = field("进展及问题", String(500), help="手工填写，更新数据时保留")
    approved_on: Mapped[date | None] = field("审批完成日", group="结果")
    delivery: Mapped[str | None] = field("送达日期及方式", String(60))
    closed_on: Mapped[date | None] = field("办结日")
    overdue: Mapped[bool] = field("是否超期", default=False, filter=True)
    rating: Mapped[str | None] = field("评价", String(40), filter=True)
    remark: Mapped[str | None] = field("备注", String(500), help="手工填写，更新数据时保留")
    outcome: Mapped[Outcome] = field(
        "月末归类", choice(Outcome, "outcome"), default=Outcome.OPEN, filter=True, hide="export"
    )
    received_here: Mapped[bool] = field("计入本月受理", default=False, filter=True, hide="export")
    green_channel: Mapped[bool] = field(
        "绿色通道", default=False, filter=True, hide="form export", when="has_green_channel"
    )
    station: Mapped[str | None] = field(
        "基层政务服务站", String(60), filter=True, hide="form export", when="has_stations"
    )
    late: Mapped[bool] = field("补录", default=False, filter=True, hide="form export")
    handwritten: Mapped[bool] = field("手工行", default=False, hide="form export")
