"""What the program does with the things that test_adding_things.py adds: run in the changed copy, prints JSON."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from models import Base
from models.cases import CaseState, ServiceCase
from models.people import Role, User
from models.places import County
from models.projects import Enterprise
from seed.accounts import make_accounts
from seed.load import load_counties
from services.cases.state_diagram import document
from services.kernel.access import PERMISSIONS, sees_phones
from services.kernel.actor import SYSTEM
from services.kernel.roles import ROW_SCOPE, needs_of
from services.kernel.transaction import open_engine, working
from services.ledgers.case_rows import Standing, ledger_rows
from services.statistics import figures
from tests import factories as f
from tests.admin.conftest import app_of, form_of, log_in
from tests.admin.test_import_pages import upload
from tests.demo import PASSWORD
from tests.lists import write_list

Facts = dict[str, Any]
CARD = re.compile(r'<a href="([^"]+)"><span>([^<]+)</span><b>(\d+)</b>')


class Office:
    """The program over a new database with the counties and their accounts."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder, self.app = engine, folder, app_of(engine, folder)

    def client(self, username: str) -> FlaskClient:
        """A client that is logged in."""
        client = self.app.test_client()
        assert log_in(client, username) == 302, username
        return client

    def send(self, client: FlaskClient, url: str, **values: str) -> int:
        """Fill in the form at `url` and send it; gives the status."""
        return client.post(url.partition("&")[0], data=form_of(client, url) | values).status_code


def column(office: Office) -> Facts:
    """The new column of enterprises, from the form to the export."""
    client = office.client("wuzhi.office")
    sent = office.send(client, "/admin/enterprise/new/", name="武陟县新厂", registered_capital="1234.5")
    page = client.get("/admin/enterprise/").text
    return {
        "sent": sent,
        "heading": "注册资本" in page,
        "value": "1,234.50" in page,
        "filter": 'name="registered_capital_from"' in page,
        "export": "注册资本" in client.get("/admin/enterprise/export/csv/").get_data(as_text=True),
        "import": "注册资本" in client.get("/admin/enterprise/import/").text,
    }


def table(office: Office) -> Facts:
    """The new table, as the lead office keeps it and an inspector reads it."""
    client, inspector = office.client("wuzhi.office"), office.client("wuzhi.inspector")
    sent = office.send(client, "/admin/hotline_call/new/", caller="张先生", called_on="2026-03-02")
    return {
        "menu": "热线来电" in client.get("/admin/").text,
        "sent": sent,
        "row": "张先生" in client.get("/admin/hotline_call/").text,
        "export": "张先生" in client.get("/admin/hotline_call/export/csv/").get_data(as_text=True),
        "read": inspector.get("/admin/hotline_call/").status_code,
        "write": inspector.get("/admin/hotline_call/new/").status_code,
    }


def import_(office: Office) -> Facts:
    """A list of the new table: its page, its template, and the preview of one row."""
    client, url = office.client("wuzhi.office"), "/admin/hotline_call/import/"
    path = office.folder / "热线.xlsx"
    write_list(path, ["来电人", "来电日期"], [["王女士", f.DAY]])
    return {
        "page": client.get(url).status_code,
        "template": client.get("/admin/hotline_call/template/").status_code,
        "preview": "王女士" in client.get(upload(client, "hotline_call", path).headers["Location"]).text,
        "inspector": office.client("wuzhi.inspector").get(url).status_code,
    }


def role(office: Office) -> Facts:
    """The role that extends 首席服务员: what differs, and that it follows in the rest."""
    new, parent = Role.parse("deputy_officer"), Role.CHIEF_OFFICER
    client = office.client("wuzhi.deputy")
    return {
        "more": sorted(p for p, roles in PERMISSIONS.items() if new in roles and parent not in roles),
        "less": sorted(p for p, roles in PERMISSIONS.items() if parent in roles and new not in roles),
        "rows": [m.__name__ for m in ROW_SCOPE[parent].keys() - ROW_SCOPE[new].keys()],
        "needs": needs_of(new) == needs_of(parent),
        "phones": sees_phones(f.actor_as(new), Enterprise) == sees_phones(f.actor_as(parent), Enterprise),
        "cards": _cards(client) == _cards(office.client("wuzhi.officer")),
        "list": client.get("/admin/service_case/").status_code,
        "form": client.get("/admin/service_case/new/").status_code,
    }


def _cards(client: FlaskClient) -> list[tuple[str, str, str]]:
    return CARD.findall(client.get("/admin/").text)


