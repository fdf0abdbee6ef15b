"""The four counties are as their documents say, and the demonstration is consistent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, aliased
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

from models.cases import CaseEvent, CaseState, CaseStep, ServiceCase, StepState
from models.evaluation import Evaluation
from models.fields import fields_of
from models.items import ItemCategory, ServiceItem
from models.ledger import LedgerMonth, MonthState
from models.people import Role, User
from models.places import (
    MEANINGFUL,
    MEANINGS,
    Approver,
    Commitment,
    County,
    CountyOption,
    FilingParty,
    Meaning,
    OptionKind,
)
from models.projects import Assignment, Enterprise, KeyDesignation, Project
from models.records import NumberKind, NumberSequence
from seed.demo import load_demo
from seed.load import load_counties
from services.cases.evaluation import BY_APPLICANT
from services.kernel.actor import SYSTEM
from services.kernel.errors import RuleViolation
from services.kernel.transaction import open_engine, open_session, working
from services.kernel.working_days import is_workday
from services.ledgers import workbooks
from tests.demo import DAY, copy_of, make_demo

#: 领域 5, the rows that are columns: W, Z, B, H.
SETTINGS: dict[str, tuple[Any, Any, Any, Any]] = {
    "name": ("温县", "武陟县", "巴林左旗", "和硕县"),
    "code": ("410825", "410823", "150422", "652828"),
    "lead_office": (
        "县政务服务帮办代办工作领导小组办公室",
        "县行政审批和政务信息管理局",
        "政务服务局",
        "县政务服务中心",
    ),
    "has_chief_officers": (True, True, False, False),
    "has_stations": (False, True, False, False),
    "officer_delivers": (True, False, False, False),
    "filing": (
        FilingParty.STAFF,
        FilingParty.APPLICANT,
        FilingParty.AGENT_OR_ACCOMPANIED,
        FilingParty.AGENT,
    ),
    "tells_form": (False, False, True, False),
    "item_boxes": (False, True, False, False),
    "proof_needed": (True, True, False, False),
    "first_contact_needed": (False, False, True, True),
    "closes_on_receipt": (False, False, True, True),
    "extension_allowed": (False, False, False, True),
    "meeting_word": ("项目协调会", "项目协调会", "科室集中研究", "并联审批会议"),
    "service_word": ("帮办代办", "帮办代办", "代办帮办", "帮办代办"),
    "agent_word": ("全科代办员", "全科代办员", "代办帮办人员", "帮代办专员"),
    "project_decider": (
        "发展改革委",
        "发展改革委",
        None,
        "重大项目年度计划，县委、县政府督办或指定",
    ),
    "enterprise_decider": ("科工信局", "科工局", None, None),
    "applicants": ("法人", "法人、投资者", "企业", "企业和群众"),
    "officer_contacts": (True, False, False, False),
    "officer_files": (True, False, False, False),
    "has_liaisons": (False, True, False, True),
    "has_leaders": (False, False, False, True),
    "commitment": (Commitment.SEPARATE, Commitment.SEPARATE, Commitment.IN_AGREEMENT, Commitment.NONE),
    "extension_approver": (Approver.LEAD_OFFICE,) * 4,
    "delivery_noted": (True, True, False, False),
    "serves_people": (False, True, False, True),
    "has_green_channel": (False, False, True, False),
    "responsible_by_industry": (False, False, False, True),
    "check_needed": (False, False, False, True),
    "process_told": (False, False, False, True),
    "refusal_told": (False, True, False, True),
    "obstacle_told": (False, True, False, False),
    "has_lead_sections": (False, False, True, False),
    "sections_take_over": (False, False, True, False),
    "officer_brings": (True, False, False, False),
    "tells_employment": (False, False, False, True),
    "agent_meets": (True, True, True, False),
    "agent_urges": (False, True, False, False),
    "eligibility_checked": (False, False, False, True),
    "eligible_investment": (None, None, None, Decimal(500)),
    "code_word": ("项目编码", "项目编号", "项目编号", "项目编号"),
    "evaluator_word": ("项目经办人", "项目评价人", None, None),
    "completion_number_printed": (False, True, False, False),
    "termination_number_printed": (True, True, False, False),
    "area_code": ("0391", "0391", "0476", "0996"),
    # Source: W, Z 附件3; H 四(一); B "政务服务中心，各股室".
    "service_centre": ("政务服务中心", "县政务服务中心", "政务服务中心", "县政务服务中心"),
}
OPTIONS: dict[OptionKind, tuple[str, str, str, str]] = {
    OptionKind.CHANNEL: (
        "窗口 电话 网上",
        "窗口 电话 网上 武来办 便民服务中心 邮政网点",
        "代办帮办窗口 电话 网上",
        "服务岗",
    ),
    OptionKind.MODE: ("现场 网上 预约 上门", "现场 网上 预约 上门", "现场兜底 远程 全程", "预约 延时 错时"),
    OptionKind.DELIVERY_WAY: (
        "上门专送 现场转交 邮寄",
        "上门专送 现场转交 邮寄",
        "当面递交 邮寄",
        "移交签收",
    ),
    OptionKind.SCALE: (
        "非常满意 满意 不满意 非常不满意",
        "非常满意 满意 不满意 非常不满意",
        "",
        "非常满意 满意 基本满意 不满意 非常不满意",
    ),
    OptionKind.RELATION: (
        "企业评价全科代办员 企业评价首席服务员 首席服务员评价综合窗口 综合窗口评价业务专办窗口",
        "企业评价全科代办员 首席服务员评价综合窗口 综合窗口评价业务专办窗口",
        "督查室现场巡查 满意度回访",
        "申请人评价服务（好差评）",
    ),
    OptionKind.ELIGIBILITY: (
        "",
        "",
        "",
        "行动不便或特殊群众的民生事项 新注册企业的设立、变更、食品经营许可、社保、税务"
        " 县级审批权限、符合产业导向、投资额达标的项目 重大项目计划、重点督办、指定的项目",
    ),
    OptionKind.PAPER: (
        *("帮办代办服务申请表 申请帮办代办服务承诺书 帮办代办项目办结单 帮办代办服务项目终止单 帮办代办服务评价表",)
        * 2,
        "事项代办委托协议 事项代办结果交付通知单 代办帮办服务办结单",
        "帮办代办申请表 帮办代办工作台账",
    ),
    OptionKind.TERMINATION_REASON: (
        "不符合法规政策 法规政策调整 不可抗力 申请单位申请终止 申请单位不配合 弄虚作假 其他违法违规"
        " 不具备办理（办结）条件",
    )
    * 4,
}
SLUGS = ("wenxian", "wuzhi", "balinzuoqi", "heshuo")


@pytest.fixture(scope="module")
def demo(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A reading session over the demonstration, in all counties."""
    engine = open_engine(f"sqlite:///{copy_of(demo_file, tmp_path_factory.mktemp('seed'))}")
    with open_session(engine, SYSTEM, write=False) as session:
        yield session
    engine.dispose()


