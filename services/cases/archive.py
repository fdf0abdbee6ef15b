"""归档: the agent proposes it once the file is complete, the lead office confirms. Then the case is read-only.

Source: B 六.5; H 五(三), 五(六); 领域 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models.cases import CaseForm, CaseState, Completion, ServiceCase, Termination
from models.places import CountyOption, Meaning, OptionKind
from models.records import Attachment, NumberKind
from models.work import Meeting, Urge
from services.cases.closing import delivery_of
from services.cases.evaluation import bad_grades
from services.cases.paper_handover import is_passed_on
from services.cases.received_papers import held_originals
from services.cases.stations import why_not_handed_in
from services.cases.transitions import transition
from services.kernel.access import require
from services.kernel.errors import RuleViolation
from services.records.numbers import take_number


def _is_terminated(case: ServiceCase) -> bool:
    return case.state is CaseState.TERMINATED


#: Papers that only some cases have, with the condition for each.
PAPER_CONDITIONS: Mapping[Meaning, Callable[[ServiceCase], bool]] = {
    Meaning.PAPER_COMPLETION: lambda case: not _is_terminated(case),
    Meaning.PAPER_RESULT: lambda case: not _is_terminated(case),
    Meaning.PAPER_EVALUATION: lambda case: not _is_terminated(case) and case.rating_id is not None,
    Meaning.PAPER_TERMINATION: _is_terminated,
    Meaning.PAPER_AGREEMENT: lambda case: case.form is not CaseForm.ACCOMPANY,
    Meaning.PAPER_LEDGER: lambda case: False,
}


#: Slips of a case; scans may be attached to them instead of to the case.
SLIPS: tuple[type[Any], ...] = (Completion, Termination)


def needed_papers(session: Session, case: ServiceCase) -> list[CountyOption]:
    """The papers that the county requires in the file of this case, in the county's order."""
    papers = session.scalars(
        select(CountyOption)
        .where(
            CountyOption.county_id == case.county_id,
            CountyOption.kind == OptionKind.PAPER,
            CountyOption.needed,
            CountyOption.active,
        )
        .order_by(CountyOption.position, CountyOption.id)
    )
    return [paper for paper in papers if _applies(case, paper.meaning)]


def _applies(case: ServiceCase, meaning: Meaning | None) -> bool:
    condition = PAPER_CONDITIONS.get(meaning) if meaning else None
    return condition is None or condition(case)


def missing_papers(session: Session, case: ServiceCase) -> list[CountyOption]:
    """Required papers that have no scan yet, on the case or on its slip."""
    owners = [(ServiceCase.__tablename__, case.id)]
    for model in SLIPS:
        slip = session.scalar(select(model.id).where(model.case_id == case.id, model.voided_on.is_(None)))
        owners += [(model.__tablename__, slip)] if slip else []
    mine = (and_(Attachment.owner_table == table, Attachment.owner_id == id_) for table, id_ in owners)
    scanned = session.scalars(select(Attachment.paper_id).where(Attachment.paper_id.is_not(None), or_(*mine))).all()
    return [paper for paper in needed_papers(session, case) if paper.id not in scanned]


def propose(session: Session, cases: Sequence[ServiceCase], *, on: date, present: Sequence[int] = ()) -> None:
    """提请归档: every required paper is scanned or in the paper file (`present`, ids of papers)."""
    require(session, "case.propose")
    for case in cases:
        _check_originals(session, case)
        missing = missing_papers(session, case)
        lacking = [paper.name for paper in missing if paper.id not in present]
        lacking += _unfinished(session, case)
        if lacking:
            raise RuleViolation("archive.papers", f"{case.display_name} 还缺：{'、'.join(lacking)}", field="present")
        paper_only = "、".join(paper.name for paper in missing)
        with transition(session, case, "propose", on, f"纸质件已入卷：{paper_only}" if paper_only else None):
            case.archive_asked_on = on
    session.flush()


def _unfinished(session: Session, case: ServiceCase) -> Iterator[str]:
    """What must be settled first, because an archived case accepts no more records."""
    delivery = delivery_of(session, case)
    if case.county.delivery_noted and delivery is not None and delivery.registered_on is None:
        yield "送达备案"
    if case.county.sections_take_over and not is_passed_on(session, case):
        yield "与相关科室的交接（“移交科室”）"
    if why_not_handed_in(session, case):
        yield "综合窗口对交接清单的签收"
    open_rows = (
        ("督办回复", select(Urge.id).where(Urge.case_id == case.id, Urge.replied_on.is_(None))),
        ("会议议定", select(Meeting.id).where(Meeting.case_id == case.id, Meeting.concluded_on.is_(None))),
        ("差评处理", bad_grades(case.id)),
    )
    yield from (name for name, rows in open_rows if session.scalar(rows.limit(1)) is not None)


def why_not_proposed(session: Session, case: ServiceCase) -> str | None:
    """Why the case cannot be proposed for the archive now: something is unfinished. Papers are ticked in the form."""
    lacking = "、".join(_unfinished(session, case))
    return f"{case.display_name} 还缺：{lacking}" if lacking else None


def _check_originals(session: Session, case: ServiceCase) -> None:
    """Originals of the applicant do not disappear into the archive. Source: W, Z 附件2 注2; H 五(三)."""
    if held := held_originals(session, case):
        names = "、".join(paper.name for paper in held)
        told = f"{case.display_name} 收到的原件还没有退还：{names}。请在“材料”里登记退还，或写明留存原因"
        raise RuleViolation("archive.originals", told)


def archive(session: Session, cases: Sequence[ServiceCase], *, on: date) -> None:
    """归档: the lead office confirms; the file gets its number and becomes read-only."""
    require(session, "case.archive")
    for case in cases:
        _check_originals(session, case)
        if waits := why_not_handed_in(session, case):
            raise RuleViolation("archive.station_list", waits)
        with transition(session, case, "archive", on):
            pass
        case.archive_number = take_number(session, case.county, NumberKind.ARCHIVE, on.year)
    session.flush()
