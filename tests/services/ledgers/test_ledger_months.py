"""The month's ledger: its rows, kept handwritten values, late entries, locking, and balanced figures."""

from __future__ import annotations

import hashlib
import io
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.cases import CaseState, ServiceCase, StepState
from models.items import ItemCategory, LimitKind
from models.ledger import LedgerEntry, LedgerFile, LedgerMonth, MonthState, Outcome
from models.people import Role
from models.places import County, CountyOption, OptionKind
from models.records import AuditEntry
from services.kernel import months
from services.kernel.actor import actor_of
from services.kernel.errors import Forbidden, RuleViolation
from services.ledgers import ledger_months, other_ledgers, workbooks
from services.records import crud
from services.statistics.figures import of_month as statistics_of
from tests.conftest import ActingAs
from tests.factories import (
    make_case,
    make_completion,
    make_delivery,
    make_department,
    make_designation,
    make_enterprise,
    make_entry,
    make_item,
    make_officer,
    make_option,
    make_project,
    make_step,
    make_termination,
)
from tests.statements import counted

MARCH, APRIL, MAY = "2026-03", "2026-04", "2026-05"


def day(text: str | None) -> date | None:
    """ "03-02" of 2026."""
    return None if text is None else date.fromisoformat(f"2026-{text}")


def accepted(session: Session, on: str | date, ended: str | date | None = None, **values: Any) -> ServiceCase:
    """A case accepted and optionally ended on these days; terminated if `state` says so."""
    start = day(on) if isinstance(on, str) else on
    end = day(ended) if isinstance(ended, str) else ended
    state = CaseState.CLOSED if end else CaseState.IN_PROGRESS
    return make_case(session, **({"accepted_on": start, "ended_on": end, "state": state} | values))


def opened(session: Session, month: str) -> LedgerMonth:
    return ledger_months.open_month(session, actor_of(session).county_id, month)


def refreshed(session: Session, month: str, on: date | None = None) -> LedgerMonth:
    """The month, refreshed as of its end."""
    row = opened(session, month)
    ledger_months.refresh(session, row, on or months.last_day(month))
    return row


def locked(session: Session, month: str) -> LedgerMonth:
    """The month, refreshed and locked on the day after its end."""
    row = refreshed(session, month)
    ledger_months.lock(session, row, months.last_day(month) + timedelta(days=1))
    return row


def entries(session: Session, month: LedgerMonth) -> dict[int | None, LedgerEntry]:
    """The month's rows by case."""
    rows = session.scalars(select(LedgerEntry).where(LedgerEntry.month_id == month.id))
    return {row.case_id: row for row in rows}


def figures(session: Session, month: LedgerMonth) -> tuple[int, int, int, int, int]:
    """上期结转, 本月受理, 本月办结, 本月终止, 期末在办."""
    f = workbooks.statistics(session, month).total
    return f.carried, f.received, f.closed, f.terminated, f.open


@pytest.mark.parametrize(
    ("on", "month"),
    [("04-01", MARCH), ("04-10", MARCH), ("04-11", APRIL), ("04-30", APRIL), ("01-10", "2025-12")],
)
def test_until_the_tenth_the_ledger_means_last_months(on: str, month: str) -> None:
    assert months.default_month(date.fromisoformat(f"2026-{on}")) == month


def test_a_month_has_its_first_and_last_day() -> None:
    assert months.month_of(date(2026, 2, 28)) == "2026-02"
    assert (months.first_day("2024-02"), months.last_day("2024-02")) == (date(2024, 2, 1), date(2024, 2, 29))
    assert months.last_day("2026-12") == date(2026, 12, 31)


def test_a_month_is_opened_once(session: Session) -> None:
    assert opened(session, MARCH) is opened(session, MARCH)


@pytest.mark.parametrize("month", ["2026-13", "2026-3", "三月", "9999-01"])
def test_no_month_is_opened_that_is_none_or_is_to_come(session: Session, month: str) -> None:
    with pytest.raises(RuleViolation):
        opened(session, month)


