"""Actions with a form: one row or many, one service call, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from admin.forms import BackOfficeForm
from models.places import County
from services.actor import Actor

#: Rows that one action takes at most.
MAX_ROWS = 1_000


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
    offered: Callable[[County], bool] = lambda county: True
    help: str = ""
    batch: bool = True
    danger: bool = False
    #: On the record's page the button itself carries it out: nothing is asked, nothing is lost.
    direct: bool = False

    def carry_out(self, session: Session, rows: Sequence[Any], form: BackOfficeForm) -> str:
        """Do it; gives the message for the screen."""
        self.run(session, rows, **form.values())
        return f"{self.label}：{len(rows)} 条已办理"
