"""和硕县. Source: 硕政办发〔2024〕1号, 和硕县政务服务中心帮办代办工作制度 (H)."""

from __future__ import annotations

from decimal import Decimal

from models.items import ItemCategory
from models.places import Commitment, DepartmentKind, FilingParty, Meaning, OptionKind
from seed.counties import catalogue
from seed.counties.shape import CountyData, DepartmentSeed, Item

LEAD_OFFICE = "县政务服务中心"

#: Source: H 三(二).
_MORE_ITEMS = (
    Item(ItemCategory.OTHER, "食品经营许可", "市场监管局", 10),
    Item(ItemCategory.OTHER, "社保", "人社局", 1),
    Item(ItemCategory.OTHER, "税务", "税务局", 1),
)

HESHUO = CountyData(
    settings={
        "code": "652828",
        "name": "和硕县",
        "slug": "heshuo",
        "city": "巴音郭楞蒙古自治州",
        "area_code": "0996",
        "document": "和硕县政务服务中心帮办代办工作制度（硕政办发〔2024〕1号）",
        "lead_office": LEAD_OFFICE,
        "service_centre": "县政务服务中心",
        "service_word": "帮办代办",
        "agent_word": "帮代办专员",
        "applicants": "企业和群众",
        "project_decider": "重大项目年度计划，县委、县政府督办或指定",
        "enterprise_decider": None,
        "has_chief_officers": False,
        "has_stations": False,
        "officer_contacts": False,
        "officer_files": False,
        "officer_delivers": False,
        # Each unit sends 专(兼)职代办员. Source: H 四(三).
        "has_liaisons": True,
        "has_leaders": True,
        "filing": FilingParty.AGENT,
        "serves_people": True,
        "tells_form": False,
        "has_green_channel": False,
        "responsible_by_industry": True,
        "item_boxes": False,
        "proof_needed": False,
        "commitment": Commitment.NONE,
        "first_contact_needed": True,
        "agreement_needed": False,
        "check_needed": True,
        # Source: H 五(一).
        "process_told": True,
        "refusal_told": True,
        "obstacle_told": False,
        # Source: H 四(三).
        "has_lead_sections": False,
        "sections_take_over": False,
        "officer_brings": False,
        "tells_employment": True,
        "delivery_noted": False,
        "closes_on_receipt": True,
        "meeting_word": "并联审批会议",
        "agent_meets": False,
        "agent_urges": False,
        "extension_allowed": True,
        "eligibility_checked": True,
        "eligible_investment": Decimal(500),
        "evaluator_word": None,
        "due_soon_days": 3,
        "case_pattern": "硕帮代办〔{年}〕{0000}号",
        "completion_pattern": "硕办结〔{年}〕{0000}号",
        "termination_pattern": "硕终止〔{年}〕{0000}号",
        "agreement_pattern": "硕委协〔{年}〕{0000}号",
        "urge_pattern": "硕督办〔{年}〕{0000}号",
        "archive_pattern": "硕档〔{年}〕{0000}号",
        "completion_number_printed": False,
        "termination_number_printed": False,
        "ledger_reporter": "和硕县政务服务中心",
    },
    offices=(
        DepartmentSeed(LEAD_OFFICE, "政务服务中心", DepartmentKind.LEAD),
        *catalogue.OFFICES,
        *catalogue.places("特吾里克镇 塔哈其镇 曲惠镇 乌什塔拉回族民族乡 新塔热乡"),
        *catalogue.places("和硕经济开发区管委会", DepartmentKind.PARK),
    ),
    items=(
        *((item, catalogue.TAKEN_FROM_Z) for item in catalogue.ITEMS),
        *((item, "帮办代办工作制度三（二）") for item in _MORE_ITEMS),
    ),
    options={
        OptionKind.CHANNEL: ("服务岗",),
        OptionKind.MODE: ("预约", "延时", "错时"),
        OptionKind.DELIVERY_WAY: ("移交签收",),
        OptionKind.TERMINATION_REASON: catalogue.TERMINATION_REASONS,
        # Source: H 五(五).
        OptionKind.RELATION: (("申请人评价服务（好差评）", Meaning.BY_APPLICANT_SERVICE),),
        # Source: H 三.
        OptionKind.ELIGIBILITY: (
            ("行动不便或特殊群众的民生事项", Meaning.FOR_PEOPLE),
            ("新注册企业的设立、变更、食品经营许可、社保、税务", Meaning.FOR_STARTING),
            ("县级审批权限、符合产业导向、投资额达标的项目", Meaning.FOR_PROJECT),
            ("重大项目计划、重点督办、指定的项目", Meaning.FOR_DESIGNATED),
        ),
        # Source: H 五(一), 五(六).
        OptionKind.PAPER: (
            ("帮办代办申请表", Meaning.PAPER_APPLICATION),
            ("帮办代办工作台账", Meaning.PAPER_LEDGER),
        ),
        OptionKind.SCALE: catalogue.FIVE_GRADES,
    },
)
