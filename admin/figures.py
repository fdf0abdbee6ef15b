"""统计: the month's figures with links to the rows that they count; the charts of the home page."""

from __future__ import annotations

from collections.abc import Iterator

from flask import request, url_for
from flask_admin import expose

from admin import charts
from admin.pages import OfficePage
from admin.session import actor, db
from models.cases import NOT_ENDED, CaseState
from services.kernel.access import may
from services.records import lists
from services.statistics import figures

#: States of open cases, in their order.
GOING_ON = [s for s in CaseState if s in NOT_ENDED - {CaseState.DRAFT}]


class FiguresView(OfficePage):
    """统计."""

    title, place, permission = "统计", "figures", "ledger_entry.read"

    @expose("/")
    def index(self) -> str:
        months = figures.months_of(db())
        asked, ledger = request.args.get("month"), request.args.get("ledger")
        month = asked if asked in months else (months[0] if months else None)
        ledgers = figures.ledgers_of(db(), month) if month else []
        chosen = next((found for found in ledgers if str(found[0].id) == ledger), None)
        problems = []
        if asked and asked != month:
            problems.append(f"没有“{asked[: lists.QUOTED]}”这个月的台账{f'，下面是 {month} 的' if month else ''}")
        elif ledger and chosen is None:
            problems.append(f"{month} 没有所选县（旗）的台账，或您无权查看")
        if len(ledgers) == 1:
            chosen = ledgers[0]
        tables = figures.tables(db(), ledgers, chosen[0] if chosen else None)
        return self.render(
            "figures.html",
            problems=problems,
            months=months,
            month=month,
            ledgers=ledgers,
            chosen=chosen,
            tables=tables,
            address=_address,
        )


def _address(figure: figures.Figure) -> str | None:
    """The list of the rows that a figure counts, if the user may open it."""
    if not figure.table or not may(actor(), f"{figure.table}.read"):
        return None
    return url_for(f"{figure.table}.index_view", **figure.filters)


def home_charts() -> Iterator[charts.Chart]:
    """The charts of the user's role: twelve months of their county, and the states of open cases."""
    who = actor()
    if who.county_id is not None and may(who, "ledger_entry.read"):
        points = figures.twelve_months(db(), who.county_id)
        if points:
            yield charts.columns(
                "近十二个月",
                [point.month[2:] for point in points],
                [
                    charts.Series(
                        "受理",
                        [
                            (p.received, url_for("ledger_entry.index_view", month=p.ledger_id, received_here=1))
                            for p in points
                        ],
                    ),
                    charts.Series(
                        "办结",
                        [
                            (p.closed, url_for("ledger_entry.index_view", month=p.ledger_id, outcome="closed"))
                            for p in points
                        ],
                    ),
                ],
            )
    if may(who, "service_case.read"):
        found = figures.open_by_state(db(), GOING_ON)
        yield charts.rows(
            "在办件所处环节",
            [state.label for state, _ in found],
            charts.Series(
                "件数", [(count, url_for("service_case.index_view", state=state.value)) for state, count in found]
            ),
        )