@pytest.mark.parametrize("place", range(4), ids=SLUGS)
@pytest.mark.parametrize("column", SETTINGS)
def test_a_setting_is_as_the_document_says(demo: Session, column: str, place: int) -> None:
    county = demo.scalars(select(County).where(County.slug == SLUGS[place])).one()
    assert getattr(county, column) == SETTINGS[column][place]


@pytest.mark.parametrize("place", range(4), ids=SLUGS)
@pytest.mark.parametrize("kind", OPTIONS)
def test_the_options_are_as_the_document_says(demo: Session, kind: OptionKind, place: int) -> None:
    names = demo.scalars(
        select(CountyOption.name)
        .join(County, County.id == CountyOption.county_id)
        .where(County.slug == SLUGS[place], CountyOption.kind == kind)
        .order_by(CountyOption.position, CountyOption.id)
    ).all()
    assert list(names) == OPTIONS[kind][place].split()


#: Source: Z 三(一)-(三), 附件2; H 三(二) for the last group.
ITEMS = {
    ItemCategory.STARTING: "企业登记 公章刻制 申领发票和税控设备 参保登记 银行开户 公积金登记",
    ItemCategory.BUILDING: "项目立项 规划 能评 环评 安评 消防 人防 施工监管 验收",
    ItemCategory.UTILITIES: "供电 供水 供气 供暖 通信 网络",
}
MORE_ITEMS = {"heshuo": "食品经营许可 社保 税务"}
LIVELIHOOD = "参保登记 公积金登记 供电 供水 供气 供暖 社保"


