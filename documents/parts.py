"""The parts of a paper. A text names a variable by its code, as in {{ project_name }}.

One definition gives both the Word template and the page to print.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

Style = Literal["title", "copy", "number", "to", "body", "list", "sign", "stamp", "note", "right", "under"]


@dataclass(frozen=True)
class TextLine:
    """A paragraph. Its style says what it is: title, copy mark, number, addressee, text, list, signature, …"""

    text: str
    style: Style = "body"


@dataclass(frozen=True)
class Cell:
    """A table cell that spans `span` columns and `rows` rows; a label, or a text to fill in."""

    text: str
    span: int = 1
    label: bool = False
    rows: int = 1


@dataclass(frozen=True)
class Grid:
    """A table. Widths and height of rows in cm; `tall`: numbers of the rows with room for handwriting."""

    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    height: float = 0.95
    tall: tuple[int, ...] = ()


@dataclass(frozen=True)
class Space:
    """Empty lines to write or sign in."""

    lines: int = 1


@dataclass(frozen=True)
class Tear:
    """The tear line between two copies."""


Part = TextLine | Grid | Space | Tear


#: What stands before the name of a variable in a text: {{ or {% if.
VARIABLE = re.compile(r"(\{\{ |\{% if )(\w+)")
Rename = Callable[[str], str]


def _renamed(text: str, rename: Rename) -> str:
    return VARIABLE.sub(lambda found: found[1] + rename(found[2]), text)


def _part_renamed(part: Part, rename: Rename) -> Part:
    match part:
        case TextLine():
            return replace(part, text=_renamed(part.text, rename))
        case Grid():
            rows = tuple(tuple(replace(c, text=_renamed(c.text, rename)) for c in row) for row in part.rows)
            return replace(part, rows=rows)
    return part


@dataclass(frozen=True)
class Paper:
    """A paper as a county has it."""

    key: str
    title: str
    parts: tuple[Part, ...]

    def renamed(self, rename: Rename) -> Paper:
        """The same paper with other names for its variables."""
        return replace(self, parts=tuple(_part_renamed(part, rename) for part in self.parts))


#: Stands where a cell of the row above continues.
ABOVE = Cell("", rows=0)


def label(text: str, span: int = 1, rows: int = 1) -> Cell:
    """A cell that names the value beside it."""
    return Cell(text, span, label=True, rows=rows)


def value(code: str, span: int = 1) -> Cell:
    """A cell filled in with a variable."""
    return Cell(f"{{{{ {code} }}}}", span)
