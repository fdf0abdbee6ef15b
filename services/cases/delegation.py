"""代录: the office records from signed paper what a person without an account did.

Both names are kept: the audit and the event name the recorder, the event also names the doer.
Source: 领域 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from models.people import Staff
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
