"""Good lists as other programs would have written them: the same cells in another package, or a fault with its cause.

`python -m tests.mutated_lists 240` tries so many; the suite tries a few of them.
"""

from __future__ import annotations

import io
import random
import re
import sys
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import xlsxwriter
from lxml import etree

from excel.cell_values import DAY_ZERO, DAYS_TO_1904, reading_of
from excel.columns import BadHeader, find_header, letter
from excel.read import Unreadable, read_sheet, rows_of
from services.transfer.import_specs import IMPORT_SPECS, ImportSpec
from tests.lists import credit_code, project_code

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATED = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATED = b"http://purl.oclc.org/ooxml/officeDocument/relationships"
SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
BOOK, BOOK_RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
TITLE = "名单"
#: Values of a list by Excel row, as its columns keep them.
Values = dict[int, list[Any]]


@dataclass
class Package:
    """A workbook's parts, how they are packed, and what the reader must say of them."""

    plan: ImportSpec
    parts: dict[str, bytes]
    random: random.Random
    how: list[str] = field(default_factory=list)
    packing: int = zipfile.ZIP_DEFLATED
    spoil: Callable[[bytes], bytes] = lambda content: content
    #: What the refusal of the file says; None when it must be read.
    refused: str | None = None
    #: What is said of single cells.
    wrong: dict[str, str] = field(default_factory=dict)

    def tree(self, part: str) -> Any:
        """A part as XML."""
        return etree.fromstring(self.parts[part])

    def keep(self, part: str, root: Any, encoding: str = "UTF-8") -> None:
        """Store a part's XML."""
        self.parts[part] = etree.tostring(root, xml_declaration=True, encoding=encoding)

    def write(self, path: Path) -> Path:
        """The workbook as a file."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", self.packing) as archive:
            for name, content in self.parts.items():
                archive.writestr(name, content)
        path.write_bytes(self.spoil(packed.getvalue()))
        return path


Mutation = Callable[[Package], None]


def cells_of(root: Any) -> list[Any]:
    """The cells of a sheet that hold a value; those with a formula are left alone."""
    return [cell for cell in root.iter(f"{{{MAIN}}}c") if len(cell) and cell.find(f"{{{MAIN}}}f") is None]


def in_body(cell: Any) -> bool:
    """Whether a cell stands below the header."""
    return not re.fullmatch(r"[A-Z]+1", cell.get("r"))


# The same cells in another package.


def names_in_capitals(book: Package) -> None:
    change = book.random.choice([str.upper, str.title, str.swapcase])
    book.parts = {name if "Content_Types" in name else change(name): c for name, c in book.parts.items()}


def names_with_backslashes(book: Package) -> None:
    book.parts = {name.replace("/", "\\"): content for name, content in book.parts.items()}


def other_order(book: Package) -> None:
    names = list(book.parts)
    book.random.shuffle(names)
    book.parts = {name: book.parts[name] for name in names}


def other_compression(book: Package) -> None:
    book.packing = book.random.choice([zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])


def parts_nobody_needs(book: Package) -> None:
    book.parts |= {"xl/": b"", "docProps/core.xml": b"<broken", "customXml/item1.xml": b"", "docProps/t.jpeg": b"\xff"}


def without_what_nobody_needs(book: Package) -> None:
    for name in ("docProps/core.xml", "docProps/app.xml", "xl/theme/theme1.xml", "[Content_Types].xml"):
        book.parts.pop(name, None)


def junk_before_the_archive(book: Package) -> None:
    book.spoil = lambda content: b"\x00" * 64 + content


def absolute_relations(book: Package) -> None:
    book.parts[BOOK_RELATIONS] = re.sub(rb'Target="(?!/)([^"]*)"', rb'Target="/xl/./\1"', book.parts[BOOK_RELATIONS])


def relations_to_nowhere(book: Package) -> None:
    more = b'<Relationship Id="rX" Type="%s/externalLink" Target="externalLinks/gone.xml"/></Relationships>' % RELATED
    book.parts[BOOK_RELATIONS] = book.parts[BOOK_RELATIONS].replace(b"</Relationships>", more)


def renamed_parts(book: Package) -> None:
    for part, name in ((SHEET, "worksheets/名单 1.xml"), (STRINGS, "文字.xml")):
        if part in book.parts:
            book.parts[f"xl/{name}"] = book.parts.pop(part)
            old = part.removeprefix("xl/").encode()
            book.parts[BOOK_RELATIONS] = book.parts[BOOK_RELATIONS].replace(old, name.encode())


def strict(book: Package) -> None:
    for name, content in book.parts.items():
        book.parts[name] = content.replace(MAIN.encode(), STRICT.encode()).replace(RELATED, STRICT_RELATED)


def with_prefixes(book: Package) -> None:
    root = book.tree(SHEET)
    other = etree.Element(root.tag, nsmap={"x": MAIN, **{k: v for k, v in root.nsmap.items() if k}})
    other[:] = list(root)
    etree.cleanup_namespaces(other)
    book.keep(SHEET, other)


def other_encoding(book: Package) -> None:
    for part in (SHEET, STRINGS, STYLES):
        if part in book.parts:
            book.keep(part, book.tree(part), book.random.choice(["UTF-16", "GB18030", "US-ASCII"]))


def byte_order_marks(book: Package) -> None:
    for part in (SHEET, BOOK, BOOK_RELATIONS, STRINGS):
        if part in book.parts:
            book.parts[part] = b"\xef\xbb\xbf" + book.parts[part]


def blanks_and_comments(book: Package) -> None:
    for part in (SHEET, BOOK_RELATIONS):
        root = book.tree(part)
        etree.indent(root, "\r\n\t")
        root.insert(0, etree.Comment("由其他软件生成"))
        book.keep(part, root)


def strings_in_cells(book: Package) -> None:
    if STRINGS not in book.parts:
        return
    strings = list(book.tree(STRINGS))
    root = book.tree(SHEET)
    for cell in cells_of(root):
        if cell.get("t") == "s":
            text = "".join(strings[int(cell[0].text)].itertext())
            kind = book.random.choice(["inlineStr", "str"])
            cell.set("t", kind)
            holder = cell[0]
            if kind == "inlineStr":
                cell[:] = []
                holder = etree.SubElement(etree.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t")
            holder.text = text
    book.keep(SHEET, root)


def strings_in_runs(book: Package) -> None:
    if STRINGS not in book.parts:
        return
    root = book.tree(STRINGS)
    for item in root:
        text = "".join(item.itertext())
        at = book.random.randint(0, len(text))
        item[:] = []
        for piece in (text[:at], text[at:]):
            run = etree.SubElement(item, f"{{{MAIN}}}r")
            etree.SubElement(run, f"{{{MAIN}}}rPr")
            etree.SubElement(run, f"{{{MAIN}}}t").text = piece
        reading = etree.SubElement(item, f"{{{MAIN}}}rPh", sb="0", eb="1")
        etree.SubElement(reading, f"{{{MAIN}}}t").text = "pinyin"
    book.keep(STRINGS, root)


def strings_in_other_places(book: Package) -> None:
    if STRINGS not in book.parts:
        return
    root, sheet = book.tree(STRINGS), book.tree(SHEET)
    order = list(range(len(root)))
    book.random.shuffle(order)
    items = list(root)
    root[:] = [items[i] for i in order]
    for name in ("count", "uniqueCount"):
        root.attrib.pop(name, None)
    for cell in cells_of(sheet):
        if cell.get("t") == "s":
            cell[0].text = f" {order.index(int(cell[0].text))}\n"
    book.keep(STRINGS, root)
    book.keep(SHEET, sheet)


def marks_in_text(book: Package) -> None:
    part = STRINGS if STRINGS in book.parts else SHEET
    root = book.tree(part)
    for text in root.iter(f"{{{MAIN}}}t"):
        text.text = book.random.choice(["\u200b{}", "{}_x000D_", "  {} ", "\ufeff{}\u200e", "{}"]).format(text.text)
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    book.keep(part, root)


def without_places(book: Package) -> None:
    root = book.tree(SHEET)
    for row in root.iter(f"{{{MAIN}}}row"):
        if row.getprevious() is not None and int(row.getprevious().get("r") or 0) + 1 != int(row.get("r")):
            return
    for row in root.iter(f"{{{MAIN}}}row"):
        full: list[Any] = []
        for cell in row:
            while cell.get("r") != f"{letter(len(full))}{row.get('r')}":
                full.append(etree.Element(f"{{{MAIN}}}c"))
            full.append(cell)
        row[:] = full
        for cell in row:
            cell.attrib.pop("r", None)
    book.keep(SHEET, root)


def rows_in_another_order(book: Package) -> None:
    root = book.tree(SHEET)
    rows = root.find(f"{{{MAIN}}}sheetData")
    if rows[0].get("r") is None or len(rows) < 3 or rows[1][0].get("r") is None:
        return
    body = list(rows)[1:]
    book.random.shuffle(body)
    rows[1:] = body
    book.keep(SHEET, root)


def wrong_dimension(book: Package) -> None:
    book.parts[SHEET] = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', book.parts[SHEET])
    book.parts[SHEET] = re.sub(rb' spans="[^"]*"', b' spans="1:1"', book.parts[SHEET])


def formatted_emptiness(book: Package) -> None:
    rows = "".join(f'<row r="{r}" s="1" customFormat="1"><c r="A{r}" s="1"/></row>' for r in range(900, 3000))
    book.parts[SHEET] = book.parts[SHEET].replace(b"</sheetData>", f"{rows}</sheetData>".encode())


def odd_styles(book: Package) -> None:
    if STYLES in book.parts:
        odd = b'<fills><fill><patternFill patternType="nonsense"><fgColor rgb="#GG"/></patternFill></fill></fills>'
        book.parts[STYLES] = re.sub(rb"<fills.*?</fills>", odd, book.parts[STYLES], flags=re.DOTALL)


def without_styles(book: Package) -> None:
    book.parts.pop(STYLES, None)


def other_date_formats(book: Package) -> None:
    code = book.random.choice(
        [
            'yyyy"年"m"月"d"日"',
            "[$-804]yyyy/m/d;@",
            "m/d/yy h:mm",
            "[DBNum1]yyyy年m月d日",
            "d-mmm-yy",
            "\\y\\yyyy-mm-dd",
        ]
    )
    if STYLES in book.parts:
        book.parts[STYLES] = book.parts[STYLES].replace(b"yyyy-mm-dd", etree_text(code))


def etree_text(text: str) -> bytes:
    """Text as an attribute of XML holds it."""
    return text.replace("&", "&amp;").replace('"', "&quot;").encode()


def built_in_date_format(book: Package) -> None:
    if STYLES in book.parts:
        number = str(book.random.choice([14, 15, 22, 27, 31, 36, 50, 57, 58])).encode()
        book.parts[STYLES] = re.sub(
            rb'(<xf [^>]*numFmtId=")(?:164|165)"', rb"\g<1>" + number + b'"', book.parts[STYLES]
        )


def dates_by_iso(book: Package) -> None:
    _change_days(book, lambda cell, day: _put(cell, "d", day.isoformat() + book.random.choice(["", "T00:00:00"])))


def dates_as_text(book: Package) -> None:
    shapes = ["{0.year}年{0.month}月{0.day}日", "{0.year}/{0.month}/{0.day}", "{0}", "{0:%Y%m%d}", "{0} 00:00:00"]
    _change_days(book, lambda cell, day: _put(cell, "str", book.random.choice(shapes).format(day)))


def days_from_1904(book: Package) -> None:
    if b"date1904" in book.parts[BOOK]:
        return
    _change_days(book, lambda cell, day: _put(cell, "n", str((day - DAY_ZERO).days - DAYS_TO_1904)))
    if b"<workbookPr" not in book.parts[BOOK]:
        book.parts[BOOK] = re.sub(rb"(<workbook[^>]*>)", rb"\1<workbookPr/>", book.parts[BOOK], count=1)
    book.parts[BOOK] = book.parts[BOOK].replace(b"<workbookPr", b'<workbookPr date1904="1"', 1)


def _put(cell: Any, kind: str, text: str) -> None:
    cell.set("t", kind)
    cell[:] = []
    etree.SubElement(cell, f"{{{MAIN}}}v").text = text


def _change_days(book: Package, change: Callable[[Any, date], None]) -> None:
    root = book.tree(SHEET)
    columns = _columns(book, "date")
    for cell in cells_of(root):
        if cell.get("t", "n") == "n" and in_body(cell) and cell.get("r", "")[:1] in columns:
            change(cell, DAY_ZERO + timedelta(days=int(float(cell[0].text))))
    book.keep(SHEET, root)


def _columns(book: Package, *kinds: str) -> set[str]:
    """The letters of the columns of these kinds; the lists have each field of the plan in HEADERS' order."""
    fields = {f.label: f for f in book.plan.fields}
    return {letter(at) for at, label in enumerate(GOOD[book.plan.name][0]) if fields[label].kind in kinds}


