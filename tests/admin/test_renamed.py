"""Every Chinese label may change: history, the state machine and the throttle go by codes.

The test renames all labels in the running process and puts them back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.actions import AuditAction, AuditResult
from models.base import Base, tables
from models.cases import CaseEvent, CaseState
from models.fields import _all_fields
from models.people import Role
from models.places import County
from models.records import AuditEntry
from models.types import Labelled, show
from services.cases import intake, undo
from services.cases.intake import MissingMaterial
from services.cases.received_papers import materials_of
from services.kernel.actor import Actor
from services.kernel.audit import record
from services.kernel.errors import RuleViolation
from services.kernel.throttle import BY_NAME, check_attempts
from services.kernel.transaction import open_session, working
from services.records import crud
from services.records.history import history_of
from tests import factories as f
from tests.admin.conftest import ClientOf
from tests.at_work import become, ready
from tests.factories import DAY

NEW = "新叫法·"
PAPER = MissingMaterial("营业执照", "到市场监管局补办")


def labelled() -> Iterator[type[Labelled]]:
    """Every labelled enum of the program."""
    waiting = [Labelled]
    while waiting:
        found = waiting.pop()
        waiting += found.__subclasses__()
        yield found


@pytest.fixture
def rename(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The patch that `rename_all` works with; fields are read anew when it is undone."""
    tables()
    yield monkeypatch
    monkeypatch.undo()
    _all_fields.cache_clear()


def rename_all(patch: pytest.MonkeyPatch) -> int:
    """Give every table, choice, action and field another label; gives how many there were."""
    count = 0
    for enum in labelled():
        for member in enum:
            patch.setattr(member, "label", f"{NEW}{member.label}")
            count += 1
    for mapper in Base.registry.mappers:
        model = mapper.class_
        patch.setattr(model, "__title__", f"{NEW}{model.__title__}")
        for column in mapper.columns:
            if "field" in column.info and not column.info["field"].label.startswith(NEW):
                known = column.info["field"]
                patch.setitem(column.info, "field", replace(known, label=f"{NEW}{known.label}"))
                count += 1
    _all_fields.cache_clear()
    return count


def test_the_history_of_a_row_goes_on_under_other_words(session: Session, rename: pytest.MonkeyPatch) -> None:
    project = f.make_project(session, name="面粉项目")
    crud.update(session, project, {"name": "食品项目"}, project.version)
    assert rename_all(rename) > 500
    crud.update(session, project, {"name": "面业项目"}, project.version)
    told = history_of(session, project, masked=False, allowed={"name"})
    assert [change.action for change in told] == [f"{NEW}修改", f"{NEW}修改", f"{NEW}新增"]
    assert told[1].changes == [(f"{NEW}项目名称", "面粉项目", "食品项目")]
    kept = crud.earlier_values(session, project, told[1].id, {"name"})
    assert kept == {"name": "面粉项目"}
    entry = session.scalars(select(AuditEntry).where(AuditEntry.object_type == "project").limit(1)).one()
    assert (show(entry.object_type), show(entry.result)) == (f"{NEW}项目", f"{NEW}成功")


def test_a_case_told_before_the_words_changed_is_not_told_twice(session: Session, rename: pytest.MonkeyPatch) -> None:
    case = ready(session)
    become(session, Role.AGENT)
    intake.submit(session, [case], on=DAY)
    intake.notify(session, [case], on=DAY, materials=[PAPER], reason=None)
    rename_all(rename)
    received = [paper.id for paper in materials_of(session, case)]
    intake.resupply(session, [case], on=DAY, received=received)
    with pytest.raises(RuleViolation, match="已经一次性告知过"):
        intake.notify(session, [case], on=DAY, materials=[PAPER], reason=None)
    become(session, Role.LEAD_OFFICE)
    for state in (CaseState.SUPPLEMENT, CaseState.SUBMITTED, CaseState.DRAFT):
        undo.undo_last_step(session, [case], reason="误")
        session.flush()
        assert case.state is state
    with pytest.raises(RuleViolation, match="现为"):
        undo.undo_last_step(session, [case], reason="误")
    become(session, Role.AGENT)
    intake.submit(session, [case], on=DAY)
    intake.notify(session, [case], on=DAY, materials=[PAPER], reason=None)  # the first one was taken back
    words = [show(event.action) for event in session.scalars(select(CaseEvent).order_by(CaseEvent.id))]
    assert words[:3] == [f"{NEW}提交", f"{NEW}一次性告知", f"{NEW}登记补正"]
    assert words.count(f"{NEW}撤回上一步") == 3


def test_failed_log_ins_count_under_other_words(engine: Engine, county: County, rename: pytest.MonkeyPatch) -> None:
    stranger = Actor(None, "wuzhi.office", None, address="10.0.0.9")
    for tried in range(BY_NAME):
        if tried == BY_NAME // 2:
            rename_all(rename)
        with working(engine, stranger) as writing:
            check_attempts(writing, stranger.username, stranger.address)
            record(writing, AuditAction.LOGIN_FAILED, result=AuditResult.REFUSED)
    with open_session(engine, stranger, write=False) as reading, pytest.raises(RuleViolation, match="失败次数过多"):
        check_attempts(reading, stranger.username, stranger.address)


def test_the_pages_say_the_new_words_of_old_rows(client_of: ClientOf, rename: pytest.MonkeyPatch) -> None:
    auditor = client_of("auditor")
    query = "/admin/audit_entry/?action=program.setup&result=done"
    assert auditor.get(query).text.count(">初始化<") > 1  # the filter and the rows
    rename_all(rename)
    page = auditor.get(query).text
    assert page.count(f">{NEW}初始化<") > 1
    assert ">初始化<" not in page
    assert f'<option value="program.setup" selected>{NEW}初始化</option>' in page
    assert f'<option value="project">{NEW}项目</option>' in page
