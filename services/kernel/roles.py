"""The roles: what each account must name, which rows it sees, and which role is another one with differences.

A role that extends another follows it in everything: permissions, rows, phones, home cards, 我的待办,
settings of the county. Its `RoleSpec` says only where it differs. Source: 领域 11.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, false, or_, select

from models.cases import CaseEvent, CaseStep, Completion, Delivery, ServiceCase, Termination
from models.evaluation import Evaluation
from models.items import ItemMaterial, ServiceItem
from models.papers import PaperPrint
from models.people import DepartmentLeader, DepartmentLiaison, DesignationTarget, Role
from models.places import Window, WindowKind
from models.projects import Assignment, Enterprise, KeyDesignation, Project
from models.records import ImportBatch, ImportLine
from models.stations import StationHandover, StationHandoverLine
from models.work import (
    Agreement,
    Appointment,
    CaseMaterial,
    Extension,
    Meeting,
    MeetingDepartment,
    PaperHandover,
    Urge,
    WorkRecord,
)
from services.kernel.actor import Actor

T = TypeVar("T")
Criterion = Callable[[Actor], ColumnElement[bool]]


@dataclass(frozen=True)
class RoleSpec:
    """One role. With `extends` it is that role, except for what the other arguments say.

    `adds` and `removes` are permissions. `needs` are the fields of its accounts that must be filled
    in; None takes the parent's. `rows` says which of the county's rows it sees of a table; a table
    that is not named is seen as the parent sees it, and whole when there is no parent or the value
    is None.
    """

    extends: Role | None = None
    adds: Collection[str] = ()
    removes: Collection[str] = ()
    needs: tuple[str, ...] | None = None
    rows: Mapping[type[Any], Criterion | None] = field(default_factory=dict)


# Rows a role sees inside its county. The subselects name tables, not classes: a class inside a
# criterion would be given the criteria again.
_step = CaseStep.__table__
_case = ServiceCase.__table__
_assignment = Assignment.__table__
_designation = KeyDesignation.__table__


def _is(column: Any, value: int | None) -> ColumnElement[bool]:
    """`column` is `value`. None matches nothing: an account without a staff record must not see rows without an
    owner."""
    return false() if value is None else column == value


def _assigned(column: str) -> Callable[[Actor], Any]:
    def given(actor: Actor) -> Any:
        return select(_assignment.c[column]).where(
            _is(_assignment.c.officer_id, actor.staff_id),
            _assignment.c.until.is_(None),
            _assignment.c[column].is_not(None),
        )

    return given


_projects, _enterprises = _assigned("project_id"), _assigned("enterprise_id")


def _officers_cases(actor: Actor) -> Any:
    return select(_case.c.id).where(
        or_(
            _is(_case.c.officer_id, actor.staff_id),
            _case.c.project_id.in_(_projects(actor)),
            _case.c.enterprise_id.in_(_enterprises(actor)),
        )
    )


def _cases_with_steps(column: str, attribute: str) -> Callable[[Actor], Any]:
    return lambda actor: select(_step.c.case_id).where(_is(_step.c[column], getattr(actor, attribute)))


_department_cases = _cases_with_steps("department_id", "department_id")
_liaison_cases = _cases_with_steps("liaison_id", "staff_id")


def _about_own(model: type[Agreement] | type[WorkRecord], actor: Actor) -> ColumnElement[bool]:
    """Rows about the officer's cases, projects and enterprises."""
    return or_(
        model.case_id.in_(_officers_cases(actor)),
        model.project_id.in_(_projects(actor)),
        model.enterprise_id.in_(_enterprises(actor)),
    )


def _station_cases(actor: Actor) -> Any:
    return select(_case.c.id).where(_is(_case.c.station_id, actor.station_id))


def _of_station_cases(model: Any) -> Criterion:
    """Rows of the station's cases; rows without a case are not among them."""

    def criterion(actor: Actor) -> ColumnElement[bool]:
        found: ColumnElement[bool] = model.case_id.in_(_station_cases(actor))
        return found

    return criterion


def _department_meetings(actor: Actor) -> Any:
    part = MeetingDepartment.__table__
    return select(part.c.meeting_id).where(_is(part.c.department_id, actor.department_id))


def _department_items(actor: Actor) -> Any:
    item = ServiceItem.__table__
    return select(item.c.id).where(_is(item.c.department_id, actor.department_id))


