"""Every route, every role, own rows and foreign ones, against a written matrix."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from admin import MENU
from models.base import table_name
from tests.admin.conftest import ClientOf, fingerprint, form_of, token

#: One letter a role, and the account that has it.
ACCOUNTS = {
    "O": "wuzhi.office",
    "L": "wuzhi.leader",
    "A": "wuzhi.agent",
    "W": "wuzhi.window",
    "T": "wuzhi.station",
    "C": "wuzhi.officer",
    "P": "wuzhi.liaison",
    "I": "wuzhi.inspector",
    "F": "wuzhi.fgw",
    "K": "wuzhi.kgj",
    "S": "jiaozuo.supervisor",
    "Y": "sysadmin",
    "E": "secadmin",
    "U": "auditor",
}
#: Those who belong to 武陟县.
OF_COUNTY = "OFKLAWTCPI"
#: Tables that 武陟县 does not use, and a county that does: their addresses answer it 404.
ELSEWHERE = {"paper_handover": "wenxian", "extension": "heshuo", "industry_department": "heshuo"}

#: table: who reads, creates, edits, deletes, exports. Source: 领域 11.
MATRIX = {
    "enterprise": ("OAWISFKCT", "OAWT", "OAW", "O", "OAWISFKC"),
    "project": ("OAWISFKCT", "OAWT", "OAW", "O", "OAWISFKC"),
    "key_designation": ("OAWISFK", "OFK", "OFK", "", "OAWISFK"),
    "assignment": ("OAWISC", "O", "O", "", "OAWISC"),
    "chief_service_officer": ("OAWIS", "O", "O", "O", "OAWIS"),
    "general_agent": ("OAWIST", "O", "O", "O", "OAWIS"),
    "department_liaison": ("OAWISL", "O", "O", "O", "OAWISL"),
    "department_leader": ("OAWIS", "O", "O", "O", "OAWIS"),
    "department": ("OAWISLFKT", "O", "O", "O", "OAWISLFKT"),
    "service_item": ("OAWISLPT", "O", "O", "O", "OAWISLPT"),
    "service_case": ("OAWISCLPT", "OAWT", "OAWT", "OAWT", "OAWISCLPT"),
    "case_step": ("OAWISCLPT", "OAWT", "OAWT", "OAWT", "OAWISCLPT"),
    "completion": ("OAWISCT", "", "OA", "", "OAWISCT"),
    "termination": ("OAWISCT", "", "OA", "", "OAWISCT"),
    "delivery": ("OAWISCT", "", "", "", "OAWISCT"),
    "service_window": ("OAWISLT", "O", "O", "O", "OAWISLT"),
    "station_handover": ("OAWIST", "", "", "T", "OAWIST"),
    "item_material": ("OAWISLPT", "O", "O", "O", "OAWISLPT"),
    "agreement": ("OAWISCT", "OA", "OA", "", "OAWISCT"),
    "case_material": ("OAWISCT", "OAWT", "OAWT", "OAWT", "OAWISCT"),
    "work_record": ("OAWISCT", "OAWCT", "OAWCT", "O", "OAWISCT"),
    "appointment": ("OAWISC", "OAWC", "OAWC", "O", "OAWISC"),
    "paper_handover": ("OAWISCT", "", "", "", "OAWISCT"),
    "meeting": ("OAWISCLT", "OA", "OA", "O", "OAWISCLT"),
    "urge": ("OAWISLT", "OIL", "OIL", "", "OAWISLT"),
    "extension": ("OAWISLT", "", "", "", "OAWISLT"),
    "evaluation": ("OWIST", "", "", "", "OWIST"),
    "inspection": ("OIS", "OI", "OI", "", "OIS"),
    "commendation": ("OIS", "O", "O", "O", "OIS"),
    "policy_document": ("OAWISLPCFKT", "O", "O", "O", "OAWISLPCFKT"),
    "common_issue": ("OAWISL", "OA", "OA", "O", "OAWISL"),
    "training": ("OAWIS", "O", "O", "O", "OAWIS"),
    "service_phrase": ("OAWISLPCFKT", "O", "O", "O", "OAWISLPCFKT"),
    "calendar_day": ("OAWISYT", "OY", "OY", "OY", "OAWISYT"),
    "merger": ("O", "", "", "", ""),
    "import_batch": ("OFK", "", "", "", ""),
    "import_line": ("OFK", "", "", "", ""),
    "ledger_month": ("OAWIS", "O", "O", "O", "OAWIS"),
    "ledger_entry": ("OAWIS", "O", "O", "O", "OAWIS"),
    "industry_department": ("OAWIS", "O", "O", "O", "OAWIS"),
    "county_option": ("OAWIS", "O", "O", "", "OAWIS"),
    "number_sequence": ("O", "O", "O", "", ""),
    "county": ("OYS", "Y", "OY", "", "OYS"),
    "user": ("YE", "Y", "YE", "Y", "Y"),
    "audit_entry": ("U", "", "", "", "U"),
}
#: table: its actions and who may take them.
ACTIONS = {
    "enterprise": {"designate": "OFK", "assign": "O", "reassign": "O", "merge": "O"},
    "project": {"designate": "OFK", "assign": "O", "reassign": "O", "merge": "O"},
    "merger": {"undo": "O"},
    "key_designation": {"revoke": "OFK"},
    "assignment": {"end": "O"},
    "service_case": {
        "submit": "OAWT",
        "accept": "OAW",
        "assign": "OW",
        "deliver": "OAWC",
        "reject": "OAW",
        "withdraw": "OAWT",
        "terminate": "OAWC",
        "notify": "OAWT",
        "resupply": "OAWT",
        "hand_in": "T",
        "hand_over": "OAW",
        "bring": "",
        "pass_on": "",
        "meet": "OAW",
        "urge": "OAWIL",
        "undo": "O",
        "send": "OAWC",
        "receive": "OAWC",
        "close": "OAWC",
        "rate": "OWIT",
        "register": "OAWC",
        "propose": "OAW",
        "propose_end": "OAWC",
        "refuse_end": "O",
        "archive": "O",
    },
    "case_step": {
        "name_liaison": "OWL",
        "claim": "",
        "file": "OWAC",
        "accept": "OWALP",
        "ask": "OWALP",
        "receive": "OWALP",
        "resume": "OWALP",
        "grant": "OWALP",
        "deny": "OWALP",
        "withdraw": "OWAC",
    },
    "evaluation": {"verify": "OI", "rectify": "OI", "revisit": "OI", "appeal": "O", "decide": "O"},
    "meeting": {"conclude": "OA", "escalate": "O"},
    "station_handover": {"receive": "OAW"},
    "urge": {"reply": "OWL"},
    "extension": {"approve": "OWL", "refuse": "OWL"},
    "work_record": {"study": "OAW"},
    "ledger_month": {"refresh": "O", "lock": "O", "unlock": "O"},
    "import_batch": {"confirm": "OFK", "drop": "OFK", "undo": "OFK"},
    "user": {"password": "Y", "scope": "E"},
    "chief_service_officer": {"hand_over": "O", "merge": "O"},
    "general_agent": {"hand_over": "O", "merge": "O"},
    "department_liaison": {"hand_over": "OL", "merge": "O"},
    "department_leader": {"merge": "O"},
}
#: table: who may import lists into it; into the others goes none.
BRINGS = dict.fromkeys(
    (
        "enterprise",
        "project",
        "department",
        "service_window",
        "service_item",
        "service_case",
        "calendar_day",
        "chief_service_officer",
        "general_agent",
        "department_liaison",
        "department_leader",
    ),
    "O",
) | {"key_designation": "OFK"}
#: Routes of a table; every other rule of the application is in OTHERS.
TABLE_ROUTES = {
    "index_view",
    "create_view",
    "edit_view",
    "details_view",
    "reveal_view",
    "delete_view",
    "action_view",
    "ajax_lookup",
    "ajax_update",
    "ajax_fill",
    "export",
    "export_ticked",
    "import_view",
    "template_view",
    "attach_view",
    "attachment_view",
    "detach_view",
    "revert_view",
    "columns_view",
    "keep_view",
    "drop_view",
}
OTHERS = {
    "static",
    "admin.static",
    "root",
    "healthz",
    "auth.login",
    "auth.logout",
    "auth.password",
    "admin.index",
    "admin.todo",
    "admin.search",
    "admin.bell",
    "admin.export_ledger",
    "ledger_month.download",
    "import_batch.errors",
    "import_batch.choose_view",
    "station_handover.sheet_view",
    "county.copy_view",
    "county.check_view",
    "calendar_day.notice_view",
    "figures.index",
    "duplicates.index",
    "recycle.index",
    "recycle.restore",
    "recycle.purge",
    "papers.index",
    "papers.word",
    "papers.page",
    "papers.blank",
    "papers.month",
    "papers.template",
    "papers.preview",
    "papers.change",
    "ledger_month.year",
    "exports.index",
    "exports.state",
    "exports.file",
    "exports.change",
}
TABLES = [table_name(model) for _, tables in MENU for model, _ in tables]


def test_the_matrix_names_every_route_and_table(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert routes - OTHERS == {f"{t}.{r}" for t in TABLES for r in TABLE_ROUTES}
    assert set(MATRIX) == set(TABLES)


def test_nobody_gets_past_the_log_in_page(app: Flask, demo_engine: Engine) -> None:
    before = fingerprint(demo_engine)
    client, wrong = app.test_client(), []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ("static", "admin.static", "root", "healthz", "auth.login"):
            continue
        url = str(rule).replace("<export_type>", "xlsx")
        answer = client.get(url)
        if answer.status_code not in (302, 405) or (
            answer.status_code == 302 and not answer.headers["Location"].startswith("/login")
        ):
            wrong.append(("GET", url, answer.status_code))
        sent = client.post(url)
        if sent.status_code != 405 and not sent.headers.get("Location", "").startswith("/login"):
            wrong.append(("POST", url, sent.status_code))
    assert wrong == []
    assert fingerprint(demo_engine) == before


def seen_id(client: FlaskClient, table: str) -> str | None:
    """The first row of the list as this client sees it."""
    found = re.search(r"details/\?id=(\d+)", client.get(f"/admin/{table}/").text)
    return found[1] if found else None


@pytest.mark.parametrize("letter", ACCOUNTS)
def test_each_role_may_do_what_the_matrix_says_and_nothing_else(
    letter: str, client_of: ClientOf, demo_engine: Engine
) -> None:
    client, wrong = client_of(ACCOUNTS[letter]), []
    before, home = fingerprint(demo_engine), client.get("/admin/").text
    for place in ("recycle", "duplicates"):
        if (status := client.get(f"/admin/{place}/").status_code) != (200 if letter == "O" else 403):
            wrong.append((place, "", status, "the lead office's"))
    for table, (read, create, edit, delete, export) in MATRIX.items():
        found = seen_id(client, table) if letter in read else "1"
        own, row = found or "1", 200 if found else 404
        wanted = {
            "": 200 if letter in read else 403,
            "new/": 200 if letter in read and letter in create else 403,
            f"details/?id={own}": row if letter in read else 403,
            f"edit/?id={own}": row if letter in edit else 403,
            f"delete/?id={own}": row if letter in delete else 403,
            "export/xlsx/": 200 if letter in export else 403,
            "export/csv/": 200 if letter in export else 403,
            "ajax/lookup/?name=nothing": 404 if letter in read else 403,
            "ajax/fill/?name=nothing&id=1": 404 if letter in create + edit else 403,
            "attachment/?id=1": 404 if letter in read else 403,
        }
        for page in ("import/", "template/"):
            wanted[page] = 404 if table not in BRINGS else 200 if letter in BRINGS[table] else 403
            if letter not in read:
                wanted[page] = 403
        for action, roles in ACTIONS.get(table, {}).items():
            wanted[f"action/?action={action}&rowid={own}"] = row if letter in roles else 403
        if table in ELSEWHERE and letter in OF_COUNTY:
            wanted = dict.fromkeys(wanted, 404)
        for path, status in wanted.items():
            answer = client.get(f"/admin/{table}/{path}")
            if answer.status_code != status:
                wrong.append((table, path, answer.status_code, f"should be {status}"))
            answer.close()
        posted = client.post(f"/admin/{table}/ajax/update/", data={"csrf_token": token(home)})
        if posted.status_code not in (403, 404):
            wrong.append((table, "ajax/update", posted.status_code, "closed"))
    assert wrong == []
    assert fingerprint(demo_engine) == before


def test_a_table_of_other_counties_is_read_there(client_of: ClientOf) -> None:
    for table, slug in ELSEWHERE.items():
        assert client_of(f"{slug}.office").get(f"/admin/{table}/").status_code == 200
        assert client_of(f"{slug}.liaison").get(f"/admin/{table}/").status_code == 403


def test_a_post_that_the_role_may_not_send_changes_nothing(client_of: ClientOf, demo_engine: Engine) -> None:
    before, wrong = fingerprint(demo_engine), []
    for letter, username in ACCOUNTS.items():
        client = client_of(username)
        sent = {"csrf_token": token(client.get("/admin/").text), "_confirmed": "1", "rowid": "1", "id": "1"}
        for table, (read, create, edit, delete, export) in MATRIX.items():
            missing = table in ELSEWHERE and letter in OF_COUNTY
            paths = [
                *(["reveal/"] if letter not in read else []),
                *(["new/"] if letter not in create else []),
                *(["edit/?id=1", "revert/"] if letter not in edit else []),
                *(["delete/"] if letter not in delete else []),
                *(["export/ticked/"] if letter not in export else []),
                *(["import/"] if letter not in BRINGS.get(table, "") else []),
                *(["attach/", "detach/"] if letter not in edit else []),
            ]
            for path in paths:
                status = client.post(f"/admin/{table}/{path}", data=sent).status_code
                # Nothing to import there; no such attachment, or no attachment on such a row; no such table.
                unknown = (
                    "import/",
                    "attach/",
                    "detach/",
                    *(paths if table in ELSEWHERE and letter in OF_COUNTY else ()),
                )
                if status != 403 and (status != 404 or path not in unknown):
                    wrong.append((username, table, path, status))
            for action, roles in ACTIONS.get(table, {}).items():
                if letter not in roles:
                    status = client.post(f"/admin/{table}/action/", data=sent | {"action": action}).status_code
                    if status != (404 if missing else 403):
                        wrong.append((username, table, action, status))
        if letter == "U":
            for path in ("columns/", "keep/", "drop/"):
                client.post(f"/admin/audit_entry/{path}", data=sent | {"name": "视图", "column": "at"})
        for path in ("recycle/restore/", "recycle/purge/") if letter != "O" else ():
            status = client.post(f"/admin/{path}", data=sent | {"table": "enterprise"}).status_code
            if status != 403:
                wrong.append((username, path, "", status))
    assert wrong == []
    assert fingerprint(demo_engine) == before


def foreign_ids(engine: Engine, slug: str) -> dict[str, int]:
    """One row of each county-scoped table of another county."""
    found = {}
    with engine.connect() as connection:
        county = connection.scalar(text("SELECT id FROM county WHERE slug = :s"), {"s": slug})
        for _, tables in MENU:
            for model, _ in tables:
                if "county_id" in model.__table__.c and model.__tablename__ not in ("user", "audit_entry"):
                    kind = getattr(model.__mapper__, "polymorphic_identity", None)
                    where = "AND kind = :kind" if kind else ""
                    row = connection.scalar(
                        text(f"SELECT min(id) FROM {model.__tablename__} WHERE county_id = :c {where}"),
                        {"c": county, "kind": kind} if kind else {"c": county},
                    )
                    if row is not None:
                        found[table_name(model)] = row
        found["county"] = county
    return found


@pytest.mark.parametrize(
    ("username", "other"),
    [
        ("wenxian.office", "wuzhi"),
        ("wenxian.agent", "wuzhi"),
        ("wenxian.window", "wuzhi"),
        ("jiaozuo.supervisor", "heshuo"),
    ],
)
def test_a_row_of_another_county_cannot_be_reached(
    username: str, other: str, client_of: ClientOf, demo_engine: Engine
) -> None:
    client = client_of(username)
    wrong: list[tuple[object, ...]] = []
    before = fingerprint(demo_engine)
    ids = foreign_ids(demo_engine, other)
    csrf = token(client.get("/admin/").text)
    for table, id_ in ids.items():
        for path in (f"details/?id={id_}", f"edit/?id={id_}", f"delete/?id={id_}"):
            if client.get(f"/admin/{table}/{path}").status_code not in (403, 404):
                wrong.append((table, path))
            posted = client.post(f"/admin/{table}/{path}", data={"csrf_token": csrf, "_confirmed": "1"})
            if posted.status_code not in (403, 404, 405):
                wrong.append((table, "POST " + path, posted.status_code))
        for action in ACTIONS.get(table, {}):
            sent = {"csrf_token": csrf, "action": action, "rowid": str(id_), "_confirmed": "1"}
            if client.post(f"/admin/{table}/action/", data=sent).status_code not in (403, 404):
                wrong.append((table, action))
    assert client.get(f"/admin/ledger_month/download/?id={ids['ledger_month']}").status_code == 404
    assert wrong == []
    assert fingerprint(demo_engine) == before


def test_lists_lookups_filters_and_exports_know_only_the_own_county(
    client_of: ClientOf, demo_engine: Engine, tmp_path: Path
) -> None:
    client = client_of("wenxian.office")
    ids = foreign_ids(demo_engine, "wuzhi")
    with demo_engine.connect() as connection:
        name = connection.scalar(text("SELECT name FROM enterprise WHERE id = :i"), {"i": ids["enterprise"]})
    assert name.startswith("武陟县")
    wrong = []
    for table in MATRIX:
        for path in ("?page_size=200", f"?search={name}&page_size=200", f"?enterprise={ids['enterprise']}"):
            page = client.get(f"/admin/{table}/{path}")
            # What was typed stands in the box again, and in the address that the forms carry.
            body = re.sub(r'name="_query" value="[^"]*"', "", page.text.replace(f'value="{name}"', ""))
            if page.status_code == 200 and "武陟县" in body:
                wrong.append((table, path))
    for table, reference in (
        ("project", "enterprise"),
        ("service_case", "enterprise"),
        ("service_case", "project"),
        ("assignment", "officer"),
        ("project", "assign.officer"),
        ("service_item", "department"),
    ):
        answer = client.get(f"/admin/{table}/ajax/lookup/?name={reference}&limit=50")
        assert answer.status_code == 200
        if "武陟县" in answer.get_data(as_text=True) or any(i == ids.get(reference) for i, _ in answer.get_json()):
            wrong.append((table, reference))
    assert wrong == []


def test_a_posted_foreign_reference_is_refused_at_its_field(client_of: ClientOf, demo_engine: Engine) -> None:
    client = client_of("wenxian.office")
    foreign = foreign_ids(demo_engine, "wuzhi")["enterprise"]
    before = fingerprint(demo_engine)
    sent = form_of(client, "/admin/project/new/") | {"name": "越界项目", "enterprise": str(foreign)}
    answer = client.post("/admin/project/new/", data=sent)
    assert answer.status_code == 400
    assert "所选建设单位不存在，或不能选用" in answer.text
    assert 'value="越界项目"' in answer.text
    assert fingerprint(demo_engine) == before
