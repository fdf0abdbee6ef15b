"""What is seen goes out: the list's columns in their order, its conditions, or the ticked rows."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

import jobs
from excel.csv_writer import text_of
from tests.admin.conftest import ClientOf, form_of, token
from tests.patience import HANGS

LIST = "/admin/enterprise/"


def shown(client: FlaskClient, query: str = "") -> tuple[list[str], list[str]]:
    """The headings and the first column of a list."""
    page = client.get(f"{LIST}?page_size=200&{query}").text
    head = page[page.index("<thead>") : page.index("</thead>")]
    headings = [unescape(re.sub("<[^>]+>", "", cell)).strip() for cell in re.findall(r"<th.*?</th>", head, re.S)]
    names = re.findall(r'<td class="first"[^>]*>\s*<a [^>]*>([^<]+)</a>', page)
    return [h for h in headings if h and h != "操作"], [unescape(n) for n in names]


def workbook(client: FlaskClient, address: str) -> list[list[object]]:
    with client.get(address) as answer:
        assert answer.status_code == 200
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    return [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]


def test_a_list_goes_out_as_it_is_shown(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    headings, names = shown(client, "search=食品")
    rows = workbook(client, f"{LIST}export/xlsx/?shown=1&search=食品")
    assert rows[0][1 : len(headings) + 1] == headings
    assert [row[1] for row in rows[1:]] == names
    assert names


def test_chosen_columns_go_out_in_their_order(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    sent = {"csrf_token": token(client.get(LIST).text), "column": ["address", "handler"], "_query": ""}
    assert client.post(f"{LIST}columns/", data=sent).status_code == 302
    headings, _ = shown(client)
    assert headings == ["项目单位名称", "地址", "经办人"]
    # The code that stands in grey under the name has a column of its own.
    assert workbook(client, f"{LIST}export/xlsx/?shown=1")[0][1:5] == [*headings, "统一社会信用代码"]


def test_only_the_ticked_rows_go_out(client_of: ClientOf, demo_engine: Engine) -> None:
    client = client_of("wuzhi.office")
    with demo_engine.connect() as connection:
        ids = connection.scalars(
            text("SELECT e.id FROM enterprise e JOIN county c ON c.id = e.county_id WHERE c.slug = 'wuzhi' LIMIT 3")
        ).all()
    sent = {"csrf_token": token(client.get(LIST).text), "rowid": [str(i) for i in ids], "_query": "", "_all": ""}
    with client.post(f"{LIST}export/ticked/", data=sent) as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert sheet.max_row == 3 + len(ids)
    _, names = shown(client, "search=食品")
    every = sent | {"rowid": [], "_all": "1", "_query": "search=食品"}
    with client.post(f"{LIST}export/ticked/", data=every) as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert sheet.max_row == 3 + len(names)
    none = client.post(f"{LIST}export/ticked/", data=sent | {"rowid": []})
    assert none.status_code == 302


def test_rows_of_another_county_cannot_be_ticked(client_of: ClientOf, demo_engine: Engine) -> None:
    client = client_of("wuzhi.office")
    with demo_engine.connect() as connection:
        foreign = connection.scalar(
            text("SELECT min(e.id) FROM enterprise e JOIN county c ON c.id = e.county_id WHERE c.slug = 'heshuo'")
        )
    sent = form_of(client, f"{LIST}new/") | {"rowid": [str(foreign)]}
    assert client.post(f"{LIST}export/ticked/", data=sent).status_code == 404


def test_a_csv_opens_in_a_spreadsheet_and_runs_nothing(client_of: ClientOf, demo_engine: Engine) -> None:
    with demo_engine.begin() as connection:
        first = "SELECT min(e.id) FROM enterprise e JOIN county c ON c.id = e.county_id WHERE c.slug = 'wuzhi'"
        renamed = "name = '=1+1 食品公式', name_key = '=1+1食品公式'"
        connection.execute(text(f"UPDATE enterprise SET {renamed} WHERE id = ({first})"))
    client = client_of("wuzhi.office")
    with client.get(f"{LIST}export/csv/?shown=1&search=食品公式") as answer:
        assert answer.data.startswith(b"\xef\xbb\xbf")
        written = answer.data.decode("utf-8-sig")
    assert all(re.fullmatch('"[^"]*"(,"[^"]*")*', line) for line in written.splitlines())
    rows = list(csv.reader(io.StringIO(written)))
    assert [row[0] for row in rows] == ["项目单位名称", "'=1+1 食品公式"]
    assert client.get(f"{LIST}export/pdf/").status_code == 404


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"])
def test_text_that_looks_like_a_formula_is_marked(start: str) -> None:
    assert text_of(f"{start}cmd") == f"'{start}cmd"
    assert text_of(-3) == "-3"


def test_phones_go_out_only_to_those_who_see_them(client_of: ClientOf) -> None:
    for username, masked in (("wuzhi.office", False), ("wuzhi.inspector", True)):
        client = client_of(username)
        with client.get("/admin/enterprise/export/csv/") as answer:
            told = answer.data.decode("utf-8-sig")
        assert ("****" in told) is masked


def few(engine: Engine, rows: int) -> None:
    """From so many rows on, 武陟县's exports go to the background."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE county SET background_rows = :n WHERE slug = 'wuzhi'"), {"n": rows})


