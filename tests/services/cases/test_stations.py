"""基层政务服务站: what its people see, and how its papers come to the 综合窗口. Source: Z 四."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models import Base
from models.base import CountyScoped
from models.cases import CaseEvent, CaseState, ServiceCase
from models.people import Role
from models.places import County, Meaning, OptionKind, StationKind, Window, WindowKind
from models.stations import StationHandover, StationHandoverLine
from models.work import CaseMaterial, MaterialState, WorkRecord
from services.cases import archive, evaluation, intake, stations, transitions, undo
from services.kernel.actor import actor_of
from services.kernel.errors import Forbidden, RuleViolation
from services.records import crud, lists
from services.records.search import search
from tests import factories as f
from tests.at_work import become, ready
from tests.conftest import ActingAs
from tests.factories import DAY, actor_as

LATER = DAY + timedelta(days=1)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """None of this depends on the engine."""
    return sqlite_engine


@dataclass
class Station:
    """A station with a case, and one row of every table that is about the case."""

    window: Window
    case: ServiceCase
    parts: dict[type[Any], int]


#: Tables whose rows of a case are made here, each with the arguments of its factory.
PARTS = (
    "step",
    "event",
    "case_material",
    "completion",
    "termination",
    "delivery",
    "meeting",
    "urge",
    "evaluation",
    "print",
    "agreement",
    "work_record",
    "handover",
    "appointment",
)


def _station(session: Session, number: str) -> Station:
    window = f.make_station(session)
    case = f.make_case(session, station=window, number=number, state=CaseState.SUBMITTED, submitted_on=DAY)
    rows = [getattr(f, f"make_{name}")(session, case=case) for name in PARTS]
    step = rows[0]
    handed = f.make_station_handover(session, station=window)
    rows += [f.make_extension(session, step=step), handed, f.make_station_line(session, handover=handed, case=case)]
    return Station(window, case, {type(row): row.id for row in rows})


@pytest.fixture
def two(session: Session, county: County) -> tuple[Station, Station]:
    """Two stations of one county with a case each, and a case of the window itself."""
    session.get_one(County, county.id).has_stations = True
    made = _station(session, "武帮代办〔2026〕0001号"), _station(session, "武帮代办〔2026〕0002号")
    f.make_case(session, number="武帮代办〔2026〕0003号", state=CaseState.SUBMITTED)
    session.commit()
    return made


def test_a_stations_people_see_the_rows_of_their_cases_and_no_others(
    two: tuple[Station, Station], acting_as: ActingAs
) -> None:
    for own in two:
        reader = acting_as(Role.STATION_CLERK, station_id=own.window.id, write=False)
        assert set(reader.scalars(select(ServiceCase.id))) == {own.case.id}
        seen = {model: set(reader.scalars(select(model.id))) for model in own.parts}
        assert seen == {model: {id_} for model, id_ in own.parts.items()}
        assert set(reader.scalars(select(Window.id).where(Window.kind == WindowKind.STATION))) == {own.window.id}


def test_every_table_with_a_case_is_limited_to_the_stations_cases(two: tuple[Station, Station]) -> None:
    """A table that gets a case later is not forgotten."""
    of_cases: set[Any] = {
        mapper.class_
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, CountyScoped) and {"case_id", "step_id"} & set(mapper.columns.keys())
    }
    withheld = {model for model in of_cases if model.__tablename__ in ("ledger_entry", "inspection")}
    assert of_cases - withheld <= set(two[0].parts)


def test_an_account_without_its_station_sees_no_case(two: tuple[Station, Station], acting_as: ActingAs) -> None:
    reader = acting_as(Role.STATION_CLERK, write=False)
    assert reader.scalars(select(ServiceCase.id)).all() == []
    assert [reader.scalar(select(func.count()).select_from(model)) for model in two[0].parts] == [0] * len(two[0].parts)


def test_another_stations_case_is_neither_found_named_counted_nor_opened(
    two: tuple[Station, Station], acting_as: ActingAs
) -> None:
    own, other = two
    reader = acting_as(Role.STATION_CLERK, station_id=own.window.id, write=False)
    assert reader.get(ServiceCase, other.case.id) is None
    assert [row.table for row in search(reader, "0002号") if row.table == "service_case"] == []
    assert lists.lookup(reader, ServiceCase, {}, "0002号", 0, 20) == []
    material = next(model for model in own.parts if model.__tablename__ == "case_material")
    for name, row in (("case", other.case), ("case", own.case)):
        query = lists.read_query(material, (), [(name, str(row.id))], ("id", True))
        told = lists.chosen_names(reader, material, query)[name]
        assert told == (row.number if row is own.case else lists.NOT_FOUND)
        assert lists.count_rows(reader, material, lists.conditions(material, query, phones=True)) == (row is own.case)


def test_nothing_can_be_hung_on_another_stations_case(two: tuple[Station, Station], acting_as: ActingAs) -> None:
    own, other = two
    writer = acting_as(Role.STATION_CLERK, station_id=own.window.id)
    with pytest.raises(Forbidden):
        f.make_case_material(writer, case_id=other.case.id)
    writer.rollback()
    f.make_case_material(writer, case_id=own.case.id)


def test_agents_and_windows_see_every_stations_cases(two: tuple[Station, Station], acting_as: ActingAs) -> None:
    for role in (Role.AGENT, Role.WINDOW_CLERK, Role.LEAD_OFFICE):
        assert len(acting_as(role, write=False).scalars(select(ServiceCase.id)).all()) == 3


def test_a_case_and_a_note_carry_the_station_that_took_them_in(session: Session, county: County) -> None:
    county.has_stations = True
    station = f.make_station(session)
    values = {
        "matter": "企业开办",
        "enterprise": f.make_enterprise(session),
        "channel": f.make_option(session),
        "mode": f.make_option(session, kind=OptionKind.MODE),
    }
    note = {"subject": "咨询", "kind": "consultation", "happened_on": DAY, "content": "问材料"}
    for role, expected in ((Role.STATION_CLERK, station.id), (Role.WINDOW_CLERK, None)):
        become(session, role, station_id=station.id)
        case, record = ServiceCase(), WorkRecord()
        crud.create(session, case, values)
        crud.create(session, record, note)
        assert (case.station_id, record.station_id) == (expected, expected)


@pytest.fixture
def entered(session: Session, county: County) -> ServiceCase:
    """A submitted case of a station that asks for a mandate and the papers; the session is the station's."""
    session.get_one(County, county.id).has_stations = True
    station = f.make_station(session)
    case = ready(session, station=station, materials_handed=False)
    case.county.agreement_needed = True
    f.make_case_material(session, case=case, name="营业执照", copies=2, original=True)
    f.make_case_material(session, case=case, name="授权书", state=MaterialState.MISSING)
    become(session, Role.STATION_CLERK, station_id=station.id)
    intake.submit(session, [case], on=DAY)
    return case


