"""Checks an uploaded template: it may only name our variables, and the file may contain nothing active or hidden.

A template is checked before it is stored, and rendered in a sandbox each time. Word notes in most files which
template of the author's machine they were made from (`attachedTemplate`); that relation is dropped, not refused.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from docx.opc.oxml import serialize_part_xml
from docx.oxml import parse_xml
from docxtpl import DocxTemplate
from jinja2 import TemplateError, nodes

from documents import as_html
from documents.render import environment, fill, words
from documents.variables import BLANK, code_by_name

MAX_BYTES, MAX_UNPACKED, MAX_MEMBERS = 2 * 1024 * 1024, 20 * 1024 * 1024, 200
#: Limits of one part, beyond any real paper. A small file can unpack to what takes the library minutes.
MAX_PART, MAX_PARAGRAPHS, MAX_ELEMENTS, MAX_MARKS = 2 * 1024 * 1024, 2_000, 30_000, 1_000
#: Characters of an expression: a condition of several codes, each up to thirty long.
MAX_EXPRESSION = 200
MAIN = "word/document.xml"
#: What the library raises for a file that is no zip, is damaged, encrypted or packed in another way.
UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)
#: File endings of XML parts. The content types must declare no XML part with another ending.
XML = (".xml", ".rels", ".svg")
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Names of parts with macros, controls or embedded objects.
FOREIGN = re.compile(r"vbaProject|activeX|embeddings/|oleObject|afchunk|\.bin$|\.exe$", re.IGNORECASE)
#: Fields that fetch external content or start a program.
FIELDS = re.compile(r"DDE|INCLUDE|IMPORT|MACROBUTTON|LINK|DATABASE|FILLIN|ASK")
#: A target outside the file.
OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]+:|//|\\\\", re.IGNORECASE)
#: Tracked changes that nobody has accepted or rejected yet.
TRACKED = ("del", "ins", "moveFrom", "moveTo")
#: The relation to the template of the author's machine, and the element of the settings that uses it.
ATTACHED = "attachedTemplate"
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
STATEMENT = re.compile(r"(?:p|tr|tc|r)?\s*(?:(?:if|elif)\s+(?P<what>.+?)|else|endif)\s*", re.DOTALL)
#: The start of a Jinja tag, also with XML tags between its two characters, which docxtpl removes; full-width braces.
MARKS = re.compile(r"\{(?:<[^>]*>)*[{%#]|[｛｝]")
#: The Jinja nodes that a template may contain.
ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or)
SHOWN = 30
#: What authors of other programs' templates write for a variable: {x}, ${x}.
SINGLE_BRACES = re.compile(r"\$?\{\s*([^{}%#]{1,40}?)\s*\}")
#: Most doubtful places that are named.
NAMED = 5
ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?\bencoding\s*=\s*["']([^"']*)""")
TOO_MUCH = "文件的内容太多，不像是一份单据；请从“下载模板”重新开始修改"
MALFORMED = "文件的内容不正常，请用 WPS 或 Word 打开后另存为 .docx 再上传"


class BadTemplate(Exception):
    """The template cannot be kept; str(error) says why, and where."""


def validate_template(content: bytes) -> bytes:
    """Check a template; the content to keep. Raises BadTemplate, which names the paragraph."""
    content = _without_attached_template(content)
    _check_file(content)
    try:
        paragraphs = list(words(content))
    except Exception as error:  # the library fails in many ways on a file that Word did not write
        raise BadTemplate("文件无法读取，可能已损坏；请用 WPS 或 Word 打开后另存为 .docx 再上传") from error
    for number, text in enumerate(paragraphs, 1):
        for error_text in _tag_errors(text):
            shown = text.strip().replace("\n", " ")[:SHOWN]
            raise BadTemplate(f"第 {number} 段“{shown}”：{error_text}")
    try:
        _check_compiled(DocxTemplate(io.BytesIO(content)))
        as_html.as_page(fill(content, dict(BLANK)))
    except BadTemplate:
        raise
    except TemplateError as error:
        raise BadTemplate(f"模板的写法有误：{_in_chinese(error)}") from error
    except Exception as error:  # e.g. RecursionError, when tags are nested too deeply
        raise BadTemplate("模板不能填写，请从“下载模板”重新开始修改") from error
    return content


