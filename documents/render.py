"""Fills in Word templates with docxtpl. A template can only show variables; it cannot call or compute anything."""

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

from documents.docx_template import build_template
from documents.parts import Paper
from documents.variables import code_by_name, written_names

Values = Mapping[str, str]
#: Most papers in one file.
MOST = 300


def environment() -> SandboxedEnvironment:
    """The Jinja environment of templates: sandboxed, escaping every value; an unknown variable is an error."""
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def fill(content: bytes, values: Values) -> bytes:
    """The Word template with these values, which go by code. Raises jinja2's errors."""
    document = DocxTemplate(io.BytesIO(content))
    named = {name: values[code] for name, code in code_by_name().items() if code in values}
    document.render(named, environment(), autoescape=True)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def joined(papers: Sequence[bytes]) -> bytes:
    """One file of several filled-in papers of the same template; each begins on a new page."""
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
    """The template that a paper has until its county uploads its own."""
    return build_template(paper)


def template_to_edit(paper: Paper) -> bytes:
    """The default template with the variables called as people write them."""
    names = written_names()
    return build_template(paper.renamed(lambda code: names.get(code, code)))


def words(content: bytes) -> Iterator[str]:
    """The text of a Word file by paragraph, in document order, including tables."""
    document = Document(io.BytesIO(content))
    for paragraph in document.element.body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"):
        yield "".join(
            "\n" if node.tag.endswith("}br") else node.text or ""
            for node in paragraph.iter()
            if node.tag.endswith(("}t", "}br"))
        )
