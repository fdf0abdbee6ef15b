"""统计: every month balances, and every figure equals the number of rows behind its link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from excel.definitions import ratings
from models.cases import CaseState, ServiceCase
from models.evaluation import Evaluation
from models.fields import fields_of
from models.ledger import LedgerEntry, LedgerMonth, Outcome
from models.office import CommonIssue
from models.people import Role
from models.places import County, CountyOption, Meaning, OptionKind, Window, WindowKind
from models.projects import Enterprise, Project
from services.cases import evaluation
from services.desk import badges
from services.kernel.actor import SYSTEM, Actor
from services.kernel.months import last_day
from services.kernel.transaction import open_engine, open_session
from services.ledgers import ledger_months
from services.ledgers.workbooks import statistics, write_month
from services.records import lists
from services.statistics import coverage, figures, rating_summary
from services.statistics.figures import FIGURES, Figure, FigureKind, FigureTable
from services.statistics.rating_summary import summaries
from tests import factories as f
from tests.at_work import ready
from tests.demo import copy_of
from tests.factories import actor_as
from tests.statements import counted

MODELS = {m.__tablename__: m for m in (LedgerEntry, Project, Enterprise, ServiceCase, CommonIssue, Evaluation)}
AVERAGE, CORRECTED = (kind.label for kind in FIGURES if kind.code in ("average_days", "corrected"))
READERS = (Role.LEAD_OFFICE, Role.AGENT, Role.WINDOW_CLERK, Role.INSPECTOR)


@pytest.fixture(scope="module")
def counties(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[object, list[County]]]:
    engine = open_engine(f"sqlite:///{copy_of(demo_file, tmp_path_factory.mktemp('figures'))}")
    with open_session(engine, SYSTEM, write=False) as session:
        yield engine, list(session.scalars(select(County).order_by(County.code)))
    engine.dispose()


def rows_behind(session: Session, figure: Figure) -> int:
    """The number of rows in the list that the figure links to."""
    model = MODELS[figure.table]
    args = [(name, str(value)) for name, value in figure.filters.items()]
    query = lists.read_query(model, fields_of(model, "list"), args, ("id", True))
    assert query.problems == ()
    return lists.count_rows(session, model, lists.conditions(model, query, phones=False))


def readers(counties: list[County]) -> Iterator[Actor]:
    for county in counties:
        for role in READERS:
            yield actor_as(role, county)
    joined = [c for c in counties if c.city == "焦作市"]
    yield actor_as(Role.SUPERVISOR, None, counties=tuple(c.id for c in joined))


def tables_of(session: Session, month: str) -> Iterator[tuple[FigureTable, bool]]:
    """Every table of the month for each county, and whether it shows stored figures of a locked month."""
    ledgers = figures.ledgers_of(session, month)
    for chosen, _ in ledgers:
        for table in figures.tables(session, ledgers, chosen):
            yield table, any(one.figures is not None for one, _ in ledgers)


def no_count(heading: str, figure: Figure) -> bool:
    """Whether the figure has no rows behind it: a share, an average or empty."""
    no_correction = heading == CORRECTED and figure.value == 0
    return figure.share or heading == AVERAGE or figure.value is None or no_correction


def test_every_figure_counts_the_rows_that_its_link_opens(counties: tuple[object, list[County]]) -> None:
    engine, all_ = counties
    wrong, looked_at = [], 0
    for actor in readers(all_):
        with open_session(engine, actor, write=False) as session:  # type: ignore[arg-type]
            for month in figures.months_of(session):
                for table, stored in tables_of(session, month):
                    for name, row in table.rows:
                        for heading, figure in zip(table.headers, row, strict=True):
                            if not figure.table:
                                assert stored or no_count(heading, figure), (month, table.title, name, heading)
                                continue
                            looked_at += 1
                            if figure.count != (found := rows_behind(session, figure)):
                                wrong.append((actor.role, month, table.title, name, figure, found))
                if actor.role is not Role.LEAD_OFFICE:
                    break  # every month has the same kind of rows, so one is enough for the role
    assert wrong == []
    assert looked_at > 1000


def test_every_month_balances_in_every_group(counties: tuple[object, list[County]]) -> None:
    engine, all_ = counties
    for county in all_:
        with open_session(engine, actor_as(Role.LEAD_OFFICE, county), write=False) as session:  # type: ignore[arg-type]
            for month in figures.months_of(session):
                for ledger, _ in figures.ledgers_of(session, month):
                    tables = figures.tables(session, figures.ledgers_of(session, month), ledger)[:-1]
                    told = astuple(statistics(session, ledger).total)
                    assert tuple(f.count for f in tables[0].rows[0][1][:5]) == told, "not as on the 统计 sheet"
                    for _, row in (line for table in tables for line in table.rows):
                        carried, received, closed, ended, open_, late = (f.count for f in row[:6])
                        assert carried + received == closed + ended + open_
                        assert late <= carried + received


def test_the_figures_of_a_station_count_its_cases(counties: tuple[object, list[County]]) -> None:
    engine, all_ = counties
    for county in all_:
        with open_session(engine, actor_as(Role.LEAD_OFFICE, county), write=False) as session:  # type: ignore[arg-type]
            month = figures.months_of(session)[0]
            (ledger, _), *_ = ledgers = figures.ledgers_of(session, month)
            found = [t for t in figures.tables(session, ledgers, ledger) if t.code == "station"]
            assert bool(found) is county.has_stations
            told = {name: row[0].count + row[1].count for table in found for name, row in table.rows}
            entries = session.execute(
                select(Window.name, func.count(LedgerEntry.id))
                .select_from(LedgerEntry)
                .join(ServiceCase, ServiceCase.id == LedgerEntry.case_id)
                .join(Window, Window.id == ServiceCase.station_id)
                .where(LedgerEntry.month_id == ledger.id)
                .group_by(Window.name)
            ).all()
            assert {name: count for name, count in told.items() if name != "（没有）"} == dict(entries)


def test_a_supervisor_sees_his_counties_side_by_side(counties: tuple[object, list[County]]) -> None:
    engine, all_ = counties
    joined = [c for c in all_ if c.city == "焦作市"]
    actor = actor_as(Role.SUPERVISOR, None, counties=tuple(c.id for c in joined))
    with open_session(engine, actor, write=False) as session:  # type: ignore[arg-type]
        month = figures.months_of(session)[0]
        (table,) = figures.tables(session, figures.ledgers_of(session, month))
        assert [name for name, _ in table.rows] == [c.name for c in joined]


def test_the_chart_has_the_months_that_have_a_ledger(counties: tuple[object, list[County]]) -> None:
    engine, all_ = counties
    with open_session(engine, SYSTEM, write=False) as session:  # type: ignore[arg-type]
        points = figures.twelve_months(session, all_[0].id)
        months = session.scalars(
            select(LedgerMonth.month).where(LedgerMonth.county_id == all_[0].id).order_by(LedgerMonth.month)
        ).all()
        assert [point.month for point in points] == list(months)[-12:]
        assert sum(point.received for point in points) > 0


MARCH, LAST = "2026-03", date(2026, 3, 31)
RELATIONS = (Meaning.BY_APPLICANT_AGENT, Meaning.BY_APPLICANT_OFFICER, Meaning.BY_WINDOW_BUSINESS)


def rated_month(session: Session, *relations: Meaning, scale: bool = True) -> tuple[ServiceCase, LedgerMonth]:
    """A case closed in March with agent, officer and a 业务专办窗口, and the month's ledger."""
    for meaning in relations:
        f.make_option(session, kind=OptionKind.RELATION, meaning=meaning)
    for grade in (Meaning.SATISFIED, Meaning.DISSATISFIED) if scale else ():
        f.make_option(session, kind=OptionKind.SCALE, name=grade.label, meaning=grade)
    case = ready(
        session,
        state=CaseState.CLOSED,
        number="甲1号",
        accepted_on=date(2026, 3, 2),
        assigned_on=date(2026, 3, 3),
        ended_on=date(2026, 3, 20),
        agent=f.make_agent(session, name="代办员甲"),
        officer=f.make_officer(session, name="首席甲"),
    )
    f.make_completion(session, case=case, completed_on=case.ended_on)
    f.make_window(session, kind=WindowKind.BUSINESS, department=case.steps[0].department)
    month = ledger_months.open_month(session, case.county_id, MARCH)
    ledger_months.refresh(session, month, LAST)
    return case, month