def numbers_in_other_words(book: Package) -> None:
    root = book.tree(SHEET)
    for cell in cells_of(root):
        if cell.get("t", "n") == "n" and cell[0].text:
            number = float(cell[0].text)
            cell[0].text = book.random.choice([f"{number:.10E}", f"\n{number!r} ", f"{number:.6f}"])
    book.keep(SHEET, root)


def a_cover_first(book: Package) -> None:
    _sheet_first(book, "封面", "visible")


def a_hidden_sheet_first(book: Package) -> None:
    _sheet_first(book, "参数", book.random.choice(["hidden", "veryHidden"]))


def _sheet_first(book: Package, title: str, state: str) -> None:
    if b"rCover" in book.parts[BOOK]:
        return
    sheet = f'<sheet name="{title}" sheetId="77" state="{state}" r:id="rCover" xmlns:r="{RELATED.decode()}"/>'
    book.parts[BOOK] = book.parts[BOOK].replace(b"<sheets>", f"<sheets>{sheet}".encode())
    part = f'<Relationship Id="rCover" Type="{RELATED.decode()}/worksheet" Target="worksheets/cover.xml"/>'
    end = b"</Relationships>"
    book.parts[BOOK_RELATIONS] = book.parts[BOOK_RELATIONS].replace(end, part.encode() + end)
    row = f'<row r="1"><c r="A1" t="str"><v>{title}</v></c></row>'
    cover = f'<worksheet xmlns="{MAIN}"><sheetData>{row}</sheetData></worksheet>'
    book.parts["xl/worksheets/cover.xml"] = cover.encode()


