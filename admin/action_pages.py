"""Actions on the rows of a list: the form page, one service call, all or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from flask import abort, flash, redirect, request, url_for
from flask_admin import expose

from admin.actions import MAX_ROWS, Action
from admin.forms import BackOfficeForm, place_lookups
from admin.pages import TablePages
from admin.saved_views import MAX_QUERY
from admin.session import actor, carry_out, db, new_key, note_refusal
from models.places import County
from services.kernel.access import sees_phones
from services.kernel.errors import RuleViolation
from services.records import lists


class ActionPages(TablePages):
    """Mixed into every view."""

    #: Actions with a form, in the order of their buttons.
    form_actions: tuple[Action, ...] = ()

    def offered_actions(self) -> list[Action]:
        """The actions that the actor's role may do and that their county has."""
        who = actor()
        county = db().get(County, who.county_id) if who.county_id and self.form_actions else None
        known = [a for a in self.form_actions if self.is_action_allowed(a.name)]
        return [a for a in known if a.is_for(who) and (county is None or a.offered(county))]

    @expose("/action/", methods=("GET", "POST"))
    def action_view(self) -> Any:
        action = next((a for a in self.form_actions if a.name == request.values.get("action")), None)
        if action is None:
            abort(404)
        if action not in self.offered_actions():
            abort(403)
        ids = self.all_ids() if request.form.get("_all") == "1" else request.values.getlist("rowid")
        if not ids:
            flash("请先勾选要办理的记录", "error")
            return redirect(url_for(f"{self.endpoint}.index_view"))
        rows = self.get_some(ids)
        sent = request.method == "POST" and request.form.get("_confirmed") == "1"
        form = action.form_for(actor())(request.form if sent else None)
        action.prepare(form, rows)
        action.narrow(form, actor(), rows)
        place_lookups(form, self.endpoint, f"{action.name}.", rows[0].id)
        if not sent or not form.validate():
            return self._action_page(action, rows, form), 400 if sent else 200
        try:
            after = self._after_action(action, rows)
            answer = carry_out(lambda session: (after, action.carry_out(session, rows, form)))
        except RuleViolation as error:
            note_refusal(error)
            left = None if form.refuse(error.field, str(error)) else error
            # The rollback expired the rows: load them again in one statement.
            return self._action_page(action, self.get_some(ids), form, left), 409
        if warning := action.warning(db(), rows):
            flash(warning, "warn")
        return answer

    def all_ids(self) -> list[str]:
        """Every row of the list that the form was sent from, as the actor sees it now."""
        address = request.form.get("_query", "")
        if len(address) > MAX_QUERY:  # cut off, it would mean other rows than the list shows
            abort(400, "条件太长，请减少条件后再办理")
        query = self.list_query(parse_qsl(address))
        query.check()
        where = lists.conditions(self.model, query, phones=sees_phones(actor(), self.model))
        ids, count = lists.page_ids(db(), self.model, where, replace(query, page=1, page_size=MAX_ROWS))
        if count > MAX_ROWS:
            abort(400, f"符合条件的超过 {MAX_ROWS} 条，请加条件后再办理")
        return [str(id_) for id_ in ids]

    def _after_action(self, action: Action, rows: list[Any]) -> str:
        if len(rows) == 1 and not action.removes:
            return str(self.page_of(rows[0]))
        return str(self.list_again())

    def about(self, row: Any) -> str:
        """The grey text beside a row on an action's page."""
        hint = getattr(row, self.model.__hint__ or "id")
        return hint if isinstance(hint, str) else ""

    def _action_page(
        self, action: Action, rows: list[Any], form: BackOfficeForm, error: RuleViolation | None = None
    ) -> str:
        return self.render(
            "action.html",
            action=action,
            rows=rows,
            refusals=self._refusals(action, rows),
            instead=self._instead(action, rows[0]) if len(rows) == 1 else [],
            form=form,
            error=error,
            key=new_key(),
        )

    def _instead(self, action: Action, row: Any) -> list[Action]:
        """The other actions that the record allows now."""
        return [a for a in self.offered_actions() if a is not action and not a.refusal(db(), actor(), row)]

    def _refusals(self, action: Action, rows: list[Any]) -> list[str]:
        """Why the action is impossible for these rows now."""
        if len(rows) == 1:
            told = [action.refusal(db(), actor(), rows[0])]
        else:
            told = [action.why_not(actor(), row) for row in rows]
        return [text for text in told if text]