def template_doubts(content: bytes) -> list[str]:
    """What a template that may be kept probably does not mean: single braces, or no variable at all."""
    text = "\n".join(words(content))
    variables = [tag for tag in TAG.findall(text) if not tag.startswith("{#")]
    single = list(dict.fromkeys(found[0] for found in SINGLE_BRACES.finditer(TAG.sub("", text))))
    doubts = []
    if single:
        named = "、".join(single[:NAMED]) + (f" 等 {len(single)} 处" if len(single) > NAMED else "")
        name = SINGLE_BRACES.sub(r"\1", single[0])
        doubts.append(f"{named} 看起来是变量，但会照原样印出来；变量的花括号要写两层，如 {{{{ {name} }}}}")
    if not variables:
        doubts.append("模板里没有找到变量，印出来的每一张都一样，不会填入办件的内容")
    return doubts


def _without_attached_template(content: bytes) -> bytes:
    """The file without its `attachedTemplate`; the file itself when it has none or cannot be read."""
    if len(content) > MAX_BYTES:
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_members(archive)
            parts = {member.filename: archive.read(member) for member in archive.infolist()}
    except UNREADABLE:  # _check_file says so
        return content
    mentioned = [name for name, part in parts.items() if name.lower().endswith(XML) and ATTACHED.encode() in part]
    if not mentioned:
        return content
    for name in mentioned:
        parts[name] = _without_attached(parts[name])
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in parts.items():
            target.writestr(name, part)
    return stream.getvalue()


def _without_attached(part: bytes) -> bytes:
    _root_of(part)  # refuses what the other parser would read differently
    root = parse_xml(part)
    for element in list(root.iter("{*}Relationship", f"{WORD}{ATTACHED}")):
        if element.tag.endswith(ATTACHED) or element.get("Type", "").endswith(f"/{ATTACHED}"):
            element.getparent().remove(element)
    return serialize_part_xml(root)


def _check_compiled(document: DocxTemplate) -> None:
    """Check what docxtpl will compile, however the tags are split or hidden: variables, and only in the body.

    docxtpl finds headers and footers by their relation, not by the names of their parts.
    """
    document.render_init()
    for uri in (document.HEADER_URI, document.FOOTER_URI):
        for _, part in document.get_headers_footers(uri):
            _refuse_marks(document.get_part_xml(part))
    tree = environment().parse(document.patch_xml(document.get_xml()))
    named = {node.name for node in tree.find_all(nodes.Name)}
    if named - code_by_name().keys() or any(not isinstance(node, ALLOWED) for node in tree.find_all(nodes.Node)):
        raise BadTemplate("模板里有不能用的写法，只能写变量的名称；请从“下载模板”重新开始修改")


def _refuse_marks(text: str) -> None:
    if MARKS.search(text):
        raise BadTemplate("页眉、页脚、批注和文件属性里不能写变量，变量只能写在正文里")


def _check_file(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise BadTemplate(f"模板不能超过 {MAX_BYTES // 1024 // 1024} 兆")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadTemplate("这是旧格式（.doc）或加密的文件，请另存为不加密的 .docx")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive)
    except UNREADABLE as error:
        raise BadTemplate("这不是 .docx 文件，请用 WPS 或 Word 另存为 .docx") from error


def _check_members(archive: zipfile.ZipFile) -> None:
    """Refuse a file that would unpack to more than a paper ever does."""
    members = archive.infolist()
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise BadTemplate("文件解开后太大，不像是一份单据")


def _check_parts(archive: zipfile.ZipFile) -> None:
    _check_members(archive)
    members = archive.infolist()
    names = {member.filename.lower() for member in members}
    if MAIN not in archive.namelist() or "[Content_Types].xml" not in archive.namelist():
        raise BadTemplate("这不是 .docx 文件，请用 WPS 或 Word 另存为 .docx")
    if len(names) < len(members):
        raise BadTemplate(MALFORMED)
    for name in names:
        if name.startswith("/") or ".." in name.split("/") or "\\" in name:
            raise BadTemplate("文件里有不正常的路径")
        if FOREIGN.search(name):
            raise BadTemplate("文件里有宏、控件或嵌入的对象，请去掉后再上传")
    for name in archive.namelist():
        if name.lower().endswith(XML):
            _check_xml(name, _read_part(archive, name))


def _read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """Unpack a part up to the limit. The sizes that a zip declares may be false."""
    with archive.open(name) as part:
        content = part.read(MAX_PART + 1)
    if len(content) > MAX_PART:
        raise BadTemplate(TOO_MUCH)
    return content


