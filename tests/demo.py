"""The demo data in a file, made once for each test run and copied."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from seed.accounts import make_accounts
from seed.demo import load_demo
from seed.load import load_counties
from services.kernel.actor import SYSTEM
from services.kernel.schema import upgrade
from services.kernel.transaction import open_engine, working

PASSWORD = "Demo-pass-2026"
DAY = date(2026, 11, 20)


def make_demo(path: Path, today: date) -> None:
    """Fill a new SQLite file by the migrations and the seeds, as `make run` does."""
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    with working(engine, SYSTEM) as session:
        load_counties(session)
    with working(engine, SYSTEM) as session:
        make_accounts(session, PASSWORD)
    load_demo(engine, today)
    engine.dispose()


def copy_of(path: Path, folder: Path) -> Path:
    """Copy a SQLite file together with its write-ahead log."""
    copy = folder / "demo.db"
    for suffix in ("", "-wal"):
        if Path(f"{path}{suffix}").exists():
            shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")
    return copy
