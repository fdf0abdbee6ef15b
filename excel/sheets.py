"""Every workbook we give: what stands in it. How it looks is `excel.write`'s."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import date

from models.fields import Field, fields_of
from models.ledger import LedgerEntry

#: 帮办代办工作台账 (DOMAIN section 10, a): the model's columns, in its order, after 序号.
LEDGER: tuple[Field, ...] = tuple(f for f in fields_of(LedgerEntry, "export") if f.key != "county_id")
#: What a row brings: those columns, then the marks that go before 备注.
LEDGER_KEYS: tuple[str, ...] = (*(f.key for f in LEDGER), "late", "handwritten")

#: Width of each ledger column, in characters of Excel. Twenty-seven columns share the 273 mm of A4
#: landscape: text is as narrow as its words allow and grows downwards, so that it prints larger.
LEDGER_WIDTHS: Mapping[str, float] = {
    "number": 13.6, "accepted_on": 9.8, "channel": 5, "mode": 5, "applicant": 13.8,
    "handler": 6.8, "phone": 11.6, "project_name": 15.8, "project_code": 12.8, "investment": 11.6,
    "is_key": 5, "category": 8.8, "items": 13.8, "departments": 13.8, "agent": 6.8, "officer": 6.8,
    "limit": 5.9, "due_on": 9.8, "state": 8, "progress": 15.8, "approved_on": 10.2,
    "delivery": 9.8, "closed_on": 9.8, "overdue": 5, "rating": 7.8, "remark": 9.8,
}  # fmt: skip
NUMBER_WIDTH = 4.6
TABLE_WIDTHS: Mapping[str, float] = {
    "money": 14, "integer": 9, "date": 12, "datetime": 17, "bool": 9, "choice": 13, "ref": 22,
    "text": 20, "long": 32,
}  # fmt: skip


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
class MonthFigures:
    """The 统计 sheet of one month: cases, the year so far, 按期办结率, and figures by 事项类别."""

    carried: int
    received: int
    closed: int
    terminated: int
    open: int
    year: Figures
    on_time_rate: float | None
    by_category: Mapping[str, Figures]


@dataclass(frozen=True)
class LedgerBook:
    """The words and figures around a ledger's rows. `title` is without the month."""

    title: str
    month: str
    reporter: str
    made_on: date
    figures: MonthFigures
    masked: bool

    @property
    def heading(self) -> str:
        """《…台账（2026年11月）》 without its marks."""
        year, month = self.month.split("-")
        return f"{self.title}（{year}年{int(month)}月）"

    @property
    def made_in_words(self) -> str:
        """填报日期 as it is printed: 2026年11月5日."""
        return f"{self.made_on.year}年{self.made_on.month}月{self.made_on.day}日"


def marked_remark(remark: str | None, late: bool, handwritten: bool) -> str | None:
    """备注 with 补录 and 手工 in front, where a row is so."""
    marks = [word for word, on in (("补录", late), ("手工", handwritten)) if on]
    return "；".join([*marks, *([remark] if remark else [])]) or None
