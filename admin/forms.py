"""Forms built from `field()`: the paper form on the screen, checked as it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    Form,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Field as FormField
from wtforms.validators import (
    InputRequired,
    Length,
    Optional,
    StopValidation,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from admin.session import db
from models.fields import Field, field_of
from models.types import Labelled
from services.kernel.working_days import today
from services.records.lists import equals, parse_id

#: Control characters: a workbook with one of them does not open in Excel.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
MAX_LONG = 2000


class BackOfficeForm(Form):
    """A form whose messages are Chinese."""

    class Meta:
        locales = ("zh",)

    def values(self) -> dict[str, Any]:
        """The values by name: attributes of the model, or arguments of the service."""
        return {name: field.data for name, field in self._fields.items()}

    def refuse(self, name: str | None, message: str) -> bool:
        """Show a rule's message at its field; False if the form has no such field."""
        if name not in self._fields:
            return False
        self._fields[name].errors = [*self._fields[name].errors, message]
        return True


def tidy(text: str | None) -> str | None:
    """Strip the text; None if nothing is left."""
    return (text or "").strip() or None


def no_control(_: Form, field: FormField) -> None:
    """Refuse control characters."""
    if field.data and CONTROL.search(field.data):
        raise ValidationError(f"{field.label.text}含有不可见的控制字符，请删除后再保存")


def within(column: Field) -> Callable[[Form, FormField], None]:
    """A validator that keeps a number or a day within the bounds of `column`."""

    def check(_: Form, field: FormField) -> None:
        try:
            column.check_bounds(field.data)
        except ValueError as error:
            raise ValidationError(f"{column.label}{error}") from error

    return check


class Required(InputRequired):
    """A required value, with a message that names the field. A value that could not be read keeps its own message."""

    def __call__(self, form: Form, field: FormField) -> None:
        if field.errors:
            raise StopValidation()
        if field.data is None or field.data == "":
            verb = "请选择" if isinstance(field, (SelectField, RefField)) else "请填写"
            raise StopValidation(str(self.message or f"{verb}{field.label.text}"))


def business_date() -> Any:
    """The day on which something was done: today or earlier."""
    return DateField("日期", [Required()], default=today, description="可以补录过去的日期，不能早于上一步")


