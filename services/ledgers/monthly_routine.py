"""The monthly routine: remind before the county's 汇总日, refresh the month on it, then wait for 锁定.

Source: H 五(六) asks for monthly ledgers. The day is a county setting.
"""

from __future__ import annotations

import logging
import re
import secrets
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.ledger import LedgerFile, LedgerMonth
from models.places import County
from models.types import OFFICE_CLOCK, now
from services.kernel.actor import SYSTEM
from services.kernel.audit import audit_action
from services.kernel.months import month_before
from services.kernel.transaction import open_session, working
from services.kernel.working_days import today
from services.ledgers import ledger_months

log = logging.getLogger(__name__)


def next_summary(ledger_day: int, on: date) -> date:
    """The next 汇总日 on or after `on`; the previous month is summed up on it."""
    this = on.replace(day=ledger_day)
    return this if on <= this else (on.replace(day=1) + timedelta(days=32)).replace(day=ledger_day)


def last_summary(ledger_day: int, on: date) -> date:
    """The latest 汇总日 on or before `on`."""
    following = next_summary(ledger_day, on)
    return following if following == on else (following.replace(day=1) - timedelta(days=1)).replace(day=ledger_day)


def is_near(county: County, on: date) -> bool:
    """Whether the office is reminded of the next 汇总日 on this day."""
    ahead = (next_summary(county.ledger_day, on) - on).days
    return 0 < ahead <= county.ledger_remind_days


def maintain_months(session: Session) -> int:
    """Open the month to be reminded of and refresh the one whose 汇总日 has come; return how many months."""
    on, done = today(), 0
    for county in session.scalars(select(County).order_by(County.code)):
        if is_near(county, on):
            ledger_months.open_month(session, county.id, month_before(next_summary(county.ledger_day, on)))
        day = last_summary(county.ledger_day, on)
        month = ledger_months.open_month(session, county.id, month_before(day))
        if not ledger_months.is_locked(month) and not _is_summed_up(month, day):
            ledger_months.refresh(session, month, on)
            done += 1
    session.flush()
    return done


def _is_summed_up(month: LedgerMonth, day: date) -> bool:
    return month.refreshed_at is not None and month.refreshed_at.astimezone(OFFICE_CLOCK).date() >= day


def copy_locked_books(engine: Engine, folder: Path) -> int:
    """Copy workbooks of locked months that are missing there to the office's folder; return how many.

    Each county has a subfolder. No transaction is open while a file is written, because the folder may be
    on a slow network. A failed copy is logged and tried again next time.
    """
    with open_session(engine, SYSTEM, write=False) as session:
        waiting = session.scalars(
            select(LedgerFile.id).where(LedgerFile.handed_out_at.is_(None)).order_by(LedgerFile.id)
        ).all()
    done = 0
    for id_ in waiting:
        try:
            done += _copy_one(engine, folder, id_)
        except OSError:
            log.exception("LEDGER_DIR %s", folder)
    return done


def _copy_one(engine: Engine, folder: Path, id_: int) -> bool:
    with open_session(engine, SYSTEM, write=False) as session:
        file = session.scalar(select(LedgerFile).where(LedgerFile.id == id_))
        if file is None:  # unlocked in the meantime
            return False
        place, name, content = folder / _safe_file_name(file.county.name), _safe_file_name(file.name), file.content
    place.mkdir(parents=True, exist_ok=True)
    unfinished = place / f".{secrets.token_hex(8)}"
    try:
        unfinished.write_bytes(content)
        unfinished.replace(place / name)
    finally:
        unfinished.unlink(missing_ok=True)
    with working(engine, SYSTEM) as session:
        file = session.scalar(select(LedgerFile).where(LedgerFile.id == id_))
        if file is not None:
            with audit_action(session, AuditAction.LEDGER_HAND_OUT):
                file.handed_out_at = now()
                session.flush()
    return True


def _safe_file_name(name: str) -> str:
    """`name` as a valid name of one file or folder on every system."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name).strip(" .") or "_"
