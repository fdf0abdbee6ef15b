"""The workbooks of a month and a year: the rows of each ledger as of its date, and their consistency."""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from excel import write
from excel.definitions import ENDED, ENTERPRISES, LEDGER, PROJECTS, ratings
from models.cases import CaseState, StepState
from models.ledger import LedgerMonth
from models.places import County, Department, Meaning, OptionKind
from models.projects import Funding, KeyDesignation, Land
from models.work import WorkKind
from services.kernel.actor import SYSTEM, actor_of
from services.kernel.errors import RuleViolation
from services.kernel.transaction import open_engine, open_session
from services.key_targets import assignment, designation
from services.ledgers import ledger_months, other_ledgers, workbooks
from services.statistics import figures
from services.statistics.rating_summary import rating_rows, scale_of, summaries
from services.transfer.exports import ListExport
from tests import factories as f
from tests.demo import DAY, copy_of
from tests.patience import HANGS

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
PHONE = "13900000001"


def own(session: Session) -> County:
    return session.get_one(County, actor_of(session).county_id)


def row_of(columns: Any, row: list[Any]) -> dict[str, Any]:
    return dict(zip((c.heading for c in columns), row, strict=True))


def named(session: Session, on: str, **values: Any) -> Any:
    """A key project with an officer from that day on."""
    project = f.make_project(session, **values)
    decider = session.scalar(select(Department).where(Department.name == "发展改革委"))
    decider = decider or f.make_department(session, name="发展改革委")
    f.make_designation(
        session,
        project=project,
        designated_on=date.fromisoformat(on),
        basis="武政办〔2026〕3号",
        decided_by=decider,
    )
    return project


def test_key_projects_are_those_of_the_day_with_their_officer(session: Session) -> None:
    enterprise = f.make_enterprise(session, name="嘉应食品公司")
    project = named(
        session,
        "2026-01-10",
        name="面粉项目",
        code=None,
        enterprise=enterprise,
        investment=Decimal("1234.50"),
        scale="十万吨",
        address="产业集聚区",
        funding=Funding.DOMESTIC,
        land=Land.GRANTED,
        problems="用地未批",
        measures="三月底前报批",
    )
    officer = f.make_officer(session, name="首席服务员甲", position="副局长", phone=PHONE)
    f.make_assignment(
        session,
        project=project,
        officer=officer,
        since=date(2026, 1, 12),
        agreement_number="武委协〔2026〕0001号",
    )
    case = f.make_case(session, project=project, accepted_on=date(2026, 3, 2), state=CaseState.IN_PROGRESS)
    f.make_step(
        session,
        case=case,
        state=StepState.GRANTED,
        accepted_on=FIRST,
        finished_on=date(2026, 3, 20),
    )
    f.make_step(session, case=case, state=StepState.ACCEPTED, accepted_on=FIRST)
    f.make_step(session, case=case, state=StepState.GRANTED, accepted_on=FIRST, finished_on=date(2026, 4, 2))
    f.make_step(session, case=case, state=StepState.WITHDRAWN, finished_on=date(2026, 3, 3))
    later = named(session, "2026-04-01", name="四月才列入的项目", code=None)
    session.flush()
    rows = list(other_ledgers.key_projects(session, own(session).id, LAST, masked=False))
    assert len(rows) == 1
    assert row_of(PROJECTS, rows[0]) == {
        "项目名称": "面粉项目",
        "项目代码": None,
        "建设单位": "嘉应食品公司",
        "投资总额": Decimal("1234.50"),
        "建设规模": "十万吨",
        "建设地址": "产业集聚区",
        "资金来源": "国内企业投资",
        "土地性质": "出让",
        "是否开工": False,
        "确定部门": "发展改革委",
        "列入文号": "武政办〔2026〕3号",
        "首席服务员": "首席服务员甲",
        "单位职务": f"{officer.department.name} 副局长",
        "电话": PHONE,
        "分包日期": date(2026, 1, 12),
        "委托协议编号": "武委协〔2026〕0001号",
        "在办/办结事项数": "2/1",
        "存在问题": "用地未批",
        "下步措施": "三月底前报批",
    }
    masked = list(other_ledgers.key_projects(session, own(session).id, LAST, masked=True))
    assert row_of(PROJECTS, masked[0])["电话"] == "139****0001"
    april = [row[0] for row in other_ledgers.key_projects(session, own(session).id, date(2026, 4, 30), masked=False)]
    assert april == sorted([project.name, later.name])


