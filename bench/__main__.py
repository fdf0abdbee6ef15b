"""Speed of lists, as ratios within one run, because absolute times depend on the machine.

`python -m bench [--cases N]` fills its own database in a temporary folder. For each list it prints the
ratio of the whole HTTP response to the raw SQL of the same ids, and of a page of N rows to a page of few.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from app import create_app
from bench.clock import median_ms
from seed.accounts import make_accounts
from seed.demo import load_demo
from seed.load import load_counties
from services.kernel.actor import SYSTEM
from services.kernel.schema import upgrade
from services.kernel.transaction import open_engine, working
from settings import read_settings

PASSWORD = "Bench-pass-2026"  # nosec B105  # for a temporary database
LISTS = ("enterprise", "project", "service_case", "case_step", "ledger_entry")


def filled(folder: Path, cases: int) -> Engine:
    """A database with so many cases in total."""
    engine = open_engine(f"sqlite:///{folder / f'{cases}.db'}")
    upgrade(engine)
    with working(engine, SYSTEM) as session:
        load_counties(session)
    with working(engine, SYSTEM) as session:
        make_accounts(session, PASSWORD)
    load_demo(engine, date(2026, 11, 21), cases=cases)
    return engine


def client_for(engine: Engine, folder: Path) -> FlaskClient:
    """A client logged in as the lead office of 武陟县."""
    client = create_app(read_settings({"DATA_DIR": str(folder)}), engine).test_client()
    found = re.search(r'csrf_token" value="([^"]+)', client.get("/login").text)
    assert found is not None
    form = {"username": "wuzhi.office", "password": PASSWORD, "csrf_token": found[1]}
    assert client.post("/login", data=form).status_code == 302
    return client


def raw_ids(engine: Engine, table: str) -> Callable[[], object]:
    """The minimal query of any list: fifty ids of one county."""
    statement = text(f"SELECT id FROM {table} WHERE county_id = 2 ORDER BY id DESC LIMIT 50")  # nosec B608

    def ask() -> object:
        with engine.connect() as connection:
            return connection.execute(statement).all()

    return ask


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=50_000)
    large = parser.parse_args().cases
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few, many = filled(folder, 2_000), filled(folder, large)
        small, big = client_for(few, folder), client_for(many, folder)
        print(f"{'list':<14}{'page ÷ raw ids':>16}{f'{large} ÷ 2000':>18}{'last ÷ first page':>20}")
        for table in LISTS:
            url = f"/admin/{table}/?page_size=50"
            first = median_ms(lambda u=url: big.get(u))  # type: ignore[misc]
            last = median_ms(lambda u=url: big.get(f"{u}&page=180"))  # type: ignore[misc]
            of_few = median_ms(lambda u=url: small.get(u))  # type: ignore[misc]
            raw = median_ms(raw_ids(many, table))
            print(f"{table:<14}{first / raw:>16.1f}{first / of_few:>18.2f}{last / first:>20.2f}")


if __name__ == "__main__":
    main()
