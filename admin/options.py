"""Flask-Admin's documented options on our views: which are honoured, and what replaces the others.

A view that sets an option without effect looks right and is wrong. So every option of Flask-Admin either works as
its documentation says, or `refuse_options()` stops the program when the class is made and names the replacement.
`tests/admin/test_flask_admin_options.py` holds the complete list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from admin.forms import BackOfficeForm
from models.fields import Field, all_fields, fields_of

_LABEL = 'a column has one name everywhere: field("名称") in the model'
_SEARCH = "search is declared on the column: field(search=True)"
_FILTER = "filters are declared on the column: field(filter=True)"
_MODAL = "there are no modal windows: every form is a page with an address"
_TYPE = "each type has one text everywhere: models.types.show(); use column_formatters for one column"
_EXPORT_VALUE = "an export shows stored values, so that it can be imported again: services/transfer/exports.py"
_CHOICES = "choices are a Labelled enum in the model"
_FORM = "forms are built from field(): use form_columns, form_args, form_extra_fields, create_form() or edit_form()"
_LAYOUT = "headings are declared on the column, field(group=…); use form_columns for the order"
_INLINE_EDIT = "lists are not edited in place: use the edit form, or an Action in form_actions"
_ACTIONS = "use form_actions = (Action(…),): an action has a form page, a permission and one transaction"
_COLUMNS = "use column_list and column_exclude_list, or override list_fields()"
_ROW_ACTIONS = "use form_actions, or links() for links on the record's page"
_QUERY = "rows come through the session's scope: add the condition to the rows in ROLES, services/kernel/roles.py"
_SAVE = "override create_row() or update_row(), or use on_model_change()"
_RELATIONS = "relations are loaded as far as the shown columns need them; override _loading() for more"
_INLINE_MODELS = "use inlines and related for the rows that belong to a record"
_CONVERTER = "the form field of a column follows from its type; use form_overrides"
_ID = "every table has the column id (models.base.Base)"

#: Options and methods of Flask-Admin that have no effect here: what to use instead.
REFUSED: Mapping[str, str] = {
    # BaseModelView
    "edit_modal_template": _MODAL,
    "create_modal_template": _MODAL,
    "details_modal_template": _MODAL,
    "edit_modal": _MODAL,
    "create_modal": _MODAL,
    "details_modal": _MODAL,
    "column_formatters_export": _EXPORT_VALUE,
    "column_type_formatters": _TYPE,
    "column_type_formatters_export": _EXPORT_VALUE,
    "column_type_formatters_detail": _TYPE,
    "column_labels": _LABEL,
    "column_descriptions": "the help of a column is declared once: field(help=…)",
    "column_searchable_list": _SEARCH,
    "column_editable_list": _INLINE_EDIT,
    "column_choices": _CHOICES,
    "column_filters": _FILTER,
    "named_filter_urls": "filters are always named in addresses, by their column",
    "column_display_pk": "ids are not shown; give the table a number or a name, and name it in __label__",
    "column_extra_row_actions": _ROW_ACTIONS,
    "simple_list_pager": "counts stop at services.records.lists.COUNT_CAP, so that the full pager is always cheap",
    "form": _FORM,
    "form_ajax_refs": "every reference is looked up while the user types; narrow it with field(where=…)",
    "form_rules": _LAYOUT,
    "form_edit_rules": _LAYOUT,
    "form_create_rules": _LAYOUT,
    "export_max_rows": "an export is complete; large ones run in the background, from the county's setting on",
    "get_pk_value": _ID,
    "scaffold_list_columns": _COLUMNS,
    "get_column_name": _LABEL,
    "get_list_row_actions": _ROW_ACTIONS,
    "get_column_names": _COLUMNS,
    "get_list_columns": _COLUMNS,
    "get_details_columns": "use column_details_list and column_details_exclude_list",
    "get_export_columns": "use column_export_list and column_export_exclude_list",
    "scaffold_sortable_columns": "use column_sortable_list",
    "get_sortable_columns": "use column_sortable_list",
    "init_search": _SEARCH,
    "search_placeholder": _SEARCH,
    "scaffold_filters": _FILTER,
    "is_valid_filter": _FILTER,
    "handle_filter": _FILTER,
    "get_filters": _FILTER,
    "get_filter_arg": _FILTER,
    "get_invalid_value_msg": "a filter value that makes no sense is left out of the query",
    "scaffold_form": _FORM,
    "scaffold_list_form": _INLINE_EDIT,
    "get_form": _FORM,
    "get_list_form": _INLINE_EDIT,
    "get_create_form": _FORM,
    "get_edit_form": _FORM,
    "get_delete_form": "what deleting needs is checked by services: register a guard in services/guards.py",
    "get_action_form": _ACTIONS,
    "delete_form": "what deleting needs is checked by services: register a guard in services/guards.py",
    "list_form": _INLINE_EDIT,
    "action_form": _ACTIONS,
    "is_editable": _INLINE_EDIT,
    "get_list": _QUERY,
    "handle_view_exception": "raise services.kernel.errors.RuleViolation: its text reaches the user",
    "create_model": _SAVE,
    "update_model": _SAVE,
    "delete_model": "use on_model_delete(), or register a guard in services/guards.py",
    "get_list_value": "use column_formatters",
    "get_detail_value": "use column_formatters_detail",
    "get_export_value": _EXPORT_VALUE,
    "get_export_name": "a file is named after the title of its table: services/transfer/exports.py",
    "get_url": "addresses are made by flask.url_for() from endpoints",
    "ajax_update": _INLINE_EDIT,
    "init_actions": _ACTIONS,
    "get_actions_list": _ACTIONS,
    "handle_action": _ACTIONS,
    # contrib.sqla.ModelView
    "action_delete": _ACTIONS,
    "build_new_instance": _SAVE,
    "column_auto_select_related": _RELATIONS,
    "column_display_all_relations": _RELATIONS,
    "column_select_related_list": _RELATIONS,
    "fast_mass_delete": "rows are deleted one by one, through the rules of services",
    "filter_converter": _FILTER,
    "form_choices": _CHOICES,
    "form_optional_types": "a column is optional when it is nullable",
    "get_count_query": _QUERY,
    "get_query": _QUERY,
    "ignore_hidden": _FORM,
    "inline_model_form_converter": _INLINE_MODELS,
    "inline_models": _INLINE_MODELS,
    "model_form_converter": _CONVERTER,
    "scaffold_auto_joins": _RELATIONS,
    "scaffold_inline_form_models": _INLINE_MODELS,
    "scaffold_pk": _ID,
    # names from before Flask-Admin 1.0
    "list_columns": "the option is called column_list",
    "excluded_list_columns": "the option is called column_exclude_list",
    "list_formatters": "the option is called column_formatters",
    "list_type_formatters": _TYPE,
    "rename_columns": _LABEL,
    "sortable_columns": "the option is called column_sortable_list",
    "searchable_columns": _SEARCH,
    "list_display_pk": "ids are not shown",
    "excluded_form_columns": "the option is called form_excluded_columns",
    "disallowed_actions": "the option is called action_disallowed_list",
}

#: Prefixes of options: a name with such a prefix that is not an option is a typing mistake.
OPTION = re.compile("((can|column|form|export|action)_|page_size)")


def refuse_options(view: type[Any], base: type[Any]) -> None:
    """Raise TypeError when a class below `base` sets an option without effect.

    Classes that `view` inherits from beside `base` count too: a mixin may set options.
    """
    own = [c for c in view.__mro__ if c not in base.__mro__]
    for name, value in (item for c in own for item in vars(c).items()):
        if why := _fault(name, value, base):
            raise TypeError(f"{view.__name__}.{name} has no effect: {why}")


def _fault(name: str, value: Any, base: type[Any]) -> str | None:
    """Why `name = value` in the body of a view would not do what it says."""
    if name in REFUSED:
        return REFUSED[name]
    if hasattr(value, "_action"):  # what the decorator flask_admin.actions.action leaves
        return _ACTIONS
    if not OPTION.match(name):
        return None
    if not hasattr(base, name):
        return None if callable(value) else "neither Flask-Admin nor BackOfficeView has this option"
    if isinstance(value, property) and not name.startswith("can_"):
        return "it is read once, when the view is made; give it a plain value"
    return _value_fault(name, value)


def _value_fault(name: str, value: Any) -> str | None:
    """Why an honoured option does not take this value."""
    if name == "export_types" and not set(value) <= {"xlsx", "csv"}:
        return "exports are xlsx and csv"
    if name == "form_base_class" and not issubclass(value, BackOfficeForm):
        return "it must derive from admin.forms.BackOfficeForm, whose messages are Chinese"
    if name == "page_size" and not value:
        return "a list always has pages"
    if name == "column_default_sort" and isinstance(value, list) and len(value) > 1:
        return "a list is sorted by one column, so that one index serves; equal values are ordered by id"
    if name.startswith("column_formatters") and any(_is_macro(f) for f in value.values()):
        return "template macros are not called; use a function (view, context, record, name)"
    return None


def _is_macro(formatter: Any) -> bool:
    """Whether this came from `flask_admin.model.template.macro`, which needs a template's context."""
    return getattr(formatter, "__module__", "") == "flask_admin.model.template"