@pytest.mark.parametrize("slug", SLUGS)
def test_the_items_are_the_21_of_the_document_in_their_groups(demo: Session, slug: str) -> None:
    county = demo.scalars(select(County).where(County.slug == slug)).one()
    items = demo.scalars(
        select(ServiceItem).where(ServiceItem.county_id == county.id).order_by(ServiceItem.position)
    ).all()
    found = {category: [i.name for i in items if i.category is category] for category in ItemCategory}
    expected = {category: names.split() for category, names in ITEMS.items()}
    assert found == expected | {ItemCategory.OTHER: MORE_ITEMS.get(slug, "").split()}
    assert all(item.department_id for item in items)


def test_the_livelihood_items_of_heshuo_are_marked(demo: Session) -> None:
    """H 三(一): what people with special needs are served for."""
    county = demo.scalars(select(County.id).where(County.slug == "heshuo")).one()
    marked = select(ServiceItem.name).where(ServiceItem.county_id == county, ServiceItem.livelihood)
    assert set(demo.scalars(marked)) == set(LIVELIHOOD.split())


#: Each settings column of the form that has no cell in 领域 5: what it is instead.
NOT_IN_THE_TABLE = {
    "slug": "names of files",
    "city": "领域 1",
    "document": "the document itself",
    "due_soon_days": "领域 6, a setting",
    "agreement_needed": "领域 4, accept",
    "ledger_reporter": "printed on the ledger",
    "proof_needed": "tested above",
    "case_pattern": "ours",
    "completion_pattern": "ours",
    "termination_pattern": "ours",
    "agreement_pattern": "ours",
    "urge_pattern": "ours",
    "archive_pattern": "ours",
    "evaluation_days": "a setting of 领域 4, evaluate",
    **dict.fromkeys(("verify_days", "rectify_days", "revisit_days"), "no document gives days: settings"),
    **dict.fromkeys(("ledger_day", "ledger_remind_days", "background_rows"), "settings of the office"),
    **dict.fromkeys(("contact_days", "progress_days"), "领域 7: N days, a setting"),
}


def test_every_setting_is_tested_or_is_none_of_the_documents() -> None:
    columns = {f.key for f in fields_of(County, "form")}
    assert columns - SETTINGS.keys() == NOT_IN_THE_TABLE.keys() - SETTINGS.keys()
    assert set(OPTIONS) == set(OptionKind)


def test_options_that_do_something_say_what(demo: Session) -> None:
    for option in demo.scalars(select(CountyOption)):
        assert (option.meaning is not None) == (option.kind in MEANINGFUL or option.name == "邮寄"), option.name
        assert option.meaning is None or option.meaning in MEANINGS[option.kind]


def test_the_one_sided_reasons_are_those_of_the_documents(demo: Session) -> None:
    one_sided = select(CountyOption.name).where(CountyOption.meaning == Meaning.ONE_SIDED)
    assert set(demo.scalars(one_sided)) == {"申请单位不配合", "弄虚作假", "其他违法违规"}


def test_loading_the_counties_again_changes_nothing(sqlite_engine: Engine) -> None:
    with working(sqlite_engine, SYSTEM) as session:
        load_counties(session)
    before = dump(sqlite_engine)
    with working(sqlite_engine, SYSTEM) as session:
        load_counties(session)
    assert dump(sqlite_engine) == before


def dump(engine: Engine) -> list[Any]:
    """Every case, step, project and county, as stored."""
    with engine.connect() as connection:
        return [
            connection.execute(text(f"SELECT * FROM {table} ORDER BY id")).all()
            for table in (
                "county",
                "county_option",
                "department",
                "service_item",
                "project",
                "service_case",
                "case_step",
            )
        ]


