"""What every response has: headers, CSRF check, error pages, compression, static addresses."""

from __future__ import annotations

import gzip
import hashlib
import logging
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, render_template, request, url_for
from flask_admin.helpers import get_current_view
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from admin.auth import is_here, log_in_again
from admin.session import in_county_terms, read_on
from services.kernel.errors import Forbidden, RuleViolation

log = logging.getLogger(__name__)
csrf = CSRFProtect()

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
#: Shorter answers cost more to compress than they save.
WORTH_COMPRESSING = 1_000
COMPRESSIBLE = ("text/", "application/json", "application/javascript", "image/svg+xml")
YEAR = 31_536_000

MESSAGES = {
    400: "请求不完整或已过期，请返回刷新页面后再试",
    401: "请先登录",
    403: "您没有查看或办理此内容的权限",
    404: "没有找到这个页面或这条记录",
    405: "不能用这种方式打开此地址",
    409: "与现在的数据冲突，没有保存",
    413: "提交的内容太大",
    503: "别人正在写入大量数据，没有保存；请过一会儿再试",
    500: "程序出错了，没有保存；请记下编号并告诉管理员",
}


def init_web(app: Flask) -> None:
    """Attach all of this to the application."""
    csrf.init_app(app)
    app.before_request(_same_origin)
    app.after_request(_headers)
    app.after_request(_compress)
    app.register_error_handler(CSRFError, _csrf_failed)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(RuleViolation, _rule_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(Exception, _unexpected)
    app.template_global("asset")(asset)
    app.template_filter("worded")(in_county_terms)


def _same_origin() -> None:
    """A form posted from another site is refused even with a stolen token."""
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin and urlsplit(origin).netloc != request.host:
        abort(403)


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint in ("static", "admin.static") and "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    elif request.endpoint not in ("static", "admin.static"):
        response.headers["Cache-Control"] = "no-store"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    return response


def _compress(response: Response) -> Response:
    wanted = "gzip" in request.headers.get("Accept-Encoding", "")
    text = (response.mimetype or "").startswith(COMPRESSIBLE)
    if not wanted or not text or (response.is_streamed and not response.direct_passthrough):
        return response
    if response.status_code != 200 or "Content-Encoding" in response.headers:
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) > WORTH_COMPRESSING:
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
    return response


@lru_cache(maxsize=64)
def _hash_of(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of one of our static files, with the hash of its content."""
    folder = Path(__file__).parent / "static"
    return url_for("static", filename=name, v=_hash_of(str(folder / name)))


@dataclass(frozen=True)
class BlankView:
    """What the menu and the way to a page ask of its view, for a page that is none of them."""

    admin: Any
    endpoint: str = ""
    category: str = ""


def _page(code: int, message: str) -> tuple[str, int]:
    """A tidy page with an id that the log also has; nothing of the inside of the program.

    A user who is logged in keeps the menu.
    """
    id_ = secrets.token_hex(4)
    log.info("error %s: %s %s %s", id_, code, request.method, request.path)
    shown = {"code": code, "message": message, "error_id": id_}
    try:
        read_on()
        if is_here():
            return render_template("error.html", frame="layout.html", admin_view=_view(), **shown), code
    except Exception:
        # What broke the page may break its menu too: then the message alone, which asks nobody anything.
        log.exception("error %s: no menu", id_)
    g._login_user = AnonymousUserMixin()
    return render_template("error.html", frame="plain.html", **shown), code


def _view() -> Any:
    """The view in which the error happened, where the user may see it."""
    view = get_current_view()
    return view if view is not None and view.is_accessible() else BlankView(current_app.extensions["admin"][0])


def _csrf_failed(_: CSRFError) -> Any:
    if request.endpoint != "auth.login" and not current_user.is_authenticated:
        return log_in_again()
    return _page(400, "页面已过期或来路不明，没有办理；请返回刷新后再试")


def _http_error(error: HTTPException) -> Any:
    code = error.code or 500
    if code < 400:
        return error
    default = type(error).description
    own = error.description if error.description and error.description != default else None
    return _page(code, own if own and not own.isascii() else MESSAGES.get(code, MESSAGES[400]))


def _rule_error(error: RuleViolation) -> Any:
    return _page(403 if isinstance(error, Forbidden) else 409, str(error))


def _database_error(error: OperationalError) -> Any:
    """SQLite has one writer: who waited for it too long is told so, and may try again."""
    return _page(503, MESSAGES[503]) if "locked" in str(error.orig) else _unexpected(error)


def _unexpected(error: Exception) -> Any:
    page, code = _page(500, MESSAGES[500])
    log.exception("unexpected", exc_info=error)
    return page, code
