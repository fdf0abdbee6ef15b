"""Lists as CSV for Excel: UTF-8 with a byte order mark, and no cell that Excel reads as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from models.fields import Field
from models.types import OFFICE_CLOCK

#: Characters that make a spreadsheet read a cell as a formula, full-width signs included.
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def write_csv(path: Path, fields: Sequence[Field], rows: Iterable[Sequence[Any]]) -> int:
    """Write any list as CSV, `rows` in the order of `fields`; return the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow([field.heading for field in fields])
        for values in rows:
            writer.writerow([text_of(value) for value in values])
            count += 1
    return count


def text_of(value: Any) -> str:
    """A value as plain text; an apostrophe in front disarms a text that looks like a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.astimezone(OFFICE_CLOCK).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, (int, float, Decimal, date)):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
