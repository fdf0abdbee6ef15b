"""Exports: small ones at once, large ones through 导出中心."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, flash, json, redirect, request, send_file, url_for
from flask_admin import expose
from sqlalchemy.orm import Session

from admin.downloads import send_workbook
from admin.pages import OfficePage, TablePages
from admin.saved_views import MAX_QUERY
from admin.session import asked, carry_out_from, db, new_key, write_separately
from models.fields import Field, all_fields, fields_of
from models.tasks import UNFINISHED, BackgroundTask, TaskState
from models.types import now, show
from services.kernel.errors import RuleViolation
from services.records.lists import parse_id
from services.transfer import background_tasks
from services.transfer.exports import KINDS, Export, ListExport

KILOBYTE = 1024


def send(export: Export) -> Any:
    """The file, or a redirect to 导出中心 when it has more rows than the county's setting."""
    if export.count(db()) > background_tasks.limit_of(db()):
        write_separately(lambda session: _ask(session, export))
        flash("数据较多，已转到后台导出。可以离开本页，完成后右上角会提醒", "success")
        return redirect(url_for("exports.index"))
    return send_workbook(
        lambda path: export.write(db(), path), lambda session, rows: export.note(session, rows), KINDS[export.kind]
    )


def _ask(session: Session, export: Export) -> None:
    background_tasks.queue(session, export)


class ExportPages(TablePages):
    """Mixed into every view: its list as a file."""

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        """The matching rows with every column, ready to be imported again; `?shown=1`: with the list's columns."""
        self.need("export")
        if export_type not in self.export_types:
            abort(404)
        query = request.query_string.decode("utf-8", "replace")
        return send(self._list_export(query, shown=request.args.get("shown") == "1", kind=export_type))

    @expose("/export/ticked/", methods=("POST",))
    def export_ticked(self) -> Any:
        """The ticked rows, or all matching rows if all were chosen, with the list's columns."""
        self.need("export")
        ids = self.all_ids() if request.form.get("_all") == "1" else request.form.getlist("rowid")
        if not ids:
            flash("请先勾选要导出的记录", "error")
            return redirect(url_for(".index_view"))
        rows = tuple(row.id for row in self.get_some(ids))
        query, kind = request.form.get("_query", ""), self.export_types[0]
        return send(self._list_export(query, shown=True, kind=kind, only=rows))

    def _list_export(self, query: str, *, shown: bool, kind: str, only: tuple[int, ...] | None = None) -> ListExport:
        if len(query) > MAX_QUERY:  # cut off it would let out other rows than the list shows
            abort(400, "条件太长，请减少条件后再导出")
        listed = self.list_fields()
        every = [f for f in self.fields("export") if asked(f)]
        fields = self._shown_export(listed + self.hint_of(listed)) if shown else every
        names = tuple(f.name for f in fields)
        return ListExport(self.table, names, query, self.column_default_sort, kind, only)

    def _shown_export(self, listed: tuple[Field, ...]) -> list[Field]:
        """The columns of the list, without those that the view's options exclude from exports."""
        kept_out = [f for f in fields_of(self.model, "export") if f not in self.fields("export")]
        return [f for f in listed if f not in kept_out]


class ExportCentre(OfficePage):
    """导出中心: the user's large exports, their progress and files."""

    title, place, permission = "导出中心", "exports", "task.keep"

    @expose("/")
    def index(self) -> str:
        found = background_tasks.tasks_of(db())
        if background_tasks.ended_of(db()):
            write_separately(background_tasks.mark_seen)
            found = background_tasks.tasks_of(db())
        return self.render(
            "exports.html",
            tasks=[(task_status(task), task.name, show(task.asked_at)) for task in found],
            key=new_key(),
            kept=background_tasks.KEPT.days,
            limit=background_tasks.limit_of(db()),
            labels={f.key: f.label for f in all_fields(BackgroundTask)},
        )

    @expose("/state/")
    def state(self) -> Response:
        """The state of each task, for the open page."""
        return Response(
            json.dumps([task_status(task) for task in background_tasks.tasks_of(db())]), mimetype="application/json"
        )

    @expose("/file/")
    def file(self) -> Any:
        """The file of a finished export."""
        task = self._task()
        name, folder = task.file_name, current_app.config["DATA_DIR"]
        media_type = KINDS["csv" if str(name).endswith(".csv") else "xlsx"]
        try:
            path = background_tasks.finished_file(db(), folder, task)
        except RuleViolation as error:
            flash(str(error), "error")
            return redirect(url_for(".index"))
        write_separately(lambda session: background_tasks.note_fetched(session, task))
        return send_file(path, mimetype=media_type, as_attachment=True, download_name=name)

    @expose("/<what>/", methods=("POST",))
    def change(self, what: str) -> Any:
        """取消, 重新开始, 删除."""
        folder = current_app.config["DATA_DIR"]
        works = {
            "cancel": (background_tasks.cancel, "已取消"),
            "again": (background_tasks.retry, "已重新开始"),
            "forget": (lambda session, task: background_tasks.remove(session, folder, task), "已删除"),
        }
        work, message = works.get(what) or abort(404)
        here, task = url_for(".index"), self._task()

        def once(session: Any) -> tuple[str, str]:
            name = task.name
            work(session, task)
            return here, f"{message}：{name}"

        return carry_out_from(once, here)

    def _task(self) -> BackgroundTask:
        id_ = parse_id(request.values.get("id"))
        return (None if id_ is None else background_tasks.task_of(db(), id_)) or abort(404)


def task_status(task: BackgroundTask) -> dict[str, Any]:
    """A task as JSON for the page and its updates."""
    silent = background_tasks.is_silent(task)
    state = TaskState.INTERRUPTED if silent else task.state
    running = task.state is TaskState.RUNNING and not silent
    share = min(task.done / task.total, 1) if task.total else 0
    return {
        "id": task.id,
        "state": state.value,
        "tone": state.tone,
        "label": state.label,
        "said": task.said or "",
        "share": round(share * 100) if running else 0,
        "progress": f"{task.done:,} / {task.total:,} 行" if running else "",
        "left": _left(task, share) if running else "",
        "unfinished": task.state in UNFINISHED and not silent,
        "can": {
            "file": task.state is TaskState.DONE,
            "cancel": task.state in UNFINISHED and not silent,
            "again": state in (TaskState.FAILED, TaskState.CANCELLED, TaskState.INTERRUPTED),
            "forget": task.state not in UNFINISHED,
        },
        "size": _size(task.size) if task.size else "",
    }


def _size(size: int) -> str:
    """A file's size as text."""
    kilobytes = size / KILOBYTE
    return f"{kilobytes / KILOBYTE:.1f} 兆" if kilobytes >= KILOBYTE else f"{max(kilobytes, 1):.0f} KB"


def _left(task: BackgroundTask, share: float) -> str:
    """The estimated time left, from the rows written so far."""
    if task.started_at is None or share <= 0:
        return "正在准备"
    seconds = (now() - task.started_at).total_seconds() * (1 - share) / share
    return f"约剩 {seconds / 60:.0f} 分钟" if seconds >= 90 else f"约剩 {max(seconds, 1):.0f} 秒"
