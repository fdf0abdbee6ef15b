"""The search box for enterprises, projects, cases and staff: by the start of a name or code, or by a number.

A table without a match by prefix is searched by substring, because names in one county often start alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models.base import table_name
from models.cases import ServiceCase
from models.fields import Field, all_fields, attribute
from models.people import ChiefServiceOfficer, DepartmentLiaison, GeneralAgent
from models.projects import Enterprise, Project
from models.types import show
from services.kernel.access import may, sees_phones
from services.kernel.actor import actor_of
from services.records.text_search import has, matches, searched

#: The tables searched, in the order of the results.
TABLES: tuple[type[Any], ...] = (
    Enterprise,
    Project,
    ServiceCase,
    ChiefServiceOfficer,
    GeneralAgent,
    DepartmentLiaison,
)
#: Most results of each table; the list page shows the rest.
EACH = 8
MAX_TEXT = 60


@dataclass(frozen=True)
class SearchResult:
    """The results of one table: (id, name, hint) of its first rows, and whether there are more."""

    table: str
    title: str
    rows: list[tuple[int, str, str]]
    more: bool


def search(session: Session, text: str) -> list[SearchResult]:
    """Rows that the actor may see whose name, code or number starts with or contains the text."""
    words = searched(text)[:MAX_TEXT]
    actor = actor_of(session)
    tables = [m for m in TABLES if may(actor, f"{table_name(m)}.read")] if words else []
    found = [_of(session, model, words, phones=sees_phones(actor, model)) for model in tables]
    return [answer for answer in found if answer.rows]


def _of(session: Session, model: Any, text: str, *, phones: bool) -> SearchResult:
    fields = [f for f in all_fields(model) if f.search and (phones or not f.sensitive)]
    label = attribute(model, model.__label__)
    hint = attribute(model, model.__hint__) if model.__hint__ else label
    found = select(model.id, label, hint).order_by(model.id.desc()).limit(EACH + 1)
    begin = session.execute(found.where(or_(*(_match_condition(model, f, text) for f in fields)))).all()
    plain = [attribute(model, f.key) for f in fields if not f.sensitive]
    rows = begin or (session.execute(found.where(matches(plain, text))).all() if plain else [])
    shown = [(id_, show(name) or show(more), show(more) if more != name else "") for id_, name, more in rows[:EACH]]
    return SearchResult(table_name(model), model.__title__, shown, len(rows) > EACH)


def _match_condition(model: Any, f: Field, text: str) -> ColumnElement[bool]:
    """Match generated numbers by their last digits, phones by their end, other texts by their start."""
    column = attribute(model, f.key)
    if f.key == "number":
        return has(column, text)
    return has(column, text, "endswith" if f.sensitive else "startswith")
