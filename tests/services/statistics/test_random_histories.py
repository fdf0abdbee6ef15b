"""Over random histories of three years all figures agree: months, years, ledgers, links, late and appealed ratings.

HISTORIES=500 in the environment runs more of them, for a change of the rules of ledgers.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.cases import CaseState, CaseStep, ServiceCase, StepState
from models.evaluation import Evaluation
from models.items import LimitKind
from models.ledger import LedgerEntry, LedgerMonth, Outcome
from models.places import Meaning, OptionKind
from models.records import CalendarDay
from services.cases.deadlines import recompute, set_due
from services.cases.evaluation import expected_ratings, rating_setup
from services.kernel.actor import actor_of
from services.kernel.months import first_day, last_day, month_of
from services.ledgers import ledger_months, other_ledgers, workbooks
from services.statistics import coverage, figures
from services.statistics.rating_summary import Summary, summaries
from tests import factories as f
from tests.services.statistics.test_figures import no_count, rows_behind

MONTHS = [f"{year}-{number:02d}" for year in (2023, 2024, 2025) for number in range(1, 13)]
#: Figures that a locked month stored and that its rows still give.
OF_RATINGS = ("rated_rate", "rated_late", "satisfied_rate", "bad", "corrected")


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """The rules do not depend on the database; SQLite is the quicker one."""
    return sqlite_engine


class Office:
    """A county whose people enter cases, ratings and appeals on time and late, and lock and unlock its months."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.rng = session, random.Random(seed)
        self.county_id = actor_of(session).county_id
        for meaning in (Meaning.BY_APPLICANT_AGENT, Meaning.BY_APPLICANT_OFFICER):
            f.make_option(session, kind=OptionKind.RELATION, meaning=meaning)
        self.grades = [
            f.make_option(session, kind=OptionKind.SCALE, name=meaning.label, meaning=meaning)
            for meaning in (Meaning.SATISFIED, Meaning.DISSATISFIED)
        ]
        self.setup = rating_setup(session, actor_of(session).county_id or 0)
        self.agents = [f.make_agent(session, name=name) for name in ("甲", "乙")]
        self.officer = f.make_officer(session, name="丙")
        self.same = {
            "enterprise": f.make_enterprise(session),
            "channel": f.make_option(session, kind=OptionKind.CHANNEL),
            "mode": f.make_option(session, kind=OptionKind.MODE),
        }
        self.reason = f.make_option(session, kind=OptionKind.TERMINATION_REASON)
        self.item = f.make_item(session)
        self.cases: list[ServiceCase] = []
        #: What each locked month said when it was locked.
        self.signed: dict[str, Any] = {}

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def some_day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.rng.randrange((last - first).days + 1))

    def enter(self, on: date) -> None:
        """Accept and end cases, mostly of these weeks and sometimes of long ago."""
        for _ in range(self.rng.randrange(3)):
            self.accept(self.some_day(on - timedelta(days=200 if self.chance(0.2) else 25), on))
        for case in [c for c in self.cases if c.ended_on is None and self.chance(0.3)]:
            assert case.accepted_on
            self.end(case, self.some_day(max(case.accepted_on, on - timedelta(days=90)), on))
        self.session.flush()

    def accept(self, on: date) -> None:
        case = f.make_case(
            self.session,
            state=CaseState.IN_PROGRESS,
            number=f"{len(self.cases)}号",
            accepted_on=on,
            assigned_on=on,
            agent=self.rng.choice(self.agents),
            officer=self.officer if self.chance(0.4) else None,
            **self.same,
        )
        case.steps.append(
            CaseStep(
                county_id=case.county_id,
                item=self.item,
                department_id=self.item.department_id,
                state=StepState.ACCEPTED,
                accepted_on=on,
                limit_days=self.rng.choice((0, 5, 20)),
                limit_kind=LimitKind.WORKING,
                pauses=[],
            )
        )
        set_due(case)
        self.cases.append(case)

    def end(self, case: ServiceCase, on: date) -> None:
        case.ended_on = on
        if self.chance(0.2):
            case.state = CaseState.TERMINATED
            f.make_termination(self.session, case=case, reason=self.reason, terminated_on=on, number=f"终{case.number}")
            return
        case.state, case.approved_on = CaseState.CLOSED, on
        f.make_completion(self.session, case=case, completed_on=on, number=f"结{case.number}")

    def rate(self, on: date) -> None:
        """Record some of the ratings due, and appeal against some of those given."""
        given = {(e.case_id, e.relation_id): e for e in self.session.scalars(select(Evaluation))}
        for case in [c for c in self.cases if c.state is CaseState.CLOSED]:
            for due in expected_ratings(self.setup, case):
                if (case.id, due.relation.id) not in given and self.chance(0.25):
                    f.make_evaluation(
                        self.session,
                        case=case,
                        relation=due.relation,
                        staff=due.staff,
                        grade=self.rng.choice(self.grades),
                        evaluated_on=on,
                        discounted=False,
                    )
        for row in given.values():
            if not row.discounted and self.chance(0.04):
                row.appealed_on = row.appeal_decided_on = on
                row.discounted = True
        self.session.flush()

    def change_calendar(self, on: date) -> None:
        """A day off that becomes known afterwards moves due dates."""
        day = self.some_day(on - timedelta(days=60), on + timedelta(days=30))
        known = select(CalendarDay.id).where(CalendarDay.day == day, CalendarDay.county_id == self.county_id)
        if self.session.scalar(known) is None:
            self.session.add(CalendarDay(day=day, is_workday=self.chance(0.5), name="另定", county_id=self.county_id))
            recompute(self.session)

    def months(self) -> list[LedgerMonth]:
        """The county's ledgers that follow one another."""
        wanted = select(LedgerMonth).where(LedgerMonth.reason.is_(None)).order_by(LedgerMonth.month)
        return list(self.session.scalars(wanted))

    def open(self) -> list[LedgerMonth]:
        return [month for month in self.months() if not ledger_months.is_locked(month)]

    def refresh(self) -> None:
        """Bring the open months up to date, the earliest first."""
        for month in self.open():
            ledger_months.refresh(self.session, month, last_day(month.month))

    def keep_ledgers(self, name: str) -> None:
        """Open the month, sometimes one that was left out, and lock or unlock some."""
        if self.chance(0.9):
            ledger_months.open_month(self.session, self.county_id, name)
        if self.chance(0.05):
            self.open_afterwards(self.rng.choice(MONTHS[: MONTHS.index(name) + 1]))
        if self.signed and self.chance(0.15):
            latest = max(self.signed)
            ledger_months.unlock(self.session, self.month(latest), "更正")
            del self.signed[latest]
        elif self.chance(0.4):
            for month in self.open()[: self.rng.randrange(1, 4)]:
                ledger_months.refresh(self.session, month, last_day(month.month))
                ledger_months.lock(self.session, month, last_day(month.month) + timedelta(days=1))
                self.signed[month.month] = self.told(month)

    def open_afterwards(self, name: str) -> None:
        month = ledger_months.open_month(self.session, self.county_id, name, "补建")
        if not ledger_months.is_locked(month):
            ledger_months.refresh(self.session, month, last_day(name))
            if month.reason is not None and self.chance(0.5):
                ledger_months.lock(self.session, month, last_day(name) + timedelta(days=1))

    def month(self, name: str) -> LedgerMonth:
        return next(month for month in self.months() if month.month == name)

    def told(self, month: LedgerMonth) -> Any:
        """All that a locked month says."""
        rows = self.session.scalars(select(LedgerEntry).where(LedgerEntry.month_id == month.id))
        columns = [c.key for c in LedgerEntry.__table__.columns]
        return month.figures, month.sha256, {row.id: [getattr(row, key) for key in columns] for row in rows}


