"""新增县（旗）: a new county starts as a copy of an existing one, and a list says what must be looked at.

No user of the new county exists yet: who makes counties copies across the border of the two.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from models.actions import AuditAction
from models.fields import Field, all_fields, attribute
from models.items import ItemMaterial, ServiceItem
from models.office import ServicePhrase
from models.papers import PaperTemplate
from models.people import Staff, User
from models.places import County, CountyOption, Department, IndustryDepartment
from models.types import Labelled, show
from services.kernel.access import require
from services.kernel.audit import audit_action
from services.kernel.errors import RuleViolation
from services.records import crud

#: Rows of the two counties are read whatever the actor's scope is.
_ACROSS = {"unscoped": True}


class Part(Labelled):
    """What is copied from the existing county, in the order in which it is made."""

    SETTINGS = "settings", "设置（称谓、条件、期限）"
    OPTIONS = "options", "选项"
    DEPARTMENTS = "departments", "部门（不含电话、地址）"
    ITEMS = "items", "服务事项及其材料（不含专办员）"
    TEMPLATES = "templates", "单据模板、规范用语"


#: Settings that name the county: given for the new one, never copied.
OWN = ("code", "name", "slug", "city", "area_code", "document")
#: What an item, a department, … of another county does not say of the new one.
LEFT_OUT = frozenset({"phone", "address", "liaison_id", "department_id", "item_id", "county_id", "uploaded_by_id"})


def create_from(session: Session, source: County, parts: Collection[Part], values: Mapping[str, Any]) -> County:
    """Create a county with `values` of OWN and copy `parts` of `source`.

    The name of the source is replaced by the new one wherever it stands in a copied text. Settings without a
    default are copied in any case.
    """
    require(session, "county.create")
    if Part.ITEMS in parts and Part.DEPARTMENTS not in parts:
        raise RuleViolation("county.items", "服务事项属于部门，请同时复制部门", field="parts")
    renaming = (source.name, str(values["name"]))
    with audit_action(session, AuditAction.COUNTY_COPY):
        county = County()
        crud.create(session, county, {**_settings_of(source, Part.SETTINGS in parts, renaming), **values})
        if Part.OPTIONS in parts:
            _copy(session, CountyOption, source, county, renaming)
        departments = _copy(session, Department, source, county, renaming) if Part.DEPARTMENTS in parts else {}
        if departments:
            _copy(session, IndustryDepartment, source, county, renaming, department=departments)
        if Part.ITEMS in parts:
            items = _copy(session, ServiceItem, source, county, renaming, department=departments)
            _copy(session, ItemMaterial, source, county, renaming, item=items)
        if Part.TEMPLATES in parts:
            _copy(session, ServicePhrase, source, county, renaming)
            _copy(session, PaperTemplate, source, county, renaming)
    session.flush()
    return county


def _settings_of(source: County, whole: bool, renaming: tuple[str, str]) -> dict[str, Any]:
    """The settings to copy: `whole`, or those that a county cannot do without."""
    wanted = (f for f in all_fields(County) if f.key not in OWN and (whole or f.required))
    return {f.key: _renamed(getattr(source, f.key), renaming) for f in wanted}


def _copy(
    session: Session,
    model: type[Any],
    source: County,
    county: County,
    renaming: tuple[str, str],
    **references: Mapping[int, Any],
) -> dict[int, Any]:
    """Copy the rows in use of one table; gives the new rows by the ids of the old ones.

    `references`: by relation, the new rows for the old ids; a row whose reference was not copied is left out.
    """
    statement = select(model).where(model.county_id == source.id).order_by(model.id)
    for name, value in (("active", True), ("deleted_at", None)):
        if hasattr(model, name):
            statement = statement.where(getattr(model, name).is_(value))
    if model is PaperTemplate:
        statement = statement.options(undefer(PaperTemplate.content))
    made = {}
    for old in session.scalars(statement, execution_options=_ACROSS).all():
        owners = {name: rows.get(getattr(old, f"{name}_id")) for name, rows in references.items()}
        if None not in owners.values():
            made[old.id] = model(county=county, **owners, **_values_of(old, renaming))
    session.add_all(made.values())
    session.flush()
    return made


def _values_of(row: Any, renaming: tuple[str, str]) -> dict[str, Any]:
    keys = [f.key for f in all_fields(type(row))]
    if isinstance(row, PaperTemplate):
        keys += ["paper", "content"]
    return {key: _renamed(getattr(row, key), renaming) for key in keys if key not in LEFT_OUT}


def _renamed(value: Any, renaming: tuple[str, str]) -> Any:
    return value.replace(*renaming) if type(value) is str else value


# What must be looked at.
@dataclass(frozen=True)
class ToCheck:
    """One thing to look at in a new county: what it is, how it stands, and the table where it is put right."""

    what: str
    now: str
    table: str = "county"


#: Settings whose value is another county's until somebody says otherwise, by what they are.
CHECKED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("称谓和单位", ("document", "lead_office", "ledger_reporter", "project_decider", "enterprise_decider")),
    (
        "编号前缀",
        (
            "case_pattern",
            "completion_pattern",
            "termination_pattern",
            "agreement_pattern",
            "urge_pattern",
            "archive_pattern",
        ),
    ),
    ("期限", ("evaluation_days", "verify_days", "rectify_days", "revisit_days", "due_soon_days", "ledger_day")),
)


def to_check(session: Session, county: County) -> list[ToCheck]:
    """What must be looked at before the county begins to work, in order; few statements."""
    fields = {f.key: f for f in all_fields(County)}
    found = [
        ToCheck(f"{title}：{fields[key].label}", _told(session, county, fields[key]))
        for title, keys in CHECKED
        for key in keys
    ]
    n = _counts(session, county)
    return [
        *found,
        ToCheck("选项", f"{n['options']} 个", "county_option"),
        ToCheck("部门的电话、地址", f"{n['departments']} 个部门，{n['unreachable']} 个没有电话", "department"),
        ToCheck("服务事项的承诺时限", f"{n['items']} 个事项，{n['examples']} 个是示例时限", "service_item"),
        ToCheck("领导、代办员、专办员和他们的电话", f"{n['staff']} 人", "general_agent"),
        ToCheck("单据模板里的字样", f"{n['templates']} 个自己的模板", "papers"),
        ToCheck("账号", f"{n['users']} 个", "user"),
    ]


def _told(session: Session, county: County, f: Field) -> str:
    """The value of a setting; a pattern that another county has too is said to be."""
    value = getattr(county, f.key)
    if not f.key.endswith("_pattern"):
        return show(value) + (f.unit.label if f.unit else "")
    column = attribute(County, f.key)
    others = select(func.count(County.id)).where(column == value, County.id != county.id)
    same = session.scalar(others, execution_options=_ACROSS)
    return f"{value}{'（与其他县（旗）相同）' if same else ''}"


def _counts(session: Session, county: County) -> dict[str, int]:
    """How much of everything the new county has; one statement."""

    def of(model: Any, *where: Any) -> Any:
        return select(func.count(model.id)).where(model.county_id == county.id, *where).scalar_subquery()

    wanted = {
        "options": of(CountyOption),
        "departments": of(Department, Department.deleted_at.is_(None)),
        "unreachable": of(Department, Department.deleted_at.is_(None), Department.phone.is_(None)),
        "items": of(ServiceItem, ServiceItem.deleted_at.is_(None)),
        "examples": of(ServiceItem, ServiceItem.deleted_at.is_(None), ServiceItem.illustrative),
        "staff": of(Staff, Staff.deleted_at.is_(None), Staff.active),
        "templates": of(PaperTemplate, PaperTemplate.active),
        "users": of(User, User.active),
    }
    row: Sequence[int] = session.execute(select(*wanted.values()), execution_options=_ACROSS).one()
    return dict(zip(wanted, row, strict=True))
