"""What keeps strangers, slips and oddities out: tokens, cookies, headers, odd parameters, markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from admin import MENU
from admin.web import CSP
from models.base import table_name
from services.kernel.accounts import find_user, set_password
from services.kernel.actor import SYSTEM
from services.kernel.transaction import working
from services.records.lists import PAGE_SIZES
from tests.admin.conftest import ClientOf, app_of, fingerprint, form_of, log_in, token
from tests.demo import PASSWORD

TABLES = [table_name(model) for _, tables in MENU for model, _ in tables]
NASTY = (
    "-1",
    "0",
    "1e9",
    "99999999999999999999999",
    "abc",
    "%00",
    "' OR 1=1--",
    "１２",
    "",
    " ",
    "None",
    "true",
    "1;2",
    "../..",
    "\u202e",
    "%",
)


def test_a_form_without_its_token_or_from_elsewhere_is_refused(client_of: ClientOf, demo_engine: Engine) -> None:
    client = client_of("wuzhi.office")
    good = token(client.get("/admin/").text)
    before = fingerprint(demo_engine)
    for url in ("/login", "/logout", "/password", "/admin/ledger/", "/admin/project/new/", "/admin/project/action/"):
        for sent, headers in (
            ({}, {}),
            ({"csrf_token": "x" * 40}, {}),
            ({"csrf_token": good}, {"Origin": "http://elsewhere.example"}),
        ):
            assert client.post(url, data=sent, headers=headers).status_code in (400, 403), (url, sent, headers)
    assert fingerprint(demo_engine) == before


def test_every_answer_carries_the_headers(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    urls = ["/login", "/healthz", "/admin/", "/nowhere", "/admin/user/", "/admin/project/export/xlsx/"]
    urls += [f"/admin/{table}/" for table in TABLES]
    for url in urls:
        with client.get(url) as answer:
            assert answer.headers["Content-Security-Policy"] == CSP, url
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "same-origin"
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "unsafe" not in CSP


class Inline(HTMLParser):
    """Collects what a strict CSP would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.found += [f"{tag} {name}" for name in names if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and not names.get("src")):
            self.found.append(tag)


def pages_of(client: FlaskClient) -> list[tuple[str, str]]:
    """Every page of every table that this client may open, with its address."""
    found = [(url, client.get(url).text) for url in ("/admin/", "/password")]
    for table in TABLES:
        page = client.get(f"/admin/{table}/")
        if page.status_code != 200:
            continue
        found.append((f"/admin/{table}/", page.text))
        row = re.search(r"details/\?id=(\d+)", page.text)
        urls = ["new/", *([f"{what}/?id={row[1]}" for what in ("details", "edit", "delete")] if row else [])]
        for path in urls:
            page = client.get(f"/admin/{table}/{path}")
            if page.status_code == 200:
                found.append((f"/admin/{table}/{path}", page.text))
    return found


@pytest.mark.parametrize("username", ["wuzhi.office", "sysadmin", "auditor", "heshuo.agent"])
def test_no_page_has_inline_code_or_a_bare_python_word(username: str, client_of: ClientOf) -> None:
    wrong = []
    for url, page in pages_of(client_of(username)):
        parser = Inline()
        parser.feed(page)
        shown = re.sub(r"<[^>]+>", " ", page[page.index("<main") :])
        words = re.findall(r"\b(?:None|True|False|__None|undefined|Traceback)\b", shown)
        wrong += [(url, thing) for thing in (*parser.found, *words)]
    assert wrong == []


