"""What a reader of cells needs of a workbook: its sheets, its strings, which number formats are dates.

Everything else in the file (colours, fills, alignments, document properties) may be as odd as it
likes: it is never opened. Strict and transitional Open XML, part names in any case, with backslashes
or of any name are read alike, because parts are found by the kind of their relation.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Protocol

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

#: Built-in formats of Chinese editions, which the library's table leaves out: all of them are dates.
CHINESE_DATES = frozenset({*range(27, 37), *range(50, 59)})
#: Places behind the point of a plain number format: 0.00, #,##0.00.
DECIMALS = re.compile(r"[#0]\.(0+)(?![0#?])")
NOT_PLAIN = re.compile(r"[%Ee/]")
GENERAL = "General"


class BrokenPart(Exception):
    """A part that the cells need cannot be read; str(error) names it in Chinese."""


class UnsafePart(Exception):
    """A part declares entities or a document type."""


@dataclass(frozen=True)
class NumberFormat:
    """How a cell shows its number: as a date, as a span of time, or with so many places behind the point."""

    is_date: bool = False
    is_span: bool = False
    decimals: int | None = None


@dataclass(frozen=True)
class SheetPart:
    """A worksheet: its name, the part that holds it, whether it is shown."""

    name: str
    part: str
    visible: bool


def local_name(tag: Any) -> str:
    """The name of an element or attribute without its namespace."""
    return str(tag).rpartition("}")[2]


class Readable(Protocol):
    """What a part is read from."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; none at the end."""


def events(stream: Readable, part: str, tags: tuple[str, ...]) -> Iterator[Any]:
    """The elements of these local names as they end; nothing is fetched, no entity is resolved.

    Raises `BrokenPart` when the part is no XML, `UnsafePart` when it has a document type.
    """
    context = etree.iterparse(
        stream,
        events=("end",),
        tag=tuple(f"{{*}}{tag}" for tag in tags),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    try:
        for _, element in context:
            yield element
        if context.root is not None and context.root.getroottree().docinfo.internalDTD is not None:
            raise UnsafePart
    except etree.XMLSyntaxError as error:
        raise BrokenPart(f"文件的“{part}”部分损坏") from error


class WorkbookParts:
    """The parts of an open archive, found by their relations."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members = {_plain(name): name for name in archive.namelist()}
        self.workbook = self._workbook()
        self._related = dict(self._relations(self.workbook)) if self.workbook else {}
        self.date1904 = False
        self.sheets: list[SheetPart] = []
        if self.workbook:
            self._read_workbook()

    def open(self, part: str) -> IO[bytes]:
        """The part as a stream; the caller knows that it is there."""
        return self._archive.open(self._members[_plain(part)])

    def has(self, part: str) -> bool:
        """Whether the archive holds the part."""
        return _plain(part) in self._members

    def strings(self) -> list[str]:
        """The strings that cells share; none where the workbook has none."""
        part = self._of_kind("sharedStrings")
        if part is None:
            return []
        found = []
        with self.open(part) as stream:
            for item in events(stream, "共享文字", ("si",)):
                found.append(text_of(item))
                forget(item)
        return found

    def formats(self) -> list[NumberFormat]:
        """The number format of each style that a cell may have."""
        part = self._of_kind("styles")
        if part is None:
            return []
        codes = {int(key): str(code) for key, code in BUILTIN_FORMATS.items()}
        found: list[NumberFormat] = []
        with self.open(part) as stream:
            for element in events(stream, "样式", ("numFmt", "cellXfs")):
                if local_name(element.tag) == "numFmt":
                    codes[_number(element.get("numFmtId"))] = element.get("formatCode") or GENERAL
                else:
                    found = [_format(_number(xf.get("numFmtId")), codes) for xf in element]
        return found

    def _workbook(self) -> str | None:
        """The main part: the one that the package names, whatever it is called."""
        for _, kind, target in self._targets("", "_rels/.rels"):
            if kind == "officeDocument" and self.has(target):
                return target if self._root(target) == "workbook" else None
        return None

    def _root(self, part: str) -> str:
        with self.open(part) as stream:
            try:
                for _, element in etree.iterparse(stream, events=("start",), resolve_entities=False, no_network=True):
                    return local_name(element.tag)
            except etree.XMLSyntaxError:
                return ""
        return ""

    def _read_workbook(self) -> None:
        with self.open(self.workbook or "") as stream:
            for element in events(stream, "工作簿", ("workbookPr", "sheet")):
                if local_name(element.tag) == "workbookPr":
                    self.date1904 = element.get("date1904") in {"1", "true"}
                    continue
                related = next((v for k, v in element.attrib.items() if local_name(k) == "id"), "")
                kind, target = self._related.get(related, ("", ""))
                visible = element.get("state", "visible") == "visible"
                if kind == "worksheet" and (visible or self.has(target)):
                    self.sheets.append(SheetPart(element.get("name") or "", target, visible))

    def _relations(self, part: str) -> Iterator[tuple[str, tuple[str, str]]]:
        folder, name = posixpath.split(_slashes(part))
        for key, kind, target in self._targets(folder, posixpath.join(folder, "_rels", f"{name}.rels")):
            yield key, (kind, target)

    def _targets(self, folder: str, relations: str) -> Iterator[tuple[str, str, str]]:
        """(id, kind, part) of each relation inside the package."""
        if not self.has(relations):
            return
        with self.open(relations) as stream:
            for element in events(stream, "关系", ("Relationship",)):
                if element.get("TargetMode") == "External":
                    continue
                target = _slashes(element.get("Target") or "")
                whole = target if target.startswith("/") else posixpath.join(folder, target)
                kind = (element.get("Type") or "").rpartition("/")[2]
                yield element.get("Id") or "", kind, posixpath.normpath(whole).lstrip("/")

    def _of_kind(self, kind: str) -> str | None:
        return next((part for k, part in self._related.values() if k == kind and self.has(part)), None)


def text_of(item: Any) -> str:
    """The text of a string item: its runs without the readings of East Asian words."""
    return "".join(_texts(item))


def _texts(item: Any) -> Iterable[str]:
    for child in item:
        name = local_name(child.tag)
        if name == "t":
            yield child.text or ""
        elif name == "r":
            yield from _texts(child)


def forget(element: Any) -> None:
    """Free an element that was read, and those before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _slashes(name: str) -> str:
    return name.replace("\\", "/")


def _plain(name: str) -> str:
    """A part's name as it is compared: any case, any slash, none in front."""
    return _slashes(name).lstrip("/").lower()


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _format(number: int, codes: dict[int, str]) -> NumberFormat:
    if number in CHINESE_DATES and number not in codes:
        return NumberFormat(is_date=True)
    code = codes.get(number, GENERAL)
    if is_timedelta_format(code):
        return NumberFormat(is_span=True)
    if is_date_format(code):
        return NumberFormat(is_date=True)
    plain = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.', "", code.partition(";")[0])
    if NOT_PLAIN.search(plain) or code == GENERAL:
        return NumberFormat()
    found = DECIMALS.search(plain)
    return NumberFormat(decimals=len(found[1]) if found else 0 if re.search(r"[#0]", plain) else None)
