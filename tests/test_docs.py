"""The documents say what the program does."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from services.cases.state_diagram import document

DOCS = Path(__file__).parents[1] / "docs"
RULES = (DOCS / "rules.md").read_text()
#: `services/cases/transitions.py:MOVES` or `tests/…::test_name` in a cell of the table.
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
