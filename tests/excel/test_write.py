"""The workbooks, opened again: what is in them, how they print, and that text stays text."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from excel.definitions import (
    LEDGER,
    LEDGER_KEYS,
    LEDGER_WIDTHS,
    Book,
    Figures,
    FigureTable,
    LedgerSheet,
    Statistics,
    ledger_cells,
    ratings,
)
from excel.row_xml import MAX_TEXT
from excel.styles import row_height
from excel.template import write_marked
from excel.write import write_book, write_table
from models.fields import fields_of
from models.ledger import LedgerEntry
from models.projects import Project
from models.records import AuditEntry
from tests.patience import HANGS

#: 领域 10 (a), word for word.
HEADERS = (
    "序号, 受理编号, 受理日期, 申请渠道, 服务方式, 申请单位, 经办人, 联系电话, 项目名称, 项目代码, 投资总额, "
    "是否重点, 事项类别, 具体事项, 责任部门, 代办员, 首席服务员, 承诺时限, 应办结日, 当前状态, 进展及问题, "
    "审批完成日, 送达日期及方式, 办结日, 是否超期, 评价, 备注"
)
PAYLOADS = [
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\n=1",
    "＝1+1",
    '=HYPERLINK("http://a","b")',
    "http://example.com",
    "mailto:a@b.cn",
    "file:///etc/passwd",
    "=cmd|' /C calc'!A0",
    "{=1+1}",
    "0012",
    "1e5",
]

Write = Callable[..., Path]


def entry(**values: Any) -> list[Any]:
    """A row of LEDGER_KEYS."""
    row: dict[str, Any] = dict.fromkeys(LEDGER_KEYS) | {
        "number": "武帮代办〔2026〕0001号",
        "accepted_on": date(2026, 11, 2),
        "applicant": "嘉应食品公司",
        "phone": "13903910002",
        "investment": Decimal("1234.50"),
        "is_key": True,
        "overdue": False,
        "late": False,
        "handwritten": False,
    }
    return [(row | values)[key] for key in LEDGER_KEYS]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """`write(rows, masked=…)`: the path of a ledger with these rows."""

    def writer(rows: list[list[Any]], *, masked: bool = False, statistics: Statistics | None = None) -> Path:
        path = tmp_path / "ledger.xlsx"
        by_category = {"项目建设手续": Figures(1, 2, 2, 0, 1), "项目配套手续": Figures(0, 1, 0, 1, 0)}
        usual = Statistics(
            "category", by_category if rows else {}, Figures(1, 3, 2, 1, 1), 0.5, Figures(1, 30, 20, 3, 8)
        )
        title = "武陟县政务服务帮办代办工作台账（2026年11月）"
        sheet = LedgerSheet("台账", title, LEDGER, (ledger_cells(row, masked=masked) for row in rows))
        book = Book(title, "武陟县行政审批局", date(2026, 12, 3), [sheet], statistics or usual)
        assert write_book(path, book) == len(rows)
        return path

    return writer


def sheet_of(path: Path, name: str = "台账") -> Worksheet:
    found: Worksheet = openpyxl.load_workbook(path)[name]
    return found


def cell(sheet: Worksheet, key: str, row: int = 4) -> Any:
    """The cell of a ledger column in an Excel row."""
    return sheet.cell(row, 2 + [f.key for f in LEDGER].index(key))


def xml_of(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def test_the_headers_are_those_of_the_document_in_its_order(write: Write) -> None:
    assert ", ".join(c.value for c in sheet_of(write([entry()]))[3]) == HEADERS


def test_every_column_has_a_width_and_no_width_is_left_over() -> None:
    assert set(LEDGER_WIDTHS) == {f.key for f in LEDGER}


def test_title_reporter_and_date_stand_above_the_header(write: Write) -> None:
    sheet = sheet_of(write([entry()]))
    assert sheet["A1"].value == "武陟县政务服务帮办代办工作台账（2026年11月）"
    merged = {str(r) for r in sheet.merged_cells.ranges}
    assert "A1:AA1" in merged
    texts = [c.value for c in sheet[2] if c.value]
    assert texts == ["填报单位（盖章）：武陟县行政审批局", "填报日期：2026年12月3日    单位：万元"]


def test_fonts_and_heights_are_those_of_an_official_paper(write: Write) -> None:
    sheet = sheet_of(write([entry()]))
    fonts = [(sheet[at].font.name, sheet[at].font.sz) for at in ("A1", "A2", "A3", "B4")]
    assert fonts == [("方正小标宋简体", 20), ("宋体", 11), ("黑体", 10.5), ("宋体", 10)]
    assert [sheet.row_dimensions[n].height for n in (1, 3)] == pytest.approx([36, 32], abs=0.3)
    assert sheet["A3"].fill.fgColor.rgb == "FFDDEBF7"
    body = cell(sheet, "applicant")
    assert (body.alignment.indent, body.alignment.wrap_text, body.alignment.vertical) == (1, True, "center")
    assert body.border.left.style == body.border.bottom.style == "thin"


def test_money_and_dates_are_numbers_and_codes_are_text(write: Write) -> None:
    sheet = sheet_of(write([entry(project_code="2411-410823-04-01-123451", phone="03917290000")]))
    money, day = cell(sheet, "investment"), cell(sheet, "accepted_on")
    assert (money.value, money.number_format, money.data_type) == (1234.5, "#,##0.00", "n")
    assert (day.value, day.number_format, day.is_date) == (datetime(2026, 11, 2), "yyyy-mm-dd", True)
    for key, text in (("project_code", "2411-410823-04-01-123451"), ("phone", "03917290000")):
        assert (cell(sheet, key).value, cell(sheet, key).data_type) == (text, "s")
    assert (cell(sheet, "is_key").value, cell(sheet, "overdue").value) == ("是", "否")


def test_it_prints_on_a4_landscape_one_page_wide_with_its_header_on_every_page(write: Write) -> None:
    sheet = sheet_of(write([entry() for _ in range(3)]))
    setup, margins = sheet.page_setup, sheet.page_margins
    # One page wide is what a file says by leaving fitToWidth out.
    assert (setup.orientation, int(setup.paperSize)) == ("landscape", 9)
    assert (setup.fitToWidth or 1, setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (margins.left, margins.right, margins.top, margins.bottom) == (0.47, 0.47, 0.6, 0.7)
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.print_area == "'台账'!$A$1:$AA$8"
    assert "第 &P 页 共 &N 页" in xml_of_footer(sheet)
    assert "2026-12-03" in xml_of_footer(sheet)


def xml_of_footer(sheet: Worksheet) -> str:
    footer = sheet.oddFooter
    return f"{footer.left.text}{footer.center.text}{footer.right.text}"


def test_the_header_and_three_columns_stay_and_can_be_filtered(write: Write) -> None:
    sheet = sheet_of(write([entry() for _ in range(3)]))
    assert sheet.freeze_panes == "D4"
    assert sheet.auto_filter.ref == "A3:AA6"


def test_the_only_formula_is_the_total_and_its_value_is_stored(write: Write) -> None:
    path = write([entry(), entry(investment=Decimal("0.01")), entry(investment=None)])
    formulas = re.findall(r"<f>(.*?)</f>", xml_of(path, "xl/worksheets/sheet1.xml"))
    assert formulas == ["SUM(K4:K6)"]
    assert "<f" not in xml_of(path, "xl/worksheets/sheet2.xml").replace("<fit", "")
    values = openpyxl.load_workbook(path, data_only=True)["台账"]
    assert values["K7"].value == 1234.51
    assert [values[at].value for at in ("A7", "B7")] == ["合计", "3 件"]


def test_what_is_counted_of_ratings_is_added_up_and_no_share_is(tmp_path: Path) -> None:
    columns, path = ratings(("满意", "不满意")), tmp_path / "ratings.xlsx"
    rows = [
        ("甲", "窗口", 3, 2, 1, 1, 1, 2 / 3, 0.5, 1, 0, 1, 1.0, 1.0, None),
        ("乙", "窗口", 4, 4, 0, 4, 0, 1.0, 1.0, 0, 2, None, None, None, None),
    ]
    sheet = LedgerSheet("评价汇总", "评价汇总表", columns, rows, measure="个")
    write_book(path, Book("评价汇总表", "行政审批局", date(2026, 12, 3), [sheet]))
    total = [cell.value for cell in openpyxl.load_workbook(path, data_only=True)["评价汇总"][6]]
    assert total == ["合计", "2 个", None, 7, 6, 1, 5, 1, None, None, 1, 2, 1, None, None, None]
    assert sheet_of(path, "评价汇总")["D6"].value == "=SUM(D4:D5)"


def test_the_papers_signers_stand_under_the_total(write: Write) -> None:
    signed = [c.value for c in sheet_of(write([entry()]))[6] if c.value]
    assert signed == ["单位负责人：", "审核人：", "填报人："]


def test_a_large_total_finds_room_in_its_column(write: Write) -> None:
    sheet = sheet_of(write([entry(investment=Decimal("99999999999.99"))] * 2))
    assert sheet.column_dimensions["K"].width >= len("199,999,999,999.98")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_is_never_a_formula_or_a_link(write: Write, payload: str) -> None:
    path = write([entry(applicant=payload, progress=payload, remark=payload)])
    sheet = sheet_of(path)
    for key in ("applicant", "progress", "remark"):
        assert (cell(sheet, key).value, cell(sheet, key).data_type) == (payload, "s")
    xml = xml_of(path, "xl/worksheets/sheet1.xml")
    assert xml.count("<f>") == 1
    assert "hyperlink" not in xml


def test_control_characters_are_left_out(write: Write) -> None:
    sheet = sheet_of(write([entry(remark="甲\x00\x01\x0b\x1f乙\ufffe\uffff丙")]))
    assert cell(sheet, "remark").value == "甲乙丙"


def test_text_that_excel_would_drop_is_refused(write: Write, tmp_path: Path) -> None:
    assert cell(sheet_of(write([entry(remark="长" * MAX_TEXT)])), "remark").value == "长" * MAX_TEXT
    with pytest.raises(ValueError, match="32767"):
        write([entry(remark="长" * (MAX_TEXT + 1))])
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_made_is_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        write_table(tmp_path / "nowhere/list.xlsx", "台账", fields_of(LedgerEntry, "export"), [])


def test_an_empty_month_says_so(write: Write) -> None:
    sheet = sheet_of(write([]))
    assert sheet["A4"].value == "本月无业务"
    assert "A4:AA4" in {str(r) for r in sheet.merged_cells.ranges}
    assert sheet["A5"].value == "合计"


def test_phones_are_masked_unless_the_reader_may_see_them(write: Write) -> None:
    assert cell(sheet_of(write([entry()], masked=True)), "phone").value == "139****0002"
    assert cell(sheet_of(write([entry()], masked=False)), "phone").value == "13903910002"


@pytest.mark.parametrize(
    ("late", "handwritten", "remark", "shown"),
    [
        (False, False, "补件", "补件"),
        (True, False, None, "补录"),
        (True, False, "补件", "补录；补件"),
        (False, True, "补件", "手工；补件"),
        (True, True, None, "补录；手工"),
    ],
)
def test_late_and_handwritten_rows_are_marked_in_the_remark(
    write: Write, late: bool, handwritten: bool, remark: str | None, shown: str
) -> None:
    sheet = sheet_of(write([entry(late=late, handwritten=handwritten, remark=remark)]))
    assert cell(sheet, "remark").value == shown


def test_a_case_of_the_green_channel_is_marked_in_the_remark(write: Write) -> None:
    assert cell(sheet_of(write([entry(green_channel=True, remark="补件")])), "remark").value == "绿色通道；补件"


def test_a_row_is_as_high_as_its_lines_need_within_bounds() -> None:
    heights = [row_height(lines) for lines in (1, 2, 5, 100)]
    assert heights == sorted(heights)
    assert (heights[0], heights[-1]) == (24, 380)


def test_the_file_knows_no_other_time_than_the_one_it_is_given(write: Write) -> None:
    first = write([entry()]).read_bytes()
    assert write([entry()]).read_bytes() == first
    book = openpyxl.load_workbook(write([entry()]))
    assert book.properties.created == datetime(2026, 12, 3)


def test_the_statistics_add_up_and_have_a_native_chart_with_its_data(write: Write) -> None:
    path = write([entry()])
    sheet = sheet_of(path, "统计")
    rows = {r[0].value: [c.value for c in r[1:6]] for r in sheet.iter_rows(min_row=3, max_row=9)}
    assert rows["事项类别"] == ["上期结转", "本月受理", "本月办结", "本月终止", "期末在办"]
    assert rows["合计"] == [1, 3, 2, 1, 1]
    assert rows["本年累计"][1:4] == [30, 20, 3]
    assert rows["按期办结率"][0] == 0.5
    chart = xml_of(path, "xl/charts/chart1.xml")
    assert '<c:grouping val="stacked"/>' in chart
    assert re.findall(r"<c:v>([^<]+)</c:v>", chart)[:5] == ["本月办结", "项目建设手续", "项目配套手续", "2", "0"]
    assert (int(sheet.page_setup.paperSize), sheet.page_setup.fitToHeight or 1) == (9, 1)
    assert sheet.print_area.startswith("'统计'!$A$1:$F$")


def test_the_statistics_of_an_empty_month_do_not_divide(write: Write) -> None:
    nothing = Statistics("category", {}, Figures(), None, Figures())
    sheet = sheet_of(write([], statistics=nothing), "统计")
    assert "本月无办结" in {c.value for row in sheet.iter_rows() for c in row}


def test_the_groups_of_an_empty_month_leave_room_for_their_title(tmp_path: Path) -> None:
    path, groups = tmp_path / "groups.xlsx", [FigureTable("按责任部门", ("受理", "办结"), [])]
    write_book(path, Book("武陟县政务服务帮办代办工作台账", "行政审批局", date(2026, 12, 3), [], groups=groups))
    sheet = sheet_of(path, "分组统计")
    assert "A1:L1" in {str(r) for r in sheet.merged_cells.ranges}
    assert sheet["L2"].value == "填报日期：2026年12月3日    单位：件"


def test_any_list_is_written_with_its_units_and_types(tmp_path: Path) -> None:
    fields = [f for f in fields_of(Project, "export") if f.key in ("name", "code", "investment", "started")]
    path = tmp_path / "list.xlsx"
    rows = [("=1+1", "0012", Decimal("12000.00"), True), ("第二个项目", None, None, None)]
    assert write_table(path, "项目", fields, iter(rows), made_on=date(2026, 11, 20)) == 2
    sheet = sheet_of(path, "项目")
    assert [c.value for c in sheet[3]] == ["序号", "项目名称", "项目代码", "投资总额（万元）", "是否开工"]
    assert [c.value for c in sheet[4]] == [1, "=1+1", "0012", 12000, "是"]
    assert [c.value for c in sheet[5]] == [2, "第二个项目", None, None, None]
    assert sheet["D4"].number_format == "#,##0.00"
    assert "<f>" not in xml_of(path, "xl/worksheets/sheet1.xml")
    assert sheet.auto_filter.ref == "A3:E5"


def test_moments_of_a_list_are_shown_by_the_offices_clock(tmp_path: Path) -> None:
    fields = [f for f in fields_of(AuditEntry, "export") if f.key == "at"]
    path = tmp_path / "list.xlsx"
    moment = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
    write_table(path, "审计记录", fields, [(moment,)], made_on=date(2026, 11, 21))
    assert sheet_of(path, "审计记录")["B4"].value == datetime(2026, 11, 21, 4, 30)


def test_the_workbook_with_marked_errors_keeps_its_days_and_moments(tmp_path: Path) -> None:
    moment, day = datetime(2027, 3, 2, 18, 30), date(2027, 3, 2)
    path = tmp_path / "marked.xlsx"
    write_marked(
        path,
        [(1, ["日期", "时间"]), (2, [day, moment])],
        1,
        {2: [{"cell": "A2", "column": "日期", "typed": "", "reason": "错"}]},
        day,
    )
    cells = sheet_of(path, "改正后重新上传")[2]
    assert (cells[0].value, cells[1].value) == (datetime(2027, 3, 2), moment)
    assert cells[1].number_format == "yyyy-mm-dd hh:mm"


def test_an_empty_list_is_a_sheet_with_its_header(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    fields = fields_of(LedgerEntry, "export")
    assert write_table(path, "台账明细", fields, [], made_on=date(2026, 11, 21)) == 0
    assert sheet_of(path, "台账明细")["B3"].value == fields[0].heading


def office(program: str, package: str) -> str:
    """The path of a program of the system; without it the test fails and says what to install."""
    found = shutil.which(program)
    assert found, f"缺少 {program}，请先安装（install it first）: apt-get install {package}"
    return found


@pytest.mark.office
def test_libreoffice_prints_it_one_page_wide_and_numbers_the_pages(write: Write, tmp_path: Path) -> None:
    soffice, pdftotext = office("soffice", "libreoffice-calc"), office("pdftotext", "poppler-utils")
    long = "环评报告待补充公示材料，已联系企业和第三方机构。" * 2
    path = write([entry(number=f"武帮代办〔2026〕{n:04d}号", progress=long) for n in range(1, 61)])
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    subprocess.run(
        [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, path],
        check=True,
        capture_output=True,
        timeout=HANGS,
    )
    pdf = path.with_suffix(".pdf")
    result = subprocess.run([pdftotext, "-layout", pdf, "-"], check=True, capture_output=True, timeout=HANGS)
    *pages, _ = result.stdout.decode().split("\f")
    assert 4 <= len(pages) <= 7
    for number, page in enumerate(pages, 1):
        assert re.search(rf"第\s*{number}\s*页\s*共\s*{len(pages)}\s*页", page)
    assert "武陟县政务服务帮办代办工作台账" in pages[0]
    assert all("受理编号" in page and "备注" in page for page in pages[:-1])
    assert "###" not in "".join(pages)
    assert "单位负责人" in pages[-2]
    assert "按期办结率" in pages[-1]
