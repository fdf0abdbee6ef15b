"""Papers of a case: which are available, their values, the print record, a county's own templates."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from documents import render
from documents.docx_template import build_template
from documents.parts import Paper, TextLine
from documents.variables import BLANK, DATE
from models.actions import AuditAction
from models.cases import ENDED, CaseForm, CaseState, ServiceCase, StepState
from models.papers import PaperPrint, PaperTemplate, PrintedPaper, PrintedTemplate, PrintForm
from models.people import Role
from models.places import County, CountyOption, Meaning, OptionKind
from models.projects import Authority
from models.records import AuditEntry
from models.work import ExtensionState, MaterialState, WorkKind
from services.cases import closing
from services.kernel.actor import actor_of
from services.kernel.errors import Forbidden, RuleViolation
from services.papers import case_papers
from services.papers.case_values import blank_values, values_of
from tests import factories as f
from tests.at_work import become, ready
from tests.renaming import renamed_labels

ON = date(2026, 3, 16)
NAMES = {
    Meaning.PAPER_APPLICATION: "帮办代办服务申请表",
    Meaning.PAPER_COMMITMENT: "申请帮办代办服务承诺书",
    Meaning.PAPER_COMPLETION: "帮办代办项目办结单",
    Meaning.PAPER_TERMINATION: "帮办代办服务项目终止单",
    Meaning.PAPER_EVALUATION: "帮办代办服务评价表",
    Meaning.PAPER_AGREEMENT: "事项代办委托协议",
    Meaning.PAPER_RESULT: "事项代办结果交付通知单",
}


def own(session: Session) -> County:
    return session.get_one(County, actor_of(session).county_id)


@pytest.fixture
def office(session: Session) -> Session:
    """The lead office of a county that has every paper."""
    for meaning, name in NAMES.items():
        f.make_option(session, kind=OptionKind.PAPER, name=name, meaning=meaning)
    return session


def keys(session: Session, **values: object) -> list[str]:
    case = ready(session, **values)
    return [sheet.paper.key for sheet in case_papers.papers_of_case(session, case)]


def test_the_papers_that_fit_each_state(office: Session) -> None:
    always = ["application", "commitment", "agreement"]
    for state in CaseState:
        found = keys(office, state=state)
        more = {CaseState.REJECTED: ["rejection"], CaseState.TERMINATED: ["termination"]}.get(state, [])
        if state in ENDED:  # an ended case without any slip counts as terminated
            more = ["termination"]
        assert found == [*always, *more], state
    # 帮办 too is accepted with a mandate. Source: B 六.2.
    assert "agreement" in keys(office, form=CaseForm.ACCOMPANY)


def test_what_was_delivered_and_closed_has_its_slips(office: Session) -> None:
    case = ready(office, state=CaseState.CLOSED, ended_on=ON)
    f.make_delivery(office, case=case, tracking_number="EMS1", received_on=ON)
    f.make_completion(office, case=case, completed_on=ON)
    found = [sheet.paper.key for sheet in case_papers.papers_of_case(office, case)]
    assert found[3:] == ["posting", "result", "completion", "evaluation"]


def test_parts_of_a_case_have_papers_of_their_own(office: Session) -> None:
    county = own(office)
    county.extension_allowed = True
    case = ready(office, state=CaseState.SUPPLEMENT)
    f.make_work_record(office, case=case, kind=WorkKind.CONSULTATION, subject="问政策", happened_on=ON)
    f.make_work_record(office, case=case, kind=WorkKind.PROGRESS, subject="说进度", happened_on=ON)
    for state in ExtensionState:
        f.make_extension(office, step=case.steps[0], state=state)
    urge = f.make_urge(office, case=case)
    f.make_case_material(office, case=case, state=MaterialState.MISSING, name="环评报告", remedy="到环保局补")
    office.flush()
    sheets = {(s.paper.key, s.about) for s in case_papers.papers_of_case(office, case) if s.part is not None}
    assert sheets == {
        ("consultation", f"{ON} 问政策"),
        ("record", f"{ON} 说进度"),
        ("urge", urge.number),
        ("extension", case.steps[0].item.name),
    }
    assert "环评报告：到环保局补" in values_of(office, case)["missing_materials"]
    for sheet in case_papers.papers_of_case(office, case):
        text = "".join(render.words(case_papers.as_word(office, case, sheet)))
        assert "{{" not in text
        assert "None" not in text
    wanted = next(s for s in case_papers.papers_of_case(office, case) if s.paper.key == "urge")
    assert case_papers.sheet_of(office, case, "urge", urge.id) == wanted
    assert case_papers.sheet_of(office, case, "urge", None) is None
    assert case_papers.sheet_of(office, case, "completion", None) is None


def test_every_box_is_ticked_as_the_case_says(office: Session) -> None:
    case = ready(office)
    project = f.make_project(office, started=True)
    case.project = project
    values = values_of(office, case)
    assert values["project_started"] == "是\u00a0☑  否\u00a0☐"
    assert values["project_funding"].count("☐") == 4
    item = case.steps[0].item.name
    ticked = "".join(values[name] for name in ("items_starting", "items_building", "items_utilities"))
    assert f"{item}\u00a0☑" in ticked
    assert "☑" not in "".join(blank_values(office, own(office)).values())


def test_the_promise_is_made_to_the_centre_as_the_county_calls_it(office: Session) -> None:
    case = ready(office)
    own(office).service_centre, own(office).lead_office = "县政务服务中心", "县行政审批和政务信息管理局"
    sheet = case_papers.sheet_of(office, case, "commitment", None)
    assert sheet is not None
    text = "".join(render.words(case_papers.as_word(office, case, sheet)))
    assert "本单位向县政务服务中心申请" in text
    assert "行政审批" not in text


def test_the_form_shows_what_decides_whether_a_project_is_served(office: Session) -> None:
    """Source: H 三(三)-(四)."""
    case = ready(office)
    case.project = f.make_project(
        office,
        industry_kind="农产品加工",
        authority=Authority.COUNTY,
        major_plan="自治州",
        guided=True,
        restricted=False,
    )
    values = values_of(office, case)
    assert (values["project_industry_kind"], values["project_major_plan"]) == ("农产品加工", "自治州")
    assert values["project_authority"].endswith("县\u00a0☑")
    assert (values["project_guided"][2], values["project_restricted"][2]) == ("☑", "☐")


def test_what_was_given_back_is_listed_with_its_day_and_way(office: Session) -> None:
    """Source: B 附件2: 返还材料时间、方式与材料清单."""
    case = ready(office, state=CaseState.CLOSED, ended_on=ON)
    assert values_of(office, case)["returned_how"] == DATE
    f.make_delivery(office, case=case, way=f.make_option(office, kind=OptionKind.DELIVERY_WAY, name="当面递交"))
    f.make_case_material(
        office, case=case, name="营业执照", original=True, copies=1, state=MaterialState.RETURNED, returned_on=ON
    )
    values = values_of(office, case)
    assert values["returned_how"] == "2026年3月16日，当面递交"
    assert values["returned_materials"] == "① 营业执照（原件） 1 份"


def test_a_paper_names_the_items_and_what_became_of_each(office: Session) -> None:
    case = f.make_case(office, matter="项目落地")
    assert (values_of(office, case)["case_items"], values_of(office, case)["case_course"]) == ("项目落地", "")
    for name, state, on in (
        ("规划", StepState.GRANTED, ON),
        ("环评", StepState.DENIED, ON),
        ("供电", StepState.FILED, None),
    ):
        item = f.make_item(office, name=name)
        f.make_step(office, case=case, item_id=item.id, department_id=item.department_id, state=state, finished_on=on)
    office.flush()
    office.expire(case)
    values = values_of(office, case)
    assert values["case_items"] == values["agreement_matter"] == "规划、环评、供电"
    assert values["case_course"] == "规划 3月16日办结；环评 3月16日未办成；供电 已报送"


def test_values_go_by_code_whatever_the_labels_are(office: Session) -> None:
    case = ready(office, state=CaseState.CLOSED, ended_on=ON, remark="急件")
    f.make_delivery(office, case=case, tracking_number="EMS1", received_on=ON)
    f.make_completion(office, case=case, completed_on=ON)
    f.make_agreement(office, case=case)
    parts = [
        None,
        f.make_work_record(office, case=case),
        f.make_extension(office, step=case.steps[0]),
        f.make_urge(office, case=case),
    ]
    before = [values_of(office, case, part) for part in parts]
    assert [set(values) for values in before] == [set(BLANK)] * len(parts)
    assert (before[0]["delivery_tracking_number"], before[0]["service_case_remark"]) == ("EMS1", "急件")
    with renamed_labels():
        assert [values_of(office, case, part) for part in parts] == before


def test_a_case_without_a_project_prints_its_matter_and_a_person_his_name(office: Session) -> None:
    case = f.make_case(office, matter="企业开办全套手续", project=None, enterprise=None, applicant_name="申请人甲")
    values = values_of(office, case)
    assert (values["project_name"], values["applicant"], values["enterprise_handler"]) == (
        "企业开办全套手续",
        "申请人甲",
        "申请人甲",
    )


@pytest.mark.parametrize("role", [Role.LEAD_OFFICE, Role.AGENT, Role.CHIEF_OFFICER, Role.INSPECTOR])
def test_a_form_never_prints_a_masked_number_and_who_does_not_call_leaves_a_line(office: Session, role: Role) -> None:
    case = ready(office)
    assert case.enterprise is not None
    case.enterprise.handler_phone = "13900000001"
    case.officer = f.make_officer(office)
    become(office, role, staff_id=case.officer.id)
    sheet = case_papers.papers_of_case(office, case)[0]
    assert case_papers.filled(office, case, sheet).values["enterprise_handler_phone"] == "13900000001"
    printed(office, case, sheet)
    lines = office.scalars(select(AuditEntry).where(AuditEntry.action == AuditAction.PHONE_REVEAL)).all()
    assert [line.object_id for line in lines] == ([case.id] if role is Role.INSPECTOR else [])


def printed(session: Session, row: case_papers.Owner, sheet: case_papers.CasePaper) -> str:
    """The text of the paper, printed now."""
    filled = case_papers.filled(session, row, sheet)
    case_papers.record_print(session, [(row, sheet, filled)], PrintForm.WORD)
    return "".join(render.words(filled.as_word()))


def sheet_of(session: Session, row: case_papers.Owner, key: str, part: int | None = None) -> case_papers.CasePaper:
    found = case_papers.sheet_of(session, row, key, part)
    assert found is not None
    return found


def rename_everything(session: Session, case: ServiceCase) -> None:
    """What people rename in the years after a case: unit, project, clerk, item, the paper, the county's words."""
    assert case.enterprise is not None
    assert case.project is not None
    case.enterprise.name, case.enterprise.handler, case.enterprise.handler_phone = "新名公司", "新经办", "13900000009"
    case.project.name, case.project.address = "新名项目", "新地址"
    case.steps[0].item.name = "新名事项"
    case.county.lead_office, case.county.service_word = "新名单位", "新代办"
    for option in session.scalars(select(CountyOption).where(CountyOption.kind == OptionKind.PAPER)):
        option.name = f"新{option.name}"
    session.flush()