def live(office: Office) -> None:
    """Three years of an office."""
    for name in MONTHS:
        on = last_day(name)
        office.enter(on)
        office.rate(on)
        if office.chance(0.1):
            office.change_calendar(on)
        office.keep_ledgers(name)
    office.refresh()


def check_months(office: Office) -> None:
    """Each month begins with what the last one left, and each case is received once and ends once."""
    session, left = office.session, None
    for month in office.months():
        told = workbooks.statistics(session, month).total
        total = figures.of_month(session, month).total.values
        assert [total[code] for code in ("carried", "received", "closed", "terminated", "open")] == [
            told.carried,
            told.received,
            told.closed,
            told.terminated,
            told.open,
        ]
        assert told.carried + told.received == told.closed + told.terminated + told.open
        assert left is None or told.carried == left, month.month
        left = told.open
    follow = select(LedgerMonth.id).where(LedgerMonth.reason.is_(None))
    entries = session.scalars(select(LedgerEntry).where(LedgerEntry.month_id.in_(follow))).all()
    received = Counter(e.case_id for e in entries if e.received_here)
    ended = Counter(e.case_id for e in entries if e.outcome is not Outcome.OPEN)
    assert set(received.values()) | set(ended.values()) <= {1}
    last = last_day(office.months()[-1].month)
    for case in office.cases:
        assert case.accepted_on
        if first_day(office.months()[0].month) <= case.accepted_on <= last:
            assert received[case.id] == 1, case.number
            assert ended[case.id] == (case.ended_on is not None and case.ended_on <= last), case.number


