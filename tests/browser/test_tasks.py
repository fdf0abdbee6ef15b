"""How many clicks a clerk needs for each daily task; typing and the file dialog are not counted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PageOf
from tests.demo import PASSWORD
from tests.lists import credit_code, write_list


class Hand:
    """A clerk's hand: counts what it clicks."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1

    def go(self, target: Locator) -> None:
        """Click what leads to another page."""
        with self.page.expect_navigation():
            self.click(target)

    def menu(self, name: str) -> None:
        self.go(self.page.locator(".menu").get_by_role("link", name=name, exact=True))

    def button(self, name: str) -> Locator:
        main = self.page.locator("main")
        return main.get_by_role("link", name=name, exact=True).or_(main.get_by_role("button", name=name, exact=True))

    def task(self, tag: str) -> Locator:
        """The first line of 我的待办 with this tag."""
        return self.page.locator(".todo a").filter(has=self.page.locator(".tag", has_text=tag)).first


def take_first(box: Locator) -> None:
    """Take the first choice of an open combobox by keyboard."""
    box.page.get_by_role("option").first.wait_for()
    box.press("ArrowDown")
    box.press("Enter")


def test_1_log_in_and_see_what_waits(page_of: PageOf) -> None:
    page = page_of("wuzhi.office")
    page.context.clear_cookies()
    page.goto("/login")
    expect(page.locator("#username")).to_be_focused()
    page.keyboard.type("wuzhi.office")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="我的待办")).to_be_visible()


def test_2_an_application_is_written_down_and_printed(page_of: PageOf) -> None:
    page = page_of("wuzhi.window")
    hand = Hand(page)
    page.goto("/admin/")
    hand.go(hand.button("新增帮办代办件"))
    for label in ("申请单位", "项目"):
        box = page.get_by_role("combobox", name=label)
        hand.click(box)
        take_first(box)
    page.locator("[name=matter]").fill("立项和规划")
    for label in ("申请渠道", "服务方式"):
        box = page.get_by_role("combobox", name=label)
        box.press("ArrowDown")
        take_first(box)
    page.locator("fieldset input[type=checkbox]").first.check()
    hand.go(hand.button("保存并打印"))
    expect(page.locator("main.paper .title")).to_have_text("帮办代办服务申请表")
    assert page.locator("main.paper").inner_text().count("☑") >= 1
    assert hand.clicks == 4


def test_3_a_new_enterprise(page_of: PageOf) -> None:
    page = page_of("wuzhi.office")
    hand = Hand(page)
    page.goto("/admin/")
    hand.menu("企业")
    hand.go(hand.button("新增"))
    page.fill("#name", "武陟县三步面粉有限公司")
    page.fill("#credit_code", credit_code("410823", 77_001))
    hand.go(hand.button("保存"))
    expect(page.locator("h1")).to_contain_text("三步面粉")
    assert hand.clicks <= 3


def test_4_a_key_list_from_excel(page_of: PageOf, tmp_path: Path) -> None:
    page = page_of("wuzhi.office")
    hand = Hand(page)
    page.goto("/admin/project/?is_key=0&page_size=100")
    names = page.locator("td.first a").all_inner_texts()[:30]
    rows = [[name, "武发改〔2026〕88号", date(2026, 3, 2)] for name in names]
    source = write_list(tmp_path / "名单.xlsx", ["项目名称", "列入文号", "列入日期"], rows)
    page.goto("/admin/")
    hand.menu("重点认定")
    hand.go(hand.button("导入重点项目名单"))
    page.set_input_files("#file", source)
    hand.go(hand.button("上传并预检"))
    hand.go(hand.button("确认导入"))
    expect(page.locator("dd .tag").first).to_have_text("已导入")
    assert hand.clicks <= 4


def test_5_a_designation_of_two_projects(page_of: PageOf) -> None:
    page = page_of("wenxian.office")
    hand = Hand(page)
    page.goto("/admin/project/?is_key=0")
    hand.clicks += 1  # the menu's 项目, with the filter typed
    ticks = 2
    for box in range(ticks):
        page.locator("input[name=rowid]").nth(box).check()
    hand.go(hand.button("登记重点认定"))
    page.get_by_label("列入文号或依据").fill("温政文〔2026〕9号")
    hand.go(hand.button("确定"))
    expect(page.locator(".note-success")).to_contain_text("2 条已办理")
    assert hand.clicks <= 4


def test_6_a_project_gets_its_officer(page_of: PageOf) -> None:
    page = page_of("wuzhi.office")
    hand = Hand(page)
    page.goto("/admin/")
    hand.go(hand.task("分包"))
    choice = page.get_by_role("option").first
    expect(choice).to_contain_text("现分包")
    hand.click(choice)
    hand.go(hand.button("确定"))
    expect(page.locator(".note-success")).to_contain_text("1 条已办理")
    assert hand.clicks <= 3


@pytest.mark.parametrize("username", ["wuzhi.leader"])
def test_7_a_leader_names_a_liaison(page_of: PageOf, username: str) -> None:
    page = page_of(username)
    hand = Hand(page)
    page.goto("/admin/")
    hand.go(hand.task("指定专办员"))
    hand.click(page.get_by_role("option").first)
    hand.go(hand.button("确定"))
    expect(page.locator(".note-success")).to_contain_text("已办理")
    assert hand.clicks <= 4


def test_8_what_is_overdue(page_of: PageOf) -> None:
    hand = Hand(page_of("wuzhi.office"))
    hand.page.goto("/admin/")
    hand.go(hand.page.locator(".cards a").filter(has_text="超期办件"))
    assert "due_on_to=" in hand.page.url
    expect(hand.page.get_by_role("heading", name="帮办代办件", exact=True)).to_be_visible()
    assert hand.clicks == 1


def test_9_an_approved_case_is_closed(page_of: PageOf) -> None:
    page = page_of("wuzhi.agent")
    page.goto("/admin/service_case/?state=approved")
    hand = Hand(page)
    hand.go(page.locator("td.first a").last)
    hand.go(page.get_by_role("main").get_by_role("link", name="送达并办结", exact=True))
    way = page.get_by_role("combobox", name="送达方式")
    hand.click(way)
    way.fill("现场")
    page.get_by_role("option").filter(has_text="现场转交").first.wait_for()
    way.press("ArrowDown")
    way.press("Enter")
    hand.go(hand.button("确定"))
    expect(page.locator(".tag").filter(has_text="已办结").first).to_be_visible()
    with page.expect_download() as sent:
        hand.click(page.get_by_role("link", name="下载帮办代办项目办结单"))
    assert sent.value.suggested_filename.endswith(".docx")
    assert hand.clicks == 5


def test_10_the_ledger_goes_out(page_of: PageOf) -> None:
    hand = Hand(page_of("wuzhi.office"))
    hand.page.goto("/admin/")
    hand.go(hand.button("导出台账"))
    with hand.page.expect_download() as sent:
        hand.click(hand.page.get_by_role("main").get_by_role("link", name="下载台账"))
    assert sent.value.suggested_filename.endswith(".xlsx")
    assert hand.clicks == 2
