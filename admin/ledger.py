"""The month's ledger: 更新数据, 锁定, 解锁, 导出, and the columns written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, request
from flask_admin import expose
from wtforms import TextAreaField
from wtforms.validators import Length

from admin.actions import Action
from admin.base import BackOfficeView, Block
from admin.exports import send
from admin.forms import BackOfficeForm, Required, no_control, tidy
from admin.session import actor, db
from excel.definitions import FIGURE_LABELS
from models.fields import Field
from models.ledger import LedgerEntry, LedgerMonth, MonthState
from services.kernel.working_days import today
from services.ledgers import ledger_months, workbooks
from services.transfer.exports import MonthExport, YearExport


class ConfirmForm(BackOfficeForm):
    """Nothing to fill in: only to confirm."""


class UnlockForm(BackOfficeForm):
    """解锁."""

    reason = TextAreaField("解锁原因", [Required(), Length(max=200), no_control], filters=[tidy])


def _refresh(session: Any, rows: list[LedgerMonth]) -> None:
    for month in rows:
        ledger_months.refresh(session, month, today())


def _lock(session: Any, rows: list[LedgerMonth]) -> None:
    for month in sorted(rows, key=lambda m: m.month):
        ledger_months.lock(session, month, today())


def _unlock(session: Any, rows: list[LedgerMonth], reason: str) -> None:
    for month in sorted(rows, key=lambda m: m.month, reverse=True):
        ledger_months.unlock(session, month, reason)


def _is_locked(_: Any, month: LedgerMonth) -> str | None:
    return "本月台账已锁定" if month.state is MonthState.LOCKED else None


def _is_open(_: Any, month: LedgerMonth) -> str | None:
    return "本月台账没有锁定" if month.state is MonthState.OPEN else None


class LedgerMonthView(BackOfficeView):
    """台账（月）."""

    form_actions = (
        Action(
            "refresh",
            "更新数据",
            "ledger.refresh",
            ConfirmForm,
            _refresh,
            why_not=_is_locked,
            help="按办件的最新情况更新明细；手工填写的“进展及问题”“备注”保留",
        ),
        Action(
            "lock",
            "锁定",
            "ledger.lock",
            ConfirmForm,
            _lock,
            why_not=lambda _, month: ledger_months.why_not_locked(month, today()),
            alone=ledger_months.earlier_open,
            help="锁定后明细不能再改，台账文件固定下来，以后导出的都是这一份",
        ),
        Action(
            "unlock",
            "解锁",
            "ledger.lock",
            UnlockForm,
            _unlock,
            why_not=_is_open,
            alone=ledger_months.later_locked,
            danger=True,
        ),
    )
    column_default_sort = ("month", True)
    only_new = frozenset({"month", "reason"})
    related = (("ledger_entry", "month"),)
    details_template = "ledger_month.html"

    def create_row(self, session: Any, row: LedgerMonth, values: dict[str, Any]) -> LedgerMonth:
        month = ledger_months.open_month(session, actor().county_id, values["month"], values["reason"])
        month.remark = values["remark"]
        return month

    def may_change(self, what: str, row: LedgerMonth) -> bool:
        return (what != "delete" or ledger_months.why_kept(db(), row) is None) and super().may_change(what, row)

    def in_the_way(self, row: LedgerMonth) -> list[tuple[str, int]]:
        """Rows that come from cases go with the month; those written by hand keep it."""
        kept = {LedgerEntry.__title__: ledger_months.handwritten_rows(db(), row)}
        found = ((title, kept.get(title, count)) for title, count in super().in_the_way(row))
        return [(title, count) for title, count in found if count]

    @expose("/download/")
    def download(self) -> Any:
        """The month's workbook, or `only` one of its ledgers; the stored file if the month is locked."""
        month = self._month()
        kinds = {kind.name for kind in workbooks.kinds_of(month.county)}
        only = request.args.get("only") or None
        return send(MonthExport(month.id, only)) if only is None or only in kinds else abort(404)

    @expose("/year/")
    def year(self) -> Any:
        """全年台账 of the month's year."""
        month = self._month()
        return send(YearExport(month.county_id, int(month.month[:4])))

    def _month(self) -> LedgerMonth:
        if not self.may_export():
            abort(403)
        month: LedgerMonth = self.get_one(request.args.get("id"))
        return month

    def details_more(self, row: LedgerMonth) -> dict[str, Any]:
        return {"kinds": [] if ledger_months.is_locked(row) else workbooks.kinds_of(row.county)}

    def may_export(self) -> bool:
        """Whether the actor may export the ledger."""
        return self.may("export")

    def details_extra(self, row: LedgerMonth) -> list[Block]:
        figures = workbooks.statistics(db(), row)
        rate = "—" if figures.on_time_rate is None else f"{figures.on_time_rate:.1%}"
        names = (*FIGURE_LABELS.values(), "按期办结率")
        values = (
            *(str(getattr(figures.total, code)) for code in FIGURE_LABELS),
            rate,
        )
        return [Block("本月数字", list(names), [list(values)])]


class LedgerEntryView(BackOfficeView):
    """台账明细: in an open month 进展及问题 and 备注 are written by hand, and whole rows may be added."""

    attachable = False

    column_default_sort = ("accepted_on", True)
    decisive = ("handwritten",)

    def may_change(self, what: str, row: LedgerEntry) -> bool:
        open_ = not ledger_months.is_locked(row.month)
        return open_ and (what != "delete" or row.handwritten) and super().may_change(what, row)

    def may_change_listed(self, what: str, known: Mapping[str, Any]) -> bool:
        return what != "delete" or known["handwritten"]

    def form_fields(self, row: LedgerEntry, *, new: bool) -> list[Field]:
        fields = super().form_fields(row, new=new)
        return fields if new or row.handwritten else [f for f in fields if f.key in ledger_months.EDITABLE]
