"""The only reader of workbooks. It runs in a child process with limits, so that no file can harm the server.

`python -m excel.read SOURCE TARGET LIMITS` is that child; `read_sheet()` starts it.
"""

from __future__ import annotations

import json
import logging
import re
import signal
import subprocess  # nosec B404 # our own interpreter with a fixed command
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from excel.sheet_cells import SheetCells
from excel.workbook_parts import BrokenPart, UnsafePart, WorkbookParts
from settings import child_environment

log = logging.getLogger(__name__)

#: What a member of the archive gives away about the file, and what to do then.
FOREIGN = {
    "vbaproject.bin": "文件带有宏，不能导入；请另存为不带宏的 .xlsx",
    "xl/workbook.bin": "是二进制的 .xlsb 文件，请在 Excel 中另存为 .xlsx 再上传",
    "content.xml": "是 OpenDocument（.ods）文件，请另存为 .xlsx 再上传",
}
KB, MB = 1024, 1024 * 1024
ROOT = Path(__file__).parent.parent
OLE, ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")
MAX_MEMBERS = 2_000
#: The flag of a member that the archive keeps encrypted.
ENCRYPTED_MEMBER = 1
#: Exit status when the child printed why it stopped; any other status is an unexpected failure.
REFUSED = 3
#: Exit status when the system stopped the child at its limit of processor time; Windows has no such limit.
OUT_OF_TIME = -getattr(signal, "SIGXCPU", sys.maxsize)
AGAIN = "请用 Excel 或 WPS 打开后另存为 .xlsx 再试"
BROKEN = f"文件无法读取，可能已损坏；{AGAIN}"
TOO_SLOW = "文件太大或太复杂，{} 秒内没有读完；请拆成几个文件导入"
LOCKED = "文件设了打开密码，请去掉密码后再上传"
UNSAFE = "文件内容不安全（含有实体声明），不能导入"
NO_WORKBOOK = "不是 Excel 工作簿（.xlsx）；请用 Excel 或 WPS 打开后另存为 .xlsx"


@dataclass(frozen=True)
class Limits:
    """Limits for reading one workbook: seconds, bytes of memory, bytes unpacked, rows, columns.

    `seconds` is processor time, so that a busy server refuses no file that an idle one takes. `patience` is
    clock time, for a system that cannot limit processor time.
    """

    seconds: int = 20
    patience: int = 120
    memory: int = 400 * MB
    unpacked: int = 200 * MB
    rows: int = 50_000
    columns: int = 200


#: The limits of every workbook that is read without limits of its own.
LIMITS = Limits()


class Unreadable(Exception):
    """The file cannot be read as a workbook; str(error) says what to do."""


@dataclass(frozen=True)
class Formula:
    """A cell that holds a formula, not a value."""

    text: str


@dataclass(frozen=True)
class CellError:
    """A cell that shows an error: #N/A."""

    text: str


@dataclass(frozen=True)
class Number:
    """A number that is shown in another way than it is held.

    `decimals`: places behind the point that the cell shows, where it holds more. `date1904`: the
    workbook counts days from 1904, so that this number means another day than in other workbooks.
    """

    value: int | float
    decimals: int | None
    date1904: bool


Cell = None | bool | int | float | str | date | datetime | Formula | CellError | Number


@dataclass(frozen=True)
class SheetRead:
    """The sheet that was read: its name, how many rows have content, how many columns.

    `hidden`: how many of the rows a filter or a hand has hidden; `others`: the names of the other
    visible sheets that have content; `merged`: ranges merged over several rows, each as first row,
    last row, first column, last column, columns counted from 1.
    """

    name: str
    rows: int
    columns: int
    hidden: int
    others: list[str]
    merged: list[tuple[int, int, int, int]]


def read_sheet(source: Path, target: Path, limits: Limits | None = None, *, sheet: str | None = None) -> SheetRead:
    """Read a visible sheet, the first one unless `sheet` names another, into `target`, a file of JSON lines.

    Raises `Unreadable`.
    """
    limits = limits or LIMITS
    _check_first_bytes(source)
    command = [sys.executable, "-m", "excel.read", str(source), str(target), json.dumps(asdict(limits)), sheet or ""]
    kept = child_environment(only=("PATH", "SYSTEMROOT", "TEMP", "TMP"))
    try:
        done = subprocess.run(  # noqa: S603 # nosec B603 # no shell, nothing of the user's in it
            command, cwd=ROOT, env=kept, capture_output=True, timeout=limits.patience, check=False
        )
        if done.returncode == OUT_OF_TIME:
            raise Unreadable(TOO_SLOW.format(limits.seconds))
        return SheetRead(**json.loads(_result_of(done)))
    except subprocess.TimeoutExpired as error:
        target.unlink(missing_ok=True)
        raise Unreadable(TOO_SLOW.format(limits.patience)) from error
    except Unreadable:
        target.unlink(missing_ok=True)
        raise


def _result_of(done: subprocess.CompletedProcess[bytes]) -> str:
    said = done.stdout.decode("utf-8", "replace")
    if done.returncode == 0:
        return said
    if done.returncode == REFUSED:
        raise Unreadable(said)
    log.warning("excel.read ended with %s: %s", done.returncode, done.stderr.decode("utf-8", "replace")[-2000:])
    raise Unreadable(BROKEN)


