"""代录: the office records from signed paper what a person without an account did.

Both names are kept: the audit and the event name the recorder, the event also names the doer.
Source: 领域 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from models.people import Role, Staff
from services.kernel.access import RECORDERS, STANDS_FOR
from services.kernel.actor import Actor, actor_of
from services.kernel.errors import Forbidden, RuleViolation
from services.kernel.session import back_office


def stand_in(actor: Actor, staff: Staff) -> Actor:
    """An actor with the role and rows of `staff`, for the account of `actor`."""
    return Actor(
        actor.user_id,
        staff.name,
        STANDS_FOR[type(staff)],
        actor.county_id,
        actor.counties,
        staff.department_id,
        staff.id,
        address=actor.address,
    )


#: Kinds of people who act for one department.
OF_DEPARTMENT = frozenset({"department_liaison", "department_leader"})


def of_kind(actor: Actor, kind: str, row: Any) -> Actor:
    """An actor as somebody of this kind who is responsible for `row`, to ask what such a person may do."""
    role = next(role for model, role in STANDS_FOR.items() if model.__mapper_args__["polymorphic_identity"] == kind)
    column = {Role.AGENT: "agent_id", Role.CHIEF_OFFICER: "officer_id", Role.LIAISON: "liaison_id"}.get(role)
    own = getattr(row, column, None) if column else None
    return replace(actor, role=role, staff_id=own, department_id=getattr(row, "department_id", None))


def responsible_for(row: Any) -> list[int]:
    """Ids of the people responsible for a case or an item, the most likely to have acted first."""
    case = getattr(row, "case", None)
    people = [(row, "liaison_id"), (row, "agent_id"), (row, "officer_id"), (case, "agent_id"), (case, "officer_id")]
    found = (getattr(one, column, None) for one, column in people)
    return list(dict.fromkeys(id_ for id_ in found if id_ is not None))


@contextmanager
def on_behalf(session: Session, staff: Staff | None) -> Iterator[None]:
    """Run the block as `staff`, recorded by the actor. Without `staff`, the actor is the doer."""
    if staff is None:
        yield
        return
    actor = actor_of(session)
    if actor.role not in RECORDERS:
        raise Forbidden("只有牵头单位和综合窗口可以代录")
    if not staff.active:
        raise RuleViolation("behalf.inactive", f"{staff.name}已不在岗，不能代录", field="behalf")
    ours = back_office(session)
    ours.doer = stand_in(actor, staff)
    try:
        yield
    finally:
        ours.doer = None
