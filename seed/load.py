"""Loads the counties with their options, departments and items; only missing rows are added.

Rows are recognised by their natural key, deleted ones included, so that everything an office changed,
retired or deleted stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.items import ServiceItem
from models.places import County, CountyOption, Department
from seed.counties import COUNTIES, CountyData
from seed.counties.catalogue import FOR_NEW_FIRMS, LIVELIHOOD, NEEDED
from services.kernel.audit import audit_action

#: Deleted rows count as present.
_ALL = {"unscoped": True}


def load_counties(session: Session) -> None:
    """Add the four counties and the missing rows of their lists."""
    with audit_action(session, AuditAction.SETUP):
        for data in COUNTIES:
            county = _county(session, data.settings)
            _options(session, county, data)
            offices = _departments(session, county, data)
            _items(session, county, data, offices)


def _county(session: Session, settings: Mapping[str, Any]) -> County:
    county = session.scalar(select(County).where(County.code == settings["code"]), execution_options=_ALL)
    if county is None:
        county = County(**settings)
        session.add(county)
        session.flush()
    return county


def _present(session: Session, model: type[Any], county: County, *keys: str) -> set[Any]:
    """The natural keys of the county's existing rows."""
    columns = [getattr(model, key) for key in keys]
    rows = session.execute(select(*columns).where(model.county_id == county.id), execution_options=_ALL)
    return {tuple(row) for row in rows}


def _options(session: Session, county: County, data: CountyData) -> None:
    present = _present(session, CountyOption, county, "kind", "name")
    for kind, options in data.options.items():
        for position, given in enumerate(options, 1):
            name, meaning = (given, None) if isinstance(given, str) else given
            if (kind, name) not in present:
                session.add(
                    CountyOption(
                        county_id=county.id,
                        kind=kind,
                        name=name,
                        meaning=meaning,
                        position=position,
                        needed=meaning in NEEDED,
                    )
                )
    session.flush()


def _departments(session: Session, county: County, data: CountyData) -> dict[str, int]:
    """Add missing departments; return short name in the catalogue → id of those not deleted."""
    present = _present(session, Department, county, "name")
    session.add_all(
        Department(county_id=county.id, name=o.name, short_name=o.short_name, kind=o.kind)
        for o in data.offices
        if (o.name,) not in present
    )
    session.flush()
    ids: dict[str, int] = dict(
        session.execute(select(Department.name, Department.id).where(Department.county_id == county.id)).all()
    )
    return {o.short_name: ids[o.name] for o in data.offices if o.name in ids}


def _items(session: Session, county: County, data: CountyData, offices: Mapping[str, int]) -> None:
    present = _present(session, ServiceItem, county, "category", "name")
    session.add_all(
        ServiceItem(
            county_id=county.id,
            name=item.name,
            category=item.category,
            department_id=offices[item.office],
            limit_days=item.days,
            limit_kind=item.limit_kind,
            livelihood=item.name in LIVELIHOOD,
            for_new_firms=item.name in FOR_NEW_FIRMS,
            illustrative=True,
            origin=origin,
            position=position,
        )
        for position, (item, origin) in enumerate(data.items, 1)
        if (item.category, item.name) not in present and item.office in offices
    )
    session.flush()
