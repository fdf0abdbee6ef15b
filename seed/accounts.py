"""The demo accounts: one for each role in each county, and those above the counties.

Source: 领域 11.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.people import (
    ChiefServiceOfficer,
    DepartmentLeader,
    DepartmentLiaison,
    DesignationTarget,
    GeneralAgent,
    Role,
    Staff,
    User,
)
from models.places import County, Department, DepartmentKind, SupervisedCounty, Window
from seed.counties import COUNTIES, CountyData
from seed.demo_people import SHOWN_DEPARTMENT, load_people
from services.kernel.accounts import hash_password, random_password
from services.kernel.audit import audit_action


@dataclass(frozen=True)
class Account:
    """A demo account. `staff`: the kind of staff it belongs to; `office`: its department; `station`: where it is."""

    username: str
    display_name: str
    role: Role
    county: str | None = None
    staff: type[Staff] | None = None
    office: str | None = None
    keeps: DesignationTarget | None = None
    supervises: tuple[str, ...] = ()
    station: str | None = None


#: 重点名单管理员: short name of the deciding department → suffix of the account name.
KEEPERS = {
    "发展改革委": ("fgw", DesignationTarget.PROJECT),
    "科工信局": ("kgxj", DesignationTarget.ENTERPRISE),
    "科工局": ("kgj", DesignationTarget.ENTERPRISE),
}


def make_accounts(session: Session, password: str | None) -> list[tuple[str, str]]:
    """Create the missing demo accounts and link them to their staff.

    Returns (username, password) of each new account. With `password`, all accounts have it; without, each
    gets a random one that must be changed at the first log-in. Passwords are hashed before the first
    statement: pass an unused session, so that no lock is held meanwhile.
    """
    accounts = _accounts()
    passwords = [password or random_password() for _ in accounts]
    hashes = {p: hash_password(p) for p in dict.fromkeys(passwords)}
    load_people(session)
    known = set(session.scalars(select(User.username)))
    made = []
    with audit_action(session, AuditAction.SETUP):
        for account, secret in zip(accounts, passwords, strict=True):
            if account.username not in known:
                session.add(_user(session, account, hashes[secret], must_change=password is None))
                made.append((account.username, secret))
    return made


def _accounts() -> list[Account]:
    return [*(a for data in COUNTIES for a in _of_county(data)), *_accounts_above_counties()]


def _of_county(data: CountyData) -> Iterator[Account]:
    slug, code = data.settings["slug"], data.code
    lead = next(o.name for o in data.offices if o.kind is DepartmentKind.LEAD)
    shown = next(o.name for o in data.offices if o.short_name == SHOWN_DEPARTMENT)
    rows: list[tuple[str, str, Role, type[Staff] | None, str]] = [
        ("office", "领导小组办公室甲", Role.LEAD_OFFICE, None, lead),
        ("leader", "责任领导", Role.DEPT_LEADER, DepartmentLeader, shown),
        ("agent", "代办员", Role.AGENT, GeneralAgent, ""),
        ("window", "综合窗口甲", Role.WINDOW_CLERK, None, lead),
        ("liaison", "专办员", Role.LIAISON, DepartmentLiaison, shown),
        ("inspector", "督查员甲", Role.INSPECTOR, None, _inspecting(data) or lead),
    ]
    if data.settings["has_chief_officers"]:
        rows.append(("officer", "首席服务员", Role.CHIEF_OFFICER, ChiefServiceOfficer, ""))
    for name, label, role, staff, office in rows:
        yield Account(f"{slug}.{name}", label, role, code, staff, office or None)
    if data.stations:
        name = data.stations[0].name
        yield Account(f"{slug}.station", "服务站工作人员甲", Role.STATION_CLERK, code, station=name)
    for decider in (data.settings["project_decider"], data.settings["enterprise_decider"]):
        if decider in KEEPERS:
            name, keeps = KEEPERS[decider]
            yield Account(f"{slug}.{name}", f"{decider}名单管理员", Role.LIST_KEEPER, code, None, decider, keeps)


def _inspecting(data: CountyData) -> str | None:
    """B names its inspecting section, 政务服务督查室. Source: B 八."""
    return next((o.name for o in data.offices if "督查" in o.name), None)


def _accounts_above_counties() -> Iterator[Account]:
    counties = tuple(d.code for d in COUNTIES if d.settings["city"] == "焦作市")
    yield Account("jiaozuo.supervisor", "焦作市查看", Role.SUPERVISOR, supervises=counties)
    for role in (Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR):
        yield Account(role.value, role.label, role)


def _user(session: Session, account: Account, hashed: str, *, must_change: bool) -> User:
    county = _county(session, account.county) if account.county else None
    user = User(
        username=account.username,
        display_name=account.display_name,
        role=account.role,
        county_id=county.id if county else None,
        keeps=account.keeps,
        password_hash=hashed,
        must_change_password=must_change,
    )
    if county and account.office:
        user.department_id = session.scalars(
            select(Department.id).where(Department.county_id == county.id, Department.name == account.office)
        ).one()
    if county and account.station:
        user.station_id = session.scalars(
            select(Window.id).where(Window.county_id == county.id, Window.name == account.station)
        ).one()
    if county and account.staff:
        _stand_for(user, _staff(session, account.staff, county, user.department_id))
    user.supervised = [SupervisedCounty(county_id=_county(session, code).id) for code in account.supervises]
    return user


def _stand_for(user: User, staff: Staff) -> None:
    user.staff_id = staff.id
    user.department_id = staff.department_id
    user.display_name = staff.name


def _county(session: Session, code: str) -> County:
    return session.scalars(select(County).where(County.code == code)).one()


def _staff(session: Session, kind: type[Any], county: County, department: int | None) -> Staff:
    """The first active staff member of that kind, in `department` if given."""
    query = select(kind).where(kind.county_id == county.id, kind.active).order_by(kind.id)
    if department is not None:
        query = query.where(kind.department_id == department)
    found: Staff = session.scalars(query.limit(1)).one()
    return found
