"""Lists from Excel: every error is found at its cell, all rows or none are written, an import can be undone."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.orm import Session

from excel.template import example_of
from excel.write import write_table
from models import Base
from models.cases import (
    CaseState,
    CaseStep,
    Completion,
    Delivery,
    ServiceCase,
    StepState,
    Termination,
)
from models.fields import field_of, fields_of
from models.items import ServiceItem
from models.ledger import LedgerEntry
from models.people import DepartmentLiaison, DesignationTarget, Role
from models.places import County, OptionKind
from models.projects import Enterprise, KeyDesignation, Project
from models.records import (
    AuditEntry,
    CalendarDay,
    ImportBatch,
    ImportFile,
    ImportLine,
    ImportState,
    NumberKind,
)
from services.cases.deadlines import recompute, set_due
from services.cases.intake import submit
from services.kernel.actor import SYSTEM, Actor
from services.kernel.errors import Forbidden, RuleViolation
from services.kernel.session import back_office
from services.kernel.transaction import open_engine, open_session, working
from services.ledgers import ledger_months
from services.records import crud
from services.records.lists import ListQuery, all_rows
from services.records.numbers import take_number
from services.statistics import figures
from services.transfer import imports
from services.transfer.exports import plain_rows
from services.transfer.import_specs import IMPORT_SPECS, ImportSpec
from tests import factories as f
from tests.at_work import ready
from tests.factories import actor_as
from tests.lists import Formula, credit_code, project_code, write_list

ROOT = Path(__file__).parents[3]
HEADERS = (
    "序号",
    "项目名称",
    "项目编号",
    "建设单位",
    "总投资（万元）",
    "建设规模",
    "建设地点",
    "资金来源",
    "土地性质",
    "是否开工",
    "招商引资",
    "备注",
)
ROWS, FIRMS = 5_000, 400


def clerk(engine: Engine, county: County) -> Actor:
    """The lead office of `county`, with a stored account."""
    with working(engine, SYSTEM) as session:
        user = f.make_user(session, county=county)
    return actor_as(Role.LEAD_OFFICE, county, user_id=user.id)


@pytest.fixture
def office(engine: Engine, county: County) -> Actor:
    return clerk(engine, county)


@pytest.fixture
def check(engine: Engine, office: Actor, tmp_path: Path) -> Callable[..., ImportBatch]:
    """`check(plan, headers, rows)` checks a list and returns the batch."""
    serial = itertools.count()

    def run(plan: str, headers: Any, rows: Any, above: int = 0, actor: Actor = office) -> ImportBatch:
        source = write_list(tmp_path / f"list{next(serial)}.xlsx", headers, rows, above)
        return checked(engine, actor, plan, source)

    return run


def checked(engine: Engine, actor: Actor, plan: str, source: Path) -> ImportBatch:
    id_ = imports.check(engine, actor, IMPORT_SPECS[plan], source, source.name)
    with open_session(engine, actor, write=False) as session:
        return session.get_one(ImportBatch, id_)


def do(engine: Engine, actor: Actor, run: Any, batch: ImportBatch) -> None:
    """Confirm, undo or drop the batch in its own transaction."""
    with working(engine, actor) as session:
        run(session, session.get_one(ImportBatch, batch.id))


def wrong(engine: Engine, batch: ImportBatch) -> dict[str, str]:
    """The reason at each wrong cell."""
    with open_session(engine, SYSTEM, write=False) as session:
        found = imports.wrong_lines(session, batch)
    return {note["cell"]: note["reason"] for notes in found.values() for note in notes}


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.created, batch.changed, batch.same, batch.wrong


def dump(engine: Engine) -> dict[str, list[Any]]:
    """Every business row as stored, without versions."""
    kept = {}
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if not table.name.startswith(("audit", "import", "number_sequence")):
                columns = [c for c in table.c if c.name not in ("version", "deleted_at")]
                kept[table.name] = [tuple(r) for r in connection.execute(select(*columns).order_by(table.c.id))]
    return kept


# Five thousand projects


def projects(planted: bool) -> list[list[Any]]:
    """5,000 rows as a development commission keeps them; 40 of them wrong, in 12 ways."""
    rows = [
        [
            n,
            f"武陟县第{n}号产业园标准化厂房建设项目",
            project_code("410823", n),
            f"武陟县第{n % FIRMS}实业有限公司",
            n * 1.25,
            "建筑面积 1.2 万平方米",
            "木城街道",
            "国内企业投资",
            "出让",
            "是" if n % 3 else "否",
            "否",
            None,
        ]
        for n in range(1, ROWS + 1)
    ]
    for (row, column), value in planted_errors().items() if planted else ():
        rows[row - 2][column] = value
    return rows


def planted_errors() -> dict[tuple[int, int], Any]:
    """(row in Excel, column from 0): the wrong value."""
    kinds: list[tuple[int, Any]] = [
        (1, None),
        (2, "2304-410823-04-01"),
        (2, project_code("410823", 1)),
        (3, "没有这家公司"),
        (4, "约一亿"),
        (4, 12.345),
        (4, -5),
        (7, "自筹"),
        (9, "也许"),
        (1, "长" * 121),
        (5, "规模\x07"),
        (4, Formula("=1+1")),
    ]
    places = range(100, 100 + 40 * 113, 113)
    return {(row, column): value for row, (column, value) in zip(places, itertools.cycle(kinds), strict=False)}


@pytest.fixture
def ground(sqlite_engine: Engine) -> tuple[Engine, Actor]:
    """A county with the enterprises that the list refers to, and its lead office."""
    with working(sqlite_engine, SYSTEM) as session:
        county = f.make_county(session)
        firms = [
            {
                "county_id": county.id,
                "name": f"武陟县第{n}实业有限公司",
                "credit_code": credit_code("410823", n),
                "version": 1,
                "is_key": False,
            }
            for n in range(FIRMS)
        ]
        session.execute(insert(Enterprise.__table__), firms)  # type: ignore[arg-type]
    return sqlite_engine, clerk(sqlite_engine, county)


def test_five_thousand_projects_come_in_whole_and_go_out_whole(ground: tuple[Engine, Actor], tmp_path: Path) -> None:
    engine, office = ground
    before = dump(engine)
    bad = write_list(tmp_path / "bad.xlsx", HEADERS, projects(planted=True))
    batch = checked(engine, office, "project", bad)
    places = {f"{'ABCDEFGHIJKL'[column]}{row}" for row, column in planted_errors()}
    assert len(places) == 40
    assert wrong(engine, batch).keys() == places
    assert counts(batch) == (ROWS - 40, 0, 0, 40)
    with pytest.raises(RuleViolation, match="40 行错误"):
        do(engine, office, imports.confirm, batch)
    assert dump(engine) == before

    good = write_list(tmp_path / "good.xlsx", HEADERS, projects(planted=False))
    batch = checked(engine, office, "project", good)
    assert counts(batch) == (ROWS, 0, 0, 0)
    assert dump(engine) == before
    do(engine, office, imports.confirm, batch)
    with open_session(engine, office, write=False) as session:
        names = session.scalars(select(Project.name).order_by(Project.id)).all()
        assert list(names) == [row[1] for row in projects(planted=False)]
        assert (
            session.scalar(select(func.sum(Project.investment)))
            == sum(round(n * 125) for n in range(1, ROWS + 1)) / 100
        )

    again = checked(engine, office, "project", good)
    assert counts(again) == (0, 0, ROWS, 0)
    with pytest.raises(RuleViolation, match="没有要新增或变更"):
        do(engine, office, imports.confirm, again)
    do(engine, office, imports.undo, batch)
    assert dump(engine) == before
    assert audited(engine, "import.confirm") == ROWS + 1
    assert audited(engine, "import.undo") == ROWS + 1


def audited(engine: Engine, action: str) -> int:
    """Number of audit entries about projects and their batch."""
    with engine.connect() as connection:
        table = AuditEntry.__table__
        return (
            connection.scalar(
                select(func.count())
                .select_from(table)
                .where(table.c.action == action, table.c.object_type.in_(("project", "import_batch")))
            )
            or 0
        )


# Layouts of lists


def test_the_header_is_found_under_titles_in_any_order_and_by_other_names(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor
) -> None:
    with working(engine, office) as session:
        f.make_enterprise(session, name="武陟县面粉有限公司")
    headers = ["编排说明", "建设 单位*", "投资额", "项目编码", "项目名称 "]
    row = ["甲", "武陟县面粉有限公司", "1,200.50", "23044108230401123451", "面粉项目"]
    batch = check("project", headers, [row], above=3)
    assert counts(batch) == (1, 0, 0, 0)
    assert batch.ignored == "不认识的列，不会导入：编排说明"
    do(engine, office, imports.confirm, batch)
    with open_session(engine, office, write=False) as session:
        made = session.scalars(select(Project)).one()
        assert (made.name, made.code, made.investment) == ("面粉项目", "2304-410823-04-01-123451", Decimal("1200.5"))


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (["甲", "乙"], "没有找到表头"),
        (["项目名称", "投资总额"], "缺少必需的列：建设单位"),
        (["项目名称", "建设单位", "投资总额（亿元）"], "单位应为万元"),
        (["项目名称", None, "建设单位"], "合并单元格"),
    ],
)
def test_a_wrong_header_says_what_to_change(check: Callable[..., ImportBatch], headers: list[Any], said: str) -> None:
    with pytest.raises(RuleViolation, match=said):
        check("project", headers, [["面粉项目", "武陟县面粉有限公司", 5]])


def test_an_empty_list_says_so(check: Callable[..., ImportBatch]) -> None:
    with pytest.raises(RuleViolation, match="没有数据"):
        check("department", ["部门名称"], [])


CELLS: list[tuple[str, Any, Any]] = [
    ("开工", "√", True),
    ("开工", "無", "是 或 否"),
    ("日期", 46000, date(2025, 12, 9)),
    ("日期", "2026.3.5", date(2026, 3, 5)),
    ("日期", "2026年3月5日", date(2026, 3, 5)),
    ("日期", "20260305", date(2026, 3, 5)),
    ("日期", "三月", "不是日期"),
    ("日期", "２０２６／３／５", date(2026, 3, 5)),
    ("日期", "2026-02-30", "不是日期"),
    ("日期", "2126-02-03", "不能晚于今天"),
    ("电话", 13803910001, "13803910001"),
    ("电话", "１３８０３９１０００１", "13803910001"),
    ("电话", "7221234", "0391-7221234"),
    ("电话", 1.23456789e16, "失真"),
    ("电话", "138****0001", "遮盖"),
]


@pytest.mark.parametrize(("kind", "typed", "meant"), CELLS, ids=[f"{k}-{t}" for k, t, _ in CELLS])
def test_a_cell_is_read_as_it_is_meant_or_refused_with_its_reason(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor, kind: str, typed: Any, meant: Any
) -> None:
    with working(engine, office) as session:
        f.make_enterprise(session, name="甲公司")
        f.make_department(session, name="乙局")
    lists = {
        "开工": ("project", ["项目名称", "建设单位", "是否开工"], ["丙项目", "甲公司", typed], "started"),
        "日期": (
            "key_enterprise",
            ["企业", "列入文号", "列入日期"],
            ["甲公司", "武办〔2026〕1号", typed],
            "designated_on",
        ),
        "电话": ("general_agent", ["姓名", "单位", "手机"], ["丁", "乙局", typed], "phone"),
    }
    plan, headers, row, key = lists[kind]
    batch = check(plan, headers, [row])
    if batch.wrong:
        assert str(meant) in "".join(wrong(engine, batch).values())
        return
    do(engine, office, imports.confirm, batch)
    with open_session(engine, office, write=False) as session:
        assert getattr(session.scalars(select(IMPORT_SPECS[plan].model)).one(), key) == meant


def test_a_doubtful_code_is_told_and_kept(check: Callable[..., ImportBatch], engine: Engine, office: Actor) -> None:
    with working(engine, office) as session:
        f.make_enterprise(session, name="甲公司")
    batch = check("project", ["项目名称", "项目代码", "建设单位"], [["乙", "2304-410823-04-01-123456", "甲公司"]])
    assert counts(batch) == (1, 0, 0, 0)
    assert batch.doubtful == 1


def test_a_row_twice_and_a_name_twice_are_told_apart(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor
) -> None:
    with working(engine, office) as session:
        f.make_enterprise(session, name="同名公司", credit_code=credit_code("410823", 1))
        f.make_enterprise(session, name="同名公司", credit_code=credit_code("410823", 2))
    batch = check(
        "project",
        ["项目名称", "建设单位"],
        [["甲", "同名公司"], ["乙", credit_code("410823", 2)], ["乙", credit_code("410823", 2)]],
    )
    found = wrong(engine, batch)
    assert "有 2 个同名的企业" in found["B2"]
    assert "与第 3 行重复" in found["A4"]
    assert counts(batch) == (1, 0, 0, 2)


def test_a_rule_of_the_form_is_told_at_the_cell_that_breaks_it(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Any, __: Any, values: Any) -> None:
        if values["limit_days"] > 99:
            raise RuleViolation("limit", "最多 99 天", field="limit_days")

    monkeypatch.setattr(crud, "GUARDS", dict(crud.GUARDS) | {ServiceItem: refuse})
    with working(engine, office) as session:
        f.make_department(session, name="甲局")
    headers = ["事项名称", "类别", "责任部门", "承诺时限"]
    batch = check("service_item", headers, [["好事项", "其他事项", "甲局", 5], ["坏事项", "其他事项", "甲局", 400]])
    assert wrong(engine, batch) == {"D3": "最多 99 天"}


@pytest.mark.parametrize("coded_first", [True, False])
def test_the_same_thing_with_and_without_its_code_is_told(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor, coded_first: bool
) -> None:
    with working(engine, office) as session:
        f.make_enterprise(session, name="甲公司")
    for plan, headers, code, rest in (
        ("enterprise", ["企业名称", "信用代码"], credit_code, []),
        ("project", ["项目名称", "项目代码", "建设单位"], project_code, ["甲公司"]),
    ):
        twice = [["双生", code("410823", 1), *rest], ["双生", None, *rest]]
        rows = twice if coded_first else twice[::-1]
        batch = check(plan, headers, [*rows, ["同名", code("410823", 2), *rest], ["同名", code("410823", 3), *rest]])
        assert wrong(engine, batch) == {"A3": "与第 2 行重复"}
        assert counts(batch) == (3, 0, 0, 1)


def test_an_empty_cell_of_a_new_row_gets_the_default(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor
) -> None:
    with working(engine, office) as session:
        f.make_department(session, name="乙局")
    batch = check("department_liaison", ["姓名", "单位", "在岗"], [["甲", "乙局", None], ["丙", "乙局", "否"]])
    do(engine, office, imports.confirm, batch)
    with open_session(engine, office, write=False) as session:
        people = session.scalars(select(DepartmentLiaison).order_by(DepartmentLiaison.id))
        assert [p.active for p in people] == [True, False]


def test_what_is_typed_over_the_example_is_read(check: Callable[..., ImportBatch], engine: Engine) -> None:
    example = ["示例", *(example_of(field_of(Enterprise, key)) for key in ("name", "credit_code"))]
    headers = ["序号", "企业名称", "信用代码"]
    batch = check("enterprise", headers, [example, ["示例", "真正企业", None]])
    assert counts(batch) == (1, 0, 0, 0)
    assert [line.label for line in lines(engine, batch)] == ["真正企业"]
    assert batch.ignored == "第 2 行是模板的示例，不会导入（共 1 行）"


def test_what_is_hidden_and_what_is_not_read_is_told(engine: Engine, office: Actor, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["部门名称", "部门名称"], ["甲局", None], ["乙局", None]):
        book.worksheets[0].append(row)
    book.worksheets[0].row_dimensions[3].hidden = True
    book.create_sheet("下半年").append(["部门名称"])
    book.create_sheet("填写说明").append(["列"])
    book.save(tmp_path / "two.xlsx")
    batch = checked(engine, office, "department", tmp_path / "two.xlsx")
    assert counts(batch) == (2, 0, 0, 0)
    assert batch.ignored == (
        "有 1 行在文件里是隐藏的（如被筛选掉），也一并导入；不要的请删去\n"
        "只读工作表“Sheet”，没有读：下半年\n有不止一列是“部门名称”：读的是 A 列“部门名称”，没有读 B 列“部门名称”"
    )


def test_an_enterprise_that_got_its_code_is_the_same_one(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor
) -> None:
    with working(engine, office) as session:
        f.make_enterprise(session, name="拟设立公司", credit_code=None)
        f.make_enterprise(session, name="另一公司", credit_code=credit_code("410823", 7))
    headers = ["企业名称", "信用代码"]
    rows = [["拟设立公司", credit_code("410823", 5)], ["另一公司", credit_code("410823", 8)]]
    batch = check("enterprise", headers, rows)
    assert counts(batch) == (1, 1, 0, 0)
    assert batch.doubtful == 1


def test_a_required_cell_and_a_blank_one(check: Callable[..., ImportBatch], engine: Engine, office: Actor) -> None:
    with working(engine, office) as session:
        f.make_department(session, name="甲局", short_name="甲", phone="0391-7221234")
    headers = ["部门名称", "类别", "办公电话", "简称"]
    batch = check("department", headers, [["甲局", "审批部门", None, "甲"], [None, None, None, "乙"]])
    assert wrong(engine, batch) == {"A3": "不能为空"}
    batch = check("department", headers, [["甲局", None, None, "甲"]])
    assert counts(batch) == (0, 1, 0, 0)


def test_key_projects_go_through_the_rule_of_the_form(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor, county: County
) -> None:
    keeper = actor_as(Role.LIST_KEEPER, county, user_id=office.user_id, keeps=DesignationTarget.ENTERPRISE)
    with working(engine, office) as session:
        f.make_project(session, name="甲项目", code=project_code("410823", 1))
        f.make_enterprise(session, name="甲公司")
    headers = ["项目代码", "文号", "认定日期", "级别"]
    row = [project_code("410823", 1), "武发改【2026】第5号", date(2026, 3, 2), "县级（旗级）"]
    batch = check("key_project", headers, [row], actor=keeper)
    assert "不是重点项目名单" in "".join(wrong(engine, batch).values())
    batch = check("key_project", headers, [row])
    do(engine, office, imports.confirm, batch)
    with open_session(engine, office, write=False) as session:
        made = session.scalars(select(KeyDesignation)).one()
        assert made.basis == "武发改〔2026〕5号"
        assert made.project and made.project.is_key
    assert counts(check("key_project", headers, [row])) == (0, 0, 1, 0)
    do(engine, office, imports.undo, batch)
    with open_session(engine, office, write=False) as session:
        assert session.scalars(select(KeyDesignation)).all() == []
        assert not session.scalars(select(Project)).one().is_key


def test_a_key_project_without_a_code_is_found_by_its_name_and_shown_by_it(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor
) -> None:
    code = project_code("410823", 1)
    with working(engine, office) as session:
        f.make_project(session, name="甲项目", code=code)
        f.make_project(session, name="乙项目", code=None)
    headers = ["项目名称", "项目代码", "文号", "认定日期"]
    day = date(2026, 3, 2)
    batch = check("key_project", headers, [["丙项目", code, "会议纪要", day], ["乙项目", None, "会议纪要", day]])
    assert (counts(batch), batch.ignored, batch.doubtful) == ((2, 0, 0, 0), None, 1)
    first, second = lines(engine, batch)
    assert (first.label, second.label) == ("甲项目（会议纪要）", "乙项目（会议纪要）")
    assert first.notes[0]["doubt"] == "项目：是“甲项目”，这一行另写着“丙项目”"
    assert second.notes == [{"contents": "项目：乙项目；列入文号或依据：会议纪要；列入日期：2026-03-02", "doubt": ""}]
    bad = [["没有的项目", None, "会议纪要", day], ["甲项目", None, "会议纪要", "2126-3-2"]]
    batch = check("key_project", headers, bad)
    assert wrong(engine, batch) == {"A2": "没有这个项目，请先新增或导入", "D3": "列入日期不能晚于今天"}


def test_a_list_without_revocations_puts_nothing_back(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor
) -> None:
    with working(engine, office) as session:
        gone = f.make_designation(session, project=f.make_project(session, name="甲项目"), revoked_on=f.DAY)
    headers = ["项目名称", "文号", "认定日期"]
    batch = check("key_project", headers, [["甲项目", gone.basis, gone.designated_on]])
    assert "撤销" in wrong(engine, batch)["A2"]
    assert counts(check("key_project", headers, [["甲项目", "会议纪要", f.DAY]])) == (1, 0, 0, 0)


def lines(engine: Engine, batch: ImportBatch) -> list[ImportLine]:
    with open_session(engine, SYSTEM, write=False) as session:
        found = select(ImportLine).where(ImportLine.batch_id == batch.id).order_by(ImportLine.row_number)
        return list(session.scalars(found))


def test_a_county_keeps_its_own_days_beside_the_countrys(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor
) -> None:
    with working(engine, SYSTEM) as session:
        session.add(CalendarDay(day=date(2026, 10, 1), is_workday=False, name="国庆节"))
    headers = ["日期", "上班", "节日"]
    rows: list[list[Any]] = [[date(2026, 10, 1), "否", "国庆节"], [date(2026, 3, 20), "否", "肉孜节"]]
    batch = check("calendar_day", headers, rows)
    assert counts(batch) == (1, 0, 1, 0)
    do(engine, office, imports.confirm, batch)
    rows[0][2] = "国庆节（值班）"
    batch = check("calendar_day", headers, rows)
    assert counts(batch) == (1, 0, 1, 0)
    do(engine, office, imports.confirm, batch)
    assert counts(check("calendar_day", headers, rows)) == (0, 0, 2, 0)
    with open_session(engine, SYSTEM, write=False) as session:
        names = session.scalars(select(CalendarDay.name).where(CalendarDay.county_id.is_(None))).all()
    assert names == ["国庆节"]


PAST = [
    "受理编号",
    "受理日期",
    "申请渠道",
    "服务方式",
    "申请单位",
    "具体事项",
    "代办员",
    "审批完成日",
    "送达日期",
    "办结或终止日",
    "状态",
    "送达方式",
    "终止原因",
]


@pytest.fixture
def past_ground(engine: Engine, office: Actor) -> None:
    """Create the rows that past cases refer to."""
    with working(engine, office) as session:
        f.make_enterprise(session, name="甲公司")
        f.make_agent(session, name="代办员甲")
        for name in ("企业登记", "公章刻制"):
            f.make_item(session, name=name)
        for kind, name in (
            (OptionKind.CHANNEL, "窗口"),
            (OptionKind.MODE, "现场"),
            (OptionKind.DELIVERY_WAY, "现场转交"),
            (OptionKind.TERMINATION_REASON, "不可抗力"),
        ):
            f.make_option(session, kind, name=name)


@pytest.mark.usefixtures("past_ground")
def test_new_numbers_go_on_after_those_of_past_cases(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor
) -> None:
    rows = [
        [f"武帮代办〔2026〕{n:04d}号", f.DAY, "窗口", "现场", "甲公司", f.DAY, "已办结", f"武办结〔2026〕{n:04d}号"]
        for n in (1, 2, 245)
    ]
    headers = ["受理编号", "受理日期", "申请渠道", "服务方式", "申请单位", "办结或终止日", "状态", "单据编号"]
    batch = check("past_case", headers, rows)
    do(engine, office, imports.confirm, batch)

    def ended() -> tuple[str | None, str]:
        with open_session(engine, office, write=True) as session:
            back_office(session).act_as(replace(office, role=Role.AGENT))
            case = ready(session)
            submit(session, [case], on=f.DAY)
            return case.number, take_number(session, case.county, NumberKind.COMPLETION, f.DAY.year)

    assert ended() == ("武帮代办〔2026〕0246号", "武办结〔2026〕0246号")
    again = [["旧9号", *rows[0][1:]]]
    assert wrong(engine, check("past_case", headers, again)) == {"H2": "已有编号为武办结〔2026〕0001号的办结单"}
    do(engine, office, imports.undo, batch)
    assert ended() == ("武帮代办〔2026〕0001号", "武办结〔2026〕0001号")


@pytest.mark.usefixtures("past_ground")
def test_a_past_case_did_not_end_in_the_future(check: Callable[..., ImportBatch], engine: Engine) -> None:
    row = ["旧1号", date(2026, 3, 2), "窗口", "现场", "甲公司", None, None, None, None, None, "已办结", None, None]
    coming, backwards = [*row], [*row]
    coming[1], coming[9] = date(2129, 1, 1), date(2130, 1, 1)
    backwards[0], backwards[9] = "旧2号", date(2026, 3, 1)
    found = wrong(engine, check("past_case", PAST, [coming, backwards]))
    assert found == {"B2": "受理日期不能晚于今天", "J3": "办结或终止日不能早于受理日期 2026-03-02"}


@pytest.mark.usefixtures("past_ground")
def test_past_cases_come_with_their_items_and_slips(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor
) -> None:
    d = [date(2025, 3, n) for n in range(1, 10)]
    first = [d[0], "窗口", "现场", "甲公司"]
    good = ["旧1号", *first, "企业登记、公章刻制", "代办员甲", d[2], d[3], d[4], "已办结", "现场转交", None]
    ended = ["旧2号", *first, "企业登记", "代办员甲", None, None, d[4], "已终止", None, "不可抗力"]
    batch = check("past_case", PAST, [good, ended])
    assert wrong(engine, batch) == {}
    do(engine, office, imports.confirm, batch)
    with open_session(engine, office, write=False) as session:
        cases = {c.number: c for c in session.scalars(select(ServiceCase))}
        assert cases["旧1号"].state is CaseState.CLOSED
        assert len(cases["旧1号"].steps) == 2
        assert session.scalars(select(Completion.number)).all() == ["旧1号"]
        assert session.scalars(select(Termination.number)).all() == ["旧2号"]
        assert session.scalars(select(Delivery.delivered_on)).all() == [d[3]]
    bad = [
        ["旧3号", d[4], *good[2:7], d[2], None, d[5], "已办结", None, None],
        ["旧4号", d[0], *good[2:5], "没有的事项", *good[6:]],
        ["旧5号", d[0], *good[2:10], "办理中", None, None],
        ["旧6号", d[0], *good[2:10], "已终止", None, None],
        ["旧1号", d[1], *good[2:]],
    ]
    reasons = "".join(wrong(engine, check("past_case", PAST, bad)).values())
    for said in ("不能早于受理日期", "没有这些服务事项", "状态只能是", "要填终止原因", "导入只能改备注"):
        assert said in reasons
    do(engine, office, imports.undo, batch)
    with open_session(engine, office, write=False) as session:
        assert session.scalars(select(ServiceCase)).all() == []
        assert session.scalars(select(Completion)).all() == []


@pytest.mark.parametrize(
    ("limit", "due", "expected", "told"),
    [
        (None, None, None, None),
        (None, date(2025, 3, 20), date(2025, 3, 20), None),
        ("5个工作日", None, date(2025, 3, 10), "5 个工作日"),
        ("10 天", None, date(2025, 3, 13), "10 个自然日"),
        ("即办", None, date(2025, 3, 3), "即办"),
        ("5 个工作日", date(2025, 3, 4), date(2025, 3, 4), "5 个工作日"),
    ],
)
@pytest.mark.usefixtures("past_ground")
def test_a_past_case_is_due_when_its_list_says_so_and_else_never(
    check: Callable[..., ImportBatch],
    engine: Engine,
    office: Actor,
    limit: str | None,
    due: date | None,
    expected: date | None,
    told: str | None,
) -> None:
    """Not by the limits that its items have today; without a due date it is in no figure of being in time."""
    start, end = date(2025, 3, 3), date(2025, 3, 31)
    row = ["旧1号", start, "窗口", "现场", "甲公司", "企业登记", "代办员甲", end, end, end, "已办结", "现场转交", None]
    batch = check("past_case", [*PAST, "承诺时限", "应办结日"], [[*row, limit, due]])
    assert wrong(engine, batch) == {}
    do(engine, office, imports.confirm, batch)
    with working(engine, office) as session:
        case = session.scalars(select(ServiceCase)).one()
        assert case.due_on == expected
        assert set_due_again(session, case) == expected
        month = ledger_months.open_month(session, case.county_id, "2025-03")
        ledger_months.refresh(session, month, end)
        entry = session.scalars(select(LedgerEntry)).one()
        assert (entry.limit, entry.due_on, entry.overdue) == (told, expected, expected is not None)
        total = figures.of_month(session, month).total.values
        assert (total["overdue"], total["timely_rate"]) == ((0, None) if expected is None else (1, 0.0))


def set_due_again(session: Session, case: ServiceCase) -> date | None:
    """When the case is due after the scheduled check, which leaves what has ended alone."""
    recompute(session)
    session.refresh(case)
    return case.due_on


@pytest.mark.usefixtures("past_ground")
def test_a_past_case_has_a_limit_that_can_be_read(check: Callable[..., ImportBatch], engine: Engine) -> None:
    row = ["旧1号", f.DAY, "窗口", "现场", "甲公司", "企业登记", None, None, None, f.DAY, "已办结", None, None, "尽快"]
    found = wrong(engine, check("past_case", [*PAST, "承诺时限"], [row]))
    assert found == {"N2": "承诺时限请写成“5 个工作日”“20 日”或“即办”"}


# Export and import again


@pytest.mark.parametrize("plan", IMPORT_SPECS.values(), ids=lambda p: p.name)
def test_an_exported_list_changes_nothing_and_an_edit_changes_that(
    plan: ImportSpec, engine: Engine, office: Actor, tmp_path: Path
) -> None:
    made = rows_of_plan(plan, engine, office)
    path = export(plan, engine, office, tmp_path / "out.xlsx")
    batch = checked(engine, office, plan.name, path)
    assert counts(batch) == (0, 0, made, 0)
    assert bool(batch.ignored) is plan.name.startswith("key_")
    edited = edit(plan, path)
    batch = checked(engine, office, plan.name, edited)
    assert wrong(engine, batch) == {}
    assert counts(batch) == (0, 1, made - 1, 0)
    before = dump(engine)
    do(engine, office, imports.confirm, batch)
    assert dump(engine) != before
    do(engine, office, imports.undo, batch)
    assert dump(engine) == before


def rows_of_plan(plan: ImportSpec, engine: Engine, office: Actor) -> int:
    """Create two rows of the plan's table; for a key list also a revoked one and one of the other kind."""
    with working(engine, office) as session:
        for _ in range(2):
            if plan.name.startswith("key_"):
                target = plan.keys[0][0]
                f.make_designation(session, **{target: getattr(f, f"make_{target}")(session)})
            elif plan.name == "past_case":
                agent = f.make_agent(session)
                f.make_case(
                    session,
                    number=f"旧{agent.id}号",
                    state=CaseState.CLOSED,
                    accepted_on=f.DAY,
                    ended_on=f.DAY,
                    agent=agent,
                )
            else:
                f.MAKERS[plan.model](session)
        if plan.name.startswith("key_"):
            for name in ("project", "enterprise"):
                target = getattr(f, f"make_{name}")(session)
                f.make_designation(session, **{name: target, "revoked_on": f.DAY, "revoke_reason": "已建成"})
                f.make_designation(session, **{name: target}) if name != plan.keys[0][0] else None
    return 2


