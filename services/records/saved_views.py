"""Saved views of lists: a user's chosen columns, and query strings under a name."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.records import SavedView
from services.kernel.access import require
from services.kernel.actor import actor_of
from services.kernel.errors import RuleViolation
from services.kernel.session import back_office

MAX_VIEWS = 30
#: The name of the row that stores the columns.
COLUMNS = ""


def stored_views(session: Session, table: str) -> Sequence[SavedView]:
    """The actor's rows for a list, then those shared in their county; read once for each session."""
    known = back_office(session).saved_views
    if table not in known:
        actor = actor_of(session)
        wanted = SavedView.user_id == actor.user_id
        if actor.county_id is not None:
            wanted = or_(wanted, SavedView.shared & (SavedView.county_id == actor.county_id))
        known[table] = session.scalars(
            select(SavedView)
            .where(SavedView.list_table == table, wanted)
            .order_by(SavedView.user_id != actor.user_id, SavedView.name)
            .limit(3 * MAX_VIEWS)
        ).all()
    return known[table]


def _own(session: Session, table: str, name: str) -> SavedView | None:
    mine = (v for v in stored_views(session, table) if v.user_id == actor_of(session).user_id)
    return next((v for v in mine if v.name == name), None)


def columns_of(session: Session, table: str) -> list[str]:
    """The columns that the actor chose for a list; empty when they never chose."""
    row = _own(session, table, COLUMNS)
    return list(row.columns or ()) if row else []


def choose_columns(session: Session, table: str, columns: Sequence[str]) -> None:
    """Save the actor's columns of a list; an empty list restores the default columns."""
    actor = require(session, "view.keep")
    row = _own(session, table, COLUMNS)
    if row is None:
        row = SavedView(user_id=actor.user_id, list_table=table, name=COLUMNS)
        session.add(row)
    row.columns = list(columns)
    session.flush()


def views_of(session: Session, table: str) -> list[SavedView]:
    """The actor's own views of a list, then those shared in their county."""
    return [view for view in stored_views(session, table) if view.name != COLUMNS]


def save_view(session: Session, table: str, name: str, query: str, *, shared: bool) -> None:
    """Save a list's query string under `name`, replacing an earlier view of that name."""
    actor = require(session, "view.keep")
    if not name:
        raise RuleViolation("view.name", "请给视图起个名字", field="name")
    if shared and actor.county_id is None:
        raise RuleViolation("view.no_county", "您的账号不属于一个县（旗），视图只能自己用，不能共享", field="shared")
    own = [v for v in views_of(session, table) if v.user_id == actor.user_id]
    row = _own(session, table, name)
    if row is None and len(own) >= MAX_VIEWS:
        raise RuleViolation("view.many", f"每个列表最多保存 {MAX_VIEWS} 个视图，请先删去不用的", field="name")
    if row is None:
        row = SavedView(user_id=actor.user_id, county_id=actor.county_id, list_table=table, name=name)
        session.add(row)
    row.query, row.shared = query, shared
    session.flush()


def drop_view(session: Session, table: str, id_: int) -> None:
    """Remove one of the actor's own views."""
    actor = require(session, "view.keep")
    row = next((v for v in views_of(session, table) if v.id == id_ and v.user_id == actor.user_id), None)
    if row is None:
        raise RuleViolation("view.gone", "没有这个视图，或不是您的")
    session.delete(row)
    session.flush()