def test_the_same_day_gives_the_same_demonstration(demo_file: Path, tmp_path: Path) -> None:
    make_demo(tmp_path / "again.db", DAY)
    first, again = (
        open_engine(f"sqlite:///{copy_of(demo_file, tmp_path)}"),
        open_engine(f"sqlite:///{tmp_path / 'again.db'}"),
    )
    assert dump(first) == dump(again)


def test_a_second_demonstration_is_refused(demo_file: Path, tmp_path: Path) -> None:
    with pytest.raises(RuleViolation, match="不再装入"):
        load_demo(open_engine(f"sqlite:///{copy_of(demo_file, tmp_path)}"), DAY)


def test_each_county_has_its_accounts(demo: Session) -> None:
    names = set(demo.scalars(select(User.username)))
    for slug in SLUGS:
        assert {f"{slug}.{r}" for r in ("office", "leader", "agent", "window", "liaison", "inspector")} <= names
    assert {"wenxian.officer", "wuzhi.officer", "wenxian.fgw", "wenxian.kgxj", "wuzhi.fgw", "wuzhi.kgj"} <= names
    assert {"jiaozuo.supervisor", "sysadmin", "secadmin", "auditor"} <= names
    assert set(demo.scalars(select(User.role))) == set(Role)


def test_numbers_have_no_gap_and_the_next_one_goes_on(demo: Session) -> None:
    sequences = demo.scalars(select(NumberSequence)).all()
    places = {kind: ("number", kind.value) for kind in NumberKind}
    places |= {NumberKind.CASE: ("number", "service_case"), NumberKind.ARCHIVE: ("archive_number", "service_case")}
    for row in sequences:
        numbers = demo.execute(
            text("SELECT {0} FROM {1} WHERE county_id = :c AND {0} LIKE :y".format(*places[row.kind])),
            {"c": row.county_id, "y": f"%〔{row.year}〕%"},
        ).scalars()
        found = sorted(int(m[1]) for n in numbers if (m := re.search(r"〕(\d+)号", n)))
        assert found == list(range(1, row.next_value)), (row.county_id, row.kind, row.year)


def test_every_code_has_its_check_digit(demo: Session) -> None:
    codes = demo.scalars(select(Enterprise.credit_code).where(Enterprise.credit_code.is_not(None))).all()
    assert codes
    assert all(c is not None and uscc.calc_check_digit(c[:17]) == c[17] for c in codes)
    projects = demo.scalars(select(Project.code).where(Project.code.is_not(None))).all()
    assert all(c is not None and mod_11_10.is_valid(c.replace("-", "")) for c in projects)


def test_dates_agree_with_states(demo: Session) -> None:
    wrong = []
    for case in demo.scalars(select(ServiceCase)):
        days = [
            d
            for d in (case.submitted_on, case.accepted_on, case.assigned_on, case.approved_on, case.delivered_on)
            if d is not None
        ]
        ended = case.state in (
            CaseState.CLOSED,
            CaseState.EVALUATED,
            CaseState.ARCHIVED,
            CaseState.TERMINATED,
            CaseState.REJECTED,
            CaseState.WITHDRAWN,
        )
        fine = (
            days == sorted(days)
            and all(d <= DAY for d in (*days, case.ended_on or date.min))
            and (case.accepted_on is None or is_workday(case.accepted_on))
            and (case.ended_on is not None) is ended
            and (case.number is None) is (case.state is CaseState.DRAFT)
        )
        if not fine:
            wrong.append((case.id, case.state, days, case.ended_on))
    assert wrong == []
    last = demo.scalar(select(func.max(CaseEvent.happened_on)))
    assert last is not None
    assert last <= DAY


def test_every_state_occurs(demo: Session) -> None:
    assert set(demo.scalars(select(ServiceCase.state).distinct())) == set(CaseState)


