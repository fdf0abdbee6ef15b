"""The default Word template of a paper: A4, the fonts of official papers, the variables in their places."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from documents.parts import Cell, Grid, Paper, Part, Space, Style, Tear, TextLine

#: Font, size, alignment, space before and after of each style; sizes and spaces in points.
LOOKS: dict[Style, tuple[str, float, WD_ALIGN_PARAGRAPH, float, float]] = {
    "title": ("方正小标宋简体", 20, WD_ALIGN_PARAGRAPH.CENTER, 0, 8),
    "copy": ("仿宋", 12, WD_ALIGN_PARAGRAPH.CENTER, 0, 4),
    "number": ("仿宋", 14, WD_ALIGN_PARAGRAPH.RIGHT, 0, 4),
    "to": ("仿宋", 15, WD_ALIGN_PARAGRAPH.LEFT, 0, 0),
    "body": ("仿宋", 15, WD_ALIGN_PARAGRAPH.LEFT, 0, 0),
    "list": ("仿宋", 15, WD_ALIGN_PARAGRAPH.LEFT, 0, 0),
    "sign": ("仿宋", 15, WD_ALIGN_PARAGRAPH.LEFT, 2, 0),
    "stamp": ("仿宋", 15, WD_ALIGN_PARAGRAPH.LEFT, 2, 0),
    "note": ("宋体", 9, WD_ALIGN_PARAGRAPH.LEFT, 3, 0),
    "right": ("仿宋", 15, WD_ALIGN_PARAGRAPH.RIGHT, 2, 0),
    "under": ("仿宋", 15, WD_ALIGN_PARAGRAPH.RIGHT, 6, 0),
}
LABEL, FILLED, TABLE_POINTS = "黑体", "仿宋", 11.5
BODY_LINE, INDENT_CHARACTERS = 1.5, 2
#: Indent of the lines for seal and signature, and height of a row with room to write in, in cm.
STAMP_INDENT, TALL_ROW = 6.0, 4.0
TEAR = "┄" * 34


def build_template(paper: Paper) -> bytes:
    """The paper's default template."""
    document = Document()
    _set_page(document)
    document.core_properties.title = paper.title
    document.core_properties.author = ""
    document.core_properties.created = document.core_properties.modified = datetime(2026, 1, 1, tzinfo=UTC)
    for part in paper.parts:
        _add(document, part)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_page(document: WordDocument) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(1.8), Cm(1.6)
    document.styles["Normal"].font.name = FILLED
    document.styles["Normal"].element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FILLED)


def _add(document: WordDocument, part: Part) -> None:
    match part:
        case TextLine():
            _line(document.add_paragraph(), part)
        case Space(lines):
            for _ in range(lines):
                _line(document.add_paragraph(), TextLine("", "body"))
        case Tear():
            paragraph = document.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(14)
            _write(paragraph, TEAR, "宋体", 10.5)
        case Grid():
            _grid(document, part)


def _line(paragraph: Paragraph, line: TextLine) -> None:
    font, points, alignment, before, after = LOOKS[line.style]
    paragraph.alignment = alignment
    form = paragraph.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(after)
    if line.style in ("to", "body", "list", "sign", "stamp", "right", "under"):
        form.line_spacing = BODY_LINE
    if line.style == "stamp":
        form.left_indent = Cm(STAMP_INDENT)
    if line.style == "list":
        form.left_indent = Pt(points * INDENT_CHARACTERS)
    if line.style == "body":
        form.first_line_indent = Pt(points * INDENT_CHARACTERS)
    _write(paragraph, line.text, font, points)


def _write(paragraph: Paragraph, text: str, font: str, points: float) -> None:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, Pt(points)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _grid(document: WordDocument, grid: Grid) -> None:
    table = document.add_table(rows=len(grid.rows), cols=len(grid.widths))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _set_padding(table)
    for column, width in zip(table.columns, grid.widths, strict=True):
        column.width = Cm(width)
    for number, cells in enumerate(grid.rows):
        row = table.rows[number]
        row.height = Cm(TALL_ROW if number in grid.tall else grid.height)
        row.height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
        _forbid_split(row._tr)
        _fill_row(table, number, cells, grid.widths)


def _set_padding(table: Table) -> None:
    """Space between text and borders, in twentieths of a point."""
    margins = OxmlElement("w:tblCellMar")
    for side, room in (("top", 25), ("left", 90), ("bottom", 25), ("right", 90)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(room))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _forbid_split(row: object) -> None:
    """Keep a row on one page."""
    row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # type: ignore[attr-defined]  # no types


def _fill_row(table: Table, number: int, cells: tuple[Cell, ...], widths: tuple[float, ...]) -> None:
    at = 0
    for cell in cells:
        place: _Cell = table.cell(number, at)
        if not cell.rows:  # the cell above covers this one
            table.cell(number - 1, at).merge(place)
            at += 1
            continue
        if cell.span > 1:
            place = place.merge(table.cell(number, at + cell.span - 1))
        place.width = Cm(sum(widths[at : at + cell.span]))
        place.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = place.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if cell.label else WD_ALIGN_PARAGRAPH.LEFT
        _write(paragraph, cell.text, LABEL if cell.label else FILLED, TABLE_POINTS)
        at += cell.span
