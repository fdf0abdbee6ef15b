"""Whole rows at once: a worksheet that writes the XML of a row itself, everything else is XlsxWriter's.

XlsxWriter keeps a cell as an object until its row is over; for wide ledgers that is four to six times
the work of writing the row. In its constant-memory mode it puts finished rows into a file; so does
`write_row_of`, with the same XML. A test compares the two.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
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

#: Bytes copied at once.
COPIED = 1024 * 1024
#: Values of a column that are remembered at once.
REMEMBERED = 5_000


class RowSheet(Worksheet):  # type: ignore[misc]  # the library has no types
    """A sheet of a constant-memory workbook that also takes whole rows, from top to bottom."""

    def write_row_of(self, row: int, height: float, cells: str, last_column: int) -> None:
        """Write `cells`, the XML of row `row` (from 0), `height` points high."""
        self._write_single_row(row)  # what was written cell by cell goes first
        self.row_data_fh.write(f'<row r="{row + 1}" {_height(height)}>{cells}</row>')
        self._check_dimensions(row, 0)
        self._check_dimensions(row, last_column)

    def _write_optimized_sheet_data(self) -> None:
        """The rows from their file into the sheet's, as they are: the library reads and encodes them again."""
        if self.dim_rowmin is None:
            super()._write_optimized_sheet_data()
            return
        self._xml_start_tag("sheetData")
        self.fh.flush()
        self.row_data_fh.close()
        with Path(self.row_data_filename).open("rb") as rows:
            shutil.copyfileobj(rows, self.fh.buffer, COPIED)
        Path(self.row_data_filename).unlink()
        self._xml_end_tag("sheetData")


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


class CellsOf(dict[Any, tuple[str, int]]):
    """The cells of one column: value → (its XML after the cell's address, the lines it takes).

    What a column says comes again and again, and is made once while it is remembered. A column has
    either 是/否 or numbers, never both: to Python, True is 1. `room`: what a line of it holds.
    """

    def __init__(self, style: int, room: int) -> None:
        super().__init__()
        self.style, self.room = style, room

    def __missing__(self, value: Any) -> tuple[str, int]:
        if len(self) >= REMEMBERED:
            self.clear()
        lines = lines_of(value, self.room) if isinstance(value, str) else 1
        made = self[value] = (f'" s="{self.style}"{_content(value)}', lines)
        return made


def _content(value: Any) -> str:
    """What follows the address and the style of a cell."""
    if value is None or value == "":
        return "/>"
    if isinstance(value, str):
        if _SPECIAL.search(value) or len(value) > MAX_TEXT:
            return f' t="inlineStr"><is>{_escaped(value)}</is></c>'
        return f' t="inlineStr"><is><t>{value}</t></is></c>'
    if isinstance(value, bool):
        return f' t="inlineStr"><is><t>{"是" if value else "否"}</t></is></c>'
    if isinstance(value, date):
        return f"><v>{_serial(value):.16G}</v></c>"
    if isinstance(value, (int, float, Decimal)):
        return f"><v>{float(value):.16G}</v></c>"
    return f' t="inlineStr"><is>{_escaped(str(value))}</is></c>'


class RowWriter:
    """Makes the XML of whole rows, from one value a column."""

    def __init__(self, styles: Sequence[int], rooms: Sequence[int]) -> None:
        self.cells = [CellsOf(style, room) for style, room in zip(styles, rooms, strict=True)]
        self.starts = [f'<c r="{xl_col_to_name(at)}' for at in range(len(self.cells))]

    def row(self, number: int, values: Sequence[Any]) -> tuple[str, int]:
        """(The XML of the cells of row `number` (from 1), the lines of the cell that needs the most)."""
        at = str(number)
        made = [cells[value] for cells, value in zip(self.cells, values, strict=True)]
        xml = "".join([start + at + content for start, (content, _) in zip(self.starts, made, strict=True)])
        return xml, max([lines for _, lines in made])


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


def lines_of(text: str, room: int) -> int:
    """Lines that `text` takes; `room`: what a line holds."""
    if "\n" in text:
        return sum(lines_of(part, room) for part in text.split("\n"))
    # Half as many characters fit, whatever they are.
    return 1 if len(text) * 2 <= room else max(1, -(-width_of(text) // room))
