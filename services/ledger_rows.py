"""Which cases belong to a month's ledger, and how each stood at its end. Source: DOMAIN section 10."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from models.cases import CaseState, CaseStep, Delivery, ServiceCase, Termination
from models.items import ItemCategory, LimitKind, ServiceItem
from models.ledger import LedgerEntry, LedgerMonth, MonthState, Outcome
from models.people import Staff
from models.places import CountyOption, Department
from models.projects import Enterprise, Project
from services.calendar import is_overdue

#: Cases looked at in one statement.
BATCH = 500
JOINT = "、"


def belonging(session: Session, month: LedgerMonth, first: date, last: date) -> dict[int, bool]:
    """Case id → whether it is 补录, of every case that belongs to `month`.

    Regular ones were accepted by the last day and not ended before the first. 补录 are those that
    a locked month should have had, or should have shown as ended, but were entered too late.
    """
    accepted = ServiceCase.accepted_on
    base = [ServiceCase.county_id == month.county_id, accepted.is_not(None), accepted <= last]
    found = dict.fromkeys(
        session.scalars(
            select(ServiceCase.id).where(*base, or_(ServiceCase.ended_on.is_(None), ServiceCase.ended_on >= first))
        ),
        False,
    )
    locked = locked_months(session, month)
    if not locked:
        return found
    since, until = locked[0], locked[-1]
    shown, ended = recorded(session, month)
    rows = session.execute(
        select(ServiceCase.id, accepted, ServiceCase.ended_on).where(
            *base, or_(ServiceCase.ended_on.is_(None), ServiceCase.ended_on >= date.fromisoformat(f"{since}-01"))
        )
    )
    for id_, accepted_on, ended_on in rows:
        missed = f"{accepted_on:%Y-%m}" <= until and id_ not in shown
        end_missed = ended_on is not None and f"{ended_on:%Y-%m}" <= until and id_ not in ended
        if missed or end_missed:
            found[id_] = True
    return found


def locked_months(session: Session, month: LedgerMonth) -> Sequence[str]:
    """The locked months of the county before `month`, in order."""
    return session.scalars(
        select(LedgerMonth.month)
        .where(
            LedgerMonth.county_id == month.county_id,
            LedgerMonth.state == MonthState.LOCKED,
            LedgerMonth.month < month.month,
        )
        .order_by(LedgerMonth.month)
    ).all()


def recorded(session: Session, month: LedgerMonth) -> tuple[set[int], set[int]]:
    """Cases that earlier locked months show at all, and those they show as ended."""
    rows = session.execute(
        select(LedgerEntry.case_id, LedgerEntry.outcome)
        .join(LedgerMonth, LedgerMonth.id == LedgerEntry.month_id)
        .where(
            LedgerMonth.county_id == month.county_id,
            LedgerMonth.state == MonthState.LOCKED,
            LedgerMonth.month < month.month,
            LedgerEntry.case_id.is_not(None),
        )
    ).all()
    return {c for c, _ in rows}, {c for c, outcome in rows if outcome is not Outcome.OPEN}


def ledger_rows(
    session: Session, month: LedgerMonth, cases: dict[int, bool], first: date, on: date
) -> Iterator[dict[str, Any]]:
    """The machine's columns of one entry a case, as of `on`; a handful of statements a batch."""
    shown, _ = recorded(session, month)
    had_locked = bool(locked_months(session, month))
    ids = sorted(cases)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        steps, handed, ends = _steps(session, batch), _deliveries(session, batch), _terminations(session, batch)
        for case in _cases(session, batch):
            received = case.id not in shown if had_locked else case.accepted_on >= first
            yield _row(case, steps.get(case.id, []), handed.get(case.id), case.id in ends, on) | {
                "case_id": case.id,
                "late": cases[case.id],
                "received_here": received,
            }


