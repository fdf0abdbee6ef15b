"""Accounts and the four kinds of service people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import PasswordField, SelectMultipleField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from admin.actions import Action
from admin.base import BackOfficeView
from admin.forms import BackOfficeForm, Required
from admin.session import db
from models.people import Role, User
from models.places import County
from services.accounts import (
    check_password,
    hash_password,
    random_password,
    set_password,
    set_supervised,
)
from services.actor import Actor
from services.errors import RuleViolation


class FirstPasswordForm(BackOfficeForm):
    """设置初始密码."""

    new = PasswordField(
        "初始密码", [Required()], description="至少 10 位，含三类字符；用户首次登录须修改"
    )


class ScopeForm(BackOfficeForm):
    """查看范围."""

    counties = SelectMultipleField(
        "可以查看的县（旗）", [Optional()], coerce=int,
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = db().execute(select(County.id, County.name).order_by(County.code))
        self.counties.choices = [(i, name) for i, name in rows]


def _set_first_password(session: Session, rows: Sequence[User], new: str) -> None:
    """One password, one account: a shared one would be a default password."""
    if len(rows) != 1:
        raise RuleViolation("password.one", "请一次只设置一个账号的密码")
    check_password(new, rows[0].username)
    set_password(session, rows[0], hash_password(new), must_change=True)


def _is_supervisor(_: Actor, user: User) -> str | None:
    return None if user.role is Role.SUPERVISOR else f"只有“{Role.SUPERVISOR.label}”有查看范围"


class UserView(BackOfficeView):
    """账号. A new one cannot log in until it is given a password, and may do nothing without a role."""

    form_actions = (
        Action(
            "password", "设置初始密码", "user.password", FirstPasswordForm, _set_first_password, batch=False
        ),
        Action(
            "scope", "查看范围", "user.role", ScopeForm, set_supervised, why_not=_is_supervisor, batch=False
        ),
    )

    def create_row(self, session: Any, row: User, values: dict[str, Any]) -> User:
        row.password_hash = hash_password(random_password())
        return super().create_row(session, row, values)


class StaffView(BackOfficeView):
    """One of the four kinds of service people."""

    related = (("assignment", "officer"), ("service_case", "agent"), ("case_step", "liaison"))