@pytest.mark.parametrize(
    ("on", "ended", "row"),
    [
        ("04-01", None, (Outcome.OPEN, True)),
        ("04-30", None, (Outcome.OPEN, True)),
        ("03-31", None, (Outcome.OPEN, False)),
        ("04-02", "04-30", (Outcome.CLOSED, True)),
        ("03-02", "04-01", (Outcome.CLOSED, False)),
        ("04-02", "05-01", (Outcome.OPEN, True)),
        ("03-02", "05-08", (Outcome.OPEN, False)),
        ("03-02", "03-31", None),
        ("05-01", None, None),
        (None, None, None),
        (None, "04-02", None),
    ],
)
def test_a_month_has_the_cases_accepted_by_its_end_and_not_ended_before_it(
    session: Session, on: str | None, ended: str | None, row: tuple[Outcome, bool] | None
) -> None:
    case = accepted(session, day(on), ended)  # type: ignore[arg-type]
    found = entries(session, refreshed(session, APRIL)).get(case.id)
    assert (None if found is None else (found.outcome, found.received_here)) == row


def test_a_terminated_case_counts_as_terminated_even_when_archived(session: Session) -> None:
    case = accepted(session, "04-02", "04-20", state=CaseState.ARCHIVED)
    make_termination(session, case=case, terminated_on=day("04-20"))
    month = refreshed(session, APRIL)
    row = entries(session, month)[case.id]
    assert (row.outcome, row.state, row.closed_on) == (Outcome.TERMINATED, "已终止", None)
    assert figures(session, month) == (0, 1, 0, 1, 0)


@pytest.mark.parametrize(
    ("month", "on", "state", "approved", "delivery"),
    [
        (MARCH, "03-03", "已受理", None, None),
        (MARCH, "03-31", "办理中", None, None),
        (APRIL, "04-05", "审批完成", "04-03", None),
        (APRIL, "04-08", "已送达", "04-03", "2026-04-07 现场转交"),
        (APRIL, "04-30", "已办结", "04-03", "2026-04-07 现场转交"),
    ],
)
def test_a_row_shows_how_the_case_stood_then(
    session: Session, month: str, on: str, state: str, approved: str | None, delivery: str | None
) -> None:
    case = accepted(
        session, "03-02", "04-10", assigned_on=day("03-04"), approved_on=day("04-03"), delivered_on=day("04-07")
    )
    way = make_option(session, kind=OptionKind.DELIVERY_WAY, name="现场转交")
    make_delivery(session, case=case, way=way, delivered_on=day("04-07"))
    row = entries(session, refreshed(session, month, day(on)))[case.id]
    assert (row.state, row.approved_on, row.delivery) == (state, day(approved), delivery)


@pytest.mark.parametrize(
    ("due", "approved", "ended", "overdue"),
    [
        ("04-30", None, None, False),
        ("04-29", None, None, True),
        ("04-20", "04-20", "04-22", False),
        ("04-20", "04-21", "04-22", True),
        ("04-20", "05-02", None, True),
        (None, None, None, False),
    ],
)
def test_overdue_is_judged_on_the_months_last_day(
    session: Session, due: str | None, approved: str | None, ended: str | None, overdue: bool
) -> None:
    case = accepted(session, "04-01", ended, due_on=day(due), approved_on=day(approved))
    assert entries(session, refreshed(session, APRIL))[case.id].overdue is overdue


def test_items_departments_and_the_longest_limit_are_joined_in_order(session: Session) -> None:
    office = make_department(session, name="发展改革委")
    other = make_department(session, name="生态环境局")
    case = accepted(session, "04-01")
    for position, (name, department, days, kind) in enumerate(
        [
            ("立项", office, 3, LimitKind.WORKING),
            ("环评", other, 24, LimitKind.CALENDAR),
            ("能评", office, 20, LimitKind.WORKING),
        ]
    ):
        item = make_item(session, name=name, department=department, limit_days=days, limit_kind=kind)
        make_step(session, case=case, item_id=item.id, department_id=department.id, position=9 - position)
    row = entries(session, refreshed(session, APRIL))[case.id]
    assert (row.items, row.departments) == ("能评、环评、立项", "发展改革委、生态环境局")
    assert (row.category, row.limit) == ("项目建设手续", "20 个工作日")


