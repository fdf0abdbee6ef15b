"""Counties with their options, service items with their materials, the calendar."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_admin import expose
from sqlalchemy import select
from wtforms import TextAreaField
from wtforms.validators import Length

from admin.base import BackOfficeView, Block, Inline
from admin.forms import BackOfficeForm, Required, tidy
from admin.session import carry_out, db, new_key, note_refusal
from models.items import ItemMaterial
from models.places import County, CountyOption, OptionKind
from services.kernel.errors import RuleViolation
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


class CountyView(BackOfficeView):
    """县（旗）: its settings and options."""

    related = (("county_option", "county"),)

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
