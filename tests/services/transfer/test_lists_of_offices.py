"""Lists as offices have them: each file of tests/cases, imported into 温县, says what it should."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine, select

from models.people import Role
from models.projects import Enterprise, Level, Project
from models.records import ImportBatch, ImportLine
from services.kernel.actor import SYSTEM, Actor
from services.kernel.errors import RuleViolation
from services.kernel.transaction import open_session, working
from services.transfer import imports
from services.transfer.import_specs import IMPORT_SPECS
from tests import factories as f
from tests.factories import actor_as
from tests.lists import write_list

CASES = Path(__file__).parents[2] / "cases"
#: What the lists refer to and the demonstration of 温县 has.
FIRM = "温县丙寅装备制造有限公司"
PROJECTS = (
    "温县丙寅装备制造产业园（一期）项目",
    "温县戊辰物流研发中心项目",
    "温县庚午智能化改造升级项目",
    "温县壬申配套管网项目",
)

Check = Callable[[str, str | Path], ImportBatch]


@pytest.fixture
def office(sqlite_engine: Engine) -> Actor:
    with working(sqlite_engine, SYSTEM) as session:
        county = f.make_county(session, code="410825", name="温县", slug="wenxian")
        user = f.make_user(session, county=county)
        firm = f.make_enterprise(session, name=FIRM, county=county)
        for name in PROJECTS:
            f.make_project(session, name=name, enterprise=firm, county=county)
        f.make_department(session, name="发展改革委", county=county)
    return actor_as(Role.LEAD_OFFICE, county, user_id=user.id)


@pytest.fixture
def check(sqlite_engine: Engine, office: Actor) -> Check:
    """`check(plan, file)` tries a list; gives the batch."""

    def run(plan: str, file: str | Path) -> ImportBatch:
        source = CASES / f"{file}.xlsx" if isinstance(file, str) else file
        id_ = imports.check(sqlite_engine, office, IMPORT_SPECS[plan], source, source.name)
        with open_session(sqlite_engine, office, write=False) as session:
            return session.get_one(ImportBatch, id_)

    return run


@pytest.fixture
def taken(sqlite_engine: Engine, office: Actor, check: Check) -> Callable[[str, str], list[Any]]:
    """`taken(plan, file)`: the rows that a confirmed list made, in its order."""

    def run(plan: str, file: str) -> list[Any]:
        batch = check(plan, file)
        assert not batch.wrong, wrong(sqlite_engine, office, batch)
        model = IMPORT_SPECS[plan].model
        with working(sqlite_engine, office) as session:
            last = max(session.scalars(select(model.id)), default=0)
            imports.confirm(session, session.get_one(ImportBatch, batch.id))
            return list(session.scalars(select(model).where(model.id > last).order_by(model.id)))

    return run


def wrong(engine: Engine, office: Actor, batch: ImportBatch) -> dict[str, tuple[str, str]]:
    """(what was typed, why it cannot be taken) at each wrong cell."""
    with open_session(engine, office, write=False) as session:
        found = imports.wrong_lines(session, session.get_one(ImportBatch, batch.id))
    return {note["cell"]: (note["typed"], note["reason"]) for notes in found.values() for note in notes}


@pytest.mark.parametrize(
    ("file", "names", "said"),
    [
        ("R1_total_and_signature_rows", ["温县样品甲商贸有限公司"], "是合计或填表、备注的说明"),
        ("R2_prenumbered_rows", ["温县样品丙商贸有限公司"], "只有序号"),
        ("R3_section_rows", ["温县样品戊工业有限公司", "温县样品己农业有限公司"], "像是分类的标题"),
    ],
)
def test_rows_that_are_no_record_are_left_out_and_told(
    check: Check, taken: Callable[[str, str], list[Any]], file: str, names: list[str], said: str
) -> None:
    assert said in (check("enterprise", file).ignored or "")
    found = [row.name for row in taken("enterprise", file)]
    assert found[: len(names)] == names or set(found) >= {names[0]}
    assert not [name for name in found if any(word in name for word in ("合计", "填表", "备注", "（1家）"))]


def test_a_cell_merged_downwards_says_the_same_for_each_row(taken: Callable[[str, str], list[Any]]) -> None:
    rows = taken("project", "R4_merged_down")
    assert [row.name for row in rows] == ["样品一号项目", "样品二号项目"]
    assert len({row.enterprise_id for row in rows}) == 1


@pytest.mark.parametrize(
    "file", ["B2_strict", "B3_workbook2", "B4_color_rrggbb", "B4_docprops_date", "B4_no_shared_strings"]
)
def test_only_the_cells_of_a_workbook_count(taken: Callable[[str, str], list[Any]], file: str) -> None:
    rows = taken("enterprise", file)
    assert rows
    assert all(row.name.startswith("温县样品") and row.credit_code for row in rows)


def test_a_border_down_a_whole_sheet_hides_no_row(tmp_path: Path, check: Check) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.cell(1, 1).value = "企业名称"
    for number in range(2, 32):
        sheet.cell(number, 1).value = f"温县样品{number}号有限公司"
    border = openpyxl.styles.Border(left=openpyxl.styles.Side("thin"))
    for number in range(32, 20_000):
        sheet.cell(number, 3).border = border
    book.save(tmp_path / "border.xlsx")
    batch = check("enterprise", tmp_path / "border.xlsx")
    assert (batch.created, batch.wrong) == (30, 0)


def test_invisible_marks_in_a_header_do_not_count(taken: Callable[[str, str], list[Any]]) -> None:
    assert [row.name for row in taken("enterprise", "H1_header_zero_width")] == ["温县样品庚商贸有限公司"]


def test_the_sheet_with_the_header_is_read_behind_a_cover(check: Check) -> None:
    batch = check("enterprise", "H2_cover_sheet_first")
    assert batch.created
    assert "只读工作表“企业”，没有读：填表说明" in (batch.ignored or "")


def test_of_two_columns_for_one_field_the_one_that_is_read_is_named(
    check: Check, taken: Callable[[str, str], list[Any]]
) -> None:
    said = check("enterprise", "H3_two_columns_for_one_field").ignored or ""
    (row,) = taken("enterprise", "H3_two_columns_for_one_field")
    assert row.address == "乙路2号（经营）"
    assert "列“地址”，没有读 " in said
    assert f"列“{'负责人' if row.principal == '李四' else '法定代表人'}”，没有读 " in said


def test_the_other_of_two_columns_is_read_when_it_is_chosen(sqlite_engine: Engine, office: Actor, check: Check) -> None:
    batch = check("enterprise", "H3_two_columns_for_one_field")
    other = {one["field"]: next(c for c in one["columns"] if c["place"] != one["read"]) for one in batch.columns or ()}
    assert {name: column["heading"] for name, column in other.items()}["address"] == "企业地址"
    imports.choose_columns(sqlite_engine, office, batch.id, {name: c["place"] for name, c in other.items()})
    with working(sqlite_engine, office) as session:
        again = session.get_one(ImportBatch, batch.id)
        assert (again.created, again.wrong, again.filename) == (batch.created, 0, batch.filename)
        assert all(other[one["field"]]["place"] == one["read"] for one in again.columns or ())
        imports.confirm(session, again)
        row = session.scalars(select(Enterprise)).all()[-1]
        assert row.address == "甲路1号（注册）"
    with pytest.raises(RuleViolation, match="已导入"):
        imports.choose_columns(sqlite_engine, office, batch.id, {})


def test_a_column_that_cannot_be_read_leaves_the_check_as_it_was(
    sqlite_engine: Engine, office: Actor, check: Check
) -> None:
    batch = check("enterprise", "H3_two_columns_for_one_field")
    with pytest.raises(RuleViolation, match="请重新选择"):
        imports.choose_columns(sqlite_engine, office, batch.id, {"address": 0})
    with open_session(sqlite_engine, office, write=False) as session:
        again = session.get_one(ImportBatch, batch.id)
        assert (again.version, again.columns, again.created) == (batch.version, batch.columns, batch.created)


def test_a_dash_or_a_word_for_nothing_is_an_empty_cell(check: Check, taken: Callable[[str, str], list[Any]]) -> None:
    assert "按空白处理" in (check("enterprise", "P1_placeholders_enterprise").ignored or "")
    rows = taken("enterprise", "P1_placeholders_enterprise")
    assert len(rows) == 5
    assert {(row.credit_code, row.handler_phone) for row in rows} == {(None, None)}


def test_days_of_the_1904_system_are_the_days_that_excel_shows(taken: Callable[[str, str], list[Any]]) -> None:
    assert {row.designated_on for row in taken("key_project", "V1_date1904")} == {date(2026, 5, 1)}


def test_a_day_with_a_time_as_text_is_that_day(taken: Callable[[str, str], list[Any]]) -> None:
    assert {row.designated_on for row in taken("key_project", "V2_dates_with_time_as_text")} == {date(2026, 5, 1)}


def test_a_level_is_known_by_the_word_before_its_bracket(check: Check, taken: Callable[[str, str], list[Any]]) -> None:
    assert "“县级”读作" in (check("key_project", "V3_level_short").ignored or "")
    levels = [row.level for row in taken("key_project", "V3_level_short")]
    assert levels == [Level.COUNTY, Level.CITY, Level.PROVINCE]


def test_an_amount_is_taken_as_it_is_shown(taken: Callable[[str, str], list[Any]]) -> None:
    rows = taken("project", "V4_money_shown_with_two_decimals")
    assert [row.investment for row in rows] == [Decimal("1234.57"), Decimal("0.33")]


@pytest.mark.parametrize("file", ["V5_formula_and_error_cells", "M1_formula_then_marked_file"])
def test_a_formula_and_an_error_are_shown_as_they_stand(
    sqlite_engine: Engine, office: Actor, check: Check, file: str
) -> None:
    found = wrong(sqlite_engine, office, check("enterprise", file))
    assert {typed for typed, _ in found.values()} == {'="温县"&B2', "#N/A"}


def test_the_marked_file_is_as_wrong_as_it_was(
    sqlite_engine: Engine, office: Actor, check: Check, tmp_path: Path
) -> None:
    batch = check("enterprise", "M1_formula_then_marked_file")
    with open_session(sqlite_engine, office, write=False) as session:
        imports.write_errors(session, session.get_one(ImportBatch, batch.id), tmp_path / "marked.xlsx")
    again = check("enterprise", tmp_path / "marked.xlsx")
    assert (again.created, again.wrong) == (batch.created, batch.wrong) == (0, 2)


def test_text_keeps_what_looks_like_an_escape(taken: Callable[[str, str], list[Any]]) -> None:
    assert "甲_x000D_乙" in [row.address for row in taken("enterprise", "V6_escaped_x000D")]


def test_a_number_in_a_text_column_has_the_digits_that_excel_shows(taken: Callable[[str, str], list[Any]]) -> None:
    assert [row.scale for row in taken("project", "V7_float_in_text")] == ["0.3"]


def test_a_limit_may_carry_its_unit_and_at_once_is_no_days(taken: Callable[[str, str], list[Any]]) -> None:
    assert [row.limit_days for row in taken("service_item", "V8_limit_with_words")] == [5, 5, 5, 0]


def test_one_project_spelled_in_five_ways_stays_one(
    sqlite_engine: Engine, office: Actor, check: Check, taken: Callable[[str, str], list[Any]]
) -> None:
    (made,) = taken("project", "D1_projects_first")
    batch = check("project", "D1_projects_second")
    assert (batch.created, batch.changed, batch.wrong) == (0, 1, 4)
    reasons = {reason for _, reason in wrong(sqlite_engine, office, batch).values()}
    assert reasons == {"与第 2 行重复"}
    with open_session(sqlite_engine, office, write=False) as session:
        line = session.scalars(
            select(ImportLine).where(ImportLine.batch_id == batch.id, ImportLine.result == "changed")
        )
        assert [note["column"] for note in line.one().notes] == ["投资总额"]
    assert f"即已有的“{made.name}”" in (batch.ignored or "")


def test_a_reference_is_found_however_its_name_is_spelled(
    sqlite_engine: Engine, office: Actor, taken: Callable[[str, str], list[Any]]
) -> None:
    with working(sqlite_engine, office) as session:
        f.make_enterprise(session, name="温县丙子环保有限公司（拟设立）", county_id=office.county_id)
    rows = taken("project", "D2_enterprise_named_differently")
    with open_session(sqlite_engine, office, write=False) as session:
        firms = [session.get_one(Project, row.id).enterprise.name for row in rows]
    assert firms == [FIRM] * 5 + ["温县丙子环保有限公司（拟设立）"]


def test_a_new_row_that_looks_like_another_one_is_told(
    sqlite_engine: Engine, office: Actor, check: Check, tmp_path: Path
) -> None:
    source = tmp_path / "firms.xlsx"
    names = ["丙寅装备制造股份有限公司", "温县甲乙商贸有限公司", "甲乙商贸公司"]
    write_list(source, ["企业名称"], [[name] for name in names])
    batch = check("enterprise", source)
    assert (batch.created, batch.doubtful, batch.wrong) == (3, 2, 0)
    with open_session(sqlite_engine, office, write=False) as session:
        lines = session.scalars(
            select(ImportLine).where(ImportLine.batch_id == batch.id).order_by(ImportLine.row_number)
        )
        doubts = [line.notes[0]["doubt"] for line in lines]
    assert doubts == [
        f"项目单位名称：与“{FIRM}”可能是同一个，请核对",
        "",
        "项目单位名称：与“温县甲乙商贸有限公司”可能是同一个，请核对",
    ]
