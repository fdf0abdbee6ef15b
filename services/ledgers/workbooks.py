"""The workbooks of a month and of a year: their ledgers and titles.

Source: 领域 10. A county has 重点项目 only if it has chief officers, and 重点企业 only if a department decides
on key enterprises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import case as sql_case
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from excel.definitions import (
    ENDED,
    ENTERPRISES,
    FIGURE_LABELS,
    LEDGER,
    LEDGER_KEYS,
    PROJECTS,
    Book,
    Figures,
    FigureTable,
    LedgerSheet,
    Statistics,
    ledger_cells,
    ratings,
)
from excel.write import write_book
from models.fields import field_of
from models.ledger import LedgerEntry, LedgerMonth, Outcome
from models.places import County
from services.kernel.errors import RuleViolation
from services.kernel.months import in_words, last_day
from services.ledgers import other_ledgers
from services.records.lists import EXPORT_BATCH
from services.statistics import figures
from services.statistics.rating_summary import rating_rows, scale_of

#: The figures that the charts of 分组统计 show.
DRAWN = ("received", "closed")
#: Called with the number of rows written so far.
Progress = Callable[[int], None]


def no_progress(_: int) -> None:
    """Ignore progress: the user waits for the response."""


@dataclass(frozen=True)
class LedgerKind:
    """One of the month's ledgers: its name in URLs, its sheet name and its full title."""

    name: str
    sheet: str
    title: str
    #: Whether the county has this ledger.
    kept_by: Callable[[County], bool] = lambda county: True


RATINGS = LedgerKind("ratings", "评价汇总", "{service}评价汇总表")
#: The five ledgers, in the order of 领域 10. `{service}`: the county's term for the service.
KINDS: tuple[LedgerKind, ...] = (
    LedgerKind("cases", "台账", "政务服务{service}工作台账"),
    LedgerKind("projects", "重点项目", "重点项目首席服务员分包台账", lambda c: c.has_chief_officers),
    LedgerKind("enterprises", "重点企业", "重点企业台账", lambda c: c.enterprise_decider is not None),
    LedgerKind("ended", "办结终止", "{service}办结终止台账"),
    RATINGS,
)


def kinds_of(county: County) -> tuple[LedgerKind, ...]:
    """The ledgers that the county keeps."""
    return tuple(kind for kind in KINDS if kind.kept_by(county))


def write_month(
    session: Session,
    month: LedgerMonth,
    path: Path,
    *,
    phones: bool,
    on: date,
    only: str | None = None,
    progress: Progress = no_progress,
) -> str:
    """Write the month's workbook, all ledgers with 统计 or `only` one of them; return the file's name.

    `phones`: show phone numbers unmasked. `on`: the date of the workbook.
    """
    county = month.county
    kinds = [kind for kind in kinds_of(county) if only in (None, kind.name)]
    if not kinds:
        raise RuleViolation("ledger.kind", f"{county.name}没有这种台账")
    of_cases = any(kind.name == "cases" for kind in kinds)
    book = Book(
        title=_title(county, KINDS[0], in_words(month.month)),
        reporter=county.ledger_reporter,
        made_on=on,
        sheets=[_sheet(session, month, kind, masked=not phones, progress=progress) for kind in kinds],
        statistics=statistics(session, month) if of_cases else None,
        groups=_groups(figures.of_month(session, month), month.id) if of_cases else (),
    )
    write_book(path, book)
    what = kinds[0].title.format(service=county.service_word) if only else f"{county.service_word}工作台账"
    return f"{county.name}{what}-{month.month}.xlsx"


def _title(county: County, kind: LedgerKind, period: str) -> str:
    return f"{county.name}{kind.title.format(service=county.service_word)}（{period}）"


