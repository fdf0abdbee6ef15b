"""回收站: deleted rows, to be restored or removed for good."""

from __future__ import annotations

from typing import Any

from flask import abort, request, url_for
from flask_admin import expose

from admin.pages import OfficePage
from admin.session import carry_out, db, new_key, note_refusal
from models.base import table_name
from models.types import show
from services.kernel.errors import RuleViolation
from services.records import recycle
from services.records.lists import parse_id
from services.records.references import dependents

PAGE = 50
MAX_PAGE = 100_000


class RecycleView(OfficePage):
    """Deleted master data, table by table."""

    title, place, permission = "回收站", "recycle", "master.recycle"

    def _model(self) -> Any:
        wanted = request.values.get("table", "")
        return next((m for m in recycle.bins() if table_name(m) == wanted), None) or abort(404)

    def _row(self, model: Any) -> Any:
        id_ = parse_id(request.values.get("id"))
        return (None if id_ is None else recycle.find(db(), model, id_)) or abort(404)

    @expose("/")
    def index(self) -> str:
        counts = [(model.__title__, table_name(model), count) for model, count in recycle.counts(db())]
        first = next((table for _, table, count in counts if count), counts[0][1])
        table = request.args.get("table", first)
        model = next((m for m in recycle.bins() if table_name(m) == table), None) or abort(404)
        page = min(max(request.args.get("page", 1, type=int), 1), MAX_PAGE)
        rows = recycle.deleted_rows(db(), model, PAGE + 1, (page - 1) * PAGE)
        hint = model.__hint__
        return self.render(
            "recycle.html",
            counts=counts,
            table=table,
            title=model.__title__,
            page=page,
            more=len(rows) > PAGE,
            rows=[(r, show(getattr(r, hint)) if hint else "", show(r.deleted_at)) for r in rows[:PAGE]],
            key=new_key(),
        )

    @expose("/restore/", methods=("POST",))
    def restore(self) -> Any:
        model = self._model()
        row = self._row(model)
        return self._done(lambda s: recycle.restore(s, row), model, f"已恢复：{row}")

    @expose("/purge/", methods=("GET", "POST"))
    def purge(self) -> Any:
        model = self._model()
        row = self._row(model)
        if request.method == "GET" or request.form.get("_confirmed") != "1":
            return self.render(
                "purge.html",
                row=row,
                table=table_name(model),
                title=model.__title__,
                key=new_key(),
                dependents=dependents(db(), row),
            )
        return self._done(lambda s: recycle.purge(s, row), model, f"已彻底删除：{row}")

    def _done(self, work: Any, model: Any, message: str) -> Any:
        here = url_for("recycle.index", table=table_name(model))

        def once(session: Any) -> tuple[str, str]:
            work(session)
            return here, message

        try:
            return carry_out(once)
        except RuleViolation as error:
            note_refusal(error)
            raise
