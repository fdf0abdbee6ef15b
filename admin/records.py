"""What the program keeps of itself, where people may change it."""

from __future__ import annotations

from admin.base import BackOfficeView


class SequenceView(BackOfficeView):
    """编号: only the next number of a sequence may be changed."""

    only_new = frozenset({"kind", "year"})
