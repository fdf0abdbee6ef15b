"""合并: the action on lists and records, the page of near-duplicates, and the merges that were made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, request, url_for
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectChoice, SelectField, TextAreaField
from wtforms.validators import Length

from admin.actions import Action
from admin.base import BackOfficeView
from admin.forms import BackOfficeForm, Required, no_control, tidy
from admin.pages import OfficePage
from admin.session import db
from models.base import table_name
from services.kernel.errors import RuleViolation
from services.key_targets import merging
from services.master_data import near_duplicates

#: Most groups that the page shows at once.
MAX_GROUPS = 200


class MergeForm(BackOfficeForm):
    """合并."""

    keep = SelectField(
        "保留哪一条",
        [Required()],
        coerce=int,
        description="其他的并入这一条：办件、认定、分包、附件等都改到它名下，它没填的内容从并入的补上",
    )
    reason = TextAreaField("原因", [Required(), Length(max=200), no_control], filters=[tidy])


class UndoForm(BackOfficeForm):
    """Nothing to fill in: only to confirm."""


def _choices(form: BackOfficeForm, rows: Sequence[Any]) -> None:
    form._fields["keep"].choices = [SelectChoice(row.id, _named(row)) for row in rows]


def _named(row: Any) -> str:
    hint = getattr(row, row.__hint__)
    return f"{row}（{hint}）" if hint else str(row)


def _merge(session: Session, rows: Sequence[Any], keep: int, reason: str) -> None:
    model = type(rows[0])
    kept = session.scalar(select(model).where(model.id == keep))
    others = [row for row in rows if row.id != keep]
    if kept is None or not others:
        raise RuleViolation("merge.one", "没有可以合并的另一条，请在列表里勾选两条再合并", field="keep")
    merging.merge(session, kept, others, reason=reason)


MERGE = Action(
    "merge",
    "合并",
    "master.merge",
    MergeForm,
    _merge,
    prepare=_choices,
    alone=lambda session, row: "合并要两条以上：请在列表里勾选，或打开“疑似重复”",
    removes=True,
    danger=True,
    help="勾选其实是同一个的几条，只留一条；可以在“合并记录”里撤销",
)


class MergerView(BackOfficeView):
    """合并记录."""

    attachable = False
    form_actions = (
        Action(
            "undo",
            "撤销合并",
            "master.merge",
            UndoForm,
            merging.undo_merges,
            why_not=lambda _, merger: merging.why_no_undo(merger),
            batch=False,
            danger=True,
            help="并入的一条恢复，改到保留的一条名下的都改回去；合并后又有改动的，不能撤销",
        ),
    )


class DuplicatesView(OfficePage):
    """疑似重复: rows that look alike, table by table."""

    title, place, permission = "疑似重复", "duplicates", "master.merge"

    @expose("/")
    def index(self) -> str:
        tables = {table_name(model): model for model in near_duplicates.TABLES}
        table = request.args.get("table") or next(iter(tables))
        if table not in tables:
            abort(404)
        found = near_duplicates.groups(db(), tables[table])
        return self.render(
            "duplicates.html",
            tables=[(code, model.__title__) for code, model in tables.items()],
            table=table,
            title=tables[table].__title__,
            groups=[(rows, self._address(table, rows)) for rows in found[:MAX_GROUPS]],
            more=len(found) > MAX_GROUPS,
        )

    @staticmethod
    def _address(table: str, rows: Sequence[tuple[int, str, str]]) -> str:
        return url_for(f"{table}.action_view", action="merge", rowid=[id_ for id_, *_ in rows])
