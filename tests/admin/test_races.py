"""Two people at once, and one person who clicks five times: on both engines, over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from tests.admin.conftest import form_of, log_in
from tests.threads import at_once

SIXTEEN = 16


@pytest.fixture
def site(app_over: Callable[[Engine], Flask], either_engine: Engine) -> Flask:
    """The application over the demonstration, on each engine."""
    return app_over(either_engine)


def twins(app: Flask, username: str, count: int) -> list[FlaskClient]:
    """`count` browsers of one logged-in user: logging in sixteen times would only be slow."""
    first = app.test_client()
    assert log_in(first, username) == 302
    first.get("/admin/")  # the cookie now has the token that forms are checked against
    cookie = first.get_cookie("session")
    assert cookie is not None
    others = [app.test_client() for _ in range(count)]
    for client in others:
        client.set_cookie("session", cookie.value)
    return others


def one(engine: Engine, sql: str, **values: object) -> int:
    """The first value of a statement."""
    with engine.connect() as connection:
        found: int = connection.scalar(text(sql), values)
    return found


def first_id(engine: Engine, table: str, more: str = "") -> int:
    """The first row of `table` in 武陟县 for which `more` holds."""
    where = f"c.slug = 'wuzhi' {more}"
    return one(engine, f"SELECT min(t.id) FROM {table} t JOIN county c ON c.id = t.county_id WHERE {where}")


def test_the_second_of_two_stale_edits_is_refused_with_both_values(site: Flask, either_engine: Engine) -> None:
    first, second = twins(site, "wuzhi.office", 2)
    id_ = first_id(either_engine, "project")
    url = f"/admin/project/edit/?id={id_}"
    mine, theirs = form_of(first, url), form_of(second, url)
    assert first.post(url, data=mine | {"name": "先保存的名称"}).status_code == 302
    refused = second.post(url, data=theirs | {"name": "后保存的名称"})
    assert refused.status_code == 409
    assert "先保存的名称" in refused.text
    assert "后保存的名称" in refused.text
    with either_engine.connect() as connection:
        name = connection.scalar(text("SELECT name FROM project WHERE id = :i"), {"i": id_})
    assert name == "先保存的名称"


def test_an_edit_without_its_version_is_refused(site: Flask, either_engine: Engine) -> None:
    (client,) = twins(site, "wuzhi.office", 1)
    id_ = first_id(either_engine, "project")
    url = f"/admin/project/edit/?id={id_}"
    sent = form_of(client, url) | {"name": "没有版本号"}
    del sent["_version"]
    assert client.post(url, data=sent).status_code == 400
    assert one(either_engine, "SELECT count(*) FROM project WHERE name = '没有版本号'") == 0


def test_five_equal_posts_make_one_row_and_lead_to_it(site: Flask, either_engine: Engine) -> None:
    clients = twins(site, "wuzhi.office", 5)
    sent = form_of(clients[0], "/admin/enterprise/new/") | {"name": "一次提交有限公司"}
    answers = at_once(5, lambda n: clients[n].post("/admin/enterprise/new/", data=sent))
    assert {a.status_code for a in answers} == {302}
    assert len({a.headers["Location"] for a in answers}) == 1
    assert one(either_engine, "SELECT count(*) FROM enterprise WHERE name = '一次提交有限公司'") == 1


def test_a_failed_validation_frees_the_key_of_the_form(site: Flask, either_engine: Engine) -> None:
    (client,) = twins(site, "wuzhi.office", 1)
    sent = form_of(client, "/admin/enterprise/new/")
    assert client.post("/admin/enterprise/new/", data=sent | {"name": ""}).status_code == 400
    assert client.post("/admin/enterprise/new/", data=sent | {"name": "改正后提交有限公司"}).status_code == 302
    assert one(either_engine, "SELECT count(*) FROM enterprise WHERE name = '改正后提交有限公司'") == 1


def waiting_project(engine: Engine) -> int:
    """A key project of 武陟县 without an officer."""
    return one(
        engine,
        "SELECT min(p.id) FROM project p JOIN county c ON c.id = p.county_id WHERE c.slug = 'wuzhi' AND p.is_key"
        " AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.project_id = p.id AND a.until IS NULL)",
    )


def test_sixteen_give_one_project_an_officer_and_one_wins(site: Flask, either_engine: Engine) -> None:
    project = waiting_project(either_engine)
    officers = first_id(either_engine, "staff", "AND t.kind = 'chief_service_officer'")
    clients = twins(site, "wuzhi.office", SIXTEEN)
    page = f"/admin/project/action/?action=assign&rowid={project}"
    forms = [form_of(c, page) | {"officer": str(officers), "since": "2026-11-20"} for c in clients]
    answers = at_once(SIXTEEN, lambda n: clients[n].post("/admin/project/action/", data=forms[n]))
    codes = sorted(a.status_code for a in answers)
    assert codes == [302] + [409] * (SIXTEEN - 1)
    for answer in answers:
        if answer.status_code == 409:
            assert re.search("已由.*分包|刚刚被他人办理|重复", answer.text)
    assert one(either_engine, "SELECT count(*) FROM assignment WHERE project_id = :p AND until IS NULL", p=project) == 1


def test_sixteen_close_one_case_and_one_slip_is_made(site: Flask, either_engine: Engine) -> None:
    case = first_id(either_engine, "service_case", "AND t.state = 'approved'")
    way = first_id(either_engine, "county_option", "AND t.kind = 'delivery_way' AND t.meaning IS NULL")
    numbers = "SELECT sum(next_value) FROM number_sequence WHERE kind = 'completion'"
    before = one(either_engine, numbers)
    clients = twins(site, "wuzhi.agent", SIXTEEN)
    page = f"/admin/service_case/action/?action=deliver&rowid={case}"
    more = {"on": "2026-11-20", "way": str(way), "recipient": "经办人甲", "documents": "批文"}
    forms = [form_of(c, page) | more for c in clients]
    answers = at_once(SIXTEEN, lambda n: clients[n].post("/admin/service_case/action/", data=forms[n]))
    assert sorted(a.status_code for a in answers) == [302] + [409] * (SIXTEEN - 1)
    assert one(either_engine, "SELECT count(*) FROM completion WHERE case_id = :c", c=case) == 1
    assert one(either_engine, "SELECT count(*) FROM delivery WHERE case_id = :c", c=case) == 1
    assert one(either_engine, numbers) == before + 1
    events = "SELECT count(*) FROM case_event WHERE case_id = :c AND action = 'case.close'"
    assert one(either_engine, events, c=case) == 1


#: action: who presses it, on a case in which state, what he fills in, and what is numbered by it.
PRESSED: dict[str, tuple[str, str, dict[str, Any], str | None]] = {
    "submit": ("wuzhi.agent", "draft", {}, "case"),
    "accept": ("wuzhi.agent", "submitted", {"present": ["agreement_signed", "materials_handed"]}, None),
    "withdraw": ("wuzhi.agent", "submitted", {"reason": "申请人撤回"}, None),
    "terminate": ("wuzhi.agent", "approved", {"reason": "termination_reason"}, "termination"),
    "undo": ("wuzhi.office", "accepted", {"reason": "登记有误"}, None),
}


@pytest.mark.parametrize("action", PRESSED)
def test_sixteen_press_one_button_and_one_wins(site: Flask, either_engine: Engine, action: str) -> None:
    username, state, filled, kind = PRESSED[action]
    building = "" if state == "draft" else "AND t.project_id IS NOT NULL"
    case = first_id(either_engine, "service_case", f"AND t.state = '{state}' {building}")
    if action == "undo":  # the demonstration's own events keep nothing to go back to
        with either_engine.begin() as connection:
            connection.execute(
                text(
                    "UPDATE case_event SET before = :before, happened_on = '2026-11-20' WHERE id ="
                    " (SELECT max(id) FROM case_event WHERE case_id = :case)"
                ),
                {"case": case, "before": json.dumps({"service_case": {str(case): {"state": "submitted"}}})},
            )
    numbers = f"SELECT coalesce(sum(next_value), 0) FROM number_sequence WHERE kind = '{kind}'"
    before = one(either_engine, numbers)
    reason = first_id(either_engine, "county_option", "AND t.kind = 'termination_reason'")
    more: dict[str, Any] = {"on": "2026-11-20"}
    more |= {k: str(reason) if v == "termination_reason" else v for k, v in filled.items()}
    clients = twins(site, username, SIXTEEN)
    page = f"/admin/service_case/action/?action={action}&rowid={case}"
    forms = [form_of(client, page) | more for client in clients]
    events = "SELECT count(*) FROM case_event WHERE case_id = :c"
    known = one(either_engine, events, c=case)
    answers = at_once(SIXTEEN, lambda n: clients[n].post("/admin/service_case/action/", data=forms[n]))
    assert sorted(a.status_code for a in answers) == [302] + [409] * (SIXTEEN - 1)
    assert one(either_engine, events, c=case) == known + 1
    assert one(either_engine, numbers) == before + (kind is not None)


def test_a_batch_with_one_refused_row_changes_nothing(site: Flask, either_engine: Engine) -> None:
    (client,) = twins(site, "wuzhi.office", 1)
    good = waiting_project(either_engine)
    taken = one(
        either_engine,
        "SELECT min(a.project_id) FROM assignment a JOIN county c ON c.id = a.county_id"
        " WHERE c.slug = 'wuzhi' AND a.until IS NULL",
    )
    officer = first_id(either_engine, "staff", "AND t.kind = 'chief_service_officer'")
    before = one(either_engine, "SELECT count(*) FROM assignment")
    url = "/admin/project/action/"
    sent = form_of(client, f"{url}?action=assign&rowid={good}&rowid={taken}")
    more = {"rowid": [str(good), str(taken)], "officer": str(officer), "since": "2026-11-20"}
    answer = client.post(url, data=sent | more)
    assert answer.status_code == 409
    assert "已由" in answer.text
    assert one(either_engine, "SELECT count(*) FROM assignment") == before
