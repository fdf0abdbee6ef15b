"""The database itself refuses what the rules forbid, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Enum, Index, UniqueConstraint, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Base
from models.items import ItemCategory
from models.ledger import MonthState
from models.people import DepartmentLeader, Role
from models.places import County, OptionKind
from models.records import NumberKind
from models.tasks import TaskState
from models.types import now
from tests import factories as f
from tests.factories import DAY, MAKERS

BEFORE = DAY - timedelta(days=1)
Make = Callable[[Session], object]


def twice(make: Callable[..., Any], *needs: Callable[..., Any], **values: Any) -> Make:
    """The same row twice, each with the same rows of `needs`, by the name of their factory."""

    def run(session: Session) -> None:
        shared = {need.__name__.removeprefix("make_"): need(session) for need in needs}
        make(session, **shared, **values)
        make(session, **shared, **values)

    return run


def once(make: Callable[..., Any], **values: Any) -> Make:
    return lambda session: make(session, **values)


def both_targets(make: Callable[..., Any]) -> Make:
    return lambda s: make(s, project=f.make_project(s), enterprise=f.make_enterprise(s))


def two_leaders(session: Session) -> None:
    department = f.make_department(session)
    f.make_leader(session, department=department)
    f.make_leader(session, department=department)


def staff_of_no_kind(session: Session) -> None:
    leader = f.make_leader(session)
    session.connection().execute(text("UPDATE staff SET kind = 'friend' WHERE id = :id"), {"id": leader.id})


def two_prefixes(session: Session) -> None:
    f.make_county(session, code="150422", slug="balin")
    f.make_county(session, code="652828", slug="balin")


def supervised_twice(session: Session) -> None:
    user, county = f.make_user(session, Role.SUPERVISOR), f.make_county(session, code="150422")
    f.make_supervised(session, user, county)
    f.make_supervised(session, user, county)


def evaluated_twice(key: str, make: Callable[..., Any]) -> Make:
    def run(session: Session) -> None:
        shared = {
            "case": f.make_case(session),
            key: make(session),
            "relation": f.make_option(session, kind=OptionKind.RELATION),
        }
        f.make_evaluation(session, **shared)
        f.make_evaluation(session, **shared)

    return run


def both_ratees(session: Session) -> None:
    f.make_evaluation(session, staff=f.make_agent(session), window=f.make_window(session))


def templates_in_use(session: Session) -> None:
    """Two templates of a paper that a county uses at once."""
    for number in (1, 2):
        f.make_template(session, number=number)


def same_case_twice(session: Session) -> None:
    line = f.make_station_line(session)
    f.make_station_line(session, handover_id=line.handover_id, case_id=line.case_id)


NAMED_TWICE: dict[str, Make] = {
    "uq_county_code": twice(f.make_county, code="150422"),
    "uq_county_slug": two_prefixes,
    "uq_county_option_county_id_kind_name": twice(f.make_option, kind=OptionKind.CHANNEL, name="窗口"),
    "uq_department_name": twice(f.make_department, name="发展改革委"),
    "uq_staff_current_leader": two_leaders,
    "uq_user_username": twice(f.make_user, username="li"),
    "uq_supervised_county_user_id_county_id": supervised_twice,
    "uq_enterprise_credit_code": twice(f.make_enterprise, credit_code="91410823MA0000015R"),
    "uq_project_code": twice(f.make_project, code="2304-410823-04-01-123451"),
    "uq_key_designation_current_project_id": twice(f.make_designation, f.make_project),
    "uq_key_designation_current_enterprise_id": twice(f.make_designation, f.make_enterprise),
    "uq_assignment_current_project_id": twice(f.make_assignment, f.make_project),
    "uq_assignment_current_enterprise_id": twice(f.make_assignment, f.make_enterprise),
    "uq_station_handover_line_handover_id_case_id": same_case_twice,
    "uq_service_item_name": twice(f.make_item, name="立项", category=ItemCategory.BUILDING),
    "uq_service_case_county_id_number": twice(f.make_case, number="武帮代办〔2026〕0001号"),
    "uq_case_step_case_id_item_id": twice(
        lambda s, **v: f.make_step(s, department_id=v["item"].department_id, **v),
        f.make_case,
        f.make_item,
    ),
    "uq_delivery_case": twice(f.make_delivery, f.make_case),
    "uq_completion_case": twice(f.make_completion, f.make_case),
    "uq_industry_department_county_id_industry": twice(f.make_industry, industry="食品加工"),
    "uq_completion_county_id_number": twice(f.make_completion, number="武办结〔2026〕0001号"),
    "uq_termination_case": twice(f.make_termination, f.make_case),
    "uq_termination_county_id_number": twice(f.make_termination, number="武终止〔2026〕0001号"),
    "uq_ledger_month_county_id_month": twice(f.make_month, month="2026-03"),
    "uq_ledger_file_month_id": twice(f.make_ledger_file, f.make_month),
    "uq_ledger_entry_month_case": twice(f.make_entry, f.make_month, f.make_case),
    "uq_number_sequence_county_id_kind_year": twice(f.make_sequence, kind=NumberKind.CASE, year=2026),
    "uq_idempotency_key_key": twice(f.make_key, key="same"),
    "uq_service_window_name": twice(f.make_window, name="综合窗口"),
    "uq_item_material_item_id_name": twice(f.make_material, f.make_item, name="营业执照"),
    "uq_agreement_county_id_number": twice(f.make_agreement, number="武委协〔2026〕0001号"),
    "uq_case_material_case_id_name": twice(f.make_case_material, f.make_case, name="营业执照"),
    "uq_meeting_department_meeting_id_department_id": twice(
        f.make_meeting_department, f.make_department, f.make_meeting
    ),
    "uq_urge_county_id_number": twice(f.make_urge, number="武督办〔2026〕0001号"),
    "uq_evaluation_staff": evaluated_twice("staff", f.make_agent),
    "uq_evaluation_window": evaluated_twice("window", f.make_window),
    "uq_calendar_day_county": twice(f.make_calendar_day, day=DAY),
    "uq_calendar_day_national": twice(f.make_calendar_day, day=DAY, county_id=None),
    "uq_attachment_stored_name": twice(f.make_attachment, stored_name="same"),
    "uq_saved_view_user_id_list_table_name": twice(f.make_view, f.make_user, name="视图"),
    "uq_paper_template_county_id_paper_number": twice(f.make_template, active=False),
    "uq_paper_template_active": templates_in_use,
    "uq_printed_template_county_id_digest": twice(f.make_printed_template, digest="0" * 64),
    "uq_printed_paper_county_id_owner_table_owner_id_paper_edition": twice(f.make_printed_paper),
    "uq_background_task_stored_name": twice(f.make_task, stored_name="same"),
    "uq_import_file_batch_id": twice(f.make_import_file, f.make_batch),
}

OUT_OF_RANGE: dict[str, tuple[Make, ...]] = {
    "ck_county_code_six_digits": (once(f.make_county, code="41082"),),
    "ck_staff_kind_known": (staff_of_no_kind,),
    "ck_project_investment_not_negative": (once(f.make_project, investment=Decimal("-0.01")),),
    "ck_key_designation_either_target": (
        both_targets(f.make_designation),
        once(f.make_designation, project_id=None),
    ),
    "ck_key_designation_valid_after": (once(f.make_designation, valid_until=BEFORE),),
    "ck_key_designation_revoked_after": (once(f.make_designation, revoked_on=BEFORE),),
    "ck_commendation_either_ratee": (
        once(f.make_commendation, department=None, staff=None),
        lambda s: f.make_commendation(s, department=f.make_department(s), staff=f.make_agent(s)),
    ),
    "ck_assignment_either_target": (
        both_targets(f.make_assignment),
        once(f.make_assignment, project_id=None),
    ),
    "ck_assignment_until_after_since": (once(f.make_assignment, until=BEFORE),),
    "ck_service_item_limit_days_range": (
        once(f.make_item, limit_days=-1),
        once(f.make_item, limit_days=3651),
    ),
    "ck_service_case_has_applicant": (once(f.make_case, enterprise_id=None),),
    "ck_case_step_finished_after": (once(f.make_step, accepted_on=DAY, finished_on=BEFORE),),
    "ck_ledger_month_month_yyyy_mm": (once(f.make_month, month="2026-3"),),
    "ck_ledger_month_locked_has_time": (
        once(f.make_month, state=MonthState.LOCKED),
        once(f.make_month, locked_at=now()),
    ),
    "ck_agreement_has_target": (once(f.make_agreement, enterprise_id=None),),
    "ck_paper_handover_has_taker": (once(f.make_handover, window_id=None),),
    "ck_station_handover_received_after_handed": (once(f.make_station_handover, received_on=BEFORE),),
    "ck_urge_due_after_issue": (once(f.make_urge, reply_due=BEFORE),),
    "ck_extension_later": (once(f.make_extension, new_due=DAY),),
    "ck_evaluation_one_ratee": (both_ratees,),
    "ck_inspection_rectify_after": (once(f.make_inspection, rectify_by=BEFORE),),
    "ck_background_task_done_has_file": (
        once(f.make_task, state=TaskState.DONE),
        once(f.make_task, stored_name="甲", state=TaskState.FAILED),
    ),
    "ck_county_ledger_day_in_every_month": (
        once(f.make_county, code="150422", ledger_day=0),
        once(f.make_county, code="150422", ledger_day=29),
    ),
    "ck_number_sequence_next_positive": (once(f.make_sequence, next_value=0),),
}

CHOICES = [
    (table.name, column.name)
    for table in Base.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, Enum)
]


def says(error: IntegrityError, name: str) -> bool:
    """Whether the database names the constraint; SQLite names the columns of a unique one."""
    words = str(error.orig)
    if name in words:
        return True
    for table in Base.metadata.sorted_tables:
        for found in (*table.constraints, *table.indexes):
            if isinstance(found, UniqueConstraint | Index) and found.name == name:
                columns = ", ".join(f"{table.name}.{c.name}" for c in found.columns)
                return words == f"UNIQUE constraint failed: {columns}"
    return False


@pytest.mark.parametrize("name", NAMED_TWICE)
def test_a_second_one_is_refused(session: Session, name: str) -> None:
    with pytest.raises(IntegrityError) as error:
        NAMED_TWICE[name](session)
    assert says(error.value, name)


@pytest.mark.parametrize(("name", "make"), [(n, make) for n, makes in OUT_OF_RANGE.items() for make in makes])
def test_a_value_out_of_range_is_refused(session: Session, name: str, make: Make) -> None:
    with pytest.raises(IntegrityError) as error:
        make(session)
    assert says(error.value, name)


@pytest.mark.parametrize(("table", "column"), CHOICES)
def test_a_choice_that_does_not_exist_is_refused(system: Session, county: County, table: str, column: str) -> None:
    model, make = next((m, make) for m, make in MAKERS.items() if m.__tablename__ == table)
    if table == "staff":
        model, make = DepartmentLeader, f.make_leader
    row = make(system, **({"county": county} if table != "county" else {"code": "150422"}))
    assert isinstance(row, model)
    with pytest.raises(IntegrityError) as error:
        system.connection().execute(
            text(f'UPDATE "{table}" SET "{column}" = \'nonsense\' WHERE id = :id'), {"id": row.id}
        )
    assert f"ck_{table}_{column}" in str(error.value.orig)


def test_every_constraint_is_tried() -> None:
    found = set()
    for table in Base.metadata.sorted_tables:
        for constraint in table.constraints:
            of_choice = getattr(constraint, "_type_bound", False)
            if isinstance(constraint, CheckConstraint | UniqueConstraint) and not of_choice:
                found.add(str(constraint.name))
        found |= {str(index.name) for index in table.indexes if index.unique}
    assert found == NAMED_TWICE.keys() | OUT_OF_RANGE.keys()


def test_a_row_that_does_not_exist_cannot_be_named(session: Session) -> None:
    project = f.make_project(session)
    with pytest.raises(IntegrityError):
        session.connection().execute(
            text("UPDATE project SET enterprise_id = 999999 WHERE id = :id"), {"id": project.id}
        )


def test_a_row_that_others_name_cannot_be_removed(session: Session) -> None:
    project = f.make_project(session)
    with pytest.raises(IntegrityError):
        session.connection().execute(text("DELETE FROM enterprise WHERE id = :id"), {"id": project.enterprise_id})


@pytest.mark.parametrize(
    ("make", "values"),
    [
        (f.make_enterprise, {"credit_code": "91410823MA0000015R"}),
        (f.make_project, {"code": "2304-410823-04-01-123451"}),
        (f.make_department, {"name": "发展改革委"}),
        (f.make_item, {"name": "立项", "category": ItemCategory.BUILDING}),
    ],
)
def test_a_deleted_row_does_not_block_its_name(
    session: Session, make: Callable[..., Any], values: dict[str, Any]
) -> None:
    make(session, deleted_at=now(), **values)
    make(session, deleted_at=now(), **values)
    assert make(session, **values).id


@pytest.mark.parametrize("make", [f.make_enterprise, f.make_project])
def test_many_rows_may_still_lack_their_code(session: Session, make: Callable[..., Any]) -> None:
    make(session)
    assert make(session).id


def test_another_county_may_use_the_same_names_and_numbers(
    system: Session, county: County, other_county: County
) -> None:
    for each in (county, other_county):
        f.make_enterprise(system, county=each, credit_code="91410823MA0000015R")
        f.make_department(system, county=each, name="发展改革委")
        f.make_case(system, county=each, number="帮代办〔2026〕0001号")
        f.make_month(system, county=each, month="2026-03")


@pytest.mark.parametrize(
    ("make", "ended"),
    [(f.make_assignment, {"until": DAY}), (f.make_designation, {"revoked_on": DAY})],
)
@pytest.mark.parametrize("target", [f.make_project, f.make_enterprise])
def test_ended_ones_stay_beside_the_current_one(
    session: Session,
    make: Callable[..., Any],
    ended: dict[str, Any],
    target: Callable[..., Any],
) -> None:
    given = {target.__name__.removeprefix("make_"): target(session)}
    make(session, **given, **ended)
    make(session, **given, **ended)
    assert make(session, **given).id


def test_a_department_whose_leader_left_may_have_another(session: Session) -> None:
    department = f.make_department(session)
    f.make_leader(session, department=department, active=False)
    f.make_leader(session, department=department, deleted_at=now())
    f.make_leader(session, department=department)
    f.make_liaison(session, department=department)
    assert f.make_liaison(session, department=department).id
