"""The application factory, and the entry of the command line.

`python app.py run`, `worker`, `tick`, `init`, `seed`, `user`, `import`, `export`; each tells more with --help.
"""

from __future__ import annotations

from flask import Flask, redirect, url_for
from flask_login import current_user
from sqlalchemy import Engine

from admin import make_admin
from admin.auth import init_auth
from admin.session import actor
from admin.web import init_web
from commands import main
from models.base import table_name
from models.people import Role, User
from models.types import show
from services.kernel.access import may
from services.kernel.transaction import open_engine
from services.records.search import TABLES
from settings import Settings, read_settings

MEGABYTE = 1024 * 1024


def create_app(settings: Settings | None = None, engine: Engine | None = None) -> Flask:
    """The web application. Without `settings` the environment's, without `engine` the settings' database."""
    settings = settings or read_settings()
    app = Flask(__name__, template_folder="admin/templates", static_folder="admin/static")
    app.config.update(
        DATA_DIR=settings.data_dir,
        SECRET_KEY=settings.signing_key(),
        MAX_CONTENT_LENGTH=20 * MEGABYTE,
        SESSION_COOKIE_NAME="__Host-session" if settings.is_https else "session",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.extensions["engine"] = engine or open_engine(settings.database_url)
    init_web(app)
    init_auth(app)
    make_admin(app)
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/", "root", lambda: redirect(url_for("admin.index")))
    app.context_processor(lambda: {"whoami": whoami(), "moment": show, "finds": can_search})
    return app


def healthz() -> dict[str, str]:
    """Whether the program runs; does not touch the database."""
    return {"status": "ok"}


def whoami() -> str:
    """Role and name for the top bar; the lead office by the name its county uses."""
    user: User | None = getattr(current_user, "user", None)
    if user is None:
        return ""
    own = user.county.lead_office if user.county and user.role is Role.LEAD_OFFICE else None
    return f"{own or (user.role.label if user.role else '未授予角色')} · {user.display_name}"


def can_search() -> bool:
    """Whether the user may read any table that the search box in the top bar looks in."""
    return current_user.is_authenticated and any(may(actor(), f"{table_name(m)}.read") for m in TABLES)


if __name__ == "__main__":
    main(create_app)
