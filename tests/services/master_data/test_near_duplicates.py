"""A row that is perhaps there already under another name is told before it is made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.people import ChiefServiceOfficer, Role
from models.places import Department
from models.projects import Enterprise, Project
from services.kernel.actor import SYSTEM
from services.kernel.transaction import open_session
from services.master_data.near_duplicates import NearDuplicate, check_near_duplicates, groups, look_alike
from tests import factories as f
from tests.at_work import become

FIRM = "温县丙寅装备制造有限公司"


@pytest.fixture
def session(sqlite_engine: Engine) -> Iterator[Session]:
    with open_session(sqlite_engine, SYSTEM, write=True) as session:
        county = f.make_county(session, code="410825", name="温县", city="焦作市")
        become(session, Role.LEAD_OFFICE, county_id=county.id, counties=(county.id,))
        f.make_enterprise(session, name=FIRM)
        yield session


@pytest.mark.parametrize(
    "name",
    [
        "温县 丙寅装备制造有限公司",
        "丙寅装备制造有限公司",
        "河南省焦作市温县丙寅装备制造有限责任公司",
        "丙寅装备制造（温县）股份有限公司",
        "焦作丙寅装备制造集团有限公司（拟设立）",
        "温县丙寅装备制造",
    ],
)
def test_the_same_enterprise_under_another_name_is_told(session: Session, name: str) -> None:
    assert [firm.name for firm in look_alike(session, Enterprise(), {"name": name})] == [FIRM]


def test_a_place_within_the_name_that_is_there_does_not_hide_it(session: Session) -> None:
    there = f.make_enterprise(session, name="戊辰（温县）装备制造有限公司")
    assert look_alike(session, Enterprise(), {"name": "戊辰装备制造有限公司"}) == [there]


@pytest.mark.parametrize(
    "name", ["温县丙寅装备有限公司", "温县丁卯装备制造有限公司", "温县公司", "丙寅装备制造维修有限公司"]
)
def test_another_enterprise_is_not_told(session: Session, name: str) -> None:
    assert look_alike(session, Enterprise(), {"name": name}) == []


def test_projects_and_people_are_told_too(session: Session) -> None:
    project = f.make_project(session, name="温县污水处理厂（一期）建设项目")
    person = f.make_officer(session, name="阿布都·买买提")
    assert look_alike(session, Project(), {"name": "污水处理厂(一期)项目"}) == [project]
    assert look_alike(session, Project(), {"name": "污水处理厂(二期)项目"}) == []
    assert look_alike(session, ChiefServiceOfficer(), {"name": "阿布都.买买提"}) == [person]
    assert look_alike(session, Department(), {"name": "阿布都.买买提"}) == []


def test_who_confirms_these_rows_may_save_and_who_keeps_the_name_is_not_asked(session: Session) -> None:
    values = {"name": "丙寅装备制造公司"}
    with pytest.raises(NearDuplicate, match="可能已有这个企业") as asked:
        check_near_duplicates(session, Enterprise(), values, None)
    check_near_duplicates(session, Enterprise(), values, asked.value.token)
    with pytest.raises(NearDuplicate):
        check_near_duplicates(session, Enterprise(), values, "999")
    (firm,) = asked.value.rows
    other = f.make_enterprise(session, name="丙寅装备制造公司")
    check_near_duplicates(session, firm, {"name": FIRM, "remark": "改"}, None)
    check_near_duplicates(session, other, {"remark": "改"}, None)


def test_existing_near_duplicates_are_found_in_groups(session: Session) -> None:
    f.make_enterprise(session, name="丙寅装备制造有限责任公司")
    f.make_enterprise(session, name="温县丁卯商贸有限公司")
    assert [[name for _, name, _ in rows] for rows in groups(session, Enterprise)] == [
        [FIRM, "丙寅装备制造有限责任公司"]
    ]
    assert groups(session, Project) == []


def test_another_county_is_never_told(session: Session) -> None:
    other = f.make_county(session, code="410823", name="武陟县")
    become(session, Role.LEAD_OFFICE, county_id=other.id, counties=(other.id,))
    assert look_alike(session, Enterprise(), {"name": FIRM}) == []