def export(plan: ImportSpec, engine: Engine, office: Actor, path: Path) -> Path:
    """Export the list."""
    fields = fields_of(plan.model, "export")
    with open_session(engine, office, write=False) as session:
        rows = all_rows(session, plan.model, fields, [], ListQuery(sort="id"))
        write_table(path, plan.title, fields, plain_rows(fields, rows, masked=False))
    return path


def edit(plan: ImportSpec, path: Path) -> Path:
    """Change one cell of the workbook: a remark or another free text."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    headers = [c.value for c in sheet[3]]
    label = next(w for w in ("备注", "列入文号或依据", "来源", "节日或事由") if w in headers)
    sheet.cell(4, headers.index(label) + 1).value = "改过的内容"
    edited = path.with_name("edited.xlsx")
    book.save(edited)
    return edited


# Undo


def two_departments(check: Callable[..., ImportBatch], engine: Engine, office: Actor) -> ImportBatch:
    batch = check("department", ["部门名称", "备注"], [["甲局", "一"], ["乙局", "二"]])
    do(engine, office, imports.confirm, batch)
    return batch


def test_what_was_touched_since_cannot_be_taken_back(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor
) -> None:
    batch = two_departments(check, engine, office)
    with working(engine, office) as session:
        row = session.scalars(select(IMPORT_SPECS["department"].model).limit(1)).one()
        crud.update(session, row, {"remark": "另改"}, row.version)
    with pytest.raises(RuleViolation, match="又有改动"):
        do(engine, office, imports.undo, batch)


def test_what_others_refer_to_cannot_be_taken_back(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor
) -> None:
    batch = two_departments(check, engine, office)
    with working(engine, office) as session:
        f.make_agent(session, department=session.scalars(select(IMPORT_SPECS["department"].model)).first())
    with pytest.raises(RuleViolation, match="1 条服务人员"):
        do(engine, office, imports.undo, batch)


def test_what_has_an_attachment_cannot_be_taken_back(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor
) -> None:
    batch = two_departments(check, engine, office)
    with working(engine, office) as session:
        first = session.scalars(select(IMPORT_SPECS["department"].model.id)).first()
        f.make_attachment(session, owner_table="department", owner_id=first)
    with pytest.raises(RuleViolation, match="1 条附件"):
        do(engine, office, imports.undo, batch)


def test_what_is_due_goes_back_with_the_calendar(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor
) -> None:
    with working(engine, office) as session:
        case = f.make_case(session, state=CaseState.IN_PROGRESS, accepted_on=f.DAY)
        step = f.make_step(session, case=case, state=StepState.ACCEPTED, accepted_on=f.DAY, limit_days=5)
        session.refresh(case)
        set_due(case)
        before = step.due_on

    def due() -> date | None:
        with open_session(engine, office, write=False) as session:
            return session.get_one(CaseStep, step.id).due_on

    assert before is not None
    batch = check("calendar_day", ["日期", "上班", "节日"], [[before, "否", "本县放假"]])
    do(engine, office, imports.confirm, batch)
    assert due() != before
    do(engine, office, imports.undo, batch)
    assert due() == before


def test_a_batch_is_confirmed_once_undone_once_and_dropped_only_before(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor
) -> None:
    batch = two_departments(check, engine, office)
    for run in (imports.confirm, imports.drop):
        with pytest.raises(RuleViolation, match="已导入"):
            do(engine, office, run, batch)
    do(engine, office, imports.undo, batch)
    for run in (imports.confirm, imports.undo, imports.drop):
        with pytest.raises(RuleViolation, match="已撤销"):
            do(engine, office, run, batch)


def test_a_dropped_batch_keeps_its_numbers_and_loses_its_file(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor
) -> None:
    batch = check("department", ["部门名称"], [["甲局"]])
    do(engine, office, imports.drop, batch)
    with open_session(engine, office, write=False) as session:
        assert session.get_one(ImportBatch, batch.id).state is ImportState.DROPPED
        assert session.scalars(select(ImportFile)).all() == []


def test_data_that_changed_since_the_check_stops_the_import(
    check: Callable[..., ImportBatch], engine: Engine, office: Actor
) -> None:
    batch = check("department", ["部门名称"], [["甲局"], ["乙局"]])
    with working(engine, office) as session:
        f.make_department(session, name="乙局")
    with pytest.raises(RuleViolation, match="预检之后数据有变化"):
        do(engine, office, imports.confirm, batch)
    with open_session(engine, office, write=False) as session:
        assert session.scalars(select(IMPORT_SPECS["department"].model.name)).all() == ["乙局"]


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.LEAD_OFFICE])
def test_only_the_lead_office_brings_lists(role: Role, engine: Engine, county: County, tmp_path: Path) -> None:
    source = write_list(tmp_path / "l.xlsx", ["部门名称"], [["甲局"]])
    with pytest.raises(Forbidden):
        imports.check(engine, actor_as(role, county), IMPORT_SPECS["department"], source, "l.xlsx")


def test_one_check_at_a_time_on_sqlite(sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "PATIENCE", 0.1)
    with (
        imports.one_at_a_time(sqlite_engine, tmp_path),
        pytest.raises(RuleViolation, match="正在预检"),
        imports.one_at_a_time(sqlite_engine, tmp_path),
    ):
        pass
    with imports.one_at_a_time(sqlite_engine, tmp_path):
        pass


#: Runs `app.py import` repeatedly in forked processes, so that the program is loaded only once.
FORKED_IMPORTS = """
import os, sys
sys.argv = ["app.py", *sys.argv[1:]]
import commands
for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        commands.cli(standalone_mode=True)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


