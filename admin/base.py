"""BackOfficeView: list, form, details, delete and actions of one table, all from `field()`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for
from flask_admin import expose
from flask_admin.model import BaseModelView
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from admin.action_pages import ActionPages
from admin.actions import MAX_ROWS
from admin.attachment_pages import AttachmentPages
from admin.exports import ExportPages
from admin.formatters import show_field, tag_class, value_of
from admin.forms import BackOfficeForm, RefField, build_form, place_lookups
from admin.import_pages import ImportPages
from admin.lookups import LookupPages
from admin.saved_views import ViewPages
from admin.session import actor, carry_out, carry_out_from, db, in_county_terms, new_key, note_refusal, own_county
from models.base import Base, CountyScoped, Deletable, table_name
from models.fields import Field, Purpose, attribute, field_of, fields_of
from models.places import CountyOption
from models.types import show
from services.desk.badges import Mark
from services.kernel.access import may, may_set, sees_all, sees_phones
from services.kernel.errors import Duplicate, RuleViolation, StaleEdit
from services.records import crud, lists
from services.records.attachments import attachments_of
from services.records.history import history_of
from services.records.references import dependents
from services.records.saved_views import views_of

#: Rows that a table on a record's page shows at most.
MAX_INLINE = 200


@dataclass(frozen=True)
class Inline:
    """A table on a record's page: the rows of `model` whose `by` is the record, some columns."""

    model: type[Base]
    by: str
    keys: tuple[str, ...]
    order: str
    #: Whether the first cell leads to the row's own page.
    linked: bool = False


@dataclass(frozen=True)
class Block:
    """A table of text on a page."""

    title: str
    headers: list[str]
    #: Text, or (its CSS class, text, and the address that it leads to).
    rows: Sequence[Sequence[str | tuple[str, ...]]]


