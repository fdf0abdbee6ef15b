"""The values that fill in a paper, of a case and its parts, by the code of the variable."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from documents.variables import BLANK, BOX_LINE, DATE, choice_boxes, code_of, numbered_list, tick_boxes, yes_no_boxes
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
from models.fields import field_of
from models.items import ItemCategory, ItemMaterial, ServiceItem
from models.people import Staff
from models.places import County, CountyOption, OptionKind
from models.projects import Authority, Enterprise, Funding, Land, Project
from models.types import day_in_words, show
from models.work import (
    Agreement,
    CaseMaterial,
    Extension,
    MaterialState,
    Urge,
    WorkRecord,
)
from services.cases.evaluation import BY_APPLICANT
from services.cases.received_papers import materials_of
from services.kernel.working_days import today

#: The boxes of the application for each category of items, by code. Source: Z 附件2.
ITEM_BOXES = {
    "items_starting": ItemCategory.STARTING,
    "items_building": ItemCategory.BUILDING,
    "items_utilities": ItemCategory.UTILITIES,
}


#: Joins names within a sentence.
JOINT = "、"


def in_words(day: date | None) -> str:
    """A date as papers print it; blank space to write one for None."""
    return day_in_words(day) if day else DATE


def blank_values(session: Session, county: County) -> dict[str, str]:
    """The values of a blank form: every box is empty."""
    return {**BLANK, **_of_county(session, county, set(), None)}


def values_of(session: Session, case: ServiceCase, part: Base | None = None) -> dict[str, str]:
    """Every variable of a case. `part`: the work record, extension or 督办 that the paper is about."""
    found = {**BLANK, **_of_county(session, case.county, {s.item_id for s in case.steps}, _rating(session, case))}
    found |= _of_applicant(case) | _of_project(case) | _of_case(session, case)
    found |= _of_slips(session, case) | _of_delivery(session, case) | _of_agreement(session, case)
    found["today"] = in_words(today())
    if part is not None:
        found |= _of_part(part)
    return {name: text or BLANK[name] for name, text in found.items()}


def values_without_case(session: Session, row: Agreement | WorkRecord) -> dict[str, str]:
    """Every variable of an agreement or a work record that belongs to no case. Source: Z 附件1 一.1; B 六.1."""
    found = blank_values(session, session.get_one(County, row.county_id))
    enterprise = row.enterprise or (row.project.enterprise if row.project else None)
    if enterprise is not None:
        found |= _enterprise_values(enterprise)
    if row.project is not None:
        found |= _project_values(row.project)
    found |= _of_part(row)
    found["today"] = in_words(today())
    return {name: text or BLANK[name] for name, text in found.items()}


def _of_county(session: Session, county: County, items: set[int], rating: Evaluation | None) -> dict[str, str]:
    rows = session.execute(
        select(ServiceItem.id, ServiceItem.name, ServiceItem.category)
        .where(ServiceItem.county_id == county.id, ServiceItem.active)
        .order_by(ServiceItem.position, ServiceItem.id)
    ).all()
    found = {"county_name": county.name, "county_lead_office": county.lead_office}
    found["county_service_centre"] = county.service_centre
    for name, category in ITEM_BOXES.items():
        of_kind = [row for row in rows if row.category is category]
        ticked = {row.name for row in of_kind if row.id in items}
        found[name] = tick_boxes(tuple(row.name for row in of_kind), ticked, width=BOX_LINE)
    grades = session.scalars(
        select(CountyOption.name)
        .where(CountyOption.county_id == county.id, CountyOption.kind == OptionKind.SCALE, CountyOption.active)
        .order_by(CountyOption.position)
    ).all()
    given = {rating.grade.name} if rating is not None and rating.grade is not None else set()
    return {
        **found,
        "evaluation_grade": tick_boxes(tuple(grades), given),
        "evaluation_opinion": (rating.opinion if rating else None) or "",
    }


def _rating(session: Session, case: ServiceCase) -> Evaluation | None:
    """The applicant's own rating of the case."""
    rows = session.scalars(select(Evaluation).where(Evaluation.case_id == case.id).order_by(Evaluation.id))
    return next((row for row in rows if row.relation.meaning in BY_APPLICANT), None)


