"""Rows written whole are what XlsxWriter writes cell by cell."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from excel.row_xml import REMEMBERED, CellsOf, RowSheet, RowWriter, lines_of, width_of
from excel.styles import Styles, row_height, write_cell

VALUES: list[Any] = [
    "武陟县",
    "",
    None,
    True,
    False,
    0,
    -3,
    12.5,
    Decimal("1234567.89"),
    Decimal(0),
    date(2026, 11, 21),
    date(1999, 1, 1),
    datetime(2026, 11, 21, 1, 30, 15, tzinfo=UTC),
    "a & b < c > d",
    " 前后有空格 ",
    "=1+1",
    "+1",
    "两行\n文字",
    "_x0041_",
    "“引号”",
    '"',
    "\x07响铃",
    "长" * 300,
    10**12,
]


def sheet_xml(path: Path) -> str:
    with zipfile.ZipFile(path) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def written(path: Path, fill: Callable[[xlsxwriter.Workbook, Any, Styles], None], kind: type[Any] | None) -> str:
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    styles = Styles(book)
    for style in (styles.head, styles.text):  # numbered in the order of their first use
        style._get_xf_index()
    fill(book, book.add_worksheet("甲", kind), styles)
    book.close()
    return sheet_xml(path)


def both(tmp_path: Path, values: list[Any]) -> tuple[str, str]:
    """The sheet of one row a value and a row of all, cell by cell and by whole rows."""
    rows = [[value] for value in values] + [values]

    heights = [row_height(max(lines_of(v, 20) if isinstance(v, str) else 1 for v in row)) for row in rows]

    def by_cell(book: xlsxwriter.Workbook, sheet: Any, styles: Styles) -> None:
        sheet.write_string(0, 0, "表头", styles.head)
        for n, row in enumerate(rows, 1):
            sheet.set_row(n, heights[n - 1])
            for column, value in enumerate(row):
                write_cell(sheet, n, column, value, styles.text)
        sheet.write_string(len(rows) + 1, 0, "合计", styles.head)

    def by_row(book: xlsxwriter.Workbook, sheet: Any, styles: Styles) -> None:
        sheet.write_string(0, 0, "表头", styles.head)
        for n, row in enumerate(rows, 1):
            # A writer of its own for each row: the values of these columns are of every kind.
            xml, lines = RowWriter([styles.text._get_xf_index()] * len(row), [20] * len(row)).row(n + 1, row)
            sheet.write_row_of(n, row_height(lines), xml, len(row) - 1)
        sheet.write_string(len(rows) + 1, 0, "合计", styles.head)

    return written(tmp_path / "a.xlsx", by_cell, None), written(tmp_path / "b.xlsx", by_row, RowSheet)


def test_the_two_write_the_same_sheet(tmp_path: Path) -> None:
    one, other = both(tmp_path, VALUES)
    assert one == other


TEXT = st.text(max_size=40)


@settings(max_examples=60, deadline=None)
@given(values=st.lists(TEXT | st.integers(-(10**9), 10**9) | st.dates(date(1950, 1, 1)), min_size=1, max_size=5))
def test_whatever_the_values(tmp_path_factory: pytest.TempPathFactory, values: list[Any]) -> None:
    one, other = both(tmp_path_factory.mktemp("rows"), values)
    assert one == other


def test_every_cell_is_there_and_text_is_text(tmp_path: Path) -> None:
    _, xml = both(tmp_path, VALUES)
    assert "<f>" not in xml
    assert re.search(r'<dimension ref="A1:X27"', xml)


@given(text=st.text(st.sampled_from("武陟县abcXYZ012，。“”（）〔〕 -"), max_size=60))
def test_a_width_counts_two_for_a_chinese_character(text: str) -> None:
    assert width_of(text) == sum(1 if c.isascii() else 2 for c in text)


@example(text="𬴊", room=2)
@given(text=st.text(max_size=50), room=st.integers(2, 30))
def test_the_lines_of_a_text_are_those_of_its_parts(text: str, room: int) -> None:
    needed = sum(max(1, -(-width_of(part) // room)) for part in text.split("\n"))
    assert lines_of(text, room) == needed


def test_a_row_is_as_high_as_its_longest_cell() -> None:
    writer = RowWriter([1, 1, 1], [4, 8, 8])
    rows = ((1, "甲", None), (1, "甲" * 9, "乙"), (1, None, "甲\n乙\n丙"))
    assert [writer.row(1, values)[1] for values in rows] == [1, 3, 3]


def test_what_is_remembered_of_a_column_has_an_end() -> None:
    cells = CellsOf(3, 20)
    for n in range(2 * REMEMBERED + 1):
        assert cells[f"第{n}号"] == (f'" s="3" t="inlineStr"><is><t>第{n}号</t></is></c>', 1)
        assert len(cells) <= REMEMBERED
