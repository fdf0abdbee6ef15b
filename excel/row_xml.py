"""A worksheet that writes the XML of whole rows itself; everything else is left to XlsxWriter.

XlsxWriter makes an object for each cell until its row is complete. For wide ledgers that costs four to
six times as much as writing the row. In constant-memory mode it appends finished rows to a file;
`write_row_of` appends the same XML to the same file. A test compares the two.
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

#: Longest text of one cell; Excel silently cuts off the rest.
MAX_TEXT = 32_767
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: Texts that need escaping: XML special characters, control characters, blanks at the ends, _xHHHH_.
_SPECIAL = re.compile(r"[&<>\x00-\x1f\ufffe\uffff]|^\s|\s$|_x[0-9a-fA-F]{4}_")
_LITERAL = re.compile(r"_(x[0-9a-fA-F]{4}_)")
#: The day before day 1 of Excel's calendar, as a Python ordinal.
EPOCH = date(1899, 12, 30).toordinal()
DAY_SECONDS = 86_400

#: Bytes copied at once.
COPIED = 1024 * 1024
#: Most values of a column that are cached.
REMEMBERED = 5_000


class RowSheet(Worksheet):  # type: ignore[misc]  # the library has no types
    """A sheet of a constant-memory workbook that also takes whole rows, from top to bottom."""

    def write_row_of(self, row: int, height: float, cells: str, last_column: int) -> None:
        """Write `cells`, the XML of row `row` (from 0), `height` points high."""
        self._write_single_row(row)  # rows written cell by cell go first
        self.row_data_fh.write(f'<row r="{row + 1}" {_height(height)}>{cells}</row>')
        self._check_dimensions(row, 0)
        self._check_dimensions(row, last_column)

    def _write_optimized_sheet_data(self) -> None:
        """Copy the rows from their file unchanged; the library would decode and encode them again."""
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
    """The XML attributes of a row's height, rounded to whole pixels as XlsxWriter does."""
    return f'ht="{int(points * 4.0 / 3.0 + 0.5) * 0.75:.16g}" customHeight="1"'


def clean(text: str) -> str:
    """`text` without characters that a workbook cannot hold; ValueError when it is too long for a cell."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"有一格文字超过 {MAX_TEXT} 个字，Excel 放不下，没有导出")
    return CONTROL.sub("", text)


def _escaped(text: str) -> str:
    """`text` as the content of an inline string, with its <t>."""
    text = _LITERAL.sub(r"_x005F_\1", clean(text)).replace("\r", "_x000D_")
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<t{kept}>{text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</t>"


class CellsOf(dict[Any, tuple[str, int]]):
    """The cells of one column: value → (XML after the cell's address, number of lines).

    Values of a column repeat, so their XML is cached. A column holds either booleans or numbers, never
    both, because True == 1 would share a cache entry. `room`: characters that fit on a line.
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
    """The XML after the address and style of a cell."""
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
    """Makes the XML of whole rows from one value for each column."""

    def __init__(self, styles: Sequence[int], rooms: Sequence[int]) -> None:
        self.cells = [CellsOf(style, room) for style, room in zip(styles, rooms, strict=True)]
        self.starts = [f'<c r="{xl_col_to_name(at)}' for at in range(len(self.cells))]

    def row(self, number: int, values: Sequence[Any]) -> tuple[str, int]:
        """(XML of the cells of row `number` (from 1), number of lines of its tallest cell)."""
        at = str(number)
        made = [cells[value] for cells, value in zip(self.cells, values, strict=True)]
        xml = "".join([start + at + content for start, (content, _) in zip(self.starts, made, strict=True)])
        return xml, max([lines for _, lines in made])


@cache
def _day(day: date) -> int:
    return day.toordinal() - EPOCH


def _serial(value: date) -> float:
    """A date, or a datetime in the office's time zone, as an Excel serial number."""
    if not isinstance(value, datetime):
        return _day(value)
    local = value.astimezone(OFFICE_CLOCK)
    seconds = local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6
    return _day(local.date()) + seconds / DAY_SECONDS


def width_of(text: str) -> int:
    """Columns that `text` takes: two for a Chinese character, one for a letter or digit.

    The length in UTF-8 (three bytes for the one, one for the other) is much faster than looking at each
        character. Rare characters have four bytes but are not wider.
    """
    length = len(text)
    return min((len(text.encode()) + length + 1) // 2, 2 * length)


def lines_of(text: str, room: int) -> int:
    """Lines that `text` takes; `room`: what a line holds."""
    if "\n" in text:
        return sum(lines_of(part, room) for part in text.split("\n"))
    # Fits even if every character is a wide one.
    return 1 if len(text) * 2 <= room else max(1, -(-width_of(text) // room))
