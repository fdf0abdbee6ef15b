"""Pages by keyboard and by screen reader: axe finds nothing serious, reasons and dates can be reached."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import PageOf
from tests.browser.hands import import_with_errors
from tests.browser.looks import english, sideways
from tests.demo import PASSWORD


def _first(page: Page, table: str, more: str = "") -> None:
    page.goto(f"/admin/{table}/{more}")
    with page.expect_navigation():
        page.locator("td.first a").first.click()


def _login(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/login")
    page.fill("#username", "wuzhi.nobody")
    page.fill("#password", "wrong")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _form_with_errors(page: Page) -> None:
    page.goto("/admin/project/new/")
    with page.expect_navigation():
        page.click("button[name=_save]")


def _action(page: Page) -> None:
    _first(page, "service_case", "?state=approved")
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name="终止", exact=True).click()


def _delete(page: Page) -> None:
    page.goto("/admin/enterprise/")
    with page.expect_navigation():
        page.locator(".ops a.danger").first.click()


def _calendar(page: Page) -> None:
    page.goto("/admin/service_case/?accepted_on_from=2026-01-01")
    page.get_by_role("button", name="选择受理日期从").click()


def _choices(page: Page) -> None:
    page.goto("/admin/project/")
    page.get_by_role("combobox", name="建设单位").click()
    page.get_by_role("option").first.wait_for()


def _meeting_with_departments(page: Page) -> None:
    page.goto("/admin/meeting/new/")
    for _ in range(2):
        page.get_by_role("combobox", name="参会部门").click()
        page.get_by_role("option").nth(page.locator(".chip").count()).click()
    assert page.locator(".chip").count() == 2


PAGES: dict[str, Callable[[Page], object]] = {
    "login": _login,
    "password": lambda page: page.goto("/password"),
    "home": lambda page: page.goto("/admin/"),
    "list": lambda page: page.goto("/admin/project/"),
    "empty list": lambda page: page.goto("/admin/project/?search=没有这个"),
    "list with a calendar": _calendar,
    "list with choices": _choices,
    "form": lambda page: page.goto("/admin/service_case/new/"),
    "form with errors": _form_with_errors,
    "record": lambda page: _first(page, "service_case", "?state=approved"),
    "ledger": lambda page: _first(page, "ledger_month"),
    "action": _action,
    "import": lambda page: page.goto("/admin/project/import/"),
    "import with errors": import_with_errors,
    "papers": lambda page: page.goto("/admin/papers/"),
    "paper": lambda page: page.goto("/admin/papers/blank/?paper=application&form=page"),
    "exports": lambda page: page.goto("/admin/exports/"),
    "recycle bin": lambda page: page.goto("/admin/recycle/"),
    "form with chips": _meeting_with_departments,
    "delete": _delete,
    "error": lambda page: page.goto("/admin/project/details/?id=999999999"),
}


@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_use_the_page(page_of: PageOf, name: str) -> None:
    page = page_of("wuzhi.office", 400, 401, 404)
    PAGES[name](page)
    found = Axe().run(page).response["violations"]
    serious = [
        f"{v['id']}: {v['help']}: {[n['html'][:160] for n in v['nodes'][:3]]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
    assert not serious, "\n".join(serious)
    assert not english(page)
    assert not sideways(page)


def test_a_date_is_chosen_by_keyboard_and_typed_in_any_usual_way(page_of: PageOf) -> None:
    page = page_of("wuzhi.office")
    page.goto("/admin/service_case/")
    page.get_by_text("更多条件").click()
    box = page.get_by_label("受理日期从", exact=True)
    box.fill("20260228")
    page.get_by_role("button", name="选择受理日期从").press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert box.input_value() == "2026-03-01"
    box.fill("2026年4月5日")
    box.press("Tab")
    assert box.input_value() == "2026-04-05"


def test_an_impossible_action_says_why_when_it_has_the_focus(page_of: PageOf) -> None:
    page = page_of("wuzhi.agent")
    _first(page, "service_case", "?state=approved")
    button = page.locator(".cannot summary")
    why = page.locator(".cannot li").first
    assert not why.is_visible()
    button.focus()
    page.keyboard.press("Enter")
    assert why.is_visible()
    assert "审批完成" in why.inner_text()


def test_leaving_a_changed_form_asks(page_of: PageOf) -> None:
    page = page_of("wuzhi.office")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.goto("/admin/enterprise/new/")
    page.fill("[name=name]", "没有保存的企业")
    with page.expect_navigation():
        page.locator(".menu").get_by_role("link", name="首页").click()
    assert asked == ["beforeunload"]


def test_what_was_typed_survives_a_session_that_ended(page_of: PageOf) -> None:
    page = page_of("wuzhi.office")
    page.goto("/admin/enterprise/new/")
    page.get_by_label("项目单位名称").fill("武陟县过期测试有限公司")
    page.get_by_label("地址", exact=True).fill("兴华路1号")
    page.context.clear_cookies()
    with page.expect_navigation():
        page.click("button[name=_save]")
    expect(page.get_by_text("登录已过期")).to_be_visible()
    page.fill("#username", "wuzhi.office")
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_label("项目单位名称")).to_have_value("武陟县过期测试有限公司")
    expect(page.get_by_label("地址", exact=True)).to_have_value("兴华路1号")
    page.reload()
    expect(page.get_by_label("项目单位名称")).to_have_value("")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("２０２６-11-１8", "2026-11-18"),
        ("2026年3月5日", "2026-03-05"),
        ("20260305", "2026-03-05"),
        ("2026-11-1８8", "2026-11-1８8"),
    ],
)
def test_a_date_is_read_whole_or_left_alone(page_of: PageOf, typed: str, read: str) -> None:
    page = page_of("wuzhi.office")
    page.goto("/admin/work_record/new/")
    box = page.get_by_label("日期").first
    box.fill(typed)
    box.blur()
    expect(box).to_have_value(read)
