"""Rules of agreements and work records (工作纪实). Source: 领域 1, 4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.fields import field_of
from models.places import Commitment, County
from models.records import NumberKind
from models.work import Agreement, WorkKind, WorkRecord
from services.kernel.access import station_of
from services.kernel.actor import actor_of
from services.kernel.errors import RuleViolation
from services.records.numbers import take_number


def guard_agreement(session: Session, agreement: Agreement, values: Mapping[str, Any]) -> None:
    """An agreement needs an enterprise, project or case. A new one gets its number."""
    targets = ("enterprise", "project", "case")
    if not any(values.get(name, getattr(agreement, name)) for name in targets):
        raise RuleViolation("agreement.target", "请选择委托的企业、项目或帮办代办件", field="enterprise")
    county = _county(session)
    if county.commitment is Commitment.IN_AGREEMENT:
        _check_promise(agreement, values)
    if agreement.is_new:
        agreement.number = take_number(session, county, NumberKind.AGREEMENT, values["signed_on"].year)


def _check_promise(agreement: Agreement, values: Mapping[str, Any]) -> None:
    """Where no 承诺书 is signed, the agreement lists the papers and promises that they are true. Source: B 附件1."""
    for name in ("materials", "truth_promised"):
        if not values.get(name, getattr(agreement, name)):
            label = field_of(Agreement, name).label
            raise RuleViolation("agreement.promise", f"委托协议须写明“{label}”", field=name)


def _county(session: Session) -> County:
    return session.scalars(select(County).where(County.id == actor_of(session).county_id)).one()


def guard_work_record(session: Session, record: WorkRecord, values: Mapping[str, Any]) -> None:
    """The author is the default 服务人员. A consultation names the 首问责任人 where the county requires one."""
    if record.is_new and values.get("staff") is None:
        record.staff_id = actor_of(session).staff_id
    if record.is_new:
        record.station_id = station_of(actor_of(session))
    consulted = values.get("kind", record.kind) is WorkKind.CONSULTATION
    first = values.get("first_contact", record.first_contact)
    if consulted and not first and _county(session).first_contact_needed:
        raise RuleViolation("record.first_contact", "接待咨询须记首问责任人", field="first_contact")
    _check_reply(record, values)


def _check_reply(record: WorkRecord, values: Mapping[str, Any]) -> None:
    """The answer to a consultation has its day. Source: B 六.1."""
    answer, replied_on = (values.get(name, getattr(record, name)) for name in ("answer", "replied_on"))
    if values.get("kind", record.kind) is not WorkKind.CONSULTATION or bool(answer) is bool(replied_on):
        return
    if answer:
        raise RuleViolation("record.replied_on", "接待咨询已答复的，请填回复日期", field="replied_on")
    raise RuleViolation("record.answer", "填了回复日期的，请写明答复", field="answer")
