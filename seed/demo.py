"""Demo data: four realistic counties; the same date gives the same data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.ledger import LedgerMonth
from models.places import County
from models.projects import Enterprise, Project
from seed.bulk import Bulk
from seed.counties import COUNTIES
from seed.demo_cases import Cases
from seed.demo_ground import Workdays, survey
from seed.demo_ledger import Entries
from seed.demo_office import load_office
from seed.demo_people import load_people
from seed.demo_targets import Targets
from services.kernel.actor import SYSTEM
from services.kernel.audit import record
from services.kernel.errors import RuleViolation
from services.kernel.months import first_day, last_day, month_of
from services.kernel.transaction import working
from services.ledgers import ledger_months

#: Numbers for one county of the ordinary demo.
FIRMS, SITES, CASES = 60, 80, 300
#: In a large demo: cases for each enterprise and each project.
CASES_A_TARGET = 5
#: How many finished months the ordinary demo locks; with the current one they make a year.
LOCKED_MONTHS = 11

Progress = Callable[[int, int], None]


def load_demo(
    engine: Engine,
    today: date,
    *,
    cases: int | None = None,
    progress: Progress | None = None,
    resume: bool = False,
) -> None:
    """Load demo data up to `today`; the counties must exist.

    With `cases`: add that many cases in total, with their ledger rows. Without: load 300 cases for each
    county, once. A second run is refused, or with `resume` loads only what is missing.
    """
    with working(engine, SYSTEM) as session:
        load_people(session)
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, total)

    total = cases or CASES * len(COUNTIES)
    for place, data in enumerate(COUNTIES):
        count = total // len(COUNTIES) + (place < total % len(COUNTIES))
        with working(engine, SYSTEM) as session:
            if not (resume and _has_data(session, data.code)):
                _load_county(session, data.code, today, count, bulk_ledger=cases is not None, tick=tick)
    if cases is None:
        for data in COUNTIES:
            with working(engine, SYSTEM) as session:
                if not (resume and _has_ledgers(session, data.code)):
                    _keep_ledgers(session, data.code, today)
                load_office(session, _county(session, data.code), today)


def _county(session: Session, code: str) -> County:
    return session.scalars(select(County).where(County.code == code)).one()


def _has_data(session: Session, code: str) -> bool:
    return session.scalar(_first_of(Enterprise, code)) is not None


def _has_ledgers(session: Session, code: str) -> bool:
    return session.scalar(_first_of(LedgerMonth, code)) is not None


def _count(session: Session, model: type[Enterprise] | type[Project], county: County) -> int:
    query = select(func.count(model.id)).where(model.county_id == county.id)
    return session.scalar(query, execution_options={"unscoped": True}) or 0


def _first_of(model: type[Enterprise] | type[LedgerMonth], code: str) -> Select[int]:
    return select(model.id).join(County, County.id == model.county_id).where(County.code == code).limit(1)


def _load_county(
    session: Session, code: str, today: date, count: int, *, bulk_ledger: bool, tick: Callable[[], None]
) -> None:
    county = _county(session, code)
    # Codes and names continue after the existing rows, deleted ones included.
    first = max(_count(session, model, county) for model in (Enterprise, Project))
    if first and not bulk_ledger:
        raise RuleViolation("demo.twice", f"{county.name}已有企业数据，不再装入演示数据")
    rng = Random(f"{code} {today} {count}")  # noqa: S311  # nosec B311  # demo data, no secret
    bulk = Bulk(session.connection())
    ground = survey(session, county, Workdays(today))
    targets = Targets(bulk, ground, rng, first)
    if bulk_ledger:
        targets.make(max(1, count // CASES_A_TARGET), max(1, count // CASES_A_TARGET))
    else:
        targets.make(FIRMS, SITES)
    entries = Entries(session, bulk, ground) if bulk_ledger else None
    Cases(bulk, ground, targets, rng, entries).make(count, tick)
    bulk.finish()
    ground.numbers.save()
    record(session, AuditAction.DEMO, subject=county, cases=count)


def _keep_ledgers(session: Session, code: str, today: date) -> None:
    """Lock the last finished months; open and refresh the current one."""
    county = _county(session, code)
    months = [month_of(today)]
    while len(months) <= LOCKED_MONTHS:
        months.insert(0, month_of(first_day(months[0]) - timedelta(days=1)))
    for name in months:
        month = ledger_months.open_month(session, county.id, name)
        ledger_months.refresh(session, month, today)
        if last_day(name) < today:
            ledger_months.lock(session, month, today)
