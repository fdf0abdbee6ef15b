"""The session of the program: SQLAlchemy's, with the typed attributes that the rules read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption

from models.actions import AuditAction
from models.records import SavedView

if TYPE_CHECKING:
    from services.kernel.actor import Actor
    from services.kernel.working_days import Calendar


class BackOfficeSession(Session):
    """A session bound to an actor: limits every SELECT to the rows they may see and writes the audit.

    Opened by `services.kernel.transaction.open_session()`, which attaches scope and audit.
    """

    def __init__(self, bind: Engine | Connection, *, writes: bool, actor: Actor | None) -> None:
        super().__init__(bind, expire_on_commit=False)
        #: Whether it may flush.
        self.writes = writes
        #: The logged-in user; None until the log-in is known. Changed by `act_as()`.
        self.actor = actor
        #: The person an action is recorded for (代录), while it lasts; else None.
        self.doer: Actor | None = None
        #: What the audit calls the changes of the action under way; None: create, edit, delete.
        self.action: AuditAction | None = None
        #: Work to do once before the commit, by name.
        self.deferred: dict[str, Callable[[Session], Any]] = {}
        #: Options that give the actor's SELECTs their scope, by whether they ask for deleted rows.
        self.scopes: dict[bool, tuple[ORMOption, ...]] = {}
        #: Calendars read so far, by county.
        self.calendars: dict[int, Calendar] = {}
        #: The actor's saved views read so far, by table.
        self.saved_views: dict[str, Sequence[SavedView]] = {}

    def act_as(self, actor: Actor) -> None:
        """Bind the session to another actor; drops what was cached for the former one."""
        self.actor = actor
        self.scopes, self.saved_views = {}, {}


def back_office(session: Session) -> BackOfficeSession:
    """`session` with its typed attributes; RuntimeError for one that `open_session()` did not open."""
    if not isinstance(session, BackOfficeSession):
        raise RuntimeError("the session is not one of ours: open it with services.kernel.transaction.open_session()")
    return session
