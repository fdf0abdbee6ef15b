"""Lists as CSV that Excel opens: UTF-8 with its mark, no cell a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from models.fields import Field
from models.types import OFFICE_CLOCK

#: What a spreadsheet takes for the beginning of a formula, full-width signs too.
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def write_csv(path: Path, fields: Sequence[Field], rows: Iterable[Sequence[Any]]) -> int:
    """Any list as CSV; `rows` in the order of `fields`. Gives their number."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow([field.heading for field in fields])
        for values in rows:
            writer.writerow([text_of(value) for value in values])
            count += 1
    return count


def text_of(value: Any) -> str:
    """A value as plain text; what looks like a formula is made text by a mark before it."""
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
