"""Imports from Excel: review the changes, confirm, undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import request, url_for
from flask_admin import expose
from sqlalchemy import select

from admin.actions import Action
from admin.base import BackOfficeView, Block
from admin.downloads import send_workbook
from admin.forms import BackOfficeForm
from admin.session import db
from models.actions import AuditAction
from models.records import ImportBatch, ImportLine, LineResult
from services.kernel.audit import record
from services.transfer import imports

#: Maximum lines of one kind on a batch's page; the list of lines has all.
MAX_LINES = 100
#: Headers of the tables of lines, in the order of a note's parts.
WRONG_HEADERS = ["单元格", "列", "填写的内容", "错在哪里"]
CHANGE_HEADERS = ["单元格", "列", "原来的内容", "导入后"]
NEW_HEADERS = ["内容", "提示"]
HEADERS = {
    LineResult.WRONG: WRONG_HEADERS,
    LineResult.CHANGED: CHANGE_HEADERS,
    LineResult.CREATED: NEW_HEADERS,
}


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
        if result is LineResult.CREATED:
            rows = [[str(number), label or "", *note] for number, label, notes in lines for note in notes or [["", ""]]]
            return Block("新增的行", ["行号", "名称", *NEW_HEADERS], rows)
        rows = [[label or "", *note] for _, label, notes in lines for note in notes]
        return Block(f"{result.label}的行", ["名称", *HEADERS[result]], rows)


class ImportLineView(BackOfficeView):
    """导入明细."""

    keeps_history = False

    attachable = False

    column_default_sort = ("row_number", False)

    def details_extra(self, row: ImportLine) -> list[Block]:
        return [Block("内容", HEADERS[row.result], row.notes)]
