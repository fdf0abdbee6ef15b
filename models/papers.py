"""Papers: templates uploaded by a county, the print records, and what each paper said when it was first printed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, CountyScoped
from models.cases import ServiceCase
from models.fields import field
from models.people import User
from models.types import BigId, Labelled, Moment, choice, now


class PaperTemplate(CountyScoped, Base):
    """单据模板: a Word template that a county uses instead of the default one; old versions stay."""

    __tablename__ = "paper_template"
    __title__ = "单据模板"
    __label__ = "name"
    __table_args__ = (
        UniqueConstraint("county_id", "paper", "number"),
        Index(
            "uq_paper_template_active",
            "county_id",
            "paper",
            unique=True,
            sqlite_where=text("active"),
            postgresql_where=text("active"),
        ),
    )

    name: Mapped[str] = field("文件名", String(120))
    number: Mapped[int] = field("版本")
    uploaded_at: Mapped[datetime] = field("上传时间", Moment, default=now)
    uploaded_by_id: Mapped[int | None] = field("上传人", ForeignKey("user.id"))
    uploaded_by: Mapped[User | None] = relationship()
    active: Mapped[bool] = field("启用", default=True)
    #: The paper, as `documents.papers.KINDS` names it.
    paper: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class PrintForm(Labelled):
    """In which form a paper was produced."""

    WORD = "word", "Word 文件"
    PAGE = "page", "网页打印"
    BATCH = "batch", "批量"


class PaperPrint(CountyScoped, Base):
    """打印记录: which paper of a case was produced, in which form, when and by whom."""

    __tablename__ = "paper_print"
    __title__ = "打印记录"
    __label__ = "title"
    __audited__ = False

    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("service_case.id"), index=True)
    case: Mapped[ServiceCase] = relationship()
    #: The paper, as `documents.papers.KINDS` names it; None for old records whose title is no longer in use.
    paper: Mapped[str | None] = mapped_column(String(20))
    title: Mapped[str] = field("单据", String(60))
    form: Mapped[PrintForm] = field("方式", choice(PrintForm, "form"))
    printed_at: Mapped[datetime] = field("时间", Moment, default=now)
    printed_by_id: Mapped[int | None] = field("打印人", ForeignKey("user.id"))
    printed_by: Mapped[User | None] = relationship()
    template_number: Mapped[int | None] = field("模板版本", help="空为默认模板")


class PrintedTemplate(CountyScoped, Base):
    """A template that papers were printed with, each once: reprints of archived cases need it for ever."""

    __tablename__ = "printed_template"
    __title__ = "印过的模板"
    __label__ = "digest"
    __audited__ = False
    __table_args__ = (UniqueConstraint("county_id", "digest"),)

    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class PrintedPaper(CountyScoped, Base):
    """What a paper said when it was first printed: its values by the codes of the variables.

    `owner_table` and `owner_id` name the row that the paper is about: a case, a slip, a work record. `edition` tells
    papers of one row apart, such as two 一次性告知书 of different days.
    """

    __tablename__ = "printed_paper"
    __title__ = "印出的内容"
    __label__ = "paper"
    __audited__ = False
    __table_args__ = (UniqueConstraint("county_id", "owner_table", "owner_id", "paper", "edition"),)

    paper: Mapped[str] = mapped_column(String(20))
    owner_table: Mapped[str] = mapped_column(String(40))
    owner_id: Mapped[int] = mapped_column(BigId)
    edition: Mapped[str] = mapped_column(String(20), default="")
    title: Mapped[str] = mapped_column(String(60))
    values: Mapped[dict[str, str]] = mapped_column(JSON)
    template_number: Mapped[int | None] = mapped_column()
    template_id: Mapped[int] = mapped_column(BigId, ForeignKey("printed_template.id"))
    template: Mapped[PrintedTemplate] = relationship()
    printed_at: Mapped[datetime] = mapped_column(Moment, default=now)
