"""The course of one demo case: its actions and their working days, up to today.

A case is taken through `services.cases.transitions.MOVES` from its submission. The first action that would
fall after today ends the course. So recent cases are open, old ones are archived, and all dates agree with
the state and with each other. Days are positions in `Workdays`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from models.cases import CaseState, StepState
from seed.demo_ground import Matter, Workdays, cached_due
from services.cases.transitions import MOVES

_STARTS = {name: move.end for name, move in MOVES.items()}

#: Shares of cases by their end; the rest is closed.
REJECTED, WITHDRAWN, TERMINATED = 0.03, 0.05, 0.11
SUPPLEMENTED = 0.12
LATE = 0.04
DENIED = 0.04
#: Share of terminated cases whose papers have been archived.
ARCHIVED = 0.6


@dataclass(slots=True)
class StepCourse:
    """One item at its department. Days are positions; None means it has not happened."""

    matter: Matter
    filed: int | None
    accepted: int | None
    due: date | None
    finished: int | None
    state: StepState = StepState.PENDING

    @property
    def department_id(self) -> int:
        """The department of the item."""
        return self.matter.department.id


class Course:
    """The actions of one case as (name, day, from, to), and its steps."""

    __slots__ = ("at", "dates", "days", "halt", "moves", "over", "state", "steps")

    def __init__(self, days: Workdays, start: int, halt: CaseState | None) -> None:
        self.days, self.at, self.halt = days, start, halt
        self.state = CaseState.DRAFT
        self.over = halt is CaseState.DRAFT
        self.moves: list[tuple[str, int, CaseState, CaseState]] = []
        self.dates: dict[str, int] = {}
        self.steps: list[StepCourse] = []

    def go(self, name: str, wait: int) -> None:
        """Perform the action `wait` working days later, unless the course ends before."""
        at = self.at + wait
        if self.over or at > self.days.last:
            self.over = True
            return
        end = _STARTS[name] or self.state
        self.moves.append((name, at, self.state, end))
        self.dates[name] = self.at = at
        self.state = end
        self.over = end is self.halt

    def state_on(self, position: int) -> CaseState:
        """The state at the end of that working day."""
        state = CaseState.DRAFT
        for _, at, _, end in self.moves:
            if at > position:
                break
            state = end
        return state

    @property
    def due(self) -> tuple[date | None, bool]:
        """(latest due date of the steps, 暂定 or not); 暂定 until every department has accepted; None in 补正."""
        accepted = self.dates.get("accept")
        if accepted is None:
            return None, False
        if any(step.state is StepState.SUPPLEMENT for step in self.steps):
            return None, True
        day = self.days.days[accepted]
        latest, provisional = day, False
        for step in self.steps:
            due = step.due
            if due is None:
                due, _ = cached_due(day, step.matter.days, step.matter.kind)
                provisional = True
            latest = max(latest, due)
        return latest, provisional

    @property
    def ended(self) -> int | None:
        """The day of closing, termination, rejection or withdrawal."""
        for name in ("close", "terminate", "reject", "withdraw"):
            if name in self.dates:
                return self.dates[name]
        return None


def walk(
    rng: Random,
    days: Workdays,
    start: int,
    matters: list[Matter],
    *,
    halt: CaseState | None,
    closes_on_receipt: bool,
) -> Course:
    """The course of a case submitted on `start`, stopping at state `halt`."""
    draw = rng.random
    course = Course(days, start, halt)
    fate = draw() if halt is None else 1.0
    course.go("submit", 0)
    if halt is CaseState.SUPPLEMENT or (halt is None and draw() < SUPPLEMENTED):
        course.go("notify", int(draw() * 2))
        course.go("resupply", 1 + int(draw() * 4))
    if fate < WITHDRAWN:
        course.go("reject" if fate < REJECTED else "withdraw", int(draw() * 2))
    else:
        course.go("accept", int(draw() * 2))
    steps = [StepCourse(matter, None, None, None, None) for matter in matters]
    course.steps = steps
    if course.ended is not None:
        _cut_off(rng, steps, course.ended, ended=True)
    if "accept" not in course.dates:
        return course
    if fate < TERMINATED and draw() < 0.2:
        course.go("terminate", 2 + int(draw() * 8))
    else:
        course.go("assign", int(draw() * 2))
        _work(rng, course, fate)
    if "terminate" in course.dates:
        _cut_off(rng, steps, course.dates["terminate"], ended=True)
        if draw() < ARCHIVED:
            course.go("archive", 3 + int(draw() * 15))
    elif "assign" in course.dates:
        _cut_off(rng, steps, days.last, ended=False)
        _hand_over(rng, course, closes_on_receipt)
    else:
        _cut_off(rng, steps, -1, ended=False)
    return course


def _work(rng: Random, course: Course, fate: float) -> None:
    """Plan the steps; then all of them finish, or the case is terminated before."""
    if "assign" not in course.dates:
        return
    begin = course.at
    late = _plan(rng, course, begin)
    end = max(step.finished or begin for step in course.steps)
    if fate < TERMINATED and not late:
        course.go("terminate", 1 + int(rng.random() * max(1, end - begin)))
    else:
        course.go("finish", end - begin)


def _plan(rng: Random, course: Course, begin: int) -> bool:
    """Set the days of every step without interruptions; True when one finishes late."""
    draw = rng.random
    days, at = course.days.days, course.days.at
    filed = begin
    for step in course.steps:
        filed += int(draw() * 3)
        step.filed = filed
        step.accepted = accepted = filed + int(draw() * 1.6)
        step.due, _ = cached_due(days[accepted], step.matter.days, step.matter.kind)
        step.finished = accepted + round((at[step.due] - accepted) * (0.3 + 0.6 * draw()))
    if course.halt is CaseState.IN_PROGRESS:
        course.steps[-1].finished = course.days.last + 1
    if draw() >= LATE:
        return False
    last = max(course.steps, key=lambda step: step.due or date.min)
    assert last.due is not None
    last.finished = at[last.due] + 1 + int(draw() * draw() * 25)
    return True


def _cut_off(rng: Random, steps: list[StepCourse], position: int, *, ended: bool) -> None:
    """Remove everything after `position` and set the states at that day."""
    for number, step in enumerate(steps):
        if step.finished is not None and step.finished <= position:
            denied = number > 0 and rng.random() < DENIED
            step.state = StepState.DENIED if denied else StepState.GRANTED
            continue
        step.finished = None
        if step.accepted is not None and step.accepted <= position:
            asked = step.matter.days > 1 and rng.random() < 0.08
            step.state = StepState.SUPPLEMENT if asked else StepState.ACCEPTED
        else:
            step.accepted = step.due = None
            step.state = StepState.FILED
            if step.filed is None or step.filed > position:
                step.filed = None
                step.state = StepState.PENDING
        if ended:
            step.state, step.finished = StepState.WITHDRAWN, position


def _hand_over(rng: Random, course: Course, closes_on_receipt: bool) -> None:
    """送达, 办结, 评价, 归档. A case approved in time is also closed in time."""
    if "finish" not in course.dates:
        return
    draw = rng.random
    due, _ = course.due
    assert due is not None
    spare = max(0, course.days.at[due] - course.at)
    wait = min(int(draw() * 3), spare)
    course.go("deliver", wait)
    course.go("close", 0 if closes_on_receipt else min(int(draw() * 2), spare - wait))
    if course.halt is None and draw() < 0.03:
        return
    course.go("evaluate", 1 + int(draw() * 9))
    if course.halt is None and draw() < 0.03:
        return
    course.go("archive", 3 + int(draw() * 15))
