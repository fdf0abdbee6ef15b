"""The form of 终止 asks for each received paper: it goes back, or the reason is written why it stays."""

from __future__ import annotations

import re

from sqlalchemy import Engine, text

from tests.admin.conftest import ClientOf, form_of


def papers_of(engine: Engine) -> tuple[int, dict[str, int]]:
    """A running case of 武陟县 with two received papers, an original and a copy."""
    with engine.begin() as connection:
        case, county = connection.execute(
            text(
                "SELECT s.id, s.county_id FROM service_case s JOIN county c ON c.id = s.county_id"
                " WHERE c.slug = 'wuzhi' AND s.state = 'in_progress' ORDER BY s.id LIMIT 1"
            )
        ).one()
        connection.execute(text("DELETE FROM case_material WHERE case_id = :case"), {"case": case})
        for name, original in (("营业执照", True), ("规划图", False)):
            connection.execute(
                text(
                    "INSERT INTO case_material (county_id, case_id, name, copies, original, state, version)"
                    " VALUES (:county, :case, :name, 1, :original, 'received', 1)"
                ),
                {"county": county, "case": case, "name": name, "original": original},
            )
        rows = connection.execute(text("SELECT name, id FROM case_material WHERE case_id = :case"), {"case": case})
        return case, {str(row.name): int(row.id) for row in rows}


def test_each_received_paper_is_given_back_or_kept_with_a_reason(client_of: ClientOf, demo_engine: Engine) -> None:
    case, ids = papers_of(demo_engine)
    client = client_of("wuzhi.office")
    url = f"/admin/service_case/action/?action=terminate&rowid={case}"
    page = client.get(url).text
    assert "营业执照（原件） 1 份" in page
    assert re.search(rf'name="papers-back" value="{ids["营业执照"]}" aria-label="[^"]+" checked', page)
    assert re.search(rf'name="papers-why-{ids["规划图"]}" value="复印件，随卷留存"', page)
    sent = form_of(client, url) | {
        "_confirmed": "1",
        "rowid": str(case),
        "action": "terminate",
        "explanation": "不办了",
    }
    with demo_engine.connect() as connection:
        sent["reason"] = str(
            connection.scalar(
                text(
                    "SELECT o.id FROM county_option o JOIN county c ON c.id = o.county_id"
                    " WHERE c.slug = 'wuzhi' AND o.name = '申请单位申请终止'"
                )
            )
        )
    kept = {f"papers-why-{ids['规划图']}": "", f"papers-why-{ids['营业执照']}": ""}
    refused = client.post("/admin/service_case/action/", data=sent | kept | {"papers-back": str(ids["营业执照"])})
    assert refused.status_code == 400
    assert "“规划图”：请勾选退还，或写明留存原因" in refused.text
    kept[f"papers-why-{ids['规划图']}"] = "随卷留存"
    done = client.post("/admin/service_case/action/", data=sent | kept | {"papers-back": str(ids["营业执照"])})
    assert done.status_code == 302, done.text
    slip = client.get(f"/admin/papers/page/?case={case}&paper=termination").text
    assert "营业执照（原件） 1 份" in slip
    assert "规划图 1 份（随卷留存）" in slip
