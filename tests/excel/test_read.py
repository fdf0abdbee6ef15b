"""Workbooks come in through a child with limits: whatever the file is, there is a sentence for it."""

from __future__ import annotations

import re
import resource
import struct
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from excel.read import (
    MB,
    CellError,
    Formula,
    Limits,
    Unreadable,
    read_sheet,
    rows_of,
)

CHINESE = re.compile(r"[\u4e00-\u9fff]")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def processor_time() -> float:
    """Seconds that this process and its ended children have had of the processor, however busy it is."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in (own, children))


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("名单")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(r, c, value, day)
            elif value is not None:
                sheet.write(r, c, value)
    book.close()
    return path


def parts(sheet: str, strings: str = "", head: str = "") -> dict[str, str]:
    """The members of a small workbook whose first sheet has this XML."""
    declared = '<?xml version="1.0" encoding="UTF-8"?>' + head
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": f'{declared}<Types xmlns="{packages}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{declared}<Relationships xmlns="{packages}/relationships">'
        f'<Relationship Id="r1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{declared}<workbook xmlns="{MAIN}" xmlns:r="{relations}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{declared}<Relationships xmlns="{packages}/relationships">'
        f'<Relationship Id="r1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{declared}<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
    }


def packed(path: Path, members: dict[str, str | bytes] | dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def test_every_kind_of_cell_comes_through(tmp_path: Path) -> None:
    source = workbook(
        tmp_path / "good.xlsx",
        [
            ["项目名称", "代码", "金额", "日期", None, "是"],
            ["面粉", "025450", 12.5, datetime(2026, 3, 2), None, True],
            [None, None, None, None, None, None],
            ["  空格  ", "９１４１", 7, "=1+1", "", False],
        ],
    )
    target = tmp_path / "rows"
    found = read_sheet(source, target)
    assert (found.name, found.rows, found.columns) == ("名单", 3, 6)
    assert list(rows_of(target)) == [
        (1, ["项目名称", "代码", "金额", "日期", None, "是"]),
        (2, ["面粉", "025450", 12.5, date(2026, 3, 2), None, True]),
        (4, ["  空格  ", "９１４１", 7, Formula("=1+1"), None, False]),
    ]


def test_hidden_rows_and_further_sheets_with_content_are_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for number in range(1, 5):
        sheet.cell(number, 1).value = f"第{number}行"
    sheet.row_dimensions[3].hidden = sheet.row_dimensions[9].hidden = True
    book.create_sheet("第二张")["B2"] = "甲"
    book.create_sheet("空表")
    book.create_sheet("藏着")["A1"] = "乙"
    book.worksheets[3].sheet_state = "hidden"
    book.save(tmp_path / "b.xlsx")
    found = read_sheet(tmp_path / "b.xlsx", tmp_path / "rows")
    assert (found.rows, found.hidden, found.others) == (4, 1, ["第二张"])


def test_an_error_in_a_cell_is_told_as_one(tmp_path: Path) -> None:
    sheet = '<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>'
    read_sheet(packed(tmp_path / "e.xlsx", parts(sheet)), tmp_path / "rows")
    assert list(rows_of(tmp_path / "rows")) == [(1, [CellError("#N/A")])]


def test_a_cell_far_to_the_right_costs_nothing_to_refuse(tmp_path: Path) -> None:
    sheet = "".join(f'<row r="{n}">{cell(f"XFD{n}", "x")}</row>' for n in (1, 1_048_576))
    began = processor_time()
    with pytest.raises(Unreadable, match="列"):
        read_sheet(packed(tmp_path / "s.xlsx", parts(sheet)), tmp_path / "rows")
    assert processor_time() - began < 5


def test_a_cell_far_down_is_one_row(tmp_path: Path) -> None:
    sheet = f'<row r="1">{cell("A1", "甲")}</row><row r="1048576">{cell("B1048576", "乙")}</row>'
    found = read_sheet(packed(tmp_path / "s.xlsx", parts(sheet)), tmp_path / "rows")
    assert found.rows == 2
    assert list(rows_of(tmp_path / "rows")) == [(1, ["甲"]), (1_048_576, [None, "乙"])]


def old_xls(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)


def encrypted(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"))


def macro(path: Path) -> None:
    packed(path, parts("") | {"xl/vbaProject.bin": b"macro"})


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts("").items():
            archive.writestr(name, content)
        with archive.open("xl/media/zeros.bin", "w", force_zip64=True) as out:
            for _ in range(1024):
                out.write(bytes(MB))


def lying_bomb(path: Path) -> None:
    """A gigabyte that the directory calls ten bytes."""
    bomb(path)
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            if b"zeros.bin" in content[at : at + 80]:
                content[at + place : at + place + 4] = struct.pack("<I", 10)
    path.write_bytes(bytes(content))


def billion_laughs(path: Path) -> None:
    lines = ['<!ENTITY a0 "ha">'] + [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    packed(path, parts(f'<row r="1">{cell("A1", "&a9;")}</row>', head=f"<!DOCTYPE x [{''.join(lines)}]>"))


def external_entity(path: Path) -> None:
    head = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
    packed(path, parts(f'<row r="1">{cell("A1", "&secret;")}</row>', head=head))


def utf16_entity(path: Path) -> None:
    members: dict[str, str | bytes] = dict(parts(""))
    sheet = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet xmlns="{MAIN}"/>'
    members["xl/worksheets/sheet1.xml"] = sheet.encode("utf-16")
    packed(path, members)


def million_rows(path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 1_000_001))
    packed(path, parts(rows))


def thousand_columns(path: Path) -> None:
    packed(path, parts(f'<row r="1">{"<c><v>1</v></c>" * 1000}</row>'))


def truncated(path: Path) -> None:
    workbook(path, [["甲"] * 20] * 500)
    path.write_bytes(path.read_bytes()[:2000])


def garbled(path: Path) -> None:
    members = parts("")
    packed(path, members | {"xl/worksheets/sheet1.xml": "<worksheet><sheetData><row"})


def no_workbook(path: Path) -> None:
    packed(path, {"word/document.xml": "<w/>", "[Content_Types].xml": "<Types/>"})


def many_members(path: Path) -> None:
    packed(path, parts("") | {f"xl/junk/{n}.bin": b"x" for n in range(2001)})


HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda p: p.write_bytes(b""), "空的"),
    "old xls": (old_xls, "另存为 .xlsx"),
    "encrypted": (encrypted, "密码"),
    "csv renamed": (lambda p: p.write_text("项目名称,代码\n甲,1\n"), "CSV"),
    "html renamed": (lambda p: p.write_text("<html><table><tr><td>1</td></tr></table></html>"), "网页"),
    "picture": (lambda p: p.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 99), "损坏"),
    "word": (no_workbook, "不是 Excel"),
    "macro": (macro, "宏"),
    "bomb": (bomb, "解压后太大"),
    "lying bomb": (lying_bomb, "."),
    "billion laughs": (billion_laughs, "不安全"),
    "external entity": (external_entity, "不安全"),
    "entity in utf-16": (utf16_entity, "不安全"),
    "million rows": (million_rows, "50000 行"),
    "thousand columns": (thousand_columns, "200 列"),
    "truncated": (truncated, "损坏"),
    "garbled": (garbled, "损坏"),
    "many members": (many_members, "损坏"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_file_gets_a_sentence_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    make, said = HOSTILE[name]
    source, target = tmp_path / "upload.xlsx", tmp_path / "rows"
    make(source)
    began = processor_time()
    with pytest.raises(Unreadable, match=said) as error:
        read_sheet(source, target)
    assert processor_time() - began < 20
    assert CHINESE.search(str(error.value))
    assert "Error" not in str(error.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["upload.xlsx"]


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    source = workbook(tmp_path / "big.xlsx", [["文字" * 10] * 20] * 2000)
    with pytest.raises(Unreadable, match="秒"):
        read_sheet(source, tmp_path / "rows", Limits(patience=0))
    running = subprocess.run(["pgrep", "-f", str(source)], capture_output=True, check=False)
    assert running.stdout == b""


def test_a_file_that_takes_too_much_processor_time_is_given_up(tmp_path: Path) -> None:
    million_rows(tmp_path / "upload.xlsx")
    with pytest.raises(Unreadable, match="1 秒"):
        read_sheet(tmp_path / "upload.xlsx", tmp_path / "rows", Limits(seconds=1, rows=2_000_000))
    assert not (tmp_path / "rows").exists()


def test_a_file_that_takes_too_much_memory_is_given_up(tmp_path: Path) -> None:
    rows: list[list[object]] = [[f"第{r}行第{c}列的文字" * 20 for c in range(20)] for r in range(5000)]
    source = workbook(tmp_path / "big.xlsx", rows)
    with pytest.raises(Unreadable):
        read_sheet(source, tmp_path / "rows", Limits(memory=60 * MB))
    assert not (tmp_path / "rows").exists()


def test_a_good_file_is_read_after_all_the_bad_ones(tmp_path: Path) -> None:
    old_xls(tmp_path / "bad.xlsx")
    with pytest.raises(Unreadable):
        read_sheet(tmp_path / "bad.xlsx", tmp_path / "rows")
    good = workbook(tmp_path / "good.xlsx", [["甲"]])
    assert read_sheet(good, tmp_path / "rows").rows == 1
