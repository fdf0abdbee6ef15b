"""Lists are fast and say what was asked; a column is declared in one line and shows everywhere."""

from __future__ import annotations

import io
import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

import openpyxl
import pytest
from sqlalchemy import Engine, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin import MENU
from admin.base import BackOfficeView
from models.base import Versioned, table_name
from models.fields import field
from models.people import Role
from models.types import Money, Unit
from services.kernel import access
from services.records import lists
from services.transfer import exports
from tests.admin.conftest import ClientOf, app_of, form_of, log_in, token
from tests.statements import counted

TABLES = [table_name(model) for _, tables in MENU for model, _ in tables]
MOST_STATEMENTS = 6


@pytest.mark.parametrize(
    "username", ["wuzhi.office", "wuzhi.leader", "wuzhi.officer", "jiaozuo.supervisor", "sysadmin"]
)
def test_a_list_takes_at_most_six_statements_however_many_rows(
    username: str, client_of: ClientOf, demo_engine: Engine
) -> None:
    client, wrong = client_of(username), []
    for table in TABLES:
        for size in (20, 200):
            with counted(demo_engine) as sent:
                answer = client.get(f"/admin/{table}/?page_size={size}")
            if answer.status_code == 200 and len(sent) > MOST_STATEMENTS:
                wrong.append((table, size, len(sent)))
    assert wrong == []


