"""Writes the pictures: `make pictures`. Two stand in the README; all are to be looked at before saying done."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, ViewportSize, sync_playwright

from tests.browser.conftest import (
    HOME,
    LOCALE,
    OPTIONS,
    SIZE,
    chromium,
    log_in,
    new_context,
    serving,
)
from tests.browser.hands import import_with_errors

FOLDER = HOME / "docs" / "pictures"


def home(page: Page) -> None:
    """首页 of the lead office."""
    page.goto("/admin/")
    page.locator(".bell").wait_for()


def project_list(page: Page) -> None:
    """The key projects, two of them ticked."""
    page.goto("/admin/project/?is_key=1")
    for box in page.locator("input[name=rowid]").all()[1:3]:
        box.check()
    page.mouse.move(1100, 80)


def longest_names(page: Page) -> None:
    """The list that holds the longest names."""
    page.goto("/admin/project/?search=年产&page_size=50")


def list_at_work(page: Page) -> None:
    """Rows ticked, 更多条件 and the calendar open."""
    page.goto("/admin/service_case/?accepted_on_from=2026-01-01")
    page.locator("input[name=rowid]").first.check()
    page.get_by_role("button", name="选择受理日期从").click()


def form_with_errors(page: Page) -> None:
    """A project without a name, with a wrong code."""
    page.goto("/admin/project/new/")
    page.fill("#code", "2304-410823")
    with page.expect_navigation():
        page.click("button[name=_save]")


def record(page: Page) -> None:
    """A case that is under way."""
    page.goto("/admin/service_case/?state=in_progress")
    with page.expect_navigation():
        page.locator("td.first a").first.click()


def wrong_password(page: Page) -> None:
    """登录 with a wrong password."""
    page.context.clear_cookies()
    page.goto("/login")
    page.fill("#username", "wuzhi.office")
    page.fill("#password", "wrong")
    with page.expect_navigation():
        page.keyboard.press("Enter")


#: name: what to do, the width of the window. 911 px is 1366 at 150 %.
PICTURES: dict[str, tuple[Callable[[Page], None], int]] = {
    "home.png": (home, 1366),
    "list.png": (project_list, 1366),
    "list-1920.png": (longest_names, 1920),
    "list-150.png": (longest_names, 911),
    "list-at-work.png": (list_at_work, 1366),
    "form.png": (form_with_errors, 1366),
    "record.png": (record, 1366),
    "import.png": (import_with_errors, 1366),
}


def as_printed(page: Page, link: Locator, folder: Path, name: str) -> None:
    """The first page of the file behind a link, as LibreOffice prints it."""
    with page.expect_download() as taken:
        link.click()
    file = folder / f"{name}{Path(taken.value.suggested_filename).suffix}"
    taken.value.save_as(file)
    office = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/office", "--convert-to", "pdf"]
    subprocess.run([*office, "--outdir", str(folder), str(file)], check=True, capture_output=True)
    to_png = ["pdftoppm", "-png", "-r", "80", "-l", "1", "-singlefile"]
    subprocess.run([*to_png, str(file.with_suffix(".pdf")), str(FOLDER / name)], check=True)


def printed(page: Page, folder: Path) -> None:
    """The month's ledger, and the papers of a closed case."""
    page.goto("/admin/ledger_month/?state=locked")
    with page.expect_navigation():
        page.locator("td.first a").first.click()
    as_printed(page, page.get_by_role("link", name="下载台账"), folder, "ledger")
    page.goto("/admin/service_case/?state=closed")
    with page.expect_navigation():
        page.locator("td.first a").first.click()
    for name, title in PAPERS.items():
        as_printed(page, page.get_by_role("link", name=f"下载{title}"), folder, name)


#: name: title of a paper of 武陟县.
PAPERS = {"application": "帮办代办服务申请表", "completion": "帮办代办项目办结单", "evaluation": "帮办代办服务评价表"}


def main() -> None:
    """Every picture, from a new demonstration."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=list(OPTIONS), env={**os.environ, **LOCALE}
        )
        page = new_context(browser, address, accept_downloads=True).new_page()
        log_in(page, "wuzhi.office")
        for name, (look, width) in PICTURES.items():
            page.set_viewport_size(ViewportSize(width=width, height=SIZE["height"]))
            look(page)
            page.screenshot(path=FOLDER / name, clip={"x": 0, "y": 0, "width": width, "height": 760})
        printed(page, Path(folder))
        wrong_password(page)
        page.screenshot(path=FOLDER / "login.png")
        browser.close()


if __name__ == "__main__":
    main()
