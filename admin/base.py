"""BackOfficeView: list, form, details, delete and actions of one table, all from `field()`."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, request, url_for
from flask_admin import expose
from flask_admin.model import BaseModelView
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from wtforms.validators import ValidationError

from admin.action_pages import ActionPages
from admin.actions import MAX_ROWS
from admin.attachment_pages import AttachmentPages
from admin.exports import ExportPages
from admin.formatters import show_field, tag_class, value_of
from admin.forms import BackOfficeForm, RefField, build_form, place_lookups
from admin.import_pages import ImportPages
from admin.lookups import LookupPages
from admin.options import chosen, default_sort, headings_of, names_of, refuse_options
from admin.saved_views import ViewPages
from admin.session import (
    actor,
    asked,
    carry_out,
    carry_out_from,
    db,
    in_county_terms,
    new_key,
    note_refusal,
    own_county,
    read_on,
    write_separately,
)
from models.actions import AuditAction
from models.base import Base, CountyScoped, Deletable, table_name
from models.fields import Field, Purpose, all_fields, attribute, field_of, fields_of
from models.places import CountyOption
from models.types import show
from services.desk.badges import Mark
from services.kernel.access import may, may_set, sees_all, sees_phones
from services.kernel.audit import record
from services.kernel.errors import Duplicate, RuleViolation, StaleEdit
from services.master_data.near_duplicates import NearDuplicate, check_near_duplicates
from services.records import crud, lists
from services.records.attachments import attachments_of
from services.records.crud import why_archived
from services.records.history import Change, history_of
from services.records.references import dependents
from services.records.saved_views import views_of

#: Maximum rows of a table on a record's page.
MAX_INLINE = 200


@dataclass(frozen=True)
class Inline:
    """A table on a record's page: the rows of `model` whose column `by` points at the record."""

    model: type[Base]
    by: str
    keys: tuple[str, ...]
    order: str
    #: Whether the first cell links to the row's own page.
    linked: bool = False


@dataclass(frozen=True)
class Block:
    """A table of text on a page."""

    title: str
    headers: list[str]
    #: A cell is text, or (CSS class, text), or (CSS class, text, address).
    rows: Sequence[Sequence[str | tuple[str, ...]]]


#: A value on a record's page: heading, CSS class, text, address, and the name of a masked number.
DetailCell = tuple[str, str, str, str, str]


