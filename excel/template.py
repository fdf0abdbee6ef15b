"""Workbooks for users to fill in: a template for each list, and an uploaded workbook with its errors marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from excel.cell_values import money_unit
from excel.columns import EXAMPLE, REASONS, SERIAL
from excel.definitions import TABLE_WIDTHS, cell_style
from excel.read import Cell, CellError, Formula, Number
from excel.row_xml import MAX_TEXT, clean
from excel.styles import Styles, open_book, write_cell
from models import identifiers
from models.fields import Field
from models.records import LineNote

#: How many rows below the header get drop-down lists and formats.
READY_ROWS = 2_000
#: A longer list goes on its own sheet: Excel allows 255 characters in the cell's validation.
MAX_INLINE = 200
LISTS, NOTES = "可选项", "填写说明"
#: Formats of the cells of a returned workbook, and the additional format of wrong cells.
CELL_LOOKS: Mapping[type, dict[str, Any]] = {
    str: {},
    date: {"num_format": "yyyy-mm-dd", "align": "center"},
    datetime: {"num_format": "yyyy-mm-dd hh:mm", "align": "center"},
}
WRONG_LOOK = {"bg_color": "#FFC7CE", "border": 1}
#: The value of the example row where a column has no better example.
EXAMPLES: Mapping[str, Any] = {
    "money": 1200.5,
    "integer": 1,
    "date": date(2026, 3, 2),
    "bool": "是",
    "long": "示例文字",
    "text": "示例",
}


def write_template(
    path: Path, title: str, fields: Sequence[Field], lists: Mapping[str, Sequence[str]], made_on: date
) -> None:
    """Write an empty list to fill in: header, notes, drop-down lists, an example row, text format for codes.

    `lists`: the possible values of a reference, by field name, where they are few enough for a list.
    """
    with open_book(path, made_on) as book:
        styles = Styles(book)
        sheet = book.add_worksheet(title[:31])
        head, must = styles.head, book.add_format({"font_name": "黑体", "font_size": 10.5, "border": 1})
        must.set_align("center")
        must.set_align("vcenter")
        must.set_text_wrap()
        must.set_bg_color("#FBE3D6")
        grey = {"font_name": "宋体", "font_size": 10, "italic": True, "font_color": "#6B7280"}
        example, day = book.add_format(grey), book.add_format(grey | {"num_format": "yyyy-mm-dd"})
        sheet.set_row(0, 32)
        sheet.set_column(0, 0, 7, styles.centre)
        sheet.write_string(0, 0, SERIAL, head)
        options = {f.name: _options(f, lists) for f in fields}
        for column, f in enumerate(fields, 1):
            sheet.set_column(
                column, column, max(TABLE_WIDTHS[f.kind], 2 * len(f.heading) + 4), styles.of(cell_style(f))
            )
            sheet.write_string(0, column, f.heading, must if f.required else head)
        sheet.set_row(1, 22)
        sheet.write_string(1, 0, EXAMPLE, example)
        for column, f in enumerate(fields, 1):
            write_cell(sheet, 1, column, example_of(f, options[f.name]), day if f.kind == "date" else example)
        for column, f in enumerate(fields, 1):
            _add_choices(sheet, column, f, options[f.name])
        sheet.freeze_panes(1, 2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        _write_notes(book.add_worksheet(NOTES), styles, fields, options)
        _write_lists(book.add_worksheet(LISTS), styles, fields, options)


def _options(f: Field, lists: Mapping[str, Sequence[str]]) -> list[str]:
    if f.kind == "choice":
        return [m.label for m in f.choices]
    if f.kind == "bool":
        return ["是", "否"]
    return list(lists.get(f.name, ()))


def example_of(f: Field, options: Sequence[str] | None = None) -> Any:
    """The value of the example row for a column; `options`: its possible values, where they are few."""
    options = _options(f, {}) if options is None else options
    if options:
        return options[0]
    if f.check and f.check in identifiers.EXAMPLES:
        return identifiers.EXAMPLES[f.check]
    return EXAMPLES.get(f.kind, f"{f.label}示例")


def _add_choices(sheet: Worksheet, column: int, f: Field, options: Sequence[str]) -> None:
    """Add the column's drop-down list, and its hint as a comment on the first cell."""
    rules: dict[str, Any] = {"validate": "any"}
    if options:
        inline = ",".join(options)
        letter = xl_col_to_name(column, col_abs=True)
        letter_range = f"='{LISTS}'!{letter}$2:{letter}${len(options) + 1}"
        rules = {"validate": "list", "source": options if len(inline) < MAX_INLINE else letter_range}
        # A reference outside the list may exist by now: warn, do not refuse.
        rules |= {"error_type": "stop" if f.kind in ("choice", "bool") else "information"}
        rules |= {"error_title": "不在可选项里", "error_message": "请从列表中选择"}
    hint = hint_of(f)
    if hint:
        rules |= {"input_title": f.label[:32], "input_message": hint[:255]}
    if len(rules) > 1:
        sheet.data_validation(1, column, READY_ROWS, column, rules)


