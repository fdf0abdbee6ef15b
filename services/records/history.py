"""The history of a row: its audit entries, with field labels and readable values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, cast, select
from sqlalchemy.orm import Session

from models.base import Base, table_name
from models.fields import Field, all_fields, attribute, mask
from models.records import AuditEntry, Merger
from models.types import BigId, show
from services.kernel.actor import SYSTEM

#: How many of the latest entries a record's page shows.
SHOWN = 30
EMPTY = "（空）"

#: (model, id) → name of the row.
Names = Mapping[tuple[type[Any], int], str]


@dataclass(frozen=True)
class Change:
    """One audit entry: when, who, the action, and (label, before, after) of each field."""

    id: int
    at: datetime
    username: str
    action: str
    changes: list[tuple[str, str, str]]
    #: Whether the entry replaced values that the caller may restore.
    replaced: bool
    revertible: bool


#: The display name of the program as an actor.
PROGRAM = {SYSTEM.username: "系统"}


def history_of(session: Session, row: Base, *, masked: bool, allowed: Container[str]) -> list[Change]:
    """The latest changes of a row, newest first. The caller has loaded the row through the actor's scope.

    `allowed`: the fields that the caller may restore.
    """
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.object_type == table_name(type(row)), AuditEntry.object_id.in_(_ids_of(row)))
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
            show(e.action),
            changes_of(e, fields, names, masked=masked),
            bool(e.before and e.after),
            bool(e.after)
            and e.object_id == row.id
            and any(key in fields and fields[key].name in allowed for key in e.before or {}),
        )
        for e in entries
    ]


def _ids_of(row: Base) -> Select[Any]:
    """The row, the rows that were merged into it, and those merged into these before: their history is its own."""
    own = select(cast(row.id, BigId).label("id")).cte("merged", recursive=True)
    standing = Merger.target == table_name(type(row)), Merger.undone_at.is_(None)
    merged = own.union(select(Merger.gone_id).join(own, Merger.kept_id == own.c.id).where(*standing))
    return select(merged.c.id)


def names_of(session: Session, fields: Mapping[str, Field], entries: Iterable[AuditEntry]) -> Names:
    """Names of the rows that the entries refer to; one statement for each table."""
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
    """(label, before, after) of the fields that are shown to users."""
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
    """A value stored by the audit, as readable text."""
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
