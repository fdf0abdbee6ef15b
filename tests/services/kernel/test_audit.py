"""The audit: one entry for each changed row, in the same transaction, with old and new values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models.actions import AuditAction as A
from models.actions import AuditResult
from models.base import Base, table_name
from models.people import Role
from models.places import County
from models.projects import Funding
from models.records import AuditEntry
from models.types import now
from services.kernel.accounts import set_password
from services.kernel.actor import SYSTEM
from services.kernel.audit import HIDDEN_VALUE, audit_action, plain, record
from services.kernel.transaction import transaction, working
from services.records.numbers import take_number
from tests import factories as f
from tests.conftest import ActingAs


def lines(session: Session, row: Base | None = None) -> list[AuditEntry]:
    """Audit entries in order, only about `row` if given."""
    statement = select(AuditEntry).order_by(AuditEntry.id)
    if row is not None:
        statement = statement.where(AuditEntry.object_type == table_name(type(row)), AuditEntry.object_id == row.id)
    return list(session.scalars(statement))


def last(session: Session, row: Base) -> AuditEntry:
    return lines(session, row)[-1]


def change(session: Session, row: Any, **values: Any) -> AuditEntry:
    for key, value in values.items():
        setattr(row, key, value)
    session.flush()
    return last(session, row)


def test_a_new_row_is_recorded_with_what_it_holds_and_who_made_it(county: County, acting_as: ActingAs) -> None:
    session = acting_as(Role.LEAD_OFFICE, username="zhang", address="10.0.0.7")
    project = f.make_project(session, name="面粉项目", investment=Decimal("12000.50"), funding=Funding.DOMESTIC)
    line = last(session, project)
    assert (line.action, line.result) == ("record.create", "done")
    assert (line.object_type, line.object_label) == ("project", "面粉项目")
    assert (line.username, line.role, line.address) == ("zhang", "lead_office", "10.0.0.7")
    assert line.county_id == county.id
    assert line.before is None
    assert line.after is not None
    assert line.after["investment"] == "12000.50"
    assert line.after["funding"] == "domestic"
    assert line.after["enterprise_id"] == project.enterprise_id
    assert "remark" not in line.after
    assert (now() - line.at).total_seconds() < 60


def test_an_edit_is_recorded_before_and_after_and_nothing_else(session: Session) -> None:
    designation = f.make_designation(session, basis="旧文号", designated_on=date(2026, 3, 2))
    line = change(session, designation, basis="新文号", designated_on=date(2026, 3, 3))
    assert line.action == "record.edit"
    assert line.before == {"basis": "旧文号", "designated_on": "2026-03-02"}
    assert line.after == {"basis": "新文号", "designated_on": "2026-03-03"}


def test_an_edit_by_relation_is_recorded_by_its_key(session: Session) -> None:
    project = f.make_project(session)
    before, other = project.enterprise_id, f.make_enterprise(session)
    line = change(session, project, enterprise=other)
    assert line.before == {"enterprise_id": before}
    assert line.after == {"enterprise_id": other.id}


@pytest.mark.parametrize("by", ["refresh", "expire"])
def test_what_a_value_was_is_recorded_though_it_was_not_loaded(session: Session, by: str) -> None:
    # A rolled-back savepoint leaves its rows expired; imports do this.
    enterprise = f.make_enterprise(session, name="旧名")
    getattr(session, by)(enterprise)
    line = change(session, enterprise, name="新名")
    assert (line.before, line.after) == ({"name": "旧名"}, {"name": "新名"})


def test_a_save_that_changes_nothing_is_not_recorded(session: Session) -> None:
    enterprise = f.make_enterprise(session, name="武陟县老厂")
    enterprise.name = "武陟县老厂"
    session.flush()
    assert len(lines(session, enterprise)) == 1


def test_moving_to_the_recycle_bin_and_back_is_named_as_such(session: Session) -> None:
    enterprise = f.make_enterprise(session)
    assert change(session, enterprise, deleted_at=now()).action == "record.delete"
    assert change(session, enterprise, deleted_at=None).action == "record.restore"


def test_a_removed_row_is_recorded_with_what_it_was(session: Session) -> None:
    option = f.make_option(session, name="窗口")
    session.delete(option)
    session.flush()
    line = last(session, option)
    assert line.action == "record.delete"
    assert line.before is not None
    assert line.before["name"] == "窗口"
    assert line.after is None


def test_the_lines_are_gone_with_the_transaction(engine: Engine, county: County) -> None:
    with pytest.raises(ZeroDivisionError), working(engine, SYSTEM) as session:
        f.make_enterprise(session, county=county)
        assert len(lines(session)) == 2  # the one of the county and this one
        raise ZeroDivisionError
    with working(engine, SYSTEM) as session:
        assert [line.object_type for line in lines(session)] == ["county"]


def test_the_lines_are_gone_with_the_savepoint(session: Session) -> None:
    before = len(lines(session))
    with session.begin_nested() as savepoint:
        f.make_enterprise(session)
        savepoint.rollback()
    assert len(lines(session)) == before


def test_a_password_hash_is_never_recorded(system: Session) -> None:
    user = f.make_user(system, Role.AUDITOR, password_hash="first-secret")
    with transaction(system):
        set_password(system, user, "second-secret", must_change=True)
    made, changed = lines(system, user)
    assert made.after is not None
    assert made.after["password_hash"] == HIDDEN_VALUE
    assert changed.action == "user.set_password"
    assert changed.before is not None
    assert changed.before["password_hash"] == HIDDEN_VALUE
    everything = str([(line.before, line.after, line.object_label) for line in lines(system)])
    assert "secret" not in everything


def test_a_stored_file_is_not_copied_into_the_audit(session: Session) -> None:
    file = f.make_ledger_file(session, content=b"PK-the-workbook")
    assert "PK-the-workbook" not in str(last(session, file).after)


def test_an_action_gives_its_name_to_what_it_changes(session: Session) -> None:
    enterprise = f.make_enterprise(session)
    with audit_action(session, A.CASE_URGE):
        enterprise.name = "新名"
    enterprise.remark = "之后"
    session.flush()
    assert [line.action for line in lines(session, enterprise)] == [A.RECORD_CREATE, A.CASE_URGE, A.RECORD_EDIT]


def test_what_was_pending_before_an_action_keeps_its_own_name(session: Session) -> None:
    enterprise = f.make_enterprise(session)
    enterprise.remark = "之前"
    with audit_action(session, A.CASE_URGE):
        enterprise.name = "新名"
    assert [line.action for line in lines(session, enterprise)] == [A.RECORD_CREATE, A.RECORD_EDIT, A.CASE_URGE]


def test_an_action_inside_an_action_ends_with_it(session: Session) -> None:
    enterprise = f.make_enterprise(session)
    with audit_action(session, A.CASE_CLOSE):
        with pytest.raises(ZeroDivisionError), audit_action(session, A.CASE_URGE):
            raise ZeroDivisionError
        enterprise.name = "新名"
    assert last(session, enterprise).action is A.CASE_CLOSE


def test_machine_fed_tables_are_not_recorded_row_by_row(session: Session, county: County) -> None:
    month = f.make_month(session)
    before = len(lines(session))
    f.make_entry(session, month=month)
    f.make_sequence(session)
    assert len(lines(session)) == before


def test_a_number_given_out_is_no_line_of_its_own(session: Session, county: County) -> None:
    from models.records import NumberKind

    before = len(lines(session))
    take_number(session, county, NumberKind.CASE, 2026)
    assert len(lines(session)) == before


def test_a_line_may_be_about_no_row(session: Session, county: County) -> None:
    record(session, A.LOGIN_FAILED, result=AuditResult.REFUSED, note="密码错误", username="zhang", on=date(2026, 3, 2))
    (line,) = session.scalars(select(AuditEntry).where(AuditEntry.action == A.LOGIN_FAILED))
    assert (line.result, line.note, line.object_type, line.object_id) == (AuditResult.REFUSED, "密码错误", None, None)
    assert line.after == {"username": "zhang", "on": "2026-03-02"}
    assert line.county_id == county.id


def test_a_long_label_is_cut_to_its_column(session: Session) -> None:
    month = f.make_month(session)
    record(session, A.LIST_EXPORT, subject=f.make_delivery(session, documents="证" * 300))
    assert session.scalar(select(func.max(func.length(AuditEntry.object_label)))) == 120
    assert month.id


def test_the_command_line_signs_with_its_own_name(system: Session, county: County) -> None:
    line = last(system, f.make_enterprise(system, county=county))
    assert (line.username, line.role, line.address) == ("system", None, "本机")
    assert line.county_id == county.id


@pytest.mark.parametrize("how", ["change", "remove"])
def test_a_line_is_never_changed_or_removed(session: Session, how: str) -> None:
    f.make_enterprise(session)
    line = lines(session)[0]
    if how == "change":
        line.username = "somebody else"
    else:
        session.delete(line)
    with pytest.raises(RuntimeError):
        session.flush()


def test_values_are_recorded_as_json_holds_them() -> None:
    assert plain(Role.AGENT) == "agent"
    assert plain(Decimal("1.50")) == "1.50"
    assert plain(date(2026, 3, 2)) == "2026-03-02"
    assert plain(True) is True
    assert plain(None) is None


def test_the_number_and_the_history_of_a_row_that_is_gone_are_nobodys(session: Session) -> None:
    gone = f.make_policy(session)
    number = gone.id
    session.delete(gone)
    session.flush()
    assert f.make_policy(session).id > number
