"""The variables of papers: their codes, what people call them, what a blank form shows in their place.

A code never changes: templates, default papers and values go by it. A name is only for people. Templates may
use the code, a name that the variable ever had (`documents.former_names`), or the name it has now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from documents.former_names import FORMER_NAMES
from models.cases import CaseScope, Completion, Delivery, ServiceCase, Termination
from models.evaluation import Evaluation
from models.fields import field_of
from models.places import County
from models.projects import Authority, Enterprise, Funding, Land, Project
from models.types import Labelled
from models.work import Agreement, Extension, Urge, WorkRecord

DATE = "    年    月    日"
NOTHING = ""
#: Room to write a name or a word by hand. Word keeps no-break spaces at the end of a line.
ROOM = "\u00a0" * 12
#: Keeps a choice and its box on one line. Every font has this space; narrower ones are missing from some.
BOUND = "\u00a0"
YES, NO = "是", "否"


#: Half widths of a character that a line of boxes in the application takes.
BOX_LINE = 47


def tick_boxes(
    names: tuple[str, ...], ticked: frozenset[str] | set[str] = frozenset(), *, width: int | None = None
) -> str:
    """The choices of a form, each followed by its box: 是 ☑  否 ☐.

    `width`: most half widths of a line. Word breaks a line between any two Chinese characters, so a list of choices
    that is longer than a line is broken here, between choices.
    """
    lines = [""]
    for name in names:
        choice = f"{name}{BOUND}{'☑' if name in ticked else '☐'}"
        longer = f"{lines[-1]}  {choice}" if lines[-1] else choice
        if lines[-1] and width is not None and _half_widths(longer) > width:
            lines.append(choice)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def _half_widths(text: str) -> int:
    return sum(1 if letter in (BOUND, " ") or letter.isascii() else 2 for letter in text)


def choice_boxes(kind: type[Labelled], chosen: Labelled | None = None) -> str:
    """A box for each choice of an enum, the chosen one ticked."""
    return tick_boxes(tuple(one.label for one in kind), {chosen.label} if chosen else set())


def yes_no_boxes(value: bool | None = None) -> str:
    """是 and 否, ticked as `value` says; both empty for None."""
    return tick_boxes((YES, NO), set() if value is None else {YES if value else NO})


def numbered_list(lines: list[str]) -> str:
    """①②③, a line each. An empty list gives three empty lines, to be filled in by hand."""
    filled = list(dict.fromkeys(lines)) or [""] * 3
    numbers = (chr(ord("①") + n) if n < 20 else f"({n + 1})" for n in range(len(filled)))
    return "\n".join(f"{number} {line}".rstrip() for number, line in zip(numbers, filled, strict=True))


@dataclass(frozen=True)
class Variable:
    """A variable of templates. `words`: its name; a variable of a column has the column's label without it."""

    code: str
    words: str = ""
    blank: str = NOTHING
    column: tuple[type[Any], str] | None = None

    @property
    def label(self) -> str:
        """What people call it."""
        return self.words or field_of(*self.column).label if self.column else self.words


def code_of(model: type[Any], key: str) -> str:
    """The code of the variable that shows a column: table and key, or the relation's name for a reference."""
    return f"{model.__tablename__}_{key}"


def of_column(model: type[Any], key: str, blank: str = NOTHING, *, words: str = "") -> Variable:
    """The variable that shows a column. `words`: where papers call it otherwise than lists and forms do."""
    return Variable(code_of(model, key), words, blank, (model, key))


