"""Plain tables of the office: rules to go by, recurring problems, training, praise, phrases."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, CountyScoped, Versioned
from models.fields import field
from models.identifiers import document_number
from models.name_keys import Numbered
from models.people import Staff
from models.places import Department
from models.types import Labelled, Unit, choice


class PolicyDocument(CountyScoped, Versioned, Numbered, Base):
    """文件依据: a document that regulates the service."""

    __tablename__ = "policy_document"
    __title__ = "文件依据"
    __hint__ = "number"
    __table_args__ = (Index("ix_policy_document_county_number_key", "county_id", "number_key"),)

    name: Mapped[str] = field("文件名称", String(120), search=True)
    number: Mapped[str | None] = field("发文字号", String(60), search=True, check=document_number, sort_by="number_key")
    issuer: Mapped[str | None] = field("发文机关", String(60), filter=True)
    issued_on: Mapped[date | None] = field("发文日期", filter=True, past=True)
    effective_until: Mapped[date | None] = field("有效期至")
    summary: Mapped[str | None] = field("主要内容", String(1000), hide="list")


class CommonIssue(CountyScoped, Versioned, Base):
    """共性问题: a recurring problem and its solution. Source: H 五(六)."""

    __tablename__ = "common_issue"
    __title__ = "共性问题"
    __label__ = "description"

    description: Mapped[str] = field("问题描述", String(200), search=True)
    departments: Mapped[str | None] = field("涉及部门", String(200), help="多个部门用顿号分开")
    solution: Mapped[str | None] = field("解决办法", String(1000), hide="list")
    found_on: Mapped[date] = field("发现日期", filter=True, past=True)
    solved_on: Mapped[date | None] = field("解决日期", filter=True, past=True)


class Training(CountyScoped, Versioned, Base):
    """培训: of the service people. Source: Z 五(二)."""

    __tablename__ = "training"
    __title__ = "培训"

    name: Mapped[str] = field("培训主题", String(120), search=True)
    held_on: Mapped[date] = field("培训日期", filter=True, past=True)
    trainer: Mapped[str | None] = field("主讲人", String(30))
    attendees: Mapped[int | None] = field("参加人数", unit=Unit.PEOPLE)
    content: Mapped[str | None] = field("培训内容", String(1000), hide="list")


class Verdict(Labelled):
    """Praise or punishment. Source: Z 五(四)."""

    PRAISE = "praise", "表彰"
    PUNISHMENT = "punishment", "惩处"


class Commendation(CountyScoped, Versioned, Base):
    """表彰惩处: what a unit or a service person was praised or punished for. Source: Z 五(四)."""

    __tablename__ = "commendation"
    __title__ = "表彰惩处"
    __label__ = "reason"
    __table_args__ = (CheckConstraint("(department_id IS NULL) <> (staff_id IS NULL)", name="either_ratee"),)

    department_id: Mapped[int | None] = field(
        "单位", ForeignKey("department.id"), index=True, filter=True, help="单位和人员填其中一个"
    )
    department: Mapped[Department | None] = relationship()
    staff_id: Mapped[int | None] = field("人员", ForeignKey("staff.id"), index=True, filter=True)
    staff: Mapped[Staff | None] = relationship()
    verdict: Mapped[Verdict] = field("类别", choice(Verdict, "verdict"), filter=True)
    decided_on: Mapped[date] = field("决定日期", filter=True, past=True)
    basis: Mapped[str | None] = field("决定文号", String(60))
    reason: Mapped[str] = field("事由", String(200), search=True)


class ServicePhrase(CountyScoped, Versioned, Base):
    """规范用语: what to say at the window. Source: B 附件3."""

    __tablename__ = "service_phrase"
    __title__ = "规范用语"
    __label__ = "phrase"

    phrase: Mapped[str] = field("用语", String(200), search=True)
    scene: Mapped[str] = field("场景", String(40), filter=True, help="如：接待、电话、告知、送别")
    forbidden: Mapped[bool] = field("禁用语", default=False, filter=True)