def handed(session: Session, case: ServiceCase, **values: Any) -> StationHandover:
    papers = [paper.id for paper in stations.papers_at_station(session, [case])]
    given: dict[str, Any] = {"on": DAY, "handed_by": "赵强", "papers": papers} | values
    return stations.hand_in(session, [case], **given)


def test_a_list_says_which_cases_which_papers_who_and_when(session: Session, entered: ServiceCase) -> None:
    row = handed(session, entered, others="申请表")
    line = session.scalars(select(StationHandoverLine)).one()
    assert (line.case_id, line.papers) == (entered.id, "营业执照（原件） 2 份、申请表")
    assert (row.station_id, row.handed_on, row.handed_by, row.received_on) == (entered.station_id, DAY, "赵强", None)
    become(session, Role.WINDOW_CLERK, station_id=None)
    with pytest.raises(RuleViolation, match="不能早于"):
        stations.receive(session, [row], on=DAY - timedelta(days=1), received_by="钱窗口")
    stations.receive(session, [row], on=LATER, received_by="钱窗口", remark="缺一份复印件")
    assert (row.received_on, row.received_by, row.remark) == (LATER, "钱窗口", "缺一份复印件")
    with pytest.raises(RuleViolation, match="由钱窗口签收"):
        stations.receive(session, [row], on=LATER, received_by="钱窗口")
    told = session.scalars(select(CaseEvent.action).where(CaseEvent.case_id == entered.id).order_by(CaseEvent.id))
    assert list(told) == ["case.submit", "case.hand_in", "case.take_in"]


