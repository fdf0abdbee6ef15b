"""The other ledgers, as of a day: 重点项目, 重点企业, 办结/终止. Source: 领域 10 (b-d)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, null, or_, select
from sqlalchemy.orm import Session, aliased

from excel.definitions import ENTERPRISES, PROJECTS, mask_phones
from models.cases import (
    FINAL,
    CaseStep,
    Completion,
    Delivery,
    ServiceCase,
    StepState,
    Termination,
)
from models.ledger import LedgerEntry, LedgerMonth, Outcome
from models.people import Staff
from models.places import CountyOption, Department
from models.projects import Assignment, Enterprise, KeyDesignation, Project
from models.types import show
from models.work import NEWS_KINDS, WorkRecord
from services.kernel.working_days import calendar_of
from services.key_targets.key_list import in_force
from services.records.lists import EXPORT_BATCH
from services.statistics.coverage import coverage_of

Rows = Iterator[list[Any]]


def _in_effect(on: date) -> ColumnElement[bool]:
    """Condition for assignments in effect on a day."""
    return and_(Assignment.since <= on, or_(Assignment.until.is_(None), Assignment.until > on))


def key_projects(session: Session, county_id: int, on: date, *, masked: bool) -> Rows:
    """重点项目首席服务员分包台账: projects on the key list on a day, by name; rows of PROJECTS."""
    items = _items_of_projects(session, county_id, on)
    decider, unit = aliased(Department), aliased(Department)
    p, d = Project, KeyDesignation
    rows = session.execute(
        select(
            p.id,
            p.name,
            p.code,
            Enterprise.name,
            p.investment,
            p.scale,
            p.address,
            p.funding,
            p.land,
            p.started,
            decider.name,
            d.basis,
            Staff.name,
            unit.name,
            Staff.position,
            Staff.phone,
            Assignment.since,
            Assignment.agreement_number,
            p.problems,
            p.measures,
        )
        .select_from(p)
        .join(d, d.project_id == p.id)
        .join(Enterprise, Enterprise.id == p.enterprise_id)
        .outerjoin(decider, decider.id == d.decided_by_id)
        .outerjoin(Assignment, and_(Assignment.project_id == p.id, _in_effect(on)))
        .outerjoin(Staff, Staff.id == Assignment.officer_id)
        .outerjoin(unit, unit.id == Staff.department_id)
        .where(p.county_id == county_id, in_force(on))
        .order_by(p.name, p.id)
        .execution_options(yield_per=EXPORT_BATCH)
    )
    for id_, *project, officer, unit_name, position, phone, since, agreement, problems, measures in rows:
        open_, done = items.get(id_, (0, 0))
        values = [
            *map(_plain, project),
            officer,
            _joined(unit_name, position),
            phone,
            since,
            agreement,
            f"{open_}/{done}",
            problems,
            measures,
        ]
        yield mask_phones(PROJECTS, values) if masked else values


def _plain(value: Any) -> Any:
    """The label of an enum member; any other value unchanged."""
    return show(value) if hasattr(value, "label") else value


def _joined(unit: str | None, position: str | None) -> str | None:
    """单位职务 in one cell."""
    return " ".join(part for part in (unit, position) if part) or None


def _items_of_projects(session: Session, county_id: int, on: date) -> dict[int, tuple[int, int]]:
    """Project id → number of items of its accepted cases (in progress, finished) on a day."""
    step = CaseStep
    over = and_(step.state.in_(FINAL), step.finished_on <= on)
    rows = session.execute(
        select(ServiceCase.project_id, step.state, over, func.count())
        .join(ServiceCase, ServiceCase.id == step.case_id)
        .where(
            ServiceCase.county_id == county_id,
            ServiceCase.project_id.is_not(None),
            ServiceCase.accepted_on <= on,
        )
        .group_by(ServiceCase.project_id, step.state, over)
    )
    found: dict[int, tuple[int, int]] = {}
    for project, state, finished, count in rows:
        if project is None or (finished and state is StepState.WITHDRAWN):
            continue
        running, done = found.get(project, (0, 0))
        found[project] = (running, done + count) if finished else (running + count, done)
    return found


def key_enterprises(session: Session, county_id: int, on: date, *, masked: bool) -> Rows:
    """重点企业台账: enterprises on the key list on a day, by name; rows of ENTERPRISES."""
    contacts = dict(
        session.execute(
            select(WorkRecord.enterprise_id, func.max(WorkRecord.happened_on))
            .where(
                WorkRecord.county_id == county_id,
                WorkRecord.enterprise_id.is_not(None),
                WorkRecord.kind.in_(NEWS_KINDS),
                WorkRecord.happened_on <= on,
            )
            .group_by(WorkRecord.enterprise_id)
        ).all()
    )
    e, d = Enterprise, KeyDesignation
    rows = session.execute(
        select(
            e.id,
            e.name,
            e.credit_code,
            e.industry,
            e.address,
            e.principal,
            e.principal_phone,
            Department.name,
            d.designated_on,
            Staff.name,
            e.demands,
            e.progress,
            e.remark,
        )
        .select_from(e)
        .join(d, d.enterprise_id == e.id)
        .outerjoin(Department, Department.id == d.decided_by_id)
        .outerjoin(Assignment, and_(Assignment.enterprise_id == e.id, _in_effect(on)))
        .outerjoin(Staff, Staff.id == Assignment.officer_id)
        .where(e.county_id == county_id, in_force(on))
        .order_by(e.name, e.id)
        .execution_options(yield_per=EXPORT_BATCH)
    )
    for id_, *enterprise, progress, remark in rows:
        values = [*enterprise, contacts.get(id_), progress, remark]
        yield mask_phones(ENTERPRISES, values) if masked else values


def ended(session: Session, month: LedgerMonth) -> Rows:
    """办结/终止台账: the month's valid slips, by date and number; rows of ENDED.

    Slips entered too late for a locked month are included as 补录, as in 工作台账.
    """
    covered, county_id = coverage_of(session, month), month.county_id
    calendar, entry = calendar_of(session, county_id), LedgerEntry
    late = select(entry.case_id).where(
        entry.month_id == month.id, entry.late, entry.outcome != Outcome.OPEN, entry.case_id.is_not(None)
    )
    for outcome, statement in ((Outcome.CLOSED, _completions()), (Outcome.TERMINATED, _terminations())):
        slip = Completion if outcome is Outcome.CLOSED else Termination
        day = Completion.completed_on if outcome is Outcome.CLOSED else Termination.terminated_on
        rows = session.execute(
            statement.where(
                slip.county_id == county_id,
                slip.voided_on.is_(None),
                or_(day.between(covered.start, covered.last), slip.case_id.in_(late)),
            )
            .order_by(day, slip.number_key.nulls_last())
            .execution_options(yield_per=EXPORT_BATCH)
        )
        for number, project, code, enterprise, person, began, on, reason, more, returned, way, archive in rows:
            days = calendar.working_days(began, on) if began else None
            why = "：".join(part for part in (reason, more) if part) or None
            yield [
                number,
                outcome.label if on >= covered.first else f"{outcome.label}（补录）",
                project,
                code,
                enterprise or person,
                began,
                on,
                days,
                why,
                returned,
                way,
                archive,
            ]


def _completions() -> Any:
    c, none = ServiceCase, [null().label(f"none{n}") for n in range(3)]
    return _of_cases(
        select(
            Completion.number,
            Project.name,
            Project.code,
            Enterprise.name,
            c.applicant_name,
            c.accepted_on,
            Completion.completed_on,
            *none,
            CountyOption.name,
            c.archive_number,
        )
        .select_from(Completion)
        .join(c, c.id == Completion.case_id)
        .outerjoin(Delivery, and_(Delivery.case_id == c.id, Delivery.voided_on.is_(None)))
        .outerjoin(CountyOption, CountyOption.id == Delivery.way_id)
    )


def _terminations() -> Any:
    c, t = ServiceCase, Termination
    return _of_cases(
        select(
            t.number,
            Project.name,
            Project.code,
            Enterprise.name,
            c.applicant_name,
            c.accepted_on,
            t.terminated_on,
            CountyOption.name,
            t.explanation,
            t.returned,
            null().label("none"),
            c.archive_number,
        )
        .select_from(t)
        .join(c, c.id == t.case_id)
        .outerjoin(CountyOption, CountyOption.id == t.reason_id)
    )


def _of_cases(statement: Any) -> Any:
    """`statement` joined to the project and enterprise of the case."""
    return statement.outerjoin(Project, Project.id == ServiceCase.project_id).outerjoin(
        Enterprise, Enterprise.id == ServiceCase.enterprise_id
    )