def _cases(session: Session, ids: list[int]) -> Sequence[Any]:
    agent, officer = aliased(Staff), aliased(Staff)
    channel, mode, rating = aliased(CountyOption), aliased(CountyOption), aliased(CountyOption)
    c = ServiceCase
    return session.execute(
        select(
            c.id, c.number, c.state, c.accepted_on, c.assigned_on, c.approved_on, c.delivered_on,
            c.ended_on, c.archived_on, c.due_on, c.applicant_name, c.applicant_phone,
            Enterprise.name.label("enterprise"), Enterprise.handler, Enterprise.handler_phone,
            Project.name.label("project"), Project.code, Project.investment, Project.is_key,
            c.officer_id, agent.name.label("agent"), officer.name.label("officer"),
            channel.name.label("channel"), mode.name.label("mode"), rating.name.label("rating"),
        )
        .outerjoin(Enterprise, Enterprise.id == c.enterprise_id)
        .outerjoin(Project, Project.id == c.project_id)
        .outerjoin(agent, agent.id == c.agent_id)
        .outerjoin(officer, officer.id == c.officer_id)
        .outerjoin(channel, channel.id == c.channel_id)
        .outerjoin(mode, mode.id == c.mode_id)
        .outerjoin(rating, rating.id == c.rating_id)
        .where(c.id.in_(ids))
    ).all()  # fmt: skip


def _steps(session: Session, ids: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    rows = session.execute(
        select(
            CaseStep.case_id, ServiceItem.name, ServiceItem.category, ServiceItem.limit_days,
            ServiceItem.limit_kind, Department.name.label("department"),
        )
        .join(ServiceItem, ServiceItem.id == CaseStep.item_id)
        .join(Department, Department.id == CaseStep.department_id)
        .where(CaseStep.case_id.in_(ids))
        .order_by(CaseStep.case_id, CaseStep.position, CaseStep.id)
    )  # fmt: skip
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found


def _deliveries(session: Session, ids: list[int]) -> dict[int, Any]:
    rows = session.execute(
        select(Delivery.case_id, Delivery.delivered_on, CountyOption.name)
        .join(CountyOption, CountyOption.id == Delivery.way_id)
        .where(Delivery.case_id.in_(ids))
    )
    return {row.case_id: row for row in rows}


def _terminations(session: Session, ids: list[int]) -> set[int]:
    return set(session.scalars(select(Termination.case_id).where(Termination.case_id.in_(ids))))


def _row(case: Any, steps: list[Any], handed: Any, terminated: bool, on: date) -> dict[str, Any]:
    def by(day: date | None) -> date | None:
        """`day` as far as it was known on the day the ledger speaks of."""
        return day if day is not None and day <= on else None

    ended = by(case.ended_on)
    delivered = by(handed.delivered_on) if handed else None
    outcome = Outcome.OPEN if ended is None else Outcome.TERMINATED if terminated else Outcome.CLOSED
    person = case.enterprise is None
    return {
        "number": case.number,
        "accepted_on": case.accepted_on,
        "channel": case.channel,
        "mode": case.mode,
        "applicant": case.applicant_name if person else case.enterprise,
        "handler": case.applicant_name if person else case.handler,
        "phone": case.applicant_phone if person else case.handler_phone,
        "project_name": case.project,
        "project_code": case.code,
        "investment": case.investment,
        "is_key": bool(case.is_key or case.officer_id),
        "category": _joined(ItemCategory(s.category).label for s in steps),
        "items": _joined(s.name for s in steps),
        "departments": _joined(s.department for s in steps),
        "agent": case.agent if by(case.assigned_on) else None,
        "officer": case.officer if by(case.assigned_on) else None,
        "limit": _limit(steps),
        "due_on": case.due_on,
        "state": _state_on(case, terminated, by).label,
        "approved_on": by(case.approved_on),
        "delivery": f"{delivered} {handed.name}" if delivered else None,
        "closed_on": ended if outcome is Outcome.CLOSED else None,
        "overdue": is_overdue(case.due_on, by(case.approved_on) or ended, on),
        "rating": case.rating if ended else None,
        "outcome": outcome,
    }


def _joined(words: Iterable[str]) -> str | None:
    return JOINT.join(dict.fromkeys(words)) or None


def _limit(steps: list[Any]) -> str | None:
    if not steps:
        return None
    longest = max(steps, key=lambda s: s.limit_days)
    return f"{longest.limit_days} 个{LimitKind(longest.limit_kind).label}"


def _state_on(case: Any, terminated: bool, by: Any) -> CaseState:
    """The state that the dates say the case had; 评价 has no date of its own and stands as it is."""
    if by(case.archived_on):
        return CaseState.ARCHIVED
    if by(case.ended_on):
        if terminated:
            return CaseState.TERMINATED
        return CaseState.EVALUATED if case.state is CaseState.EVALUATED else CaseState.CLOSED
    for day, state in (
        (case.delivered_on, CaseState.DELIVERED),
        (case.approved_on, CaseState.APPROVED),
        (case.assigned_on, CaseState.IN_PROGRESS),
    ):
        if by(day):
            return state
    return CaseState.ACCEPTED
