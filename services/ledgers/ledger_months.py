"""The month's ledger: open, refresh, lock with its file, unlock, export.

Source: 领域 10; H 五(六).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import case, func, insert, select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.base import table_name
from models.ledger import LedgerEntry, LedgerFile, LedgerMonth, MonthState
from models.records import AuditEntry
from models.types import now
from services.kernel.access import require, sees_phones
from services.kernel.actor import actor_of
from services.kernel.audit import audit_action, record
from services.kernel.errors import RuleViolation
from services.kernel.months import MONTH, last_day, month_of
from services.kernel.working_days import today
from services.ledgers.case_rows import cases_of_month, ledger_rows
from services.ledgers.workbooks import Progress, no_progress, write_month
from services.statistics import figures
from services.statistics.coverage import fix_ratings, free_ratings

#: Columns filled in by users; 更新数据 keeps them.
EDITABLE = frozenset({"progress", "remark"})


@dataclass(frozen=True)
class RefreshCounts:
    """How many rows 更新数据 added, changed and removed."""

    added: int
    changed: int
    removed: int


def is_locked(month: LedgerMonth) -> bool:
    """Whether the month is locked."""
    return month.state is MonthState.LOCKED


def _hold(session: Session, *months: LedgerMonth) -> None:
    """Lock the rows of these months until the end of the transaction and re-read them.

    Without it, another user could lock a month between the check of its state and the change of its rows.
    """
    held = select(LedgerMonth).where(LedgerMonth.id.in_([month.id for month in months])).order_by(LedgerMonth.id)
    session.scalars(held.with_for_update(), execution_options={"populate_existing": True}).all()


def open_month(session: Session, county_id: int | None, month: str, reason: str | None = None) -> LedgerMonth:
    """The county's month, created if it does not exist; a future month is refused.

    A month before the county's first ledger, or before a locked one, is a slip of the hand unless a `reason` is given.
    """
    if not MONTH.fullmatch(month):
        raise RuleViolation("month.shape", "月份请写成 2026-10 这样", field="month")
    if month > month_of(today()):
        raise RuleViolation("month.future", f"{month} 还没有到，不能建台账", field="month")
    found = session.scalar(select(LedgerMonth).where(LedgerMonth.county_id == county_id, LedgerMonth.month == month))
    if found is None:
        require(session, "ledger_month.create")
        early = _too_early(session, county_id, month)
        if early and not reason:
            raise RuleViolation(
                "ledger.early",
                f"{month} {early}，不能随导出建立；确需补建的，请在“台账（月）”新增并填写补建原因",
                field="reason",
            )
        found = LedgerMonth(county_id=county_id, month=month, state=MonthState.OPEN, reason=reason if early else None)
        session.add(found)
        session.flush()
    return found


def _too_early(session: Session, county_id: int | None, month: str) -> str | None:
    """Why a month comes too early to follow the county's ledgers; those opened afterwards with a reason aside.

    It is before the first one, or before a locked one, which has counted its days.
    """
    m = LedgerMonth
    locked = func.max(case((m.state == MonthState.LOCKED, m.month)))
    first, last_locked = session.execute(
        select(func.min(m.month), locked).where(m.county_id == county_id, m.reason.is_(None))
    ).one()
    if first is not None and month < first:
        return f"早于第一本台账（{first}）"
    return f"早于已锁定的台账（{last_locked}）" if last_locked is not None and month < last_locked else None


def refresh(session: Session, month: LedgerMonth, on: date) -> RefreshCounts:
    """更新数据: update the rows from the cases, as of the month's last day or today.

    Handwritten columns and handwritten rows are kept. Writes one audit line.
    """
    require(session, "ledger.refresh")
    _hold(session, month)
    if is_locked(month):
        raise RuleViolation("ledger.locked", f"{month.month} 台账已锁定，不能更新数据")
    last = last_day(month.month)
    entries = session.scalars(
        select(LedgerEntry).where(LedgerEntry.month_id == month.id, LedgerEntry.case_id.is_not(None))
    ).all()
    existing = {e.case_id: e for e in entries if not e.handwritten}
    cases = cases_of_month(session, month)
    for written in (e.case_id for e in entries if e.handwritten and e.case_id is not None):
        cases.pop(written, None)
    added: list[dict[str, Any]] = []
    changed = 0
    for row in ledger_rows(session, cases, min(last, on)):
        entry = existing.pop(row["case_id"], None)
        if entry is None:
            added.append(row | {"county_id": month.county_id, "month_id": month.id, "handwritten": False, "version": 1})
        else:
            changed += _update_entry(entry, row)
    for gone in existing.values():
        session.delete(gone)
    if added:
        session.execute(insert(LedgerEntry), added)
    counts = RefreshCounts(len(added), changed, len(existing))
    month.refreshed_at = now()
    session.flush()
    record(
        session, AuditAction.LEDGER_REFRESH, subject=month, added=counts.added, changed=changed, removed=counts.removed
    )
    return counts


def _update_entry(entry: LedgerEntry, row: Mapping[str, Any]) -> bool:
    """Set the computed columns of `entry`; return whether any changed."""
    differing = {k: v for k, v in row.items() if getattr(entry, k) != v}
    for key, value in differing.items():
        setattr(entry, key, value)
    return bool(differing)


def why_not_locked(month: LedgerMonth, on: date) -> str | None:
    """Why the month itself cannot be locked on that day; None when it can."""
    if is_locked(month):
        return f"{month.month} 台账已经锁定"
    if last_day(month.month) >= on:
        return f"{month.month} 还没有结束，不能锁定"
    if month.refreshed_at is None:
        return f"{month.month} 台账还没有更新数据，请先更新数据再锁定"
    return None


def earlier_open(session: Session, month: LedgerMonth) -> str | None:
    """Why the month must wait with its lock: an earlier one is open."""
    earlier = _neighbour(session, month, MonthState.OPEN, LedgerMonth.month < month.month)
    return f"{earlier} 台账还没有锁定，请按月份先后锁定" if earlier and month.reason is None else None


def lock(session: Session, month: LedgerMonth, on: date) -> None:
    """锁定: freeze the rows and figures, and store the workbook to be signed with its SHA-256."""
    actor = require(session, "ledger.lock")
    _hold(session, month)
    if refusal := why_not_locked(month, on) or earlier_open(session, month):
        raise RuleViolation("ledger.not_locked", refusal)
    with audit_action(session, AuditAction.LEDGER_LOCK), session.no_autoflush:
        # The ratings are fixed first. One that another user records while the figures are counted and the workbook
        # is written is in neither, and counts in the next month.
        fix_ratings(session, month)
        month.state, month.locked_at, month.locked_by_id = MonthState.LOCKED, now(), actor.user_id
        month.figures = figures.stored_figures(figures.computed(session, month))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "ledger.xlsx"
            name = write_month(session, month, path, phones=True, on=on)
            content = path.read_bytes()
        session.add(LedgerFile(county_id=month.county_id, month_id=month.id, name=name, content=content))
        month.sha256 = hashlib.sha256(content).hexdigest()


def later_locked(session: Session, month: LedgerMonth) -> str | None:
    """Why the month must wait with its unlocking: a later one is locked."""
    later = _neighbour(session, month, MonthState.LOCKED, LedgerMonth.month > month.month)
    return f"{later} 台账已锁定，请从最近的月份开始解锁" if later and month.reason is None else None


def unlock(session: Session, month: LedgerMonth, reason: str) -> None:
    """解锁: the rows may change again; locking again makes a new file. The audit keeps the old hash."""
    require(session, "ledger.lock")
    if not is_locked(month):
        raise RuleViolation("ledger.open", f"{month.month} 台账没有锁定")
    if refusal := later_locked(session, month):
        raise RuleViolation("ledger.order", refusal)
    if not reason.strip():
        raise RuleViolation("ledger.reason", "请写明解锁原因", field="reason")
    stored = session.scalar(select(LedgerFile).where(LedgerFile.month_id == month.id))
    with audit_action(session, AuditAction.LEDGER_UNLOCK):
        record(session, AuditAction.LEDGER_UNLOCK_REASON, subject=month, reason=reason, sha256=month.sha256)
        session.delete(stored)
        free_ratings(session, month)
        month.state, month.locked_at, month.locked_by_id = MonthState.OPEN, None, None
        month.sha256 = month.figures = None


def _neighbour(session: Session, month: LedgerMonth, state: MonthState, when: Any) -> str | None:
    """The first month in `state` of those that follow one another."""
    return session.scalar(
        select(LedgerMonth.month)
        .where(LedgerMonth.county_id == month.county_id, LedgerMonth.state == state, LedgerMonth.reason.is_(None), when)
        .order_by(LedgerMonth.month)
    )


def drop_month(session: Session, month: LedgerMonth) -> None:
    """A month that was never locked may be deleted with its computed rows; handwritten rows stay in the way."""
    if refusal := why_kept(session, month):
        raise RuleViolation("ledger.kept", refusal)
    computed = select(LedgerEntry).where(LedgerEntry.month_id == month.id, LedgerEntry.handwritten.is_(False))
    for entry in session.scalars(computed):
        session.delete(entry)
    session.flush()


def why_kept(session: Session, month: LedgerMonth) -> str | None:
    """Why the month cannot be deleted: it was locked once."""
    locked_once = select(AuditEntry.id).where(
        AuditEntry.object_type == table_name(LedgerMonth),
        AuditEntry.object_id == month.id,
        AuditEntry.action == AuditAction.LEDGER_LOCK,
    )
    locked = is_locked(month) or session.scalar(locked_once.limit(1)) is not None
    return f"{month.month} 台账锁定过，不能删除" if locked else None


def handwritten_rows(session: Session, month: LedgerMonth) -> int:
    """How many rows of the month were written by hand."""
    rows = select(func.count()).where(LedgerEntry.month_id == month.id, LedgerEntry.handwritten.is_(True))
    return session.scalar(rows) or 0


def guard_entry(session: Session, entry: LedgerEntry, values: Mapping[str, Any] | None) -> None:
    """Refuse changes in locked months and of computed columns. `values` None: the row is to be deleted."""
    month = (values or {}).get("month") or entry.month
    months = (month, entry.month) if entry.id is not None else (month,)
    _hold(session, *months)
    if any(map(is_locked, months)):
        raise RuleViolation("ledger.locked", f"{month.month} 台账已锁定，明细不能改动；需要更正请先解锁")
    if not entry.id:  # not stored yet
        entry.handwritten, entry.late = True, False
    elif not entry.handwritten:
        changed = {k for k, v in (values or {}).items() if getattr(entry, k) != v}
        if values is None or changed - EDITABLE:
            raise RuleViolation("ledger.machine", "这一行来自办件，只能填写“进展及问题”和“备注”")


def export_month(
    session: Session,
    month: LedgerMonth,
    path: Path,
    only: str | None = None,
    progress: Progress = no_progress,
) -> str:
    """Write the month's workbook, or `only` one of its ledgers, to `path`; return the file's name.

    Users who may see phone numbers get the stored file of a locked month byte for byte.
    """
    require(session, "ledger.export")
    phones = sees_phones(actor_of(session), LedgerEntry)
    if is_locked(month) and phones and only is None:
        stored = session.execute(
            select(LedgerFile.name, LedgerFile.content).where(LedgerFile.month_id == month.id)
        ).one()
        path.write_bytes(stored.content)
        return str(stored.name)
    if is_locked(month):  # only the rows of 工作台账 are frozen; the other ledgers exist in the stored file alone
        if only not in (None, "cases"):
            raise RuleViolation("ledger.locked", f"{month.month} 台账已锁定，各台账以锁定时的整本文件为准，请导出整本")
        only = "cases"
    return write_month(session, month, path, phones=phones, on=today(), only=only, progress=progress)


def record_export(session: Session, month: LedgerMonth | None, rows: int) -> None:
    """Audit an export, in a separate writing session."""
    record(
        session, AuditAction.LEDGER_EXPORT, subject=month, rows=rows, phones=sees_phones(actor_of(session), LedgerEntry)
    )
