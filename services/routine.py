"""The monthly routine: reminded before the day, brought up to date on it, waiting for 锁定 after it.

Source: H 五(六): the ledgers are kept month by month; the day is the county's setting.
"""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.ledger import LedgerFile, LedgerMonth
from models.places import County
from models.types import OFFICE_CLOCK, now
from services import ledger
from services.audit import acting
from services.calendar import today
from services.months import month_before


def next_summary(ledger_day: int, on: date) -> date:
    """The county's day, on or after `on`, on which the month before it is summed up."""
    this = on.replace(day=ledger_day)
    return this if on <= this else (on.replace(day=1) + timedelta(days=32)).replace(day=ledger_day)


def last_summary(ledger_day: int, on: date) -> date:
    """The last such day, not after `on`."""
    following = next_summary(ledger_day, on)
    return following if following == on else (following.replace(day=1) - timedelta(days=1)).replace(day=ledger_day)


def is_near(county: County, on: date) -> bool:
    """Whether the office is reminded of the day that comes."""
    ahead = (next_summary(county.ledger_day, on) - on).days
    return 0 < ahead <= county.ledger_remind_days


def keep_months(session: Session) -> int:
    """Open the month that is reminded of, and bring up to date the one whose day has come; gives how many."""
    on, done = today(), 0
    for county in session.scalars(select(County).order_by(County.code)):
        if is_near(county, on):
            ledger.open_month(session, county.id, month_before(next_summary(county.ledger_day, on)))
        day = last_summary(county.ledger_day, on)
        month = ledger.open_month(session, county.id, month_before(day))
        if not ledger.is_locked(month) and not _is_summed_up(month, day):
            ledger.refresh(session, month, on)
            done += 1
    session.flush()
    return done


def _is_summed_up(month: LedgerMonth, day: date) -> bool:
    return month.refreshed_at is not None and month.refreshed_at.astimezone(OFFICE_CLOCK).date() >= day


def hand_out(session: Session, folder: Path) -> int:
    """Put the books of locked months that are not there yet into the office's folder, one folder a county.

    Gives how many. Raises OSError when the folder cannot be written: the next time tries again.
    """
    waiting = session.scalars(
        select(LedgerFile).where(LedgerFile.handed_out_at.is_(None)).order_by(LedgerFile.id)
    ).all()
    for file in waiting:
        place = folder / file.county.name
        place.mkdir(parents=True, exist_ok=True)
        unfinished = place / f".{secrets.token_hex(8)}"
        unfinished.write_bytes(file.content)
        unfinished.replace(place / file.name)
        with acting(session, "台账文件存入文件夹"):
            file.handed_out_at = now()
            session.flush()
    return len(waiting)
