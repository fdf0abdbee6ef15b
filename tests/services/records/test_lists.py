"""The WHERE and ORDER of a list: whole days of moments, and one order for equal values."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from models.cases import CaseState, ServiceCase
from models.fields import fields_of
from models.projects import KeyDesignation
from models.records import AuditEntry
from models.types import OFFICE_CLOCK
from services.kernel.errors import RuleViolation
from services.records.lists import all_rows, conditions, page_ids, read_query
from tests import factories as f

DAY = date(2026, 3, 2)
MOMENT = timedelta(microseconds=1)


def found(session: Session, **args: str) -> set[str]:
    """The names of the audit's lines that the address finds."""
    query = read_query(AuditEntry, fields_of(AuditEntry, "list"), args.items(), ("id", True))
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
    query = read_query(KeyDesignation, fields, args.items(), ("id", True))
    ids, count = page_ids(session, KeyDesignation, [], query)
    assert (ids, count) == (expected, len(rows))
    assert [row[0] for row in all_rows(session, KeyDesignation, fields, [], query)] == expected


@pytest.mark.parametrize(
    ("pairs", "filters", "problem"),
    [
        ([("state", "draft"), ("state", "draft")], {"state": CaseState.DRAFT}, None),
        ([("state", ""), ("state", "draft"), ("desc", "1"), ("shown", "1")], {"state": CaseState.DRAFT}, None),
        ([("state", "draft,accepted")], {"state": (CaseState.DRAFT, CaseState.ACCEPTED)}, None),
        ([("due_on", "none")], {"due_on": "none"}, None),
        ([("state", "draft"), ("state", "closed")], {"state": CaseState.DRAFT}, "“状态”给了几个不同的值"),
        ([("state", "draft,gone")], {}, "“状态”没有“draft,gone”这个值"),
        ([("state_from", "draft")], {}, "“状态”没有“draft”这个值"),
        ([("accepted_on_from", "2026-13-01")], {}, "“受理日期”没有“2026-13-01”这个值"),
        ([("accepted_on", "2026-03-01")], {}, "“受理日期”没有“2026-03-01”这个值"),
        ([("agent", "张三")], {}, "没有“张三”这个值"),
        ([("green_channel", "是")], {}, "“绿色通道”没有“是”这个值"),
        ([("status", "draft")], {}, "没有“status”这个条件"),
        ([("s" * 40, "draft")], {}, f"没有“{'s' * 30}…”这个条件"),
        ([("search", "企" * 101)], {}, "“关键字”超过 100 个字"),
        ([("sort", "number"), ("desc", "0"), ("page", "3"), ("page_size", "50")], {}, None),
        ([("sort", "nonsense")], {}, "不能按“nonsense”排序"),
        ([("sort", "enterprise")], {}, "不能按“enterprise”排序"),
        ([("sort", "number"), ("desc", "yes")], {}, "没有“yes”这个排列方向"),
        ([("page", "0")], {}, "没有第“0”页"),
        ([("page", "两")], {}, "没有第“两”页"),
        ([("page_size", "7")], {}, "每页不能显示“7”条"),
    ],
)
def test_a_query_says_what_it_does_not_follow(
    pairs: list[tuple[str, str]], filters: dict[str, object], problem: str | None
) -> None:
    query = read_query(ServiceCase, fields_of(ServiceCase, "list"), pairs, ("id", True))
    assert query.filters == filters
    assert len(query.problems) == (problem is not None)
    if problem is None:
        query.check()
    else:
        assert problem in query.problems[0]
        with pytest.raises(RuleViolation, match="改正条件"):
            query.check()
