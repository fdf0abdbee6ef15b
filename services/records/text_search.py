"""How a typed word finds a text: names by their keys, codes in their standard form, other texts in each spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal
from unicodedata import normalize

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from models.identifiers import DASHES, visible
from models.name_keys import name_key

Where = Literal["contains", "startswith", "endswith"]
#: Brackets as users type them in our numbers → as they are stored.
YEAR = re.compile(r"[\[【〔(](\d{4})[\]】〕)]")
CHINESE_BRACKETS = str.maketrans("()", "（）")


def searched(text: str) -> str:
    """A search text without the marks nobody sees, which come along when it is copied."""
    return visible(text).replace("\x00", "").strip()


def matches(columns: Iterable[Any], text: str) -> ColumnElement[bool]:
    """Condition that each word of `text` occurs in one of `columns`; % and _ are ordinary characters."""
    columns = list(columns)
    return and_(*(or_(*(has(column, word) for column in columns)) for word in searched(text).split()))


def has(column: InstrumentedAttribute[Any], word: str, where: Where = "contains") -> ColumnElement[bool]:
    """Condition that `column`, which may be of an aliased table, has `word`, however it is spelled."""
    entity: Any = column.parent.entity
    if column.key == "name" and hasattr(entity, "name_key"):
        return _like(entity.name_key, where, name_key(word))
    declared = column.info.get("field")
    spelled = spellings(word)
    if declared is not None and declared.check is not None:
        spelled |= _standard(declared.check, word)
    return or_(*(_like(column, f"i{where}", spelling) for spelling in sorted(spelled)))


def _like(column: Any, how: str, text: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = getattr(column, how)(text, autoescape=True)
    return found


def spellings(word: str) -> set[str]:
    """The ways in which a stored text may write `word`; most words have one."""
    half = normalize("NFKC", word)
    plain = DASHES.sub("-", half)
    return {word, half, plain, half.translate(CHINESE_BRACKETS), YEAR.sub(r"〔\1〕", half)}


def _standard(check: Any, word: str) -> set[str]:
    """The word in its column's standard form, if it is a whole one: a code or a phone without its dashes."""
    try:
        return {check(word)}
    except ValueError:
        return set()
