"""Badges shown beside a state: 临期, 超期, 联审中, 督办中 of a case or step; 未签委托协议 of a 分包.

Source: 领域 1, 4, 6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from models.cases import FINAL, RUNNING, CaseStep, ServiceCase, StepState
from models.evaluation import Evaluation
from models.types import Tone
from models.work import Extension, ExtensionState, Meeting, Urge
from services.cases.deadlines import Urgency, urgency
from services.cases.evaluation import is_bad, next_follow_up
from services.kernel.working_days import calendars_of
from services.key_targets.assignment import UNSIGNED, unsigned
from services.statistics.coverage import following_months, is_late


class Mark(NamedTuple):
    """A coloured badge beside the state."""

    tone: Tone
    text: str


#: The badge of each urgency; 正常 has none.
URGENCIES = {Urgency.SOON: Mark(Tone.WARN, Urgency.SOON.label), Urgency.LATE: Mark(Tone.BAD, Urgency.LATE.label)}
PAUSED = Mark(Tone.PLAIN, "补正中停计")
LATE = Mark(Tone.INFO, "补录")
PROVISIONAL = Mark(Tone.PLAIN, "时限暂定")


def of_cases(session: Session, ids: Sequence[int], on: date) -> dict[int, list[Mark]]:
    """The badges of the cases with these ids, as of `on`; one statement."""
    c = ServiceCase
    rows = session.execute(
        select(
            c.id,
            c.state,
            c.due_on,
            c.soon_on,
            c.due_provisional,
            c.approved_on,
            c.ended_on,
            exists().where(CaseStep.case_id == c.id, CaseStep.state == StepState.SUPPLEMENT).label("paused"),
            exists().where(Meeting.case_id == c.id, Meeting.concluded_on.is_(None)).label("meeting"),
            exists().where(Urge.case_id == c.id, Urge.replied_on.is_(None)).label("urged"),
        ).where(c.id.in_(ids))
    )
    return {row.id: list(_of_case(row, on)) for row in rows}


def _of_case(row: Any, on: date) -> Iterator[Mark]:
    level = urgency(row.due_on, row.soon_on, row.approved_on or row.ended_on, on)
    if level in URGENCIES:
        yield URGENCIES[level]
    if row.state not in RUNNING:
        return
    if row.paused:
        yield PAUSED
    elif row.due_provisional:
        yield PROVISIONAL
    if row.meeting:
        yield Mark(Tone.INFO, "联审中")
    if row.urged:
        yield Mark(Tone.WARN, "督办中")


def of_evaluations(session: Session, ids: Sequence[int], on: date) -> dict[int, list[Mark]]:
    """Whether these evaluations count as 补录, and the next follow-up step of the bad ones."""
    rows = session.execute(
        select(Evaluation, following_months(Evaluation.county_id))
        .where(Evaluation.id.in_(ids))
        .options(joinedload(Evaluation.grade), joinedload(Evaluation.county), joinedload(Evaluation.counted_in))
    ).all()
    calendars_of(session, {row.county_id for row, _ in rows if is_bad(row)})
    found = {row.id: [LATE] if is_late(row, following) else [] for row, following in rows}
    for row, _ in rows:
        next_ = next_follow_up(session, row)
        if next_ is not None:
            label, due = next_
            found[row.id].append(Mark(Tone.BAD, f"{label}超期") if on > due else Mark(Tone.WARN, f"待{label}"))
        elif row.discounted:
            found[row.id].append(Mark(Tone.PLAIN, "不计入"))
    return found


def of_assignments(session: Session, ids: Sequence[int]) -> dict[int, list[Mark]]:
    """The badge of current assignments among `ids` without a 委托协议; one statement."""
    return {id_: [Mark(Tone.WARN, UNSIGNED)] for id_ in unsigned(session, ids)}


def of_steps(session: Session, ids: Sequence[int], on: date) -> dict[int, list[Mark]]:
    """The badges of the steps with these ids, as of `on`; one statement."""
    s = CaseStep
    rows = session.execute(
        select(
            s.id,
            s.state,
            s.due_on,
            s.soon_on,
            s.finished_on,
            exists().where(Extension.step_id == s.id, Extension.state == ExtensionState.ASKED).label("asked"),
        ).where(s.id.in_(ids))
    )
    return {row.id: list(_of_step(row, on)) for row in rows}


def _of_step(row: Any, on: date) -> Iterator[Mark]:
    if row.state is StepState.WITHDRAWN:
        return
    level = urgency(row.due_on, row.soon_on, row.finished_on, on)
    if level in URGENCIES:
        yield URGENCIES[level]
    if row.state is StepState.SUPPLEMENT:
        yield PAUSED
    if row.asked and row.state not in FINAL:
        yield Mark(Tone.INFO, "延期待批")