def test_a_page_of_fifty_is_small_on_the_wire(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    for table in ("project", "service_case", "ledger_entry", "enterprise"):
        plain = client.get(f"/admin/{table}/?page_size=50")
        packed = client.get(f"/admin/{table}/?page_size=50", headers={"Accept-Encoding": "gzip"})
        assert len(plain.data) <= 100_000, table
        assert len(packed.data) <= 15_000, table
        assert packed.headers["Content-Encoding"] == "gzip"


def names(page: str) -> list[str]:
    """What the first column of a list says."""
    return re.findall(r'<td class="first"[^>]*><a [^>]*>([^<]*)</a>', page)


def test_search_takes_percent_and_underscore_as_they_are(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    assert names(client.get("/admin/enterprise/?search=%25").text) == []
    assert names(client.get("/admin/enterprise/?search=_").text) == []
    found = names(client.get("/admin/enterprise/?search=武陟县\u3000食品").text)
    assert found
    assert all("食品" in name for name in found)


def test_pages_follow_each_other_without_gap_or_repetition(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    rows = [
        id_
        for page in range(1, 5)
        for id_ in re.findall(
            r'name="rowid" value="(\d+)"', client.get(f"/admin/project/?sort=funding&page={page}&page_size=20").text
        )
    ]
    assert len(rows) == len(set(rows)) == 80
    assert "这一页没有数据" in client.get("/admin/project/?page=99").text


def test_filters_of_each_kind_narrow_the_list(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    every = client.get("/admin/service_case/?page_size=200").text
    for query, word in (
        ("state=archived", "已归档"),
        ("accepted_on_from=2026-10-01&accepted_on_to=2026-10-31", "2026-10-"),
    ):
        page = client.get(f"/admin/service_case/?{query}&page_size=200").text
        rows = re.findall(r"<tr>(.*?)</tr>", page, re.S)[1:]
        assert rows
        assert all(word in row for row in rows)
        assert len(rows) < len(re.findall("<tr>", every))
    key = client.get("/admin/project/?is_key=1&officer=none&page_size=200").text
    assert len(names(key)) >= 15


#: What no filter of a kind takes. A text takes everything.
NO_VALUE = {"choice": "gone", "date": "2026-13-01"} | dict.fromkeys(
    ("bool", "ref", "datetime", "integer", "money"), "x"
)


def test_each_list_says_which_of_its_filters_it_cannot_follow(client_of: ClientOf) -> None:
    """On the page; its export, its saved views and the choice of all its rows are refused instead."""
    client, looked_at = client_of("wuzhi.office"), 0
    sent = {"csrf_token": token(client.get("/admin/").text), "name": "看不懂", "_all": "1"}
    for table in TABLES:
        if client.get(f"/admin/{table}/").status_code != 200:
            continue
        fields = [f for f in lists.filters_of(exports.tables()[table]) if f.kind in NO_VALUE]
        asked = [(f"{f.name}_from" if f.kind in lists.RANGES else f.name, NO_VALUE[f.kind]) for f in fields]
        wrong = [("nonsense", "1"), ("sort", "nonsense"), ("page", "0"), ("page_size", "7")]
        query = urlencode([*asked, *wrong, ("search", "甲"), ("search", "乙")])
        page = client.get(f"/admin/{table}/?{query}").text
        said = [unescape(item) for item in re.findall("<li>([^<]*)</li>", page[page.index('role="alert"') :])]
        assert "没有“nonsense”这个条件，未按它查询" in said, table
        assert "“search”给了几个不同的值，只按第一个查询" in said, table
        assert "不能按“nonsense”排序，按默认的顺序排列" in said, table
        assert {"没有第“0”页，显示第一页", "每页不能显示“7”条，按默认的条数显示"} <= set(said), table
        assert sum("这个值，未按它查询" in line for line in said) == len(fields), table
        looked_at += len(fields)
        if Role.LEAD_OFFICE in access.PERMISSIONS[f"{table}.export"]:
            for way in ("export/xlsx", "export/csv"):
                answer = client.get(f"/admin/{table}/{way}/?nonsense=1")
                assert (answer.status_code, "没有“nonsense”这个条件" in answer.text) == (409, True), table
            ticked = client.post(f"/admin/{table}/export/ticked/", data=sent | {"_query": query})
            assert ticked.status_code == 409, table
        client.post(f"/admin/{table}/keep/", data=sent | {"_query": query})
        assert "看不懂" not in client.get(f"/admin/{table}/").text.partition("保存视图")[0], table
    assert looked_at > 100


def test_a_filter_that_names_what_one_may_not_see_says_so(client_of: ClientOf) -> None:
    page = client_of("wuzhi.office").get("/admin/case_step/?department=999999&county=999999").text
    assert unescape(page).count("所选的记录（不存在，或您无权查看）") == 2
    assert "没有“nonsense”这一列" in client_of("wuzhi.office").get("/admin/project/?columns=name,nonsense").text


def test_filters_by_other_rows_are_named_in_one_statement(client_of: ClientOf, demo_engine: Engine) -> None:
    client = client_of("wuzhi.office")
    with demo_engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT s.item_id, s.department_id, s.liaison_id, i.name AS item, d.name AS department,"
                " p.name AS liaison, x.id AS foreign_id, x.name AS foreign_name"
                " FROM case_step s JOIN county c ON c.id = s.county_id"
                " JOIN service_item i ON i.id = s.item_id JOIN department d ON d.id = s.department_id"
                " JOIN staff p ON p.id = s.liaison_id JOIN department x ON x.county_id <> c.id WHERE c.slug = 'wuzhi'"
            )
        ).first()
    assert row is not None
    with counted(demo_engine) as sent:
        page = client.get(
            f"/admin/case_step/?item={row.item_id}&department={row.department_id}&liaison={row.liaison_id}"
        ).text
    assert len(sent) <= MOST_STATEMENTS
    for name in (row.item, row.department, row.liaison):
        assert f'placeholder="全部" value="{name}"' in page
    foreign = client.get(f"/admin/case_step/?department={row.foreign_id}&liaison=none").text
    assert row.foreign_name not in foreign
    assert 'placeholder="全部" value="（没有）"' in foreign


def test_a_units_page_counts_what_belongs_to_it_in_one_statement(client_of: ClientOf, demo_engine: Engine) -> None:
    client = client_of("wuzhi.office")
    with demo_engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT p.id, p.enterprise_id, count(*) AS cases FROM service_case s"
                " JOIN project p ON p.id = s.project_id"
                " JOIN county c ON c.id = p.county_id WHERE c.slug = 'wuzhi' GROUP BY 1, 2 ORDER BY 3 DESC"
            )
        ).first()
    assert row is not None
    for table, id_, related in (
        ("project", row.id, ("service_case", "key_designation", "assignment", "agreement", "work_record", "meeting")),
        ("enterprise", row.enterprise_id, ("project", "service_case", "agreement", "work_record")),
    ):
        with counted(demo_engine) as sent:
            page = client.get(f"/admin/{table}/details/?id={id_}").text
        assert sum("count(*)" in statement for statement in sent) == 1
        links = dict(re.findall(rf'href="(/admin/\w+/\?{table}={id_})">[^<]*<b>(\d+)</b>', page))
        assert {f"/admin/{name}/?{table}={id_}" for name in related} <= links.keys()
    assert len(names(client.get(f"/admin/service_case/?project={row.id}&page_size=200").text)) == row.cases


