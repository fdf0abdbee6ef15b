"""The lists that can be imported: columns, keys that find a record, and functions that write it."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.base import Base, table_name
from models.cases import Completion, Delivery, ServiceCase, Termination
from models.fields import Field, all_fields, field_of, fields_of
from models.items import ServiceItem
from models.ledger import LedgerEntry
from models.people import (
    ChiefServiceOfficer,
    DepartmentLeader,
    DepartmentLiaison,
    DesignationTarget,
    GeneralAgent,
)
from models.places import Department, Window
from models.projects import Enterprise, KeyDesignation, Project
from models.records import CalendarDay
from services.kernel.errors import RuleViolation
from services.key_targets.designation import designate, undo_designation
from services.records import crud
from services.records.references import references_to, titled
from services.transfer import past_cases

Values = Mapping[str, Any]


def _create(session: Session, model: type[Any], values: Values) -> Base:
    row: Base = model()
    crud.create(session, row, values, flush=False)
    return row


def _update(session: Session, row: Any, values: Values) -> None:
    crud.update(session, row, values, row.version)


def _remove(session: Session, row: Any) -> None:
    if type(row) in crud.DELETE_GUARDS:
        crud.DELETE_GUARDS[type(row)](session, row)
    session.delete(row)
    session.flush()


@dataclass(frozen=True)
class ImportSpec:
    """One kind of list. `keys`: fields that find a record, strongest first; `where`: conditions on the records.

    `create`, `update` and `remove` are the functions that forms and actions call; `create` need not
    flush. `parts`: tables in which `create` adds rows that belong to the record. `skip`: why a line does
    not belong to this list, given the filled columns that only an export has and the list's own filled
    columns. `called`: the reference that names a line to users.
    """

    name: str
    title: str
    model: type[Any]
    fields: tuple[Field, ...]
    keys: tuple[tuple[str, ...], ...]
    where: Callable[[], tuple[ColumnElement[bool], ...]] = tuple
    create: Callable[[Session, type[Any], Values], Base] = _create
    update: Callable[[Session, Any, Values], None] = _update
    remove: Callable[[Session, Any], None] = _remove
    parts: tuple[type[Base], ...] = ()
    skip: Callable[[Container[str], Container[str]], str | None] = lambda told, given: None
    called: str | None = None

    @property
    def table(self) -> str:
        """The table's name in URLs and permissions."""
        return table_name(self.model)

    @property
    def shown(self) -> tuple[Field, ...]:
        """Columns that an export has and an import silently ignores."""
        keys = {f.key for f in self.fields}
        return tuple(f for f in all_fields(self.model) if f.key not in keys)

    def field(self, name: str) -> Field:
        """A column by its name."""
        return next(f for f in self.fields if f.name == name)

    def users(self, session: Session, ids: Sequence[int | None]) -> dict[int, list[tuple[str, int]]]:
        """References to imported rows, except from their own parts: id → (title, number)."""
        found = references_to(session, self.model, [i for i in ids if i is not None])
        others = {id_: [user for user in users if user[0] not in self.parts] for id_, users in found.items()}
        return {id_: titled(users) for id_, users in others.items() if users}

    def restore(self, session: Session, row: Any, before: Mapping[str, Any]) -> None:
        """Set `row` to old values stored by the audit or an import, checked by the rules of its form."""
        self.update(session, row, crud.from_audit(session, self.model, before))


def _plain(model: type[Any], **more: Any) -> ImportSpec:
    """The list of a master data table: all importable fields, found by the natural key."""
    return ImportSpec(table_name(model), model.__title__, model, fields_of(model, "import"), model.__natural__, **more)


def _key_list(kind: DesignationTarget) -> ImportSpec:
    """The list of key projects or key enterprises from a department, each with its basis."""
    target, other = kind.value, "enterprise" if kind is DesignationTarget.PROJECT else "project"

    def create(session: Session, _: type[Any], values: Values) -> Base:
        rest = {k: v for k, v in values.items() if k not in (target, "designated_on")}
        _refuse_revoked(session, target, values)
        try:
            return designate(session, [values[target]], on=values["designated_on"], **rest)[0]
        except RuleViolation as error:
            raise RuleViolation(error.code, str(error), field=_CELLS.get(error.field, target)) from error

    def skip(told: Container[str], given: Container[str]) -> str | None:
        if "revoked_on" in told:
            return "是已撤销的认定"
        return f"不是{kind.label}的认定" if other in told and target not in given else None

    columns = tuple(
        replace(f, column=_needed(f)) if f.name == target else f
        for f in fields_of(KeyDesignation, "import")
        if f.name != other
    )
    return ImportSpec(
        f"key_{target}",
        f"{kind.label}名单",
        KeyDesignation,
        columns,
        ((target,),),
        where=lambda: (KeyDesignation.revoked_on.is_(None),),
        create=create,
        remove=undo_designation,
        skip=skip,
        called=target,
    )


