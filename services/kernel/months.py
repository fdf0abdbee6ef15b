"""Months as ledgers have them: 2026-10."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

#: Until this day of the month 导出台账 means last month.
LAST_MONTH_UNTIL = 10
TYPED = re.compile(r"(20\d\d)\s*[-./年]?\s*(0?[1-9]|1[0-2])\s*月?")
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


def month_of(day: date) -> str:
    """The month of `day`, as it is stored: 2026-10."""
    return f"{day:%Y-%m}"


def first_day(month: str) -> date:
    """The first day of `month`."""
    return date.fromisoformat(f"{month}-01")


def last_day(month: str) -> date:
    """The last day of `month`."""
    return (first_day(month) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def month_before(day: date) -> str:
    """The month before that of `day`."""
    return month_of(day.replace(day=1) - timedelta(days=1))


def month_after(month: str) -> str:
    """The month after `month`."""
    return month_of(last_day(month) + timedelta(days=1))


def default_month(on: date) -> str:
    """The month that 导出台账 means on a day: until the 10th, last month's."""
    return month_before(on) if on.day <= LAST_MONTH_UNTIL else month_of(on)


def in_words(month: str) -> str:
    """The month as papers write it: 2026年1月."""
    year, number = month.split("-")
    return f"{year}年{int(number)}月"


def typed_month(text: str) -> str | None:
    """A month however it was typed: 2026-10, 2026年10月, 2026.10, 202610; None when it is none."""
    found = TYPED.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return f"{found[1]}-{int(found[2]):02d}" if found else None
