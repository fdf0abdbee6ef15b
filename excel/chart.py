"""The 统计 sheet: the month's figures and their stacked columns by 事项类别."""

from __future__ import annotations

from dataclasses import astuple
from math import ceil
from typing import TYPE_CHECKING

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from excel.sheets import Figures, LedgerBook

if TYPE_CHECKING:
    from excel.write import Styles

SHEET = "统计"
HEADERS = ("事项类别", "上期结转", "本月受理", "本月办结", "本月终止", "期末在办")
#: Columns of the chart, from the bottom of a bar up: 办结, 终止, 在办, each with its colour.
STACK = ((3, "#2E8B57"), (4, "#B3122A"), (5, "#1557B0"))
TABLE_ROW = 3
#: Lines across the chart, at most; cases are whole numbers.
STRIPES = 6


def write_statistics(workbook: xlsxwriter.Workbook, styles: Styles, book: LedgerBook) -> None:
    """Figures by category, 合计, 本年累计, 按期办结率, and the chart beneath."""
    sheet = workbook.add_worksheet(SHEET)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 5, 14)
    sheet.set_row(0, 36)
    sheet.merge_range(0, 0, 0, 5, "", styles.title)
    sheet.write_string(0, 0, f"{book.heading}统计", styles.title)
    sheet.set_row(1, 20)
    sheet.write_string(1, 0, f"填报单位（盖章）：{book.reporter}", styles.left)
    sheet.write_string(1, 5, f"填报日期：{book.made_in_words}    单位：件", styles.right)
    sheet.set_row(2, 26)
    for column, label in enumerate(HEADERS):
        sheet.write_string(2, column, label, styles.head)
    categories = dict(book.figures.by_category) or {"本月无业务": Figures()}
    row = TABLE_ROW
    for name, figures in categories.items():
        _write_figures(sheet, styles, row, name, figures)
        row += 1
    month = book.figures
    total = Figures(month.carried, month.received, month.closed, month.terminated, month.open)
    _write_figures(sheet, styles, row, "合计", total)
    _write_year(sheet, styles, row + 1, book)
    _write_chart(workbook, sheet, categories, row + 4)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    sheet.center_horizontally()
    sheet.set_margins(left=0.47, right=0.47, top=0.6, bottom=0.7)
    sheet.print_area(0, 0, row + 24, 5)
    sheet.set_footer(f"&L{book.made_on:%Y-%m-%d}&C第 &P 页 共 &N 页")


def _write_figures(sheet: Worksheet, styles: Styles, row: int, name: str, figures: Figures) -> None:
    sheet.set_row(row, 22)
    sheet.write_string(row, 0, name, styles.text)
    for column, number in enumerate(astuple(figures), 1):
        sheet.write_number(row, column, number, styles.integer)


def _write_year(sheet: Worksheet, styles: Styles, row: int, book: LedgerBook) -> None:
    """本年累计 of what began and ended, and how much was closed in time."""
    year, rate = book.figures.year, book.figures.on_time_rate
    sheet.set_row(row, 22)
    sheet.write_string(row, 0, "本年累计", styles.text)
    sheet.write_string(row, 1, "—", styles.centre)
    for column, number in ((2, year.received), (3, year.closed), (4, year.terminated)):
        sheet.write_number(row, column, number, styles.integer)
    sheet.write_string(row, 5, "—", styles.centre)
    sheet.set_row(row + 1, 22)
    sheet.write_string(row + 1, 0, "按期办结率", styles.text)
    if rate is None:
        sheet.write_string(row + 1, 1, "本月无办结", styles.centre)
    else:
        sheet.write_number(row + 1, 1, rate, styles.rate)


def _write_chart(
    workbook: xlsxwriter.Workbook, sheet: Worksheet, categories: dict[str, Figures], row: int
) -> None:
    """Stacked columns. A streaming workbook keeps no cells, so the cached data is handed over."""
    chart = workbook.add_chart({"type": "column", "subtype": "stacked"})
    last = TABLE_ROW + len(categories) - 1
    for column, colour in STACK:
        chart.add_series(
            {
                "name": HEADERS[column],
                "categories": [SHEET, TABLE_ROW, 0, last, 0],
                "values": [SHEET, TABLE_ROW, column, last, column],
                "categories_data": list(categories),
                "values_data": [astuple(f)[column - 1] for f in categories.values()],
                "fill": {"color": colour},
                "gap": 80,
                "data_labels": {"value": True, "num_format": "0;;", "font": {"color": "#FFFFFF"}},
            }
        )
    chart.set_title({"name": "各类事项办结、终止与在办（件）", "name_font": {"name": "黑体", "size": 12}})
    chart.set_legend({"position": "bottom"})
    highest = max(f.closed + f.terminated + f.open for f in categories.values())
    chart.set_y_axis(
        {
            "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}},
            "min": 0,
            "major_unit": max(ceil(highest / STRIPES), 1),
        }
    )
    chart.set_size({"width": 750, "height": 380})
    sheet.insert_chart(row, 0, chart, {"x_offset": 4, "y_offset": 4})