#: Form field of a refusal of 登记重点认定 → column of the list where it is shown.
_CELLS: Mapping[str | None, str] = {"on": "designated_on", "valid_until": "valid_until"}


def _refuse_revoked(session: Session, target: str, values: Values) -> None:
    """Refuse to restore a revoked designation from a list exported earlier or without 撤销日期."""
    revoked = session.scalar(
        select(KeyDesignation.revoked_on)
        .where(
            getattr(KeyDesignation, target) == values[target],
            KeyDesignation.basis == values["basis"],
            KeyDesignation.designated_on == values["designated_on"],
            KeyDesignation.revoked_on.is_not(None),
        )
        .limit(1)
    )
    if revoked:
        raise RuleViolation(
            "designation.was_revoked",
            f"“{values[target]}”的这次认定已于 {revoked} 撤销，请删去这一行；要重新列入的，请用新的文号或日期",
            field=target,
        )


def _needed(f: Field) -> Any:
    """`f` as a required column."""
    assert f.column is not None
    column = f.column._copy()
    column.nullable = False
    return column


def _optional(f: Field) -> Any:
    """`f` as an optional column."""
    assert f.column is not None
    column = f.column._copy()
    column.nullable = True
    return column


#: Columns of a past case, in the order of the ledger: the case's fields and its items.
_PAST = (
    "number",
    "accepted_on",
    "channel",
    "mode",
    "enterprise",
    "applicant_name",
    "project",
    "matter",
    "agent",
    "officer",
    "submitted_on",
    "approved_on",
    "delivered_on",
    "ended_on",
    "due_on",
    "state",
    "rating",
    "remark",
)
#: Columns of its limit, slip and delivery: name here, table, field, header in the list.
_PAST_SLIP = (
    ("limit", LedgerEntry, "limit", "承诺时限"),
    ("slip", Completion, "number", "单据编号"),
    ("way", Delivery, "way", "送达方式"),
    ("recipient", Delivery, "recipient", "接收人"),
    ("reason", Termination, "reason", "终止原因"),
)
_PAST_NEEDED = frozenset({"number", "accepted_on", "channel", "mode", "ended_on", "state"})


def _past_fields() -> tuple[Field, ...]:
    found = [field_of(ServiceCase, key) for key in _PAST]
    found = [replace(f, column=_needed(f) if f.name in _PAST_NEEDED else _optional(f)) for f in found]
    items = replace(field_of(ServiceCase, "remark"), label=past_cases.ITEMS, key="items", help=past_cases.ITEMS_HELP)
    found.insert(_PAST.index("agent"), items)
    for name, model, key, label in _PAST_SLIP:
        f = field_of(model, key)
        found.append(replace(f, label=label, column=_optional(f), key=name, relation=name if f.relation else None))
    return tuple(found)


#: Every kind of list, by name.
IMPORT_SPECS: Mapping[str, ImportSpec] = {
    plan.name: plan
    for plan in (
        _plain(Department),
        _plain(Window),
        _plain(ChiefServiceOfficer),
        _plain(GeneralAgent),
        _plain(DepartmentLiaison),
        _plain(DepartmentLeader),
        _plain(ServiceItem),
        _plain(Enterprise),
        _plain(Project),
        _key_list(DesignationTarget.PROJECT),
        _key_list(DesignationTarget.ENTERPRISE),
        _plain(CalendarDay),
        ImportSpec(
            "past_case",
            "历史办件",
            ServiceCase,
            _past_fields(),
            (("number",),),
            create=past_cases.create,
            update=past_cases.update,
            remove=past_cases.remove,
            parts=past_cases.PARTS,
        ),
    )
}


def specs_of(table: str) -> list[ImportSpec]:
    """The lists that are imported into `table`."""
    return [plan for plan in IMPORT_SPECS.values() if plan.table == table]