def name_of(column: Any) -> str:
    """The name of a column that an option gives as text or as an attribute of the model."""
    return column if isinstance(column, str) else str(column.key)


def names_of(view: Any, option: str, possible: Iterable[Field], extra: Iterable[str] = ()) -> list[str] | None:
    """The names in `option` of `view`, None when it is not set; ValueError for one that is not `possible`."""
    wanted = getattr(view, option)
    if wanted is None:
        return None
    by_name = {key: f.name for f in possible for key in (f.key, f.name)} | {name: name for name in extra}
    unknown = [name for column in wanted if (name := name_of(column)) not in by_name]
    if unknown:
        raise ValueError(
            f"{type(view).__name__}.{option} names {', '.join(unknown)}, which {view.model.__name__} does not declare "
            f"with field() for this purpose; possible are {', '.join(sorted({f.name for f in possible}))}"
        )
    return [by_name[name_of(column)] for column in wanted]


def chosen(
    view: Any, possible: Sequence[Field], usual: Sequence[Field], only: str, excluded: str, extra: Iterable[str] = ()
) -> tuple[Field, ...]:
    """The fields that the options `only` and `excluded` of `view` leave, in the order that `only` gives."""
    wanted = names_of(view, only, possible, extra)
    without = names_of(view, excluded, (*possible, *all_fields(view.model)), extra) or ()
    by_name = {f.name: f for f in possible}
    fields = usual if wanted is None else [by_name[name] for name in wanted if name in by_name]
    return tuple(f for f in fields if f.name not in without)


def default_sort(view: Any) -> tuple[str, bool]:
    """(column, descending) of `column_default_sort`; ValueError for what is no column of the view's model."""
    given = view.column_default_sort
    first = given[0] if isinstance(given, list) else given
    column, descending = first if isinstance(first, tuple) else (first, False)
    name = name_of(column)
    if name != "id" and name not in {key for f in all_fields(view.model) for key in (f.key, f.name)}:
        raise ValueError(f"{type(view).__name__}.column_default_sort: {view.model.__name__} has no field {name}")
    return name, bool(descending)


def headings_of(model: type[Any], purpose: Any) -> dict[str, str | None]:
    """The heading over each field, by name: `field(group=…)` begins one that goes on until the next."""
    found: dict[str, str | None] = {}
    heading: str | None = None
    for f in fields_of(model, purpose):
        heading = f.group or heading
        found[f.name] = heading
    return found
