"""What people's hands do on a page: press, choose, tick, read."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Locator, Page, expect

from tests.lists import write_list


def tick(page: Page, count: int, having: str = "") -> list[str]:
    """Tick the first `count` rows (that contain `having`); gives their ids."""
    rows = page.locator("table.list tbody tr")
    boxes = (rows.filter(has_text=having) if having else rows).locator("input[name=rowid]")
    assert boxes.count() >= count, f"{boxes.count()} rows"
    ids = []
    for i in range(count):
        boxes.nth(i).check()
        ids.append(boxes.nth(i).get_attribute("value") or "")
    return ids


def choose(page: Page, label: str, text: str = "") -> str:
    """Choose in the combobox called `label`: the first choice for what is typed, by keyboard."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    if text:
        box.fill(text)
    first = page.get_by_role("option").filter(has_text=text).first
    first.wait_for()
    chosen = first.inner_text()
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value(chosen)
    return chosen


def press(page: Page, name: str) -> None:
    """Press a button or a link of the page's own part."""
    main = page.locator("main")
    found = main.get_by_role("button", name=name, exact=True).or_(main.get_by_role("link", name=name, exact=True))
    with page.expect_navigation():
        found.click()


def value_of(page: Page, label: str) -> Locator:
    """What a record's page says of a field."""
    fields = page.locator("dl.details > div")
    return fields.filter(has=page.locator("dt", has_text=re.compile(f"^{label}$"))).locator("dd")


def name_of(page: Page) -> str:
    """What the record that the page shows is called."""
    return str(page.locator("h1").evaluate("h1 => h1.firstChild.textContent.trim()"))


def message(page: Page) -> str:
    """The message after something was done or refused; a test that waits for the one must not wait out the other."""
    return page.locator(".note").first.inner_text()


def import_with_errors(page: Page) -> None:
    """Bring a list of three departments, two of them wrong, as far as its preview."""
    with TemporaryDirectory() as folder:
        rows: list[list[str | None]] = [["新设甲局", "7221234"], ["新设乙局", "坏号码"], [None, "7221235"]]
        source = write_list(Path(folder) / "部门.xlsx", ["部门名称", "办公电话", "编者按"], rows)
        page.goto("/admin/department/import/")
        page.set_input_files("#file", source)
        with page.expect_navigation(url="**/import_batch/**"):
            page.get_by_role("button", name="上传并预检").click()