def test_a_case_is_accepted_when_the_window_has_its_papers(session: Session, entered: ServiceCase) -> None:
    session.scalars(select(CaseMaterial).where(CaseMaterial.name == "授权书")).one().state = MaterialState.RETURNED
    row = handed(session, entered)
    become(session, Role.AGENT, station_id=None, staff_id=f.make_agent(session).id)
    with pytest.raises(RuleViolation, match="材料交接"):
        intake.accept(session, [entered], on=LATER)
    stations.receive(session, [row], on=LATER, received_by="钱窗口")
    intake.accept(session, [entered], on=LATER)
    assert entered.state is CaseState.ACCEPTED


def test_a_list_names_papers_and_a_case_is_on_one_list_at_a_time(session: Session, entered: ServiceCase) -> None:
    with pytest.raises(RuleViolation, match="移交的材料"):
        handed(session, entered, papers=[])
    row = handed(session, entered)
    with pytest.raises(RuleViolation, match="等综合窗口签收"):
        handed(session, entered)
    become(session, Role.WINDOW_CLERK, station_id=None)
    stations.receive(session, [row], on=DAY, received_by="钱窗口")
    become(session, Role.STATION_CLERK, station_id=entered.station_id)
    handed(session, entered, others="补交的授权书")


def test_a_list_can_be_dropped_until_the_window_received_it(session: Session, entered: ServiceCase) -> None:
    row = handed(session, entered)
    crud.delete(session, row)
    assert session.scalars(select(StationHandoverLine)).all() == []
    become(session, Role.LEAD_OFFICE, station_id=None)
    undo.undo_last_step(session, [entered], reason="录错")
    assert entered.state is CaseState.DRAFT
    become(session, Role.STATION_CLERK, station_id=entered.station_id)
    intake.submit(session, [entered], on=DAY)
    row = handed(session, entered)
    become(session, Role.WINDOW_CLERK, station_id=None)
    stations.receive(session, [row], on=DAY, received_by="钱窗口")
    become(session, Role.STATION_CLERK, station_id=entered.station_id)
    with pytest.raises(RuleViolation, match="清单不能删除"):
        crud.delete(session, row)


def test_a_case_is_archived_after_the_window_received_its_list(session: Session, entered: ServiceCase) -> None:
    row = handed(session, entered)
    entered.state = CaseState.EVALUATED
    paper = session.scalars(select(CaseMaterial).where(CaseMaterial.name == "营业执照")).one()
    paper.state = MaterialState.RETURNED
    become(session, Role.AGENT, station_id=None)
    with pytest.raises(RuleViolation, match="交接清单的签收"):
        archive.propose(session, [entered], on=LATER)
    entered.archive_asked_on = LATER
    become(session, Role.LEAD_OFFICE, station_id=None)
    with pytest.raises(RuleViolation, match="等综合窗口签收"):
        archive.archive(session, [entered], on=LATER)
    become(session, Role.WINDOW_CLERK, station_id=None)
    stations.receive(session, [row], on=LATER, received_by="钱窗口")
    become(session, Role.LEAD_OFFICE, station_id=None)
    archive.archive(session, [entered], on=LATER)
    assert entered.state is CaseState.ARCHIVED


