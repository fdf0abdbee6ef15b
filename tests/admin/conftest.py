"""The demonstration as a web site: one filled database, copied for every test that changes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, MetaData, insert, select, text

from app import create_app
from models import Base
from services.kernel.transaction import open_engine
from settings import read_settings
from tests import postgres
from tests.conftest import replace_file
from tests.demo import PASSWORD, copy_of
from tests.patience import patient

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

ClientOf = Callable[[str], FlaskClient]


@pytest.fixture(scope="session")
def one_demo(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The SQLite engine of this test process for copies of the demonstration."""
    return patient(open_engine(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}"))


@pytest.fixture
def demo_engine(one_demo: Engine, demo_file: Path) -> Iterator[Engine]:
    """The demonstration in a database of the test's own."""
    replace_file(one_demo, demo_file)
    yield one_demo
    one_demo.dispose()


@pytest.fixture(scope="session")
def postgresql_demo(postgresql_server: str, demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a PostgreSQL database with the demonstration, to copy."""
    source = open_engine(f"sqlite:///{copy_of(demo_file, tmp_path_factory.mktemp('source'))}")
    target = open_engine(postgres.make_database(postgresql_server, "demo"))
    Base.metadata.create_all(target)
    _copy(source, target)
    target.dispose()
    source.dispose()
    return "demo"


@pytest.fixture(scope="session")
def one_postgresql_demo(postgresql_server: str) -> Engine:
    """The PostgreSQL engine of this test process for copies of the demonstration."""
    return patient(open_engine(postgresql_server.format("demo_copy")))


@pytest.fixture
def postgresql_demo_engine(
    one_postgresql_demo: Engine, postgresql_server: str, postgresql_demo: str
) -> Iterator[Engine]:
    """The demonstration in a PostgreSQL database of the test's own."""
    postgres.make_database(postgresql_server, "demo_copy", postgresql_demo)
    yield one_postgresql_demo
    one_postgresql_demo.dispose()


@pytest.fixture(params=["demo_engine", "postgresql_demo_engine"], ids=["sqlite", "postgresql"])
def either_engine(request: pytest.FixtureRequest) -> Engine:
    """The demonstration on each of the two engines."""
    found: Engine = request.getfixturevalue(request.param)
    return found


def _copy(source: Engine, target: Engine) -> None:
    """Every row of `source`, and PostgreSQL's sequences after them."""
    with source.connect() as reading, target.begin() as writing:
        for table in Base.metadata.sorted_tables:
            rows = [dict(row) for row in reading.execute(select(table)).mappings()]
            if rows:
                writing.execute(insert(table), rows)
                sequence = f"pg_get_serial_sequence('\"{table.name}\"', 'id')"
                writing.execute(text(f'SELECT setval({sequence}, max(id)) FROM "{table.name}"'))


def app_of(engine: Engine, folder: Path, **environment: str) -> Flask:
    """A new application over `engine`, for tests that change it: half a second."""
    return create_app(read_settings({"DATA_DIR": str(folder), "SECRET_KEY": "k" * 40} | environment), engine)


@pytest.fixture(scope="session")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application of this test process; `app_over` gives it its data."""
    folder = tmp_path_factory.mktemp("app")
    return app_of(open_engine(f"sqlite:///{folder / 'none.db'}"), folder)


@pytest.fixture
def app_over(shared_app: Flask, tmp_path: Path) -> Callable[[Engine], Flask]:
    """`app_over(engine)`: the application over `engine`, with the test's folder."""

    def over(engine: Engine) -> Flask:
        shared_app.extensions["engine"] = engine
        shared_app.config["DATA_DIR"] = tmp_path
        return shared_app

    return over


def token(page: str) -> str:
    """The CSRF token of a page."""
    found = TOKEN.search(page)
    assert found is not None, page[:500]
    return found[1]


def log_in(client: FlaskClient, username: str, password: str = PASSWORD) -> int:
    """Log in as a browser does; gives the status."""
    form = {"username": username, "password": password, "csrf_token": token(client.get("/login").text)}
    return client.post("/login", data=form).status_code


@pytest.fixture
def app(app_over: Callable[[Engine], Flask], demo_engine: Engine) -> Flask:
    """The application over the demonstration."""
    return app_over(demo_engine)


@pytest.fixture
def client_of(app: Flask) -> ClientOf:
    """A client that is logged in as a demo account."""

    def logged_in(username: str) -> FlaskClient:
        client = app.test_client()
        assert log_in(client, username) == 302
        return client

    return logged_in


def form_of(client: FlaskClient, url: str) -> dict[str, str]:
    """The hidden fields of the form on a page: token, key, version."""
    page = client.get(url).text
    body = page[page.index("<main") :]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', body))


def fingerprint(engine: Engine) -> dict[str, int]:
    """How many rows each table has, and the sum of their versions; the audit is left out."""
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        return {
            name: connection.scalar(text(_sum_of(name, "version" if "version" in table.c else "1")))
            for name, table in found.tables.items()
            if name != "audit_entry"
        }


def _sum_of(table: str, column: str) -> str:
    return f'SELECT count(*) * 1000003 + coalesce(sum({column}), 0) FROM "{table}"'