def _own_imports(actor: Actor) -> Any:
    batch = ImportBatch.__table__
    return select(batch.c.id).where(_is(batch.c.brought_by_id, actor.user_id))


def _kept(actor: Actor) -> ColumnElement[bool]:
    if actor.keeps is DesignationTarget.PROJECT:
        return KeyDesignation.project_id.is_not(None)
    if actor.keeps is DesignationTarget.ENTERPRISE:
        return KeyDesignation.enterprise_id.is_not(None)
    return false()


def _read_and_export(*tables: str) -> tuple[str, ...]:
    """The permissions to see these tables."""
    return tuple(f"{table}.{verb}" for table in tables for verb in ("read", "export"))


#: Tables whose rows are of one case.
_PARTS_OF_CASES = (
    CaseStep,
    CaseEvent,
    CaseMaterial,
    Completion,
    Termination,
    Delivery,
    Agreement,
    Meeting,
    Urge,
    Evaluation,
    Appointment,
    PaperHandover,
    PaperPrint,
    StationHandoverLine,
)

#: Every role of `Role` has its line here.
ROLES: Mapping[Role, RoleSpec] = {
    Role.LEAD_OFFICE: RoleSpec(needs=("county",)),
    Role.LIST_KEEPER: RoleSpec(
        needs=("county", "department", "keeps"),
        rows={
            KeyDesignation: _kept,
            ImportBatch: lambda a: _is(ImportBatch.brought_by_id, a.user_id),
            ImportLine: lambda a: ImportLine.batch_id.in_(_own_imports(a)),
        },
    ),
    Role.DEPT_LEADER: RoleSpec(
        needs=("county", "department"),
        rows={
            Meeting: lambda a: Meeting.id.in_(_department_meetings(a)),
            Urge: lambda a: or_(_is(Urge.department_id, a.department_id), Urge.case_id.in_(_department_cases(a))),
            Extension: lambda a: Extension.step_id.in_(
                select(_step.c.id).where(_is(_step.c.department_id, a.department_id))
            ),
            ItemMaterial: lambda a: ItemMaterial.item_id.in_(_department_items(a)),
            CaseStep: lambda a: _is(CaseStep.department_id, a.department_id),
            ServiceCase: lambda a: ServiceCase.id.in_(_department_cases(a)),
            CaseEvent: lambda a: CaseEvent.case_id.in_(_department_cases(a)),
            DepartmentLiaison: lambda a: _is(DepartmentLiaison.department_id, a.department_id),
            DepartmentLeader: lambda a: _is(DepartmentLeader.department_id, a.department_id),
            ServiceItem: lambda a: _is(ServiceItem.department_id, a.department_id),
        },
    ),
    Role.AGENT: RoleSpec(needs=("county", "staff")),
    Role.WINDOW_CLERK: RoleSpec(needs=("county",)),
    # It enters cases as the window does and stays the applicant's contact; what is done with them afterwards is
    # the window's and the agent's. The registers of enterprises, projects and items are the county's: an
    # application names their rows. Source: Z 四.
    Role.STATION_CLERK: RoleSpec(
        extends=Role.WINDOW_CLERK,
        needs=("county", "station"),
        removes=(
            "enterprise.edit",
            "enterprise.export",
            "project.edit",
            "project.export",
            *_read_and_export(
                "key_designation",
                "assignment",
                "chief_service_officer",
                "department_liaison",
                "department_leader",
                "common_issue",
                "training",
                "ledger_month",
                "ledger_entry",
                "industry_department",
                "county_option",
            ),
            "general_agent.export",
            "ledger.export",
            "case.reject",
            "case.assign",
            "work_record.study",
            *_read_and_export("appointment"),
            "appointment.create",
            "appointment.edit",
            "station_handover.receive",
        ),
        rows={
            ServiceCase: lambda a: _is(ServiceCase.station_id, a.station_id),
            **{model: _of_station_cases(model) for model in _PARTS_OF_CASES},
            Extension: lambda a: Extension.step_id.in_(
                select(_step.c.id).where(_step.c.case_id.in_(_station_cases(a)))
            ),
            WorkRecord: lambda a: or_(
                _is(WorkRecord.station_id, a.station_id), WorkRecord.case_id.in_(_station_cases(a))
            ),
            StationHandover: lambda a: _is(StationHandover.station_id, a.station_id),
            Window: lambda a: or_(Window.kind != WindowKind.STATION, _is(Window.id, a.station_id)),
        },
    ),
    Role.CHIEF_OFFICER: RoleSpec(
        needs=("county", "staff"),
        rows={
            Assignment: lambda a: _is(Assignment.officer_id, a.staff_id),
            Project: lambda a: or_(Project.id.in_(_projects(a)), Project.enterprise_id.in_(_enterprises(a))),
            Enterprise: lambda a: or_(
                Enterprise.id.in_(_enterprises(a)),
                Enterprise.id.in_(
                    select(Project.__table__.c.enterprise_id).where(Project.__table__.c.id.in_(_projects(a)))
                ),
            ),
            ServiceCase: lambda a: ServiceCase.id.in_(_officers_cases(a)),
            CaseStep: lambda a: CaseStep.case_id.in_(_officers_cases(a)),
            CaseEvent: lambda a: CaseEvent.case_id.in_(_officers_cases(a)),
            Completion: lambda a: Completion.case_id.in_(_officers_cases(a)),
            Termination: lambda a: Termination.case_id.in_(_officers_cases(a)),
            Delivery: lambda a: Delivery.case_id.in_(_officers_cases(a)),
            CaseMaterial: lambda a: CaseMaterial.case_id.in_(_officers_cases(a)),
            Agreement: lambda a: _about_own(Agreement, a),
            PaperHandover: lambda a: PaperHandover.case_id.in_(_officers_cases(a)),
            Appointment: lambda a: or_(
                _is(Appointment.staff_id, a.staff_id), Appointment.case_id.in_(_officers_cases(a))
            ),
            Meeting: lambda a: or_(Meeting.case_id.in_(_officers_cases(a)), Meeting.project_id.in_(_projects(a))),
            WorkRecord: lambda a: or_(_is(WorkRecord.staff_id, a.staff_id), _about_own(WorkRecord, a)),
        },
    ),
    Role.LIAISON: RoleSpec(
        needs=("county", "department", "staff"),
        rows={
            ItemMaterial: lambda a: ItemMaterial.item_id.in_(_department_items(a)),
            CaseStep: lambda a: _is(CaseStep.liaison_id, a.staff_id),
            ServiceCase: lambda a: ServiceCase.id.in_(_liaison_cases(a)),
            CaseEvent: lambda a: CaseEvent.case_id.in_(_liaison_cases(a)),
            ServiceItem: lambda a: _is(ServiceItem.department_id, a.department_id),
        },
    ),
    Role.INSPECTOR: RoleSpec(needs=("county",)),
    Role.SUPERVISOR: RoleSpec(),
    Role.SYSADMIN: RoleSpec(),
    Role.SECADMIN: RoleSpec(),
    Role.AUDITOR: RoleSpec(),
}


