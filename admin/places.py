"""Counties with their options, service items with their materials, the calendar."""

from __future__ import annotations

from sqlalchemy import select

from admin.base import BackOfficeView, Block, Inline
from admin.session import db
from models.items import ItemMaterial
from models.places import County, CountyOption, OptionKind


class CountyView(BackOfficeView):
    """县（旗）: its settings, and what its people choose from."""

    related = (("county_option", "county"),)

    def details_extra(self, row: County) -> list[Block]:
        options = db().scalars(
            select(CountyOption)
            .where(CountyOption.county_id == row.id)
            .order_by(CountyOption.position, CountyOption.id)
        ).all()
        by_kind = {kind: [o for o in options if o.kind is kind] for kind in OptionKind}
        rows = [
            [kind.label, "、".join(o.name for o in found if o.active), "、".join(o.name for o in found if not o.active)]
            for kind, found in by_kind.items()
        ]
        return [Block(CountyOption.__title__, ["类别", "正在使用", "已停用"], rows if options else [])]


class ServiceItemView(BackOfficeView):
    """服务事项, with the papers it asks for."""

    inlines = (Inline(ItemMaterial, "item_id", ("name", "copies", "original", "required"), "position"),)
    related = (("item_material", "item"), ("case_step", "item"))


class CalendarDayView(BackOfficeView):
    """工作日历: everybody's days are seen, one's own are edited."""

    default_sort = ("day", True)