def test_the_limit_of_a_row_is_the_one_laid_down_at_acceptance(session: Session) -> None:
    item = make_item(session, limit_days=20, limit_kind=LimitKind.WORKING)
    done = {"state": StepState.GRANTED, "accepted_on": day("04-01")}
    fixed = {"limit_days": 5, "limit_kind": LimitKind.CALENDAR}
    several: tuple[tuple[dict[str, Any], str | None], ...] = (
        (done | fixed, "5 个自然日"),
        (done | fixed | {"limit_days": 0}, "即办"),
        (done, None),
        (fixed | {"state": StepState.WITHDRAWN}, None),
        ({"state": StepState.PENDING}, "20 个工作日"),
    )
    cases = [(accepted(session, "04-01"), values, told) for values, told in several]
    for case, values, _ in cases:
        make_step(session, case=case, item_id=item.id, department_id=item.department_id, **values)
    rows = entries(session, refreshed(session, APRIL))
    assert [rows[case.id].limit for case, _, _ in cases] == [told for _, _, told in cases]


def test_the_same_categories_are_the_same_words_in_whatever_order_the_items_come(session: Session) -> None:
    items = [make_item(session, category=category) for category in (ItemCategory.BUILDING, ItemCategory.UTILITIES)]
    for several in (items, items[::-1]):
        case = accepted(session, "04-01")
        for position, item in enumerate(several):
            make_step(session, case=case, item_id=item.id, department_id=item.department_id, position=position)
    rows = entries(session, refreshed(session, APRIL)).values()
    assert {row.category for row in rows} == {"项目建设手续、项目配套手续"}


def test_more_items_than_the_column_holds_are_counted(session: Session) -> None:
    case = accepted(session, "04-01")
    for number in range(21):
        item = make_item(session, name=f"建设工程规划许可及配套市政公用设施接入第{number:02d}阶段核准")
        make_step(session, case=case, item_id=item.id, department_id=item.department_id, position=number)
    items = entries(session, refreshed(session, APRIL))[case.id].items
    assert items is not None
    assert len(items) <= 500
    assert items.endswith("阶段核准等 21 项")


def test_a_person_without_an_enterprise_is_his_own_handler(session: Session) -> None:
    firm = make_enterprise(session, name="嘉应食品公司", handler="赵强", handler_phone="13903910002")
    of_firm = accepted(session, "04-01", enterprise=firm)
    of_person = accepted(session, "04-01", applicant_name="孙大爷", applicant_phone="13803910009")
    rows = entries(session, refreshed(session, APRIL))
    found = [(r.applicant, r.handler, r.phone) for r in (rows[of_firm.id], rows[of_person.id])]
    assert found == [("嘉应食品公司", "赵强", "13903910002"), ("孙大爷", "孙大爷", "13803910009")]


def test_only_the_countys_own_cases_are_in_its_ledger(
    session: Session, other_county: County, acting_as: ActingAs
) -> None:
    session.commit()
    with acting_as(Role.LEAD_OFFICE, county=other_county) as theirs:
        accepted(theirs, "04-01")
        theirs.commit()
    assert entries(session, refreshed(session, APRIL)) == {}


def test_what_was_written_by_hand_survives_a_refresh(session: Session) -> None:
    case, gone = accepted(session, "04-01"), accepted(session, "04-02")
    month = refreshed(session, APRIL)
    row = entries(session, month)[case.id]
    row.progress, row.remark, row.state = "环评补充材料", "加急", "乱写"
    written = make_entry(session, month=month, applicant="手写企业", handwritten=True)
    gone.accepted_on = day("05-02")
    session.flush()
    counts = ledger_months.refresh(session, month, months.last_day(APRIL))
    rows = entries(session, month)
    assert (counts.added, counts.changed, counts.removed) == (0, 1, 1)
    assert (rows[case.id].progress, rows[case.id].remark) == ("环评补充材料", "加急")
    assert rows[case.id].state == "已受理"
    assert set(rows) == {case.id, None}
    assert rows[None].id == written.id


def test_a_handwritten_row_stands_for_its_case(session: Session) -> None:
    case, month = accepted(session, "04-01"), opened(session, APRIL)
    make_entry(session, month=month, case=case, applicant="手写企业", handwritten=True)
    ledger_months.refresh(session, month, months.last_day(APRIL))
    assert entries(session, month)[case.id].applicant == "手写企业"


def test_no_month_before_the_first_ledger_is_opened_by_accident(session: Session) -> None:
    opened(session, APRIL)
    with pytest.raises(RuleViolation, match=r"早于第一本台账（2026-04）.*补建原因") as error:
        opened(session, MARCH)
    assert error.value.field == "reason"
    assert session.scalars(select(LedgerMonth.month)).all() == [APRIL]


