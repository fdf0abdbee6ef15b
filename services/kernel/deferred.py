"""Work that changed rows make necessary, done once before the transaction commits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from services.kernel.session import back_office


def defer(session: Session, name: str, work: Callable[[Session], Any]) -> None:
    """Run `work` once before `session` commits, however often it is deferred under `name`."""
    back_office(session).deferred[name] = work


def run_deferred(session: Session) -> None:
    """Run the deferred work."""
    ours = back_office(session)
    waiting, ours.deferred = ours.deferred, {}
    for work in waiting.values():
        work(session)
