"""基层政务服务站 on the web: no page, file or message of one station shows a case of another. Source: Z 四."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from admin import MENU
from models.base import table_name
from models.cases import ServiceCase
from models.fields import all_fields, fields_of
from services.records.lists import filters_of
from tests.admin.conftest import ClientOf, form_of

TABLES = {table_name(model): model for _, tables in MENU for model, _ in tables}


@pytest.fixture
def station(client_of: ClientOf) -> FlaskClient:
    return client_of("wuzhi.station")


@pytest.fixture
def own(demo_engine: Engine) -> int:
    """The id of the account's station."""
    with demo_engine.connect() as connection:
        found: int = connection.scalar(text("SELECT station_id FROM user WHERE username = 'wuzhi.station'"))
        return found


def numbers(engine: Engine, where: str, **values: int) -> dict[str, int]:
    """Number and id of 武陟县's cases."""
    rows = "SELECT number, id FROM service_case WHERE number LIKE '武帮%' AND "
    with engine.connect() as connection:
        return dict(connection.execute(text(rows + where), values).all())


NUMBER = re.compile(r"武帮代办〔\d{4}〕\d+号")


def pages(client: FlaskClient) -> Iterator[tuple[str, str]]:
    """The address and the text of every list, export and lookup of the account, and of its own pages."""
    found = ["/admin/", "/admin/bell/", "/admin/search/?q=武帮", "/admin/papers/", "/admin/exports/"]
    for table, model in TABLES.items():
        if client.get(f"/admin/{table}/").status_code != 200:
            continue
        sorts = [f.name for f in fields_of(model, "list")][:3]
        found += [f"/admin/{table}/?page_size=200&page={page}" for page in (1, 2)]
        found += [f"/admin/{table}/?sort={name}&page_size=200" for name in sorts]
        found += [f"/admin/{table}/export/{kind}/" for kind in ("xlsx", "csv")]
        references = [f.name for f in all_fields(model) if f.target is ServiceCase]
        found += [f"/admin/{table}/ajax/lookup/?name={name}&query=武帮&limit=50" for name in references]
    for address in found:
        answer = client.get(address)
        content = answer.data
        if content[:2] == b"PK":
            with ZipFile(io.BytesIO(content)) as book:
                content = b"".join(book.read(name) for name in book.namelist())
        yield address, content.decode("utf-8", "replace")
        answer.close()


def test_no_page_and_no_file_names_a_case_of_another_station(
    station: FlaskClient, own: int, demo_engine: Engine
) -> None:
    mine = numbers(demo_engine, "station_id = :own", own=own)
    told: dict[str, set[str]] = {address: set(NUMBER.findall(text)) for address, text in pages(station)}
    assert set.union(*told.values()) == set(mine)
    assert {address: found - set(mine) for address, found in told.items() if found - set(mine)} == {}


def test_a_filter_for_a_case_of_another_station_finds_and_names_nothing(
    station: FlaskClient, own: int, demo_engine: Engine
) -> None:
    number, id_ = next(iter(numbers(demo_engine, "station_id <> :own", own=own).items()))
    for table, model in TABLES.items():
        for f in filters_of(model):
            if (
                f.target is ServiceCase
                and (answer := station.get(f"/admin/{table}/?{f.name}={id_}")).status_code == 200
            ):
                assert number not in answer.text
    assert number not in station.get(f"/admin/case_material/new/?case={id_}").text


def test_the_rows_of_another_stations_cases_do_not_exist(station: FlaskClient, own: int, demo_engine: Engine) -> None:
    wrong: list[str] = []
    for id_ in list(numbers(demo_engine, "station_id <> :own OR station_id IS NULL", own=own).values())[:3]:
        for page in ("details", "edit", "delete"):
            wrong += [page] if station.get(f"/admin/service_case/{page}/?id={id_}").status_code != 404 else []
        for address in (
            f"/admin/service_case/action/?action=hand_in&rowid={id_}",
            f"/admin/papers/page/?case={id_}&paper=application",
            f"/admin/papers/word/?case={id_}&paper=application",
        ):
            wrong += [address] if station.get(address).status_code != 404 else []
    with demo_engine.connect() as connection:
        for table in ("case_step", "case_material", "completion", "delivery", "evaluation", "urge", "work_record"):
            others = connection.scalars(
                text(
                    f"SELECT x.id FROM {table} x JOIN service_case c ON c.id = x.case_id"
                    " WHERE c.station_id IS NOT :own LIMIT 3"
                ),
                {"own": own},
            ).all()
            rows = [f"/admin/{table}/details/?id={id_}" for id_ in others]
            wrong += [row for row in rows if station.get(row).status_code != 404]
    assert wrong == []


def test_a_station_hands_papers_in_and_the_window_receives_the_printed_list(
    station: FlaskClient, client_of: ClientOf, own: int, demo_engine: Engine
) -> None:
    with demo_engine.connect() as connection:
        id_ = connection.scalar(
            text(
                "SELECT id FROM service_case WHERE station_id = :own AND state IN ('submitted', 'in_progress') AND"
                " id NOT IN (SELECT l.case_id FROM station_handover_line l JOIN station_handover h"
                " ON h.id = l.handover_id WHERE h.received_on IS NULL)"
            ),
            {"own": own},
        )
    page = f"/admin/service_case/action/?action=hand_in&rowid={id_}"
    form = form_of(station, page) | {"others": "补交的图纸", "handed_by": "赵站长", "on": "2026-11-20"}
    assert station.post(page, data=form | {"_confirmed": "1"}).status_code == 302
    with demo_engine.connect() as connection:
        list_id = connection.scalar(text("SELECT max(id) FROM station_handover"))
    sheet = station.get(f"/admin/station_handover/sheet/?id={list_id}").text
    assert {"材料交接清单", "补交的图纸", "赵站长"} <= set(re.findall("材料交接清单|补交的图纸|赵站长", sheet))
    window, page = client_of("wuzhi.window"), f"/admin/station_handover/action/?action=receive&rowid={list_id}"
    form = form_of(window, page) | {"received_by": "钱窗口", "on": "2026-11-20", "_confirmed": "1"}
    assert window.post(page, data=form).status_code == 302
    assert "钱窗口" in station.get(f"/admin/station_handover/details/?id={list_id}").text
