"""Accounts: passwords, and the actor a user is."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.actions import AuditAction
from models.fields import field_of
from models.people import Role, User
from models.places import County, SupervisedCounty, Window, WindowKind
from services.kernel.access import STATIONS, SUPERVISORS, SYSTEM_ROLES, require
from services.kernel.actor import Actor
from services.kernel.audit import audit_action
from services.kernel.errors import RuleViolation
from services.kernel.roles import needs_of

_hasher = PasswordHasher()
#: A hash that no password matches: checking an unknown user takes as long as checking a known one.
_NOBODY = _hasher.hash(secrets.token_hex(16))
MIN_LENGTH = 10
MAX_LENGTH = 128
#: Password hashing is slow on purpose; do it outside transactions.
UNSCOPED = {"unscoped": True}


def hash_password(password: str) -> str:
    """The argon2id hash of `password`."""
    return _hasher.hash(password)


def verify_password(user: User | None, password: str) -> bool:
    """Whether `password` is the user's; takes equally long when there is no such user."""
    try:
        return _hasher.verify(user.password_hash if user else _NOBODY, password) and user is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def random_password() -> str:
    """A password for a person to type once: fourteen letters and digits without look-alikes."""
    letters = "abcdefghjkmnpqrstuvwxyz"
    alphabet = letters + letters.upper().replace("L", "") + "23456789"
    return "A" + "".join(secrets.choice(alphabet) for _ in range(11)) + "a7"


def check_password(password: str, username: str) -> None:
    """The rules of 等保: long enough, three classes of characters, not the user's name."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise RuleViolation("password.length", f"密码至少 {MIN_LENGTH} 位，最多 {MAX_LENGTH} 位", field="new")
    tests = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    if sum(any(test(c) for c in password) for test in tests) < 3:
        raise RuleViolation("password.classes", "密码须包含大写字母、小写字母、数字、符号中的三类", field="new")
    if username.lower() in password.lower():
        raise RuleViolation("password.name", "密码不能包含用户名", field="new")


def find_user(session: Session, username: str) -> User | None:
    """The user with that name, in any county."""
    return session.scalar(select(User).where(User.username == username.strip()), execution_options=UNSCOPED)


def load_user(session: Session, user_id: int, epoch: int) -> User | None:
    """The active user of a session cookie; None when the cookie was revoked."""
    found = session.scalars(
        select(User)
        .where(User.id == user_id, User.session_epoch == epoch, User.active)
        .options(joinedload(User.county), joinedload(User.supervised)),
        execution_options=UNSCOPED,
    )
    return found.unique().first()


def actor_for(user: User, address: str | None) -> Actor:
    """The actor that `user` is, working from `address`."""
    counties: tuple[int, ...] | None
    if user.role in SYSTEM_ROLES:
        counties = None
    elif user.role in SUPERVISORS:
        counties = tuple(link.county_id for link in user.supervised)
    else:
        counties = (user.county_id,) if user.county_id else ()
    return Actor(
        user.id,
        user.username,
        user.role,
        user.county_id,
        counties,
        user.department_id,
        user.staff_id,
        user.station_id,
        user.keeps,
        address,
    )


def set_password(session: Session, user: User, hashed: str, *, must_change: bool) -> None:
    """Set a password that was hashed beforehand; ends the user's sessions."""
    with audit_action(session, AuditAction.SET_PASSWORD):
        user.password_hash = hashed
        user.must_change_password = must_change
        end_sessions(user)


def end_sessions(user: User) -> None:
    """Revoke every session cookie of `user`."""
    user.session_epoch += 1


def set_supervised(session: Session, users: Sequence[User], counties: Sequence[int]) -> None:
    """查看范围: the counties that these users of 市级查看 may read, instead of those before."""
    require(session, "user.role")
    with audit_action(session, AuditAction.SET_SCOPE):
        for user in users:
            if user.role not in SUPERVISORS:
                raise RuleViolation("user.scope", f"{user.username} 不是“{Role.SUPERVISOR.label}”")
            user.supervised = [SupervisedCounty(county_id=county) for county in counties]
            end_sessions(user)


NAMES = ("department", "staff", "station", "keeps")


def guard_user(session: Session, user: User, values: Mapping[str, Any]) -> None:
    """Rules of an account before `values` are saved in it.

    Users cannot change their own role or deactivate themselves; the last 系统管理员 and 安全管理员 stay;
    business roles have the county, department or person they work for.
    """
    actor = require(session, "user.edit")
    changed = {k for k, v in values.items() if getattr(user, k) != v}
    if user.id is not None and user.id == actor.user_id and changed & {"role", "active"}:
        raise RuleViolation("user.self", "不能更改自己的角色或停用自己", field="role")
    if user.role in (Role.SYSADMIN, Role.SECADMIN) and (
        values.get("role", user.role) is not user.role or not values.get("active", True)
    ):
        guard_last_administrator(session, user)
    guard_place(user, values)
    if user.id is not None and changed & {"role", "active"}:
        end_sessions(user)


def guard_place(user: User, values: Mapping[str, Any]) -> None:
    """An account names the county, department, person and list its role works for."""
    future = {k: values.get(k, getattr(user, k)) for k in ("role", "county", *NAMES)}
    for name in needs_of(future["role"]):
        if future[name] is None:
            label = field_of(User, name).label
            raise RuleViolation("user.needs", f"“{future['role'].label}”须填{label}", field=name)
    for name in ("department", "staff", "station"):
        row, county = future[name], future["county"]
        if row is not None and (county is None or row.county_id != county.id):
            raise RuleViolation("user.county", f"所选{field_of(User, name).label}不属于账号的县（旗）", field=name)
    _guard_station(future["role"], future["county"], future["station"])


def _guard_station(role: Role | None, county: County | None, station: Window | None) -> None:
    """Only counties that have 基层政务服务站 have accounts of them, each at one of these. Source: Z 四."""
    if role in STATIONS and county is not None and not county.has_stations:
        raise RuleViolation("user.station", f"{county.name}没有设{Role.STATION_CLERK.label}", field="role")
    if station is not None and station.kind is not WindowKind.STATION:
        raise RuleViolation("user.station", f"“{station.name}”不是{WindowKind.STATION.label}", field="station")


def guard_last_administrator(session: Session, user: User) -> None:
    """The last active 系统管理员, and the last active 安全管理员, cannot be removed."""
    others = session.scalar(select(User.id).where(User.role == user.role, User.id != user.id, User.active).limit(1))
    if others is None and user.role in (Role.SYSADMIN, Role.SECADMIN):
        raise RuleViolation("user.last", f"这是最后一名{user.role.label}，不能停用、删除或改变角色")
