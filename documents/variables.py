"""What papers can have filled in, by the names that templates use, with what a blank form shows instead."""

from __future__ import annotations

from collections.abc import Mapping

DATE = "    年    月    日"
NOTHING = ""
#: Room for a name or a word that is written by hand; blanks that a line does not lose at its end.
ROOM = "\u00a0" * 12


#: Keeps a word and its box on one line; every font has it, which is not so of those without width.
BOUND = "\u00a0"


def tick_boxes(names: tuple[str, ...], ticked: frozenset[str] | set[str] = frozenset()) -> str:
    """The choices of a form, each followed by its box: 是 ☑  否 ☐."""
    return "  ".join(f"{name}{BOUND}{'☑' if name in ticked else '☐'}" for name in names)


def numbered_list(lines: list[str]) -> str:
    """①②③, a line each; three empty ones, to be written by hand, when there is nothing."""
    filled = list(dict.fromkeys(lines)) or [""] * 3
    numbers = (chr(ord("①") + n) if n < 20 else f"({n + 1})" for n in range(len(filled)))
    return "\n".join(f"{number} {line}".rstrip() for number, line in zip(numbers, filled, strict=True))


#: heading of the list of variables: name → what a blank form has in its place.
GROUPS: Mapping[str, Mapping[str, str]] = {
    "申请单位": {
        "申请单位": ROOM,
        **dict.fromkeys(("信用代码", "邮编", "单位地址", "负责人", "负责人电话", "经办人", "经办人电话"), NOTHING),
    },
    "项目": {
        **dict.fromkeys(("项目名称", "项目编号"), ROOM),
        **dict.fromkeys(("投资总额", "建设规模", "建设地址"), NOTHING),
        "资金来源": tick_boxes(("政府投资", "国内企业投资", "外商投资", "其他")),
        "土地性质": tick_boxes(("划拨", "出让")),
        **dict.fromkeys(("是否重点项目", "是否开工"), tick_boxes(("是", "否"))),
    },
    "本件": {
        **dict.fromkeys(("受理编号", "办理情况"), NOTHING),
        **dict.fromkeys(("办理事项", "具体事项"), ROOM),
        "委托事项": tick_boxes(("全部", "部分")),
        "企业开办手续": NOTHING,
        "项目建设手续": NOTHING,
        "项目配套手续": NOTHING,
        **dict.fromkeys(("申请渠道", "服务方式", "服务条件", "责任部门", "备注"), NOTHING),
        **dict.fromkeys(("代办员", "代办员电话", "首席服务员", "首问责任人"), ROOM),
        **dict.fromkeys(("申请日期", "受理日期", "应办结日", "告知日期"), DATE),
        "缺少的材料": numbered_list([]),
        "不予受理原因": NOTHING,
    },
    "办结和终止": {
        **dict.fromkeys(("办结单编号", "终止单编号"), NOTHING),
        **dict.fromkeys(("办结日期", "终止日期"), DATE),
        "终止原因": NOTHING,
        "移交资料": NOTHING,
        "终止方式": "现经双方认可",
    },
    "送达": {
        "送达方式": NOTHING,
        "送达日期": DATE,
        "送达资料": NOTHING,
        "接收人": NOTHING,
        "邮寄单号": NOTHING,
        "签收日期": DATE,
        "退还材料": numbered_list([]),
    },
    "评价": {"评价等级": NOTHING, "意见建议": NOTHING},
    "委托协议": {
        "协议编号": NOTHING,
        **dict.fromkeys(("代办方", "代办方电话", "委托方", "委托方电话", "办理业务"), ROOM),
        "材料清单": numbered_list([]),
        "签订日期": DATE,
    },
    "工作纪实": {
        "记录日期": DATE,
        **dict.fromkeys(("记录类别", "事由", "来访人", "来访电话", "服务人员", "内容", "答复或结果"), NOTHING),
    },
    "延期和督办": {
        "延期事项": ROOM,
        "原应办结日": DATE,
        "延期至": DATE,
        "延期原因": NOTHING,
        "督办单编号": NOTHING,
        "被督办部门": ROOM,
        "督办日期": DATE,
        "督办事由": NOTHING,
        "回复期限": DATE,
    },
    "打印": {"县名": NOTHING, "牵头单位": NOTHING, "今天": DATE},
}
#: Every variable, with what a blank form has in its place.
BLANK: Mapping[str, str] = {name: blank for group in GROUPS.values() for name, blank in group.items()}
