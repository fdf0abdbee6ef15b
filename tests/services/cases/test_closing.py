"""送达、签收、办结、终止、归档."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import CaseForm, CaseState, Completion, Delivery, ServiceCase, StepState, Termination
from models.people import Role
from models.places import Meaning, OptionKind
from models.work import MaterialState, WorkKind, WorkRecord
from services.cases import archive, closing, coordination, intake, undo
from services.kernel.errors import RuleViolation
from services.papers.case_values import values_of
from services.records import crud
from tests import factories as f
from tests.at_work import become, ready
from tests.factories import DAY

NEXT = DAY + timedelta(days=1)


def approved(session: Session, **settings: Any) -> ServiceCase:
    case = ready(session, state=CaseState.APPROVED, number="甲1号")
    for name, value in settings.items():
        setattr(case.county, name, value)
    session.flush()
    become(session, Role.AGENT, staff_id=f.make_agent(session).id)
    return case


def handed(session: Session, *, posted: bool = False, **more: Any) -> dict[str, Any]:
    """The values of the form 送达."""
    way = f.make_option(session, kind=OptionKind.DELIVERY_WAY, meaning=Meaning.POSTED if posted else None)
    values: dict[str, Any] = {"on": DAY, "way": way, "documents": "批文", "recipient": "经办人甲"}
    return values | ({"tracking_number": "XA1"} if posted else {}) | more


def test_delivery_and_closing_may_be_two_acts(session: Session) -> None:
    case = approved(session)
    closing.deliver(session, [case], **handed(session))
    assert case.state is CaseState.DELIVERED
    closing.close(session, [case], on=NEXT)
    assert (case.state, case.ended_on) == (CaseState.CLOSED, NEXT)
    assert case.enterprise is not None
    assert session.scalars(select(Completion.handler)).one() == case.enterprise.handler


def test_where_the_signed_receipt_ends_the_service_the_case_closes_with_it(session: Session) -> None:
    case = approved(session, closes_on_receipt=True)
    closing.deliver(session, [case], **handed(session, received_on=DAY))
    assert case.state is CaseState.CLOSED
    assert session.scalars(select(Completion.number)).one()
    become(session, Role.LEAD_OFFICE)
    undo.undo_last_step(session, [case], reason="误")
    assert case.state is CaseState.APPROVED


def test_what_was_posted_closes_when_its_receipt_comes_back(session: Session) -> None:
    case = approved(session, closes_on_receipt=True)
    with pytest.raises(RuleViolation, match="登记签收"):
        closing.deliver_and_close(session, [case], **handed(session, posted=True))
    closing.deliver(session, [case], **handed(session, posted=True))
    assert case.state is CaseState.DELIVERED
    with pytest.raises(RuleViolation, match="签收即办结"):
        closing.close(session, [case], on=NEXT)
    with pytest.raises(RuleViolation, match="不能早于"):
        closing.confirm_receipt(session, [case], on=DAY - timedelta(days=1))
    closing.confirm_receipt(session, [case], on=NEXT)
    assert (case.state, case.ended_on) == (CaseState.CLOSED, NEXT)
    assert session.scalars(select(Delivery.received_on)).one() == NEXT


def test_a_receipt_that_was_noted_by_mistake_is_taken_back_with_what_it_closed(session: Session) -> None:
    case = approved(session, closes_on_receipt=True)
    closing.deliver(session, [case], **handed(session, posted=True))
    closing.confirm_receipt(session, [case], on=NEXT)
    become(session, Role.LEAD_OFFICE)
    undo.undo_last_step(session, [case], reason="回执是另一件的")
    assert (case.state, case.ended_on) == (CaseState.DELIVERED, None)
    assert session.scalars(select(Delivery.received_on)).all() == [None]
    become(session, Role.AGENT)
    closing.confirm_receipt(session, [case], on=NEXT)
    assert case.state is CaseState.CLOSED


def test_what_was_written_of_a_delivery_goes_with_it(session: Session) -> None:
    case = approved(session, delivery_noted=True)
    closing.deliver(session, [case], **handed(session, note="送到厂区"))
    become(session, Role.LEAD_OFFICE)
    undo.undo_last_step(session, [case], reason="误")
    assert session.scalars(select(WorkRecord)).all() == []
    assert session.scalars(select(Delivery.voided_on.is_not(None))).all() == [True]


def test_elsewhere_a_receipt_is_noted_once_and_closes_nothing(session: Session) -> None:
    case = approved(session)
    closing.deliver(session, [case], **handed(session, posted=True))
    closing.confirm_receipt(session, [case], on=NEXT)
    assert case.state is CaseState.DELIVERED
    with pytest.raises(RuleViolation, match="签收"):
        closing.confirm_receipt(session, [case], on=NEXT)


def test_a_delivery_is_written_up_where_the_county_asks(session: Session) -> None:
    case = approved(session, delivery_noted=True)
    with pytest.raises(RuleViolation, match="工作纪实"):
        closing.deliver_and_close(session, [case], **handed(session))
    closing.deliver_and_close(session, [case], **handed(session, note="送到厂区", registered_on=DAY))
    record = session.scalars(select(WorkRecord)).one()
    assert (record.kind, record.content, record.case_id) == (WorkKind.DELIVERY, "送到厂区", case.id)


def test_what_was_handed_in_goes_back_when_a_case_is_terminated(session: Session) -> None:
    case = approved(session)
    back = f.make_case_material(session, case=case, name="营业执照", original=True, state=MaterialState.RECEIVED)
    kept = f.make_case_material(session, case=case, name="规划图", state=MaterialState.RECEIVED)
    f.make_case_material(session, case=case, name="环评报告", state=MaterialState.MISSING)
    reason = f.make_option(session, kind=OptionKind.TERMINATION_REASON)
    left_out: tuple[dict[int, str | None], ...] = ({}, {back.id: None})
    for papers in left_out:
        with pytest.raises(RuleViolation, match=r"逐件写明退还或留存原因：.*规划图"):
            closing.terminate(session, [case], reason=reason, explanation=None, returned=None, on=DAY, papers=papers)
    assert case.state is CaseState.APPROVED
    whereabouts: dict[int, str | None] = {back.id: None, kept.id: "随卷留存"}
    closing.terminate(session, [case], reason=reason, explanation=None, returned=None, on=DAY, papers=whereabouts)
    assert (back.state, back.returned_on) == (MaterialState.RETURNED, DAY)
    assert (kept.state, kept.kept_reason) == (MaterialState.RECEIVED, "随卷留存")
    assert session.scalars(select(Termination.returned)).one() == "营业执照（原件） 1 份"
    values = values_of(session, case)
    assert values["termination_returned"] == "营业执照（原件） 1 份"
    assert values["termination_kept"] == "规划图 1 份（随卷留存）"
    become(session, Role.LEAD_OFFICE)
    undo.undo_last_step(session, [case], reason="误")
    assert (back.state, back.returned_on, kept.kept_reason) == (MaterialState.RECEIVED, None, None)
    assert {step.state for step in case.steps} == {StepState.PENDING}


def test_what_was_handed_in_goes_back_with_a_refused_or_withdrawn_application(session: Session) -> None:
    endings: tuple[tuple[Any, dict[str, Any]], ...] = ((intake.reject, {"told_on": DAY}), (intake.withdraw, {}))
    for end, more in endings:
        case = ready(session, state=CaseState.SUBMITTED, submitted_on=DAY)
        become(session, Role.AGENT, staff_id=f.make_agent(session).id)
        paper = f.make_case_material(session, case=case, original=True, state=MaterialState.RECEIVED)
        with pytest.raises(RuleViolation, match="退还或留存"):
            end(session, [case], on=DAY, reason="条件不符", **more)
        end(session, [case], on=DAY, reason="条件不符", papers={paper.id: None}, **more)
        assert (paper.state, paper.returned_on) == (MaterialState.RETURNED, DAY)


def test_originals_go_back_with_the_delivery_or_the_case_is_not_archived(session: Session) -> None:
    case = approved(session)
    back = f.make_case_material(session, case=case, name="营业执照", original=True, state=MaterialState.RECEIVED)
    kept = f.make_case_material(session, case=case, name="房产证", original=True, state=MaterialState.RECEIVED)
    f.make_case_material(session, case=case, name="复印件", state=MaterialState.RECEIVED)
    closing.deliver_and_close(session, [case], **handed(session, given_back=[back.id]))
    assert (back.state, back.returned_on) == (MaterialState.RETURNED, DAY)
    case.state = CaseState.EVALUATED
    session.flush()
    for archiving in (archive.propose, archive.archive):
        become(session, Role.AGENT if archiving is archive.propose else Role.LEAD_OFFICE)
        with pytest.raises(RuleViolation, match="原件还没有退还：房产证。"):
            archiving(session, [case], on=DAY)
    kept.kept_reason = "法院调取"
    session.flush()
    become(session, Role.AGENT)
    archive.propose(session, [case], on=DAY, present=[p.id for p in archive.missing_papers(session, case)])
    become(session, Role.LEAD_OFFICE)
    archive.archive(session, [case], on=DAY)


def test_who_takes_the_papers_is_not_the_clerk_of_the_project(session: Session) -> None:
    """Source: W, Z 附件2, 附件4: 项目单位经办人, 项目经办人签字."""
    case = approved(session)
    assert case.enterprise is not None
    case.enterprise.handler = "李经办"
    closing.deliver_and_close(session, [case], **handed(session, recipient="门卫老王"))
    assert session.scalars(select(Completion.handler)).one() == "李经办"
    assert values_of(session, case)["enterprise_handler"] == "李经办"


#: paper: the kinds of cases whose file must contain it. Source: 领域 4, archive.
PAPERS = {
    Meaning.PAPER_APPLICATION: "closed terminated",
    Meaning.PAPER_COMMITMENT: "closed terminated",
    Meaning.PAPER_COMPLETION: "closed",
    Meaning.PAPER_TERMINATION: "terminated",
    Meaning.PAPER_RESULT: "closed",
    Meaning.PAPER_AGREEMENT: "closed terminated",
    Meaning.PAPER_EVALUATION: "",
    Meaning.PAPER_LEDGER: "",
}


@pytest.mark.parametrize("course", ["closed", "terminated"])
def test_the_file_needs_the_papers_that_its_course_made(session: Session, course: str) -> None:
    state = CaseState.EVALUATED if course == "closed" else CaseState.TERMINATED
    case = ready(session, state=state, number="甲1号")
    for meaning in PAPERS:
        f.make_option(session, kind=OptionKind.PAPER, name=meaning.label, meaning=meaning, needed=True)
    needed = {paper.meaning for paper in archive.needed_papers(session, case)}
    assert needed == {meaning for meaning, courses in PAPERS.items() if course in courses.split()}
    case.form = CaseForm.ACCOMPANY
    assert Meaning.PAPER_AGREEMENT not in {paper.meaning for paper in archive.needed_papers(session, case)}


def test_a_file_is_archived_with_its_papers_and_read_only_from_then_on(session: Session) -> None:
    case = ready(session, state=CaseState.EVALUATED, number="甲1号")
    form = f.make_option(session, kind=OptionKind.PAPER, name="申请表", meaning=Meaning.PAPER_APPLICATION, needed=True)
    slip = f.make_option(session, kind=OptionKind.PAPER, name="办结单", meaning=Meaning.PAPER_COMPLETION, needed=True)
    completion = f.make_completion(session, case=case)
    become(session, Role.LEAD_OFFICE)
    with pytest.raises(RuleViolation, match="还没有提请归档"):
        archive.archive(session, [case], on=NEXT)
    become(session, Role.AGENT)
    with pytest.raises(RuleViolation, match="还缺：申请表、办结单"):
        archive.propose(session, [case], on=DAY)
    f.make_attachment(session, owner_table="completion", owner_id=completion.id, paper=slip)
    with pytest.raises(RuleViolation, match=r"还缺：申请表$"):
        archive.propose(session, [case], on=DAY)
    archive.propose(session, [case], on=DAY, present=[form.id])
    become(session, Role.LEAD_OFFICE)
    archive.archive(session, [case], on=NEXT)
    assert (case.state, case.archive_number) == (CaseState.ARCHIVED, "档〔2026〕0001号")
    with pytest.raises(RuleViolation, match="已归档"):
        undo.undo_last_step(session, [case], reason="误")


def test_a_delivery_is_on_record_before_the_file_is_put_away(session: Session) -> None:
    case = approved(session, delivery_noted=True)
    closing.deliver_and_close(session, [case], **handed(session, note="送到厂区"))
    case.state = CaseState.EVALUATED
    session.flush()
    with pytest.raises(RuleViolation, match="送达备案"):
        archive.propose(session, [case], on=DAY)
    delivery = closing.delivery_of(session, case)
    assert delivery is not None
    delivery.registered_on = DAY
    archive.propose(session, [case], on=DAY)


def test_a_delivery_may_be_put_on_record_later_but_not_before_it(session: Session) -> None:
    case = approved(session, delivery_noted=True)
    closing.deliver_and_close(session, [case], **handed(session, note="送到厂区", on=NEXT))
    with pytest.raises(RuleViolation, match="备案日期不能早于"):
        closing.register_delivery(session, [case], on=DAY)
    closing.register_delivery(session, [case], on=NEXT)
    delivery = closing.delivery_of(session, case)
    assert delivery is not None
    assert delivery.registered_on == NEXT
    with pytest.raises(RuleViolation, match=r"已于 .* 备案"):
        closing.register_delivery(session, [case], on=NEXT)


def test_a_file_waits_for_what_is_still_to_be_answered(session: Session) -> None:
    case = ready(session, state=CaseState.EVALUATED, number="甲1号")
    urge, meeting = f.make_urge(session, case=case), f.make_meeting(session, case=case)
    bad = f.make_option(session, kind=OptionKind.SCALE, meaning=Meaning.DISSATISFIED)
    rating = f.make_evaluation(session, case=case, grade=bad)
    become(session, Role.AGENT)
    with pytest.raises(RuleViolation, match="还缺：督办回复、会议议定、差评处理"):
        archive.propose(session, [case], on=DAY)
    urge.reply, urge.replied_on = "已办", DAY
    meeting.decision, meeting.concluded_on = "同意", meeting.held_on
    rating.verified_on = rating.rectified_on = rating.revisited_on = DAY
    session.flush()
    archive.propose(session, [case], on=DAY)
    with pytest.raises(RuleViolation, match="提请归档"):
        archive.propose(session, [case], on=DAY)


def test_the_file_is_not_put_away_before_it_was_proposed(session: Session) -> None:
    case = ready(session, state=CaseState.TERMINATED, number="甲1号")
    become(session, Role.AGENT)
    archive.propose(session, [case], on=NEXT)
    become(session, Role.LEAD_OFFICE)
    with pytest.raises(RuleViolation, match="归档日期不能早于上一步"):
        archive.archive(session, [case], on=DAY)


def test_a_signature_comes_before_the_slip(session: Session) -> None:
    case = approved(session)
    become(session, Role.AGENT)
    closing.deliver(session, [case], **handed(session, received_on=NEXT))
    with pytest.raises(RuleViolation, match="办结日期不能早于上一步"):
        closing.close(session, [case], on=DAY)


def test_nothing_leaves_an_archived_file(session: Session) -> None:
    case = ready(session, state=CaseState.ARCHIVED, number="甲1号")
    other = ready(session, state=CaseState.IN_PROGRESS, number="甲2号")
    paper = f.make_case_material(session, case=case)
    become(session, Role.LEAD_OFFICE)
    with pytest.raises(RuleViolation, match="已归档"):
        crud.update(session, paper, {"case": other}, paper.version)
    with pytest.raises(RuleViolation, match="已归档"):
        coordination.reply(session, [f.make_urge(session, case=case)], on=DAY, reply="已办")
    with pytest.raises(RuleViolation, match="已归档"):
        coordination.conclude(session, [f.make_meeting(session, case=case)], on=DAY, decision="同意")
