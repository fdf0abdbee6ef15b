"""Demo names, codes and phones: well-formed and obviously invented.

People are named by role and 天干, enterprises by 干支. Every function is pure: the same number gives the
same name.
"""

from __future__ import annotations

from datetime import date

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

STEMS = "甲乙丙丁戊己庚辛壬癸"
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
INDUSTRIES = (
    ("新材料", "制造业"),
    ("食品", "食品加工"),
    ("装备制造", "装备制造"),
    ("农业科技", "农业"),
    ("物流", "交通运输、仓储"),
    ("生物医药", "医药制造"),
    ("电子科技", "电子信息"),
    ("纺织", "纺织服装"),
    ("建材", "建筑材料"),
    ("新能源", "电力、新能源"),
    ("商贸", "批发零售"),
    ("文化旅游", "文化旅游"),
    ("环保", "生态环保"),
)
WORKS = (
    "标准化厂房",
    "年产五万吨{0}生产线",
    "{0}产业园（一期）",
    "{0}仓储物流中心",
    "{0}研发中心",
    "{0}技术改造",
    "智能化改造升级",
    "{0}加工基地",
    "配套管网",
    "屋顶分布式光伏",
)
#: One in so many names is as long as the longest names of real registers.
LONG_EVERY = 14


def person(role: str, number: int) -> str:
    """经办人甲 … 经办人癸, 经办人甲1 …"""
    return f"{role}{STEMS[number % 10]}{number // 10 or ''}"


def mobile(number: int) -> str:
    """19900000001 and following: numbers that no network assigns."""
    return str(19900000001 + number)


def landline(area_code: str, number: int) -> str:
    """0391-7290001 and following."""
    return f"{area_code}-729{number % 9999 + 1:04d}"


def industry_of(number: int) -> tuple[str, str]:
    """(word in the enterprise's name, 行业)."""
    return INDUSTRIES[number % len(INDUSTRIES)]


def brand(number: int) -> str:
    """甲子 … 癸亥, 甲子1 …"""
    return f"{STEMS[number % 10]}{BRANCHES[number % 12]}{number // 60 or ''}"


def enterprise_name(county: str, number: int) -> str:
    """A name that no other number of the county has."""
    word, _ = industry_of(number)
    if number % LONG_EVERY == LONG_EVERY - 1:
        return (
            f"{county}{brand(number)}{word}产业化综合开发与精深加工仓储冷链物流一体化示范经营"
            f"（集团）股份有限公司{county}先进制造业开发区第一分公司"
        )
    return f"{county}{brand(number)}{word}有限公司"


def project_name(county: str, number: int, enterprise_number: int) -> str:
    """A name that no other number of the county has: the enterprise's brand and the kind of work."""
    word, _ = industry_of(enterprise_number)
    work = WORKS[number % len(WORKS)].format(word)
    if number % LONG_EVERY == LONG_EVERY - 1:
        return (
            f"{county}{brand(number)}{word}年产三十万吨高性能产品及配套原料仓储、成品物流中心、"
            f"厂区道路与综合管网{work}建设项目"
        )
    return f"{county}{brand(number)}{work}项目"


def credit_code(region: str, number: int) -> str:
    """统一社会信用代码 with its check digit. Source: 领域 3."""
    body = f"91{region}MA{number:07d}"
    return body + uscc.calc_check_digit(body)


def project_code(region: str, on: date, number: int) -> str:
    """投资项目代码 with its check digit, ISO 7064 MOD 11,10. Source: 领域 3."""
    head = f"{on:%y%m}", region, "04", f"{number // 100000 + 1:02d}"
    serial = f"{number % 100000:05d}"
    check = mod_11_10.calc_check_digit("".join(head) + serial)
    return f"{'-'.join(head)}-{serial}{check}"
