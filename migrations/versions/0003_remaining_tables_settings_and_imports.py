"""The remaining tables, the counties' remaining settings, imports; number patterns in Chinese"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: What the documents say, for the counties that are there already: by 行政区划代码.
SETTINGS = {
    "410825": {
        "officer_contacts": True,
        "officer_files": True,
        "commitment": "separate",
        "termination_number_printed": True,
    },
    "410823": {
        "commitment": "separate",
        "completion_number_printed": True,
        "termination_number_printed": True,
    },
    "150422": {"commitment": "in_agreement"},
    "652828": {
        "commitment": "none",
        "has_leaders": True,
        "eligibility_checked": True,
        "eligible_investment": 500,
    },
}
_WINDOWS = (
    ("relation", "首席服务员评价综合窗口", "officer_window"),
    ("relation", "综合窗口评价业务专办窗口", "window_business"),
)
_PAPERS = (
    ("paper", "帮办代办服务申请表", "application"),
    ("paper", "申请帮办代办服务承诺书", "commitment"),
    ("paper", "帮办代办项目办结单", "completion"),
    ("paper", "帮办代办服务项目终止单", "termination"),
    ("paper", "帮办代办服务评价表", "evaluation"),
)
_AGENT = ("relation", "企业评价全科代办员", "applicant_agent")
OPTIONS = {
    "410825": (
        _AGENT,
        ("relation", "企业评价首席服务员", "applicant_officer"),
        *_WINDOWS,
        *_PAPERS,
    ),
    "410823": (_AGENT, *_WINDOWS, *_PAPERS),
    "150422": (
        ("relation", "督查室现场巡查", "inspectorate"),
        ("relation", "满意度回访", "revisit"),
        ("paper", "事项代办委托协议", "agreement"),
        ("paper", "事项代办结果交付通知单", "result"),
        ("paper", "代办帮办服务办结单", "completion"),
    ),
    "652828": (
        ("relation", "申请人评价服务（好差评）", "applicant_service"),
        ("eligibility", "行动不便或特殊群众的民生事项", "people"),
        ("eligibility", "新注册企业的设立、变更、食品经营许可、社保、税务", "starting"),
        ("eligibility", "县级审批权限、符合产业导向、投资额达标的项目", "project"),
        ("eligibility", "重大项目计划、重点督办、指定的项目", "designated"),
        ("paper", "帮办代办申请表", "application"),
        ("paper", "帮办代办工作台账", "ledger"),
    ),
}
FLAGS = (
    "officer_contacts",
    "officer_files",
    "has_leaders",
    "eligibility_checked",
    "completion_number_printed",
    "termination_number_printed",
)
TEXTS = {"commitment": 32, "extension_approver": 32, "agreement_pattern": 60, "urge_pattern": 60}


def upgrade() -> None:
    _create_tables()
    _add_settings()
    _change_options()
    _change_numbers()
    with op.batch_alter_table("staff") as batch_op:
        batch_op.add_column(
            sa.Column("window_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"))
        )
        batch_op.create_index("ix_staff_window_id", ["window_id"])
        batch_op.create_foreign_key(op.f("fk_staff_window_id"), "service_window", ["window_id"], ["id"])


def _add_settings() -> None:
    money = sa.Numeric(14, 2).with_variant(sa.BigInteger(), "sqlite")
    with op.batch_alter_table("county") as batch_op:
        for name in FLAGS:
            batch_op.add_column(
                sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
            )
        for name, length in TEXTS.items():
            batch_op.add_column(sa.Column(name, sa.String(length)))
        batch_op.add_column(sa.Column("eligible_investment", money))
    _fill_settings()
    with op.batch_alter_table("county") as batch_op:
        for name in FLAGS:
            batch_op.alter_column(name, server_default=None)
        for name, length in TEXTS.items():
            batch_op.alter_column(name, existing_type=sa.String(length), nullable=False)
        batch_op.create_check_constraint(
            "commitment", "commitment IN ('separate', 'in_agreement', 'none')"
        )
        batch_op.create_check_constraint(
            "extension_approver", "extension_approver IN ('lead_office', 'dept_leader')"
        )
        batch_op.drop_column("commitment_needed")


def _fill_settings() -> None:
    """The new columns of the counties that are there; {year} and {seq:04d} become {年} and {0000}."""
    connection = op.get_bind()
    patterns = ("case_pattern", "completion_pattern", "termination_pattern")
    names = ("code", "commitment_needed", "eligible_investment", *patterns, *FLAGS, *TEXTS)
    county = sa.table("county", *(sa.column(name) for name in names))
    for row in connection.execute(sa.select(county)).mappings().all():
        other = {"commitment": "separate" if row["commitment_needed"] else "none"}
        own = dict(SETTINGS.get(row["code"], other))
        if "eligible_investment" in own and connection.dialect.name == "sqlite":
            own["eligible_investment"] *= 100  # Money keeps hundredths there
        own |= {name: _chinese(row[name]) for name in patterns}
        first = own["case_pattern"][0]
        own |= {
            "extension_approver": "lead_office",
            "agreement_pattern": first + "委协〔{年}〕{0000}号",
            "urge_pattern": first + "督办〔{年}〕{0000}号",
        }
        connection.execute(sa.update(county).where(county.c.code == row["code"]).values(own))


def _chinese(pattern: str) -> str:
    for digits in range(9, 0, -1):
        pattern = pattern.replace(f"{{seq:0{digits}d}}", "{" + "0" * digits + "}")
    return pattern.replace("{seq}", "{0}").replace("{year}", "{年}")


def _change_options() -> None:
    with op.batch_alter_table("county_option") as batch_op:
        batch_op.add_column(sa.Column("meaning", sa.String(32)))
        batch_op.drop_constraint(op.f("ck_county_option_kind"), type_="check")
        batch_op.create_check_constraint(
            "kind",
            "kind IN ('channel', 'mode', 'delivery_way', 'termination_reason', 'scale', 'relation', "
            "'eligibility', 'paper')",
        )
        batch_op.create_check_constraint(
            "meaning",
            "meaning IN ('posted', 'applicant_agent', 'applicant_officer', 'officer_window', "
            "'window_business', 'inspectorate', 'revisit', 'applicant_service', 'people', 'starting', "
            "'project', 'designated', 'application', 'commitment', 'completion', 'termination', "
            "'evaluation', 'agreement', 'result', 'ledger')",
        )
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE county_option SET meaning = 'posted' WHERE needs_tracking"))
    names = (
        "county_id",
        "kind",
        "name",
        "meaning",
        "position",
        "active",
        "version",
        "needs_tracking",
    )
    option = sa.table(
        "county_option",
        *(sa.column(n, sa.Boolean() if n in ("active", "needs_tracking") else None) for n in names),
    )
    for id_, code in connection.execute(sa.text("SELECT id, code FROM county")).all():
        for position, (kind, name, meaning) in enumerate(OPTIONS.get(code, ()), 1):
            row = (id_, kind, name, meaning, position, True, 1, False)
            connection.execute(sa.insert(option).values(dict(zip(names, row, strict=True))))
    with op.batch_alter_table("county_option") as batch_op:
        batch_op.drop_column("needs_tracking")


def _change_numbers() -> None:
    with op.batch_alter_table("number_sequence") as batch_op:
        batch_op.drop_constraint(op.f("ck_number_sequence_kind"), type_="check")
        batch_op.create_check_constraint(
            "kind", "kind IN ('case', 'completion', 'termination', 'agreement', 'urge')"
        )


def _create_tables() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_workday", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=True),
        sa.Column("county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("document", sa.String(length=120), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_calendar_day_county_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
    )
    with op.batch_alter_table("calendar_day", schema=None) as batch_op:
        batch_op.create_index(
            "uq_calendar_day_county",
            ["county_id", "day"],
            unique=True,
            sqlite_where=sa.text("county_id IS NOT NULL"),
            postgresql_where=sa.text("county_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_calendar_day_national",
            ["day"],
            unique=True,
            sqlite_where=sa.text("county_id IS NULL"),
            postgresql_where=sa.text("county_id IS NULL"),
        )

    op.create_table(
        "common_issue",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("departments", sa.String(length=200), nullable=True),
        sa.Column("solution", sa.String(length=1000), nullable=True),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("solved_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_common_issue_county_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_common_issue")),
    )
    with op.batch_alter_table("common_issue", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_common_issue_county_id"), ["county_id"], unique=False)

    op.create_table(
        "policy_document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("issuer", sa.String(length=60), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("effective_until", sa.Date(), nullable=True),
        sa.Column("summary", sa.String(length=1000), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_policy_document_county_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_document")),
    )
    with op.batch_alter_table("policy_document", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_policy_document_county_id"), ["county_id"], unique=False
        )

    op.create_table(
        "service_phrase",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("phrase", sa.String(length=200), nullable=False),
        sa.Column("scene", sa.String(length=40), nullable=False),
        sa.Column("forbidden", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_service_phrase_county_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_phrase")),
    )
    with op.batch_alter_table("service_phrase", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_phrase_county_id"), ["county_id"], unique=False
        )

    op.create_table(
        "training",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("trainer", sa.String(length=30), nullable=True),
        sa.Column("attendees", sa.Integer(), nullable=True),
        sa.Column("content", sa.String(length=1000), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_training_county_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
    )
    with op.batch_alter_table("training", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_county_id"), ["county_id"], unique=False)

    op.create_table(
        "service_window",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "general",
                "business",
                "station",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("hours", sa.String(length=60), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_service_window_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_service_window_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_window")),
    )
    with op.batch_alter_table("service_window", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_window_county_id"), ["county_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_service_window_department_id"), ["department_id"], unique=False
        )
        batch_op.create_index(
            "uq_service_window_name",
            ["county_id", "name"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )

    op.create_table(
        "commendation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "praise",
                "punishment",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(length=60), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_commendation_county_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_commendation_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commendation")),
    )
    with op.batch_alter_table("commendation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commendation_county_id"), ["county_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commendation_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("remark", sa.String(length=100), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "uploaded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("owner_table", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stored_name", sa.String(length=40), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_attachment_county_id")),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["user.id"], name=op.f("fk_attachment_uploaded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_attachment_stored_name")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_county_id"), ["county_id"], unique=False)
        batch_op.create_index("ix_attachment_owner", ["owner_table", "owner_id"], unique=False)

    op.create_table(
        "import_batch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "checked",
                "done",
                "undone",
                "dropped",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("doubtful", sa.Integer(), nullable=False),
        sa.Column("ignored", sa.String(length=500), nullable=True),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "brought_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brought_by_id"], ["user.id"], name=op.f("fk_import_batch_brought_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_import_batch_county_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_batch_county_id"), ["county_id"], unique=False)

    op.create_table(
        "item_material",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("original", sa.Boolean(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_item_material_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["service_item.id"], name=op.f("fk_item_material_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_material")),
        sa.UniqueConstraint("item_id", "name", name=op.f("uq_item_material_item_id_name")),
    )
    with op.batch_alter_table("item_material", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_material_county_id"), ["county_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_item_material_item_id"), ["item_id"], unique=False)

    op.create_table(
        "import_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_import_file_county_id")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_import_file_batch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_file")),
        sa.UniqueConstraint("batch_id", name=op.f("uq_import_file_batch_id")),
    )
    op.create_index("ix_import_file_county_id", "import_file", ["county_id"])

    op.create_table(
        "import_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "created",
                "changed",
                "wrong",
                name="result",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=120), nullable=True),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("row_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_import_line_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_import_line_county_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_line")),
    )
    with op.batch_alter_table("import_line", schema=None) as batch_op:
        batch_op.create_index("ix_import_line_batch_row", ["batch_id", "row_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_line_county_id"), ["county_id"], unique=False)

    op.create_table(
        "agreement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "agreement",
                "mandate",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("client", sa.String(length=100), nullable=False),
        sa.Column("client_phone", sa.String(length=30), nullable=True),
        sa.Column("matter", sa.String(length=200), nullable=False),
        sa.Column("materials", sa.String(length=1000), nullable=True),
        sa.Column("truth_promised", sa.Boolean(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "enterprise_id IS NOT NULL OR project_id IS NOT NULL OR case_id IS NOT NULL",
            name=op.f("ck_agreement_has_target"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["staff.id"], name=op.f("fk_agreement_agent_id")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["service_case.id"], name=op.f("fk_agreement_case_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_agreement_county_id")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_agreement_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_agreement_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_agreement_county_id_number")),
    )
    with op.batch_alter_table("agreement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreement_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agreement_county_id"), ["county_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_agreement_enterprise_id"), ["enterprise_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_agreement_project_id"), ["project_id"], unique=False)

    op.create_table(
        "case_material",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("original", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "missing",
                "received",
                "returned",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("remedy", sa.String(length=200), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["service_case.id"], name=op.f("fk_case_material_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_case_material_county_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_material")),
        sa.UniqueConstraint("case_id", "name", name=op.f("uq_case_material_case_id_name")),
    )
    with op.batch_alter_table("case_material", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_material_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_material_county_id"), ["county_id"], unique=False)

    op.create_table(
        "evaluation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "relation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("window_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("grade_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rater", sa.String(length=30), nullable=False),
        sa.Column("evaluated_on", sa.Date(), nullable=False),
        sa.Column("opinion", sa.String(length=500), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("rectified_on", sa.Date(), nullable=True),
        sa.Column("rectification", sa.String(length=500), nullable=True),
        sa.Column("revisited_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "staff_id IS NULL OR window_id IS NULL", name=op.f("ck_evaluation_one_ratee")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["service_case.id"], name=op.f("fk_evaluation_case_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_evaluation_county_id")),
        sa.ForeignKeyConstraint(
            ["grade_id"], ["county_option.id"], name=op.f("fk_evaluation_grade_id")
        ),
        sa.ForeignKeyConstraint(
            ["relation_id"], ["county_option.id"], name=op.f("fk_evaluation_relation_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_evaluation_staff_id")),
        sa.ForeignKeyConstraint(
            ["window_id"], ["service_window.id"], name=op.f("fk_evaluation_window_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
    )
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        for kind in ("staff", "window"):
            where = sa.text(f"{kind}_id IS NOT NULL")
            batch_op.create_index(
                f"uq_evaluation_{kind}",
                ["case_id", "relation_id", f"{kind}_id"],
                unique=True,
                sqlite_where=where,
                postgresql_where=where,
            )
        batch_op.create_index(batch_op.f("ix_evaluation_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evaluation_county_id"), ["county_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evaluation_staff_id"), ["staff_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evaluation_window_id"), ["window_id"], unique=False)

    op.create_table(
        "inspection",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column(
            "content",
            sa.Enum(
                "mandate",
                "late",
                "conduct",
                "archive",
                name="content",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("inspected_on", sa.Date(), nullable=False),
        sa.Column("inspector", sa.String(length=30), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("finding", sa.String(length=1000), nullable=False),
        sa.Column("rectify_by", sa.Date(), nullable=True),
        sa.Column("rectified_on", sa.Date(), nullable=True),
        sa.Column("rectification", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("rectify_by >= inspected_on", name=op.f("ck_inspection_rectify_after")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["service_case.id"], name=op.f("fk_inspection_case_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_inspection_county_id")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_inspection_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inspection_county_id"), ["county_id"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=True),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decision", sa.String(length=1000), nullable=True),
        sa.Column("concluded_on", sa.Date(), nullable=True),
        sa.Column("escalated_to", sa.String(length=60), nullable=True),
        sa.Column("result", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name=op.f("fk_meeting_case_id")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_meeting_county_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_meeting_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_county_id"), ["county_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_project_id"), ["project_id"], unique=False)

    op.create_table(
        "urge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("reply_due", sa.Date(), nullable=False),
        sa.Column("replied_on", sa.Date(), nullable=True),
        sa.Column("reply", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("reply_due >= issued_on", name=op.f("ck_urge_due_after_issue")),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name=op.f("fk_urge_case_id")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_urge_county_id")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_urge_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urge")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_urge_county_id_number")),
    )
    with op.batch_alter_table("urge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_urge_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_urge_county_id"), ["county_id"], unique=False)

    op.create_table(
        "work_record",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "consultation",
                "contact",
                "progress",
                "coordination",
                "fee",
                "revisit",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("first_contact", sa.String(length=30), nullable=True),
        sa.Column("visitor", sa.String(length=30), nullable=True),
        sa.Column("visitor_phone", sa.String(length=30), nullable=True),
        sa.Column("content", sa.String(length=1000), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["service_case.id"], name=op.f("fk_work_record_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_work_record_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_work_record_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_work_record_project_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_work_record_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_record")),
    )
    with op.batch_alter_table("work_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_record_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_record_county_id"), ["county_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_work_record_enterprise_id"), ["enterprise_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_work_record_project_id"), ["project_id"], unique=False)
        batch_op.create_index("ix_work_record_staff_on", ["staff_id", "happened_on"], unique=False)

    op.create_table(
        "extension",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("old_due", sa.Date(), nullable=False),
        sa.Column("new_due", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column(
            "approver_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("new_due > old_due", name=op.f("ck_extension_later")),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["staff.id"], name=op.f("fk_extension_approver_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_extension_county_id")),
        sa.ForeignKeyConstraint(["step_id"], ["case_step.id"], name=op.f("fk_extension_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extension_county_id"), ["county_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_extension_step_id"), ["step_id"], unique=False)

    op.create_table(
        "meeting_department",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_meeting_department_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_meeting_department_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_department_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_department")),
        sa.UniqueConstraint(
            "meeting_id",
            "department_id",
            name=op.f("uq_meeting_department_meeting_id_department_id"),
        ),
    )
    with op.batch_alter_table("meeting_department", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_meeting_department_county_id"), ["county_id"], unique=False
        )