def test_what_left_the_list_or_its_officer_is_seen_as_of_the_day(session: Session) -> None:
    project = named(session, "2026-01-10", name="面粉项目", code=None)
    for officer, since in (
        (f.make_officer(session, name="甲"), "2026-01-12"),
        (f.make_officer(session, name="乙"), "2026-03-20"),
    ):
        assignment.assign_officer(
            session,
            [project],
            officer,
            since=date.fromisoformat(since),
            reason="调整",
            replace=since != "2026-01-12",
        )
    designations = [d for d in session.scalars(select(KeyDesignation)) if d.project_id == project.id]
    designation.revoke(session, designations, on=date(2026, 4, 10), reason="投产", end_assignments=True)
    for on, officer_name in ((date(2026, 2, 28), "甲"), (LAST, "乙")):
        (row,) = other_ledgers.key_projects(session, own(session).id, on, masked=False)
        assert row_of(PROJECTS, row)["首席服务员"] == officer_name
    assert list(other_ledgers.key_projects(session, own(session).id, date(2026, 4, 30), masked=False)) == []


def test_key_enterprises_with_the_last_contact_before_the_day(session: Session) -> None:
    enterprise = f.make_enterprise(
        session,
        name="嘉应食品公司",
        industry="食品",
        principal="负责人甲",
        principal_phone=PHONE,
        demands="用工",
        progress="已对接",
        remark="重点",
    )
    f.make_designation(session, project_id=None, enterprise=enterprise, designated_on=date(2026, 1, 5))
    for on, kind in (
        ("2026-02-01", WorkKind.CONTACT),
        ("2026-03-09", WorkKind.PROGRESS),
        ("2026-04-02", WorkKind.CONTACT),
    ):
        f.make_work_record(session, enterprise=enterprise, kind=kind, happened_on=date.fromisoformat(on))
    (row,) = other_ledgers.key_enterprises(session, own(session).id, LAST, masked=True)
    found = row_of(ENTERPRISES, row)
    assert (found["企业名称"], found["最近联系日"], found["需求事项"], found["进展"]) == (
        "嘉应食品公司",
        date(2026, 3, 9),
        "用工",
        "已对接",
    )
    assert (found["电话"], found["首席服务员"], found["列入日期"]) == (
        "139****0001",
        None,
        date(2026, 1, 5),
    )


def test_ended_cases_by_their_slips_that_are_not_void(session: Session) -> None:
    project = f.make_project(session, name="面粉项目", code="2411-410823-04-01-123451")
    closed = f.make_case(
        session,
        project=project,
        accepted_on=date(2026, 3, 2),
        ended_on=date(2026, 3, 16),
        state=CaseState.ARCHIVED,
        archive_number="武档〔2026〕0007号",
    )
    way = f.make_option(session, kind=OptionKind.DELIVERY_WAY, name="上门专送")
    f.make_delivery(session, case=closed, way=way)
    f.make_completion(session, case=closed, number="武办结〔2026〕0002号", completed_on=date(2026, 3, 16))
    f.make_completion(
        session,
        number="武办结〔2026〕0001号",
        completed_on=date(2026, 3, 9),
        voided_on=date(2026, 3, 10),
    )
    reason = f.make_option(session, kind=OptionKind.TERMINATION_REASON, name="企业主动撤回")
    given_up = f.make_case(session, accepted_on=date(2026, 3, 2), state=CaseState.TERMINATED)
    f.make_termination(
        session,
        case=given_up,
        number="武终止〔2026〕0001号",
        terminated_on=date(2026, 3, 4),
        reason=reason,
        explanation="项目缓建",
        returned="全部退还",
    )
    f.make_termination(session, number="武终止〔2026〕0002号", terminated_on=date(2026, 4, 1))
    first, second = (row_of(ENDED, row) for row in other_ledgers.ended(session, f.make_month(session, month="2026-03")))
    assert (first["单据编号"], first["类型"], first["项目名称"], first["项目编号"]) == (
        "武办结〔2026〕0002号",
        "办结",
        "面粉项目",
        "2411-410823-04-01-123451",
    )
    assert (first["用时（工作日）"], first["送达方式"], first["归档号"], first["终止原因"]) == (
        10,
        "上门专送",
        "武档〔2026〕0007号",
        None,
    )
    assert (second["类型"], second["终止原因"], second["资料移交"]) == (
        "终止",
        "企业主动撤回：项目缓建",
        "全部退还",
    )


