"""The content of every workbook: columns, titles, totals. `excel.styles` holds its look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any, Literal

from models.base import Base
from models.cases import Completion, ServiceCase, Termination
from models.fields import Field, field_of, fields_of, mask
from models.ledger import LedgerEntry
from models.people import ChiefServiceOfficer
from models.projects import Assignment, Enterprise, KeyDesignation, Project
from models.types import day_in_words

#: The format of a column's values: prose, names and codes, whole numbers, shares, …
Look = Literal["text", "centre", "integer", "money", "date", "moment", "rate"]
#: Text columns of at most this length hold names and codes, and are centred; longer ones are prose.
SHORT = 60


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its key in the rows, header, look, and width in Excel characters."""

    key: str
    heading: str
    look: Look
    width: float
    #: Holds phone numbers, which are masked for some roles.
    sensitive: bool = False
    #: Holds numbers that are summed in 合计.
    summed: bool = False


def cell_style(field: Field) -> Look:
    """The format of a model column's values."""
    looks: dict[str, Look] = {"money": "money", "integer": "integer", "date": "date", "datetime": "moment"}
    length = getattr(field.column.type, "length", None) if field.column is not None else None
    narrow = field.kind in ("bool", "choice", "ref") or (length or SHORT + 1) <= SHORT
    return looks.get(field.kind, "centre" if narrow else "text")


def column(field: Field, width: float, *, units: bool = False, heading: str | None = None) -> Column:
    """A model column as a sheet column. `units`: put the unit into the header; a ledger has it above the header."""
    named = field.heading if units else field.label
    look = cell_style(field)
    return Column(field.name, heading or named, look, width, field.sensitive, summed=look == "money")


#: Width of each ledger column. Twenty-seven columns share the 273 mm of A4 landscape: text is as
#: narrow as its words allow and wraps, so that the page is scaled down less.
LEDGER_WIDTHS: Mapping[str, float] = {
    "number": 13.6,
    "accepted_on": 9.8,
    "channel": 5,
    "mode": 5,
    "applicant": 13.8,
    "handler": 6.8,
    "phone": 11.6,
    "project_name": 15.8,
    "project_code": 12.8,
    "investment": 11.6,
    "is_key": 5,
    "category": 8.8,
    "items": 13.8,
    "departments": 13.8,
    "agent": 6.8,
    "officer": 6.8,
    "limit": 5.9,
    "due_on": 9.8,
    "state": 8,
    "progress": 15.8,
    "approved_on": 10.2,
    "delivery": 9.8,
    "closed_on": 9.8,
    "overdue": 5,
    "rating": 7.8,
    "remark": 9.8,
}
NUMBER_WIDTH = 4.6
TABLE_WIDTHS: Mapping[str, float] = {
    "money": 14,
    "integer": 9,
    "date": 12,
    "datetime": 17,
    "bool": 9,
    "choice": 13,
    "ref": 22,
    "text": 20,
    "long": 32,
}

#: 帮办代办工作台账, 领域 10 (a): the model's columns, in its order, after 序号.
LEDGER: tuple[Column, ...] = tuple(
    column(f, LEDGER_WIDTHS[f.key]) for f in fields_of(LedgerEntry, "export") if f.key != "county_id"
)
#: The keys of a ledger row: those columns, then the marks that are put before 备注.
LEDGER_KEYS: tuple[str, ...] = (*(c.key for c in LEDGER), "late", "handwritten", "green_channel")


def _model_column(model: type[Base], key: str, width: float, heading: str | None = None) -> Column:
    return column(field_of(model, key), width, heading=heading)


#: 重点项目首席服务员分包台账. Source: 领域 10 (b); W, Z 附件1 一.
PROJECTS: tuple[Column, ...] = (
    _model_column(Project, "name", 18),
    _model_column(Project, "code", 13),
    _model_column(Project, "enterprise", 15),
    _model_column(Project, "investment", 11),
    _model_column(Project, "scale", 16),
    _model_column(Project, "address", 13),
    _model_column(Project, "funding", 9.4),
    _model_column(Project, "land", 6),
    _model_column(Project, "started", 6),
    _model_column(KeyDesignation, "decided_by", 10.6),
    _model_column(KeyDesignation, "basis", 12.6, "列入文号"),
    _model_column(Project, "officer", 8.4),
    Column("position", "单位职务", "centre", 12),
    _model_column(ChiefServiceOfficer, "phone", 11.8, "电话"),
    _model_column(Assignment, "since", 10),
    _model_column(Assignment, "agreement_number", 12),
    Column("items", "在办/办结事项数", "centre", 9),
    _model_column(Project, "problems", 15),
    _model_column(Project, "measures", 15),
)
#: 重点企业台账. Source: 领域 10 (c); W, Z 附件1 一.
ENTERPRISES: tuple[Column, ...] = (
    _model_column(Enterprise, "name", 20, "企业名称"),
    _model_column(Enterprise, "credit_code", 19, "信用代码"),
    _model_column(Enterprise, "industry", 11),
    _model_column(Enterprise, "address", 18),
    _model_column(Enterprise, "principal", 8),
    _model_column(Enterprise, "principal_phone", 12, "电话"),
    _model_column(KeyDesignation, "decided_by", 12),
    _model_column(KeyDesignation, "designated_on", 11),
    _model_column(Enterprise, "officer", 9),
    _model_column(Enterprise, "demands", 20),
    Column("contacted_on", "最近联系日", "date", 11),
    _model_column(Enterprise, "progress", 20),
    _model_column(Enterprise, "remark", 14),
)
#: 办结/终止台账. Source: 领域 10 (d); W, Z 附件4-5.
ENDED: tuple[Column, ...] = (
    _model_column(Completion, "number", 16, "单据编号"),
    Column("kind", "类型", "centre", 6),
    _model_column(Project, "name", 22),
    _model_column(Project, "code", 15, "项目编号"),
    Column("applicant", "申请单位", "text", 18),
    _model_column(ServiceCase, "accepted_on", 11, "受理日"),
    _model_column(ServiceCase, "ended_on", 11, "办结/终止日"),
    Column("days", "用时（工作日）", "integer", 8),
    Column("reason", "终止原因", "text", 15),
    _model_column(Termination, "returned", 16, "资料移交"),
    Column("way", "送达方式", "centre", 10),
    _model_column(ServiceCase, "archive_number", 14),
)