def test_a_row_without_its_first_column_has_another_name(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    for table in ("key_designation", "assignment"):
        page = client.get(f"/admin/{table}/?project=none").text
        assert names(page)
        assert all("武陟县" in name for name in names(page)), table
        bare = client.get(f"/admin/{table}/?project=none&columns=officer,level").text
        assert "未编号" not in page + bare


def test_an_export_has_the_rows_and_columns_of_its_list(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    query = "search=食品&sort=name&desc=0"
    with client.get(f"/admin/enterprise/export/xlsx/?{query}") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    header = [cell.value for cell in sheet[3]]
    place = header.index("项目单位名称")
    exported = [row[place].value for row in sheet.iter_rows(min_row=4) if row[0].value]
    assert exported == names(client.get(f"/admin/enterprise/?{query}&page_size=200").text)


class ThrowAway(DeclarativeBase):
    """A registry of the test's own."""

    __audited__: ClassVar[bool] = False


class Sample(Versioned, ThrowAway):
    """A table with one column more than it had: a line, and nothing else."""

    __tablename__ = "sample"
    __title__ = "样表"
    __label__ = "name"
    __hint__ = None

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = field("名称", String(40), search=True)
    grant: Mapped[Any] = field("补助金额", Money, unit=Unit.WAN_YUAN, help="按批复填写", filter=True, nullable=True)
    since: Mapped[date | None] = field("起始日期", filter=True)


def test_a_column_in_one_line_shows_everywhere(
    demo_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ThrowAway.metadata.create_all(demo_engine)
    grants = {f"sample.{w}": frozenset({Role.LEAD_OFFICE}) for w in ("read", "create", "edit", "delete", "export")}
    monkeypatch.setattr(access, "PERMISSIONS", {**access.PERMISSIONS, **grants})
    known = exports.tables()
    monkeypatch.setattr(exports, "tables", lambda: {**known, "sample": Sample})
    app = app_of(demo_engine, tmp_path)
    app.extensions["admin"][0].add_view(BackOfficeView(Sample, category="基础数据"))  # type: ignore[arg-type]
    client = app.test_client()
    log_in(client, "wuzhi.office")
    form = client.get("/admin/sample/new/").text
    assert "补助金额（万元）" in form
    assert "按批复填写" in form
    sent = form_of(client, "/admin/sample/new/") | {"name": "甲", "grant": "12.50", "since": "2026-01-02"}
    made = client.post("/admin/sample/new/", data=sent)
    details = client.get(made.headers["Location"]).text
    assert "12.50" in details
    listed = client.get("/admin/sample/?grant_from=10&since_to=2026-12-31").text
    assert "补助金额（万元）" in listed
    assert "12.50" in listed
    assert names(client.get("/admin/sample/?grant_from=13").text) == []
    with client.get("/admin/sample/export/xlsx/") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[3]] == ["序号", "名称", "补助金额（万元）", "起始日期"]
    assert sheet["C4"].value == 12.5


def test_all_that_match_are_chosen_on_the_server(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    page = client.get("/admin/project/?is_key=1&page_size=20").text
    count = int(re.search(r"选择全部 (\d+) 条", page)[1])  # type: ignore[index]
    assert count > 20
    sent = {"csrf_token": token(page), "action": "assign", "_all": "1", "_query": "is_key=1&page_size=20&page=2"}
    asked = client.post("/admin/project/action/", data=sent)
    assert f"所选记录（{count} 条）" in asked.text
    assert asked.text.count('name="rowid"') == count
    nothing = client.post("/admin/project/action/", data=sent | {"_query": "search=没有这个"})
    assert nothing.status_code == 302
    other = client_of("wenxian.office")
    theirs = sent | {"csrf_token": token(other.get("/admin/").text), "_query": "search=武陟县"}
    assert other.post("/admin/project/action/", data=theirs).status_code == 302


def test_an_enterprise_fills_in_what_follows_from_it(client_of: ClientOf, demo_engine: Engine) -> None:
    with demo_engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT e.id, e.name, e.handler_phone FROM enterprise e JOIN county c ON c.id = e.county_id"
                " WHERE c.slug = 'wuzhi' AND e.handler_phone IS NOT NULL"
            )
        ).first()
    assert row is not None
    address = f"/admin/agreement/ajax/fill/?name=enterprise&id={row.id}"
    assert client_of("wuzhi.agent").get(address).get_json() == {"client": row.name, "client_phone": row.handler_phone}
    assert client_of("wuzhi.inspector").get(address).status_code == 403
    record = client_of("wuzhi.officer").get(address.replace("agreement", "work_record"))
    # A chief officer sees the whole numbers of what is theirs, and nothing else.
    assert record.status_code == 404 or record.get_json()["visitor_phone"] == row.handler_phone
    assert client_of("wenxian.agent").get(address).status_code == 404
    assert client_of("wuzhi.agent").get(address.replace(f"id={row.id}", "id=x")).status_code == 404


def test_who_sees_several_counties_can_ask_for_one_and_anybody_for_several_rows(
    client_of: ClientOf, demo_engine: Engine
) -> None:
    with demo_engine.connect() as connection:
        county = connection.scalar(text("SELECT id FROM county WHERE slug = 'wuzhi'"))
        grades = connection.scalars(
            text("SELECT id FROM county_option WHERE kind = 'scale' AND name LIKE '%不满意' AND county_id = :c"),
            {"c": county},
        ).all()
    supervisor, query = client_of("jiaozuo.supervisor"), f"grade={grades[0]},{grades[1]}"
    for address, count in (("", 160), (f"?county={county}", 80)):
        assert f"共 {count} 条" in supervisor.get(f"/admin/project/{address}").text
    own = client_of("wuzhi.office").get(f"/admin/evaluation/?{query}").text
    assert "不满意、非常不满意" in own
    assert f'value="{grades[0]},{grades[1]}"' in own
    assert 'name="county"' not in own
    assert 'name="county"' in supervisor.get("/admin/evaluation/").text
    assert client_of("wuzhi.office").get("/admin/evaluation/?grade=1,x").status_code == 200
