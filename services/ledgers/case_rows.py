"""Which cases belong to a month's ledger, and their values at the month's end. Source: 领域 10."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from models.cases import FINAL, OPEN, CaseState, CaseStep, Delivery, ServiceCase, StepState, Termination
from models.items import ItemCategory, LimitKind, ServiceItem
from models.ledger import JOINT, LedgerEntry, LedgerMonth, MonthState, Outcome
from models.people import Staff
from models.places import CountyOption, Department, Window
from models.projects import Enterprise, KeyDesignation, Project
from services.cases.transitions import DATES, MOVES
from services.kernel.working_days import is_overdue
from services.key_targets.key_list import in_force
from services.statistics.coverage import coverage_of

#: How many cases one statement reads.
BATCH = 500
#: Length of the columns that hold joined names.
NAMES = 500


class Standing(NamedTuple):
    """How a case counts in a month: `late` (补录) or not; `received` (本月受理) or 上期结转."""

    late: bool
    received: bool


def cases_of_month(session: Session, month: LedgerMonth) -> dict[int, Standing]:
    """Map the id of each case that belongs to `month` to its `Standing`.

    A regular case was accepted by the last day and not ended before the first. A late case (补录) was
    entered after a month was locked that should have shown it, or shown it as ended. It belongs to the
    first month after the locked ones and to no other. What falls into months without a ledger is late too.
    """
    covered = coverage_of(session, month)
    accepted: Any = ServiceCase.accepted_on
    ended_column: Any = ServiceCase.ended_on
    base = [ServiceCase.county_id == month.county_id, accepted.is_not(None), accepted <= covered.last]
    found = {}
    for id_, accepted_on, ended_on in session.execute(
        select(ServiceCase.id, accepted, ended_column).where(
            *base, or_(ended_column.is_(None), ended_column >= covered.start)
        )
    ):
        between = covered.start <= accepted_on < covered.first or (ended_on is not None and ended_on < covered.first)
        found[id_] = Standing(late=between, received=accepted_on >= covered.start)
    if covered.since is None:
        return found
    shown, ended = recorded_cases(session, month)
    rows = session.execute(
        select(ServiceCase.id, accepted, ended_column).where(
            *base, or_(ended_column.is_(None), ended_column >= covered.since, ServiceCase.id.in_(shown_cases(month)))
        )
    )
    for id_, accepted_on, ended_on in rows:
        missed = accepted_on < covered.start and id_ not in shown
        end_missed = ended_on is not None and ended_on < covered.start and id_ not in ended
        if missed or end_missed:
            found[id_] = Standing(late=True, received=missed)
    return found


def shown_cases(month: LedgerMonth, *more: Any) -> Select[Any]:
    """SELECT of the cases that earlier locked months show, with `more` columns of their rows."""
    return (
        select(LedgerEntry.case_id, *more)
        .join(LedgerMonth, LedgerMonth.id == LedgerEntry.month_id)
        .where(
            LedgerMonth.county_id == month.county_id,
            LedgerMonth.state == MonthState.LOCKED,
            LedgerMonth.month < month.month,
            LedgerMonth.reason.is_(None),
            LedgerEntry.case_id.is_not(None),
        )
    )


def recorded_cases(session: Session, month: LedgerMonth) -> tuple[set[int], set[int]]:
    """Cases shown by earlier locked months, and the cases they show as ended."""
    rows = session.execute(shown_cases(month, LedgerEntry.outcome)).all()
    return {c for c, _ in rows}, {c for c, outcome in rows if outcome is not Outcome.OPEN}


def ledger_rows(session: Session, cases: Mapping[int, Standing], on: date) -> Iterator[dict[str, Any]]:
    """Yield the computed columns of one entry for each case, as of `on`; a few statements for each batch."""
    ids = sorted(cases)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        steps, handed, ends = _steps(session, batch), _deliveries(session, batch), _terminations(session, batch)
        key = _key_cases(session, batch, on)
        for case in _cases(session, batch):
            yield _row(case, steps.get(case.id, []), handed.get(case.id), case.id in ends, on) | {
                "case_id": case.id,
                "is_key": case.id in key,
                "late": cases[case.id].late,
                "received_here": cases[case.id].received,
            }


def _cases(session: Session, ids: list[int]) -> Sequence[Any]:
    agent, officer = aliased(Staff), aliased(Staff)
    channel, mode, rating = aliased(CountyOption), aliased(CountyOption), aliased(CountyOption)
    c = ServiceCase
    return session.execute(
        select(
            c.id,
            c.number,
            c.state,
            *(getattr(c, column) for column in dict.fromkeys(DATES.values())),
            c.due_on,
            c.green_channel,
            c.applicant_name,
            c.applicant_phone,
            Enterprise.name.label("enterprise"),
            Enterprise.handler,
            Enterprise.handler_phone,
            Project.name.label("project"),
            Project.code,
            Project.investment,
            agent.name.label("agent"),
            officer.name.label("officer"),
            channel.name.label("channel"),
            mode.name.label("mode"),
            rating.name.label("rating"),
            Window.name.label("station"),
        )
        .outerjoin(Enterprise, Enterprise.id == c.enterprise_id)
        .outerjoin(Project, Project.id == c.project_id)
        .outerjoin(agent, agent.id == c.agent_id)
        .outerjoin(officer, officer.id == c.officer_id)
        .outerjoin(channel, channel.id == c.channel_id)
        .outerjoin(mode, mode.id == c.mode_id)
        .outerjoin(rating, rating.id == c.rating_id)
        .outerjoin(Window, Window.id == c.station_id)
        .where(c.id.in_(ids))
    ).all()


def _steps(session: Session, ids: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    rows = session.execute(
        select(
            CaseStep.case_id,
            ServiceItem.name,
            ServiceItem.category,
            CaseStep.state,
            CaseStep.limit_days,
            CaseStep.limit_kind,
            ServiceItem.limit_days.label("item_days"),
            ServiceItem.limit_kind.label("item_kind"),
            Department.name.label("department"),
        )
        .join(ServiceItem, ServiceItem.id == CaseStep.item_id)
        .join(Department, Department.id == CaseStep.department_id)
        .where(CaseStep.case_id.in_(ids))
        .order_by(CaseStep.case_id, CaseStep.position, CaseStep.id)
    )
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found


def _deliveries(session: Session, ids: list[int]) -> dict[int, Any]:
    rows = session.execute(
        select(Delivery.case_id, Delivery.delivered_on, CountyOption.name)
        .join(CountyOption, CountyOption.id == Delivery.way_id)
        .where(Delivery.case_id.in_(ids), Delivery.voided_on.is_(None))
    )
    return {row.case_id: row for row in rows}


def _terminations(session: Session, ids: list[int]) -> set[int]:
    valid = select(Termination.case_id).where(Termination.case_id.in_(ids), Termination.voided_on.is_(None))
    return set(session.scalars(valid))


def _key_cases(session: Session, ids: list[int], on: date) -> set[int]:
    """The cases whose project or enterprise was designated on that day, with an officer or without."""
    about = or_(
        KeyDesignation.project_id == ServiceCase.project_id, KeyDesignation.enterprise_id == ServiceCase.enterprise_id
    )
    designated = select(ServiceCase.id).join(KeyDesignation, about).where(ServiceCase.id.in_(ids), in_force(on))
    return set(session.scalars(designated))


def _row(case: Any, steps: list[Any], handed: Any, terminated: bool, on: date) -> dict[str, Any]:
    def by(day: date | None) -> date | None:
        """`day`, or None if it is after the ledger's date."""
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
        # Sorted, not in the order of the steps: 统计 groups cases by this text.
        "category": _joined(c.label for c in ItemCategory if c in {s.category for s in steps}),
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
        "green_channel": case.green_channel,
        "station": case.station,
        "outcome": outcome,
    }