def rows_of(target: Path) -> Iterator[tuple[int, list[Cell]]]:
    """Yield (row number in Excel, cells) from the file that `read_sheet` wrote; blank rows are left out."""
    with target.open(encoding="utf-8") as lines:
        for line in lines:
            number, cells = json.loads(line)
            yield number, [_unpack(cell) for cell in cells]


def _unpack(cell: Any) -> Cell:
    if not isinstance(cell, list):
        return cell  # type: ignore[no-any-return]
    kinds: dict[str, Any] = {
        "d": date.fromisoformat,
        "t": datetime.fromisoformat,
        "f": Formula,
        "e": CellError,
        "n": Number,
    }
    kind, *values = cell
    return kinds[kind](*values)  # type: ignore[no-any-return]


def _check_first_bytes(source: Path) -> None:
    """Check what can be checked without opening the archive."""
    with source.open("rb") as file:
        head = file.read(8)
        if not head:
            raise Unreadable("文件是空的")
        if head == OLE:
            locked = ENCRYPTED in head + file.read(MB)
            raise Unreadable(LOCKED if locked else "是旧版 .xls 文件，请在 Excel 或 WPS 中另存为 .xlsx 再上传")
    if not zipfile.is_zipfile(source):
        text = not head.startswith(b"PK") and all(byte >= 0x20 or byte in b"\t\r\n" for byte in head)
        raise Unreadable(
            "是文本、CSV 或网页改名而来的，不是 Excel 工作簿；请用 Excel 或 WPS 打开后另存为 .xlsx" if text else BROKEN
        )


# From here on the code runs in the child.


def main(source: Path, target: Path, limits: Limits, sheet: str | None) -> None:
    """Read the workbook within the limits; print what was read, or why it cannot be."""
    _limit(limits)
    try:
        _check_archive(source, limits)
        print(json.dumps(asdict(_read(source, target, limits, sheet))))
    except Unreadable as error:
        _refuse(str(error))
    except BrokenPart as error:
        _refuse(f"{error}；{AGAIN}")
    except UnsafePart:
        _refuse(UNSAFE)
    except MemoryError:
        _refuse("文件太大，内存不够；请拆成几个文件导入")


def _refuse(reason: str) -> None:
    sys.stdout.buffer.write(reason.encode())
    sys.exit(REFUSED)


def _limit(limits: Limits) -> None:
    """Limit memory and time of this process. Windows does not support it."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))


def _check_archive(source: Path, limits: Limits) -> None:
    """Refuse macros, XML entities and too much content. Sizes are measured: the archive's directory may lie."""
    with zipfile.ZipFile(source) as archive:
        members = archive.infolist()
        names = [m.filename.lower().replace("\\", "/") for m in members]
        for ending, said in FOREIGN.items():
            if any(name.endswith(ending) for name in names):
                raise Unreadable(said)
        if any(member.flag_bits & ENCRYPTED_MEMBER for member in members):
            raise Unreadable(LOCKED)
        if len(members) > MAX_MEMBERS:
            raise Unreadable(BROKEN)
        left = limits.unpacked
        for member in members:
            with archive.open(member) as stream:
                left -= _unpacked_size(stream, left, xml=member.filename.lower().endswith((".xml", ".rels")))


def _unpacked_size(stream: IO[bytes], most: int, *, xml: bool) -> int:
    """The unpacked size of the member; refuses more than `most` bytes, and a document type in XML."""
    size, tail = 0, b""
    while block := stream.read(MB):
        size += len(block)
        if size > most:
            raise Unreadable("文件解压后太大，不能导入；请删去图片和空白的行列，或拆成几个文件")
        if xml and re.search(rb"<!(?:DOCTYPE|ENTITY)", (tail + block).replace(b"\x00", b"")):
            raise Unreadable(UNSAFE)
        tail = block[-16:]
    return size


def _read(source: Path, target: Path, limits: Limits, wanted: str | None) -> SheetRead:
    with zipfile.ZipFile(source) as archive:
        parts = WorkbookParts(archive)
        if parts.workbook is None:
            raise Unreadable(NO_WORKBOOK)
        sheets = [sheet for sheet in parts.sheets if sheet.visible]
        if not sheets:
            raise Unreadable("工作簿里没有可以导入的工作表")
        chosen = next((sheet for sheet in sheets if sheet.name == wanted), sheets[0])
        cells = SheetCells(parts)
        rows, columns, hidden = 0, 0, 0
        with target.open("w", encoding="utf-8") as out:
            for row in cells.rows(chosen):
                rows, columns, hidden = rows + 1, max(columns, max(row.cells)), hidden + row.hidden
                if rows > limits.rows:
                    raise Unreadable(f"“{chosen.name}”超过 {limits.rows} 行，请拆成几个文件导入")
                if columns > limits.columns:
                    raise Unreadable(f"超过 {limits.columns} 列，请删去右边多余的列（可能有误填的单元格）")
                line = [row.cells.get(column) for column in range(1, max(row.cells) + 1)]
                out.write(json.dumps([row.number, line], ensure_ascii=False) + "\n")
        merged = cells.merged
        others = [s.name for s in sheets if s is not chosen and any(True for _ in islice(cells.rows(s), 1))]
        return SheetRead(chosen.name, rows, columns, hidden, others, merged)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Limits(**json.loads(sys.argv[3])), sys.argv[4] or None)
