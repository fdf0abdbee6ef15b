"""Values as text for the screen. The text is not escaped; templates do that."""

from __future__ import annotations

from typing import Any

from models.base import Base
from models.fields import Field, mask
from models.types import Labelled, show


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


def tag_class(field: Field, value: Any) -> str:
    """The CSS class of a cell: numbers to the right, states as coloured tags."""
    if field.key == "state" and isinstance(value, Labelled):
        return f"tag t-{value.tone}"
    if field.kind in ("money", "integer"):
        return "num"
    return "long" if field.kind == "long" else ""
