"""The types of a county's data file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.items import ItemCategory, LimitKind
from models.places import DepartmentKind, Meaning, OptionKind, StationKind

#: An option: its name, or (name, meaning).
Option = str | tuple[str, Meaning]


@dataclass(frozen=True)
class DepartmentSeed:
    """A department: name, short name, kind."""

    name: str
    short_name: str
    kind: DepartmentKind = DepartmentKind.APPROVAL


@dataclass(frozen=True)
class Item:
    """A service item. `office`: short name of its usual department; `days`: its limit."""

    category: ItemCategory
    name: str
    office: str
    days: int
    limit_kind: LimitKind = LimitKind.WORKING


@dataclass(frozen=True)
class StationSeed:
    """A 基层政务服务站 of the demonstration: name, kind, address; `channel`: by which applications reach it."""

    name: str
    kind: StationKind
    address: str
    channel: str


@dataclass(frozen=True)
class CountyData:
    """One county. `settings`: columns of `County`; `items`: each with its source document."""

    settings: Mapping[str, Any]
    offices: tuple[DepartmentSeed, ...]
    items: tuple[tuple[Item, str], ...]
    options: Mapping[OptionKind, tuple[Option, ...]]
    stations: tuple[StationSeed, ...] = ()

    @property
    def code(self) -> str:
        """行政区划代码, the natural key."""
        code: str = self.settings["code"]
        return code
