"""The pasted yearly notice: every holiday and make-up working day of 2015 to 2026."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import CaseState, StepState
from models.people import Role
from models.records import CalendarDay
from services.cases.deadlines import recompute
from services.kernel.errors import Forbidden, RuleViolation
from services.kernel.transaction import transaction
from services.kernel.working_days import Calendar, is_workday
from services.transfer import holiday_notice
from services.transfer.holiday_notice import NoticeDay, parse_notice
from tests.at_work import ready
from tests.conftest import ActingAs
from tests.services.notices import NOTICES, notice_of

EVERY = [one for year in NOTICES for one in parse_notice(notice_of(year)).days]


@pytest.mark.parametrize("one", EVERY, ids=lambda one: f"{one.day}-{'work' if one.is_workday else 'off'}")
def test_every_holiday_and_every_make_up_day_is_what_the_notice_says(one: NoticeDay) -> None:
    assert is_workday(one.day) is one.is_workday


@pytest.mark.parametrize("year", NOTICES)
def test_every_other_day_is_what_its_weekday_says(year: int) -> None:
    told = {one.day: one.is_workday for one in EVERY}
    day, wrong = date(year, 1, 1), []
    while day.year == year:
        if is_workday(day) is not told.get(day, day.weekday() < 5):
            wrong.append(day)
        day += timedelta(days=1)
    assert wrong == []


@pytest.mark.parametrize("year", NOTICES)
def test_a_calendar_made_of_the_notice_is_the_librarys(year: int) -> None:
    days = {one.day: one.is_workday for one in EVERY}
    calendar = Calendar(days, frozenset(NOTICES))
    first = date(year, 1, 1)
    span = [first + timedelta(days=n) for n in range(365)]
    assert [calendar.is_workday(day) for day in span] == [is_workday(day) for day in span]


def test_a_notice_tells_its_year_its_number_and_its_days() -> None:
    found = parse_notice(notice_of(2026))
    assert found.year == 2026
    assert found.document == "国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕12号）"
    assert found.days[0] == NoticeDay(date(2026, 1, 1), False, "元旦")
    assert NoticeDay(date(2026, 2, 14), True, "春节调休") in found.days
    assert len(found.days) == 39


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("元旦：1月1日至3日放假", "没有找到"),
        ("关于2027年部分节假日安排的通知\n请各单位遵照执行。", "没有读到放假安排"),
        ("2027年部分节假日安排\n元旦：1月1日（周四）放假", "是星期五"),
        ("2027年部分节假日安排\n元旦：2月30日放假", "没有 2027 年 2 月 30 日"),
        ("2027年部分节假日安排\n国庆节：10月1日至7日放假调休，共8天。", "写明共 8 天，读到 7 天"),
        ("2027年部分节假日安排\n元旦：1月1日放假。1月1日上班。", "既放假又上班"),
    ],
)
def test_what_cannot_be_right_is_refused(text: str, said: str) -> None:
    with pytest.raises(RuleViolation, match=said) as error:
        parse_notice(text)
    assert error.value.field == "text"


TEXT_2027 = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月31日（周日）、2月20日（周六）上班。"""


def test_storing_it_twice_changes_nothing_and_a_correction_what_differs(acting_as: ActingAs) -> None:
    session = acting_as(Role.SYSADMIN)
    found = parse_notice(TEXT_2027)
    assert holiday_notice.store_notice(session, found) == len(found.days) == 12
    assert holiday_notice.store_notice(session, found) == 0
    corrected = parse_notice(TEXT_2027.replace("2月20日（周六）", "2月21日（周日）"))
    kinds = [(str(one.day), kind) for one, kind in holiday_notice.changes(session, corrected) if kind != "same"]
    assert kinds == [("2027-02-20", "removed"), ("2027-02-21", "added")]
    assert holiday_notice.store_notice(session, corrected) == 1
    kept = session.scalars(select(CalendarDay.day).where(CalendarDay.is_workday)).all()
    assert set(kept) == {date(2027, 1, 31), date(2027, 2, 20), date(2027, 2, 21)}
    assert holiday_notice.store_notice(session, corrected, remove=True) == 1
    days = session.scalars(select(CalendarDay.day).where(CalendarDay.is_workday)).all()
    assert set(days) == {date(2027, 1, 31), date(2027, 2, 21)}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSADMIN])
