"""field(): the only way to make a column that people see.

Everything a screen, a form, a search, a filter or a workbook needs to know of a column is said
once, here, and stored in `column.info`; `fields_of()` reads it back for each purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Literal

from sqlalchemy import Column, String, Text, inspect
from sqlalchemy.orm import InstrumentedAttribute, MappedColumn, Mapper, mapped_column

from models.types import Labelled

Purpose = Literal["list", "details", "form", "export", "import"]
PURPOSES: tuple[Purpose, ...] = ("list", "details", "form", "export", "import")
Kind = Literal["text", "long", "integer", "money", "date", "datetime", "bool", "choice", "ref"]

#: Longest text that still gets a one-line box.
ONE_LINE = 200
#: The largest values that the database's columns take.
MAX_INTEGER, MAX_MONEY = 2**31 - 1, 10**12 - 1
#: No paper of an office is older or younger; beyond, adding days or a time zone leaves the calendar.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)


@dataclass(frozen=True)
class Field:
    """What people see of one column. `key`, `column`, … are filled in by `fields_of()`."""

    label: str
    unit: str | None = None
    help: str | None = None
    search: bool = False
    filter: bool = False
    hide: frozenset[str] = frozenset()
    sensitive: bool = False
    group: str | None = None
    where: tuple[tuple[str, Any], ...] = ()
    check: Callable[[str], str] | None = None
    warn: Callable[[str], str | None] | None = None
    aliases: tuple[str, ...] = ()
    past: bool = False
    unless: str | None = None
    fill: str | None = None
    when: str | None = None
    least: int = 0
    most: int | None = None
    not_before: str | None = None
    key: str = ""
    column: Column[Any] | None = None
    relation: str | None = None
    target: type[Any] | None = None

    @property
    def name(self) -> str:
        """The name in forms and addresses: the relation of a foreign key, else the column."""
        return self.relation or self.key

    @property
    def heading(self) -> str:
        """The label with its unit, as a table's header says it."""
        return f"{self.label}（{self.unit}）" if self.unit else self.label

    @property
    def kind(self) -> Kind:
        """How the value is edited and shown."""
        assert self.column is not None
        if self.relation:
            return "ref"
        type_ = self.column.type
        python = type_.python_type
        if issubclass(python, Enum):
            return "choice"
        if isinstance(type_, Text) or (isinstance(type_, String) and (type_.length or 0) > ONE_LINE):
            return "long"
        kinds: dict[type, Kind] = {
            str: "text",
            bool: "bool",
            int: "integer",
            Decimal: "money",
            datetime: "datetime",
            date: "date",
        }
        return kinds[python]

    @property
    def choices(self) -> type[Labelled]:
        """The labelled enum of a choice."""
        assert self.column is not None
        return self.column.type.python_type

    @property
    def required(self) -> bool:
        """Whether a person has to give a value."""
        assert self.column is not None
        return not self.column.nullable and self.column.default is None and self.kind != "bool"

    @property
    def bounds(self) -> tuple[Any, Any] | None:
        """The least and the most that a number or a day may be; None for what is neither."""
        match self.kind:
            case "integer":
                return self.least, MAX_INTEGER if self.most is None else self.most
            case "money":
                return self.least, MAX_MONEY if self.most is None else self.most
            case "date":
                return FIRST_DAY, LAST_DAY
        return None

    def check_bounds(self, value: Any) -> None:
        """`ValueError` in Chinese when `value` is a number or a day outside the bounds."""
        if value is None or self.bounds is None:
            return
        least, most = self.bounds
        # NaN, which a decimal may be, is in no order with any number.
        known = not isinstance(value, Decimal) or value.is_finite()
        if not known or not least <= value <= most:
            raise ValueError(f"应在 {least} 和 {most} 之间")

    def default(self) -> Any:
        """The value an empty form starts with."""
        assert self.column is not None
        default = self.column.default
        if default is None or default.is_server_default:
            return None
        return default.arg(None) if default.is_callable else default.arg  # type: ignore[attr-defined]

    def shown(self, purpose: Purpose) -> bool:
        """Everything is on unless switched off."""
        return purpose not in self.hide