def test_what_ended_on_one_day_goes_by_its_number(session: Session) -> None:
    for number, day in (("10000", 9), ("9999", 9), ("0002", 16), ("0003", 4)):
        f.make_completion(session, number=f"武办结〔2026〕{number}号", completed_on=date(2026, 3, day))
    rows = other_ledgers.ended(session, f.make_month(session, month="2026-03"))
    assert [row[0] for row in rows] == [f"武办结〔2026〕{n}号" for n in ("0003", "9999", "10000", "0002")]


def test_the_ledger_goes_by_day_then_number_then_entry(session: Session) -> None:
    month, day = f.make_month(session, month="2026-03"), date(2026, 3, 9)
    written = (
        ("手写后补", None, None),
        ("无编号", day, None),
        ("第一万", day, "武办〔2026〕10000号"),
        ("第九千九百九十九", day, "武办〔2026〕9999号"),
        ("次日", date(2026, 3, 10), "武办〔2026〕0001号"),
        ("同号先录", day, "武办〔2026〕0007号"),
        ("同号后录", day, "武办〔2026〕0007号"),
        ("无编号后录", day, None),
    )
    for applicant, accepted_on, number in written:
        f.make_entry(session, month=month, applicant=applicant, accepted_on=accepted_on, number=number)
    at = [column.key for column in LEDGER].index("applicant")
    assert [row[at] for row in workbooks.entries(session, month, masked=False)] == [
        "同号先录",
        "同号后录",
        "第九千九百九十九",
        "第一万",
        "无编号",
        "无编号后录",
        "次日",
        "手写后补",
    ]


def test_ratings_are_counted_of_whom_they_were_due(session: Session) -> None:
    relation = f.make_option(
        session, kind=OptionKind.RELATION, name="企业评价代办员", meaning=Meaning.BY_APPLICANT_AGENT
    )
    scale = {
        name: f.make_option(session, kind=OptionKind.SCALE, name=name, meaning=meaning, position=n)
        for n, (name, meaning) in enumerate((("满意", Meaning.SATISFIED), ("不满意", Meaning.DISSATISFIED)))
    }
    agent = f.make_agent(session, name="全科代办员甲")
    for n, grade in enumerate(("满意", "不满意", "不满意", None)):
        case = f.make_case(session, agent=agent, state=CaseState.CLOSED, accepted_on=LAST, ended_on=LAST)
        if grade:
            f.make_evaluation(
                session,
                case=case,
                relation=relation,
                staff=agent,
                grade=scale[grade],
                opinion=f"{grade}{n}",
                rectified_on=LAST if n == 1 else None,
                revisited_on=LAST,
                discounted=False,
            )
    f.make_case(session, agent=agent, state=CaseState.CLOSED, accepted_on=LAST, ended_on=date(2026, 4, 1))
    month = ledger_months.open_month(session, own(session).id, "2026-03")
    ledger_months.refresh(session, month, LAST)
    county = own(session)
    grades = scale_of(session, county.id)
    (row,) = rating_rows(session, [month], grades)
    assert row_of(ratings(grades), row) == {
        "评价对象": "全科代办员甲",
        "对象类型": "全科代办员",
        "应评数": 4,
        "实评数": 3,
        "其中补录": 0,
        "满意": 1,
        "不满意": 2,
        "参评率": 0.75,
        "满意率": pytest.approx(1 / 3),
        "差评数": 2,
        "申诉更正": 0,
        "已整改数": 1,
        "整改率": 0.5,
        "回访率": 1.0,
        "主要意见": "满意0；不满意1；不满意2",
    }


def test_a_county_has_the_ledgers_of_what_it_does(session: Session) -> None:
    county = own(session)
    assert [kind.sheet for kind in workbooks.kinds_of(county)] == [
        "台账",
        "重点项目",
        "重点企业",
        "办结终止",
        "评价汇总",
    ]
    county.has_chief_officers, county.enterprise_decider = False, None
    assert [kind.sheet for kind in workbooks.kinds_of(county)] == ["台账", "办结终止", "评价汇总"]


