"""交接清单 of a 基层政务服务站: what it handed over to the 综合窗口, printed and received."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from flask_admin import expose
from sqlalchemy.orm import selectinload
from wtforms import SelectChoice, StringField
from wtforms.validators import Length, Optional

from admin.actions import Action
from admin.base import BackOfficeView, Inline
from admin.forms import BackOfficeForm, Boxes, action_field, business_date, no_control, tidy
from admin.session import actor, db
from models.cases import ServiceCase
from models.people import User
from models.stations import StationHandover, StationHandoverLine
from services.cases import stations


class HandInForm(BackOfficeForm):
    """移交综合窗口."""

    papers = Boxes("移交的材料", [Optional()], coerce=int, choices=[])
    others = StringField(
        "其他材料",
        [Optional(), Length(max=200), no_control],
        filters=[tidy],
        description="没有登记在材料里的，如：申请表、承诺书；所选各件都按此列入",
    )
    handed_by = action_field(StationHandover, "handed_by")
    on = business_date()


class ReceiveForm(BackOfficeForm):
    """签收."""

    received_by = action_field(StationHandover, "received_by", required=True)
    on = business_date()
    remark = action_field(StationHandover, "remark")


def _own_name() -> str | None:
    user = db().get(User, actor().user_id or 0)
    return user.display_name if user else None


def list_papers(form: Any, rows: Sequence[ServiceCase]) -> None:
    """Offer every paper received for the cases, all ticked; the clerk hands over by default."""
    several = len(rows) > 1
    names = {row.id: row.display_name for row in rows}
    papers = stations.papers_at_station(db(), rows)
    form.papers.choices = [
        SelectChoice(paper.id, f"{names[paper.case_id]}：{paper.name}" if several else paper.name) for paper in papers
    ]
    if not papers:
        del form.papers
    elif form.papers.raw_data is None:
        form.papers.data = [paper.id for paper in papers]
    if form.handed_by.raw_data is None:
        form.handed_by.data = _own_name()


def _name_receiver(form: Any, _: Sequence[StationHandover]) -> None:
    if form.received_by.raw_data is None:
        form.received_by.data = _own_name()


class StationHandoverView(BackOfficeView):
    """交接清单: made by 移交综合窗口 on cases of a station; received here."""

    form_actions = (
        Action(
            "receive",
            "签收",
            "station_handover.receive",
            ReceiveForm,
            stations.receive,
            why_not=stations.why_not_received,
            prepare=_name_receiver,
        ),
    )
    inlines = (Inline(StationHandoverLine, "handover_id", ("case_id", "papers"), "id"),)

    def may_change(self, what: str, row: StationHandover) -> bool:
        return (what != "delete" or row.received_on is None) and super().may_change(what, row)

    def links(self, row: StationHandover) -> list[tuple[str, str]]:
        return [("打印清单", url_for(f"{self.endpoint}.sheet_view", id=row.id))]

    def _loading(self) -> Any:
        lines = selectinload(StationHandover.lines).selectinload(StationHandoverLine.case)
        return super()._loading().options(lines.selectinload(ServiceCase.enterprise))

    @expose("/sheet/")
    def sheet_view(self) -> str:
        """The list as a page to print and sign."""
        row = self.get_one(request.args.get("id"))
        return self.render("station_handover.html", row=row, back=self.page_of(row))