def _sheet(session: Session, month: LedgerMonth, kind: LedgerKind, *, masked: bool, progress: Progress) -> LedgerSheet:
    county, last = month.county, last_day(month.month)
    title = _title(county, kind, in_words(month.month))
    if kind.name == "cases":
        return _cases_sheet(session, month, kind.sheet, title, masked=masked, counted=CountedRows(progress))
    if kind.name == "projects":
        rows = other_ledgers.key_projects(session, county.id, last, masked=masked)
        return LedgerSheet(kind.sheet, title, PROJECTS, rows, measure="个", empty="本月没有重点项目")
    if kind.name == "enterprises":
        rows = other_ledgers.key_enterprises(session, county.id, last, masked=masked)
        return LedgerSheet(kind.sheet, title, ENTERPRISES, rows, note="", measure="家", empty="本月没有重点企业")
    if kind.name == "ended":
        return LedgerSheet(kind.sheet, title, ENDED, other_ledgers.ended(session, month), note="")
    return _ratings_sheet(session, kind, title, [month], "本月")


def _ratings_sheet(
    session: Session, kind: LedgerKind, title: str, months: Sequence[LedgerMonth], period: str
) -> LedgerSheet:
    """评价汇总表 of months that follow one another."""
    grades = scale_of(session, months[0].county_id)
    return LedgerSheet(
        kind.sheet,
        title,
        ratings(grades),
        rating_rows(session, months, grades),
        note=f"按{period}办结的件统计，含补录的评价",
        measure="个",
        empty=f"{period}没有应评的件",
    )


def _cases_sheet(
    session: Session, month: LedgerMonth, sheet: str, title: str, *, masked: bool, counted: CountedRows
) -> LedgerSheet:
    """工作台账 of a month, with the columns that its county has: 巴林左旗 and 和硕县 have no 首席服务员."""
    settings = [field_of(LedgerEntry, column.key).when for column in LEDGER]
    kept = [n for n, setting in enumerate(settings) if setting is None or getattr(month.county, setting)]
    rows = ([row[n] for n in kept] for row in counted.of(entries(session, month, masked=masked)))
    return LedgerSheet(sheet, title, [LEDGER[n] for n in kept], rows)


def entries(session: Session, month: LedgerMonth, *, masked: bool) -> Iterator[Sequence[Any]]:
    """The cells of 工作台账 in its order (受理日期, 受理编号), streamed."""
    columns = [getattr(LedgerEntry, key) for key in LEDGER_KEYS]
    rows = session.execute(
        select(*columns)
        .where(LedgerEntry.month_id == month.id)
        .order_by(LedgerEntry.accepted_on.nulls_last(), LedgerEntry.number_key.nulls_last(), LedgerEntry.id)
        .execution_options(yield_per=EXPORT_BATCH)
    )
    return (ledger_cells(row, masked=masked) for row in rows)


class CountedRows:
    """Counts rows of several sheets in turn and calls `progress` after every EXPORT_BATCH rows."""

    def __init__(self, progress: Progress) -> None:
        self.progress, self.done = progress, 0

    def of(self, rows: Iterable[Any]) -> Iterator[Any]:
        """Yield the rows unchanged, counting them."""
        for row in rows:
            self.done += 1
            if not self.done % EXPORT_BATCH:
                self.progress(self.done)
            yield row


def _groups(month: figures.MonthFigures, month_id: int) -> list[FigureTable]:
    """按责任部门, 按代办员, 按首席服务员, 覆盖与质量, as on the page 统计."""
    *groups, quality = figures.of_county(month, month_id)
    return [*(_table(table, DRAWN) for table in groups), _table(quality)]


def _table(table: figures.FigureTable, drawn: Sequence[str] = ()) -> FigureTable:
    """A table for the workbook; `drawn`: codes of the figures that its chart shows."""
    shares = frozenset(n for _, row in table.rows for n, figure in enumerate(row) if figure.share)
    rows = [(name, ["—" if f.value is None else f.value for f in row]) for name, row in table.rows]
    return FigureTable(table.title, table.headers, rows, [table.codes.index(code) for code in drawn], shares)


