"""Columns of an imported workbook: which header belongs to which field, and the value of a cell.

Nothing here queries the database: a reference stays the text that names its row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import normalize

from excel.read import Cell, CellError, Formula
from models.fields import ONE_LINE, Field

#: How many rows at the top of a sheet are searched for the header.
HEADER_ROWS = 15
#: The column of row numbers; a row with EXAMPLE in it is not imported.
SERIAL, EXAMPLE = "序号", "示例"
#: The column added to a workbook with errors; it may stay when the workbook is uploaded again.
REASONS = "错误原因"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
YES, NO = frozenset("是√✓有1yY"), frozenset("否×无0nN")
#: Day 0 of Excel's date serials, and the serials that are accepted as dates (1954-2119).
DAY_ZERO, FIRST_DAY, LAST_DAY = date(1899, 12, 30), 20_000, 80_000
#: Both separators, or eight digits; a shorter text is ambiguous.
DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0{1,2}:00(?::00)?)?")
DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
#: The unit in brackets in a header: （万元）, （单位：万元）.
UNIT = re.compile(r"\((?:[^)]*单位\s*:?)?\s*([^)]*元)\)")
#: From this size on Excel loses digits of a number.
LOST_DIGITS = 10**15
CENT = Decimal("0.01")


class BadHeader(Exception):
    """The sheet has no usable header; str(error) says what to change."""


@dataclass(frozen=True)
class Header:
    """The header's row number in Excel and the field of each column (from 0).

    `seconds`: column of a reference's second name (项目名称 beside 项目代码), by field name.
    `told`: columns that only an export has, by field name. `ignored`: headers that match no field.
    `repeated`: headers whose field already has a column.
    """

    row: int
    fields: Mapping[int, Field]
    seconds: Mapping[str, int]
    told: Mapping[str, int]
    ignored: tuple[str, ...]
    repeated: tuple[str, ...]
    serial: int | None


def key_of(text: object) -> str:
    """A header normalised for comparison: no blanks, full-width forms, required marks or units in brackets."""
    plain = normalize("NFKC", str(text or ""))
    return re.sub(r"\([^)]*\)|[\s*:]", "", plain).lower()


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
    answered = {n for f in found.values() for n in names_of(f)}
    return Header(
        best[0],
        found,
        seconds,
        told,
        ignored=tuple(str(best[1][i]) for i in left if keys[i] not in answered),
        repeated=tuple(str(best[1][i]) for i in left if keys[i] in answered),
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


def read_cell(field: Field, cell: Cell) -> Any:
    """The value of `cell` for `field`: converted to the column's type, a reference as text, or None.

    Raises ValueError in Chinese.
    """
    if isinstance(cell, Formula):
        raise ValueError("是公式，请复制后“选择性粘贴”为数值")
    if isinstance(cell, CellError):
        raise ValueError(f"是错误值 {cell.text}")
    text = text_of(cell)
    if text is None:
        if field.required:
            raise ValueError("不能为空")
        return None
    match field.kind:
        case "bool":
            return _read_bool(text)
        case "choice":
            return _read_choice(field, text)
        case "date":
            return _read_date(cell, text)
        case "integer":
            return _read_integer(field, text)
        case "money":
            return _read_money(field, text)
        case _:
            return _read_text(field, cell, text)


def text_of(cell: Cell) -> str | None:
    """A cell as stripped text; whole numbers without a decimal point; None when empty."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, bool):
        cell = "是" if cell else "否"
    if isinstance(cell, datetime):
        cell = cell.isoformat(" ")
    return str(cell).strip().strip("\u3000") or None if cell is not None else None


def _read_bool(text: str) -> bool:
    word = normalize("NFKC", text)
    if word in YES or word in NO:
        return word in YES
    raise ValueError("只能填 是 或 否")


def _read_choice(field: Field, text: str) -> Any:
    wanted = normalize("NFKC", text)
    for member in field.choices:
        if normalize("NFKC", member.label) == wanted:
            return member
    raise ValueError(f"只能填：{'、'.join(m.label for m in field.choices)}")


def _read_date(cell: Cell, text: str) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)) and FIRST_DAY <= cell <= LAST_DAY:
        return DAY_ZERO + timedelta(days=int(cell))
    plain = normalize("NFKC", text)
    parts = DATE.fullmatch(plain) or DIGITS.fullmatch(plain)
    try:
        year, month, day = map(int, parts.groups() if parts else ())
        return date(year, month, day)
    except ValueError as error:
        raise ValueError("不是日期，请写成 2026-11-21 这样") from error


def _read_integer(field: Field, text: str) -> int:
    try:
        number = int(normalize("NFKC", text))
    except ValueError as error:
        raise ValueError("不是整数") from error
    field.check_bounds(number)
    return number


def _read_money(field: Field, text: str) -> Decimal:
    """An amount. A unit after it must be the column's own. Float noise is rounded away."""
    plain = normalize("NFKC", text).replace(",", "").replace(" ", "")
    plain = plain.removesuffix(field.unit or "")
    try:
        amount = Decimal(plain)
    except InvalidOperation as error:
        raise ValueError(f"不是数字，请只填数（单位：{field.unit or '元'}）") from error
    field.check_bounds(amount)
    rounded = amount.quantize(CENT)
    if abs(rounded - amount) > Decimal("0.000001"):
        raise ValueError("最多两位小数")
    return rounded


def _read_text(field: Field, cell: Cell, text: str) -> str:
    if (isinstance(cell, float) and abs(cell) >= LOST_DIGITS) or (isinstance(cell, int) and abs(cell) >= LOST_DIGITS):
        raise ValueError("是数字格式，超过 15 位已经失真，请把单元格设为文本后重填")
    if CONTROL.search(text):
        raise ValueError("含有不可见的控制字符")
    assert field.column is not None
    value = field.check(text) if field.check else text
    longest = getattr(field.column.type, "length", None)
    if field.kind != "ref" and longest and len(value) > longest:
        raise ValueError(f"最多 {longest} 个字，现有 {len(value)} 个")
    return value if (longest or ONE_LINE) > ONE_LINE else value.replace("\n", " ")
