"""Rules of evaluations. Source: DOMAIN section 4; W, Z 附件1 六; H 五(五)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from models.cases import CaseState
from models.evaluation import Evaluation
from services.actor import actor_of
from services.cases import name_of
from services.errors import RuleViolation

#: States in which a case may be evaluated: it has ended, and is not yet put away.
RATEABLE = frozenset({CaseState.CLOSED, CaseState.EVALUATED})


def guard_evaluation(session: Session, evaluation: Evaluation, values: Mapping[str, Any]) -> None:
    """An ended case is rated, not before it was closed, and nobody types his own rating."""
    case = values.get("case", evaluation.case)
    if case.state not in RATEABLE:
        raise RuleViolation(
            "evaluation.early", f"{name_of(case)} 现为“{case.state.label}”，办结后才能评价", field="case"
        )
    if case.ended_on and values["evaluated_on"] < case.ended_on:
        raise RuleViolation("date.order", f"评价日期不能早于办结日 {case.ended_on}", field="evaluated_on")
    ratee = values.get("staff", evaluation.staff)
    if ratee is not None and ratee.id == actor_of(session).staff_id:
        raise RuleViolation("evaluation.self", "不能录入对自己的评价", field="staff")
