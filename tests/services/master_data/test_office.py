"""Plain tables of the office that a document asks for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.evaluation import Inspection, InspectionContent
from models.office import Commendation, Verdict
from services.kernel.errors import RuleViolation
from services.records import crud
from tests import factories as f
from tests.factories import DAY


def test_an_inspection_has_the_four_contents_of_the_document() -> None:
    """B 八."""
    assert [content.label for content in InspectionContent] == [
        "委托书落实情况",
        "超时限办理",
        "不作为、乱作为、吃拿卡要",
        "档案管理",
    ]


@pytest.mark.parametrize("content", InspectionContent)
def test_what_an_inspection_found_is_put_right(session: Session, content: InspectionContent) -> None:
    case = f.make_case(session)
    values = {"subject": "抽查", "content": content, "inspected_on": DAY, "inspector": "督查甲", "finding": "超期一项"}
    row = Inspection()
    crud.create(session, row, values | {"case": case, "rectify_by": DAY + timedelta(days=5)})
    crud.update(session, row, {"rectified_on": DAY, "rectification": "已补办"}, row.version)
    session.expire_all()
    found = session.execute(select(Inspection.content, Inspection.case_id, Inspection.rectification)).one()
    assert tuple(found) == (content, case.id, "已补办")
    with pytest.raises(RuleViolation, match="不能早于检查日期"):
        crud.check(session, row, {"rectify_by": DAY - timedelta(days=1)})


@pytest.mark.parametrize(("verdict", "word"), [(Verdict.PRAISE, "表彰"), (Verdict.PUNISHMENT, "惩处")])
def test_praise_and_punishment_are_on_record(session: Session, verdict: Verdict, word: str) -> None:
    """Z 五(四)."""
    person = f.make_agent(session)
    values = {"staff": person, "verdict": verdict, "decided_on": DAY, "reason": "年度考核", "basis": "武政〔2026〕1号"}
    crud.create(session, Commendation(), values)
    session.expire_all()
    found = session.scalars(select(Commendation)).one()
    assert (found.staff_id, found.verdict.label, found.reason, found.basis) == (
        person.id,
        word,
        "年度考核",
        "武政〔2026〕1号",
    )
