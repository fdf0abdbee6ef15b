"""Number sequences, whose next number may be changed, and the audit, which is read-only."""

from __future__ import annotations

from typing import Any

from admin.base import BackOfficeView, Block
from admin.session import db
from models.base import Base, table_name, tables
from models.fields import all_fields
from models.records import AuditEntry
from models.types import show
from services.records.history import EMPTY, changes_of, names_of


class SequenceView(BackOfficeView):
    """编号: only the next number of a sequence may be changed."""

    attachable = False

    only_new = frozenset({"kind", "year"})


class AuditView(BackOfficeView):
    """审计记录, each with the values before and after."""

    keeps_history = False

    def details_extra(self, row: AuditEntry) -> list[Block]:
        model = model_named(row.object_type)
        fields = {f.key: f for f in all_fields(model)} if model else {}
        changes = changes_of(row, fields, names_of(db(), fields, [row]), masked=True)
        if not changes:
            changes = [(WORDS.get(key, key), EMPTY, _shown(key, value)) for key, value in (row.after or {}).items()]
        return [Block("变化", ["字段", "变化前", "变化后"], [list(change) for change in changes])]


#: Labels of the details of audit lines that are not about a row.
WORDS = {
    "table": "表",
    "rows": "行数",
    "filter": "条件",
    "phones": "含完整电话",
    "path": "地址",
    "file": "文件",
    "cases": "件数",
    "month": "月份",
    "name": "名称",
    "columns": "列",
}


def _shown(key: str, value: Any) -> str:
    """A value of a line about no row; a table by its title."""
    return next((t.label for t in tables() if t == value), str(value)) if key == "table" else show(value)


def model_named(code: str | None) -> type[Base] | None:
    """The table of that code; None for no table, or one that is no longer there."""
    return next((m.class_ for m in Base.registry.mappers if table_name(m.class_) == code), None)