def give(session: Session, case: ServiceCase, meaning: Meaning, grade: Meaning | None) -> Evaluation:
    """Record a rating of the case in April; it counts in the month in which the case ended."""
    (due,) = [due for due in evaluation.outstanding_ratings(session, case) if due.relation.meaning is meaning]
    wanted = select(CountyOption).where(CountyOption.kind == OptionKind.SCALE, CountyOption.meaning == grade)
    chosen = session.scalars(wanted).one() if grade else None
    (row,) = evaluation.rate(
        session, [case], on=date(2026, 4, 2), due=due.key, grade=chosen, rater="经办人甲", opinion=None
    )
    return row


def told(session: Session, month: LedgerMonth) -> dict[str, dict[str, Figure]]:
    """The month's figures by table title and row name, then by heading; 覆盖与质量 included."""
    return {
        f"{table.title} {name}": dict(zip(table.headers, row, strict=True))
        for table in figures.tables(session, figures.ledgers_of(session, month.month), month)
        for name, row in table.rows
    }


def rates(line: dict[str, Figure]) -> tuple[object, ...]:
    return tuple(line[heading].value for heading in ("参评率", "满意率", "差评"))


def test_a_neutral_grade_is_given_and_changes_no_rate(session: Session) -> None:
    """In 统计, in 评价汇总表 and in the year: counted in neither rate."""
    case, month = rated_month(session, *RELATIONS)
    county = case.county
    f.make_option(session, OptionKind.SCALE, county=county, name="一般", meaning=Meaning.NEUTRAL)
    give(session, case, Meaning.BY_APPLICANT_AGENT, Meaning.NEUTRAL)
    assert rates(told(session, month)["按县（旗） 武陟县"]) == (pytest.approx(1 / 3), None, 0)
    give(session, case, Meaning.BY_APPLICANT_OFFICER, Meaning.SATISFIED)
    found = told(session, month)
    assert rates(found["按县（旗） 武陟县"]) == (pytest.approx(2 / 3), 1.0, 0)
    assert rates(found["按代办员 代办员甲"]) == (1.0, None, 0)
    grades = rating_summary.scale_of(session, county.id)
    heads = [column.key for column in ratings(grades)]
    rows = [dict(zip(heads, row, strict=True)) for row in rating_summary.rating_rows(session, [month], grades)]
    told_of = {row["subject"]: [row[key] for key in ("given", "grade 一般", "satisfied", "bad")] for row in rows}
    assert told_of["代办员甲"] == [1, 1, None, 0]
    assert told_of["首席甲"] == [1, 0, 1.0, 0]


