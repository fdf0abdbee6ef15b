"""Who may do what, and which rows each role sees: data, in one place. Source: 领域 11."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, false, or_
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from models.base import Base, CountyScoped, Deletable
from models.people import (
    ChiefServiceOfficer,
    DepartmentLeader,
    DepartmentLiaison,
    GeneralAgent,
    Role,
    Staff,
)
from models.places import County, Department, Window
from models.records import CalendarDay
from services.kernel.actor import Actor, actor_of, doer_of
from services.kernel.errors import Forbidden, RuleViolation
from services.kernel.roles import ROLES, ROW_SCOPE, acts_as, with_heirs
from services.kernel.session import back_office

LEAD = frozenset({Role.LEAD_OFFICE})
INTAKE = frozenset({Role.LEAD_OFFICE, Role.AGENT, Role.WINDOW_CLERK})
READERS = INTAKE | {Role.INSPECTOR, Role.SUPERVISOR}
SYSADMIN = frozenset({Role.SYSADMIN})
ACCOUNTS = frozenset({Role.SYSADMIN, Role.SECADMIN})
OFFICER = frozenset({Role.CHIEF_OFFICER})
KEEPER = frozenset({Role.LIST_KEEPER})
URGERS = frozenset({Role.LEAD_OFFICE, Role.INSPECTOR, Role.DEPT_LEADER})
RATERS = frozenset({Role.LEAD_OFFICE, Role.WINDOW_CLERK})
OVERSEERS = frozenset({Role.LEAD_OFFICE, Role.INSPECTOR, Role.SUPERVISOR})
#: Everybody who works in a county.
EVERYBODY = READERS | {Role.DEPT_LEADER, Role.LIAISON, Role.CHIEF_OFFICER, Role.LIST_KEEPER}
NOBODY: frozenset[Role] = frozenset()

#: Roles of a 基层政务服务站.
STATIONS = with_heirs(Role.STATION_CLERK)
#: Roles that see every phone number whole: they call applicants and staff.
SEES_PHONES = with_heirs(*INTAKE) - STATIONS
#: Roles whose duty is to call whom they serve: they see the numbers of the rows that are theirs.
#: Source: W 附件1 二; Z 四.
CALLS_ITS_OWN = with_heirs(*OFFICER) | STATIONS

#: Permissions that every table has.
TABLE_VERBS = frozenset({"read", "create", "edit", "delete", "export", "import"})
#: Tables whose actions may be recorded for another person (代录).
RECORDED = frozenset({"case", "step", "extension", "urge"})
#: 代录: who records, from signed paper, what people did who do not log in; and the role by whose
#: right each kind of service person acts. Source: 领域 4.
RECORDERS = with_heirs(Role.LEAD_OFFICE, Role.WINDOW_CLERK) - STATIONS
STANDS_FOR: Mapping[type[Staff], Role] = {
    ChiefServiceOfficer: Role.CHIEF_OFFICER,
    GeneralAgent: Role.AGENT,
    DepartmentLiaison: Role.LIAISON,
    DepartmentLeader: Role.DEPT_LEADER,
}

#: Roles outside every county: they see counties and accounts, no business row.
SYSTEM_ROLES = with_heirs(Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR)
#: Roles that see the counties given to their account, not one county of their own.
SUPERVISORS = with_heirs(Role.SUPERVISOR)
#: The tables of a county that they do see, because an account refers to its department, its person and its station.
ACCOUNT_ROWS = (Department, Staff, Window)


def _table(
    name: str,
    read: Iterable[Role],
    keep: Iterable[Role] = NOBODY,
    *,
    create: Iterable[Role] | None = None,
    delete: Iterable[Role] | None = None,
    export: Iterable[Role] | None = None,
    bring: Iterable[Role] = NOBODY,
) -> dict[str, frozenset[Role]]:
    """Permissions of one table: `keep` may create, edit and delete unless said otherwise; `bring`
    may import lists."""
    return {
        f"{name}.read": frozenset(read),
        f"{name}.edit": frozenset(keep),
        f"{name}.create": frozenset(keep if create is None else create),
        f"{name}.delete": frozenset(keep if delete is None else delete),
        f"{name}.export": frozenset(read if export is None else export),
        **({f"{name}.import": frozenset(bring)} if bring else {}),
    }


#: permission: the roles it is granted to; a role that extends one of them follows it (`PERMISSIONS`).
GRANTED: Mapping[str, frozenset[Role]] = {
    **_table("enterprise", READERS | {Role.LIST_KEEPER, Role.CHIEF_OFFICER}, INTAKE, delete=LEAD, bring=LEAD),
    **_table("project", READERS | {Role.LIST_KEEPER, Role.CHIEF_OFFICER}, INTAKE, delete=LEAD, bring=LEAD),
    **_table("key_designation", READERS | KEEPER, LEAD | KEEPER, delete=NOBODY, bring=LEAD | KEEPER),
    **_table("assignment", READERS | {Role.CHIEF_OFFICER}, LEAD, delete=NOBODY),
    **_table("chief_service_officer", READERS, LEAD, bring=LEAD),
    **_table("general_agent", READERS, LEAD, bring=LEAD),
    **_table("department_liaison", READERS | {Role.DEPT_LEADER}, LEAD, bring=LEAD),
    **_table("department_leader", READERS, LEAD, bring=LEAD),
    **_table("department", READERS | {Role.DEPT_LEADER, Role.LIST_KEEPER}, LEAD, bring=LEAD),
    **_table("service_item", READERS | {Role.DEPT_LEADER, Role.LIAISON}, LEAD, bring=LEAD),
    **_table(
        "service_case",
        READERS | {Role.CHIEF_OFFICER, Role.DEPT_LEADER, Role.LIAISON},
        INTAKE,
        delete=INTAKE,
        bring=LEAD,
    ),
    **_table("case_step", READERS | {Role.CHIEF_OFFICER, Role.DEPT_LEADER, Role.LIAISON}, INTAKE, delete=INTAKE),
    **_table("completion", READERS | {Role.CHIEF_OFFICER}, LEAD | {Role.AGENT}, create=NOBODY, delete=NOBODY),
    **_table("termination", READERS | {Role.CHIEF_OFFICER}, LEAD | {Role.AGENT}, create=NOBODY, delete=NOBODY),
    **_table("delivery", READERS | {Role.CHIEF_OFFICER}),
    **_table("case_event", READERS | {Role.CHIEF_OFFICER, Role.DEPT_LEADER, Role.LIAISON}),
    **_table("service_window", READERS | {Role.DEPT_LEADER}, LEAD, bring=LEAD),
    **_table("station_handover", READERS, NOBODY, delete={Role.STATION_CLERK}),
    **_table("item_material", READERS | {Role.DEPT_LEADER, Role.LIAISON}, LEAD),
    **_table("agreement", READERS | OFFICER, LEAD | {Role.AGENT}, delete=NOBODY),
    **_table("case_material", READERS | OFFICER, INTAKE),
    **_table("work_record", READERS | OFFICER, INTAKE | OFFICER, delete=LEAD),
    **_table("appointment", READERS | OFFICER, INTAKE | OFFICER, delete=LEAD),
    **_table("paper_handover", READERS | OFFICER),
    **_table("meeting", READERS | OFFICER | {Role.DEPT_LEADER}, LEAD | {Role.AGENT}, delete=LEAD),
    **_table("urge", READERS | {Role.DEPT_LEADER}, URGERS, delete=NOBODY),
    **_table("extension", READERS | {Role.DEPT_LEADER}),
    **_table("evaluation", RATERS | {Role.INSPECTOR, Role.SUPERVISOR}),
    **_table("inspection", OVERSEERS, LEAD | {Role.INSPECTOR}, delete=NOBODY),
    **_table("commendation", OVERSEERS, LEAD),
    **_table("policy_document", EVERYBODY, LEAD),
    **_table("common_issue", READERS | {Role.DEPT_LEADER}, LEAD | {Role.AGENT}, delete=LEAD),
    **_table("training", READERS, LEAD),
    **_table("service_phrase", EVERYBODY, LEAD),
    **_table("calendar_day", READERS | SYSADMIN, LEAD | SYSADMIN, bring=LEAD),
    **_table("merger", LEAD, export=NOBODY),
    **_table("import_batch", LEAD | KEEPER, export=NOBODY),
    **_table("import_line", LEAD | KEEPER, export=NOBODY),
    **_table("ledger_month", READERS, LEAD),
    **_table("ledger_entry", READERS, LEAD),
    **_table("industry_department", READERS, LEAD),
    **_table("county_option", READERS, LEAD, delete=NOBODY),
    **_table("number_sequence", LEAD, LEAD, delete=NOBODY, export=NOBODY),
    **_table("county", LEAD | SYSADMIN | {Role.SUPERVISOR}, LEAD | SYSADMIN, create=SYSADMIN, delete=NOBODY),
    **_table("user", ACCOUNTS, ACCOUNTS, create=SYSADMIN, delete=SYSADMIN, export=SYSADMIN),
    **_table("audit_entry", {Role.AUDITOR}),
    "key_designation.designate": LEAD | {Role.LIST_KEEPER},
    "key_designation.revoke": LEAD | {Role.LIST_KEEPER},
    "assignment.assign": LEAD,
    "case.submit": INTAKE,
    "case.notify": frozenset({Role.AGENT, Role.WINDOW_CLERK}),
    "case.resupply": frozenset({Role.AGENT, Role.WINDOW_CLERK}),
    "case.reject": frozenset({Role.AGENT, Role.WINDOW_CLERK}),
    "case.withdraw": frozenset({Role.AGENT, Role.WINDOW_CLERK}),
    "case.accept": frozenset({Role.AGENT, Role.LEAD_OFFICE}),
    "case.assign": frozenset({Role.LEAD_OFFICE, Role.WINDOW_CLERK}),
    "case.finish": frozenset(Role),
    "case.close": frozenset({Role.AGENT, Role.CHIEF_OFFICER}),
    "case.terminate": frozenset({Role.AGENT, Role.CHIEF_OFFICER, Role.LEAD_OFFICE}),
    "case.propose_end": frozenset({Role.AGENT, Role.CHIEF_OFFICER}),
    "case.refuse_end": LEAD,
    "case.bring": OFFICER,
    "case.pass_on": frozenset({Role.AGENT}),
    "case.hand_over": LEAD | {Role.AGENT},
    "case.hand_in": frozenset({Role.STATION_CLERK}),
    "station_handover.receive": INTAKE,
    "case.meet": LEAD | {Role.AGENT},
    "case.urge": URGERS | {Role.AGENT},
    "case.undo": LEAD,
    "case.rate": RATERS | {Role.INSPECTOR},
    "case.propose": frozenset({Role.AGENT}),
    "case.archive": LEAD,
    "evaluation.follow": LEAD | {Role.INSPECTOR},
    "evaluation.appeal": LEAD,
    "calendar_day.notice": SYSADMIN,
    "step.name_liaison": frozenset({Role.DEPT_LEADER}),
    "step.claim": LEAD | {Role.AGENT, Role.DEPT_LEADER},
    "step.file": frozenset({Role.AGENT, Role.CHIEF_OFFICER}),
    "step.record": frozenset({Role.LIAISON, Role.DEPT_LEADER, Role.AGENT}),
    "step.extend": frozenset({Role.AGENT}),
    "extension.decide": LEAD | {Role.DEPT_LEADER},
    "meeting.conclude": LEAD | {Role.AGENT},
    "meeting.escalate": LEAD,
    "urge.reply": LEAD | {Role.DEPT_LEADER},
    "work_record.study": INTAKE,
    "view.keep": frozenset(Role) - {Role.AUDITOR},
    "task.keep": frozenset(Role),
    "paper.print": (READERS | OFFICER) - {Role.SUPERVISOR},
    "paper.template": LEAD,
    "import.confirm": LEAD | KEEPER,
    "staff.hand_over": LEAD | {Role.DEPT_LEADER},
    "master.recycle": LEAD,
    "master.merge": LEAD,
    "ledger.refresh": LEAD,
    "ledger.lock": LEAD,
    "ledger.export": READERS,
    "user.password": SYSADMIN,
    "user.role": frozenset({Role.SECADMIN}),
}


def _held(role: Role) -> set[str]:
    """The permissions of `role`: what the table says, what its parent holds, then its own differences."""
    spec = ROLES[role]
    unknown = {*spec.adds, *spec.removes} - GRANTED.keys()
    if unknown:
        raise ValueError(f"the spec of {role.name} names permissions that do not exist: {', '.join(sorted(unknown))}")
    parents = _held(spec.extends) if spec.extends else set()
    written = {p for p, roles in GRANTED.items() if role in roles}
    return (written | parents | {*spec.adds}) - {*spec.removes}


def _effective() -> Iterator[tuple[str, frozenset[Role]]]:
    held = {role: _held(role) for role in Role}
    for permission in GRANTED:
        yield permission, frozenset(role for role in Role if permission in held[role])


#: permission: roles that have it.
PERMISSIONS: Mapping[str, frozenset[Role]] = dict(_effective())

#: Fields that one of the editing roles alone may set; the other roles see them, unchanged.
FIELD_ROLES: Mapping[str, Mapping[str, frozenset[Role]]] = {
    "user": {
        "role": frozenset({Role.SECADMIN}),
        "keeps": frozenset({Role.SECADMIN}),
        **dict.fromkeys(("username", "display_name", "county", "department", "staff", "station", "active"), SYSADMIN),
    },
    "county": dict.fromkeys(("code", "name", "slug", "city"), SYSADMIN),
}


def may(actor: Actor, permission: str) -> bool:
    """Whether the actor's role has `permission`; KeyError for a permission nobody declared."""
    roles = PERMISSIONS[permission]
    return actor.is_system or (actor.role is not None and actor.role in roles)