class RefField(FormField):
    """A reference to one row of another table, found by typing; its data is the row.

    Only rows that the session's scope shows can be chosen; an unchanged one that the user may not
    see stays. `where`: values its columns must have. `note`: adds a text to each choice, such as
    an officer's present load.
    """

    def __init__(
        self,
        label: str,
        validators: Iterable[Any] = (),
        *,
        target: type[Any],
        where: Mapping[str, Any] | None = None,
        note: Callable[[Session, list[int]], Mapping[int, str]] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(label, list(validators), **more)
        self.target, self.where, self.note = target, dict(where or {}), note
        self.lookup = ""
        #: Ids of the most likely choices, which are listed first.
        self.first: list[int] = []

    def process_formdata(self, values: list[str]) -> None:
        if not values:
            return
        text = values[0].strip()
        if not text:
            self.data = None
            return
        current = self.object_data
        if current is not None and str(current.id) == text:
            self.data = current
            return
        self.data = None
        if (id_ := parse_id(text)) is not None:
            self.data = db().scalar(self.choices().where(self.target.id == id_))
        if self.data is None:
            raise ValueError(f"所选{self.label.text}不存在，或不能选用")

    def choices(self) -> Select[Any]:
        """The rows that may be chosen."""
        return select(self.target).where(*equals(self.target, self.where))

    def _value(self) -> str:
        return "" if self.data is None else str(self.data.id)

    def widget(self, field: RefField, **attributes: Any) -> Markup:
        text = "" if self.data is None else str(self.data)
        return combobox(self.id, self.name, self._value(), text, self.lookup, attributes)


class RefsField(RefField):
    """References to several rows of another table, each found by typing; its data is the list of rows."""

    def process_data(self, value: Any) -> None:
        self.data = list(value or ())

    def process_formdata(self, values: list[str]) -> None:
        known = {str(row.id): row for row in self.data or ()}
        wanted = [text for text in dict.fromkeys(v.strip() for v in values) if text]
        fresh = [id_ for t in wanted if t not in known and (id_ := parse_id(t)) is not None]
        found = db().scalars(self.choices().where(self.target.id.in_(fresh))) if fresh else ()
        known |= {str(row.id): row for row in found}
        self.data = [known[text] for text in wanted if text in known]
        if len(self.data) < len(wanted):
            raise ValueError(f"所选{self.label.text}不存在，或不能选用")

    def widget(self, field: RefField, **attributes: Any) -> Markup:
        chip = Markup(
            '<span class="chip"><input type="hidden" name="{}" value="{}">{}'
            '<button type="button" aria-label="去掉{}">×</button></span>'
        )
        chips = (chip.format(self.name, row.id, str(row), str(row)) for row in self.data or ())
        box = combobox(self.id, "", "", "", self.lookup, attributes)
        return Markup('<div class="refs" data-name="{}"><span class="chips">{}</span>{}</div>').format(
            self.name, Markup("").join(chips), box
        )


class Boxes(SelectMultipleField):
    """Checkboxes, in the order of the paper form."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def combobox(id_: str, name: str, value: str, text: str, lookup: str, attributes: Mapping[str, Any]) -> Markup:
    """A text box with a list of choices, which app.js loads from `lookup`."""
    required = Markup(' aria-required="true"') if attributes.get("required") else ""
    invalid = Markup(' aria-invalid="true"') if attributes.get("aria_invalid") else ""
    described = attributes.get("aria_describedby")
    hint = Markup(' aria-describedby="{}"').format(described) if described else ""
    return Markup(
        '<div class="ref" data-lookup="{lookup}">'
        '<input type="hidden" name="{name}" value="{value}">'
        '<input type="text" id="{id}" role="combobox" aria-autocomplete="list"'
        ' aria-expanded="false" aria-controls="{id}-list" autocomplete="off"'
        ' placeholder="输入名称或编号查找" value="{text}"{required}{invalid}{hint}>'
        '<ul id="{id}-list" role="listbox" aria-label="可选项" hidden></ul></div>'
    ).format(
        lookup=lookup,
        name=name,
        value=value,
        id=id_,
        text=text,
        required=required,
        invalid=invalid,
        hint=hint,
    )


def choice_field(label: str, enum: type[Labelled], validators: Iterable[Any] = (), **more: Any) -> SelectField:
    """A short list of labelled values; the data is the enum's member, or None."""
    return SelectField(label, list(validators), **(_choices_of(enum) | more))


def _choices_of(enum: type[Labelled]) -> dict[str, Any]:
    def coerce(value: Any) -> Labelled | None:
        return enum.parse(value) if value else None

    return {"coerce": coerce, "choices": [SelectChoice("", "请选择"), *(SelectChoice(m.value, m.label) for m in enum)]}


def checked_by(check: Callable[[str], str]) -> Callable[[str | None], str | None]:
    """A WTForms filter that brings a text into its standard form; a ValueError is shown at the field."""
    return lambda text: check(text) if text else text


def action_field(model: type[Any], key: str, *, required: bool | None = None, **more: Any) -> Any:
    """The form's field for a column of `model` in the form of an action; arguments override the column.

    `more`: `default`, `description`, `where`, `note` of the form's field.
    """
    return form_field(field_of(model, key), required=required, **more)


def form_field(
    field: Field,
    *,
    required: bool | None = None,
    label: str | None = None,
    validators: Iterable[Any] = (),
    filters: Iterable[Any] = (),
    form_class: type[Any] | None = None,
    **given: Any,
) -> Any:
    """The form's field for one column; what is given takes precedence over what the column says.

    `validators` and `filters` come after the column's own, which always hold. `form_class` replaces the class of
    the field that follows from the column's type.
    """
    needed: list[Any] = [Required()] if (field.required if required is None else required) else [Optional()]
    usual = {"description": field.help or "", **({} if field.kind == "ref" else {"default": field.initial()})}
    class_, checks, own = _field_of_kind(field)
    if field.kind == "bool":  # an empty box is an answer
        needed = []
    if form_class is not None and not issubclass(form_class, class_):
        own = {}
    if field.kind in ("text", "long"):
        filters = [tidy, *([checked_by(field.check)] if field.check else []), *filters]
    more = own | usual | ({"filters": list(filters)} if filters else {}) | given
    return (form_class or class_)(label or field.heading, [*needed, *checks, *validators], **more)


def _field_of_kind(field: Field) -> tuple[type[Any], list[Any], dict[str, Any]]:
    """The class of the form's field for a column, its validators, and the arguments of that class alone."""
    match field.kind:
        case "ref":
            return RefField, [], {"target": field.target, "where": dict(field.where)}
        case "choice":
            return SelectField, [], _choices_of(field.choices)
        case "bool":
            return BooleanField, [], {}
        case "date":
            return DateField, [within(field)], {}
        case "integer":
            return IntegerField, [within(field)], {}
        case "money":
            return DecimalField, [within(field)], {"places": 2}
        case kind:
            assert field.column is not None
            length = getattr(field.column.type, "length", None) or MAX_LONG
            limit = Length(max=length, message=f"最多 {length} 个字")
            if field.check:  # what is pasted may hold blanks and dashes that the check takes out
                limit.field_flags = {}
            return TextAreaField if kind == "long" else StringField, [limit, no_control], {}


def build_form(
    fields: Iterable[Field],
    extra: Mapping[str, Any] | None = None,
    *,
    base: type[BackOfficeForm] = BackOfficeForm,
    args: Mapping[str, Mapping[str, Any]] | None = None,
    classes: Mapping[str, type[Any]] | None = None,
) -> type[BackOfficeForm]:
    """The form class over `fields`, in their order, then `extra` ones.

    `args` are more arguments of `form_field()` by name of the field; `classes` its `form_class`.
    """
    args, classes = args or {}, classes or {}
    columns = {f.name: form_field(f, form_class=classes.get(f.name), **args.get(f.name, {})) for f in fields}
    return type("RowForm", (base,), columns | dict(extra or {}))


def place_lookups(form: BackOfficeForm, endpoint: str, prefix: str = "", row: int | None = None) -> None:
    """Tell every reference of the form where its choices are looked up; `row`: for which record."""
    for name, field in form._fields.items():
        if isinstance(field, RefField):
            field.lookup = url_for(f"{endpoint}.ajax_lookup", name=f"{prefix}{name}", row=row)