def hint_of(f: Field) -> str:
    """What a user should know before filling in the column."""
    kinds = {
        "date": "写成 2026-11-21",
        "money": f"只填数字，单位{money_unit(f).label}，最多两位小数",
        "bool": "填 是 或 否",
        "integer": "填整数",
    }
    parts = ["必填" if f.required else "", f.help or "", kinds.get(f.kind, "")]
    return "；".join(p for p in parts if p)


def _write_notes(
    sheet: Worksheet, styles: Styles, fields: Sequence[Field], options: Mapping[str, Sequence[str]]
) -> None:
    for column, (label, width) in enumerate((("列", 24), ("必填", 8), ("说明", 60), ("也可以叫", 40))):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, label, styles.head)
    for row, f in enumerate(fields, 1):
        few = "、".join(options[f.name]) if f.kind == "choice" else ""
        said = "；".join(p for p in (hint_of(f), f"可填：{few}" if few else "") if p)
        for column, text in enumerate((f.heading, "是" if f.required else "", said, "、".join(f.aliases))):
            write_cell(sheet, row, column, text, styles.text if column != 1 else styles.centre)


def _write_lists(
    sheet: Worksheet, styles: Styles, fields: Sequence[Field], options: Mapping[str, Sequence[str]]
) -> None:
    """Write one list in each column, in the same column as on the first sheet."""
    longest = max((len(o) for o in options.values()), default=0)
    for row in range(longest + 1):
        for column, f in enumerate(fields, 1):
            words = [f.heading, *options[f.name]]
            if options[f.name] and row < len(words):
                write_cell(sheet, row, column, words[row], styles.head if row == 0 else styles.text)


def write_marked(
    path: Path,
    rows: Iterable[tuple[int, Sequence[Cell]]],
    header: int,
    reasons: Mapping[int, Sequence[LineNote]],
    made_on: date,
) -> None:
    """Write the uploaded rows again with each wrong cell marked and the reasons in a last column.

    `header`: the number of its header row; `reasons`: what is wrong, by row number.
    The workbook can be corrected and uploaded again.
    """
    rows = list(rows)
    head = next((cells for number, cells in rows if number == header), [])
    last = head.index(REASONS) if REASONS in head else max((len(cells) for _, cells in rows), default=0)
    with open_book(path, made_on) as book:
        styles, base = Styles(book), {"font_name": "宋体", "font_size": 10}
        fine = {kind: book.add_format(base | look) for kind, look in CELL_LOOKS.items()}
        wrong = {kind: book.add_format(base | look | WRONG_LOOK) for kind, look in CELL_LOOKS.items()}
        why = book.add_format(base | {"font_color": "#9C0006", "text_wrap": True})
        sheet = book.add_worksheet("改正后重新上传")
        sheet.set_column(0, max(last - 1, 0), 16)
        sheet.set_column(last, last, 60)
        for number, cells in rows:
            found = reasons.get(number, ())
            marks = {note["cell"] for note in found}
            for column, cell in enumerate(cells[:last]):
                looks = wrong if f"{xl_col_to_name(column)}{number}" in marks else fine
                style = styles.head if number == header else looks.get(type(cell), looks[str])
                write_cell(sheet, number - 1, column, _value(cell), style)
            if number == header:
                sheet.write_string(number - 1, last, REASONS, styles.head)
            elif found:
                sheet.write_string(number - 1, last, clean(_joined_reasons(found)), why)
        sheet.freeze_panes(header, 0)


def _joined_reasons(reasons: Sequence[LineNote]) -> str:
    """All reasons why a row is refused, as the text of one cell."""
    words = (f"{n['column']}：{n['reason']}" if n["column"] else n["reason"] for n in reasons)
    return "；".join(words)[:MAX_TEXT]


def _value(cell: Cell) -> Any:
    """A cell as it can be written again; a formula stays readable, never alive."""
    if isinstance(cell, Number):
        return cell.value
    return cell.text if isinstance(cell, (Formula, CellError)) else cell
