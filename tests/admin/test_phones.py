"""Who sees whole phone numbers: callers of what is theirs; everybody else one at a time, and the audit knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from admin import MENU
from models.base import table_name
from models.fields import all_fields
from tests.admin.conftest import ClientOf, token

TABLES = [table_name(m) for _, tables in MENU for m, _ in tables if any(f.sensitive for f in all_fields(m))]
WHOLE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
MASKED = re.compile(r"1[3-9]\d\*{4}\d{4}")
CALLERS = ("wuzhi.office", "wuzhi.agent", "wuzhi.window", "wuzhi.officer")
OTHERS = ("wuzhi.fgw", "wuzhi.leader", "wuzhi.liaison", "wuzhi.inspector", "jiaozuo.supervisor")


def pages(client_of: ClientOf, username: str) -> Iterator[tuple[str, str]]:
    """The list, the first record and the CSV of each table with phones that the account may read."""
    client = client_of(username)
    for table in TABLES:
        answer = client.get(f"/admin/{table}/")
        if answer.status_code != 200:
            continue
        yield f"{table} list", answer.text
        first = re.search(rf"/admin/{table}/details/\?id=(\d+)", answer.text)
        if first:
            yield f"{table} record", client.get(f"/admin/{table}/details/?id={first[1]}").text
        with client.get(f"/admin/{table}/export/csv/") as sent:
            if sent.status_code == 200:
                yield f"{table} export", sent.get_data(as_text=True)


@pytest.mark.parametrize("username", CALLERS)
def test_whose_duty_is_to_call_sees_the_whole_number(client_of: ClientOf, username: str) -> None:
    found = dict(pages(client_of, username))
    assert found.keys() >= {"enterprise list", "enterprise record"}
    assert [place for place, page in found.items() if MASKED.search(page)] == []
    assert WHOLE.search(found["enterprise record"])
    assert ">显示</button>" not in "".join(found.values())


@pytest.mark.parametrize("username", OTHERS)
def test_everybody_else_sees_masked_numbers_everywhere(client_of: ClientOf, username: str) -> None:
    found = dict(pages(client_of, username))
    assert [place for place, page in found.items() if WHOLE.search(page)] == []
    assert any(MASKED.search(page) and ">显示</button>" in page for page in found.values())


def test_a_station_sees_no_whole_number_of_the_countys_enterprises(client_of: ClientOf) -> None:
    found = dict(pages(client_of, "wuzhi.station"))
    assert not WHOLE.search(found["enterprise list"] + found["enterprise record"])
    assert MASKED.search(found["enterprise record"])
    assert ">显示</button>" in found["enterprise record"]


def test_one_number_is_shown_and_the_audit_says_so(client_of: ClientOf, demo_engine: Engine) -> None:
    client = client_of("wuzhi.liaison")
    listed = client.get("/admin/service_case/").text
    ids = re.findall(r"/admin/service_case/details/\?id=(\d+)", listed)
    page = next(p for i in ids if ">显示</button>" in (p := client.get(f"/admin/service_case/details/?id={i}").text))
    (id_,) = set(re.findall(r'action="/admin/service_case/reveal/".*?name="id" value="(\d+)"', page, re.DOTALL))
    names = re.findall(r'name="name" value="([^"]+)"', page)
    assert names == ["enterprise.principal_phone", "enterprise.handler_phone"]
    sent = {"csrf_token": token(page), "id": id_, "name": names[1]}
    assert client.post("/admin/service_case/reveal/", data=sent | {"csrf_token": ""}).status_code == 400
    shown = client.post("/admin/service_case/reveal/", data=sent)
    assert shown.status_code == 200
    assert "style=" not in shown.text
    with demo_engine.connect() as connection:
        whole = connection.scalars(
            text(
                "SELECT e.handler_phone FROM enterprise e"
                " JOIN service_case c ON c.enterprise_id = e.id WHERE c.id = :id"
            ),
            {"id": int(id_)},
        ).one()
        lines = connection.execute(
            text("SELECT username, object_type, note FROM audit_entry WHERE action = 'phone.reveal'")
        ).all()
    assert whole in shown.text
    assert len(MASKED.findall(shown.text)) == len(MASKED.findall(page)) - 1
    assert [tuple(line) for line in lines] == [("wuzhi.liaison", "enterprise", "经办人电话")]
    # What is asked for must be a number that is masked here, of a record that the user sees.
    for wrong in ({"name": "enterprise.name"}, {"name": ""}, {"id": "999999"}, {"id": "x"}):
        assert client.post("/admin/service_case/reveal/", data=sent | wrong).status_code == 404, wrong
    office = client_of("wuzhi.office")
    mine = {**sent, "csrf_token": token(office.get("/admin/").text)}
    assert office.post("/admin/service_case/reveal/", data=mine).status_code == 404
    assert client_of("wenxian.office").get("/admin/service_case/reveal/").status_code == 405