def test_a_reprint_of_an_archived_case_is_the_first_print(office: Session) -> None:
    case = ready(office, state=CaseState.CLOSED, ended_on=ON)
    case.project = f.make_project(office, enterprise=case.enterprise)
    f.make_completion(office, case=case, completed_on=ON)
    f.make_delivery(office, case=case, tracking_number="EMS1")
    f.make_work_record(office, case=case, kind=WorkKind.PROGRESS)
    first = {
        (sheet.paper.key, sheet.part): printed(office, case, sheet)
        for sheet in case_papers.papers_of_case(office, case)
    }
    assert {"application", "completion", "record"} <= {key for key, _ in first}
    case.state = CaseState.ARCHIVED
    rename_everything(office, case)
    brought(office, "县里后来改的模板")
    now = case_papers.blank(office, own(office), paper_named(office, "completion"))
    assert "县里后来改的模板" in "".join(render.words(now))
    again = {
        (sheet.paper.key, sheet.part): printed(office, case, sheet)
        for sheet in case_papers.papers_of_case(office, case)
    }
    assert again == first


def paper_named(session: Session, key: str) -> Paper:
    return case_papers.county_papers(session, own(session))[key]


def test_what_was_printed_keeps_its_names_while_the_case_goes_on(office: Session) -> None:
    case = ready(office, state=CaseState.IN_PROGRESS)
    case.project = f.make_project(office, enterprise=case.enterprise, code=None)
    sheet = sheet_of(office, case, "application")
    first = case_papers.filled(office, case, sheet).values
    printed(office, case, sheet)
    rename_everything(office, case)
    case.project.code, case.remark = "2411-410823-04-01-123451", "加急"
    again = case_papers.filled(office, case, sheet).values
    for code in ("applicant", "enterprise_handler", "enterprise_handler_phone", "project_name", "case_items"):
        assert again[code] == first[code], code
    # A blank of the first print is filled in once it is known, and what is said of the case itself goes on.
    assert (again["project_code"], again["service_case_remark"]) == ("2411-410823-04-01-123451", "加急")


