"""Actions with a form: one row or many, one service call, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from wtforms.validators import Optional

from admin.forms import BackOfficeForm, RefField, Required
from models.people import Staff
from models.places import County
from services.cases.delegation import OF_DEPARTMENT, of_kind, on_behalf, responsible_for
from services.kernel.access import RECORDERS, may, records_for, represented
from services.kernel.actor import Actor

#: Maximum rows of one action.
MAX_ROWS = 1_000


def _duties(session: Session, people: list[int]) -> dict[int, str]:
    """Kind and department of each person, shown behind the name in the choices."""
    rows = session.scalars(select(Staff).where(Staff.id.in_(people)).options(joinedload(Staff.department)))
    return {one.id: f"· {one.__title__}，{one.department}" for one in rows}


@dataclass(frozen=True)
class Action:
    """A button above the list and on the record's page.

    `run(session, rows, **form values)` is the service function. `why_not` says for one row why
    the action is impossible now. `offered` hides it in counties that do not have it.
    """

    name: str
    label: str
    permission: str
    form: type[BackOfficeForm]
    run: Callable[..., Any]
    why_not: Callable[[Actor, Any], str | None] = lambda actor, row: None
    #: What else forbids it now, read from other tables: asked for a single record, not for each row of a batch.
    alone: Callable[[Session, Any], str | None] = lambda session, row: None
    offered: Callable[[County], bool] = lambda county: True
    help: str = ""
    batch: bool = True
    danger: bool = False
    #: Run by the button on the record's page, without a form page: it asks nothing and can be undone.
    direct: bool = False
    #: The rows may be gone afterwards: the list follows, not their page.
    removes: bool = False
    #: Whether an office may record it for the person who did it. Source: 领域 4, 代录.
    recorded: bool = False
    #: A warning shown after success: something doubtful about these rows that did not stop the action.
    warning: Callable[[Session, Sequence[Any]], str | None] = lambda session, rows: None
    #: Prefills the form from the chosen rows and removes fields that their county does not use.
    prepare: Callable[[BackOfficeForm, Sequence[Any]], None] = lambda form, rows: None

    def refusal(self, session: Session, actor: Actor, row: Any) -> str | None:
        """Why the action is impossible for the actor on this one record now; None when it is possible."""
        return self.why_not(actor, row) or self.alone(session, row)

    def is_for(self, actor: Actor) -> bool:
        """Whether the actor may do this, or may record it for those who do (代录)."""
        return may(actor, self.permission) or (self.recorded and records_for(actor, self.permission))

    def form_for(self, actor: Actor) -> type[BackOfficeForm]:
        """The form, with the field 代录 for roles that record for others."""
        kinds = represented(self.permission) if self.recorded and actor.role in RECORDERS else []
        if not kinds:
            return self.form
        own = may(actor, self.permission)
        behalf = RefField(
            "代录",
            [Optional() if own else Required("请选择实际办理的人")],
            target=Staff,
            where={"active": True, "kind": kinds},
            note=_duties,
            description="凭签字材料为不登录的人补录时，选择实际办理的人" + ("；自己办理的不填" if own else ""),
        )
        return type("RecordedForm", (self.form,), {"behalf": behalf})

    def narrow(self, form: BackOfficeForm, actor: Actor, rows: Sequence[Any]) -> None:
        """Of one record, 代录 offers the kinds of people who may do it now, those responsible for it first."""
        field = form._fields.get("behalf")
        if not isinstance(field, RefField) or len(rows) != 1:
            return
        (row,) = rows
        kinds = [kind for kind in field.where["kind"] if self.why_not(of_kind(actor, kind, row), row) is None]
        if kinds:
            field.where["kind"] = kinds
        if OF_DEPARTMENT.issuperset(kinds) and getattr(row, "department_id", None):
            field.where["department_id"] = row.department_id
        field.first = responsible_for(row)

    def carry_out(self, session: Session, rows: Sequence[Any], form: BackOfficeForm) -> str:
        """Run the action; returns the message for the screen."""
        values = form.values()
        with on_behalf(session, values.pop("behalf", None)):
            self.run(session, rows, **values)
        return f"{self.label}：{len(rows)} 条已办理"
