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

#: Width of each ledger column, in characters of Excel; the sum fits A4 landscape, one page wide.
LEDGER_WIDTHS: Mapping[str, float] = {
    "number": 12, "accepted_on": 11, "channel": 8, "mode": 8, "applicant": 20, "handler": 8,
    "phone": 13, "project_name": 22, "project_code": 15, "investment": 12, "is_key": 6,
    "category": 10, "items": 16, "departments": 16, "agent": 9, "officer": 9, "limit": 9,
    "due_on": 11, "state": 8, "progress": 16, "approved_on": 11, "delivery": 12, "closed_on": 11,
    "overdue": 6, "rating": 8, "remark": 12,
}  # fmt: skip
NUMBER_WIDTH = 5.5
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


def marked_remark(remark: str | None, late: bool, handwritten: bool) -> str | None:
    """备注 with 补录 and 手工 in front, where a row is so."""
    marks = [word for word, on in (("补录", late), ("手工", handwritten)) if on]
    return "；".join([*marks, *([remark] if remark else [])]) or None
