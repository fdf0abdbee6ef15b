"""Templates that people bring: what is wrong is told with its place, nothing runs, nothing stays."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError

from documents import as_html, render
from documents.docx_template import build_template
from documents.papers import papers_of
from documents.template_validation import (
    MAX_BYTES,
    MAX_ELEMENTS,
    MAX_PARAGRAPHS,
    MAX_PART,
    MAX_UNPACKED,
    WORD,
    BadTemplate,
    template_doubts,
    validate_template,
)
from documents.variables import BLANK
from models.places import Meaning
from tests.documents.test_papers import ALL, IDS, county_of

WORDS = "application/vnd.openxmlformats-officedocument.wordprocessingml"
#: What no file may come to hold if a template could do anything.
TRACE = Path(tempfile.gettempdir()) / "a-template-was-here"


def saying(*paragraphs: str) -> bytes:
    """A Word file with these paragraphs."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def with_part(name: str, content: bytes | str, *, instead: bool = False) -> bytes:
    """A good template with another part in it, or instead of one of its own."""
    source, stream = zipfile.ZipFile(io.BytesIO(saying("{{ 项目名称 }}"))), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.namelist():
            if not (instead and member == name):
                target.writestr(member, source.read(member))
        target.writestr(name, content)
    return stream.getvalue()


def in_document(xml: str) -> bytes:
    """A good template whose text has this XML in it."""
    source = zipfile.ZipFile(io.BytesIO(saying("{{ 项目名称 }}"))).read("word/document.xml").decode()
    return with_part("word/document.xml", source.replace("<w:sectPr", f"{xml}<w:sectPr", 1), instead=True)


@pytest.mark.parametrize(("slug", "paper"), ALL, ids=IDS)
def test_our_own_templates_pass(slug: str, paper: object) -> None:
    validate_template(build_template(paper))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "paragraphs",
    [
        ("{{ 项目名称 }}", "{# 说明 #}"),
        ("{%p if 备注 %}", "备注：{{备注}}", "{%p endif %}"),
        ("{% if 备注 and not 意见建议 %}甲{% else %}乙{% endif %}",),
    ],
)
def test_what_an_office_may_write(paragraphs: tuple[str, ...]) -> None:
    validate_template(saying(*paragraphs, "{{ 项目编号 }}"))


#: (what is written, what is told of it)
HOSTILE = [
    ("{{ 密码 }}", "没有“密码”这个变量"),
    ("｛｛ 项目名称 ｝｝", "全角的花括号"),
    ("{{ 项目名称 }", "没有成对"),
    ("{% if 备注 %}甲", "没有成对"),
    ("{{ 项目名称.__class__.__mro__ }}", "只能写变量的名称"),
    ("{{ 项目名称['x'] }}", "只能写变量的名称"),
    ("{{ ''.join(项目名称) }}", "只能写变量的名称"),
    ("{{ 项目名称|attr('__class__') }}", "只能写变量的名称"),
    ("{{ 7 * 7 }}", "只能写变量的名称"),
    ("{{ cycler.__init__.__globals__.os.system('touch " + str(TRACE) + "') }}", "只能写变量的名称"),
    ("{% for a in 项目名称 %}{{ a }}{% endfor %}", "不能用"),
    ("{% set x = 1 %}", "不能用"),
    ("{% include '/etc/passwd' %}", "不能用"),
    ("{% import 'os' as os %}", "不能用"),
    ("{% macro x() %}{% endmacro %}", "不能用"),
    ("{% if 项目名称.__class__ %}甲{% endif %}", "只能写变量的名称"),
    ("{{ range(10**9)|list }}", "只能写变量的名称"),
    ("{{ lipsum() }}", "只能写变量的名称"),
    ("{% if " + "not " * 3000 + "备注 %}甲{% endif %}", "太长"),
    ("{% if 备注 %}" * 200 + "甲" + "{% endif %}" * 200, "不能填写"),
]


@pytest.mark.parametrize(("text", "told"), HOSTILE, ids=lambda part: str(part)[:24])
def test_a_hostile_template_is_refused_with_its_place(text: str, told: str) -> None:
    with pytest.raises(BadTemplate, match=told) as error:
        validate_template(saying("第一段", text))
    assert "第 2 段" in str(error.value) or re.search("没有成对|不能填写", str(error.value))
    assert not TRACE.exists()


