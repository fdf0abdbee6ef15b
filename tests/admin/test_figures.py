"""统计 says what of its address it cannot follow."""

from __future__ import annotations

from tests.admin.conftest import ClientOf


def test_a_month_or_county_that_is_not_there_is_told(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    assert 'role="alert"' not in client.get("/admin/figures/").text
    assert "没有“1999-13”这个月的台账，下面是 " in client.get("/admin/figures/?month=1999-13").text
    assert "没有所选县（旗）的台账，或您无权查看" in client.get("/admin/figures/?ledger=999999").text


def test_near_duplicates_of_a_table_that_has_none_are_no_page(client_of: ClientOf) -> None:
    client = client_of("wuzhi.office")
    assert client.get("/admin/duplicates/?table=project").status_code == 200
    assert client.get("/admin/duplicates/?table=nonsense").status_code == 404
