"""Row scope and permissions: rows of another county cannot be read, referred to or changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, delete, exists, func, select, text, union_all, update
from sqlalchemy.orm import Session, aliased

from models import Base
from models.base import CountyScoped
from models.cases import CaseEvent, CaseStep, Completion, Delivery, ServiceCase, Termination
from models.fields import all_fields
from models.items import ServiceItem
from models.people import (
    DepartmentLeader,
    DepartmentLiaison,
    DesignationTarget,
    GeneralAgent,
    Role,
    Staff,
    User,
)
from models.places import County, Department, Window
from models.projects import Assignment, Enterprise, KeyDesignation, Project
from models.types import now
from services.kernel.access import (
    FIELD_ROLES,
    PERMISSIONS,
    SYSTEM_ROLES,
    may,
    may_set,
    require,
    sees_phones,
)
from services.kernel.actor import SYSTEM
from services.kernel.errors import Forbidden
from services.kernel.roles import ROW_SCOPE
from services.kernel.session import BackOfficeSession
from services.kernel.transaction import open_session, working
from tests import factories as f
from tests.conftest import ActingAs
from tests.factories import MAKERS, actor_as

SCOPED = sorted(
    (m.class_ for m in Base.registry.mappers if issubclass(m.class_, CountyScoped)),
    key=lambda m: m.__name__,
)
CONCRETE = [m for m in SCOPED if m is not Staff]


@dataclass
class Rows:
    """The ids of one row of a model in each county."""

    own: int
    other: int


@pytest.fixture
def rows(engine: Engine, county: County, other_county: County) -> Callable[[type[Any]], Rows]:
    """`rows(Model)` creates and commits a row in each county."""

    def make(model: type[Any]) -> Rows:
        maker = MAKERS[GeneralAgent if model is Staff else model]
        with working(engine, SYSTEM) as session:
            return Rows(maker(session, county=county).id, maker(session, county=other_county).id)

    return make


def unscoped(session: Session, model: type[Any], row_id: int) -> Any:
    """A row loaded without the row scope, as a bug elsewhere might do."""
    row = session.scalar(select(model).where(model.id == row_id), execution_options={"unscoped": True})
    assert row is not None
    return row


SHAPES: dict[str, Callable[[Session, Any], list[Any]]] = {
    "rows": lambda s, m: [r.id for r in s.scalars(select(m))],
    "columns": lambda s, m: list(s.scalars(select(m.id))),
    "count": lambda s, m: [s.scalar(select(func.count()).select_from(m))],
    "count of a column": lambda s, m: [s.scalar(select(func.count(m.id)))],
    "alias": lambda s, m: list(s.scalars(select(aliased(m).id))),
    "subquery": lambda s, m: list(s.scalars(select(select(m.id).subquery().c.id))),
    "cte": lambda s, m: list(s.scalars(select(select(m.id).cte().c.id))),
    "in": lambda s, m: list(s.scalars(select(County.id).where(County.id.in_(select(m.county_id))))),
    "union": lambda s, m: list(s.scalars(union_all(select(m.id), select(m.id)))),
    "query": lambda s, m: [r.id for r in s.query(m)],
}


@pytest.mark.parametrize("model", SCOPED, ids=lambda m: m.__name__)
def test_a_row_of_another_county_is_invisible_however_it_is_asked_for(
    rows: Callable[[type[Any]], Rows], acting_as: ActingAs, county: County, model: type[Any]
) -> None:
    made = rows(model)
    expected = {shape: [made.own] for shape in SHAPES} | {
        "count": [1],
        "count of a column": [1],
        "in": [county.id],
        "union": [made.own, made.own],
    }
    session = acting_as(Role.LEAD_OFFICE, write=False)
    assert {name: ask(session, model) for name, ask in SHAPES.items()} == expected


@pytest.mark.parametrize("model", SCOPED, ids=lambda m: m.__name__)
def test_a_row_of_another_county_cannot_be_guessed_by_its_id(
    rows: Callable[[type[Any]], Rows], acting_as: ActingAs, model: type[Any]
) -> None:
    made = rows(model)
    session = acting_as(Role.LEAD_OFFICE, write=False)
    assert session.get(model, made.other) is None
    assert session.scalar(select(model).where(model.id == made.other)) is None
    assert session.scalar(select(exists().where(model.id == made.other))) is False
    assert session.get(model, made.own) is not None


def test_another_county_itself_is_invisible(acting_as: ActingAs, county: County, other_county: County) -> None:
    session = acting_as(Role.LEAD_OFFICE, write=False)
    assert list(session.scalars(select(County.id))) == [county.id]


@pytest.mark.parametrize("as_alias", [False, True])
def test_the_label_of_another_countys_row_is_blank_in_a_list(
    engine: Engine, rows: Callable[[type[Any]], Rows], acting_as: ActingAs, as_alias: bool
) -> None:
    project, enterprise = rows(Project), rows(Enterprise)
    with engine.begin() as connection:  # a reference that must not exist
        connection.execute(
            text("UPDATE project SET enterprise_id = :there WHERE id = :here"),
            {"there": enterprise.other, "here": project.own},
        )
    other = aliased(Enterprise) if as_alias else Enterprise
    session = acting_as(Role.LEAD_OFFICE, write=False)
    found = session.execute(select(Project.id, other.name).outerjoin(other, Project.enterprise_id == other.id)).all()
    assert [tuple(row) for row in found] == [(project.own, None)]


def test_an_actor_of_no_county_sees_nothing(engine: Engine, rows: Callable[[type[Any]], Rows]) -> None:
    rows(Enterprise)
    with open_session(engine, actor_as(Role.LEAD_OFFICE), write=False) as session:
        assert session.scalars(select(Enterprise)).all() == []


def test_a_supervisor_sees_the_counties_given_to_him(
    system: Session, county: County, other_county: County, acting_as: ActingAs
) -> None:
    third = f.make_county(system, code="150422")
    for each in (county, other_county, third):
        f.make_enterprise(system, county=each)
    system.commit()
    counties = (county.id, other_county.id)
    session = acting_as(Role.SUPERVISOR, counties=counties, write=False)
    assert set(session.scalars(select(Enterprise.county_id))) == set(counties)


@pytest.mark.parametrize("role", sorted(SYSTEM_ROLES))
def test_an_administrator_sees_no_business_row(
    rows: Callable[[type[Any]], Rows], acting_as: ActingAs, role: Role
) -> None:
    business = [m for m in CONCRETE if not issubclass(m, Staff | Department | Window)]
    for model in business:
        rows(model)
    session = acting_as(role, write=False)
    assert [m.__name__ for m in business if seen(session, m)] == []


@pytest.mark.parametrize("role", sorted(SYSTEM_ROLES))
def test_an_administrator_sees_what_an_account_names_in_every_county(
    rows: Callable[[type[Any]], Rows], acting_as: ActingAs, role: Role
) -> None:
    made = rows(Staff)
    session = acting_as(role, write=False)
    assert set(session.scalars(select(Staff.id))) == {made.own, made.other}
    assert session.scalar(select(func.count()).select_from(County)) == 2


def test_a_deleted_row_is_hidden_from_lists_and_by_its_id(session: Session, acting_as: ActingAs) -> None:
    gone = f.make_enterprise(session, deleted_at=now())
    kept = f.make_enterprise(session)
    session.commit()
    fresh = acting_as(Role.LEAD_OFFICE, write=False)
    assert list(fresh.scalars(select(Enterprise.id))) == [kept.id]
    assert fresh.get(Enterprise, gone.id) is None
    assert fresh.get(Enterprise, gone.id, execution_options={"unscoped": True}) is not None


def test_a_deleted_row_still_names_itself_on_old_rows(session: Session, acting_as: ActingAs) -> None:
    enterprise = f.make_enterprise(session, name="武陟县老厂")
    project = f.make_project(session, enterprise=enterprise)
    enterprise.deleted_at = now()
    session.commit()
    found = acting_as(Role.LEAD_OFFICE, write=False).get(Project, project.id)
    assert found is not None
    assert found.enterprise.name == "武陟县老厂"


# Writing


@pytest.mark.parametrize("model", CONCRETE, ids=lambda m: m.__name__)
def test_a_row_cannot_be_made_in_another_county(session: Session, other_county: County, model: type[Any]) -> None:
    with pytest.raises(Forbidden):
        MAKERS[model](session, county=other_county)


@pytest.mark.parametrize("model", CONCRETE, ids=lambda m: m.__name__)
def test_a_row_of_another_county_cannot_be_removed(
    rows: Callable[[type[Any]], Rows], session: Session, model: type[Any]
) -> None:
    session.delete(unscoped(session, model, rows(model).other))
    with pytest.raises(Forbidden):
        session.flush()


@pytest.fixture
def stranger(rows: Callable[[type[Any]], Rows]) -> Callable[[Session], Enterprise]:
    """An enterprise of the other county, loaded without the row scope."""
    made = rows(Enterprise)
    return lambda session: unscoped(session, Enterprise, made.other)


def test_a_row_of_another_county_cannot_be_changed(session: Session, stranger: Callable[[Session], Enterprise]) -> None:
    stranger(session).name = "改了"
    with pytest.raises(Forbidden):
        session.flush()


def test_a_row_of_another_county_cannot_be_pulled_over(
    session: Session, stranger: Callable[[Session], Enterprise], county: County
) -> None:
    stranger(session).county_id = county.id
    with pytest.raises(Forbidden):
        session.flush()


def test_an_own_row_cannot_be_pushed_into_another_county(session: Session, other_county: County) -> None:
    enterprise = f.make_enterprise(session)
    enterprise.county_id = other_county.id
    with pytest.raises(Forbidden):
        session.flush()


def test_an_own_row_cannot_be_pushed_over_by_its_relation(session: Session, other_county: County) -> None:
    enterprise = f.make_enterprise(session)
    enterprise.county = unscoped(session, County, other_county.id)
    with pytest.raises(Forbidden):
        session.flush()


def test_a_new_row_cannot_say_one_county_and_point_to_another(
    session: Session, county: County, other_county: County
) -> None:
    there = unscoped(session, County, other_county.id)
    session.add(Enterprise(name="武陟县新厂", county_id=county.id, county=there))
    with pytest.raises(Forbidden):
        session.flush()


@pytest.mark.parametrize("new", [True, False], ids=["new", "changed"])
@pytest.mark.parametrize("by", ["id", "object"])
def test_a_row_of_another_county_cannot_be_named(
    session: Session, stranger: Callable[[Session], Enterprise], by: str, new: bool
) -> None:
    other = stranger(session)
    given = {"enterprise_id": other.id} if by == "id" else {"enterprise": other}
    if new:
        session.add(Project(name="面粉项目", **given))
    else:
        project = f.make_project(session)
        for key, value in given.items():
            setattr(project, key, value)
    with pytest.raises(Forbidden):
        session.flush()


def test_the_command_line_cannot_join_two_counties_either(
    system: Session, stranger: Callable[[Session], Enterprise], county: County
) -> None:
    with pytest.raises(Forbidden):
        f.make_project(system, county=county, enterprise=stranger(system))


def test_a_wrong_reference_is_found_beside_a_right_one_to_the_same_row(
    system: Session, stranger: Callable[[Session], Enterprise], county: County
) -> None:
    other = stranger(system)
    for place in (other.county_id, county.id, other.county_id):
        system.add(Project(name="面粉项目", county_id=place, enterprise_id=other.id))
    with pytest.raises(Forbidden):
        system.flush()


def test_a_deleted_row_cannot_be_named_anew(session: Session) -> None:
    gone = f.make_enterprise(session, deleted_at=now())
    with pytest.raises(Forbidden):
        f.make_project(session, enterprise=gone)


def test_a_person_of_another_kind_cannot_be_named(session: Session) -> None:
    case = f.make_case(session)
    case.agent_id = f.make_liaison(session).id
    with pytest.raises(Forbidden):
        session.flush()


def test_an_unchanged_reference_that_became_invisible_is_kept(session: Session) -> None:
    enterprise = f.make_enterprise(session)
    project = f.make_project(session, enterprise=enterprise)
    enterprise.deleted_at = now()
    session.flush()
    project.remark = "改了备注"
    session.flush()
    assert project.enterprise_id == enterprise.id


def test_a_new_row_is_of_the_actors_county_unless_it_says_otherwise(session: Session, county: County) -> None:
    enterprise = Enterprise(name="武陟县新厂")
    session.add(enterprise)
    session.flush()
    assert enterprise.county_id == county.id


def test_a_session_without_an_actor_reads_and_writes_nothing(engine: Engine, county: County) -> None:
    with open_session(engine, None, write=True) as session:
        with pytest.raises(RuntimeError):
            session.scalars(select(Enterprise))
        session.add(Enterprise(name="武陟县新厂", county_id=county.id))
        with pytest.raises(RuntimeError):
            session.flush()
    with BackOfficeSession(engine, writes=False, actor=None) as session, pytest.raises(RuntimeError):
        session.scalars(select(Enterprise))


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.execute(update(Enterprise).values(name="改了")),
        lambda s: s.execute(delete(Enterprise)),
        lambda s: s.query(Enterprise).update({"name": "改了"}),
        lambda s: s.query(Enterprise).delete(),
    ],
)
def test_a_bulk_change_is_refused(session: Session, change: Callable[[Session], object]) -> None:
    f.make_enterprise(session, name="武陟县老厂")
    with pytest.raises(RuntimeError):
        change(session)
    assert list(session.scalars(select(Enterprise.name))) == ["武陟县老厂"]


def test_a_reading_session_refuses_to_flush(session: Session, acting_as: ActingAs) -> None:
    enterprise = f.make_enterprise(session)
    session.commit()
    reader = acting_as(Role.LEAD_OFFICE, write=False)
    found = reader.get(Enterprise, enterprise.id)
    assert found is not None
    found.name = "改了"
    with pytest.raises(RuntimeError):
        reader.flush()


# Rows that each role sees inside its county


@pytest.fixture
def world(session: Session) -> dict[str, Any]:
    """Two departments, two officers and two liaisons, each with a case of their own."""
    made: dict[str, Any] = {}
    for n in ("one", "two"):
        department = f.make_department(session)
        officer = f.make_officer(session, department=department)
        liaison = f.make_liaison(session, department=department)
        leader = f.make_leader(session, department=department)
        item = f.make_item(session, department=department)
        project = f.make_project(session)
        key_enterprise = f.make_enterprise(session)
        f.make_designation(session, project=project)
        f.make_designation(session, enterprise=key_enterprise)
        given = f.make_assignment(session, project=project, officer=officer)
        f.make_assignment(session, enterprise=key_enterprise, officer=officer)
        case = f.make_case(session, project=project, enterprise_id=project.enterprise_id)
        step = f.make_step(session, case=case, item=item, department=department, liaison=liaison)
        event = f.make_event(session, case=case)
        slips = {
            "delivery": f.make_delivery(session, case=case),
            "completion": f.make_completion(session, case=case),
            "termination": f.make_termination(session, case=case),
        }
        made[n] = {
            "department": department,
            "officer": officer,
            "liaison": liaison,
            "leader": leader,
            "item": item,
            "project": project,
            "key_enterprise": key_enterprise,
            "given": given,
            "case": case,
            "step": step,
            "event": event,
            **slips,
        }
    # An item of the first department in the second case, without a liaison.
    f.make_step(session, case=made["two"]["case"], department=made["one"]["department"])
    session.commit()
    return made


def seen(session: Session, model: type[Any]) -> set[int]:
    return set(session.scalars(select(model.id)))


def test_a_chief_officer_sees_what_is_given_to_him(world: dict[str, Any], acting_as: ActingAs) -> None:
    one = world["one"]
    session = acting_as(Role.CHIEF_OFFICER, staff_id=one["officer"].id, write=False)
    assert seen(session, Project) == {one["project"].id}
    assert seen(session, Enterprise) == {one["project"].enterprise_id, one["key_enterprise"].id}
    assert len(seen(session, Assignment)) == 2
    assert seen(session, ServiceCase) == {one["case"].id}
    assert seen(session, CaseStep) == {one["step"].id}
    assert seen(session, CaseEvent) == {one["event"].id}
    assert seen(session, Delivery) == {one["delivery"].id}
    assert seen(session, Completion) == {one["completion"].id}
    assert seen(session, Termination) == {one["termination"].id}


def test_a_chief_officer_sees_a_case_given_to_him_by_name(
    world: dict[str, Any], session: Session, acting_as: ActingAs
) -> None:
    case = world["two"]["case"]
    case.officer_id = world["one"]["officer"].id
    session.commit()
    reader = acting_as(Role.CHIEF_OFFICER, staff_id=world["one"]["officer"].id, write=False)
    assert seen(reader, ServiceCase) == {world["one"]["case"].id, case.id}


def test_a_chief_officer_no_longer_sees_what_was_taken_from_him(
    world: dict[str, Any], session: Session, acting_as: ActingAs
) -> None:
    world["one"]["given"].until = f.DAY
    session.commit()
    reader = acting_as(Role.CHIEF_OFFICER, staff_id=world["one"]["officer"].id, write=False)
    assert seen(reader, Project) == set()
    assert seen(reader, Enterprise) == {world["one"]["key_enterprise"].id}
    assert seen(reader, ServiceCase) == set()


def test_a_department_leader_sees_his_departments_items(world: dict[str, Any], acting_as: ActingAs) -> None:
    one, two = world["one"], world["two"]
    session = acting_as(Role.DEPT_LEADER, department_id=one["department"].id, write=False)
    assert seen(session, ServiceCase) == {one["case"].id, two["case"].id}
    assert seen(session, CaseEvent) == {one["event"].id, two["event"].id}
    steps = seen(session, CaseStep)
    assert one["step"].id in steps
    assert two["step"].id not in steps
    assert len(steps) == 2
    assert seen(session, DepartmentLiaison) == {one["liaison"].id}
    assert seen(session, DepartmentLeader) == {one["leader"].id}
    departments = set(session.scalars(select(ServiceItem.department_id)))
    assert departments == {one["department"].id}


def test_a_liaison_sees_the_items_given_to_him(world: dict[str, Any], acting_as: ActingAs) -> None:
    one = world["one"]
    session = acting_as(Role.LIAISON, staff_id=one["liaison"].id, department_id=one["department"].id, write=False)
    assert seen(session, CaseStep) == {one["step"].id}
    assert seen(session, ServiceCase) == {one["case"].id}
    assert seen(session, CaseEvent) == {one["event"].id}
    assert set(session.scalars(select(ServiceItem.department_id))) == {one["department"].id}


@pytest.mark.parametrize(
    ("keeps", "projects", "enterprises"),
    [(DesignationTarget.PROJECT, 2, 0), (DesignationTarget.ENTERPRISE, 0, 2), (None, 0, 0)],
)
def test_a_list_keeper_sees_the_designations_of_his_list(
    world: dict[str, Any],
    acting_as: ActingAs,
    keeps: DesignationTarget | None,
    projects: int,
    enterprises: int,
) -> None:
    session = acting_as(Role.LIST_KEEPER, keeps=keeps, write=False)
    found = session.scalars(select(KeyDesignation)).all()
    assert len([d for d in found if d.project_id]) == projects
    assert len([d for d in found if d.enterprise_id]) == enterprises
    assert len(seen(session, Project)) == 2


@pytest.mark.parametrize("role", [Role.LEAD_OFFICE, Role.AGENT, Role.WINDOW_CLERK, Role.INSPECTOR])
def test_who_works_for_the_whole_county_sees_all_of_it(world: dict[str, Any], acting_as: ActingAs, role: Role) -> None:
    session = acting_as(role, write=False)
    counts = {m: len(seen(session, m)) for m in (ServiceCase, CaseStep, Project, KeyDesignation)}
    assert counts == {ServiceCase: 2, CaseStep: 3, Project: 2, KeyDesignation: 4}


@pytest.mark.parametrize("role", [Role.CHIEF_OFFICER, Role.DEPT_LEADER, Role.LIAISON])
def test_an_account_without_its_person_or_department_sees_no_case(
    world: dict[str, Any], acting_as: ActingAs, role: Role
) -> None:
    session = acting_as(role, write=False)
    assert seen(session, ServiceCase) == set()
    assert seen(session, CaseStep) == set()


#: Tables that everybody in a county may read.
OFFICE_WIDE = {"policy_document", "service_phrase"}
#: Tables that a role with few rows may read completely: the county's own lists.
SEEN_WHOLE = {
    Role.LIST_KEEPER: {"enterprise", "project", "department"} | OFFICE_WIDE,
    Role.DEPT_LEADER: {"department", "service_window", "common_issue"} | OFFICE_WIDE,
    Role.LIAISON: OFFICE_WIDE,
    Role.CHIEF_OFFICER: OFFICE_WIDE,
    Role.STATION_CLERK: {
        "enterprise",
        "project",
        "department",
        "general_agent",
        "service_item",
        "item_material",
        "calendar_day",
    }
    | OFFICE_WIDE,
}


@pytest.mark.parametrize("role", SEEN_WHOLE)
def test_a_role_of_few_rows_reads_no_table_whole_by_oversight(role: Role) -> None:
    narrowed = {MAKERS[m].__name__ for m in ROW_SCOPE[role]}
    by_table = {table_name(m): MAKERS[m].__name__ for m in MAKERS}
    readable = {p.removesuffix(".read") for p, roles in PERMISSIONS.items() if p.endswith(".read") and role in roles}
    assert {t for t in readable if by_table[t] not in narrowed} == SEEN_WHOLE[role]


# Permissions


def table_name(model: type[Any]) -> str:
    return str(model.__mapper__.polymorphic_identity or model.__tablename__)


def test_a_permission_names_roles_only() -> None:
    for permission, roles in PERMISSIONS.items():
        assert "." in permission
        assert isinstance(roles, frozenset)
        assert all(isinstance(role, Role) for role in roles), permission


def test_every_permission_on_a_table_is_on_a_table_that_exists() -> None:
    tables = {table_name(m) for m in MAKERS}
    assert {p.removesuffix(".read") for p in PERMISSIONS if p.endswith(".read")} <= tables


def test_who_may_write_a_table_may_read_it() -> None:
    for permission, roles in PERMISSIONS.items():
        table, verb = permission.split(".")
        if verb in ("create", "edit", "delete", "export") and f"{table}.read" in PERMISSIONS:
            assert roles <= PERMISSIONS[f"{table}.read"], permission


def test_the_three_administrators_hold_no_business_permission() -> None:
    theirs = {p.split(".")[0] for p, roles in PERMISSIONS.items() if roles & SYSTEM_ROLES}
    # Every role may cause an automatic action (审批完成, 已评价) and has its own exports.
    assert theirs - {"case", "view", "task"} == {"user", "county", "audit_entry", "calendar_day"}


def test_the_administrators_are_kept_apart() -> None:
    for permission, roles in PERMISSIONS.items():
        if permission not in ("user.read", "user.edit", "case.finish", "view.keep", "task.keep"):
            assert len(roles & SYSTEM_ROLES) <= 1, permission


#: Permissions of every role: automatic actions, list columns, papers of visible rows.
OWN_MATTERS = {"read", "export", "finish", "keep", "print"}


def test_a_readers_role_writes_nothing_but_what_an_inspector_finds() -> None:
    for role in (Role.INSPECTOR, Role.SUPERVISOR, Role.AUDITOR):
        held = {p for p, roles in PERMISSIONS.items() if role in roles}
        written = {p.split(".")[0] for p in held if p.split(".")[1] not in OWN_MATTERS}
        assert written == ({"urge", "inspection", "case", "evaluation"} if role is Role.INSPECTOR else set()), role


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: Role) -> None:
    held = {permission for permission in PERMISSIONS if may(actor_as(role), permission)}
    assert held == {permission for permission, roles in PERMISSIONS.items() if role in roles}


def test_the_command_line_may_do_everything_and_no_role_nothing() -> None:
    assert all(may(SYSTEM, permission) for permission in PERMISSIONS)
    assert not any(may(actor_as(None), permission) for permission in PERMISSIONS)


def test_a_permission_that_nobody_declared_is_a_fault() -> None:
    with pytest.raises(KeyError):
        may(SYSTEM, "project.burn")


def test_require_gives_the_actor_or_refuses(acting_as: ActingAs) -> None:
    session = acting_as(Role.AGENT)
    assert require(session, "enterprise.create").role is Role.AGENT
    with pytest.raises(Forbidden):
        require(session, "enterprise.delete")


#: Tables with phone numbers. Chief officers read those of what is theirs: their duty is to call. Source: W 附件1 二.
WITH_PHONES = sorted(
    (m.class_ for m in Base.registry.mappers if any(f.sensitive for f in all_fields(m.class_))),
    key=lambda m: m.__name__,
)
OF_THE_OFFICER = {"Enterprise", "ServiceCase", "Agreement", "WorkRecord", "Appointment"}
#: A station is the contact of its applicants; any enterprise of the county may become one. Source: Z 四.
OF_THE_STATION = OF_THE_OFFICER - {"Enterprise"}


@pytest.mark.parametrize("role", f.WRITTEN_ROLES)
@pytest.mark.parametrize("model", WITH_PHONES, ids=lambda model: model.__name__)
def test_whole_phone_numbers_are_for_those_who_call(role: Role, model: type[Any]) -> None:
    whole = role in {Role.LEAD_OFFICE, Role.AGENT, Role.WINDOW_CLERK}
    whole |= role is Role.CHIEF_OFFICER and model.__name__ in OF_THE_OFFICER
    whole |= role is Role.STATION_CLERK and model.__name__ in OF_THE_STATION
    assert sees_phones(actor_as(role), model) == whole


def test_every_table_with_phones_is_known() -> None:
    staff = {"Staff", "ChiefServiceOfficer", "GeneralAgent", "DepartmentLiaison", "DepartmentLeader"}
    assert {model.__name__ for model in WITH_PHONES} == OF_THE_OFFICER | staff | {"LedgerEntry"}


def test_fields_of_one_role_exist_and_are_set_by_it_alone() -> None:
    models = {"user": User, "county": County}
    for table, names in FIELD_ROLES.items():
        assert names.keys() <= {f.name for f in all_fields(models[table])}
    assert may_set(actor_as(Role.SECADMIN), "user", "role")
    assert not may_set(actor_as(Role.SYSADMIN), "user", "role")
    assert may_set(actor_as(Role.SYSADMIN), "user", "active")
    assert not may_set(actor_as(Role.SECADMIN), "user", "active")
    assert may_set(actor_as(Role.LEAD_OFFICE), "county", "case_pattern")
    assert not may_set(actor_as(Role.LEAD_OFFICE), "county", "code")
