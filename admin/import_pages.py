"""Import pages: the template, the upload, the check."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from flask import abort, current_app, redirect, request, url_for
from flask_admin import expose

from admin.downloads import send_workbook
from admin.pages import TablePages
from admin.session import actor, close_session, db, engine, note_refusal
from excel.template import hint_of
from models.actions import AuditAction
from services.kernel.actor import Actor
from services.kernel.audit import record
from services.kernel.errors import RuleViolation
from services.transfer import imports
from services.transfer.import_specs import ImportSpec, specs_of

T = TypeVar("T")


def check_alone(check: Callable[[Actor], T]) -> T:
    """Run a check, which has its own transactions; close the request's, because it would hold the lock."""
    who = actor()
    close_session()
    try:
        with imports.one_at_a_time(engine(), current_app.config["DATA_DIR"]):
            return check(who)
    finally:
        db().act_as(who)


class ImportPages(TablePages):
    """Mixed into every view; a table without imports answers 404."""

    def plans(self) -> list[ImportSpec]:
        """The imports that write to this table."""
        return specs_of(self.table)

    def _plan(self) -> ImportSpec:
        """The import that the address names, or the table's first one."""
        found = self.plans()
        if not found:
            abort(404)
        self.need("import")
        wanted = request.values.get("list", found[0].name)
        return next((plan for plan in found if plan.name == wanted), None) or abort(404)

    @expose("/template/")
    def template_view(self) -> Any:
        """An empty workbook to fill in."""
        plan = self._plan()

        def write(path: Path) -> tuple[str, None]:
            imports.write_blank(db(), plan, path)
            return f"{plan.title}导入模板.xlsx", None

        return send_workbook(write, lambda session, _: record(session, AuditAction.IMPORT_TEMPLATE, table=plan.table))

    @expose("/import/", methods=("GET", "POST"))
    def import_view(self) -> Any:
        """Upload a workbook: it is checked without writing, and the result is shown."""
        plan = self._plan()
        if request.method == "GET":
            return self._upload_page(plan)
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            return self._upload_page(plan, "请选择要导入的文件"), 400
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "upload.xlsx"
            sent.save(source)
            sent.close()
            try:
                name = Path(sent.filename).name
                batch = check_alone(lambda who: imports.check(engine(), who, plan, source, name))
            except RuleViolation as error:
                note_refusal(error)
                return self._upload_page(plan, str(error)), 409 if error.code == "import.busy" else 400
        return redirect(url_for("import_batch.details_view", id=batch))

    def _upload_page(self, plan: ImportSpec, error: str | None = None) -> Any:
        return self.render("import.html", plan=plan, plans=self.plans(), error=error, hint=hint_of)
