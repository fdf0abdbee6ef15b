"""What the data file of a county says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.items import ItemCategory, LimitKind
from models.places import DepartmentKind, OptionKind

#: Delivery ways that need a tracking number. Source: B 六.3 邮寄记录.
POSTED = frozenset({"邮寄"})


@dataclass(frozen=True)
class Office:
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
    offices: tuple[Office, ...]
    items: tuple[tuple[Item, str], ...]
    options: Mapping[OptionKind, tuple[str, ...]]

    @property
    def code(self) -> str:
        """行政区划代码, the natural key."""
        code: str = self.settings["code"]
        return code
