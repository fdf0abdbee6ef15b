"""What a cell of an imported list says of its field, in the many ways people write it.

Nothing here asks the database: a reference stays the text that names its row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from unicodedata import normalize

from excel.read import Cell, CellError, Formula, Number
from models.fields import ONE_LINE, Field
from models.identifiers import visible
from models.name_keys import name_key
from models.types import Unit

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
#: What people put into a cell that has nothing to say.
NOTHING = re.compile(r"[-‐‑‒–—―_/\\·.。…*]{1,6}|无|暂无|空|空白|无此项|n/?a|null|nil|none", re.IGNORECASE)
#: Errors of Excel that were pasted as text.
ERRORS = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)")
YES = frozenset({"是", "√", "✓", "✔", "☑", "有", "对", "1", "y", "yes", "true"})
NO = frozenset({"否", "×", "✗", "✘", "☒", "☐", "□", "无", "没有", "不", "0", "n", "no", "false", "x"})
#: Day 0 of Excel's numbers for days, the days between its two systems, and the numbers of our time (1954-2119).
DAY_ZERO, DAYS_TO_1904, FIRST_DAY, LAST_DAY = date(1899, 12, 30), 1462, 20_000, 80_000
#: With both separators, or eight digits; anything shorter could be one day as well as another.
DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
WHOLE = re.compile(r"(-?\d+)(?:\.0+)?(?P<word>\D*)")
#: Words behind a number that say no more than its column's unit does.
UNIT_WORDS: Mapping[Unit, frozenset[str]] = {Unit.DAYS: frozenset({"天", "日", "工作日", "个工作日"})}
AT_ONCE = frozenset({"即办", "即时", "当场办结", "即办件", "立即办理"})
#: Words behind an amount: how many 元 they mean.
MONEY_WORDS = {"元": 1, "块": 1, "千元": 1_000, "万": 10_000, "万元": 10_000, "亿": 10**8, "亿元": 10**8}
#: How many 元 a unit of amounts means.
YUAN_IN = {Unit.YUAN: 1, Unit.WAN_YUAN: 10_000}
AMOUNT = re.compile(r"[¥￥]?(?:人民币)?(-?[0-9]*\.?[0-9]+(?:[Ee][-+]?[0-9]+)?)(\D*)")
#: From here on Excel keeps no longer every digit of a number.
LOST_DIGITS = 10**15
CENT = Decimal("0.01")
BRACKET = re.compile(r"[()]")


class Reading(NamedTuple):
    """A value as its column keeps it, and what to tell people of how it was read.

    `usual`: how a word was understood, told once for all cells with it; `doubt`: what is told at the cell.
    """

    value: Any
    usual: str | None = None
    doubt: str | None = None


def read_cell(field: Field, cell: Cell) -> Any:
    """What `cell` says of `field`: a value as its column keeps it, a reference as text, or None.

    Raises ValueError in Chinese.
    """
    return reading_of(field, cell).value


def reading_of(field: Field, cell: Cell) -> Reading:
    """The same, with what to tell of it. Raises ValueError in Chinese."""
    if isinstance(cell, Formula):
        raise ValueError("是公式，请复制后“选择性粘贴”为数值")
    if isinstance(cell, CellError):
        raise ValueError(f"是错误值 {cell.text}")
    text = text_of(cell)
    if isinstance(cell, str) and text:
        _refuse_pasted(text)
    usual = None
    if text and _says_nothing(field, text):
        text, usual = None, f"“{text}”按空白处理"
    if text is None:
        if field.required:
            raise ValueError("不能为空")
        return Reading(None, usual)
    match field.kind:
        case "bool":
            return Reading(_read_bool(field, text))
        case "choice":
            return _read_choice(field, text)
        case "date":
            return Reading(_read_date(cell, text))
        case "integer":
            return _read_integer(field, text)
        case "money":
            return _read_money(field, cell, text)
    return Reading(_read_text(field, cell, text))


def text_of(cell: Cell) -> str | None:
    """A cell as text without blanks around and without invisible marks; None when empty.

    Whole numbers have no point, others the fifteen digits that Excel shows.
    """
    if cell is None:
        return None
    if isinstance(cell, (Formula, CellError)):
        return cell.text
    if isinstance(cell, Number):
        cell = cell.value
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        cell = int(cell) if cell.is_integer() else format(cell, ".15g")
    if isinstance(cell, datetime):
        cell = cell.isoformat(" ")
    return visible(str(cell)).strip().strip("\u3000") or None


def _refuse_pasted(text: str) -> None:
    """A formula or an error that became text, as in a file that marks errors, is still none of the data."""
    if ERRORS.fullmatch(text):
        raise ValueError(f"是错误值 {text}")
    if text.startswith("=") and len(text) > 1:
        raise ValueError("是公式，请改成数值或文字")


def _says_nothing(field: Field, text: str) -> bool:
    if field.required or field.kind == "bool":
        return False
    return NOTHING.fullmatch(_plain(text)) is not None


def _plain(text: str) -> str:
    """Text in one width without any blanks."""
    return re.sub(r"\s", "", normalize("NFKC", text))


def _read_bool(field: Field, text: str) -> bool:
    """是 or 否 by a word, a mark, or 已 and 未 with what the column asks: 已开工 for 是否开工."""
    word = _plain(text).lower()
    stem = _plain(field.label).removeprefix("是否").removeprefix("已")
    yes = YES | {f"{sign}{stem}" for sign in ("已", "是", "有", "")}
    no = NO | {f"{sign}{stem}" for sign in ("未", "不是", "没有", "没", "非", "无")}
    if word in yes or word in no:
        return word in yes
    raise ValueError("只能填 是 或 否")


def _read_choice(field: Field, text: str) -> Reading:
    """A choice by its label, or by the part of it before or inside its brackets, where that is one's only."""
    wanted = name_key(text)
    for member in field.choices:
        if name_key(member.label) == wanted:
            return Reading(member)
    close = [m for m in field.choices if wanted in _parts_of(m.label)]
    if len(close) == 1:
        return Reading(close[0], f"“{text}”读作“{close[0].label}”")
    raise ValueError(f"只能填：{'、'.join(m.label for m in field.choices)}")


