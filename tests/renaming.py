"""Gives every column and every variable another name, as if somebody had rewritten all labels of the program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from documents import variables
from models import Base, fields

#: Stands before each new name.
MARK = "改"


@contextmanager
def renamed_labels() -> Iterator[None]:
    """Inside the block every label of `field()` and every name of a variable begins with MARK."""
    with pytest.MonkeyPatch.context() as patch:
        for table in Base.metadata.tables.values():
            for column in table.columns:
                if found := column.info.get("field"):
                    patch.setitem(column.info, "field", replace(found, label=MARK + found.label))
        groups = tuple(
            (MARK + title, tuple(replace(v, words=MARK + v.words if v.words else "") for v in group))
            for title, group in variables.GROUPS
        )
        patch.setattr(variables, "GROUPS", groups)
        fields._all_fields.cache_clear()
        yield
    fields._all_fields.cache_clear()
