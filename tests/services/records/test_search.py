"""The search box: names and codes by start, numbers by part, phones by end; only visible rows."""

from __future__ import annotations

import pytest

from models.cases import CaseState
from models.people import Role
from models.places import County
from services.records.search import EACH, search
from tests import factories as f
from tests.conftest import ActingAs


@pytest.fixture
def ground(acting_as: ActingAs) -> None:
    session = acting_as(Role.LEAD_OFFICE)
    firm = f.make_enterprise(session, name="武陟县面粉有限公司", credit_code="91410823MA0000015R")
    f.make_project(session, name="武陟县面粉厂扩建", code="2304-410823-04-01-123451", enterprise=firm)
    f.make_case(
        session, number="武帮代办〔2026〕0229号", matter="面粉厂开办", state=CaseState.SUBMITTED, enterprise=firm
    )
    f.make_agent(session, name="代办员甲", phone="13803914321")
    session.commit()


@pytest.mark.parametrize(
    ("typed", "tables"),
    [
        ("武陟县面粉", ["企业", "项目"]),
        ("91410823ma", ["企业"]),
        ("2304-410823", ["项目"]),
        ("0229", ["帮办代办件"]),
        ("面粉厂", ["项目", "帮办代办件"]),
        ("面粉有限", ["企业"]),
        ("123451", ["项目"]),
        ("武帮代办[2026]0229", ["帮办代办件"]),
        ("０２２９", ["帮办代办件"]),
        ("代办员", ["全科代办员"]),
        ("4321", ["全科代办员"]),
        ("　武陟县面粉　", ["企业", "项目"]),
        ("%", []),
        ("_", []),
        ("", []),
        ("\x00", []),
        ("没有", []),
    ],
)
def test_it_finds_by_what_people_know(ground: None, acting_as: ActingAs, typed: str, tables: list[str]) -> None:
    session = acting_as(Role.LEAD_OFFICE, write=False)
    assert [answer.title for answer in search(session, typed)] == tables


def test_masked_phones_are_not_found_digit_by_digit(ground: None, acting_as: ActingAs) -> None:
    assert search(acting_as(Role.INSPECTOR, write=False), "4321") == []


def test_each_role_finds_its_own_rows_only(ground: None, acting_as: ActingAs, other_county: County) -> None:
    for role in (Role.CHIEF_OFFICER, Role.LIAISON, Role.DEPT_LEADER, Role.SYSADMIN, Role.AUDITOR):
        assert search(acting_as(role, write=False), "武陟县面粉") == [], role
        assert search(acting_as(role, write=False), "0229") == [], role
    assert search(acting_as(Role.LEAD_OFFICE, county=other_county, write=False), "武陟县面粉") == []


def test_many_are_cut_and_said_to_be_more(acting_as: ActingAs) -> None:
    session = acting_as(Role.LEAD_OFFICE)
    for n in range(EACH + 1):
        f.make_enterprise(session, name=f"同名{n}")
    answer = search(session, "同名")[0]
    assert len(answer.rows) == EACH
    assert answer.more