def test_receiving_a_list_leaves_an_archived_case_alone(session: Session, entered: ServiceCase) -> None:
    """As an older version may have left it."""
    row = handed(session, entered)
    entered.state = CaseState.ARCHIVED
    session.flush()
    events = select(func.count()).select_from(CaseEvent).where(CaseEvent.case_id == entered.id)
    before = session.scalar(events)
    become(session, Role.WINDOW_CLERK, station_id=None)
    stations.receive(session, [row], on=LATER, received_by="钱窗口")
    assert (row.received_by, entered.materials_handed, session.scalar(events)) == ("钱窗口", False, before)


@pytest.mark.parametrize("role", [Role.WINDOW_CLERK, Role.AGENT, Role.LEAD_OFFICE])
def test_who_is_not_of_a_station_hands_nothing_in(session: Session, entered: ServiceCase, role: Role) -> None:
    become(session, role, station_id=None)
    with pytest.raises(RuleViolation):
        handed(session, entered)


def test_a_station_neither_decides_nor_records_for_others(session: Session, entered: ServiceCase) -> None:
    actor = actor_of(session)
    possible = {name for name in transitions.MOVES if transitions.why_not(actor, entered, name) is None}
    assert possible == {"notify", "withdraw", "hand_in"}
    with pytest.raises(Forbidden):
        stations.receive(session, [handed(session, entered)], on=DAY, received_by="赵强")


def test_a_case_of_the_window_is_on_no_list(session: Session, entered: ServiceCase) -> None:
    entered.station_id = None
    assert transitions.why_not(actor_of(session), entered, "hand_in") is not None


@pytest.mark.parametrize(
    ("meaning", "allowed"),
    [
        (Meaning.BY_APPLICANT_AGENT, True),
        (Meaning.BY_APPLICANT_OFFICER, True),
        (Meaning.BY_WINDOW_BUSINESS, False),
        (Meaning.BY_OFFICER_WINDOW, False),
        (Meaning.BY_REVISIT, False),
    ],
)
def test_a_station_collects_the_applicants_ratings_alone(session: Session, meaning: Meaning, *, allowed: bool) -> None:
    relation = f.make_option(session, kind=OptionKind.RELATION, meaning=meaning)
    due = evaluation.DueRating(relation, f.make_agent(session), None)
    assert (evaluation.why_not_by(actor_as(Role.STATION_CLERK), due) is None) is allowed


@pytest.mark.parametrize(
    ("stations_there", "values", "field"),
    [
        (True, {"kind": WindowKind.STATION, "station_kind": StationKind.POST_OFFICE}, None),
        (True, {"kind": WindowKind.STATION, "station_kind": None}, "station_kind"),
        (True, {"kind": WindowKind.GENERAL, "station_kind": StationKind.POST_OFFICE}, "station_kind"),
        (False, {"kind": WindowKind.STATION, "station_kind": StationKind.POST_OFFICE}, "kind"),
        (False, {"kind": WindowKind.GENERAL, "station_kind": None}, None),
    ],
)
def test_a_station_is_of_a_kind_and_of_a_county_that_has_them(
    session: Session, county: County, values: dict[str, Any], field: str | None, *, stations_there: bool
) -> None:
    session.get_one(County, county.id).has_stations = stations_there
    session.flush()
    if field is None:
        crud.create(session, Window(), {"name": "邮政支局", **values})
        return
    with pytest.raises(RuleViolation) as refusal:
        crud.create(session, Window(), {"name": "邮政支局", **values})
    assert refusal.value.field == field


def test_a_station_in_use_stays_a_station(session: Session, county: County) -> None:
    session.get_one(County, county.id).has_stations = True
    station = f.make_station(session)
    f.make_case(session, station=station)
    with pytest.raises(RuleViolation, match="已有办件或账号"):
        crud.update(session, station, {"kind": WindowKind.GENERAL, "station_kind": None}, station.version)