def test_an_application_that_can_still_be_changed_is_printed_as_it_stands(office: Session) -> None:
    case = ready(office, state=CaseState.DRAFT)
    case.project = f.make_project(office, enterprise=case.enterprise)
    sheet = sheet_of(office, case, "application")
    printed(office, case, sheet)
    rename_everything(office, case)
    assert "新名公司" in printed(office, case, sheet_of(office, case, "application"))
    assert office.scalars(select(PrintedPaper.values)).one()["applicant"] == "新名公司"
    assert len(office.scalars(select(PrintedTemplate)).all()) == 2


def test_a_slip_of_its_own_and_a_second_notice_are_other_papers(office: Session) -> None:
    case = ready(office, state=CaseState.CLOSED, ended_on=ON)
    slip = f.make_completion(office, case=case, completed_on=ON)
    printed(office, case, sheet_of(office, case, "completion"))
    assert case.enterprise is not None
    case.project = f.make_project(office, enterprise=case.enterprise, name="改过的项目")
    slip.voided_on = ON
    office.flush()
    f.make_completion(office, case=case, completed_on=ON)
    assert "改过的项目" in printed(office, case, sheet_of(office, case, "completion"))
    f.make_case_material(office, case=case, state=MaterialState.MISSING, name="环评报告")
    for told, applicant in ((ON, "甲公司"), (date(2026, 3, 20), "乙公司")):
        case.told_on, case.enterprise.name = told, applicant
        assert applicant in printed(office, case, sheet_of(office, case, "missing"))