def a_bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"0" * (MAX_UNPACKED + 1))
    return stream.getvalue()


LINK = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://t/hyperlink" Target="http://example.org/a.dotm" TargetMode="External"/>'
    "</Relationships>"
)
ENTITY = '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><w>&a;</w>'
LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'
FIELD = "<w:p><w:r><w:instrText>DDEAUTO c:/cmd.exe</w:instrText></w:r></w:p>"
SIMPLE = '<w:p><w:fldSimple w:instr="INCLUDETEXT /etc/passwd"/></w:p>'
UPLOADS: dict[str, tuple[Callable[[], bytes], str]] = {
    "text": (lambda: b"{{ x }}", "不是 .docx"),
    "old or encrypted": (lambda: b"\xd0\xcf\x11\xe0" + b"0" * 600, "旧格式"),
    "too large": (lambda: b"PK" + b"0" * MAX_BYTES, "不能超过"),
    "bomb": (a_bomb, "太大"),
    "a workbook": (lambda: saying("甲").replace(b"word/document.xml", b"xl/workbook12.xml"), "docx"),
    "macro": (lambda: with_part("word/vbaProject.bin", b"x"), "宏"),
    "control": (lambda: with_part("word/activeX/activeX1.xml", "<a/>"), "控件"),
    "embedded": (lambda: with_part("word/embeddings/oleObject1.bin", b"x"), "嵌入"),
    "path": (lambda: with_part("../../evil.txt", "x"), "路径"),
    "linked": (lambda: with_part("word/_rels/settings.xml.rels", LINK), "链接到外面"),
    "external entity": (lambda: with_part("customXml/item9.xml", ENTITY), "内容不正常"),
    "billion laughs": (lambda: with_part("customXml/item9.xml", LAUGHS), "内容不正常"),
    "broken xml": (lambda: with_part("word/document.xml", "<w:document", instead=True), "内容不正常"),
    "dde": (lambda: in_document(FIELD), "域"),
    "include": (lambda: in_document(SIMPLE), "域"),
    "object": (lambda: in_document("<w:p><w:r><w:object/></w:r></w:p>"), "嵌入"),
    "chunk": (lambda: in_document("<w:altChunk/>"), "嵌入"),
    "many parts": (lambda: _crowd(), "太大"),
    "linked in capitals": (lambda: with_part("word/_rels/settings.xml.RELS", LINK), "链接到外面"),
    "linked without saying so": (
        lambda: with_part("word/_rels/settings.xml.rels", LINK.replace(' TargetMode="External"', "")),
        "链接到外面",
    ),
    "twice the same name": (lambda: with_part("word/DOCUMENT.xml", "<a/>"), "内容不正常"),
    "many paragraphs": (lambda: in_document("<w:p/>" * (MAX_PARAGRAPHS + 1)), "太多"),
    "a small file with 300 000 paragraphs": (lambda: in_document("<w:p><w:r/></w:p>" * 300_000), "太多"),
    "many pieces": (lambda: in_document(f"<w:p>{'<w:r/>' * MAX_ELEMENTS}</w:p>"), "太多"),
    "many marks": (lambda: in_document(f"<!--{'{{r ' * 2000}-->"), "太多"),
    "an endless header": (lambda: header_of("header1.xml", f"<w:p>{'一' * MAX_PART}</w:p>"), "太多"),
    "taken out and not yet accepted": (
        lambda: in_document('<w:p><w:del w:id="1" w:author="a"><w:r><w:delText>旧</w:delText></w:r></w:del></w:p>'),
        "接受全部修订",
    ),
}


CASES = Path(__file__).parents[1] / "cases"
ATTACHED = LINK.replace("hyperlink", "attachedTemplate")


