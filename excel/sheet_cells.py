"""The cells of a worksheet, row by row, as the reader hands them on: only those that hold something.

A million formatted empty cells cost next to nothing: Python hears of values, never of empty cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO, Any

from openpyxl.formula.translate import Translator
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel, from_ISO8601

from excel.workbook_parts import (
    BrokenPart,
    NumberFormat,
    SheetPart,
    WorkbookParts,
    events,
    forget,
    local_name,
    text_of,
)

#: How a workbook writes a character that XML cannot hold, and the sign that begins such a code.
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
#: The largest formula that is told to people.
MAX_FORMULA = 500
PLAIN = NumberFormat()


#: Cells that have only a format, and rows without cells; both say where they are, so that the rest stays in place.
EMPTY_CELL = re.compile(rb'<(?:\w+:)?c r="[A-Z]{1,3}[0-9]{1,7}"(?: [a-z]+="[^"<>]*")*\s*/>')
EMPTY_ROW = re.compile(rb'<(?:\w+:)?row(?=[^<>]* r=")[^<>]*(?:/>|>\s*</(?:\w+:)?row>)')
ROW_BEGINS = re.compile(rb"<(?:\w+:)?row[ >/]")
BLOCK = 1024 * 1024


class WithoutEmpties:
    """A sheet's XML without its formatted empty cells and rows, a stream to read from.

    A border down a whole column makes a million of them. What is not written as usual is left in.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._held = b""

    def read(self, _: int = -1) -> bytes:
        """The next part of what is left; empty at the end."""
        while block := self._stream.read(BLOCK):
            self._held += block
            last = max((found.start() for found in ROW_BEGINS.finditer(self._held)), default=0)
            if last == 0 and len(self._held) < 4 * BLOCK:
                continue
            whole, self._held = self._held[: last or -BLOCK], self._held[last or -BLOCK :]
            if slim := EMPTY_ROW.sub(b"", EMPTY_CELL.sub(b"", whole)):
                return slim
        rest, self._held = self._held, b""
        return rest


@dataclass(frozen=True)
class Row:
    """A row with content: its number in Excel, whether it is hidden, its packed cells by column from 1."""

    number: int
    hidden: bool
    cells: dict[int, Any]


def column_number(letters: str) -> int:
    """The number of a column from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class SheetCells:
    """Reads the cells of one workbook's sheets."""

    def __init__(self, parts: WorkbookParts) -> None:
        self._parts = parts
        self._strings = parts.strings()
        self._formats = parts.formats()
        self._epoch = CALENDAR_MAC_1904 if parts.date1904 else CALENDAR_WINDOWS_1900
        self._sheet = SheetPart("", "", visible=False)
        self._formulas: dict[str, tuple[str, str]] = {}
        #: Ranges of the sheet merged over several rows: (first row, last row, first column, last column).
        self.merged: list[tuple[int, int, int, int]] = []

    def rows(self, sheet: SheetPart) -> Iterator[Row]:
        """The rows that hold something, in the order of the sheet; afterwards `merged` holds its merged ranges."""
        self._sheet, self._formulas, self.merged = sheet, {}, []
        if not self._parts.has(sheet.part):
            raise BrokenPart(f"工作表“{sheet.name}”的内容已丢失")
        number, filled = 0, False
        with self._parts.open(sheet.part) as stream:
            for element in events(WithoutEmpties(stream), sheet.name, ("v", "is", "f", "row", "mergeCell")):
                name = local_name(element.tag)
                if name == "mergeCell":
                    self._note_merged(element.get("ref") or "")
                    continue
                if name != "row":
                    filled = True
                    continue
                number = int(element.get("r") or number + 1)
                cells = self._cells(element, number) if filled else {}
                hidden = element.get("hidden") in {"1", "true"}
                forget(element)
                filled = False
                if cells:
                    yield Row(number, hidden, cells)

    def _note_merged(self, place: str) -> None:
        corners = [PLACE.fullmatch(corner) for corner in place.split(":")]
        if len(corners) == 2 and all(corners):
            (left, top), (right, bottom) = ((column_number(c[1]), int(c[2])) for c in corners if c)
            self.merged += [(top, bottom, left, right)] if bottom > top else []

    def _cells(self, row: Any, number: int) -> dict[int, Any]:
        found, column = {}, 0
        for cell in row:
            place = PLACE.fullmatch(cell.get("r") or "")
            column = column_number(place[1]) if place else column + 1
            if len(cell):
                packed = self._pack(cell, f"{cell.get('r') or number}")
                if packed is not None:
                    found[column] = packed
        return found

    def _pack(self, cell: Any, place: str) -> Any:
        """A cell as JSON holds it: a value, or [kind, …] for what JSON has no type for; None when it is empty."""
        inside = {local_name(child.tag): child for child in cell}
        kind = cell.get("t", "n")
        if "f" in inside:
            return ["f", self._formula(inside["f"], place)[:MAX_FORMULA]]
        if kind == "inlineStr":
            return _unescaped(text_of(inside["is"])) if "is" in inside else None
        text = (inside["v"].text or "") if "v" in inside else ""
        if not text:
            return None
        match kind:
            case "s":
                return self._shared(text, place)
            case "str":
                return _unescaped(text)
            case "b":
                return text.strip() in {"1", "true"}
            case "e":
                return ["e", text]
            case "d":
                return _packed_moment(from_ISO8601(text.strip()))
        return self._number(text.strip(), cell.get("s"), place)

    def _shared(self, text: str, place: str) -> str | None:
        try:
            return _unescaped(self._strings[int(text)])
        except (ValueError, IndexError) as error:
            raise self._broken_cell(place, "文字已丢失") from error

    def _formula(self, element: Any, place: str) -> str:
        """The formula of a cell; one that several cells share is written out for this one."""
        text, shared = element.text or "", element.get("si")
        if element.get("t") == "shared" and shared is not None:
            if text:
                self._formulas[shared] = (text, place)
            elif shared in self._formulas:
                first, origin = self._formulas[shared]
                return str(Translator(f"={first}", origin=origin).translate_formula(place))
        return f"={text}"

    def _number(self, text: str, style: str | None, place: str) -> Any:
        try:
            value: int | float = int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else float(text)
        except ValueError as error:
            raise self._broken_cell(place, "数字无法读取") from error
        if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
            value = int(value)
        look = self._look(style)
        if look.is_date or look.is_span:
            try:
                return _packed_moment(from_excel(value, self._epoch, timedelta=look.is_span))
            except (OverflowError, ValueError):
                return value
        is_rounded = look.decimals is not None and round(value, look.decimals) != value
        if self._parts.date1904 or is_rounded:
            return ["n", value, look.decimals if is_rounded else None, self._parts.date1904]
        return value

    def _broken_cell(self, place: str, what: str) -> BrokenPart:
        return BrokenPart(f"工作表“{self._sheet.name}”的单元格 {place} 的{what}")

    def _look(self, style: str | None) -> NumberFormat:
        at = int(style) if style and style.isdecimal() else 0
        return self._formats[at] if at < len(self._formats) else PLAIN


def _packed_moment(value: Any) -> Any:
    if isinstance(value, datetime):
        return ["d", value.date().isoformat()] if value.time() == time() else ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    return str(value)


def _unescaped(text: str) -> str | None:
    """Text with the characters that XML cannot hold, without carriage returns; None when nothing is left."""
    whole = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace("\r", "")
    # A character beyond the first plane is written as two codes.
    return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace") or None
