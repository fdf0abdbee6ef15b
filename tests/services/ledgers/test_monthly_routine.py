"""The monthly routine on each day of two months: reminder, one refresh, then waiting for the lock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.ledger import LedgerMonth, MonthState
from models.people import Role
from models.places import County
from services.desk import todo
from services.kernel.actor import actor_of
from services.kernel.months import month_before
from services.ledgers import ledger_months, monthly_routine, scheduled
from tests import factories as f
from tests.at_work import become

START = date(2026, 12, 20)


@pytest.mark.parametrize("ledger_day", [1, 5, 10, 28])
def test_each_day_lies_between_two_summaries(ledger_day: int) -> None:
    for n in range(60):
        on = START + timedelta(days=n)
        following, last = monthly_routine.next_summary(ledger_day, on), monthly_routine.last_summary(ledger_day, on)
        assert last <= on <= following
        assert {last.day, following.day} == {ledger_day}
        assert (following - last).days in ((0,) if following == last else (28, 29, 30, 31))


def on_day(monkeypatch: pytest.MonkeyPatch, on: date) -> None:
    for module in ("services.ledgers.monthly_routine", "services.ledgers.ledger_months", "services.ledgers.scheduled"):
        monkeypatch.setattr(f"{module}.today", lambda: on, raising=False)


def state_of(session: Session, month: str) -> tuple[MonthState, bool] | None:
    found = session.scalars(select(LedgerMonth).where(LedgerMonth.month == month)).first()
    return None if found is None else (found.state, found.refreshed_at is not None)


def test_the_month_before_is_opened_reminded_of_summed_up_and_waits(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = session.get_one(County, actor_of(session).county_id)
    county.ledger_day, county.ledger_remind_days = 5, 3
    f.make_case(session, accepted_on=date(2026, 12, 3))
    session.flush()

    def told(on: date) -> list[str]:
        become(session, Role.LEAD_OFFICE)
        on_day(monkeypatch, on)
        monthly_routine.maintain_months(session)
        return [task.tag for task in todo.tasks(session, on) if "台账" in task.tag]

    november = ledger_months.open_month(session, county.id, "2026-10")
    assert november.refreshed_at is None
    assert told(date(2026, 11, 20)) == ["锁定台账"]
    assert state_of(session, "2026-11") is None
    assert told(date(2026, 12, 1)) == ["锁定台账"]
    assert "台账将汇总" in told(date(2026, 12, 2))
    assert state_of(session, "2026-11") == (MonthState.OPEN, False)
    assert "台账将汇总" not in told(date(2026, 12, 5))
    assert state_of(session, "2026-11") == (MonthState.OPEN, True)


def test_summing_up_again_changes_nothing_and_a_locked_month_stays(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = session.get_one(County, actor_of(session).county_id)
    on_day(monkeypatch, on := date(2026, 11, 6))
    month = ledger_months.open_month(session, county.id, month_before(on))
    assert monthly_routine.maintain_months(session) == 1
    month.refreshed_at = None
    ledger_months.refresh(session, month, on)
    ledger_months.lock(session, month, on)
    assert monthly_routine.maintain_months(session) == 0
    assert month.state is MonthState.LOCKED


def test_time_brings_it(session: Session) -> None:
    assert ("更新的上月台账", monthly_routine.maintain_months) in scheduled.TASKS
