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
#: Holidays that a notice has named so far, with and without 节.
_VICTORY = r"[一-鿿]{0,12}?抗(?:战|日战争)胜利[一-鿿]{0,4}?(?:纪念日|周年)"
_KNOWN = rf"(?:元旦|春节|清明节?|劳动节|端午节?|中秋节?|国庆节?|{_VICTORY})"
_NAMES = rf"{_KNOWN}(?:(?:、|和){_KNOWN})*"
_ITEM = r"(?:\(?[一二三四五六七八九十]{1,3}\)?、?|\d{1,2}[.、])"
#: Where the text of a holiday begins: a known name with a colon anywhere, one after an item mark
#: without a colon too, and any other name at the beginning of a line or after an item mark.
_HEADING = re.compile(
    rf"(?:{_ITEM})?(?P<known>{_NAMES})(?:放假|假期)?(?:安排)?\n*:"
    rf"|(?:^|(?<=[\n。:])){_ITEM}(?P<bare>{_NAMES})(?:[。,\n]+|(?=\d))"
    rf"|(?:^|(?<=\n)){_ITEM}?(?P<other>[一-鿿、]{{2,12}}):(?=\n?(?:\d{{4}}年)?\d{{1,2}}月)"
)
_NAME = re.compile(_KNOWN)
_DAY = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^)]*)\))?")
_TOTAL = re.compile(r"(?:共|放假(?:调休)?)(\d+)天")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
#: Words that make a clause say days; everything else with a date in it is only told to the reader.
_OFF = re.compile(r"放假|补休|调休|连休")
_WORK = re.compile(r"上班|工作日")
#: Words of a wish: "有条件的单位可安排职工在除夕休息" is no holiday.
_WISH = re.compile(r"希望|鼓励|提倡|倡导|建议|有条件|可以|可安排|可结合")
#: The date under the notice.
_SIGNED = re.compile(r"(?:国务院办公厅)?\d{4}年\d{1,2}月\d{1,2}日")
_JOINS = ("至", "到", "-", "—", "–", "~")
WEEKDAYS = "一二三四五六日"
DECEMBER = 12
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
    """A notice as it was read: its year, its number if the text has it, its days in order.

    `unread`: clauses of a holiday that name a date and say neither 放假 nor 上班; they change nothing.
    """

    year: int
    document: str
    days: tuple[NoticeDay, ...]
    unread: tuple[str, ...] = ()


def parse_notice(text: str) -> Notice:
    """Read the pasted text; `RuleViolation` at what cannot be read or contradicts itself.

    The text is read by clauses, not by lines: copies from PDF or mail break lines anywhere.
    """
    plain = _plain(text)
    title = _TITLE.search(plain.replace("\n", ""))
    if title is None:
        raise RuleViolation("notice.year", "没有找到“××××年部分节假日安排”，请连同通知的标题一起粘贴", field="text")
    year = int(title[1])
    headings = list(_HEADING.finditer(plain))
    if not headings:
        raise RuleViolation("notice.empty", "没有读到放假安排，每个节日应写成“一、元旦：1月1日至3日放假”", field="text")
    found: dict[date, NoticeDay] = {}
    unread: list[str] = []
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        name = next(name for name in heading.groups() if name)
        told = plain[heading.end() : following.start() if following else None].replace("\n", "")
        days = list(_days_of(year, name, told, unread))
        if not days and (heading["known"] or heading["bare"]):
            raise RuleViolation("notice.unread", f"{name}没有读到放假的日期，请核对粘贴的内容", field="text")
        for one in days:
            if one.day in found and found[one.day].is_workday != one.is_workday:
                raise RuleViolation("notice.twice", f"{one.day} 既放假又上班，请核对", field="text")
            found.setdefault(one.day, one)
    if not found:
        raise RuleViolation("notice.empty", "没有读到放假安排，每个节日应写成“一、元旦：1月1日至3日放假”", field="text")
    _check_complete(plain[: headings[0].start()], [heading.group() for heading in headings])
    basis = _BASIS.search(text.replace(" ", ""))
    name = f"国务院办公厅关于{year}年部分节假日安排的通知"
    document = f"{name}（{basis[0]}）" if basis else name
    return Notice(year, document, tuple(found[day] for day in sorted(found)), tuple(unread))