def field(
    label: str,
    *args: Any,
    unit: str | None = None,
    help: str | None = None,
    search: bool = False,
    filter: bool = False,
    hide: str = "",
    sensitive: bool = False,
    group: str | None = None,
    where: dict[str, Any] | None = None,
    check: Callable[[str], str] | None = None,
    warn: Callable[[str], str | None] | None = None,
    aliases: tuple[str, ...] = (),
    past: bool = False,
    unless: str | None = None,
    fill: str | None = None,
    when: str | None = None,
    least: int = 0,
    most: int | None = None,
    not_before: str | None = None,
    **column: Any,
) -> MappedColumn[Any]:
    """A column that people see.

    `search`: the box above the list looks in it. `filter`: the query row offers it.
    `hide`: purposes it is left out of, of "list details form export import".
    `sensitive`: masked for roles that may not see phones. `group`: a heading that begins here
    and goes on until the next. `where`: which rows a foreign key may choose, by column value.
    `check`: takes the typed text, gives it in its standard form, or raises `ValueError` in
    Chinese. `warn`: what is doubtful about a value that is kept all the same, or None. `aliases`:
    what other offices head the column with in their lists. `past`: a day that has been, never a
    coming one. `unless`: the form asks for it only while that other field is empty. `fill`:
    "reference.field" that an empty one is filled from when the reference is chosen. `when`: the
    county's setting without which its people are not asked for it. `least`, `most`: bounds of a
    number. `not_before`: the day that this one never precedes, by its key. All else goes to
    `mapped_column()`.
    """
    unknown = set(hide.split()) - set(PURPOSES)
    if unknown:
        raise ValueError(f"unknown purposes: {unknown}")
    hidden = set(hide.split())
    if "form" in hidden:
        hidden.add("import")  # an import sets nothing that the form does not
    info = Field(
        label,
        unit,
        help,
        search,
        filter,
        frozenset(hidden),
        sensitive,
        group,
        tuple((where or {}).items()),
        check,
        warn,
        aliases,
        past,
        unless,
        fill,
        when,
        least,
        most,
        not_before,
    )
    return mapped_column(*args, info={"field": info}, active_history=True, **column)


def all_fields(model: type[Any]) -> tuple[Field, ...]:
    """Every column of `model` made by `field()`, in the order of the model."""
    return _all_fields(model)  # type: ignore[arg-type]  # classes are hashable


@cache
def _all_fields(model: Hashable) -> tuple[Field, ...]:
    mapper: Mapper[Any] = inspect(model)
    relations = {
        next(iter(r.local_columns)).key: r
        for r in mapper.relationships
        if r.direction.name == "MANYTOONE" and not r.viewonly
    }
    found = []
    for prop in mapper.column_attrs:
        column = prop.columns[0]
        if "field" not in column.info:
            continue
        relation = relations.get(column.key) if column.foreign_keys else None
        found.append(
            replace(
                column.info["field"],
                key=prop.key,
                column=column,
                relation=relation.key if relation else None,
                target=relation.mapper.class_ if relation else None,
            )
        )
    return tuple(found)


def fields_of(model: type[Any], purpose: Purpose) -> tuple[Field, ...]:
    """The fields of `model` for one purpose, in the order of the model."""
    return tuple(f for f in all_fields(model) if f.shown(purpose))


def field_of(model: type[Any], key: str) -> Field:
    """One field by its key or its relation's name; KeyError when there is none."""
    for candidate in all_fields(model):
        if key in (candidate.key, candidate.relation):
            return candidate
    raise KeyError(f"{model.__name__}.{key}")


def attribute(model: type[Any], key: str) -> InstrumentedAttribute[Any]:
    """The mapped attribute of `model` named `key`."""
    found: InstrumentedAttribute[Any] = getattr(model, key)
    return found


def unseen(model: type[Any]) -> tuple[str, ...]:
    """Keys of the columns that no `field()` made: ids, versions, hashes, stored files."""
    seen = {f.key for f in all_fields(model)}
    return tuple(p.key for p in inspect(model).column_attrs if p.key not in seen)


#: Digits of a phone that stay readable at its beginning and at its end.
HEAD, TAIL = 3, 4


def mask(text: str) -> str:
    """A phone of which only the beginning and the end are told."""
    return f"{text[:HEAD]}****{text[-TAIL:]}" if len(text) > HEAD + TAIL else "****"
