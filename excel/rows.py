"""Whole rows at once: a worksheet that writes the XML of a row itself, everything else is XlsxWriter's.

XlsxWriter keeps a cell as an object until its row is over; for wide ledgers that is four to six times
the work of writing the row. In its constant-memory mode it puts finished rows into a file; so does
`write_row_of`, with the same XML. A test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from models.types import OFFICE_CLOCK

#: Longest text of one cell; Excel drops what is longer without a word.
MAX_TEXT = 32_767
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: What a text cannot hold as it is: marks of XML, control characters, blanks at its ends, _xHHHH_.
_SPECIAL = re.compile(r"[&<>\x00-\x1f\ufffe\uffff]|^\s|\s$|_x[0-9a-fA-F]{4}_")
_LITERAL = re.compile(r"_(x[0-9a-fA-F]{4}_)")
#: Day 1 of Excel's calendar, less one, as Python counts days.
EPOCH = date(1899, 12, 30).toordinal()
DAY_SECONDS = 86_400

#: Writes the cell of one column: (value, number of the row as text) → XML.
CellWriter = Callable[[Any, str], str]


class RowSheet(Worksheet):  # type: ignore[misc]  # the library has no types
    """A sheet of a constant-memory workbook that also takes whole rows, from top to bottom."""

    def write_row_of(self, row: int, height: float, cells: str, last_column: int) -> None:
        """Write `cells`, the XML of row `row` (from 0), `height` points high."""
        self._write_single_row(row)  # what was written cell by cell goes first
        self.row_data_fh.write(f'<row r="{row + 1}" {_height(height)}>{cells}</row>')
        self._check_dimensions(row, 0)
        self._check_dimensions(row, last_column)


@lru_cache(maxsize=1024)
def _height(points: float) -> str:
    """The attributes of a row's height, in whole pixels as XlsxWriter has them."""
    return f'ht="{int(points * 4.0 / 3.0 + 0.5) * 0.75:.16g}" customHeight="1"'


def clean(text: str) -> str:
    """`text` as a workbook can hold it; ValueError when it is too long to be kept whole."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"有一格文字超过 {MAX_TEXT} 个字，Excel 放不下，没有导出")
    return CONTROL.sub("", text)


def _escaped(text: str) -> str:
    """`text` as the content of an inline string, with its <t>."""
    text = _LITERAL.sub(r"_x005F_\1", clean(text)).replace("\r", "_x000D_")
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<t{kept}>{text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</t>"


def cell_writer(column: int, style: int) -> CellWriter:
    """Writes the cells of one column, whatever their type, in the style of that number."""
    name = xl_col_to_name(column)
    of_text: dict[str, str] = {}

    def write(value: Any, row: str) -> str:
        if value is None or value == "":
            return f'<c r="{name}{row}" s="{style}"/>'
        if isinstance(value, str):
            if _SPECIAL.search(value) or len(value) > MAX_TEXT:
                return f'<c r="{name}{row}" s="{style}" t="inlineStr"><is>{_escaped(value)}</is></c>'
            return f'<c r="{name}{row}" s="{style}" t="inlineStr"><is><t>{value}</t></is></c>'
        if isinstance(value, bool):
            return f'<c r="{name}{row}" s="{style}" t="inlineStr"><is><t>{"是" if value else "否"}</t></is></c>'
        if isinstance(value, date):
            return f'<c r="{name}{row}" s="{style}"><v>{_serial(value):.16G}</v></c>'
        if isinstance(value, (int, float)) or hasattr(value, "as_tuple"):
            return f'<c r="{name}{row}" s="{style}"><v>{float(value):.16G}</v></c>'
        text = str(value)
        known = of_text.get(text)
        if known is None:
            known = of_text[text] = _escaped(text)
        return f'<c r="{name}{row}" s="{style}" t="inlineStr"><is>{known}</is></c>'

    return write


@cache
def _day(day: date) -> int:
    return day.toordinal() - EPOCH


def _serial(value: date) -> float:
    """A day, or a moment by the office's clock, as Excel counts them."""
    if not isinstance(value, datetime):
        return _day(value)
    local = value.astimezone(OFFICE_CLOCK)
    seconds = local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6
    return _day(local.date()) + seconds / DAY_SECONDS


def width_of(text: str) -> int:
    """Columns that `text` takes: two for a Chinese character, one for a letter or digit.

    UTF-8 has three bytes for the one and one for the other, and counts them much faster; of four
    are rare characters, which are not wider.
    """
    length = len(text)
    return min((len(text.encode()) + length + 1) // 2, 2 * length)


def lines_of(values: Sequence[Any], rooms: Sequence[int]) -> int:
    """Lines of the cell whose text needs the most; `rooms`: what a line of each column holds."""
    most = 1
    for value, room in zip(values, rooms, strict=True):
        # A text of half as many characters as a line holds fits into it, whatever they are.
        if isinstance(value, str) and (len(value) * 2 > room * most or "\n" in value):
            needed = sum(max(1, -(-width_of(part) // room)) for part in value.split("\n"))
            most = needed if needed > most else most
    return most