def test_an_agreement_is_printed_from_its_own_page_with_a_case_or_without(office: Session) -> None:
    """Source: W, Z 附件1 一.1 (signed before any case); B 附件1."""
    unit = f.make_enterprise(office, name="重点甲公司")
    agent = f.make_agent(office, name="代办乙", phone="13900000005")
    alone = f.make_agreement(
        office,
        enterprise=unit,
        case=None,
        agent=agent,
        client="重点甲公司",
        client_phone="13900000006",
        matter="落地手续",
    )
    text = printed(office, alone, sheet_of(office, alone, "agreement", alone.id))
    for word in ("重点甲公司", "代办乙", "13900000005", "13900000006", "落地手续"):
        assert word in text
    assert office.scalars(select(PaperPrint)).all() == []
    line = office.scalars(select(AuditEntry).where(AuditEntry.action == AuditAction.PAPER_PRINT)).one()
    assert (line.object_type, line.object_id) == ("agreement", alone.id)
    of_case = f.make_agreement(office, case=ready(office), client="丙公司")
    assert "丙公司" in printed(office, of_case, sheet_of(office, of_case, "agreement", of_case.id))
    assert office.scalars(select(PaperPrint.case_id)).all() == [of_case.case_id]


def test_a_county_that_needs_an_agreement_has_the_paper(office: Session) -> None:
    option = office.scalars(select(CountyOption).where(CountyOption.meaning == Meaning.PAPER_AGREEMENT)).one()
    option.active, own(office).agreement_needed = False, True
    office.flush()
    assert case_papers.county_papers(office, own(office))["agreement"].title == "帮办代办委托协议"
    own(office).agreement_needed = False
    office.flush()
    assert "agreement" not in case_papers.county_papers(office, own(office))


def test_a_consultation_is_printed_without_a_case(office: Session) -> None:
    """Source: B 六.1 建立接待咨询记录: most consultations lead to no case."""
    record = f.make_work_record(
        office, case=None, kind=WorkKind.CONSULTATION, subject="问政策", visitor="来访甲", visitor_phone="13900000007"
    )
    (sheet,) = case_papers.papers_of_row(office, record)
    text = printed(office, record, sheet)
    assert sheet.paper.title == "接待咨询记录"
    for word in ("问政策", "来访甲", "13900000007", record.content):
        assert word in text
    record.kind = WorkKind.PROGRESS
    assert case_papers.papers_of_row(office, record)[0].paper.key == "record"


def test_what_was_printed_is_kept(office: Session) -> None:
    case = ready(office)
    sheet = case_papers.papers_of_case(office, case)[0]
    case_papers.record_print(office, [(case, sheet, case_papers.filled(office, case, sheet))], PrintForm.PAGE)
    row = office.scalars(select(PaperPrint)).one()
    assert (row.case_id, row.paper, row.title, row.form, row.template_number) == (
        case.id,
        "application",
        "帮办代办服务申请表",
        PrintForm.PAGE,
        None,
    )


