"""Export of the full ledger compared with a lower bound: the same cells as hand-made XML, including the query.

`python -m bench.exports [--rows N] [--rounds N] [--postgresql URL]` prints for the lower bound, our
writer and plain XlsxWriter in constant memory: time as a ratio, and peak memory, each in its own process.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import Engine, func, insert, select
from xlsxwriter.utility import xl_col_to_name

from excel.definitions import LEDGER, LEDGER_KEYS, Book, LedgerSheet
from excel.row_xml import _serial
from excel.styles import Styles, write_cell
from excel.write import write_book
from models.ledger import LedgerEntry, LedgerMonth, MonthState, Outcome
from models.places import County
from seed.load import load_counties
from services.kernel.actor import SYSTEM
from services.kernel.schema import upgrade
from services.kernel.transaction import open_engine, open_session, working
from services.ledgers import workbooks

ROUNDS = 3
BATCH = 10_000
DAY = date(2026, 11, 21)


def filled(url: str, rows: int) -> None:
    """Create a ledger month of so many rows with every column filled, unless there is one."""
    engine = open_engine(url)
    upgrade(engine)
    with working(engine, SYSTEM) as session:
        load_counties(session)
        if session.scalar(select(func.count(LedgerMonth.id))):
            return
        county = session.scalars(select(County).where(County.code == "410823")).one()
        month = LedgerMonth(county_id=county.id, month="2026-10", state=MonthState.OPEN)
        session.add(month)
        session.flush()
        for start in range(0, rows, BATCH):
            batch = [_row(county.id, month.id, n) for n in range(start, min(start + BATCH, rows))]
            session.execute(insert(LedgerEntry), batch)
    engine.dispose()


def _row(county_id: int, month_id: int, n: int) -> dict[str, Any]:
    return {
        "county_id": county_id,
        "month_id": month_id,
        "number": f"武帮代办〔2026〕{n:07d}号",
        "accepted_on": DAY,
        "channel": "窗口",
        "mode": "现场",
        "applicant": f"武陟县第{n % 5000}食品有限公司",
        "handler": f"经办人{n % 900}",
        "phone": f"139{n % 10**8:08d}",
        "project_name": f"年产{n % 800}万吨面粉生产线及配套冷链物流项目",
        "project_code": "2304-410823-04-01-123451",
        "investment": 1000 + n % 90000,
        "is_key": n % 7 == 0,
        "category": "项目建设手续",
        "items": "项目立项、规划、环评",
        "departments": "发展改革委、自然资源局、生态环境分局",
        "agent": f"全科代办员{n % 9}",
        "officer": f"首席服务员{n % 30}",
        "limit": "20 个工作日",
        "due_on": DAY,
        "state": "办理中",
        "progress": f"第{n}件：已报送，等待部门现场踏勘",
        "approved_on": DAY,
        "delivery": "2026-11-20 上门专送",
        "closed_on": DAY,
        "overdue": n % 50 == 0,
        "rating": "非常满意",
        "remark": None,
        "outcome": Outcome.OPEN,
        "received_here": True,
        "late": False,
        "handwritten": False,
        "version": 1,
    }


def entries(engine: Engine) -> Iterator[Any]:
    """The rows, queried as the program does."""
    columns = [getattr(LedgerEntry, key) for key in LEDGER_KEYS]
    with open_session(engine, SYSTEM, write=False) as session:
        statement = select(*columns).order_by(LedgerEntry.accepted_on, LedgerEntry.number, LedgerEntry.id)
        yield from session.execute(statement.execution_options(yield_per=1000))


def floor(engine: Engine, path: Path) -> None:
    """The lower bound: write the XML of one sheet by hand directly into the zip file."""
    letters = [xl_col_to_name(n) for n in range(len(LEDGER) + 1)]
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as book,
        book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet,
    ):
        sheet.write(b"<worksheet><sheetData>")
        for n, values in enumerate(entries(engine), 1):
            cells = [f'<c r="A{n}" s="1"><v>{n}</v></c>', *_cells(letters, n, values)]
            sheet.write(f'<row r="{n}">{"".join(cells)}</row>'.encode())
        sheet.write(b"</sheetData></worksheet>")


def _cells(letters: list[str], n: int, values: Any) -> Iterator[str]:
    for letter, value in zip(letters[1:], values[:-2], strict=True):
        if value is None:
            yield f'<c r="{letter}{n}" s="1"/>'
        elif isinstance(value, str):
            yield f'<c r="{letter}{n}" s="1" t="inlineStr"><is><t>{escape(value, quote=False)}</t></is></c>'
        elif isinstance(value, bool):
            yield f'<c r="{letter}{n}" s="1" t="inlineStr"><is><t>{"是" if value else "否"}</t></is></c>'
        elif isinstance(value, date):
            yield f'<c r="{letter}{n}" s="1"><v>{_serial(value)}</v></c>'
        else:
            yield f'<c r="{letter}{n}" s="1"><v>{float(value)}</v></c>'


def ours(engine: Engine, path: Path) -> None:
    """The ledger as exported, without 统计, which the lower bound does not have."""
    with open_session(engine, SYSTEM, write=False) as session:
        month = session.scalars(select(LedgerMonth)).one()
        sheet = LedgerSheet("台账", "工作台账（2026年10月）", LEDGER, workbooks.entries(session, month, masked=False))
        write_book(path, Book(sheet.title, "填报单位", DAY, [sheet]))


def plain(engine: Engine, path: Path) -> None:
    """XlsxWriter in constant memory, cell by cell."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    styles, sheet = Styles(book), book.add_worksheet()
    formats = [styles.of(c.look) for c in LEDGER]
    for n, values in enumerate(entries(engine)):
        sheet.write_number(n, 0, n, styles.integer)
        for column, (value, style) in enumerate(zip(values[:-2], formats, strict=True), 1):
            write_cell(sheet, n, column, value, style)
    book.close()


WRITERS = {"floor": floor, "ours": ours, "plain": plain}


def peak_mb() -> float:
    """The peak memory of this process; `getrusage` would include its parent's."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def run_one(name: str, url: str) -> None:
    """Write once (in a separate process) and print seconds, peak memory in MB and the file's size."""
    engine = open_engine(url)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.xlsx"
        start = time.perf_counter()
        WRITERS[name](engine, path)
        seconds = time.perf_counter() - start
        print(f"{seconds:.3f} {peak_mb():.1f} {path.stat().st_size / 1e6:.1f}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is tried; the best counts")
    parser.add_argument("--postgresql", help="address of an empty database, instead of SQLite")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.one:
        run_one(*wanted.one)
        return
    with tempfile.TemporaryDirectory() as folder:
        url = wanted.postgresql or f"sqlite:///{folder}/ledger.db"
        filled(url, wanted.rows)
        print(f"{wanted.rows} rows of {len(LEDGER) + 1} columns")
        print(f"{'writer':<8}{'÷ floor':>10}{'peak MB':>10}{'file MB':>10}{'rows/s':>10}")
        runs: dict[str, list[tuple[float, ...]]] = {name: [] for name in WRITERS}
        for _ in range(wanted.rounds):
            for name in WRITERS:
                command = [sys.executable, "-m", "bench.exports", "--one", name, url]
                told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                runs[name].append(tuple(map(float, told.split())))
        base = min(seconds for seconds, _, _ in runs["floor"])
        for name, found in runs.items():
            seconds, peak, size = min(found)
            print(f"{name:<8}{seconds / base:>10.2f}{peak:>10.0f}{size:>10.1f}{wanted.rows / seconds:>10.0f}")


if __name__ == "__main__":
    main()