class BackOfficeView(ExportPages, ActionPages, LookupPages, ImportPages, AttachmentPages, ViewPages, BaseModelView):
    """One table in the back office. A subclass states only what differs.

    The first block below is Flask-Admin's own options, with the meaning of its documentation. Those that are not
    here are refused when the class is made (`admin.options`). Permissions come first: an option only narrows what
    `services.kernel.access` grants, and hidden or masked columns stay so.
    """

    can_create = can_edit = can_delete = can_view_details = can_export = True
    list_template = "list.html"
    create_template = edit_template = "form.html"
    details_template = "details.html"
    column_list: Sequence[Any] | None = None
    column_exclude_list: Sequence[Any] | None = None
    column_details_list: Sequence[Any] | None = None
    column_details_exclude_list: Sequence[Any] | None = None
    column_export_list: Sequence[Any] | None = None
    column_export_exclude_list: Sequence[Any] | None = None
    #: By column: (view, None, the record, the column's name) -> text or Markup.
    column_formatters: Mapping[str, Callable[..., Any]] = {}
    #: The same on the record's page; `column_formatters` when not set.
    column_formatters_detail: Mapping[str, Callable[..., Any]] | None = None
    column_sortable_list: Sequence[Any] | None = None
    #: The column, or (column, descending), that a list is sorted by until the user chooses another one.
    column_default_sort: Any = ("id", True)
    column_display_actions = True
    page_size = lists.PAGE_SIZES[0]
    can_set_page_size = True
    page_size_options: tuple[int, ...] = lists.PAGE_SIZES
    export_types: Sequence[str] = ("xlsx", "csv")
    form_base_class: type[BackOfficeForm] = BackOfficeForm
    form_columns: Sequence[Any] | None = None
    form_excluded_columns: Sequence[Any] | None = None
    #: By column: label, description, default, render_kw, and validators and filters beside the column's own.
    form_args: Mapping[str, Mapping[str, Any]] = {}
    form_overrides: Mapping[str, type[Any]] = {}
    form_widget_args: Mapping[str, Mapping[str, Any]] = {}
    #: Form fields that are not columns; `on_model_change()` uses their values.
    form_extra_fields: Mapping[str, Any] = {}
    action_disallowed_list: Sequence[str] = ()

    #: Columns that `may_change_listed()` reads.
    decisive: tuple[str, ...] = ()
    #: Fields that can be set only when the row is created.
    only_new: frozenset[str] = frozenset()
    #: Heading over the form fields that are not columns.
    extra_heading: str | None = None
    #: Whether the record's page shows its history.
    keeps_history = True
    #: Whether a new record can be saved and printed at once.
    printable = False
    #: Whether an attachment can be marked as one of the county's papers.
    has_papers = False
    #: Tables on the record's page.
    inlines: tuple[Inline, ...] = ()
    #: Related lists of the record's page: (view's endpoint, its filter).
    related: tuple[tuple[str, str], ...] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        refuse_options(cls, BackOfficeView)

    def __init__(
        self,
        model: type[Base],
        name: str | None = None,
        category: str | None = None,
        endpoint: str | None = None,
        url: str | None = None,
    ) -> None:
        if not isinstance(name, str | None):
            raise TypeError(f"{type(self).__name__} takes no session: each request has its own (admin.session.db)")
        self.model = model
        self.table = table_name(model)
        self._read_options()
        super().__init__(model, name or model.__title__, category, endpoint or self.table, url)

    def _read_options(self) -> None:
        """Resolve the options that name columns; ValueError for a name that they do not take."""
        listed, shown = fields_of(self.model, "list"), fields_of(self.model, "details")
        listable = tuple(dict.fromkeys((*listed, *shown)))
        self._fields: dict[Purpose, tuple[Field, ...]] = {
            "list": chosen(self, listable, listed, "column_list", "column_exclude_list"),
            "details": chosen(self, shown, shown, "column_details_list", "column_details_exclude_list"),
            "export": self._chosen("export", "column_export_list", "column_export_exclude_list"),
            "form": self._chosen("form", "form_columns", "form_excluded_columns", self.form_extra_fields),
            "import": fields_of(self.model, "import"),
        }
        if not self._fields["list"]:
            raise ValueError(f"{type(self).__name__}: no column is left for the list")
        self._not_listed = names_of(self, "column_exclude_list", all_fields(self.model)) or ()
        # Flask-Admin reads these again, and knows names only.
        self.column_list = [f.name for f in self._fields["list"]]
        self.column_details_list = [f.name for f in self._fields["details"]]
        self.column_export_list = [f.name for f in self._fields["export"]]
        self.column_exclude_list = self.column_details_exclude_list = self.column_export_exclude_list = None
        self.column_sortable_list = names_of(self, "column_sortable_list", [f for f in listable if f.kind != "ref"])
        self.column_default_sort = default_sort(self)
        if self.page_size not in self.page_size_options:
            self.page_size_options = tuple(sorted({*self.page_size_options, self.page_size}))
        for option in ("column_formatters", "column_formatters_detail"):
            names_of(self, option, listable)
        self._check_form_options()

    def _chosen(self, purpose: Purpose, only: str, excluded: str, extra: Any = ()) -> tuple[Field, ...]:
        possible = fields_of(self.model, purpose)
        return chosen(self, possible, possible, only, excluded, extra)

    def _check_form_options(self) -> None:
        """ValueError when a form option is about a column that it cannot change."""
        fields = fields_of(self.model, "form")
        for option in ("form_args", "form_overrides", "form_widget_args"):
            names_of(self, option, fields, self.form_extra_fields)
        references = {f.name for f in fields if f.kind == "ref"}
        if wrong := references & {*self.form_overrides, *self.form_widget_args}:
            raise ValueError(f"{type(self).__name__}: a reference keeps its own box: {', '.join(sorted(wrong))}")
        if wrong := {*self.form_extra_fields} & {n for f in all_fields(self.model) for n in (f.key, f.name)}:
            raise ValueError(f"{type(self).__name__}.form_extra_fields names columns: {', '.join(sorted(wrong))}")

    # What Flask-Admin asks a model backend for when it makes the view; the lists and forms themselves are ours.
    def scaffold_sortable_columns(self) -> dict[Any, Any]:
        return {f.name: f.name for f in all_fields(self.model) if f.kind != "ref"}

    def scaffold_list_columns(self) -> list[str]:
        return [f.name for f in self.fields("details")]

    def scaffold_form(self) -> type[BackOfficeForm]:
        return self.form_base_class

    def scaffold_list_form(self, widget: Any = None, validators: Any = None) -> type[BackOfficeForm]:
        return self.form_base_class

    def get_pk_value(self, model: Any) -> Any:
        return model.id

    def _handle_view(self, name: str, **kwargs: Any) -> Any:
        """Check the permission even when a view overrides `is_accessible()`; 404 for a table that is not used."""
        if not self._is_used():
            abort(404)
        return super()._handle_view(name, **kwargs) if self.may("read") else self.inaccessible_callback(name, **kwargs)

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        # The stock method calls the view a second time after any TypeError, with the wrong arguments.
        return fn(self, *args, **kwargs)

    # Permissions.
    def may(self, what: str) -> bool:
        """Whether the actor has permission `what` ("read", "create", …) on this table, and the view offers it."""
        offered = {
            "create": self.can_create,
            "edit": self.can_edit,
            "delete": self.can_delete,
            "export": self.can_export,
            "import": self.can_create and self.can_edit,
        }
        return bool(offered.get(what, True)) and may(actor(), f"{self.table}.{what}")

    def is_accessible(self) -> bool:
        return self.may("read") and self._is_used()

    def _is_used(self) -> bool:
        """Whether the user's county uses the table: 巴林左旗 has no chief officers."""
        setting = getattr(self.model, "__when__", None)
        county = own_county() if setting else None
        return county is None or bool(getattr(county, str(setting)))

    def need(self, what: str) -> None:
        """Abort with 403 without the permission."""
        if not self.may(what):
            abort(403)

    def fields(self, purpose: Purpose) -> tuple[Field, ...]:
        """The fields of the table for one purpose, as the view's options leave them."""
        return self._fields[purpose]

    def page_of(self, row: Any) -> str:
        """The address of a record's page, or of the list when the view has no record pages."""
        if not self.can_view_details:
            return url_for(f"{self.endpoint}.index_view")
        return url_for(f"{self.endpoint}.details_view", id=row.id)

    # Rows, always within the session's scope.
    def get_one(self, id: Any) -> Any:
        """One row in the actor's scope with the relations that its labels need; 404 if there is none."""
        number = lists.parse_id(str(id or ""))
        row = None if number is None else db().scalar(self._loading().where(self.model.id == number))
        return row if row is not None else abort(404)

    def get_some(self, ids: list[str]) -> list[Any]:
        """The rows of `ids`, in that order; 404 if the actor may not see one of them."""
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
        asked = list(request.args.items(multi=True))
        query = self.list_query(asked)
        phones = sees_phones(actor(), self.model)
        where = lists.conditions(self.model, query, phones=phones)
        ids, count = lists.page_ids(db(), self.model, where, query)
        decisive = (field_of(self.model, key) for key in self.decisive)
        beside = {f.key: f for f in (*self.hint_of(fields), self._name_of(), *decisive) if f not in fields}
        rows = lists.page_rows(db(), self.model, (*fields, *beside.values()), ids)
        records = (
            {row.id: row for row in self.get_some([str(i) for i in ids])} if ids and self.column_formatters else {}
        )
        actions = [a for a in self.offered_actions() if a.batch]
        known: dict[str, Any] = lists.known_args(self.model, asked)
        chosen = lists.chosen_names(db(), self.model, query)
        return self.render(
            self.list_template,
            list_columns=fields,
            data=[self._cells(fields, row, records.get(row[0]), masked=not phones) for row in rows],
            marks=self.marks(ids) if ids else {},
            count=count,
            count_cap=lists.COUNT_CAP,
            query=query,
            page_sizes=self.page_size_options if self.can_set_page_size else (),
            search_fields="、".join(f.label for f in lists.search_fields(self.model, phones=phones)),
            row_url={what: url_for(f".{what}_view", id="") for what in ("details", "edit", "delete")},
            link=lambda **changes: url_for(".index_view", **(known | changes)),
            export_url=lambda kind, **more: url_for(".export", export_type=kind, **(known | more)),
            filters=self.query_fields(),
            filter_labels=chosen,
            problems=[*query.problems, *self._unknown_columns(), *self._unseen(chosen)],
            unnamed=lists.UNNAMED,
            choosable=self._choosable(fields) if may(actor(), "view.keep") else [],
            views=views_of(db(), self.table),
            me=actor().user_id,
            sharing=actor().county_id is not None,
            form_actions=actions,
            max_rows=MAX_ROWS,
            can={what: self.may(what) for what in ("create", "edit", "delete", "export")},
            opens="details" if self.can_view_details else "edit" if self.may("edit") else None,
            plans=self.plans() if self.plans() and self.may("import") else [],
        )

    def _unknown_columns(self) -> list[str]:
        """What to say of columns that the address names and the list does not have."""
        known = {"county", *(f.name for f in self.list_choices())}
        asked = request.args.get(lists.COLUMNS, "").split(",")
        return [f"没有“{name[: lists.QUOTED]}”这一列" for name in dict.fromkeys(asked) if name and name not in known]

    def _unseen(self, chosen: Mapping[str, str]) -> list[str]:
        """What to say of reference filters that name a row which the actor does not see."""
        labels = lists.filter_args(self.model)
        unseen = (name for name, text in chosen.items() if lists.NOT_FOUND in text)
        return [f"“{labels[name]}”所选的记录{lists.NOT_FOUND}" for name in unseen]

    def list_query(self, pairs: lists.Pairs) -> lists.ListQuery:
        """The query that the pairs of an address describe, limited by the view's options."""
        sortable = (f for f in self.list_fields() if self.is_sortable(f.name))
        sizes = self.page_size_options if self.can_set_page_size else (self.page_size,)
        query = lists.read_query(self.model, sortable, pairs, self.column_default_sort, sizes, self.page_size)
        return replace(query, page_size=self.get_safe_page_size(query.page_size))

    def get_empty_list_message(self) -> str:
        return f"还没有{self.name}。"

    def marks(self, ids: Sequence[int]) -> dict[int, list[Mark]]:
        """Badges beside the state of these rows, by id."""
        return {}

    def list_fields(self) -> tuple[Field, ...]:
        """The columns of the list as the user chose them, with the county for users who see several."""
        fields = self.own_columns()
        scoped = issubclass(self.model, CountyScoped) and "county" not in self._not_listed
        if actor().county_id is None and scoped:
            fields = (field_of(self.model, "county_id"), *fields)
        if not any(f.key == self.model.__label__ for f in fields):
            return fields
        return tuple(f for f in fields if f.key != self.model.__hint__)

    def own_columns(self) -> tuple[Field, ...]:
        """The default columns, or those that the address or the user chose; the label column stays first."""
        usual = tuple(f for f in self.fields("list") if asked(f))
        scoped = issubclass(self.model, CountyScoped)
        possible = {f.name: f for f in self.list_choices() if not (scoped and f.key == "county_id")}
        first = next((f for f in usual if f.key == self.model.__label__), usual[0])
        chosen = [possible[name] for name in dict.fromkeys(self.columns()) if name in possible]
        return (first, *(f for f in chosen if f is not first)) if chosen else usual

    def list_choices(self) -> list[Field]:
        """The columns that a user may choose for the list: those of the record's page and the default ones."""
        more = [f for f in self.fields("details") if f.name not in self._not_listed]
        return [f for f in (*more, *(f for f in self.fields("list") if f not in more)) if asked(f)]

    def _choosable(self, shown: tuple[Field, ...]) -> list[tuple[Field, bool]]:
        """The choosable columns: those shown, in their order, then the others."""
        others = [f for f in self.list_choices() if f not in shown and f.key != "county_id"]
        return [*((f, True) for f in shown[1:] if f.key != "county_id"), *((f, False) for f in others)]

    def hint_of(self, fields: tuple[Field, ...]) -> tuple[Field, ...]:
        """The field shown in grey under the label, unless the list has it as a column."""
        name = self.model.__hint__
        if name is None or name in self._not_listed or any(f.key == name for f in fields):
            return ()
        return (field_of(self.model, name),)

    def _name_of(self) -> Field:
        """The field that labels a row whose first column is empty."""
        return field_of(self.model, self.model.__label__.partition(".")[0])

    def _targets(self, fields: tuple[Field, ...]) -> list[Field]:
        """The references that can label a row when the first column is a reference."""
        own = [f for f in fields if f.key != "county_id"]
        return [f for f in own if f.relation] if own and own[0].relation else []

    def _cells(self, fields: tuple[Field, ...], row: Any, record: Any, *, masked: bool) -> dict[str, Any]:
        """One row for the template: id, (class, text) for each column, hint, and a fallback label.

        `record` is the loaded row for the formatters of the view, None where there are none.
        """
        known = row._mapping
        texts = [self._text(self.column_formatters, f, known[f.key], record, masked=masked) for f in fields]
        cells = [(tag_class(f, known[f.key]), text) for f, text in zip(fields, texts, strict=True)]
        hint = "".join(show(known[f.key]) for f in self.hint_of(fields))
        # The list of 分包 begins with the project; an assignment to an enterprise is labelled by the enterprise.
        about = [show(known[f.key]) for f in self._targets(fields)]
        name = next(filter(None, about), "") or show(known[self._name_of().key])
        changes = {what: self.may_change_listed(what, known) for what in ("edit", "delete")}
        return {"id": row[0], "cells": cells, "hint": hint, "name": name, "can": changes}

    def _text(self, formatters: Mapping[str, Any], f: Field, value: Any, record: Any, *, masked: bool) -> str:
        """`value` on the screen: by the view's formatter, unless it is masked for the actor."""
        formatter = formatters.get(f.name, formatters.get(f.key))
        if formatter is None or (f.sensitive and masked):
            return show_field(f, value, masked=masked)
        text = formatter(self, None, record, f.name)
        return text if isinstance(text, Markup) else show(text)

    def query_fields(self) -> list[Field]:
        """The filters of the query row; the county only for users who see several."""
        shown = (f for f in lists.filters_of(self.model) if asked(f))
        return [f for f in shown if f.key != "county_id" or actor().county_id is None]

    # The form.
    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        self.need("create")
        row = self.model()
        form = self.create_form()
        if self.validate_form(form):
            return self._save(form, row, lambda session: self.create_row(session, row, self._values(form)), "已新增")
        return self._form_page(form, row)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        self.need("edit")
        row = self.get_one(request.args.get("id"))
        form = self.edit_form(obj=row)
        if self.validate_form(form):
            return self._save(form, row, lambda session: self.update_row(session, row, self._values(form)), "已保存")
        if request.method == "GET":
            self.on_form_prefill(form, row.id)
        return self._form_page(form, row)

    def create_form(self, obj: Any = None) -> BackOfficeForm:
        return self.make_form(self.model() if obj is None else obj, new=True)

    def edit_form(self, obj: Any = None) -> BackOfficeForm:
        return self.make_form(obj, new=False)

    def _values(self, form: BackOfficeForm) -> dict[str, Any]:
        """The form's values for the row, without those of `form_extra_fields`."""
        return {name: value for name, value in form.values().items() if name not in self.form_extra_fields}

    def make_form(self, row: Any, *, new: bool) -> BackOfficeForm:
        """The form with the fields that the actor may set; the server reads no others."""
        fields = self.form_fields(row, new=new)
        extra = self.extra_fields(row, new=new)
        form_class = build_form(
            fields, extra, base=self.form_base_class, args=self.form_args, classes=self.form_overrides
        )
        form = form_class(request.form if request.method == "POST" else None, obj=None if new else row)
        if new and request.method == "GET":
            self.prefill(form)
        for name in form._fields.keys() & self.form_widget_args.keys():
            form._fields[name].render_kw = {**(form._fields[name].render_kw or {}), **self.form_widget_args[name]}
        place_lookups(form, self.endpoint)
        return form

    def form_fields(self, row: Any, *, new: bool) -> list[Field]:
        """The columns of this row that the actor may set now."""
        return [
            f
            for f in self.fields("form")
            if may_set(actor(), self.table, f.name) and (new or f.name not in self.only_new) and asked(f)
        ]

    def extra_fields(self, row: Any, *, new: bool) -> dict[str, Any]:
        """Form fields that are not columns, by name."""
        return dict(self.form_extra_fields)

    def prefill(self, form: BackOfficeForm) -> None:
        """Fill references of an empty form from the address: ?enterprise=5."""
        for name, field in form._fields.items():
            if isinstance(field, RefField) and name in request.args:
                field.object_data = None
                try:
                    field.process_formdata([request.args[name]])
                except ValueError:
                    field.data = None

    def create_row(self, session: Any, row: Any, values: dict[str, Any]) -> Any:
        """Create the row; a view whose table has its own service overrides this."""
        crud.create(session, row, values)
        return row

    def update_row(self, session: Any, row: Any, values: dict[str, Any]) -> Any:
        """Save the edited row; StaleEdit if someone else saved it since the form was opened."""
        version = lists.parse_id(request.form.get("_version"))
        if version is None:
            raise RuleViolation("version", "表单不完整（缺少版本号），请重新打开后再保存")
        crud.update(session, row, values, version)
        return row

    def _save(self, form: BackOfficeForm, row: Any, work: Any, message: str) -> Any:
        is_created, done = row.id is None, []

        def once(session: Any) -> tuple[str, str]:
            check_near_duplicates(session, row, self._values(form), request.form.get("_near"))
            saved = work(session)
            with refusing():
                self.on_model_change(form, saved, is_created)
            session.flush()
            done.append(saved)
            return self.get_save_return_url(saved, is_created), f"{message}：{saved}"

        try:
            answer = carry_out(once)
        except RuleViolation as error:
            note_refusal(error)
            return self._form_page(form, row, error)
        for saved in done:  # none when the form was sent twice
            self.after_model_change(form, saved, is_created)
        return answer

    def get_save_return_url(self, model: Any, is_created: bool = False) -> str:
        """The address to go to after saving."""
        if "_add_another" in request.form:
            return url_for(f"{self.endpoint}.create_view")
        return self.page_of(model)

    def _form_page(self, form: BackOfficeForm, row: Any, error: RuleViolation | None = None) -> Any:
        conflicts: list[tuple[str, str, str]] = []
        other = self._other(error) if isinstance(error, Duplicate) else None
        near = error if isinstance(error, NearDuplicate) else None
        if isinstance(error, StaleEdit):
            conflicts = [(label, show_any(old), show_any(new)) for label, old, new in error.conflicts]
        elif error is not None and near is None and form.refuse(error.field, str(error)):
            error = None
        failed = error is not None or bool(form.errors)
        page = self.render(
            self.edit_template if row.id else self.create_template,
            form=form,
            groups=self._groups(form),
            row=row,
            error=error,
            conflicts=conflicts,
            other=other,
            near=near,
            fills=any(f.fill for f in self.fields("form")),
            version=getattr(row, "version", None),
            key=new_key(),
            failed=failed,
        )
        return (page, 409) if isinstance(error, StaleEdit) else (page, 400) if failed else page

    def _other(self, error: Duplicate) -> Any:
        """The existing row with the same value, if the actor may see it."""
        return db().scalar(select(self.model).where(self.model.id == error.row_id))

    def _groups(self, form: BackOfficeForm) -> list[tuple[str | None, list[Any]]]:
        """The form's fields, grouped under the headings of `field(group=…)`."""
        groups: list[tuple[str | None, list[Any]]] = []
        headings = headings_of(self.model, "form")
        for f in self.fields("form"):
            if f.name in form._fields:
                if not groups or groups[-1][0] != headings[f.name]:
                    groups.append((headings[f.name], []))
                groups[-1][1].append((form._fields[f.name], f))
        columns = {f.name for f in self.fields("form")}
        extra = [(field, None) for name, field in form._fields.items() if name not in columns]
        if extra:
            groups.insert(1, (self.extra_heading, extra))
        return groups

    # One record.
    @expose("/details/")
    def details_view(self) -> str:
        if not self.can_view_details:
            abort(404)
        return self._details_page(self.get_one(request.args.get("id")))

    @expose("/reveal/", methods=("POST",))
    def reveal_view(self) -> str:
        """显示: the record's page with one masked number whole. The audit records who looked at whose number."""
        id_, name, who = request.form.get("id"), request.form.get("name", ""), actor()
        read_on()
        db().act_as(who)
        found = self._hidden_numbers(self.get_one(id_)).get(name)
        if not self.can_view_details or found is None:
            abort(404)
        owner, field = found
        act, where = AuditAction.PHONE_REVEAL, f"{self.table}/{id_}"
        write_separately(lambda s: record(s, act, subject=owner, note=field.label, field=field.key, page=where))
        return self._details_page(self.get_one(id_), revealed=name)

    def _hidden_numbers(self, row: Any) -> dict[str, tuple[Base, Field]]:
        """The numbers on the record's page that are masked for the actor, by the name that asks for one."""
        shown = [(row, f) for f in self.fields("details")]
        shown += [(other, f) for _, fields, other in self.more_groups(row) for f in fields]
        hidden = ((other, f) for other, f in shown if f.sensitive and getattr(other, f.key))
        return {_number_name(other, f): (other, f) for other, f in hidden if not sees_phones(actor(), type(other))}

    def _details_page(self, row: Any, revealed: str | None = None) -> str:
        """`revealed`: the masked number that is shown whole."""
        hidden = self._hidden_numbers(row).keys() - {revealed}
        groups: list[tuple[str | None, list[DetailCell]]] = []
        headings, formatters = headings_of(self.model, "details"), self.column_formatters_detail or {}
        for f in self.fields("details"):
            value, heading = value_of(row, f), headings[f.name]
            if f.key == "county_id" and actor().county_id is not None:
                continue
            if not (value or asked(f)):
                continue
            if not groups or groups[-1][0] != heading:
                groups.append((heading, []))
            name = _number_name(row, f)
            text = self._text(formatters, f, value, row, masked=name in hidden)
            address = self._address_of(f, row)
            groups[-1][1].append((f.heading, tag_class(f, value), text, address, name if name in hidden else ""))
        versioned = self.may_change("edit", row) and hasattr(row, "version")
        restorable = {f.name for f in self.form_fields(row, new=False)} if versioned else set()
        for title, fields, other in self.more_groups(row):
            groups.append((title, [_other_cell(other, f, hidden) for f in fields]))
        return self.render(
            self.details_template,
            row=row,
            groups=groups,
            actions=[(a, a.refusal(db(), actor(), row)) for a in self.offered_actions()],
            marks=self.marks([row.id]).get(row.id, []),
            can={what: self.may_change(what, row) for what in ("edit", "delete")},
            related=self._related(row),
            links=self.links(row),
            extra=self.details_extra(row),
            sheets=self.sheets(row),
            attachments=attachments_of(db(), row) if self.takes_attachments() else None,
            papers=self.papers() if self.has_papers and self.may("edit") else [],
            history=self._history(row, restorable),
            can_revert=bool(restorable),
            doubts=[(f.label, said) for f, said in self._doubts(row)],
            key=new_key(),
            **self.details_more(row),
        )

    def _history(self, row: Any, restorable: set[str]) -> list[Change]:
        masked = not sees_phones(actor(), self.model)
        return history_of(db(), row, masked=masked, allowed=restorable) if self.keeps_history else []

    def _address_of(self, f: Field, row: Any) -> str:
        """The page of the record that a reference points at, if the actor may open every row of that table."""
        other = getattr(row, f.relation) if f.relation else None
        if other is None or isinstance(other, CountyOption):  # a word of the county's lists, not a record
            return ""
        endpoint = table_name(type(other))
        view = next((v for v in self.admin._views if v.endpoint == endpoint), None)
        if view is None or not view.can_view_details or not view.is_accessible() or not sees_all(actor(), type(other)):
            return ""
        return url_for(f"{endpoint}.details_view", id=other.id)

    def sheets(self, row: Any) -> list[dict[str, str]]:
        """Papers of this record to download or print."""
        return []

    def may_change(self, what: str, row: Any) -> bool:
        """Whether the page offers to edit or delete this record; the services check again."""
        return self.may(what) and why_archived(row) is None

    def may_change_listed(self, what: str, known: Mapping[str, Any]) -> bool:
        """The same for a row of the list, by the values of its columns and of `decisive` ones."""
        return True

    def more_groups(self, row: Any) -> list[tuple[str, list[Field], Base]]:
        """Fields of other records shown on this record's page: (heading, fields, record)."""
        return []

    def links(self, row: Any) -> list[tuple[str, str]]:
        """Links shown on this record's page: (name, address)."""
        return []

    def details_more(self, row: Any) -> dict[str, Any]:
        """More variables for a view's own details template."""
        return {}

    def _doubts(self, row: Any) -> Iterator[tuple[Field, str]]:
        """Warnings about values that are accepted although they look wrong, such as a code's check digit."""
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
        masked = not sees_phones(actor(), inline.model)
        rows: list[list[tuple[str, ...]]] = []
        for id_, *values in found:
            cells = zip(fields, values, strict=True)
            rows.append([(tag_class(f, v), _worded(f, show_field(f, v, masked=masked))) for f, v in cells])
            if inline.linked:
                address = url_for(f"{table_name(inline.model)}.details_view", id=id_)
                rows[-1][0] = (*rows[-1][0], address)
        return Block(inline.model.__title__, [f.heading for f in fields], rows)

    def _related(self, row: Any) -> list[tuple[str, str, int, str]]:
        """Lists of rows that refer to this one and that the actor may read: (name, address, number of rows, address
        of the form for a new row, empty when they may not create one)."""
        views = {view.endpoint: view for view in self.admin._views}
        shown = [(views[e], name) for e, name in self.related if e in views and views[e].is_accessible()]
        keys = [(v.model, attribute(v.model, field_of(v.model, name).key) == row.id) for v, name in shown]
        found = []
        for (view, name), count in zip(shown, lists.count_each(db(), keys), strict=True):
            may_add = view.may("create") and why_archived(row) is None
            new = url_for(f"{view.endpoint}.create_view", **{name: row.id}) if may_add else ""
            found.append((view.name, url_for(f"{view.endpoint}.index_view", **{name: row.id}), count, new))
        return found

    @expose("/revert/", methods=("POST",))
    def revert_view(self) -> Any:
        """Restore the values that one change of the history replaced, under the same rules as the form."""
        self.need("edit")
        row = self.get_one(request.form.get("id"))
        entry = lists.parse_id(request.form.get("entry"))
        allowed = {f.name for f in self.form_fields(row, new=False)}
        here = self.page_of(row)
        version = lists.parse_id(request.form.get("_version"))

        def put_back(session: Any) -> tuple[str, str]:
            if entry is None or version is None:
                abort(404)
            values = crud.earlier_values(session, row, entry, allowed)
            crud.update(session, row, values, version)
            return here, f"已恢复：{row}"

        return carry_out_from(put_back, here)

    # Delete, with a confirmation page on the server, so that one click deletes nothing.
    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> Any:
        self.need("delete")
        row = self.get_one(request.values.get("id"))
        if request.method == "GET":
            return self._delete_page(row)
        if request.form.get("_confirmed") != "1":
            return self._delete_page(row)
        done: list[Any] = []
        try:
            answer = carry_out(lambda session: self._delete(session, row, done))
        except RuleViolation as error:
            note_refusal(error)
            return self._delete_page(row, error), 409
        for deleted in done:
            self.after_model_delete(deleted)
        return answer

    def _delete(self, session: Any, row: Any, done: list[Any]) -> tuple[str, str]:
        name = str(row)
        with refusing():
            self.on_model_delete(row)
        crud.delete(session, row)
        done.append(row)
        return url_for(f"{self.endpoint}.index_view"), f"已删除：{name}"

    def _delete_page(self, row: Any, error: RuleViolation | None = None) -> str:
        return self.render("delete.html", row=row, error=error, key=new_key(), dependents=self.in_the_way(row))

    def in_the_way(self, row: Any) -> list[tuple[str, int]]:
        """Rows that keep `row` from being deleted: (table's title, how many)."""
        return dependents(db(), row, alive=isinstance(row, Deletable))

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> Any:
        # Stock Flask-Admin saves here whatever `can_edit` says. There is no inline editing.
        abort(404)


def _number_name(row: Base, f: Field) -> str:
    """What asks for a masked number: of which table, which column."""
    return f"{table_name(type(row))}.{f.key}"


def _other_cell(row: Base, f: Field, hidden: Container[str]) -> DetailCell:
    """A value of another record on a record's page."""
    value, name = value_of(row, f), _number_name(row, f)
    masked = name in hidden
    return f.heading, tag_class(f, value), show_field(f, value, masked=masked), "", name if masked else ""


def _worded(f: Field, text: str) -> str:
    """A choice in the county's own terms; what people wrote stays as it is."""
    return in_county_terms(text) if f.kind == "choice" else text


@contextmanager
def refusing() -> Iterator[None]:
    """Turns the ValidationError with which a hook refuses, as Flask-Admin documents it, into a RuleViolation."""
    try:
        yield
    except ValidationError as error:
        raise RuleViolation("view.refused", str(error)) from error


def show_any(value: Any) -> str:
    """A value of a stale edit as text; a row is shown by its label."""
    return show(str(value) if isinstance(value, Base) else value) or "（空）"