def _column_values(row: Base, *keys: str) -> dict[str, str]:
    """Columns of a row by code: dates in words, amounts with their unit. Forms print phone numbers whole."""
    found = {}
    for key in keys:
        field = field_of(type(row), key)
        value = getattr(row, field.relation or field.key)
        if field.kind == "date":
            text = in_words(value)
        else:
            text = f"{show(value)} {field.unit.label}" if field.unit and value is not None else _shown(value)
        found[code_of(type(row), field.name)] = text
    return found


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, Base) else show(value)


def _of_applicant(case: ServiceCase) -> dict[str, str]:
    if case.enterprise is not None:
        return _enterprise_values(case.enterprise)
    name = case.applicant_name or ""
    return {
        "applicant": name,
        "enterprise_handler": name,
        "enterprise_handler_phone": case.applicant_phone or "",
    }


def _enterprise_values(one: Enterprise) -> dict[str, str]:
    columns = ("credit_code", "address", "postcode", "principal", "principal_phone", "handler", "handler_phone")
    return {"applicant": one.name, **_column_values(one, *columns)}


def _of_project(case: ServiceCase) -> dict[str, str]:
    """Values of the project; a case without a project prints its matter. Source: 领域 2."""
    return {"project_name": case.matter} if case.project is None else _project_values(case.project)


def _project_values(one: Project) -> dict[str, str]:
    return {
        **_column_values(one, "name", "code", "investment", "scale", "address", "industry_kind", "major_plan"),
        "project_funding": choice_boxes(Funding, one.funding),
        "project_land": choice_boxes(Land, one.land),
        "project_is_key": yes_no_boxes(one.is_key),
        "project_started": yes_no_boxes(one.started),
        "project_authority": choice_boxes(Authority, one.authority),
        "project_guided": yes_no_boxes(one.guided),
        "project_restricted": yes_no_boxes(one.restricted),
    }


def _of_case(session: Session, case: ServiceCase) -> dict[str, str]:
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
        "told_on",
        "refusal",
    )
    return {
        **_column_values(case, *columns),
        "service_case_scope": choice_boxes(CaseScope, case.scope),
        "case_departments": JOINT.join(departments),
        "case_items": _items(case),
        "case_course": _course(case),
        "case_agent_phone": (case.agent.phone if case.agent else None) or "",
        "missing_materials": numbered_list([f"{m.name}：{m.remedy}" if m.remedy else m.name for m in missing]),
    }


def _items(case: ServiceCase) -> str:
    """The chosen items in their order; the matter of the case when none is chosen."""
    return JOINT.join(step.item.name for step in case.steps) or case.matter


def _course(case: ServiceCase) -> str:
    """The outcome of each item with its date: 项目立项 11月20日办结；规划 部门已受理."""
    return "；".join(f"{step.item.name} {_outcome(step)}" for step in case.steps)


def _outcome(step: CaseStep) -> str:
    if step.state not in FINAL:
        return step.state.label
    day = f"{step.finished_on.month}月{step.finished_on.day}日" if step.finished_on else ""
    return f"{day}{step.state.label.removeprefix('已')}"


def _first_valid(session: Session, model: type[Any], case: ServiceCase) -> Any:
    return session.scalars(select(model).where(model.case_id == case.id, model.voided_on.is_(None))).first()


