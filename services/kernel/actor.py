"""Who acts: what every rule, scope and audit line needs to know of the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sqlalchemy.orm import Session

from models.people import DesignationTarget, Role


@dataclass(frozen=True)
class Actor:
    """A user at work. `counties` are the ids he may see; None says all of them, explicitly."""

    user_id: int | None
    username: str
    role: Role | None
    county_id: int | None = None
    counties: tuple[int, ...] | None = ()
    department_id: int | None = None
    staff_id: int | None = None
    keeps: DesignationTarget | None = None
    address: str | None = None
    is_system: bool = False


#: The command line: everything, in all counties, under its own name in the audit.
SYSTEM = Actor(None, "system", None, counties=None, address="本机", is_system=True)


def actor_of(session: Session) -> Actor:
    """The actor of `session`, who is at the keyboard; RuntimeError when nobody was named."""
    actor = session.info.get("actor")
    if actor is None:
        raise RuntimeError("the session has no actor")
    return cast(Actor, actor)


def doer_of(session: Session) -> Actor:
    """Who does it by right: the person recorded for (代录), else the actor himself."""
    return cast(Actor, session.info.get("doer") or actor_of(session))
