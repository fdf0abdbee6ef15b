"""巴林左旗 has no chief officers: nothing on its pages speaks of them, and their addresses do not exist.

Source: B 五.3, 七 (one 代办帮办人员, no 首席服务员); H 四.
"""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from tests.admin.conftest import ClientOf

WORD = "首席"
OFFICERS = "/admin/chief_service_officer/"
PAGES = (
    "/admin/",
    "/admin/todo/",
    "/admin/search/?q=首",
    "/admin/project/",
    "/admin/enterprise/",
    "/admin/service_case/",
    "/admin/ledger_entry/",
    "/admin/ledger_month/",
    "/admin/key_designation/",
    "/admin/general_agent/",
    "/admin/work_record/",
    "/admin/figures/",
    "/admin/papers/",
    "/admin/exports/",
    "/admin/project/new/",
    "/admin/enterprise/new/",
    "/admin/service_case/new/",
)


@pytest.mark.parametrize("slug", ["balinzuoqi", "heshuo"])
@pytest.mark.parametrize("role", ["office", "agent"])
def test_no_page_speaks_of_chief_officers(client_of: ClientOf, slug: str, role: str) -> None:
    client = client_of(f"{slug}.{role}")
    answers = {url: client.get(url) for url in PAGES}
    assert [url for url, answer in answers.items() if answer.status_code == 200 and WORD in answer.text] == []
    assert answers["/admin/project/"].status_code == 200
    for table in ("project", "enterprise", "service_case"):
        page = answers[f"/admin/{table}/"].text
        first = page.split(f"/admin/{table}/details/?id=", 1)[1].split('"', 1)[0]
        assert WORD not in client.get(f"/admin/{table}/details/?id={first}").text
        with client.get(f"/admin/{table}/export/csv/") as sent:
            assert WORD not in sent.get_data(as_text=True)
        assert WORD not in client.get(f"/admin/{table}/?columns=officer").text


def test_their_addresses_do_not_exist(client_of: ClientOf) -> None:
    client = client_of("balinzuoqi.office")
    for url in ("", "new/", "details/?id=1", "edit/?id=1", "export/xlsx/", "import/", "lookup/?name=department"):
        assert client.get(OFFICERS + url).status_code == 404, url
        assert client.get(f"/admin/assignment/{url}").status_code == 404, url
    assert client_of("wuzhi.office").get(OFFICERS).status_code == 200


def test_the_workbook_of_a_month_has_no_column_for_them(client_of: ClientOf) -> None:
    for slug, has in (("balinzuoqi", False), ("wuzhi", True)):
        client = client_of(f"{slug}.office")
        page = client.get("/admin/ledger_month/").text
        month = page.split("/admin/ledger_month/details/?id=", 1)[1].split('"', 1)[0]
        with client.get(f"/admin/ledger_month/download/?id={month}") as sent:
            book = load_workbook(io.BytesIO(sent.data))
        cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
        assert any(WORD in cell for cell in cells) is has, slug