def represented(permission: str) -> list[str]:
    """Kinds of service people whom one may record for by `permission`, as `Staff.kind` names them."""
    subject, _, verb = permission.partition(".")
    if subject not in RECORDED or verb in TABLE_VERBS:
        return []
    return [
        kind.__mapper_args__["polymorphic_identity"]
        for kind, role in STANDS_FOR.items()
        if role in PERMISSIONS[permission]
    ]


def records_for(actor: Actor, permission: str) -> bool:
    """Whether the actor records actions of others under `permission` without having it themselves."""
    return actor.role in RECORDERS and bool(represented(permission))


def require(session: Session, permission: str) -> Actor:
    """The doer of `session` when they have `permission`; else raises `Forbidden`."""
    doer = doer_of(session)
    if may(doer, permission):
        return doer
    if records_for(doer, permission):
        raise RuleViolation("behalf.needed", "您不直接办理此事，请在“代录”里选择由谁办理", field="behalf")
    raise Forbidden()


def may_set(actor: Actor, table: str, name: str) -> bool:
    """Whether the actor, who may edit the table, may set its field `name`."""
    roles = FIELD_ROLES.get(table, {}).get(name)
    return actor.is_system or roles is None or any(acts_as(actor, role) for role in roles)


def sees_phones(actor: Actor, model: type[Any]) -> bool:
    """Whether the actor sees the phone numbers of the rows of `model` that they see; the others are masked."""
    if actor.is_system or actor.role in SEES_PHONES:
        return True
    return actor.role in CALLS_ITS_OWN and not sees_all(actor, model)


