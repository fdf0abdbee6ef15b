"""How names and printed numbers compare: a stored key beside what people typed.

A name is kept as typed and compared by `name_key()`: in references, uniqueness, imports, headers and searches.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from unicodedata import category, normalize

from sqlalchemy import String, Table
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column, validates

from models.identifiers import visible

#: Longest stored key; a longer one is cut, because NFKC can lengthen a text.
KEY_LENGTH = 200
NUMBER_KEY_LENGTH = 120
_OPENING, _CLOSING = "〔【〖〘〚[{<〈《「『﹝⦅", "〕】〗〙〛]}>〉》」』﹞⦆"
_DASHES = "‐‑‒–—―−─━﹘ーｰ⁃"
_DOTS = "·•‧∙⋅●・᛫◦▪∘"
_DOUBLE_QUOTES, _SINGLE_QUOTES = "“”„‟〝〞〟«»", "‘’‚‛`´"
_ONE_WIDTH = str.maketrans(
    dict.fromkeys(_OPENING, "(")
    | dict.fromkeys(_CLOSING, ")")
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_DOTS, "·")
    | dict.fromkeys(_DOUBLE_QUOTES, '"')
    | dict.fromkeys(_SINGLE_QUOTES, "'")
)
_HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
#: A blank is part of a name only between two Latin words; it is layout everywhere else.
_BLANK = re.compile(r"(?<![a-z0-9])\s+|\s+(?![a-z0-9])")
_BETWEEN_HAN = re.compile(rf"(?<={_HAN})\.(?={_HAN})")
_DIGITS = re.compile(r"[0-9]+")
#: Digits of a running number in its key.
_WIDTH = 10


def name_key(text: str) -> str:
    """What two spellings of one name have in common.

    NFKC; without zero-width, bidi and control marks; without blanks but those between Latin words; brackets,
    dashes, quotes and middle dots of one kind; lower case.
    """
    shown = "".join(" " if c.isspace() else c for c in text if c.isspace() or not _is_mark(c))
    plain = normalize("NFKC", shown).translate(_ONE_WIDTH).casefold()
    plain = _BLANK.sub("", " ".join(plain.split()))
    return _BETWEEN_HAN.sub("·", re.sub(r"-{2,}", "-", plain))[:KEY_LENGTH]


def _is_mark(letter: str) -> bool:
    """Whether a character is a control, format or variation mark: nobody sees it."""
    return category(letter) in ("Cc", "Cf", "Cs") or "\ufe00" <= letter <= "\ufe0f"


def number_key(text: str | None) -> str | None:
    """A printed number with its digits padded, so that 9999号 sorts before 10000号."""
    if text is None:
        return None
    return _DIGITS.sub(lambda found: found[0].zfill(_WIDTH), visible(text))[:NUMBER_KEY_LENGTH]


def _key_of_name(context: Any) -> str:
    """The default of `name_key` for rows that are inserted without the ORM."""
    return name_key(context.get_current_parameters()["name"])


class Named:
    """A row with a name that people write in several ways; `name_key` follows `name`."""

    name_key: Mapped[str] = mapped_column(String(KEY_LENGTH), default=_key_of_name, server_default="", sort_order=1002)

    @validates("name")
    def _keep_name_key(self, _: str, name: str) -> str:
        self.name_key = name_key(name or "")
        return name


def number_key_column(of: str) -> MappedColumn[str | None]:
    """The column of the key of number `of`, which is also filled for rows that are inserted without the ORM."""

    def key_of(context: Any) -> str | None:
        return number_key(context.get_current_parameters().get(of))

    return mapped_column(String(NUMBER_KEY_LENGTH), default=key_of, sort_order=1003)


class Numbered:
    """A row with a printed number; `number_key` sorts it by its digits, and follows `number`."""

    number_key: Mapped[str | None] = number_key_column("number")

    @validates("number")
    def _keep_number_key(self, _: str, number: str | None) -> str | None:
        self.number_key = number_key(number)
        return number


#: Column of a stored key: the column it follows, and how.
KEY_COLUMNS: Mapping[str, tuple[str, Callable[[Any], str | None]]] = {
    "name_key": ("name", name_key),
    "number_key": ("number", number_key),
    "archive_number_key": ("archive_number", number_key),
}


@cache
def key_columns_of(table: Table) -> tuple[str, ...]:
    """The stored keys that a table has."""
    return tuple(column for column in KEY_COLUMNS if column in table.c)


def stored_keys(table: Table, row: Mapping[str, Any]) -> dict[str, str | None]:
    """The keys of a row that is inserted without the ORM."""
    found = {column: KEY_COLUMNS[column] for column in key_columns_of(table)}
    return {column: key(row.get(source)) for column, (source, key) in found.items()}
