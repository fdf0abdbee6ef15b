"""The form tells that a new row is perhaps there already, and saves it when the user confirms."""

from __future__ import annotations

from sqlalchemy import Engine, text

from tests.admin.conftest import ClientOf, form_of


def test_a_near_duplicate_is_told_and_saved_when_confirmed(client_of: ClientOf, demo_engine: Engine) -> None:
    client = client_of("wenxian.office")
    sent = form_of(client, "/admin/enterprise/new/") | {"name": "丙寅装备制造股份有限公司"}
    answer = client.post("/admin/enterprise/new/", data=sent)
    assert answer.status_code == 400
    assert "可能已有这个企业" in answer.text
    assert ">温县丙寅装备制造有限公司</a>" in answer.text
    assert _count(demo_engine) == 0
    token = answer.text.split('name="_near" value="')[1].split('"')[0]
    assert client.post("/admin/enterprise/new/", data=sent | {"_near": "0"}).status_code == 400
    assert client.post("/admin/enterprise/new/", data=sent | {"_near": token}).status_code == 302
    assert _count(demo_engine) == 1


def _count(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM enterprise WHERE name LIKE '丙寅装备制造股份%'")) or 0)