def brought(session: Session, words: str) -> PaperTemplate:
    """An uploaded template: the default one with these words above it."""
    paper = case_papers.county_papers(session, own(session))["completion"]
    content = build_template(replace(paper, parts=(TextLine(words), *paper.parts)))
    return case_papers.upload_template(session, own(session), paper, "办结单.docx", case_papers.checked(content))


def test_a_county_brings_its_own_template_and_the_default_comes_back(office: Session) -> None:
    case = ready(office, state=CaseState.CLOSED, ended_on=ON)
    f.make_completion(office, case=case, completed_on=ON, number="武办结〔2026〕0007号")
    sheet = case_papers.sheet_of(office, case, "completion", None)
    assert sheet is not None

    def said() -> str:
        return "".join(render.words(case_papers.as_word(office, case, sheet)))

    first = brought(office, "第一种写法")
    second = brought(office, "第二种写法")
    assert ([first.number, second.number], [first.active, second.active]) == ([1, 2], [False, True])
    assert "第二种写法" in said()
    case_papers.use_version(office, first)
    assert "第一种写法" in said()
    case_papers.record_print(office, [(case, sheet, case_papers.filled(office, case, sheet))], PrintForm.WORD)
    assert office.scalars(select(PaperPrint.template_number)).one() == 1
    case_papers.use_default(office, own(office), sheet.paper)
    assert "种写法" not in said()
    with pytest.raises(RuleViolation, match="就是默认模板"):
        case_papers.use_default(office, own(office), sheet.paper)
    case_papers.use_version(office, first)
    with pytest.raises(RuleViolation, match="就是这一版"):
        case_papers.use_version(office, first)
    assert len(case_papers.versions_of(office, own(office).id)) == 2
    assert "第一种写法" in "".join(render.words(case_papers.preview(office, own(office), first)))
    actions = set(office.scalars(select(AuditEntry.action)))
    assert {"template.upload", "template.default", "template.use"} <= actions


def test_only_the_lead_office_brings_templates_and_bad_ones_leave_no_row(office: Session) -> None:
    paper = case_papers.county_papers(office, own(office))["completion"]
    for content, told in ((b"", "请选择"), (b"PK", "不是 .docx")):
        with pytest.raises(RuleViolation, match=told):
            case_papers.upload_template(office, own(office), paper, "a.docx", case_papers.checked(content))
    assert office.scalars(select(PaperTemplate)).all() == []
    become(office, Role.AGENT)
    with pytest.raises(Forbidden):
        case_papers.upload_template(office, own(office), paper, "a.docx", case_papers.Checked(b"PK"))


def test_a_months_slips_are_one_file_in_the_order_of_their_numbers(
    office: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = own(office)
    county.completion_number_printed = True
    for number, on, void in ((10, ON, None), (2, ON, None), (1, ON, None), (3, date(2026, 4, 1), None), (4, ON, ON)):
        case = ready(office, state=CaseState.CLOSED, ended_on=on)
        f.make_completion(office, case=case, completed_on=on, number=f"第{number}号", voided_on=void)
    text = "".join(render.words(case_papers.month_of_slips(office, county, "2026-03")[0]))
    assert re.findall(r"编号：第(\d+)号", text) == ["1", "1", "2", "2", "10", "10"]
    with pytest.raises(RuleViolation, match="没有办结单"):
        case_papers.month_of_slips(office, county, "2026-05")
    monkeypatch.setattr(render, "MOST", 1)
    with pytest.raises(RuleViolation, match="超过 1 张"):
        case_papers.month_of_slips(office, county, "2026-03")


def test_a_county_without_a_paper_on_its_list_has_none(office: Session) -> None:
    option = office.scalars(select(CountyOption).where(CountyOption.meaning == Meaning.PAPER_COMPLETION)).one()
    option.active = False
    office.flush()
    assert "completion" not in case_papers.county_papers(office, own(office))


@pytest.mark.parametrize(
    ("meaning", "words"), [(Meaning.BOTH_SIDES, "现经双方认可"), (Meaning.ONE_SIDED, "因故由受托方单方决定")]
)
def test_the_slip_says_by_both_or_by_one_side(session: Session, meaning: Meaning, words: str) -> None:
    case = f.make_case(session, state=CaseState.IN_PROGRESS, accepted_on=f.DAY)
    reason = f.make_option(session, kind=OptionKind.TERMINATION_REASON, meaning=meaning)
    closing.terminate(session, [case], reason=reason, explanation=None, returned=None, on=f.DAY)
    assert values_of(session, case)["termination_way"] == words
