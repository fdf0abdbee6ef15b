"""Plain tables of the office that a document asks for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

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


def test_praise_and_punishment_is_of_one_unit_or_of_one_person(session: Session) -> None:
    """Source: Z 五(四): 对工作成绩突出的单位及个人予以通报表彰, 对违规违纪的单位及个人予以惩处."""
    unit, person = f.make_department(session), f.make_agent(session)
    known: dict[str, Any] = {"verdict": Verdict.PRAISE, "decided_on": f.DAY, "reason": "成绩突出"}
    one: tuple[dict[str, Any], ...] = ({"department": unit, "staff": None}, {"department": None, "staff": person})
    for ratee in one:
        row = Commendation()
        crud.create(session, row, {**known, **ratee})
        assert (row.department, row.staff) == (ratee["department"], ratee["staff"])
    neither: tuple[dict[str, Any], ...] = ({"department": unit, "staff": person}, {"department": None, "staff": None})
    for ratee in neither:
        with pytest.raises(RuleViolation, match="填其中一个"):
            crud.create(session, Commendation(), {**known, **ratee})
    with pytest.raises(RuleViolation, match="填其中一个"):
        crud.update(session, row, {"department": unit}, row.version)
