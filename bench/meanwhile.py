"""Response time of a list while three exports run, compared with an idle server.

`python -m bench.meanwhile [--rows N]` serves a ledger of N rows, requests a list a hundred times, starts three
exports of all rows, and requests the list until they have ended.
"""

from __future__ import annotations

import argparse
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from sqlalchemy import func, insert, select

from bench.exports import _row
from models.ledger import LedgerEntry, LedgerMonth
from models.people import User
from models.tasks import UNFINISHED, BackgroundTask
from services.kernel.actor import SYSTEM
from services.kernel.transaction import open_engine, open_session, working
from services.transfer import background_tasks
from services.transfer.exports import ListExport
from settings import child_environment

ROOT = Path(__file__).parent.parent
PASSWORD = "Bench-pass-2026"
ASKED = 100
PAGES = ("project/", "ledger_entry/?page_size=50")


def served(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start the program with demo data; return the process and its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = child_environment(DATA_DIR=str(folder), PORT=str(port), DEMO_PASSWORD=PASSWORD)
    program = subprocess.Popen([sys.executable, "app.py", "run"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    while program.poll() is None:
        try:
            build_opener().open(f"{url}/healthz", timeout=5).read()
            return program, url
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the program did not start")


def logged_in(url: str) -> OpenerDirector:
    """An HTTP client that is logged in."""
    opener = build_opener(HTTPCookieProcessor())
    page = opener.open(f"{url}/login").read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    form = {"username": "wuzhi.office", "password": PASSWORD, "csrf_token": token[1]}
    opener.open(f"{url}/login", urlencode(form).encode()).read()
    return opener


def asked(opener: OpenerDirector, address: str, go_on: Callable[[int], bool]) -> list[float]:
    """Milliseconds of each response, while `go_on(number of responses)` is true."""
    times: list[float] = []
    while go_on(len(times)):
        start = time.perf_counter()
        opener.open(address).read()
        times.append((time.perf_counter() - start) * 1000)
    return times


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        program, url = served(Path(name))
        engine = open_engine(f"sqlite:///{name}/office.db")
        try:
            with working(engine, SYSTEM) as session:
                month = session.scalars(
                    select(LedgerMonth).where(LedgerMonth.county.has(slug="wuzhi")).order_by(LedgerMonth.month.desc())
                ).first()
                assert month is not None
                session.execute(insert(LedgerEntry), [_row(month.county_id, month.id, n) for n in range(rows)])
            opener = logged_in(url)

            def running() -> int:
                with open_session(engine, SYSTEM, write=False) as session:
                    unfinished = select(func.count(BackgroundTask.id)).where(BackgroundTask.state.in_(UNFINISHED))
                    return session.scalar(unfinished) or 0

            print(f"{'page':<28}{'alone ms':>10}{'meanwhile ms':>14}{'÷':>7}{'95 %':>8}{'answers':>9}")
            for page in PAGES:
                alone = asked(opener, f"{url}/admin/{page}", lambda n: n < ASKED)
                with open_session(engine, SYSTEM, write=False) as session:
                    user = session.scalars(select(User).where(User.username == "wuzhi.office")).one()
                    who = background_tasks.actor_of_user(session, user.id)
                export = ListExport("ledger_entry", ("number", "applicant", "items", "progress"))
                with working(engine, who) as session:
                    for n in range(3):
                        background_tasks.queue(
                            session, replace(export, query=f"search={'' if not n else '号'}&page={n}")
                        )
                time.sleep(2)
                times = asked(opener, f"{url}/admin/{page}", lambda n: n < 20 or running() > 0)
                low, high = statistics.median(alone), statistics.median(times)
                late = sorted(times)[int(len(times) * 0.95)]
                print(f"{page:<28}{low:>10.1f}{high:>14.1f}{high / low:>7.2f}{late:>8.1f}{len(times):>9}")
        finally:
            program.terminate()
            program.wait(timeout=20)
            engine.dispose()


if __name__ == "__main__":
    main()