def test_a_rating_counts_for_whom_it_is_of(session: Session) -> None:
    case, month = rated_month(session, *RELATIONS)
    give(session, case, Meaning.BY_APPLICANT_AGENT, Meaning.SATISFIED)
    give(session, case, Meaning.BY_APPLICANT_OFFICER, Meaning.DISSATISFIED)
    found = told(session, month)
    assert rates(found["按县（旗） 武陟县"]) == (pytest.approx(2 / 3), 0.5, 1)
    assert rates(found["按代办员 代办员甲"]) == (1.0, 1.0, 0)
    assert rates(found["按首席服务员 首席甲"]) == (1.0, 0.0, 1)
    department = f"按责任部门 {case.steps[0].department.name}"
    assert rates(found[department]) == (0.0, None, 0)
    give(session, case, Meaning.BY_WINDOW_BUSINESS, Meaning.DISSATISFIED)
    found = told(session, month)
    assert rates(found[department]) == (1.0, 0.0, 1)
    quality = found["覆盖与质量 差评已整改"]
    assert [quality[heading].value for heading in ("件数", "应有", "比率")] == [0, 2, 0.0]
    for line in found.values():
        for figure in (one for one in line.values() if one.table):
            assert figure.count == rows_behind(session, figure)


def test_the_link_of_a_bad_grade_opens_those_of_the_figure_and_no_other(session: Session) -> None:
    """Beside the figure's: good ones, those of other months, of other people, and what an appeal took out."""
    case, month = rated_month(session, *RELATIONS)
    good = give(session, case, Meaning.BY_APPLICANT_AGENT, Meaning.SATISFIED)
    bad = give(session, case, Meaning.BY_APPLICANT_OFFICER, Meaning.DISSATISFIED)
    give(session, case, Meaning.BY_WINDOW_BUSINESS, Meaning.DISSATISFIED)
    rated = {"relation": bad.relation, "grade": bad.grade, "rater": "经办人甲", "evaluated_on": date(2026, 4, 2)}
    others: tuple[tuple[date, dict[str, Any]], ...] = (
        (date(2026, 2, 28), {"staff": case.officer}),
        (date(2026, 4, 1), {"staff": case.officer}),
        (date(2026, 3, 31), {"staff": case.officer, "discounted": True}),
        (date(2026, 3, 1), {"staff": f.make_officer(session, name="首席乙")}),
        (date(2026, 3, 31), {"staff": case.officer, "grade": good.grade}),
    )
    for n, (ended_on, more) in enumerate(others):
        other = ready(session, state=CaseState.EVALUATED, number=f"乙{n}号", ended_on=ended_on)
        f.make_evaluation(session, case=other, closed_on=ended_on, **{**rated, **more})
    found = told(session, month)
    opened = {name: found[name]["差评"] for name in ("按首席服务员 首席甲", "按代办员 代办员甲")}
    assert {name: rows_behind(session, figure) for name, figure in opened.items()} == {
        "按首席服务员 首席甲": 1,
        "按代办员 代办员甲": 0,
    }
    assert rows_behind(session, found["按县（旗） 武陟县"]["差评"]) == 3
    assert rows_behind(session, found[f"按责任部门 {case.steps[0].department.name}"]["差评"]) == 1


