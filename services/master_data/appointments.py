"""Rules of 预约服务. Source: W, Z 附件1 一.2; H 二(四)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from models.work import Appointment, AppointmentState
from services.kernel.actor import actor_of
from services.kernel.errors import RuleViolation
from services.kernel.working_days import today


def guard_appointment(session: Session, row: Appointment, values: Mapping[str, Any]) -> None:
    """An appointment is with somebody; what became of it is known on its day. The author is the default 服务人员."""
    after = {name: values.get(name, getattr(row, name)) for name in ("case", "enterprise", "visitor", "state", "day")}
    if not (after["case"] or after["enterprise"] or after["visitor"]):
        raise RuleViolation("appointment.whom", "请选择帮办代办件、企业，或填写联系人", field="visitor")
    over = (AppointmentState.DONE, AppointmentState.MISSED)
    if after["state"] in over and after["day"] > today():
        raise RuleViolation("appointment.early", f"约定的日期 {after['day']} 还没有到", field="state")
    if row.is_new and values.get("staff") is None:
        row.staff_id = actor_of(session).staff_id
