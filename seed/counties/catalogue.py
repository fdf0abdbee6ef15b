"""Data shared by the counties: the items of Z 附件2, their usual departments, the common lists.

No document gives days: the limits are illustrative and marked so. Source: Z 附件2;
领域 2, 4.
"""

from __future__ import annotations

from models.items import ItemCategory, LimitKind
from models.places import DepartmentKind, Meaning
from seed.counties.shape import DepartmentSeed, Item, Option

_STARTING, _BUILDING = ItemCategory.STARTING, ItemCategory.BUILDING
_UTILITIES = ItemCategory.UTILITIES

#: The 21 boxes of Z 附件2, in their order.
ITEMS: tuple[Item, ...] = (
    Item(_STARTING, "企业登记", "市场监管局", 1),
    Item(_STARTING, "公章刻制", "公安局", 1),
    Item(_STARTING, "申领发票和税控设备", "税务局", 1),
    Item(_STARTING, "参保登记", "人社局", 1),
    Item(_STARTING, "银行开户", "合作银行", 1),
    Item(_STARTING, "公积金登记", "公积金中心", 1),
    Item(_BUILDING, "项目立项", "发改委", 3),
    Item(_BUILDING, "规划", "自然资源局", 20),
    Item(_BUILDING, "能评", "发改委", 20),
    Item(_BUILDING, "环评", "生态环境分局", 30, LimitKind.CALENDAR),
    Item(_BUILDING, "安评", "应急管理局", 20),
    Item(_BUILDING, "消防", "住建局", 15),
    Item(_BUILDING, "人防", "人防办", 20),
    Item(_BUILDING, "施工监管", "住建局", 7, LimitKind.CALENDAR),
    Item(_BUILDING, "验收", "住建局", 15),
    Item(_UTILITIES, "供电", "供电公司", 5),
    Item(_UTILITIES, "供水", "自来水公司", 5),
    Item(_UTILITIES, "供气", "燃气公司", 5),
    Item(_UTILITIES, "供暖", "热力公司", 8),
    Item(_UTILITIES, "通信", "通信运营商", 5),
    Item(_UTILITIES, "网络", "通信运营商", 5),
)

#: Items of H 三(一). The document names none: a usual choice, which the county changes.
LIVELIHOOD = frozenset({"社保", "参保登记", "公积金登记", "供电", "供水", "供气", "供暖"})
#: Items of H 三(二): setting up and change, 食品经营许可, and the 社保 and 税务 that go with them.
FOR_NEW_FIRMS = frozenset({item.name for item in ITEMS if item.category is _STARTING}) | {
    "食品经营许可",
    "社保",
    "税务",
}

#: The origin noted on items taken from Z by another county.
TAKEN_FROM_Z = "取自武陟县实施方案附件2"

#: The usual departments of the items. 发展改革委 is spelt as in W and Z 附件1 一.1.
OFFICES: tuple[DepartmentSeed, ...] = (
    DepartmentSeed("发展改革委", "发改委"),
    DepartmentSeed("市场监督管理局", "市场监管局"),
    DepartmentSeed("公安局", "公安局"),
    DepartmentSeed("税务局", "税务局"),
    DepartmentSeed("人力资源和社会保障局", "人社局"),
    DepartmentSeed("住房公积金管理中心", "公积金中心", DepartmentKind.UTILITY),
    DepartmentSeed("合作银行", "合作银行", DepartmentKind.UTILITY),
    DepartmentSeed("自然资源局", "自然资源局"),
    DepartmentSeed("生态环境分局", "生态环境分局"),
    DepartmentSeed("应急管理局", "应急管理局"),
    DepartmentSeed("住房和城乡建设局", "住建局"),
    DepartmentSeed("人民防空办公室", "人防办"),
    DepartmentSeed("供电公司", "供电公司", DepartmentKind.UTILITY),
    DepartmentSeed("自来水公司", "自来水公司", DepartmentKind.UTILITY),
    DepartmentSeed("燃气公司", "燃气公司", DepartmentKind.UTILITY),
    DepartmentSeed("热力公司", "热力公司", DepartmentKind.UTILITY),
    DepartmentSeed("通信运营商", "通信运营商", DepartmentKind.UTILITY),
)

#: Source: W, Z 附件2 注2, 附件3 七; H 五(三).
TERMINATION_REASONS: tuple[Option, ...] = (
    ("不符合法规政策", Meaning.BOTH_SIDES),
    ("法规政策调整", Meaning.BOTH_SIDES),
    ("不可抗力", Meaning.FORCE_MAJEURE),
    ("申请单位申请终止", Meaning.BOTH_SIDES),
    ("申请单位不配合", Meaning.ONE_SIDED),
    ("弄虚作假", Meaning.ONE_SIDED),
    ("其他违法违规", Meaning.ONE_SIDED),
    ("不具备办理（办结）条件", Meaning.BOTH_SIDES),
)

#: Source: W, Z 附件6.
FOUR_GRADES: tuple[Option, ...] = (
    ("非常满意", Meaning.SATISFIED),
    ("满意", Meaning.SATISFIED),
    ("不满意", Meaning.DISSATISFIED),
    ("非常不满意", Meaning.DISSATISFIED),
)
#: Source: the national 好差评, which H 五(五) refers to.
FIVE_GRADES: tuple[Option, ...] = (*FOUR_GRADES[:2], ("基本满意", Meaning.SATISFIED), *FOUR_GRADES[2:])
#: Source: W, Z 附件1 一.2.
MODES = ("现场", "网上", "预约", "上门")
#: A delivery way that needs a tracking number. Source: B 六.3 邮寄记录.
BY_POST: Option = ("邮寄", Meaning.POSTED)
#: Source: W, Z 附件1 五.
DELIVERY_WAYS: tuple[Option, ...] = ("上门专送", "现场转交", BY_POST)
#: Who rates whom. Source: W, Z 附件1 六.
RATE_AGENT: Option = ("企业评价全科代办员", Meaning.BY_APPLICANT_AGENT)
RATE_OFFICER: Option = ("企业评价首席服务员", Meaning.BY_APPLICANT_OFFICER)
RATE_WINDOWS: tuple[Option, ...] = (
    ("首席服务员评价综合窗口", Meaning.BY_OFFICER_WINDOW),
    ("综合窗口评价业务专办窗口", Meaning.BY_WINDOW_BUSINESS),
)
#: Source: W, Z 附件2-6.
PAPERS: tuple[Option, ...] = (
    ("帮办代办服务申请表", Meaning.PAPER_APPLICATION),
    ("申请帮办代办服务承诺书", Meaning.PAPER_COMMITMENT),
    ("帮办代办项目办结单", Meaning.PAPER_COMPLETION),
    ("帮办代办服务项目终止单", Meaning.PAPER_TERMINATION),
    ("帮办代办服务评价表", Meaning.PAPER_EVALUATION),
)

#: Papers required in a case's file, if the case has them. Source: B 六.5; 领域 4, archive.
NEEDED = frozenset(
    {
        Meaning.PAPER_APPLICATION,
        Meaning.PAPER_AGREEMENT,
        Meaning.PAPER_COMPLETION,
        Meaning.PAPER_TERMINATION,
    }
)


def places(names: str, kind: DepartmentKind = DepartmentKind.TOWNSHIP) -> tuple[DepartmentSeed, ...]:
    """Townships, parks or sections from a string of names separated by spaces."""
    return tuple(DepartmentSeed(name, name[:20], kind) for name in names.split())