def cells_of(path: Path, sheet: str) -> list[tuple[Any, ...]]:
    """The body of a ledger, without 合计 and the signatures."""
    rows = list(openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(min_row=4, values_only=True))
    return rows[: next(n for n, row in enumerate(rows) if row[0] == "合计")]


def test_every_book_of_the_demonstration_agrees_with_itself(demo_file: Path, tmp_path: Path) -> None:
    engine, looked_at = open_engine(f"sqlite:///{copy_of(demo_file, tmp_path)}"), 0
    with open_session(engine, SYSTEM, write=False) as session:
        for month in session.scalars(select(LedgerMonth).where(LedgerMonth.month.in_(["2026-05", "2026-11"]))):
            path = tmp_path / f"{month.id}.xlsx"
            workbooks.write_month(session, month, path, phones=True, on=DAY)
            kinds = Counter(row[2] for row in cells_of(path, "办结终止") if row[2] in ("办结", "终止"))
            total = workbooks.statistics(session, month).total
            assert (kinds["办结"], kinds["终止"]) == (total.closed, total.terminated)
            rated = [row for row in cells_of(path, "评价汇总") if isinstance(row[3], int)]
            assert all(row[4] <= row[3] for row in rated)
            whole = figures.of_month(session, month).total
            given, due = sum(row[4] for row in rated), sum(row[3] for row in rated)
            scale = scale_of(session, month.county_id)
            bad = sum(row[8 + len(scale)] for row in rated) if scale else None
            assert (whole.values["rated_rate"], whole.values.get("bad")) == (given / due, bad)
            looked_at += bad or 0
            sheets = openpyxl.load_workbook(path).sheetnames
            assert sheets == [kind.sheet for kind in workbooks.kinds_of(month.county)] + [
                "统计",
                "分组统计",
            ]
    engine.dispose()
    assert looked_at > 0


