"""docs/states.md: the states of cases and steps, generated from `MOVES` and `STEP_MOVES`.

`make diagram` writes it; a test checks that it is up to date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.cases import CaseState, StepState
from models.people import Role
from models.types import Labelled
from services.cases.steps import STEP_MOVES
from services.cases.transitions import MOVES, setting_for
from services.kernel.access import PERMISSIONS

HEAD = """# States of a case and of its items

Made by `make diagram` from `MOVES` in services/cases/transitions.py and `STEP_MOVES` in services/cases/steps.py:
change those, not this file.
"""


def document() -> str:
    """The text of docs/states.md."""
    return "\n".join([HEAD, *_cases(), "", *_steps()]) + "\n"


def _cases() -> Iterator[str]:
    yield "## 帮办代办件\n"
    yield from _diagram(
        CaseState,
        [(start, move.end, move.label) for move in MOVES.values() if move.end for start in _sorted(move.starts)],
    )
    yield "\n| action | from | to | who |\n|---|---|---|---|"
    for name, move in MOVES.items():
        starts = "、".join(s.label for s in _sorted(move.starts))
        end = move.end.label if move.end else "不变"
        yield f"| {move.label} `{name}` | {starts} | {end} | {_roles(move.permission, name)} |"


def _steps() -> Iterator[str]:
    yield "## 事项办理\n"
    yield from _diagram(
        StepState,
        [(start, move.end, move.label) for move in STEP_MOVES.values() for start in _sorted(move.starts)],
    )
    yield "\n| action | from | to | who |\n|---|---|---|---|"
    for name, move in STEP_MOVES.items():
        starts = "、".join(s.label for s in _sorted(move.starts))
        yield f"| {move.label} `{name}` | {starts} | {move.end.label} | {_roles(move.permission, name)} |"


def _diagram(states: type[Labelled], arrows: list[tuple[Labelled, Labelled, str]]) -> Iterator[str]:
    starts, ends = {start for start, _, _ in arrows}, {end for _, end, _ in arrows}
    yield "```mermaid\nstateDiagram-v2"
    yield from (f"    {state.name}: {state.label}" for state in states)
    yield from (f"    [*] --> {state.name}" for state in states if state not in ends)
    yield from (f"    {start.name} --> {end.name}: {label}" for start, end, label in arrows)
    yield from (f"    {state.name} --> [*]" for state in states if state not in starts)
    yield "```"


def _sorted(states: Iterable[Labelled]) -> list[Labelled]:
    return sorted(states, key=lambda state: [*type(state).__members__].index(state.name))


def _roles(permission: str, name: str) -> str:
    """The roles that may do it, each with the county's setting it depends on."""
    roles = PERMISSIONS[permission]
    if roles == frozenset(Role):
        return "程序"
    words = (
        f"{role.label}（设置 `{setting}`）" if (setting := setting_for(name, role)) else role.label
        for role in Role
        if role in roles
    )
    return "、".join(words) or "—"


if __name__ == "__main__":
    print(document(), end="")  # `make diagram` redirects it
