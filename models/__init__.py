"""What is stored. Importing this package maps every table."""

from models import (
    cases,
    evaluation,
    items,
    ledger,
    office,
    papers,
    people,
    places,
    projects,
    records,
    stations,
    tasks,
    work,
)
from models.base import Base

# SQLite would give the number of a deleted row to the next one, and with it its history and attachments.
for _table in Base.metadata.tables.values():
    _table.dialect_options["sqlite"]["autoincrement"] = True

__all__ = [
    "Base",
    "cases",
    "evaluation",
    "items",
    "ledger",
    "office",
    "papers",
    "people",
    "places",
    "projects",
    "records",
    "stations",
    "tasks",
    "work",
]
