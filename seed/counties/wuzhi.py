"""武陟县. Source: 武“放管服”组办〔2024〕3号, 武陟县政务服务帮办代办制度实施方案 (Z)."""

from __future__ import annotations

from models.places import Commitment, DepartmentKind, FilingParty, OptionKind, StationKind
from seed.counties import catalogue
from seed.counties.shape import CountyData, DepartmentSeed, StationSeed

#: Channels of the two kinds of 基层政务服务站.
CENTRE, POST = "便民服务中心", "邮政网点"
LEAD_OFFICE = "县行政审批和政务信息管理局"

WUZHI = CountyData(
    settings={
        "code": "410823",
        "name": "武陟县",
        "slug": "wuzhi",
        "city": "焦作市",
        "area_code": "0391",
        "document": "武陟县政务服务帮办代办制度实施方案（武“放管服”组办〔2024〕3号）",
        "lead_office": LEAD_OFFICE,
        "service_centre": "县政务服务中心",
        "service_word": "帮办代办",
        "agent_word": "全科代办员",
        "applicants": "法人、投资者",
        "project_decider": "发展改革委",
        "enterprise_decider": "科工局",
        "has_chief_officers": True,
        "officer_contacts": False,
        "officer_files": False,
        "officer_delivers": False,
        "has_liaisons": True,
        "has_leaders": False,
        "has_stations": True,
        "filing": FilingParty.APPLICANT,
        "serves_people": True,
        "tells_form": False,
        "has_green_channel": False,
        "responsible_by_industry": False,
        "item_boxes": True,
        "proof_needed": True,
        "commitment": Commitment.SEPARATE,
        "first_contact_needed": False,
        "agreement_needed": True,
        "check_needed": False,
        # Source: Z 二(二).
        "process_told": False,
        "refusal_told": True,
        "obstacle_told": True,
        "has_lead_sections": False,
        "sections_take_over": False,
        "officer_brings": False,
        "tells_employment": False,
        "delivery_noted": True,
        "closes_on_receipt": False,
        "meeting_word": "项目协调会",
        "agent_meets": True,
        "agent_urges": True,
        "extension_allowed": False,
        "eligibility_checked": False,
        "evaluator_word": "项目评价人",
        "due_soon_days": 3,
        "case_pattern": "武帮代办〔{年}〕{0000}号",
        "completion_pattern": "武办结〔{年}〕{0000}号",
        "termination_pattern": "武终止〔{年}〕{0000}号",
        "agreement_pattern": "武委协〔{年}〕{0000}号",
        "urge_pattern": "武督办〔{年}〕{0000}号",
        "archive_pattern": "武档〔{年}〕{0000}号",
        "completion_number_printed": True,
        "termination_number_printed": True,
        "ledger_reporter": "武陟县行政审批和政务信息管理局",
    },
    offices=(
        DepartmentSeed(LEAD_OFFICE, "行政审批局", DepartmentKind.LEAD),
        *catalogue.OFFICES,
        DepartmentSeed("科工局", "科工局"),
        *catalogue.places("木城街道 龙源街道 詹店镇 西陶镇 大封镇 宁郭镇"),
        *catalogue.places("武陟县先进制造业开发区", DepartmentKind.PARK),
    ),
    items=tuple((item, "实施方案附件2") for item in catalogue.ITEMS),
    options={
        # 便民服务中心 and 邮政网点 are 基层政务服务站, 武来办 the online entry. Source: Z 二(三), 四.
        OptionKind.CHANNEL: ("窗口", "电话", "网上", "武来办", CENTRE, POST),
        OptionKind.MODE: catalogue.MODES,
        OptionKind.DELIVERY_WAY: catalogue.DELIVERY_WAYS,
        OptionKind.TERMINATION_REASON: catalogue.TERMINATION_REASONS,
        OptionKind.RELATION: (catalogue.RATE_AGENT, *catalogue.RATE_WINDOWS),
        OptionKind.PAPER: catalogue.PAPERS,
        OptionKind.SCALE: catalogue.FOUR_GRADES,
    },
    stations=(
        StationSeed("木城街道便民服务中心", StationKind.TOWNSHIP_CENTRE, "木城街道兴华路", CENTRE),
        StationSeed("詹店镇便民服务中心", StationKind.TOWNSHIP_CENTRE, "詹店镇政府院内", CENTRE),
        StationSeed("邮政西陶支局", StationKind.POST_OFFICE, "西陶镇中心街", POST),
    ),
)
