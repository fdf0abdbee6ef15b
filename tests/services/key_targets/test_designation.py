"""The key list and its officers: designation, assignment, reassignment, end. Source: W, Z 附件1 一.1."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.cases import CaseState
from models.people import DesignationTarget, Role
from models.projects import Assignment, KeyDesignation
from models.work import AgreementKind
from services.cases.transitions import is_key
from services.desk.badges import of_assignments
from services.kernel.actor import actor_of
from services.kernel.errors import Forbidden, RuleViolation
from services.kernel.session import back_office
from services.kernel.working_days import today
from services.key_targets.assignment import (
    assign_officer,
    end_assignments,
    loads_of,
    unsigned_warning,
    why_no_assignment,
    why_no_reassignment,
)
from services.key_targets.designation import (
    designate,
    kind_of,
    refresh_key_flags,
    revoke,
    why_no_designation,
)
from services.key_targets.key_list import in_force
from services.ledgers.other_ledgers import key_enterprises, key_projects
from services.records import crud
from tests.factories import (
    make_agreement,
    make_case,
    make_designation,
    make_enterprise,
    make_officer,
    make_project,
)

DAY = date(2026, 3, 2)
MAKERS = (make_project, make_enterprise)


@pytest.fixture
def office(session: Session) -> Session:
    """The lead office of a county that has chief officers."""
    actor = actor_of(session)
    assert actor.role is Role.LEAD_OFFICE
    probe = make_project(session)
    probe.county.has_chief_officers = True
    session.flush()
    return session


def keeper(session: Session, keeps: DesignationTarget) -> None:
    """Continue the session as 重点名单管理员 of one of the lists."""
    session.flush()
    back_office(session).act_as(replace(actor_of(session), role=Role.LIST_KEEPER, keeps=keeps))


@pytest.mark.parametrize("make", MAKERS)
def test_a_target_is_key_from_designation_to_revocation(office: Session, make: Any) -> None:
    target = make(office)
    (row,) = designate(office, [target], basis="武发改〔2026〕9号", on=DAY)
    assert target.is_key
    with pytest.raises(RuleViolation, match="不能重复登记"):
        designate(office, [target], basis="又一次", on=DAY)
    revoke(office, [row], on=DAY + timedelta(days=9), reason="建成", end_assignments=False)
    assert not target.is_key
    with pytest.raises(RuleViolation, match="已于"):
        revoke(office, [row], on=DAY + timedelta(days=9), reason="建成", end_assignments=False)
    designate(office, [target], basis="再次列入", on=DAY + timedelta(days=20))


@pytest.mark.parametrize("make", MAKERS)
def test_each_step_of_the_key_list_says_what_is_possible_now(office: Session, make: Any) -> None:
    target, officer, actor = make(office), make_officer(office), actor_of(office)

    def possible() -> list[bool]:
        asked = (why_no_designation, why_no_assignment, why_no_reassignment)
        return [why_not(actor, target) is None for why_not in asked]

    assert possible() == [True, False, False]
    (row,) = designate(office, [target], basis="甲", on=DAY)
    assert possible() == [False, True, False]
    assign_officer(office, [target], officer, since=DAY)
    office.flush()
    office.refresh(target)
    assert possible() == [False, False, True]
    revoke(office, [row], on=DAY, reason="建成", end_assignments=False)
    assert possible() == [True, False, False]
    other = next(k for k in DesignationTarget if k is not kind_of(target))
    assert why_no_designation(replace(actor, role=Role.LIST_KEEPER, keeps=other), target)


@pytest.mark.parametrize("make", MAKERS)
def test_an_assignment_without_its_agreement_is_marked(office: Session, make: Any) -> None:
    written, papered, bare, lacking = targets = [make(office) for _ in range(4)]
    designate(office, targets, basis="甲", on=DAY)
    officer = make_officer(office)
    assign_officer(office, [written], officer, since=DAY, agreement_number="武委协〔2026〕1号", agreement_on=DAY)
    assign_officer(office, [lacking], officer, since=DAY, agreement_number="武委协〔2026〕2号")
    assign_officer(office, [papered, bare], officer, since=DAY)
    office.flush()
    about = {"enterprise_id": None, kind_of(papered).value: papered}
    make_agreement(office, kind=AgreementKind.AGREEMENT, **about)
    rows = list(office.scalars(select(Assignment)))
    marked = of_assignments(office, [row.id for row in rows])
    assert {row.project or row.enterprise for row in rows if row.id in marked} == {bare, lacking}
    assert {mark.text for (mark,) in marked.values()} == {"未签委托协议"}
    warning = unsigned_warning(office, targets)
    assert warning is not None
    assert f"未签委托协议：{bare.name}、{lacking.name}。签订后" in warning
    assert unsigned_warning(office, [written, papered]) is None
    end_assignments(office, rows, on=DAY, reason="建成")
    office.flush()
    assert of_assignments(office, [row.id for row in rows]) == {}


def test_a_batch_of_designations_is_all_or_none(office: Session) -> None:
    first, second = make_project(office), make_project(office)
    designate(office, [second], basis="甲", on=DAY)
    office.commit()
    with pytest.raises(RuleViolation):
        designate(office, [first, second], basis="乙", on=DAY)
    office.rollback()
    assert office.scalar(select(func.count(KeyDesignation.id))) == 1


@pytest.mark.parametrize("make", MAKERS)
def test_a_keeper_keeps_his_own_list_only(office: Session, make: Any) -> None:
    own = DesignationTarget.PROJECT if make is make_project else DesignationTarget.ENTERPRISE
    other = next(k for k in DesignationTarget if k is not own)
    target = make(office)
    keeper(office, other)
    with pytest.raises(Forbidden):
        designate(office, [target], basis="甲", on=DAY)
    keeper(office, own)
    designate(office, [target], basis="甲", on=DAY)


def test_designation_dates_are_checked(office: Session) -> None:
    target = make_project(office)
    with pytest.raises(RuleViolation, match="不能晚于今天"):
        designate(office, [target], basis="甲", on=today() + timedelta(days=1))
    with pytest.raises(RuleViolation, match="不能早于列入日期"):
        designate(office, [target], basis="甲", on=DAY, valid_until=DAY - timedelta(days=1))


def test_twelve_targets_get_an_officer_and_one_unlisted_stops_them_all(office: Session) -> None:
    targets = [make_project(office) for _ in range(12)]
    officer = make_officer(office)
    designate(office, targets[:11], basis="甲", on=DAY)
    office.commit()
    with pytest.raises(RuleViolation, match="不在重点名单中"):
        assign_officer(office, targets, officer, since=DAY)
    office.rollback()
    assert office.scalar(select(func.count(Assignment.id))) == 0
    designate(office, targets[11:], basis="甲", on=DAY)
    assign_officer(office, targets, officer, since=DAY, agreement_number="武委托〔2026〕1号", agreement_on=DAY)
    assert loads_of(office, [officer.id]) == {officer.id: 12}
    assert {t.officer_id for t in targets} == {officer.id}


@pytest.mark.parametrize("make", MAKERS)
def test_an_officer_is_changed_with_history_and_open_cases_follow(office: Session, make: Any) -> None:
    target, first, second = make(office), make_officer(office), make_officer(office)
    project = make is make_project
    of = {"project": target, "enterprise": target.enterprise} if project else {"enterprise": target}
    opened = make_case(office, **of, state=CaseState.IN_PROGRESS, number="甲1号")
    closed = make_case(office, **of, state=CaseState.CLOSED, number="甲2号")
    designate(office, [target], basis="甲", on=DAY)
    with pytest.raises(RuleViolation, match="还没有首席服务员"):
        assign_officer(office, [target], first, since=DAY, replace=True)
    (old,) = assign_officer(office, [target], first, since=DAY)
    with pytest.raises(RuleViolation, match=f"已由{first.name}分包"):
        assign_officer(office, [target], second, since=DAY)
    with pytest.raises(RuleViolation, match="现在就由"):
        assign_officer(office, [target], first, since=DAY, replace=True)
    assign_officer(office, [target], second, since=DAY + timedelta(days=30), reason="工作调整", replace=True)
    assert old.until == DAY + timedelta(days=30)
    assert target.officer_id == second.id
    assert opened.officer_id == second.id
    assert closed.officer_id is None


def test_an_assignment_ends_once_and_not_before_it_began(office: Session) -> None:
    target, officer = make_project(office), make_officer(office)
    designate(office, [target], basis="甲", on=DAY)
    (row,) = assign_officer(office, [target], officer, since=DAY)
    with pytest.raises(RuleViolation, match="结束日期"):
        end_assignments(office, [row], on=DAY - timedelta(days=1), reason="调离")
    end_assignments(office, [row], on=DAY + timedelta(days=5), reason="调离")
    assert target.officer_id is None
    with pytest.raises(RuleViolation, match="已于"):
        end_assignments(office, [row], on=DAY + timedelta(days=6), reason="调离")


@pytest.mark.parametrize("make", MAKERS)
def test_an_assignment_neither_begins_nor_ends_in_the_future(office: Session, make: Any) -> None:
    target, first, second = make(office), make_officer(office), make_officer(office)
    tomorrow = today() + timedelta(days=1)
    designate(office, [target], basis="甲", on=DAY)
    with pytest.raises(RuleViolation, match="分包日期不能晚于今天"):
        assign_officer(office, [target], first, since=tomorrow)
    (row,) = assign_officer(office, [target], first, since=DAY)
    with pytest.raises(RuleViolation, match=f"结束日期须在 {DAY} 与今天之间"):
        end_assignments(office, [row], on=tomorrow, reason="调离")
    with pytest.raises(RuleViolation, match="分包日期不能晚于今天"):
        assign_officer(office, [target], second, since=tomorrow, replace=True)
    assert (row.until, target.officer_id) == (None, first.id)
    end_assignments(office, [row], on=today(), reason="调离")
    assert (row.until, target.officer_id) == (today(), None)
    (again,) = assign_officer(office, [target], second, since=today())
    end_assignments(office, [again], on=again.since, reason="当天改派")
    assert again.until == again.since


@pytest.mark.parametrize("ends", [True, False])
def test_revoking_asks_whether_the_assignment_ends(office: Session, ends: bool) -> None:
    target, officer = make_project(office), make_officer(office)
    (listed,) = designate(office, [target], basis="甲", on=DAY)
    (row,) = assign_officer(office, [target], officer, since=DAY)
    revoke(office, [listed], on=DAY + timedelta(days=5), reason="建成", end_assignments=ends)
    assert (row.until is not None) is ends


def test_only_officers_at_work_in_counties_that_have_them(office: Session) -> None:
    target = make_project(office)
    designate(office, [target], basis="甲", on=DAY)
    with pytest.raises(RuleViolation, match="已不在岗"):
        assign_officer(office, [target], make_officer(office, active=False), since=DAY)
    officer = make_officer(office)
    officer.county.has_chief_officers = False
    with pytest.raises(RuleViolation, match="不设项目首席服务员"):
        assign_officer(office, [target], officer, since=DAY)


def on_ledger(session: Session, target: Any) -> bool:
    """Whether today's ledger of key projects or key enterprises contains `target`."""
    ledgers = (key_projects, key_enterprises)
    return any(row[0] == target.name for of in ledgers for row in of(session, target.county_id, today(), masked=True))


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("left", [None, 0, -1])
def test_a_designation_holds_until_its_last_day_wherever_it_is_asked_for(
    office: Session, make: Any, left: int | None
) -> None:
    """The flag, the case, the 分包 and the ledger agree on a designation with so many days left."""
    target, officer = make(office), make_officer(office)
    about = {"project": target, "enterprise": target.enterprise} if make is make_project else {"enterprise": target}
    case = make_case(office, **about)
    make_designation(
        office,
        **{"project" if make is make_project else "enterprise": target},
        designated_on=DAY,
        valid_until=None if left is None else today() + timedelta(days=left),
    )
    target.is_key = left is not None  # as it was yesterday, or before it was recorded
    office.flush()
    holds = left is None or left >= 0
    assert refresh_key_flags(office) == (0 if left == 0 else 1)
    assert refresh_key_flags(office) == 0
    assert target.is_key is is_key(office, case) is on_ledger(office, target) is holds
    if not holds:
        with pytest.raises(RuleViolation, match="不在重点名单中"):
            assign_officer(office, [target], officer, since=DAY)
    else:
        assign_officer(office, [target], officer, since=DAY)


