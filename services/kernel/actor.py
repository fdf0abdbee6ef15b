"""The actor: the user as rules, scopes and the audit see them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.people import DesignationTarget, Role
from services.kernel.session import back_office


@dataclass(frozen=True)
class Actor:
    """A user at work. `counties`: ids of the counties they may see; None means all counties."""

    user_id: int | None
    username: str
    role: Role | None
    county_id: int | None = None
    counties: tuple[int, ...] | None = ()
    department_id: int | None = None
    staff_id: int | None = None
    station_id: int | None = None
    keeps: DesignationTarget | None = None
    address: str | None = None
    is_system: bool = False


#: The command line: may do everything in all counties; has its own name in the audit.
SYSTEM = Actor(None, "system", None, counties=None, address="本机", is_system=True)


def actor_of(session: Session) -> Actor:
    """The actor of `session`: the logged-in user. RuntimeError when it has none."""
    actor = back_office(session).actor
    if actor is None:
        raise RuntimeError("the session has no actor")
    return actor


def doer_of(session: Session) -> Actor:
    """The person the action is recorded for (代录), else the actor."""
    return back_office(session).doer or actor_of(session)