def test_a_month_opened_afterwards_with_a_reason_stands_apart(session: Session) -> None:
    accepted(session, "01-05", "02-10")
    carried = accepted(session, "01-05")
    locked(session, MARCH)
    early = ledger_months.open_month(session, actor_of(session).county_id, "2026-01", "补建年初台账")
    april = refreshed(session, APRIL)
    ledger_months.lock(session, april, months.last_day(APRIL) + timedelta(days=1))
    ledger_months.refresh(session, early, months.last_day("2026-01"))
    ledger_months.lock(session, early, months.last_day(APRIL))
    late = accepted(session, "01-20")
    assert figures(session, april) == (1, 0, 0, 0, 1)
    rows = entries(session, refreshed(session, MAY))
    assert {case: row.late for case, row in rows.items()} == {carried.id: False, late.id: True}
    ledger_months.unlock(session, early, "补漏")
    with pytest.raises(RuleViolation, match="早于第一本台账（2026-03）"):
        opened(session, "2026-02")


def test_a_month_that_was_never_locked_can_be_deleted(session: Session) -> None:
    accepted(session, "03-02")
    month = refreshed(session, MARCH)
    written = make_entry(session, month=month, applicant="手写企业", handwritten=True)
    with pytest.raises(RuleViolation, match="1 条台账明细"):
        crud.delete(session, month)
    crud.delete(session, written)
    crud.delete(session, month)
    assert session.scalars(select(LedgerMonth)).all() == session.scalars(select(LedgerEntry)).all() == []


def test_a_month_that_was_locked_once_cannot_be_deleted(session: Session) -> None:
    month = locked(session, MARCH)
    for _ in range(2):
        with pytest.raises(RuleViolation, match="锁定过，不能删除"):
            crud.delete(session, month)
        if month.state is MonthState.LOCKED:
            ledger_months.unlock(session, month, "更正")


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"designated_on": day("02-01")}, True),
        ({"designated_on": day("02-01"), "valid_until": day("03-30")}, False),
        ({"designated_on": day("02-01"), "revoked_on": day("04-05")}, True),
        ({"designated_on": day("04-01")}, False),
        (None, False),
    ],
)
@pytest.mark.parametrize("column", ["project", "enterprise"])
def test_a_row_is_key_when_its_unit_was_designated_then(
    session: Session, column: str, values: dict[str, Any] | None, key: bool
) -> None:
    project = make_project(session)
    case = accepted(session, "03-02", officer=make_officer(session), project=project, enterprise=project.enterprise)
    if values is not None:
        make_designation(session, **{column: getattr(case, column)}, **values)
    row = entries(session, refreshed(session, MARCH, day("04-20")))[case.id]
    assert (row.is_key, row.officer is not None) == (key, False)


def test_a_row_says_that_its_case_took_the_green_channel(session: Session) -> None:
    cases = [accepted(session, "03-02", green_channel=green) for green in (True, False)]
    rows = entries(session, refreshed(session, MARCH))
    assert [rows[case.id].green_channel for case in cases] == [True, False]


def test_a_second_refresh_changes_nothing(session: Session) -> None:
    accepted(session, "04-01")
    month = refreshed(session, APRIL)
    assert ledger_months.refresh(session, month, months.last_day(APRIL)) == ledger_months.RefreshCounts(0, 0, 0)


def test_a_refresh_asks_no_more_for_many_cases_than_for_few(session: Session, engine: Engine) -> None:
    counts = []
    for month, cases in ((MARCH, 2), (APRIL, 40)):
        for _ in range(cases):
            make_step(session, case=accepted(session, "03-02"))
        row = opened(session, month)
        with counted(engine) as sent:
            ledger_months.refresh(session, row, months.last_day(month))
        counts.append(len(sent))
    assert counts[0] >= counts[1]
    assert counts[1] < 25


def test_what_was_accepted_late_for_a_locked_month_is_received_in_the_next_open_one(session: Session) -> None:
    known = accepted(session, "03-02")
    locked(session, MARCH)
    late, late_and_ended = accepted(session, "03-20"), accepted(session, "03-20", "03-25")
    april = refreshed(session, APRIL)
    rows = entries(session, april)
    assert {c: (r.received_here, r.late, r.outcome) for c, r in rows.items()} == {
        known.id: (False, False, Outcome.OPEN),
        late.id: (True, True, Outcome.OPEN),
        late_and_ended.id: (True, True, Outcome.CLOSED),
    }
    assert figures(session, april) == (1, 2, 1, 0, 2)


