"""A county's own lists: meanings of options, and own or national calendar days."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from models.items import LimitKind
from models.people import Role
from models.places import MEANINGFUL, MEANINGS, CountyOption, Meaning, OptionKind
from models.records import CalendarDay
from models.work import Agreement, AgreementKind
from services.cases.deadlines import step_due
from services.kernel.errors import Forbidden, RuleViolation
from services.kernel.session import back_office
from services.kernel.working_days import calendar_of, due_date
from services.records import crud
from tests import factories as f
from tests.conftest import ActingAs

DAY = date(2026, 10, 1)


@pytest.mark.parametrize("kind", OptionKind)
@pytest.mark.parametrize("meaning", [None, *Meaning])
def test_an_option_means_what_its_kind_can_mean(session: Session, kind: OptionKind, meaning: Meaning | None) -> None:
    allowed = meaning in MEANINGS.get(kind, ()) or (meaning is None and kind not in MEANINGFUL)
    values = {"kind": kind, "name": "新选项", "meaning": meaning}
    if allowed:
        crud.create(session, CountyOption(), values)
    else:
        with pytest.raises(RuleViolation) as error:
            crud.create(session, CountyOption(), values)
        assert error.value.field == "meaning"


def test_an_option_in_use_stays_of_its_kind(session: Session) -> None:
    used, free = f.make_option(session, name="窗口"), f.make_option(session, name="电话")
    f.make_case(session, channel=used)
    crud.update(session, free, {"kind": OptionKind.MODE}, free.version)
    crud.update(session, used, {"kind": OptionKind.CHANNEL, "name": "综合窗口"}, used.version)
    with pytest.raises(RuleViolation, match="1 条帮办代办件里，类别不能改") as error:
        crud.update(session, used, {"kind": OptionKind.MODE}, used.version)
    assert error.value.field == "kind"


def test_an_items_usual_liaison_is_an_active_one_of_its_department(session: Session) -> None:
    item = f.make_item(session)
    own = f.make_liaison(session, department=item.department)
    gone = f.make_liaison(session, department=item.department, active=False)
    other = f.make_liaison(session)
    for wrong in (other, gone):
        with pytest.raises(RuleViolation, match="在岗的专办员") as error:
            crud.update(session, item, {"liaison": wrong}, item.version)
        assert error.value.field == "liaison"
    crud.update(session, item, {"liaison": own}, item.version)
    with pytest.raises(RuleViolation, match=f"{own.name}不是"):
        crud.update(session, item, {"department": other.department}, item.version)
    own.active = False
    session.flush()
    crud.update(session, item, {"liaison": own, "limit_days": 9}, item.version)
    assert item.limit_days == 9


def test_a_county_adds_its_own_day_and_leaves_the_countrys_alone(acting_as: ActingAs) -> None:
    country = acting_as(Role.SYSADMIN)
    crud.create(country, CalendarDay(), {"day": DAY, "name": "国庆节"})
    with pytest.raises(RuleViolation, match="已在全国的日历里"):
        crud.create(country, CalendarDay(), {"day": DAY, "name": "国庆节"})
    country.commit()
    office = acting_as(Role.LEAD_OFFICE)
    own = CalendarDay()
    crud.create(office, own, {"day": DAY, "is_workday": True, "name": "值班"})
    assert own.county_id is not None
    with pytest.raises(RuleViolation, match="已有相同日期"):
        crud.create(office, CalendarDay(), {"day": DAY})
    national = office.query(CalendarDay).filter(CalendarDay.county_id.is_(None)).one()
    with pytest.raises(Forbidden):
        crud.update(office, national, {"is_workday": True}, national.version)
    with pytest.raises(Forbidden):
        crud.delete(office, national)


def test_due_dates_follow_the_calendar_the_countys_own_days_first(session: Session, system: Session) -> None:
    county_id = f.make_department(session).county_id
    session.commit()
    # In the library 2026-03-03 and 04 are working days; it has no data for 2031.
    assert calendar_of(session, county_id).is_workday(date(2026, 3, 3))
    session.commit()
    system.add(CalendarDay(day=date(2026, 3, 3), is_workday=False, name="全国放假"))
    system.add(CalendarDay(day=date(2026, 3, 4), is_workday=False, name="全国放假"))
    for day in (date(2031, 1, 1), date(2031, 3, 4), date(2032, 3, 4)):  # a single day is not the notice of its year
        system.add(CalendarDay(day=day, is_workday=False, name="全国放假"))
    system.commit()
    crud.create(session, CalendarDay(), {"day": date(2026, 3, 4), "is_workday": True, "name": "本县上班"})
    back_office(session).calendars = {}
    calendar = calendar_of(session, county_id)
    assert not calendar.is_workday(date(2026, 3, 3))
    assert calendar.is_workday(date(2026, 3, 4))
    assert due_date(date(2026, 3, 2), 1, LimitKind.WORKING, calendar) == (date(2026, 3, 4), False)
    assert due_date(date(2031, 3, 3), 1, LimitKind.WORKING, calendar) == (date(2031, 3, 5), False)
    assert due_date(date(2031, 3, 3), 1, LimitKind.WORKING)[1] is True
    assert due_date(date(2032, 3, 3), 1, LimitKind.WORKING, calendar) == (date(2032, 3, 5), True)
    step = f.make_step(session, accepted_on=date(2026, 3, 2), item=f.make_item(session, limit_days=1))
    assert step_due(step, None, calendar) == (date(2026, 3, 4), False)


def test_a_numbered_paper_gets_the_countys_number(session: Session) -> None:
    agreements = []
    for _ in range(2):
        row = Agreement()
        crud.create(
            session,
            row,
            {
                "kind": AgreementKind.MANDATE,
                "enterprise": f.make_enterprise(session),
                "client": "甲公司",
                "matter": "开办",
                "signed_on": date(2026, 3, 2),
            },
        )
        agreements.append(row.number)
    assert agreements == ["武委协〔2026〕0001号", "武委协〔2026〕0002号"]
