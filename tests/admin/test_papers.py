"""The pages of papers: downloaded, printed, blank, a month's, and the county's own templates."""

from __future__ import annotations

import io
import re
from html import unescape
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import Engine, text

from documents import render
from documents.papers import papers_of
from documents.render import template_to_edit
from models.places import County, Meaning
from services.kernel.actor import SYSTEM
from services.kernel.transaction import open_session
from tests.admin.conftest import ClientOf, token

CASES = Path(__file__).parents[1] / "cases"


def case_of(engine: Engine, slug: str, state: str) -> int:
    with engine.connect() as connection:
        found = connection.scalar(
            text(
                "SELECT min(s.id) FROM service_case s JOIN county c ON c.id = s.county_id"
                " JOIN completion f ON f.case_id = s.id WHERE c.slug = :slug AND s.state = :state"
            ),
            {"slug": slug, "state": state},
        )
    assert found is not None
    return int(found)


def words(content: bytes) -> str:
    return "".join(render.words(content))


def test_the_page_of_a_case_offers_its_papers_and_keeps_what_was_printed(
    client_of: ClientOf, demo_engine: Engine
) -> None:
    client, case = client_of("wuzhi.office"), case_of(demo_engine, "wuzhi", "closed")
    details = client.get(f"/admin/service_case/details/?id={case}").text
    links = re.findall(r'href="(/admin/papers/(?:word|page)/[^"]+)"', details)
    assert len(links) >= 8
    for link in (link.replace("&amp;", "&") for link in links):
        answer = client.get(link)
        assert answer.status_code == 200, link
        if "/word/" in link:
            assert "{{" not in words(answer.data)
        else:
            assert "paper.css" in answer.text
            assert "style=" not in answer.text
    details = client.get(f"/admin/service_case/details/?id={case}").text
    assert "打印记录" in details
    assert "Word 文件" in details
    with demo_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM paper_print")) == len(links)


@pytest.mark.parametrize("username", ["wenxian.office", "wuzhi.fgw", "jiaozuo.supervisor", "auditor"])
def test_nobody_else_prints_a_case(client_of: ClientOf, demo_engine: Engine, username: str) -> None:
    client, case = client_of(username), case_of(demo_engine, "wuzhi", "closed")
    for form in ("word", "page"):
        assert client.get(f"/admin/papers/{form}/?case={case}&paper=completion").status_code in (403, 404)


def test_what_does_not_fit_or_does_not_exist_is_not_there(client_of: ClientOf, demo_engine: Engine) -> None:
    client, case = client_of("wuzhi.office"), case_of(demo_engine, "wuzhi", "closed")
    for query in (
        f"case={case}&paper=termination",
        f"case={case}&paper=nothing",
        f"case={case}&paper=urge&part=1",
        "case=x",
        f"case={case}&paper=completion&part=x",
        "case=99999999999999999999&paper=completion",
        "",
    ):
        assert client.get(f"/admin/papers/word/?{query}").status_code == 404, query


def test_blank_forms_and_a_months_slips(client_of: ClientOf) -> None:
    client = client_of("wuzhi.agent")
    page = client.get("/admin/papers/").text
    assert "申请帮办代办服务承诺书" in page
    assert "下载模板" not in page
    blank = words(client.get("/admin/papers/blank/?paper=application").data)
    assert "是\u00a0☐  否\u00a0☐" in blank
    assert "☑" not in blank
    assert "企业登记\u00a0☐" in client.get("/admin/papers/blank/?paper=application&form=page").text
    assert client.get("/admin/papers/blank/?paper=extension").status_code == 404
    slips = client.get("/admin/papers/month/?month=2026-10")
    assert words(slips.data).count("（第一联）") >= 1
    assert "月份请写成" in client.get("/admin/papers/month/?month=2026-13", follow_redirects=True).text
    assert client.get("/admin/papers/month/?month=2020-01").status_code == 409


def own_template(engine: Engine) -> bytes:
    """武陟县's 终止单 with another title."""
    with open_session(engine, SYSTEM, write=False) as session:
        county = session.query(County).filter_by(slug="wuzhi").one()
        paper = papers_of(county, {Meaning.PAPER_TERMINATION: "本县的终止单"})["termination"]
    return template_to_edit(paper)


