"""Columns of a workbook that is imported: which header is which field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from unicodedata import normalize

from excel.read import Cell
from models.fields import Field
from models.name_keys import name_key

#: How many rows at the top of a sheet are searched for the header.
HEADER_ROWS = 15
#: The column of row numbers; a row with EXAMPLE in it is not imported.
SERIAL, EXAMPLE = "序号", "示例"
#: The column added to a workbook with errors; it may stay when the workbook is uploaded again.
REASONS = "错误原因"
#: What a header says in brackets of its amounts: （万元）, （单位：万元）.
UNIT = re.compile(r"\((?:[^)]*单位\s*:?)?\s*([^)]*元)\)")


class BadHeader(Exception):
    """The sheet has no usable header; str(error) says what to change."""


@dataclass(frozen=True)
class ColumnChoice:
    """Several columns that answer to one field: the headings by their places (from 0), and the one that is read."""

    field: Field
    read: int
    headings: Mapping[int, str]


@dataclass(frozen=True)
class Header:
    """The header's row number in Excel and the field of each column (from 0).

    `seconds`: where a reference has its other name (项目名称 beside 项目代码), by the field's name;
    `told`: where what only an export shows stands, by the field's name. `ignored`: headers that no
    field answers to. `choices`: fields that several columns answer to.
    """

    row: int
    fields: Mapping[int, Field]
    seconds: Mapping[str, int]
    told: Mapping[str, int]
    ignored: tuple[str, ...]
    choices: tuple[ColumnChoice, ...]
    serial: int | None


def key_of(text: object) -> str:
    """A header without what does not matter in it: blanks, width, invisible marks, marks of duty, units in brackets."""
    return re.sub(r"\([^)]*\)|[\s*:]", "", name_key(str(text or "")))


def names_of(field: Field) -> tuple[str, ...]:
    """The headers that match a field; its label comes first."""
    return tuple(key_of(name) for name in (field.label, *field.aliases))


def find_header(
    rows: Sequence[tuple[int, Sequence[Cell]]],
    fields: Sequence[Field],
    known: Sequence[Field],
    chosen: Mapping[str, int] | None = None,
) -> Header:
    """Find the header among the first `rows`. `known`: fields that an export shows but no import accepts.

    `chosen`: the place (from 0) of the column to read, by the field's name, where several answer to it.
    Raises `BadHeader` when there is none or a required column is missing.
    """
    best = max(rows[:HEADER_ROWS], key=lambda row: len(_match(row[1], fields)), default=None)
    found: dict[int, Field] = _match(best[1], fields) if best else {}
    if best is None or not found:
        wanted = "、".join(f.label for f in fields if f.required) or fields[0].label
        raise BadHeader(f"前 {HEADER_ROWS} 行里没有找到表头，表头应有：{wanted}。请下载模板对照")
    if chosen:
        found = _match(best[1], fields, chosen)
    _check_complete(found, fields)
    _check_units(best[1], found)
    unnamed = _columns_without_header(rows, best, found)
    if unnamed is not None:
        raise BadHeader(f"第 {letter(unnamed)} 列没有表头却有内容；表头有合并单元格的，请取消合并并逐列填写")
    keys = [key_of(cell) for cell in best[1]]
    seconds = _second_columns(keys, found)
    told = {f.name: i for i, f in _match(best[1], known).items() if i not in found}
    quiet = {key_of(SERIAL), key_of(REASONS)} | {n for f in known for n in names_of(f)}
    left = [i for i, k in enumerate(keys) if k and k not in quiet and i not in {*found, *seconds.values()}]
    answered = {n for f in found.values() for n in names_of(f)}
    return Header(
        best[0],
        found,
        seconds,
        told,
        ignored=tuple(str(best[1][i]) for i in left if keys[i] not in answered),
        choices=_choices(best[1], found, [i for i in left if keys[i] in answered]),
        serial=keys.index(key_of(SERIAL)) if key_of(SERIAL) in keys else None,
    )


def _match(cells: Sequence[Cell], fields: Sequence[Field], chosen: Mapping[str, int] | None = None) -> dict[int, Field]:
    """The field of each column. A field has one column: the chosen one, else one in its unit.

    A field's label wins over its aliases.
    """
    keys = [key_of(cell) if isinstance(cell, str) else "" for cell in cells]
    found = _chosen(keys, fields, chosen or {})
    taken = {f.key for f in found.values()}
    ranks = range(max((len(names_of(f)) for f in fields), default=0))
    for in_unit, rank, field in product((True, False), ranks, fields):
        name = (names_of(field) + ("",) * len(ranks))[rank]
        places = [i for i, key in enumerate(keys) if name and key == name]
        place = next((i for i in places if not in_unit or _has_unit(cells[i], field)), None)
        if field.key not in taken and place is not None and place not in found:
            found[place] = field
            taken.add(field.key)
    return dict(sorted(found.items()))


def _chosen(keys: Sequence[str], fields: Sequence[Field], chosen: Mapping[str, int]) -> dict[int, Field]:
    """The chosen columns, each of which must answer to its field."""
    found = {}
    for field in fields:
        place = chosen.get(field.name)
        if place is None:
            continue
        if not 0 <= place < len(keys) or keys[place] not in names_of(field) or place in found:
            raise BadHeader(f"第 {letter(max(place, 0))} 列不是“{field.label}”，请重新选择")
        found[place] = field
    return found


def _choices(cells: Sequence[Cell], found: Mapping[int, Field], left: Sequence[int]) -> tuple[ColumnChoice, ...]:
    """The fields that a column of `left` answers to as well, each with all of its columns."""
    choices = []
    for place, field in found.items():
        others = [i for i in left if key_of(cells[i]) in names_of(field)]
        if others:
            choices.append(ColumnChoice(field, place, {i: str(cells[i]) for i in sorted((place, *others))}))
    return tuple(choices)


def _second_columns(keys: Sequence[str], found: Mapping[int, Field]) -> dict[str, int]:
    """The second column of each reference, under another alias: the code may be empty where the name is not."""
    seconds: dict[str, int] = {}
    for place, field in found.items():
        others = [keys.index(name) for name in names_of(field) if name in keys and name != keys[place]]
        free = [i for i in others if i not in found and i not in seconds.values()]
        if field.relation and free:
            seconds[field.name] = free[0]
    return seconds


def _check_units(cells: Sequence[Cell], found: Mapping[int, Field]) -> None:
    """Refuse a header whose unit (元, 亿元) differs from the field's unit."""
    for place, field in found.items():
        if field.unit and not _has_unit(cells[place], field):
            raise BadHeader(f"“{cells[place]}”的单位应为{field.unit.label}，请换算后把表头改为“{field.heading}”")


def _has_unit(cell: Cell, field: Field) -> bool:
    """Whether the header names no unit of amounts or the field's."""
    unit = UNIT.search(normalize("NFKC", str(cell)))
    return not unit or not field.unit or unit[1] == field.unit.label


def _check_complete(found: Mapping[int, Field], fields: Sequence[Field]) -> None:
    present = {f.key for f in found.values()}
    missing = [f.label for f in fields if f.required and f.key not in present]
    if missing:
        raise BadHeader(f"缺少必需的列：{'、'.join(missing)}。请下载模板对照表头")


def _columns_without_header(
    rows: Sequence[tuple[int, Sequence[Cell]]], head: tuple[int, Sequence[Cell]], found: Mapping[int, Field]
) -> int | None:
    """A column with content but no header, between named ones; a merged header cell leaves such columns."""
    cells, last = head[1], max(found)
    body = [r for n, r in rows if n > head[0]]
    for place in range(last):
        if cells[place] is None and any(len(r) > place and r[place] is not None for r in body):
            return place
    return None


def letter(column: int) -> str:
    """The name of a column (from 0) in Excel: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
