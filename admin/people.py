"""Accounts and the four kinds of service people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import DateField, PasswordField, SelectChoice, SelectMultipleField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from admin.actions import Action
from admin.base import BackOfficeView, Block
from admin.forms import BackOfficeForm, RefField, Required, no_control, tidy
from admin.merging import MERGE
from admin.session import db
from models.people import DepartmentLeader, Role, Staff, User
from models.places import County
from services.cases.staff_handover import hand_over, holdings
from services.kernel.access import SUPERVISORS
from services.kernel.accounts import (
    check_password,
    hash_password,
    random_password,
    set_password,
    set_supervised,
)
from services.kernel.actor import Actor
from services.kernel.errors import RuleViolation
from services.kernel.working_days import today


class FirstPasswordForm(BackOfficeForm):
    """设置初始密码."""

    new = PasswordField("初始密码", [Required()], description="至少 10 位，含三类字符；用户首次登录须修改")


class ScopeForm(BackOfficeForm):
    """查看范围."""

    counties = SelectMultipleField(
        "可以查看的县（旗）",
        [Optional()],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = db().execute(select(County.id, County.name).order_by(County.code))
        self.counties.choices = [SelectChoice(id_, name) for id_, name in rows]


def _set_first_password(session: Session, rows: Sequence[User], new: str) -> None:
    """Set the password of one account; one password for several would be a default password."""
    if len(rows) != 1:
        raise RuleViolation("password.one", "请一次只设置一个账号的密码")
    check_password(new, rows[0].username)
    set_password(session, rows[0], hash_password(new), must_change=True)


def _is_supervisor(_: Actor, user: User) -> str | None:
    return None if user.role in SUPERVISORS else f"只有“{Role.SUPERVISOR.label}”有查看范围"


class UserView(BackOfficeView):
    """账号. A new account cannot log in before it gets a password, and may do nothing without a role."""

    form_actions = (
        Action("password", "设置初始密码", "user.password", FirstPasswordForm, _set_first_password, batch=False),
        Action("scope", "查看范围", "user.role", ScopeForm, set_supervised, why_not=_is_supervisor, batch=False),
    )

    def create_row(self, session: Any, row: User, values: dict[str, Any]) -> User:
        row.password_hash = hash_password(random_password())
        return super().create_row(session, row, values)


def _hand_over_form(model: type[Staff]) -> type[BackOfficeForm]:
    """离岗交接 to a person of the same kind."""

    class HandOverForm(BackOfficeForm):
        successor = RefField(
            "接手人",
            [Optional()],
            target=model,
            where={"active": True},
            description="名下没有未了的事时可以不选；专办员须是同一部门的",
        )
        on = DateField("交接日期", [Required()], default=today)
        reason = TextAreaField("原因", [Required(), Length(max=200), no_control], filters=[tidy])

    return HandOverForm


def _hand_over(session: Session, rows: Sequence[Staff], **values: Any) -> None:
    if len(rows) != 1:
        raise RuleViolation("handover.one", "请一次只办理一个人的离岗交接")
    hand_over(session, rows[0], **values)


class StaffView(BackOfficeView):
    """One of the four kinds of service people."""

    related = (("assignment", "officer"), ("service_case", "agent"), ("case_step", "liaison"))

    def __init__(self, model: type[Staff], **names: Any) -> None:
        super().__init__(model, **names)
        self.form_actions = (
            (MERGE,)
            if model is DepartmentLeader
            else (
                Action(
                    "hand_over",
                    "离岗交接",
                    "staff.hand_over",
                    _hand_over_form(model),
                    _hand_over,
                    batch=False,
                    why_not=lambda _, person: None if person.active else "已不在岗",
                    help="名下的分包、办件和事项一次全部交给接手人，本人改为不在岗；登录账号请系统管理员停用",
                ),
                MERGE,
            )
        )

    def details_extra(self, row: Staff) -> list[Block]:
        held = holdings(db(), row).in_words()
        return [Block("名下未了的事", ["内容"], [[held]] if held else [])]
