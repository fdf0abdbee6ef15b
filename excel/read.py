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
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import IO, Any

from settings import child_environment

log = logging.getLogger(__name__)

KB, MB = 1024, 1024 * 1024
ROOT = Path(__file__).parent.parent
OLE, ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")
MAX_MEMBERS = 2_000
#: Exit status when the child printed why it stopped; any other status is an unexpected failure.
REFUSED = 3
#: Exit status when the system stopped the child at its limit of processor time; Windows has no such limit.
OUT_OF_TIME = -getattr(signal, "SIGXCPU", sys.maxsize)
#: How many rows at the top of a further sheet are searched for content.
LOOKED_AT = 100
#: How a workbook writes a control character, which XML cannot hold.
ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f])_")
BROKEN = "文件无法读取，可能已损坏；请用 Excel 或 WPS 打开后另存为 .xlsx 再试"
TOO_SLOW = "文件太大或太复杂，{} 秒内没有读完；请拆成几个文件导入"


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


Cell = None | bool | int | float | str | date | datetime | Formula | CellError


@dataclass(frozen=True)
class SheetRead:
    """The first visible sheet: its name, number of rows with content, number of columns.

    `hidden`: how many of those rows are hidden, by a filter or by hand. `others`: names of the other
    visible sheets with content.
    """

    name: str
    rows: int
    columns: int
    hidden: int
    others: list[str]


def read_sheet(source: Path, target: Path, limits: Limits | None = None) -> SheetRead:
    """Read the first visible sheet into `target`, a file of JSON lines. Raises `Unreadable`."""
    limits = limits or LIMITS
    _check_first_bytes(source)
    command = [sys.executable, "-m", "excel.read", str(source), str(target), json.dumps(asdict(limits))]
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
    }
    kind, text = cell
    return kinds[kind](text)  # type: ignore[no-any-return]


def _check_first_bytes(source: Path) -> None:
    """Check what can be checked without opening the archive."""
    with source.open("rb") as file:
        head = file.read(8)
        if not head:
            raise Unreadable("文件是空的")
        if head == OLE:
            locked = ENCRYPTED in head + file.read(MB)
            raise Unreadable(
                "文件设了打开密码，请去掉密码后再上传"
                if locked
                else "是旧版 .xls 文件，请在 Excel 或 WPS 中另存为 .xlsx 再上传"
            )
    if not zipfile.is_zipfile(source):
        text = not head.startswith(b"PK") and all(byte >= 0x20 or byte in b"\t\r\n" for byte in head)
        raise Unreadable(
            "是文本、CSV 或网页改名而来的，不是 Excel 工作簿；请用 Excel 或 WPS 打开后另存为 .xlsx" if text else BROKEN
        )


# From here on the code runs in the child.


def main(source: Path, target: Path, limits: Limits) -> None:
    """Read the workbook within the limits; print what was read, or why it cannot be."""
    _limit(limits)
    try:
        _check_archive(source, limits)
        print(json.dumps(asdict(_read(source, target, limits))))
    except Unreadable as error:
        sys.stdout.buffer.write(str(error).encode())
        sys.exit(REFUSED)
    except MemoryError:
        sys.stdout.buffer.write("文件太大，内存不够；请拆成几个文件导入".encode())
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
        names = {m.filename for m in members}
        if "[Content_Types].xml" not in names or not any(n.endswith("workbook.xml") for n in names):
            raise Unreadable("不是 Excel 工作簿（.xlsx）；请用 Excel 或 WPS 打开后另存为 .xlsx")
        if any(n.lower().endswith("vbaproject.bin") for n in names):
            raise Unreadable("文件带有宏，不能导入；请另存为不带宏的 .xlsx")
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
            raise Unreadable("文件内容不安全（含有实体声明），不能导入")
        tail = block[-16:]
    return size


def _read(source: Path, target: Path, limits: Limits) -> SheetRead:
    from openpyxl import load_workbook
    from openpyxl.xml import DEFUSEDXML

    if not DEFUSEDXML:
        raise RuntimeError("defusedxml is not in use")
    book = load_workbook(source, read_only=True, data_only=False, keep_links=False)
    sheets = [s for s in book.worksheets if s.sheet_state == "visible" and hasattr(s, "reset_dimensions")]
    if not sheets:
        raise Unreadable("工作簿里没有可以导入的工作表")
    sheet, *others = sheets
    sheet.reset_dimensions()
    rows, columns, hidden = 0, 0, 0
    with target.open("w", encoding="utf-8") as out:
        for cells, shown in _sparse_rows(sheet):
            packed = {c.column: p for c in cells if (p := _pack(c)) is not None}
            if not packed:
                continue
            width = max(packed)
            rows, columns, hidden = rows + 1, max(columns, width), hidden + (not shown)
            if rows > limits.rows:
                raise Unreadable(f"超过 {limits.rows} 行，请拆成几个文件导入")
            if columns > limits.columns:
                raise Unreadable(f"超过 {limits.columns} 列，请删去右边多余的列（可能有误填的单元格）")
            number = next(c.row for c in cells if c.column in packed)
            row = [packed.get(column) for column in range(1, width + 1)]
            out.write(json.dumps([number, row], ensure_ascii=False) + "\n")
    return SheetRead(sheet.title, rows, columns, hidden, [s.title for s in others if _has_content(s)])


def _has_content(sheet: Any) -> bool:
    """Whether the top of the sheet has content; older Excel added two empty sheets to each workbook."""
    return any(_pack(cell) is not None for cells, _ in islice(_sparse_rows(sheet), LOOKED_AT) for cell in cells)


def _sparse_rows(sheet: Any) -> Iterator[tuple[list[Any], bool]]:
    """Yield the cells present in each row, and whether the row is visible.

    The library pads its rows to the last column of the sheet. A hostile file can make that sixteen
    thousand columns for each of a million rows.
    """
    from openpyxl.worksheet._read_only import ReadOnlyCell
    from openpyxl.worksheet._reader import WorkSheetParser

    with sheet._get_source() as stream:
        parser = WorkSheetParser(
            stream,
            sheet._shared_strings,
            data_only=False,
            epoch=sheet.parent.epoch,
            date_formats=sheet.parent._date_formats,
            timedelta_formats=sheet.parent._timedelta_formats,
        )
        for number, cells in parser.parse():
            looks = parser.row_dimensions.pop(str(number), {})
            yield [ReadOnlyCell(sheet, **cell) for cell in cells], looks.get("hidden") not in ("1", "true")


def _pack(cell: Any) -> Any:
    """A cell as a JSON value; None when it is empty."""
    value = cell.value
    if value is None or value == "":
        return None
    if cell.data_type == "f":
        return ["f", str(getattr(value, "text", value))[:500]]
    if cell.data_type == "e":
        return ["e", str(value)]
    if isinstance(value, datetime):
        return ["d", value.date().isoformat()] if value.time() == time() else ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, (bool, int, float)):
        return value
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value)).replace("\r", "")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Limits(**json.loads(sys.argv[3])))
