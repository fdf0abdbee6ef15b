"""Each county's case from consultation to 审批完成, by its own people, in its own words."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PageOf
from tests.browser.hands import choose, message, name_of, press, value_of


@dataclass(frozen=True)
class Way:
    """How a county goes: its words, and who does what."""

    slug: str
    service: str
    agent: str
    meeting: str
    channel: str
    mode: str
    #: What the form asks for besides, in this county alone.
    asks: tuple[str, ...]
    never_asks: tuple[str, ...]
    #: Boxes ticked on the application, and on acceptance.
    papers: tuple[str, ...]
    filer: str
    filed_note: str
    #: Who records for the department, and how he is called when it is recorded for him.
    department: str


WENXIAN = Way(
    "wenxian",
    "帮办代办件",
    "全科代办员",
    "项目协调会",
    "窗口",
    "现场",
    ("已收书面委托证明", "已签承诺书"),
    ("绿色通道", "帮办或代办", "申请人", "首问责任人", "服务条件"),
    ("已收书面委托证明", "已签承诺书", "已签委托书或委托协议", "已办材料交接"),
    "officer",
    "",
    "liaison",
)
WUZHI = Way(
    "wuzhi",
    "帮办代办件",
    "全科代办员",
    "项目协调会",
    "武来办",
    "上门",
    ("已收书面委托证明", "申请人"),
    ("绿色通道", "帮办或代办", "首问责任人", "服务条件"),
    ("已收书面委托证明", "已签承诺书", "已签委托书或委托协议", "已办材料交接"),
    "agent",
    "项目单位自行报送",
    "liaison",
)
BALIN = Way(
    "balinzuoqi",
    "代办帮办件",
    "代办帮办人员",
    "科室集中研究",
    "代办帮办窗口",
    "全程",
    ("绿色通道", "帮办或代办", "首问责任人"),
    ("已收书面委托证明", "已签承诺书", "申请人", "服务条件"),
    ("已签委托书或委托协议", "已办材料交接"),
    "agent",
    "申请人报送，代办员陪同",
    "agent",
)
HESHUO = Way(
    "heshuo",
    "帮办代办件",
    "帮代办专员",
    "并联审批会议",
    "服务岗",
    "预约",
    ("服务条件", "申请人", "首问责任人", "已核实资料并确认签字"),
    ("绿色通道", "帮办或代办", "已签承诺书", "已签委托书或委托协议"),
    ("已核实资料并确认签字",),
    "agent",
    "",
    "liaison",
)
WAYS = (WENXIAN, WUZHI, BALIN, HESHUO)


def labels(page: Page) -> list[str]:
    return [text.replace("*", "").strip() for text in page.locator(".field > label:first-child").all_inner_texts()]


def fill(page: Page, label: str, text: str) -> None:
    page.get_by_label(re.compile(rf"^{re.escape(label)}\s*\*?$")).fill(text)


def box(page: Page, label: str) -> None:
    page.locator(".field").filter(has=page.locator("label", has_text=re.compile(f"^{label}$"))).get_by_role(
        "checkbox"
    ).check()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.slug)
def test_the_form_asks_what_the_county_asks(page_of: PageOf, way: Way) -> None:
    page = page_of(f"{way.slug}.agent")
    page.goto("/admin/service_case/new/")
    expect(page.get_by_role("heading", name=f"新增{way.service}")).to_be_visible()
    shown = labels(page)
    assert [label for label in way.asks if label not in shown] == []
    assert [label for label in way.never_asks if label in shown] == []
    menu = page.locator("nav.menu").inner_text()
    assert way.meeting in menu
    assert way.service in menu
    assert ("延期" in menu) is (way.slug == "heshuo")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.slug)
def test_a_case_goes_its_countys_way(page_of: PageOf, way: Way) -> None:
    clerk = page_of(f"{way.slug}.agent")
    consult(clerk, way)
    served = served_project(page_of(f"{way.slug}.officer")) if way in (WENXIAN, WUZHI) else ""
    apply(clerk, way, served)
    number = name_of(clerk)
    assert re.search(r"〔\d{4}〕\d{4}号$", number)
    told_and_resupplied(clerk)
    press(clerk, "受理")
    if way is HESHUO:
        tell(clerk)
    press(clerk, "确定")
    expect(value_of(clerk, "状态")).to_have_text("已受理")
    office = page_of(f"{way.slug}.office")
    office.goto(clerk.url)
    assign(office, way)
    for step in office.locator("section", has_text="事项办理").locator("tbody a").all():
        handle(page_of, way, step.get_attribute("href") or "")
    clerk.reload()
    expect(value_of(clerk, "状态")).to_have_text("审批完成")
    done = clerk.locator("section", has_text="办理过程").inner_text()
    for action in ("提交", "一次性告知", "登记补正", "受理", "分派", "报送", "部门受理", "办结事项", "审批完成"):
        assert action in done
    assert way.filed_note in done


def consult(page: Page, way: Way) -> None:
    """接待咨询, studied together in B, and then the application."""
    page.goto("/admin/work_record/new/")
    fill(page, "事由", "咨询办理流程")
    page.get_by_label("类别").select_option(label="接待咨询")
    fill(page, "日期", page.evaluate("new Date().toISOString().slice(0, 10)"))
    fill(page, "首问责任人", "窗口人员甲")
    fill(page, "内容", "需要哪些材料")
    press(page, "保存")
    if way is BALIN:
        press(page, "集中研究")
        fill(page, "议题", "政策适用问题")
        for name in ("发展改革委", "自然资源局"):
            choose_one(page, "参会部门", name)
        press(page, "确定")
        assert message(page).startswith("集中研究")
    press(page, "登记申请")


def choose_one(page: Page, label: str, text: str) -> None:
    """Choose one more in a box that takes several."""
    several = page.get_by_role("combobox", name=label)
    several.fill(text)
    first = page.get_by_role("option").filter(has_text=text).first
    first.wait_for()
    first.click()


def apply(page: Page, way: Way, project: str) -> None:
    """The application with everything that the county asks for, submitted."""
    fill(page, "办理事项", "厂房建设手续")
    choose(page, "项目", project)
    expect(page.get_by_role("combobox", name="申请单位")).not_to_have_value("")
    choose(page, "申请渠道", way.channel)
    choose(page, "服务方式", way.mode)
    if way is BALIN:
        page.get_by_label("帮办或代办").select_option(label="帮办")
    if "首问责任人" in way.asks:
        fill(page, "首问责任人", "窗口人员甲")
    if way is HESHUO:
        choose(page, "服务条件", "重大项目计划")
        fill(page, "列入、督办或指定的依据", "县政府专题会议纪要")
    # Two in B, whose sections each claim their own.
    for item in ("项目立项", "消防") if way is BALIN else ("项目立项",):
        page.get_by_role("checkbox", name=item, exact=True).check()
    for paper in way.papers:
        box(page, paper)
    press(page, "保存")
    press(page, "提交")
    press(page, "确定")


def served_project(page: Page) -> str:
    """A project that this chief officer serves."""
    page.goto("/admin/project/?is_key=1")
    rows = page.locator("table.list tbody tr").filter(has_text="首席服务员")
    return rows.locator("td.first a").first.inner_text()


def tell(page: Page) -> None:
    """和硕县 records how the applicant was told of the way their case will go."""
    page.get_by_label("告知方式").select_option(label="当面")


def told_and_resupplied(page: Page) -> None:
    """One paper is missing, and comes in."""
    press(page, "一次性告知")
    lines = page.locator("table.lines tbody tr")
    lines.last.get_by_role("textbox").first.fill("消防设计图纸")
    lines.last.get_by_role("textbox").last.fill("由设计单位盖章后补交")
    press(page, "确定")
    expect(value_of(page, "状态")).to_have_text("待补正")
    press(page, "登记补正")
    page.get_by_role("checkbox", name="消防设计图纸").check()
    press(page, "确定")
    expect(value_of(page, "状态")).to_have_text("待受理")


def assign(page: Page, way: Way) -> None:
    press(page, "分派")
    choose(page, way.agent, "")
    if way is HESHUO:
        choose(page, "责任单位", "县政务服务中心")
    if way is BALIN:
        choose(page, "牵头科室", "政务服务业务室")
    press(page, "确定")
    expect(value_of(page, "状态")).to_have_text("办理中")
    expect(value_of(page, way.agent)).not_to_have_text("—")


def handle(page_of: PageOf, way: Way, step: str) -> None:
    """The item is filed by whom the county lets file, and handled by its department."""
    filer = page_of(f"{way.slug}.{way.filer}")
    filer.goto(step)
    press(filer, "报送")
    press(filer, "确定")
    # Few liaisons log in: the office records for them, from signed paper.
    page = page_of(f"{way.slug}.office") if way.department == "liaison" else filer
    if way is BALIN:
        claim(page, step)
    for action in ("部门受理", "办结事项"):
        page.goto(step)
        if way.department == "liaison" and action == "部门受理" and "—" in value_of(page, "专办员").inner_text():
            name_liaison(page)
        press(page, action)
        if way.department == "liaison":
            choose(page, "代录", value_of_liaison(page_of, way, step))
        press(page, "确定")


def claim(page: Page, step: str) -> None:
    """责任认领 by a section. Source: B 五.3."""
    page.goto(step)
    press(page, "责任认领")
    choose(page, "认领科室", "投资项目审批股")
    fill(page, "认领人", "科员甲")
    press(page, "确定")
    expect(value_of(page, "认领科室")).to_have_text("投资项目审批股")


def name_liaison(page: Page) -> None:
    """指定专办员, recorded for the department's leader."""
    department = value_of(page, "责任部门").inner_text()
    press(page, "指定专办员")
    choose(page, "专办员")
    page.get_by_role("combobox", name="代录").click()
    page.get_by_role("option").filter(has_text=department).first.click()
    press(page, "确定")