def sees_all(actor: Actor, model: type[Any]) -> bool:
    """Whether the actor's role sees every row of the table in their county."""
    return actor.role is None or model not in ROW_SCOPE.get(actor.role, {})


def station_of(actor: Actor) -> int | None:
    """The 基层政务服务站 that the actor works at; None for every other role."""
    return actor.station_id if actor.role in STATIONS else None


def _alive(c: Any) -> ColumnElement[bool]:
    alive: ColumnElement[bool] = c.deleted_at.is_(None)
    return alive


def _deleted(c: Any) -> ColumnElement[bool]:
    deleted: ColumnElement[bool] = c.deleted_at.is_not(None)
    return deleted


def scope_options(actor: Actor, *, deleted: bool = False) -> tuple[ORMOption, ...]:
    """The criteria that every SELECT of the actor's session carries; `deleted`: of 回收站's."""
    options: list[ORMOption] = [
        with_loader_criteria(
            Deletable, _deleted if deleted else _alive, include_aliases=True, propagate_to_loaders=False
        )
    ]
    counties = actor.counties
    if counties is not None:
        options.append(
            with_loader_criteria(
                CountyScoped,
                lambda c: c.county_id.in_(counties),
                include_aliases=True,
                propagate_to_loaders=False,
            )
        )
        options.append(
            with_loader_criteria(
                CalendarDay,
                lambda c: or_(c.county_id.is_(None), c.county_id.in_(counties)),
                include_aliases=True,
                propagate_to_loaders=False,
            )
        )
        options.append(
            with_loader_criteria(County, lambda c: c.id.in_(counties), include_aliases=True, propagate_to_loaders=False)
        )
    if actor.role in SYSTEM_ROLES:
        options += [
            with_loader_criteria(m.class_, false(), include_aliases=True, propagate_to_loaders=False)
            for m in Base.registry.mappers
            if issubclass(m.class_, CountyScoped) and not issubclass(m.class_, ACCOUNT_ROWS)
        ]
    if actor.role is not None:
        # Not on aliases: they bring the labels that a row seen points at, within the county.
        for model, criterion in ROW_SCOPE.get(actor.role, {}).items():
            options.append(with_loader_criteria(model, criterion(actor), propagate_to_loaders=False))
    return tuple(options)


def scope_statement(state: ORMExecuteState) -> None:
    """`do_orm_execute`: give the SELECT its scope; refuse writes that the audit would not see."""
    if state.execution_options.get("unscoped") or state.is_column_load or state.is_relationship_load:
        return
    if state.is_update or state.is_delete:
        raise RuntimeError("bulk update and delete escape the audit; change the objects instead")
    if state.is_select:
        deleted = bool(state.execution_options.get("deleted"))
        scopes = back_office(state.session).scopes
        if deleted not in scopes:
            scopes[deleted] = scope_options(actor_of(state.session), deleted=deleted)
        options = scopes[deleted]
        state.statement = state.statement.options(*options)