class BackOfficeView(ExportPages, ActionPages, LookupPages, ImportPages, AttachmentPages, ViewPages, BaseModelView):
    """One table in the back office. A subclass states only what differs."""

    list_template = "list.html"
    create_template = edit_template = "form.html"
    details_template = "details.html"
    can_view_details = True
    can_export = True

    #: (field, descending) that a list is sorted by until the user says otherwise.
    default_sort = ("id", True)
    #: Fields the form of a new row leaves out, or the form of an old one.
    only_new: frozenset[str] = frozenset()
    #: The heading over form fields that are no columns.
    extra_heading: str | None = None
    #: Whether the record's page tells what happened to it.
    keeps_history = True
    #: Whether a new record can be saved and printed at once.
    printable = False
    #: Whether scans on the record's page may be papers of the county's list.
    has_papers = False
    #: Tables on the record's page.
    inlines: tuple[Inline, ...] = ()
    #: Related lists of the record's page: (view's endpoint, its filter).
    related: tuple[tuple[str, str], ...] = ()

    def __init__(self, model: type[Base], category: str) -> None:
        self.table = table_name(model)
        self.column_list = [f.key for f in fields_of(model, "list")]
        self.column_labels = {f.key: f.heading for f in fields_of(model, "details")}
        super().__init__(model, name=model.__title__, category=category, endpoint=self.table)

    # What Flask-Admin asks a model backend for; the lists and forms themselves are ours.
    def scaffold_sortable_columns(self) -> dict[Any, Any]:
        return {f.key: f.key for f in fields_of(self.model, "list") if f.kind != "ref"}

    def scaffold_list_columns(self) -> list[str]:
        return [f.key for f in fields_of(self.model, "details")]

    def scaffold_form(self) -> type[BackOfficeForm]:
        return BackOfficeForm

    def scaffold_list_form(self, widget: Any = None, validators: Any = None) -> type[BackOfficeForm]:
        return BackOfficeForm

    def get_pk_value(self, model: Any) -> Any:
        return model.id

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        # The stock method turns any TypeError of a view into one about "cls".
        return fn(self, *args, **kwargs)

    # Who may.
    def may(self, what: str) -> bool:
        """Whether the actor has permission `what` ("read", "create", …) on this table."""
        return may(actor(), f"{self.table}.{what}")

    def is_accessible(self) -> bool:
        return self.may("read")

    def is_visible(self) -> bool:
        """Whether the menu has it: not what the user's county does not know."""
        setting = getattr(self.model, "__when__", None)
        county = own_county() if setting else None
        return county is None or bool(getattr(county, str(setting)))

    def need(self, what: str) -> None:
        """403 without the permission."""
        if not self.may(what):
            abort(403)

    def fields(self, purpose: Purpose) -> tuple[Field, ...]:
        """The fields of the table for one purpose."""
        return fields_of(self.model, purpose)

    # Rows, always through the session's scope.
    def get_one(self, id: Any) -> Any:
        """One row in the actor's scope, with what its labels need; 404 when there is none."""
        number = lists.parse_id(str(id or ""))
        row = None if number is None else db().scalar(self._loading().where(self.model.id == number))
        return row if row is not None else abort(404)

    def get_some(self, ids: list[str]) -> list[Any]:
        """The rows of `ids` in their order; 404 when one of them is not there for the actor."""
        wanted = list(dict.fromkeys(ids))
        if not wanted or len(wanted) > MAX_ROWS:
            abort(400, f"请选择 1 至 {MAX_ROWS} 条记录")
        numbers = [lists.parse_id(id_) for id_ in wanted]
        if None in numbers:
            abort(404)
        found = {row.id: row for row in db().scalars(self._loading().where(self.model.id.in_(numbers)))}
        return [found.get(int(i)) or abort(404) for i in wanted]

    def _loading(self) -> Any:
        relations = [f.relation for f in self.fields("details") if f.relation]
        return select(self.model).options(*(selectinload(getattr(self.model, r)) for r in relations))

    # The list.
    @expose("/")
    def index_view(self) -> str:
        fields = self.list_fields()
        query = lists.read_query(self.model, fields, request.args, self.default_sort)
        phones = sees_phones(actor())
        where = lists.conditions(self.model, query, phones=phones)
        ids, count = lists.page_ids(db(), self.model, where, query)
        beside = {f.key: f for f in (*self.hint_of(fields), self._name_of()) if f not in fields}
        rows = lists.page_rows(db(), self.model, (*fields, *beside.values()), ids)
        actions = [a for a in self.offered_actions() if a.batch]
        known: dict[str, Any] = lists.known_args(self.model, request.args)
        return self.render(
            self.list_template,
            list_columns=fields,
            data=[self._cells(fields, row, masked=not phones) for row in rows],
            marks=self.marks(ids) if ids else {},
            count=count,
            count_cap=lists.COUNT_CAP,
            query=query,
            page_sizes=lists.PAGE_SIZES,
            search_fields="、".join(f.label for f in lists.search_fields(self.model, phones=phones)),
            row_url={what: url_for(f".{what}_view", id="") for what in ("details", "edit", "delete")},
            link=lambda **changes: url_for(".index_view", **(known | changes)),
            export_url=lambda kind, **more: url_for(".export", export_type=kind, **(known | more)),
            filters=self.query_fields(),
            filter_labels=lists.chosen_names(db(), self.model, query),
            unnamed=lists.UNNAMED,
            choosable=self._choosable(fields) if may(actor(), "view.keep") else [],
            views=views_of(db(), self.table),
            me=actor().user_id,
            sharing=actor().county_id is not None,
            form_actions=actions,
            max_rows=MAX_ROWS,
            can={what: self.may(what) for what in ("create", "edit", "delete", "export")},
            plans=self.plans() if self.plans() and self.may("import") else [],
        )

    def marks(self, ids: Sequence[int]) -> dict[int, list[Mark]]:
        """Small words beside the state of these rows, by id."""
        return {}

    def list_fields(self) -> tuple[Field, ...]:
        """The columns of the list as the user chose them; who sees several counties also sees which one."""
        fields = self.own_columns()
        if actor().county_id is None and issubclass(self.model, CountyScoped):
            fields = (field_of(self.model, "county_id"), *fields)
        if not any(f.key == self.model.__label__ for f in fields):
            return fields
        return tuple(f for f in fields if f.key != self.model.__hint__)

    def own_columns(self) -> tuple[Field, ...]:
        """The usual columns, or those that the address or the user chose, in order; what names a row stays first."""
        usual = self.fields("list")
        scoped = issubclass(self.model, CountyScoped)
        possible = {f.name: f for f in self.fields("details") if not (scoped and f.key == "county_id")}
        first = next((f for f in usual if f.key == self.model.__label__), usual[0])
        chosen = [possible[name] for name in dict.fromkeys(self.columns()) if name in possible]
        return (first, *(f for f in chosen if f is not first)) if chosen else usual

    def _choosable(self, shown: tuple[Field, ...]) -> list[tuple[Field, bool]]:
        """Columns to choose from: those shown in their order, then the others."""
        others = [f for f in self.fields("details") if f not in shown and f.key != "county_id"]
        return [*((f, True) for f in shown[1:] if f.key != "county_id"), *((f, False) for f in others)]

    def hint_of(self, fields: tuple[Field, ...]) -> tuple[Field, ...]:
        """The field shown in grey under the label, when it is no column of its own."""
        name = self.model.__hint__
        return () if name is None or any(f.key == name for f in fields) else (field_of(self.model, name),)

    def _name_of(self) -> Field:
        """The field that names a row whose first column is empty."""
        return field_of(self.model, self.model.__label__.partition(".")[0])

    def _targets(self, fields: tuple[Field, ...]) -> list[Field]:
        """The references that may name a row whose list begins with one."""
        own = [f for f in fields if f.key != "county_id"]
        return [f for f in own if f.relation] if own and own[0].relation else []

    def _cells(self, fields: tuple[Field, ...], row: Any, *, masked: bool) -> dict[str, Any]:
        """One row for the flat template: its id, (class, text) a column, the hint, and what else names it."""
        known = row._mapping
        cells = [(tag_class(f, known[f.key]), show_field(f, known[f.key], masked=masked)) for f in fields]
        hint = "".join(show(known[f.key]) for f in self.hint_of(fields))
        # 分包 begins with its project: that of an enterprise is called by the enterprise.
        about = [show(known[f.key]) for f in self._targets(fields)]
        name = next(filter(None, about), "") or show(known[self._name_of().key])
        return {"id": row[0], "cells": cells, "hint": hint, "name": name}

    def query_fields(self) -> list[Field]:
        """What the query row asks for: which county, only of who sees several."""
        return [f for f in lists.filters_of(self.model) if f.key != "county_id" or actor().county_id is None]

    # The form.
    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        self.need("create")
        row = self.model()
        form = self.make_form(row, new=True)
        if request.method == "POST" and form.validate():
            return self._save(form, row, lambda session: self.create_row(session, row, form.values()), "已新增")
        return self._form_page(form, row)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        self.need("edit")
        row = self.get_one(request.args.get("id"))
        form = self.make_form(row, new=False)
        if request.method == "POST" and form.validate():
            return self._save(form, row, lambda session: self.update_row(session, row, form.values()), "已保存")
        return self._form_page(form, row)

    def make_form(self, row: Any, *, new: bool) -> BackOfficeForm:
        """The form over what the actor may set; the server reads no other field."""
        fields = self.form_fields(row, new=new)
        form_class = build_form(fields, self.extra_fields(row, new=new))
        form = form_class(request.form if request.method == "POST" else None, obj=None if new else row)
        if new and request.method == "GET":
            self.prefill(form)
        place_lookups(form, self.endpoint)
        return form

    def form_fields(self, row: Any, *, new: bool) -> list[Field]:
        """The columns that the actor may set in this row now."""
        return [
            f
            for f in self.fields("form")
            if may_set(actor(), self.table, f.name) and (new or f.name not in self.only_new) and _asked(f)
        ]

    def extra_fields(self, row: Any, *, new: bool) -> dict[str, Any]:
        """Form fields that are no columns, by name."""
        return {}

    def prefill(self, form: BackOfficeForm) -> None:
        """Put what the address says into an empty form: ?enterprise=5."""
        for name, field in form._fields.items():
            if isinstance(field, RefField) and name in request.args:
                field.object_data = None
                try:
                    field.process_formdata([request.args[name]])
                except ValueError:
                    field.data = None

    def create_row(self, session: Any, row: Any, values: dict[str, Any]) -> Any:
        """Make the new row; a table with rules of its own calls its service here."""
        crud.create(session, row, values)
        return row

    def update_row(self, session: Any, row: Any, values: dict[str, Any]) -> Any:
        """Save the edited row, unless it was saved by another since the form was opened."""
        version = lists.parse_id(request.form.get("_version"))
        if version is None:
            raise RuleViolation("version", "表单不完整（缺少版本号），请重新打开后再保存")
        crud.update(session, row, values, version)
        return row

    def _save(self, form: BackOfficeForm, row: Any, work: Any, message: str) -> Any:
        def once(session: Any) -> tuple[str, str]:
            saved = work(session)
            return self.after_save(saved), f"{message}：{saved}"

        try:
            return carry_out(once)
        except RuleViolation as error:
            note_refusal(error)
            return self._form_page(form, row, error)

    def after_save(self, saved: Any) -> str:
        """Where a saved form leads to."""
        if "_add_another" in request.form:
            return url_for(f"{self.endpoint}.create_view")
        return url_for(f"{self.endpoint}.details_view", id=saved.id)

    def _form_page(self, form: BackOfficeForm, row: Any, error: RuleViolation | None = None) -> Any:
        conflicts: list[tuple[str, str, str]] = []
        other = self._other(error) if isinstance(error, Duplicate) else None
        if isinstance(error, StaleEdit):
            conflicts = [(label, show_any(old), show_any(new)) for label, old, new in error.conflicts]
        elif error is not None and form.refuse(error.field, str(error)):
            error = None
        failed = error is not None or bool(form.errors)
        page = self.render(
            self.edit_template,
            form=form,
            groups=self._groups(form),
            row=row,
            error=error,
            conflicts=conflicts,
            other=other,
            fills=any(f.fill for f in self.fields("form")),
            version=getattr(row, "version", None),
            key=new_key(),
            failed=failed,
        )
        return (page, 409) if isinstance(error, StaleEdit) else (page, 400) if failed else page

    def _other(self, error: Duplicate) -> Any:
        """The row that has the value already, if the actor sees it."""
        return db().scalar(select(self.model).where(self.model.id == error.row_id))

    def _groups(self, form: BackOfficeForm) -> list[tuple[str | None, list[Any]]]:
        """The form's fields under the headings where `field(group=…)` begins them."""
        groups: list[tuple[str | None, list[Any]]] = []
        heading: str | None = None
        for f in self.fields("form"):
            heading = f.group or heading
            if f.name in form._fields:
                if not groups or groups[-1][0] != heading:
                    groups.append((heading, []))
                groups[-1][1].append((form._fields[f.name], f))
        columns = {f.name for f in self.fields("form")}
        extra = [(field, None) for name, field in form._fields.items() if name not in columns]
        if extra:
            groups.insert(1, (self.extra_heading, extra))
        return groups

    # One record.
    @expose("/details/")
    def details_view(self) -> str:
        row = self.get_one(request.args.get("id"))
        masked = not sees_phones(actor())
        groups: list[tuple[str | None, list[tuple[str, str, str, str]]]] = []
        heading: str | None = None
        for f in self.fields("details"):
            heading, value = f.group or heading, value_of(row, f)
            if f.key == "county_id" and actor().county_id is not None:
                continue
            if not (value or _asked(f)):
                continue
            if not groups or groups[-1][0] != heading:
                groups.append((heading, []))
            text = show_field(f, value, masked=masked)
            groups[-1][1].append((f.heading, tag_class(f, value), text, self._address_of(f, row)))
        versioned = self.may("edit") and hasattr(row, "version")
        restorable = {f.name for f in self.form_fields(row, new=False)} if versioned else set()
        for title, fields, other in self.more_groups(row):
            values = [(f, value_of(other, f)) for f in fields]
            groups.append(
                (title, [(f.heading, tag_class(f, v), show_field(f, v, masked=masked), "") for f, v in values])
            )
        return self.render(
            self.details_template,
            row=row,
            groups=groups,
            actions=[(a, a.why_not(actor(), row)) for a in self.offered_actions()],
            marks=self.marks([row.id]).get(row.id, []),
            can={what: self.may_change(what, row) for what in ("edit", "delete")},
            related=self._related(row),
            links=self.links(row),
            extra=self.details_extra(row),
            sheets=self.sheets(row),
            attachments=attachments_of(db(), row) if self.takes_attachments() else None,
            papers=self.papers() if self.has_papers and self.may("edit") else [],
            history=history_of(db(), row, masked=masked, allowed=restorable) if self.keeps_history else [],
            can_revert=bool(restorable),
            doubts=[(f.label, said) for f, said in self._doubts(row)],
            key=new_key(),
            **self.details_more(row),
        )

    def _address_of(self, f: Field, row: Any) -> str:
        """The page of the record that a reference names, where the actor may open every one of its kind."""
        other = getattr(row, f.relation) if f.relation else None
        if other is None or isinstance(other, CountyOption):  # a word of the county's lists, not a record
            return ""
        endpoint = table_name(type(other))
        view = next((v for v in self.admin._views if v.endpoint == endpoint), None)
        if view is None or not view.is_accessible() or not sees_all(actor(), type(other)):
            return ""
        return url_for(f"{endpoint}.details_view", id=other.id)

    def sheets(self, row: Any) -> list[dict[str, str]]:
        """Papers of this record to download and to print."""
        return []

    def may_change(self, what: str, row: Any) -> bool:
        """Whether the page offers the actor to edit or delete this record; the rules decide in the end."""
        return self.may(what)

    def more_groups(self, row: Any) -> list[tuple[str, list[Field], Base]]:
        """Fields of other records that belong on this one's page: (heading, fields, record)."""
        return []

    def links(self, row: Any) -> list[tuple[str, str]]:
        """Pages that go on from this record: (name, address)."""
        return []

    def details_more(self, row: Any) -> dict[str, Any]:
        """What the page's own template needs besides."""
        return {}

    def _doubts(self, row: Any) -> Iterator[tuple[Field, str]]:
        """What is doubtful about values that are kept all the same: a code's check digit."""
        for f in self.fields("details"):
            value = getattr(row, f.key) if f.warn else None
            if f.warn and value and (said := f.warn(value)):
                yield f, said

    def details_extra(self, row: Any) -> list[Block]:
        """Tables shown under the fields."""
        return [self._block(inline, row) for inline in self.inlines]

    def _block(self, inline: Inline, row: Any) -> Block:
        fields = tuple(field_of(inline.model, key) for key in inline.keys)
        statement = lists.rows_statement(inline.model, fields).where(attribute(inline.model, inline.by) == row.id)
        order = attribute(inline.model, inline.order)
        found = db().execute(statement.order_by(order, inline.model.id).limit(MAX_INLINE))
        masked = not sees_phones(actor())
        rows: list[list[tuple[str, ...]]] = []
        for id_, *values in found:
            cells = zip(fields, values, strict=True)
            rows.append([(tag_class(f, v), _worded(f, show_field(f, v, masked=masked))) for f, v in cells])
            if inline.linked:
                address = url_for(f"{table_name(inline.model)}.details_view", id=id_)
                rows[-1][0] = (*rows[-1][0], address)
        return Block(inline.model.__title__, [f.heading for f in fields], rows)

    def _related(self, row: Any) -> list[tuple[str, str, int, str]]:
        """Lists of rows that point at this one, where the actor may read them: (name, address, rows,
        address of a new one if he may make it)."""
        views = {view.endpoint: view for view in self.admin._views}
        shown = [(views[e], name) for e, name in self.related if e in views and views[e].is_accessible()]
        keys = [(v.model, attribute(v.model, field_of(v.model, name).key) == row.id) for v, name in shown]
        found = []
        for (view, name), count in zip(shown, lists.count_each(db(), keys), strict=True):
            new = url_for(f"{view.endpoint}.create_view", **{name: row.id}) if view.may("create") else ""
            found.append((view.name, url_for(f"{view.endpoint}.index_view", **{name: row.id}), count, new))
        return found

    @expose("/revert/", methods=("POST",))
    def revert_view(self) -> Any:
        """Put back what one change of the timeline replaced, through the rules of the form."""
        self.need("edit")
        row = self.get_one(request.form.get("id"))
        entry = lists.parse_id(request.form.get("entry"))
        allowed = {f.name for f in self.form_fields(row, new=False)}
        here = url_for(f"{self.endpoint}.details_view", id=row.id)
        version = lists.parse_id(request.form.get("_version"))

        def put_back(session: Any) -> tuple[str, str]:
            if entry is None or version is None:
                abort(404)
            values = crud.earlier_values(session, row, entry, allowed)
            crud.update(session, row, values, version)
            return here, f"已恢复：{row}"

        return carry_out_from(put_back, here)

    # Delete: asked on the server, so that nothing goes in one click.
    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> Any:
        self.need("delete")
        row = self.get_one(request.values.get("id"))
        if request.method == "GET":
            return self._delete_page(row)
        if request.form.get("_confirmed") != "1":
            return self._delete_page(row)
        try:
            return carry_out(lambda session: self._delete(session, row))
        except RuleViolation as error:
            note_refusal(error)
            return self._delete_page(row, error), 409

    def _delete(self, session: Any, row: Any) -> tuple[str, str]:
        name = str(row)
        crud.delete(session, row)
        return url_for(f"{self.endpoint}.index_view"), f"已删除：{name}"

    def _delete_page(self, row: Any, error: RuleViolation | None = None) -> str:
        users = dependents(db(), row, alive=isinstance(row, Deletable))
        return self.render("delete.html", row=row, error=error, key=new_key(), dependents=users)

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> Any:
        # Stock Flask-Admin saves here whatever `can_edit` says. There is no inline editing.
        abort(404)


def _worded(f: Field, text: str) -> str:
    """A choice in the county's own terms; what people wrote stays as it is."""
    return in_county_terms(text) if f.kind == "choice" else text


def _asked(field: Field) -> bool:
    """Whether the user's county asks for the field at all."""
    county = own_county() if field.when else None
    return county is None or bool(getattr(county, str(field.when)))


def show_any(value: Any) -> str:
    """A value of a stale edit on the screen, rows by their label."""
    return show(str(value) if isinstance(value, Base) else value) or "（空）"
