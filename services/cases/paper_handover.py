"""资料交接: the officer brings papers to the 综合窗口, the agent passes them on to a section at the end.

Source: W 附件1 三; B 六.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import ServiceCase
from models.places import Department, Window, WindowKind
from models.work import HandoverKind, PaperHandover
from services.cases.transitions import transition
from services.kernel.access import require
from services.kernel.actor import doer_of
from services.kernel.errors import RuleViolation


def bring(
    session: Session, cases: Sequence[ServiceCase], *, on: date, window: Window, receiver: str, papers: str
) -> None:
    """资料送窗口: the chief officer hands the papers of their unit to the 综合窗口. Source: W 附件1 三."""
    require(session, "case.bring")
    if window.kind is not WindowKind.GENERAL:
        raise RuleViolation("handover.window", f"“{window.name}”不是综合窗口", field="window")
    for case in cases:
        note = f"{window.name}，接收人 {receiver}：{papers}"
        with transition(session, case, "bring", on, note[:500]):
            _add(session, case, HandoverKind.TO_WINDOW, on, window_id=window.id, receiver=receiver, papers=papers)
    session.flush()


def pass_on(
    session: Session, cases: Sequence[ServiceCase], *, on: date, department: Department, receiver: str, papers: str
) -> None:
    """移交科室: the agent hands the papers over to a section when the service is over. Source: B 六.5."""
    require(session, "case.pass_on")
    for case in cases:
        note = f"{department.name}，接收人 {receiver}：{papers}"
        with transition(session, case, "pass_on", on, note[:500]):
            taker = {"department_id": department.id, "receiver": receiver}
            _add(session, case, HandoverKind.TO_SECTION, on, **taker, papers=papers)
    session.flush()


def _add(session: Session, case: ServiceCase, kind: HandoverKind, on: date, **values: Any) -> None:
    about = {"county_id": case.county_id, "case_id": case.id, "kind": kind, "handed_on": on}
    session.add(PaperHandover(**about, giver_id=doer_of(session).staff_id, **values))


def is_passed_on(session: Session, case: ServiceCase) -> bool:
    """Whether papers of the case were handed over to a section."""
    passed = (PaperHandover.case_id == case.id, PaperHandover.kind == HandoverKind.TO_SECTION)
    return session.scalar(select(PaperHandover.id).where(*passed).limit(1)) is not None
