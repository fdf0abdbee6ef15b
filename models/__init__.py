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
    tasks,
    work,
)
from models.base import Base

__all__ = [
    "Base", "cases", "evaluation", "items", "ledger", "office", "papers", "people", "places", "projects",
    "records", "tasks", "work",
]  # fmt: skip
