"""An enterprise is entered only once."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from models.projects import Enterprise
from services.kernel.errors import Duplicate
from services.records import crud
from tests import factories as f

NAME, ONE, OTHER = "武陟县面粉有限公司", "91410823MA0000015R", "91410823MA00000232"


@pytest.mark.parametrize(
    ("there", "comes", "is_one"), [(None, None, True), (ONE, None, True), (None, ONE, True), (ONE, OTHER, False)]
)
def test_of_one_name_there_is_one_unless_their_codes_differ(
    session: Session, there: str | None, comes: str | None, is_one: bool
) -> None:
    known = f.make_enterprise(session, name=NAME, credit_code=there)
    values = {"name": NAME, "credit_code": comes}
    if not is_one:
        return crud.create(session, Enterprise(), values)
    with pytest.raises(Duplicate, match="已有同名的企业") as refusal:
        crud.create(session, Enterprise(), values)
    assert (refusal.value.field, refusal.value.row_id) == ("name", known.id)
    return None


def test_an_enterprise_is_no_twin_of_itself(session: Session) -> None:
    known = f.make_enterprise(session, name=NAME)
    crud.update(session, known, {"name": NAME, "industry": "食品"}, known.version)
    assert known.industry == "食品"
