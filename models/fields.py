"""field(): the only way to declare a column that people see.

A model declares once what screens, forms, search, filters and workbooks need to know of a column. It is
stored in `column.info`; `fields_of()` reads it for one purpose. To add a setting, add it to `FieldSettings`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import KW_ONLY, dataclass, fields
from dataclasses import field as dataclass_field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Literal, ParamSpec

from sqlalchemy import Column, String, Text, inspect
from sqlalchemy.orm import InstrumentedAttribute, MappedColumn, Mapper, mapped_column

from models.types import Labelled, Unit

Purpose = Literal["list", "details", "form", "export", "import"]
PURPOSES: tuple[Purpose, ...] = ("list", "details", "form", "export", "import")
Kind = Literal["text", "long", "integer", "money", "date", "datetime", "bool", "choice", "ref"]

#: Longest text that is edited in a one-line input.
ONE_LINE = 200
#: The largest values that the database's columns take.
MAX_INTEGER, MAX_MONEY = 2**31 - 1, 10**12 - 1
#: Days outside these are typing errors; near the ends of the calendar, adding days or a time zone overflows.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)


#: What an option of `mapped_column()` has when a call of `field()` does not give it.
NOT_GIVEN: Any = object()


@dataclass(frozen=True, kw_only=True)
class ColumnOptions:
    """Options that `field()` hands on to `mapped_column()` when they are given."""

    default: Any = NOT_GIVEN
    index: bool = NOT_GIVEN
    nullable: bool = NOT_GIVEN
    sort_order: int = NOT_GIVEN
    unique: bool = NOT_GIVEN


@dataclass(frozen=True)
class FieldSettings(ColumnOptions):
    """The arguments of `field()`: what people see of one column."""

    #: Heading of the column on screens, in filters and in workbooks.
    label: str
    #: Type or foreign key of the column; without it SQLAlchemy derives the type from `Mapped[...]`.
    column_type: Any = None
    _: KW_ONLY
    #: Unit of a number, shown after the label.
    unit: Unit | None = None
    #: Help text under the input of a form.
    help: str | None = None
    #: The search box above the list looks in this column.
    search: bool = False
    #: The filter row above the list offers this column.
    filter: bool = False
    #: Purposes that leave the column out, separated by blanks: "list details form export import".
    hide: str = ""
    #: Masked for roles that may not see phone numbers.
    sensitive: bool = False
    #: Heading of a group that starts with this column and ends where the next one starts.
    group: str | None = None
    #: Rows that a foreign key may refer to: column and value.
    where: Mapping[str, Any] = dataclass_field(default_factory=dict, hash=False)
    #: Gives a typed text its standard form, or raises `ValueError` in Chinese.
    check: Callable[[str], str] | None = None
    #: Says in Chinese what is doubtful about an accepted value; None when nothing is.
    warn: Callable[[str], str | None] | None = None
    #: Headings that other offices use for the column in their lists.
    aliases: tuple[str, ...] = ()
    #: A day that must not be in the future.
    past: bool = False
    #: Key of another field: the form asks for this one only while the other is empty.
    unless: str | None = None
    #: "reference.field": an empty value is filled from there when the reference is chosen.
    fill: str | None = None
    #: Setting of the county that must be on for its people to be asked for the column.
    when: str | None = None
    #: Smallest value of a number.
    least: int = 0
    #: Largest value of a number; None: what the database's column takes.
    most: int | None = None
    #: Key of another day that this day must not precede.
    not_before: str | None = None
    #: Key of the hidden column that lists are sorted by instead, where the text itself sorts wrongly.
    sort_by: str | None = None

    def __post_init__(self) -> None:
        unknown = set(self.hide.split()) - set(PURPOSES)
        if unknown:
            raise ValueError(f"unknown purposes: {unknown}")

    def declared(self) -> MappedColumn[Any]:
        """The column for SQLAlchemy, with these settings in its `info`."""
        given = {o.name: getattr(self, o.name) for o in fields(ColumnOptions)}
        options = {name: value for name, value in given.items() if value is not NOT_GIVEN}
        types = () if self.column_type is None else (self.column_type,)
        return mapped_column(*types, info={"field": self}, active_history=True, **options)


Arguments = ParamSpec("Arguments")


def _declares(settings: Callable[Arguments, FieldSettings]) -> Callable[Arguments, MappedColumn[Any]]:
    """A function with the arguments of `settings` that gives the column: they are listed once, and checked."""

    def declare(*args: Arguments.args, **kwargs: Arguments.kwargs) -> MappedColumn[Any]:
        return settings(*args, **kwargs).declared()

    return declare


#: `field("标签", String(40), search=True)`: a column that people see; see `FieldSettings` for its arguments.
field = _declares(FieldSettings)


@dataclass(frozen=True, kw_only=True)
class Field(FieldSettings):
    """A column that people see, found in its model by `all_fields()`."""

    key: str
    column: Column[Any]
    #: Relationship of a foreign key, and the model that it refers to.
    relation: str | None = None
    target: type[Any] | None = None

    @property
    def hidden(self) -> frozenset[str]:
        """The purposes that leave the column out; an import sets nothing that the form does not."""
        hidden = frozenset(self.hide.split())
        return hidden | {"import"} if "form" in hidden else hidden

    @property
    def name(self) -> str:
        """The name in forms and addresses: the relation of a foreign key, else the column."""
        return self.relation or self.key

    @property
    def heading(self) -> str:
        """The label with its unit, as a table's header says it."""
        return f"{self.label}（{self.unit.label}）" if self.unit else self.label

    @property
    def kind(self) -> Kind:
        """How the value is edited and shown."""
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
        return self.column.type.python_type

    @property
    def required(self) -> bool:
        """Whether a user must give a value."""
        return not self.column.nullable and self.column.default is None and self.kind != "bool"

    @property
    def bounds(self) -> tuple[Any, Any] | None:
        """Smallest and largest value of a number or a day; None for other kinds."""
        match self.kind:
            case "integer":
                return self.least, MAX_INTEGER if self.most is None else self.most
            case "money":
                return self.least, MAX_MONEY if self.most is None else self.most
            case "date":
                return FIRST_DAY, LAST_DAY
        return None

    def check_bounds(self, value: Any) -> None:
        """Raise `ValueError` in Chinese when `value` is a number or a day outside the bounds."""
        if value is None or self.bounds is None:
            return
        least, most = self.bounds
        # A decimal may be NaN, which cannot be compared.
        known = not isinstance(value, Decimal) or value.is_finite()
        if not known or not least <= value <= most:
            raise ValueError(f"应在 {least} 和 {most} 之间")

    def initial(self) -> Any:
        """The value an empty form starts with."""
        default = self.column.default
        if default is None or default.is_server_default:
            return None
        return default.arg(None) if default.is_callable else default.arg  # type: ignore[attr-defined]

    def shown(self, purpose: Purpose) -> bool:
        """Whether `purpose` includes the column: it does unless the column is hidden there."""
        return purpose not in self.hidden


