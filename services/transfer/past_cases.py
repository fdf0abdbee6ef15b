"""历史办件: cases that ended before the program was introduced, imported as they were. Source: 领域 4."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from unicodedata import normalize

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.base import Base
from models.cases import (
    ENDED,
    CaseEvent,
    CaseState,
    CaseStep,
    Completion,
    Delivery,
    ServiceCase,
    StepState,
    Termination,
)
from models.fields import field_of
from models.items import LimitKind, ServiceItem
from models.places import Meaning
from services.cases.deadlines import set_due
from services.cases.transitions import add_event
from services.kernel.access import require
from services.kernel.errors import RuleViolation
from services.kernel.working_days import today
from services.records import crud

#: The column that lists a case's items, and its hint.
ITEMS, ITEMS_HELP = "具体事项", "多个事项用顿号分开，名称与“服务事项”一致"
PARTED = re.compile(r"[、,，;；\s]+")
#: Dates of a case in chronological order.
IN_ORDER = ("submitted_on", "accepted_on", "approved_on", "delivered_on", "ended_on")
#: Tables with rows of a past case.
PARTS: tuple[type[Any], ...] = (CaseEvent, CaseStep, Delivery, Completion, Termination)
#: 承诺时限 as lists write it: 5 个工作日, 20天, 即办.
LIMIT, AT_ONCE = re.compile(r"(\d{1,4})个?(工作日|自然日|日历日|日|天)"), "即办"
#: Columns of the import that are not fields of the case.
_APART = ("items", "slip", "way", "recipient", "reason", "limit")


def create(session: Session, _: type[Any], values: Mapping[str, Any]) -> Base:
    """Create a past case with items, delivery and slip; all keep their old numbers.

    It is due when the list says so, by 应办结日 or 承诺时限, and else on no day: the limits that the items have
    today were not promised then.
    """
    require(session, "service_case.import")
    _check(values)
    own = {k: v for k, v in values.items() if k not in _APART}
    case = ServiceCase()
    crud.save(session, case, own | {"matter": own.get("matter") or values.get("items") or "历史办件"})
    session.flush()
    _add_steps(session, case, values.get("items"))
    _add_delivery(session, case, values)
    _add_slip(session, case, values)
    add_event(
        session, case, AuditAction.CASE_RECORD_PAST, case.ended_on or case.accepted_on or date.min, end=case.state
    )
    if values.get("limit"):
        _set_limit(case, *_limit_of(values["limit"]))
    case.due_on = values.get("due_on") or case.due_on
    session.flush()
    return case


def _limit_of(text: str) -> tuple[int, LimitKind]:
    plain = re.sub(r"\s", "", normalize("NFKC", text))
    found = LIMIT.fullmatch(plain)
    if found is None and plain != AT_ONCE:
        raise RuleViolation("past.limit", "承诺时限请写成“5 个工作日”“20 日”或“即办”", field="limit")
    kind = LimitKind.CALENDAR if found and found[2] != "工作日" else LimitKind.WORKING
    return int(found[1]) if found else 0, kind


def _set_limit(case: ServiceCase, days: int, kind: LimitKind) -> None:
    for step in case.steps:
        step.limit_days, step.limit_kind = days, kind
    set_due(case)


def _check(values: Mapping[str, Any]) -> None:
    if values.get("state") not in ENDED:
        words = "、".join(s.label for s in CaseState if s in ENDED)
        raise RuleViolation("past.state", f"历史办件应已结束，状态只能是：{words}", field="state")
    if not values.get("enterprise") and not values.get("applicant_name"):
        raise RuleViolation("case.applicant", "请填申请单位，群众申请的填申请人", field="enterprise")
    earlier: tuple[str, date] | None = None
    for name in IN_ORDER:
        day, label = values.get(name), field_of(ServiceCase, name).label
        if day is None:
            continue
        if day > today():
            raise RuleViolation("date.future", f"{label}不能晚于今天", field=name)
        if earlier and day < earlier[1]:
            raise RuleViolation("date.order", f"{label}不能早于{earlier[0]} {earlier[1]}", field=name)
        earlier = label, day
    if values["state"] is CaseState.TERMINATED and not values.get("reason"):
        raise RuleViolation("past.reason", "已终止的件要填终止原因", field="reason")


def _add_steps(session: Session, case: ServiceCase, names: str | None) -> None:
    wanted = [name for name in PARTED.split(names or "") if name]
    rows = session.scalars(select(ServiceItem).where(ServiceItem.name.in_(wanted)))
    items = {item.name: item for item in rows}
    unknown = [name for name in wanted if name not in items]
    if unknown:
        raise RuleViolation("past.items", f"没有这些服务事项：{'、'.join(unknown)}", field="items")
    granted = case.state is not CaseState.TERMINATED
    for position, name in enumerate(dict.fromkeys(wanted), 1):
        session.add(
            CaseStep(
                county_id=case.county_id,
                case=case,
                item=items[name],
                position=position,
                department_id=items[name].department_id,
                accepted_on=case.accepted_on,
                finished_on=case.approved_on or case.ended_on,
                state=StepState.GRANTED if granted else StepState.WITHDRAWN,
            )
        )


def _add_delivery(session: Session, case: ServiceCase, values: Mapping[str, Any]) -> None:
    if values.get("way") is None or case.delivered_on is None:
        return
    session.add(
        Delivery(
            county_id=case.county_id,
            case_id=case.id,
            way_id=values["way"].id,
            delivered_on=case.delivered_on,
            documents="批文、证件及有关资料",
            recipient=values.get("recipient") or str(values.get("enterprise") or case.applicant_name),
            delivered_by_id=case.agent.id if case.agent else None,
        )
    )


def _add_slip(session: Session, case: ServiceCase, values: Mapping[str, Any]) -> None:
    """Add the 办结单 or 终止单 under its old number, or under the case's number when that is unknown."""
    assert case.ended_on is not None
    number = values.get("slip") or case.number
    _refuse_known_slip(session, case, number)
    if case.state is CaseState.TERMINATED:
        session.add(
            Termination(
                county_id=case.county_id,
                case_id=case.id,
                number=number,
                terminated_on=case.ended_on,
                reason_id=values["reason"].id,
                one_sided=values["reason"].meaning is Meaning.ONE_SIDED,
            )
        )
    else:
        session.add(Completion(county_id=case.county_id, case_id=case.id, number=number, completed_on=case.ended_on))


def _refuse_known_slip(session: Session, case: ServiceCase, number: str | None) -> None:
    model: type[Any] = Termination if case.state is CaseState.TERMINATED else Completion
    if session.scalar(select(model.id).where(model.county_id == case.county_id, model.number == number).limit(1)):
        raise RuleViolation("past.slip", f"已有编号为{number}的{model.__title__}", field="slip")


def update(session: Session, case: ServiceCase, values: Mapping[str, Any]) -> None:
    """Update 备注 of an existing case; its other fields change by actions only."""
    require(session, "service_case.import")
    changed = {k for k, v in values.items() if k not in _APART and getattr(case, k) != v}
    if changed - {"remark"}:
        labels = "、".join(field_of(ServiceCase, k).label for k in sorted(changed - {"remark"}))
        raise RuleViolation("past.known", f"{case.display_name} 已在办件中，导入只能改备注，不能改{labels}")
    crud.update(session, case, {"remark": values.get("remark")}, case.version)


def remove(session: Session, case: ServiceCase) -> None:
    """Remove what `create` made, for 撤销本次导入."""
    for model in PARTS:
        for row in session.scalars(select(model).where(model.case_id == case.id)):
            session.delete(row)
    session.flush()
    session.delete(case)
    session.flush()
