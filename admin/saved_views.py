"""What a user stores of a list: chosen columns, and named views."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask import request, url_for
from flask_admin import expose

from admin.pages import TablePages
from admin.session import carry_out_from, db
from services.kernel.errors import RuleViolation
from services.records import lists, saved_views

#: Maximum length of a list's address in a form or a saved view, and of a view's name.
MAX_QUERY, MAX_NAME = 1_000, 30


class ViewPages(TablePages):
    """Mixed into every view."""

    def columns(self) -> list[str]:
        """The columns that the address names, or the address of the list that sent the form; else the stored ones."""
        asked = request.args.get(lists.COLUMNS) or dict(_sent_from()).get(lists.COLUMNS)
        return asked.split(",") if asked else saved_views.columns_of(db(), self.table)

    def list_again(self, **changes: Any) -> str:
        """The address of the list from which the form was sent."""
        known = lists.known_args(self.model, _sent_from()) | changes
        return url_for(".index_view", **{k: v for k, v in known.items() if v is not None})

    @expose("/columns/", methods=("POST",))
    def columns_view(self) -> Any:
        """Store the ticked columns in their order, or reset to the default ones."""
        possible = {f.name for f in self.list_choices()}
        wanted = [] if "_reset" in request.form else request.form.getlist("column")
        chosen = [name for name in dict.fromkeys(wanted) if name in possible]
        here = self.list_again(columns=",".join(chosen) or None)
        return _kept(lambda s: saved_views.choose_columns(s, self.table, chosen), "列已按您的选择显示", here)

    @expose("/keep/", methods=("POST",))
    def keep_view(self) -> Any:
        """Store the list's address, with the columns that it shows now, under a name."""
        name = request.form.get("name", "").strip()[:MAX_NAME]
        shown = ",".join(f.name for f in self.own_columns())
        query = self.list_again(columns=shown).partition("?")[2]
        shared = request.form.get("shared") == "1"

        def keep(session: Any) -> None:
            if max(len(query), len(request.form.get("_query", ""))) > MAX_QUERY:
                raise RuleViolation("view.long", "条件太长，不能保存为视图，请减少条件")
            self.list_query(_sent_from()).check()
            saved_views.save_view(session, self.table, name, query, shared=shared)

        return _kept(keep, f"已保存视图：{name}", self.list_again())

    @expose("/drop/", methods=("POST",))
    def drop_view(self) -> Any:
        """Remove one of the user's own views."""
        number = lists.parse_id(request.form.get("view")) or 0
        return _kept(lambda s: saved_views.drop_view(s, self.table, number), "已删除视图", self.list_again())


def _sent_from() -> list[tuple[str, str]]:
    """The arguments of the address of the list from which a form was sent."""
    return parse_qsl(request.form.get("_query", "")[:MAX_QUERY])


def _kept(work: Any, message: str, here: str) -> Any:
    def once(session: Any) -> tuple[str, str]:
        work(session)
        return here, message

    return carry_out_from(once, here)
