"""Two rows of a list are merged on one page, and taken apart again on another."""

from __future__ import annotations

from sqlalchemy import Engine, text

from tests.admin.conftest import ClientOf, form_of
from tests.admin.test_import_pages import last


def test_two_enterprises_are_found_merged_and_parted_again(client_of: ClientOf, demo_engine: Engine) -> None:
    client, keep = client_of("wenxian.office"), last(demo_engine, "enterprise", "wenxian")
    name = _scalar(demo_engine, f"SELECT name FROM enterprise WHERE id = {keep}")
    form = form_of(client, "/admin/enterprise/new/") | {"name": f"河南省{name}"}
    token = client.post("/admin/enterprise/new/", data=form).text.split('name="_near" value="')[1].split('"')[0]
    assert client.post("/admin/enterprise/new/", data=form | {"_near": token}).status_code == 302
    gone = last(demo_engine, "enterprise", "wenxian")
    page = client.get("/admin/duplicates/?table=enterprise").text
    address = f"/admin/enterprise/action/?action=merge&rowid={keep}&rowid={gone}"
    assert address.replace("&", "&amp;") in page
    rows = {"rowid": [str(keep), str(gone)]}
    sent = {**form_of(client, address), "keep": str(keep), "reason": "同一家", **rows}
    assert client.post("/admin/enterprise/action/", data=sent).status_code == 302
    assert _scalar(demo_engine, f"SELECT count(*) FROM enterprise WHERE id = {gone} AND deleted_at IS NULL") == 0
    merger = last(demo_engine, "merger", "wenxian")
    undo = form_of(client, f"/admin/merger/action/?action=undo&rowid={merger}")
    assert client.post("/admin/merger/action/", data=undo).status_code == 302
    assert _scalar(demo_engine, f"SELECT count(*) FROM enterprise WHERE id = {gone} AND deleted_at IS NULL") == 1


def test_one_record_is_merged_into_one_that_looks_like_it(client_of: ClientOf, demo_engine: Engine) -> None:
    client, only = client_of("wenxian.office"), last(demo_engine, "enterprise", "wenxian")
    sent = form_of(client, f"/admin/enterprise/action/?action=merge&rowid={only}")
    answer = client.post("/admin/enterprise/action/", data=sent | {"keep": str(only), "reason": "试"})
    assert answer.status_code == 409
    assert "没有可以合并的另一条" in answer.text


def _scalar(engine: Engine, statement: str) -> object:
    with engine.connect() as connection:
        return connection.scalar(text(statement))
