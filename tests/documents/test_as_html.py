"""A Word file as a page: what people do to a template in WPS is still there to be printed."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt

from documents import as_html

PAPER_CSS = Path(__file__).parents[2] / "admin/static/paper.css"


def shown(document: WordDocument) -> str:
    stream = io.BytesIO()
    document.save(stream)
    return str(as_html.as_page(stream.getvalue()))


def test_a_paragraph_keeps_its_size_its_side_and_what_is_bold_or_underlined() -> None:
    document = Document()
    paragraph = document.add_paragraph("编号：")
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.runs[0].font.size = Pt(14)
    paragraph.add_run("第1号").bold = True
    paragraph.add_run("  签字  ").underline = True
    assert shown(document) == '<p class="s14 right">编号：<b>第1号</b><u>  签字  </u></p>\n'


def test_room_to_write_and_to_seal_is_room_on_the_page() -> None:
    document = Document()
    for paragraph, indent in ((document.add_paragraph("单位"), Cm(6)), (document.add_paragraph("①"), Pt(30))):
        paragraph.paragraph_format.left_indent = indent
    table = document.add_table(rows=3, cols=1)
    for row, height in zip(table.rows, (Cm(4), Cm(1), Cm(0.7)), strict=True):
        row.height = height
    below = document.add_paragraph("接待人员")
    below.paragraph_format.space_before = Pt(6)
    page = shown(document)
    assert re.findall(r'<p class="s10-5 (far|list)">(.)', page) == [("far", "单"), ("list", "①")]
    assert re.findall(r"<tr[^>]*>", page) == ['<tr class="tall">', '<tr class="roomy">', "<tr>"]
    assert '<p class="s10-5 gap">接待人员' in page
    css = PAPER_CSS.read_text(encoding="utf-8")
    assert all(f".{name} " in css for name in ("far", "list", "tall", "roomy", "gap"))


def test_markup_in_a_text_is_text() -> None:
    document = Document()
    document.add_paragraph("<script>甲&乙</script>")
    assert "&lt;script&gt;甲&amp;乙&lt;/script&gt;" in shown(document)


def test_merged_cells_stay_merged() -> None:
    document = Document()
    table = document.add_table(rows=3, cols=3)
    table.cell(0, 0).merge(table.cell(2, 0)).text = "左"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "上"
    table.cell(1, 1).merge(table.cell(2, 2)).text = "右"
    cells = re.findall(r"<td([^>]*)>.*?>([左上右])<", shown(document))
    assert cells == [(' rowspan="3"', "左"), (' colspan="2"', "上"), (' colspan="2" rowspan="2"', "右")]


def test_a_table_in_a_cell_does_not_change_the_columns_around_it() -> None:
    document = Document()
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).add_table(rows=1, cols=3)
    assert re.findall(r'<col width="(\d+)%">', shown(document)) == ["50", "50", "33", "33", "33"]


def test_what_was_taken_out_is_gone_and_what_was_put_in_is_there() -> None:
    document = Document()
    paragraph = document.add_paragraph("留下")
    for tag, text in (("w:del", "删去"), ("w:ins", "添上")):
        change = OxmlElement(tag)
        run = paragraph.add_run(text)._element
        run.getparent().replace(run, change)
        change.append(run)
    page = shown(document)
    assert "留下添上" in page
    assert "删去" not in page


def test_content_controls_headers_and_footers_are_shown() -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.sections[0].footer.paragraphs[0].text = "页脚"
    control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
    content.append(document.add_paragraph("控件里")._p)
    control.append(content)
    document.element.body.insert(0, control)
    assert re.findall(r">([^<\n]+)<", shown(document)) == ["页眉", "控件里", "页脚"]


def test_a_frame_is_shown_once() -> None:
    frame = "<w:txbxContent><w:p><w:r><w:t>框里</w:t></w:r></w:p></w:txbxContent>"
    run = parse_xml(
        f'<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f'<mc:AlternateContent><mc:Choice Requires="wps">{frame}</mc:Choice><mc:Fallback>{frame}</mc:Fallback>'
        "</mc:AlternateContent></w:r>"
    )
    document = Document()
    document.add_paragraph()._p.append(run)
    assert shown(document).count("框里") == 1


@pytest.mark.parametrize("size", [1, 10.4, 13, 400])
def test_every_size_has_a_class(size: float) -> None:
    document = Document()
    document.add_paragraph().add_run("字").font.size = Pt(size)
    found = re.search(r'class="(s[\d-]+)"', shown(document))
    assert found is not None
    assert f".{found[1]} {{" in PAPER_CSS.read_text(encoding="utf-8")


def test_an_odd_width_is_no_page() -> None:
    document = Document()
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).merge(table.cell(0, 1))._tc.tcPr.find(qn("w:gridSpan")).set(qn("w:val"), "many")
    with pytest.raises(ValueError, match="many"):
        shown(document)
