"""A county's own lists: options mean what they can mean, days are one's own or the whole country's."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from models.people import Role
from models.places import MEANINGFUL, MEANINGS, CountyOption, Meaning, OptionKind
from models.records import CalendarDay
from models.work import Agreement, AgreementKind
from services import master
from services.errors import Forbidden, RuleViolation
from tests import factories as f
from tests.conftest import ActingAs

DAY = date(2026, 10, 1)


@pytest.mark.parametrize("kind", OptionKind)
@pytest.mark.parametrize("meaning", [None, *Meaning])
def test_an_option_means_what_its_kind_can_mean(session: Session, kind: OptionKind, meaning: Meaning | None) -> None:
    allowed = meaning in MEANINGS.get(kind, ()) or (meaning is None and kind not in MEANINGFUL)
    values = {"kind": kind, "name": "新选项", "meaning": meaning}
    if allowed:
        master.create(session, CountyOption(), values)
    else:
        with pytest.raises(RuleViolation) as error:
            master.create(session, CountyOption(), values)
        assert error.value.field == "meaning"


def test_a_county_adds_its_own_day_and_leaves_the_countrys_alone(acting_as: ActingAs) -> None:
    country = acting_as(Role.SYSADMIN)
    master.create(country, CalendarDay(), {"day": DAY, "name": "国庆节"})
    with pytest.raises(RuleViolation, match="已在全国的日历里"):
        master.create(country, CalendarDay(), {"day": DAY, "name": "国庆节"})
    country.commit()
    office = acting_as(Role.LEAD_OFFICE)
    own = CalendarDay()
    master.create(office, own, {"day": DAY, "is_workday": True, "name": "值班"})
    assert own.county_id is not None
    with pytest.raises(RuleViolation, match="已有相同日期"):
        master.create(office, CalendarDay(), {"day": DAY})
    national = office.query(CalendarDay).filter(CalendarDay.county_id.is_(None)).one()
    with pytest.raises(Forbidden):
        master.update(office, national, {"is_workday": True}, national.version)
    with pytest.raises(Forbidden):
        master.delete(office, national)


def test_a_numbered_paper_gets_the_countys_number(session: Session) -> None:
    agreements = []
    for _ in range(2):
        row = Agreement()
        master.create(
            session, row,
            {"kind": AgreementKind.MANDATE, "enterprise": f.make_enterprise(session), "client": "甲公司",
             "matter": "开办", "signed_on": date(2026, 3, 2)},
        )  # fmt: skip
        agreements.append(row.number)
    assert agreements == ["武委协〔2026〕0001号", "武委协〔2026〕0002号"]
