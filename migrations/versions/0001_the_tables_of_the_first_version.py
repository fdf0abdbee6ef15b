"""The tables of the first version"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "county",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("slug", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=30), nullable=False),
        sa.Column("area_code", sa.String(length=4), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("lead_office", sa.String(length=60), nullable=False),
        sa.Column("service_word", sa.String(length=10), nullable=False),
        sa.Column("agent_word", sa.String(length=20), nullable=False),
        sa.Column("applicants", sa.String(length=40), nullable=False),
        sa.Column("project_decider", sa.String(length=60), nullable=True),
        sa.Column("enterprise_decider", sa.String(length=60), nullable=True),
        sa.Column("has_chief_officers", sa.Boolean(), nullable=False),
        sa.Column("officer_delivers", sa.Boolean(), nullable=False),
        sa.Column("has_liaisons", sa.Boolean(), nullable=False),
        sa.Column(
            "filing",
            sa.Enum(
                "staff",
                "applicant",
                "agent_or_accompanied",
                "agent",
                name="filing",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("tells_form", sa.Boolean(), nullable=False),
        sa.Column("item_boxes", sa.Boolean(), nullable=False),
        sa.Column("proof_needed", sa.Boolean(), nullable=False),
        sa.Column("commitment_needed", sa.Boolean(), nullable=False),
        sa.Column("first_contact_needed", sa.Boolean(), nullable=False),
        sa.Column("agreement_needed", sa.Boolean(), nullable=False),
        sa.Column("closes_on_receipt", sa.Boolean(), nullable=False),
        sa.Column("meeting_word", sa.String(length=20), nullable=False),
        sa.Column("extension_allowed", sa.Boolean(), nullable=False),
        sa.Column("evaluator_word", sa.String(length=20), nullable=True),
        sa.Column("due_soon_days", sa.Integer(), nullable=False),
        sa.Column("case_pattern", sa.String(length=60), nullable=False),
        sa.Column("completion_pattern", sa.String(length=60), nullable=False),
        sa.Column("termination_pattern", sa.String(length=60), nullable=False),
        sa.Column("ledger_reporter", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(code) = 6", name=op.f("ck_county_code_six_digits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_county")),
        sa.UniqueConstraint("code", name=op.f("uq_county_code")),
        sa.UniqueConstraint("slug", name=op.f("uq_county_slug")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("location", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint("key", name=op.f("uq_idempotency_key_key")),
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_key_at"), ["at"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=True),
        sa.Column("object_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("object_label", sa.String(length=120), nullable=True),
        sa.Column("result", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_audit_entry_county_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_entry_object", ["object_type", "object_id"], unique=False)

    op.create_table(
        "county_option",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "channel",
                "mode",
                "delivery_way",
                "termination_reason",
                "scale",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("needs_tracking", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_county_option_county_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_county_option")),
        sa.UniqueConstraint(
            "county_id", "kind", "name", name=op.f("uq_county_option_county_id_kind_name")
        ),
    )
    with op.batch_alter_table("county_option", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_county_option_county_id"), ["county_id"], unique=False)

    op.create_table(
        "department",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("short_name", sa.String(length=20), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "lead",
                "approval",
                "utility",
                "township",
                "park",
                "section",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_department_county_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
    )
    with op.batch_alter_table("department", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_department_county_id"), ["county_id"], unique=False)
        batch_op.create_index(
            "uq_department_name",
            ["county_id", "name"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )

    op.create_table(
        "number_sequence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "case",
                "completion",
                "termination",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("next_value", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("next_value >= 1", name=op.f("ck_number_sequence_next_positive")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_number_sequence_county_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_sequence")),
        sa.UniqueConstraint(
            "county_id", "kind", "year", name=op.f("uq_number_sequence_county_id_kind_year")
        ),
    )
    with op.batch_alter_table("number_sequence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_number_sequence_county_id"), ["county_id"], unique=False
        )

    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column(
            "department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.String(length=40), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "employment",
            sa.Enum(
                "full",
                "part",
                name="employment",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "kind IN ('chief_service_officer', 'general_agent', 'department_liaison', 'department_leader')",
            name=op.f("ck_staff_kind_known"),
        ),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_staff_county_id")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_staff_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_county_id"), ["county_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_kind"), ["kind"], unique=False)
        batch_op.create_index(
            "uq_staff_current_leader",
            ["department_id"],
            unique=True,
            sqlite_where=sa.text(
                "kind = 'department_leader' AND active = 1 AND deleted_at IS NULL"
            ),
            postgresql_where=sa.text(
                "kind = 'department_leader' AND active AND deleted_at IS NULL"
            ),
        )

    op.create_table(
        "enterprise",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=True),
        sa.Column("industry", sa.String(length=40), nullable=True),
        sa.Column("postcode", sa.String(length=6), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("principal", sa.String(length=30), nullable=True),
        sa.Column("principal_phone", sa.String(length=30), nullable=True),
        sa.Column("handler", sa.String(length=30), nullable=True),
        sa.Column("handler_phone", sa.String(length=30), nullable=True),
        sa.Column("is_key", sa.Boolean(), nullable=False),
        sa.Column(
            "officer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_enterprise_county_id")),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["staff.id"], name=op.f("fk_enterprise_officer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise")),
    )
    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enterprise_county_id"), ["county_id"], unique=False)
        batch_op.create_index("ix_enterprise_county_name", ["county_id", "name"], unique=False)
        batch_op.create_index(
            "uq_enterprise_credit_code",
            ["county_id", "credit_code"],
            unique=True,
            sqlite_where=sa.text("credit_code IS NOT NULL AND deleted_at IS NULL"),
            postgresql_where=sa.text("credit_code IS NOT NULL AND deleted_at IS NULL"),
        )

    op.create_table(
        "service_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "starting",
                "building",
                "utilities",
                "other",
                name="category",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("limit_days", sa.Integer(), nullable=False),
        sa.Column(
            "limit_kind",
            sa.Enum(
                "working",
                "calendar",
                name="limit_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "liaison_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("illustrative", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(length=60), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "limit_days BETWEEN 1 AND 3650", name=op.f("ck_service_item_limit_days_range")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_service_item_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_service_item_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["liaison_id"], ["staff.id"], name=op.f("fk_service_item_liaison_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_item")),
    )
    with op.batch_alter_table("service_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_item_county_id"), ["county_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_service_item_department_id"), ["department_id"], unique=False
        )
        batch_op.create_index(
            "uq_service_item_name",
            ["county_id", "category", "name"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )

    op.create_table(
        "user",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("display_name", sa.String(length=30), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lead_office",
                "list_keeper",
                "dept_leader",
                "agent",
                "window_clerk",
                "chief_officer",
                "liaison",
                "inspector",
                "supervisor",
                "sysadmin",
                "secadmin",
                "auditor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "keeps",
            sa.Enum(
                "project",
                "enterprise",
                name="keeps",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_user_county_id")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_user_department_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_user_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("username", name=op.f("uq_user_username")),
    )
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_county_id"), ["county_id"], unique=False)

    op.create_table(
        "ledger_month",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "locked", name="state", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "locked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'locked') = (locked_at IS NOT NULL)",
            name=op.f("ck_ledger_month_locked_has_time"),
        ),
        sa.CheckConstraint("length(month) = 7", name=op.f("ck_ledger_month_month_yyyy_mm")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_ledger_month_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["locked_by_id"], ["user.id"], name=op.f("fk_ledger_month_locked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_month")),
        sa.UniqueConstraint("county_id", "month", name=op.f("uq_ledger_month_county_id_month")),
    )
    with op.batch_alter_table("ledger_month", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_month_county_id"), ["county_id"], unique=False)

    op.create_table(
        "project",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=True),
        sa.Column(
            "enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "investment", sa.Numeric(14, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=True
        ),
        sa.Column("scale", sa.String(length=300), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column(
            "funding",
            sa.Enum(
                "government",
                "domestic",
                "foreign",
                "other",
                name="funding",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "land",
            sa.Enum(
                "allocated",
                "granted",
                name="land",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("is_key", sa.Boolean(), nullable=False),
        sa.Column(
            "officer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("started", sa.Boolean(), nullable=False),
        sa.Column("promoted", sa.Boolean(), nullable=False),
        sa.Column("industry_kind", sa.String(length=40), nullable=True),
        sa.Column("authority", sa.String(length=20), nullable=True),
        sa.Column("major_plan", sa.String(length=20), nullable=True),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("investment >= 0", name=op.f("ck_project_investment_not_negative")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_project_county_id")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_project_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["staff.id"], name=op.f("fk_project_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_county_id"), ["county_id"], unique=False)
        batch_op.create_index("ix_project_county_name", ["county_id", "name"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_project_enterprise_id"), ["enterprise_id"], unique=False
        )
        batch_op.create_index(
            "uq_project_code",
            ["county_id", "code"],
            unique=True,
            sqlite_where=sa.text("code IS NOT NULL AND deleted_at IS NULL"),
            postgresql_where=sa.text("code IS NOT NULL AND deleted_at IS NULL"),
        )

    op.create_table(
        "supervised_county",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_supervised_county_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_supervised_county_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervised_county")),
        sa.UniqueConstraint(
            "user_id", "county_id", name=op.f("uq_supervised_county_user_id_county_id")
        ),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "officer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("agreement_number", sa.String(length=60), nullable=True),
        sa.Column("agreement_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("end_reason", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(project_id IS NULL) <> (enterprise_id IS NULL)",
            name=op.f("ck_assignment_either_target"),
        ),
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_assignment_until_after_since")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_assignment_county_id")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_assignment_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["staff.id"], name=op.f("fk_assignment_officer_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_assignment_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_county_id"), ["county_id"], unique=False)
        batch_op.create_index("ix_assignment_officer_until", ["officer_id", "until"], unique=False)
        batch_op.create_index(
            "uq_assignment_current_enterprise_id",
            ["enterprise_id"],
            unique=True,
            sqlite_where=sa.text("enterprise_id IS NOT NULL AND until IS NULL"),
            postgresql_where=sa.text("enterprise_id IS NOT NULL AND until IS NULL"),
        )
        batch_op.create_index(
            "uq_assignment_current_project_id",
            ["project_id"],
            unique=True,
            sqlite_where=sa.text("project_id IS NOT NULL AND until IS NULL"),
            postgresql_where=sa.text("project_id IS NOT NULL AND until IS NULL"),
        )

    op.create_table(
        "key_designation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("basis", sa.String(length=120), nullable=False),
        sa.Column("designated_on", sa.Date(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "province",
                "city",
                "county",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoke_reason", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(project_id IS NULL) <> (enterprise_id IS NULL)",
            name=op.f("ck_key_designation_either_target"),
        ),
        sa.CheckConstraint(
            "revoked_on IS NULL OR revoked_on >= designated_on",
            name=op.f("ck_key_designation_revoked_after"),
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= designated_on",
            name=op.f("ck_key_designation_valid_after"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_key_designation_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["department.id"], name=op.f("fk_key_designation_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_key_designation_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_key_designation_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_designation")),
    )
    with op.batch_alter_table("key_designation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_key_designation_county_id"), ["county_id"], unique=False
        )
        batch_op.create_index(
            "uq_key_designation_current_enterprise_id",
            ["enterprise_id"],
            unique=True,
            sqlite_where=sa.text("enterprise_id IS NOT NULL AND revoked_on IS NULL"),
            postgresql_where=sa.text("enterprise_id IS NOT NULL AND revoked_on IS NULL"),
        )
        batch_op.create_index(
            "uq_key_designation_current_project_id",
            ["project_id"],
            unique=True,
            sqlite_where=sa.text("project_id IS NOT NULL AND revoked_on IS NULL"),
            postgresql_where=sa.text("project_id IS NOT NULL AND revoked_on IS NULL"),
        )

    op.create_table(
        "ledger_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("month_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_ledger_file_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["month_id"], ["ledger_month.id"], name=op.f("fk_ledger_file_month_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_file")),
        sa.UniqueConstraint("month_id", name=op.f("uq_ledger_file_month_id")),
    )
    with op.batch_alter_table("ledger_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_file_county_id"), ["county_id"], unique=False)

    op.create_table(
        "service_case",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("matter", sa.String(length=120), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "supplement",
                "accepted",
                "in_progress",
                "approved",
                "delivered",
                "closed",
                "evaluated",
                "archived",
                "rejected",
                "withdrawn",
                "terminated",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("applicant_name", sa.String(length=30), nullable=True),
        sa.Column("applicant_phone", sa.String(length=30), nullable=True),
        sa.Column(
            "project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("mode_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "accompany",
                "act_for",
                name="form",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "scope",
            sa.Enum(
                "all", "part", name="scope", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("green_channel", sa.Boolean(), nullable=False),
        sa.Column("first_contact", sa.String(length=30), nullable=True),
        sa.Column("proof_received", sa.Boolean(), nullable=False),
        sa.Column("commitment_signed", sa.Boolean(), nullable=False),
        sa.Column("agreement_signed", sa.Boolean(), nullable=False),
        sa.Column("materials_handed", sa.Boolean(), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "officer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("assigned_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("archived_on", sa.Date(), nullable=True),
        sa.Column("rating_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("refusal", sa.String(length=200), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "enterprise_id IS NOT NULL OR applicant_name IS NOT NULL",
            name=op.f("ck_service_case_has_applicant"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["staff.id"], name=op.f("fk_service_case_agent_id")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["county_option.id"], name=op.f("fk_service_case_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_service_case_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_service_case_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["mode_id"], ["county_option.id"], name=op.f("fk_service_case_mode_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["staff.id"], name=op.f("fk_service_case_officer_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_service_case_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["rating_id"], ["county_option.id"], name=op.f("fk_service_case_rating_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_case")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_service_case_county_id_number")),
    )
    with op.batch_alter_table("service_case", schema=None) as batch_op:
        batch_op.create_index("ix_service_case_agent_state", ["agent_id", "state"], unique=False)
        batch_op.create_index(
            "ix_service_case_county_accepted",
            ["county_id", "accepted_on", "ended_on"],
            unique=False,
        )
        batch_op.create_index(
            "ix_service_case_county_ended", ["county_id", "ended_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_service_case_county_id"), ["county_id"], unique=False)
        batch_op.create_index("ix_service_case_county_state", ["county_id", "state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_service_case_enterprise_id"), ["enterprise_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_service_case_officer_id"), ["officer_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_service_case_project_id"), ["project_id"], unique=False
        )

    op.create_table(
        "case_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "liaison_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "filed",
                "dept_accepted",
                "item_supplement",
                "granted",
                "denied",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("approval_number", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "finished_on IS NULL OR finished_on >= accepted_on",
            name=op.f("ck_case_step_finished_after"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["service_case.id"], name=op.f("fk_case_step_case_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_case_step_county_id")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_case_step_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["service_item.id"], name=op.f("fk_case_step_item_id")
        ),
        sa.ForeignKeyConstraint(["liaison_id"], ["staff.id"], name=op.f("fk_case_step_liaison_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
        sa.UniqueConstraint("case_id", "item_id", name=op.f("uq_case_step_case_id_item_id")),
    )
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_step_county_id"), ["county_id"], unique=False)
        batch_op.create_index(
            "ix_case_step_department_state", ["department_id", "state"], unique=False
        )
        batch_op.create_index("ix_case_step_liaison_state", ["liaison_id", "state"], unique=False)

    op.create_table(
        "completion",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("handler", sa.String(length=30), nullable=True),
        sa.Column(
            "closed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["service_case.id"], name=op.f("fk_completion_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["staff.id"], name=op.f("fk_completion_closed_by_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_completion_county_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completion")),
        sa.UniqueConstraint("case_id", name=op.f("uq_completion_case_id")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_completion_county_id_number")),
    )
    with op.batch_alter_table("completion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_completion_county_id"), ["county_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("way_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("documents", sa.String(length=300), nullable=False),
        sa.Column("recipient", sa.String(length=30), nullable=False),
        sa.Column("tracking_number", sa.String(length=40), nullable=True),
        sa.Column(
            "delivered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name=op.f("fk_delivery_case_id")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_delivery_county_id")),
        sa.ForeignKeyConstraint(
            ["delivered_by_id"], ["staff.id"], name=op.f("fk_delivery_delivered_by_id")
        ),
        sa.ForeignKeyConstraint(["way_id"], ["county_option.id"], name=op.f("fk_delivery_way_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("case_id", name=op.f("uq_delivery_case_id")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_county_id"), ["county_id"], unique=False)

    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("month_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=True),
        sa.Column("mode", sa.String(length=40), nullable=True),
        sa.Column("applicant", sa.String(length=100), nullable=False),
        sa.Column("handler", sa.String(length=30), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("project_name", sa.String(length=120), nullable=True),
        sa.Column("project_code", sa.String(length=30), nullable=True),
        sa.Column(
            "investment", sa.Numeric(14, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=True
        ),
        sa.Column("is_key", sa.Boolean(), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=True),
        sa.Column("items", sa.String(length=500), nullable=True),
        sa.Column("departments", sa.String(length=500), nullable=True),
        sa.Column("agent", sa.String(length=30), nullable=True),
        sa.Column("officer", sa.String(length=30), nullable=True),
        sa.Column("limit", sa.String(length=40), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=True),
        sa.Column("progress", sa.String(length=500), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("delivery", sa.String(length=60), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("rating", sa.String(length=40), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "open",
                "closed",
                "terminated",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("received_here", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("handwritten", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["service_case.id"], name=op.f("fk_ledger_entry_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_ledger_entry_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["month_id"], ["ledger_month.id"], name=op.f("fk_ledger_entry_month_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_entry_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_entry_county_id"), ["county_id"], unique=False)
        batch_op.create_index(
            "ix_ledger_entry_month_order", ["month_id", "accepted_on", "number"], unique=False
        )
        batch_op.create_index("uq_ledger_entry_month_case", ["month_id", "case_id"], unique=True)

    op.create_table(
        "termination",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("terminated_on", sa.Date(), nullable=False),
        sa.Column(
            "reason_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("explanation", sa.String(length=300), nullable=True),
        sa.Column("one_sided", sa.Boolean(), nullable=False),
        sa.Column("returned", sa.String(length=300), nullable=True),
        sa.Column("handler", sa.String(length=30), nullable=True),
        sa.Column(
            "ended_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["service_case.id"], name=op.f("fk_termination_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["county.id"], name=op.f("fk_termination_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["staff.id"], name=op.f("fk_termination_ended_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["county_option.id"], name=op.f("fk_termination_reason_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_termination")),
        sa.UniqueConstraint("case_id", name=op.f("uq_termination_case_id")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_termination_county_id_number")),
    )
    with op.batch_alter_table("termination", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_termination_county_id"), ["county_id"], unique=False)

    op.create_table(
        "case_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action", sa.String(length=30), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "from_state",
            sa.Enum(
                "draft",
                "submitted",
                "supplement",
                "accepted",
                "in_progress",
                "approved",
                "delivered",
                "closed",
                "evaluated",
                "archived",
                "rejected",
                "withdrawn",
                "terminated",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "draft",
                "submitted",
                "supplement",
                "accepted",
                "in_progress",
                "approved",
                "delivered",
                "closed",
                "evaluated",
                "archived",
                "rejected",
                "withdrawn",
                "terminated",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["service_case.id"], name=op.f("fk_case_event_case_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_case_event_county_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user.id"], name=op.f("fk_case_event_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["case_step.id"], name=op.f("fk_case_event_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    with op.batch_alter_table("case_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_event_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_event_county_id"), ["county_id"], unique=False)
