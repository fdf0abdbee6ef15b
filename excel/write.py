"""The only place that writes workbooks: streamed, text always as text, made to be printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from excel.chart import write_statistics
from excel.rows import RowSheet, cell_writer, clean, lines_of
from excel.sheets import (
    LEDGER,
    LEDGER_WIDTHS,
    NUMBER_WIDTH,
    TABLE_WIDTHS,
    LedgerBook,
    marked_remark,
)
from models.fields import Field, mask
from models.types import OFFICE_CLOCK

#: Text columns of at most this length hold names and codes, and are centred; longer ones are prose.
SHORT = 60
INDENT = 1.2
LINE_HEIGHT, LEAST_HEIGHT, MOST_HEIGHT = 14.0, 24.0, 380.0
TITLE_ROW, HEAD_ROW, FIRST_ROW = 0, 2, 3
#: Rows of a body that one sheet takes: Excel's own limit, less head, total and signatures.
SHEET_ROWS = 1_048_576 - 8


class Styles:
    """The formats of one workbook, made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        body = {"font_name": "宋体", "font_size": 10, "border": 1, "text_wrap": True, "valign": "vcenter"}
        self.title = book.add_format(
            {"font_name": "方正小标宋简体", "font_size": 20, "align": "center", "valign": "vcenter"}
        )
        self.left = book.add_format({"font_name": "宋体", "font_size": 11, "valign": "vcenter"})
        self.right = book.add_format({"font_name": "宋体", "font_size": 11, "valign": "vcenter", "align": "right"})
        self.head = book.add_format(
            body | {"font_name": "黑体", "font_size": 10.5, "bg_color": "#DDEBF7", "align": "center"}
        )
        self.text = book.add_format(body | {"align": "left", "indent": 1, "num_format": "@"})
        self.centre = book.add_format(body | {"align": "center", "num_format": "@"})
        self.integer = book.add_format(body | {"align": "center", "num_format": "0"})
        self.money = book.add_format(body | {"align": "right", "num_format": "#,##0.00"})
        self.date = book.add_format(body | {"align": "center", "num_format": "yyyy-mm-dd"})
        self.moment = book.add_format(body | {"align": "center", "num_format": "yyyy-mm-dd hh:mm"})
        self.rate = book.add_format(body | {"align": "center", "num_format": "0.0%"})
        self.alarm = book.add_format({"font_color": "#C00000", "bold": True})

    def of(self, field: Field) -> Format:
        """The format of a column's cells."""
        length = getattr(field.column.type, "length", None) if field.column is not None else None
        narrow = field.kind in ("bool", "choice", "ref") or (length or SHORT + 1) <= SHORT
        by_kind = {"money": self.money, "integer": self.integer, "date": self.date, "datetime": self.moment}
        return by_kind.get(field.kind, self.centre if narrow else self.text)


