"""Fixtures: an empty database on both engines, two counties, and sessions for any actor.

A writing session on SQLite holds the write lock from its first statement until it ends: commit
`session` before another one writes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from filelock import FileLock
from hypothesis import settings
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from excel import read
from models import Base
from models.people import Role
from models.places import County
from services.kernel import accounts
from services.kernel.actor import SYSTEM, Actor
from services.kernel.transaction import open_engine, open_session, working
from tests import postgres
from tests.demo import DAY, make_demo
from tests.factories import actor_as, make_county
from tests.patience import HANGS, patient

ActingAs = Callable[..., Session]

# The same examples each time, so that results do not differ between machines.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

# Argon2 takes 0.3 s of processor time and 64 MB a password on purpose. The tests log in thousands of times
# with public passwords; `test_accounts` holds the parameters that the program hashes with.
accounts._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
# How long a workbook may take by the clock is set for an office's server, not for a busy test machine.
read.LIMITS = replace(read.LIMITS, patience=HANGS)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this run that all its test processes share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


def build_once(path: Path, build: Callable[[Path], None]) -> Path:
    """`path`, built by the first test process that needs it; the others wait for it."""
    with FileLock(f"{path}.lock"):
        if not path.exists():
            part = path.with_name(f"part-{path.name}")
            build(part)
            part.rename(path)
    return path


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL, without a database, of a PostgreSQL server used by this test process alone."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: str) -> str:
    """A PostgreSQL database with all tables, used by this test process alone."""
    url = postgres.make_database(postgresql_server, "tests")
    engine = open_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    return url


def _empty(engine: Engine) -> None:
    """Delete every row. It takes 2 ms; a new database takes 40 and TRUNCATE 25."""
    tables = "; ".join(f'DELETE FROM "{t.name}"' for t in Base.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        connection.execute(text(f"SET LOCAL session_replication_role = replica; {tables}"))


@pytest.fixture(scope="session")
def one_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The SQLite engine of this test process: a third of a test's time went into compiling its statements anew."""
    return patient(open_engine(f"sqlite:///{tmp_path_factory.mktemp('one') / 'test.db'}"))


@pytest.fixture
def sqlite_engine(one_sqlite: Engine, empty_sqlite: Path) -> Iterator[Engine]:
    """An empty SQLite database, for tests that do not depend on the engine."""
    replace_file(one_sqlite, empty_sqlite)
    yield one_sqlite
    one_sqlite.dispose()


def replace_file(engine: Engine, source: Path) -> None:
    """Put a copy of `source`, with its write-ahead log, in the place of the file that `engine` opens."""
    engine.dispose()
    for suffix in ("", "-wal", "-shm"):
        old, new = Path(f"{engine.url.database}{suffix}"), Path(f"{source}{suffix}")
        old.unlink(missing_ok=True)
        if suffix != "-shm" and new.exists():
            shutil.copy(new, old)


@pytest.fixture(scope="session")
def one_postgresql(postgresql_url: str) -> Engine:
    """The PostgreSQL engine of this test process."""
    return patient(open_engine(postgresql_url))


@pytest.fixture
def postgresql_engine(one_postgresql: Engine) -> Iterator[Engine]:
    """An empty PostgreSQL database."""
    _empty(one_postgresql)
    yield one_postgresql
    one_postgresql.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An empty database: the test runs once on SQLite and once on PostgreSQL."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


def _county(engine: Engine, **values: Any) -> County:
    with working(engine, SYSTEM) as session:
        return make_county(session, **values)


@pytest.fixture
def county(engine: Engine) -> County:
    """武陟县, committed."""
    return _county(engine)


@pytest.fixture
def other_county(engine: Engine) -> County:
    """温县, committed: invisible to every actor of `county`."""
    return _county(engine, code="410825", name="温县", slug="wenxian")


@pytest.fixture
def acting_as(engine: Engine, county: County) -> Iterator[ActingAs]:
    """`acting_as(Role.AGENT, county=…, write=True, staff_id=…)`: a session of an actor.

    `county`: the actor's county, by default the fixture `county`. Other keywords go to `Actor`. Everything
    uncommitted is rolled back at the end of the test.
    """
    opened: list[Session] = []

    def act(role: Role | None, *, county: County = county, write: bool = True, **more: Any) -> Session:
        actor: Actor = actor_as(role, county, **more)
        opened.append(open_session(engine, actor, write=write))
        return opened[-1]

    yield act
    for session in opened:
        session.close()


@pytest.fixture
def session(acting_as: ActingAs) -> Session:
    """A writing session of the lead office of `county`."""
    return acting_as(Role.LEAD_OFFICE)


@pytest.fixture
def system(engine: Engine) -> Iterator[Session]:
    """A writing session of the command line: every county, every permission."""
    with open_session(engine, SYSTEM, write=True) as session:
        yield session


@pytest.fixture(scope="session")
def demo_file(shared_folder: Path) -> Path:
    """A SQLite file with the demo data of a fixed day; copy it, do not change it."""
    return build_once(shared_folder / "demo.db", lambda path: make_demo(path, DAY))
