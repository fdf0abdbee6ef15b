"""Exports: a list, a month's ledgers, a year's ledgers. Each runs at once or in the background.

The user's permission is checked when the export is written, not only when it is requested.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from excel.csv_writer import write_csv
from excel.write import write_table
from models.actions import AuditAction
from models.base import Base, table_name
from models.fields import Field, all_fields, field_of, mask
from models.ledger import LedgerEntry, LedgerMonth
from models.places import County
from models.types import show
from services.kernel.access import PERMISSIONS, require, sees_phones
from services.kernel.actor import actor_of
from services.kernel.audit import record
from services.kernel.errors import RuleViolation
from services.kernel.working_days import today
from services.ledgers import ledger_months, workbooks
from services.ledgers.workbooks import CountedRows, Progress, no_progress
from services.records import lists

#: File types of exports, with their media types.
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
GONE = "所要导出的内容已不存在，或您无权查看"


@dataclass(frozen=True)
class ListExport:
    """A list as its URL describes it: columns of a table and the matching rows, or `only` the rows with these ids.

    A URL that is not wholly understood is refused.
    """

    work: ClassVar[str] = "list"
    table: str
    fields: tuple[str, ...]
    query: str = ""
    sort: tuple[str, bool] = ("id", False)
    kind: str = "xlsx"
    only: tuple[int, ...] | None = None

    @property
    def model(self) -> type[Any]:
        """The table's model."""
        return tables()[self.table]

    @property
    def permission(self) -> str:
        """The permission that the user needs."""
        return f"{self.table}.export"

    def name(self, session: Session) -> str:
        """The name shown to users, and the name of the file."""
        return f"{self.model.__title__}.{self.kind}"

    def count(self, session: Session) -> int:
        """The number of rows of the export."""
        return lists.count_all(session, self.model, self._where(session)[1])

    def _where(self, session: Session) -> tuple[lists.ListQuery, list[Any]]:
        # The file has every page, in the order of the list, which may go by a column that the file leaves out.
        pairs = [(name, text) for name, text in parse_qsl(self.query) if name not in lists.PAGING]
        query = lists.read_query(self.model, all_fields(self.model), pairs, self.sort)
        query.check()
        where = lists.conditions(self.model, query, phones=self._phones(session))
        return query, where if self.only is None else [*where, self.model.id.in_(self.only)]

    def _phones(self, session: Session) -> bool:
        return sees_phones(actor_of(session), self.model)

    def write(self, session: Session, path: Path, progress: Progress = no_progress) -> tuple[str, int]:
        """Write the file; return its name and number of rows. Raises `Forbidden`."""
        require(session, self.permission)
        fields = tuple(field_of(self.model, name) for name in self.fields)
        query, where = self._where(session)
        found = lists.all_rows(session, self.model, fields, where, query)
        rows = plain_rows(fields, CountedRows(progress).of(found), masked=not self._phones(session))
        if self.kind == "csv":
            return self.name(session), write_csv(path, fields, rows)
        return self.name(session), write_table(path, self.model.__title__, fields, rows)

    def note(self, session: Session, rows: int) -> None:
        """Audit the export."""
        asked = f"已选 {len(self.only)} 条" if self.only is not None else self.query[:200]
        phones = self._phones(session)
        record(session, AuditAction.LIST_EXPORT, table=self.table, rows=rows, filter=asked, phones=phones)


@dataclass(frozen=True)
class MonthExport:
    """A month's workbook, or `only` one of its ledgers."""

    work: ClassVar[str] = "month"
    permission: ClassVar[str] = "ledger.export"
    kind: ClassVar[str] = "xlsx"
    month: int
    only: str | None = None

    def _month(self, session: Session) -> LedgerMonth:
        found = session.scalar(select(LedgerMonth).where(LedgerMonth.id == self.month))
        if found is None:
            raise RuleViolation("export.gone", GONE)
        return found

    def name(self, session: Session) -> str:
        """The name shown to users."""
        month = self._month(session)
        return f"{month.county.name}{month.month} 台账"

    def count(self, session: Session) -> int:
        """The number of rows of 工作台账."""
        return _entries(session, LedgerEntry.month_id == self.month)

    def write(self, session: Session, path: Path, progress: Progress = no_progress) -> tuple[str, int]:
        """Write the file; return its name and the number of rows of 工作台账. Raises `Forbidden`."""
        month = self._month(session)
        name = ledger_months.export_month(session, month, path, self.only, progress)
        return name, self.count(session)

    def note(self, session: Session, rows: int) -> None:
        """Audit the export."""
        ledger_months.record_export(session, self._month(session), rows)


@dataclass(frozen=True)
class YearExport:
    """A county's year: 工作台账 of its months, and the year's 统计."""

    work: ClassVar[str] = "year"
    permission: ClassVar[str] = "ledger.export"
    kind: ClassVar[str] = "xlsx"
    county: int
    year: int

    def _county(self, session: Session) -> County:
        seen = actor_of(session).counties
        found = session.get(County, self.county) if seen is None or self.county in seen else None
        if found is None or not workbooks.months_of_year(session, self.county, self.year):
            raise RuleViolation("export.gone", f"{self.year} 年还没有台账，或您无权查看")
        return found

    def name(self, session: Session) -> str:
        """The name shown to users."""
        return f"{self._county(session).name}{self.year} 年台账"

    def count(self, session: Session) -> int:
        """The number of rows of all its sheets."""
        months = [month.id for month in workbooks.months_of_year(session, self.county, self.year)]
        return _entries(session, LedgerEntry.month_id.in_(months))

    def write(self, session: Session, path: Path, progress: Progress = no_progress) -> tuple[str, int]:
        """Write the file; return its name and number of rows. Raises `Forbidden`."""
        actor = require(session, self.permission)
        county, phones = self._county(session), sees_phones(actor, LedgerEntry)
        name = workbooks.write_year(session, county, self.year, path, phones=phones, on=today(), progress=progress)
        return name, self.count(session)

    def note(self, session: Session, rows: int) -> None:
        """Audit the export."""
        phones = sees_phones(actor_of(session), LedgerEntry)
        record(
            session,
            AuditAction.LEDGER_EXPORT_YEAR,
            subject=self._county(session),
            year=self.year,
            rows=rows,
            phones=phones,
        )


Export = ListExport | MonthExport | YearExport
WORKS: dict[str, type[Export]] = {kind.work: kind for kind in (ListExport, MonthExport, YearExport)}


def stored(export: Export) -> dict[str, Any]:
    """An export as the values that a task stores."""
    return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(export).items()}


def restored(work: str, wanted: dict[str, Any]) -> Export:
    """The export from the values that a task stores."""
    given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in wanted.items()}
    return WORKS[work](**given)


def _entries(session: Session, where: Any) -> int:
    return session.scalar(select(func.count(LedgerEntry.id)).where(where)) or 0


@cache
def tables() -> dict[str, type[Any]]:
    """Every table that can be exported, by its name in URLs."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    found = {table_name(model): model for model in mapped if not inspect(model).polymorphic_abstract}
    return {name: model for name, model in found.items() if f"{name}.export" in PERMISSIONS}


def plain_rows(fields: Sequence[Field], rows: Iterable[Any], *, masked: bool) -> Iterator[tuple[Any, ...]]:
    """Convert list rows for a file: dates and money unchanged, enum members to labels, phones masked if asked."""
    hidden = [f.sensitive and masked for f in fields]
    worded = [f.kind == "choice" for f in fields]
    for row in rows:
        yield tuple(
            (mask(value) if hide and value else show(value) if word else value)
            for value, hide, word in zip(row[1:], hidden, worded, strict=True)
        )
