"""Many rows at once: ids by hand, Core inserts in batches, memory bounded by the batch.

These inserts pass by the tenant guard and the audit: every row carries its own `county_id`, and
the caller writes one audit line for the whole run.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from models.base import Base
from models.cases import CaseEvent, CaseStep, Completion, Delivery, ServiceCase, Termination
from models.ledger import LedgerEntry, LedgerMonth
from models.projects import Assignment, Enterprise, KeyDesignation, Project

#: Tables in the order in which their rows may refer to each other.
ORDER: tuple[type[Base], ...] = (
    Enterprise, Project, KeyDesignation, Assignment, ServiceCase, CaseStep, CaseEvent, Delivery,
    Completion, Termination, LedgerMonth, LedgerEntry,
)  # fmt: skip
BATCH = 4000

Row = dict[str, Any]


class Bulk:
    """Rows on their way into the tables of ORDER; all rows of a table have the same keys."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: dict[type[Base], list[Row]] = {model: [] for model in ORDER}
        self._next = {model: self._free_id(model) for model in ORDER}

    def _free_id(self, model: type[Base]) -> int:
        return (self._connection.scalar(select(func.max(model.id))) or 0) + 1

    def add(self, model: type[Base], row: Row) -> int:
        """Take the next id of `model` for `row`; it is written with its batch."""
        number = row["id"] = self._next[model]
        self._next[model] = number + 1
        self._rows[model].append(row)
        return number

    def flush(self, at_least: int = 1) -> None:
        """Write what is waiting, when one table has `at_least` so many rows."""
        if max(len(rows) for rows in self._rows.values()) < at_least:
            return
        for model, rows in self._rows.items():
            if rows:
                self._connection.execute(insert(model), rows)
                rows.clear()

    def finish(self) -> None:
        """Write the rest; tell PostgreSQL's sequences which ids are gone."""
        self.flush()
        if self._connection.dialect.name != "postgresql":
            return
        for model in ORDER:
            self._connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :next, false)"),
                {"name": model.__tablename__, "next": self._next[model]},
            )
