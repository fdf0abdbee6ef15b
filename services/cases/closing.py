"""送达、办结、终止: how an accepted case ends.

Source: W, Z 附件1 五, 附件2 注2, 附件4-5; B 六.3; H 五(三); 领域 4.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.cases import (
    CaseEvent,
    Completion,
    Delivery,
    ServiceCase,
    Termination,
)
from models.people import Role
from models.places import CountyOption, Meaning
from models.records import NumberKind
from models.work import CaseMaterial, WorkKind, WorkRecord
from services.cases.deadlines import settle_due
from services.cases.received_papers import NOTHING_RECEIVED, Whereabouts, check_settled, return_papers, settle_papers
from services.cases.steps import withdraw_items
from services.cases.telling import Told, tellings
from services.cases.transitions import apply_transition, check_date, side_action, transition
from services.kernel.access import require
from services.kernel.actor import Actor
from services.kernel.errors import RuleViolation
from services.kernel.roles import acts_as
from services.records.numbers import take_number

#: Longest text of 移交的资料.
MAX_RETURNED = 300


def deliver(
    session: Session,
    cases: Sequence[ServiceCase],
    *,
    on: date,
    way: CountyOption,
    documents: str,
    recipient: str,
    tracking_number: str | None = None,
    received_on: date | None = None,
    registered_on: date | None = None,
    note: str | None = None,
    given_back: Collection[int] = (),
) -> None:
    """送达: the papers are handed over or sent. Where a signed receipt is 办结, it closes the case as well.

    `note`: the 工作纪实. `registered_on`: the date of the 备案. W and Z require both. `given_back`: ids of the received
    papers that go back with the results. Source: B 附件2; H 五(三).
    """
    actor = require(session, "case.close")
    _check_delivery(way, tracking_number, on, received_on)
    if registered_on is not None:
        check_date(registered_on, on, "备案")
    for case in cases:
        if case.county.delivery_noted and not note:
            raise RuleViolation("delivery.note", f"{case.display_name} 送达须填写工作纪实", field="note")
        with transition(session, case, "deliver", on, f"{way.name}，接收人 {recipient}"):
            session.add(
                Delivery(
                    county_id=case.county_id,
                    case_id=case.id,
                    way_id=way.id,
                    delivered_on=on,
                    documents=documents,
                    recipient=recipient,
                    tracking_number=tracking_number,
                    received_on=received_on,
                    registered_on=registered_on,
                    delivered_by_id=actor.staff_id,
                )
            )
            if note:
                session.add(_delivery_record(case, actor, on, recipient, note))
            return_papers(session, case, given_back, on)
        if received_on is not None and case.county.closes_on_receipt:
            _close(session, case, actor, received_on, automatic=True)
    session.flush()


def _check_delivery(way: CountyOption, tracking_number: str | None, on: date, received_on: date | None) -> None:
    if way.meaning is Meaning.POSTED and not tracking_number:
        raise RuleViolation("delivery.tracking", f"“{way.name}”须填邮寄单号", field="tracking_number")
    if received_on is not None:
        check_date(received_on, on, "签收")


def _delivery_record(case: ServiceCase, actor: Actor, on: date, recipient: str, note: str) -> WorkRecord:
    return WorkRecord(
        county_id=case.county_id,
        case_id=case.id,
        enterprise_id=case.enterprise_id,
        project_id=case.project_id,
        kind=WorkKind.DELIVERY,
        subject="送达",
        happened_on=on,
        staff_id=actor.staff_id,
        visitor=recipient,
        content=note,
    )


def deliver_and_close(
    session: Session,
    cases: Sequence[ServiceCase],
    *,
    on: date,
    way: CountyOption,
    documents: str,
    recipient: str,
    tracking_number: str | None = None,
    registered_on: date | None = None,
    note: str | None = None,
    given_back: Collection[int] = (),
) -> None:
    """送达并办结: record the delivery and the numbered 办结单 together."""
    actor = require(session, "case.close")
    for case in cases:
        if way.meaning is Meaning.POSTED and case.county.closes_on_receipt:
            told = f"{case.display_name} {way.name}的要等签收，请先“送达”，收到回执再“登记签收”"
            raise RuleViolation("delivery.receipt", told, field="way")
    deliver(
        session,
        cases,
        on=on,
        way=way,
        documents=documents,
        recipient=recipient,
        tracking_number=tracking_number,
        received_on=None if way.meaning is Meaning.POSTED else on,
        registered_on=registered_on,
        note=note,
        given_back=given_back,
    )
    for case in cases:
        if not case.county.closes_on_receipt:
            _close(session, case, actor, on)
    session.flush()


def confirm_receipt(session: Session, cases: Sequence[ServiceCase], *, on: date) -> None:
    """登记签收: the applicant signed for what was sent. Where a signed receipt is 办结, it closes the case.

    Source: B 六.3; H 五(三).
    """
    actor = require(session, "case.close")
    for case in cases:
        refusal = why_not_received(session, case)
        if refusal:
            raise RuleViolation("delivery.received", refusal)
        delivery = delivery_of(session, case)
        with transition(session, case, "receive", on):
            if delivery is not None:
                delivery.received_on = on
        if case.county.closes_on_receipt:
            _close(session, case, actor, on, automatic=True)
    session.flush()


def why_not_received(session: Session, case: ServiceCase) -> str | None:
    """Why no receipt can be recorded now: it has been."""
    delivery = delivery_of(session, case)
    if delivery is None or delivery.received_on is None:
        return None
    return f"{case.display_name} 已于 {delivery.received_on} 签收"


def why_not_registered(session: Session, case: ServiceCase) -> str | None:
    """Why the delivery cannot be put on record now: there is none, or it has been."""
    delivery = delivery_of(session, case)
    if delivery is None:
        return f"{case.display_name} 没有送达记录"
    return f"{case.display_name} 已于 {delivery.registered_on} 备案" if delivery.registered_on else None


def register_delivery(session: Session, cases: Sequence[ServiceCase], *, on: date) -> None:
    """登记备案: the delivery was put on record after it took place. Source: W, Z 附件1 五."""
    require(session, "case.close")
    for case in cases:
        delivery, refusal = delivery_of(session, case), why_not_registered(session, case)
        if delivery is None or refusal:
            raise RuleViolation("delivery.registered", refusal or "")
        check_date(on, delivery.delivered_on, "备案")
        with side_action(session, case, "register", on):
            delivery.registered_on = on
    session.flush()


def delivery_of(session: Session, case: ServiceCase) -> Delivery | None:
    """The case's valid delivery."""
    return session.scalars(select(Delivery).where(Delivery.case_id == case.id, Delivery.voided_on.is_(None))).first()


