"""Lists and files through the web: upload, look, confirm, take back; hostile ones, and foreign ones."""

from __future__ import annotations

import io
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from services.transfer.import_specs import IMPORT_SPECS
from tests.admin.conftest import ClientOf, fingerprint, form_of, token
from tests.excel.test_read import HOSTILE
from tests.lists import write_list

PDF = b"%PDF-1.7 scan"


def upload(client: FlaskClient, table: str, path: Path, plan: str | None = None) -> Any:
    """Send a workbook as the upload page does."""
    address = f"/admin/{table}/import/" + (f"?list={plan}" if plan else "")
    sent = {"csrf_token": token(client.get(address).text), "file": (io.BytesIO(path.read_bytes()), path.name)}
    return client.post(address, data=sent, content_type="multipart/form-data")


def take(client: FlaskClient, address: str) -> Any:
    """A file of the site, read and closed."""
    answer = client.get(address)
    answer.get_data()
    answer.close()
    return answer


def act(client: FlaskClient, batch: str, action: str) -> Any:
    form = form_of(client, f"/admin/import_batch/action/?action={action}&rowid={batch}")
    return client.post("/admin/import_batch/action/", data=form)


def batch_of(answer: Any) -> str:
    return str(re.search(r"id=(\d+)", answer.headers["Location"])[1])  # type: ignore[index]


def departments(engine: Engine, name: str) -> int:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM department WHERE name = :n"), {"n": name}) or 0


