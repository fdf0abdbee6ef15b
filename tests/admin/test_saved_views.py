"""What a user keeps of a list: columns in his order, views under a name, his own or his county's."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from sqlalchemy import Engine

from models.people import Role
from services.kernel.errors import RuleViolation
from services.kernel.session import back_office
from services.records import saved_views
from tests import factories as f
from tests.admin.conftest import ClientOf, token
from tests.conftest import ActingAs


def headers(client: FlaskClient, table: str = "project", query: str = "") -> list[str]:
    head = re.search(r"<thead>(.*?)</thead>", client.get(f"/admin/{table}/?{query}").text, re.S)
    assert head
    cells = (re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<th[^>]*>(.*?)</th>", head[1], re.S))
    return [cell for cell in cells if cell not in ("", "操作")]


def send(client: FlaskClient, path: str, **more: object) -> str:
    sent = {"csrf_token": token(client.get("/admin/").text)} | more
    return str(client.post(f"/admin/project/{path}/", data=sent).headers["Location"])


def test_a_user_sees_his_columns_in_his_order_and_the_usual_ones_again(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    usual = headers(client)
    back = send(client, "columns", column=["address", "investment", "nonsense"], _query="is_key=1&page_size=50&x=1")
    assert back == "/admin/project/?is_key=1&page_size=50&columns=address,investment"
    assert headers(client) == ["项目名称", "建设地址", "投资总额（万元）"]
    assert "建设规模" in headers(client_of("wuzhi.agent"))
    send(client, "columns", _reset="1", column=["address"])
    assert headers(client) == usual


def test_a_view_is_kept_replaced_shared_and_dropped(client_of: ClientOf) -> None:
    client, colleague = client_of("wuzhi.office"), client_of("wuzhi.agent")
    send(client, "keep", name="重点在建", _query="is_key=1&started=1")
    page = client.get("/admin/project/").text
    assert re.search(r'href="/admin/project/\?is_key=1&amp;started=1&amp;columns=name,code,[a-z_,]+">重点在建', page)
    assert "重点在建" not in colleague.get("/admin/project/").text
    send(client, "keep", name="重点在建", _query="is_key=1", shared="1")
    assert client.get("/admin/project/").text.count(">重点在建</a>") == 1
    theirs = colleague.get("/admin/project/").text
    assert 'href="/admin/project/?is_key=1&amp;columns=name,' in theirs
    assert "重点在建" not in client_of("wenxian.office").get("/admin/project/").text
    number = re.search(r'name="view" value="(\d+)"', client.get("/admin/project/").text)
    assert number
    send(colleague, "drop", view=number[1])
    assert "重点在建" in client.get("/admin/project/").text
    send(client, "drop", view=number[1])
    assert "重点在建" not in client.get("/admin/project/").text


def test_an_address_says_its_columns_to_whoever_opens_it(client_of: ClientOf) -> None:
    client, colleague = client_of("wuzhi.office"), client_of("wuzhi.agent")
    send(colleague, "columns", column=["funding"])
    asked = "columns=address,county,nonsense,investment,address&is_key=1"
    page = colleague.get(f"/admin/project/?{asked}").text
    for someone in (client, colleague):
        assert headers(someone, query=asked) == ["项目名称", "建设地址", "投资总额（万元）"]
    assert headers(colleague) == ["项目名称", "资金来源"]
    assert headers(colleague, query="columns=nonsense") == headers(client)
    # Sorting, asking and the file go on with them.
    assert re.search(r'href="/admin/project/\?columns=[^"]*sort=address', page)
    assert '<input type="hidden" name="columns" value="address,county,nonsense,investment,address">' in page
    assert re.search(r'href="/admin/project/export/csv/\?columns=[^"]*shown=1', page)
    with colleague.get(f"/admin/project/export/csv/?{asked}&shown=1") as answer:
        csv = answer.get_data(as_text=True)
    assert "建设地址" in csv
    assert "资金来源" not in csv
    assert headers(client_of("jiaozuo.supervisor"), query=asked)[:2] == ["县（旗）", "项目名称"]


def test_a_view_keeps_the_columns_that_its_owner_saw(client_of: ClientOf) -> None:
    client, colleague = client_of("wuzhi.office"), client_of("wuzhi.agent")
    send(client, "columns", column=["address", "investment"])
    send(client, "keep", name="地址", _query="is_key=1", shared="1")
    send(colleague, "columns", column=["funding"])
    link = re.search(r'href="/admin/project/\?([^"]+)">地址', colleague.get("/admin/project/").text)
    assert link
    assert headers(colleague, query=link[1].replace("&amp;", "&")) == ["项目名称", "建设地址", "投资总额（万元）"]


def test_who_has_no_county_shares_with_nobody(client_of: ClientOf) -> None:
    supervisor = client_of("jiaozuo.supervisor")
    send(supervisor, "keep", name="全市在建", _query="started=1", shared="1")
    page = supervisor.get("/admin/project/").text
    assert "视图只能自己用" in page
    assert "全市在建" not in page.replace("已保存视图", "")
    assert 'name="shared"' not in page
    assert 'name="shared"' in client_of("wuzhi.office").get("/admin/project/").text


def test_who_has_no_county_sees_no_shared_view(acting_as: ActingAs) -> None:
    session = acting_as(Role.SUPERVISOR, county_id=None)
    f.make_view(session, user=f.make_user(session), county_id=None, name="旧共享", shared=True, list_table="project")
    assert saved_views.views_of(session, "project") == []


def test_a_view_leads_nowhere_but_to_its_list(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    back = send(client, "keep", name="越界", _query="next=//evil&search=<b>&page=-1")
    assert back == "/admin/project/?search=%3Cb%3E&page=-1"
    assert "evil" not in client.get("/admin/project/").text


def test_a_view_has_a_name_and_there_are_so_many(acting_as: ActingAs, engine: Engine) -> None:
    session = acting_as(Role.LEAD_OFFICE)
    user = f.make_user(session)
    session.commit()
    session = acting_as(Role.LEAD_OFFICE, user_id=user.id)
    for n in range(saved_views.MAX_VIEWS):
        saved_views.save_view(session, "project", f"视图{n}", "", shared=False)
        back_office(session).saved_views.clear()
    for name in ("", "多一个"):
        try:
            saved_views.save_view(session, "project", name, "", shared=False)
        except RuleViolation as error:
            assert error.field == "name"
        else:
            raise AssertionError(name)
