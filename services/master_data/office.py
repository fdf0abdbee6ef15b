"""Rules of the office's own records. Source: Z 五(四)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from models.office import Commendation
from services.kernel.errors import RuleViolation


def guard_commendation(_: Session, row: Commendation, values: Mapping[str, Any]) -> None:
    """表彰惩处 is of one unit or of one person. Source: Z 五(四) 单位及个人."""
    unit, person = (values.get(name, getattr(row, name)) for name in ("department", "staff"))
    if (unit is None) is (person is None):
        raise RuleViolation("commendation.ratee", "表彰、惩处的单位和人员请填其中一个", field="department")
