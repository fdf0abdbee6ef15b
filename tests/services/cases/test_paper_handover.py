"""资料交接: from the chief officer to the 综合窗口, and to a section before the file is archived."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import CaseEvent, CaseState, ServiceCase
from models.people import Role
from models.places import WindowKind
from models.work import HandoverKind, PaperHandover
from services.cases import archive, undo
from services.cases.delegation import on_behalf
from services.cases.paper_handover import bring, pass_on
from services.kernel.errors import RuleViolation
from tests import factories as f
from tests.at_work import become, ready
from tests.factories import DAY

PAPERS: dict[str, Any] = {"on": DAY, "receiver": "窗口甲", "papers": "立项批复、红线图"}


def of_officer(session: Session) -> ServiceCase:
    """A case that is handled where officers bring the papers, and its officer at work."""
    officer = f.make_officer(session)
    case = ready(session, state=CaseState.IN_PROGRESS, number="甲1号", officer=officer)
    case.county.officer_brings = True
    become(session, Role.CHIEF_OFFICER, staff_id=officer.id)
    return case


def test_the_officer_brings_the_papers_to_the_window(session: Session) -> None:
    case, window = of_officer(session), f.make_window(session)
    bring(session, [case], window=window, **PAPERS)
    row = session.scalars(select(PaperHandover)).one()
    assert (row.kind, row.giver_id, row.window_id) == (HandoverKind.TO_WINDOW, case.officer_id, window.id)
    assert (row.handed_on, row.receiver, row.papers) == (DAY, "窗口甲", "立项批复、红线图")
    note = session.scalars(select(CaseEvent.note)).one()
    assert note == f"{window.name}，接收人 窗口甲：立项批复、红线图"


def test_only_the_officer_of_the_unit_brings_them_and_only_to_the_general_window(session: Session) -> None:
    case, window = of_officer(session), f.make_window(session, kind=WindowKind.BUSINESS)
    with pytest.raises(RuleViolation, match="不是综合窗口") as error:
        bring(session, [case], window=window, **PAPERS)
    assert error.value.field == "window"
    become(session, Role.CHIEF_OFFICER, staff_id=f.make_officer(session).id)
    with pytest.raises(RuleViolation, match=r"不由.*服务"):
        bring(session, [case], window=f.make_window(session), **PAPERS)


def test_the_window_records_it_for_the_officer(session: Session) -> None:
    case, window = of_officer(session), f.make_window(session)
    become(session, Role.WINDOW_CLERK, staff_id=None)
    assert case.officer is not None
    with on_behalf(session, case.officer):
        bring(session, [case], window=window, **PAPERS)
    assert session.scalars(select(PaperHandover.giver_id)).one() == case.officer_id


def test_elsewhere_officers_bring_nothing(session: Session) -> None:
    case = of_officer(session)
    case.county.officer_brings = False
    with pytest.raises(RuleViolation, match="不用首席服务员送窗口"):
        bring(session, [case], window=f.make_window(session), **PAPERS)


def at_its_end(session: Session) -> ServiceCase:
    case = ready(session, state=CaseState.EVALUATED, number="甲1号")
    case.county.sections_take_over = True
    become(session, Role.AGENT, staff_id=f.make_agent(session).id)
    return case


def test_a_file_is_archived_after_it_was_passed_on_to_a_section(session: Session) -> None:
    case, section = at_its_end(session), f.make_department(session)
    with pytest.raises(RuleViolation, match="与相关科室的交接"):
        archive.propose(session, [case], on=DAY)
    pass_on(session, [case], department=section, **PAPERS)
    row = session.scalars(select(PaperHandover)).one()
    assert (row.kind, row.department_id, row.receiver) == (HandoverKind.TO_SECTION, section.id, "窗口甲")
    archive.propose(session, [case], on=DAY)


def test_a_handover_that_was_taken_back_counts_no_more(session: Session) -> None:
    case = at_its_end(session)
    pass_on(session, [case], department=f.make_department(session), **PAPERS)
    become(session, Role.LEAD_OFFICE)
    undo.undo_last_step(session, [case], reason="科室错了")
    become(session, Role.AGENT)
    with pytest.raises(RuleViolation, match="与相关科室的交接"):
        archive.propose(session, [case], on=DAY)


def test_papers_at_the_window_are_not_passed_on(session: Session) -> None:
    case = at_its_end(session)
    f.make_handover(session, case=case)
    with pytest.raises(RuleViolation, match="与相关科室的交接"):
        archive.propose(session, [case], on=DAY)


def test_elsewhere_nobody_asks_for_a_section(session: Session) -> None:
    case = at_its_end(session)
    case.county.sections_take_over = False
    with pytest.raises(RuleViolation, match="不用与科室交接"):
        pass_on(session, [case], department=f.make_department(session), **PAPERS)
    archive.propose(session, [case], on=DAY)
