"""The national calendar: every day whose kind differs from its weekday, from the State Council's notices.

Source: chinesecalendar, which has the notices of 2004 to 2026.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from chinese_calendar import Holiday, constants
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.records import CalendarDay
from services.kernel.audit import record

SOURCE = "节假日数据包"
#: The library's holiday names → Chinese names.
NAMES = {holiday.value: holiday.chinese for holiday in Holiday}


def load_calendar(session: Session) -> None:
    """Add missing national days; existing ones are kept, even if users changed them."""
    present = set(session.scalars(select(CalendarDay.day).where(CalendarDay.county_id.is_(None))))
    rows = [row for row in _days() if row["day"] not in present]
    if rows:
        session.execute(insert(CalendarDay.__table__), rows)  # type: ignore[arg-type]
        record(session, AuditAction.SETUP, table=CalendarDay.__tablename__, rows=len(rows))


def _days() -> Iterator[dict[str, Any]]:
    for is_workday, days in ((False, constants.holidays), (True, constants.workdays)):
        for day, holiday in days.items():
            yield _row(day, is_workday, NAMES[holiday])


def _row(day: date, is_workday: bool, holiday: str) -> dict[str, Any]:
    return {
        "day": day,
        "is_workday": is_workday,
        "name": f"{holiday}调休" if is_workday else holiday,
        "document": f"国务院办公厅关于{day.year}年部分节假日安排的通知",
        "source": SOURCE,
        "version": 1,
    }
