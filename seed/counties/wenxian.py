"""温县. Source: 温县政务服务帮办代办运行机制 (W)."""

from __future__ import annotations

from models.places import Commitment, DepartmentKind, FilingParty, OptionKind
from seed.counties import catalogue
from seed.counties.shape import CountyData, DepartmentSeed

LEAD_OFFICE = "县政务服务帮办代办工作领导小组办公室"

WENXIAN = CountyData(
    settings={
        "code": "410825",
        "name": "温县",
        "slug": "wenxian",
        "city": "焦作市",
        "area_code": "0391",
        "document": "温县政务服务帮办代办运行机制（中共温县县委办公室2023年1月11日印发）",
        "lead_office": LEAD_OFFICE,
        "service_centre": "政务服务中心",
        "service_word": "帮办代办",
        "agent_word": "全科代办员",
        "applicants": "法人",
        "project_decider": "发展改革委",
        "enterprise_decider": "科工信局",
        "has_chief_officers": True,
        "has_stations": False,
        "officer_contacts": True,
        "officer_files": True,
        "officer_delivers": True,
        # W names chief officers and agents only; 业务专办员 first appear in Z.
        "has_liaisons": False,
        "has_leaders": False,
        "filing": FilingParty.STAFF,
        "serves_people": False,
        "tells_form": False,
        "has_green_channel": False,
        "responsible_by_industry": False,
        "item_boxes": False,
        "proof_needed": True,
        "commitment": Commitment.SEPARATE,
        "first_contact_needed": False,
        "agreement_needed": True,
        "check_needed": False,
        "process_told": False,
        "refusal_told": False,
        "obstacle_told": False,
        # Source: W 附件1 三.
        "has_lead_sections": False,
        "sections_take_over": False,
        "officer_brings": True,
        "tells_employment": False,
        "delivery_noted": True,
        "closes_on_receipt": False,
        "meeting_word": "项目协调会",
        "agent_meets": True,
        "agent_urges": False,
        "extension_allowed": False,
        "eligibility_checked": False,
        "code_word": "项目编码",
        "evaluator_word": "项目经办人",
        "due_soon_days": 3,
        "case_pattern": "温帮代办〔{年}〕{0000}号",
        "completion_pattern": "温办结〔{年}〕{0000}号",
        "termination_pattern": "温终止〔{年}〕{0000}号",
        "agreement_pattern": "温委协〔{年}〕{0000}号",
        "urge_pattern": "温督办〔{年}〕{0000}号",
        "archive_pattern": "温档〔{年}〕{0000}号",
        "completion_number_printed": False,
        "termination_number_printed": True,
        "ledger_reporter": "温县政务服务帮办代办工作领导小组办公室",
    },
    offices=(
        DepartmentSeed(LEAD_OFFICE, "帮办代办办公室", DepartmentKind.LEAD),
        *catalogue.OFFICES,
        DepartmentSeed("科工信局", "科工信局"),
        *catalogue.places("温泉街道 祥云镇 番田镇 黄庄镇 赵堡镇 武德镇"),
        *catalogue.places("温县先进制造业开发区", DepartmentKind.PARK),
    ),
    items=tuple((item, catalogue.TAKEN_FROM_Z) for item in catalogue.ITEMS),
    options={
        OptionKind.CHANNEL: ("窗口", "电话", "网上"),
        OptionKind.MODE: catalogue.MODES,
        OptionKind.DELIVERY_WAY: catalogue.DELIVERY_WAYS,
        OptionKind.TERMINATION_REASON: catalogue.TERMINATION_REASONS,
        OptionKind.RELATION: (
            catalogue.RATE_AGENT,
            catalogue.RATE_OFFICER,
            *catalogue.RATE_WINDOWS,
        ),
        OptionKind.PAPER: catalogue.PAPERS,
        OptionKind.SCALE: catalogue.FOUR_GRADES,
    },
)
