"""基层政务服务站: its papers go to the 综合窗口 by list, and the window receives the list. Source: Z 四."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.actions import AuditAction
from models.cases import CaseEvent, CaseState, ServiceCase
from models.stations import StationHandover, StationHandoverLine
from models.work import CaseMaterial, MaterialState
from services.cases.transitions import MOVES, add_event, check_date, why_not
from services.kernel.access import require
from services.kernel.actor import Actor, actor_of, doer_of
from services.kernel.audit import audit_action
from services.kernel.errors import RuleViolation

#: Length of the column with the papers of one case.
PAPERS_LENGTH = 500


def papers_at_station(session: Session, cases: Sequence[ServiceCase]) -> list[CaseMaterial]:
    """The papers that the applicants of these cases have brought, in order of case and entry."""
    statement = select(CaseMaterial).where(
        CaseMaterial.case_id.in_([case.id for case in cases]), CaseMaterial.state == MaterialState.RECEIVED
    )
    return list(session.scalars(statement.order_by(CaseMaterial.case_id, CaseMaterial.id)))


def why_not_handed_in(session: Session, case: ServiceCase) -> str | None:
    """Why the papers of the case cannot be put on a list now: the case is on one that is under way."""
    under_way = (
        select(StationHandover.handed_on)
        .join(StationHandoverLine, StationHandoverLine.handover_id == StationHandover.id)
        .where(StationHandoverLine.case_id == case.id, StationHandover.received_on.is_(None))
    )
    day = session.scalar(under_way.limit(1))
    return f"{case.display_name} 已列入 {day} 的交接清单，等综合窗口签收" if day else None


def hand_in(
    session: Session,
    cases: Sequence[ServiceCase],
    *,
    on: date,
    handed_by: str,
    papers: Sequence[int] = (),
    others: str | None = None,
) -> StationHandover:
    """移交综合窗口: one 交接清单 of these cases. `papers`: ids of materials; `others`: papers of every case."""
    require(session, "case.hand_in")
    if len({case.station_id for case in cases}) > 1:
        raise RuleViolation("handover.stations", "一张交接清单只列一个服务站的办件")
    handed = StationHandover(
        county_id=cases[0].county_id,
        station_id=cases[0].station_id,
        handed_on=on,
        handed_by=handed_by,
        handed_by_user_id=actor_of(session).user_id,
    )
    chosen = [paper for paper in papers_at_station(session, cases) if paper.id in papers]
    for case in cases:
        refusal = why_not(doer_of(session), case, "hand_in") or why_not_handed_in(session, case)
        if refusal:
            raise RuleViolation("case.wrong_state", refusal)
        check_date(on, case.submitted_on, MOVES["hand_in"].label)
        names = _in_words(case, [paper for paper in chosen if paper.case_id == case.id], others)
        handed.lines.append(StationHandoverLine(county_id=case.county_id, case_id=case.id, papers=names))
        add_event(session, case, AuditAction.CASE_HAND_IN, on, names, start=case.state, end=case.state)
    with audit_action(session, AuditAction.CASE_HAND_IN):
        session.add(handed)
        session.flush()
    return handed


def _in_words(case: ServiceCase, papers: Sequence[CaseMaterial], others: str | None) -> str:
    """The papers of one case as its line of the list says them."""
    text = "、".join([*(paper.in_words for paper in papers), *([others] if others else [])])
    if not text:
        raise RuleViolation("handover.papers", f"请选择或写明 {case.display_name} 移交的材料", field="others")
    if len(text) > PAPERS_LENGTH:
        raise RuleViolation("handover.long", f"{case.display_name} 移交的材料太多，请分两次移交", field="papers")
    return text


def why_not_received(_: Actor, handed: StationHandover) -> str | None:
    """Why the list cannot be received now; None when it can."""
    return f"已于 {handed.received_on} 由{handed.received_by}签收" if handed.received_on else None


def receive(
    session: Session, lists: Sequence[StationHandover], *, on: date, received_by: str, remark: str | None = None
) -> None:
    """签收: the window took over the papers of these lists; their cases are marked as handed over.

    A case that was archived before its list was received stays as it is.
    """
    actor = require(session, "station_handover.receive")
    for handed in lists:
        refusal = why_not_received(actor, handed)
        if refusal:
            raise RuleViolation("handover.received", refusal)
        check_date(on, handed.handed_on, "签收")
        with audit_action(session, AuditAction.CASE_TAKE_IN):
            handed.received_on, handed.received_by, handed.remark = on, received_by, remark
            handed.received_by_user_id = actor_of(session).user_id
            for case in _cases_not_archived(session, handed):
                case.materials_handed = True
                add_event(session, case, AuditAction.CASE_TAKE_IN, on, received_by, start=case.state, end=case.state)
    session.flush()


def _cases_not_archived(session: Session, handed: StationHandover) -> Sequence[ServiceCase]:
    ids = select(StationHandoverLine.case_id).where(StationHandoverLine.handover_id == handed.id)
    return session.scalars(
        select(ServiceCase)
        .where(ServiceCase.id.in_(ids), ServiceCase.state != CaseState.ARCHIVED)
        .options(selectinload(ServiceCase.county))
    ).all()


def drop_handover(session: Session, handed: StationHandover) -> None:
    """A list can be deleted until the window has received it; its cases can be listed again."""
    if handed.received_on is not None:
        raise RuleViolation("handover.kept", f"综合窗口已于 {handed.received_on} 签收，清单不能删除")
    told = (CaseEvent.action == AuditAction.CASE_HAND_IN, CaseEvent.taken_back.is_(False))
    for line in handed.lines:
        newest = select(CaseEvent).where(CaseEvent.case_id == line.case_id, *told).order_by(CaseEvent.id.desc())
        event = session.scalar(newest.limit(1))
        if event is not None:
            event.taken_back = True
    handed.lines.clear()
    session.flush()
