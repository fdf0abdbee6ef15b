"""The home page: what waits for each role, and only what it can do."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import Base
from models.base import table_name
from models.cases import FINAL, CaseState, ServiceCase, StepState
from models.people import DesignationTarget, Role
from models.places import Meaning, OptionKind
from models.work import WorkKind
from services.desk import todo
from services.desk.todo_queries import EACH
from services.kernel.transaction import working
from services.records import lists
from tests import factories as f
from tests.admin.conftest import ClientOf, token
from tests.admin.test_import_pages import upload
from tests.admin.test_walk import ACCOUNTS
from tests.conftest import ActingAs
from tests.factories import DAY
from tests.lists import write_list
from tests.statements import counted

#: Offices of counties that do things otherwise.
ELSEWHERE = ("wenxian.office", "wenxian.officer", "balinzuoqi.office", "heshuo.office")
MOST_STATEMENTS = 32
CARD = re.compile(r'<a href="([^"]+)"><span>([^<]+)</span><b>(\d+)</b>')
REST = re.compile(r'<li class="rest"><a href="([^"]+)">([^<]*)共 (\d+) 件')
TASK = re.compile(r'<li><a href="(/admin/[^"]+)"><span class="tag')


@pytest.mark.parametrize("username", ACCOUNTS.values())
def test_every_task_opens_a_page_on_which_it_can_be_done(username: str, client_of: ClientOf) -> None:
    client = client_of(username)
    home = client.get("/admin/").text
    for address in TASK.findall(home):
        answer = client.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200, address
        assert "全部都不会办理" not in answer.text, address


@pytest.mark.parametrize("username", (*ACCOUNTS.values(), *ELSEWHERE))
def test_every_card_and_every_kind_count_what_they_open_in_few_statements(
    username: str, client_of: ClientOf, demo_engine: Engine
) -> None:
    client = client_of(username)
    with counted(demo_engine) as sent:
        home = client.get("/admin/").text
    assert len(sent) <= MOST_STATEMENTS
    for address, label, count in (*CARD.findall(home), *REST.findall(home)):
        page = client.get(address.replace("&amp;", "&")).text
        found = re.search(r"共 (\d+) [条件]", page)
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
        ("分包", key.name),
        ("受理", "甲2号"),
        ("分派", "甲3号"),
        ("锁定台账", "2026-01"),
    ]
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
    assert tags == ["超期事项"] + ["指定专办员"] * EACH
    totals = {pile.kind: pile.total for pile in todo.piles(leader, DAY.replace(day=9))}
    assert totals == {"超期事项": 1, "指定专办员": len(set(StepState) - FINAL) + 1}
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


def kinds(session: Session, on: date = DAY) -> list[str]:
    """What waits, by its tag; and the list of each kind shows as many as are told."""
    for pile in todo.piles(session, on):
        if pile.filters is not None:
            (model,) = (m.class_ for m in Base.registry.mappers if table_name(m.class_) == pile.table)
            asked = {name: str(value) for name, value in pile.filters.items()}
            query = lists.read_query(model, (), asked.items(), ("id", False))
            assert query.problems == ()
            where = lists.conditions(model, query, phones=True)
            assert lists.count_rows(session, model, where) == pile.total, pile.kind
    return list(dict.fromkeys(t.tag for t in todo.tasks(session, on)))


def test_what_waits_for_each_role(acting_as: ActingAs, engine: Engine) -> None:
    """One row of everything that can wait, and who is told of it."""
    lead = acting_as(Role.LEAD_OFFICE)
    county = f.make_case(lead).county
    county.officer_contacts, county.contact_days, county.progress_days = True, 30, 15
    county.officer_files = True
    department = f.make_department(lead)
    agent, officer = f.make_agent(lead), f.make_officer(lead)
    liaison = f.make_liaison(lead, department=department)
    long_ago = DAY - timedelta(days=90)
    numbers = iter(f"甲{n}号" for n in range(100))

    def case(state: CaseState, **more: object) -> ServiceCase:
        return f.make_case(lead, state=state, number=next(numbers), agent=agent, ended_on=DAY, **more)

    running = case(CaseState.IN_PROGRESS, assigned_on=long_ago, due_on=DAY - timedelta(days=1), officer=officer)
    step = f.make_step(lead, case=running, department=department, state=StepState.FILED, liaison=liaison)
    f.make_step(
        lead,
        case=running,
        department=department,
        state=StepState.ACCEPTED,
        accepted_on=long_ago,
        soon_on=DAY,
        due_on=DAY,
        liaison=liaison,
    )
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
    f.make_inspection(lead, rectify_by=DAY - timedelta(days=1), inspected_on=long_ago)
    for more in ({"rectified_on": DAY}, {}):
        f.make_inspection(lead, rectify_by=DAY, **more)
    f.make_project(lead, major_plan="县")
    f.make_project(lead, major_plan="县", is_key=True, officer=officer)
    f.make_designation(lead, project=f.make_project(lead), valid_until=DAY + timedelta(days=30))
    f.make_designation(lead, project=f.make_project(lead), valid_until=DAY + timedelta(days=31))
    ended = f.make_designation(lead, enterprise=f.make_enterprise(lead), designated_on=long_ago)
    ended.valid_until = DAY - timedelta(days=1)
    f.make_designation(lead, designated_on=long_ago, valid_until=long_ago, revoked_on=DAY)
    lead.commit()
    pressing = ["超期办件", "临期事项"]
    assert kinds(lead) == [
        *pressing,
        "认定到期",
        "认定将到期",
        "登记认定",
        "分派",
        "登记评价",
        "批准延期",
        "批准终止",
        "差评核实",
        "整改超期",
        "归档",
        "联系",
    ]
    lead.rollback()
    of = {"staff_id": agent.id, "write": False}
    assert kinds(acting_as(Role.AGENT, **of)) == [*pressing, "登记签收", "反馈进度", "提请归档"]
    assert kinds(acting_as(Role.CHIEF_OFFICER, staff_id=officer.id, write=False)) == [*pressing, "联系"]
    keepers = {DesignationTarget.PROJECT: ["认定将到期", "登记认定"], DesignationTarget.ENTERPRISE: ["认定到期"]}
    for keeps, waits in keepers.items():
        assert kinds(acting_as(Role.LIST_KEEPER, keeps=keeps, write=False)) == waits
    leader = acting_as(Role.DEPT_LEADER, department_id=department.id, write=False)
    assert kinds(leader) == ["临期事项", "回复督办"]
    own = {"staff_id": liaison.id, "department_id": department.id, "write": False}
    assert kinds(acting_as(Role.LIAISON, **own)) == ["临期事项", "部门受理"]
    assert kinds(acting_as(Role.INSPECTOR, write=False)) == [*pressing, "整改超期", "差评核实"]
    assert kinds(acting_as(Role.WINDOW_CLERK, write=False)) == [*pressing, "分派", "登记评价"]
    assert kinds(acting_as(Role.AGENT, staff_id=agent.id + 1000, write=False)) == []


@pytest.mark.parametrize(("files", "delivers"), [(True, False), (False, True), (False, False)])
def test_an_officer_is_pressed_where_he_files_or_delivers(
    acting_as: ActingAs, engine: Engine, files: bool, delivers: bool
) -> None:
    lead = acting_as(Role.LEAD_OFFICE)
    officer, soon = f.make_officer(lead), {"soon_on": DAY, "due_on": DAY}
    case = f.make_case(lead, state=CaseState.IN_PROGRESS, number="甲1号", officer=officer, **soon)
    f.make_step(lead, case=case, state=StepState.ACCEPTED, accepted_on=DAY, **soon)
    case.county.officer_files, case.county.officer_delivers = files, delivers
    lead.commit()
    own = acting_as(Role.CHIEF_OFFICER, staff_id=officer.id, write=False)
    assert kinds(own) == (["临期办件", "临期事项"] if files or delivers else [])
    assert kinds(own, DAY + timedelta(days=1)) == (["超期办件", "超期事项"] if files or delivers else [])
    assert kinds(acting_as(Role.CHIEF_OFFICER, staff_id=officer.id + 1000, write=False)) == []


def test_a_county_without_officers_gives_nothing_to_them(acting_as: ActingAs, engine: Engine) -> None:
    lead = acting_as(Role.LEAD_OFFICE)
    key = f.make_project(lead, is_key=True)
    assert kinds(lead) == ["分包"]
    key.county.has_chief_officers = False
    lead.flush()
    assert kinds(lead) == []
    assert "待分包项目" not in {card.label for card in todo.cards(lead, DAY)}


@pytest.mark.parametrize("on_case", [False, True])
@pytest.mark.parametrize("make", [f.make_project, f.make_enterprise])
def test_only_the_officers_own_contact_with_whom_he_serves_counts(
    acting_as: ActingAs, engine: Engine, make: Any, on_case: bool
) -> None:
    """W 附件1 二: the officer himself keeps in touch; what an agent tells of fees and progress is not his."""
    lead = acting_as(Role.LEAD_OFFICE)
    officer, agent, target = f.make_officer(lead), f.make_agent(lead), make(lead)
    name = "project" if make is f.make_project else "enterprise"
    f.make_assignment(lead, officer=officer, **{name: target}, since=DAY - timedelta(days=90))
    about = {"project": target, "enterprise": target.enterprise} if name == "project" else {"enterprise": target}
    case = f.make_case(lead, state=CaseState.SUBMITTED, number="甲1号", **about)
    noted = {"case": case} if on_case else {name: target}
    target.county.officer_contacts, target.county.contact_days = True, 30
    own, contact = {"staff": officer, **noted}, WorkKind.CONTACT
    for kind in set(WorkKind) - {contact}:
        f.make_work_record(lead, **own, kind=kind, happened_on=DAY)
    for kind in (contact, WorkKind.FEE, WorkKind.PROGRESS):
        f.make_work_record(lead, **noted, staff=agent, kind=kind, happened_on=DAY)
    f.make_work_record(lead, **noted, kind=contact, happened_on=DAY)
    f.make_work_record(lead, **own, kind=contact, happened_on=DAY - timedelta(days=31))
    f.make_work_record(lead, **{name: make(lead)}, staff=officer, kind=contact, happened_on=DAY)
    lead.commit()
    assert "联系" in kinds(lead)
    lead.rollback()
    assert kinds(acting_as(Role.CHIEF_OFFICER, staff_id=officer.id, write=False)) == ["联系"]
    f.make_work_record(lead, **own, kind=contact, happened_on=DAY - timedelta(days=30))
    lead.commit()
    assert "联系" not in kinds(lead)
    lead.rollback()
    assert kinds(acting_as(Role.CHIEF_OFFICER, staff_id=officer.id, write=False)) == []


@pytest.mark.parametrize("duty", [True, False])
@pytest.mark.parametrize("make", [f.make_project, f.make_enterprise])
def test_a_new_assignment_is_at_once_with_its_officer(
    acting_as: ActingAs, engine: Engine, make: Any, duty: bool
) -> None:
    lead = acting_as(Role.LEAD_OFFICE)
    officer, target = f.make_officer(lead), make(lead)
    name = "project" if make is f.make_project else "enterprise"
    f.make_assignment(lead, officer=officer, **{name: target}, since=DAY)
    target.county.officer_contacts = duty
    lead.commit()
    assert "联系" not in kinds(lead)
    lead.rollback()
    assert kinds(acting_as(Role.CHIEF_OFFICER, staff_id=officer.id, write=False)) == ["联系"]
    f.make_work_record(lead, staff=officer, **{name: target}, kind=WorkKind.CONTACT, happened_on=DAY)
    lead.commit()
    assert kinds(acting_as(Role.CHIEF_OFFICER, staff_id=officer.id, write=False)) == []


def test_the_card_of_what_is_to_be_filed_has_the_terminated(acting_as: ActingAs, engine: Engine) -> None:
    lead = acting_as(Role.LEAD_OFFICE)
    for state in CaseState:
        f.make_case(lead, state=state)
    (card,) = (card for card in todo.cards(lead, DAY) if card.label == "待归档")
    assert (card.count, card.filters) == (2, {"state": "evaluated,terminated"})


def test_what_no_list_shows_has_a_page_where_several_are_done_at_once(client_of: ClientOf) -> None:
    client = client_of("wuzhi.leader")
    page = client.get("/admin/todo/", query_string={"kind": "指定专办员"}).text
    ids = re.findall(r'name="rowid" value="(\d+)"', page)
    assert len(ids) > EACH
    assert f"共 {len(ids)} 件" in page
    form = {"rowid": ids, "action": "name_liaison", "csrf_token": token(page)}
    asked = client.post("/admin/case_step/action/", data=form).text
    assert re.findall(r'name="rowid" value="(\d+)"', asked) == ids
    for kind in ("", "没有的", "分派"):
        assert "现在没有等您办理的这类事" in client.get("/admin/todo/", query_string={"kind": kind}).text


def test_a_list_finds_the_rows_without_a_date_or_a_word_and_says_so(client_of: ClientOf) -> None:
    client = client_of("heshuo.office")
    every = _count(client.get("/admin/project/").text)
    for query in ("major_plan", "officer"):
        none, some = ("（没有）", "（有）") if query == "major_plan" else ("none", "any")
        pages = [client.get("/admin/project/", query_string={query: word}).text for word in (none, some)]
        assert sum(_count(page) for page in pages) == every
    client = client_of("wuzhi.office")
    of = [_count(client.get(f"/admin/service_case/?accepted_on={word}").text) for word in ("none", "any")]
    assert all(of)
    assert sum(of) == _count(client.get("/admin/service_case/").text)
    page = client.get("/admin/service_case/?archive_asked_on=none").text
    assert '<option value="none" selected>（没有）</option>' in page
    assert _count(client.get("/admin/service_case/?accepted_on=2026-01-01").text) == sum(of)


def _count(page: str) -> int:
    found = re.search(r"共 (\d+) 条", page)
    return int(found[1]) if found else 0


def test_a_term_that_is_over_and_a_question_without_a_reply_wait(acting_as: ActingAs, engine: Engine) -> None:
    lead = acting_as(Role.LEAD_OFFICE)
    over, last = {"term_until": DAY - timedelta(days=1)}, {"term_until": DAY}
    for make in (f.make_leader, f.make_liaison):
        make(lead, name=f"{make.__name__}满", **over)
        make(lead, **last)
        make(lead, active=False, **over)
    f.make_work_record(lead, subject="没答复", happened_on=DAY)
    f.make_work_record(lead, subject="答复了", answer="可以", replied_on=DAY)
    f.make_work_record(lead, kind=WorkKind.CONTACT)
    lead.commit()
    found = [(t.tag, t.text, t.table) for t in todo.tasks(lead, DAY)]
    assert found == [
        ("任期已满", "make_leader满", "department_leader"),
        ("任期已满", "make_liaison满", "department_liaison"),
    ]
    for role in (Role.AGENT, Role.WINDOW_CLERK):
        asked = acting_as(role, write=False)
        assert [(t.tag, t.text) for t in todo.tasks(asked, DAY)] == [("答复咨询", "没答复")]


@pytest.mark.parametrize("kind", WorkKind)
def test_what_tells_the_applicant_something_counts_as_feedback(
    acting_as: ActingAs, engine: Engine, kind: WorkKind
) -> None:
    """H 五(二): progress is told regularly; W, Z 附件3 四: so is a reminder of fees."""
    lead = acting_as(Role.LEAD_OFFICE)
    agent, long_ago = f.make_agent(lead), DAY - timedelta(days=30)
    case = f.make_case(lead, state=CaseState.IN_PROGRESS, number="甲1号", agent=agent, assigned_on=long_ago)
    old = f.make_work_record(lead, case=case, kind=kind, happened_on=long_ago, replied_on=DAY)
    lead.commit()
    own = acting_as(Role.AGENT, staff_id=agent.id, write=False)
    assert kinds(own) == ["反馈进度"]
    old.happened_on = DAY
    lead.commit()
    told = kind in (WorkKind.PROGRESS, WorkKind.CONTACT, WorkKind.FEE)
    assert kinds(acting_as(Role.AGENT, staff_id=agent.id, write=False)) == ([] if told else ["反馈进度"])