def _parts_of(label: str) -> set[str]:
    parts = {part for part in BRACKET.split(name_key(label)) if part}
    return parts | {part.removesuffix("级") for part in parts if len(part) > 1}


def _read_date(cell: Cell, text: str) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    shift = DAYS_TO_1904 if isinstance(cell, Number) and cell.date1904 else 0
    number = cell.value if isinstance(cell, Number) else cell
    if isinstance(number, (int, float)) and FIRST_DAY <= number + shift <= LAST_DAY:
        return DAY_ZERO + timedelta(days=int(number) + shift)
    plain = normalize("NFKC", text)
    parts = DATE.fullmatch(plain) or DIGITS.fullmatch(plain)
    try:
        year, month, day = map(int, parts.groups() if parts else ())
        return date(year, month, day)
    except ValueError as error:
        raise ValueError("不是日期，请写成 2026-11-21 这样") from error


def _read_integer(field: Field, text: str) -> Reading:
    plain = _plain(text).replace(",", "")
    if plain in AT_ONCE and field.unit is Unit.DAYS:
        return Reading(0, f"“{text}”读作 0 天")
    found = WHOLE.fullmatch(plain)
    word = found["word"] if found else ""
    if found is None or (word and word not in _unit_words(field.unit)):
        raise ValueError("不是整数")
    number = int(found[1])
    field.check_bounds(number)
    return Reading(number, f"“{text}”读作 {number}" if word else None)


def _unit_words(unit: Unit | None) -> frozenset[str]:
    """The words that may stand behind a number of this unit."""
    return UNIT_WORDS.get(unit, frozenset({unit.label})) if unit else frozenset()


def money_unit(field: Field) -> Unit:
    """The unit of an amount: 元 where the column names none."""
    return field.unit or Unit.YUAN


def _read_money(field: Field, cell: Cell, text: str) -> Reading:
    """An amount in the column's unit. What a cell shows rounded is taken as shown; floats lose what they add."""
    unit = money_unit(field)
    found = AMOUNT.fullmatch(_plain(text).replace(",", ""))
    try:
        amount = Decimal(found[1] if found else "")
    except InvalidOperation as error:
        raise ValueError(f"不是数字，请只填数（单位：{unit.label}）") from error
    word = (found[2] if found else "") or unit.label
    if word not in MONEY_WORDS or (MONEY_WORDS[word] == 1 and unit is not Unit.YUAN):
        raise ValueError(f"不是数字，请只填数（单位：{unit.label}）")
    scaled = amount * MONEY_WORDS[word] / YUAN_IN[unit]
    doubt = f"按 {scaled.normalize():f} {unit.label}导入" if scaled != amount else None
    field.check_bounds(scaled)
    rounded = scaled.quantize(CENT)
    if abs(rounded - scaled) > Decimal("0.000001"):
        if not isinstance(cell, Number) or cell.decimals is None or cell.decimals > 2:
            raise ValueError("最多两位小数")
        rounded = scaled.quantize(Decimal(1).scaleb(-cell.decimals)).quantize(CENT)
        doubt = f"单元格里是 {text}，按显示的 {rounded} 导入"
    return Reading(rounded, doubt=doubt)


def _read_text(field: Field, cell: Cell, text: str) -> str:
    number = cell.value if isinstance(cell, Number) else cell
    if isinstance(number, (int, float)) and abs(number) >= LOST_DIGITS:
        raise ValueError("是数字格式，超过 15 位已经失真，请把单元格设为文本后重填")
    if CONTROL.search(text):
        raise ValueError("含有不可见的控制字符")
    assert field.column is not None
    value = field.check(text) if field.check else text
    longest = getattr(field.column.type, "length", None)
    if field.kind != "ref" and longest and len(value) > longest:
        raise ValueError(f"最多 {longest} 个字，现有 {len(value)} 个")
    return value if (longest or ONE_LINE) > ONE_LINE else value.replace("\n", " ")
