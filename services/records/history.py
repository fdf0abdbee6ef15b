"""What happened to a row: the audit's lines of it, in the words of its fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import Base
from models.fields import Field, all_fields, attribute, mask
from models.records import AuditEntry
from models.types import show
from services.kernel.actor import SYSTEM

#: Lines that the page of a record shows: the last ones.
SHOWN = 30
EMPTY = "（空）"

#: (model, id) → what the row is called.
Names = Mapping[tuple[type[Any], int], str]


@dataclass(frozen=True)
class Change:
    """One line of the audit: when, who, what he did, and (label, before, after) of each field."""

    id: int
    at: datetime
    username: str
    action: str
    changes: list[tuple[str, str, str]]
    #: Whether it replaced something, and whether the caller may put that back.
    replaced: bool
    revertible: bool


#: How the program itself is called.
PROGRAM = {SYSTEM.username: "系统"}


def history_of(session: Session, row: Base, *, masked: bool, allowed: Container[str]) -> list[Change]:
    """The last changes of a row that the caller was allowed to see, the newest first.

    `allowed`: the fields that the caller may put back as they were.
    """
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.object_type == row.__title__, AuditEntry.object_id == row.id)
        .order_by(AuditEntry.id.desc())
        .limit(SHOWN)
    ).all()
    fields = {f.key: f for f in all_fields(type(row))}
    names = names_of(session, fields, entries)
    return [
        Change(
            e.id,
            e.at,
            PROGRAM.get(e.username, e.username),
            e.action,
            changes_of(e, fields, names, masked=masked),
            bool(e.before and e.after),
            bool(e.after) and any(key in fields and fields[key].name in allowed for key in e.before or {}),
        )
        for e in entries
    ]


def names_of(session: Session, fields: Mapping[str, Field], entries: Iterable[AuditEntry]) -> Names:
    """What the rows are called that the entries' references name: one statement a table."""
    wanted: dict[type[Any], set[int]] = defaultdict(set)
    for entry in entries:
        for values in (entry.before, entry.after):
            for key, value in (values or {}).items():
                f = fields.get(key)
                if f and f.target is not None and isinstance(value, int) and "." not in f.target.__label__:
                    wanted[f.target].add(value)
    found: dict[tuple[type[Any], int], str] = {}
    for target, ids in wanted.items():
        label = attribute(target, target.__label__)
        for id_, name in session.execute(select(target.id, label).where(target.id.in_(ids))):
            found[target, id_] = show(name)
    return found


def changes_of(
    entry: AuditEntry, fields: Mapping[str, Field], names: Names, *, masked: bool
) -> list[tuple[str, str, str]]:
    """(label, before, after) of the fields that people see."""
    before, after = entry.before or {}, entry.after or {}
    return [
        (
            f.label,
            shown_value(f, before.get(key), names, masked=masked),
            shown_value(f, after.get(key), names, masked=masked),
        )
        for key in dict.fromkeys((*before, *after))
        if (f := fields.get(key)) is not None
    ]


def shown_value(f: Field, value: Any, names: Names, *, masked: bool) -> str:
    """A value as the audit keeps it, in words."""
    if value is None:
        return EMPTY
    if f.kind == "ref":
        return names.get((f.target, value), f"已不可见（{value}）") if f.target else str(value)
    if f.kind == "choice":
        found = next((m.label for m in f.choices if m.value == value), None)
        return found or str(value)
    if f.kind == "money":
        return show(Decimal(value))
    if f.kind == "datetime":
        return show(datetime.fromisoformat(value))
    if f.kind == "date":
        return show(date.fromisoformat(value))
    text = show(value)
    return mask(text) if f.sensitive and masked and text else text
