"""巴林左旗. Source: 招商引资及重点投资项目“一对一”代办帮办工作方案 (B)."""

from __future__ import annotations

from models.places import Commitment, DepartmentKind, FilingParty, Meaning, OptionKind
from seed.counties import catalogue
from seed.counties.shape import CountyData, DepartmentSeed

LEAD_OFFICE = "政务服务局"

BALINZUOQI = CountyData(
    settings={
        "code": "150422",
        "name": "巴林左旗",
        "slug": "balinzuoqi",
        "city": "赤峰市",
        "area_code": "0476",
        "document": "巴林左旗政务服务局招商引资及重点投资项目“一对一”代办帮办工作方案",
        "lead_office": LEAD_OFFICE,
        "service_centre": "政务服务中心",
        "service_word": "代办帮办",
        "agent_word": "代办帮办人员",
        "applicants": "企业",
        "project_decider": None,
        "enterprise_decider": None,
        "has_chief_officers": False,
        "has_stations": False,
        "officer_contacts": False,
        "officer_files": False,
        "officer_delivers": False,
        # One 代办帮办人员 of the leading section handles the case; other sections claim their items. Source: B 五.3.
        "has_liaisons": False,
        "has_leaders": False,
        "filing": FilingParty.AGENT_OR_ACCOMPANIED,
        "serves_people": False,
        "tells_form": True,
        "has_green_channel": True,
        "responsible_by_industry": False,
        "item_boxes": False,
        "proof_needed": False,
        "commitment": Commitment.IN_AGREEMENT,
        "first_contact_needed": True,
        "agreement_needed": True,
        "check_needed": False,
        "process_told": False,
        "refusal_told": False,
        "obstacle_told": False,
        # Source: B 二.3, 五.3, 六.5.
        "has_lead_sections": True,
        "sections_take_over": True,
        "officer_brings": False,
        "tells_employment": False,
        "delivery_noted": False,
        "closes_on_receipt": True,
        "meeting_word": "科室集中研究",
        "agent_meets": True,
        "agent_urges": False,
        "extension_allowed": False,
        "eligibility_checked": False,
        "evaluator_word": None,
        "due_soon_days": 3,
        "case_pattern": "左代帮办〔{年}〕{0000}号",
        "completion_pattern": "左办结〔{年}〕{0000}号",
        "termination_pattern": "左终止〔{年}〕{0000}号",
        "agreement_pattern": "左委协〔{年}〕{0000}号",
        "urge_pattern": "左督办〔{年}〕{0000}号",
        "archive_pattern": "左档〔{年}〕{0000}号",
        "completion_number_printed": False,
        "termination_number_printed": False,
        "ledger_reporter": "巴林左旗政务服务局",
    },
    offices=(
        DepartmentSeed(LEAD_OFFICE, "政务服务局", DepartmentKind.LEAD),
        # 业务室 and 督查室 are named in B 九.1 and 八; the others are examples of 相关业务科室.
        *catalogue.places(
            "政务服务业务室 政务服务督查室 政务服务中心 企业开办股 投资项目审批股 工程建设审批股",
            DepartmentKind.SECTION,
        ),
        *catalogue.OFFICES,
        *catalogue.places("林东镇 隆昌镇 十三敖包镇 碧流台镇 富河镇"),
        *catalogue.places("巴林左旗工业园区", DepartmentKind.PARK),
    ),
    items=tuple((item, catalogue.TAKEN_FROM_Z) for item in catalogue.ITEMS),
    options={
        OptionKind.CHANNEL: ("代办帮办窗口", "电话", "网上"),
        OptionKind.MODE: ("现场兜底", "远程", "全程"),
        OptionKind.DELIVERY_WAY: ("当面递交", catalogue.BY_POST),
        OptionKind.TERMINATION_REASON: catalogue.TERMINATION_REASONS,
        # Source: B 八.
        OptionKind.RELATION: (
            ("督查室现场巡查", Meaning.BY_INSPECTORATE),
            ("满意度回访", Meaning.BY_REVISIT),
        ),
        # Source: B 附件1, 附件2, 六.3.
        OptionKind.PAPER: (
            ("事项代办委托协议", Meaning.PAPER_AGREEMENT),
            ("事项代办结果交付通知单", Meaning.PAPER_RESULT),
            ("代办帮办服务办结单", Meaning.PAPER_COMPLETION),
        ),
    },
)
