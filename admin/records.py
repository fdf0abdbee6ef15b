"""What the program keeps of itself: numbers, which people may change, and the audit, which nobody may."""

from __future__ import annotations

from typing import Any

from admin.base import BackOfficeView, Block
from models.base import Base
from models.fields import all_fields
from models.records import AuditEntry


class SequenceView(BackOfficeView):
    """编号: only the next number of a sequence may be changed."""

    attachable = False

    only_new = frozenset({"kind", "year"})


class AuditView(BackOfficeView):
    """审计记录, each with what was there before and after."""

    def details_extra(self, row: AuditEntry) -> list[Block]:
        before, after = row.before or {}, row.after or {}
        labels = labels_of(row.object_type)
        rows = [
            [labels.get(key, key), _said(before.get(key)), _said(after.get(key))]
            for key in dict.fromkeys((*before, *after))
        ]
        return [Block("变化", ["字段", "变化前", "变化后"], rows)]


def labels_of(title: str | None) -> dict[str, str]:
    """The labels of the table that is called `title`, by column."""
    for mapper in Base.registry.mappers:
        if getattr(mapper.class_, "__title__", None) == title:
            return {f.key: f.label for f in all_fields(mapper.class_)}
    return {}


def _said(value: Any) -> str:
    """A recorded value as text; the audit keeps codes and ids as they were stored."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return "（空）" if value is None else str(value)