def test_a_year_has_its_months_and_they_follow_on(demo_file: Path, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{copy_of(demo_file, tmp_path)}")
    with open_session(engine, SYSTEM, write=False) as session:
        county = session.scalars(select(County).where(County.slug == "wuzhi")).one()
        path = tmp_path / "year.xlsx"
        name = workbooks.write_year(session, county, 2026, path, phones=False, on=DAY)
        months = workbooks.months_of_year(session, county.id, 2026)
        total = workbooks.statistics(session, months[-1]).total
        given = sum(one.given for one in summaries(session, months))
    assert given > 0
    assert name == "武陟县帮办代办工作台账-2026年.xlsx"
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [f"{n}月" for n in range(1, 12)] + ["评价汇总", "统计"]
    rated = [row for row in cells_of(path, "评价汇总") if isinstance(row[3], int)]
    assert sum(row[4] for row in rated) == given
    assert all(row[4] <= row[3] for row in rated)
    figures = {row[0]: row[1:] for row in book["统计"].iter_rows(min_row=4, values_only=True)}
    received, closed, terminated = (sum(figures[f"{n}月"][k] for n in range(1, 12)) for k in (1, 2, 3))
    assert figures["合计"] == (figures["1月"][0], received, closed, terminated, total.open)
    for n in range(1, 11):
        assert figures[f"{n}月"][4] == figures[f"{n + 1}月"][0]
    phones = {row[7] for row in book["5月"].iter_rows(min_row=4, values_only=True) if row[7]}
    assert phones
    assert all("****" in phone for phone in phones)
    engine.dispose()


def test_a_sheet_that_is_full_goes_on_on_the_next(
    demo_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "SHEET_ROWS", 20)
    engine = open_engine(f"sqlite:///{copy_of(demo_file, tmp_path)}")
    with open_session(engine, SYSTEM, write=False) as session:
        month = session.scalars(select(LedgerMonth).where(LedgerMonth.month == "2026-11")).first()
        assert month is not None
        path = tmp_path / "split.xlsx"
        workbooks.write_month(session, month, path, phones=True, on=DAY, only="cases")
        entries = list(workbooks.entries(session, month, masked=False))
    names = [n for n in openpyxl.load_workbook(path).sheetnames if n.startswith("台账")]
    assert names == ["台账", *(f"台账（{n}）" for n in range(2, -(-len(entries) // 20) + 1))]
    rows = [row for name in names for row in cells_of(path, name)]
    assert [row[0] for row in rows] == list(range(1, len(entries) + 1))
    assert [row[1] for row in rows] == [entry[0] for entry in entries]
    engine.dispose()


def test_a_locked_month_gives_its_file_or_its_own_rows_and_no_other_ledger(session: Session, tmp_path: Path) -> None:
    county = own(session)
    month = ledger_months.open_month(session, county.id, "2026-03")
    ledger_months.refresh(session, month, LAST)
    ledger_months.lock(session, month, LAST + timedelta(days=1))
    with pytest.raises(RuleViolation, match="已锁定"):
        ledger_months.export_month(session, month, tmp_path / "a.xlsx", "ended")
    ledger_months.export_month(session, month, tmp_path / "whole.xlsx")
    assert openpyxl.load_workbook(tmp_path / "whole.xlsx").sheetnames[0] == "台账"
    assert "办结终止" in openpyxl.load_workbook(tmp_path / "whole.xlsx").sheetnames


@pytest.fixture(scope="module")
def given_out(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Workbooks of each kind: a month of two counties, a year, each ledger alone, a list."""
    folder = tmp_path_factory.mktemp("out")
    engine = open_engine(f"sqlite:///{copy_of(demo_file, folder)}")
    found: dict[str, Path] = {}
    with open_session(engine, SYSTEM, write=False) as session:
        for slug in ("wuzhi", "balinzuoqi"):
            month = session.scalars(
                select(LedgerMonth).where(LedgerMonth.month == "2026-11", LedgerMonth.county.has(slug=slug))
            ).one()
            found[slug] = folder / f"{slug}.xlsx"
            workbooks.write_month(session, month, found[slug], phones=True, on=DAY)
            for kind in workbooks.kinds_of(month.county) if slug == "wuzhi" else ():
                found[kind.name] = folder / f"{kind.name}.xlsx"
                workbooks.write_month(session, month, found[kind.name], phones=True, on=DAY, only=kind.name)
        county = session.scalars(select(County).where(County.slug == "wuzhi")).one()
        found["year"] = folder / "year.xlsx"
        workbooks.write_year(session, county, 2026, found["year"], phones=True, on=DAY)
        found["list"] = folder / "list.xlsx"
        ListExport("project", ("name", "code", "investment", "enterprise")).write(session, found["list"])
    engine.dispose()
    return found


def without_results(path: Path, folder: Path) -> Path:
    """The workbook without cached formula results, so that the program opening it must calculate them."""
    bare = folder / path.name
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bare, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
            target.writestr(name, content)
    return bare


@pytest.mark.office
def test_libreoffice_reckons_the_same_totals(given_out: dict[str, Path], tmp_path: Path) -> None:
    bare = [without_results(path, tmp_path) for path in given_out.values()]
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", tmp_path / "again", *bare],
        check=True,
        capture_output=True,
        timeout=HANGS,
    )
    totals = 0
    for path in given_out.values():
        ours = openpyxl.load_workbook(path, data_only=True)
        formulas = openpyxl.load_workbook(path)
        theirs = openpyxl.load_workbook(tmp_path / "again" / path.name, data_only=True)
        for sheet in formulas:
            for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
                totals += 1
                reckoned = theirs[sheet.title][cell.coordinate].value
                assert reckoned == pytest.approx(ours[sheet.title][cell.coordinate].value), (path, cell.coordinate)
    assert totals >= 15


def test_no_formula_is_in_them_but_the_sums_and_no_link(given_out: dict[str, Path]) -> None:
    for name, path in given_out.items():
        book = openpyxl.load_workbook(path)
        for sheet in book:
            cells = [cell for row in sheet.iter_rows() for cell in row]
            formulas = [str(cell.value) for cell in cells if cell.data_type == "f"]
            assert all(re.fullmatch(r"=SUM\([A-Z]+4:[A-Z]+\d+\)", formula) for formula in formulas), name
            assert len(formulas) <= 1 or sheet.title == "评价汇总"
            assert not any(cell.hyperlink for cell in cells)
        assert not book._external_links


def test_each_sheet_prints_on_a4_with_its_header_on_every_page(given_out: dict[str, Path]) -> None:
    for path in given_out.values():
        for sheet in openpyxl.load_workbook(path):
            assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert "第 &P 页 共 &N 页" in str(sheet.oddFooter.center.text)
            if sheet.title not in ("统计", "分组统计"):
                assert sheet.print_title_rows == "$3:$3"