# Mutations of the XML come first: they need the parts where they were.
SAME: tuple[tuple[Mutation, ...], ...] = (
    (days_from_1904, dates_by_iso, dates_as_text, built_in_date_format, other_date_formats, without_styles),
    (numbers_in_other_words, rows_in_another_order, wrong_dimension, formatted_emptiness, odd_styles),
    (marks_in_text, strings_in_runs, strings_in_other_places, strings_in_cells),
    (without_places, blanks_and_comments, a_cover_first, a_hidden_sheet_first, with_prefixes),
    (other_encoding, byte_order_marks, relations_to_nowhere, without_what_nobody_needs, parts_nobody_needs),
    (absolute_relations, renamed_parts, strict),
    (names_in_capitals, names_with_backslashes, other_order, other_compression, junk_before_the_archive),
)


# Faults, with the cause that must be told.


def sheet_cut_off(book: Package) -> None:
    book.parts[SHEET] = book.parts[SHEET][: len(book.parts[SHEET]) * 2 // 3]
    book.refused = f"“{TITLE}”部分损坏；请用 Excel 或 WPS"


def sheet_with_other_bytes(book: Package) -> None:
    book.parts[SHEET] = book.parts[SHEET].replace(b"<sheetData>", b"<sheetData>\xff\xfe", 1)
    book.refused = f"“{TITLE}”部分损坏；请用 Excel 或 WPS"


def sheet_gone(book: Package) -> None:
    del book.parts[SHEET]
    book.refused = f"工作表“{TITLE}”.*；请用 Excel 或 WPS"


def strings_cut_off(book: Package) -> None:
    if STRINGS in book.parts:
        book.parts[STRINGS] = book.parts[STRINGS][:-40]
        book.refused = "共享文字.*损坏；请用 Excel 或 WPS"


def strings_gone(book: Package) -> None:
    if STRINGS in book.parts:
        del book.parts[STRINGS]
        book.refused = f"工作表“{TITLE}”的单元格 A1 的文字已丢失；请用 Excel 或 WPS"


def styles_cut_off(book: Package) -> None:
    if STYLES in book.parts:
        book.parts[STYLES] = book.parts[STYLES][:-60]
        book.refused = "样式.*损坏；请用 Excel 或 WPS"


def relations_cut_off(book: Package) -> None:
    book.parts[BOOK_RELATIONS] = book.parts[BOOK_RELATIONS][:-20]
    book.refused = "关系.*损坏；请用 Excel 或 WPS"


def workbook_cut_off(book: Package) -> None:
    book.parts[BOOK] = book.parts[BOOK][:-15]
    book.refused = "工作簿.*损坏；请用 Excel 或 WPS"


def archive_cut_off(book: Package) -> None:
    book.spoil = lambda content: content[: len(content) * 3 // 4]
    book.refused = "已损坏|没有传完|不完整"


def bytes_turned(book: Package) -> None:
    book.packing = zipfile.ZIP_STORED
    content = book.parts[SHEET]
    book.spoil = lambda packed: packed.replace(content, content.replace(b"<sheetData>", b"<sheetdata>", 1))
    book.refused = "损坏.*请用 Excel 或 WPS"


def encrypted_member(book: Package) -> None:
    def lock(packed: bytes) -> bytes:
        at = packed.index(b"PK\x01\x02")
        return packed[: at + 8] + b"\x01\x00" + packed[at + 10 :]

    book.spoil = lock
    book.refused = "密码"


def document_type(book: Package) -> None:
    book.parts[SHEET] = re.sub(rb"(<worksheet)", rb"<!DOCTYPE a>\1", book.parts[SHEET], count=1)
    book.refused = "不安全"


def macros(book: Package) -> None:
    book.parts["xl/vbaProject.bin"] = b"x"
    book.refused = "宏.*另存为"


def a_formula(book: Package) -> None:
    _spoil_cell(book, lambda cell: cell.insert(0, _element("f", "1+1")), "是公式.*数值")


def an_error(book: Package) -> None:
    _spoil_cell(book, lambda cell: _put(cell, "e", "#N/A"), "是错误值 #N/A")


def text_for_a_number(book: Package) -> None:
    kinds = ("money", "integer", "date")
    _spoil_cell(book, lambda cell: _put(cell, "str", "待定数"), "不是(?:数字|整数|日期).*", *kinds)


def nonsense_for_a_number(book: Package) -> None:
    root = book.tree(SHEET)
    cell = book.random.choice([cell for cell in cells_of(root) if in_body(cell)])
    _put(cell, "n", "12x4")
    book.keep(SHEET, root)
    book.refused = f"工作表“{TITLE}”的单元格 {cell.get('r')} 的数字无法读取；请用 Excel 或 WPS"


def a_lost_string(book: Package) -> None:
    root = book.tree(SHEET)
    cell = book.random.choice([cell for cell in cells_of(root) if in_body(cell)])
    _put(cell, "s", "99999")
    book.keep(SHEET, root)
    book.refused = f"工作表“{TITLE}”的单元格 {cell.get('r')} 的文字已丢失；请用 Excel 或 WPS"


def _element(name: str, text: str) -> Any:
    element = etree.Element(f"{{{MAIN}}}{name}")
    element.text = text
    return element


def _spoil_cell(book: Package, spoil: Callable[[Any], None], said: str, *kinds: str) -> None:
    root = book.tree(SHEET)
    columns = _columns(book, *kinds) if kinds else {letter(i) for i in range(20)}
    cells = [cell for cell in cells_of(root) if in_body(cell) and cell.get("r")[:1] in columns]
    if cells:
        cell = book.random.choice(cells)
        spoil(cell)
        book.keep(SHEET, root)
        book.wrong[cell.get("r")] = said


FAULTS: tuple[Mutation, ...] = (
    sheet_cut_off,
    sheet_with_other_bytes,
    sheet_gone,
    strings_cut_off,
    strings_gone,
    styles_cut_off,
    relations_cut_off,
    workbook_cut_off,
    archive_cut_off,
    bytes_turned,
    encrypted_member,
    document_type,
    macros,
    a_formula,
    an_error,
    text_for_a_number,
    nonsense_for_a_number,
    a_lost_string,
)


DAY = date(2026, 3, 2)
ROWS = 4
#: The good lists: headers and rows, by the name of the plan.
GOOD: Mapping[str, tuple[list[str], list[list[Any]]]] = {
    "enterprise": (
        ["项目单位名称", "统一社会信用代码", "地址", "经办人电话"],
        [
            [f"温县第{n}实业有限公司", credit_code("410825", n), f"工业路{n}号", f"1390391{n:04d}"]
            for n in range(1, ROWS)
        ],
    ),
    "project": (
        ["项目名称", "项目代码", "建设单位", "投资总额"],
        [[f"温县{n}号项目", project_code("410825", n), "温县第1实业有限公司", n * 1200.5 or None] for n in range(ROWS)],
    ),
    "key_project": (
        ["项目", "列入文号或依据", "列入日期", "有效期至"],
        [[f"温县{n}号项目", "县长办公会纪要", DAY + timedelta(days=n), date(2027, 1, n)] for n in range(1, ROWS)],
    ),
    "calendar_day": (
        ["日期", "上班", "节日或事由"],
        [[DAY + timedelta(days=n), "否", f"第{n}天"] for n in range(ROWS)],
    ),
}


def good(plan: str, folder: Path, *, plain: bool) -> Path:
    """A good list, as xlsxwriter or, when `plain`, as openpyxl writes it."""
    headers, rows = GOOD[plan]
    path = folder / "good.xlsx"
    if plain:
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = TITLE
        for row in (headers, *rows):
            sheet.append(row)
        for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, date)):
            cell.number_format = "yyyy-mm-dd"
        book.save(path)
        return path
    writer = xlsxwriter.Workbook(str(path))
    page, day = writer.add_worksheet(TITLE), writer.add_format({"num_format": "yyyy-mm-dd"})
    for r, row in enumerate((headers, *rows)):
        for c, value in enumerate(row):
            if isinstance(value, date):
                page.write_datetime(r, c, value, day)
            elif value is not None:
                page.write(r, c, value)
    writer.close()
    return path


