"""Enterprises, projects, key designations and who serves them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, DateField, TextAreaField
from wtforms.validators import Length, Optional

from admin.actions import Action
from admin.base import BackOfficeView
from admin.forms import BackOfficeForm, Required, action_field, no_control, tidy
from admin.merging import MERGE
from admin.session import actor, db
from models.places import County
from models.projects import Assignment, KeyDesignation
from services.desk import badges
from services.desk.badges import Mark
from services.kernel.errors import RuleViolation
from services.kernel.working_days import today
from services.key_targets.assignment import (
    assign_officer,
    end_assignments,
    loads_of,
    unsigned_warning,
    why_no_assignment,
    why_no_reassignment,
)
from services.key_targets.designation import designate, revoke, why_no_designation
from services.transfer.import_specs import ImportSpec

SHORT = [Optional(), Length(max=200), no_control]


def _load_notes(session: Any, officers: list[int]) -> dict[int, str]:
    loads = loads_of(session, officers)
    return {officer: f"· 现分包 {loads.get(officer, 0)} 个" for officer in officers}


class DesignateForm(BackOfficeForm):
    """登记重点认定."""

    basis = action_field(KeyDesignation, "basis")
    on = action_field(KeyDesignation, "designated_on", default=today)
    level = action_field(KeyDesignation, "level", required=True)
    decided_by = action_field(KeyDesignation, "decided_by")
    valid_until = action_field(KeyDesignation, "valid_until")


class AssignForm(BackOfficeForm):
    """分包."""

    officer = action_field(
        Assignment, "officer", where={"active": True}, note=_load_notes, description="括号外为现在分包的项目和企业数"
    )
    since = action_field(Assignment, "since", default=today)
    agreement_number = action_field(Assignment, "agreement_number")
    agreement_on = action_field(Assignment, "agreement_on")
    reason = TextAreaField("原因", SHORT, filters=[tidy])


class ReassignForm(AssignForm):
    """调整分包: the reason must be given."""

    reason = TextAreaField("调整原因", [Required(), Length(max=200), no_control], filters=[tidy])


class EndForm(BackOfficeForm):
    """结束分包."""

    on = DateField("结束日期", [Required()], default=today)
    reason = TextAreaField("结束原因", [Required(), Length(max=200), no_control], filters=[tidy])


class RevokeForm(BackOfficeForm):
    """撤销重点认定."""

    on = DateField("撤销日期", [Required()], default=today)
    reason = TextAreaField("撤销原因", [Required(), Length(max=200), no_control], filters=[tidy])
    end_assignments = BooleanField("同时结束分包", description="不勾选则首席服务员继续服务")


def _has_officers(county: County) -> bool:
    return county.has_chief_officers


def _reassign(session: Any, rows: Any, **values: Any) -> Any:
    return assign_officer(session, rows, **values, replace=True)


KEY_ACTIONS = (
    Action(
        "designate", "登记重点认定", "key_designation.designate", DesignateForm, designate, why_not=why_no_designation
    ),
    Action(
        "assign",
        "分包",
        "assignment.assign",
        AssignForm,
        assign_officer,
        offered=_has_officers,
        help="给勾选的重点项目或企业指定首席服务员；有一个不能分包，就都不分包",
        why_not=why_no_assignment,
        warning=unsigned_warning,
    ),
    Action(
        "reassign",
        "调整分包",
        "assignment.assign",
        ReassignForm,
        _reassign,
        offered=_has_officers,
        why_not=why_no_reassignment,
        warning=unsigned_warning,
    ),
    MERGE,
)


class EnterpriseView(BackOfficeView):
    """企业."""

    form_actions = KEY_ACTIONS
    related = (
        ("project", "enterprise"),
        ("service_case", "enterprise"),
        ("key_designation", "enterprise"),
        ("assignment", "enterprise"),
        ("agreement", "enterprise"),
        ("work_record", "enterprise"),
    )


class ProjectView(BackOfficeView):
    """项目."""

    form_actions = KEY_ACTIONS
    related = (
        ("service_case", "project"),
        ("key_designation", "project"),
        ("assignment", "project"),
        ("agreement", "project"),
        ("work_record", "project"),
        ("meeting", "project"),
    )


class KeyDesignationView(BackOfficeView):
    """重点认定. Creating one uses the same service as the batch action."""

    form_actions = (
        Action(
            "revoke",
            "撤销",
            "key_designation.revoke",
            RevokeForm,
            revoke,
            danger=True,
            why_not=lambda actor, row: "已撤销" if row.revoked_on else None,
        ),
    )
    only_new = frozenset({"project", "enterprise"})
    column_default_sort = ("designated_on", True)

    def plans(self) -> list[ImportSpec]:
        """The key lists; a list keeper imports only the one of their department."""
        keeps = actor().keeps
        return [p for p in super().plans() if keeps is None or p.name == f"key_{keeps.value}"]

    def create_row(self, session: Any, row: KeyDesignation, values: dict[str, Any]) -> KeyDesignation:
        target = one_target(values)
        made = designate(
            session,
            [target],
            basis=values["basis"],
            on=values["designated_on"],
            level=values["level"],
            decided_by=values["decided_by"],
            valid_until=values["valid_until"],
        )
        return made[0]


class AssignmentView(BackOfficeView):
    """分包. Creating one uses the same service as the batch action; its parties cannot be edited."""

    form_actions = (
        Action(
            "end",
            "结束分包",
            "assignment.assign",
            EndForm,
            end_assignments,
            danger=True,
            why_not=lambda actor, row: f"已于 {row.until} 结束" if row.until else None,
        ),
    )
    only_new = frozenset({"project", "enterprise", "officer", "since"})
    column_default_sort = ("since", True)

    def marks(self, ids: Sequence[int]) -> dict[int, list[Mark]]:
        return badges.of_assignments(db(), ids)

    def create_row(self, session: Any, row: Assignment, values: dict[str, Any]) -> Assignment:
        target, officer = one_target(values), values.pop("officer")
        rest = {k: v for k, v in values.items() if k not in ("project", "enterprise")}
        return assign_officer(session, [target], officer, **rest)[0]


def one_target(values: dict[str, Any]) -> Any:
    """The project or the enterprise of a form that needs exactly one of them."""
    project, enterprise = values.get("project"), values.get("enterprise")
    if bool(project) == bool(enterprise):
        raise RuleViolation("target", "项目和企业请选择其中一个", field="project")
    return project or enterprise