def _count(key: str, heading: str, width: float) -> Column:
    return Column(key, heading, "integer", width, summed=True)


def ratings(grades: Sequence[str]) -> tuple[Column, ...]:
    """评价汇总表 of a county with this scale. Source: 领域 10 (e); W, Z 附件1 六; H 五(五)."""
    return (
        Column("subject", "评价对象", "centre", 18),
        Column("kind", "对象类型", "centre", 14),
        _count("due", "应评数", 8),
        _count("given", "实评数", 8),
        _count("late", "其中补录", 8),
        *(_count(f"grade {name}", name, 9) for name in grades),
        Column("rated", "参评率", "rate", 8.6),
        Column("satisfied", "满意率", "rate", 8.6),
        _count("bad", "差评数", 8),
        _count("corrected", "申诉更正", 8),
        _count("rectified", "已整改数", 9),
        Column("rectified_share", "整改率", "rate", 8.6),
        Column("revisited_share", "回访率", "rate", 8.6),
        Column("opinions", "主要意见", "text", 34),
    )


#: The figures of the 统计 sheet by code, as `Figures` has them, with what they are called in a month.
FIGURE_LABELS: Mapping[str, str] = {
    "carried": "上期结转",
    "received": "本月受理",
    "closed": "本月办结",
    "terminated": "本月终止",
    "open": "期末在办",
}


@dataclass(frozen=True)
class Figures:
    """Numbers of cases: 上期结转, 本期受理, 办结, 终止, 在办; the first two equal the last three."""

    carried: int = 0
    received: int = 0
    closed: int = 0
    terminated: int = 0
    open: int = 0

    @classmethod
    def total(cls, several: Iterable[Figures]) -> Figures:
        """The sum of `several`, figure by figure."""
        rows = [astuple(f) for f in several]
        return cls(*(sum(numbers) for numbers in zip(*rows, strict=True))) if rows else cls()


@dataclass(frozen=True)
class Statistics:
    """The 统计 sheet: figures by 事项类别 (of a month) or by 月份 (of a year), their total, and 按期办结率.

    `year`: totals since January, on a month's sheet only.
    """

    by: Literal["category", "month"]
    rows: Mapping[str, Figures]
    total: Figures
    on_time_rate: float | None
    year: Figures | None = None


@dataclass(frozen=True)
class FigureTable:
    """Figures by name of a person or department. A cell is a number, a share (0.95) or a word."""

    title: str
    headers: Sequence[str]
    rows: Sequence[tuple[str, Sequence[int | float | str]]]
    #: Columns (from 0) that the bar chart shows.
    drawn: Sequence[int] = ()
    #: Columns whose numbers are shares of one.
    shares: frozenset[int] = frozenset()


@dataclass(frozen=True)
class LedgerSheet:
    """A ledger in a workbook: the sheet's name, its title, its columns after 序号 and its rows."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    #: Text above the header on the right: 单位：万元, and how the rows were selected.
    note: str = "单位：万元"
    #: The counting word for its rows.
    measure: str = "件"
    empty: str = "本月无业务"


@dataclass(frozen=True)
class Book:
    """A workbook of ledgers: title with period, reporting office, date, sheets."""

    title: str
    reporter: str
    made_on: date
    sheets: Sequence[LedgerSheet]
    statistics: Statistics | None = None
    groups: Sequence[FigureTable] = ()

    @property
    def made_in_words(self) -> str:
        """填报日期 as it is printed: 2026年11月5日."""
        return day_in_words(self.made_on)


def ledger_cells(entry: Sequence[Any], *, masked: bool) -> list[Any]:
    """The cells of one row of LEDGER_KEYS, phones masked if asked, with 补录, 手工 and 绿色通道 before 备注."""
    *values, late, handwritten, green = entry
    if masked:
        values = mask_phones(LEDGER, values)
    values[-1] = marked_remark(values[-1], late, handwritten, green)
    return values


def mask_phones(columns: Sequence[Column], values: Sequence[Any]) -> list[Any]:
    """The values, with phone numbers masked in the middle."""
    return [mask(v) if c.sensitive and v else v for c, v in zip(columns, values, strict=True)]


def marked_remark(remark: str | None, late: bool, handwritten: bool, green: bool = False) -> str | None:
    """备注, prefixed with 补录 for a late row, 手工 for a handwritten one and 绿色通道."""
    marks = [word for word, on in (("补录", late), ("手工", handwritten), ("绿色通道", green)) if on]
    return "；".join([*marks, *([remark] if remark else [])]) or None
