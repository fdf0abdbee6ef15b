"""Rules of leaders and service items. Source: H 四(二); 领域 4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.items import ServiceItem
from models.people import DepartmentLeader
from services.kernel.errors import RuleViolation


def guard_leader(session: Session, leader: DepartmentLeader, values: Mapping[str, Any]) -> None:
    """A department has at most one active 责任领导."""
    department = values.get("department", leader.department)
    if department is None or not values.get("active", leader.active):
        return
    other = session.scalar(
        select(DepartmentLeader).where(DepartmentLeader.department_id == department.id, DepartmentLeader.active)
    )
    if other is not None and other is not leader:
        raise RuleViolation(
            "leader.one", f"{department.name}的责任领导现为{other.name}，请先将其改为不在岗", field="department"
        )


def guard_item(_: Session, item: ServiceItem, values: Mapping[str, Any]) -> None:
    """The 默认专办员 is an active liaison of the item's department; checked when either of the two changes."""
    liaison, department = values.get("liaison", item.liaison), values.get("department", item.department)
    if liaison is None or department is None or (liaison is item.liaison and department is item.department):
        return
    if liaison.department_id != department.id or not liaison.active:
        raise RuleViolation(
            "item.liaison", f"{liaison.name}不是{department.name}在岗的专办员，请另选一人或留空", field="liaison"
        )