def test_the_template_of_the_authors_machine_is_dropped_and_not_refused() -> None:
    settings = '<w:attachedTemplate r:id="r1"/>'
    source = zipfile.ZipFile(io.BytesIO(saying("x"))).read("word/settings.xml").decode()
    named = with_part("word/settings.xml", source.replace("</w:settings>", f"{settings}</w:settings>"), instead=True)
    assert b"attachedTemplate" in zipfile.ZipFile(io.BytesIO(named)).read("word/settings.xml")
    linked = with_part("word/_rels/settings.xml.rels", ATTACHED)
    for content in ((CASES / "W1_attached_template.docx").read_bytes(), named, linked):
        with zipfile.ZipFile(io.BytesIO(content)) as before:
            kept = validate_template(content)
            with zipfile.ZipFile(io.BytesIO(kept)) as after:
                assert [name for name in after.namelist() if b"attachedTemplate" in after.read(name)] == []
                assert after.read("word/document.xml") == before.read("word/document.xml")
                assert after.namelist() == before.namelist()
        assert list(render.words(kept)) == list(render.words(content))
    good = saying("{{ 项目名称 }}")
    assert validate_template(good) is good
    for unsafe in (
        ATTACHED.replace("</R", f"{LINK[LINK.index('<Relationship ') :]}", 1),
        ENTITY + "<!-- attachedTemplate -->",
    ):
        with pytest.raises(BadTemplate, match=r"链接到外面|内容不正常"):
            validate_template(with_part("word/_rels/settings.xml.rels", unsafe))


def test_what_looks_like_a_variable_and_is_none_is_told() -> None:
    found = template_doubts(validate_template((CASES / "W2_single_braces.docx").read_bytes()))
    assert [text.split(" ")[0] for text in found] == [
        "{记录日期}、${记录日期}",
        "模板里没有找到变量，印出来的每一张都一样，不会填入办件的内容",
    ]
    assert "要写两层，如 {{ 记录日期 }}" in found[0]
    assert template_doubts(saying("{{ 项目名称 }}", "{% if 备注 %}甲{% endif %}", "{# {说明} #}")) == []
    assert template_doubts(saying("{# {{ 项目名称 }} #}"))[0].startswith("模板里没有找到变量")
    many = template_doubts(saying("{{ 项目名称 }}", *(f"{{ 甲{n} }}" for n in range(9))))
    assert many[0].startswith("{ 甲0 }、{ 甲1 }、{ 甲2 }、{ 甲3 }、{ 甲4 } 等 9 处")


def _crowd() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for n in range(300):
            archive.writestr(f"word/{n}.xml", "<a/>")
    return stream.getvalue()


@pytest.mark.parametrize("name", UPLOADS)
def test_a_hostile_upload_is_refused_and_leaves_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    make, told = UPLOADS[name]
    with pytest.raises(BadTemplate, match=told):
        validate_template(make())
    assert list(tmp_path.iterdir()) == []


def test_what_got_through_all_the_same_is_stopped_when_it_is_filled_in() -> None:
    with pytest.raises(UndefinedError):
        render.fill(saying("{{ 密码 }}"), dict(BLANK))
    with pytest.raises(SecurityError):
        render.fill(saying("{{ 项目名称.__class__.__mro__ }}"), dict(BLANK))


def test_a_value_is_never_read_as_a_template() -> None:
    paper = county_of("wuzhi")[1]["evaluation"]
    values = dict(BLANK) | {"project_name": "{{ 7*7 }}{% if x %}", "evaluation_opinion": "<w:p/>&amp;<script>"}
    content = render.fill(build_template(paper), values)
    text = "".join(render.words(content))
    assert "{{ 7*7 }}{% if x %}" in text
    assert "<w:p/>&amp;<script>" in text
    assert "<script>" not in as_html.as_page(content)


def with_header(text: str) -> bytes:
    """A good template with this in its header."""
    document = Document()
    document.add_paragraph("{{ 项目名称 }}")
    document.sections[0].header.paragraphs[0].text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def with_subject(text: str) -> bytes:
    document = Document()
    document.core_properties.subject = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


