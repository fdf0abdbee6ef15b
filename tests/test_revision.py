"""`make revision`: what a developer changes in the models becomes one migration that runs on both engines."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from models import Base
from models.places import County
from settings import child_environment
from tests.test_migrations import definitions, drop_all

ROOT = Path(__file__).parents[1]
COPIED = ("documents", "excel", "migrations", "models", "services", "tools")
#: (file, class that gets the new lines or None for the end of the file, new lines): columns that may and may not
#: be empty, an index, a value of an enum, a plain table.
EDITS = (
    (
        "models/places.py",
        "class County(",
        '    hotline: Mapped[str | None] = field("热线", String(20), index=True)\n'
        '    answers_at_night: Mapped[bool] = field("夜间值守", default=True)\n'
        '    files: Mapped[FilingParty] = field("归档", choice(FilingParty, "files"), default=FilingParty.AGENT)\n'
        '    night_cost: Mapped[Decimal | None] = field("夜间费用", Money())\n',
    ),
    ("models/tasks.py", "class TaskState(", '    PAUSED = "paused", "已暂停"\n'),
    (
        "models/work.py",
        None,
        "\n\nfrom datetime import datetime\nfrom models.types import Moment\n"
        "\n\nclass HotlineCall(CountyScoped, Versioned, Base):\n"
        '    """热线."""\n\n'
        '    __tablename__ = "hotline_call"\n'
        '    __title__ = "热线"\n'
        '    name: Mapped[str] = field("事由", String(100))\n'
        '    called_at: Mapped[datetime] = field("来电时间", Moment)\n',
    ),
)
USE = """
import sys
from alembic import command
from models import Base
from services.kernel.schema import config_for, upgrade
from services.kernel.transaction import open_engine
engine = open_engine(sys.argv[1])
if sys.argv[2] == "fresh":
    Base.metadata.create_all(engine)
else:
    command.stamp(config_for(engine), sys.argv[2])
    upgrade(engine)
"""


def run(tree: Path, *words: str) -> str:
    """Python with these words in a copy of the tree; gives what it printed."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=tree,
        env=child_environment(PYTHONPATH=str(tree), PYTHONDONTWRITEBYTECODE="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def copy(tree: Path) -> Path:
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("settings.py", "pyproject.toml"):
        shutil.copy(ROOT / file, tree)
    return tree


def edit(path: Path, inside: str | None, lines: str) -> None:
    """Put `lines` before the first attribute of the class that begins with `inside`, or at the end of the file."""
    source = path.read_text().rstrip("\n") + "\n"
    if inside is not None:
        head, found, rest = source.partition(inside)
        assert found, inside
        first = re.search(r"^    \w+(: Mapped\[| = )", rest, re.M)
        assert first is not None
        source = head + found + rest[: first.start()] + lines + rest[first.start() :]
    else:
        source += lines
    path.write_text(source)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with changed models and the migration that the command wrote for them."""
    tree = copy(tmp_path_factory.mktemp("changed"))
    for file, inside, lines in EDITS:
        edit(tree / file, inside, lines)
    assert "wrote" in run(tree, "-m", "tools.revision", "Hotlines of the counties")
    return tree


def newest(tree: Path) -> Path:
    return max((tree / "migrations/versions").glob("[0-9]*.py"))


def head() -> str:
    found = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    assert found is not None
    return found


def test_the_file_is_numbered_and_in_the_style_of_the_others(changed: Path) -> None:
    path = newest(changed)
    assert path.name == f"{int(head()) + 1:04}_hotlines_of_the_counties.py"
    source = path.read_text()
    assert source.startswith('"""Hotlines of the counties"""\n')
    assert f'down_revision = "{head()}"' in source
    assert "###" not in source
    run(changed, "-m", "ruff", "format", "--check", str(path))
    run(changed, "-m", "ruff", "check", str(path))


def test_a_database_with_rows_becomes_what_the_models_say(changed: Path, engine: Engine, county: County) -> None:
    url = engine.url.render_as_string(hide_password=False)
    engine.dispose()
    try:
        run(changed, "-c", USE, url, head())
        with engine.connect() as connection:
            row = connection.execute(text("SELECT name, hotline, answers_at_night, files FROM county")).one()
            connection.execute(text("UPDATE background_task SET state = 'paused'"))
        migrated = definitions(engine)
        engine.dispose()
        drop_all(engine)
        run(changed, "-c", USE, url, "fresh")
        fresh = definitions(engine)
    finally:
        drop_all(engine)
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        Base.metadata.create_all(engine)
    assert (row.name, row.hotline, bool(row.answers_at_night)) == (county.name, None, True)
    assert row.files == "agent"
    assert migrated - fresh == set()
    assert fresh - migrated == set()


def test_the_way_down_leads_back(changed: Path, sqlite_engine: Engine) -> None:
    before = definitions(sqlite_engine)
    url = sqlite_engine.url.render_as_string(hide_password=False)
    sqlite_engine.dispose()
    run(changed, "-c", USE, url, head())
    run(
        changed,
        "-c",
        "import sys; from alembic import command; from services.kernel.schema import config_for;"
        " from services.kernel.transaction import open_engine;"
        " command.downgrade(config_for(open_engine(sys.argv[1])), '-1')",
        url,
    )
    assert definitions(sqlite_engine) == before


def test_nothing_is_written_when_models_and_migrations_agree(tmp_path: Path) -> None:
    tree = copy(tmp_path / "same")
    before = newest(tree)
    assert "nothing to write" in run(tree, "-m", "tools.revision", "Nothing")
    assert newest(tree) == before


def test_a_column_that_existing_rows_have_no_value_for_is_refused(tmp_path: Path) -> None:
    tree = copy(tmp_path / "refused")
    edit(tree / "models/places.py", "class County(", '    hotline: Mapped[str] = field("热线", String(20))\n')
    done = subprocess.run(
        [sys.executable, "-m", "tools.revision", "Refused"],
        cwd=tree,
        env=child_environment(PYTHONPATH=str(tree), PYTHONDONTWRITEBYTECODE="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "county.hotline is NOT NULL and has no plain default" in done.stderr
