"""Our templates stand on their own: an upgrade of Flask-Admin cannot change a page behind our back."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from jinja2 import meta

FOLDER = Path(__file__).parent.parent.parent / "admin" / "templates"
OURS = {path.name for path in FOLDER.glob("*.html")}
MAX_LINE = 160
#: What the templates take from Flask-Admin: attributes of its views, held by this test.
FROM_VIEWS = ("menu", "admin", "name", "endpoint", "is_visible", "is_accessible")


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_template_uses_no_file_but_ours(app: Flask, name: str) -> None:
    found = meta.find_referenced_templates(app.jinja_env.parse((FOLDER / name).read_text()))
    # None: `admin_base_template`, which is our layout.
    assert {used for used in found if used is not None} <= OURS


def test_the_base_of_every_page_is_our_layout(app: Flask) -> None:
    admin = app.extensions["admin"][0]
    assert admin.theme.base_template == "layout.html"
    for view in admin._views:
        for attribute in FROM_VIEWS:
            assert hasattr(view, attribute) or hasattr(admin, attribute), (view, attribute)


def test_no_third_partys_file_lies_among_ours() -> None:
    names = {p.name for p in (FOLDER.parent / "static").rglob("*") if p.is_file()}
    assert names == {"app.css", "app.js", "icon.svg", "paper.css"}


def test_no_line_of_a_template_is_longer_than_160_columns() -> None:
    long = [
        f"{path.name}:{number}"
        for path in sorted(FOLDER.glob("*.html"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > MAX_LINE
    ]
    assert long == []
