"""The sheets with native charts: 统计, and 分组统计 by department, agent and officer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from excel.definitions import FIGURE_LABELS, Book, Figures, FigureTable, Statistics
from excel.styles import Styles, merge_text

SHEET, GROUPS = "统计", "分组统计"
#: What the lines of 统计 are told apart by.
LINES_BY = {"category": "事项类别", "month": "月份"}
#: What the chart shows in each column, from bottom to top, and the colours.
STACK = {"closed": "#2E8B57", "terminated": "#B3122A", "open": "#1557B0"}
#: What may be summed over the months of a year; the other figures are of one day.
SUMMED = frozenset({"received", "closed", "terminated"})
BARS = ("#1557B0", "#2E8B57")
TABLE_ROW = 3
#: Most grid lines of the chart; case counts are whole numbers.
STRIPES = 6
#: Rows (of 20 pixels) that a bar chart covers, and the most names that stay legible in it.
BARS_ROWS, MOST_BARS = 15, 20
#: Fewest columns of 分组统计: the title and the line below it must fit above the tables.
LAST_COLUMN = 11


def write_statistics(workbook: xlsxwriter.Workbook, styles: Styles, book: Book, figures: Statistics) -> None:
    """Figures by category or month, 合计, 本年累计, 按期办结率, and the chart beneath."""
    sheet = workbook.add_worksheet(SHEET)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 5, 14)
    _write_top(sheet, styles, book, "统计", 5)
    sheet.set_row(2, 26)
    of_month, by = figures.by == "category", LINES_BY[figures.by]
    labels = FIGURE_LABELS if of_month else {code: name.removeprefix("本月") for code, name in FIGURE_LABELS.items()}
    headers = (by, *labels.values())
    for column, label in enumerate(headers):
        sheet.write_string(2, column, label, styles.head)
    rows = dict(figures.rows) or {"本月无业务": Figures()}
    row = TABLE_ROW
    for name, one in rows.items():
        _write_figures(sheet, styles, row, name, one)
        row += 1
    _write_figures(sheet, styles, row, "合计", figures.total)
    if figures.year is not None:
        row += 1
        _write_year(sheet, styles, row, figures.year)
    row += 1
    _write_rate(sheet, styles, row, figures, "本月无办结" if of_month else "本年无办结")
    title = f"各{by.removeprefix('事项')}办结、终止与在办（件）"
    _write_chart(workbook, sheet, labels, rows, row + 2, title)
    _set_page(sheet, book, row + 22, 5)
    sheet.fit_to_pages(1, 1)


def _write_top(sheet: Worksheet, styles: Styles, book: Book, what: str, last: int) -> None:
    sheet.set_row(0, 36)
    merge_text(sheet, 0, 0, last, f"{book.title}{what}", styles.title)
    sheet.set_row(1, 20)
    sheet.write_string(1, 0, f"填报单位（盖章）：{book.reporter}", styles.left)
    sheet.write_string(1, last, f"填报日期：{book.made_in_words}    单位：件", styles.right)


def _set_page(sheet: Worksheet, book: Book, last_row: int, last_column: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_margins(left=0.47, right=0.47, top=0.6, bottom=0.7)
    sheet.print_area(0, 0, last_row, last_column)
    sheet.set_footer(f"&L{book.made_on:%Y-%m-%d}&C第 &P 页 共 &N 页")


def _write_figures(sheet: Worksheet, styles: Styles, row: int, name: str, figures: Figures) -> None:
    sheet.set_row(row, 22)
    sheet.write_string(row, 0, name, styles.text)
    for column, code in enumerate(FIGURE_LABELS, 1):
        sheet.write_number(row, column, getattr(figures, code), styles.integer)


def _write_year(sheet: Worksheet, styles: Styles, row: int, year: Figures) -> None:
    """本年累计: cases accepted and ended since January."""
    sheet.set_row(row, 22)
    sheet.write_string(row, 0, "本年累计", styles.text)
    for column, code in enumerate(FIGURE_LABELS, 1):
        if code in SUMMED:
            sheet.write_number(row, column, getattr(year, code), styles.integer)
        else:
            sheet.write_string(row, column, "—", styles.centre)


def _write_rate(sheet: Worksheet, styles: Styles, row: int, figures: Statistics, nothing: str) -> None:
    sheet.set_row(row, 22)
    sheet.write_string(row, 0, "按期办结率", styles.text)
    if figures.on_time_rate is None:
        sheet.write_string(row, 1, nothing, styles.centre)
    else:
        sheet.write_number(row, 1, figures.on_time_rate, styles.rate)


def _write_chart(
    workbook: xlsxwriter.Workbook,
    sheet: Worksheet,
    labels: Mapping[str, str],
    rows: dict[str, Figures],
    at: int,
    title: str,
) -> None:
    """Write the stacked column chart. A streaming workbook keeps no cells, so its cached values are passed in."""
    chart = workbook.add_chart({"type": "column", "subtype": "stacked"})
    last = TABLE_ROW + len(rows) - 1
    columns = {code: column for column, code in enumerate(FIGURE_LABELS, 1)}
    for code, colour in STACK.items():
        column, values = columns[code], [getattr(f, code) for f in rows.values()]
        style = {"fill": {"color": colour}, "gap": 80}
        chart.add_series(_series(SHEET, labels[code], TABLE_ROW, last, column, list(rows), values) | style)
    highest = max(f.closed + f.terminated + f.open for f in rows.values())
    _format_chart(chart, title, highest, "y")
    chart.set_size({"width": 750, "height": 380})
    sheet.insert_chart(at, 0, chart, {"x_offset": 4, "y_offset": 4})


def _series(
    sheet: str, name: str, first: int, last: int, column: int, names: Sequence[str], values: Sequence[Any]
) -> dict[str, Any]:
    """One series of a chart: rows `first` to `last` of a sheet, with the category names in its first column."""
    return {
        "name": name,
        "categories": [sheet, first, 0, last, 0],
        "values": [sheet, first, column, last, column],
        "categories_data": list(names),
        "values_data": list(values),
        "data_labels": {"value": True, "num_format": "0;;", "font": {"color": "#FFFFFF"}},
    }


def _format_chart(chart: Any, title: str, highest: int, scale: str) -> None:
    """Set title, legend and whole numbers on the axis titled `scale`."""
    chart.set_title({"name": title, "name_font": {"name": "黑体", "size": 12}})
    chart.set_legend({"position": "bottom"})
    axis = {
        "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}},
        "min": 0,
        "major_unit": max(ceil(highest / STRIPES), 1),
    }
    (chart.set_y_axis if scale == "y" else chart.set_x_axis)(axis)


def write_groups(workbook: xlsxwriter.Workbook, styles: Styles, book: Book) -> None:
    """Write one table for each kind of group, with a bar chart of its `drawn` columns below it."""
    sheet = workbook.add_worksheet(GROUPS)
    last = max(LAST_COLUMN, *(len(table.headers) for table in book.groups))
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, last, 11)
    _write_top(sheet, styles, book, GROUPS, last)
    row, breaks = 2, []
    for table in book.groups:
        if table.drawn and row > 2:
            breaks.append(row)  # a chart must not be split by a page break
        row = _write_group(workbook, sheet, styles, table, row) + 1
    _set_page(sheet, book, row, last)
    sheet.set_h_pagebreaks(breaks)


def _write_group(workbook: xlsxwriter.Workbook, sheet: Worksheet, styles: Styles, table: FigureTable, row: int) -> int:
    """Write header, rows and chart starting at `row`; return the row after them."""
    sheet.set_row(row, 34)
    for column, label in enumerate((table.title, *table.headers)):
        sheet.write_string(row, column, label, styles.head)
    first = row + 1
    for row, (name, values) in enumerate(table.rows, first):
        sheet.set_row(row, 20)
        sheet.write_string(row, 0, name, styles.text)
        for column, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(row, column + 1, value, styles.centre)
            else:
                style = styles.rate if column in table.shares else styles.number
                sheet.write_number(row, column + 1, value, style)
    if not table.drawn or not 1 < len(table.rows) <= MOST_BARS:
        return row + 1
    _write_bars(workbook, sheet, table, first, row)
    return row + 1 + BARS_ROWS


def _write_bars(workbook: xlsxwriter.Workbook, sheet: Worksheet, table: FigureTable, first: int, last: int) -> None:
    chart = workbook.add_chart({"type": "column"})
    names, highest = [name for name, _ in table.rows], 1
    for colour, column in zip(BARS, table.drawn, strict=False):
        # A word stands for a figure that a locked month did not store.
        values = [0 if isinstance(row[column], str) else row[column] for _, row in table.rows]
        one = _series(GROUPS, table.headers[column], first, last, column + 1, names, values)
        labels = {"data_labels": {"value": True, "num_format": "0;;"}}
        chart.add_series(one | labels | {"fill": {"color": colour}, "gap": 60})
        highest = max(highest, *(int(v) for v in values))
    _format_chart(chart, f"{table.title}（件）", highest, "y")
    chart.set_size({"width": 980, "height": BARS_ROWS * 20 - 12})
    sheet.insert_chart(last + 1, 0, chart, {"x_offset": 4, "y_offset": 4})
