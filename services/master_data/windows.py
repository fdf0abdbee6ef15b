"""Rules of windows: which of them are 基层政务服务站. Source: Z 四; 领域 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.fields import field_of
from models.places import County, Window, WindowKind
from services.kernel.actor import actor_of
from services.kernel.errors import RuleViolation
from services.records.references import dependents


def guard_window(session: Session, window: Window, values: Mapping[str, Any]) -> None:
    """A 基层政务服务站 says of which kind it is, and exists only in a county that has stations.

    The kind of a station in use cannot change: its cases and accounts are a station's.
    """
    kind, of = (values.get(key, getattr(window, key)) for key in ("kind", "station_kind"))
    label = WindowKind.STATION.label
    if kind is not WindowKind.STATION and of is not None:
        raise RuleViolation("window.station_kind", f"只有{label}填写服务站类型", field="station_kind")
    if window.kind is WindowKind.STATION and kind is not window.kind and dependents(session, window):
        raise RuleViolation("window.used", f"“{window.name}”已有办件或账号，仍须是{label}", field="kind")
    if kind is not WindowKind.STATION or (window.kind is kind and of is not None):
        return
    if not _has_stations(session, window):
        raise RuleViolation("window.no_stations", f"本县（旗）没有设{label}", field="kind")
    if of is None:
        needed = field_of(Window, "station_kind").label
        raise RuleViolation("window.station_kind", f"{label}须选择{needed}", field="station_kind")


def _has_stations(session: Session, window: Window) -> bool:
    county = window.county_id or actor_of(session).county_id
    return bool(session.scalar(select(County.has_stations).where(County.id == county)))
