"""合并 keeps one of two rows; everything of the other follows it, by the rules, until the merge is undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Base
from models.actions import AuditAction
from models.cases import CaseState, ServiceCase
from models.people import Role
from models.places import County
from models.projects import Assignment, Enterprise, KeyDesignation, Project
from models.records import Attachment, AuditEntry, Merger
from services.kernel.errors import Forbidden, RuleViolation
from services.key_targets.merging import merge, undo_merges
from services.records import recycle
from services.records.history import history_of
from services.records.references import referring_columns
from tests import factories as f
from tests.at_work import become

WHY = "同一家"


@pytest.fixture
def office(session: Session, county: County) -> County:
    become(session, Role.LEAD_OFFICE, county_id=county.id)
    return county


@pytest.fixture
def pair(session: Session, office: County) -> tuple[Enterprise, Enterprise]:
    keep = f.make_enterprise(session, name="甲（集团）公司", credit_code=None, handler=None, remark="留")
    return keep, f.make_enterprise(session, name="甲集团", handler="张三", remark="并")


def everything(session: Session) -> dict[str, Any]:
    """Every row but the audit's, the merges and the versions."""
    session.flush()
    return {
        table.name: [
            {k: v for k, v in row.items() if k != "version"}
            for row in session.connection().execute(select(table).order_by(table.c[0])).mappings()
        ]
        for table in Base.metadata.sorted_tables
        if table.name not in ("audit_entry", "merger")
    }


def test_every_reference_follows_and_comes_back(session: Session, pair: tuple[Enterprise, Enterprise]) -> None:
    keep, gone = pair
    case = f.make_case(session, enterprise=gone)
    project = f.make_project(session, enterprise=gone)
    f.make_agreement(session, enterprise=gone)
    f.make_attachment(session, owner_table="enterprise", owner_id=gone.id)
    f.make_designation(session, enterprise=gone, project=None, designated_on=date(2026, 1, 5))
    gone.is_key = True
    code, before = gone.credit_code, everything(session)
    (merger,) = merge(session, keep, [gone], reason=WHY)
    assert (case.enterprise_id, project.enterprise_id) == (keep.id, keep.id)
    assert session.scalars(select(Attachment.owner_id)).all() == [keep.id]
    assert session.scalars(select(KeyDesignation.enterprise_id)).all() == [keep.id]
    assert (keep.is_key, keep.handler, keep.credit_code, keep.remark) == (True, "张三", code, "留")
    assert [row.id for row in recycle.deleted_rows(session, Enterprise, 9)] == [gone.id]
    for table, key in referring_columns(Enterprise):
        assert not session.scalars(select(table.id).where(getattr(table, key) == gone.id)).all(), (table, key)
    undo_merges(session, [merger])
    assert everything(session) == before
    with pytest.raises(RuleViolation, match="已撤销"):
        undo_merges(session, [merger])


def test_the_designation_and_the_officer_of_the_kept_one_go_on(session: Session, office: County) -> None:
    keep, gone = (f.make_project(session, name=name) for name in ("甲项目", "甲 项目"))
    officer = f.make_officer(session)
    for target in (keep, gone):
        f.make_designation(session, project=target, designated_on=date(2026, 1, 5))
        f.make_assignment(session, project=target, officer=officer, since=date(2026, 1, 6))
        target.is_key, target.officer_id = True, officer.id
    session.flush()
    before = everything(session)
    (merger,) = merge(session, keep, [gone], reason=WHY)
    designations = session.scalars(select(KeyDesignation).order_by(KeyDesignation.id)).all()
    assert [(d.project_id, d.revoked_on is None, d.revoke_reason) for d in designations] == [
        (keep.id, True, None),
        (keep.id, False, "合并到“甲项目”"),
    ]
    assert [a.until is None for a in session.scalars(select(Assignment).order_by(Assignment.id))] == [True, False]
    undo_merges(session, [merger])
    assert everything(session) == before


def test_two_officers_must_be_settled_first_and_open_cases_get_the_officer(session: Session, office: County) -> None:
    keep, gone = (f.make_project(session, name=name) for name in ("甲项目", "甲 项目"))
    for target in (keep, gone):
        officer = f.make_officer(session)
        f.make_assignment(session, project=target, officer=officer, since=date(2026, 1, 6))
        target.officer_id = officer.id
    session.flush()
    before = everything(session)
    with pytest.raises(RuleViolation, match="先调整分包"):
        merge(session, keep, [gone], reason=WHY)
    assert everything(session) == before
    session.scalars(select(Assignment).where(Assignment.project_id == keep.id)).one().until = date(2026, 2, 1)
    keep.officer_id = None
    case = f.make_case(session, project=keep, state=CaseState.ACCEPTED)
    merge(session, keep, [gone], reason=WHY)
    assert (keep.officer_id, case.officer_id) == (officer.id, officer.id)


