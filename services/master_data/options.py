"""Rules of a county's own lists: options, calendar. Source: 领域 5, 6."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from models.places import MEANINGFUL, MEANINGS, CountyOption, OptionKind
from services.kernel.errors import RuleViolation
from services.records.references import dependents


def guard_option(session: Session, option: CountyOption, values: Mapping[str, Any]) -> None:
    """The meaning of an option must be one of its kind; some kinds require one.

    The kind of an option in use cannot change, or a stored 申请渠道 would become a 服务方式.
    """
    kind, meaning = values.get("kind", option.kind), values.get("meaning")
    if not option.is_new and kind is not option.kind and (users := dependents(session, option)):
        names = "、".join(f"{count} 条{title}" for title, count in users)
        raise RuleViolation(
            "option.used", f"“{option.name}”已用在{names}里，类别不能改；请停用它，另外新增一个", field="kind"
        )
    if values.get("needed") and kind is not OptionKind.PAPER:
        raise RuleViolation("option.needed", "只有单据可以是“归档必备”", field="needed")
    possible = MEANINGS.get(kind, ())
    if meaning is not None and meaning not in possible:
        words = "、".join(m.label for m in possible)
        hint = f"可选：{words}" if words else "请留空"
        raise RuleViolation("option.meaning", f"“{kind.label}”没有这个作用，{hint}", field="meaning")
    if meaning is None and kind in MEANINGFUL:
        raise RuleViolation("option.meaningless", f"“{kind.label}”须选择程序作用", field="meaning")