def test_what_ended_late_for_a_locked_month_ends_in_the_next_open_one(session: Session) -> None:
    case = accepted(session, "03-02")
    locked(session, MARCH)
    case.ended_on, case.state = day("03-30"), CaseState.CLOSED
    session.flush()
    april = refreshed(session, APRIL)
    row = entries(session, april)[case.id]
    assert (row.received_here, row.late, row.outcome) == (False, True, Outcome.CLOSED)
    ledger_months.lock(session, april, day("05-01"))  # type: ignore[arg-type]
    assert entries(session, refreshed(session, MAY)) == {}


def test_a_month_after_an_open_one_takes_nothing_late_and_receives_nothing_twice(session: Session) -> None:
    accepted(session, "03-02")
    locked(session, MARCH)
    accepted(session, "03-20")
    accepted(session, "04-05")
    assert figures(session, refreshed(session, APRIL)) == (1, 2, 0, 0, 3)
    assert figures(session, refreshed(session, MAY)) == (3, 0, 0, 0, 3)
    assert not any(r.late for r in entries(session, opened(session, MAY)).values())


def test_what_falls_into_months_without_a_ledger_counts_late_in_the_next_one(session: Session) -> None:
    """March has a ledger, April has none: May begins where March ended."""
    accepted(session, "03-02")
    accepted(session, "03-02", "04-10")
    march = refreshed(session, MARCH)
    inside, through = accepted(session, "04-03", "04-20"), accepted(session, "04-03")
    may = refreshed(session, MAY)
    assert (figures(session, march), figures(session, may)) == ((0, 2, 0, 0, 2), (2, 2, 2, 0, 2))
    rows = entries(session, may)
    assert [rows[case.id].late for case in (inside, through)] == [True, True]
    ledger_months.lock(session, march, date(2026, 6, 1))
    assert figures(session, refreshed(session, MAY)) == (2, 2, 2, 0, 2)


def test_a_month_before_a_locked_one_opens_only_with_a_reason(session: Session) -> None:
    accepted(session, "04-03")
    march = locked(session, MARCH)
    may = locked(session, MAY)
    with pytest.raises(RuleViolation, match=r"早于已锁定的台账（2026-05）"):
        opened(session, APRIL)
    april = ledger_months.open_month(session, march.county_id, APRIL, "补建")
    assert april.reason == "补建"
    assert figures(session, may) == (0, 1, 0, 0, 1)


def test_without_a_locked_month_an_older_case_is_carried_over(session: Session) -> None:
    accepted(session, "01-05")
    accepted(session, "01-05", "02-10")
    assert figures(session, refreshed(session, APRIL)) == (1, 0, 0, 0, 1)


def test_what_ended_before_the_first_locked_month_is_of_no_ledger(session: Session) -> None:
    locked(session, MARCH)
    accepted(session, "01-05", "02-28")
    accepted(session, "01-05", "03-01")
    assert figures(session, refreshed(session, APRIL)) == (0, 1, 1, 0, 0)


def test_what_a_locked_month_shows_as_open_ends_in_the_next_one_however_early_it_ended(session: Session) -> None:
    case = accepted(session, "01-05")
    locked(session, MARCH)
    case.ended_on, case.state = day("02-10"), CaseState.CLOSED
    session.flush()
    april = refreshed(session, APRIL)
    assert figures(session, april) == (1, 0, 1, 0, 0)
    assert entries(session, april)[case.id].late


MONTHS = [f"2025-{number:02d}" for number in range(1, 8)]


def _live_on(session: Session, rng: random.Random, cases: list[ServiceCase], until: date, **more: Any) -> None:
    """Accept some cases and end some others on random days up to `until`."""
    reason = more.pop("reason")
    start = months.first_day(MONTHS[0])
    for _ in range(rng.randint(0, 4)):
        on = start + timedelta(days=rng.randrange((until - start).days + 1))
        cases.append(accepted(session, on, **more))
    for case in [c for c in cases if c.ended_on is None and rng.random() < 0.35]:
        assert case.accepted_on is not None
        case.ended_on = case.accepted_on + timedelta(days=rng.randrange((until - case.accepted_on).days + 1))
        case.state = rng.choice([CaseState.CLOSED, CaseState.TERMINATED])
        if case.state is CaseState.TERMINATED:
            make_termination(session, case=case, reason=reason, terminated_on=case.ended_on)
    session.flush()


