"""What the page of a paper is on paper: Chromium prints each on one sheet."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

from playwright.sync_api import Browser

from documents import as_html, render
from documents.docx_template import build_template
from tests.documents.test_papers import ALL, USUAL, longest, pages_of

PAPER_CSS = Path(__file__).parents[2] / "admin/static/paper.css"


def test_chromium_prints_each_paper_on_one_sheet(browser: Browser, tmp_path: Path) -> None:
    values, papers = longest(USUAL), list({paper.parts: paper for _, paper in ALL}.values())
    sheets = [
        f'<main class="paper">{as_html.as_page(render.fill(build_template(paper), values))}</main>' for paper in papers
    ]
    window = browser.new_page()
    css = PAPER_CSS.read_text(encoding="utf-8") + ".paper { break-after: page; }"
    window.set_content(f"<style>{css}</style>{''.join(sheets)}")
    window.pdf(path=tmp_path / "papers.pdf", prefer_css_page_size=True)
    window.close()
    for paper, sheet in zip_longest(papers, pages_of(tmp_path / "papers.pdf")):
        assert paper, f"one paper too much: {sheet}"
        assert (sheet or "").strip().startswith(paper.title), f"not on one sheet: what is before {paper.title}"
