"""Records of the program itself: audit, number sequences, attachments, imports, submitted forms, saved views."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypedDict

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.actions import AuditAction, AuditResult
from models.base import Base, CountyScoped, TableCode, Versioned
from models.fields import FIRST_DAY, LAST_DAY, field
from models.people import Role, User
from models.places import County, CountyOption, OptionKind
from models.types import BigId, Coded, Labelled, Moment, Unit, choice, now


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
    role: Mapped[Role | None] = field("角色", Coded(Role, 20), filter=True)
    county_id: Mapped[int | None] = field("县（旗）", ForeignKey("county.id"), filter=True)
    county: Mapped[County | None] = relationship()
    address: Mapped[str | None] = field("来源地址", String(45), search=True)
    action: Mapped[AuditAction] = field("动作", Coded(AuditAction, 40), filter=True)
    object_type: Mapped[Labelled | None] = field("对象类型", TableCode(40), filter=True)
    object_id: Mapped[int | None] = field("对象编号", BigId)
    object_label: Mapped[str | None] = field("对象", String(120), search=True)
    result: Mapped[AuditResult] = field("结果", Coded(AuditResult, 200), default=AuditResult.DONE, filter=True)
    note: Mapped[str | None] = field("说明", String(200), search=True)
    user_id: Mapped[int | None] = mapped_column(BigId)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class NumberKind(Labelled):
    """What is numbered, each by itself, each year anew."""

    CASE = "case", "受理编号"
    COMPLETION = "completion", "办结单编号"
    TERMINATION = "termination", "终止单编号"
    AGREEMENT = "agreement", "委托协议编号"
    URGE = "urge", "督办单编号"
    ARCHIVE = "archive", "归档号"


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
    year: Mapped[int] = field("年份", least=FIRST_DAY.year, most=LAST_DAY.year)
    next_value: Mapped[int] = field("下一个号", default=1, least=1)


class CalendarDay(Versioned, Base):
    """工作日历: a day that is not what its weekday says. Without a county it holds for all of them.

    Source: the State Council's yearly notice; a county's own holidays (H: 肉孜节, 古尔邦节).
    """

    __tablename__ = "calendar_day"
    __title__ = "工作日历"
    __label__ = "day"
    __natural__ = (("day",),)
    __table_args__ = (
        Index(
            "uq_calendar_day_national",
            "day",
            unique=True,
            sqlite_where=text("county_id IS NULL"),
            postgresql_where=text("county_id IS NULL"),
        ),
        Index(
            "uq_calendar_day_county",
            "county_id",
            "day",
            unique=True,
            sqlite_where=text("county_id IS NOT NULL"),
            postgresql_where=text("county_id IS NOT NULL"),
        ),
    )

    day: Mapped[date] = field("日期", filter=True)
    is_workday: Mapped[bool] = field("上班", filter=True, default=False, help="勾选为调休上班，不勾为放假")
    name: Mapped[str | None] = field("节日或事由", String(40), search=True, aliases=("节日", "事由"))
    county_id: Mapped[int | None] = field("县（旗）", ForeignKey("county.id"), filter=True, hide="form")
    county: Mapped[County | None] = relationship()
    document: Mapped[str | None] = field("依据文件", String(120), hide="list")
    source: Mapped[str | None] = field("来源", String(60), hide="list")


class Attachment(CountyScoped, Base):
    """附件: a scan or a picture that belongs to a row; seen by whoever sees that row."""

    __tablename__ = "attachment"
    __title__ = "附件"
    __table_args__ = (Index("ix_attachment_owner", "owner_table", "owner_id"),)

    name: Mapped[str] = field("文件名", String(120))
    size: Mapped[int] = field("大小", unit=Unit.BYTES)
    paper_id: Mapped[int | None] = field(
        "单据", ForeignKey("county_option.id"), where={"kind": OptionKind.PAPER, "active": True}
    )
    paper: Mapped[CountyOption | None] = relationship()
    remark: Mapped[str | None] = field("说明", String(100))
    uploaded_at: Mapped[datetime] = field("上传时间", Moment, default=now)
    uploaded_by_id: Mapped[int | None] = field("上传人", ForeignKey("user.id"))
    uploaded_by: Mapped[User | None] = relationship()
    owner_table: Mapped[str] = mapped_column(String(40))
    owner_id: Mapped[int] = mapped_column(BigId)
    stored_name: Mapped[str] = mapped_column(String(40), unique=True)
    media_type: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))


class Merger(CountyScoped, Versioned, Base):
    """合并记录: which row was merged into which one, and every column that this changed, so that it can be undone."""

    __tablename__ = "merger"
    __title__ = "合并记录"
    __label__ = "gone_name"
    __table_args__ = (Index("ix_merger_target_kept", "target", "kept_id"),)

    target: Mapped[Labelled] = field("对象类型", TableCode(40), hide="form")
    gone_name: Mapped[str] = field("并入的", String(120), search=True, hide="form")
    kept_name: Mapped[str] = field("保留的", String(120), search=True, hide="form")
    reason: Mapped[str] = field("原因", String(200), hide="form")
    merged_at: Mapped[datetime] = field("合并时间", Moment, default=now, filter=True, hide="form")
    merged_by_id: Mapped[int | None] = field("合并人", ForeignKey("user.id"), hide="form")
    merged_by: Mapped[User | None] = relationship()
    undone_at: Mapped[datetime | None] = field("撤销时间", Moment, filter=True, hide="form")
    kept_id: Mapped[int] = mapped_column(BigId)
    gone_id: Mapped[int] = mapped_column(BigId)
    #: Each has table, id, column, old and new value, in the order in which they were made.
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class ImportState(Labelled):
    """States of an import."""

    CHECKED = "checked", "待确认"
    DONE = "done", "已导入"
    UNDONE = "undone", "已撤销"
    DROPPED = "dropped", "已放弃"


class ColumnsOfField(TypedDict):
    """A field that several columns of a workbook answer to: its name and label, and the place (from 0) that is read."""

    field: str
    label: str
    read: int
    columns: list[ColumnHeading]


class ColumnHeading(TypedDict):
    """A column of a workbook: its place (from 0), its letter, its heading."""

    place: int
    letter: str
    heading: str


class ImportBatch(CountyScoped, Versioned, Base):
    """导入: one uploaded workbook: what it would change or has changed, and who uploaded it when."""

    __tablename__ = "import_batch"
    __title__ = "导入记录"
    __label__ = "filename"

    filename: Mapped[str] = field("文件名", String(120), search=True, hide="form")
    title: Mapped[str] = field("导入内容", String(40), hide="form")
    plan: Mapped[str] = mapped_column(String(40))
    state: Mapped[ImportState] = field(
        "状态", choice(ImportState, "state"), default=ImportState.CHECKED, filter=True, hide="form"
    )
    created: Mapped[int] = field("新增", default=0, hide="form details")
    changed: Mapped[int] = field("变更", default=0, hide="form details")
    same: Mapped[int] = field("相同", default=0, hide="form details")
    wrong: Mapped[int] = field("错误", default=0, hide="form details")
    #: Fields that several columns of the workbook answer to, and the column that is read.
    columns: Mapped[list[ColumnsOfField] | None] = mapped_column(JSON)
    doubtful: Mapped[int] = field("提示", default=0, hide="form details")
    ignored: Mapped[str | None] = field("未导入或须核对的内容", Text, hide="form list")
    brought_at: Mapped[datetime] = field("上传时间", Moment, default=now, filter=True, hide="form")
    brought_by_id: Mapped[int | None] = field("上传人", ForeignKey("user.id"), hide="form")
    brought_by: Mapped[User | None] = relationship()
    done_at: Mapped[datetime | None] = field("导入时间", Moment, hide="form")
    undone_at: Mapped[datetime | None] = field("撤销时间", Moment, hide="form list")
    sha256: Mapped[str] = field("文件指纹", String(64), hide="form list")


class ImportFile(CountyScoped, Base):
    """The workbook of an import that waits for its confirmation."""

    __tablename__ = "import_file"
    __title__ = "导入文件"
    __label__ = "id"
    __audited__ = False

    batch_id: Mapped[int] = mapped_column(BigId, ForeignKey("import_batch.id"), unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class LineResult(Labelled):
    """What becomes of one row of a workbook."""

    CREATED = "created", "新增"
    CHANGED = "changed", "变更"
    WRONG = "wrong", "错误"


class LineNote(TypedDict, total=False):
    """What an import says of a line: of one cell, or of a new row as a whole."""

    #: The cell: B3; 第 3 行 when it is about the whole row.
    cell: str
    #: The heading of its column.
    column: str
    #: What the cell holds as text, and why it is refused or doubtful.
    typed: str
    reason: str
    doubt: str
    #: What a change replaces, and by what.
    old: str
    new: str
    #: All that a new row says, in one text to save space: there may be 50,000 lines. Its doubts are in `doubt`.
    contents: str


class ImportLine(CountyScoped, Base):
    """导入明细: what one row of the workbook changes, or why it is wrong; unchanged rows are only counted."""

    __tablename__ = "import_line"
    __title__ = "导入明细"
    __label__ = "label"
    __audited__ = False
    __table_args__ = (Index("ix_import_line_batch_row", "batch_id", "row_number"),)

    batch_id: Mapped[int] = field("导入记录", ForeignKey("import_batch.id"), hide="form list")
    batch: Mapped[ImportBatch] = relationship()
    row_number: Mapped[int] = field("行号", hide="form")
    result: Mapped[LineResult] = field("结果", choice(LineResult, "result"), hide="form", filter=True)
    label: Mapped[str | None] = field("名称", String(120), hide="form")
    notes: Mapped[list[LineNote]] = mapped_column(JSON)
    row_id: Mapped[int | None] = mapped_column(BigId)
    row_version: Mapped[int | None] = mapped_column()
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class IdempotencyKey(Base):
    """The key of a submitted form: submitting it again gives the same answer instead of a second row."""

    __tablename__ = "idempotency_key"
    __title__ = "表单编号"
    __label__ = "key"
    __audited__ = False

    key: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(BigId)
    location: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(Moment, default=now, index=True)


class SavedView(Base):
    """常用视图: the address of a list under a name, for its owner or, when shared, for their county.

    The view without a name stores the columns that its owner chose for the list, in order.
    """

    __tablename__ = "saved_view"
    __title__ = "常用视图"
    __audited__ = False
    __table_args__ = (UniqueConstraint("user_id", "list_table", "name"),)

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id"))
    county_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("county.id"))
    list_table: Mapped[str] = mapped_column(String(40), index=True)
    name: Mapped[str] = mapped_column(String(30))
    query: Mapped[str] = mapped_column(String(1000), default="")
    columns: Mapped[list[str] | None] = mapped_column(JSON)
    shared: Mapped[bool] = mapped_column(default=False)