def _check_chain(session: Session, months: list[str]) -> None:
    previous = None
    for name in months:
        carried, received, closed, terminated, still_open = figures(session, opened(session, name))
        assert carried + received == closed + terminated + still_open
        assert previous is None or carried == previous
        previous = still_open


@pytest.mark.parametrize("seed", range(6))
def test_every_history_balances_and_counts_each_case_once(session: Session, seed: int) -> None:
    rng, cases = random.Random(seed), list[ServiceCase]()
    parts: dict[str, CountyOption] = {
        name: make_option(session, kind=kind)
        for name, kind in (
            ("channel", OptionKind.CHANNEL),
            ("mode", OptionKind.MODE),
            ("reason", OptionKind.TERMINATION_REASON),
        )
    }
    firm = make_enterprise(session)
    for number, name in enumerate(MONTHS, 1):
        _live_on(session, rng, cases, months.last_day(name), enterprise=firm, **parts)
        still_open = [m for m in MONTHS[:number] if not ledger_months.is_locked(opened(session, m))]
        for month in still_open:
            refreshed(session, month)
        _check_chain(session, MONTHS[:number])
        if name == MONTHS[-1] or rng.random() < 0.5:
            for month in still_open[: len(still_open) if name == MONTHS[-1] else rng.randint(1, 3)]:
                locked(session, month)
    totals = [sum(column) for column in zip(*(figures(session, opened(session, m)) for m in MONTHS), strict=True)]
    assert totals[1] == len(cases)
    assert totals[2] + totals[3] == sum(c.ended_on is not None for c in cases)


def test_the_rate_counts_what_was_closed_in_time(session: Session) -> None:
    month = refreshed(session, APRIL)
    assert workbooks.statistics(session, month).on_time_rate is None
    for due in ("04-20", "04-21", "04-21", "04-21"):
        accepted(session, "04-01", "04-21", due_on=day(due), approved_on=day("04-21"))
    accepted(session, "04-01", due_on=day("04-02"))
    accepted(session, "04-01", "04-21")  # a past case of which no due date is known
    april = refreshed(session, APRIL)
    assert workbooks.statistics(session, april).on_time_rate == 0.75
    assert statistics_of(session, april).total.values["timely_rate"] == 0.75


def test_the_year_is_what_its_months_say(session: Session) -> None:
    accepted(session, "03-02", "03-05")
    accepted(session, "04-02")
    refreshed(session, MARCH)
    year = workbooks.statistics(session, refreshed(session, APRIL)).year
    assert year is not None
    assert (year.received, year.closed, year.terminated) == (2, 1, 0)


def exported(session: Session, month: LedgerMonth, tmp_path: Path) -> tuple[str, bytes]:
    path = tmp_path / "out.xlsx"
    return ledger_months.export_month(session, month, path), path.read_bytes()


def test_a_locked_file_comes_out_byte_for_byte(session: Session, acting_as: ActingAs, tmp_path: Path) -> None:
    case = accepted(session, "03-02")
    month = locked(session, MARCH)
    stored = session.scalar(select(LedgerFile.content))
    case.matter, case.ended_on = "改过的事项", day("03-20")
    session.commit()
    name, content = exported(acting_as(Role.WINDOW_CLERK, write=False), month, tmp_path)
    assert name == "武陟县帮办代办工作台账-2026-03.xlsx"
    assert content == stored
    assert hashlib.sha256(content).hexdigest() == month.sha256
    assert month.state is MonthState.LOCKED
    assert month.locked_at is not None


def test_a_locked_file_shows_no_phone_to_those_who_may_not_see_it(
    session: Session, acting_as: ActingAs, tmp_path: Path
) -> None:
    accepted(session, "03-02", applicant_name="孙大爷", applicant_phone="13803910009")
    month = locked(session, MARCH)
    session.commit()
    for role, shown in ((Role.AGENT, "13803910009"), (Role.INSPECTOR, "138****0009")):
        _, content = exported(acting_as(role, write=False), month, tmp_path)
        sheet = openpyxl.load_workbook(io.BytesIO(content))["台账"]
        assert sheet["H4"].value == shown


