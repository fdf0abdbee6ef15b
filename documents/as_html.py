"""A Word file as a page to print: its paragraphs and tables, with fonts, sizes, alignment and indents.

The page has the same text as the Word file, whatever the county changed in its template. Pictures, columns and
frames are left out.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Twips
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from markupsafe import Markup

#: Font sizes, in points, that paper.css has a class for; text gets the nearest.
SIZES = (9, 10.5, 11.5, 12, 14, 15, 16, 18, 20, 22, 26)
#: Fonts of official papers and their CSS class; every other font is shown as 仿宋.
FONTS = {"方正小标宋简体": "title", "方正小标宋": "title", "黑体": "bold", "宋体": "song", "楷体": "kai"}
ALIGNED = {WD_ALIGN_PARAGRAPH.CENTER: "centre", WD_ALIGN_PARAGRAPH.RIGHT: "right"}
#: Least space before a paragraph, in points, for the classes `apart` and `gap`.
SPACE_APART, SPACE_GAP = 10, 6
#: Least line spacing, in lines, for the class `wide`.
WIDE_SPACING = 1.25
#: Least indent, in mm, for the class `far`; smaller ones get `list`.
FAR_INDENT = 30
#: Least height of a row, in mm, and its class.
ROW_CLASSES = ((20, "tall"), (9, "roomy"))
NORMAL_POINTS = 10.5
DELETED, FALLBACK = qn("w:del"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"

#: A cell: its first column, how many columns it spans, its element, whether it begins in this row.
Place = tuple[int, int, Any, bool]


def as_page(content: bytes) -> Markup:
    """The filled-in Word file as HTML."""
    document = Document(io.BytesIO(content))
    header, footer = document.sections[0].header, document.sections[0].footer
    parts = [document.element.body]
    if not header.is_linked_to_previous:
        parts.insert(0, header._element)
    if not footer.is_linked_to_previous:
        parts.append(footer._element)
    return Markup("").join(html for part in parts for html in _blocks(part, document))


def _blocks(parent: Any, document: Any) -> Iterator[Markup]:
    for child in parent:
        if child.tag == qn("w:p"):
            yield _paragraph(Paragraph(child, document))
        elif child.tag == qn("w:tbl"):
            yield _table(child, document)
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins")):
            yield from _blocks(child, document)


def _paragraph(paragraph: Paragraph) -> Markup:
    runs = [
        Run(element, paragraph)
        for element in paragraph._p.iter(qn("w:r"))
        if not any(above.tag in (DELETED, FALLBACK) for above in element.iterancestors())
    ]
    text = Markup("").join(map(_run, runs))
    return Markup('<p class="{}">{}</p>\n').format(" ".join(_classes(paragraph, runs)), text or Markup("<br>"))


def _run(run: Run) -> Markup:
    text = Markup("{}").format(run.text)
    if run.bold:
        text = Markup("<b>{}</b>").format(text)
    return Markup("<u>{}</u>").format(text) if run.underline else text


def _classes(paragraph: Paragraph, runs: list[Run]) -> Iterator[str]:
    form, style = paragraph.paragraph_format, paragraph.style
    points = next((run.font.size.pt for run in runs if run.font.size), None)
    if points is None:
        points = style.font.size.pt if style and style.font.size else NORMAL_POINTS
    yield f"s{min(SIZES, key=lambda size: abs(size - points)):g}".replace(".", "-")
    font = next((name for run in runs if (name := _font(run))), None)
    if font in FONTS:
        yield FONTS[font]
    if form.alignment in ALIGNED:
        yield ALIGNED[form.alignment]
    if form.first_line_indent and form.first_line_indent > 0:
        yield "indent"
    if form.left_indent and form.left_indent > 0:
        yield "far" if form.left_indent.mm >= FAR_INDENT else "list"
    if form.space_before and form.space_before.pt >= SPACE_GAP:
        yield "apart" if form.space_before.pt >= SPACE_APART else "gap"
    if isinstance(form.line_spacing, float) and form.line_spacing >= WIDE_SPACING:
        yield "wide"


def _font(run: Run) -> str | None:
    fonts = run._element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
    return None if fonts is None else fonts.get(qn("w:eastAsia")) or fonts.get(qn("w:ascii"))


def _table(table: Any, document: Any) -> Markup:
    widths = [int(column.get(qn("w:w")) or 0) for column in table.iterfind(f"{qn('w:tblGrid')}/{qn('w:gridCol')}")]
    columns = Markup("").join(
        Markup('<col width="{}%">').format(round(100 * width / sum(widths))) for width in widths if width
    )
    lines = list(table.iterchildren(qn("w:tr")))
    rows = [list(_cells(line)) for line in lines]
    body = Markup("").join(
        Markup("<tr{}>{}</tr>\n").format(
            _row_class(lines[number]),
            Markup("").join(
                _cell(cell, span, _row_span(rows, number, at), document) for at, span, cell, begins in row if begins
            ),
        )
        for number, row in enumerate(rows)
    )
    return Markup("<table><colgroup>{}</colgroup><tbody>{}</tbody></table>\n").format(columns, body)


def _row_class(row: Any) -> Markup:
    """The class attribute of a row with room to write in; empty for a low one."""
    height = row.find(f"{qn('w:trPr')}/{qn('w:trHeight')}")
    mm = Twips(int(height.get(qn("w:val")) or 0)).mm if height is not None else 0
    name = next((name for least, name in ROW_CLASSES if mm >= least), None)
    return Markup(' class="{}"').format(name) if name else Markup("")


def _cells(row: Any) -> Iterator[Place]:
    """The cells of a row with the columns they stand in."""
    at = 0
    for cell in row.iterchildren(qn("w:tc")):
        span, merged = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}"), cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
        width = int(span.get(qn("w:val"))) if span is not None else 1
        yield at, width, cell, merged is None or merged.get(qn("w:val")) == "restart"
        at += width


def _row_span(rows: list[list[Place]], first: int, at: int) -> int:
    """How many rows a cell covers: its own and those below that continue it."""
    last = first
    while last + 1 < len(rows) and any(place == at and not begins for place, _, _, begins in rows[last + 1]):
        last += 1
    return last - first + 1


def _cell(cell: Any, span: int, rows: int, document: Any) -> Markup:
    size = Markup(' colspan="{}"').format(span) if span > 1 else Markup("")
    size += Markup(' rowspan="{}"').format(rows) if rows > 1 else Markup("")
    return Markup("<td{}>{}</td>").format(size, Markup("").join(_blocks(cell, document)))
