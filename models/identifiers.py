"""Codes and numbers that people type: their standard form, or what is wrong with them, in Chinese.

Source: DOMAIN section 3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from unicodedata import normalize

import phonenumbers
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

CREDIT_LENGTH = 18
CREDIT_LETTERS = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
PROJECT = re.compile(r"(\d{4})-?(\d{6})-?(\d{2})-?(\d{2})-?(\d{6})")
#: First segments of the codes given before the check digit came: years, not year and month.
LEGACY_YEARS = range(2015, 2021)
DASHES = re.compile(r"[－—–‐−]")
EXTENSION = re.compile(r"(?:转|分机|[eE][xX][tT]\.?|(?<=\d{7})-)\s*(\d{1,6})$")
SEVERAL = re.compile(r"[、，,；;/|]|\d\s{2,}\d")
#: Numbers of three to six digits, and 400 and 800 numbers, are dialled as they are.
SERVICE_NUMBER = re.compile(r"(?:\d{3,6}|[48]00\d{7})")
#: A number without an area code, and what may follow it.
LOCAL_NUMBER = re.compile(r"\d{7,8}(?!\d)")
DOCUMENT = re.compile(r"[^\s〔〕]{1,30}〔(?:19|20)\d\d〕[1-9]\d{0,4}号")


def _plain(text: str) -> str:
    """Full width made half width, blanks gone."""
    return re.sub(r"\s", "", normalize("NFKC", text))


def credit_code(text: str) -> str:
    """统一社会信用代码: 18 places with a right check digit; region and inner digits are not checked."""
    code = DASHES.sub("-", _plain(text)).replace("-", "").upper()
    if len(code) != CREDIT_LENGTH:
        raise ValueError(f"统一社会信用代码应为 {CREDIT_LENGTH} 位，现为 {len(code)} 位")
    wrong = [c for c in code if c not in CREDIT_LETTERS]
    if wrong:
        raise ValueError(f"统一社会信用代码里不会有“{wrong[0]}”，请核对")
    if uscc.calc_check_digit(code[:-1]) != code[-1]:
        raise ValueError("统一社会信用代码的校验位不对，请核对是否有错字")
    return code


def project_code(text: str) -> str:
    """投资项目代码 in its five segments: 2304-410823-04-01-123451."""
    found = PROJECT.fullmatch(DASHES.sub("-", _plain(text)))
    if found is None:
        raise ValueError("项目代码的格式应为 2304-410823-04-01-123451")
    first = int(found[1])
    if first not in LEGACY_YEARS and not 1 <= first % 100 <= 12:
        raise ValueError(f"项目代码前四位应为年月，“{found[1]}”的月份不对")
    return "-".join(found.groups())


def project_code_warning(text: str) -> str | None:
    """What is doubtful about a project code: its check digit; codes of 2015 to 2020 have none."""
    digits = text.replace("-", "")
    if int(digits[:4]) in LEGACY_YEARS or mod_11_10.is_valid(digits):
        return None
    return "项目代码的校验位不对，请核对；确认无误可以保留"


def postcode(text: str) -> str:
    """邮编: six digits as text."""
    code = _plain(text)
    if not re.fullmatch(r"[0-9]{6}", code):
        raise ValueError("邮编应为 6 位数字")
    return code


def phone(text: str, area_code: str | None = None) -> str:
    """A telephone number: 13803910001, 0391-7221234, 0391-7221234转8001, 12345.

    A local number gets the county's `area_code` where it is given.
    """
    plain = DASHES.sub("-", normalize("NFKC", text)).strip()
    if "*" in plain:
        raise ValueError("含有 *，是被遮盖的号码，请填完整号码")
    if SEVERAL.search(plain):
        raise ValueError("只能填一个号码")
    extension = EXTENSION.search(plain)
    number = re.sub(r"[\s()-]", "", plain[: extension.start()] if extension else plain)
    main = _main_number(number, area_code)
    return f"{main}转{extension[1]}" if extension else main


def _main_number(number: str, area_code: str | None) -> str:
    number = re.sub(r"^(?:\+|00)86", "", number)
    if SERVICE_NUMBER.fullmatch(number):
        return number
    if LOCAL_NUMBER.fullmatch(number):
        return f"{area_code}-{number}" if area_code else number
    try:
        parsed = phonenumbers.parse(number, "CN")
    except phonenumbers.NumberParseException as error:
        raise ValueError("不是电话号码") from error
    if not phonenumbers.is_possible_number(parsed) or not phonenumbers.is_valid_number(parsed):
        raise ValueError("不是有效的电话号码，请核对位数和区号")
    national = phonenumbers.national_significant_number(parsed)
    if phonenumbers.number_type(parsed) is phonenumbers.PhoneNumberType.MOBILE:
        return national
    area = phonenumbers.length_of_geographical_area_code(parsed)
    return f"0{national[:area]}-{national[area:]}" if area else national


def document_number(text: str) -> str:
    """发文字号 in its standard form: 武“放管服”组办〔2024〕3号."""
    number = _bracketed(text)
    if not DOCUMENT.fullmatch(number):
        raise ValueError("发文字号应写成 硕政办发〔2024〕1号 这样")
    return number


def _bracketed(text: str) -> str:
    """Any brackets made 〔〕, digits half width, without blanks and 第 before the number."""
    plain = re.sub(r"\s", "", text)
    plain = re.sub(r"[\[【（(［﹝]((?:19|20|１９|２０)[0-9０-９]{2})[\]】）)］﹞]", r"〔\1〕", plain)
    plain = "".join(normalize("NFKC", c) if c in "０１２３４５６７８９" else c for c in plain)
    return plain.replace("〕第", "〕")


def basis(text: str) -> str:
    """What a designation rests on: a 发文字号 in its standard form, any other words as they are."""
    number = _bracketed(text)
    return number if DOCUMENT.fullmatch(number) else text.strip()



#: A valid one of each, as templates show it.
EXAMPLES: Mapping[Callable[..., str], str] = {
    credit_code: "91410823MA0000015R",
    project_code: "2304-410823-04-01-123451",
    postcode: "454950",
    phone: "0391-7221234",
    document_number: "武“放管服”组办〔2024〕3号",
    basis: "武发改〔2026〕1号",
}
