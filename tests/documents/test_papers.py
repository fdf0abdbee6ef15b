"""Every paper of every county: filled in with the longest values, printed by LibreOffice, and the same as a page."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from html import unescape
from pathlib import Path

import pytest

from documents import as_html, render
from documents.docx_template import build_template
from documents.papers import KINDS, papers_of
from documents.parts import Grid, Paper, TextLine
from documents.variables import BLANK, BOX_LINE, GROUPS, numbered_list, tick_boxes
from models.places import County, Meaning, OptionKind
from seed.counties import COUNTIES, catalogue
from services.papers.case_values import ITEM_BOXES
from tests.patience import HANGS

#: As long as the columns that they come from, with what XML and Jinja read as marks.
LONG = {
    "applicant": 100,
    "enterprise_address": 200,
    "enterprise_principal": 30,
    "enterprise_handler": 30,
    "project_name": 120,
    "project_code": 30,
    "project_scale": 300,
    "project_address": 200,
    "service_case_remark": 500,
    "service_case_matter": 120,
    "case_items": 120,
    "case_course": 400,
    "termination_reason": 340,
    "termination_returned": 300,
    "delivery_documents": 300,
    "delivery_recipient": 30,
    "evaluation_opinion": 500,
    "work_record_content": 1000,
    "work_record_answer": 1000,
    "work_record_subject": 100,
    "extension_reason": 300,
    "urge_reason": 300,
    "agreement_matter": 200,
    "service_case_refusal": 200,
    "missing_materials": 300,
    "agreement_materials": 300,
    "returned_materials": 300,
}
AWKWARD = "甲&乙<项目>"
#: Pages that the longest values of their columns may take; what offices write takes one.
PAGES = {
    "application": 3,
    "record": 3,
    "consultation": 3,
    "termination": 2,
    "evaluation": 2,
    "agreement": 2,
    "result": 2,
}
USUAL = 45


#: What has a form of its own, as an office that fills everything in has it.
FORMS = {
    "service_case_number": "武帮代办〔2026〕0001号",
    "completion_number": "武办结〔2026〕0001号",
    "enterprise_postcode": "454950",
    **{
        name: tick_boxes(tuple(item.name for item in catalogue.ITEMS if item.category is category), width=BOX_LINE)
        for name, category in ITEM_BOXES.items()
    },
}


def markers(name: str) -> tuple[str, str]:
    """A word before a value and one after it, that tell whose it is."""
    at = list(BLANK).index(name)
    return f"V{at:03d}", f"W{at:03d}"


def longest(at_most: int = 1000) -> dict[str, str]:
    """Every variable with the longest value it can have, or that offices write; marked at both its ends."""
    found = {}
    for name, blank in BLANK.items():
        first, last = markers(name)
        text = FORMS.get(name) or (AWKWARD if not blank.strip() else blank.strip())
        if name in LONG:
            text = AWKWARD + "长" * (min(LONG[name], at_most) - len(first + AWKWARD + last))
        found[name] = f"{first}{text}{last}"
    return found


def county_of(slug: str) -> tuple[County, dict[str, Paper]]:
    data = next(data for data in COUNTIES if data.settings["slug"] == slug)
    blank = {column.key: None for column in County.__table__.columns}
    county = County(**{**blank, "code_word": "项目编号", **data.settings})
    names: dict[Meaning, str] = {option[1]: option[0] for option in data.options[OptionKind.PAPER]}  # type: ignore[misc]
    return county, papers_of(county, names)


ALL = [(data.settings["slug"], paper) for data in COUNTIES for paper in county_of(data.settings["slug"])[1].values()]
IDS = [f"{slug}-{paper.key}" for slug, paper in ALL]


def plain(text: str) -> str:
    return re.sub(r"\s", "", text)


def words_of(content: bytes) -> str:
    return plain("".join(render.words(content)))


def test_each_county_has_the_papers_of_its_document() -> None:
    keys = {slug: set(county_of(slug)[1]) for slug in ("wenxian", "wuzhi", "balinzuoqi", "heshuo")}
    five = {"application", "commitment", "completion", "termination", "evaluation"}
    assert five < keys["wenxian"] == keys["wuzhi"]
    assert {"agreement", "result", "completion"} < keys["balinzuoqi"]
    assert keys["balinzuoqi"].isdisjoint({"application", "commitment", "evaluation"})
    assert all("termination" in found for found in keys.values())
    assert {"application", "extension"} < keys["heshuo"]
    assert [slug for slug in keys if "extension" in keys[slug]] == ["heshuo"]
    assert all({"record", "consultation", "posting", "missing", "rejection", "urge"} < found for found in keys.values())


#: (county, paper): words that its document prints, and words that only the others print.
PRINTED = [
    (
        "wenxian",
        "application",
        "帮办代办服务申请表 项目单位名称 项目单位负责人 项目编码 投资总额 具体事项 注：1.申请时 2.受理后 "
        "书面委托证明 法律法规、规章和政策 政策调整 不可抗力 提出终止 不配合 弄虚作假 "
        "填写《帮办代办服务项目终止单》 注明终止原因 移交相关资料 一切后果由本人承担",
        "具体服务事项 产业类型 资料已核实",
    ),
    ("wuzhi", "application", "具体服务事项 企业开办手续 项目建设手续 项目配套手续 注：1. 2.", "项目编码 服务条件"),
    (
        "heshuo",
        "application",
        "帮办代办申请表 服务条件 具体事项 产业类型{{project_industry_kind}} 审批权限级别{{project_authority}} "
        "重大项目年度计划 宏观调控、高耗能、高污染、资源类 符合产业导向 委托需求和资料已核实，帮代办专员签字",
        "具体服务事项 注： 委托证明 终止单",
    ),
    (
        "wenxian",
        "commitment",
        "申请帮办代办服务承诺书 本单位向{{county_service_centre}}申请 "
        "配合编制项目报批计划 备齐项目申报材料 人员指导下有序申报 "
        "督促 补充、完善 项目协调会 缴费手续 项目业主 真实性、合法性 法律责任 结果送达后 "
        "办结单和评价表 弄虚作假 违法违规 终止单 单位（盖章） 项目经办人签字",
        "{{county_lead_office}}",
    ),
    (
        "wuzhi",
        "commitment",
        "本单位向{{county_service_centre}}申请 七、项目或事项本身不具备办理条件 督促 项目协调会",
        "{{county_lead_office}}",
    ),
    ("wenxian", "completion", "（第一联） （第二联） 企业留存 政务服务中心留存", "编号："),
    ("wuzhi", "completion", "（第一联） （第二联） 编号：", ""),
    ("wenxian", "termination", "编号： 终止原因 项目经办人签字 帮办代办人员签字", ""),
    ("wenxian", "evaluation", "项目经办人：", "项目评价人"),
    ("wuzhi", "evaluation", "项目评价人：", "项目经办人："),
    ("balinzuoqi", "agreement", "事项代办委托协议 代办方 委托方 材料真实", "编号"),
    (
        "balinzuoqi",
        "result",
        "事项代办结果交付通知单 {{case_items}} 办理情况概述：{{case_course}} "
        "返还材料时间、方式与材料清单：{{returned_how}} 委托人签字",
        "",
    ),
    ("balinzuoqi", "completion", "代办帮办服务办结单 委托人签字 代办帮办人员签字", "帮办代办人员 经办人"),
    ("balinzuoqi", "termination", "代办帮办服务终止单 委托人签字 终止原因", ""),
    ("heshuo", "termination", "帮办代办服务终止单 申请人签字 终止原因 移交的资料", "经办人"),
]


@pytest.mark.parametrize(("slug", "key", "has", "has_not"), PRINTED, ids=lambda part: str(part)[:12])
def test_the_words_are_those_of_the_document(slug: str, key: str, has: str, has_not: str) -> None:
    text = words_of(build_template(county_of(slug)[1][key])).replace("项目编号：", "")
    assert [word for word in has.split() if word not in text] == []
    assert [word for word in has_not.split() if word in text] == []


@pytest.mark.parametrize(("slug", "paper"), ALL, ids=IDS)
def test_a_paper_says_the_same_in_word_and_on_the_page(slug: str, paper: Paper) -> None:
    for values in (longest(), dict(BLANK)):
        content = render.fill(build_template(paper), values)
        word, page = words_of(content), plain(unescape(re.sub(r"<[^>]+>", "", str(as_html.as_page(content)))))
        assert word == page
        assert "{{" not in word
        assert "None" not in word


@pytest.mark.parametrize(("slug", "paper"), ALL, ids=IDS)
def test_every_variable_of_a_template_is_known(slug: str, paper: Paper) -> None:
    used = set(re.findall(r"\{\{ (\S+) \}\}", "".join(render.words(build_template(paper)))))
    assert used
    assert used <= set(BLANK)


@pytest.mark.office
def test_libreoffice_prints_each_with_every_value_on_the_right_number_of_pages(tmp_path: Path) -> None:
    values, files = longest(), []
    for slug, paper in ALL:
        for name, filled in (("long", values), ("usual", longest(USUAL))):
            files.append(tmp_path / f"{slug}-{paper.key}-{name}.docx")
            files[-1].write_bytes(render.fill(build_template(paper), filled))
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path / "pdf", *files],
        check=True,
        capture_output=True,
        timeout=HANGS,
    )
    wrong = []
    for (slug, paper), (long, usual) in zip(ALL, zip(files[::2], files[1::2], strict=True), strict=True):
        used = set(re.findall(r"\{\{ (\S+) \}\}", "".join(render.words(build_template(paper)))))
        pages = pages_of(tmp_path / "pdf" / long.with_suffix(".pdf").name)
        text = "".join(pages)
        wrong += [(slug, paper.key, mark) for name in used for mark in markers(name) if mark not in text]
        if len(pages) > PAGES.get(paper.key, 1) or "{{" in text or "None" in text:
            wrong.append((slug, paper.key, f"{len(pages)} pages"))
        if len(pages_of(tmp_path / "pdf" / usual.with_suffix(".pdf").name)) != 1:
            wrong.append((slug, paper.key, "more than one page"))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.office
def test_no_choice_of_a_form_is_broken_over_two_lines(tmp_path: Path) -> None:
    """消防 stood half on one line and half on the next: Word breaks a line between any two Chinese characters."""
    content = render.fill(build_template(county_of("wuzhi")[1]["application"]), dict(BLANK) | FORMS)
    (tmp_path / "form.docx").write_bytes(content)
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "form.docx"],
        check=True,
        capture_output=True,
        timeout=HANGS,
    )
    lines = [plain(line) for line in "".join(pages_of(tmp_path / "form.pdf")).splitlines()]
    broken = [item.name for item in catalogue.ITEMS if not any(f"{item.name}☐" in line for line in lines)]
    assert broken == []


def pages_of(path: Path) -> list[str]:
    done = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, timeout=HANGS)
    return done.stdout.decode().split("\f")[:-1]


@pytest.mark.parametrize(("slug", "paper"), ALL, ids=IDS)
def test_whom_a_notice_is_to_stands_flush_left_and_what_to_write_has_room(slug: str, paper: Paper) -> None:
    lines = {part.text: part.style for part in paper.parts if isinstance(part, TextLine)}
    assert {style for text, style in lines.items() if text.endswith("}}：")} <= {"to"}
    grids = [part for part in paper.parts if isinstance(part, Grid)]
    high = [grid.rows[at][0].text for grid in grids for at in grid.tall]
    assert high == {"record": ["内容", "结果"], "consultation": ["咨询内容", "答复"]}.get(paper.key, [])


def test_fonts_are_those_of_official_papers() -> None:
    xml = words_xml(build_template(county_of("wuzhi")[1]["completion"]))
    assert {"方正小标宋简体", "仿宋", "宋体"} <= set(re.findall(r'w:eastAsia="([^"]+)"', xml))
    assert "黑体" in words_xml(build_template(county_of("wuzhi")[1]["application"]))


def words_xml(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("word/document.xml").decode()


def test_several_papers_make_one_file() -> None:
    paper = county_of("wuzhi")[1]["completion"]
    filled = [render.fill(build_template(paper), longest() | {"completion_number": f"第{n}号"}) for n in range(3)]
    text = words_of(render.joined(filled))
    assert [text.count(f"第{n}号") for n in range(3)] == [2, 2, 2]
    assert text.count("（第一联）") == 3


def test_boxes_and_lists() -> None:
    assert tick_boxes(("是", "否"), {"是"}) == "是\u00a0☑  否\u00a0☐"
    assert tick_boxes(("甲乙", "丙", "丁"), {"丙"}, width=14) == "甲乙\u00a0☐  丙\u00a0☑\n丁\u00a0☐"
    assert tick_boxes(("甲乙丙丁戊己庚",), width=5) == "甲乙丙丁戊己庚\u00a0☐"
    assert numbered_list(["甲", "甲", "乙"]) == "① 甲\n② 乙"
    assert numbered_list([]) == "①\n②\n③"
    assert numbered_list([str(n) for n in range(21)]).splitlines()[-1] == "(21) 20"


def test_every_kind_and_variable_is_used() -> None:
    assert {kind.key for kind in KINDS} == {paper.key for _, paper in ALL}
    assert len(BLANK) == sum(len(group) for _, group in GROUPS)