LOOP = "<w:p><w:r><w:t>{% for a in range(3) %}{{ a*7 }}{% endfor %}</w:t></w:r></w:p>"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def header_of(name: str, xml: str, *, encoding: str = "UTF-8", content_type: str = f"{WORDS}.header+xml") -> bytes:
    """A good template with a header whose part has this name, this encoding and this type."""
    header = f'<?xml version="1.0" encoding="{encoding}"?><w:hdr xmlns:w="{WORD[1:-1]}">{xml}</w:hdr>'.encode(encoding)
    related = f'<Relationship Id="rId77" Type="{RELATIONS}/header" Target="{name}"/></Relationships>'
    typed = f'<Override PartName="/word/{name}" ContentType="{content_type}"/></Types>'
    relations, types = "word/_rels/document.xml.rels", "[Content_Types].xml"
    changes = {relations: ("</Relationships>", related), types: ("</Types>", typed)}
    source, stream = zipfile.ZipFile(io.BytesIO(saying("{{ 项目名称 }}"))), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.namelist():
            text = source.read(member)
            if member in changes:
                text = text.decode().replace(*changes[member]).encode()
            target.writestr(member, text)
        target.writestr(f"word/{name}", header)
    return stream.getvalue()


def body_in_utf16() -> bytes:
    """A template that only who honours its encoding can read."""
    source = zipfile.ZipFile(io.BytesIO(saying("{{ 项目名称 }}"))).read("word/document.xml").decode()
    run = "<w:p><w:r><w:instrText>{% for a in range(3) %}</w:instrText><w:t>甲</w:t></w:r></w:p>"
    text = re.sub("(?i)utf-8", "UTF-16", source, count=1).replace("<w:sectPr", f"{run}<w:sectPr", 1)
    return with_part("word/document.xml", text.encode("utf-16"), instead=True)


#: Marks outside the text, or cut into pieces that only the library puts together.
HIDDEN = {
    "header of another name": lambda: header_of("header1.dat", LOOP),
    "header of another name and type": lambda: header_of("header1.dat", LOOP, content_type="image/png"),
    "header in capitals": lambda: header_of("header1.XML", LOOP),
    "header in UTF-16": lambda: header_of("header1.xml", LOOP, encoding="UTF-16"),
    "header in another encoding": lambda: header_of("header1.xml", LOOP, encoding="GB18030"),
    "header with marks written as numbers": lambda: header_of("header1.xml", LOOP.replace("{", "&#123;")),
    "text in UTF-16": body_in_utf16,
    "header": lambda: with_header("{{ 7*7 }}"),
    "loop in the header": lambda: with_header("{% for i in range(99999) %}{% endfor %}"),
    "full width in the header": lambda: with_header("｛｛ 项目名称 ｝｝"),
    "properties": lambda: with_subject("{{ 7*7 }}"),
    "attribute": lambda: in_document('<w:p><w:bookmarkStart w:id="7" w:name="{{ 7*7 }}"/></w:p>'),
    "cut over paragraphs": lambda: saying("{", "{ 7*7 }", "}"),
    "cut over runs": lambda: in_document(
        "<w:p><w:r><w:t>{</w:t></w:r><w:r><w:t>{ 7*7 }</w:t></w:r><w:r><w:t>}</w:t></w:r></w:p>"
    ),
    "instruction in pieces": lambda: in_document(
        "<w:p><w:r><w:instrText>DDEA</w:instrText></w:r><w:r><w:instrText>UTO c:/x</w:instrText></w:r></w:p>"
    ),
}


def test_the_same_places_without_marks_pass() -> None:
    plain = "<w:p><w:r><w:t>甲</w:t></w:r></w:p>"
    for content in (with_header("第一页"), with_subject("单据"), in_document(plain), header_of("header1.xml", plain)):
        validate_template(content)


@pytest.mark.parametrize("name", HIDDEN)
def test_what_is_hidden_is_found(name: str) -> None:
    with pytest.raises(BadTemplate):
        validate_template(HIDDEN[name]())


def test_a_countys_own_words_are_no_template_and_no_markup() -> None:
    county, _ = county_of("wuzhi")
    county.service_word = "{{ 7*7 }}<b>&"
    paper = papers_of(county, {Meaning.PAPER_COMPLETION: "<script>{% if x %}"})["completion"]
    page = str(as_html.as_page(render.fill(build_template(paper), dict(BLANK))))
    assert "<script>" not in page
    assert "<b>" not in page
    assert "49" not in page
    assert "{{ 7*7 }}".replace("{", "｛").replace("}", "｝") in "".join(render.words(build_template(paper)))
