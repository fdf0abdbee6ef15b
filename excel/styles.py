"""The look of every workbook: fonts, formats, page setup, header. Text is always written as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from excel.definitions import Column, Look
from excel.row_xml import clean, lines_of
from models.types import OFFICE_CLOCK

INDENT = 1.2
LINE_HEIGHT, LEAST_HEIGHT, MOST_HEIGHT, HEAD_HEIGHT = 14.0, 24.0, 380.0, 32.0
TITLE_ROW, HEAD_ROW, FIRST_ROW = 0, 2, 3


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
        self.number = book.add_format(body | {"align": "center", "num_format": "General"})
        self.rate = book.add_format(body | {"align": "center", "num_format": "0.0%"})
        self.alarm = book.add_format({"font_color": "#C00000", "bold": True})

    def of(self, look: Look) -> Format:
        """The format of a column's cells."""
        found: Format = getattr(self, look)
        return found


@contextmanager
def open_book(path: Path, made_on: date) -> Iterator[xlsxwriter.Workbook]:
    """Open a workbook that streams rows to disk and never turns text into formulas or links.

    A failure leaves no file behind. Raises OSError when the file cannot be written.
    """
    plain = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "use_zip64": True, **plain})
    book.set_properties({"created": datetime(made_on.year, made_on.month, made_on.day, tzinfo=UTC)})
    try:
        yield book
        _close(book)
    except BaseException:
        _discard(book)
        path.unlink(missing_ok=True)
        raise


def _close(book: xlsxwriter.Workbook) -> None:
    try:
        book.close()
    except FileCreateError as error:  # the library's wrapping of the system's own
        raise OSError(str(error)) from error


def _discard(book: xlsxwriter.Workbook) -> None:
    """Remove what was written so far, without packing it."""
    for sheet in book.worksheets():
        sheet._opt_close()
        if sheet.row_data_filename:
            Path(sheet.row_data_filename).unlink(missing_ok=True)
    book.fileclosed = True


def write_cell(sheet: Worksheet, row: int, column: int, value: Any, style: Format) -> None:
    """Write one value into a small sheet, by its type; text is always written as text."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        sheet.write_string(row, column, "是" if value else "否", style)
    elif isinstance(value, datetime):
        # Our datetimes have a zone; one read from a workbook has none and is written unchanged.
        local = value.astimezone(OFFICE_CLOCK).replace(tzinfo=None) if value.tzinfo else value
        sheet.write_datetime(row, column, local, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), style)
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(row, column, float(value), style)
    else:
        sheet.write_string(row, column, clean(str(value)), style)


def room_of(width: float, *, indented: bool) -> int:
    """How many characters fit into `width`; an even number, because a Chinese character takes two."""
    return max(int(width - INDENT if indented else width) // 2 * 2, 2)


def row_height(lines: int) -> float:
    """The height in points of a row with so many lines."""
    return min(max(LEAST_HEIGHT, lines * LINE_HEIGHT + 5), MOST_HEIGHT)


def set_page(sheet: Worksheet, made_on: date, *, last_row: int, last_column: int) -> None:
    """A4 landscape, one page wide, the header on every page, page numbers and date in the footer."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.47, right=0.47, top=0.6, bottom=0.7)
    sheet.repeat_rows(HEAD_ROW)
    sheet.print_area(0, 0, last_row, last_column)
    sheet.set_footer(f"&L{made_on:%Y-%m-%d}&C第 &P 页 共 &N 页")


def write_head(sheet: Worksheet, styles: Styles, title: str, left: str, right: str, columns: Sequence[Column]) -> None:
    """Write rows 1 to 3: title, reporting office and date, header. Row 3 is as high as its longest heading needs."""
    labels = ["序号", *(column.heading for column in columns)]
    lines = max((lines_of(c.heading, room_of(c.width, indented=False)) for c in columns), default=1)
    last, half = len(labels) - 1, max(len(labels) // 2 - 1, 0)
    sheet.set_row(TITLE_ROW, 36)
    merge_text(sheet, TITLE_ROW, 0, last, title, styles.title)
    sheet.set_row(1, 20)
    merge_text(sheet, 1, 0, half, left, styles.left)
    merge_text(sheet, 1, half + 1, last, right, styles.right)
    sheet.set_row(HEAD_ROW, max(HEAD_HEIGHT, lines * LINE_HEIGHT + 4))
    for column, label in enumerate(labels):
        sheet.write_string(HEAD_ROW, column, label, styles.head)


def merge_text(sheet: Worksheet, row: int, first: int, last: int, text: str, style: Format) -> None:
    """Write text across several columns; XlsxWriter refuses to merge a single cell."""
    if last > first:
        sheet.merge_range(row, first, row, last, "", style)
    if last >= first:
        sheet.write_string(row, first, clean(text), style)
