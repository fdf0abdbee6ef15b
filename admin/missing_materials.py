"""The form field of 一次性告知: the missing papers and how to supply each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup
from wtforms import Field
from wtforms.validators import ValidationError

from admin.forms import CONTROL
from models.work import CaseMaterial
from services.cases.intake import MissingMaterial

#: Empty lines for other papers.
BLANK_LINES = 4


class MissingField(Field):
    """Lines of (paper, remedy); a paper without a remedy is not missing."""

    def __init__(self, label: str, **more: Any) -> None:
        super().__init__(label, **more)
        self.suggested: list[str] = []
        self.lines: list[tuple[str, str]] = []

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        if formdata:
            names, remedies = formdata.getlist(f"{self.name}-name"), formdata.getlist(f"{self.name}-remedy")
            lines = ((name.strip(), remedy.strip()) for name, remedy in zip(names, remedies, strict=False))
            self.lines = [line for line in lines if any(line)]

    def suggest(self, names: Iterable[str]) -> None:
        """Offer these papers first; each counts as missing only when a remedy is typed."""
        self.suggested = list(names)
        self.data = [MissingMaterial(n, r) for n, r in self.lines if r or n not in self.suggested]

    def pre_validate(self, form: Any) -> None:
        longest = {key: _length(key) for key in ("name", "remedy")}
        for paper in self.data:
            if not paper.name or not paper.remedy:
                raise ValidationError(f"“{paper.name or paper.remedy}”：材料名称和补正办法都要写")
            if len(paper.name) > longest["name"] or len(paper.remedy) > longest["remedy"]:
                raise ValidationError(f"材料名称最多 {longest['name']} 个字，补正办法最多 {longest['remedy']} 个字")
            if CONTROL.search(paper.name + paper.remedy):
                raise ValidationError("含有不可见的控制字符，请删除后再保存")
        if not self.data:
            raise ValidationError("请至少写一项缺少的材料和它的补正办法")
        if len({paper.name for paper in self.data}) < len(self.data):
            raise ValidationError("同一材料写了两次")

    def widget(self, field: MissingField, **attributes: Any) -> Markup:
        typed = dict(self.lines)
        known = [(name, typed.get(name, "")) for name in self.suggested]
        others = [line for line in self.lines if line[0] not in self.suggested]
        others += [("", "")] * max(1, BLANK_LINES - len(others))
        line = Markup(
            '<tr><td><input name="{0}-name" value="{1}" maxlength="100" aria-label="材料名称"{3}></td>'
            '<td><input name="{0}-remedy" value="{2}" maxlength="200" aria-label="{4}补正办法"></td></tr>'
        )
        rows = [line.format(self.name, n, r, Markup(" readonly"), n) for n, r in known]
        rows += [line.format(self.name, n, r, "", n) for n, r in others]
        return Markup(
            '<table class="lines" id="{}"><thead><tr><th>材料名称</th><th>补正办法</th></tr></thead>'
            "<tbody>{}</tbody></table>"
        ).format(self.id, Markup("").join(rows))


def _length(key: str) -> int:
    """Maximum length of a column of a material."""
    length: int = CaseMaterial.__table__.c[key].type.length  # type: ignore[attr-defined]  # a String
    return length