def all_fields(model: type[Any]) -> tuple[Field, ...]:
    """Every column of `model` declared by `field()`, in the order of the model."""
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
        assert isinstance(column, Column)
        settings: FieldSettings = column.info["field"]
        found.append(
            Field(
                **{s.name: getattr(settings, s.name) for s in fields(settings)},
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
    """One field by its key or the name of its relation; KeyError when there is none."""
    for candidate in all_fields(model):
        if key in (candidate.key, candidate.relation):
            return candidate
    raise KeyError(f"{model.__name__}.{key}")


def attribute(model: type[Any], key: str) -> InstrumentedAttribute[Any]:
    """The mapped attribute of `model` named `key`."""
    found: InstrumentedAttribute[Any] = getattr(model, key)
    return found


def unseen(model: type[Any]) -> tuple[str, ...]:
    """Keys of the columns that are not declared by `field()`: ids, versions, hashes, stored files."""
    seen = {f.key for f in all_fields(model)}
    return tuple(p.key for p in inspect(model).column_attrs if p.key not in seen)


#: Digits of a masked phone number that stay readable at its beginning and at its end.
HEAD, TAIL = 3, 4


def mask(text: str) -> str:
    """A phone number with only its first and last digits readable."""
    return f"{text[:HEAD]}****{text[-TAIL:]}" if len(text) > HEAD + TAIL else "****"
