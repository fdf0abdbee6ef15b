"""重点认定: adding projects and enterprises to the key list and removing them.

Source: W, Z 附件1 一.1; H 三(四); 领域 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.people import DesignationTarget, Role
from models.places import Department
from models.projects import Enterprise, KeyDesignation, Level, Project
from services.kernel.access import require
from services.kernel.actor import Actor
from services.kernel.audit import audit_action
from services.kernel.errors import Forbidden, RuleViolation
from services.kernel.roles import acts_as
from services.kernel.working_days import today
from services.key_targets.assignment import end_current
from services.key_targets.key_list import in_force

KeyTarget = Project | Enterprise


def kind_of(target: KeyTarget) -> DesignationTarget:
    """Which key list `target` belongs to."""
    return DesignationTarget.PROJECT if isinstance(target, Project) else DesignationTarget.ENTERPRISE


def column_of(target: KeyTarget) -> str:
    """The foreign key of designations and assignments that refers to `target`."""
    return f"{kind_of(target)}_id"


def current_designation(session: Session, target: KeyTarget) -> KeyDesignation | None:
    """The designation of `target` that is not revoked."""
    return session.scalar(
        select(KeyDesignation).where(
            getattr(KeyDesignation, column_of(target)) == target.id,
            KeyDesignation.revoked_on.is_(None),
        )
    )


def why_no_designation(actor: Actor, target: KeyTarget) -> str | None:
    """Why `target` cannot be added to the key list now; None when it can."""
    if acts_as(actor, Role.LIST_KEEPER) and actor.keeps is not kind_of(target):
        return f"您管理的名单不是{kind_of(target).label}名单"
    return _already_designated(target) if target.is_key else None


def _already_designated(target: KeyTarget) -> str:
    return f"“{target.name}”已在重点名单中，不能重复登记"


def designate(
    session: Session,
    targets: Sequence[KeyTarget],
    *,
    basis: str,
    on: date,
    level: Level = Level.COUNTY,
    decided_by: Department | None = None,
    valid_until: date | None = None,
) -> list[KeyDesignation]:
    """登记重点认定: add `targets` to the key list by one document; all or none."""
    actor = require(session, "key_designation.designate")
    if on > today():
        raise RuleViolation("date.future", "列入日期不能晚于今天", field="on")
    if valid_until is not None and valid_until < on:
        raise RuleViolation("date.order", "有效期不能早于列入日期", field="valid_until")
    made = []
    with audit_action(session, AuditAction.DESIGNATION_GIVE):
        for target in targets:
            _check_keeper(actor, kind_of(target))
            _end_expired(session, target, on)
            made.append(
                KeyDesignation(
                    county_id=target.county_id,
                    basis=basis,
                    designated_on=on,
                    level=level,
                    decided_by_id=decided_by.id if decided_by else None,
                    valid_until=valid_until,
                    **{column_of(target): target.id},
                )
            )
            target.is_key = _is_valid(valid_until)
        session.add_all(made)
    return made


def _end_expired(session: Session, target: KeyTarget, on: date) -> None:
    """End the expired designation of `target` before a new one; refuse while one is in force."""
    current = current_designation(session, target)
    if current is None:
        return
    expired = current.valid_until
    if expired is None or _is_valid(expired):
        raise RuleViolation("designation.twice", _already_designated(target))
    if on <= expired:
        raise RuleViolation("date.order", f"“{target.name}”上次认定有效至 {expired}，列入日期须在其后", field="on")
    current.revoked_on, current.revoke_reason = expired + timedelta(days=1), "到期，重新认定"
    session.flush()


def _is_valid(valid_until: date | None) -> bool:
    """Whether a designation with this 有效期至 is in force today."""
    return valid_until is None or valid_until >= today()


def guard_designation(session: Session, row: KeyDesignation, values: Mapping[str, Any]) -> None:
    """Check the form and set 是否重点 of the target by the new 有效期."""
    until = values.get("valid_until", row.valid_until)
    target = row.project or row.enterprise
    if target is not None and row.revoked_on is None and until != row.valid_until:
        target.is_key = _is_valid(until)


def refresh_key_flags(session: Session) -> int:
    """Set 是否重点 by the designations in force today; return the number of changed rows.

    An expired designation is not revoked and its 分包 continues. Whether the 分包 ends is asked when the
    designation is revoked.
    """
    found: list[KeyTarget] = [target for model in (Project, Enterprise) for target in _wrongly_flagged(session, model)]
    with audit_action(session, AuditAction.DESIGNATION_REVIEW):
        for target in found:
            target.is_key = not target.is_key
    return len(found)


def _wrongly_flagged(session: Session, model: type[Project] | type[Enterprise]) -> Sequence[KeyTarget]:
    target = getattr(KeyDesignation, f"{model.__tablename__}_id")
    listed = model.id.in_(select(target).where(in_force(today()), target.is_not(None)))
    wrong = or_(model.is_key & ~listed, ~model.is_key & listed)
    found: Sequence[Any] = session.scalars(select(model).where(wrong)).all()
    return found


def _check_keeper(actor: Actor, kind: DesignationTarget) -> None:
    if acts_as(actor, Role.LIST_KEEPER) and actor.keeps is not kind:
        raise Forbidden(f"您管理的名单不是{kind.label}名单")


def revoke(
    session: Session,
    designations: Sequence[KeyDesignation],
    *,
    on: date,
    reason: str,
    end_assignments: bool,
) -> None:
    """撤销重点认定: remove rows from the key list and, if the office says so, end their 分包."""
    actor = require(session, "key_designation.revoke")
    if on > today():
        raise RuleViolation("date.future", "撤销日期不能晚于今天", field="on")
    with audit_action(session, AuditAction.DESIGNATION_REVOKE):
        for row in designations:
            target = row.project or row.enterprise
            assert target is not None
            _check_keeper(actor, kind_of(target))
            _revoke_one(row, target, on, reason)
            if end_assignments:
                end_current(session, target, on=on, reason=reason)


def _revoke_one(row: KeyDesignation, target: KeyTarget, on: date, reason: str) -> None:
    if row.revoked_on is not None:
        raise RuleViolation("designation.revoked", f"“{target.name}”的认定已于 {row.revoked_on} 撤销")
    if on < row.designated_on:
        raise RuleViolation("date.order", f"撤销日期不能早于列入日期 {row.designated_on}", field="on")
    row.revoked_on, row.revoke_reason = on, reason
    target.is_key = False


def undo_designation(session: Session, row: KeyDesignation) -> None:
    """Undo a designation made by an import, unless its target has been assigned."""
    target = row.project or row.enterprise
    assert target is not None
    if target.officer_id is not None:
        raise RuleViolation("designation.served", f"“{target.name}”已分包，不能撤销登记")
    target.is_key = False
    session.delete(row)
    session.flush()