def test_an_open_month_is_written_in_the_order_of_the_ledger(session: Session, tmp_path: Path) -> None:
    accepted(session, "04-09", number="武帮代办〔2026〕0002号")
    accepted(session, "04-09", number="武帮代办〔2026〕0001号")
    accepted(session, "04-02", number="武帮代办〔2026〕0003号")
    month = refreshed(session, APRIL)
    make_entry(session, month=month, applicant="手写企业", handwritten=True)
    _, content = exported(session, month, tmp_path)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["台账"]
    assert sheet["A1"].value == "武陟县政务服务帮办代办工作台账（2026年4月）"
    assert [sheet.cell(row, 2).value for row in range(4, 8)] == [
        "武帮代办〔2026〕0003号",
        "武帮代办〔2026〕0001号",
        "武帮代办〔2026〕0002号",
        None,
    ]
    assert sheet["AA7"].value == "手工"


def test_an_export_leaves_its_line_in_the_audit(session: Session) -> None:
    ledger_months.record_export(session, opened(session, MARCH), 3)
    line = session.scalars(select(AuditEntry).where(AuditEntry.action == "ledger.export")).one()
    assert (line.object_label, line.after) == (MARCH, {"rows": 3, "phones": True})


def test_a_running_month_is_not_locked(session: Session) -> None:
    month = refreshed(session, MARCH)
    with pytest.raises(RuleViolation, match="还没有结束"):
        ledger_months.lock(session, month, months.last_day(MARCH))


def test_months_are_locked_in_order_and_unlocked_backwards(session: Session) -> None:
    march, april = refreshed(session, MARCH), refreshed(session, APRIL)
    with pytest.raises(RuleViolation, match="2026-03"):
        ledger_months.lock(session, april, date(2026, 6, 1))
    ledger_months.lock(session, march, date(2026, 6, 1))
    ledger_months.lock(session, april, date(2026, 6, 1))
    with pytest.raises(RuleViolation, match="2026-04"):
        ledger_months.unlock(session, march, "更正")
    ledger_months.unlock(session, april, "更正")
    ledger_months.unlock(session, march, "更正")


def test_a_locked_month_is_neither_refreshed_nor_locked_again(session: Session) -> None:
    month = locked(session, MARCH)
    with pytest.raises(RuleViolation, match="已锁定"):
        ledger_months.refresh(session, month, date(2026, 6, 1))
    with pytest.raises(RuleViolation, match="已经锁定"):
        ledger_months.lock(session, month, date(2026, 6, 1))


@pytest.mark.parametrize("reason", ["", "  "])
def test_unlocking_needs_a_reason(session: Session, reason: str) -> None:
    month = locked(session, MARCH)
    with pytest.raises(RuleViolation, match="原因"):
        ledger_months.unlock(session, month, reason)
    assert ledger_months.is_locked(month)


def test_unlocking_is_audited_and_a_new_lock_makes_a_new_file(session: Session) -> None:
    accepted(session, "03-02")
    month = locked(session, MARCH)
    old = month.sha256
    ledger_months.unlock(session, month, "少一件")
    assert session.scalars(select(LedgerFile)).all() == []
    assert len(entries(session, month)) == 1
    lines = session.scalars(
        select(AuditEntry).where(AuditEntry.action.in_(("ledger.unlock", "ledger.unlock_reason")))
    ).all()
    assert {"reason": "少一件", "sha256": old} in [line.after for line in lines]
    accepted(session, "03-03")
    ledger_months.refresh(session, month, date(2026, 4, 2))
    ledger_months.lock(session, month, date(2026, 4, 2))
    assert month.sha256 not in (None, old)


ALLOWED = {
    "refresh": {Role.LEAD_OFFICE},
    "lock": {Role.LEAD_OFFICE},
    "unlock": {Role.LEAD_OFFICE},
    "export": {Role.LEAD_OFFICE, Role.AGENT, Role.WINDOW_CLERK, Role.INSPECTOR, Role.SUPERVISOR},
}


@pytest.mark.parametrize(
    ("action", "role"), [(action, role) for action in ALLOWED for role in Role if role not in ALLOWED[action]]
)
def test_others_than_these_are_refused(acting_as: ActingAs, tmp_path: Path, action: str, role: Role) -> None:
    session, month = acting_as(role), LedgerMonth(month=MARCH, state=MonthState.OPEN)
    with pytest.raises(Forbidden):
        match action:
            case "refresh":
                ledger_months.refresh(session, month, date(2026, 4, 1))
            case "lock":
                ledger_months.lock(session, month, date(2026, 4, 1))
            case "unlock":
                ledger_months.unlock(session, month, "更正")
            case _:
                ledger_months.export_month(session, month, tmp_path / "out.xlsx")