@contextmanager
def open_book(path: Path, made_on: date) -> Iterator[xlsxwriter.Workbook]:
    """A workbook that streams its rows to disk and never turns text into formulas or links.

    What failed half-way leaves no file behind.
    """
    book = xlsxwriter.Workbook(
        str(path),
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties({"created": datetime(made_on.year, made_on.month, made_on.day, tzinfo=UTC)})
    try:
        yield book
    except BaseException:
        book.close()
        path.unlink(missing_ok=True)
        raise
    book.close()


def write_cell(sheet: Worksheet, row: int, column: int, value: Any, style: Format) -> None:
    """One value by its type, into a small sheet; whatever is text is written as text."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        sheet.write_string(row, column, "是" if value else "否", style)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.astimezone(OFFICE_CLOCK).replace(tzinfo=None), style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), style)
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(row, column, float(value), style)
    else:
        sheet.write_string(row, column, clean(str(value)), style)


def _room(width: float, *, indented: bool) -> int:
    """How much of a line `width` leaves to text; even, for a Chinese character is not split."""
    return max(int(width - INDENT if indented else width) // 2 * 2, 2)


def row_height(values: Sequence[Any], rooms: Sequence[int]) -> float:
    """High enough for the cell whose text needs the most lines; `rooms`: characters of a line."""
    return min(max(LEAST_HEIGHT, lines_of(values, rooms) * LINE_HEIGHT + 5), MOST_HEIGHT)


def set_page(sheet: Worksheet, made_on: date, *, last_row: int, last_column: int) -> None:
    """A4 landscape, one page wide, the header on every page, page numbers and date in the footer."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.47, right=0.47, top=0.6, bottom=0.7)
    sheet.repeat_rows(HEAD_ROW)
    sheet.print_area(0, 0, last_row, last_column)
    sheet.set_footer(f"&L{made_on:%Y-%m-%d}&C第 &P 页 共 &N 页")


def write_head(sheet: Worksheet, styles: Styles, title: str, left: str, right: str, labels: Sequence[str]) -> None:
    """Rows 1 to 3: title, who reports and when, header."""
    last, half = len(labels) - 1, max(len(labels) // 2 - 1, 0)
    sheet.set_row(TITLE_ROW, 36)
    _spread(sheet, TITLE_ROW, 0, last, title, styles.title)
    sheet.set_row(1, 20)
    _spread(sheet, 1, 0, half, left, styles.left)
    _spread(sheet, 1, half + 1, last, right, styles.right)
    sheet.set_row(HEAD_ROW, 32)
    for column, label in enumerate(labels):
        sheet.write_string(HEAD_ROW, column, label, styles.head)


def _spread(sheet: Worksheet, row: int, first: int, last: int, text: str, style: Format) -> None:
    """Text over several columns; XlsxWriter merges no single cell."""
    if last > first:
        sheet.merge_range(row, first, row, last, "", style)
    if last >= first:
        sheet.write_string(row, first, clean(text), style)


def write_body(
    sheet: RowSheet, styles: Styles, fields: Sequence[Field], widths: Sequence[float], rows: Iterable[Sequence[Any]]
) -> tuple[int, Decimal]:
    """The rows from row 4 on, numbered; gives how many and the sum of 投资总额. Writes no more than a sheet holds."""
    formats = [styles.of(f) for f in fields]
    rooms = [_room(w, indented=f is styles.text) for w, f in zip(widths[1:], formats, strict=True)]
    number = cell_writer(0, styles.integer._get_xf_index())
    writers = [cell_writer(column, f._get_xf_index()) for column, f in enumerate(formats, 1)]
    count, total = 0, Decimal(0)
    money = next((i for i, f in enumerate(fields) if f.kind == "money"), None)
    last = len(fields)
    for count, values in enumerate(islice(rows, SHEET_ROWS), 1):
        at = str(FIRST_ROW + count)
        cells = [write(value, at) for write, value in zip(writers, values, strict=True)]
        sheet.write_row_of(
            FIRST_ROW + count - 1, row_height(values, rooms), number(count, at) + "".join(cells), last
        )
        if money is not None and values[money] is not None:
            total += values[money]
    return count, total


def write_ledger(path: Path, book: LedgerBook, entries: Iterable[Sequence[Any]]) -> int:
    """帮办代办工作台账 with its 统计 sheet; `entries` are rows of LEDGER_KEYS. Gives their number."""
    with open_book(path, book.made_on) as workbook:
        return _fill_ledger(workbook, book, entries)


def _fill_ledger(
    workbook: xlsxwriter.Workbook, book: LedgerBook, entries: Iterable[Sequence[Any]]
) -> int:
    styles = Styles(workbook)
    sheet = workbook.add_worksheet("台账", RowSheet)
    widths = [NUMBER_WIDTH, *(LEDGER_WIDTHS[f.key] for f in LEDGER)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    write_head(
        sheet, styles, book.heading, f"填报单位（盖章）：{book.reporter}",
        f"填报日期：{book.made_in_words}    单位：万元", ["序号", *(f.label for f in LEDGER)],
    )  # fmt: skip
    count, total = write_body(sheet, styles, LEDGER, widths, (_ledger_values(e, book.masked) for e in entries))
    last = _write_end(sheet, styles, count, total, len(widths) - 1)
    overdue = 1 + next(i for i, f in enumerate(LEDGER) if f.key == "overdue")
    alarm = {"type": "cell", "criteria": "==", "value": '"是"', "format": styles.alarm}
    sheet.conditional_format(FIRST_ROW, overdue, FIRST_ROW + count, overdue, alarm)
    sheet.freeze_panes(FIRST_ROW, 3)
    sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + max(count, 1), len(widths) - 1)
    set_page(sheet, book.made_on, last_row=last, last_column=len(widths) - 1)
    write_statistics(workbook, styles, book)
    return count


def _ledger_values(entry: Sequence[Any], masked: bool) -> list[Any]:
    """The cells of one entry; phones masked, 补录 and 手工 before 备注."""
    *values, late, handwritten = entry
    for i, field in enumerate(LEDGER):
        if field.sensitive and masked and values[i]:
            values[i] = mask(values[i])
    values[-1] = marked_remark(values[-1], late, handwritten)
    return values


def _write_end(sheet: Worksheet, styles: Styles, count: int, total: Decimal, last: int) -> int:
    """合计 and the three signatures, or 本月无业务; gives the last row."""
    row = FIRST_ROW + count
    if not count:
        sheet.set_row(row, 40)
        _spread(sheet, row, 0, last, "本月无业务", styles.centre)
        row += 1
    money = 1 + next(i for i, f in enumerate(LEDGER) if f.kind == "money")
    sheet.set_row(row, LEAST_HEIGHT)
    sheet.write_string(row, 0, "合计", styles.centre)
    for column in range(1, last + 1):
        sheet.write_blank(row, column, None, styles.centre)
    sheet.write_string(row, 1, f"{count} 件", styles.centre)
    letter = xl_col_to_name(money)
    sheet.set_column(money, money, max(LEDGER_WIDTHS["investment"], len(f"{total:,.2f}")))
    if count:
        formula = f"=SUM({letter}{FIRST_ROW + 1}:{letter}{FIRST_ROW + count})"
        sheet.write_formula(row, money, formula, styles.money, float(total))
    row += 1
    sheet.set_row(row, 30)
    third = (last + 1) // 3
    for start, words in ((0, "单位负责人："), (third, "审核人："), (2 * third, "填报人：")):
        sheet.write_string(row, start, words, styles.left)
    return row


def write_table(
    path: Path,
    title: str,
    fields: Sequence[Field],
    rows: Iterable[Sequence[Any]],
    made_on: date | None = None,
) -> int:
    """Any list as a workbook of the same look; `rows` in the order of `fields`. Gives their number.

    `made_on`: the date printed and stored in the file; today when it is not said.
    """
    made_on = made_on or datetime.now(OFFICE_CLOCK).date()
    with open_book(path, made_on) as workbook:
        return _fill_table(workbook, title, fields, rows, made_on)


def _fill_table(
    workbook: xlsxwriter.Workbook,
    title: str,
    fields: Sequence[Field],
    rows: Iterable[Sequence[Any]],
    made_on: date,
) -> int:
    styles = Styles(workbook)
    sheet = workbook.add_worksheet(title[:31], RowSheet)
    widths = [NUMBER_WIDTH, *(TABLE_WIDTHS[f.kind] for f in fields)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    write_head(sheet, styles, title, "", f"导出日期：{made_on}", ["序号", *(f.heading for f in fields)])
    count, _ = write_body(sheet, styles, fields, widths, rows)
    last_row = max(FIRST_ROW + count - 1, FIRST_ROW)
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.autofilter(HEAD_ROW, 0, last_row, len(fields))
    set_page(sheet, made_on, last_row=last_row, last_column=len(fields))
    return count
