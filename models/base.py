"""What every table has: names of constraints, the tenant, the version, the recycle bin."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, cast

from sqlalchemy import ForeignKey, Index, Integer, MetaData, inspect, text
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    declared_attr,
    mapped_column,
    relationship,
)

from models.fields import field
from models.types import BigId, Coded, Labelled, Moment, show

if TYPE_CHECKING:
    from models.places import County

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """A table.

    `__title__` is its Chinese name; `__label__` the column that names a row to people, or
    "relation.column" of one hop; `__hint__` the column shown in grey beside it.
    """

    metadata = MetaData(naming_convention=NAMING)
    __title__: ClassVar[str]
    __label__: ClassVar[str] = "name"
    __hint__: ClassVar[str | None] = None
    #: Machine-fed tables write one audit line for a whole run instead of one a row.
    __audited__: ClassVar[bool] = True
    #: The county's setting without which its people's menu leaves the table out.
    __when__: ClassVar[str | None] = None
    #: Attributes that tell rows of a county apart to people, best first; an import finds rows by them.
    __natural__: ClassVar[tuple[tuple[str, ...], ...]] = ()

    id: Mapped[int] = mapped_column(BigId, primary_key=True, sort_order=-100)

    @property
    def is_new(self) -> bool:
        """Whether the row has never been stored."""
        return inspect(self).key is None

    def __str__(self) -> str:
        value: Any = self
        for name in self.__label__.split("."):
            value = getattr(value, name, None)
        return f"{self.__title__}{self.id}" if value is None else show(value)


def table_name(model: type[Any]) -> str:
    """The code of a table in addresses, permissions and the audit; each kind of 服务人员 has its own."""
    return str(inspect(model).polymorphic_identity or model.__tablename__)


@cache
def tables() -> type[Labelled]:
    """Every table as a choice: its code and its title. To be asked for when all models are defined."""
    models = sorted((m.class_ for m in Base.registry.mappers), key=lambda m: m.__title__)
    members = [(m.__name__, (table_name(m), m.__title__)) for m in models]
    return cast(type[Labelled], Labelled("Table", members))  # type: ignore[arg-type]  # mypy takes it for a look-up


class TableCode(Coded):
    """A column that names a table by its code."""

    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(Labelled, length)

    @property
    def python_type(self) -> type[Any]:
        return tables()


class CountyScoped:
    """A row of one county: seen, chosen and exported by that county's people only."""

    county_id: Mapped[int] = field(
        "县（旗）", ForeignKey("county.id"), index=True, filter=True, hide="list form", sort_order=-90
    )

    @declared_attr
    @classmethod
    def county(cls) -> Mapped[County]:
        return relationship("County", foreign_keys=[cls.county_id])


class Versioned:
    """A row that two people may edit: the second, stale save is refused."""

    version: Mapped[int] = mapped_column(Integer, sort_order=1000)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Deletable:
    """Master data: deleting it moves it to 回收站."""

    deleted_at: Mapped[datetime | None] = mapped_column(Moment, sort_order=1001)


#: WHERE of the unique indexes of master data: a deleted row does not block its name.
ALIVE = "deleted_at IS NULL"


def unique_alive(table: str, *columns: str, given: str | None = None) -> Index:
    """Each value of `columns` once in a county, deleted rows aside; `given`: only where it is not null."""
    where = text(f"{given} IS NOT NULL AND {ALIVE}" if given else ALIVE)
    return Index(
        f"uq_{table}_{columns[-1]}",
        "county_id",
        *columns,
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
