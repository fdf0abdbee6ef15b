"""The small changes that a slip of the hand would make, found in the syntax tree, made in the text."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

#: comparison: what it becomes: a boundary off by one, or its opposite.
COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}
ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {ast.Add: ("+", "-"), ast.Sub: ("-", "+")}
#: function: its opposite.
OPPOSITES = {"min": "max", "max": "min", "any": "all", "all": "any"}
#: Calls whose arguments are conditions or values that count one by one.
CONDITIONS = frozenset({"where", "filter", "and_", "or_", "frozenset", "order_by"})

Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True)
class Mutant:
    """One change of a file: where, of which kind, and the file's text with it."""

    line: int
    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """Replace the bytes from `start` to `end`."""

    line: int
    kind: str
    start: int
    end: int
    new: str


class Text:
    """A source file by byte offsets, as the syntax tree counts columns."""

    def __init__(self, source: str) -> None:
        self.bytes = source.encode()
        self.starts = [0]
        for line in self.bytes.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where `node` begins and ends."""
        assert isinstance(node, ast.expr | ast.stmt)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1] + node.end_col_offset

    def of(self, node: ast.AST) -> str:
        """The text of `node`."""
        start, end = self.span(node)
        return self.bytes[start:end].decode()

    def replace(self, node: ast.expr | ast.stmt, kind: str, new: str) -> Change:
        """The change that puts `new` in the place of `node`."""
        return Change(node.lineno, kind, *self.span(node), new)

    def between(self, left: ast.expr, right: ast.expr, kind: str, old: str, new: str) -> Change:
        """The change of the operator between two operands."""
        start, end = self.span(left)[1], self.span(right)[0]
        at = self.bytes.index(old.encode(), start, end)
        return Change(left.end_lineno or left.lineno, kind, at, at + len(old), new)

    def with_change(self, change: Change) -> str:
        """The file's text with the change."""
        return (self.bytes[: change.start] + change.new.encode() + self.bytes[change.end :]).decode()


def mutants(source: str) -> list[Mutant]:
    """Every mutant of a file in the order of its lines, none twice; a few may not be Python: `is_python` tells."""
    text = Text(source)
    found: dict[str, Mutant] = {}
    for node in _code(ast.parse(source)):
        for change in _changes(text, node):
            changed = text.with_change(change)
            found.setdefault(changed, Mutant(change.line, change.kind, changed))
    return sorted(found.values(), key=lambda mutant: mutant.line)


def is_python(source: str) -> bool:
    """Whether Python can read it."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run and can be told from outside: no annotations, asserts, or imports."""
    if isinstance(node, ast.Assert | ast.Import | ast.ImportFrom):
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _code(child)


def _changes(text: Text, node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=[op], comparators=[right]):
            old, new = COMPARISONS[type(op)]
            yield text.between(node.left, right, "comparison", old, new)
        case ast.Compare():
            operands = [node.left, *node.comparators]
            for left, op, right in zip(operands, node.ops, operands[1:], strict=False):
                yield text.between(left, right, "comparison", *COMPARISONS[type(op)])
        case ast.BinOp(op=ast.Add() | ast.Sub()) if not isinstance(node.right, ast.Constant | ast.JoinedStr):
            yield text.between(node.left, node.right, "arithmetic", *ARITHMETIC[type(node.op)])
        case ast.BoolOp():
            yield from _boolean(text, node)
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            yield text.replace(node, "not dropped", f"({text.of(node.operand)})")
        case ast.Constant(value=bool() as value):
            yield text.replace(node, "constant", str(not value))
        case ast.Constant(value=int() as number):
            for other in (number - 1, number + 1):
                yield text.replace(node, "constant", str(other))
        case ast.Set(elts=items) | ast.List(elts=items) if len(items) > 1:
            yield from _without_one(text, items, "element dropped")
        case ast.Call():
            yield from _call(text, node)
        case ast.stmt():
            yield from _statement(text, node)


def _boolean(text: Text, node: ast.BoolOp) -> Iterator[Change]:
    old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for left, right in zip(node.values, node.values[1:], strict=False):
        yield text.between(left, right, "and/or", old, new)
    for dropped in node.values:
        rest = f" {old} ".join(f"({text.of(value)})" for value in node.values if value is not dropped)
        yield Change(dropped.lineno, "operand dropped", *text.span(node), f"({rest})")


def _call(text: Text, node: ast.Call) -> Iterator[Change]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in OPPOSITES and isinstance(node.func, ast.Name):
        yield text.replace(node.func, "opposite", OPPOSITES[name])
    if name in CONDITIONS and len(node.args) > 1:
        yield from _without_one(text, node.args, "condition dropped")
    elif name in CONDITIONS and node.args and isinstance(node.func, ast.Attribute):
        yield text.replace(node, "condition dropped", text.of(node.func.value))
    for argument in node.args:
        if isinstance(argument, ast.Tuple) and len(argument.elts) > 1 and name in ("in_", "not_in", "isinstance"):
            yield from _without_one(text, argument.elts, "element dropped")


def _without_one(text: Text, items: Sequence[ast.expr], kind: str) -> Iterator[Change]:
    """Leave out one of the items, with the comma before or behind it."""
    spans = [text.span(item) for item in items]
    for n, item in enumerate(items):
        start, end = (spans[n - 1][1], spans[n][1]) if n else (spans[0][0], spans[1][0])
        yield Change(item.lineno, kind, start, end, "")


def _statement(text: Text, node: ast.stmt) -> Iterator[Change]:
    match node:
        case ast.If(body=[*_, ast.Raise() | ast.Return() | ast.Continue()]):
            yield text.replace(node.test, "guard dropped", "False")
            yield text.replace(node.test, "guard negated", f"not ({text.of(node.test)})")
        case ast.If():
            yield text.replace(node.test, "condition negated", f"not ({text.of(node.test)})")
        case ast.Raise() | ast.Expr(value=ast.Call()) | ast.AugAssign():
            yield text.replace(node, "statement dropped", "pass")
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield text.replace(value, "returns None", "None")
        case ast.Assign(targets=[ast.Attribute()]):
            yield text.replace(node, "statement dropped", "pass")
        case ast.Assign(value=ast.Tuple(elts=items)) | ast.AnnAssign(value=ast.Tuple(elts=items)) if len(items) > 2:
            if not any(isinstance(target, ast.Tuple) for target in getattr(node, "targets", [])):
                yield from _without_one(text, items, "element dropped")
        case ast.Break():
            yield text.replace(node, "statement dropped", "pass")