def _check_xml(name: str, content: bytes) -> None:
    root = _root_of(content)
    # Both parsed and raw: docxtpl compiles some parts one way, some the other.
    text = "".join((*root.itertext(), *(word for e in root.iter() for word in e.attrib.values()), content.decode()))
    _check_size(root, text)
    if b"macroEnabled" in content:
        raise BadTemplate("文件里有宏、控件或嵌入的对象，请去掉后再上传")
    if name != MAIN:
        _refuse_marks(text)
    # Word joins an instruction that is split over several elements.
    pieces = [e.text or "" for e in root.iter(f"{WORD}instrText")] + [e.get(f"{WORD}instr", "") for e in root.iter()]
    instruction = re.sub(r"\s", "", "".join(pieces)).upper()
    if found := FIELDS.search(instruction):
        raise BadTemplate(f"文件里有会取外部内容的域（{found[0]}），请去掉后再上传")
    for element in root.iter():
        _check_element(element)


def _root_of(content: bytes) -> Any:
    """Parse a part as XML. Only UTF-8, because libraries read other encodings differently."""
    declared = ENCODING.match(content)
    if b"\0" in content or (declared and declared[1].lower() not in (b"utf-8", b"utf8")):
        raise BadTemplate(MALFORMED)
    try:
        content.decode()
        return ElementTree.fromstring(content, forbid_dtd=True)
    except (DefusedXmlException, ElementTree.ParseError, UnicodeDecodeError) as error:
        raise BadTemplate(MALFORMED) from error


def _check_size(root: Any, text: str) -> None:
    """Refuse a part that would take docxtpl long to process."""
    paragraphs, elements = sum(1 for _ in root.iter(f"{WORD}p")), sum(1 for _ in root.iter())
    if paragraphs > MAX_PARAGRAPHS or elements > MAX_ELEMENTS or len(MARKS.findall(text)) > MAX_MARKS:
        raise BadTemplate(TOO_MUCH)


def _check_element(element: Any) -> None:
    space, _, tag = element.tag.rpartition("}")
    if element.get("TargetMode", "").lower() == "external" or (
        tag == "Relationship" and OUTSIDE.match(element.get("Target", ""))
    ):
        raise BadTemplate("文件链接到外面的文件或网址，请去掉链接后再上传")
    if tag in ("object", "control", "altChunk"):
        raise BadTemplate("文件里有宏、控件或嵌入的对象，请去掉后再上传")
    if f"{space}}}" == WORD and tag in TRACKED:
        raise BadTemplate("文件里有没有接受的修订，请先在 WPS 或 Word 里接受全部修订再上传")
    named = element.get("PartName") or f".{element.get('Extension', '')}"
    if element.get("ContentType", "").lower().endswith("xml") and not named.lower().endswith(XML):
        raise BadTemplate(MALFORMED)


def _tag_errors(text: str) -> Iterator[str]:
    """The errors in the tags of a paragraph, in Chinese."""
    if "｛" in text or "｝" in text:
        yield "有全角的花括号｛｛，请改成半角 {{ 和 }}"
    rest = TAG.sub("", text)
    if "{{" in rest or "}}" in rest or "{%" in rest or "%}" in rest:
        yield "花括号没有成对"
    for tag in TAG.findall(text):
        inner = tag[2:-2]
        if tag.startswith("{#"):
            continue
        if tag.startswith("{{"):
            yield from _expression_errors(inner)
            continue
        statement = STATEMENT.fullmatch(inner.strip("-+ "))
        if statement is None:
            yield f"不能用 {tag}，只能用 {{% if 变量 %}}、{{% else %}}、{{% endif %}}"
        elif statement["what"]:
            yield from _expression_errors(statement["what"])


def _expression_errors(expression: str) -> Iterator[str]:
    """The errors in one expression, which may only combine variables."""
    if len(expression) > MAX_EXPRESSION:
        yield f"“{expression.strip()[:SHOWN]}…”太长，只能写变量的名称"
        return
    try:
        tree = environment().parse(f"{{{{ {expression} }}}}")
    except TemplateError:
        yield f"看不懂“{expression.strip()}”"
        return
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, ALLOWED):
            yield f"“{expression.strip()}”里只能写变量的名称"
            return
    known = code_by_name()
    for name in tree.find_all(nodes.Name):
        if name.name not in known:
            yield f"没有“{name.name}”这个变量，可用的变量见本页"


def _in_chinese(error: TemplateError) -> str:
    """A Chinese hint for an error of Jinja; after the checks above only unpaired blocks are left."""
    return "{% if %} 和 {% endif %} 没有成对" if "end" in str(error).lower() else "请检查花括号里的内容"