def test_a_list_is_brought_looked_at_confirmed_and_taken_back(
    client_of: ClientOf, demo_engine: Engine, tmp_path: Path
) -> None:
    client = client_of("wuzhi.office")
    bad = write_list(tmp_path / "b.xlsx", ["部门名称", "办公电话"], [["新设甲局", "7221234"], ["新设乙局", "坏号码"]])
    answer = upload(client, "department", bad)
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"]).text
    assert "有 1 行错误" in page
    assert "B3" in page
    assert act(client, batch_of(answer), "confirm").status_code == 409
    marked = take(client, f"/admin/import_batch/errors/?id={batch_of(answer)}")
    sheet = openpyxl.load_workbook(io.BytesIO(marked.data)).worksheets[0]
    assert [c.value for c in sheet[1]] == ["部门名称", "办公电话", "错误原因"]
    assert "号码" in str(sheet["C3"].value)
    assert sheet["B3"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["B2"].fill.fgColor.rgb != "FFFFC7CE"
    sheet["B3"].value = "0391-7225678"
    mended = tmp_path / "mended.xlsx"
    sheet.parent.save(mended)
    answer = upload(client, "department", mended)
    page = client.get(answer.headers["Location"]).text
    assert "部门名称：新设甲局；办公电话：7221234" in page
    assert departments(demo_engine, "新设甲局") == 0
    assert act(client, batch_of(answer), "confirm").status_code == 302
    assert departments(demo_engine, "新设甲局") == departments(demo_engine, "新设乙局") == 1
    assert act(client, batch_of(answer), "undo").status_code == 302
    assert departments(demo_engine, "新设甲局") == 0


@pytest.mark.parametrize("plan", IMPORT_SPECS.values(), ids=lambda p: p.name)
def test_a_template_has_the_columns_notes_lists_and_an_example_that_is_not_imported(
    plan: Any, client_of: ClientOf, tmp_path: Path
) -> None:
    client = client_of("wuzhi.office")
    answer = take(client, f"/admin/{plan.table}/template/?list={plan.name}")
    path = tmp_path / "t.xlsx"
    path.write_bytes(answer.data)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert [c.value for c in sheet[1]] == ["序号", *(f.heading for f in plan.fields)]
    assert sheet["A2"].value == "示例"
    for place, f in enumerate(plan.fields, 2):
        if f.kind in ("text", "long"):
            column = next(d for d in sheet.column_dimensions.values() if d.min <= place <= d.max)
            assert column.number_format == "@", f.label
    chosen = {f.heading for f in plan.fields if f.kind in ("choice", "bool")}
    offered = {
        sheet.cell(1, area.min_col).value
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
        for area in rule.sqref.ranges
    }
    assert chosen <= offered
    days = [sheet.cell(2, place).value for place, f in enumerate(plan.fields, 2) if f.kind == "date"]
    assert days == [datetime(2026, 3, 2)] * len(days)
    refused = upload(client, plan.table, path, plan.name)
    assert refused.status_code == 400
    assert "表头下面没有数据" in refused.text


#: Those whose file is large: the test client would leave its own copy of it open.
LARGE = {"million rows", "bomb", "lying bomb"}


@pytest.mark.parametrize("name", sorted(HOSTILE.keys() - LARGE))
def test_a_hostile_upload_gets_a_sentence_and_the_server_goes_on(
    name: str, client_of: ClientOf, demo_engine: Engine, tmp_path: Path
) -> None:
    client = client_of("wuzhi.office")
    path = tmp_path / "upload.xlsx"
    HOSTILE[name][0](path)
    before, folders = fingerprint(demo_engine), {p.name for p in tmp_path.iterdir()}
    answer = upload(client, "project", path)
    assert answer.status_code == 400
    assert re.search(r'role="alert">[^<]*[\u4e00-\u9fff]', answer.text)
    assert "Traceback" not in answer.text
    assert client.get("/admin/").status_code == 200
    assert fingerprint(demo_engine) == before
    assert {p.name for p in tmp_path.iterdir()} - folders <= {"import.lock"}


def test_a_keeper_is_offered_the_list_of_his_department(client_of: ClientOf) -> None:
    lists = ("key_project", "key_enterprise")
    for who, own, other in (("wuzhi.fgw", *lists), ("wuzhi.kgj", *reversed(lists))):
        client = client_of(who)
        page = client.get("/admin/key_designation/").text
        assert f"list={own}" in page
        assert f"list={other}" not in page
        assert client.get(f"/admin/key_designation/import/?list={other}").status_code == 404


def test_no_file_chosen_says_so(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    page = client.get("/admin/project/import/").text
    answer = client.post("/admin/project/import/", data={"csrf_token": token(page)})
    assert answer.status_code == 400
    assert "请选择要导入的文件" in answer.text


def test_the_preview_asks_which_of_two_columns_to_read(client_of: ClientOf, tmp_path: Path) -> None:
    client = client_of("wuzhi.office")
    source = write_list(tmp_path / "d.xlsx", ["部门名称", "办公电话", "部门名称"], [["甲选列局", None, "乙选列局"]])
    batch = batch_of(upload(client, "department", source))
    page = f"/admin/import_batch/details/?id={batch}"
    before = client.get(page).text
    assert "甲选列局" in before
    assert '<option value="2">C 列 部门名称</option>' in before
    form = {"csrf_token": token(before), "id": batch, "name": "1"}
    refused = client.post("/admin/import_batch/choose/", data=form, follow_redirects=True).text
    assert "第 B 列不是“部门名称”，请重新选择" in refused
    assert "甲选列局" in refused
    after = client.post("/admin/import_batch/choose/", data=form | {"name": "2"}, follow_redirects=True).text
    assert '<option value="2" selected>' in after
    assert "乙选列局" in after
    assert "甲选列局" not in after


def test_another_countys_batch_is_out_of_reach(client_of: ClientOf, demo_engine: Engine, tmp_path: Path) -> None:
    ours = client_of("wuzhi.office")
    source = write_list(tmp_path / "d.xlsx", ["部门名称", "办公电话"], [["越界局", "坏"]])
    batch = batch_of(upload(ours, "department", source))
    other = client_of("wenxian.office")
    for path in (f"details/?id={batch}", f"errors/?id={batch}", f"action/?action=confirm&rowid={batch}"):
        assert other.get(f"/admin/import_batch/{path}").status_code == 404
    assert "越界局" not in other.get("/admin/import_line/").text


def last(engine: Engine, table: str, slug: str) -> int:
    with engine.connect() as connection:
        return (
            connection.scalar(
                text(f"SELECT max(t.id) FROM {table} t JOIN county c ON c.id = t.county_id WHERE c.slug = :s"),
                {"s": slug},
            )
            or 0
        )


def send_file(client: FlaskClient, table: str, owner: int, name: str, content: bytes) -> Any:
    form = {"csrf_token": token(client.get("/admin/").text), "id": str(owner), "remark": "营业执照"}
    sent = form | {"file": (io.BytesIO(content), name)}
    return client.post(f"/admin/{table}/attach/", data=sent, content_type="multipart/form-data")


def test_a_scan_is_seen_by_whoever_sees_its_row_and_by_nobody_else(
    app: Flask, client_of: ClientOf, demo_engine: Engine
) -> None:
    client, owner = client_of("wuzhi.agent"), last(demo_engine, "enterprise", "wuzhi")
    assert send_file(client, "enterprise", owner, "执照<b>.pdf", PDF).status_code == 302
    page = client.get(f"/admin/enterprise/details/?id={owner}").text
    assert "执照b.pdf" in page
    address = re.search(r'href="(/admin/enterprise/attachment/\?id=(\d+))"', page)
    assert address
    for who in ("wuzhi.agent", "wuzhi.office", "wuzhi.inspector", "jiaozuo.supervisor"):
        answer = take(client_of(who), address[1])
        assert (answer.status_code, answer.data) == (200, PDF)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for who in ("wenxian.office", "wuzhi.officer"):
        assert client_of(who).get(address[1]).status_code == 404
    for who in ("wuzhi.leader", "sysadmin", "auditor"):
        assert client_of(who).get(address[1]).status_code == 403
    assert app.test_client().get(address[1]).status_code == 302
    # Through the page of another table the file is not there.
    assert client.get(f"/admin/project/attachment/?id={address[2]}").status_code == 404


@pytest.mark.parametrize("name", ["脚本.html", "图.svg", "程序.pdf.exe", "表.xlsm", "空.pdf"])
def test_a_bad_attachment_is_refused_in_chinese(name: str, client_of: ClientOf, demo_engine: Engine) -> None:
    client, owner = client_of("wuzhi.agent"), last(demo_engine, "enterprise", "wuzhi")
    before = fingerprint(demo_engine)
    answer = send_file(client, "enterprise", owner, name, b"" if name == "空.pdf" else b"MZ<script>")
    assert re.search("只收|空的", client.get(answer.headers["Location"]).text)
    assert fingerprint(demo_engine) == before


def test_an_attachment_goes_by_its_button_only(client_of: ClientOf, demo_engine: Engine) -> None:
    client, owner = client_of("wuzhi.agent"), last(demo_engine, "enterprise", "wuzhi")
    send_file(client, "enterprise", owner, "执照.pdf", PDF)
    id_ = re.search(r"attachment/\?id=(\d+)", client.get(f"/admin/enterprise/details/?id={owner}").text)
    assert id_
    sent = {"csrf_token": token(client.get("/admin/").text), "id": id_[1]}
    client.post("/admin/enterprise/detach/", data=sent)
    assert take(client, f"/admin/enterprise/attachment/?id={id_[1]}").status_code == 200
    client.post("/admin/enterprise/detach/", data=sent | {"_confirmed": "1"})
    assert client.get(f"/admin/enterprise/attachment/?id={id_[1]}").status_code == 404


def test_a_foreign_row_takes_no_attachment(client_of: ClientOf, demo_engine: Engine) -> None:
    client, owner = client_of("wenxian.agent"), last(demo_engine, "enterprise", "wuzhi")
    before = fingerprint(demo_engine)
    assert send_file(client, "enterprise", owner, "执照.pdf", PDF).status_code == 404
    assert fingerprint(demo_engine) == before


def test_a_deleted_row_comes_back_from_the_bin_or_goes_for_good(client_of: ClientOf, demo_engine: Engine) -> None:
    client = client_of("wuzhi.office")
    for name in ("暂设甲局", "暂设乙局"):
        form = form_of(client, "/admin/department/new/") | {"name": name, "kind": "approval"}
        made = client.post("/admin/department/new/", data=form).headers["Location"]
        id_ = re.search(r"id=(\d+)", made)
        assert id_
        form = form_of(client, f"/admin/department/delete/?id={id_[1]}")
        assert client.post("/admin/department/delete/", data=form | {"_confirmed": "1"}).status_code == 302
        page = client.get("/admin/recycle/?table=department").text
        assert name in page
        sent = {"csrf_token": token(page), "table": "department", "id": id_[1]}
        if name == "暂设甲局":
            assert client.post("/admin/recycle/restore/", data=sent).status_code == 302
            assert client.get(made).status_code == 200
        else:
            asked = client.post("/admin/recycle/purge/", data=sent)
            assert "不能恢复" in asked.text
            gone = client.post("/admin/recycle/purge/", data=sent | {"_confirmed": "1"})
            assert f"已彻底删除：{name}" in client.get(gone.headers["Location"]).text
            assert name not in client.get("/admin/recycle/?table=department").text
    assert client.get("/admin/recycle/?table=nonsense").status_code == 404
    assert client.get("/admin/recycle/purge/?table=department&id=x").status_code == 404