def test_rows_of_a_locked_month_stand(session: Session) -> None:
    case = accepted(session, "03-02")
    month = refreshed(session, MARCH)
    row = entries(session, month)[case.id]
    ledger_months.lock(session, month, date(2026, 4, 1))
    for values in (None, {}, {"progress": "补写"}):
        with pytest.raises(RuleViolation, match="已锁定"):
            ledger_months.guard_entry(session, row, values)
    with pytest.raises(RuleViolation, match="已锁定"):
        ledger_months.guard_entry(session, LedgerEntry(), {"month": month, "applicant": "手写企业"})


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize("action", ["edit", "delete", "refresh", "lock"])
def test_what_read_a_month_before_another_user_locked_it_is_refused(acting_as: ActingAs, action: str) -> None:
    first, second = acting_as(Role.LEAD_OFFICE), acting_as(Role.LEAD_OFFICE)
    make_entry(first, month=refreshed(first, MARCH), applicant="甲", handwritten=True)
    first.commit()
    row = second.scalars(select(LedgerEntry)).one()
    month = row.month
    locked(first, MARCH)
    first.commit()
    with pytest.raises(RuleViolation, match=r"已锁定|已经锁定"):
        match action:
            case "edit":
                crud.update(second, row, {"progress": "补写"}, row.version)
            case "delete":
                crud.delete(second, row)
            case "refresh":
                ledger_months.refresh(second, month, date(2026, 4, 1))
            case _:
                ledger_months.lock(second, month, date(2026, 4, 1))


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_lock_waits_for_an_edit_under_way(acting_as: ActingAs) -> None:
    """The edit never ends while the lock waits, so the wait always runs into its limit."""
    first, second = acting_as(Role.LEAD_OFFICE), acting_as(Role.LEAD_OFFICE)
    row = make_entry(first, month=refreshed(first, MARCH), applicant="甲", handwritten=True)
    first.commit()
    crud.update(first, row, {"progress": "补写"}, row.version)
    second.execute(text("SET LOCAL lock_timeout = '20ms'"))
    with pytest.raises(OperationalError, match="lock timeout"):
        ledger_months.lock(second, opened(second, MARCH), date(2026, 4, 1))


def test_a_row_does_not_move_into_a_locked_month_or_out_of_it(session: Session) -> None:
    march, april = locked(session, MARCH), refreshed(session, APRIL)
    frozen = make_entry(session, month=march, applicant="甲", handwritten=True)
    loose = make_entry(session, month=april, applicant="乙", handwritten=True)
    for row, target in ((frozen, april), (loose, march)):
        with pytest.raises(RuleViolation, match="已锁定"):
            ledger_months.guard_entry(session, row, {"month": target})


def test_of_a_machines_row_only_two_columns_are_written_by_hand(session: Session) -> None:
    case = accepted(session, "03-02")
    row = entries(session, refreshed(session, MARCH))[case.id]
    ledger_months.guard_entry(session, row, {"progress": "补写", "remark": "加急", "applicant": row.applicant})
    for values in (None, {"applicant": "另一家"}, {"outcome": Outcome.CLOSED}):
        with pytest.raises(RuleViolation, match="进展及问题"):
            ledger_months.guard_entry(session, row, values)


def test_a_row_added_by_hand_is_marked_and_may_be_changed_and_deleted(session: Session) -> None:
    month, row = opened(session, MARCH), LedgerEntry()
    ledger_months.guard_entry(session, row, {"month": month, "applicant": "手写企业"})
    assert row.handwritten
    kept = make_entry(session, month=month, applicant="手写企业", handwritten=True)
    for values in (None, {"applicant": "另一家"}):
        ledger_months.guard_entry(session, kept, values)


def test_a_slip_that_came_too_late_stands_in_the_next_open_months_list_of_slips(session: Session) -> None:
    accepted(session, "03-02")
    march = locked(session, MARCH)
    case = accepted(session, "03-20", "03-25")
    make_completion(session, case=case, completed_on=day("03-25"))
    april = refreshed(session, APRIL)
    assert [(row[1], row[6]) for row in other_ledgers.ended(session, april)] == [("办结（补录）", day("03-25"))]
    assert [row[1] for row in other_ledgers.ended(session, march)] == ["办结"]
    assert list(other_ledgers.ended(session, refreshed(session, MAY))) == []