def worked(engine: Engine, folder: Path) -> None:
    """Let a consumer do what waits."""
    consumer = jobs.Consumer(engine, str(engine.url), folder)
    consumer.look()
    for process in consumer.running.values():
        assert process.wait(timeout=HANGS) == 0


def test_a_large_list_goes_through_the_centre(client_of: ClientOf, demo_engine: Engine, tmp_path: Path) -> None:
    few(demo_engine, 10)
    client = client_of("wuzhi.office")
    for _ in range(2):  # asked for twice, done once
        sent = client.get(f"{LIST}export/xlsx/?shown=1&search=公司")
        assert sent.headers["Location"].endswith("/admin/exports/")
    page = client.get("/admin/exports/").text
    assert page.count("data-task=") == 1
    assert "排队中" in page
    assert client.get("/admin/bell/").get_json()[0]["tag"] != "导出"
    worked(demo_engine, tmp_path)
    (told,) = client.get("/admin/exports/state/").get_json()
    assert (told["state"], told["can"]["file"]) == ("done", True)
    assert client.get("/admin/bell/").get_json()[0] == {
        "tag": "导出",
        "text": "企业.xlsx 已完成",
        "url": "/admin/exports/",
    }
    assert "已完成" in client.get("/admin/exports/").text
    assert client.get("/admin/bell/").get_json()[0]["tag"] != "导出"
    _, names = shown(client, "search=公司")
    rows = workbook(client, f"/admin/exports/file/?id={told['id']}")
    assert len(rows) - 1 >= len(names)
    with demo_engine.connect() as connection:
        actions = connection.scalars(text("SELECT action FROM audit_entry ORDER BY id DESC LIMIT 3")).all()
    assert actions[0] == "task.fetch"


def test_a_small_list_and_a_locked_month_go_out_at_once(client_of: ClientOf, demo_engine: Engine) -> None:
    client = client_of("wuzhi.office")
    with client.get(f"{LIST}export/xlsx/") as answer:
        assert answer.status_code == 200
    with demo_engine.connect() as connection:
        month = connection.scalar(
            text(
                "SELECT m.id FROM ledger_month m JOIN county c ON c.id = m.county_id"
                " WHERE c.slug = 'wuzhi' AND m.month = '2026-10'"
            )
        )
    for address in ("download", "year"):
        with client.get(f"/admin/ledger_month/{address}/?id={month}") as answer:
            assert answer.status_code == 200
            assert openpyxl.load_workbook(io.BytesIO(answer.data)).sheetnames
    assert client.get(f"/admin/ledger_month/download/?id={month}&only=nothing").status_code == 404
    assert client.get(f"/admin/ledger_month/download/?id={month}&only=ended").status_code == 409


def test_a_task_is_its_users_own(client_of: ClientOf, demo_engine: Engine) -> None:
    few(demo_engine, 10)
    client_of("wuzhi.office").get(f"{LIST}export/xlsx/")
    other = client_of("wuzhi.agent")
    sent = {"csrf_token": token(other.get("/admin/").text), "id": "1"}
    assert other.get("/admin/exports/state/").get_json() == []
    assert other.get("/admin/exports/file/?id=1").status_code == 404
    assert [other.post(f"/admin/exports/{what}/", data=sent).status_code for what in ("cancel", "again", "forget")] == [
        404,
        404,
        404,
    ]


def test_a_task_is_cancelled_begun_again_and_forgotten(client_of: ClientOf, demo_engine: Engine) -> None:
    few(demo_engine, 10)
    client = client_of("wuzhi.office")
    client.get(f"{LIST}export/xlsx/")
    sent = {"csrf_token": token(client.get("/admin/exports/").text), "id": "1"}
    for what, state in (("cancel", "cancelled"), ("again", "waiting"), ("cancel", "cancelled")):
        client.post(f"/admin/exports/{what}/", data=sent)
        assert [task["state"] for task in client.get("/admin/exports/state/").get_json()] == [state]
    refused = client.post("/admin/exports/cancel/", data=sent)
    assert "已经结束" in client.get(refused.headers["Location"]).text
    client.post("/admin/exports/forget/", data=sent)
    assert client.get("/admin/exports/state/").get_json() == []
    assert client.post("/admin/exports/nothing/", data=sent).status_code == 404


def test_conditions_that_are_too_long_are_refused_not_cut(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    assert client.get(f"{LIST}export/xlsx/?search=食品&handler={'a' * 1000}").status_code == 400
    with client.get(f"{LIST}export/xlsx/?search=%ff%fe") as answer:
        assert answer.status_code == 200
