"""What the data file of a county says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.items import ItemCategory, LimitKind
from models.places import DepartmentKind, Meaning, OptionKind

#: An option: its name, and what the program does with it where that matters.
Option = str | tuple[str, Meaning]


@dataclass(frozen=True)
class DepartmentSeed:
    """A department: its name, what people call it, its kind."""

    name: str
    short_name: str
    kind: DepartmentKind = DepartmentKind.APPROVAL


@dataclass(frozen=True)
class Item:
    """A service item; `office` is the short name of its usual department, `days` its limit."""

    category: ItemCategory
    name: str
    office: str
    days: int
    limit_kind: LimitKind = LimitKind.WORKING


@dataclass(frozen=True)
class CountyData:
    """One county: `settings` are columns of `County`; items come with the document they are from."""

    settings: Mapping[str, Any]
    offices: tuple[DepartmentSeed, ...]
    items: tuple[tuple[Item, str], ...]
    options: Mapping[OptionKind, tuple[Option, ...]]

    @property
    def code(self) -> str:
        """行政区划代码, the natural key."""
        code: str = self.settings["code"]
        return code