def close(session: Session, cases: Sequence[ServiceCase], *, on: date) -> None:
    """办结: both sides sign the 办结单 after the delivery."""
    actor = require(session, "case.close")
    for case in cases:
        _close(session, case, actor, on)
    session.flush()


def _close(session: Session, case: ServiceCase, actor: Actor, on: date, *, automatic: bool = False) -> None:
    """Close the case with a numbered 办结单. `automatic`: it follows from the signed receipt."""
    if automatic:
        with apply_transition(session, case, "close", on, "签收即办结", automatic=True):
            pass
    else:
        with transition(session, case, "close", on):
            pass
    number = take_number(session, case.county, NumberKind.COMPLETION, on.year)
    session.add(
        Completion(
            county_id=case.county_id,
            case_id=case.id,
            number=number,
            completed_on=on,
            handler=case.applicant_handler,
            closed_by_id=actor.staff_id,
        )
    )
    session.flush()


def _shortened(papers: Sequence[CaseMaterial]) -> str:
    """The papers for the ledger; the slip lists each of them."""
    names = "、".join(paper.in_words for paper in papers)
    return names if len(names) <= MAX_RETURNED else f"{names[: MAX_RETURNED - 8]}…等 {len(papers)} 件"


def propose_end(
    session: Session, cases: Sequence[ServiceCase], *, reason: CountyOption, explanation: str, on: date
) -> None:
    """提请单方终止: one side asks to end the mandate; the lead office terminates the case or refuses."""
    require(session, "case.propose_end")
    for case in cases:
        with transition(session, case, "propose_end", on, f"{reason.name}：{explanation}"):
            case.end_asked_on = on
    session.flush()


def refuse_end(session: Session, cases: Sequence[ServiceCase], *, reason: str, on: date) -> None:
    """不同意终止: the request is dropped and the case continues."""
    require(session, "case.refuse_end")
    for case in cases:
        with transition(session, case, "refuse_end", on, reason):
            case.end_asked_on = None
    session.flush()


def termination_reason(session: Session, case: ServiceCase) -> str | None:
    """The reason given by 提请单方终止; None when there is no request."""
    if case.end_asked_on is None:
        return None
    asked = (CaseEvent.action == AuditAction.CASE_PROPOSE_END, CaseEvent.taken_back.is_(False))
    notes = select(CaseEvent.note).where(CaseEvent.case_id == case.id, *asked)
    return session.scalars(notes.order_by(CaseEvent.id.desc()).limit(1)).first()


def terminate(
    session: Session,
    cases: Sequence[ServiceCase],
    *,
    reason: CountyOption,
    explanation: str | None,
    returned: str | None,
    one_sided: bool = False,
    on: date,
    papers: Whereabouts = NOTHING_RECEIVED,
    **told: Unpack[Told],
) -> None:
    """终止: end the mandate by both sides or, by the lead office, by one; makes a numbered slip.

    A one-sided reason makes the termination one-sided. 不可抗力 is explained to the applicant (`told`): Z 二(二).
    `papers`: where each received paper goes. Source: W, Z 附件2 注2, 附件5; H 五(三).
    """
    actor = require(session, "case.terminate")
    one_sided = one_sided or reason.meaning is Meaning.ONE_SIDED
    if one_sided and not acts_as(actor, Role.LEAD_OFFICE):
        raise RuleViolation(
            "termination.one_sided",
            f"因“{reason.name}”终止是单方终止，须经牵头单位批准：请用“提请单方终止”写明情况，由牵头单位批准后终止",
            field="reason",
        )
    for case in cases:
        needed = case.county.obstacle_told and reason.meaning is Meaning.FORCE_MAJEURE
        explained = tellings(session, case, "说明终止", explanation or reason.name, told, needed=needed)
        check_settled(session, case, papers)
        with transition(session, case, "terminate", on, f"{reason.name} {explanation or ''}".strip()):
            settle_due(case, on)
            session.add_all(explained)
            withdraw_items(case, on)
            back = settle_papers(session, case, papers, on)
        number = take_number(session, case.county, NumberKind.TERMINATION, on.year)
        session.add(
            Termination(
                county_id=case.county_id,
                case_id=case.id,
                number=number,
                terminated_on=on,
                reason_id=reason.id,
                explanation=explanation,
                returned=returned or _shortened(back) or None,
                one_sided=one_sided,
                ended_by_id=actor.staff_id,
                handler=case.applicant_handler,
            )
        )
    session.flush()
