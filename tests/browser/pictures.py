"""Writes the pictures of the README: `python -m tests.browser.pictures`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import HOME, LOCALE, OPTIONS, chromium, log_in, new_context, serving

FOLDER = HOME / "docs" / "pictures"


def home(page: Page) -> None:
    """首页 of the lead office."""
    page.goto("/admin/")


def project_list(page: Page) -> None:
    """The key projects, two of them ticked."""
    page.goto("/admin/project/?is_key=1")
    for box in page.locator("input[name=rowid]").all()[1:3]:
        box.check()
    page.mouse.move(1100, 80)


PICTURES = {"home.png": home, "list.png": project_list}


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
        page = new_context(browser, address).new_page()
        log_in(page, "wuzhi.office")
        for name, look in PICTURES.items():
            look(page)
            page.screenshot(path=FOLDER / name, clip={"x": 0, "y": 0, "width": 1366, "height": 660})
        browser.close()


if __name__ == "__main__":
    main()
