"""Imports from Excel: review the changes, confirm, undo."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import expose
from sqlalchemy import select

from admin.actions import Action
from admin.base import BackOfficeView, Block
from admin.downloads import send_workbook
from admin.forms import BackOfficeForm
from admin.import_pages import check_alone
from admin.session import actor, db, engine, note_refusal
from models.actions import AuditAction
from models.records import ImportBatch, ImportLine, LineResult
from services.kernel.access import may
from services.kernel.audit import record
from services.kernel.errors import RuleViolation
from services.records import lists
from services.transfer import imports

#: Maximum lines of one kind on a batch's page; the list of lines has all.
MAX_LINES = 100
#: The tables of lines: which parts of a note they show, under which headers.
PARTS: Mapping[LineResult, Mapping[str, str]] = {
    LineResult.WRONG: {"cell": "单元格", "column": "列", "typed": "填写的内容", "reason": "错在哪里"},
    LineResult.CHANGED: {"cell": "单元格", "column": "列", "old": "原来的内容", "new": "导入后", "doubt": "提示"},
    LineResult.CREATED: {"contents": "内容", "doubt": "提示"},
}


def _parts(result: LineResult, note: Mapping[str, Any]) -> list[str]:
    """The cells of a note's row; a doubt about a cell that stays shows what was typed as the new value."""
    note = {"new": note.get("typed", ""), **note}
    return [note.get(part, "") for part in PARTS[result]]


class ConfirmForm(BackOfficeForm):
    """Nothing to fill in: only to confirm."""


def _each(run: Any) -> Any:
    """An action from a service that takes one batch."""

    def carry_out(session: Any, rows: list[ImportBatch]) -> None:
        for batch in rows:
            run(session, batch)

    return carry_out


class ImportBatchView(BackOfficeView):
    """导入记录."""

    attachable = False

    form_actions = (
        Action(
            "confirm",
            "确认导入",
            "import.confirm",
            ConfirmForm,
            _each(imports.confirm),
            batch=False,
            why_not=lambda _, batch: imports.why_not_confirm(batch),
            help="全部写入，或有一行不能写入就都不写",
            direct=True,
        ),
        Action(
            "drop",
            "放弃",
            "import.confirm",
            ConfirmForm,
            _each(imports.drop),
            batch=False,
            why_not=lambda _, batch: imports.why_not_drop(batch),
            direct=True,
        ),
        Action(
            "undo",
            "撤销本次导入",
            "import.confirm",
            ConfirmForm,
            _each(imports.undo),
            batch=False,
            why_not=lambda _, batch: imports.why_not_undo(batch),
            danger=True,
            help="新增的行删去，变更的行恢复原来的内容；导入后又被改动或引用的，不能撤销",
        ),
    )
    details_template = "import_batch.html"

    @expose("/errors/")
    def errors(self) -> Any:
        """The uploaded workbook with the wrong cells marked."""
        batch = self.get_one(request.args.get("id"))
        return send_workbook(
            lambda path: (f"标错-{Path(batch.filename).stem}.xlsx", imports.write_errors(db(), batch, path)),
            lambda session, rows: record(session, AuditAction.IMPORT_MARKED, subject=batch, rows=rows),
        )

    @expose("/choose/", methods=("POST",))
    def choose_view(self) -> Any:
        """Check the waiting workbook again with the columns that the user chose."""
        if not may(actor(), "import.confirm"):
            abort(403)
        batch = self.get_one(request.form.get("id"))
        number, here = batch.id, self.page_of(batch)
        sent = {one["field"]: lists.parse_id(request.form.get(one["field"])) for one in batch.columns or ()}
        chosen = {name: place for name, place in sent.items() if place is not None}
        try:
            check_alone(lambda who: imports.choose_columns(engine(), who, number, chosen))
        except RuleViolation as error:
            note_refusal(error)
            flash(str(error), "error")
        else:
            flash("已按所选的列重新预检", "success")
        return redirect(here)

    def details_more(self, row: ImportBatch) -> dict[str, Any]:
        plan = imports.spec_of(row)
        return {"again": url_for(f"{plan.table}.import_view", list=plan.name)}

    def details_extra(self, row: ImportBatch) -> list[Block]:
        return [self._lines(row, result) for result in (LineResult.WRONG, LineResult.CHANGED, LineResult.CREATED)]

    def _lines(self, batch: ImportBatch, result: LineResult) -> Block:
        lines = (
            db()
            .execute(
                select(ImportLine.row_number, ImportLine.label, ImportLine.notes)
                .where(ImportLine.batch_id == batch.id, ImportLine.result == result)
                .order_by(ImportLine.row_number)
                .limit(MAX_LINES)
            )
            .all()
        )
        headers = PARTS[result].values()
        if result is LineResult.CREATED:
            rows = [[str(n), label or "", *_parts(result, note)] for n, label, notes in lines for note in notes or [{}]]
            return Block("新增的行", ["行号", "名称", *headers], rows)
        rows = [[label or "", *_parts(result, note)] for _, label, notes in lines for note in notes]
        return Block(f"{result.label}的行", ["名称", *headers], rows)


class ImportLineView(BackOfficeView):
    """导入明细."""

    keeps_history = False

    attachable = False

    column_default_sort = ("row_number", False)

    def details_extra(self, row: ImportLine) -> list[Block]:
        return [Block("内容", [*PARTS[row.result].values()], [_parts(row.result, note) for note in row.notes])]
