"""Names compare by a key that all their spellings share; numbers sort by one that counts."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.cases import ServiceCase
from models.name_keys import KEY_LENGTH, name_key, number_key
from models.places import County, CountyOption, OptionKind
from tests import factories as f

KEPT = "年产10万吨样品材料(一期)项目"


@pytest.mark.parametrize(
    "typed",
    [
        "年产10万吨样品材料（一期）项目",
        "年产１０万吨样品材料(一期)项目",
        "年产10万吨\n样品材料（一期） 项目",
        "年产 10 万吨样品材料（一期）项目\u200b",
        "\ufeff年产10万吨样品材料【一期】项目",
        "\u202a年产10万吨样品材料〔一期〕项目\u202c",
        "年产10万吨样品材料﹙一期﹚项目\x07",
        "\u3000年产10万吨样品材料（一期）项\xad目\ufe0f",
    ],
)
def test_spellings_of_one_name_have_one_key(typed: str) -> None:
    assert name_key(typed) == KEPT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("阿布都·买买提", "阿布都•买买提"),
        ("阿布都・买买提", "阿布都.买买提"),
        ("甲乙——丙丁", "甲乙-丙丁"),
        ("甲乙－丙丁", "甲乙–丙丁"),
        ("ABC Trading", "abc  trading"),
        ("ＡＢＣ公司", "Abc 公司"),
        ("“放管服”改革", '"放管服"改革'),
        ("⼀期⼯程", "一期工程"),
    ],
)
def test_brackets_dashes_dots_and_case_do_not_matter(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("一期项目", "二期项目"),
        ("甲乙丙", "甲乙丁"),
        ("1 2号楼", "12号楼"),
        ("1.5万吨", "15万吨"),
        ("甲（一期）", "甲一期"),
        ("big bend", "bigbend"),
        ("二一项目", "二-项目"),
    ],
)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_a_key_is_the_key_of_itself_and_never_too_long() -> None:
    assert name_key(name_key("ＡＢ  c（一）——二")) == name_key("ＡＢ  c（一）——二")
    assert len(name_key("\ufdfa" * 120)) == KEY_LENGTH


def test_numbers_sort_as_numbers() -> None:
    numbers = [f"武办〔2026〕{n:04d}号" for n in (2, 999, 9999, 10000, 100001)]
    shuffled = [numbers[place] for place in (3, 0, 4, 2, 1)]
    assert sorted(shuffled, key=lambda n: number_key(n) or "") == numbers
    assert number_key(None) is None


def test_the_stored_keys_follow_what_they_are_made_of(session: Session, county: County) -> None:
    project = f.make_project(session, name="甲（一期）")
    assert project.name_key == "甲(一期)"
    project.name = "乙 项目"
    session.flush()
    assert project.name_key == "乙项目"
    case = f.make_case(session, number="武办〔2026〕10000号")
    case.archive_number = "档〔2026〕7号"
    session.flush()
    keys = select(ServiceCase.number_key, ServiceCase.archive_number_key)
    assert session.execute(keys).one() == (number_key(case.number), number_key("档〔2026〕7号"))


def test_rows_that_are_inserted_without_the_orm_get_their_keys(session: Session, county: County) -> None:
    rows = [{"county_id": county.id, "kind": OptionKind.CHANNEL, "name": f"渠道（{n}）", "version": 1} for n in "甲乙"]
    session.execute(insert(CountyOption.__table__), rows)  # type: ignore[arg-type]
    found = session.scalars(select(CountyOption.name_key).where(CountyOption.name.like("渠道（%")))
    assert sorted(found) == ["渠道(乙)", "渠道(甲)"]
