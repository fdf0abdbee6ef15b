"""docs/rules.md as mutants: the body of each function that a row names is taken out, and the row's tests must notice.

A constant is emptied instead, a field or a member of an enum is left out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.mutants.mutate import Mutant, Text

ROW = re.compile(r"\| [WZBH]")
FUNCTION = re.compile(r"`([\w/]+\.py):([\w.]+)`")
TEST = re.compile(r"`(tests/[\w/]+\.py):(\w+)`")

Definition = ast.FunctionDef | ast.Assign | ast.AnnAssign


def rows(rules: str) -> Iterator[tuple[str, list[tuple[str, str]], list[str]]]:
    """Each row of rules.md: its rule, the functions as (module, name), and the tests as pytest calls them."""
    for line in rules.partition("## Left out")[0].splitlines():
        if ROW.match(line):
            _, rule, functions, tests = (cell.strip() for cell in line.strip("|").split("|"))
            yield rule, FUNCTION.findall(functions), [f"{path}::{name}" for path, name in TEST.findall(tests)]


def without(root: Path, module: str, name: str) -> Mutant:
    """The module without what `name` does; LookupError when it names neither a function, a constant nor a field."""
    source = (root / module).read_text()
    text = Text(source)
    found = _find(ast.parse(source), name.split("."))
    old: list[ast.stmt] = list(found.body) if isinstance(found, ast.FunctionDef) else [found]
    start, end = text.span(old[0])[0], text.span(old[-1])[1]
    changed = text.bytes[:start] + _emptied(text, found, nested="." in name).encode() + text.bytes[end:]
    return Mutant(found.lineno, f"without {name}", changed.decode())


def _find(tree: ast.Module, path: list[str]) -> Definition:
    scope: ast.Module | ast.ClassDef = tree
    for part in path[:-1]:
        scope = next(node for node in scope.body if isinstance(node, ast.ClassDef) and node.name == part)
    for node in scope.body:
        if isinstance(node, Definition) and path[-1] in _names(node):
            return node
    raise LookupError(f"{'.'.join(path)} is no function, constant or field")


def _names(node: Definition) -> list[str]:
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _emptied(text: Text, node: Definition, *, nested: bool) -> str:
    if isinstance(node, ast.FunctionDef) or nested:
        return "pass"
    assert node.value is not None
    kept = text.of(node).removesuffix(text.of(node.value))
    match node.value:
        case ast.Call():
            return f"{kept}{text.of(node.value.func)}()"
        case ast.Dict():
            return f"{kept}{{}}"
    return f"{kept}()"
