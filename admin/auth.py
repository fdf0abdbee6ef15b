"""Log-in, log-out, change of password, and the check before every view."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, flash, redirect, render_template, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from wtforms import PasswordField, StringField

from admin.forms import BackOfficeForm, Required
from admin.session import close_session, db, engine, write_separately
from models.actions import AuditAction, AuditResult
from models.people import User
from services.kernel.accounts import (
    actor_for,
    check_password,
    end_sessions,
    find_user,
    hash_password,
    load_user,
    set_password,
    verify_password,
)
from services.kernel.actor import Actor
from services.kernel.audit import record
from services.kernel.errors import RuleViolation
from services.kernel.throttle import check_attempts
from services.kernel.transaction import open_session, transaction, working

IDLE_SECONDS = 30 * 60
#: Minimum time between two updates of the cookie's time of last use.
SEEN_STEP = 60
#: Endpoints that work without log-in.
PUBLIC = frozenset({"auth.login", "healthz", "static", "admin.static", "root"})

auth = Blueprint("auth", __name__)
login_manager = LoginManager()


class LoggedIn(UserMixin):
    """The user of a session cookie "id.epoch"; a different epoch in the user's row revokes the cookie."""

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        return f"{self.user.id}.{self.user.session_epoch}"


class LoginForm(BackOfficeForm):
    """用户名 and 密码."""

    username = StringField("用户名", [Required()])
    password = PasswordField("密码", [Required()])


class PasswordForm(BackOfficeForm):
    """Old and new password."""

    old = PasswordField("现在的密码", [Required()])
    new = PasswordField("新密码", [Required()], description="至少 10 位，含大写、小写、数字、符号中的三类")
    again = PasswordField("再输入一次新密码", [Required()])


@login_manager.user_loader
def _user_of_cookie(cookie: str) -> LoggedIn | None:
    """The user of the cookie, who becomes the actor of the request's session."""
    id_, _, epoch = cookie.partition(".")
    if not (id_.isdigit() and epoch.isdigit()):
        return None
    user = load_user(db(), int(id_), int(epoch))
    if user is None:
        return None
    db().act_as(actor_for(user, request.remote_addr))
    return LoggedIn(user)


def is_here() -> bool:
    """Whether a user is logged in and not idle for too long."""
    return current_user.is_authenticated and time.time() - session.get("seen", 0) <= IDLE_SECONDS


def guard_request() -> Any:
    """Before every view: redirects to the log-in page unless the user is known, active and not idle."""
    if request.endpoint in PUBLIC or request.endpoint is None:
        return None
    if not is_here():
        return log_in_again()
    seen, this = session["seen"], int(time.time())
    if this - seen > SEEN_STEP:
        session["seen"] = this
    if current_user.user.must_change_password and request.endpoint not in ("auth.password", "auth.logout"):
        flash("首次登录请先修改密码", "info")
        return redirect(url_for("auth.password"))
    return None


def log_in_again() -> Any:
    """To the log-in page, and from there back: to this page, or to the form that was sent from another one.

    app.js keeps what was typed into the form.
    """
    session.clear()
    if request.method == "GET":
        return redirect(url_for("auth.login", next=request.full_path.rstrip("?")))
    flash("登录已过期，没有保存。请重新登录，刚才填写的内容会放回表单里", "warn")
    form = urlsplit(request.referrer or "")
    path = form.path if form.query else form.path.removesuffix("action/")  # ticked rows are in no address
    return redirect(url_for("auth.login", next=f"{path}?{form.query}".rstrip("?") or None))


def local_path(target: str | None) -> str:
    """`target` when it is a path of this site, else the home page."""
    text = (target or "").replace("\\", "/")
    parts = urlsplit(text)
    control = any(ord(c) < 32 for c in text)
    if parts.scheme or parts.netloc or not text.startswith("/") or text.startswith("//") or control:
        return url_for("admin.index")
    return text


@auth.route("/login", methods=("GET", "POST"))
def login() -> Any:
    """The log-in page."""
    form = LoginForm(request.form if request.method == "POST" else None)
    failed = None
    if request.method == "POST" and form.validate():
        try:
            user = _checked(form.username.data, form.password.data)
        except RuleViolation as error:
            return render_template("login.html", form=form, failed=str(error)), 429
        if user is not None:
            session.clear()
            login_user(LoggedIn(user))
            session["seen"] = int(time.time())
            return redirect(local_path(request.args.get("next")))
        failed = "用户名或密码不正确"
    page = render_template("login.html", form=form, failed=failed)
    return (page, 401) if failed else page


def _checked(username: str, password: str) -> User | None:
    """The user if the password is right and the account is active; the attempt is audited either way.

    The check is slow on purpose, so it runs between two transactions.
    """
    stranger = Actor(None, username[:60], None, address=request.remote_addr)
    with open_session(engine(), stranger, write=False) as reading:
        check_attempts(reading, stranger.username, stranger.address)
        user = find_user(reading, username)
    right = verify_password(user, password) and user is not None and user.active
    who = _as_user(user, stranger) if right and user else stranger
    result = AuditResult.DONE if right else AuditResult.REFUSED
    with working(engine(), who) as writing:
        record(writing, AuditAction.LOGIN if right else AuditAction.LOGIN_FAILED, result=result)
    return user if right else None


def _as_user(user: User, stranger: Actor) -> Actor:
    """The actor of the log-in's audit line: the user, before their counties are loaded."""
    return Actor(user.id, user.username, user.role, user.county_id, address=stranger.address)


@auth.route("/logout", methods=("POST",))
def logout() -> Any:
    """Ends the session and revokes its cookie."""
    with transaction(db()) as writing:
        end_sessions(current_user.user)
        record(writing, AuditAction.LOGOUT)
    logout_user()
    session.clear()
    return redirect(url_for("auth.login"))


@auth.route("/password", methods=("GET", "POST"))
def password() -> Any:
    """Change the user's own password; needs the old one and ends all sessions of the user."""
    form = PasswordForm(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.validate():
        user: User = current_user.user
        try:
            _change_password(user, form)
        except RuleViolation as error:
            form.refuse(error.field, str(error))
        else:
            session.clear()
            flash("密码已修改，请用新密码登录", "success")
            return redirect(url_for("auth.login"))
    page = render_template("password.html", form=form)
    return (page, 400) if form.errors else page


def _change_password(user: User, form: PasswordForm) -> None:
    name = user.username
    if not verify_password(user, form.old.data):
        wrong = RuleViolation("password.old", "现在的密码不正确", field="old")
        refused = AuditResult.REFUSED
        write_separately(lambda s: record(s, AuditAction.CHANGE_PASSWORD, result=refused, note=str(wrong)))
        raise wrong
    if form.new.data != form.again.data:
        raise RuleViolation("password.again", "两次输入的新密码不一致", field="again")
    check_password(form.new.data, name)
    hashed = hash_password(form.new.data)
    write_separately(lambda s: _store(s, name, hashed))


def _store(writing: Any, username: str, hashed: str) -> None:
    user = find_user(writing, username)
    assert user is not None
    set_password(writing, user, hashed, must_change=False)


def init_auth(app: Flask) -> None:
    """Attach log-in to the application; every endpoint needs a user unless it is in PUBLIC."""
    login_manager.init_app(app)
    app.register_blueprint(auth)
    app.before_request(guard_request)
    app.teardown_request(close_session)
