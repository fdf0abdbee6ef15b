"""What papers are made of. A text names what is filled in as {{ 项目名称 }}; one definition gives both
the Word template and the page to print."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Paper:
    """A paper as a county has it."""

    key: str
    title: str
    parts: tuple[Part, ...]


#: The place of a cell that began in a row above.
ABOVE = Cell("", rows=0)


def label(text: str, span: int = 1, rows: int = 1) -> Cell:
    """The name of what stands beside it."""
    return Cell(text, span, label=True, rows=rows)


def value(name: str, span: int = 1) -> Cell:
    """What is filled in."""
    return Cell(f"{{{{ {name} }}}}", span)
