"""The session and actor of a request; carrying out a form exactly once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from flask import current_app, flash, g, redirect, request
from flask_login import current_user
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.actions import AuditAction, AuditResult
from models.fields import Field
from models.places import County
from models.records import IdempotencyKey
from services.kernel.actor import Actor, actor_of
from services.kernel.audit import record
from services.kernel.errors import Forbidden, RuleViolation
from services.kernel.session import BackOfficeSession
from services.kernel.terminology import terms_of
from services.kernel.transaction import open_session, transaction, working

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_KEY = 64


def engine() -> Engine:
    """The application's engine."""
    found: Engine = current_app.extensions["engine"]
    return found


def db() -> BackOfficeSession:
    """The session of this request: read-only unless the method is unsafe."""
    if "session" not in g:
        g.session = open_session(engine(), None, write=request.method not in SAFE_METHODS)
    session: BackOfficeSession = g.session
    return session


def actor() -> Actor:
    """The actor of this request."""
    return actor_of(db())


def own_county() -> County | None:
    """The county of the user; None for users who see several, and before log-in."""
    user = getattr(current_user, "user", None)
    return user.county if user is not None else None


def asked(field: Field) -> bool:
    """Whether the user's county uses the field."""
    county = own_county() if field.when else None
    return county is None or bool(getattr(county, str(field.when)))


def in_county_terms(text: str) -> str:
    """A label in the county's own terms."""
    if "words" not in g:
        g.words = terms_of(own_county())
    return str(g.words(text))


def close_session(_: BaseException | None = None) -> None:
    """Close the request's session; uncommitted changes are rolled back."""
    session = g.pop("session", None)
    if session is not None:
        session.close()


def read_on() -> None:
    """Roll back, and continue the request with a read-only session, which waits for no writer.

    The user is loaded again, because their row belonged to the closed session.
    """
    close_session()
    g.pop("_login_user", None)
    g.session = open_session(engine(), None, write=False)


def write_separately(write: Callable[[Session], None]) -> None:
    """Write in a short transaction of its own: what a GET must record, or a refusal.

    This ends the request's own transaction; rows that it loaded are read again on access.
    """
    who = actor()
    db().rollback()
    with working(engine(), who) as session:
        write(session)


def carry_out(work: Callable[[Session], tuple[str, str]]) -> Any:
    """Run `work` in one transaction, once for each form, and redirect to the address that it returns.

    `work` gives (address to go to, message). The form's key is inserted first, in the same
    transaction: a form sent twice gets the first one's answer, a failed one may be sent again.
    Raises what `work` refuses.
    """
    session = db()
    key = request.form.get("_key", "")[:MAX_KEY]
    done = _answer_of(session, key)
    if done:
        return redirect(done)
    try:
        with transaction(session):
            sent = IdempotencyKey(key=key, user_id=actor().user_id, location="")
            if key:
                session.add(sent)
                session.flush()
            sent.location, message = work(session)
    except RuleViolation:
        done = _answer_of(session, key)
        if done:
            return redirect(done)
        raise
    flash(message, "success")
    return redirect(sent.location)


def carry_out_from(work: Callable[[Session], tuple[str, str]], here: str) -> Any:
    """Like `carry_out()`; a refusal is shown on the page `here`."""
    try:
        return carry_out(work)
    except RuleViolation as error:
        note_refusal(error)
        flash(str(error), "error")
        return redirect(here)


def new_key() -> str:
    """A fresh key for a form."""
    return secrets.token_urlsafe(16)


def _answer_of(session: Session, key: str) -> str | None:
    """The address that the form with this key led to, if the user has already sent it."""
    if not key:
        return None
    return session.scalar(
        select(IdempotencyKey.location).where(IdempotencyKey.key == key, IdempotencyKey.user_id == actor().user_id)
    )


def note_refusal(error: RuleViolation) -> None:
    """Record a refusal for lack of permission in the audit."""
    if isinstance(error, Forbidden):
        path, note = request.path, str(error)[:200]
        write_separately(lambda s: record(s, AuditAction.FORBIDDEN, result=AuditResult.REFUSED, note=note, path=path))
