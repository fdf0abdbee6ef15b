"""Columns of a workbook that is imported: which header is which field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
class Header:
    """The header's row number in Excel and the field of each column (from 0).

    `seconds`: where a reference has its other name (项目名称 beside 项目代码), by the field's name;
    `told`: where what only an export shows stands, by the field's name. `ignored`: headers that no
    field answers to. `repeated`: of two columns for one field, (the header that is read, the other one).
    """

    row: int
    fields: Mapping[int, Field]
    seconds: Mapping[str, int]
    told: Mapping[str, int]
    ignored: tuple[str, ...]
    repeated: tuple[tuple[str, str], ...]
    serial: int | None


def key_of(text: object) -> str:
    """A header without what does not matter in it: blanks, width, invisible marks, marks of duty, units in brackets."""
    return re.sub(r"\([^)]*\)|[\s*:]", "", name_key(str(text or "")))


def names_of(field: Field) -> tuple[str, ...]:
    """The headers that match a field; its label comes first."""
    return tuple(key_of(name) for name in (field.label, *field.aliases))


def find_header(rows: Sequence[tuple[int, Sequence[Cell]]], fields: Sequence[Field], known: Sequence[Field]) -> Header:
    """Find the header among the first `rows`. `known`: fields that an export shows but no import accepts.

    Raises `BadHeader` when there is none or a required column is missing.
    """
    best = max(rows[:HEADER_ROWS], key=lambda row: len(_match(row[1], fields)), default=None)
    found: dict[int, Field] = _match(best[1], fields) if best else {}
    if best is None or not found:
        wanted = "、".join(f.label for f in fields if f.required) or fields[0].label
        raise BadHeader(f"前 {HEADER_ROWS} 行里没有找到表头，表头应有：{wanted}。请下载模板对照")
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
    answered = {n: str(best[1][i]) for i, f in found.items() for n in names_of(f)}
    return Header(
        best[0],
        found,
        seconds,
        told,
        ignored=tuple(str(best[1][i]) for i in left if keys[i] not in answered),
        repeated=tuple((answered[keys[i]], str(best[1][i])) for i in left if keys[i] in answered),
        serial=keys.index(key_of(SERIAL)) if key_of(SERIAL) in keys else None,
    )


def _match(cells: Sequence[Cell], fields: Sequence[Field]) -> dict[int, Field]:
    """The field of each column. A field's label wins over its aliases; a field has one column."""
    keys = [key_of(cell) if isinstance(cell, str) else "" for cell in cells]
    found: dict[int, Field] = {}
    taken: set[str] = set()
    for rank in range(max((len(names_of(f)) for f in fields), default=0)):
        for field in fields:
            names = names_of(field)
            if field.key in taken or rank >= len(names) or names[rank] not in keys:
                continue
            place = keys.index(names[rank])
            if place not in found:
                found[place] = field
                taken.add(field.key)
    return dict(sorted(found.items()))


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
        unit = UNIT.search(normalize("NFKC", str(cells[place])))
        if unit and field.unit and unit[1] != field.unit:
            raise BadHeader(f"“{cells[place]}”的单位应为{field.unit}，请换算后把表头改为“{field.heading}”")


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
