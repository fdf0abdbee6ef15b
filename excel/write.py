"""The only place that writes workbooks: ledgers and lists, streamed row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from excel.chart import write_groups, write_statistics
from excel.definitions import (
    NUMBER_WIDTH,
    TABLE_WIDTHS,
    Book,
    Column,
    LedgerSheet,
    column,
)
from excel.row_xml import RowSheet, RowWriter
from excel.styles import (
    FIRST_ROW,
    HEAD_ROW,
    LEAST_HEIGHT,
    Styles,
    merge_text,
    open_book,
    room_of,
    row_height,
    set_page,
    write_head,
)
from models.fields import Field
from models.types import OFFICE_CLOCK

#: Most body rows of one sheet: Excel's limit, less head, total and signatures.
SHEET_ROWS = 1_048_576 - 8
#: Longest name of a sheet.
SHEET_NAME = 31


def write_book(path: Path, book: Book) -> int:
    """Write a workbook of ledgers with its 统计; return the number of rows of all ledgers."""
    with open_book(path, book.made_on) as workbook:
        styles = Styles(workbook)
        written = sum(_write_ledger(workbook, styles, book, sheet) for sheet in book.sheets)
        if book.statistics is not None:
            write_statistics(workbook, styles, book, book.statistics)
        if book.groups:
            write_groups(workbook, styles, book)
    return written


def write_table(
    path: Path,
    title: str,
    fields: Sequence[Field],
    rows: Iterable[Sequence[Any]],
    made_on: date | None = None,
) -> int:
    """Write any list as a workbook of the same look, `rows` in the order of `fields`; return their number.

    `made_on`: the date printed and stored in the file; today by default.
    """
    made_on = made_on or datetime.now(OFFICE_CLOCK).date()
    columns = [column(f, TABLE_WIDTHS[f.kind], units=True) for f in fields]
    written = 0
    with open_book(path, made_on) as workbook:
        styles = Styles(workbook)
        for name, part in _parts(title, rows):
            sheet = _sheet(workbook, name, columns)
            write_head(sheet, styles, title, "", f"导出日期：{made_on}", columns)
            found, _ = write_body(sheet, styles, columns, part, first=written + 1)
            last_row = max(FIRST_ROW + found - 1, FIRST_ROW)
            sheet.freeze_panes(FIRST_ROW, 2)
            sheet.autofilter(HEAD_ROW, 0, last_row, len(columns))
            set_page(sheet, made_on, last_row=last_row, last_column=len(columns))
            written += found
    return written


def _parts(name: str, rows: Iterable[Sequence[Any]]) -> Iterator[tuple[str, Iterator[Sequence[Any]]]]:
    """Split the rows by Excel's limit into (sheet name, rows); at least one part, which may be empty."""
    left = iter(rows)
    for number in count(1):
        first = next(left, None)
        if first is None and number > 1:
            return
        ending = f"（{number}）" if number > 1 else ""
        part = islice(left, SHEET_ROWS - 1) if first is not None else iter(())
        yield name[: SHEET_NAME - len(ending)] + ending, chain(() if first is None else (first,), part)


def _sheet(workbook: xlsxwriter.Workbook, name: str, columns: Sequence[Column]) -> RowSheet:
    sheet: RowSheet = workbook.add_worksheet(name, RowSheet)
    for at, width in enumerate((NUMBER_WIDTH, *(c.width for c in columns))):
        sheet.set_column(at, at, width)
    return sheet


def write_body(
    sheet: RowSheet, styles: Styles, columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, first: int = 1
) -> tuple[int, dict[int, Decimal]]:
    """Write the rows from row 4 on, numbered from `first`; return their number and the sum of each summed column."""
    formats = [styles.integer, *(styles.of(c.look) for c in columns)]
    rooms = [room_of(c.width, indented=c.look == "text") for c in columns]
    writer = RowWriter([f._get_xf_index() for f in formats], [1, *rooms])
    found, last = 0, len(columns)
    totals = {at: Decimal(0) for at, c in enumerate(columns) if c.summed}
    for found, values in enumerate(rows, 1):
        xml, lines = writer.row(FIRST_ROW + found, (first + found - 1, *values))
        sheet.write_row_of(FIRST_ROW + found - 1, row_height(lines), xml, last)
        for at in totals:
            totals[at] += values[at] or 0
    return found, totals


def _write_ledger(workbook: xlsxwriter.Workbook, styles: Styles, book: Book, ledger: LedgerSheet) -> int:
    """Write a ledger on as many sheets as its rows need, each with its own 合计; return the number of rows."""
    columns, written = ledger.columns, 0
    for name, rows in _parts(ledger.name, ledger.rows):
        sheet = _sheet(workbook, name, columns)
        right = "    ".join((f"填报日期：{book.made_in_words}", *([ledger.note] if ledger.note else [])))
        write_head(sheet, styles, ledger.title, f"填报单位（盖章）：{book.reporter}", right, columns)
        found, totals = write_body(sheet, styles, columns, rows, first=written + 1)
        last = _write_end(sheet, styles, ledger, found, totals)
        _mark_overdue(sheet, styles, columns, found)
        sheet.freeze_panes(FIRST_ROW, 3)
        sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + max(found, 1), len(columns))
        set_page(sheet, book.made_on, last_row=last, last_column=len(columns))
        written += found
    return written


def _mark_overdue(sheet: Worksheet, styles: Styles, columns: Sequence[Column], rows: int) -> None:
    """Show 是否超期 in red for overdue rows."""
    for at, one in enumerate(columns, 1):
        if one.key == "overdue":
            alarm = {"type": "cell", "criteria": "==", "value": '"是"', "format": styles.alarm}
            sheet.conditional_format(FIRST_ROW, at, FIRST_ROW + rows, at, alarm)


def _write_end(sheet: Worksheet, styles: Styles, ledger: LedgerSheet, found: int, totals: dict[int, Decimal]) -> int:
    """Write 合计 and the three signatures, or a line for an empty ledger; return the last row."""
    row, last = FIRST_ROW + found, len(ledger.columns)
    if not found:
        sheet.set_row(row, 40)
        merge_text(sheet, row, 0, last, ledger.empty, styles.centre)
        row += 1
    sheet.set_row(row, LEAST_HEIGHT)
    sheet.write_string(row, 0, "合计", styles.centre)
    for at in range(1, last + 1):
        sheet.write_blank(row, at, None, styles.centre)
    sheet.write_string(row, 1, f"{found} {ledger.measure}", styles.centre)
    for at, total in totals.items() if found else ():
        _write_sum(sheet, styles, ledger.columns[at], at + 1, found, total)
    row += 1
    sheet.set_row(row, 30)
    third = (last + 1) // 3
    for start, words in ((0, "单位负责人："), (third, "审核人："), (2 * third, "填报人：")):
        sheet.write_string(row, start, words, styles.left)
    return row


def _write_sum(sheet: Worksheet, styles: Styles, column: Column, at: int, found: int, total: Decimal) -> None:
    """Write the sum of a column, the only formula of a ledger, with its value cached."""
    letter = xl_col_to_name(at)
    if column.look == "money":
        sheet.set_column(at, at, max(column.width, len(f"{total:,.2f}")))
    formula = f"=SUM({letter}{FIRST_ROW + 1}:{letter}{FIRST_ROW + found})"
    sheet.write_formula(FIRST_ROW + found, at, formula, styles.of(column.look), float(total))