def test_a_county_changes_a_template_and_goes_back(client_of: ClientOf, demo_engine: Engine) -> None:
    client = client_of("wuzhi.office")

    def send(what: str, **values: object) -> str:
        sent = {"csrf_token": token(client.get("/admin/papers/").text), "paper": "termination", **values}
        answer = client.post(f"/admin/papers/change/{what}/", data=sent, content_type="multipart/form-data")
        return client.get(answer.headers["Location"]).text

    content = own_template(demo_engine)
    page = send("bring", file=(io.BytesIO(content), "终止单.docx"))
    assert "已改用上传的模板（第 1 版）" in page
    version = re.search(r'请<a href="/admin/papers/preview/\?paper=termination&amp;version=(\d+)">预览</a>核对', page)
    assert version is not None
    preview = f"/admin/papers/preview/?paper=termination&version={version[1]}"
    assert "本县的终止单" in words(client.get(f"{preview}&form=word").data)
    assert "本县的终止单" in client.get(preview).text
    with demo_engine.connect() as connection:
        seen = "SELECT count(*) FROM audit_entry WHERE action = 'template.preview'"
        assert connection.scalar(text(seen)) == 2
    assert "本县的终止单" in client.get("/admin/papers/blank/?paper=termination&form=page").text
    downloaded = client.get("/admin/papers/template/?paper=termination")
    assert "{{ 终止原因 }}" in words(downloaded.data)
    assert "本县的终止单" in words(client.get("/admin/papers/blank/?paper=termination").data)
    assert "已恢复默认模板" in send("default")
    assert "本县的终止单" not in words(client.get("/admin/papers/blank/?paper=termination").data)
    assert "已改用所选的一版" in send("use", version=version[1])


def test_a_bad_template_is_told_with_its_place(client_of: ClientOf) -> None:
    document = Document()
    document.add_paragraph("编号｛｛ 终止单编号 ｝｝")
    stream = io.BytesIO()
    document.save(stream)
    client = client_of("wuzhi.office")
    sent = {
        "csrf_token": token(client.get("/admin/papers/").text),
        "paper": "termination",
        "file": (io.BytesIO(stream.getvalue()), "终止单.docx"),
    }
    answer = client.post("/admin/papers/change/bring/", data=sent, content_type="multipart/form-data")
    page = client.get(answer.headers["Location"]).text
    assert "第 1 段“编号｛｛ 终止单编号 ｝｝”：有全角的花括号" in page
    agent = client_of("wuzhi.agent")
    mine = {"csrf_token": token(agent.get("/admin/").text), "paper": "termination"}
    for what in ("bring", "default", "use"):
        assert agent.post(f"/admin/papers/change/{what}/", data=mine).status_code == 403
    assert agent.get("/admin/papers/template/?paper=termination").status_code == 403


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("W1_attached_template.docx", "已改用上传的模板"),
        ("W2_single_braces.docx", "请核对：{记录日期}、${记录日期} 看起来是变量，但会照原样印出来"),
    ],
)
def test_a_template_with_habits_of_other_programs_is_kept_and_they_are_told(
    client_of: ClientOf, name: str, told: str
) -> None:
    client = client_of("wuzhi.office")
    sent = {
        "csrf_token": token(client.get("/admin/papers/").text),
        "paper": "record",
        "file": (io.BytesIO((CASES / name).read_bytes()), name),
    }
    answer = client.post("/admin/papers/change/bring/", data=sent, content_type="multipart/form-data")
    page = unescape(client.get(answer.headers["Location"]).text)
    assert told in page
    assert ("没有找到变量" in page) is (name[:2] == "W2")


def test_save_and_print_leads_to_the_application(client_of: ClientOf, demo_engine: Engine) -> None:
    client = client_of("wuzhi.agent")
    page = client.get("/admin/service_case/new/").text
    assert 'name="_print"' in page
    assert 'name="_print"' not in client.get("/admin/enterprise/new/").text
