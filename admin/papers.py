"""单据: a case's papers as Word files or pages, blank forms, a month's slips, the county's templates."""

from __future__ import annotations

import io
from typing import Any

from flask import abort, flash, redirect, request, send_file, url_for
from flask_admin import expose
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.pages import OfficePage
from admin.session import actor, carry_out_from, db, new_key, own_county, write_separately
from documents import as_html
from documents.parts import Paper
from documents.render import template_to_edit
from documents.template_validation import MAX_BYTES
from documents.variables import GROUPS, Variable, written_names
from models.actions import AuditAction
from models.base import table_name
from models.cases import ServiceCase
from models.fields import field_of
from models.papers import PaperTemplate, PrintForm
from models.places import County
from models.work import Agreement, WorkRecord
from services.kernel.access import may
from services.kernel.audit import record
from services.kernel.errors import RuleViolation
from services.kernel.months import month_of, typed_month
from services.kernel.working_days import today
from services.papers import case_papers
from services.records.lists import parse_id

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


#: The rows that papers are printed of, by the argument that names them in an address.
OWNERS: dict[str, type[Any]] = {"case": ServiceCase, "agreement": Agreement, "record": WorkRecord}
#: What is told of a template that was brought: paper, version, address to look at it.
BROUGHT = Markup('“{}”已改用上传的模板（第 {} 版），请<a href="{}">预览</a>核对')


def _is_used(variable: Variable, county: County) -> bool:
    """Whether the county has what the variable shows."""
    setting = field_of(*variable.column).when if variable.column else None
    return setting is None or bool(getattr(county, setting))


def send_word(content: bytes, name: str) -> Any:
    """A Word file for the user."""
    return send_file(io.BytesIO(content), mimetype=DOCX, as_attachment=True, download_name=f"{name}.docx")


def _number(name: str) -> int | None:
    """The id in the address; None without one, 404 if it is not a number."""
    text = request.values.get(name, "")
    if not text:
        return None
    number = parse_id(text)
    return abort(404) if number is None else number


