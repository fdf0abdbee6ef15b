"""分包: the chief service officer of each key project and key enterprise; one at a time.

Source: W, Z 附件1 一.1; 领域 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.cases import OPEN, ServiceCase
from models.people import ChiefServiceOfficer
from models.projects import Assignment, Enterprise, KeyDesignation, Project
from models.work import Agreement, AgreementKind
from services.kernel.access import require
from services.kernel.actor import Actor
from services.kernel.audit import audit_action
from services.kernel.errors import RuleViolation
from services.kernel.working_days import today
from services.key_targets.key_list import in_force

KeyTarget = Project | Enterprise

#: The mark of an assignment without an agreement, and how many a warning names.
UNSIGNED, NAMED = "未签委托协议", 5


def _points_at(model: type[Assignment] | type[KeyDesignation], target: KeyTarget) -> tuple[str, object]:
    """The foreign key of `model` for `target`, and the condition that it refers to it."""
    key = "project_id" if isinstance(target, Project) else "enterprise_id"
    return key, getattr(model, key) == target.id


def loads_of(session: Session, officers: Iterable[int]) -> dict[int, int]:
    """How many projects and enterprises each of `officers` (staff ids) serves now."""
    rows = session.execute(
        select(Assignment.officer_id, func.count())
        .where(Assignment.officer_id.in_(list(officers)), Assignment.until.is_(None))
        .group_by(Assignment.officer_id)
    )
    return dict(rows.all())


def current_assignment(session: Session, target: KeyTarget) -> Assignment | None:
    """The assignment of `target` that has not ended."""
    _, points = _points_at(Assignment, target)
    return session.scalar(select(Assignment).where(points, Assignment.until.is_(None)))  # type: ignore[arg-type]


def why_no_assignment(_: Actor, target: KeyTarget) -> str | None:
    """Why `target` cannot be assigned to an officer now; None when it can."""
    if not target.is_key:
        return _not_key(target)
    return _already_assigned(target, target.officer) if target.officer else None


def why_no_reassignment(_: Actor, target: KeyTarget) -> str | None:
    """Why `target` cannot be reassigned to another officer now; None when it can."""
    if not target.is_key:
        return _not_key(target)
    return None if target.officer_id else _unassigned(target)


def _not_key(target: KeyTarget) -> str:
    return f"“{target.name}”不在重点名单中，请先登记重点认定"


def _already_assigned(target: KeyTarget, officer: ChiefServiceOfficer) -> str:
    return f"“{target.name}”已由{officer.name}分包，换人请用“调整分包”"


def _unassigned(target: KeyTarget) -> str:
    return f"“{target.name}”还没有首席服务员，请用“分包”"


def _unsigned() -> tuple[ColumnElement[bool], ...]:
    """Conditions for a current assignment without a 委托协议, either in its own fields or as an `Agreement`."""
    about = or_(Agreement.project_id == Assignment.project_id, Agreement.enterprise_id == Assignment.enterprise_id)
    kept = exists().where(about, Agreement.kind == AgreementKind.AGREEMENT)
    written = and_(Assignment.agreement_number.is_not(None), Assignment.agreement_on.is_not(None))
    return Assignment.until.is_(None), ~written, ~kept


def unsigned(session: Session, ids: Sequence[int]) -> set[int]:
    """The assignments among `ids` that are marked 未签委托协议. Source: 领域 1."""
    return set(session.scalars(select(Assignment.id).where(Assignment.id.in_(ids), *_unsigned())))


def unsigned_warning(session: Session, targets: Sequence[KeyTarget]) -> str | None:
    """The warning after assigning `targets` of which some have no 委托协议 yet; None when all have one."""
    key, _ = _points_at(Assignment, targets[0])
    column = getattr(Assignment, key)
    found = set(session.scalars(select(column).where(column.in_([t.id for t in targets]), *_unsigned())))
    lacking = [target.name for target in targets if target.id in found]
    if not lacking:
        return None
    more = f" 等 {len(lacking)} 个" if len(lacking) > NAMED else ""
    return f"{UNSIGNED}：{'、'.join(lacking[:NAMED])}{more}。签订后请在“分包”里填写协议编号和签订日期"


def assign_officer(
    session: Session,
    targets: Sequence[KeyTarget],
    officer: ChiefServiceOfficer,
    *,
    since: date,
    reason: str | None = None,
    agreement_number: str | None = None,
    agreement_on: date | None = None,
    replace: bool = False,
) -> list[Assignment]:
    """分包, or 调整分包 with `replace`: assign `targets` to `officer` from `since`; all or none.

    The agreement is stored on the assignment; without one it is marked 未签委托协议.
    """
    require(session, "assignment.assign")
    _check_officer(officer, since)
    made = []
    with audit_action(session, AuditAction.ASSIGNMENT_CHANGE if replace else AuditAction.ASSIGNMENT_GIVE):
        for target in targets:
            if not replace:
                _check_designated(session, target)
            _end_previous(session, target, officer, since, reason, replace)
            key, _ = _points_at(Assignment, target)
            made.append(
                Assignment(
                    county_id=target.county_id,
                    officer_id=officer.id,
                    since=since,
                    reason=reason,
                    agreement_number=agreement_number,
                    agreement_on=agreement_on,
                    **{key: target.id},
                )
            )
            target.officer_id = officer.id
            _give_cases(session, target, officer)
        session.add_all(made)
    return made


def _check_officer(officer: ChiefServiceOfficer, since: date) -> None:
    if not officer.county.has_chief_officers:
        raise RuleViolation("county.no_officers", f"{officer.county.name}不设项目首席服务员")
    if not officer.active:
        raise RuleViolation("officer.inactive", f"{officer.name}已不在岗，不能分包", field="officer")
    if since > today():
        raise RuleViolation("date.future", "分包日期不能晚于今天", field="since")


def _check_designated(session: Session, target: KeyTarget) -> None:
    _, points = _points_at(KeyDesignation, target)
    found = session.scalar(
        select(KeyDesignation.id).where(points, in_force(today()))  # type: ignore[arg-type]
    )
    if found is None:
        raise RuleViolation("assignment.not_key", _not_key(target))


def _end_previous(
    session: Session,
    target: KeyTarget,
    officer: ChiefServiceOfficer,
    since: date,
    reason: str | None,
    replace: bool,
) -> None:
    """End the current assignment when replacing it; refuse when there is one and this does not replace it."""
    current = current_assignment(session, target)
    if current is None and replace:
        raise RuleViolation("assignment.none", _unassigned(target))
    if current is None:
        return
    if not replace:
        raise RuleViolation("assignment.taken", _already_assigned(target, current.officer))
    if current.officer_id == officer.id:
        raise RuleViolation("assignment.same", f"“{target.name}”现在就由{officer.name}分包", field="officer")
    _end(current, since, reason)
    session.flush()


def _give_cases(session: Session, target: KeyTarget, officer: ChiefServiceOfficer) -> None:
    """Set the officer of the open cases of `target`."""
    key, _ = _points_at(Assignment, target)
    cases = session.scalars(
        select(ServiceCase).where(getattr(ServiceCase, key) == target.id, ServiceCase.state.in_(OPEN))
    )
    for case in cases:
        case.officer_id = officer.id


def end_assignments(session: Session, assignments: Sequence[Assignment], *, on: date, reason: str) -> None:
    """结束分包: the officers no longer serve these targets; all or none."""
    require(session, "assignment.assign")
    with audit_action(session, AuditAction.ASSIGNMENT_END):
        for row in assignments:
            if row.until is not None:
                raise RuleViolation("assignment.ended", f"这条分包已于 {row.until} 结束")
            _end(row, on, reason)


def end_current(session: Session, target: KeyTarget, *, on: date, reason: str | None) -> None:
    """End the current assignment of `target`, if there is one."""
    current = current_assignment(session, target)
    if current is not None:
        _end(current, on, reason)


def _end(assignment: Assignment, on: date, reason: str | None) -> None:
    if on < assignment.since or on > today():
        raise RuleViolation("date.order", f"结束日期须在 {assignment.since} 与今天之间", field="on")
    assignment.until, assignment.end_reason = on, reason
    target = assignment.project or assignment.enterprise
    assert target is not None
    target.officer_id = None