@pytest.mark.parametrize("make", MAKERS)
def test_what_expired_keeps_its_officer_until_it_is_revoked_or_renewed(office: Session, make: Any) -> None:
    target, officer = make(office), make_officer(office)
    (row,) = designate(office, [target], basis="甲", on=DAY)
    (served,) = assign_officer(office, [target], officer, since=DAY)
    yesterday = today() - timedelta(days=1)
    row.valid_until = yesterday
    office.flush()
    assert refresh_key_flags(office) == 1
    assert (target.is_key, target.officer_id, served.until) == (False, officer.id, None)
    with pytest.raises(RuleViolation, match=f"有效至 {yesterday}，列入日期须在其后"):
        designate(office, [target], basis="乙", on=yesterday)
    with pytest.raises(RuleViolation, match="不能早于列入日期"):
        crud.update(office, row, {"valid_until": DAY - timedelta(days=1)}, row.version)
    crud.update(office, row, {"valid_until": today()}, row.version)
    assert target.is_key
    crud.update(office, row, {"valid_until": yesterday}, row.version)
    assert not target.is_key
    revoke(office, [row], on=today(), reason="到期", end_assignments=True)
    assert (target.officer_id, served.until) == (None, today())
    designate(office, [target], basis="乙", on=today())
    assert target.is_key


@pytest.mark.parametrize("make", MAKERS)
def test_what_expired_is_designated_anew_and_stands_on_the_ledger_once(office: Session, make: Any) -> None:
    target = make(office)
    (old,) = designate(office, [target], basis="甲", on=DAY, valid_until=today() - timedelta(days=1))
    designate(office, [target], basis="乙", on=today())
    assert target.is_key
    assert (old.revoked_on, old.revoke_reason) == (today(), "到期，重新认定")
    for day, basis in ((today() - timedelta(days=1), "甲"), (today(), "乙")):
        found = office.scalars(select(KeyDesignation.basis).where(in_force(day))).all()
        assert found == [basis]


def test_a_designation_recorded_after_it_expired_makes_nothing_key(office: Session) -> None:
    target = make_project(office)
    designate(office, [target], basis="甲", on=DAY, valid_until=today() - timedelta(days=1))
    assert not target.is_key
    assert refresh_key_flags(office) == 0