def state(office: Office) -> Facts:
    """A case is suspended by its button and goes on again; everything that shows states follows."""
    with working(office.engine, SYSTEM) as session:
        county = session.scalars(select(County).where(County.slug == "wuzhi")).one()
        made = f.make_case(session, county=county, state=CaseState.IN_PROGRESS, number="武帮代办〔2026〕0001号")
        made.accepted_on = made.assigned_on = made.submitted_on = f.DAY
        id_ = made.id
    client = office.client("wuzhi.office")
    action = f"/admin/service_case/action/?action=suspend&rowid={id_}"
    values = {"action": "suspend", "rowid": str(id_), "on": f.DAY.isoformat(), "reason": "等待规划"}
    sent = office.send(client, action, **values)
    page = client.get("/admin/service_case/?state=suspended").text
    found = {
        "sent": sent,
        "state": _state(office.engine, id_),
        "tone": 'class="tag t-warn">已中止' in page,
        "card": [int(count) for _, label, count in _cards(client) if label == "已中止"],
        "chart": "已中止" in client.get("/admin/").text,
        "diagram": "IN_PROGRESS --> SUSPENDED: 中止" in document(),
        "ledger": _ledger_word(office.engine, id_),
    }
    undo = f"/admin/service_case/action/?action=undo&rowid={id_}"
    office.send(client, undo, action="undo", rowid=str(id_), on=f.DAY.isoformat(), reason="误操作")
    return found | {"undone": _state(office.engine, id_)}


def _state(engine: Engine, id_: int) -> str:
    with working(engine, SYSTEM) as session:
        case = session.get_one(ServiceCase, id_)
        return f"{case.state.value} {getattr(case, 'suspended_on', None)}"


def _ledger_word(engine: Engine, id_: int) -> str:
    with working(engine, SYSTEM) as session:
        (row,) = ledger_rows(session, {id_: Standing(late=False, received=True)}, f.DAY)
        return str(row["state"])


def paper(office: Office) -> Facts:
    """The new paper of a case, with the new variable filled in."""
    with working(office.engine, SYSTEM) as session:
        county = session.scalars(select(County).where(County.slug == "wuzhi")).one()
        firm = f.make_enterprise(session, county=county, industry="装备制造")
        id_ = f.make_case(session, county=county, enterprise=firm).id
    client = office.client("wuzhi.office")
    sheet = client.get(f"/admin/papers/page/?case={id_}&paper=reminder")
    return {
        "listed": "提醒函" in client.get(f"/admin/service_case/details/?id={id_}").text,
        "sheet": sheet.status_code,
        "filled": "行业：装备制造" in sheet.text,
    }


def figure(office: Office) -> Facts:
    """The new figure of a month with three ledger rows, two of them entered late."""
    with working(office.engine, SYSTEM) as session:
        county = session.scalars(select(County).where(County.slug == "wuzhi")).one()
        month = f.make_month(session, county=county, month="2026-02")
        for late in (True, True, False):
            f.make_entry(session, county=county, month_id=month.id, late=late)
        counted = figures.of_month(session, month).total.values["late"]
    page = office.client("wuzhi.office").get("/admin/figures/?month=2026-02").text
    return {"heading": "补录件" in page, "counted": counted, "link": "late=1" in page}


def county(office: Office) -> Facts:
    """The lead office of the new county works there, and sees nothing of the others."""
    client = office.client("xinxian.office")
    with working(office.engine, SYSTEM) as session:
        names = session.scalars(select(User.username)).all()
    return {
        "accounts": _of("xinxian", names) == _of("wuzhi", names),
        "sent": office.send(client, "/admin/enterprise/new/", name="新县新厂"),
        "own": "新县新厂" in client.get("/admin/enterprise/").text,
        "others": "武陟县新厂" in client.get("/admin/enterprise/").text,
        "items": "公章刻制" in client.get("/admin/service_item/").text,
        "form": client.get("/admin/service_case/new/").status_code,
    }


def _of(slug: str, usernames: Sequence[str]) -> set[str]:
    return {name.partition(".")[2] for name in usernames if name.startswith(f"{slug}.")}


CHECKS: tuple[Callable[[Office], Facts], ...] = (column, table, import_, role, state, paper, figure, county)


def main(folder: Path) -> None:
    """Make the database in `folder` and print the facts by the name of what was added."""
    engine = open_engine(f"sqlite:///{folder / 'office.db'}")
    Base.metadata.create_all(engine)
    with working(engine, SYSTEM) as session:
        load_counties(session)
    with working(engine, SYSTEM) as session:
        make_accounts(session, PASSWORD)
    office = Office(engine, folder)
    print(json.dumps({check.__name__.strip("_"): check(office) for check in CHECKS}))  # its output is the report


if __name__ == "__main__":
    main(Path(sys.argv[1]))
