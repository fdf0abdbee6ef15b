"""Codes and numbers: every example of 领域 3, and whatever else people type."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc

from models import identifiers as i
from models.places import number_by, number_pattern

CREDIT_CODES = (
    "91410825MA0000015N",
    "91410823MA0000015R",
    "91150422MA00000153",
    "91652828MA0000015Q",
    "N2410825MF00000114",
)
PROJECT_CODES = (
    "2111-522323-04-01-342068",
    "2411-130202-89-01-637015",
    "2509-140602-89-05-864976",
    "2020-451421-88-03-016343",
    "2304-410823-04-01-123451",
)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
#: The rule of 领域 3, as it is written there.
DOCUMENT = re.compile(r"^[^\s〔〕]{1,30}〔(19|20)\d\d〕[1-9]\d{0,4}号$", re.ASCII)
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
        "９１４１０８２３ＭＡ０００００１５Ｒ",
        "9141 0823 MA00 0001 5R",
        "91410823-MA000001-5r",
        " 91410823ma0000015r\u3000",
        "9141082３—ＭＡ００００－015r",
        "\ufeff91410823MA00\u200b00015R",
    ],
)
def test_a_credit_code_is_put_in_order_not_refused(typed: str) -> None:
    assert i.credit_code(typed) == "91410823MA0000015R"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("91410823MA0000015", "应为 18 位，现为 17 位"),
        ("91410823MA0000015RR", "应为 18 位，现为 19 位"),
        *((f"9141{c}823MA0000015R", f"“{c}”") for c in "IOSVZ中."),
        ("9141o823MA0000015R", "“O”"),
        ("", "现为 0 位"),
    ],
)
def test_a_wrong_credit_code_says_what_is_wrong(typed: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        i.credit_code(typed)


@pytest.mark.parametrize("first", ALPHABET)
def test_a_credit_code_may_begin_with_anything_of_the_alphabet(first: str) -> None:
    body = f"{first}2410825MF0000011"
    assert i.credit_code(body + uscc.calc_check_digit(body)).startswith(first)


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


@pytest.mark.parametrize("year", range(2015, 2021))
def test_a_code_that_begins_with_a_year_has_no_check_digit(year: int) -> None:
    for digit in "0123456789":
        code = f"{year}-410823-04-01-12345{digit}"
        assert i.project_code(code) == code
        assert i.project_code_warning(code) is None


@pytest.mark.parametrize("month", ["2001", "2009", "2010", "2012", "2101", "1512"])
def test_a_code_that_begins_with_a_month_has_one_right_check_digit(month: str) -> None:
    codes = [f"{month}-410823-04-01-12345{digit}" for digit in "0123456789"]
    assert [i.project_code(code) for code in codes] == codes
    assert [i.project_code_warning(code) for code in codes].count(None) == 1


def test_the_warning_reads_a_code_as_it_is_typed_and_leaves_the_shape_alone() -> None:
    assert i.project_code_warning("２３０４４１０８２３０４０１１２３４５６")
    assert i.project_code_warning(" 23044108230401123451 ") is None
    for shapeless in ("", "坏代码", "2304-410823", "2304-410823-04-01-12345x"):
        assert i.project_code_warning(shapeless) is None


@pytest.mark.parametrize(
    "typed",
    [
        "23044108230401123451",
        "２３０４－410823—04–01-123451",
        " 2304-410823-04-01-123451 ",
        "2304‐410823‑04−01―123451",
        "2304 410823 04 01 123451",
    ],
)
def test_a_project_code_gets_its_dashes(typed: str) -> None:
    assert i.project_code(typed) == "2304-410823-04-01-123451"


@pytest.mark.parametrize(
    "typed",
    [
        "2304-410823-04-01-12345",
        "2313-410823-04-01-123451",
        "2014-410823-04-01-123451",
        "坏代码",
        "2300-410823-04-01-123451",
        "2013-410823-04-01-123451",
        "2021-410823-04-01-123451",
        "",
        "2304-410823-04-01-1234511",
        "2304-410823-04-01-12345X",
        "2304/410823/04/01/123451",
        "٢٣٠٤-410823-04-01-123451",
    ],
)
def test_a_project_code_of_another_shape_or_month_is_an_error(typed: str) -> None:
    with pytest.raises(ValueError, match="项目代码"):
        i.project_code(typed)


def test_a_postcode_keeps_its_zero() -> None:
    assert i.postcode("０２５450") == "025450"
    assert i.postcode(" 454 950 ") == "454950"
    for wrong in ("", "25450", "0254500", "O25450", "٠٢٥٤٥٠"):
        with pytest.raises(ValueError, match="6 位"):
            i.postcode(wrong)


def test_the_codes_of_a_county_are_digits() -> None:
    assert i.division_code("４１０８２３") == "410823"
    assert [i.area_code(text) for text in (" 0391", "010", "０９９６")] == ["0391", "010", "0996"]
    for wrong in ("", "41082", "4108230", "41082X"):
        with pytest.raises(ValueError, match="6 位"):
            i.division_code(wrong)
    for wrong in ("", "391", "391x", "03", "03911", "1391", "٠٣٩١"):
        with pytest.raises(ValueError, match="0 开头"):
            i.area_code(wrong)


PHONES = {
    "13803910001": (
        "13803910001",
        "１３８ 0391 0001",
        "138-0391-0001",
        "138  0391  0001",
        "+86 13803910001",
        "008613803910001",
        "0086-138-0391-0001",
        "(+86)13803910001",
        "8613803910001",
        "1380391-0001",
        "13803910001\u200b",
    ),
    "13803910001转12": ("13803910001转12", "13803910001-12"),
    "0391-7221234": (
        "0391-7221234",
        "(0391) 7221234",
        "（０３９１）７２２１２３４",
        "【0391】7221234",
        "03917221234",
        "0391－7221234",
        "0391—722–1234",
        "0391722-1234",
        "+86 391 7221234",
        "0086-0391-7221234",
    ),
    "0391-7221234转8001": (
        "0391-7221234转8001",
        "0391-7221234 转 8001",
        "0391-7221234-8001",
        "03917221234－8001",
        "0391-7221234分机8001",
        "0391-7221234转分机8001",
        "0391-7221234分机号：8001",
        "0391-7221234（转8001）",
        "0391-7221234ext8001",
        "0391-7221234 Ext. 8001",
        "0391-7221234 x8001",
        "0391-7221234#8001",
        "+86-391-7221234-8001",
    ),
    "010-12345678": ("010-12345678", "010 1234 5678", "01012345678"),
    "0476-7221234": ("0476-7221234",),
    "0996-7221234": ("0996 7221234",),
    "7221234": ("7221234", "722-1234", "722 1234", "+867221234"),
    "72212345": ("7221 2345",),
    "7221234转8001": ("7221234-8001", "7221234转8001"),
    "4001234567": ("400-123-4567", "4001234-567", "400 1234567"),
    "8008208820": ("800-820-8820",),
    "4001234567转8": ("400-123-4567转8", "400-123-4567-8"),
    **{short: (short,) for short in ("110", "114", "12345", "12315", "95598", "10086", "96315", "968123")},
    "12345转2": ("12345转2", "12345-2"),
}


@pytest.mark.parametrize("form", PHONES)
def test_a_telephone_number_has_one_form(form: str) -> None:
    assert {i.phone(typed) for typed in PHONES[form]} == {form} == {i.phone(form)}


@pytest.mark.parametrize("area_code", ["0391", "0476", "0996"])
def test_a_local_number_gets_the_countys_area_code(area_code: str) -> None:
    assert i.phone("7221234", area_code) == f"{area_code}-7221234"
    assert i.phone("7221234转12", area_code) == f"{area_code}-7221234转12"
    for whole in ("13803910001", "010-12345678", "12345", "4001234567", f"{area_code}-7221234转12"):
        assert i.phone(whole, area_code) == whole


def test_a_local_number_that_the_area_cannot_have_stays_as_it_is() -> None:
    assert i.phone("72212345", "0391") == "72212345"  # numbers of 0391 have seven digits


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("138****0001", "含有 \\*，是被遮盖的号码"),
        ("0391-722＊＊＊＊", "遮盖"),
        ("138****0001、138****0002", "遮盖"),
        *(
            (f"13803910001{sign}7221234", "只能填一个号码")
            for sign in ("/", "／", "、", "，", ",", ";", "；", "|", " ", "  ", "\n", "或", " 和 ", "-")
        ),
        ("0391-7221234 0391-7221235", "一个号码"),
        ("0391-7221234（0391）7221235", "号码"),
        ("1380391000", "位数"),
        ("138039100011", "位数"),
        ("99999999999", "位数"),
        ("0391-72212345", "位数"),
        ("0391-96152", "位数"),
        ("722123", "位数"),
        ("138", "位数"),
        ("1234567", "位数"),
        ("没有", "不是电话号码"),
        ("", "不是电话号码"),
        ("-", "不是电话号码"),
        ("转8001", "不是电话号码"),
        ("+1 650 253 0000", "不是电话号码"),
        ("0016502530000", "位数"),
        ("0391-722123４a", "不是电话号码"),
        ("٠٣٩١٧٢٢١٢٣٤", "不是电话号码"),
        ("0391-7221234转12345678", "不是电话号码"),
        ("王 13803910001", "不是电话号码"),
    ],
)
def test_a_wrong_telephone_number_says_what_is_wrong(typed: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        i.phone(typed)


NUMBERS = {
    "武“放管服”组办〔2024〕3号": "武“放管服”组办〔2024〕3号",
    "硕政办发〔2024〕1 号": "硕政办发〔2024〕1号",
    "叶环【2021】66号": "叶环〔2021〕66号",
    "内政发[2022]第4号": "内政发〔2022〕4号",
    "国发（２０２２）５号": "国发〔2022〕5号",
    "国发(1999) 第 12345 号": "国发〔1999〕12345号",
    "豫环审第〔2021〕6号": "豫环审〔2021〕6号",
    "武办（试行）〔2024〕3号": "武办（试行）〔2024〕3号",
    "第三产业办〔2024〕3号": "第三产业办〔2024〕3号",
    "武办\u200b〔2024〕3号": "武办〔2024〕3号",
    **{
        f"武办{left}2024{right}3号": "武办〔2024〕3号"
        for left, right in (
            "[]",
            "［］",
            "()",
            "（）",
            "【】",
            "〖〗",
            "{}",
            "｛｝",
            "<>",
            "〈〉",
            "《》",
            "﹝﹞",
            "「」",
            "〔]",
        )
    },
}


@pytest.mark.parametrize("typed", NUMBERS)
def test_a_document_number_has_one_form(typed: str) -> None:
    assert i.document_number(typed) == NUMBERS[typed] == i.basis(typed)
    assert DOCUMENT.match(NUMBERS[typed])


@pytest.mark.parametrize(
    "typed",
    [
        "2024年3号",
        "武办〔2024〕0号",
        "武办〔1824〕3号",
        "〔2024〕3号",
        "武办〔2024〕3",
        "武办〔2024〕123456号",
        "武办〔2024〕3号、4号",
        "武办〔2024〕٣号",
        f"{'办' * 31}〔2024〕3号",
        "第" * 20000,
        "",
    ],
)
def test_what_is_no_document_number_is_refused_where_one_is_wanted(typed: str) -> None:
    with pytest.raises(ValueError, match="发文字号"):
        i.document_number(typed)


def test_a_designation_may_rest_on_other_words() -> None:
    assert i.basis(" 县长办公会议纪要（2026年） ") == "县长办公会议纪要（2026年）"
    for words in ("会议纪要 第 12 次", "武发改[2026]1号 附件２", "见（2026）１号会议纪要"):
        assert i.basis(words) == words


CHECKS = (
    i.credit_code,
    i.project_code,
    i.postcode,
    i.phone,
    i.document_number,
    i.basis,
    i.division_code,
    i.area_code,
    number_pattern,
)


#: Anything at all, and what nearly is a code, a telephone number or a 发文字号.
TYPED = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"[0-9-A-Z]{1,24}", fullmatch=True),
    st.from_regex(r"(\+86|0086|00|)[ (]?[0-9]{2,4}[-) ]?[0-9]{3,8}( ?(-|转|ext|x)[0-9]{1,7})?", fullmatch=True),
    st.from_regex(r"[0-9０-９ ()+转－-]{1,20}", fullmatch=True),
    st.from_regex(r"[武办第〔] ?第?[\[【（(〔]20[0-9０-９]{2}[\]】）)〕]第{0,2}[0-9]{1,6}号", fullmatch=True),
)


def refused_in_chinese(error: ValueError) -> bool:
    return bool(CHINESE.search(str(error))) and "Traceback" not in str(error)


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
@settings(deadline=None)  # the first number makes the library load its tables
@given(text=TYPED)
def test_whatever_is_typed_is_taken_once_and_for_all_or_refused_in_chinese(
    check: Callable[[str], str], text: str
) -> None:
    try:
        taken = check(text)
    except ValueError as error:
        assert refused_in_chinese(error)
        return
    assert check(taken) == taken


@pytest.mark.parametrize("area_code", ["0391", "010"])
@settings(deadline=None)
@given(text=TYPED)
def test_a_number_with_its_area_code_is_itself_a_number(area_code: str, text: str) -> None:
    try:
        taken = i.phone(text, area_code)
    except ValueError as error:
        assert refused_in_chinese(error)
        return
    assert i.phone(taken) == taken == i.phone(taken, area_code)


@settings(deadline=None)
@given(text=TYPED)
def test_the_warning_of_a_project_code_never_fails(text: str) -> None:
    said = i.project_code_warning(text)
    assert said is None or CHINESE.search(said)


@settings(deadline=None)
@given(text=TYPED)
def test_a_document_number_taken_keeps_the_rule(text: str) -> None:
    try:
        taken = i.document_number(text)
    except ValueError:
        assert i.basis(text) == text.strip()
        return
    assert DOCUMENT.match(taken)
    assert i.basis(text) == taken


@pytest.mark.parametrize("check", i.EXAMPLES, ids=lambda c: c.__name__)
def test_the_examples_of_templates_are_right(check: Callable[[str], str]) -> None:
    assert check(i.EXAMPLES[check]) == i.EXAMPLES[check]


def test_our_numbers_follow_the_pattern_of_the_county() -> None:
    assert number_by(number_pattern("武帮代办〔{年}〕{0000}号"), 2026, 1) == "武帮代办〔2026〕0001号"
    assert number_by("{年}-{00}", 2026, 123) == "2026-123"
    for wrong in ("武帮代办〔{年}〕号", "{0000}号", "{年}{年}{0}", "{year}{seq}", "{年}{0}{0}", "{年}{0}}"):
        with pytest.raises(ValueError, match="格式"):
            number_pattern(wrong)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("武陟县　测试机电 有限公司", "武陟县测试机电有限公司"),
        (" 张　三 ", "张三"),
        ("A B 科技", "A B 科技"),
        ("中粮（武陟） 有限公司", "中粮（武陟）有限公司"),
    ],
)
def test_a_name_has_no_blanks_between_its_characters(typed: str, kept: str) -> None:
    assert i.whole_name(typed) == kept


def test_a_number_of_a_document_has_no_noughts_before_it() -> None:
    assert i.basis("武项办[2026]０12号") == "武项办〔2026〕12号"


CASES = Path(__file__).parent.parent / "cases"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("国务院令第722号", "国务院令第722号"),
        ("国家发展改革委令2023年第1号", "国家发展改革委令2023年第1号"),
        ("财政部 税务总局公告2023年第1号", "财政部税务总局公告2023年第1号"),
        ("豫政办﹙2026﹚1号", "豫政办〔2026〕1号"),
        ("国务院令第 7 2 2 号", "国务院令第722号"),
        ("公告２０２３年第０１号", "公告2023年第1号"),
    ],
)
def test_orders_and_announcements_are_numbers_of_documents_too(typed: str, kept: str) -> None:
    assert i.document_number(typed) == kept
    assert i.document_number(kept) == kept


def test_every_number_of_a_document_that_offices_brought_is_taken() -> None:
    for line in (CASES / "I1_document_numbers.txt").read_text().split("\n"):
        assert not line or i.document_number(line)


@pytest.mark.parametrize("typed", ["令第号", "国务院722号", "公告第100000号", "2023年第1号"])
def test_what_only_looks_like_an_order_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="发文字号"):
        i.document_number(typed)


@pytest.mark.parametrize("prefix", ["149", "190", "192", "196", "170", "198"])
def test_a_mobile_of_a_range_that_the_library_does_not_know_yet_is_taken(prefix: str) -> None:
    assert i.phone(f"{prefix}12345678") == f"{prefix}12345678"


@pytest.mark.parametrize(
    ("typed", "stored"), [("9:30", "09:30"), ("１８：05", "18:05"), (" 0点00分", "00:00"), ("23时59", "23:59")]
)
def test_a_time_of_day_is_written_one_way(typed: str, stored: str) -> None:
    assert i.clock_time(typed) == stored


@pytest.mark.parametrize("typed", ["24:00", "9:60", "9", "上午", "9:3"])
def test_what_is_no_time_of_day_is_told(typed: str) -> None:
    with pytest.raises(ValueError, match="09:30"):
        i.clock_time(typed)
