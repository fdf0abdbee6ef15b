"""The program as people use it: served over HTTP, opened in Chromium under the production CSP."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)

from admin.auth import IDLE_SECONDS
from commands.setup import set_up
from services.kernel.schema import upgrade
from services.kernel.transaction import open_engine
from services.kernel.working_days import today
from settings import read_settings
from tests.conftest import build_once
from tests.demo import PASSWORD, copy_of
from tests.patience import HANGS

HOME = Path(__file__).parents[2]
#: Milliseconds after which a page is given up: long for a busy machine, short for who waits for a test to fail.
PATIENCE = 300_000
#: The widths that every page is looked at in: 1366 px, 1920 px, 1366 px at 150 %, a phone.
WIDTHS = (1366, 1920, 911, 390)
SIZE = ViewportSize(width=1366, height=768)
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--lang=zh-CN",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
#: Chinese names of downloads need a UTF-8 locale.
LOCALE = {"LANG": "C.UTF-8", "LANGUAGE": "zh_CN"}

PageOf = Callable[..., Page]
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives Chromium."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The program as an office starts it, with today's demonstration; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"DATA_DIR": str(folder), "PORT": str(port), "HOST": "127.0.0.1", "DEMO_PASSWORD": PASSWORD}
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "PUBLIC_URL", "SECRET_KEY")}
    with (folder / "log").open("wb") as log:
        program = subprocess.Popen(
            [sys.executable, "app.py", "run"], cwd=HOME, env=kept | own, stdout=log, stderr=subprocess.STDOUT
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _await(program, f"{url}/healthz")
        yield url
    finally:
        program.terminate()
        program.wait()


def _await(program: subprocess.Popen[bytes], url: str) -> None:
    end = time.monotonic() + HANGS
    while time.monotonic() < end and program.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=HANGS):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the program did not start: {program.args!r}")


@pytest.fixture(scope="session")
def address(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the program is served, with today's demonstration."""
    folder = tmp_path_factory.mktemp("site")
    demo = build_once(shared_folder / "today.db", first_run)
    copy_of(demo, folder).rename(folder / "office.db")
    with serving(folder) as url:
        yield url


def first_run(path: Path) -> None:
    """Fill a new SQLite file as the program does at its first start."""
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    with TemporaryDirectory() as folder:
        set_up(engine, read_settings({"DATA_DIR": folder, "DEMO_PASSWORD": PASSWORD}), today())
    engine.dispose()


def chromium() -> str:
    """The path of Chromium; without it the tests fail, they are never skipped.

    The shell without a window draws the same pages with half the processor time.
    """
    found = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None)
    if found is None:
        pytest.fail("没有找到 Chromium，请先运行 tests/install_tools.sh", pytrace=False)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    path = chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(OPTIONS), env={**os.environ, **LOCALE})
        yield opened
        opened.close()


def log_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Log in as a person does."""
    page.goto("/login")
    page.fill("#username", username)
    page.fill("#password", password)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.fixture(scope="session")
def cookies_of(browser: Browser, address: str) -> Callable[[str], Any]:
    """The cookies of a logged-in account; each logs in once, and again before the program takes it for idle."""
    known: dict[str, tuple[float, Any]] = {}

    def cookies(username: str) -> Any:
        since, state = known.get(username, (0.0, None))
        if state is None or time.monotonic() - since > IDLE_SECONDS / 6:
            context = new_context(browser, address)
            log_in(page := context.new_page(), username)
            assert page.url.endswith("/admin/"), page.inner_text("main")
            state = context.storage_state()
            known[username] = (time.monotonic(), state)
            context.close()
        return state

    return cookies


def new_context(browser: Browser, address: str, **more: Any) -> BrowserContext:
    """A window of its own, so far nobody's."""
    context = browser.new_context(base_url=address, locale="zh-CN", viewport=SIZE, **more)
    context.set_default_timeout(PATIENCE)
    return context


@dataclass
class Watch:
    """What went wrong in a page: console, exceptions, the CSP, requests. `expected` answers are none."""

    expected: frozenset[int]
    troubles: list[str] = field(default_factory=list)

    def look_at(self, page: Page) -> Page:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.troubles.append(f"exception: {error}"))
        page.on("response", self._response)
        page.on(
            "requestfailed",
            lambda r: None if "ERR_ABORTED" in (r.failure or "") else self.troubles.append(f"{r.url}: {r.failure}"),
        )
        return page

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium says of every answer from 400 on that it failed to load; _response judges those.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.troubles.append(f"console: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.troubles.append(f"{response.status}: {response.request.method} {response.url}")


@pytest.fixture
def page_of(browser: Browser, address: str, cookies_of: Callable[[str], Any]) -> Iterator[PageOf]:
    """`page_of("wuzhi.office", 400)`: a page of that account, None for nobody's.

    The test fails at its end when a page logged an error, broke the CSP, or got an answer from
    400 on that is not among those named.
    """
    opened: list[tuple[BrowserContext, Watch]] = []

    def page(username: str | None, *expected: int) -> Page:
        state = cookies_of(username) if username else None
        context = new_context(browser, address, storage_state=state, accept_downloads=True)
        watch = Watch(frozenset(expected))
        opened.append((context, watch))
        return watch.look_at(context.new_page())

    yield page
    for context, _ in opened:
        context.close()
    troubles = [text for _, watch in opened for text in watch.troubles]
    assert not troubles, "\n".join(troubles)
