"""回收站: a deleted row is restored by the rules of its form, or removed for good if nothing refers to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import table_name
from models.people import DepartmentLeader, Role
from models.projects import Enterprise, Project
from models.records import AuditEntry
from services.kernel.errors import Forbidden, RuleViolation
from services.records import crud, recycle
from tests import factories as f
from tests.conftest import ActingAs
from tests.factories import MAKERS


@pytest.mark.parametrize("model", recycle.bins(), ids=lambda m: m.__name__)
def test_a_deleted_row_is_in_its_bin_comes_back_or_goes_for_good(session: Session, model: Any) -> None:
    row = MAKERS[model](session)
    kept = MAKERS[model](session)
    crud.delete(session, row)
    assert row not in session.scalars(select(model)).all()
    assert list(recycle.deleted_rows(session, model, 10)) == [row]
    assert dict(recycle.counts(session))[model] == 1
    assert recycle.find(session, model, row.id) is row
    assert recycle.find(session, model, kept.id) is None
    recycle.restore(session, row)
    assert row in session.scalars(select(model)).all()
    crud.delete(session, row)
    id_ = row.id
    recycle.purge(session, row)
    assert recycle.find(session, model, id_) is None
    done = session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.object_id == id_, AuditEntry.object_type == table_name(model))
        .order_by(AuditEntry.id)
    ).all()
    assert done[-4:] == ["record.delete", "record.restore", "record.delete", "record.purge"]


def test_a_row_whose_code_is_taken_by_now_does_not_come_back(session: Session) -> None:
    code = "91410823MA0000015R"
    gone = f.make_enterprise(session, credit_code=code)
    crud.delete(session, gone)
    f.make_enterprise(session, credit_code=code)
    with pytest.raises(RuleViolation, match="已有相同统一社会信用代码的企业"):
        recycle.restore(session, gone)
    assert gone.deleted_at is not None


def test_a_second_leader_does_not_come_back(session: Session) -> None:
    gone = f.make_leader(session)
    department = gone.department
    crud.delete(session, gone)
    f.make_leader(session, department=department)
    with pytest.raises(RuleViolation, match="责任领导"):
        recycle.restore(session, gone)
    assert len(session.scalars(select(DepartmentLeader)).all()) == 1


def test_a_project_comes_back_after_its_enterprise(session: Session) -> None:
    project = f.make_project(session)
    enterprise = project.enterprise
    crud.delete(session, project)
    crud.delete(session, enterprise)
    with pytest.raises(RuleViolation, match="也在回收站"):
        recycle.restore(session, project)
    recycle.restore(session, enterprise)
    recycle.restore(session, project)
    assert session.scalars(select(Project)).all() == [project]


@pytest.mark.parametrize("attached", [False, True])
def test_what_others_need_does_not_go_for_good(session: Session, attached: bool) -> None:
    enterprise = f.make_enterprise(session)
    if attached:
        f.make_attachment(session, owner_id=enterprise.id)
    else:
        crud.delete(session, f.make_project(session, enterprise=enterprise))
    crud.delete(session, enterprise)
    with pytest.raises(RuleViolation, match=r"1 条(附件|项目)与之关联"):
        recycle.purge(session, enterprise)
    assert recycle.find(session, Enterprise, enterprise.id) is enterprise


def test_a_row_that_goes_at_once_leaves_no_attachment_behind(session: Session) -> None:
    phrase = f.make_phrase(session)
    f.make_attachment(session, owner_table="service_phrase", owner_id=phrase.id)
    with pytest.raises(RuleViolation, match="1 条附件与之关联"):
        crud.delete(session, phrase)


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.LEAD_OFFICE])
@pytest.mark.parametrize("run", [recycle.restore, recycle.purge])
def test_only_the_lead_office_empties_it(
    role: Role, run: Callable[[Session, Any], None], session: Session, acting_as: ActingAs
) -> None:
    gone = f.make_enterprise(session)
    crud.delete(session, gone)
    session.commit()
    with pytest.raises(Forbidden):
        run(acting_as(role), gone)
