"""Codes and numbers that people type: their standard form, or what is wrong with them, in Chinese.

Source: 领域 3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from unicodedata import category, normalize

import phonenumbers
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

CREDIT_LENGTH = 18
CREDIT_LETTERS = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")

# Digits are [0-9] throughout: \d would let the digits of other scripts through.
PROJECT = re.compile(r"([0-9]{4})-?([0-9]{6})-?([0-9]{2})-?([0-9]{2})-?([0-9]{6})")
#: First segments of the codes given before the check digit came: years, not year and month.
LEGACY_YEARS = range(2015, 2021)
#: What is typed for a hyphen and is left by NFKC.
DASHES = re.compile(r"[—–‐−‒―]")

CHINA = 86
COUNTRY_PREFIX = re.compile(r"^[\s(]*(?:\+|00)\s*86[\s)-]*")
#: Two numbers in one cell: parted by a sign or a word, or one whole number after another.
SEVERAL = re.compile(r"[、,;/|\\]|[0-9]\s*[或和及]\s*[0-9]|[0-9]{7}[\s-]+\(?[0-9]{3,4}[)\s-]*[0-9]{4}")
EXTENSION = re.compile(r"(.+?)-?(?:转(?:分机)?|分机号?|ext\.?|x|#):?([0-9]{1,6})", re.IGNORECASE)
DASHED_EXTENSION = re.compile(r"(.+)-([0-9]{1,6})")
#: Numbers that are complete with just these digits, however many dashes are among them.
MOBILE_OR_FREE = re.compile(r"1[3-9][0-9]{9}|[48]00[0-9]{7}")
MOBILE = re.compile(r"1[3-9][0-9]{9}")
#: What a dash and an extension may follow: a landline, 12345 or 95598.
LANDLINE = re.compile(r"(?:0[0-9]{2,3}|[1-9][0-9]{1,2})?[2-8][0-9]{6,7}|(?:1[0-2]|9[56])[0-9]{3}")
#: Dialled as they are: 110, 12345, 95598, 968123, and 400 and 800 numbers.
SERVICE_NUMBER = re.compile(r"1[0-2][0-9](?:[0-9]{2})?|9[56][0-9]{3,4}|[48]00[0-9]{7}")
#: A number without an area code, and what may follow it; none begins with 0, 1 or 9.
LOCAL_NUMBER = re.compile(r"[2-8][0-9]{6,7}(?![0-9])")

#: A 发文字号 with any brackets, and with 第 before the year or the number.
DOCUMENT = re.compile(
    r"([^\s〔〕]{1,30}?)第*[\[［(（{｛<＜〔﹝【〖〈《「『]((?:19|20)[0-9]{2})[\]］)）}｝>＞〕﹞】〗〉》」』]"
    r"第*0*([1-9][0-9]{0,4})号"
)
#: Orders and announcements are numbered without brackets: 国务院令第722号, 公告2023年第1号.
ORDER = re.compile(r"([^\s〔〕]{0,40}?(?:令|公告|通告|决定))(?:((?:19|20)[0-9]{2})年)?第?0*([1-9][0-9]{0,4})号")
CHARACTER = r"[\u3400-\u9fff（）]"
HALF_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def visible(text: str) -> str:
    """Without the marks nobody sees (zero width, BOM) that come along with copied text."""
    return text if text.isascii() else "".join(c for c in text if category(c) != "Cf")


def _half_width(text: str) -> str:
    """Full width made half width, every dash made a hyphen."""
    return DASHES.sub("-", normalize("NFKC", visible(text)))


def _plain(text: str) -> str:
    """The same, blanks gone."""
    return re.sub(r"\s", "", _half_width(text))


def credit_code(text: str) -> str:
    """统一社会信用代码: 18 places with a right check digit; region and inner digits are not checked."""
    code = _plain(text).replace("-", "").upper()
    if len(code) != CREDIT_LENGTH:
        raise ValueError(f"统一社会信用代码应为 {CREDIT_LENGTH} 位，现为 {len(code)} 位")
    wrong = [c for c in code if c not in CREDIT_LETTERS]
    if wrong:
        raise ValueError(f"统一社会信用代码里不会有“{wrong[0]}”，请核对")
    if uscc.calc_check_digit(code[:-1]) != code[-1]:
        raise ValueError("统一社会信用代码的校验位不对，请核对是否有错字")
    return code


def project_code(text: str) -> str:
    """投资项目代码 in its five segments: 2304-410823-04-01-123451.

    The first is year and month (2012 is December 2020), or a year from 2015 to 2020: no month
    is 15 to 20, so the two are never confused.
    """
    found = PROJECT.fullmatch(_plain(text))
    if found is None:
        raise ValueError("项目代码的格式应为 2304-410823-04-01-123451")
    first = int(found[1])
    if first not in LEGACY_YEARS and not 1 <= first % 100 <= 12:
        raise ValueError(f"项目代码前四位应为年月，“{found[1]}”的月份不对")
    return "-".join(found.groups())


def project_code_warning(text: str) -> str | None:
    """What is doubtful about a project code: its check digit; codes of 2015 to 2020 have none.

    Nothing is said of what is no project code at all: that is for `project_code` to refuse.
    """
    found = PROJECT.fullmatch(_plain(text))
    if found is None or int(found[1]) in LEGACY_YEARS or mod_11_10.is_valid("".join(found.groups())):
        return None
    return "项目代码的校验位不对，请核对；确认无误可以保留"


def postcode(text: str) -> str:
    """邮编: six digits as text."""
    code = _plain(text)
    if not re.fullmatch(r"[0-9]{6}", code):
        raise ValueError("邮编应为 6 位数字")
    return code


def division_code(text: str) -> str:
    """行政区划代码 of a county: six digits, 410823."""
    code = _plain(text)
    if not re.fullmatch(r"[0-9]{6}", code):
        raise ValueError("行政区划代码应为 6 位数字")
    return code


def area_code(text: str) -> str:
    """电话区号: 0391, 010; typed without its 0 it is another one, so it is refused, not mended."""
    code = _plain(text)
    if not re.fullmatch(r"0[0-9]{2,3}", code):
        raise ValueError("电话区号应为 0 开头的 3 至 4 位数字")
    return code


def phone(text: str, area_code: str | None = None) -> str:
    """A telephone number: 13803910001, 0391-7221234, 0391-7221234转8001, 12345.

    A local number gets the county's `area_code` where the two make a number that exists.
    """
    plain = COUNTRY_PREFIX.sub("", _half_width(text))
    if "*" in plain:
        raise ValueError("含有 *，是被遮盖的号码，请填完整号码")
    if SEVERAL.search(plain.strip()):
        raise ValueError("只能填一个号码，请保留一个")
    number, extension = _split(re.sub(r"[\s()\[\]【】]", "", plain))
    main = _main_number(number.replace("-", ""), area_code)
    return f"{main}转{extension}" if extension else main


def _split(number: str) -> tuple[str, str | None]:
    """The number and its extension; a dash makes one only after a number that is whole."""
    if found := EXTENSION.fullmatch(number):
        return found[1], found[2]
    found = DASHED_EXTENSION.fullmatch(number)
    if found is None or MOBILE_OR_FREE.fullmatch(number.replace("-", "")):
        return number, None
    before = found[1].replace("-", "")
    whole = MOBILE_OR_FREE.fullmatch(before) or LANDLINE.fullmatch(before)
    return (found[1], found[2]) if whole else (number, None)


def _main_number(number: str, area_code: str | None) -> str:
    # The library reads letters as keys and drops what it cannot place: only digits go to it.
    if not re.fullmatch(r"[0-9]+", number):
        raise ValueError("不是电话号码，请核对")
    if SERVICE_NUMBER.fullmatch(number):
        return number
    if LOCAL_NUMBER.fullmatch(number):
        # Saving asks for the area code after the form has checked: too late to refuse.
        return (area_code and _national(area_code + number)) or number
    # The library's list of mobile ranges lags behind: a mobile's shape is enough.
    national = number if MOBILE.fullmatch(number) else _national(number)
    if national is None:
        raise ValueError("不是有效的电话号码，请核对位数和区号")
    return national


def _national(number: str) -> str | None:
    """How a mobile or a landline of China is written; None when there is no such number."""
    try:
        parsed = phonenumbers.parse(number, "CN")
    except phonenumbers.NumberParseException:
        return None
    # 00 leads abroad: such a number is a right one, of another country.
    if parsed.country_code != CHINA or not phonenumbers.is_valid_number(parsed):
        return None
    national = phonenumbers.national_significant_number(parsed)
    if phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE:
        return national
    area = phonenumbers.length_of_geographical_area_code(parsed)
    # The rest are short codes behind an area code, which without their 0 pass for local numbers.
    return f"0{national[:area]}-{national[area:]}" if area else None


def document_number(text: str) -> str:
    """发文字号 in its standard form: 武“放管服”组办〔2024〕3号."""
    number = _document(text)
    if number is None:
        raise ValueError("发文字号应写成 硕政办发〔2024〕1号 这样")
    return number


def _document(text: str) -> str | None:
    """With 〔〕, half-width digits, without blanks and 第; None when it is no 发文字号."""
    plain = re.sub(r"\s", "", visible(text)).translate(HALF_WIDTH_DIGITS).replace("﹙", "（").replace("﹚", "）")
    if found := DOCUMENT.fullmatch(plain):
        return f"{found[1]}〔{found[2]}〕{found[3]}号"
    if order := ORDER.fullmatch(plain):
        return f"{order[1]}{f'{order[2]}年' if order[2] else ''}第{order[3]}号"
    return None


def basis(text: str) -> str:
    """What a designation rests on: a 发文字号 in its standard form, any other words as they are."""
    return _document(text) or text.strip()


def whole_name(text: str) -> str:
    """A name without the blanks that are typed between its characters: 张　三 is 张三."""
    return re.sub(rf"(?<={CHARACTER})\s+(?={CHARACTER})", "", text).strip()


#: A valid one of each, as templates show it.
EXAMPLES: Mapping[Callable[..., str], str] = {
    credit_code: "91410823MA0000015R",
    project_code: "2304-410823-04-01-123451",
    postcode: "454950",
    division_code: "410823",
    area_code: "0391",
    phone: "0391-7221234",
    document_number: "武“放管服”组办〔2024〕3号",
    basis: "武发改〔2026〕1号",
}


CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:点时]([0-5][0-9])分?")


def clock_time(text: str) -> str:
    """A time of day as HH:MM; ValueError in Chinese when it is none."""
    found = CLOCK.fullmatch(normalize("NFKC", text).strip())
    if found is None:
        raise ValueError("时间请写成 09:30 这样")
    return f"{int(found[1]):02d}:{found[2]}"
