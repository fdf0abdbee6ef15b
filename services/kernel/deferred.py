"""Work that follows from changed rows, done once, before the transaction commits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session


def defer(session: Session, name: str, work: Callable[[Session], Any]) -> None:
    """Do `work` before this session commits; asked for again under the same name, still once."""
    session.info.setdefault("later", {})[name] = work


def run_deferred(session: Session) -> None:
    """Do what was put off."""
    for work in session.info.pop("later", {}).values():
        work(session)
