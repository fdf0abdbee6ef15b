"""Whatever a CHECK of the database refuses, a service refuses first, with a message at a form field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Session

from models import Base
from models.fields import MAX_INTEGER, MAX_MONEY, all_fields, fields_of
from models.places import County
from services.kernel.errors import RuleViolation
from services.ledgers import ledger_months
from services.records import crud
from tests import factories as f
from tests.factories import DAY

BEFORE = DAY - timedelta(days=1)
Case = tuple[Any, dict[str, Any]]

#: constraint: a row and the values that violate it.
REFUSED: dict[str, Callable[[Session], Case]] = {
    "ck_county_ledger_day_in_every_month": lambda s: (f.make_county(s, code="150422"), {"ledger_day": 31}),
    "ck_project_investment_not_negative": lambda s: (f.make_project(s), {"investment": Decimal("-0.01")}),
    "ck_service_item_limit_days_range": lambda s: (f.make_item(s), {"limit_days": 3651}),
    "ck_number_sequence_next_positive": lambda s: (f.make_sequence(s), {"next_value": 0}),
    "ck_key_designation_valid_after": lambda s: (f.make_designation(s), {"valid_until": BEFORE}),
    "ck_key_designation_revoked_after": lambda s: (
        f.make_designation(s, revoked_on=DAY),
        {"designated_on": DAY + timedelta(days=1)},
    ),
    "ck_assignment_until_after_since": lambda s: (f.make_assignment(s, until=DAY), {"since": DAY + timedelta(days=1)}),
    "ck_service_case_has_applicant": lambda s: (f.make_case(s), {"enterprise": None, "applicant_name": None}),
    "ck_agreement_has_target": lambda s: (f.make_agreement(s), {"enterprise": None}),
    "ck_commendation_either_ratee": lambda s: (f.make_commendation(s), {"department": None, "staff": None}),
    "ck_urge_due_after_issue": lambda s: (f.make_urge(s), {"reply_due": BEFORE}),
    "ck_inspection_rectify_after": lambda s: (f.make_inspection(s), {"rectify_by": BEFORE}),
}

#: Constraints on columns that no form sets: the code that ensures them, and its test.
KEPT_BY_ACTIONS = {
    "ck_county_code_six_digits": "identifiers.division_code, of the form's field: test_identifiers",
    "ck_staff_kind_known": "the table that the form is of",
    "ck_key_designation_either_target": "the form's two boxes: admin.projects.one_target",
    "ck_assignment_either_target": "the form's two boxes: admin.projects.one_target",
    "ck_paper_handover_has_taker": "paper_handover: each kind names its taker: test_paper_handover",
    "ck_station_handover_received_after_handed": "stations.receive: cases.check_date",
    "ck_case_step_finished_after": "steps: cases.check_date",
    "ck_ledger_month_month_yyyy_mm": "ledger.open_month, below",
    "ck_ledger_month_locked_has_time": "ledger.lock",
    "ck_extension_later": "coordination.extend: test_coordination",
    "ck_evaluation_one_ratee": "evaluation.rate: an evaluation that is due has one ratee",
    "ck_background_task_done_has_file": "tasks",
}


def checks() -> Iterator[str]:
    for table in Base.metadata.sorted_tables:
        for one in table.constraints:
            if isinstance(one, CheckConstraint) and not getattr(one, "_type_bound", False):
                yield str(one.name)


def test_every_check_is_refused_in_words_first() -> None:
    assert set(checks()) == REFUSED.keys() | KEPT_BY_ACTIONS.keys()


def refusal(session: Session, row: Any, values: dict[str, Any]) -> RuleViolation:
    with pytest.raises(RuleViolation) as error:
        crud.check(session, row, values)
    assert error.value.field in {one.name for one in fields_of(type(row), "form")}
    assert re.search("[\u4e00-\u9fff]", str(error.value))
    return error.value


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_check_forbids_is_told_at_the_field(session: Session, name: str) -> None:
    assert refusal(session, *REFUSED[name](session)).field


def test_a_month_that_is_none_is_told_at_the_field(session: Session, county: County) -> None:
    with pytest.raises(RuleViolation, match="月份请写成") as error:
        ledger_months.open_month(session, county.id, "2026-3")
    assert error.value.field == "month"


NUMBERS = [
    (model, one.name)
    for model in sorted((m.class_ for m in Base.registry.mappers), key=lambda m: m.__name__)
    for one in all_fields(model)
    if one.kind in ("integer", "money") and one.shown("form")
]


@pytest.mark.parametrize(("model", "name"), NUMBERS, ids=lambda v: v if isinstance(v, str) else v.__name__)
def test_no_number_is_more_than_its_column_takes(session: Session, model: Any, name: str) -> None:
    for wrong in (-1, max(MAX_INTEGER, MAX_MONEY) + 1, Decimal("NaN")):
        error = refusal(session, model(), {name: wrong})
        assert error.code == "bounds"
        assert "应在" in str(error)


DAYS = [n for m, n in NUMBERS if m is County and n.endswith("_days")]


@pytest.mark.parametrize("name", DAYS)
def test_a_setting_in_days_is_ten_years_at_most(session: Session, county: County, name: str) -> None:
    crud.check(session, county, {name: 0})
    crud.check(session, county, {name: 3650})
    assert refusal(session, county, {name: 3651}).field == name


def test_days_of_another_age_are_slips_of_the_hand(session: Session) -> None:
    assert refusal(session, f.make_inspection(session), {"inspected_on": date(1, 1, 1)}).code == "bounds"
