"""说明告知: who told an applicant what, when and how, kept as 工作纪实.

Source: H 五(一); Z 二(二).
"""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import ServiceCase
from models.people import Staff, User
from models.work import TellingWay, WorkKind, WorkRecord
from services.cases.transitions import check_date
from services.kernel.actor import doer_of
from services.kernel.errors import RuleViolation


class Told(TypedDict, total=False):
    """What the form of an action asks about the telling. All is None where the applicant was not told."""

    #: Who told; None: the person who acts.
    told_by: str | None
    #: Whom; None: the applicant's clerk.
    told_to: str | None
    told_way: TellingWay | None
    told_on: date | None


def tellings(
    session: Session,
    case: ServiceCase,
    subject: str,
    content: str,
    told: Told,
    *,
    needed: bool,
    until: date | None = None,
) -> list[WorkRecord]:
    """The new 工作纪实 that the applicant was told; empty when nobody told them and the document does not bind.

    Refuses an incomplete one where it is `needed`. `until`: the last day on which it may have been done.
    """
    way, on = told.get("told_way"), told.get("told_on")
    if not needed and way is None:
        return []
    by, to = told.get("told_by") or _own_name(session), told.get("told_to") or case.applicant_handler
    parts = (("told_by", by, "告知人"), ("told_to", to, "告知对象"), ("told_way", way, "方式"), ("told_on", on, "日期"))
    for field, value, label in parts:
        if value is None:
            raise RuleViolation("telling.lacking", f"{case.display_name} {subject}须写明{label}", field=field)
    assert on is not None
    check_date(on, None, subject)
    if until is not None and on > until:
        raise RuleViolation("telling.late", f"{subject}日期不能晚于 {until}", field="told_on")
    return [
        WorkRecord(
            county_id=case.county_id,
            case_id=case.id,
            enterprise_id=case.enterprise_id,
            project_id=case.project_id,
            kind=WorkKind.TOLD,
            subject=subject,
            happened_on=on,
            staff_id=doer_of(session).staff_id,
            teller=by,
            visitor=to,
            way=way,
            content=content,
        )
    ]


def _own_name(session: Session) -> str | None:
    """The name of the person who acts: as service person, else of the account."""
    doer = doer_of(session)
    if doer.staff_id is not None:
        return session.scalar(select(Staff.name).where(Staff.id == doer.staff_id))
    return session.scalar(select(User.display_name).where(User.id == doer.user_id))