def _plain(text: str) -> str:
    """The text without blanks and invisible marks, in one width; a line that is broken in a sentence is joined."""
    unified = unicodedata.normalize("NFKC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(c for c in unified if c == "\n" or unicodedata.category(c) not in {"Cf", "Cc", "Zs", "Zl", "Zp"})
    return re.sub(r"(?<![。:;\n])\n+(?![一二三四五六七八九十]{1,3}、)", "", kept)


def _check_complete(preface: str, headings: list[str]) -> None:
    """Every holiday that the sentence before the list announces was read."""
    announced = {_short(name) for name in _NAME.findall(preface.replace("\n", ""))}
    read = {_short(name) for heading in headings for name in _NAME.findall(heading)}
    missing = "、".join(sorted(announced - read))
    if missing:
        raise RuleViolation(
            "notice.incomplete", f"通知开头写有{missing}，正文里没有读到，请核对粘贴的内容", field="text"
        )


def _short(name: str) -> str:
    """The holiday's name without 节, as some notices write it; 春节 has no shorter one."""
    return name if name == "春节" else name.removesuffix("节")


def _days_of(year: int, name: str, told: str, unread: list[str]) -> Iterator[NoticeDay]:
    """The days of one holiday, clause by clause: those that are off, and those that are worked for it.

    Clauses that name a date and were not understood are added to `unread`.
    """
    for sentence in told.split("。"):
        off: list[date] = []
        wished = False
        for clause in _clauses(sentence):
            days = _dates(year, name, clause)
            works = _WORK.search(clause) is not None
            wished = wished or _WISH.search(clause) is not None
            if days and (wished or not (works or _OFF.search(clause))):
                unread += [] if _SIGNED.fullmatch(clause) else [clause]
                continue
            off += [] if works else days
            for day in days:
                yield NoticeDay(day, works, f"{name}调休" if works else name)
        total = _TOTAL.search(sentence)
        if total and off and len(set(off)) != int(total[1]):
            raise RuleViolation("notice.total", f"{name}写明共 {total[1]} 天，读到 {len(off)} 天，请核对", field="text")


def _clauses(sentence: str) -> Iterator[str]:
    """The clauses of a sentence; dates that stand alone belong to the clause after them."""
    waiting = ""
    for clause in re.split(r"[,;](?![^(]*\))", sentence):
        if _DAY.search(clause) and not (_OFF.search(clause) or _WORK.search(clause) or _WISH.search(clause)):
            waiting += f"{clause}、"
            continue
        if waiting and not _DAY.search(clause) and not _OFF.search(clause) and not _WORK.search(clause):
            yield waiting
            waiting = ""
        yield waiting + clause
        waiting = ""
    if waiting:
        yield waiting.removesuffix("、")


def _dates(year: int, name: str, clause: str) -> list[date]:
    """The dates that a clause names; 至 joins two of them to a range. December of 元旦 is the year before's."""
    found: list[date] = []
    month, end = 0, 0
    for match in _DAY.finditer(clause):
        month = int(match[2] or month)
        before = match[1] is None and month == DECEMBER and "元旦" in name
        day_year = int(match[1]) if match[1] else year - before
        day = _date(day_year, month, int(match[3]), match[4] or "")
        joined = clause[end : match.start()].startswith(_JOINS) and found
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
    if told and told[1].replace("天", "日") != actual:
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


def store_notice(session: Session, notice: Notice, *, remove: bool = False) -> int:
    """Put the notice into the national calendar of its year; gives how many days changed.

    Days of the year that the notice does not name stay unless `remove` says that they go.
    The due dates of open cases follow before the transaction ends.
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
            if change is DayChange.REMOVED and not remove:
                continue
            done += change is not DayChange.SAME
            if change is DayChange.ADDED:
                crud.create(session, CalendarDay(), values)
            elif change is DayChange.REMOVED:
                crud.delete(session, stored[one.day])
            elif change is DayChange.CHANGED:
                crud.update(session, stored[one.day], values, stored[one.day].version)
    return done
