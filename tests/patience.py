"""How long a test waits: on a busy machine the same work takes ten times as long, and is as right."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, QueuePool, event

#: Seconds after which something is taken to hang. Whatever is merely slow is done long before.
HANGS = 1_800


def patient(engine: Engine) -> Engine:
    """The engine, with threads that wait for each other's locks and connections until they get them."""
    if isinstance(engine.pool, QueuePool):
        engine.pool._timeout = HANGS
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _wait_for_locks)
    return engine


def _wait_for_locks(connection: Any, _: Any) -> None:
    connection.execute(f"PRAGMA busy_timeout={HANGS * 1000}")
    # A test's file need not outlive the machine's power.
    connection.execute("PRAGMA synchronous=OFF")
