"""The documents agree with the code."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from services.cases.state_diagram import document
from services.cases.steps import STEP_MOVES
from services.cases.transitions import MOVES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
RULES = (DOCS / "rules.md").read_text()
#: Table cells such as `services/cases/transitions.py:MOVES` or `tests/…::test_name`.
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)(?:::?)([\w.]+)`", RULES)))


def test_the_diagram_of_states_is_up_to_date() -> None:
    assert (DOCS / "states.md").read_text() == document(), "run `make diagram`"


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: part)
def test_every_function_and_test_that_the_rules_name_exists(path: str, name: str) -> None:
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    found: object = module
    for part in name.split("."):
        found = getattr(found, part)
    assert found is not None


def test_every_rule_names_its_source_its_function_and_its_test() -> None:
    rules = RULES.partition("## Left out")[0]
    rows = [line for line in rules.splitlines() if re.match(r"\| [WZBH]", line)]
    assert len(rows) > 40
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 4, row
        assert ".py" in cells[2], row
        assert "tests/" in cells[3], row


def test_what_is_left_out_says_why() -> None:
    left = RULES.partition("## Left out")[2]
    rows = [line for line in left.splitlines() if re.match(r"\| [WZBH]", line)]
    assert rows
    for row in rows:
        assert all(cell.strip() for cell in row.strip("|").split("|")), row


#: A citation in a docstring or comment: 领域 6, 领域 4, 6 or 领域 10 (a).
CITED = re.compile(r"领域 (\d+(?:, \d+)*)")
DOMAIN = (DOCS / "领域.md").read_text()
SECTIONS = set(re.findall(r"^## (\d+)\. ", DOMAIN, re.MULTILINE))
SOURCES = [path for path in sorted(ROOT.rglob("*.py")) if ".venv" not in path.parts]


def _identifiers() -> set[str]:
    """Identifiers that the domain note may use: names in the models, their members, and actions."""
    names = {*MOVES, *STEP_MOVES, "Urgency"}
    for file in (ROOT / "models").glob("*.py"):
        for name, value in vars(importlib.import_module(f"models.{file.stem}")).items():
            names.add(name)
            if isinstance(value, type):
                names |= {member for part in vars(value) for member in (part, f"{name}.{part}")}
    return names


def test_the_domain_note_has_the_sections_that_the_code_cites() -> None:
    cited = {
        (str(path.relative_to(ROOT)), section)
        for path in SOURCES
        for match in CITED.findall(path.read_text())
        for section in match.split(", ")
    }
    assert len(cited) > 40
    assert {(path, section) for path, section in cited if section not in SECTIONS} == set()


def test_every_identifier_of_the_domain_note_exists() -> None:
    named = set(re.findall(r"`([^`]+)`", DOMAIN))
    paths = {name for name in named if "/" in name}
    codes = {name for name in named - paths if re.fullmatch(r"[A-Za-z_.]+", name)} - {"chinesecalendar"}
    assert len(codes) > 80
    assert codes - _identifiers() == set()
    assert {path for path in paths if not (ROOT / path).exists()} == set()


#: Documents for developers that name files of the repository.
GUIDES = [*(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"))]
GUIDES += sorted((DOCS / "adr").glob("*.md"))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_file_that_a_guide_names_exists(guide: Path) -> None:
    text = guide.read_text()
    named = set(re.findall(r"`((?:[\w-]+/)+[\w.-]+\.(?:py|md|sh|sql))", text))
    linked = {link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link}
    assert {path for path in named if not (ROOT / path).exists()} == set()
    assert {path for path in linked if path and not (guide.parent / path).exists()} == set()
