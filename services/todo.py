"""What waits for the actor: derived from the rows, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.cases import CaseState, CaseStep, ServiceCase, StepState
from models.places import County
from models.projects import Enterprise, Project
from services.access import may
from services.actor import actor_of


@dataclass(frozen=True)
class Card:
    """A figure on the home page and the filtered list it opens."""

    label: str
    count: int
    table: str
    filters: Mapping[str, Any] = field(default_factory=dict)
    tone: str = "plain"


def cards(session: Session, on: date) -> list[Card]:
    """The cards of the actor's role: each counts the rows of a list that he may open."""
    actor = actor_of(session)
    found = []
    if may(actor, "assignment.assign"):
        found += [_waiting(session, "待分包项目", Project), _waiting(session, "待分包企业", Enterprise)]
    if may(actor, "service_case.read"):
        found += [
            _cases(session, "待受理", CaseState.SUBMITTED, "warn"),
            _cases(session, "待分派", CaseState.ACCEPTED, "warn"),
            _cases(session, "办理中", CaseState.IN_PROGRESS),
            _cases(session, "待送达办结", CaseState.APPROVED, "good"),
        ]
    if may(actor, "case_step.read"):
        overdue = {"state": StepState.ACCEPTED.value, "due_on_to": on - timedelta(days=1)}
        count = session.scalar(
            select(func.count(CaseStep.id)).where(CaseStep.state == StepState.ACCEPTED, CaseStep.due_on < on)
        )
        found.append(Card("超期事项", count or 0, "case_step", overdue, "bad"))
    return found


def _waiting(session: Session, label: str, model: type[Project] | type[Enterprise]) -> Card:
    """Key targets without an officer, in counties that have officers."""
    count = session.scalar(
        select(func.count(model.id))
        .join(County, County.id == model.county_id)
        .where(model.is_key, model.officer_id.is_(None), County.has_chief_officers)
    )
    return Card(label, count or 0, model.__tablename__, {"is_key": 1, "officer": "none"}, "warn")


def _cases(session: Session, label: str, state: CaseState, tone: str = "plain") -> Card:
    count = session.scalar(select(func.count(ServiceCase.id)).where(ServiceCase.state == state))
    return Card(label, count or 0, "service_case", {"state": state.value}, tone)
