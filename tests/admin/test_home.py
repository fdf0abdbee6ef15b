"""The home page: what waits for each role, and only what it can do."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.cases import CaseState, ServiceCase, StepState
from models.people import Role
from models.places import Meaning, OptionKind
from models.work import WorkKind
from services import todo
from services.transaction import working
from services.waiting import EACH
from tests import factories as f
from tests.admin.conftest import ClientOf
from tests.admin.test_bring import upload
from tests.admin.test_walk import ACCOUNTS
from tests.conftest import ActingAs
from tests.factories import DAY
from tests.lists import write_list

TASK = re.compile(r'<li><a href="(/admin/[^"]+)"><span class="tag')


@pytest.mark.parametrize("username", ACCOUNTS.values())
def test_every_task_opens_a_page_on_which_it_can_be_done(username: str, client_of: ClientOf) -> None:
    client = client_of(username)
    home = client.get("/admin/").text
    for address in TASK.findall(home):
        answer = client.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200, address
        assert "全部都不会办理" not in answer.text, address


@pytest.mark.parametrize("username", ACCOUNTS.values())
def test_every_card_counts_the_rows_of_the_list_it_opens(username: str, client_of: ClientOf) -> None:
    client = client_of(username)
    cards = re.findall(r'<a href="([^"]+)"><span>([^<]+)</span><b>(\d+)</b>', client.get("/admin/").text)
    for address, label, count in cards:
        page = client.get(address.replace("&amp;", "&")).text
        found = re.search(r"共 (\d+) 条", page)
        assert int(count) == int(found[1] if found else 0), label


def test_the_lead_office_has_its_tasks(acting_as: ActingAs, engine: Engine) -> None:
    session = acting_as(Role.LEAD_OFFICE)
    plain = f.make_case(session, state=CaseState.SUBMITTED, number="甲1号", submitted_on=DAY)
    key = f.make_enterprise(session, is_key=True)
    urgent = f.make_case(session, state=CaseState.SUBMITTED, number="甲2号", submitted_on=DAY, enterprise=key)
    f.make_case(session, state=CaseState.ACCEPTED, number="甲3号", accepted_on=DAY)
    f.make_month(session, month="2026-01")
    f.make_month(session, month="2026-03")
    found = todo.tasks(session, DAY)
    assert [(t.tag, t.text.split(" ")[0]) for t in found] == [
        ("分包", key.name), ("受理", "甲2号"), ("分派", "甲3号"), ("锁定台账", "2026-01"),
    ]  # fmt: skip
    assert {t.id for t in found if t.tag == "受理"} == {urgent.id} != {plain.id}


def test_a_leader_names_and_an_agent_hurries(acting_as: ActingAs, engine: Engine) -> None:
    lead = acting_as(Role.LEAD_OFFICE)
    department = f.make_department(lead)
    for state in StepState:
        f.make_step(lead, department=department, state=state)
    late = f.make_step(lead, department=department, state=StepState.ACCEPTED, due_on=DAY, accepted_on=DAY)
    lead.commit()
    leader = acting_as(Role.DEPT_LEADER, department_id=department.id, write=False)
    tags = [t.tag for t in todo.tasks(leader, DAY.replace(day=9))]
    assert tags == ["超期"] + ["指定专办员"] * EACH
    agent = acting_as(Role.AGENT, write=False)
    assert [t.id for t in todo.tasks(agent, DAY.replace(day=9))] == [late.id]
    assert todo.tasks(agent, DAY) == []


def test_nothing_waits_for_the_administrators(acting_as: ActingAs) -> None:
    for role in (Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR, Role.SUPERVISOR):
        session = acting_as(role, write=False)
        assert todo.tasks(session, DAY) == []


def test_a_session_of_nobody_has_no_tasks(engine: Engine) -> None:
    with working(engine, f.actor_as(None)) as session:
        assert todo.tasks(session, DAY) == todo.cards(session, DAY) == []


def test_the_bell_tells_what_waits_and_leads_there(client_of: ClientOf, tmp_path: Path) -> None:
    client = client_of("wuzhi.office")
    before = client.get("/admin/bell/").get_json()
    source = write_list(tmp_path / "部门.xlsx", ["部门名称"], [["新设甲局"]])
    upload(client, "department", source)
    items = client.get("/admin/bell/").get_json()
    assert items[0]["text"] == "部门.xlsx 待确认"
    assert items[1:] == before
    assert all(client.get(item["url"]).status_code == 200 for item in items)
    assert client_of("wuzhi.agent").get("/admin/bell/").get_json() != items
    assert client_of("sysadmin").get("/admin/bell/").get_json() == []


def kinds(session: object, on: object = DAY) -> list[str]:
    return list(dict.fromkeys(t.tag for t in todo.tasks(session, on)))  # type: ignore[arg-type]


def test_what_waits_for_each_role(acting_as: ActingAs, engine: Engine) -> None:
    """One row of everything that can wait, and who is told of it."""
    lead = acting_as(Role.LEAD_OFFICE)
    county = f.make_case(lead).county
    county.officer_contacts, county.contact_days, county.progress_days = True, 30, 15
    department = f.make_department(lead)
    agent, officer = f.make_agent(lead), f.make_officer(lead)
    liaison = f.make_liaison(lead, department=department)
    long_ago = DAY - timedelta(days=90)
    numbers = iter(f"甲{n}号" for n in range(100))

    def case(state: CaseState, **more: object) -> ServiceCase:
        return f.make_case(lead, state=state, number=next(numbers), agent=agent, ended_on=DAY, **more)

    running = case(CaseState.IN_PROGRESS, assigned_on=long_ago)
    step = f.make_step(lead, case=running, department=department, state=StepState.FILED, liaison=liaison)
    f.make_step(
        lead, case=running, department=department, state=StepState.ACCEPTED, accepted_on=long_ago, soon_on=DAY,
        due_on=DAY, liaison=liaison,
    )  # fmt: skip
    f.make_assignment(lead, officer=officer, since=long_ago)
    f.make_urge(lead, case=running, department=department)
    f.make_extension(lead, step=step)
    f.make_delivery(lead, case=case(CaseState.DELIVERED, delivered_on=DAY))
    rated = case(CaseState.EVALUATED)
    case(CaseState.TERMINATED, archive_asked_on=DAY)
    case(CaseState.ACCEPTED, accepted_on=DAY, end_asked_on=DAY)
    bad = f.make_option(lead, kind=OptionKind.SCALE, meaning=Meaning.DISSATISFIED)
    f.make_evaluation(lead, case=rated, grade=bad)
    case(CaseState.CLOSED)
    lead.commit()
    assert kinds(lead) == ["分派", "登记评价", "批准延期", "批准终止", "差评核实", "归档", "联系"]
    lead.rollback()
    of = {"staff_id": agent.id, "write": False}
    assert kinds(acting_as(Role.AGENT, **of)) == ["临期", "登记签收", "反馈进度", "提请归档"]
    assert kinds(acting_as(Role.CHIEF_OFFICER, staff_id=officer.id, write=False)) == ["联系"]
    leader = acting_as(Role.DEPT_LEADER, department_id=department.id, write=False)
    assert kinds(leader) == ["临期", "回复督办"]
    own = {"staff_id": liaison.id, "department_id": department.id, "write": False}
    assert kinds(acting_as(Role.LIAISON, **own)) == ["临期", "部门受理"]
    assert kinds(acting_as(Role.INSPECTOR, write=False)) == ["差评核实"]
    assert kinds(acting_as(Role.WINDOW_CLERK, write=False)) == ["分派", "登记评价"]
    assert kinds(acting_as(Role.AGENT, staff_id=agent.id + 1000, write=False)) == []


def test_who_was_in_touch_is_not_reminded(acting_as: ActingAs, engine: Engine) -> None:
    lead = acting_as(Role.LEAD_OFFICE)
    officer, project = f.make_officer(lead), f.make_project(lead)
    f.make_assignment(lead, officer=officer, project=project, since=DAY - timedelta(days=90))
    project.county.officer_contacts = True
    lead.commit()
    assert kinds(acting_as(Role.CHIEF_OFFICER, staff_id=officer.id, write=False)) == ["联系"]
    f.make_work_record(lead, project=project, staff=officer, kind=WorkKind.CONTACT, happened_on=DAY)
    lead.commit()
    assert kinds(acting_as(Role.CHIEF_OFFICER, staff_id=officer.id, write=False)) == []
