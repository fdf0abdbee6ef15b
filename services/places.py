"""Rules of a county's own lists: options, calendar. Source: DOMAIN sections 5 and 6."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.places import MEANINGFUL, MEANINGS, CountyOption, OptionKind
from models.records import CalendarDay
from services.actor import actor_of
from services.deadlines import recompute
from services.errors import Forbidden, RuleViolation
from services.later import later
from services.references import dependents


def guard_option(session: Session, option: CountyOption, values: Mapping[str, Any]) -> None:
    """An option means what options of its kind can mean; some kinds are nothing without it.

    One that rows refer to stays of its kind: a 申请渠道 of theirs would become a 服务方式.
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


def guard_calendar_day(session: Session, day: CalendarDay, values: Mapping[str, Any] | None) -> None:
    """A county keeps its own days; those of the whole country are the system administrator's."""
    actor = actor_of(session)
    later(session, "deadlines", recompute)
    if day.is_new:
        day.county_id = actor.county_id
        if actor.county_id is None and values and _is_national(session, values["day"]):
            raise RuleViolation("calendar.twice", f"{values['day']} 已在全国的日历里", field="day")
    elif day.county_id != actor.county_id and not actor.is_system:
        raise Forbidden("全国的节假日由系统管理员维护，本县（旗）可以另加自己的放假或上班日")


def _is_national(session: Session, day: date) -> bool:
    national = select(CalendarDay.id).where(CalendarDay.day == day, CalendarDay.county_id.is_(None))
    return session.scalar(national.limit(1)) is not None