def test_without_a_scale_ratings_are_taken_part_in_and_no_more(session: Session) -> None:
    case, month = rated_month(session, Meaning.BY_REVISIT, scale=False)
    assert rates(told(session, month)["按代办员 代办员甲"]) == (0.0, None, None)
    give(session, case, Meaning.BY_REVISIT, None)
    found = told(session, month)
    assert rates(found["按代办员 代办员甲"]) == rates(found["按县（旗） 武陟县"]) == (1.0, None, None)
    assert not any("差评" in name for name in found)


def test_a_rating_recorded_while_a_month_is_locked_counts_in_the_next_one(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if another user recorded it between two readings of the locking transaction."""
    case, march = rated_month(session, Meaning.BY_APPLICANT_AGENT)
    rows: list[Evaluation] = []

    def rated_meanwhile(*args: Any, **named: Any) -> str:
        rows.append(give(session, case, Meaning.BY_APPLICANT_AGENT, Meaning.SATISFIED))
        return write_month(*args, **named)

    monkeypatch.setattr("services.ledgers.ledger_months.write_month", rated_meanwhile)
    ledger_months.lock(session, march, date(2026, 4, 1))
    session.refresh(rows[0])
    assert rows[0].counted_in is None
    assert numbers(session, march)["rated_rate"] == 0.0
    assert numbers(session, next_month(session, case.county_id, "2026-04"))["rated_late"] == 1


def numbers(session: Session, month: LedgerMonth) -> dict[str, object]:
    """What the month's line of the county says of ratings; what its links open agrees."""
    line = told(session, month)["按县（旗） 武陟县"]
    for figure in (one for one in line.values() if one.table):
        assert figure.count == rows_behind(session, figure)
    return {code: line[label].value for code, label in RATING_FIGURES.items()}


RATING_FIGURES = {kind.code: kind.label for kind in FIGURES if kind.ratings or kind.code == "rated_rate"}


def next_month(session: Session, county_id: int, name: str) -> LedgerMonth:
    month = ledger_months.open_month(session, county_id, name)
    ledger_months.refresh(session, month, last_day(name))
    return month


def test_a_rating_given_after_its_month_was_locked_counts_in_the_next_open_one(session: Session) -> None:
    case, march = rated_month(session, Meaning.BY_APPLICANT_AGENT)
    ledger_months.lock(session, march, date(2026, 4, 1))
    row = give(session, case, Meaning.BY_APPLICANT_AGENT, Meaning.DISSATISFIED)
    april, may = (next_month(session, case.county_id, name) for name in ("2026-04", "2026-05"))
    assert numbers(session, march) == {"rated_rate": 0.0, "rated_late": 0, "bad": 0, "corrected": 0}
    assert numbers(session, april) == {"rated_rate": 1.0, "rated_late": 1, "bad": 1, "corrected": 0}
    assert numbers(session, may) == {"rated_rate": None, "rated_late": 0, "bad": 0, "corrected": 0}
    assert "2026-03" in str(coverage.told_if_late(session, [row]))
    assert badges.LATE in badges.of_evaluations(session, [row.id], date(2026, 4, 2))[row.id]
    signed = numbers(session, april)
    ledger_months.lock(session, april, date(2026, 5, 1))
    session.refresh(row)
    assert row.counted_in is april
    assert numbers(session, april) == signed
    assert numbers(session, may)["bad"] == 0
    for month in (april, march):
        ledger_months.unlock(session, month, "更正")
    session.refresh(row)
    assert row.counted_in is None
    assert numbers(session, march) == {"rated_rate": 1.0, "rated_late": 0, "bad": 1, "corrected": 0}
    assert numbers(session, april)["bad"] == 0
    assert coverage.told_if_late(session, [row]) is None
    assert badges.LATE not in badges.of_evaluations(session, [row.id], date(2026, 4, 2))[row.id]


@pytest.mark.parametrize("may_is_open", [True, False])
def test_a_rating_of_a_month_without_a_ledger_is_marked_late_where_it_counts_late(
    session: Session, *, may_is_open: bool
) -> None:
    case, march = rated_month(session, Meaning.BY_APPLICANT_AGENT)
    ledger_months.lock(session, march, date(2026, 4, 1))
    case.ended_on = date(2026, 4, 1)
    row = give(session, case, Meaning.BY_APPLICANT_AGENT, Meaning.SATISFIED)
    if may_is_open:
        assert numbers(session, next_month(session, case.county_id, "2026-05"))["rated_late"] == 1
        assert "2026-04 台账已锁定或没有建立" in str(coverage.told_if_late(session, [row]))
    marks = badges.of_evaluations(session, [row.id], date(2026, 4, 2))[row.id]
    assert (badges.LATE in marks) is (coverage.told_if_late(session, [row]) is not None) is may_is_open


def test_an_appeal_upheld_after_the_lock_is_taken_out_in_the_next_open_month(session: Session) -> None:
    case, march = rated_month(session, Meaning.BY_APPLICANT_AGENT)
    row = give(session, case, Meaning.BY_APPLICANT_AGENT, Meaning.DISSATISFIED)
    ledger_months.lock(session, march, date(2026, 4, 10))
    evaluation.appeal(session, [row], on=date(2026, 4, 12), told="非本人经办")
    evaluation.decide_appeal(session, [row], on=date(2026, 4, 13), told="查明", upheld=True)
    april = next_month(session, case.county_id, "2026-04")
    assert numbers(session, march) == {"rated_rate": 1.0, "rated_late": 0, "bad": 1, "corrected": 0}
    assert numbers(session, april) == {"rated_rate": None, "rated_late": 0, "bad": 0, "corrected": 1}
    assert [(one.bad, one.corrected) for one in summaries(session, [march])] == [(1, 0)]
    assert [(one.bad, one.corrected) for one in summaries(session, [april])] == [(0, 1)]
    assert [(one.due, one.bad, one.corrected) for one in summaries(session, [march, april])] == []
    ledger_months.lock(session, april, date(2026, 5, 1))
    session.refresh(row)
    assert (row.counted_in, row.removed_in) == (march, april)
    assert numbers(session, next_month(session, case.county_id, "2026-05"))["corrected"] == 0


@pytest.mark.parametrize("upheld", [True, False])
def test_what_an_upheld_appeal_took_out_is_in_no_figure(session: Session, upheld: bool) -> None:
    case, month = rated_month(session, Meaning.BY_APPLICANT_AGENT)
    row = give(session, case, Meaning.BY_APPLICANT_AGENT, Meaning.DISSATISFIED)
    ledger_months.refresh(session, month, LAST)
    assert rates(told(session, month)["按代办员 代办员甲"]) == (1.0, 0.0, 1)
    evaluation.appeal(session, [row], on=date(2026, 4, 3), told="非本人经办")
    evaluation.decide_appeal(session, [row], on=date(2026, 4, 6), told="查明", upheld=upheld)
    ledger_months.refresh(session, month, LAST)
    found = told(session, month)
    assert rates(found["按县（旗） 武陟县"]) == ((None, None, 0) if upheld else (1.0, 0.0, 1))
    assert found["覆盖与质量 差评已整改"]["应有"].value == (0 if upheld else 1)
    entry = session.scalars(select(LedgerEntry)).one()
    assert (case.rating is None) is (entry.rating is None) is upheld


def test_a_locked_month_gives_its_stored_figures_until_it_is_unlocked(session: Session, tmp_path: Path) -> None:
    case, month = rated_month(session, Meaning.BY_APPLICANT_AGENT)
    row = give(session, case, Meaning.BY_APPLICANT_AGENT, Meaning.DISSATISFIED)
    ledger_months.refresh(session, month, LAST)

    def values() -> dict[str, list[object]]:
        return {name: [one.value for one in line.values()] for name, line in told(session, month).items()}

    signed = values()
    ledger_months.lock(session, month, date(2026, 4, 10))
    assert values() == signed
    evaluation.follow_up(session, [row], "verify", on=date(2026, 4, 13), told="属实")
    evaluation.follow_up(session, [row], "rectify", on=date(2026, 4, 14), told="已改")
    f.make_issue(session, found_on=LAST)
    session.expire_all()
    assert values() == signed
    tables = {one.table for line in told(session, month).values() for one in line.values()}
    assert tables == {"ledger_entry", ""}
    ledger_months.export_month(session, month, tmp_path / "cases.xlsx", "cases")
    sheet = openpyxl.load_workbook(tmp_path / "cases.xlsx")["分组统计"]
    lines = {line[0]: line[1:4] for line in sheet.iter_rows(values_only=True)}
    assert lines["差评已整改"] == (0, 1, 0)
    assert lines["共性问题"][0] == 0
    ledger_months.unlock(session, month, "更正")
    assert values()["覆盖与质量 差评已整改"] == [1, 1, 1.0]
    assert values()["覆盖与质量 共性问题"][0] == 1


def test_problems_found_in_common_are_counted_in_their_month(session: Session) -> None:
    """H 五(六)."""
    case, month = rated_month(session, Meaning.BY_APPLICANT_AGENT)
    first = date(2026, 3, 1)
    for day in (date(2026, 2, 28), first, LAST, date(2026, 4, 1)):
        f.make_issue(session, found_on=day)
    ledger_months.refresh(session, month, LAST)
    found = told(session, month)["覆盖与质量 共性问题"]["件数"]
    assert (found.value, found.table) == (2, "common_issue")
    assert found.filters == {"county": case.county_id, "found_on_from": first, "found_on_to": LAST}


#: Closed after their day: a figure that the program does not have.
CLOSED_LATE = FigureKind("closed_late", "超期办结", {"overdue": True, "outcome": Outcome.CLOSED})


def test_a_new_figure_is_one_line_and_locked_months_show_a_dash(
    session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    case, month = rated_month(session, Meaning.BY_APPLICANT_AGENT)
    case.due_on = date(2026, 3, 19)
    ledger_months.refresh(session, month, LAST)
    ledger_months.lock(session, month, date(2026, 4, 10))
    signed = told(session, month)
    monkeypatch.setattr(figures, "FIGURES", (CLOSED_LATE, *FIGURES))
    session.expire_all()
    found = told(session, month)
    groups = [name for name in found if not name.startswith("覆盖与质量")]
    assert {name: found[name].pop(CLOSED_LATE.label).text for name in groups} == dict.fromkeys(groups, "—")
    assert found == signed
    ledger_months.export_month(session, month, tmp_path / "cases.xlsx", "cases")
    sheet = openpyxl.load_workbook(tmp_path / "cases.xlsx")["分组统计"]
    lines = {line[0]: line[1:4] for line in sheet.iter_rows(values_only=True)}
    assert lines["代办员甲"] == ("—", 0, 1)
    ledger_months.unlock(session, month, "更正")
    late = told(session, month)["按代办员 代办员甲"][CLOSED_LATE.label]
    assert late.count == rows_behind(session, late) == 1
    ledger_months.lock(session, month, date(2026, 4, 10))
    session.expire_all()
    assert told(session, month)["按代办员 代办员甲"][CLOSED_LATE.label].count == 1


def test_stored_figures_are_found_whatever_their_labels_are(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    _, month = rated_month(session, Meaning.BY_APPLICANT_AGENT)
    ledger_months.lock(session, month, date(2026, 4, 10))
    session.expire_all()

    def values() -> list[list[object]]:
        return [[figure.value for figure in line.values()] for line in told(session, month).values()]

    signed = values()
    assert any(value for line in signed for value in line)
    monkeypatch.setattr(figures, "FIGURES", tuple(replace(kind, label=f"改{kind.label}") for kind in FIGURES))
    monkeypatch.setattr(figures, "GROUPS", tuple((f"改{title}", *rest) for title, *rest in figures.GROUPS))
    for labels in (figures.QUALITY, figures.QUALITY_FIGURES):
        for code in labels:
            monkeypatch.setitem(labels, code, f"改{labels[code]}")
    assert values() == signed


#: What a locked month may hold that this version did not write, and the figures 本月受理 and 本月办结 of it.
STRANGE = [
    ({}, "—", "—"),
    (
        {"total": [1, 2, 3], "groups": {"agent": {"代办员甲": [1, 2]}}, "quality": [["共性问题", [1, None, None]]]},
        "—",
        "—",
    ),
    ({"version": 3, "total": {"received": 7, "closed": "many", "moons": 1}, "groups": {"moons": 1}}, "7", "—"),
    (
        {"version": 2, "total": {"received": 7, "closed": 5}, "quality": {"moons": {}, "common_issues": {"x": 1}}},
        "7",
        "5",
    ),
    (["?"], "—", "—"),
]


@pytest.mark.parametrize(("stored", "received", "closed"), STRANGE)
def test_older_and_unknown_entries_of_a_locked_month_are_read(
    session: Session, tmp_path: Path, stored: object, received: str, closed: str
) -> None:
    _, month = rated_month(session, Meaning.BY_APPLICANT_AGENT)
    ledger_months.lock(session, month, date(2026, 4, 10))
    month.figures = stored  # type: ignore[assignment]  # as another version may have left it
    session.flush()
    session.expire_all()
    line = told(session, month)["按县（旗） 武陟县"]
    assert (line["本月受理"].text, line["本月办结"].text) == (received, closed)
    ledger_months.export_month(session, month, tmp_path / "cases.xlsx", "cases")


def test_a_month_takes_as_many_statements_as_a_quiet_one(counties: tuple[object, list[County]]) -> None:
    engine, all_ = counties
    with open_session(engine, actor_as(Role.LEAD_OFFICE, all_[0]), write=False) as session:  # type: ignore[arg-type]
        with counted(engine) as sent:  # type: ignore[arg-type]
            ((running, _),) = found = figures.ledgers_of(session, figures.months_of(session)[0])
            figures.tables(session, found, running)
        assert len(sent) <= 25
        with counted(engine) as sent:  # type: ignore[arg-type]
            ((locked, _),) = found = figures.ledgers_of(session, figures.months_of(session)[1])
            figures.tables(session, found, locked)
        assert len(sent) == 2
