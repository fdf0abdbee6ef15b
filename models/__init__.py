"""What is stored. Importing this package maps every table."""

from models import cases, items, ledger, people, places, projects, records
from models.base import Base

__all__ = ["Base", "cases", "items", "ledger", "people", "places", "projects", "records"]