def _joined(words: Iterable[str]) -> str | None:
    """Join distinct words. Names that do not fit into the column are counted (等 n 项), never cut."""
    names = list(dict.fromkeys(words))
    kept = len(names)
    while len(text := JOINT.join(names[:kept]) + _omitted(len(names), kept)) > NAMES:
        kept -= 1
    return text or None


def _omitted(count: int, kept: int) -> str:
    return "" if kept == count else f"等 {count} 项"


def _limit(steps: list[Any]) -> str | None:
    """The longest limit of the items as one text; None when no item has one."""
    limits = [found for step in steps if (found := _limit_of(step)) is not None]
    if not limits:
        return None
    # Five working days are as long as seven calendar days.
    days, kind = max(limits, key=lambda one: one[0] * (7 if one[1] is LimitKind.WORKING else 5))
    return f"{days} 个{kind.label}" if days else "即办"


def _limit_of(step: Any) -> tuple[int, LimitKind] | None:
    """The limit laid down when the department accepted the item; until then the item's present one.

    An item that has ended without a limit of its own, as those of imported past cases do, had none.
    """
    if step.state is StepState.WITHDRAWN:
        return None
    if step.limit_days is not None:
        return step.limit_days, step.limit_kind
    return None if step.state in FINAL else (step.item_days, step.item_kind)


def _state_on(case: Any, terminated: bool, by: Any) -> CaseState:
    """The state of the case by its dates. 已评价 has no date, so the current one is kept."""
    if by(case.archived_on):
        return CaseState.ARCHIVED
    if by(case.ended_on):
        if terminated:
            return CaseState.TERMINATED
        return CaseState.EVALUATED if case.state is CaseState.EVALUATED else CaseState.CLOSED
    for name, column in reversed(tuple(DATES.items())):
        end = MOVES[name].end
        if end in OPEN and by(getattr(case, column)):
            return end
    return CaseState.ACCEPTED
