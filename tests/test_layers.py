"""Imports point one way: settings, models ← excel, documents ← services ← jobs ← admin, commands ← app.

Inside `services` the packages of the areas point one way too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

#: package: our packages that it may import.
MAY_IMPORT: dict[str, set[str]] = {
    "settings": set(),
    "models": set(),
    "excel": {"settings", "models"},
    "documents": {"models"},
    "services": {"models", "excel", "documents"},
    "seed": {"models", "services"},
    "jobs": {"settings", "models", "excel", "documents", "services"},
    "admin": {"models", "excel", "documents", "services", "jobs"},
    "commands": {"settings", "models", "excel", "documents", "services", "jobs", "seed"},
    "app": {"settings", "models", "excel", "documents", "services", "admin", "commands"},
}

#: Packages of `services` from left to right: each may import those before it, and none after it.
AREAS = (
    "kernel",
    "records",
    "master_data",
    "key_targets",
    "cases",
    "statistics",
    "ledgers",
    "papers",
    "desk",
    "transfer",
)

WEB = {"admin", "app"}
#: library: our packages that may import it.
LIBRARIES: dict[str, set[str]] = {
    **dict.fromkeys(
        ("flask", "flask_admin", "flask_login", "flask_wtf", "werkzeug", "wtforms"),
        WEB,
    ),
    "click": {"commands"},
    "waitress": {"commands"},
    "xlsxwriter": {"excel"},
    "openpyxl": {"excel"},
    **{library: {"documents"} for library in ("docx", "docxtpl", "jinja2")},
}


def _files() -> Iterator[Path]:
    for package in MAY_IMPORT:
        yield from sorted((ROOT / package).rglob("*.py"))
        yield from ROOT.glob(f"{package}.py")


#: Every Python file of the program itself.
FILES = list(_files())


def imports(source: str) -> set[str]:
    """Top-level names of all modules imported anywhere in `source`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def faults(package: str, source: str) -> set[str]:
    """Forbidden imports of a file in `package`."""
    return {
        name
        for name in imports(source)
        if (name in MAY_IMPORT and name != package and name not in MAY_IMPORT[package])
        or (name in LIBRARIES and package not in LIBRARIES[name])
    }


def areas_imported(source: str) -> set[str]:
    """Packages and top-level modules of `services` imported anywhere in `source`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("services.")}
        elif isinstance(node, ast.ImportFrom) and node.module == "services":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("services."):
            found.add(str(node.module).split(".")[1])
    return found


def area_faults(area: str, source: str) -> set[str]:
    """Forbidden imports of a file in `services/<area>`: packages to its right, or the guards."""
    return areas_imported(source) - set(AREAS[: AREAS.index(area) + 1])


def commits(source: str) -> list[int]:
    """Line numbers of calls of `commit`."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]


def environment_reads(source: str) -> list[int]:
    """Lines that read the process's environment."""
    names = {"environ", "environb", "getenv", "getenvb"}
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr in names)
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and names & {a.name for a in node.names})
    ]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_imports_only_what_stands_to_its_left(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0].removesuffix(".py")
    assert faults(package, path.read_text()) == set()


@pytest.mark.parametrize("path", sorted((ROOT / "services").glob("*/*.py")), ids=name)
def test_an_area_imports_only_areas_to_its_left(path: Path) -> None:
    assert area_faults(path.parent.name, path.read_text()) == set()


def test_every_package_of_the_services_has_its_place_in_the_order() -> None:
    services = ROOT / "services"
    assert {p.parent.name for p in services.glob("*/*.py")} == set(AREAS)
    assert {p.stem for p in services.glob("*.py")} == {"__init__", "guards"}


@pytest.mark.parametrize(
    ("area", "source"),
    [
        ("kernel", "from services.records.lists import parse_id"),
        ("cases", "from services import desk"),
        ("records", "import services.guards"),
        ("records", "def f():\n    from services.cases import intake"),
    ],
)
def test_a_wrong_import_between_areas_is_noticed(area: str, source: str) -> None:
    assert area_faults(area, source)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_only_the_transaction_commits(path: Path) -> None:
    if name(path) != "services/kernel/transaction.py":
        assert commits(path.read_text()) == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_only_the_settings_read_the_environment(path: Path) -> None:
    assert bool(environment_reads(path.read_text())) is (name(path) == "settings.py")


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("models", "from services.kernel.access import may"),
        ("excel", "import services.ledgers.ledger_months"),
        ("services", "def f():\n    from flask import g"),
        ("services", "from wtforms import Form"),
        ("seed", "from admin import views"),
        ("admin", "import xlsxwriter"),
        ("commands", "from app import create_app"),
        ("services", "import settings"),
        ("admin", "from commands import cli"),
    ],
)
def test_a_wrong_import_is_noticed_wherever_it_stands(package: str, source: str) -> None:
    assert faults(package, source)


def test_every_package_of_the_program_has_its_place() -> None:
    tools = {"tests", "bench", "migrations", "docs", "tools"}
    packages = {p.parent.relative_to(ROOT).parts[0] for p in ROOT.glob("[a-z]*/*.py")}
    modules = {p.stem for p in ROOT.glob("*.py")}
    assert (packages | modules) - tools <= MAY_IMPORT.keys()
