"""A record tells what happened to it, and an earlier version comes back by the rules of the form."""

from __future__ import annotations

import re

from sqlalchemy import Engine, text

from tests.admin.conftest import ClientOf, fingerprint, form_of, token
from tests.admin.test_import_pages import last


def names(engine: Engine, id_: int) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(text("SELECT name FROM enterprise WHERE id = :i"), {"i": id_}))


def rename(client, id_: int, name: str, **more: str) -> None:  # type: ignore[no-untyped-def]
    page = client.get(f"/admin/enterprise/edit/?id={id_}").text
    values = dict(re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', page[page.index("<main") :]))
    answer = client.post(f"/admin/enterprise/edit/?id={id_}", data=values | {"name": name} | more)
    assert answer.status_code == 302, answer.text


def test_a_change_is_told_in_words_and_can_be_put_back(client_of: ClientOf, demo_engine: Engine) -> None:
    client, id_ = client_of("wuzhi.office"), last(demo_engine, "enterprise", "wuzhi")
    old = names(demo_engine, id_)
    rename(client, id_, "改名公司", handler_phone="13803910009")
    page = client.get(f"/admin/enterprise/details/?id={id_}").text
    assert f"<del>{old}</del> → 改名公司" in page
    assert "13803910009" in page
    seen = client_of("wuzhi.inspector").get(f"/admin/enterprise/details/?id={id_}").text
    assert "改名公司" in seen
    assert "13803910009" not in seen
    assert "恢复到此前" not in seen
    entry = re.search(r'name="entry" value="(\d+)"', page)
    version = re.search(r'name="_version" value="(\d+)"', page)
    assert entry
    assert version
    sent = {"csrf_token": token(page), "id": str(id_), "entry": entry[1], "_version": version[1]}
    assert client.post("/admin/enterprise/revert/", data=sent).status_code == 302
    assert names(demo_engine, id_) == old
    client.post("/admin/enterprise/revert/", data=sent)
    assert "已被他人修改" in client.get(f"/admin/enterprise/details/?id={id_}").text


def test_state_number_and_county_are_not_put_back(client_of: ClientOf, demo_engine: Engine) -> None:
    client = client_of("wuzhi.agent")
    with demo_engine.connect() as connection:
        case = connection.scalar(
            text(
                "SELECT max(t.id) FROM service_case t JOIN county c ON c.id = t.county_id"
                " WHERE c.slug = 'wuzhi' AND t.state = 'submitted'"
            )
        )
    form = form_of(client, f"/admin/service_case/action/?action=withdraw&rowid={case}")
    sent = form | {"on": "2026-11-20", "reason": "申请人的意愿"}
    assert client.post("/admin/service_case/action/", data=sent).status_code == 302
    page = client.get(f"/admin/service_case/details/?id={case}").text
    assert "<del>待受理</del> → 已撤回" in page
    before = fingerprint(demo_engine)
    for entry in re.findall(r'name="entry" value="(\d+)"', page):
        version = re.search(r'name="_version" value="(\d+)"', page)
        assert version
        sent = {"csrf_token": token(page), "id": str(case), "entry": entry, "_version": version[1]}
        client.post("/admin/service_case/revert/", data=sent)
        assert "没有可以恢复的内容" in client.get(f"/admin/service_case/details/?id={case}").text
    assert fingerprint(demo_engine) == before


def test_another_rows_change_is_not_put_into_this_one(client_of: ClientOf, demo_engine: Engine) -> None:
    client, id_ = client_of("wuzhi.office"), last(demo_engine, "enterprise", "wuzhi")
    rename(client, id_, "改名公司")
    page = client.get(f"/admin/enterprise/details/?id={id_}").text
    entry = re.search(r'name="entry" value="(\d+)"', page)
    assert entry
    sent = {"csrf_token": token(page), "id": str(id_ - 1), "entry": entry[1], "_version": "1"}
    before = names(demo_engine, id_ - 1)
    client.post("/admin/enterprise/revert/", data=sent)
    assert names(demo_engine, id_ - 1) == before
    assert client.post("/admin/enterprise/revert/", data=sent | {"entry": "x"}).status_code == 404