def lineage(role: Role | None) -> Iterator[Role]:
    """The role, the role that it extends, and so on."""
    while role is not None:
        yield role
        role = ROLES[role].extends


def with_heirs(*roles: Role) -> frozenset[Role]:
    """These roles and every role that extends one of them."""
    return frozenset(role for role in Role if any(one in roles for one in lineage(role)))


def acts_as(actor: Actor, role: Role) -> bool:
    """Whether the actor's role is `role` or extends it."""
    return role in lineage(actor.role)


def inherited(table: Mapping[Role, T], role: Role | None) -> T | None:
    """What `table` says of the role, else of the nearest role that it extends."""
    return next((table[one] for one in lineage(role) if one in table), None)


def needs_of(role: Role | None) -> tuple[str, ...]:
    """The fields that an account of this role must fill in."""
    return inherited({one: spec.needs for one, spec in ROLES.items() if spec.needs is not None}, role) or ()


def _rows_of(role: Role) -> dict[type[Any], Criterion]:
    merged: dict[type[Any], Criterion | None] = {}
    for one in reversed(list(lineage(role))):
        merged |= ROLES[one].rows
    return {model: criterion for model, criterion in merged.items() if criterion is not None}


#: role: {table: which of the county's rows it sees}; a table that is not named is seen whole.
ROW_SCOPE: Mapping[Role, Mapping[type[Any], Criterion]] = {role: _rows_of(role) for role in Role}
