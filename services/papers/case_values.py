"""What is filled into a paper: the values of a case and of its parts, by the names that templates use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from documents.variables import BLANK, DATE, numbered_list, tick_boxes
from models.base import Base
from models.cases import (
    FINAL,
    CaseScope,
    CaseStep,
    Completion,
    Delivery,
    ServiceCase,
    Termination,
)
from models.evaluation import Evaluation
from models.fields import field_of, mask
from models.items import ItemCategory, ItemMaterial, ServiceItem
from models.places import County, CountyOption, OptionKind
from models.projects import Enterprise, Funding, Land, Project
from models.types import Labelled, day_in_words, show
from models.work import (
    Agreement,
    CaseMaterial,
    Extension,
    MaterialState,
    Urge,
    WorkRecord,
)
from services.cases.evaluation import BY_APPLICANT
from services.kernel.access import sees_phones
from services.kernel.actor import actor_of
from services.kernel.working_days import today

#: The boxes of the application for each category of items. Source: Z 附件2.
ITEM_BOXES = {
    "企业开办手续": ItemCategory.STARTING,
    "项目建设手续": ItemCategory.BUILDING,
    "项目配套手续": ItemCategory.UTILITIES,
}


#: Between the names of a list in a sentence.
JOINT = "、"
#: Gives a phone as the reader may see it.
Phone = Callable[[Any], str]


def in_words(day: date | None) -> str:
    """A date as papers write it; room for one when there is none."""
    return day_in_words(day) if day else DATE


def blank_values(session: Session, county: County) -> dict[str, str]:
    """What a form to be filled in by hand shows: every box empty."""
    return {**BLANK, **_of_county(session, county, set(), None)}


def values_of(session: Session, case: ServiceCase, part: Base | None = None) -> dict[str, str]:
    """Every variable for a case; `part`: the note, delivery, extension or 督办 that the paper is about."""
    found = {**BLANK, **_of_county(session, case.county, {s.item_id for s in case.steps}, _rating(session, case))}
    phone = _phones(session)
    found |= _of_enterprise(case, phone) | _of_project(case) | _of_case(session, case, phone)
    found |= _of_slips(session, case) | _of_delivery(session, case) | _of_agreement(session, case, phone)
    found["今天"] = in_words(today())
    if part is not None:
        found |= _of_part(part, phone)
    return {name: text or BLANK[name] for name, text in found.items()}


def _phones(session: Session) -> Phone:
    whole = sees_phones(actor_of(session))
    return lambda number: (number if whole else mask(number)) if number else ""


def _of_county(session: Session, county: County, items: set[int], rating: Evaluation | None) -> dict[str, str]:
    rows = session.execute(
        select(ServiceItem.id, ServiceItem.name, ServiceItem.category)
        .where(ServiceItem.county_id == county.id, ServiceItem.active)
        .order_by(ServiceItem.position, ServiceItem.id)
    ).all()
    found = {"县名": county.name, "牵头单位": county.lead_office}
    for name, category in ITEM_BOXES.items():
        of_kind = [row for row in rows if row.category is category]
        found[name] = tick_boxes(tuple(row.name for row in of_kind), {row.name for row in of_kind if row.id in items})
    grades = session.scalars(
        select(CountyOption.name)
        .where(CountyOption.county_id == county.id, CountyOption.kind == OptionKind.SCALE, CountyOption.active)
        .order_by(CountyOption.position)
    ).all()
    given = {rating.grade.name} if rating is not None and rating.grade is not None else set()
    return {
        **found,
        "评价等级": tick_boxes(tuple(grades), given),
        "意见建议": (rating.opinion if rating else None) or "",
    }


def _rating(session: Session, case: ServiceCase) -> Evaluation | None:
    """What the applicant said of his case."""
    rows = session.scalars(select(Evaluation).where(Evaluation.case_id == case.id).order_by(Evaluation.id))
    return next((row for row in rows if row.relation.meaning in BY_APPLICANT), None)


def _told(row: Base, *keys: str, phone: Phone = str) -> dict[str, str]:
    """Columns of a row under their labels: dates in words, amounts with their unit, phones as `phone` gives them."""
    found = {}
    for key in keys:
        field = field_of(type(row), key)
        value = getattr(row, field.relation or field.key)
        if field.kind == "date":
            text = in_words(value)
        elif field.sensitive:
            text = phone(value)
        else:
            text = f"{show(value)} {field.unit}" if field.unit and value is not None else _shown(value)
        found[field.label] = text
    return found


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, Base) else show(value)


def _of_enterprise(case: ServiceCase, phone: Phone) -> dict[str, str]:
    one = case.enterprise
    if one is None:
        name = case.applicant_name or ""
        handler, number = (field_of(Enterprise, key).label for key in ("handler", "handler_phone"))
        return {"申请单位": name, handler: name, number: phone(case.applicant_phone)}
    return {
        "申请单位": one.name,
        "信用代码": one.credit_code or "",
        "单位地址": one.address or "",
        **_told(one, "postcode", "principal", "principal_phone", "handler", "handler_phone", phone=phone),
    }


def _ticked(kind: type[Labelled], chosen: Labelled | None) -> str:
    return tick_boxes(tuple(one.label for one in kind), {chosen.label} if chosen else set())


def _yes(value: bool) -> str:
    return tick_boxes(("是", "否"), {"是" if value else "否"})


def _of_project(case: ServiceCase) -> dict[str, str]:
    """The project; a case without one prints its matter. Source: 领域 2."""
    one: Project | None = case.project
    if one is None:
        return {"项目名称": case.matter}
    return {
        **_told(one, "name", "investment", "scale", "address"),
        "项目编号": one.code or "",
        field_of(Project, "funding").label: _ticked(Funding, one.funding),
        field_of(Project, "land").label: _ticked(Land, one.land),
        field_of(Project, "is_key").label: _yes(one.is_key),
        field_of(Project, "started").label: _yes(one.started),
    }


def _of_case(session: Session, case: ServiceCase, phone: Phone) -> dict[str, str]:
    missing = session.scalars(
        select(CaseMaterial)
        .where(CaseMaterial.case_id == case.id, CaseMaterial.state == MaterialState.MISSING)
        .order_by(CaseMaterial.id)
    ).all()
    departments = dict.fromkeys(step.department.name for step in case.steps)
    columns = (
        "number",
        "matter",
        "channel",
        "mode",
        "eligibility",
        "remark",
        "agent",
        "officer",
        "first_contact",
        "submitted_on",
        "accepted_on",
        "due_on",
    )
    return {
        **_told(case, *columns),
        field_of(ServiceCase, "scope").label: _ticked(CaseScope, case.scope),
        "责任部门": JOINT.join(departments),
        "具体事项": _items(case),
        "办理情况": _course(case),
        "代办员电话": phone(case.agent.phone) if case.agent else "",
        "告知日期": in_words(case.told_on),
        "不予受理原因": case.refusal or "",
        "缺少的材料": numbered_list([f"{m.name}：{m.remedy}" if m.remedy else m.name for m in missing]),
    }


def _items(case: ServiceCase) -> str:
    """The items asked for, in their order; what the case is about while none are chosen."""
    return JOINT.join(step.item.name for step in case.steps) or case.matter


def _course(case: ServiceCase) -> str:
    """What became of each item, and when: 项目立项 11月20日办结；规划 部门已受理."""
    return "；".join(f"{step.item.name} {_outcome(step)}" for step in case.steps)


def _outcome(step: CaseStep) -> str:
    if step.state not in FINAL:
        return step.state.label
    day = f"{step.finished_on.month}月{step.finished_on.day}日" if step.finished_on else ""
    return f"{day}{step.state.label.removeprefix('已')}"


def _valid(session: Session, model: type[Any], case: ServiceCase) -> Any:
    return session.scalars(select(model).where(model.case_id == case.id, model.voided_on.is_(None))).first()


def _of_slips(session: Session, case: ServiceCase) -> dict[str, str]:
    closed, ended = _valid(session, Completion, case), _valid(session, Termination, case)
    found: dict[str, str] = {}
    if closed is not None:
        found |= {"办结单编号": closed.number, "办结日期": in_words(closed.completed_on)}
        found["经办人"] = closed.handler or ""
    if ended is not None:
        reason = "：".join(part for part in (ended.reason.name, ended.explanation) if part)
        how = "因故由受托方单方决定" if ended.one_sided else BLANK["终止方式"]
        found |= {
            "终止单编号": ended.number,
            "终止日期": in_words(ended.terminated_on),
            "终止原因": reason,
            "移交资料": ended.returned or "",
            "终止方式": how,
        }
    return {name: text for name, text in found.items() if text}


def _of_delivery(session: Session, case: ServiceCase) -> dict[str, str]:
    one: Delivery | None = _valid(session, Delivery, case)
    returned = session.scalars(
        select(CaseMaterial.name)
        .where(CaseMaterial.case_id == case.id, CaseMaterial.state == MaterialState.RETURNED)
        .order_by(CaseMaterial.id)
    ).all()
    found = {"退还材料": numbered_list(list(returned))}
    if one is not None:
        found |= {
            **_told(one, "way", "delivered_on", "recipient", "tracking_number", "received_on"),
            "送达资料": one.documents,
        }
    return found


def _of_agreement(session: Session, case: ServiceCase, phone: Phone) -> dict[str, str]:
    one = session.scalars(select(Agreement).where(Agreement.case_id == case.id).order_by(Agreement.id.desc())).first()
    papers = (
        session.scalars(
            select(CaseMaterial.name).where(CaseMaterial.case_id == case.id).order_by(CaseMaterial.id)
        ).all()
        or session.scalars(
            select(ItemMaterial.name)
            .where(ItemMaterial.item_id.in_([step.item_id for step in case.steps]))
            .order_by(ItemMaterial.position, ItemMaterial.id)
        ).all()
    )
    agent = case.agent
    client, number, matter = (field_of(Agreement, key).label for key in ("client", "client_phone", "matter"))
    found = {
        "代办方": " ".join((case.county.lead_office, *([agent.name] if agent else []))),
        "代办方电话": phone(agent.phone) if agent else "",
        client: case.enterprise.name if case.enterprise else case.applicant_name or "",
        number: phone(case.enterprise.handler_phone if case.enterprise else case.applicant_phone),
        matter: _items(case),
        "材料清单": numbered_list(list(papers)),
    }
    if one is not None:
        found |= {
            **_told(one, "number", "client", "client_phone", "matter", "signed_on", phone=phone),
        }
        if one.materials:
            found["材料清单"] = numbered_list([line for line in one.materials.splitlines() if line.strip()])
    return found


def _of_part(part: Base, phone: Phone) -> Mapping[str, str]:
    """What a note, an extension or a 督办 says."""
    if isinstance(part, WorkRecord):
        told = _told(part, "subject", "content", "answer", "first_contact", "staff")
        return {
            **told,
            "记录日期": in_words(part.happened_on),
            "记录类别": part.kind.label,
            "来访人": part.visitor or "",
            "来访电话": phone(part.visitor_phone),
        }
    if isinstance(part, Extension):
        told = _told(part, "old_due", "new_due", "reason")
        return {**told, "延期事项": part.step.item.name, "告知日期": in_words(part.told_on)}
    if isinstance(part, Urge):
        return _told(part, "number", "department", "issued_on", "reason", "reply_due")
    raise TypeError(f"no paper is about a {type(part).__name__}")
