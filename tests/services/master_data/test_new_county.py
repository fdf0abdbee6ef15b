"""A new county starts as a copy of an existing one, before anybody of it has an account."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models.items import ItemMaterial, ServiceItem
from models.papers import PaperTemplate
from models.people import Role
from models.places import County, CountyOption, Department, Meaning, OptionKind
from models.types import now
from services.kernel.errors import Forbidden, RuleViolation
from services.kernel.session import back_office
from services.master_data import new_county
from services.master_data.new_county import Part
from tests import factories as f
from tests.conftest import ActingAs
from tests.factories import actor_as

OWN = {
    "code": "410822",
    "name": "博爱县",
    "slug": "boai",
    "city": "焦作市",
    "area_code": "0391",
    "document": "博爱县政务服务帮办代办制度实施方案",
}
MODELS = (CountyOption, Department, ServiceItem, ItemMaterial, PaperTemplate)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """None of this depends on the engine."""
    return sqlite_engine


@pytest.fixture
def source(system: Session, county: County) -> County:
    """武陟县 with a row of everything that is copied, and rows that are not in use."""
    found = system.get_one(County, county.id)
    found.verify_days, found.has_stations = 7, True
    f.make_option(system, OptionKind.SCALE, county=county, name="一般", meaning=Meaning.NEUTRAL)
    f.make_option(system, county=county, name="停用的渠道", active=False)
    department = f.make_department(system, county=county, name="武陟县住建局", phone="03917250000")
    f.make_department(system, county=county, deleted_at=now())
    liaison = f.make_liaison(system, county=county, department=department)
    item = f.make_item(system, county=county, department=department, liaison=liaison, limit_days=9)
    f.make_material(system, county=county, item=item, name="图纸")
    f.make_template(system, county=county, active=True)
    system.commit()
    return found


@pytest.fixture
def sysadmin(acting_as: ActingAs, source: County) -> Session:
    return acting_as(Role.SYSADMIN, county=source)


def rows(session: Session, model: Any, county: County) -> list[Any]:
    wanted = select(model).where(model.county_id == county.id)
    return list(session.scalars(wanted, execution_options={"unscoped": True}))


def test_a_county_is_copied_whole_before_anybody_works_there(sysadmin: Session, source: County) -> None:
    made = new_county.create_from(sysadmin, sysadmin.get_one(County, source.id), list(Part), OWN)
    sysadmin.commit()
    assert (made.name, made.code, made.verify_days, made.has_stations) == ("博爱县", "410822", 7, True)
    assert made.lead_office == "博爱县行政审批和政务信息管理局"
    (option,), (department,), (item,), (material,), (template,) = (rows(sysadmin, m, made) for m in MODELS)
    assert (option.name, option.meaning) == ("一般", Meaning.NEUTRAL)
    assert (department.name, department.phone) == ("博爱县住建局", None)
    assert (item.limit_days, item.department_id, item.liaison_id) == (9, department.id, None)
    assert (material.name, material.item_id) == ("图纸", item.id)
    assert (template.paper, template.content, template.active) == ("completion", b"PK", True)
    assert [len(rows(sysadmin, m, source)) for m in MODELS] == [2, 2, 1, 1, 1]


@pytest.mark.parametrize("left_out", [p for p in Part if p is not Part.DEPARTMENTS])
def test_what_is_not_chosen_is_not_copied(sysadmin: Session, source: County, left_out: Part) -> None:
    chosen = [part for part in Part if part is not left_out]
    made = new_county.create_from(sysadmin, sysadmin.get_one(County, source.id), chosen, OWN)
    counts = {
        Part.SETTINGS: 1 if made.verify_days == 7 else 0,
        Part.OPTIONS: len(rows(sysadmin, CountyOption, made)),
        Part.ITEMS: len(rows(sysadmin, ServiceItem, made)),
        Part.TEMPLATES: len(rows(sysadmin, PaperTemplate, made)),
    }
    assert counts == {part: part is not left_out for part in counts}


def test_items_are_not_copied_without_their_departments(sysadmin: Session, source: County) -> None:
    with pytest.raises(RuleViolation) as error:
        new_county.create_from(sysadmin, sysadmin.get_one(County, source.id), [Part.ITEMS], OWN)
    assert error.value.field == "parts"


def test_only_who_makes_counties_copies_them(session: Session, source: County) -> None:
    with pytest.raises(Forbidden):
        new_county.create_from(session, source, list(Part), OWN)


def test_what_must_be_looked_at_is_listed(sysadmin: Session, source: County) -> None:
    made = new_county.create_from(sysadmin, sysadmin.get_one(County, source.id), list(Part), OWN)
    told = {one.what: one.now for one in new_county.to_check(sysadmin, made)}
    assert told["称谓和单位：牵头单位"] == "博爱县行政审批和政务信息管理局"
    assert told["编号前缀：受理编号格式"].endswith("（与其他县（旗）相同）")
    assert told["期限：差评核实期限"] == "7工作日"
    assert (told["部门的电话、地址"], told["账号"]) == ("1 个部门，1 个没有电话", "0 个")
    made.case_pattern = "博帮代办〔{年}〕{0000}号"
    sysadmin.flush()
    told = {one.what: one.now for one in new_county.to_check(sysadmin, made)}
    assert told["编号前缀：受理编号格式"] == "博帮代办〔{年}〕{0000}号"


def test_the_people_of_a_new_county_see_what_was_copied(sysadmin: Session, source: County) -> None:
    made = new_county.create_from(sysadmin, sysadmin.get_one(County, source.id), list(Part), OWN)
    back_office(sysadmin).act_as(actor_as(Role.LEAD_OFFICE, made))
    assert [sysadmin.scalar(select(func.count()).select_from(m)) for m in MODELS] == [1, 1, 1, 1, 1]
