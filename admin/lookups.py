"""JSON for references: the choices while a user types, and the fields that a choice fills in."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, json, request
from flask_admin import expose
from sqlalchemy import select

from admin.forms import RefField, build_form
from admin.pages import TablePages
from admin.session import actor, db
from models.base import Base
from models.types import show
from services.kernel.access import sees_phones
from services.records import lists

#: Number of choices of a lookup: by default and at most.
LOOKUP_DEFAULT, MAX_LOOKUP = 20, 50


class LookupPages(TablePages):
    """Mixed into every view."""

    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> Response:
        target, where, note, first = self._reference(request.args.get("name", ""))
        text = request.args.get("query", "").replace("\x00", "").strip()[: lists.MAX_SEARCH]
        offset = min(request.args.get("offset", 0, type=int), lists.MAX_PAGE)
        limit = min(request.args.get("limit", LOOKUP_DEFAULT, type=int), MAX_LOOKUP)
        found = lists.lookup(db(), target, where, text, max(0, offset), max(1, limit), first)
        notes = note(db(), [i for i, _ in found]) if note else {}
        choices = [[i, f"{label} {notes[i]}" if i in notes else label] for i, label in found]
        return Response(json.dumps(choices), mimetype="application/json")

    @expose("/ajax/fill/")
    def ajax_fill(self) -> Response:
        """What the row that was chosen for reference `name` fills in: by the field's name its text, or
        (id, label) of another reference."""
        if not (self.may("create") or self.may("edit")):
            abort(403)
        target, where, *_ = self._reference(request.args.get("name", ""))
        id_ = lists.parse_id(request.args.get("id"))
        row = None
        if id_ is not None:
            row = db().scalar(select(target).where(target.id == id_, *lists.equals(target, where)))
        if row is None:
            abort(404)
        masked = not sees_phones(actor(), target)
        wanted = [f for f in self.fields("form") if f.fill and f.fill.partition(".")[0] == request.args["name"]]
        found = {f.name: getattr(row, str(f.fill).partition(".")[2]) for f in wanted if not (f.sensitive and masked)}
        filled = {k: [v.id, str(v)] if isinstance(v, Base) else show(v) for k, v in found.items() if v}
        return Response(json.dumps(filled), mimetype="application/json")

    def _reference(self, name: str) -> tuple[Any, dict[str, Any], Any, list[int]]:
        """What a reference called `name` chooses from: of the form, a filter, or "action.field"."""
        prefix, _, rest = name.rpartition(".")
        for action in self.offered_actions() if prefix else []:
            if action.name == prefix:
                form = action.form_for(actor())()
                if request.args.get("row"):
                    row = self.get_one(request.args["row"])
                    action.prepare(form, [row])
                    action.narrow(form, actor(), [row])
                field = form._fields.get(rest)
                if isinstance(field, RefField):
                    return field.target, field.where, field.note, field.first
        for f in (*self.fields("details"), *self.fields("form"), *lists.filters_of(self.model)):
            if f.name == name and f.target is not None:
                return f.target, dict(f.where), None, []
        extra = self.extra_fields(self.model(), new=True) if self.may("edit") else {}
        field = build_form((), extra)()._fields.get(name)
        return (field.target, field.where, field.note, []) if isinstance(field, RefField) else abort(404)