def values_of(plan: ImportSpec, path: Path) -> tuple[Values, dict[str, str]]:
    """What an import reads of a workbook: the values by row, and what is wrong by cell. Raises like the reader."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "rows"
        sheet = read_sheet(path, target)
        if TITLE in sheet.others:
            sheet = read_sheet(path, target, sheet=TITLE)
        header = find_header(list(islice(rows_of(target), 15)), plan.fields, plan.shown)
        values: Values = {}
        wrong: dict[str, str] = {}
        for number, cells in rows_of(target):
            if number <= header.row:
                continue
            values[number] = []
            for at, f in header.fields.items():
                try:
                    values[number].append(reading_of(f, cells[at] if at < len(cells) else None).value)
                except ValueError as error:
                    wrong[f"{letter(at)}{number}"] = str(error)
        return values, wrong


@cache
def expected_of(plan: str) -> Values:
    """What the good list says."""
    with TemporaryDirectory() as folder:
        return values_of(IMPORT_SPECS[plan], good(plan, Path(folder), plain=False))[0]


def mutate(number: int, folder: Path) -> Package:
    """The mutated list of this number: always the same one."""
    chance = random.Random(number)
    plan = chance.choice(list(GOOD))
    with zipfile.ZipFile(good(plan, folder, plain=chance.random() < 0.5)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    book = Package(IMPORT_SPECS[plan], parts, chance)
    fault = FAULTS[number // 2 % len(FAULTS)] if number % 2 else None
    wanted = [chance.choice(group) for group in chance.sample(SAME, chance.randint(1, 4))]
    order = [mutation for group in SAME for mutation in group if mutation in wanted]
    if fault:
        fault(book)
        book.how.append(fault.__name__)
        if book.refused:
            order = [mutation for mutation in order if mutation in SAME[-1][:3]]
    for mutation in order:
        if fault in (archive_cut_off, bytes_turned, encrypted_member):
            break
        mutation(book)
        book.how.append(mutation.__name__)
    return book


def fault_of(number: int, folder: Path) -> tuple[Package, str | None]:
    """What is wrong about how the reader takes the list of this number; None when nothing is."""
    book = mutate(number, folder)
    path = book.write(folder / "mutated.xlsx")
    expected = expected_of(book.plan.name)
    try:
        values, wrong = values_of(book.plan, path)
    except (Unreadable, BadHeader) as error:
        if book.refused and re.search(book.refused, str(error)):
            return book, None
        return book, f"refused with “{error}”, expected {book.refused!r}"
    if book.refused:
        return book, f"read, expected {book.refused!r}"
    if wrong.keys() != book.wrong.keys() or any(not re.search(book.wrong[at], said) for at, said in wrong.items()):
        return book, f"wrong cells {wrong}, expected {book.wrong}"
    rows = {int(re.sub(r"\D", "", at)) for at in wrong}
    same = all(values[row] == expected[row] for row in expected if row not in rows) and values.keys() == expected.keys()
    return book, None if same else f"values {values}, expected {expected}"


def main(many: int) -> int:
    """Try so many lists; print each that fails, and the counts."""
    failed, refused = 0, 0
    for number in range(many):
        with TemporaryDirectory() as folder:
            book, fault = fault_of(number, Path(folder))
        refused += bool(book.refused or book.wrong)
        if fault:
            failed += 1
            print(number, book.plan.name, "+".join(book.how), fault, flush=True)
    print(f"{many} lists, {refused} with a fault, {failed} taken wrongly")
    return failed


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        sys.exit(min(main(int(sys.argv[1])), 1))
