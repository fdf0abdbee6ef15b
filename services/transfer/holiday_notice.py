"""Turns a pasted 节假日通知 of 国务院办公厅 into the national calendar of its year.

Source: the yearly 国务院办公厅关于部分节假日安排的通知; 领域 6.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.records import CalendarDay
from models.types import Labelled
from services.kernel.access import require
from services.kernel.audit import audit_action
from services.kernel.errors import RuleViolation
from services.records import crud

_TITLE = re.compile(r"(\d{4})年部分节假日安排")
_BASIS = re.compile(r"国办发明电〔\d{4}〕\d+号")
_HOLIDAY = re.compile(r"^(?:[一二三四五六七八九十]+、)?([一-鿿、]{2,12}):(.+)$")
_DAY = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^)]*)\))?")
_TOTAL = re.compile(r"共(\d+)天")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日])")
WEEKDAYS = "一二三四五六日"
SOURCE = "节假日通知"


class DayChange(Labelled):
    """What storing a notice does with a day."""

    ADDED = "added", "新增"
    CHANGED = "changed", "修改"
    REMOVED = "removed", "删除"
    SAME = "same", "不变"


@dataclass(frozen=True)
class NoticeDay:
    """One day of the notice."""

    day: date
    is_workday: bool
    name: str


@dataclass(frozen=True)
class Notice:
    """A parsed notice: year, 发文字号 if the text has one, days in order."""

    year: int
    document: str
    days: tuple[NoticeDay, ...]


def parse_notice(text: str) -> Notice:
    """Parse the pasted text; raises `RuleViolation` when it cannot be read or contradicts itself."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"[ \t\u3000]", "", plain)
    title = _TITLE.search(plain)
    if title is None:
        raise RuleViolation("notice.year", "没有找到“××××年部分节假日安排”，请连同通知的标题一起粘贴", field="text")
    year = int(title[1])
    found: dict[date, NoticeDay] = {}
    for line in plain.splitlines():
        holiday = _HOLIDAY.match(line)
        if holiday and "日" in holiday[2]:
            for one in _days_of(year, holiday[1], holiday[2]):
                if one.day in found and found[one.day].is_workday != one.is_workday:
                    raise RuleViolation("notice.twice", f"{one.day} 既放假又上班，请核对", field="text")
                found[one.day] = one
    if not found:
        raise RuleViolation(
            "notice.empty", "没有读到放假安排，每个节日应各占一行，如“一、元旦：1月1日至3日放假”", field="text"
        )
    basis = _BASIS.search(text.replace(" ", ""))
    name = f"国务院办公厅关于{year}年部分节假日安排的通知"
    document = f"{name}（{basis[0]}）" if basis else name
    return Notice(year, document, tuple(found[day] for day in sorted(found)))


def _days_of(year: int, name: str, told: str) -> Iterator[NoticeDay]:
    """The days off of one holiday and the working days that compensate for them, clause by clause."""
    for sentence in told.split("。"):
        off: list[date] = []
        for clause in re.split(r"[,;]", sentence):
            days = _dates(year, clause)
            works = "上班" in clause
            off += [] if works else days
            for day in days:
                yield NoticeDay(day, works, f"{name}调休" if works else name)
        total = _TOTAL.search(sentence)
        if total and off and len(off) != int(total[1]):
            raise RuleViolation("notice.total", f"{name}写明共 {total[1]} 天，读到 {len(off)} 天，请核对", field="text")


def _dates(year: int, clause: str) -> list[date]:
    """The dates in a clause; 至 makes a range of two dates."""
    found: list[date] = []
    month, end = 0, 0
    for match in _DAY.finditer(clause):
        year, month = int(match[1] or year), int(match[2] or month)
        day = _date(year, month, int(match[3]), match[4] or "")
        joined = clause[end : match.start()].startswith(("至", "到", "-", "—")) and found
        while joined and found[-1] + timedelta(days=1) < day:
            found.append(found[-1] + timedelta(days=1))
        found.append(day)
        end = match.end()
    return found


def _date(year: int, month: int, day: int, aside: str) -> date:
    """The date; refused when it does not exist or its weekday differs from the one in brackets."""
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise RuleViolation("notice.date", f"没有 {year} 年 {month} 月 {day} 日，请核对", field="text") from error
    told = _WEEKDAY.search(aside)
    actual = WEEKDAYS[found.weekday()]
    if told and told[1] != actual:
        raise RuleViolation(
            "notice.weekday", f"{found} 是星期{actual}，通知写的是星期{told[1]}，请核对年份和日期", field="text"
        )
    return found


def changes(session: Session, notice: Notice) -> list[tuple[NoticeDay, DayChange]]:
    """The effect of storing the notice: (day, 新增, 修改, 删除 or 不变), in order."""
    stored = _stored(session, notice)
    told = {one.day: one for one in notice.days}
    found = [(one, _change_of(stored.get(one.day), one)) for one in notice.days]
    gone = [old for day, old in stored.items() if day not in told and day.year == notice.year]
    found += [(NoticeDay(old.day, old.is_workday, old.name or ""), DayChange.REMOVED) for old in gone]
    return sorted(found, key=lambda change: change[0].day)


def _change_of(old: CalendarDay | None, told: NoticeDay) -> DayChange:
    if old is None:
        return DayChange.ADDED
    return DayChange.SAME if old.is_workday == told.is_workday else DayChange.CHANGED


def _stored(session: Session, notice: Notice) -> dict[date, CalendarDay]:
    first, last = date(notice.year - 1, 12, 1), date(notice.year, 12, 31)
    rows: Sequence[CalendarDay] = session.scalars(
        select(CalendarDay).where(CalendarDay.county_id.is_(None), CalendarDay.day.between(first, last))
    ).all()
    return {row.day: row for row in rows}


def store_notice(session: Session, notice: Notice) -> int:
    """Store the notice as the national calendar of its year; return the number of changed days.

    Due dates of open cases are recomputed before the commit.
    """
    require(session, "calendar_day.notice")
    stored, done = _stored(session, notice), 0
    with audit_action(session, AuditAction.CALENDAR_NOTICE):
        for one, change in changes(session, notice):
            values = {
                "day": one.day,
                "is_workday": one.is_workday,
                "name": one.name,
                "document": notice.document,
                "source": SOURCE,
            }
            done += change is not DayChange.SAME
            if change is DayChange.ADDED:
                crud.create(session, CalendarDay(), values)
            elif change is DayChange.REMOVED:
                crud.delete(session, stored[one.day])
            elif change is DayChange.CHANGED:
                crud.update(session, stored[one.day], values, stored[one.day].version)
    return done
