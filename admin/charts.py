"""Charts as SVG, drawn on the server: every mark links to the rows that it counts; a table repeats the numbers.

Positions are in units of the drawing; the page scales it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

WIDTH, HEIGHT = 640, 220
#: Space for the numbers of the scale and for the names below.
LEFT, BOTTOM, TOP = 36, 26, 22
LINES = 4
#: Share of its slot that a group of bars fills.
FILLED = 0.7
ROW = 30
NAME_WIDTH, FIGURE_WIDTH = 92, 46


@dataclass(frozen=True)
class Series:
    """One colour of a chart: its name, and (value, address) for each group."""

    name: str
    values: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class ChartMark:
    """A bar: its position, colour, text and link."""

    x: float
    y: float
    width: float
    height: float
    tone: int
    told: str
    url: str


@dataclass(frozen=True)
class Label:
    """A text on the drawing."""

    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Chart:
    """A drawing and the table with the same numbers."""

    title: str
    height: int
    marks: list[ChartMark]
    labels: list[Label]
    #: y of each line across.
    lines: list[float]
    names: Sequence[str]
    series: Sequence[Series]


def columns(title: str, names: Sequence[str], series: Sequence[Series]) -> Chart:
    """Vertical bars side by side, a group for each name."""
    top = max([1, *(value for one in series for value, _ in one.values)])
    step = max(1, ceil(top / LINES))
    scale = (HEIGHT - TOP - BOTTOM) / (step * ceil(top / step))
    base = HEIGHT - BOTTOM
    place = (WIDTH - LEFT) / max(1, len(names))
    width = place * FILLED / len(series)
    marks, labels = [], []
    for n, name in enumerate(names):
        begin = LEFT + n * place + place * (1 - FILLED) / 2
        labels.append(Label(LEFT + (n + 0.5) * place, HEIGHT - 8, name))
        for tone, one in enumerate(series):
            value, url = one.values[n]
            height = value * scale
            marks.append(
                ChartMark(begin + tone * width, base - height, width, height, tone, f"{name} {one.name} {value}", url)
            )
    lines = [base - k * step * scale for k in range(ceil(top / step) + 1)]
    labels += [Label(LEFT - 6, y + 4, str(k * step), "end") for k, y in enumerate(lines)]
    return Chart(title, HEIGHT, marks, labels, lines, names, series)


def rows(title: str, names: Sequence[str], one: Series) -> Chart:
    """Horizontal bars, one below the other."""
    top = max([1, *(value for value, _ in one.values)])
    scale = (WIDTH - NAME_WIDTH - FIGURE_WIDTH) / top
    marks, labels = [], []
    for n, (name, (value, url)) in enumerate(zip(names, one.values, strict=True)):
        y = n * ROW + 6
        marks.append(ChartMark(NAME_WIDTH, y, value * scale, ROW - 12, 0, f"{name} {value}", url))
        labels.append(Label(NAME_WIDTH - 8, y + 14, name, "end"))
        labels.append(Label(NAME_WIDTH + value * scale + 6, y + 14, str(value), "start"))
    return Chart(title, len(names) * ROW + 6, marks, labels, [], names, [one])
