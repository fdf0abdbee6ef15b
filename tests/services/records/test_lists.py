"""The WHERE and ORDER of a list: whole days of moments, and one order for equal values."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from models.fields import fields_of
from models.projects import KeyDesignation
from models.records import AuditEntry
from models.types import OFFICE_CLOCK
from services.records.lists import all_rows, conditions, page_ids, read_query
from tests import factories as f

DAY = date(2026, 3, 2)
MOMENT = timedelta(microseconds=1)


def found(session: Session, **args: str) -> set[str]:
    """The names of the audit's lines that the address finds."""
    query = read_query(AuditEntry, fields_of(AuditEntry, "list"), args, ("id", True))
    where = conditions(AuditEntry, query, phones=True)
    ids, _ = page_ids(session, AuditEntry, where, query)
    return {session.get_one(AuditEntry, id_).username for id_ in ids}


def test_from_and_to_of_a_moment_take_the_whole_of_both_days(system: Session) -> None:
    first = datetime.combine(DAY, time.min, OFFICE_CLOCK)
    end = first + timedelta(days=1)
    moments = {"before": first - MOMENT, "first": first, "noon": first + timedelta(hours=12), "last": end - MOMENT}
    for name, at in (moments | {"after": end}).items():
        f.make_audit(system, username=name, at=at)
    inside = {"first", "noon", "last"}
    assert found(system, at_from=f"{DAY}", at_to=f"{DAY}", username="") == inside
    assert found(system, at_to=f"{DAY}") == inside | {"before"}
    assert found(system, at_from=f"{DAY}") >= inside | {"after"}
    assert "before" not in found(system, at_from=f"{DAY}")


@pytest.mark.parametrize("desc", [False, True])
def test_rows_of_one_day_go_by_their_ids_in_the_direction_of_the_list(session: Session, desc: bool) -> None:
    days = [DAY, DAY + timedelta(days=1), DAY, DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]
    rows = [f.make_designation(session, designated_on=day) for day in days]
    expected = [row.id for row in sorted(rows, key=lambda row: (row.designated_on, row.id), reverse=desc)]
    args = {"sort": "designated_on", "desc": "1" if desc else "0"}
    fields = fields_of(KeyDesignation, "list")
    query = read_query(KeyDesignation, fields, args, ("id", True))
    ids, count = page_ids(session, KeyDesignation, [], query)
    assert (ids, count) == (expected, len(rows))
    assert [row[0] for row in all_rows(session, KeyDesignation, fields, [], query)] == expected
