"""What can be said of any page as it looks: its words and its width."""

from __future__ import annotations

import re

from playwright.sync_api import Page, ViewportSize

from tests.browser.conftest import SIZE, WIDTHS

#: All that a page says: text, choices, and what a screen reader or a pointer resting on it is told.
WORDS = """() => {
  const said = [document.title, document.body.innerText];
  for (const e of document.querySelectorAll("[title], [aria-label], [placeholder], option, input[type=text], textarea"))
    said.push(e.title, e.getAttribute("aria-label"), e.placeholder, e.text,
      e.matches("input[type=text], textarea") && e.value);
  return said.filter((text) => typeof text === "string" && text).join("\\n");
}"""
#: What is written in Latin letters everywhere: codes and numbers, hashes, accounts, names of formats and
#: programs, what a template says to the program.
CODES = re.compile(
    r"\{%[^%]*%\}|(?<![A-Za-z])(?:Word|WPS|Ctrl|[0-9A-Z]{18}|[A-Z]{2}\d{4,}(?:[A-Z]{2})?|[0-9a-f]{8,64}|SHA-256|A4|Excel|XLSX|xlsx"
    r"|(?:wenxian|wuzhi|balinzuoqi|heshuo|jiaozuo)(?:\.[a-z]+)?|sysadmin|secadmin|auditor|system)(?![A-Za-z])"
)
ENGLISH = re.compile(r"[A-Za-z_]{2,}")
#: Whether a page is wider than its window, once the page has heard of the window's new size: a frame drawn
#: after a change follows its resize event.
TOO_WIDE = """() => new Promise((tell) => requestAnimationFrame(() => requestAnimationFrame(() =>
  tell(document.documentElement.scrollWidth > document.documentElement.clientWidth))))"""


def english(page: Page) -> list[str]:
    """The words of a page in Latin letters that are no code."""
    return sorted(set(ENGLISH.findall(CODES.sub(" ", page.evaluate(WORDS)))))


def sideways(page: Page) -> list[int]:
    """The widths in which the page itself, not a table in it, has to be pushed sideways."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size(ViewportSize(width=width, height=SIZE["height"]))
        if page.evaluate(TOO_WIDE):
            found.append(width)
    return found
