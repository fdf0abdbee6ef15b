"""Evaluations and the handling of bad grades."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy.orm import selectinload
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length

from admin.actions import Action
from admin.base import BackOfficeView
from admin.cases import DateForm
from admin.forms import Required, no_control, tidy
from admin.session import db
from models.evaluation import Evaluation
from services.cases import evaluation
from services.desk import badges
from services.desk.badges import Mark
from services.kernel.working_days import today


class ToldForm(DateForm):
    """A step in handling a bad grade: its day and result."""

    told = TextAreaField("情况", [Required(), Length(max=500), no_control], filters=[tidy])


class DecideForm(ToldForm):
    """申诉处理."""

    upheld = BooleanField("申诉成立", description="成立的，这份评价不计入满意率和差评")


def _follow_up(name: str, session: Any, rows: Any, **values: Any) -> None:
    evaluation.follow_up(session, rows, name, **values)


def _step(name: str) -> Action:
    label = evaluation.FOLLOW_UPS[name][0].label
    return Action(
        name,
        label,
        "evaluation.follow",
        ToldForm,
        partial(_follow_up, name),
        why_not=lambda actor, row: evaluation.why_no_follow_up(actor, row, name),
    )


def _tell_correction(_: Any, rows: Sequence[Evaluation]) -> str | None:
    """Of an upheld appeal whose rating a locked month has counted."""
    months = [row.counted_in.month for row in rows if row.discounted and row.counted_in is not None]
    return f"{months[0]} 台账已锁定，数字不变；下一个未锁定的月份列为“申诉更正”" if months else None


class EvaluationView(BackOfficeView):
    """评价: recorded on the case, followed up here."""

    form_actions = (
        *(_step(name) for name in evaluation.FOLLOW_UPS),
        Action(
            "appeal",
            "登记申诉",
            "evaluation.appeal",
            ToldForm,
            evaluation.appeal,
            batch=False,
            why_not=lambda actor, row: f"已于 {row.appealed_on} 申诉" if row.appealed_on else None,
        ),
        Action(
            "decide",
            "申诉处理",
            "evaluation.appeal",
            DecideForm,
            evaluation.decide_appeal,
            batch=False,
            warning=_tell_correction,
            why_not=evaluation.why_no_appeal_decision,
        ),
    )
    column_default_sort = ("evaluated_on", True)

    def _loading(self) -> Any:
        return super()._loading().options(selectinload(Evaluation.county))

    def marks(self, ids: Sequence[int]) -> dict[int, list[Mark]]:
        return badges.of_evaluations(db(), ids, today())
