"""Names of one county are unique by their keys; rows that collided before the keys existed can still be edited."""

from __future__ import annotations

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.people import Role
from models.places import County, CountyOption, Department, DepartmentKind, OptionKind, Window, WindowKind
from models.projects import Enterprise
from services.kernel.errors import Duplicate
from services.records import crud
from tests import factories as f
from tests.at_work import become
from tests.lists import credit_code


@pytest.fixture(autouse=True)
def office(session: Session, county: County) -> None:
    become(session, Role.LEAD_OFFICE, county_id=county.id)


def test_another_spelling_of_a_unique_name_is_refused(session: Session) -> None:
    for there, model, other in (
        (f.make_department(session, name="城管局（西区）"), Department, {"kind": DepartmentKind.APPROVAL}),
        (f.make_option(session, name="网上（掌上）"), CountyOption, {"kind": OptionKind.CHANNEL}),
    ):
        with pytest.raises(Duplicate, match="已有相同") as refusal:
            crud.create(session, model(), {"name": there.name.replace("（", " ("), **other})
        assert refusal.value.row_id == there.id
    crud.create(session, Window(), {"name": "城管局（西区）", "kind": WindowKind.GENERAL})


def test_rows_older_than_the_keys_are_edited_but_not_spelled_like_another(session: Session, county: County) -> None:
    one = f.make_department(session, name="城管局（西区）")
    rows = [{"county_id": county.id, "name": "城管局(西区)", "kind": DepartmentKind.APPROVAL, "version": 1}]
    session.execute(insert(Department.__table__), rows)  # type: ignore[arg-type]
    crud.update(session, one, {"name": one.name, "remark": "改"}, one.version)
    assert one.remark == "改"
    with pytest.raises(Duplicate):
        crud.update(session, one, {"name": "城管局【西区】"}, one.version)


def test_an_enterprise_in_another_spelling_needs_codes_that_differ(session: Session) -> None:
    f.make_enterprise(session, name="温县甲（集团）公司", credit_code=None)
    values = {"name": "温县甲(集团)公司", "credit_code": credit_code("410823", 7)}
    with pytest.raises(Duplicate, match="已有同名的企业"):
        crud.create(session, Enterprise(), values)
