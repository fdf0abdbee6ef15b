"""What a header and a cell say, without a database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from excel.cell_values import read_cell
from excel.columns import BadHeader, Header, find_header
from models.fields import field_of, fields_of
from models.people import DepartmentLiaison
from models.projects import Enterprise, KeyDesignation, Project

#: Days written so that nobody can tell which is meant, and what is none.
NO_DAYS = [
    "2026.11",
    "202612",
    "2027112",
    "2026/10",
    "2026-11",
    "46000",
    "2026-W10-1",
    "20261301",
    2026.11,
    202612,
    2027112,
]
DAYS = [
    "2026-3-5",
    "2026.03.05",
    "2026/3/5",
    "2026年3月5日",
    "2026 年 3 月 5 日",
    "20260305",
    20260305,
    "2026-03-05 00:00:00",
    "2026/3/5 8:30",
]


@pytest.mark.parametrize("typed", NO_DAYS)
def test_a_day_that_may_be_another_one_is_refused(typed: Any) -> None:
    with pytest.raises(ValueError, match="不是日期"):
        read_cell(field_of(KeyDesignation, "designated_on"), typed)


@pytest.mark.parametrize("typed", DAYS)
def test_a_day_is_read_with_both_separators_or_eight_digits(typed: Any) -> None:
    assert read_cell(field_of(KeyDesignation, "designated_on"), typed) == date(2026, 3, 5)


def test_an_empty_cell_of_yes_or_no_says_neither() -> None:
    assert read_cell(field_of(DepartmentLiaison, "active"), None) is None


def header(model: Any, *cells: str) -> Header:
    return find_header([(1, cells)], fields_of(model, "import"), ())


@pytest.mark.parametrize("unit", ["（万元）", "（单位：万元）", "(金额单位: 万元)", ""])
def test_an_amount_in_our_unit_is_taken_however_it_is_said(unit: str) -> None:
    assert header(Project, "项目名称", "建设单位", f"投资总额{unit}").fields[2].key == "investment"


@pytest.mark.parametrize("unit", ["（元）", "（单位：元）", "（单位：亿元）"])
def test_an_amount_in_another_unit_is_refused(unit: str) -> None:
    with pytest.raises(BadHeader, match="单位应为万元"):
        header(Project, "项目名称", "建设单位", f"投资总额{unit}")


def test_a_header_that_comes_again_is_called_repeated_not_unknown() -> None:
    found = header(Enterprise, "项目单位名称", "联系电话", "编排", "联系电话", "企业名称")
    assert [(c.read, c.headings) for c in found.choices] == [
        (0, {0: "项目单位名称", 4: "企业名称"}),
        (1, {1: "联系电话", 3: "联系电话"}),
    ]
    assert found.ignored == ("编排",)


def test_a_chosen_column_is_read_and_the_choice_stays() -> None:
    cells = ("项目单位名称", "联系电话", "联系电话", "企业名称")
    fields = fields_of(Enterprise, "import")
    found = find_header([(1, cells)], fields, (), {"name": 0, "handler_phone": 2})
    assert {at: f.name for at, f in found.fields.items()} == {0: "name", 2: "handler_phone"}
    assert [(c.field.name, c.read, list(c.headings)) for c in found.choices] == [
        ("name", 0, [0, 3]),
        ("handler_phone", 2, [1, 2]),
    ]
    for other in ({"name": 1}, {"name": 9}):
        with pytest.raises(BadHeader, match="不是“项目单位名称”，请重新选择"):
            find_header([(1, cells)], fields, (), other)


def test_of_two_amounts_the_one_in_our_unit_is_read() -> None:
    found = header(Project, "项目名称", "建设单位", "投资总额（元）", "总投资（万元）")
    assert found.fields[3].key == "investment"
    assert [c.headings for c in found.choices] == [{2: "投资总额（元）", 3: "总投资（万元）"}]


def test_a_reference_has_a_second_column_under_another_of_its_names() -> None:
    found = header(KeyDesignation, "项目名称", "项目代码", "文号", "列入日期")
    assert found.fields[1].name == "project"
    assert found.seconds == {"project": 0}
    assert (found.choices, found.ignored) == ((), ())
