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
    """A paragraph: the title, which copy it is, its number, whom to, running text, ①②③, signatures, a seal, small
    print, a date, who stands under a table."""

    text: str
    style: Style = "body"


@dataclass(frozen=True)
class Cell:
    """A cell of a table over `span` columns and `rows` rows; a label or what is filled in."""

    text: str
    span: int = 1
    label: bool = False
    rows: int = 1


@dataclass(frozen=True)
class Grid:
    """A table: widths of its columns in cm, rows of cells, height of a row in cm; `tall`: rows to write much in."""

    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    height: float = 0.95
    tall: tuple[int, ...] = ()


@dataclass(frozen=True)
class Space:
    """Room to write or to sign: so many empty lines."""

    lines: int = 1


@dataclass(frozen=True)
class Tear:
    """The line along which two copies are torn apart."""


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


#: The place of a cell that began in a row above.
ABOVE = Cell("", rows=0)


def label(text: str, span: int = 1, rows: int = 1) -> Cell:
    """The name of what stands beside it."""
    return Cell(text, span, label=True, rows=rows)


def value(name: str, span: int = 1) -> Cell:
    """What is filled in."""
    return Cell(f"{{{{ {name} }}}}", span)
