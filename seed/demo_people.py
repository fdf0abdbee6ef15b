"""Demo staff and windows: invented names, a fixed number in each county."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.items import ServiceItem
from models.people import (
    ChiefServiceOfficer,
    DepartmentLeader,
    DepartmentLiaison,
    Employment,
    GeneralAgent,
    Staff,
)
from models.places import County, Department, DepartmentKind, Window, WindowKind
from seed.counties import COUNTIES
from seed.demo_names import landline, mobile, person
from services.kernel.audit import audit_action

AGENTS = 6
HOURS = "周一至周五 9:00-17:00"
OFFICERS = 14
#: The department of the demo accounts of a leader and a liaison.
SHOWN_DEPARTMENT = "住建局"
#: This department has several liaisons and names one for each case; the others have a default liaison.
SHOWN_LIAISONS = 4
#: Departments that have a second liaison.
BUSY = frozenset({"发改委", "市场监管局", "自然资源局"})


def load_people(session: Session) -> None:
    """Add agents, officers, leaders and liaisons to each county without staff.

    The counties must exist. A county that has staff is not changed.
    """
    codes = [data.code for data in COUNTIES]
    counties = session.scalars(select(County).where(County.code.in_(codes)).order_by(County.code))
    with audit_action(session, AuditAction.SETUP):
        for county in counties.all():
            if session.scalar(select(Staff.id).where(Staff.county_id == county.id).limit(1)) is None:
                _load_county(session, county)


def _load_county(session: Session, county: County) -> None:
    offices = session.scalars(select(Department).where(Department.county_id == county.id).order_by(Department.id)).all()
    windows = [*_windows(county, offices), *_stations(county)]
    staff = [*_agents(county, offices, windows[0]), *_handlers(county, offices)]
    if county.has_chief_officers:
        staff += _officers(offices)
    for number, one in enumerate(staff):
        one.county_id = county.id
        one.version = 1
        one.phone = mobile(county.id * 1000 + number) if number % 5 else landline(county.area_code, number)
    session.add_all([*windows, *staff])
    session.flush()
    _default_liaisons(session, county, staff)


def _windows(county: County, offices: Sequence[Department]) -> Iterator[Window]:
    """The 综合窗口 first, then the window of a rated department."""
    shown = next((o.id for o in offices if o.short_name == SHOWN_DEPARTMENT), None)
    for name, kind, department_id, address in (
        (f"{county.service_word}综合窗口", WindowKind.GENERAL, offices[0].id, "政务服务大厅一楼"),
        ("项目建设专办窗口", WindowKind.BUSINESS, shown, "政务服务大厅二楼"),
    ):
        yield Window(
            county_id=county.id,
            name=name,
            kind=kind,
            department_id=department_id,
            address=address,
            hours=HOURS,
        )


def _stations(county: County) -> Iterator[Window]:
    """The 基层政务服务站 of a county that has them. Source: Z 四."""
    for station in next(data.stations for data in COUNTIES if data.code == county.code):
        yield Window(
            county_id=county.id,
            name=station.name,
            kind=WindowKind.STATION,
            station_kind=station.kind,
            address=station.address,
            hours=HOURS,
        )


def _agents(county: County, offices: Sequence[Department], window: Window) -> Iterator[Staff]:
    """全科代办员 work at the 综合窗口 of the lead office; B's belong to its sections. Source: B 五.3."""
    homes = [o for o in offices if o.kind is DepartmentKind.SECTION] or [
        o for o in offices if o.kind is DepartmentKind.LEAD
    ]
    for number in range(AGENTS):
        yield GeneralAgent(
            name=person(county.agent_word, number),
            department_id=homes[number % len(homes)].id,
            position="工作人员",
            window=window,
            employment=_employment(county, number),
        )


def _employment(county: County, number: int) -> Employment | None:
    """专职 or 兼职, where the county tells them apart. Source: H 四(三)."""
    if not county.tells_employment:
        return None
    return Employment.PART if number % 3 else Employment.FULL


def _officers(offices: Sequence[Department]) -> Iterator[Staff]:
    """项目首席服务员 are cadres of departments and townships."""
    homes = [o for o in offices if o.kind in (DepartmentKind.APPROVAL, DepartmentKind.TOWNSHIP, DepartmentKind.PARK)]
    positions = ("局长", "副局长", "四级调研员", "党组成员", "主任")
    for number in range(OFFICERS):
        home = homes[number * 7 % len(homes)]
        yield ChiefServiceOfficer(
            name=person("首席服务员", number),
            department_id=home.id,
            position=positions[number % len(positions)] if home.kind is DepartmentKind.APPROVAL else "副职领导",
        )


def _handlers(county: County, offices: Sequence[Department]) -> Iterator[Staff]:
    """A leader in each department that handles items, and its liaisons. Source: H 四(二)-(三)."""
    homes = [o for o in offices if o.kind in (DepartmentKind.APPROVAL, DepartmentKind.UTILITY)]
    number = 0
    for place, home in enumerate(homes):
        yield DepartmentLeader(name=person("责任领导", place), department_id=home.id, position="分管负责人")
        for _ in range(_liaisons_in(home)):
            yield DepartmentLiaison(
                name=person("专办员", number),
                department_id=home.id,
                position="工作人员",
                employment=_employment(county, number),
            )
            number += 1


def _liaisons_in(office: Department) -> int:
    if office.short_name == SHOWN_DEPARTMENT:
        return SHOWN_LIAISONS
    return 2 if office.short_name in BUSY else 1


def _default_liaisons(session: Session, county: County, staff: list[Staff]) -> None:
    """Set the first liaison of a department as default for its items, except where its leader names them."""
    first = {s.department_id: s.id for s in reversed(staff) if isinstance(s, DepartmentLiaison)}
    items = session.scalars(select(ServiceItem).where(ServiceItem.county_id == county.id)).all()
    shown = set(
        session.scalars(
            select(Department.id).where(Department.county_id == county.id, Department.short_name == SHOWN_DEPARTMENT)
        )
    )
    for item in items:
        if item.liaison_id is None and item.department_id not in shown:
            item.liaison_id = first.get(item.department_id)
    session.flush()
