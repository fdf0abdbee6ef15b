"""The layout of each paper, after the county's document. Titles and labels are quoted; sentences are our own.

Source: W 附件2-6; Z 附件2-6; B 附件1-2, 六.1-3; H 五; 领域 8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from documents.parts import ABOVE, Cell, Grid, Paper, Part, Space, Tear, TextLine, label, value
from documents.variables import ROOM
from models.places import Commitment, County, Meaning

Parts = tuple[Part, ...]
#: The county's names for the papers that its list of papers has.
Names = Mapping[Meaning, str]
#: Widths in cm. FIVE: outer label, inner label, value, label on the right, its value. TWO: label, value.
FIVE = (3.75, 2.85, 2.8, 2.9, 4.3)
TWO = (3.8, 12.8)


def application(county: County, title: str) -> Parts:
    """申请表. Source: W, Z 附件2; H 五(一) names it without a layout."""
    rows: list[tuple[Cell, ...]] = [
        (label("申请单位情况", len(FIVE)),),
        (label("项目单位名称"), value("applicant", 2), label("邮编"), value("enterprise_postcode")),
        (label("项目单位地址"), value("enterprise_address", 4)),
        (
            label("项目单位负责人"),
            value("enterprise_principal", 2),
            label("联系电话"),
            value("enterprise_principal_phone"),
        ),
        (label("项目单位经办人"), value("enterprise_handler", 2), label("联系电话"), value("enterprise_handler_phone")),
        (label("项目基本情况", len(FIVE)),),
        (label("项目名称"), value("project_name", 4)),
        (label(county.code_word), value("project_code", 4)),
        (label("投资总额"), value("project_investment", 2), label("建设规模"), value("project_scale")),
        (label("建设地址"), value("project_address", 4)),
        (label("资金来源"), value("project_funding", 4)),
        (label("土地性质"), value("project_land", 2), label("是否重点项目"), value("project_is_key")),
        (label("委托\\帮办代办事项"), value("service_case_scope", 2), label("是否开工"), value("project_started")),
    ]
    if county.item_boxes:
        rows += [
            (label("具体服务事项", rows=3), label("企业开办手续"), value("items_starting", 3)),
            (ABOVE, label("项目建设手续"), value("items_building", 3)),
            (ABOVE, label("项目配套手续"), value("items_utilities", 3)),
        ]
    else:
        rows.append((label("具体事项"), value("case_items", 4)))
    if county.eligibility_checked:
        rows += _conditions()
    rows.append((label("备注"), value("service_case_remark", 4)))
    promise = "本人承诺：以上信息和随表提交的资料均真实无误；如有不实，由此产生的一切后果由本人承担。"
    checked = f"委托需求和资料已核实，{county.agent_word}签字：{ROOM}"
    return (
        TextLine(title, "title"),
        Grid(FIVE, tuple(rows), height=0.65),
        TextLine(promise, "note"),
        TextLine(f"单位（盖章）签字：{ROOM}", "right"),
        TextLine("{{ service_case_submitted_on }}", "right"),
        *((TextLine(checked, "note"),) if county.check_needed else ()),
    )


def _conditions() -> list[tuple[Cell, ...]]:
    """What decides whether a project is served. Source: H 三(三)-(四)."""
    return [
        (label("产业类型"), value("project_industry_kind", 2), label("符合产业导向"), value("project_guided")),
        (label("审批权限级别"), value("project_authority", 4)),
        (label("重大项目年度计划"), value("project_major_plan", 4)),
        (label("宏观调控、高耗能、高污染、资源类", 2), value("project_restricted", 3)),
        (label("服务条件"), value("service_case_eligibility", 4)),
    ]


def application_notes(county: County, names: Names) -> Parts:
    """注 under the 申请表: only those that apply in the county. Source: W, Z 附件2; B and H have none."""
    notes = []
    if county.proof_needed:
        notes.append("申请时请出示申请单位出具的书面委托证明。")
    if Meaning.PAPER_TERMINATION in names:
        notes.append(
            "受理后，项目不符合现行法律法规、规章和政策，或因法律法规、规章和政策调整、不可抗力不再具备办理条件的，"
            "申请单位提出终止的，申请单位不配合、弄虚作假致使办理无法推进的，"
            f"均应与申请单位办理终止手续，填写《{names[Meaning.PAPER_TERMINATION]}》，注明终止原因，移交相关资料。"
        )
    return tuple(TextLine(f"{'' if n > 1 else '注：'}{n}.{note}", "note") for n, note in enumerate(notes, 1))


def commitment(county: County, title: str) -> Parts:
    """承诺书, to the 政务服务中心. Source: W, Z 附件3."""
    duties = (
        f"一、如实填写申请表，配合编制项目报批计划；备齐项目申报材料，在{county.service_word}人员指导下有序申报。",
        "二、与委托单位保持联系并予督促，按要求及时补充、完善申报资料。",
        f"三、{county.service_word}工作需要召开{county.meeting_word}时，派人参加并予配合。",
        "四、按时办理各项缴费手续，认真承担项目业主应尽的其他责任。",
        "五、对建设项目和申报材料的真实性、合法性负责，并承担相应的法律责任。",
        "六、事项办完、审批结果送达后，配合填写办结单和评价表。",
        f"七、项目或事项本身不具备办理条件，或者申报材料弄虚作假、有其他违法违规情形的，配合填写终止单，结束{county.service_word}服务。",
    )
    return (
        TextLine(title, "title"),
        TextLine(
            f"本单位向{{{{ county_service_centre }}}}申请{county.service_word}服务"
            "（项目名称：{{ project_name }}），承诺做到："
        ),
        *(TextLine(duty) for duty in duties),
        Space(2),
        TextLine("单位（盖章）：{{ applicant }}", "stamp"),
        TextLine("项目经办人签字：", "stamp"),
        TextLine("{{ service_case_submitted_on }}", "right"),
    )


def completion(county: County, title: str) -> Parts:
    """办结单: two copies on one page. Source: W, Z 附件4; B 六.3 names it without a layout."""
    number: Parts = (TextLine("编号：{{ completion_number }}", "number"),) if county.completion_number_printed else ()
    text = (
        f"兹有{county.service_word}项目（名称：{{{{ project_name }}}}）（项目编号：{{{{ project_code }}}}），"
        "委托的事项已于{{ completion_completed_on }}全部办完，有关资料移交清楚，现予办结。"
    )
    signed = _signed(county)
    kept = "（第一联：企业留存  第二联：政务服务中心留存）"

    def copy(which: str) -> Parts:
        return (
            TextLine(f"{title}（{which}）", "title"),
            TextLine(kept, "copy"),
            *number,
            TextLine(text),
            Space(1),
            *signed,
            TextLine("{{ completion_completed_on }}", "right"),
        )

    return (*copy("第一联"), Tear(), *copy("第二联"))


#: Who signs a slip for the applicant: the person who signed the 承诺书. Source: W, Z 附件3-5; B 六.3, 附件2; H 五(三).
SIGNER = {Commitment.SEPARATE: "项目经办人", Commitment.IN_AGREEMENT: "委托人", Commitment.NONE: "申请人"}


def _signed(county: County) -> Parts:
    """The line of signatures: for the applicant and for the service."""
    return (TextLine(f"{SIGNER[county.commitment]}签字：{' ' * 16}{county.service_word}人员签字：", "sign"),)


def termination(county: County, title: str) -> Parts:
    """终止单. The notes of 附件2 ask for the line with the reason. Source: W, Z 附件5; H 五(三)."""
    number: Parts = (TextLine("编号：{{ termination_number }}", "number"),) if county.termination_number_printed else ()
    return (
        TextLine(title, "title"),
        *number,
        TextLine(
            f"兹有{county.service_word}项目（名称：{{{{ project_name }}}}）（项目编号：{{{{ project_code }}}}），"
            "{{ termination_way }}，于{{ termination_terminated_on }}终止委托，有关资料移交清楚。"
        ),
        TextLine("终止原因：{{ termination_reason }}"),
        TextLine("移交的资料：{{ termination_returned }}"),
        TextLine("留存的资料及原因：{{ termination_kept }}"),
        Space(2),
        *_signed(county),
        TextLine("{{ termination_terminated_on }}", "right"),
    )


def evaluation(county: County, title: str) -> Parts:
    """评价表. Source: W, Z 附件6."""
    return (
        TextLine(title, "title"),
        TextLine(
            f"兹有{county.service_word}项目（名称：{{{{ project_name }}}}）（项目编号：{{{{ project_code }}}}），"
            "服务已于{{ completion_completed_on }}完成，请您综合评价（在选项后面打勾）："
        ),
        TextLine("{{ evaluation_grade }}"),
        TextLine("您的意见和建议，帮助我们改进服务："),
        TextLine("{{ evaluation_opinion }}"),
        Space(6),
        TextLine(f"{county.evaluator_word or '评价人'}：{ROOM}", "right"),
        TextLine("    年    月    日", "right"),
    )


def agreement(county: County, title: str) -> Parts:
    """委托协议. Source: B 附件1, which has no 编号."""
    return (
        TextLine(title, "title"),
        TextLine("代办方：{{ provider }}"),
        TextLine("电话：{{ provider_phone }}"),
        TextLine("委托方：{{ agreement_client }}"),
        TextLine("电话：{{ agreement_client_phone }}"),
        TextLine("委托方把 {{ agreement_matter }} 业务委托给代办方办理，交来下列材料，并承诺材料真实："),
        TextLine("{{ agreement_materials }}", "list"),
        Space(2),
        TextLine(f"代办方签字：{ROOM}委托方签字：{ROOM}", "right"),
        TextLine("{{ agreement_signed_on }}", "right"),
    )


def result(county: County, title: str) -> Parts:
    """结果交付通知单. Source: B 附件2."""
    return (
        TextLine(title, "title"),
        TextLine(
            "{{ service_case_accepted_on }}，{{ service_case_agent }} 接受 {{ applicant }} 委托办理 "
            "{{ case_items }} 业务，现将办理情况通知如下："
        ),
        TextLine("1.办理情况概述：{{ case_course }}"),
        TextLine(
            "2.办理结果反馈送达时间及方式：{{ delivery_delivered_on }}，{{ delivery_way }}"
            "{% if delivery_documents %}，送达{{ delivery_documents }}{% endif %}"
        ),
        TextLine("3.返还材料时间、方式与材料清单：{{ returned_how }}"),
        TextLine("{{ returned_materials }}", "list"),
        Space(2),
        TextLine(f"委托人签字：{ROOM}", "right"),
        TextLine("{{ delivery_delivered_on }}", "right"),
    )


class Row(NamedTuple):
    """A row of a form with two columns. `tall`: it has room for several lines of handwriting."""

    label: str
    text: str
    tall: bool = False


def _table(title: str, *rows: Row) -> Parts:
    """A form with two columns: labels, and what is filled in."""
    cells = tuple((label(row.label), Cell(row.text)) for row in rows)
    tall = tuple(number for number, row in enumerate(rows) if row.tall)
    return (TextLine(title, "title"), Grid(TWO, cells, height=1.0, tall=tall))


def record(county: County, title: str) -> Parts:
    """工作纪实. Source: W, Z 附件1 五."""
    return (
        *_table(
            title,
            Row("服务对象", "{{ applicant }}"),
            Row("项目名称", "{{ project_name }}"),
            Row("受理编号", "{{ service_case_number }}"),
            Row("日期", "{{ work_record_happened_on }}"),
            Row("类别", "{{ work_record_kind }}"),
            Row("事由", "{{ work_record_subject }}"),
            Row("联系人", "{{ work_record_visitor }} {{ work_record_visitor_phone }}"),
            Row("内容", "{{ work_record_content }}", True),
            Row("结果", "{{ work_record_answer }}", True),
        ),
        TextLine("服务人员：{{ work_record_staff }}", "under"),
    )


def consultation(county: County, title: str) -> Parts:
    """接待咨询记录. Source: B 六.1; H 五(一)."""
    return (
        *_table(
            title,
            Row("接待日期", "{{ work_record_happened_on }}"),
            Row("来访单位", "{{ applicant }}"),
            Row("来访人", "{{ work_record_visitor }}"),
            Row("联系电话", "{{ work_record_visitor_phone }}"),
            Row("咨询事项", "{{ work_record_subject }}"),
            Row("咨询内容", "{{ work_record_content }}", True),
            Row("答复", "{{ work_record_answer }}", True),
            Row("首问责任人", "{{ service_case_first_contact }}"),
        ),
        TextLine("接待人员：{{ work_record_staff }}", "under"),
    )


def posting(county: County, title: str) -> Parts:
    """邮寄记录. Source: B 六.3."""
    return (
        *_table(
            title,
            Row("受理编号", "{{ service_case_number }}"),
            Row("收件单位", "{{ applicant }}"),
            Row("收件人", "{{ delivery_recipient }}"),
            Row("联系电话", "{{ enterprise_handler_phone }}"),
            Row("地址", "{{ enterprise_address }}"),
            Row("邮寄日期", "{{ delivery_delivered_on }}"),
            Row("邮寄单号", "{{ delivery_tracking_number }}"),
            Row("邮寄的证照和资料", "{{ delivery_documents }}"),
            Row("签收日期", "{{ delivery_received_on }}"),
        ),
        TextLine(f"{county.agent_word}：{{{{ service_case_agent }}}}", "under"),
    )


def _notice(title: str, to: str, *lines: str, date: str, number: str = "") -> Parts:
    """A notice: title, number, addressee, text, sender, date."""
    return (
        TextLine(title, "title"),
        *((TextLine(f"编号：{number}", "number"),) if number else ()),
        TextLine(f"{to}：", "to"),
        *(TextLine(line, "list" if line == "{{ missing_materials }}" else "body") for line in lines),
        Space(2),
        TextLine("{{ county_lead_office }}（盖章）", "right"),
        TextLine(date, "right"),
    )


def missing(county: County, title: str) -> Parts:
    """一次性告知书. Source: B 六.2; 领域 4, notify."""
    return _notice(
        title,
        "{{ applicant }}",
        f"您提出的{county.service_word}申请（{{{{ service_case_matter }}}}）收悉。"
        "还缺少以下材料，请按后面写明的办法补齐：",
        "{{ missing_materials }}",
        "补齐后交{{ county_lead_office }}，联系人 {{ service_case_first_contact }}。材料补齐之日起继续办理。",
        date="{{ service_case_told_on }}",
    )


def rejection(county: County, title: str) -> Parts:
    """不予受理告知. Source: H 五(一)."""
    return _notice(
        title,
        "{{ applicant }}",
        f"您提出的{county.service_word}申请（{{{{ service_case_matter }}}}）收悉。经核对，不能受理，原因是：",
        "{{ service_case_refusal }}",
        "条件具备后可以重新申请；您也可以自行到相关窗口办理。",
        date="{{ service_case_told_on }}",
    )


def extension(county: County, title: str) -> Parts:
    """延期告知. Source: H 五(三)."""
    return _notice(
        title,
        "{{ applicant }}",
        f"您委托{county.service_word}的件（{{{{ service_case_number }}}}）中，“{{{{ extension_item }}}}”"
        "原应于{{ extension_old_due }}办结。",
        "因 {{ extension_reason }}，延至{{ extension_new_due }}。给您带来不便，请予谅解；"
        "有疑问请与 {{ service_case_agent }} 联系。",
        date="{{ service_case_told_on }}",
    )


def urge(county: County, title: str) -> Parts:
    """督办单. Source: Z 四; H 四(二)."""
    return _notice(
        title,
        "{{ urge_department }}",
        f"{county.service_word}件（{{{{ service_case_number }}}}，{{{{ applicant }}}}，"
        "{{ service_case_matter }}）现予督办，事由：",
        "{{ urge_reason }}",
        "请于{{ urge_reply_due }}前书面回复办理情况。",
        date="{{ urge_issued_on }}",
        number="{{ urge_number }}",
    )


@dataclass(frozen=True)
class PaperKind:
    """A kind of paper.

    Its name is the one that the county's list of papers has for its `meaning`, else its `title`. A county that has
    neither has no such paper. `when`: whether a county has the paper under the `title`; its own name is enough
    otherwise. `notes`: small print below the layout.
    """

    #: Code of the paper in addresses, stored templates and print records.
    key: str
    layout: Callable[[County, str], Parts]
    meaning: Meaning | None = None
    title: str = ""
    when: Callable[[County], bool] = lambda county: True
    notes: Callable[[County, Names], Parts] = lambda county, names: ()


KINDS: tuple[PaperKind, ...] = (
    PaperKind("application", application, Meaning.PAPER_APPLICATION, notes=application_notes),
    PaperKind("commitment", commitment, Meaning.PAPER_COMMITMENT),
    # W and Z sign one as well, without a form of theirs. Source: W, Z 附件1 一.
    PaperKind(
        "agreement",
        agreement,
        Meaning.PAPER_AGREEMENT,
        "{service}委托协议",
        when=lambda county: county.agreement_needed,
    ),
    PaperKind("consultation", consultation, title="接待咨询记录"),
    PaperKind("missing", missing, title="一次性告知书"),
    PaperKind("rejection", rejection, title="不予受理告知书"),
    PaperKind("extension", extension, title="延期告知书", when=lambda county: county.extension_allowed),
    PaperKind("urge", urge, title="督办单"),
    PaperKind("record", record, title="{service}情况工作纪实"),
    PaperKind("posting", posting, title="邮寄记录"),
    PaperKind("result", result, Meaning.PAPER_RESULT),
    PaperKind("completion", completion, Meaning.PAPER_COMPLETION),
    # B and H name no such paper, but H 五(三) has the end signed, with its reason and what was handed back.
    PaperKind("termination", termination, Meaning.PAPER_TERMINATION, "{service}服务终止单"),
    PaperKind("evaluation", evaluation, Meaning.PAPER_EVALUATION),
)


def papers_of(county: County, names: Names) -> dict[str, Paper]:
    """The papers of the county by key. `names`: the names in its list of papers."""
    found, words = {}, cast(County, _PlainCounty(county))
    for kind in KINDS:
        named = names.get(kind.meaning) if kind.meaning else None
        title = named or (kind.title.format(service=words.service_word) if kind.when(county) else "")
        if title:
            title = plain(title)
            found[kind.key] = Paper(kind.key, title, kind.layout(words, title) + kind.notes(words, names))
    return found


def plain(text: str) -> str:
    """A county's own word with braces made full-width, so that it cannot be read as a variable."""
    return text.replace("{", "｛").replace("}", "｝")


class _PlainCounty:
    """Gives the settings of a county with every text passed through `plain`."""

    def __init__(self, county: County) -> None:
        self._county = county

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._county, name)
        return plain(value) if isinstance(value, str) else value
