"""离岗交接: give everything that a person holds to a successor and mark the person 不在岗.

Source: 领域 1, 分包; W, Z 附件1 一.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.cases import FINAL, NOT_ENDED, CaseStep, ServiceCase
from models.items import ServiceItem
from models.people import ChiefServiceOfficer, DepartmentLiaison, Staff
from models.projects import Assignment
from services.cases.transitions import add_event, check_date, latest_date
from services.kernel.access import require
from services.kernel.audit import audit_action
from services.kernel.errors import RuleViolation
from services.kernel.working_days import today
from services.key_targets.assignment import KeyTarget, assign_officer, current_assignment


@dataclass
class Holdings:
    """Assignments, cases and items that a person is responsible for."""

    targets: list[KeyTarget] = field(default_factory=list)
    cases: list[ServiceCase] = field(default_factory=list)
    steps: list[CaseStep] = field(default_factory=list)
    items: list[ServiceItem] = field(default_factory=list)

    def in_words(self) -> str:
        """Counts in words, like 3 个分包、2 件办件; empty when there is nothing."""
        counts = (
            (len(self.targets), "个分包"),
            (len(self.cases), "件办件"),
            (len(self.steps), "个在办事项"),
            (len(self.items), "个默认专办的事项"),
        )
        return "、".join(f"{count} {word}" for count, word in counts if count)


def holdings(session: Session, person: Staff) -> Holdings:
    """What `person` is responsible for: current assignments, open cases and items, default items."""
    assigned = session.scalars(select(Assignment).where(Assignment.officer_id == person.id, Assignment.until.is_(None)))
    of_person = (ServiceCase.agent_id == person.id) | (ServiceCase.officer_id == person.id)
    return Holdings(
        targets=[target for a in assigned if (target := a.project or a.enterprise)],
        cases=list(session.scalars(select(ServiceCase).where(of_person, ServiceCase.state.in_(NOT_ENDED)))),
        steps=list(
            session.scalars(select(CaseStep).where(CaseStep.liaison_id == person.id, CaseStep.state.not_in(FINAL)))
        ),
        items=list(session.scalars(select(ServiceItem).where(ServiceItem.liaison_id == person.id))),
    )


def guard_staff(session: Session, person: Staff, values: Mapping[str, Any]) -> None:
    """Refuse to deactivate or move a person who still holds something."""
    leaves = person.active and not values.get("active", True)
    moves = "department" in values and values["department"] is not person.department
    if person.is_new or not (leaves or (moves and isinstance(person, DepartmentLiaison))):
        return
    held = holdings(session, person).in_words()
    if held:
        raise RuleViolation(
            "staff.holds",
            f"{person.name}名下还有{held}，请先用“离岗交接”一次移交",
            field="active" if leaves else "department",
        )


def hand_over(session: Session, person: Staff, successor: Staff | None, *, on: date, reason: str) -> Holdings:
    """Give everything `person` holds to `successor` and deactivate `person`; all or none."""
    require(session, "staff.hand_over")
    held = holdings(session, person)
    if on > today():
        raise RuleViolation("date.future", "交接日期不能晚于今天", field="on")
    if held.in_words():
        _check_successor(person, successor)
        assert successor is not None
        with audit_action(session, AuditAction.STAFF_LEAVE):
            _transfer(session, held, person, successor, on, reason)
    with audit_action(session, AuditAction.STAFF_LEAVE):
        person.active = False
    return held


def _check_successor(person: Staff, successor: Staff | None) -> None:
    if successor is None:
        raise RuleViolation("handover.nobody", f"{person.name}名下还有未了的事，请选择接手人", field="successor")
    if successor is person or not successor.active or type(successor) is not type(person):
        raise RuleViolation("handover.unfit", "接手人须是另一位在岗的同类人员", field="successor")
    if isinstance(person, DepartmentLiaison) and successor.department_id != person.department_id:
        raise RuleViolation("handover.department", f"接手人须是{person.department.name}的专办员", field="successor")


def _transfer(session: Session, held: Holdings, person: Staff, successor: Staff, on: date, reason: str) -> None:
    for target in held.targets:
        assert isinstance(successor, ChiefServiceOfficer)
        signed = current_assignment(session, target)  # the agreement stays in force
        number, day = (signed.agreement_number, signed.agreement_on) if signed else (None, None)
        assign_officer(
            session,
            [target],
            successor,
            since=on,
            reason=reason,
            agreement_number=number,
            agreement_on=day,
            replace=True,
        )
    for case in held.cases:
        check_date(on, latest_date(session, case), "交接")
        for key in ("agent_id", "officer_id"):
            if getattr(case, key) == person.id:
                setattr(case, key, successor.id)
        add_event(session, case, AuditAction.CASE_HAND_OVER, on, f"{person.name}移交{successor.name}：{reason}"[:500])
    for step in held.steps:
        step.liaison_id = successor.id
    for item in held.items:
        item.liaison_id = successor.id
