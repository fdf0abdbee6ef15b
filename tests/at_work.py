"""Helpers for tests of cases: switch the role of a session, and make a complete application."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from models.cases import CaseForm, ServiceCase
from models.people import Role
from services.kernel.actor import actor_of
from services.kernel.session import back_office
from tests.factories import make_case, make_item, make_step


def become(session: Session, role: Role, **more: Any) -> None:
    """Continue this session as another role of the same county."""
    session.flush()
    back_office(session).act_as(replace(actor_of(session), role=role, **more))


def ready(session: Session, **values: Any) -> ServiceCase:
    """A draft with everything any county may require, and one item. Its county has no department liaisons."""
    values = {
        "proof_received": True,
        "commitment_signed": True,
        "first_contact": "窗口人员甲",
        "form": CaseForm.ACT_FOR,
        "agreement_signed": True,
        "materials_handed": True,
    } | values
    case = make_case(session, **values)
    case.county.has_liaisons = False
    make_step(session, case=case, item=make_item(session, limit_days=5))
    session.refresh(case)
    return case
