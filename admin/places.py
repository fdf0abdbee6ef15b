"""Counties with their options, service items with their materials, the calendar."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_admin import expose
from sqlalchemy import select
from wtforms import SelectChoice, TextAreaField
from wtforms.validators import Length, Optional

from admin.base import BackOfficeView, Block, Inline
from admin.forms import BackOfficeForm, Boxes, RefField, Required, action_field, tidy
from admin.session import carry_out, db, new_key, note_refusal
from models.items import ItemMaterial
from models.places import MEANINGS, County, CountyOption, OptionKind
from services.kernel.errors import RuleViolation
from services.master_data import new_county
from services.master_data.new_county import Part
from services.transfer import holiday_notice

#: Maximum length of a notice; real ones have under a thousand characters.
MAX_NOTICE = 5_000


class NoticeForm(BackOfficeForm):
    """节假日通知."""

    text = TextAreaField(
        "通知全文",
        [Required(), Length(max=MAX_NOTICE)],
        filters=[tidy],
        description="从国务院办公厅的通知网页上复制标题和正文，粘贴到这里",
    )


class CopyForm(BackOfficeForm):
    """按已有县（旗）新增: what names the new county, and what it takes over."""

    source = RefField("按哪个县（旗）", [Required()], target=County)
    parts = Boxes(
        "复制哪些",
        [Optional()],
        coerce=Part.parse,
        choices=[SelectChoice(part.value, part.label) for part in Part],
        default=list(Part),
        description="没有勾选设置的，只照抄必填的，其余用默认值；复制的文字里原县名换成新县名",
    )
    code = action_field(County, "code")
    name = action_field(County, "name")
    slug = action_field(County, "slug")
    city = action_field(County, "city")
    area_code = action_field(County, "area_code")
    document = action_field(County, "document")


class CountyView(BackOfficeView):
    """县（旗）: its settings and options; a new one starts as a copy of another."""

    related = (("county_option", "county"),)
    list_template = "counties.html"

    @expose("/copy/", methods=("GET", "POST"))
    def copy_view(self) -> Any:
        """Create a county from an existing one, then show what must be looked at."""
        self.need("create")
        form = CopyForm(request.form if request.method == "POST" else None)
        form.source.lookup = url_for("user.ajax_lookup", name="county")
        if request.method == "GET" or not form.validate():
            return self.render("county_copy.html", form=form, key=new_key()), 400 if form.errors else 200
        try:
            return carry_out(lambda session: self._copy(session, form.values()))
        except RuleViolation as error:
            note_refusal(error)
            left = None if form.refuse(error.field, str(error)) else error
            return self.render("county_copy.html", form=form, key=new_key(), error=left), 400

    def _copy(self, session: Any, values: dict[str, Any]) -> tuple[str, str]:
        made = new_county.create_from(session, values.pop("source"), values.pop("parts"), values)
        return url_for(".check_view", id=made.id), f"已新增：{made}，请逐项核对"

    @expose("/check/")
    def check_view(self) -> str:
        """What must be looked at before the county begins to work."""
        row: County = self.get_one(request.args.get("id"))
        rows = [(one, self._place_of(one.table, row)) for one in new_county.to_check(db(), row)]
        return self.render("county_check.html", row=row, rows=rows)

    def _place_of(self, table: str, row: County) -> str:
        """Where a thing of the new county is put right; empty for users who may not."""
        view = next(view for view in self.admin._views if view.endpoint == table)
        if not view.is_accessible():
            return ""
        if table == self.endpoint:
            return url_for(".edit_view", id=row.id) if self.may("edit") else ""
        if table == "papers":
            return url_for("papers.index")
        return url_for(f"{table}.index_view", county=row.id)

    def links(self, row: County) -> list[tuple[str, str]]:
        return [("启用前核对", url_for(".check_view", id=row.id))]

    def details_extra(self, row: County) -> list[Block]:
        options = (
            db()
            .scalars(
                select(CountyOption)
                .where(CountyOption.county_id == row.id)
                .order_by(CountyOption.position, CountyOption.id)
            )
            .all()
        )
        by_kind = {kind: [o for o in options if o.kind is kind] for kind in OptionKind}
        rows = [
            [kind.label, "、".join(o.name for o in found if o.active), "、".join(o.name for o in found if not o.active)]
            for kind, found in by_kind.items()
        ]
        return [Block(CountyOption.__title__, ["类别", "正在使用", "已停用"], rows if options else [])]


class CountyOptionView(BackOfficeView):
    """选项. A meaning is offered only for the kinds of options that can have it."""

    def make_form(self, row: CountyOption, *, new: bool) -> BackOfficeForm:
        form = super().make_form(row, new=new)
        if "meaning" in form._fields:
            kinds = {m.value: kind.value for kind, meanings in MEANINGS.items() for m in meanings}
            # app.js shows those that fit the chosen kind; the rule is `options.guard_option`.
            form.meaning.choices = [
                SelectChoice(c.value, c.label, {"data-for": kinds[c.value]} if c.value else {})
                for c in form.meaning.choices
            ]
            form.meaning.render_kw = {"data-of": "kind"}
        return form


class ServiceItemView(BackOfficeView):
    """服务事项, with the papers that it requires."""

    inlines = (Inline(ItemMaterial, "item_id", ("name", "copies", "original", "required"), "position"),)
    related = (("item_material", "item"), ("case_step", "item"))


class CalendarDayView(BackOfficeView):
    """工作日历: national and county days are shown; users edit only their county's."""

    column_default_sort = ("day", True)
    list_template = "calendar.html"

    @expose("/notice/", methods=("GET", "POST"))
    def notice_view(self) -> Any:
        """Paste the year's holiday notice, review the changes, store them."""
        self.need("notice")
        form = NoticeForm(request.form if request.method == "POST" else None)
        if request.method == "GET" or not form.validate():
            return self._notice_page(form)
        try:
            found = holiday_notice.parse_notice(form.text.data or "")
            if request.form.get("_confirmed") != "1":
                return self._notice_page(form, found)
            remove = bool(request.form.get("remove"))
            return carry_out(lambda session: (url_for(".index_view"), self._store(session, found, remove=remove)))
        except RuleViolation as error:
            note_refusal(error)
            form.refuse("text", str(error))
            return self._notice_page(form), 400

    def _store(self, session: Any, found: holiday_notice.Notice, *, remove: bool) -> str:
        changed = holiday_notice.store_notice(session, found, remove=remove)
        return f"{found.document}：{changed} 天有变动，在办件的应办结日已重新计算"

    def _notice_page(self, form: NoticeForm, found: holiday_notice.Notice | None = None) -> str:
        changes = holiday_notice.changes(db(), found) if found else []
        return self.render("calendar_notice.html", form=form, notice=found, changes=changes, key=new_key())
