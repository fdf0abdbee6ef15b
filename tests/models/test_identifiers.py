"""Codes and numbers: every example of DOMAIN section 3, and whatever else people type."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import identifiers as i
from models.places import number_by, number_pattern

CREDIT_CODES = (
    "91410825MA0000015N", "91410823MA0000015R", "91150422MA00000153", "91652828MA0000015Q",
    "N2410825MF00000114",
)  # fmt: skip
PROJECT_CODES = (
    "2111-522323-04-01-342068", "2411-130202-89-01-637015", "2509-140602-89-05-864976",
    "2020-451421-88-03-016343", "2304-410823-04-01-123451",
)  # fmt: skip
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("code", CREDIT_CODES)
def test_a_credit_code_has_one_right_last_character(code: str) -> None:
    assert i.credit_code(code) == code
    for last in ALPHABET.replace(code[-1], ""):
        with pytest.raises(ValueError, match="校验位"):
            i.credit_code(code[:-1] + last)


@pytest.mark.parametrize(
    "typed",
    [
        "９１４１０８２３ＭＡ０００００１５Ｒ", "9141 0823 MA00 0001 5R", "91410823-MA000001-5r",
        " 91410823ma0000015r\u3000",
    ],
)
def test_a_credit_code_is_put_in_order_not_refused(typed: str) -> None:
    assert i.credit_code(typed) == "91410823MA0000015R"


@pytest.mark.parametrize(
    ("typed", "said"),
    [("91410823MA0000015", "现为 17 位"), ("91410823MA0000015RR", "现为 19 位"), ("9141O823MA0000015R", "“O”")],
)
def test_a_wrong_credit_code_says_what_is_wrong(typed: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        i.credit_code(typed)


@pytest.mark.parametrize("code", PROJECT_CODES)
def test_a_project_code_of_the_section_is_right(code: str) -> None:
    assert i.project_code(code) == code
    assert i.project_code_warning(code) is None


def test_a_wrong_check_digit_of_a_project_code_is_a_warning() -> None:
    assert i.project_code("2304-410823-04-01-123456")
    assert "校验位" in (i.project_code_warning("2304-410823-04-01-123456") or "")


@pytest.mark.parametrize("code", [c for c in PROJECT_CODES if not c.startswith("2020")])
def test_every_other_last_digit_of_a_new_project_code_warns(code: str) -> None:
    for digit in "0123456789".replace(code[-1], ""):
        assert i.project_code_warning(code[:-1] + digit)


@pytest.mark.parametrize(
    "typed", ["23044108230401123451", "２３０４－410823—04–01-123451", " 2304-410823-04-01-123451 "]
)
def test_a_project_code_gets_its_dashes(typed: str) -> None:
    assert i.project_code(typed) == "2304-410823-04-01-123451"


@pytest.mark.parametrize(
    "typed",
    [
        "2304-410823-04-01-12345", "2313-410823-04-01-123451", "2014-410823-04-01-123451", "坏代码",
        "2300-410823-04-01-123451",
    ],
)
def test_a_project_code_of_another_shape_or_month_is_an_error(typed: str) -> None:
    with pytest.raises(ValueError, match="项目代码"):
        i.project_code(typed)


def test_a_postcode_keeps_its_zero() -> None:
    assert i.postcode("０２５450") == "025450"
    for wrong in ("25450", "0254500", "O25450"):
        with pytest.raises(ValueError, match="6 位"):
            i.postcode(wrong)


PHONES = {
    "13803910001": "13803910001", "１３８ 0391 0001": "13803910001", "+86 13803910001": "13803910001",
    "0391-7221234": "0391-7221234", "(0391) 7221234": "0391-7221234", "03917221234": "0391-7221234",
    "0391-7221234转8001": "0391-7221234转8001", "0391-7221234-8001": "0391-7221234转8001",
    "0391-7221234分机8001": "0391-7221234转8001", "7221234": "7221234", "12345": "12345", "95598": "95598",
    "400-123-4567": "4001234567",
}  # fmt: skip


@pytest.mark.parametrize("typed", PHONES)
def test_a_telephone_number_has_one_form(typed: str) -> None:
    assert i.phone(typed) == PHONES[typed]
    assert i.phone(i.phone(typed)) == i.phone(typed)


@pytest.mark.parametrize("area_code", ["0391", "0476", "0996"])
def test_a_local_number_gets_the_countys_area_code(area_code: str) -> None:
    assert i.phone("7221234", area_code) == f"{area_code}-7221234"
    assert i.phone("7221234转12", area_code) == f"{area_code}-7221234转12"
    assert i.phone("13803910001", area_code) == "13803910001"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("138****0001", "遮盖"), ("13803910001、7221234", "一个号码"), ("13803910001/13803910002", "一个号码"),
        ("1380391000", "号码"), ("没有", "号码"), ("99999999999", "号码"),
    ],
)  # fmt: skip
def test_a_wrong_telephone_number_says_what_is_wrong(typed: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        i.phone(typed)


NUMBERS = {
    "武“放管服”组办〔2024〕3号": "武“放管服”组办〔2024〕3号", "硕政办发〔2024〕1 号": "硕政办发〔2024〕1号",
    "叶环【2021】66号": "叶环〔2021〕66号", "内政发[2022]第4号": "内政发〔2022〕4号",
    "国发（２０２２）５号": "国发〔2022〕5号",
}  # fmt: skip


@pytest.mark.parametrize("typed", NUMBERS)
def test_a_document_number_has_one_form(typed: str) -> None:
    assert i.document_number(typed) == NUMBERS[typed] == i.basis(typed)


@pytest.mark.parametrize("typed", ["2024年3号", "武办〔2024〕03号", "武办〔1824〕3号", "〔2024〕3号", "武办〔2024〕3"])
def test_what_is_no_document_number_is_refused_where_one_is_wanted(typed: str) -> None:
    with pytest.raises(ValueError, match="发文字号"):
        i.document_number(typed)


def test_a_designation_may_rest_on_other_words() -> None:
    assert i.basis(" 县长办公会议纪要（2026年） ") == "县长办公会议纪要（2026年）"


CHECKS = (i.credit_code, i.project_code, i.postcode, i.phone, i.document_number, i.basis, number_pattern)


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
@given(text=st.text(max_size=30) | st.from_regex(r"[0-9-A-Z]{1,24}", fullmatch=True))
def test_whatever_is_typed_is_taken_once_and_for_all_or_refused_in_chinese(
    check: Callable[[str], str], text: str
) -> None:
    try:
        taken = check(text)
    except ValueError as error:
        assert CHINESE.search(str(error))
        return
    assert check(taken) == taken


@pytest.mark.parametrize("check", i.EXAMPLES, ids=lambda c: c.__name__)
def test_the_examples_of_templates_are_right(check: Callable[[str], str]) -> None:
    assert check(i.EXAMPLES[check]) == i.EXAMPLES[check]


def test_our_numbers_follow_the_pattern_of_the_county() -> None:
    assert number_by(number_pattern("武帮代办〔{年}〕{0000}号"), 2026, 1) == "武帮代办〔2026〕0001号"
    assert number_by("{年}-{00}", 2026, 123) == "2026-123"
    for wrong in ("武帮代办〔{年}〕号", "{0000}号", "{年}{年}{0}", "{year}{seq}", "{年}{0}{0}", "{年}{0}}"):
        with pytest.raises(ValueError, match="格式"):
            number_pattern(wrong)