@pytest.mark.parametrize(("model", "column"), [(Project, "project_id"), (Enterprise, "enterprise_id")])
def test_what_a_target_says_of_itself_is_what_the_lists_say(demo: Session, model: Any, column: str) -> None:
    key = set(
        demo.scalars(
            select(getattr(KeyDesignation, column)).where(
                KeyDesignation.revoked_on.is_(None), getattr(KeyDesignation, column).is_not(None)
            )
        )
    )
    assert set(demo.scalars(select(model.id).where(model.is_key))) == key
    served: dict[int, int] = dict(
        demo.execute(
            select(getattr(Assignment, column), Assignment.officer_id).where(
                Assignment.until.is_(None), getattr(Assignment, column).is_not(None)
            )
        ).all()
    )
    rows = demo.execute(select(model.id, model.officer_id).where(model.officer_id.is_not(None))).all()
    assert dict(rows) == served


def test_the_main_job_finds_its_work_in_wuzhi(demo: Session) -> None:
    county = demo.scalars(select(County.id).where(County.slug == "wuzhi")).one()
    waiting = demo.scalar(
        select(func.count(Project.id)).where(Project.county_id == county, Project.is_key, Project.officer_id.is_(None))
    )
    leader = demo.scalars(select(User).where(User.username == "wuzhi.leader")).one()
    unnamed = demo.scalar(
        select(func.count(CaseStep.id)).where(
            CaseStep.department_id == leader.department_id,
            CaseStep.liaison_id.is_(None),
            CaseStep.state.in_((StepState.PENDING, StepState.FILED, StepState.ACCEPTED)),
        )
    )
    assert (waiting or 0) >= 15
    assert (unnamed or 0) >= 6


def test_a_cases_grade_is_what_its_applicant_gave(demo: Session) -> None:
    c, e = ServiceCase, Evaluation
    relation, grade = aliased(CountyOption), aliased(CountyOption)
    rows = demo.execute(
        select(c.id, c.rating_id, c.ended_on, e.closed_on, e.grade_id, e.evaluated_on, e.revisited_on, grade.meaning)
        .join(e, e.case_id == c.id)
        .join(relation, relation.id == e.relation_id)
        .outerjoin(grade, grade.id == e.grade_id)
        .where(relation.meaning.in_(BY_APPLICANT))
    ).all()
    assert [row for row in rows if row.rating_id != row.grade_id or row.closed_on != row.ended_on] == []
    rated = demo.scalar(select(func.count(c.id)).where(c.rating_id.is_not(None)))
    assert len(rows) == rated
    bad = [row for row in rows if row.meaning is Meaning.DISSATISFIED]
    assert {row.revisited_on is None for row in bad} == {True, False}
    assert all(row.evaluated_on >= row.closed_on for row in rows)


def test_the_ledgers_balance_and_follow_on(demo: Session) -> None:
    for county in demo.scalars(select(County)):
        months = demo.scalars(
            select(LedgerMonth).where(LedgerMonth.county_id == county.id).order_by(LedgerMonth.month)
        ).all()
        figures = [workbooks.statistics(demo, m).total for m in months]
        assert [m.state for m in months] == [MonthState.LOCKED] * 11 + [MonthState.OPEN]
        for f in figures:
            assert f.carried + f.received == f.closed + f.terminated + f.open
        for before, after in pairwise(figures):
            assert after.carried == before.open


def test_a_large_load_goes_on_after_the_demonstration(demo_file: Path, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{copy_of(demo_file, tmp_path)}")
    load_demo(engine, DAY, cases=800)
    with open_session(engine, SYSTEM, write=False) as session:
        assert session.scalar(select(func.count(ServiceCase.id))) == 2000
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    engine.dispose()


def test_a_large_load_fills_either_engine(engine: Engine) -> None:
    with working(engine, SYSTEM) as session:
        load_counties(session)
    load_demo(engine, DAY, cases=400)
    with open_session(engine, SYSTEM, write=False) as session:
        assert session.scalar(select(func.count(ServiceCase.id))) == 400
        assert session.scalar(select(func.count(LedgerMonth.id)))