# 统计.
def statistics(session: Session, month: LedgerMonth) -> Statistics:
    """The figures of the month's 统计 sheet, from its ledger rows, which a locked month keeps."""
    rows = _counts(session, LedgerEntry.category, [LedgerEntry.month_id == month.id])
    so_far = _months(month.county_id, f"{month.month[:4]}-01", month.month)
    return Statistics(
        "category",
        dict(sorted((k or "其他", v) for k, v in rows.items())),
        Figures.total(rows.values()),
        _on_time(session, [LedgerEntry.month_id == month.id]),
        Figures.total(_counts(session, LedgerEntry.category, [so_far]).values()),
    )


def _months(county_id: int, first: str, last: str) -> Any:
    """Conditions for the rows of the county's months from `first` to `last`, those opened afterwards aside."""
    months = select(LedgerMonth.id).where(
        LedgerMonth.county_id == county_id, LedgerMonth.month.between(first, last), LedgerMonth.reason.is_(None)
    )
    return LedgerEntry.month_id.in_(months)


def _counts(session: Session, by: Any, where: list[Any]) -> dict[Any, Figures]:
    """Figures grouped by a column."""
    counted = [func.sum(sql_case((figures.ROW_CONDITIONS[code], 1), else_=0)).label(code) for code in FIGURE_LABELS]
    rows = session.execute(select(by, *counted).where(*where).group_by(by))
    return {row[0]: Figures(**{code: int(getattr(row, code)) for code in FIGURE_LABELS}) for row in rows}


def _on_time(session: Session, where: list[Any]) -> float | None:
    """按期办结率 of what was closed and had a due date; None when nothing was."""
    timely, timed = session.execute(
        select(func.sum(sql_case((LedgerEntry.overdue.is_(False), 1), else_=0)), func.count()).where(
            *where, LedgerEntry.outcome == Outcome.CLOSED, LedgerEntry.due_on.is_not(None)
        )
    ).one()
    return int(timely or 0) / timed if timed else None


# The year.
def months_of_year(session: Session, county_id: int, year: int) -> list[LedgerMonth]:
    """The county's months of a year, in order."""
    wanted = LedgerMonth.month.between(f"{year}-01", f"{year}-12")
    return list(
        session.scalars(
            select(LedgerMonth).where(LedgerMonth.county_id == county_id, wanted).order_by(LedgerMonth.month)
        )
    )


def year_statistics(session: Session, months: Sequence[LedgerMonth]) -> Statistics:
    """The figures of a year's months that follow one another: 上期结转 of the first, 在办 of the last, sums between."""
    where = LedgerEntry.month_id.in_([month.id for month in months])
    by_month = _counts(session, LedgerEntry.month_id, [where])
    rows = {_month_name(month): by_month.get(month.id, Figures()) for month in months}
    ends = list(rows.values())
    total = Figures.total(ends)
    if ends:
        total = replace(total, carried=ends[0].carried, open=ends[-1].open)
    return Statistics("month", rows, total, _on_time(session, [where]))


def _month_name(month: LedgerMonth) -> str:
    return f"{int(month.month[5:])}月{'（补建）' if month.reason else ''}"


def write_year(
    session: Session,
    county: County,
    year: int,
    path: Path,
    *,
    phones: bool,
    on: date,
    progress: Progress = no_progress,
) -> str:
    """Write 全年台账: 工作台账 of each existing month, 评价汇总表 and 统计 of the year; return the file's name.

    A month opened afterwards has its sheet, and is in no sum: the months that follow one another have counted.
    """
    months = months_of_year(session, county.id, year)
    gone = CountedRows(progress)
    sheets = [
        _cases_sheet(
            session,
            month,
            _month_name(month),
            _title(county, KINDS[0], in_words(month.month)),
            masked=not phones,
            counted=gone,
        )
        for month in months
    ]
    following = [month for month in months if month.reason is None]
    if following:
        title = _title(county, RATINGS, f"{year}年")
        sheets.append(_ratings_sheet(session, RATINGS, title, following, "本年"))
    book = Book(
        title=_title(county, KINDS[0], f"{year}年"),
        reporter=county.ledger_reporter,
        made_on=on,
        sheets=sheets,
        statistics=year_statistics(session, following),
    )
    write_book(path, book)
    return f"{county.name}{county.service_word}工作台账-{year}年.xlsx"