#: Every variable under its heading, in the order of the page 单据.
GROUPS: tuple[tuple[str, tuple[Variable, ...]], ...] = (
    (
        "申请单位",
        (
            Variable("applicant", "申请单位", ROOM),
            of_column(Enterprise, "credit_code", words="信用代码"),
            of_column(Enterprise, "postcode"),
            of_column(Enterprise, "address", words="单位地址"),
            of_column(Enterprise, "principal"),
            of_column(Enterprise, "principal_phone"),
            of_column(Enterprise, "handler"),
            of_column(Enterprise, "handler_phone"),
        ),
    ),
    (
        "项目",
        (
            of_column(Project, "name", ROOM),
            of_column(Project, "code", ROOM, words="项目编号"),
            of_column(Project, "investment"),
            of_column(Project, "scale"),
            of_column(Project, "address"),
            of_column(Project, "funding", choice_boxes(Funding)),
            of_column(Project, "land", choice_boxes(Land)),
            of_column(Project, "is_key", yes_no_boxes()),
            of_column(Project, "started", yes_no_boxes()),
            of_column(Project, "industry_kind"),
            of_column(Project, "authority", choice_boxes(Authority)),
            of_column(Project, "major_plan"),
            of_column(Project, "guided", yes_no_boxes()),
            of_column(Project, "restricted", yes_no_boxes(), words="属宏观调控高耗能高污染资源类"),
        ),
    ),
    (
        "本件",
        (
            of_column(ServiceCase, "number"),
            Variable("case_course", "办理情况"),
            of_column(ServiceCase, "matter", ROOM),
            Variable("case_items", "具体事项", ROOM),
            of_column(ServiceCase, "scope", choice_boxes(CaseScope)),
            Variable("items_starting", "企业开办手续"),
            Variable("items_building", "项目建设手续"),
            Variable("items_utilities", "项目配套手续"),
            of_column(ServiceCase, "channel"),
            of_column(ServiceCase, "mode"),
            of_column(ServiceCase, "eligibility"),
            Variable("case_departments", "责任部门"),
            of_column(ServiceCase, "remark"),
            of_column(ServiceCase, "agent", ROOM),
            Variable("case_agent_phone", "代办员电话", ROOM),
            of_column(ServiceCase, "officer", ROOM),
            of_column(ServiceCase, "first_contact", ROOM),
            of_column(ServiceCase, "submitted_on", DATE),
            of_column(ServiceCase, "accepted_on", DATE),
            of_column(ServiceCase, "due_on", DATE),
            of_column(ServiceCase, "told_on", DATE, words="告知日期"),
            Variable("missing_materials", "缺少的材料", numbered_list([])),
            of_column(ServiceCase, "refusal", words="不予受理原因"),
        ),
    ),
    (
        "办结和终止",
        (
            of_column(Completion, "number", words="办结单编号"),
            of_column(Termination, "number", words="终止单编号"),
            of_column(Completion, "completed_on", DATE),
            of_column(Termination, "terminated_on", DATE),
            of_column(Termination, "reason"),
            of_column(Termination, "returned", words="移交资料"),
            Variable("termination_kept", "留存的资料及原因"),
            Variable("termination_way", "终止方式", "现经双方认可"),
        ),
    ),
    (
        "送达",
        (
            of_column(Delivery, "way"),
            of_column(Delivery, "delivered_on", DATE),
            of_column(Delivery, "documents", words="送达资料"),
            of_column(Delivery, "recipient"),
            of_column(Delivery, "tracking_number"),
            of_column(Delivery, "received_on", DATE),
            Variable("returned_materials", "退还材料", numbered_list([])),
            Variable("returned_how", "退还时间和方式", DATE),
        ),
    ),
    (
        "评价",
        (
            of_column(Evaluation, "grade"),
            of_column(Evaluation, "opinion"),
        ),
    ),
    (
        "委托协议",
        (
            of_column(Agreement, "number"),
            Variable("provider", "代办方", ROOM),
            Variable("provider_phone", "代办方电话", ROOM),
            of_column(Agreement, "client", ROOM),
            of_column(Agreement, "client_phone", ROOM),
            of_column(Agreement, "matter", ROOM),
            of_column(Agreement, "materials", numbered_list([]), words="材料清单"),
            of_column(Agreement, "signed_on", DATE),
        ),
    ),
    (
        "工作纪实",
        (
            of_column(WorkRecord, "happened_on", DATE, words="记录日期"),
            of_column(WorkRecord, "kind", words="记录类别"),
            of_column(WorkRecord, "subject"),
            of_column(WorkRecord, "visitor", words="来访人"),
            of_column(WorkRecord, "visitor_phone", words="来访电话"),
            of_column(WorkRecord, "staff"),
            of_column(WorkRecord, "content"),
            of_column(WorkRecord, "answer"),
        ),
    ),
    (
        "延期和督办",
        (
            Variable("extension_item", "延期事项", ROOM),
            of_column(Extension, "old_due", DATE),
            of_column(Extension, "new_due", DATE),
            of_column(Extension, "reason"),
            of_column(Urge, "number"),
            of_column(Urge, "department", ROOM),
            of_column(Urge, "issued_on", DATE),
            of_column(Urge, "reason"),
            of_column(Urge, "reply_due", DATE),
        ),
    ),
    (
        "打印",
        (
            of_column(County, "name", words="县名"),
            of_column(County, "lead_office"),
            of_column(County, "service_centre"),
            Variable("today", "今天", DATE),
        ),
    ),
)
#: What a blank form shows in the place of each variable, by code.
BLANK: Mapping[str, str] = {variable.code: variable.blank for _, group in GROUPS for variable in group}


def all_variables() -> Iterator[Variable]:
    """Every variable, in the order of the page 单据."""
    return (variable for _, group in GROUPS for variable in group)


def code_by_name() -> dict[str, str]:
    """Every name that a template may use, with the code it stands for.

    A code wins over a former name, and that over a present label: what a template meant when it was uploaded it
    goes on meaning. A label that two variables share is no name.
    """
    labels = [(variable.label, variable.code) for variable in all_variables()]
    shared = Counter(label for label, _ in labels)
    present = {label: code for label, code in labels if shared[label] == 1 and label.isidentifier()}
    return {**present, **FORMER_NAMES, **{code: code for code in BLANK}}


def written_names() -> dict[str, str]:
    """What people write for each code: its label, or the code where the label is no name of this variable."""
    codes = code_by_name()
    return {v.code: v.label if codes.get(v.label) == v.code else v.code for v in all_variables()}
