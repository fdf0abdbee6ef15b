"""The home page: the user's to-do list and the month's ledger."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, json, request, url_for
from flask_admin import AdminIndexView, expose

from admin.actions import Action
from admin.figures import home_charts
from admin.session import actor, carry_out, db, new_key
from services.desk import todo
from services.desk.todo_queries import MOST, Pile, Task
from services.kernel.access import may
from services.kernel.months import default_month
from services.kernel.working_days import today
from services.ledgers import ledger_months
from services.records.search import MAX_TEXT, search
from services.transfer import imports
from services.transfer.background_tasks import ended_of


class HomeView(AdminIndexView):
    """首页."""

    def __init__(self) -> None:
        super().__init__(name="首页", url="/admin", template="home.html")

    @expose("/")
    def index(self) -> str:
        return self.render(
            "home.html",
            cards=[(card, url_for(f"{card.table}.index_view", **card.filters)) for card in todo.cards(db(), today())],
            piles=[(pile, _tasks(pile), _whole(pile)) for pile in todo.piles(db(), today())],
            charts=list(home_charts()),
            ledger_month=default_month(today()) if may(actor(), "ledger.refresh") else None,
            key=new_key(),
        )

    @expose("/todo/")
    def todo(self) -> str:
        """One page of 我的待办 of one kind, with a batch action where the kind has one."""
        kind = request.args.get("kind", "")
        piles = [pile for pile in todo.piles(db(), today(), MOST) if pile.kind == kind]
        shown = [(pile, _tasks(pile), self._batch(pile)) for pile in piles]
        return self.render("todo.html", kind=kind if piles else None, piles=shown)

    def _batch(self, pile: Pile) -> Action | None:
        """The action that handles the tasks of a kind, if it takes several rows."""
        (view,) = (v for v in self.admin._views if v.endpoint == pile.table)
        return next((a for a in view.form_actions if a.name == pile.action and a.batch), None)

    @expose("/bell/")
    def bell(self) -> Response:
        """JSON for the bell: finished exports, imports to confirm, 我的待办."""
        waiting = [
            {"tag": "导入", "text": f"{batch} 待确认", "url": url_for("import_batch.details_view", id=batch.id)}
            for batch in imports.unconfirmed(db())
        ]
        ended = [
            {"tag": "导出", "text": f"{task.name} {task.state.label}", "url": url_for("exports.index")}
            for task in ended_of(db())
        ]
        tasks = [{"tag": t.tag, "text": t.text, "url": _address(t)} for t in todo.tasks(db(), today())]
        return Response(json.dumps([*ended, *waiting, *tasks]), mimetype="application/json")

    @expose("/search/")
    def search(self) -> str:
        """Results of the search box on top: beginnings of names. The search of a list also looks inside names."""
        text = request.args.get("q", "")[:MAX_TEXT]
        return self.render("search.html", text=text, answers=search(db(), text))

    @expose("/ledger/", methods=("POST",))
    def export_ledger(self) -> Any:
        """导出台账: refresh the month unless it is locked, then show it for checking."""
        if not may(actor(), "ledger.refresh"):
            abort(403)
        wanted = request.form.get("month") or default_month(today())
        return carry_out(lambda session: self._prepare(session, wanted))

    def _prepare(self, session: Any, wanted: str) -> tuple[str, str]:
        month = ledger_months.open_month(session, actor().county_id, wanted)
        if not ledger_months.is_locked(month):
            ledger_months.refresh(session, month, today())
        return url_for("ledger_month.details_view", id=month.id), f"{wanted} 台账已备好，请核对后下载"


def _tasks(pile: Pile) -> list[tuple[Task, str]]:
    """Each task with the address of its page."""
    return [(task, _address(task)) for task in pile.tasks]


def _whole(pile: Pile) -> str | None:
    """The address of all tasks of a kind: a filtered list if there is one, else a page of its own."""
    if pile.total <= len(pile.tasks):
        return None
    if pile.filters is None:
        return url_for("admin.todo", kind=pile.kind)
    return url_for(f"{pile.table}.index_view", **pile.filters)


def _address(task: Task) -> str:
    """The page where the task is done."""
    if task.action is None:
        return url_for(f"{task.table}.details_view", id=task.id)
    return url_for(f"{task.table}.action_view", action=task.action, rowid=task.id)
