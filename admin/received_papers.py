"""The form field that asks, when a case ends, where each paper received from the applicant goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from wtforms import Field
from wtforms.validators import ValidationError

from admin.forms import CONTROL
from models.work import CaseMaterial
from services.cases.received_papers import Whereabouts
from services.records.lists import parse_id

#: Longest reason; what a copy is kept for unless somebody says otherwise.
MAX_REASON, COPY = 100, "复印件，随卷留存"


class PapersField(Field):
    """A line for each received paper: given back (the default for originals), or the reason why it is kept."""

    def __init__(self, label: str, **more: Any) -> None:
        super().__init__(label, **more)
        self.papers: Sequence[CaseMaterial] = ()
        self.typed = False
        self.back: set[int] = set()
        self.reasons: dict[int, str] = {}
        self.data: Whereabouts = {}

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        self.typed = bool(formdata)
        if formdata:
            self.back = {id_ for text in formdata.getlist(f"{self.name}-back") if (id_ := parse_id(text)) is not None}
            self._formdata = formdata

    def ask_about(self, papers: Sequence[CaseMaterial]) -> None:
        """Show these papers, and read what was typed about them."""
        self.papers = papers
        if self.typed:
            self.reasons = {p.id: self._formdata.get(f"{self.name}-why-{p.id}", "").strip() for p in papers}
        else:
            self.back = {p.id for p in papers if p.original}
            self.reasons = {p.id: "" if p.original else COPY for p in papers}
        self.data = {p.id: None if p.id in self.back else self.reasons[p.id] for p in papers}

    def pre_validate(self, form: Any) -> None:
        for paper in self.papers:
            reason = self.data[paper.id]
            if reason is None:
                continue
            if not reason:
                raise ValidationError(f"“{paper.name}”：请勾选退还，或写明留存原因")
            if len(reason) > MAX_REASON or CONTROL.search(reason):
                raise ValidationError(f"“{paper.name}”：留存原因最多 {MAX_REASON} 个字，不能有控制字符")

    def widget(self, field: PapersField, **attributes: Any) -> Markup:
        line = Markup(
            '<tr><td>{1}</td><td><input type="checkbox" name="{0}-back" value="{2}" aria-label="退还{1}"{3}></td>'
            '<td><input name="{0}-why-{2}" value="{4}" maxlength="{5}" aria-label="{1}留存原因"></td></tr>'
        )
        rows = [
            line.format(
                self.name,
                paper.in_words,
                paper.id,
                Markup(" checked") if paper.id in self.back else "",
                self.reasons[paper.id],
                MAX_REASON,
            )
            for paper in self.papers
        ]
        return Markup(
            '<table class="lines" id="{}"><thead><tr><th>收到的材料</th><th>退还</th><th>不退还的写留存原因</th></tr>'
            "</thead><tbody>{}</tbody></table>"
        ).format(self.id, Markup("").join(rows))
