"""What the program keeps of itself: audit, numbers given out, forms already carried out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, CountyScoped, Versioned
from models.fields import field
from models.places import County
from models.types import BigId, Labelled, Moment, choice, now


class AuditEntry(Base):
    """审计记录: who did what, when, from where, and what it was before and after. Never changed."""

    __tablename__ = "audit_entry"
    __title__ = "审计记录"
    __label__ = "action"
    __audited__ = False
    __table_args__ = (
        Index("ix_audit_entry_object", "object_type", "object_id"),
        Index("ix_audit_entry_username_at", "username", "at"),
    )

    at: Mapped[datetime] = field("时间", Moment, default=now, filter=True, index=True)
    username: Mapped[str] = field("用户名", String(60), search=True)
    role: Mapped[str | None] = field("角色", String(20))
    county_id: Mapped[int | None] = field("县（旗）", ForeignKey("county.id"), filter=True)
    county: Mapped[County | None] = relationship()
    address: Mapped[str | None] = field("来源地址", String(45), search=True)
    action: Mapped[str] = field("动作", String(40), search=True)
    object_type: Mapped[str | None] = field("对象类型", String(40), search=True)
    object_id: Mapped[int | None] = field("对象编号", BigId)
    object_label: Mapped[str | None] = field("对象", String(120), search=True)
    result: Mapped[str] = field("结果", String(200), default="成功")
    user_id: Mapped[int | None] = mapped_column(BigId)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class NumberKind(Labelled):
    """What is numbered, each by itself, each year anew."""

    CASE = "case", "受理编号"
    COMPLETION = "completion", "办结单编号"
    TERMINATION = "termination", "终止单编号"


class NumberSequence(CountyScoped, Versioned, Base):
    """编号: the next number of one kind in one county and year; without gaps."""

    __tablename__ = "number_sequence"
    __title__ = "编号"
    __label__ = "year"
    __audited__ = False
    __table_args__ = (
        UniqueConstraint("county_id", "kind", "year"),
        CheckConstraint("next_value >= 1", name="next_positive"),
    )

    kind: Mapped[NumberKind] = field("类别", choice(NumberKind, "kind"), filter=True)
    year: Mapped[int] = field("年份")
    next_value: Mapped[int] = field("下一个号", default=1)


class IdempotencyKey(Base):
    """A form that was carried out: sending it again leads to the same answer, not to a second row."""

    __tablename__ = "idempotency_key"
    __title__ = "表单编号"
    __label__ = "key"
    __audited__ = False

    key: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(BigId)
    location: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(Moment, default=now, index=True)
