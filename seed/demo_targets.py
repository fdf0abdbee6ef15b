"""Demo enterprises and projects, their designations and officers."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from models.projects import (
    Assignment,
    Authority,
    Enterprise,
    Funding,
    KeyDesignation,
    Land,
    Level,
    Project,
)
from seed import demo_names as names
from seed.bulk import BATCH, Bulk
from seed.demo_ground import Ground

#: One enterprise or project in so many has no code yet (拟设立, before 立项).
NO_CREDIT_CODE, NO_PROJECT_CODE = 13, 11
#: Positions among twenty projects that are key: without an officer, with one, formerly.
KEY_WAITING, KEY_SERVED, KEY_REVOKED = {0, 5, 10, 15}, {1, 3, 7, 11, 13}, {19}
#: One enterprise in four is key; one key enterprise in five has no officer yet.
KEY_ENTERPRISE, WAITING_ENTERPRISE = 4, 5
#: In counties without officers, one project in eight is in the yearly plan. Source: H 三(四).
PLANNED = 8


@dataclass(slots=True)
class DemoTarget:
    """The data of an enterprise or project that its cases need."""

    id: int
    number: int
    name: str
    code: str | None
    is_key: bool = False
    #: Key without a chief officer: its cases cannot be assigned.
    waiting: bool = False
    #: (officer's name, id, since, until) by position, the last one current.
    officers: list[tuple[str, int, int, int | None]] = field(default_factory=list)

    @property
    def standing(self) -> dict[str, Any]:
        """The columns of its own row that say whether it is key and who its current officer is."""
        current = [id_ for _, id_, _, until in self.officers if until is None]
        return {"is_key": self.is_key, "officer_id": current[0] if current else None}


@dataclass(slots=True)
class Firm(DemoTarget):
    """An enterprise."""

    handler: str = ""
    phone: str = ""


@dataclass(slots=True)
class Site(DemoTarget):
    """A project. `cursor`: the item its next case begins with."""

    firm: Firm | None = None
    investment: Decimal = Decimal(0)
    cursor: int = 0


def officer_of(targets: tuple[DemoTarget | None, ...], on: int) -> tuple[str, int] | None:
    """Name and id of the chief officer on that day: the project's, else the enterprise's."""
    for target in targets:
        for name, id_, since, until in target.officers if target else ():
            if since <= on and (until is None or on < until):
                return name, id_
    return None


class Targets:
    """Makes one county's enterprises and projects and keeps them for the cases."""

    def __init__(self, bulk: Bulk, ground: Ground, rng: Random, first: int) -> None:
        """`first`: the number of the first new enterprise and project, so that names continue."""
        self.bulk, self.ground, self.rng, self.first = bulk, ground, rng, first
        self.firms: list[Firm] = []
        self.sites: list[Site] = []
        self._agreements: dict[int, int] = {}
        self._turn = -1

    def make(self, firms: int, sites: int) -> None:
        """Make so many enterprises and projects."""
        for number in range(firms):
            self._firm(number)
            self.bulk.flush(BATCH)
        for number in range(sites):
            self._site(number)
            self.bulk.flush(BATCH)

    def _firm(self, number: int) -> None:
        county, own = self.ground.county, self.first + number
        name = names.enterprise_name(county.name, own)
        code: str | None = names.credit_code(county.code, own)
        if number % NO_CREDIT_CODE == NO_CREDIT_CODE - 1:
            name, code = f"{name}（拟设立）", None
        row: dict[str, Any] = {
            "county_id": county.id,
            "name": name,
            "credit_code": code,
            "industry": names.industry_of(own)[1],
            "postcode": f"{county.code[:4]}00",
            "address": self._address(number),
            "principal": names.person("负责人", own),
            "principal_phone": names.mobile(own * 2),
            "handler": names.person("经办人", own),
            "handler_phone": names.mobile(own * 2 + 1) if number % 4 else names.landline(county.area_code, own),
            "is_key": False,
            "officer_id": None,
            "remark": None,
            "version": 1,
        }
        id_ = self.bulk.add(Enterprise, row)
        firm = Firm(id_, number, name, code, handler=row["handler"], phone=row["handler_phone"])
        self.firms.append(firm)
        if county.has_chief_officers and number % KEY_ENTERPRISE == 0:
            waiting = number // KEY_ENTERPRISE % WAITING_ENTERPRISE == 2
            self._designate(firm, "enterprise_id", county.enterprise_decider, waiting=waiting)
        row |= firm.standing

    def _site(self, number: int) -> None:
        ground, draw = self.ground, self.rng.random
        county, own = ground.county, self.first + number
        firm = self.firms[number % len(self.firms)]
        long_ago = ground.days.days[int(draw() * ground.days.first * 0.5)]
        code = None if number % NO_PROJECT_CODE == 10 else names.project_code(county.code, long_ago, own)
        investment = Decimal(500 + int(draw() ** 3 * 49500)) + Decimal(int(draw() * 4) * 25) / 100
        name = names.project_name(county.name, own, self.first + firm.number)
        site = Site(0, number, name, code, firm=firm, investment=investment, cursor=int(draw() * 15))
        place, planned = number % 20, False
        if county.has_chief_officers:
            site.is_key = place in KEY_WAITING | KEY_SERVED
        elif county.project_decider:
            site.is_key = planned = number % PLANNED == 2
        row = self._site_row(site, firm, planned=planned)
        site.id = self.bulk.add(Project, row)
        self.sites.append(site)
        if site.is_key or (county.has_chief_officers and place in KEY_REVOKED):
            self._designate(
                site,
                "project_id",
                county.project_decider,
                waiting=place in KEY_WAITING,
                revoked=place in KEY_REVOKED and not planned,
            )
        row |= site.standing
        site.waiting = site.waiting or firm.waiting

    def _site_row(self, site: Site, firm: Firm, *, planned: bool) -> dict[str, Any]:
        county, number = self.ground.county, site.number
        # 审批要素 are filled in where a yearly plan decides. Source: H 三(三)-(四).
        asks = county.project_decider is not None and not county.has_chief_officers
        return {
            "county_id": county.id,
            "name": site.name,
            "code": site.code,
            "enterprise_id": firm.id,
            "investment": site.investment,
            "scale": f"占地{20 + number % 180}亩，建筑面积{3000 + number % 97 * 500}平方米",
            "address": self._address(number),
            "funding": (
                Funding.DOMESTIC,
                Funding.DOMESTIC,
                Funding.DOMESTIC,
                Funding.GOVERNMENT,
                Funding.DOMESTIC,
                Funding.FOREIGN,
                Funding.OTHER,
            )[number % 7],
            "land": Land.ALLOCATED if number % 7 == 3 else Land.GRANTED,
            "is_key": site.is_key,
            "officer_id": None,
            "started": number % 3 == 0,
            "promoted": number % 4 == 1,
            "industry_kind": names.industry_of(self.first + firm.number)[1] if asks else None,
            "guided": bool(asks),
            "authority": Authority.COUNTY if asks else None,
            "major_plan": ("县", "州", "自治区")[number % 3] if planned else None,
            "restricted": False,
            "remark": None,
            "version": 1,
        }

    def _address(self, number: int) -> str:
        county, places = self.ground.county, self.ground.places
        place = places[number % len(places)]
        place = place if place.startswith(county.name) else county.name + place
        return f"{place}示范路{number % 300 + 1}号"

    def _designate(
        self,
        target: DemoTarget,
        key: str,
        decider: str | None,
        *,
        waiting: bool,
        revoked: bool = False,
    ) -> None:
        """Add the designation, and the assignment unless the target still waits for one."""
        ground, draw = self.ground, self.rng.random
        days = ground.days
        served = ground.county.has_chief_officers and not waiting
        oldest = days.first - 60
        recent = days.last - 40
        on = oldest + int(draw() * (recent - oldest)) if served else recent + int(draw() * 35)
        until = on + 10 + int(draw() * (days.last - on - 10)) if revoked else None
        target.is_key, target.waiting = until is None, waiting and ground.county.has_chief_officers
        day = days.days[on]
        self.bulk.add(
            KeyDesignation,
            {
                "county_id": ground.county.id,
                "project_id": None,
                "enterprise_id": None,
                key: target.id,
                "basis": self._basis(day.year, target.number, key),
                "designated_on": day,
                "level": (Level.COUNTY, Level.COUNTY, Level.CITY, Level.COUNTY, Level.PROVINCE)[target.number % 5],
                "decided_by_id": ground.deciders.get(decider or ""),
                "valid_until": days.days[-1] if target.number % 3 == 0 else None,
                "revoked_on": None if until is None else days.days[until],
                "revoke_reason": None if until is None else "项目建成投产，退出重点名单",
                "version": 1,
            },
        )
        if served:
            self._assign(target, key, on, until)

    def _basis(self, year: int, number: int, key: str) -> str:
        name = self.ground.county.name
        if number % 6 == 4:
            return f"{name}县长办公会议纪要（{year}年）"
        what = "重点项目" if key == "project_id" else "重点企业"
        return f"{name[0]}{what[2]}办〔{year}〕{number % 40 + 1}号"

    def _assign(self, target: DemoTarget, key: str, since: int, until: int | None) -> None:
        """Assign one officer from the day of designation, or two in succession."""
        draw, officers = self.rng.random, self.ground.officers
        last = self.ground.days.last if until is None else until
        turn = self._turn = self._turn + 1
        changed = since + 5 + int(draw() * 100)
        if turn % 4 == 1 and changed < last - 3:
            self._serve(target, key, officers[(turn + 3) % len(officers)], since, changed, "分包领导工作变动，调整分包")
            since = changed
        self._serve(target, key, officers[turn % len(officers)], since, until, "项目建成投产，结束分包")

    def _serve(self, target: DemoTarget, key: str, officer: Any, since: int, until: int | None, ending: str) -> None:
        days, county = self.ground.days.days, self.ground.county
        on = days[since]
        agreed = target.number % 6 != 1
        number = self._agreements.get(on.year, self.first) + 1
        if agreed:
            self._agreements[on.year] = number
        self.bulk.add(
            Assignment,
            {
                "county_id": county.id,
                "project_id": None,
                "enterprise_id": None,
                key: target.id,
                "officer_id": officer.id,
                "since": on,
                "until": None if until is None else days[until],
                "agreement_number": f"{county.name[0]}委托〔{on.year}〕{number}号" if agreed else None,
                "agreement_on": on if agreed else None,
                "reason": "列入重点名单，分包服务",
                "end_reason": None if until is None else ending,
                "version": 1,
            },
        )
        target.officers.append((officer.name, officer.id, since, until))
