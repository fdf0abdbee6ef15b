"""The mutation tool makes each kind of slip, and runs the tests that concern the module."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants import __main__ as tool
from tests.mutants.mutate import is_python, mutants
from tests.mutants.rules import without


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("x = a < b", {"x = a <= b"}),
        ("x = a is not b", {"x = a is b"}),
        ("x = '受理' if a not in b else c", {"x = '受理' if a in b else c"}),
        ("x = a and b", {"x = a or b", "x = ((b))", "x = ((a))"}),
        ("x = not a", {"x = (a)"}),
        ("x = a + 1", {"x = a + 0", "x = a + 2"}),
        ("x = a - b", {"x = a + b"}),
        ("x = max(a, b)", {"x = min(a, b)"}),
        ("x = {A, B}", {"x = {B}", "x = {A}"}),
        ("x = q.where(a, b)", {"x = q.where(b)", "x = q.where(a)"}),
        ("x = q.where(a)", {"x = q"}),
        ("check(a)", {"pass"}),
        ("row.state = a", {"pass"}),
        ("if a:\n    raise B", {"if False:\n    raise B", "if not (a):\n    raise B", "if a:\n    pass"}),
        ("def f() -> int | None:\n    return a", {"def f() -> int | None:\n    return None"}),
        ("assert a < b", set()),
        ("x: Literal[1, 2]", set()),
    ],
)
def test_each_slip_is_made_alone(code: str, changed: set[str]) -> None:
    assert {mutant.text.rstrip() for mutant in mutants(code)} >= changed
    assert bool(mutants(code)) is bool(changed)


def test_a_mutant_says_its_line() -> None:
    (only,) = mutants("a = 'x'\n\nb = (\n    c\n    <\n    d\n)\n")
    assert (only.line, only.kind) == (4, "comparison")


def test_every_module_has_tests_and_mutants() -> None:
    for module in tool.modules():
        assert mutants((tool.ROOT / module).read_text()), module
        tests = tool.tests_of(module)
        assert tests, module
        assert all(Path(tool.ROOT / test).exists() for test in tests), module


def test_a_sample_is_the_same_for_the_same_seed_and_takes_each_module_in_turn() -> None:
    of = ["services/kernel/months.py", "services/kernel/throttle.py"]
    first, again, other = (tool.sample(of, 6, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert [task.module for task in first] == of * 3
    every = [mutant for module in of for mutant in mutants((tool.ROOT / module).read_text())]
    assert len(tool.sample(of, 0, 1)) == sum(is_python(mutant.text) for mutant in every)


@pytest.mark.parametrize(
    ("test", "verdict"),
    [
        ("def test_it(): assert rule(3) and not rule(4)", tool.Verdict.KILLED),
        ("def test_it(): assert rule(0)", tool.Verdict.SURVIVED),
    ],
)
def test_a_mutant_is_killed_by_a_test_that_notices_and_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, test: str, verdict: tool.Verdict
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    source = "def rule(n):\n    return n < 4\n"
    (root / "rules.py").write_text(source)
    (root / "test_rules.py").write_text(f"from rules import rule\n\n\n{test}\n")
    monkeypatch.setattr(tool, "ROOT", root)
    boundary = next(mutant for mutant in mutants(source) if mutant.kind == "comparison")
    task = tool.Task("rules.py", boundary, ["test_rules.py"])
    shop = tool.Workshop(tmp_path, [])
    assert shop.judge(task) is verdict
    shop.close()
    assert (shop.root / "rules.py").read_text() == source
    assert tool.difference(task) == "    -    return n < 4\n    +    return n <= 4"


def test_every_rule_names_what_can_be_taken_out() -> None:
    """No class, which nothing could do without: its test would notice nothing but a broken import."""
    tasks = tool.of_rules()
    assert len(tasks) > 100
    for task in tasks:
        assert is_python(task.mutant.text), task.mutant.kind
        assert all("::" in test for test in task.tests), task.mutant.kind


@pytest.mark.parametrize(
    ("source", "name", "changed"),
    [
        ('def rule(n):\n    """Why."""\n    return n < 4\n', "rule", "def rule(n):\n    pass\n"),
        ("RULES: dict = {1: 2}\n", "RULES", "RULES: dict = {}\n"),
        ("RULES = (1, 2)\n", "RULES", "RULES = ()\n"),
        ("RULES = frozenset({1})\n", "RULES", "RULES = frozenset()\n"),
        ("class Row:\n    name: str = field()\n", "Row.name", "class Row:\n    pass\n"),
    ],
)
def test_a_rule_is_taken_out_whole(tmp_path: Path, source: str, name: str, changed: str) -> None:
    (tmp_path / "rules.py").write_text(source)
    assert without(tmp_path, "rules.py", name).text == changed


def test_a_class_is_no_rule(tmp_path: Path) -> None:
    (tmp_path / "rules.py").write_text("class Row:\n    name = 1\n")
    with pytest.raises(LookupError, match="Row is no function"):
        without(tmp_path, "rules.py", "Row")
