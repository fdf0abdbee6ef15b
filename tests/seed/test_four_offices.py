"""The first day of each county's office: an empty installation, its own lists from Excel, nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models.cases import ServiceCase
from models.people import (
    ChiefServiceOfficer,
    DepartmentLeader,
    DepartmentLiaison,
    GeneralAgent,
    Role,
    User,
)
from models.places import County, CountyOption, Department, Window
from models.projects import Assignment, Enterprise, KeyDesignation, Project
from models.records import CalendarDay, ImportBatch
from seed.counties import COUNTIES, CountyData
from services.kernel.actor import SYSTEM, Actor
from services.kernel.transaction import open_session, working
from services.kernel.working_days import today
from services.key_targets.assignment import assign_officer
from services.records import crud
from services.transfer import imports
from services.transfer.import_specs import IMPORT_SPECS
from tests.factories import NO_HASH, actor_as
from tests.lists import credit_code, project_code, write_list

FIRMS, SITES = 30, 60


class Office:
    """The lead office of a county that was made a moment ago."""

    def __init__(self, engine: Engine, data: CountyData, folder: Path) -> None:
        self.engine, self.data, self.folder = engine, data, folder
        with working(engine, SYSTEM) as session:
            county = County()
            crud.create(session, county, dict(data.settings))
            user = User(
                username="office",
                display_name="办公室甲",
                role=Role.LEAD_OFFICE,
                county_id=county.id,
                password_hash=NO_HASH,
            )
            session.add(user)
            session.flush()
            self.actor: Actor = actor_as(Role.LEAD_OFFICE, county, user_id=user.id)

    def choose(self) -> None:
        """Enter the options of the county's document in their form."""
        with working(self.engine, self.actor) as session:
            for kind, options in self.data.options.items():
                for position, option in enumerate(options, 1):
                    name, meaning = (option, None) if isinstance(option, str) else option
                    values = {"kind": kind, "name": name, "meaning": meaning, "position": position}
                    crud.create(session, CountyOption(), values)

    def bring(self, plan: str, headers: list[str], rows: list[list[Any]]) -> None:
        """Import a list: not one error, all of it."""
        source = write_list(self.folder / f"{plan}.xlsx", headers, rows, above=1)
        id_ = imports.check(self.engine, self.actor, IMPORT_SPECS[plan], source, source.name)
        with working(self.engine, self.actor) as session:
            batch = session.get_one(ImportBatch, id_)
            assert imports.wrong_lines(session, batch) == {}, plan
            assert batch.created == len(rows)
            imports.confirm(session, batch)

    def count(self, model: Any) -> int:
        with open_session(self.engine, self.actor, write=False) as session:
            return session.scalar(select(func.count(model.id))) or 0


@pytest.fixture(params=COUNTIES, ids=[d.settings["slug"] for d in COUNTIES])
def office(request: pytest.FixtureRequest, sqlite_engine: Engine, tmp_path: Path) -> Office:
    return Office(sqlite_engine, request.param, tmp_path)


