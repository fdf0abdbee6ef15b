"""The key list of a given day: the designations in force on it. Source: W, Z 附件1 一.1; 领域 1, 10."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, or_

from models.projects import KeyDesignation


def in_force(on: date) -> ColumnElement[bool]:
    """Condition for designations in force on a day: begun, not revoked, not expired."""
    d = KeyDesignation
    ended = or_(d.revoked_on.is_(None), d.revoked_on > on)
    return and_(d.designated_on <= on, ended, or_(d.valid_until.is_(None), d.valid_until >= on))