def check_links(office: Office) -> None:
    """The link of each figure of an open month opens as many rows; its slips are those of what ended."""
    session = office.session
    for month in office.open()[:3]:
        ledgers = figures.ledgers_of(session, month.month)
        for table in figures.tables(session, ledgers, month):
            for name, row in table.rows:
                for heading, figure in zip(table.headers, row, strict=True):
                    if figure.table:
                        assert figure.count == rows_behind(session, figure), (month.month, table.title, name, heading)
                    else:
                        assert no_count(heading, figure), (month.month, table.title, name, heading)
                    assert not figure.share or figure.value is None or 0 <= figure.value <= 1
        told = workbooks.statistics(session, month).total
        assert len(list(other_ledgers.ended(session, month))) == told.closed + told.terminated, month.month


def added(rows: Sequence[Summary], *names: str) -> list[int]:
    return [sum(getattr(row, name) for row in rows) for name in names]


def check_ratings(office: Office) -> None:
    """Each rating counts once, in the month of its case or late; locked months still give what they stored."""
    session, months = office.session, office.months()
    by_month = {month.month: summaries(session, [month]) for month in months}
    for month in months:
        if ledger_months.is_locked(month):
            values = figures.computed(session, month).total.values
            stored = figures.of_month(session, month).total.values
            assert {code: values[code] for code in OF_RATINGS} == {code: stored[code] for code in OF_RATINGS}
    spans = {month.month: coverage.rating_span(session, [month]) for month in months}
    told = session.execute(select(Evaluation, coverage.following_months(Evaluation.county_id)))
    marked = {row.id for row, following in told if coverage.is_late(row, following)}
    for row in session.execute(
        select(
            Evaluation.id,
            Evaluation.closed_on,
            Evaluation.discounted,
            Evaluation.counted_in_id,
            Evaluation.removed_in_id,
            LedgerMonth.month.label("counted_month"),
        ).outerjoin(LedgerMonth, LedgerMonth.id == Evaluation.counted_in_id)
    ):
        found = [name for name, span in spans.items() if span.counts(row)]
        covered = first_day(months[0].month) <= row.closed_on <= last_day(months[-1].month)
        assert len(found) == covered, (row, found)
        assert not found or found[0] >= month_of(row.closed_on)
        assert not found or (row.id in marked) == spans[found[0]].is_late(row), (row, found)
    for year in ("2023", "2024", "2025"):
        mine = [month for month in months if month.month.startswith(year)]
        if mine:
            check_year(session, mine, [row for month in mine for row in by_month[month.month]])


def check_year(session: Session, months: list[LedgerMonth], parts: Sequence[Summary]) -> None:
    """A year is the sum of its months, less what an appeal took out of them within the year."""
    whole = summaries(session, months)
    given, bad, late, corrected = added(parts, "given", "bad", "late", "corrected")
    netted = corrected - added(whole, "corrected")[0]
    assert added(whole, "given")[0] == given - netted
    assert bad - netted <= added(whole, "bad")[0] <= bad
    assert added(whole, "late")[0] <= late
    assert all(0 <= row.given <= row.due for row in (*parts, *whole))
    told = workbooks.year_statistics(session, months)
    rows = list(told.rows.values())
    assert (told.total.received, told.total.closed) == (sum(r.received for r in rows), sum(r.closed for r in rows))
    assert told.total.carried + told.total.received == told.total.closed + told.total.terminated + told.total.open


def check(office: Office) -> None:
    assert {name: office.told(office.month(name)) for name in office.signed} == office.signed, "a locked month changed"
    check_months(office)
    check_links(office)
    check_ratings(office)


def no_workbook(*_: Any, **__: Any) -> str:
    """In place of the file of a locked month, which other tests read."""
    path = _[2]
    Path(path).write_bytes(b"PK")
    return "台账.xlsx"


@pytest.mark.parametrize("seed", range(*map(int, os.environ.get("HISTORIES", "2").split("-"))))
def test_all_figures_agree_over_a_random_history(session: Session, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(ledger_months, "write_month", no_workbook)
    office = Office(session, seed)
    live(office)
    check(office)
