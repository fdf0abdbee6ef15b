"""What a county's document asks of its own people, in the forms that they see."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from models.people import Employment, GeneralAgent
from models.places import County
from services.kernel.actor import SYSTEM
from services.kernel.transaction import open_session
from tests.admin.conftest import ClientOf

SLUGS = ("wenxian", "wuzhi", "balinzuoqi", "heshuo")
CHANNELS = ("窗口 电话 网上", "窗口 电话 网上 武来办 便民服务中心 邮政网点", "代办帮办窗口 电话 网上", "服务岗")
MODES = ("现场 网上 预约 上门", "现场 网上 预约 上门", "现场兜底 远程 全程", "预约 延时 错时")


def choices(client: FlaskClient, name: str) -> list[str]:
    """The choices of a field on the application form."""
    found = client.get(f"/admin/service_case/ajax/lookup/?name={name}").json
    assert found is not None
    return [one[1] for one in found]


@pytest.mark.parametrize(("slug", "channels", "modes"), list(zip(SLUGS, CHANNELS, MODES, strict=True)), ids=SLUGS)
def test_an_application_comes_by_the_ways_of_its_county(
    client_of: ClientOf, slug: str, channels: str, modes: str
) -> None:
    """W, Z 附件1 一.2; B 五.1-3; H 五(一)."""
    client = client_of(f"{slug}.agent")
    assert sorted(choices(client, "channel")) == sorted(channels.split())
    assert sorted(choices(client, "mode")) == sorted(modes.split())


@pytest.mark.parametrize("slug", SLUGS)
def test_full_time_and_part_time_are_told_apart_in_heshuo_alone(
    client_of: ClientOf, demo_engine: Engine, slug: str
) -> None:
    """H 四(三)."""
    form = client_of(f"{slug}.office").get("/admin/general_agent/new/").text
    assert ("专职或兼职" in form) is (slug == "heshuo")
    with open_session(demo_engine, SYSTEM, write=False) as session:
        of_county = select(GeneralAgent.employment).join(County, County.id == GeneralAgent.county_id)
        found = set(session.scalars(of_county.where(County.slug == slug)))
    assert found == (set(Employment) if slug == "heshuo" else {None})


#: Words that only the action pages of these counties show.
ASKED = (
    ("service_case", "accept", "submitted", "告知方式", {"heshuo"}),
    ("service_case", "reject", "submitted", "告知方式", {"wuzhi", "heshuo"}),
    ("service_case", "terminate", "in_progress", "告知方式", {"wuzhi"}),
)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(("table", "action", "state", "word", "counties"), ASKED)
def test_an_action_asks_what_the_document_of_its_county_asks(
    client_of: ClientOf, slug: str, table: str, action: str, state: str, word: str, counties: set[str]
) -> None:
    client = client_of(f"{slug}.office")
    row = client.get(f"/admin/{table}/?state={state}").text.partition("details/?id=")[2].partition('"')[0]
    page = client.get(f"/admin/{table}/action/?action={action}&rowid={row}").text
    assert (word in page) is (slug in counties)
