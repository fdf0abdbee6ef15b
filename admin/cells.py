"""How a value looks on the screen. Escaping is the templates' work: these give plain text."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from models.base import Base
from models.fields import Field, mask
from models.types import Labelled
from services.calendar import OFFICE_CLOCK


def show(value: Any) -> str:
    """`value` as people read it: 是/否, labels, dates, money with separators, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Labelled):
        return value.label
    if isinstance(value, datetime):
        return value.astimezone(OFFICE_CLOCK).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return str(value)


def show_field(field: Field, value: Any, *, masked: bool) -> str:
    """`value` of `field`; a sensitive one masked when the actor may not see it."""
    text = show(value)
    return mask(text) if field.sensitive and masked and text else text


def value_of(row: Base, field: Field) -> Any:
    """The value of `field` in a loaded row; the label of what a foreign key points at."""
    if field.relation:
        other = getattr(row, field.relation)
        return None if other is None else str(other)
    return getattr(row, field.key)


def tone(field: Field, value: Any) -> str:
    """The CSS class of a cell: numbers to the right, states as coloured tags."""
    if isinstance(value, Labelled):
        return f"tag t-{value.value}"
    if field.kind in ("money", "integer"):
        return "num"
    return "long" if field.kind == "long" else ""