def test_the_countrys_days_are_the_system_administrators(acting_as: ActingAs, role: Role) -> None:
    with pytest.raises(Forbidden):
        holiday_notice.store_notice(acting_as(role), parse_notice(TEXT_2027))


def test_what_was_provisional_is_certain_once_the_notice_is_in(session: Session, acting_as: ActingAs) -> None:
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号", accepted_on=date(2026, 12, 28))
    step = case.steps[0]
    step.state, step.accepted_on = StepState.ACCEPTED, date(2026, 12, 28)
    recompute(session)
    assert (case.due_on, case.due_provisional) == (date(2027, 1, 5), True)
    session.commit()
    admin = acting_as(Role.SYSADMIN)
    with transaction(admin):
        longer = TEXT_2027.replace("至3日（周日）放假，共3天", "至5日（周二）放假，共5天")
        holiday_notice.store_notice(admin, parse_notice(longer))
    session.expire_all()
    assert (case.due_on, case.due_provisional) == (date(2027, 1, 7), False)


CASES = Path(__file__).parents[2] / "cases"
#: What the notices of tests/cases say of 2026: the days off of each holiday, and the days worked for it.
SPRING = {date(2026, 2, n) for n in range(15, 24)}
MAY = {date(2026, 5, n) for n in range(1, 6)}
NEW_YEAR = {date(2026, 1, n) for n in (1, 2, 3)}


@pytest.mark.parametrize(
    ("name", "off", "worked"),
    [
        ("N2_notice_wrapped_28", NEW_YEAR | SPRING | MAY, {"01-04", "02-14", "02-28", "05-09"}),
        ("N3_notice_name_on_own_line", NEW_YEAR | SPRING | MAY, {"01-04", "02-14", "02-28", "05-09"}),
        ("N4_notice_title_in_two_lines", NEW_YEAR | MAY, {"01-04", "05-09"}),
        ("N5_notice_one_paragraph", NEW_YEAR | SPRING | MAY, {"01-04", "02-14", "02-28", "05-09"}),
    ],
)
def test_a_notice_is_read_by_clauses_wherever_its_lines_break(name: str, off: set[date], worked: set[str]) -> None:
    days = parse_notice((CASES / f"{name}.txt").read_text()).days
    assert {one.day for one in days if not one.is_workday} == off
    assert {f"{one.day:%m-%d}" for one in days if one.is_workday} == worked
    for one in days:
        holiday = "元旦" if one.day.month == 1 else "春节" if one.day.month == 2 else "劳动节"
        assert one.name == (f"{holiday}调休" if one.is_workday else holiday)


def test_a_wish_is_no_holiday_and_is_told() -> None:
    found = parse_notice((CASES / "N1_notice_2024_encouraged_rest.txt").read_text())
    assert date(2024, 2, 9) not in {one.day for one in found.days}
    assert found.unread == ("希望有条件的单位安排职工在除夕(2月9日)休息",)


@pytest.mark.parametrize("year", NOTICES)
@pytest.mark.parametrize(
    "marred",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("：", ":\u200b").replace("月", "\ufeff月"),
        lambda text: "\n".join(text[at : at + 17] for at in range(0, len(text), 17)),
        lambda text: text.replace("\n", ""),
        lambda text: text.replace("至", "-").replace("日", " 日 "),
        lambda text: text.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)}),
        lambda text: text + "节假日期间，各地区要妥善安排好值班和安全。\n国务院办公厅\n2025年11月4日",
    ],
    ids=["crlf", "invisible", "wrapped", "one-line", "hyphen", "full-width", "signed"],
)
def test_every_year_reads_the_same_however_it_was_copied(year: int, marred: Callable[[str], str]) -> None:
    text = notice_of(year)
    assert parse_notice(marred(text)).days == parse_notice(text).days


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("现将元旦、春节放假安排通知如下：\n一、元旦：1月1日至3日放假。", "春节"),
        ("一、元旦：1月1日至3日放假。\n二、春节：另行通知。", "春节没有读到放假的日期"),
        ("元旦：1月1日放假5天", "共 5 天，读到 1 天"),
    ],
)
def test_a_notice_that_is_not_fully_read_is_refused(text: str, said: str) -> None:
    with pytest.raises(RuleViolation, match=said):
        parse_notice(f"国务院办公厅关于2027年部分节假日安排的通知\n{text}")
