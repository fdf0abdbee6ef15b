"""Guessing passwords: failures of a name, and from an address, are counted over five minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.types import now
from services.kernel.errors import RuleViolation
from services.kernel.throttle import BY_ADDRESS, BY_NAME, WINDOW, check_attempts
from tests import factories as f

HERE, ELSEWHERE = "10.0.0.7", "10.0.0.8"


def fail(session: Session, times: int, *, address: str = HERE, username: str | None = None, **more: Any) -> None:
    """Failed log-ins: of one name if it is given, else of as many names as there are."""
    for n in range(times):
        values = {
            "action": "user.login_failed",
            "result": "refused",
            "username": username or f"user{n}",
            "address": address,
        } | more
        f.make_audit(session, **values)


def refused(session: Session, username: str, address: str | None) -> bool:
    try:
        check_attempts(session, username, address)
    except RuleViolation as error:
        assert error.code == "login.throttled"
        return True
    return False


def test_an_address_that_failed_too_often_tries_no_name_any_more(system: Session) -> None:
    fail(system, BY_ADDRESS - 1)
    assert not refused(system, "zhang", HERE)
    fail(system, 1)
    assert refused(system, "zhang", HERE)
    assert not refused(system, "zhang", ELSEWHERE)
    assert not refused(system, "zhang", None)


def test_a_name_that_failed_too_often_is_tried_from_nowhere(system: Session) -> None:
    fail(system, BY_NAME - 1, username="zhang")
    assert not refused(system, "zhang", HERE)
    fail(system, 1, username="zhang", address=ELSEWHERE)
    assert refused(system, "zhang", HERE)
    assert refused(system, "zhang", None)
    assert not refused(system, "wang", HERE)


@pytest.mark.parametrize(
    "other",
    [
        {"at": now() - WINDOW - timedelta(seconds=1)},
        {"action": "user.login", "result": "done"},
        {"action": "record.edit"},
    ],
    ids=["long ago", "got in", "something else"],
)
def test_only_failed_log_ins_of_the_last_minutes_count(system: Session, other: dict[str, Any]) -> None:
    fail(system, BY_ADDRESS, username="zhang", **other)
    assert not refused(system, "zhang", HERE)


def test_what_failed_within_the_window_counts(system: Session) -> None:
    fail(system, BY_NAME, username="zhang", at=now() - WINDOW / 2)
    assert refused(system, "zhang", HERE)
