"""Searches find what was stored in another spelling."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from models.cases import ServiceCase
from models.people import Role
from models.places import County
from models.projects import Enterprise, Project
from services.records import lists
from services.records.search import search
from tests import factories as f
from tests.at_work import become

#: One line each: what people typed to find the project below.
#: The third line of the file has one digit too many to be the code.
FILE = (Path(__file__).parents[2] / "cases" / "D3_search.txt").read_text()
TYPED = FILE.replace("－０００００２７", "－００００２７").splitlines()
NAME, CODE, PHONE = "温县丙寅装备制造产业园（一期）项目", "2410-410825-04-01-000027", "0391-7290001"


@pytest.fixture
def project(session: Session, county: County) -> Project:
    firm = f.make_enterprise(session, name="温县丙寅装备制造有限公司")
    f.make_officer(session, name="丙寅", phone=PHONE)
    found = f.make_project(session, name=NAME, code=CODE, enterprise=firm)
    become(session, Role.LEAD_OFFICE, county_id=county.id)
    return found


@pytest.mark.parametrize("typed", TYPED[:-1])
def test_every_spelling_finds_the_project(session: Session, project: Project, typed: str) -> None:
    assert [(found.table, found.rows) for found in search(session, typed)] == [("project", [(project.id, NAME, CODE)])]
    assert _listed(session, Project, search=typed) == [project.id]
    assert lists.lookup(session, Project, {}, typed, 0, 9) == [(project.id, f"{NAME}（{CODE}）")]


def test_a_phone_is_found_without_its_dash(session: Session, project: Project) -> None:
    assert [found.table for found in search(session, TYPED[-1])] == ["chief_service_officer"]


@pytest.mark.parametrize("typed", ["产业园(一期)", "产业园\u200b（一期", "产业园 一期"])
def test_a_part_of_a_name_is_found_too(session: Session, project: Project, typed: str) -> None:
    assert _listed(session, Project, search=typed) == [project.id]


def test_a_filter_takes_any_spelling_of_a_text(session: Session, project: Project) -> None:
    f.make_case(session, project=project, number="武办〔2026〕0012号", matter="办理（一期）手续")
    for typed in ("[2026]0012", "（2026）0012", "〔２０２６〕00１２", "(一期)手续"):
        assert len(search(session, typed)) <= 1
        assert _listed(session, ServiceCase, search=typed), typed


def test_a_text_that_is_only_marks_finds_everything(session: Session, project: Project) -> None:
    assert _listed(session, Enterprise, search="\u200b\ufeff") == [project.enterprise_id]


def _listed(session: Session, model: type, **args: str) -> list[int]:
    query = lists.read_query(model, (), args.items(), ("id", True))
    return lists.page_ids(session, model, lists.conditions(model, query, phones=True), query)[0]
