"""Near-duplicates: an enterprise, a project or a person that is perhaps already there under another name.

Two rows are near-duplicates when their names differ in spelling, place, or form of company alone. Source: 领域 3.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import Base
from models.name_keys import name_key
from models.people import ChiefServiceOfficer, DepartmentLeader, DepartmentLiaison, GeneralAgent, Staff
from models.places import County
from models.projects import Enterprise, Project
from services.kernel.actor import actor_of
from services.kernel.errors import RuleViolation

#: The tables whose near-duplicates are told and can be merged.
TABLES: tuple[type[Any], ...] = (
    Enterprise,
    Project,
    ChiefServiceOfficer,
    GeneralAgent,
    DepartmentLiaison,
    DepartmentLeader,
)
PROVINCE = re.compile(r"(?:[一-龥]{2,3}省|(?:内蒙古|广西|西藏|宁夏|新疆)(?:壮族|回族|维吾尔)?(?:自治区)?|中国)")
#: What stands in brackets of a name and says only how far the company has come.
STAGE = re.compile(r"\((?:拟设立|拟成立|拟注册|拟|筹建|筹|设立中)\)")
COMPANY = re.compile(r"(?:集团)?(?:股份)?(?:有限责任公司|有限公司|股份公司|公司|集团)$")
WORKS = re.compile(r"(?:建设项目|工程项目|建设工程|项目|工程)$")
#: A core that is shorter says too little to compare.
LEAST = 2
#: Most near-duplicates that a form or a cell names, and most names that the page of groups compares.
MOST_NAMED, MOST_ROWS = 5, 100_000


class NearDuplicate(RuleViolation):
    """Perhaps the row is there already: `rows` says which. The user may confirm that it is another one."""

    def __init__(self, message: str, rows: Sequence[Base]) -> None:
        super().__init__("near_duplicate", message, field="name")
        self.rows = rows

    @property
    def token(self) -> str:
        """What a form sends back to confirm just these rows."""
        return ",".join(str(row.id) for row in self.rows)


@dataclass(frozen=True)
class Place:
    """The words for the county that names begin with or have in brackets."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, county: County | None) -> Place:
        """The words of a county; None for actors who see several."""
        names = [county.city, county.name] if county else []
        short = [name[:-1] for name in names if len(name) > LEAST and name[-1] in "市州盟县旗区"]
        return cls(tuple(sorted({name_key(name) for name in (*names, *short)}, key=len, reverse=True)))

    def core(self, model: type[Any], key: str) -> str:
        """What is left of a name's key without place, form and stage; the key itself when too little is left."""
        if issubclass(model, Staff):
            return key
        left = STAGE.sub("", key)
        for word in self.words:
            left = left.replace(f"({word})", "")
        left = (WORKS if model is Project else COMPANY).sub("", self._without_place(left))
        return left if len(left) >= LEAST else key

    def _without_place(self, key: str) -> str:
        left = PROVINCE.sub("", key, count=1) if PROVINCE.match(key) else key
        for _ in self.words:
            word = next((w for w in self.words if left.startswith(w)), None)
            left = left.removeprefix(word) if word else left
        return left


def place_of(session: Session) -> Place:
    """The place of the actor's county."""
    county = session.get(County, actor_of(session).county_id) if actor_of(session).county_id else None
    return Place.of(county)


def look_alike(session: Session, row: Any, values: Mapping[str, Any]) -> list[Any]:
    """The rows that may be what `row` becomes with `values`; none when its name stays."""
    name = values.get("name")
    if not isinstance(row, TABLES) or not name or (row.id is not None and name_key(name) == row.name_key):
        return []
    return _alike(session, row, name_key(name))


def alike(session: Session, row: Any) -> list[Any]:
    """The rows that look like `row` as it is."""
    return _alike(session, row, row.name_key)


def _alike(session: Session, row: Any, key: str) -> list[Any]:
    model, place = type(row), place_of(session)
    core = place.core(model, key)
    # A name may have the place in brackets within its core: only the beginning of the core is certain to be there.
    likely = model.name_key.contains(core[:LEAST], autoescape=True), model.id != (row.id or 0)
    with session.no_autoflush:
        names = session.execute(select(model.id, model.name_key).where(*likely).order_by(model.id).limit(MOST_ROWS))
        alike = [id_ for id_, other in names if place.core(model, other) == core][:MOST_NAMED]
        return list(session.scalars(select(model).where(model.id.in_(alike)).order_by(model.id))) if alike else []


def check_near_duplicates(session: Session, row: Any, values: Mapping[str, Any], confirmed: str | None) -> None:
    """Raise `NearDuplicate` unless the user has confirmed that `row` is none of those that look alike."""
    found = look_alike(session, row, values)
    if found:
        near = NearDuplicate(f"可能已有这个{row.__title__}，请先核对", found)
        if near.token != confirmed:
            raise near


class Cores:
    """The names of one table by their cores, for lists that bring many rows."""

    def __init__(self, session: Session, model: type[Any]) -> None:
        self._model, self._place = model, place_of(session)
        self._names: dict[str, dict[str, str]] = defaultdict(dict)
        if issubclass(model, TABLES):
            for name, key in session.execute(select(model.name, model.name_key)):
                self._names[self._place.core(model, key)].setdefault(key, name)

    def others(self, name: str) -> list[str]:
        """The names that look like `name`; it is among them from now on."""
        if not issubclass(self._model, TABLES):
            return []
        key = name_key(name)
        known = self._names[self._place.core(self._model, key)]
        found = list(known.values())[:MOST_NAMED]
        known.setdefault(key, name)
        return found


def groups(session: Session, model: type[Any]) -> list[list[tuple[int, str, str]]]:
    """Groups of rows that look alike: (id, name, hint) of each, by id."""
    place, found = place_of(session), defaultdict(list)
    hint = getattr(model, model.__hint__)
    statement = select(model.id, model.name, hint, model.name_key).order_by(model.id).limit(MOST_ROWS)
    for id_, name, more, key in session.execute(statement):
        found[place.core(model, key)].append((id_, name, more or ""))
    return [rows for rows in found.values() if len(rows) > 1]


def titles(names: Iterable[str]) -> str:
    """Names as a message lists them."""
    return "、".join(f"“{name}”" for name in names)
