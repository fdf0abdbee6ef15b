"""Every page of every role: nothing refused by the CSP, no English, nothing to push sideways."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PageOf
from tests.browser.looks import english, sideways

#: One account of each role, and one of a county with other settings.
ACCOUNTS = (
    "wuzhi.office",
    "wuzhi.leader",
    "wuzhi.agent",
    "wuzhi.window",
    "wuzhi.station",
    "wuzhi.officer",
    "wuzhi.liaison",
    "wuzhi.inspector",
    "wuzhi.fgw",
    "wuzhi.kgj",
    "balinzuoqi.agent",
    "heshuo.office",
    "jiaozuo.supervisor",
    "sysadmin",
    "secadmin",
    "auditor",
)
#: Accounts that together see every page, forms too; their pages are also looked at in every width.
WIDE = ("wuzhi.office", "wuzhi.leader", "sysadmin", "auditor")


#: What a list leads to: the new form, the first record, its form, its deletion.
ALL_PAGES = "main .toolbar a.primary[href*='/new/'], tbody tr:first-child .ops a"
RECORD = "tbody tr:first-child .ops a[href*='/details/']"


def addresses(page: Page, more: str) -> Iterator[str]:
    """Every page the menu leads to, and of each list those that `more` finds."""
    page.goto("/admin/")
    yield page.url
    for entry in page.locator(".menu li a").evaluate_all("links => links.map((a) => a.href)")[1:]:
        page.goto(entry, wait_until="domcontentloaded")
        yield entry
        for address in page.locator(more).evaluate_all("links => links.map((a) => a.href)"):
            page.goto(address, wait_until="domcontentloaded")
            yield address


@pytest.mark.parametrize("username", ACCOUNTS)
def test_every_page_of_a_role_is_chinese_and_breaks_no_rule(page_of: PageOf, username: str) -> None:
    page = page_of(username)
    faults = []
    for address in addresses(page, ALL_PAGES if username in WIDE else RECORD):
        if words := english(page):
            faults.append(f"{address}: {words}")
        if username in WIDE and (widths := sideways(page)):
            faults.append(f"{address}: wider than {widths}")
    assert not faults, "\n".join(faults)
