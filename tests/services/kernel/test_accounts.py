"""Accounts: passwords, revoked sessions, and administrators who cannot be removed."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from argon2 import extract_parameters
from argon2.exceptions import VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy.orm import Session

from models.people import DesignationTarget, Role, User
from models.places import County
from services.kernel import accounts
from services.kernel.access import SYSTEM_ROLES
from services.kernel.accounts import (
    actor_for,
    check_password,
    end_sessions,
    find_user,
    guard_last_administrator,
    guard_user,
    hash_password,
    load_user,
    random_password,
    set_password,
    verify_password,
)
from services.kernel.errors import Forbidden, RuleViolation
from tests import factories as f
from tests.conftest import ActingAs

# Passwords


@pytest.mark.parametrize(
    "password", ["Abcdefgh12", "abcdefg-12", "ABCDEFG-12", "Abcdefg-ij", "A1" + "武陟" * 5 + "a", "aB3" * 40]
)
def test_a_long_password_of_three_classes_is_taken(password: str) -> None:
    check_password(password, "zhangsan")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password.length"),
        ("Abcdef-12", "password.length"),
        ("Aa1" * 43, "password.length"),
        ("abcdefghij", "password.classes"),
        ("abcdefgh12", "password.classes"),
        ("武陟县政务服务局帮办代办12", "password.classes"),
        ("Zhangsan-2026", "password.name"),
        ("my-ZHANGSAN-1", "password.name"),
    ],
)
def test_a_weak_password_is_refused_by_its_rule(password: str, code: str) -> None:
    with pytest.raises(RuleViolation) as error:
        check_password(password, "zhangsan")
    assert (error.value.code, error.value.field) == (code, "new")


def test_a_made_up_password_keeps_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    made = {random_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        assert len(password) == 14
        assert not set(password) & set("ilo01OIL")
        check_password(password, "wuzhi_agent_li")
    # Random letters may all be capitals.
    monkeypatch.setattr(secrets, "choice", lambda letters: max(letters, key=str.isupper))
    check_password(random_password(), "wuzhi_agent_li")


def test_a_password_is_verified_against_its_hash_only() -> None:
    user = User(password_hash=hash_password("Abcdefgh12"))
    assert verify_password(user, "Abcdefgh12")
    assert not verify_password(user, "Abcdefgh13")
    assert not verify_password(User(password_hash="not a hash"), "Abcdefgh12")
    assert user.password_hash.startswith("$argon2id$")
    assert hash_password("Abcdefgh12") != user.password_hash


def test_the_program_hashes_as_strongly_as_the_standard_recommends() -> None:
    # Made when the module was loaded, before the tests put a cheap hasher in place of the program's.
    assert extract_parameters(accounts._NOBODY) == RFC_9106_LOW_MEMORY


class CountingHasher:
    """Counts verifications; accepts every password or none."""

    def __init__(self, agrees: bool) -> None:
        self.agrees = agrees
        self.verified: list[str] = []

    def verify(self, hashed: str, password: str) -> bool:
        self.verified.append(hashed)
        if not self.agrees:
            raise VerifyMismatchError
        return True


@pytest.mark.parametrize("agrees", [True, False])
def test_an_unknown_user_costs_as_much_work_and_never_gets_in(monkeypatch: pytest.MonkeyPatch, agrees: bool) -> None:
    hasher = CountingHasher(agrees)
    monkeypatch.setattr(accounts, "_hasher", hasher)
    assert verify_password(User(password_hash="known"), "Abcdefgh12") is agrees
    assert verify_password(None, "Abcdefgh12") is False
    assert hasher.verified == ["known", accounts._NOBODY]
    assert accounts._NOBODY.startswith("$argon2id$")


# Finding


def test_a_user_is_found_by_his_name_in_whatever_county(
    session: Session, system: Session, other_county: County
) -> None:
    f.make_user(system, Role.AGENT, county=other_county, username="wenxian_li")
    system.commit()
    found = find_user(session, "  wenxian_li ")
    assert found is not None
    assert found.county_id == other_county.id
    assert find_user(session, "nobody") is None


def test_a_cookie_opens_nothing_after_its_sessions_were_ended(session: Session) -> None:
    user = f.make_user(session, Role.AGENT)
    epoch = user.session_epoch
    assert load_user(session, user.id, epoch) is user
    end_sessions(user)
    session.flush()
    assert load_user(session, user.id, epoch) is None
    assert load_user(session, user.id, epoch + 1) is user


def test_a_new_password_ends_the_sessions(session: Session) -> None:
    user = f.make_user(session, Role.AGENT)
    epoch = user.session_epoch
    set_password(session, user, "hash", must_change=True)
    assert load_user(session, user.id, epoch) is None
    assert user.must_change_password


def test_an_account_switched_off_opens_nothing(session: Session) -> None:
    user = f.make_user(session, Role.AGENT, active=False)
    assert load_user(session, user.id, user.session_epoch) is None


# The actor


@pytest.mark.parametrize("role", [None, *f.WRITTEN_ROLES])
def test_an_actor_sees_the_counties_of_his_role(
    system: Session, county: County, other_county: County, role: Role | None
) -> None:
    user = f.make_user(system, role, county=county)
    f.make_supervised(system, user, county)
    f.make_supervised(system, user, other_county)
    system.refresh(user)
    actor = actor_for(user, "10.0.0.7")
    if role in SYSTEM_ROLES:
        assert actor.counties is None
    elif role is Role.SUPERVISOR:
        assert set(actor.counties or ()) == {county.id, other_county.id}
    else:
        assert actor.counties == (county.id,)
    assert (actor.user_id, actor.role, actor.address) == (user.id, role, "10.0.0.7")
    assert not actor.is_system


def test_a_business_account_without_a_county_sees_none(system: Session) -> None:
    user = f.make_user(system, Role.LEAD_OFFICE, county_id=None)
    assert actor_for(user, None).counties == ()


# Rules


@pytest.fixture
def administrator(system: Session) -> User:
    """The one system administrator."""
    user = f.make_user(system, Role.SYSADMIN)
    system.commit()
    return user


@pytest.mark.parametrize("values", [{"role": Role.AUDITOR}, {"active": False}, {"role": None}])
@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.SECADMIN])
def test_nobody_changes_his_own_role_or_switches_himself_off(
    system: Session, acting_as: ActingAs, role: Role, values: dict[str, Any]
) -> None:
    me, _ = f.make_user(system, role), f.make_user(system, role)
    system.commit()
    session = acting_as(role, user_id=me.id)
    with pytest.raises(RuleViolation) as error:
        guard_user(session, session.get_one(User, me.id), values)
    assert error.value.code == "user.self"


def test_he_may_change_his_name_and_save_his_role_unchanged(administrator: User, acting_as: ActingAs) -> None:
    session = acting_as(Role.SYSADMIN, user_id=administrator.id)
    me = session.get_one(User, administrator.id)
    guard_user(session, me, {"display_name": "王五", "role": Role.SYSADMIN, "active": True})


@pytest.mark.parametrize("values", [{"role": Role.AUDITOR}, {"active": False}])
@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.SECADMIN])
def test_the_last_administrator_stays(system: Session, acting_as: ActingAs, role: Role, values: dict[str, Any]) -> None:
    only = f.make_user(system, role)
    f.make_user(system, role, active=False)
    f.make_user(system, Role.AUDITOR)
    system.commit()
    session = acting_as(Role.SECADMIN, user_id=None)
    found = session.get_one(User, only.id)
    for refuse in (lambda: guard_user(session, found, values), lambda: guard_last_administrator(session, found)):
        with pytest.raises(RuleViolation) as error:
            refuse()
        assert error.value.code == "user.last"
        assert role.label in str(error.value)


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.SECADMIN])
def test_one_of_two_administrators_may_go(system: Session, acting_as: ActingAs, role: Role) -> None:
    one, _ = f.make_user(system, role), f.make_user(system, role)
    system.commit()
    session = acting_as(Role.SECADMIN)
    found = session.get_one(User, one.id)
    guard_user(session, found, {"active": False})
    guard_last_administrator(session, found)


def test_other_accounts_may_always_go(system: Session, county: County, acting_as: ActingAs) -> None:
    user = f.make_user(system, Role.LEAD_OFFICE, county=county)
    system.commit()
    session = acting_as(Role.SYSADMIN)
    guard_last_administrator(session, session.get_one(User, user.id))


def test_an_account_is_changed_by_administrators_only(administrator: User, acting_as: ActingAs) -> None:
    session = acting_as(Role.LEAD_OFFICE)
    with pytest.raises(Forbidden):
        guard_user(session, session.get_one(User, administrator.id), {"display_name": "王五"})


@pytest.mark.parametrize("values", [{"role": Role.INSPECTOR}, {"active": False}])
def test_a_new_role_or_switching_off_ends_the_sessions(
    system: Session, county: County, acting_as: ActingAs, values: dict[str, Any]
) -> None:
    user = f.make_user(system, Role.LEAD_OFFICE, county=county)
    system.commit()
    session = acting_as(Role.SECADMIN)
    found = session.get_one(User, user.id)
    guard_user(session, found, values)
    assert found.session_epoch == user.session_epoch + 1


#: role: the fields that its accounts must fill in, by the help texts of User.
NEEDS: dict[Role, set[str]] = {
    Role.LEAD_OFFICE: {"county"},
    Role.WINDOW_CLERK: {"county"},
    Role.INSPECTOR: {"county"},
    Role.LIST_KEEPER: {"county", "department", "keeps"},
    Role.DEPT_LEADER: {"county", "department"},
    Role.AGENT: {"county", "staff"},
    Role.CHIEF_OFFICER: {"county", "staff"},
    Role.LIAISON: {"county", "department", "staff"},
    Role.SUPERVISOR: set(),
    Role.SYSADMIN: set(),
    Role.SECADMIN: set(),
    Role.AUDITOR: set(),
}


def everything(session: Session, county: County) -> dict[str, Any]:
    department = f.make_department(session, county=county)
    return {
        "county": county,
        "department": department,
        "staff": f.make_agent(session, county=county, department=department),
        "keeps": DesignationTarget.PROJECT,
    }


@pytest.mark.parametrize("role", f.WRITTEN_ROLES)
def test_an_account_names_what_its_role_works_for(system: Session, county: County, role: Role) -> None:
    full = everything(system, county)
    given = {k: full[k] if k in NEEDS[role] else None for k in full}
    guard_user(system, User(), {"role": role, **given})
    for missing in NEEDS[role]:
        with pytest.raises(RuleViolation) as error:
            guard_user(system, User(), {"role": role, **given, missing: None})
        assert error.value.field == missing


def test_an_account_names_a_department_and_a_person_of_its_county(
    system: Session, county: County, other_county: County
) -> None:
    full, other = everything(system, county), everything(system, other_county)
    for key in ("department", "staff"):
        with pytest.raises(RuleViolation) as error:
            guard_user(system, User(), {"role": Role.LIAISON, **full, key: other[key]})
        assert error.value.field == key


def test_an_account_of_a_station_is_at_a_station_of_a_county_that_has_them(system: Session, county: County) -> None:
    given = {"role": Role.STATION_CLERK, "county": county, "station": f.make_station(system, county=county)}
    with pytest.raises(RuleViolation, match="没有设"):
        guard_user(system, User(), given)
    county.has_stations = True
    guard_user(system, User(), given)
    for station in (None, f.make_window(system, county=county)):
        with pytest.raises(RuleViolation) as error:
            guard_user(system, User(), given | {"station": station})
        assert error.value.field == "station"
