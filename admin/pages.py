"""Base classes: pages without a table (统计, 回收站, 导出中心), and the mixins of a table's view."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_admin import BaseView

from admin.session import actor
from services.kernel.access import may


class OfficePage(BaseView):
    """A page of the menu that needs a permission."""

    title: ClassVar[str]
    #: The page's name in addresses.
    place: ClassVar[str]
    permission: ClassVar[str]

    def __init__(self, category: str) -> None:
        super().__init__(name=self.title, category=category, endpoint=self.place, url=f"/admin/{self.place}")

    def is_accessible(self) -> bool:
        return may(actor(), self.permission)

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        return fn(self, *args, **kwargs)


class TablePages:
    """Base of the mixins of BackOfficeView; declares what they use of the view."""

    model: Any
    table: str
    endpoint: str
    render: Any
    may: Any
    need: Any
    fields: Any
    list_fields: Any
    own_columns: Any
    hint_of: Any
    all_ids: Any
    list_again: Any
    list_choices: Any
    list_query: Any
    page_of: Any
    column_default_sort: Any
    export_types: Any
    is_action_allowed: Any
    get_one: Any
    get_some: Any
    extra_fields: Any
    offered_actions: Any
