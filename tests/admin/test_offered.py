"""A button that is offered can be pressed: filled in sensibly, its form is not refused for the state of the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy import Engine, select, text
from wtforms import DateField, SelectField, SelectMultipleField, StringField
from wtforms import Field as FormField

from admin.actions import Action
from admin.base import BackOfficeView
from admin.forms import RefField, RefsField
from admin.missing_materials import MissingField
from models.base import Base
from models.cases import CaseStep, ServiceCase
from models.places import CountyOption, Meaning
from models.work import Extension, Meeting, Urge
from services.cases.intake import MissingMaterial
from services.kernel.accounts import actor_for, find_user
from services.kernel.errors import RuleViolation
from services.kernel.transaction import open_session
from services.kernel.working_days import today
from tests.admin.conftest import ClientOf

#: Accounts that together may do nearly every action.
ACCOUNTS = ("wuzhi.office", "wuzhi.agent", "wuzhi.station", "heshuo.office", "wenxian.officer")
#: Columns that tell the states of a table's records apart.
STATES: dict[type[Base], tuple[str, ...]] = {
    ServiceCase: ("state", "archive_asked_on", "end_asked_on", "station_id"),
    CaseStep: ("state", "liaison_id"),
    Urge: ("replied_on",),
    Meeting: ("concluded_on", "escalated_on"),
    Extension: ("state",),
}
#: Refusals of the form or of the person, not of the state: what was typed, whom one records for, permission.
BY_FORM = frozenset(
    {
        "behalf.needed",
        "forbidden",
        "date.order",
        "date.future",
        "agent.department",
        "agent.same",
        "case.not_key",
        "case.responsible",
        "case.eligibility",
        "liaison.department",
        "handover.department",
        "meeting.two",
        "termination.one_sided",
        "password.one",
        "password.length",
        "password.classes",
        "user.scope",
        "evaluation.self",
        "delivery.tracking",
        "delivery.receipt",
        "extension.later",
        "handover.papers",
        "officer.inactive",
        "assignment.same",
    }
)


def samples(session: Any, view: BackOfficeView) -> Iterator[Any]:
    """A visible record in every state of the view's table that occurs."""
    model = view.model
    found: dict[Any, int] = {}
    columns = [getattr(model, name) for name in STATES.get(model, ())]
    for id_, *state in session.execute(select(model.id, *columns).order_by(model.id.desc()).limit(1000)):
        key = tuple(one if isinstance(one, str) else one is None for one in state)
        found.setdefault(key, id_)
    for id_ in found.values():
        yield view.get_one(id_)


def fill(form: Any, row: Any) -> None:
    """A sensible value in every field that has none."""
    for field in form._fields.values():
        if field.data in (None, "", [], ()) or isinstance(field, DateField):
            field.data = value_for(field, row)


def value_for(field: FormField, row: Any) -> Any:
    if field.name == "behalf":
        return None
    if isinstance(field, MissingField):
        return [MissingMaterial("缺的材料", "到窗口补办")]
    if isinstance(field, RefsField):
        return g.session.scalars(field.choices().limit(2)).all()
    if isinstance(field, RefField):
        plain = field.choices().order_by(field.target.id)
        if field.target is CountyOption:
            plain = plain.where(CountyOption.meaning.is_distinct_from(Meaning.ONE_SIDED))
        return g.session.scalars(plain.limit(1)).first()
    if isinstance(field, DateField):
        later = field.name in ("reply_due", "valid_until", "new_due", "due_on")
        return today() + timedelta(days=200) if later else None if field.name == "due_on" else today()
    if isinstance(field, SelectMultipleField):
        return [choice.value for choice in field.choices or ()]
    if isinstance(field, SelectField):
        return next((choice.value for choice in field.choices if choice.value), None)
    return "二十字以内的说明" if isinstance(field, StringField) else field.data


def press(session: Any, view: BackOfficeView, action: Action, row: Any) -> RuleViolation | None:
    """Carry the action out on the record and roll it back; gives its refusal."""
    form = action.form_for(session.actor)()
    action.prepare(form, [row])
    fill(form, row)
    try:
        action.carry_out(session, [row], form)
        session.flush()
    except RuleViolation as error:
        return error
    finally:
        session.rollback()
    return None


@pytest.mark.parametrize("username", ACCOUNTS)
def test_an_offered_button_does_not_end_in_a_refusal_for_the_state(
    app: Flask, demo_engine: Engine, username: str
) -> None:
    views = [view for view in app.extensions["admin"][0]._views if getattr(view, "form_actions", ())]
    wrong: list[tuple[Any, ...]] = []
    pressed = 0
    with app.test_request_context("/", method="POST"), open_session(demo_engine, None, write=True) as session:
        g.session = session
        user = find_user(session, username)
        assert user is not None
        session.act_as(actor_for(user, None))
        for view in views:
            if not view.may("read"):
                continue
            for row in list(samples(session, view)):
                for action in view.offered_actions():
                    row = view.get_one(row.id)
                    if action.refusal(session, session.actor, row) is None:
                        pressed += 1
                        error = press(session, view, action, row)
                        if error is not None and error.code not in BY_FORM:
                            wrong.append((view.endpoint, action.name, row.id, error.code, str(error)))
        g.pop("session")
    assert wrong == []
    assert pressed


def test_whom_one_records_for_is_who_may_the_responsible_first(client_of: ClientOf, demo_engine: Engine) -> None:
    with demo_engine.connect() as connection:
        step, liaison, department = connection.execute(
            text(
                "SELECT s.id, s.liaison_id, s.department_id FROM case_step s JOIN service_case c ON c.id = s.case_id"
                " JOIN county ON county.id = s.county_id WHERE slug = 'wuzhi' AND s.state = 'dept_accepted'"
                " AND c.state = 'in_progress' AND s.liaison_id IS NOT NULL"
            )
        ).first() or (0, 0, 0)
        theirs = set(connection.scalars(text("SELECT id FROM staff WHERE department_id = :d"), {"d": department}))
    answer = client_of("wuzhi.window").get(f"/admin/case_step/ajax/lookup/?name=grant.behalf&row={step}")
    found = [id_ for id_, _ in answer.json or []]
    assert found[0] == liaison
    assert len(found) > 1
    assert set(found) <= theirs


def test_a_ledger_row_that_comes_from_a_case_is_not_offered_for_deletion(client_of: ClientOf) -> None:
    page = client_of("wuzhi.office").get("/admin/ledger_entry/").text
    assert "/admin/ledger_entry/edit/?id=" in page
    assert "/admin/ledger_entry/delete/?id=" not in page