def value_of_liaison(page_of: PageOf, way: Way, step: str) -> str:
    page = page_of(f"{way.slug}.office")
    page.goto(step)
    return value_of(page, "专办员").inner_text()


def test_heshuo_refuses_a_small_project_and_takes_it_when_it_is_designated(page_of: PageOf) -> None:
    page = page_of("heshuo.agent", 409, 400)
    page.goto("/admin/project/new/")
    fill(page, "项目名称", "馕产业小微园")
    choose(page, "建设单位", "")
    fill(page, "投资总额（万元）", "300")
    page.get_by_label("审批权限级别").select_option(label="县")
    box(page, "符合产业导向")
    press(page, "保存")
    page.goto("/admin/service_case/new/")
    fill(page, "办理事项", "小微园手续")
    choose(page, "项目", "馕产业小微园")
    choose(page, "申请渠道", "服务岗")
    choose(page, "服务方式", "预约")
    choose(page, "服务条件", "县级审批权限")
    fill(page, "首问责任人", "窗口人员甲")
    page.get_by_role("checkbox", name="项目立项", exact=True).check()
    press(page, "保存")
    case = page.url
    press(page, "提交")
    press(page, "确定")
    press(page, "受理")
    tell(page)
    press(page, "确定")
    assert "投资额不足 500 万元" in page.locator("main").inner_text()
    page.goto(case)
    expect(value_of(page, "状态")).to_have_text("待受理")
    press(page, "编辑")
    choose(page, "服务条件", "重大项目计划")
    fill(page, "列入、督办或指定的依据", "县政府第3次专题会议指定帮办")
    box(page, "已核实资料并确认签字")
    press(page, "保存")
    press(page, "受理")
    tell(page)
    press(page, "确定")
    expect(value_of(page, "状态")).to_have_text("已受理")


@pytest.mark.parametrize(
    ("condition", "who"), [("行动不便", "person"), ("新注册企业", "shop")], ids=["people", "new shop"]
)
def test_heshuo_takes_people_and_new_shops(page_of: PageOf, condition: str, who: str) -> None:
    page = page_of("heshuo.agent")
    page.goto("/admin/service_case/new/")
    fill(page, "办理事项", "社保关系转移" if who == "person" else "开办小超市")
    if who == "person":
        fill(page, "申请人", "申请人甲")
        fill(page, "申请人电话", "13900000001")
    else:
        choose(page, "申请单位", "")
    choose(page, "申请渠道", "服务岗")
    choose(page, "服务方式", "延时")
    choose(page, "服务条件", condition)
    fill(page, "首问责任人", "窗口人员甲")
    page.get_by_role("checkbox", name="社保" if who == "person" else "企业登记", exact=True).check()
    press(page, "保存")
    press(page, "提交")
    press(page, "确定")
    expect(value_of(page, "状态")).to_have_text("待受理")
