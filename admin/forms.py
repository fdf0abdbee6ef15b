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
from services.records.lists import equals, parse_id

#: Excel refuses a workbook with one of these in it; no form lets them in.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
MAX_LONG = 2000


class BackOfficeForm(Form):
    """A form whose messages are Chinese."""

    class Meta:
        locales = ("zh",)

    def values(self) -> dict[str, Any]:
        """What was typed, by attribute of the model or argument of the service."""
        return {name: field.data for name, field in self._fields.items()}

    def refuse(self, name: str | None, message: str) -> bool:
        """Put a rule's message at the field it is about; False when the form has no such field."""
        if name not in self._fields:
            return False
        self._fields[name].errors = [*self._fields[name].errors, message]
        return True


def tidy(text: str | None) -> str | None:
    """Blanks around are no part of a value, and an empty text is none."""
    return (text or "").strip() or None


def no_control(_: Form, field: FormField) -> None:
    """Refuse characters that no keyboard types."""
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
    """A value must be given; says which. What was given but makes no sense has its own message."""

    def __call__(self, form: Form, field: FormField) -> None:
        if field.errors:
            raise StopValidation()
        if field.data is None or field.data == "":
            verb = "请选择" if isinstance(field, (SelectField, RefField)) else "请填写"
            raise StopValidation(str(self.message or f"{verb}{field.label.text}"))


class RefField(FormField):
    """One row of another table, found by typing; its data is the row itself.

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
    """Several rows of another table, each found by typing; its data is the list of them."""

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
    """Boxes to tick, in the order of the paper form."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def combobox(id_: str, name: str, value: str, text: str, lookup: str, attributes: Mapping[str, Any]) -> Markup:
    """A box to type in and the list it opens; app.js fills it from `lookup`."""
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

    def coerce(value: Any) -> Labelled | None:
        return enum.parse(value) if value else None

    return SelectField(
        label,
        list(validators),
        coerce=coerce,
        choices=[("", "请选择"), *((m.value, m.label) for m in enum)],
        **more,
    )


def checked_by(check: Callable[[str], str]) -> Callable[[str | None], str | None]:
    """A filter that gives the text its standard form; its ValueError is shown at the field."""
    return lambda text: check(text) if text else text


def action_field(model: type[Any], key: str, *, required: bool | None = None, **more: Any) -> Any:
    """A column of `model` on the form of an action: as the column says, but for what is said here.

    `more`: `default`, `description`, `where`, `note` of the form's field.
    """
    return form_field(field_of(model, key), required=required, **more)


def form_field(field: Field, *, required: bool | None = None, **given: Any) -> Any:
    """The form's field for one column; what is given goes before what the column says."""
    needed: list[Any] = [Required()] if (field.required if required is None else required) else [Optional()]
    usual = {"description": field.help or "", **({} if field.kind == "ref" else {"default": field.initial()})}
    more: dict[str, Any] = usual | given
    label = field.heading
    filters = [tidy, checked_by(field.check)] if field.check else [tidy]
    match field.kind:
        case "ref":
            assert field.target is not None
            return RefField(label, needed, target=field.target, **({"where": dict(field.where)} | more))
        case "choice":
            return choice_field(label, field.choices, needed, **more)
        case "bool":
            return BooleanField(label, **more)
        case "date":
            return DateField(label, [*needed, within(field)], **more)
        case "integer":
            return IntegerField(label, [*needed, within(field)], **more)
        case "money":
            return DecimalField(label, [*needed, within(field)], places=2, **more)
        case kind:
            assert field.column is not None
            length = getattr(field.column.type, "length", None) or MAX_LONG
            limit = Length(max=length, message=f"最多 {length} 个字")
            if field.check:  # what is pasted may hold blanks and dashes that the check takes out
                limit.field_flags = {}
            box = TextAreaField if kind == "long" else StringField
            return box(label, [*needed, limit, no_control], filters=filters, **more)


def build_form(fields: Iterable[Field], extra: Mapping[str, Any] | None = None) -> type[BackOfficeForm]:
    """The form class over `fields`, in their order, then `extra` ones."""
    return type("RowForm", (BackOfficeForm,), {f.name: form_field(f) for f in fields} | dict(extra or {}))


def place_lookups(form: BackOfficeForm, endpoint: str, prefix: str = "", row: int | None = None) -> None:
    """Tell every reference of the form where its choices are looked up; `row`: for which record."""
    for name, field in form._fields.items():
        if isinstance(field, RefField):
            field.lookup = url_for(f"{endpoint}.ajax_lookup", name=f"{prefix}{name}", row=row)
