"""Papers filled in: Word by docxtpl, pages by the same definition. A template can do nothing but show its variables."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache

from docx import Document
from docx.enum.text import WD_BREAK
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from documents.parts import Cell, Grid, Line, Paper, Part, Space, Tear
from documents.word import template

Values = Mapping[str, str]
#: Papers that one file holds at most.
MOST = 300


def environment() -> SandboxedEnvironment:
    """What templates are filled in by: sandboxed, a missing variable is an error, everything is escaped."""
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def fill(content: bytes, values: Values) -> bytes:
    """The Word template with these values. Raises jinja2's errors."""
    document = DocxTemplate(io.BytesIO(content))
    document.render(dict(values), environment(), autoescape=True)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def joined(papers: Sequence[bytes]) -> bytes:
    """Several filled-in papers of one template as one file, each on pages of its own."""
    first = Document(io.BytesIO(papers[0]))
    body = first.element.body
    for paper in papers[1:]:
        first.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        end = body.sectPr
        for element in Document(io.BytesIO(paper)).element.body:
            if element.tag != end.tag:
                end.addprevious(deepcopy(element))
    stream = io.BytesIO()
    first.save(stream)
    return stream.getvalue()


@cache
def default_template(paper: Paper) -> bytes:
    """The template that a paper has until its county brings its own."""
    return template(paper)


def page(paper: Paper, values: Values) -> Markup:
    """The paper as HTML, for the same values as the default template."""
    source = "".join(_html(part) for part in paper.parts)
    # What the definition says is escaped by _html, what is filled in by the template.
    return Markup(environment().from_string(source).render(values))  # noqa: S704 # nosec B704


def _html(part: Part) -> str:
    match part:
        case Line(text, "title"):
            return f"<h2>{escape(text)}</h2>\n"
        case Line(text, style):
            return f'<p class="{style}">{escape(text)}</p>\n'
        case Space(lines):
            return '<p class="space"></p>\n' * lines
        case Tear():
            return '<hr class="tear">\n'
        case Grid(widths, rows):
            total = sum(widths)
            columns = "".join(f'<col class="w{round(100 * width / total)}">' for width in widths)
            return f"<table><colgroup>{columns}</colgroup><tbody>{''.join(map(_row, rows))}</tbody></table>\n"


def _row(cells: Sequence[Cell]) -> str:
    found = []
    for cell in cells:
        if not cell.rows:  # it began in a row above
            continue
        tag, span = "th" if cell.label else "td", f' colspan="{cell.span}"' if cell.span > 1 else ""
        span += f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
        found.append(f"<{tag}{span}>{escape(cell.text)}</{tag}>")
    return f"<tr>{''.join(found)}</tr>\n"


def words(content: bytes) -> Iterator[str]:
    """The text of a Word file, a paragraph at a time, tables in their place."""
    document = Document(io.BytesIO(content))
    for paragraph in document.element.body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"):
        yield "".join(
            "\n" if node.tag.endswith("}br") else node.text or ""
            for node in paragraph.iter()
            if node.tag.endswith(("}t", "}br"))
        )