def _of_slips(session: Session, case: ServiceCase) -> dict[str, str]:
    closed, ended = _first_valid(session, Completion, case), _first_valid(session, Termination, case)
    found: dict[str, str] = {}
    if closed is not None:
        found |= _column_values(closed, "number", "completed_on")
    if ended is not None:
        back = [paper.in_words for paper in materials_of(session, case, MaterialState.RETURNED)]
        kept = [p for p in materials_of(session, case, MaterialState.RECEIVED) if p.kept_reason]
        reason = "：".join(part for part in (ended.reason.name, ended.explanation) if part)
        how = "因故由受托方单方决定" if ended.one_sided else BLANK["termination_way"]
        found |= {
            **_column_values(ended, "number", "terminated_on"),
            "termination_returned": "；".join(dict.fromkeys(filter(None, (ended.returned, JOINT.join(back))))),
            "termination_kept": JOINT.join(f"{p.in_words}（{p.kept_reason}）" for p in kept) or "无",
            "termination_reason": reason,
            "termination_way": how,
        }
    return {name: text for name, text in found.items() if text}


def _of_delivery(session: Session, case: ServiceCase) -> dict[str, str]:
    one: Delivery | None = _first_valid(session, Delivery, case)
    returned = materials_of(session, case, MaterialState.RETURNED)
    days = sorted({in_words(paper.returned_on) for paper in returned if paper.returned_on})
    how = [JOINT.join(days), one.way.name if one is not None and days else ""]
    found = {
        "returned_materials": numbered_list([paper.in_words for paper in returned]),
        "returned_how": "，".join(filter(None, how)),
    }
    if one is not None:
        found |= _column_values(one, "way", "delivered_on", "documents", "recipient", "tracking_number", "received_on")
    return found


def _of_agreement(session: Session, case: ServiceCase) -> dict[str, str]:
    """Values of the case's agreement; those that the case itself gives while none is registered."""
    one = session.scalars(select(Agreement).where(Agreement.case_id == case.id).order_by(Agreement.id.desc())).first()
    papers = [paper.name for paper in materials_of(session, case)] or session.scalars(
        select(ItemMaterial.name)
        .where(ItemMaterial.item_id.in_([step.item_id for step in case.steps]))
        .order_by(ItemMaterial.position, ItemMaterial.id)
    ).all()
    phone = case.enterprise.handler_phone if case.enterprise else case.applicant_phone
    found = {
        **_provider(case.county, case.agent),
        "agreement_client": case.enterprise.name if case.enterprise else case.applicant_name or "",
        "agreement_client_phone": phone or "",
        "agreement_matter": _items(case),
        "agreement_materials": numbered_list(list(papers)),
    }
    return found if one is None else found | _agreement_values(one)


def _provider(county: County, agent: Staff | None) -> dict[str, str]:
    """代办方: the lead office with the person who acts for it."""
    return {
        "provider": " ".join((county.lead_office, *([agent.name] if agent else []))),
        "provider_phone": (agent.phone if agent else None) or "",
    }


def _agreement_values(one: Agreement) -> dict[str, str]:
    found = _column_values(one, "number", "client", "client_phone", "matter", "signed_on")
    if one.agent is not None:
        found |= _provider(one.county, one.agent)
    if one.materials:
        found["agreement_materials"] = numbered_list([line for line in one.materials.splitlines() if line.strip()])
    return found


def _of_part(part: Base) -> Mapping[str, str]:
    """Values of a work record, an agreement, an extension or a 督办."""
    if isinstance(part, WorkRecord):
        columns = ("happened_on", "kind", "subject", "visitor", "visitor_phone", "staff", "content", "answer")
        return {**_column_values(part, *columns), "service_case_first_contact": part.first_contact or ""}
    if isinstance(part, Agreement):
        return {
            **_provider(part.county, part.case.agent if part.case else None),
            **_agreement_values(part),
        }
    if isinstance(part, Extension):
        told = _column_values(part, "old_due", "new_due", "reason")
        return {
            **told,
            "extension_item": part.step.item.name,
            "service_case_told_on": in_words(part.told_on),
        }
    if isinstance(part, Urge):
        return _column_values(part, "number", "department", "issued_on", "reason", "reply_due")
    raise TypeError(f"no paper is about a {type(part).__name__}")