def test_markup_in_a_name_stays_text(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    nasty = "<img src=x onerror=alert(1)>\"'{{7*7}}"
    made = client.post("/admin/enterprise/new/", data=form_of(client, "/admin/enterprise/new/") | {"name": nasty})
    url = made.headers["Location"]
    for page in (
        client.get(url).text,
        client.get("/admin/enterprise/?search=onerror").text,
        client.get(url.replace("details", "edit")).text,
    ):
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page
    listed = client.get("/admin/project/ajax/lookup/?name=enterprise&query=onerror")
    assert listed.mimetype == "application/json"


def test_control_characters_are_refused_at_the_field(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    sent = form_of(client, "/admin/enterprise/new/") | {"name": "坏\x01名"}
    answer = client.post("/admin/enterprise/new/", data=sent)
    assert answer.status_code == 400
    assert "控制字符" in answer.text


def test_a_setting_out_of_bounds_is_told_at_its_field(client_of: ClientOf, demo_engine: Engine) -> None:
    client = client_of("wuzhi.office")
    with demo_engine.connect() as connection:
        county = connection.scalar(text("SELECT id FROM county WHERE slug = 'wuzhi'"))
    url = f"/admin/county/edit/?id={county}"
    for name, typed, said in (
        ("progress_days", "9999999", "反馈进度间隔应在 0 和 3650 之间"),
        ("ledger_day", "31", "每月汇总日应在 1 和 28 之间"),
        ("eligible_investment", "1000000000000000000", "投资额不低于应在 0 和 999999999999 之间"),
        ("eligible_investment", "NaN", "投资额不低于应在 0 和 999999999999 之间"),
        ("area_code", "391x", "电话区号应为 0 开头的 3 至 4 位数字"),
    ):
        answer = client.post(url, data=form_of(client, url) | {name: typed})
        assert answer.status_code == 400, name
        assert re.search(rf'id="{name}-error">[^<]*{said}', answer.text), (name, typed)


def test_a_reference_of_five_thousand_digits_is_none(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    sent = form_of(client, "/admin/project/new/") | {"name": "某项目", "enterprise": "9" * 5000}
    answer = client.post("/admin/project/new/", data=sent)
    assert answer.status_code == 400
    assert "所选建设单位不存在，或不能选用" in answer.text


def test_a_day_of_another_age_filters_nothing(client_of: ClientOf) -> None:
    client = client_of("auditor")
    for day in ("0001-01-01", "1899-12-31", "9999-12-31"):
        for end in ("from", "to"):
            assert client.get(f"/admin/audit_entry/?at_{end}={day}").status_code == 200


def test_no_parameter_breaks_a_page(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    # Thousands of pages, whose rows are not what is tested.
    monkeypatch.setattr("services.records.lists.PAGE_SIZES", (2, *PAGE_SIZES[1:]))
    client, wrong = client_of("wuzhi.office"), []
    names = (
        "page",
        "page_size",
        "sort",
        "desc",
        "search",
        "id",
        "name",
        "query",
        "offset",
        "limit",
        "rowid",
        "action",
        "state",
        "enterprise",
        "accepted_on_from",
        "due_on_to",
        "is_key",
        "endpoint",
        "url",
    )
    for path in (
        "service_case/",
        "project/",
        "ledger_entry/",
        "project/details/",
        "project/edit/",
        "project/delete/",
        "project/action/",
        "project/ajax/lookup/",
        "ledger_month/download/",
    ):
        for name in names:
            for value in NASTY:
                with client.get(f"/admin/{path}", query_string={name: value}) as answer:
                    if answer.status_code >= 500:
                        wrong.append((path, name, value))
    assert wrong == []


def test_a_cookie_ends_with_logout_password_role_and_deactivation(app: Flask, demo_engine: Engine) -> None:
    def stale(change: str) -> bool:
        client = app.test_client()
        assert log_in(client, "wuzhi.window") == 302
        if change == "logout":
            cookie = client.get_cookie("session")
            assert cookie is not None
            client.post("/logout", data={"csrf_token": token(client.get("/admin/").text)})
            client.set_cookie("session", cookie.value)
        elif change == "password":
            with working(demo_engine, SYSTEM) as session:
                user = find_user(session, "wuzhi.window")
                assert user is not None
                set_password(session, user, user.password_hash, must_change=False)
        elif change == "deactivation":
            with working(demo_engine, SYSTEM) as session:
                user = find_user(session, "wuzhi.window")
                assert user is not None
                user.active = False
        else:
            with client.session_transaction() as cookie_session:
                cookie_session["seen"] -= 31 * 60
        return client.get("/admin/").headers.get("Location", "").startswith("/login")

    assert [c for c in ("logout", "password", "idle", "deactivation") if not stale(c)] == []


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:alert(1)", "/a\nb"]
)
def test_after_the_log_in_one_stays_on_the_site(app: Flask, target: str) -> None:
    client = app.test_client()
    form = {"username": "wuzhi.office", "password": PASSWORD, "csrf_token": token(client.get("/login").text)}
    answer = client.post("/login", data=form, query_string={"next": target})
    assert answer.headers["Location"] == "/admin/"


def test_guessing_is_stopped_for_that_name_only(app: Flask) -> None:
    client = app.test_client()
    codes = [log_in(client, "wuzhi.office", "wrong-password") for _ in range(12)]
    assert codes[:10] == [401] * 10
    assert codes[10:] == [429, 429]
    assert log_in(app.test_client(), "wuzhi.office") == 429
    assert log_in(app.test_client(), "wuzhi.agent") == 302


def test_https_gives_the_cookie_its_prefix(demo_engine: Engine, tmp_path: Path) -> None:
    client = app_of(demo_engine, tmp_path, PUBLIC_URL="https://office.example").test_client()
    answer = client.get("/login", base_url="https://localhost")
    assert answer.headers["Set-Cookie"].startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in answer.headers


@pytest.mark.parametrize("username", ["wuzhi.inspector", "jiaozuo.supervisor", "wuzhi.fgw"])
def test_phones_are_masked_for_those_who_may_not_see_them(username: str, client_of: ClientOf) -> None:
    whole = re.compile(r"\b199\d{8}\b|\b0\d{3}-729\d{4}\b")
    client = client_of(username)
    for url, page in pages_of(client):
        assert not whole.search(page), url
    assert "199" in client_of("wuzhi.office").get("/admin/enterprise/").text


def test_nobody_changes_his_own_role_and_the_last_administrator_stays(client_of: ClientOf, demo_engine: Engine) -> None:
    secadmin, sysadmin = client_of("secadmin"), client_of("sysadmin")
    with demo_engine.connect() as connection:
        ids = {u: i for i, u in connection.execute(text('SELECT id, username FROM "user"'))}
    own = f"/admin/user/edit/?id={ids['secadmin']}"
    assert secadmin.post(own, data=form_of(secadmin, own) | {"role": "sysadmin"}).status_code == 400
    last = f"/admin/user/edit/?id={ids['sysadmin']}"
    assert secadmin.post(last, data=form_of(secadmin, last) | {"role": "auditor"}).status_code == 400
    gone = form_of(sysadmin, f"/admin/user/delete/?id={ids['secadmin']}")
    assert sysadmin.post("/admin/user/delete/", data=gone).status_code == 409
    other = f"/admin/user/edit/?id={ids['wuzhi.agent']}"
    sysadmin.post(
        other,
        data=form_of(sysadmin, other)
        | {
            "username": "wuzhi.agent",
            "display_name": "代办员",
            "role": "sysadmin",
            "active": "y",
        },
    )
    with demo_engine.connect() as connection:
        role = connection.scalar(text("SELECT role FROM \"user\" WHERE username = 'wuzhi.agent'"))
    assert role == "agent"


def test_an_unexpected_error_is_a_tidy_page(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of("wuzhi.office")
    monkeypatch.setattr("services.records.lists.page_ids", lambda *_: 1 / 0)
    answer = client.get("/admin/project/")
    assert answer.status_code == 500
    assert re.search(r"编号 [0-9a-f]{8}", answer.text)
    assert not re.search("Traceback|ZeroDivision|sqlite3", answer.text)


def test_a_body_that_is_too_large_is_refused(app: Flask) -> None:
    answer = app.test_client().post("/login", data={"username": "x" * (21 * 1024 * 1024)})
    assert answer.status_code == 413
    assert MENU_OF_A_PAGE not in answer.text


MENU_OF_A_PAGE = '<nav class="menu"'


def test_an_error_keeps_the_menu_for_who_is_logged_in(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, demo_engine: Engine
) -> None:
    client = client_of("wuzhi.office")
    with demo_engine.begin() as connection:
        wuzhi = "SELECT id FROM county WHERE slug = 'wuzhi'"
        used = connection.scalar(text(f"SELECT min(enterprise_id) FROM project WHERE county_id = ({wuzhi})"))
        deleted = "UPDATE enterprise SET deleted_at = '2026-10-01 00:00:00.000000' WHERE id = :id"
        connection.execute(text(deleted), {"id": used})
    good = {"csrf_token": token(client.get("/admin/").text)}
    purge = good | {"table": "enterprise", "id": str(used), "_confirmed": "1"}
    answers = [
        (404, client.get("/nowhere")),
        (404, client.get("/admin/project/details/?id=99999999")),
        (403, client.get("/admin/audit_entry/")),
        (409, client.post("/admin/recycle/purge/", data=purge)),
        (413, client.post("/admin/project/new/", data={"name": "x" * (21 * 1024 * 1024)})),
        (400, client.post("/admin/project/new/", data={"name": "没有令牌"})),
    ]
    monkeypatch.setattr("services.records.lists.page_ids", lambda *_: 1 / 0)
    answers.append((500, client.get("/admin/project/")))
    for code, answer in answers:
        assert answer.status_code == code
        assert MENU_OF_A_PAGE in answer.text, code
        assert "县行政审批和政务信息管理局" in answer.text, code
        assert re.search(f"代码 {code}，编号 [0-9a-f]{{8}}", answer.text)
    monkeypatch.setattr("admin.web._view", lambda: 1 / 0)
    bare = client.get("/admin/project/")
    assert bare.status_code == 500
    assert "程序出错了" in bare.text
    assert MENU_OF_A_PAGE not in bare.text


def test_an_error_shows_no_menu_to_a_stranger_or_to_who_was_away(app: Flask, client_of: ClientOf) -> None:
    assert MENU_OF_A_PAGE not in app.test_client().get("/nowhere").text
    client = client_of("wuzhi.office")
    with client.session_transaction() as cookie_session:
        cookie_session["seen"] -= 31 * 60
    assert MENU_OF_A_PAGE not in client.get("/nowhere").text


def test_a_supervisor_reads_the_counties_that_he_is_given(client_of: ClientOf, demo_engine: Engine) -> None:
    client = client_of("secadmin")
    with demo_engine.connect() as connection:
        user = connection.scalar(text("SELECT id FROM \"user\" WHERE username = 'jiaozuo.supervisor'"))
        county = connection.scalar(text("SELECT id FROM county WHERE slug = 'heshuo'"))
    sent = form_of(client, f"/admin/user/action/?action=scope&rowid={user}") | {"counties": str(county)}
    assert client.post("/admin/user/action/", data=sent).status_code == 302
    page = client_of("jiaozuo.supervisor").get("/admin/project/").text
    assert "和硕县" in page
    assert "武陟县" not in page


def test_the_auditor_sees_what_it_was_and_what_it_became(client_of: ClientOf, demo_engine: Engine) -> None:
    client = client_of("wuzhi.office")
    with demo_engine.connect() as connection:
        id_ = connection.scalar(text("SELECT min(id) FROM enterprise WHERE name LIKE '武陟县%'"))
    url = f"/admin/enterprise/edit/?id={id_}"
    assert client.post(url, data=form_of(client, url) | {"name": "改名后的企业"}).status_code == 302
    auditor = client_of("auditor")
    listed = auditor.get("/admin/audit_entry/?search=改名后的企业").text
    row = re.search(r"details/\?id=(\d+)", listed)
    assert row is not None
    details = auditor.get(f"/admin/audit_entry/details/?id={row[1]}").text
    assert "项目单位名称" in details
    assert re.search("武陟县.*改名后的企业", details, re.S)


def test_a_code_that_exists_leads_to_its_row(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    page = client.get("/admin/enterprise/?search=9141").text
    code = re.search(r"91410823MA[0-9A-Z]{8}", page)
    row = re.search(r'details/\?id=(\d+)">([^<]+)</a><small title="' + code[0], page) if code else None
    assert code
    assert row
    form = form_of(client, "/admin/enterprise/new/") | {"name": "另一家公司", "credit_code": code[0].lower()}
    answer = client.post("/admin/enterprise/new/", data=form)
    assert answer.status_code == 400
    assert "已有相同统一社会信用代码的企业" in answer.text
    assert f'href="/admin/enterprise/details/?id={row[1]}">{row[2]}</a>' in answer.text
