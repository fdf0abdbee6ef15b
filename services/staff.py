"""Rules of service people. Source: H 四(二)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.people import DepartmentLeader
from services.errors import RuleViolation


def guard_leader(session: Session, leader: DepartmentLeader, values: Mapping[str, Any]) -> None:
    """A department has one 责任领导 at work."""
    department = values.get("department", leader.department)
    if department is None or not values.get("active", leader.active):
        return
    other = session.scalar(
        select(DepartmentLeader).where(
            DepartmentLeader.department_id == department.id, DepartmentLeader.active
        )
    )
    if other is not None and other is not leader:
        raise RuleViolation(
            "leader.one", f"{department.name}的责任领导现为{other.name}，请先将其改为不在岗", field="department"
        )