def test_people_are_merged_within_their_kind_and_department(session: Session, office: County) -> None:
    one, other = (f.make_liaison(session, name="李四", active=a) for a in (False, True))
    step = f.make_step(session, liaison=other)
    with pytest.raises(RuleViolation, match="已不在岗"):
        merge(session, one, [other], reason=WHY)
    one.active = True
    with pytest.raises(RuleViolation, match="不同部门"):
        merge(session, one, [other], reason=WHY)
    one.department_id = other.department_id
    merge(session, one, [other], reason=WHY)
    assert step.liaison_id == one.id
    with pytest.raises(RuleViolation, match="两条不同记录"):
        merge(session, one, [f.make_agent(session, name="李四")], reason=WHY)


@pytest.mark.parametrize(
    "disturb",
    [
        lambda session, keep, gone, case: setattr(case, "enterprise_id", f.make_enterprise(session).id),
        lambda session, keep, gone, case: setattr(keep, "handler", "改过"),
        lambda session, keep, gone, case: recycle.restore(session, gone),
        lambda session, keep, gone, case: recycle.purge(session, gone),
    ],
    ids=["moved on", "edited", "restored", "purged"],
)
def test_a_merge_that_something_stands_in_the_way_of_stays(
    session: Session, pair: tuple[Enterprise, Enterprise], disturb: Callable[..., Any]
) -> None:
    keep, gone = pair
    case = f.make_case(session, enterprise=gone)
    (merger,) = merge(session, keep, [gone], reason=WHY)
    deleted = recycle.find(session, Enterprise, gone.id)
    disturb(session, keep, deleted, case)
    session.flush()
    with pytest.raises(RuleViolation, match="不能撤销"), session.begin_nested():
        undo_merges(session, [merger])
    assert merger.undone_at is None


def test_the_history_of_both_is_told_and_the_audit_names_the_merge(
    session: Session, pair: tuple[Enterprise, Enterprise]
) -> None:
    keep, gone = pair
    gone.handler = "李四"
    session.flush()
    (merger,) = merge(session, keep, [gone], reason=WHY)
    told = history_of(session, keep, masked=False, allowed={"handler"})
    assert ("经办人", "张三", "李四") in [change for one in told for change in one.changes]
    assert not [one for one in told if one.revertible and ("经办人", "张三", "李四") in one.changes]
    undo_merges(session, [merger])
    actions = set(session.scalars(select(AuditEntry.action)))
    assert {AuditAction.RECORD_MERGE, AuditAction.RECORD_UNMERGE} <= actions
    assert len(history_of(session, keep, masked=False, allowed=())) < len(told) + 3


def test_the_history_follows_a_chain_of_merges(session: Session, pair: tuple[Enterprise, Enterprise]) -> None:
    middle, first = pair
    first.handler = "李四"
    session.flush()
    merge(session, middle, [first], reason=WHY)
    last = f.make_enterprise(session, name="甲（集团）有限公司")
    (merger,) = merge(session, last, [middle], reason=WHY)

    def told() -> list[tuple[str, str, str]]:
        return [change for one in history_of(session, last, masked=False, allowed=()) for change in one.changes]

    assert ("经办人", "张三", "李四") in told()
    undo_merges(session, [merger])
    assert ("经办人", "张三", "李四") not in told()


def test_only_the_lead_office_merges(session: Session, pair: tuple[Enterprise, Enterprise]) -> None:
    keep, gone = pair
    become(session, Role.AGENT)
    with pytest.raises(Forbidden):
        merge(session, keep, [gone], reason=WHY)


def test_an_archived_case_follows_and_keeps_everything_else(
    session: Session, pair: tuple[Enterprise, Enterprise]
) -> None:
    keep, gone = pair
    case = f.make_case(session, enterprise=gone, state=CaseState.ARCHIVED, number="武〔2026〕0001号")
    entry = f.make_entry(session, case=case, number=case.number)
    texts = {key: value for key, value in vars(entry).items() if isinstance(value, str)}
    merge(session, keep, [gone], reason=WHY)
    assert session.get_one(ServiceCase, case.id).enterprise_id == keep.id
    session.refresh(entry)
    assert {key: getattr(entry, key) for key in texts} == texts


def test_three_rows_become_one(session: Session, pair: tuple[Enterprise, Enterprise]) -> None:
    keep, gone = pair
    third = f.make_enterprise(session, name="甲（集团）有限公司")
    before = everything(session)
    made = merge(session, keep, [gone, third], reason=WHY)
    assert session.scalars(select(Enterprise.id)).all() == [keep.id]
    undo_merges(session, made)
    assert everything(session) == before
    assert len(session.scalars(select(Merger)).all()) == 2
    assert session.scalars(select(Project)).all() == []