def test_an_office_sets_itself_up_from_its_lists(office: Office) -> None:
    data, settings = office.data, office.data.settings
    region, name = data.code, settings["name"]
    office.choose()
    office.bring(
        "department",
        ["序号", "部门名称", "简称", "类别", "办公电话"],
        [[n, o.name, o.short_name, o.kind.label, f"722{n:04d}"] for n, o in enumerate(data.offices, 1)],
    )
    lead, first = data.offices[0].name, data.offices[-2].name
    station = ["便民点", "基层政务服务站", "乡镇便民服务中心", None, "镇政府"]
    business = ["专办窗口", "业务专办窗口", None, lead, "政务大厅二楼"]
    windows = [["综合窗口", "帮办代办综合窗口", None, lead, "政务大厅一楼"]]
    windows.append(station if settings["has_stations"] else business)
    office.bring("service_window", ["窗口名称", "类别", "服务站类型", "所属部门", "地址"], windows)
    people = ["姓名", "单位", "职务", "手机"]
    office.bring(
        "general_agent",
        [*people, "所在窗口"],
        [[f"{settings['agent_word']}{n}", lead, "科员", f"1380391{n:04d}", "综合窗口"] for n in range(4)],
    )
    if settings["has_chief_officers"]:
        office.bring("chief_service_officer", people, [[f"首席{n}", first, "主任", None] for n in range(3)])
    if settings["has_liaisons"]:
        office.bring("department_liaison", [*people, "专职或兼职"], [["专办甲", first, None, None, "兼职"]])
    if settings["has_leaders"]:
        office.bring("department_leader", people, [["领导甲", first, "副局长", None]])
    kinds = {o.short_name: o.name for o in data.offices}
    office.bring(
        "service_item",
        ["具体事项", "类别", "责任部门", "办理时限", "时限单位", "来源"],
        [[i.name, i.category.label, kinds[i.office], i.days, i.limit_kind.label, origin] for i, origin in data.items],
    )
    firms = [f"{name}第{n}实业有限公司" for n in range(FIRMS)]
    office.bring(
        "enterprise",
        ["企业名称", "信用代码", "地址", "联系人", "联系电话"],
        [
            [firm, credit_code(region, n) if n else None, f"{name}城关", "经办人甲", "7221234"]
            for n, firm in enumerate(firms)
        ],
    )
    office.bring(
        "project",
        ["项目名称", "项目编号", "建设单位", "总投资（万元）", "是否开工"],
        [
            [f"{name}项目{n}", project_code(region, n) if n else None, firms[n % FIRMS], n * 100.5, "否"]
            for n in range(SITES)
        ],
    )
    if settings["project_decider"]:
        office.bring(
            "key_project",
            ["项目编号", "列入文号", "列入日期", "级别"],
            [[project_code(region, n), f"发改〔2026〕{n}号", date(2026, 3, n), "县级（旗级）"] for n in range(1, 10)],
        )
    if settings["enterprise_decider"]:
        office.bring("key_enterprise", ["企业名称", "依据", "列入日期"], [[firms[3], "会议纪要", date(2026, 3, 3)]])
    if settings["slug"] == "heshuo":
        holidays = [[date(2026, 3, 20), "否", "肉孜节"], [date(2026, 5, 27), "否", "古尔邦节"]]
        office.bring("calendar_day", ["日期", "上班", "节日"], holidays)
    channel, mode, way = (_first(data, kind) for kind in ("channel", "mode", "delivery_way"))
    office.bring(
        "past_case",
        [
            "受理编号",
            "受理日期",
            "申请渠道",
            "服务方式",
            "申请单位",
            "具体事项",
            "送达日期",
            "办结或终止日",
            "状态",
            "送达方式",
        ],
        [
            [
                f"旧〔2025〕{n}号",
                date(2025, 6, n),
                channel,
                mode,
                firms[n],
                data.items[n][0].name,
                date(2025, 7, n),
                date(2025, 7, n),
                "已办结",
                way,
            ]
            for n in range(1, 21)
        ],
    )
    check_what_stands(office)


def _first(data: CountyData, kind: str) -> str:
    option = next(options for k, options in data.options.items() if k.value == kind)[0]
    return option if isinstance(option, str) else option[0]


def check_what_stands(office: Office) -> None:
    settings = office.data.settings
    expected = {
        Department: len(office.data.offices),
        Window: 2,
        GeneralAgent: 4,
        Enterprise: FIRMS,
        Project: SITES,
        ChiefServiceOfficer: 3 * settings["has_chief_officers"],
        DepartmentLiaison: settings["has_liaisons"],
        DepartmentLeader: settings["has_leaders"],
        ServiceCase: 20,
        KeyDesignation: 9 * bool(settings["project_decider"]) + bool(settings["enterprise_decider"]),
        CalendarDay: 2 * (settings["slug"] == "heshuo"),
    }
    assert {model.__name__: office.count(model) for model in expected} == {m.__name__: n for m, n in expected.items()}
    with working(office.engine, office.actor) as session:
        assert set(session.scalars(select(Department.phone))) <= {
            f"{settings['area_code']}-722{n:04d}" for n in range(1, 60)
        }
        if settings["has_chief_officers"]:
            officer = session.scalars(select(ChiefServiceOfficer)).first()
            key = session.scalars(select(Project).where(Project.is_key)).all()
            assert officer is not None
            assign_officer(session, key, officer, since=today())
            assert session.scalar(select(func.count(Assignment.id))) == 9
