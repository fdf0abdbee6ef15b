"""Papers received from the applicant: when a case ends, each goes back or is kept with a reason.

Source: W, Z 附件2 注2, 附件5 移交相关资料; B 附件2; H 五(三).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import ServiceCase
from models.work import CaseMaterial, MaterialState
from services.kernel.errors import RuleViolation

#: Where received papers go, by their id: None for those given back, else the reason why one is kept.
Whereabouts = Mapping[int, str | None]
NOTHING_RECEIVED: Whereabouts = MappingProxyType({})


def materials_of(session: Session, case: ServiceCase, state: MaterialState | None = None) -> list[CaseMaterial]:
    """The materials of the case in order of entry, optionally those in one state."""
    statement = select(CaseMaterial).where(CaseMaterial.case_id == case.id).order_by(CaseMaterial.id)
    return list(session.scalars(statement if state is None else statement.where(CaseMaterial.state == state)))


def held_papers(session: Session, case: ServiceCase) -> list[CaseMaterial]:
    """The received papers that are still here, and of which nobody has said why they stay."""
    return [paper for paper in materials_of(session, case, MaterialState.RECEIVED) if not paper.kept_reason]


def held_originals(session: Session, case: ServiceCase) -> list[CaseMaterial]:
    """The originals among them: the case cannot be archived with these."""
    return [paper for paper in held_papers(session, case) if paper.original]


def check_settled(session: Session, case: ServiceCase, papers: Whereabouts) -> None:
    """Refuse to end a case while `papers` leaves out one of its received papers."""
    left = [paper.name for paper in held_papers(session, case) if paper.id not in papers]
    if left:
        told = f"{case.display_name} 收到的材料要逐件写明退还或留存原因：{'、'.join(left)}"
        raise RuleViolation("papers.held", told, field="papers")


def settle_papers(session: Session, case: ServiceCase, papers: Whereabouts, on: date) -> list[CaseMaterial]:
    """Give back or keep each received paper of a case that ends. Returns those given back."""
    held = held_papers(session, case)
    for paper in held:
        reason = papers[paper.id]
        if reason is None:
            _give_back(paper, on)
        else:
            paper.kept_reason = reason
    return [paper for paper in held if paper.state is MaterialState.RETURNED]


def return_papers(session: Session, case: ServiceCase, given_back: Collection[int], on: date) -> None:
    """Give back those of the received papers whose ids are in `given_back`."""
    for paper in held_papers(session, case):
        if paper.id in given_back:
            _give_back(paper, on)


def _give_back(paper: CaseMaterial, on: date) -> None:
    paper.state, paper.returned_on = MaterialState.RETURNED, on