class PapersView(OfficePage):
    """单据."""

    title, place, permission = "单据", "papers", "paper.print"

    @expose("/")
    def index(self) -> str:
        county = self._county()
        rows = case_papers.versions_of(db(), county.id) if self._keeps() else []
        return self.render(
            "papers.html",
            papers=case_papers.county_papers(db(), county).values(),
            month=month_of(today()),
            key=new_key(),
            keeps=self._keeps(),
            versions={p: [r for r in rows if r.paper == p] for p in {r.paper for r in rows}},
            variables=[(group, [v for v in known if _is_used(v, county)]) for group, known in GROUPS],
            written=written_names(),
        )

    # Papers of a case, an agreement or a work record.
    @expose("/word/")
    def word(self) -> Any:
        """A paper as a Word file."""
        row, sheet = self._sheet()
        printed = case_papers.filled(db(), row, sheet)
        name = "-".join((printed.title, getattr(row, "number", None) or str(row.id)))
        content = printed.as_word()
        write_separately(lambda session: case_papers.record_print(session, [(row, sheet, printed)], PrintForm.WORD))
        return send_word(content, name)

    @expose("/page/")
    def page(self) -> str:
        """A paper as a page to print."""
        row, sheet = self._sheet()
        printed = case_papers.filled(db(), row, sheet)
        body = as_html.as_page(printed.as_word())
        back = url_for(f"{table_name(type(row))}.details_view", id=row.id)
        write_separately(lambda session: case_papers.record_print(session, [(row, sheet, printed)], PrintForm.PAGE))
        return self.render("paper.html", body=body, title=printed.title, back=back)

    def _sheet(self) -> tuple[case_papers.Owner, case_papers.CasePaper]:
        """The row that the address names and its paper; 404 when the user may not see it or it has no such paper."""
        name = next((name for name in OWNERS if name in request.args), "case")
        model, id_ = OWNERS[name], _number(name) or 0
        row = db().scalar(select(model).where(model.id == id_)) if may(actor(), f"{table_name(model)}.read") else None
        if row is None:
            abort(404)
        part = _number("part") if name == "case" else row.id
        sheet = case_papers.sheet_of(db(), row, request.args.get("paper", ""), part)
        return (row, sheet) if sheet is not None else abort(404)

    # Blank papers, and papers of a whole month.
    @expose("/blank/")
    def blank(self) -> Any:
        """An empty form, as a Word file or (`?form=page`) as a page."""
        county, paper = self._county(), self._paper()
        if request.args.get("form") == "page":
            body = case_papers.blank_page(db(), county, paper)
            return self.render("paper.html", body=body, title=paper.title, back=url_for(".index"))
        return send_word(case_papers.blank(db(), county, paper), f"{paper.title}（空白）")

    @expose("/month/")
    def month(self) -> Any:
        """All 办结单 of a month as one file."""
        county, month = self._county(), typed_month(request.args.get("month", ""))
        if month is None:
            flash("月份请写成 2026-10 这样", "error")
            return redirect(url_for(".index"))
        content, sheet, prints = case_papers.month_of_slips(db(), county, month)
        write_separately(lambda session: case_papers.record_print(session, prints, PrintForm.BATCH))
        return send_word(content, f"{sheet.paper.title}-{month}")

    # Templates.
    @expose("/template/")
    def template(self) -> Any:
        """The template in use, or another version (`?version=`), for editing in WPS."""
        self._need_keeper()
        row, paper = self._version(), self._paper()
        own = row or case_papers.active_template(db(), self._county().id, paper.key)
        write_separately(lambda session: record(session, AuditAction.TEMPLATE_DOWNLOAD, what=paper.title))
        return send_word(own.content if own else template_to_edit(paper), f"{paper.title}模板")

    @expose("/preview/")
    def preview(self) -> Any:
        """A version filled in with the county's latest case, as a page or a Word file (`?form=word`).

        It shows personal data of the case, so the audit records who looked.
        """
        self._need_keeper()
        row, paper = self._version() or abort(404), self._paper()
        content = case_papers.preview(db(), self._county(), row)
        what = f"{paper.title} 第 {row.number} 版"
        write_separately(lambda session: record(session, AuditAction.TEMPLATE_PREVIEW, what=what))
        if request.args.get("form") == "word":
            return send_word(content, f"{paper.title}预览")
        return self.render("paper.html", body=as_html.as_page(content), title=f"{what}预览", back=url_for(".index"))

    @expose("/change/<what>/", methods=("POST",))
    def change(self, what: str) -> Any:
        """上传, 恢复默认, 用回一版."""
        self._need_keeper()
        county, paper, row = self._county(), self._paper(), self._version()
        sent = request.files.get("file")
        content = sent.read(MAX_BYTES + 1) if sent else b""
        name = sent.filename or "" if sent else ""
        if sent:
            sent.close()
        if what not in ("bring", "default", "use"):
            abort(404)
        try:
            good = case_papers.checked(content) if what == "bring" else case_papers.Checked(b"")
        except RuleViolation as error:
            flash(str(error), "error")
            return redirect(url_for(".index"))

        def once(session: Session) -> tuple[str, str]:
            if what == "bring":
                brought = case_papers.upload_template(session, county, paper, name, good)
                look = url_for(".preview", paper=paper.key, version=brought.id)
                return url_for(".index"), BROUGHT.format(paper.title, brought.number, look)
            if what == "default":
                case_papers.use_default(session, county, paper)
                return url_for(".index"), f"“{paper.title}”已恢复默认模板"
            case_papers.use_version(session, row or abort(404))
            return url_for(".index"), f"“{paper.title}”已改用所选的一版"

        answer = carry_out_from(once, url_for(".index"))
        for doubt in good.doubts:
            flash(f"请核对：{doubt}", "warn")
        return answer

    def _county(self) -> County:
        """The user's county; 404 for users who see several, because papers belong to one county."""
        own = own_county()
        county = db().get(County, own.id) if own is not None else None
        return county or abort(403)

    def _keeps(self) -> bool:
        return may(actor(), "paper.template")

    def _need_keeper(self) -> None:
        if not self._keeps():
            abort(403)

    def _paper(self) -> Paper:
        found = case_papers.county_papers(db(), self._county()).get(request.values.get("paper", ""))
        return found or abort(404)

    def _version(self) -> PaperTemplate | None:
        id_ = _number("version")
        if id_ is None:
            return None
        rows = case_papers.versions_of(db(), self._county().id)
        return next((row for row in rows if row.id == id_), None) or abort(404)


def sheets_of(row: case_papers.Owner) -> list[dict[str, str]]:
    """The papers that fit a row, with the addresses of their files and pages."""
    if not may(actor(), "paper.print"):
        return []
    owner = next(name for name, model in OWNERS.items() if isinstance(row, model))
    found = []
    for sheet in case_papers.papers_of_row(db(), row):
        part = sheet.part.id if sheet.part and owner == "case" else None
        args: dict[str, Any] = {owner: row.id, "paper": sheet.paper.key, "part": part}
        found.append(
            {
                "title": sheet.paper.title,
                "about": sheet.about,
                "word": url_for("papers.word", **args),
                "page": url_for("papers.page", **args),
            }
        )
    return found