def test_an_import_that_is_killed_leaves_none_or_all_of_it(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'office.db'}")
    rows = [[f"第{n}局", "审批部门", f"备注{n}"] for n in range(400)]
    source = write_list(tmp_path / "list.xlsx", ["部门名称", "类别", "备注"], rows)
    env = os.environ | {"DATA_DIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "app.py", "init"], cwd=ROOT, env=env, check=True, capture_output=True)
    seeded = department_count(engine)
    command = [sys.executable, "-c", FORKED_IMPORTS, "import", "department", str(source), "--county", "150422", "--yes"]
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        told = (line for line in nursery.stdout if line.strip().isdigit())

        def begin() -> int:
            print("go", file=nursery.stdin, flush=True)
            return int(next(told))

        begin()
        began = time.monotonic()
        assert int(next(told)) == 0
        whole = time.monotonic() - began
        assert department_count(engine) == seeded + 400
        while last_batch(engine) != ImportState.CHECKED:  # a machine that is busy elsewhere kills too late: again
            forget(engine, seeded)
            known = batch_count(engine)
            running = begin()
            wait_for_the_write(tmp_path / "office.db", known)
            with contextlib.suppress(ProcessLookupError):
                os.kill(running, signal.SIGKILL)
            next(told)
        chance, seen = random.Random(20), {department_count(engine) - seeded}
        assert seen == {0}
        for _ in range(20):
            forget(engine, seeded)
            running = begin()
            time.sleep(chance.uniform(0, 1.05) * whole)
            with contextlib.suppress(ProcessLookupError):
                os.kill(running, signal.SIGKILL)
            next(told)
            seen.add(department_count(engine) - seeded)
        nursery.stdin.close()
    engine.dispose()
    assert seen <= {0, 400}


def wait_for_the_write(path: Path, known: int) -> None:
    """Wait until a check beyond the `known` ones is stored and the write lock is taken, which confirming holds
    while it works. Returns as well when all that is over."""
    with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        newest = "SELECT state FROM import_batch ORDER BY id DESC"
        while other.execute("SELECT count(*) FROM import_batch").fetchone() == (known,):
            time.sleep(0.002)
        with contextlib.suppress(sqlite3.OperationalError):  # the lock is held
            while other.execute(newest).fetchone() == ("checked",):
                other.execute("BEGIN IMMEDIATE")
                other.execute("ROLLBACK")
                time.sleep(0.002)


def last_batch(engine: Engine) -> str | None:
    with engine.connect() as connection:
        found: str | None = connection.scalar(text("SELECT state FROM import_batch ORDER BY id DESC"))
        return found


def batch_count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM import_batch")) or 0


def department_count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM department")) or 0


def forget(engine: Engine, seeded: int) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM department WHERE id > :n"), {"n": seeded})
