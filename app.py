"""The application and its command line.

`python app.py run`, `worker`, `tick`, `init`, `seed`, `user`, `import`, `export`; each tells more with --help.
"""

from __future__ import annotations

import logging
import os
import secrets
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import click
import waitress
from flask import Flask, redirect, url_for
from flask_babel import Babel
from flask_login import current_user
from sqlalchemy import Engine, func, select

from admin import make_admin
from admin.auth import init_auth
from admin.session import actor
from admin.web import init_web
from jobs import Consumer
from models.base import table_name
from models.fields import fields_of
from models.people import Role, User
from models.places import County
from models.records import ImportBatch
from models.types import Labelled, show
from seed.accounts import make_accounts
from seed.calendar import load_calendar
from seed.demo import load_demo
from seed.load import load_counties
from services.kernel.access import may
from services.kernel.accounts import (
    check_password,
    find_user,
    hash_password,
    random_password,
    set_password,
)
from services.kernel.actor import SYSTEM, Actor
from services.kernel.errors import RuleViolation
from services.kernel.schema import upgrade
from services.kernel.transaction import open_engine, open_session, working
from services.kernel.working_days import today
from services.ledgers import ledger_months, workbooks
from services.ledgers.scheduled import tick
from services.records.search import TABLES
from services.transfer import exports, imports
from services.transfer.import_specs import IMPORT_SPECS

HERE = Path(__file__).parent
MIN_SECRET = 32
MEGABYTE = 1024 * 1024
#: How often a server does what time brings.
TICK_SECONDS = 3_600
#: Errors of an import that the command line tells.
MAX_TOLD = 50


def settings(**given: Any) -> dict[str, Any]:
    """Where data is kept and how the site is reached: from `given`, else from the environment."""
    env = {k: os.environ[k] for k in ("DATA_DIR", "DATABASE_URL", "SECRET_KEY", "PUBLIC_URL") if os.environ.get(k)}
    found = {"DATA_DIR": HERE / "instance", **env, **given}
    folder = found["DATA_DIR"] = Path(found["DATA_DIR"]).absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found.setdefault("DATABASE_URL", f"sqlite:///{folder / 'office.db'}")
    found.setdefault("SECRET_KEY", _kept_secret(folder / "secret-key"))
    if len(found["SECRET_KEY"]) < MIN_SECRET:
        raise SystemExit(f"SECRET_KEY 至少 {MIN_SECRET} 个字符；不设置则自动生成并保存在数据目录")
    return found


def _kept_secret(path: Path) -> str:
    """The installation's own secret, made at the first start, readable by its owner only."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text().strip()


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads."""
    path.touch(0o600)
    path.chmod(0o600)
    path.write_text(text)


def create_app(**given: Any) -> Flask:
    """The web application. Keywords override the environment; `ENGINE` brings its own engine."""
    found = settings(**given)
    app = Flask(__name__, template_folder="admin/templates", static_folder="admin/static")
    https = str(found.get("PUBLIC_URL", "")).startswith("https")
    app.config.update(
        found,
        MAX_CONTENT_LENGTH=20 * MEGABYTE,
        SESSION_COOKIE_NAME="__Host-session" if https else "session",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        BABEL_DEFAULT_LOCALE="zh_Hans_CN",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
    )
    app.extensions["engine"] = found.get("ENGINE") or open_engine(found["DATABASE_URL"])
    Babel(app)
    init_web(app)
    init_auth(app)
    make_admin(app)
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/", "root", lambda: redirect(url_for("admin.index")))
    app.context_processor(lambda: {"whoami": whoami(), "moment": show, "finds": finds})
    return app


def healthz() -> dict[str, str]:
    """Whether the program runs; asks nothing of the database and tells nothing of it."""
    return {"status": "ok"}


def whoami() -> str:
    """Role and name for the top bar; the lead office under its county's own name for it."""
    user: User | None = getattr(current_user, "user", None)
    if user is None:
        return ""
    own = user.county.lead_office if user.county and user.role is Role.LEAD_OFFICE else None
    return f"{own or (user.role.label if user.role else '未授予角色')} · {user.display_name}"


def finds() -> bool:
    """Whether the box on top has anything to find for the user."""
    return current_user.is_authenticated and any(may(actor(), f"{table_name(m)}.read") for m in TABLES)


def the_engine() -> Engine:
    """The engine of the command line, its schema brought up to date."""
    engine = open_engine(settings()["DATABASE_URL"])
    upgrade(engine)
    return engine


@click.group()
def cli() -> None:
    """帮办代办管理后台."""


def set_up(engine: Engine, folder: Path, on: date) -> None:
    """The first run: counties, accounts and demo data; does nothing where there are counties.

    A first run that was cut off is taken up again: the mark goes only when all is there.
    """
    mark = folder / "setting-up"
    with open_session(engine, SYSTEM, write=False) as session:
        if session.scalar(select(func.count(County.id))) and not mark.exists():
            return
    click.echo("首次运行，正在建立四县（旗）和演示数据……")
    mark.touch()
    with working(engine, SYSTEM) as session:
        load_counties(session)
        load_calendar(session)
    with working(engine, SYSTEM) as session:
        accounts = make_accounts(session, os.environ.get("DEMO_PASSWORD"))
        if accounts:
            lines = (f"{name}\t{password}\n" for name, password in accounts)
            write_private(folder / "demo-accounts.txt", "".join(lines))
    load_demo(engine, on, resume=True)
    mark.unlink()


@cli.command()
def run() -> None:
    """Serve on HOST and PORT; set everything up the first time."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    found, engine = settings(), the_engine()
    set_up(engine, found["DATA_DIR"], today())
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    click.echo(f"地址：{found.get('PUBLIC_URL') or f'http://{host}:{port}/'}")
    accounts = found["DATA_DIR"] / "demo-accounts.txt"
    if accounts.exists():
        click.echo(f"演示账号（也在 {accounts}）：\n{accounts.read_text()}")
    if not str(found.get("PUBLIC_URL", "")).startswith("https"):
        click.echo("注意：现在用的是 http，只应在办公内网使用；对外请用 https 反向代理并设置 PUBLIC_URL")
    sys.stdout.flush()
    Thread(target=keep_time, args=(engine,), daemon=True).start()
    consumer(found, engine).start()
    proxy = os.environ.get("TRUSTED_PROXY")
    behind = {"trusted_proxy": proxy, "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto"} if proxy else {}
    waitress.serve(create_app(ENGINE=engine), host=host, port=port, threads=8, ident=None, **behind)


def consumer(found: dict[str, Any], engine: Engine) -> Consumer:
    """What does exports in the background; LEDGER_DIR: where the books of locked months are put."""
    ledgers = os.environ.get("LEDGER_DIR")
    return Consumer(engine, found["DATABASE_URL"], found["DATA_DIR"], Path(ledgers) if ledgers else None)


@cli.command()
def worker() -> None:
    """Do exports in the background, on a machine of its own beside PostgreSQL."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    consumer(settings(), the_engine()).run()


def keep_time(engine: Engine) -> None:
    """Do what time brings, now and every hour, beside the web server."""
    while True:
        try:
            with working(engine, SYSTEM) as session:
                tick(session)
        except Exception:  # the next hour tries again; the server goes on
            logging.exception("tick")
        time.sleep(TICK_SECONDS)


@cli.command()
def init() -> None:
    """Bring the schema up to date and load the four counties and the calendar, nothing else."""
    with working(the_engine(), SYSTEM) as session:
        load_counties(session)
        load_calendar(session)


@cli.command("tick")
def tick_command() -> None:
    """Do what time brings; may be run as often as one likes."""
    with working(the_engine(), SYSTEM) as session:
        for what, count in tick(session):
            click.echo(f"{what}：{count}")


@cli.group()
def seed() -> None:
    """Load data."""


@seed.command()
@click.option("--today", "on", type=click.DateTime(["%Y-%m-%d"]), help="演示数据的最后一天")
@click.option("--cases", type=click.IntRange(1), help="一共多少件（大量数据）")
def demo(on: Any, cases: int | None) -> None:
    """Demo data that ends today, or N cases in all."""
    engine = the_engine()
    with working(engine, SYSTEM) as session:
        load_counties(session)
        load_calendar(session)
    with click.progressbar(length=cases or 1, label="写入") as bar:
        load_demo(
            engine,
            on.date() if on else today(),
            cases=cases,
            progress=lambda done, total: bar.update(done - bar.pos),
        )


@cli.group()
def user() -> None:
    """Accounts."""


@user.command("list")
def user_list() -> None:
    """Names and roles of all accounts."""
    with open_session(the_engine(), SYSTEM, write=False) as session:
        for row in session.scalars(select(User).order_by(User.username)):
            role: Labelled | None = row.role
            click.echo(f"{row.username}\t{role.label if role else '—'}\t{'启用' if row.active else '停用'}")


@user.command("add")
@click.argument("username")
@click.option("--name", required=True, help="姓名")
@click.option("--role", type=click.Choice([r.value for r in Role]), required=True)
@click.option("--county", help="行政区划代码")
def user_add(username: str, name: str, role: str, county: str | None) -> None:
    """Add an account; prints its first password, which must be changed."""
    first = random_password()
    hashed = hash_password(first)
    with working(the_engine(), SYSTEM) as session:
        if find_user(session, username):
            raise click.ClickException(f"已有账号 {username}")
        place = find_county(session, county) if county else None
        session.add(
            User(
                username=username,
                display_name=name,
                role=Role.parse(role),
                password_hash=hashed,
                county_id=place.id if place else None,
                must_change_password=True,
            )
        )
    click.echo(f"{username}\t{first}")


@user.command("password")
@click.argument("username")
@click.option("--password", help="不给则随机生成")
def user_password(username: str, password: str | None) -> None:
    """Give an account a new first password and end its sessions."""
    first = password or random_password()
    hashed = hash_password(first)
    with working(the_engine(), SYSTEM) as session:
        row = find_user(session, username)
        if row is None:
            raise click.ClickException(f"没有账号 {username}")
        check_password(first, username)
        set_password(session, row, hashed, must_change=True)
    click.echo(f"{username}\t{first}")


def find_county(session: Any, code: str) -> County:
    """The county of that code, or a message that there is none."""
    county: County | None = session.scalar(select(County).where(County.code == code))
    if county is None:
        raise click.ClickException(f"没有代码为 {code} 的县（旗）")
    return county


@cli.group()
def export() -> None:
    """Write workbooks."""


def place(session: Any, code: str | None) -> Actor:
    """The command line at work in one county, or in all of them."""
    county = find_county(session, code) if code else None
    return replace(SYSTEM, county_id=county.id, counties=(county.id,)) if county else SYSTEM


def carry_out_export(engine: Engine, who: Actor, wanted: exports.Export, out: Path) -> None:
    """Write the file with a bar that shows how far it is, and its line of the audit.

    It is written beside its place and put there when it is whole: what fails leaves no file, and the old one.
    """
    try:
        with TemporaryDirectory(prefix=".export-", dir=out.parent) as folder:
            part = Path(folder) / f"part{out.suffix}"
            rows = _write_export(engine, who, wanted, part)
            part.replace(out)
    except RuleViolation as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"不能写到 {out}：{_cause(error)}；请换一个能写的文件夹再导出") from error
    with working(engine, who) as session:
        wanted.note(session, rows)
    click.echo(str(out))


def _write_export(engine: Engine, who: Actor, wanted: exports.Export, path: Path) -> int:
    with (
        open_session(engine, who, write=False) as session,
        click.progressbar(length=wanted.count(session), label="导出", file=sys.stderr) as bar,
    ):
        _, rows = wanted.write(session, path, lambda done: bar.update(done - bar.pos))
        bar.update((bar.length or 0) - bar.pos)
    return rows


def _cause(error: OSError) -> str:
    """What stood in the way, in the clerk's words where it is usual."""
    if isinstance(error, FileNotFoundError):
        return "没有这个文件夹"
    return "没有写入的权限" if isinstance(error, PermissionError) else str(error)


OUT = click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="写到哪个文件")
COUNTY = click.option("--county", required=True, help="行政区划代码")


@export.command("ledger")
@COUNTY
@click.option("--month", required=True, help="如 2026-10")
@click.option("--only", type=click.Choice([kind.name for kind in workbooks.KINDS]), help="只要其中一种台账")
@OUT
def export_ledger(county: str, month: str, only: str | None, out: Path) -> None:
    """The book of a county's month, or one of its ledgers; an open month is brought up to date first."""
    engine = the_engine()
    try:
        with working(engine, SYSTEM) as session:
            who = place(session, county)
            row = ledger_months.open_month(session, who.county_id, month)
            if not ledger_months.is_locked(row):
                ledger_months.refresh(session, row, today())
    except RuleViolation as error:
        raise click.ClickException(str(error)) from error
    carry_out_export(engine, who, exports.MonthExport(row.id, only), out)


@export.command("year")
@COUNTY
@click.option("--year", type=click.IntRange(2000, 2099), required=True)
@OUT
def export_year(county: str, year: int, out: Path) -> None:
    """A county's year: its months, each on a sheet, and the year's figures."""
    engine = the_engine()
    with open_session(engine, SYSTEM, write=False) as session:
        who = place(session, county)
    carry_out_export(engine, who, exports.YearExport(who.county_id or 0, year), out)


@export.command("list")
@click.argument("table", metavar="表", type=click.Choice(sorted(exports.tables())))
@click.option("--county", help="行政区划代码；不给则全部县（旗）")
@click.option("--query", default="", help="列表网址里问号后面的条件")
@OUT
def export_list(table: str, county: str | None, query: str, out: Path) -> None:
    """A whole table, every column, as .xlsx or .csv; what was edited in it can be imported."""
    engine = the_engine()
    with open_session(engine, SYSTEM, write=False) as session:
        who = place(session, county)
    names = tuple(f.name for f in fields_of(exports.tables()[table], "export"))
    kind = "csv" if out.suffix.lower() == ".csv" else "xlsx"
    carry_out_export(engine, who, exports.ListExport(table, names, query, kind=kind), out)


@cli.command("import")
@click.argument("name", metavar="名单", type=click.Choice(sorted(IMPORT_SPECS)))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--county", required=True, help="行政区划代码")
@click.option("--yes", is_flag=True, help="没有错误就直接写入；不给则只预检")
def import_list(name: str, file: Path, county: str, yes: bool) -> None:
    """Check a list from Excel, and with --yes write it: all of it or nothing."""
    engine = the_engine()
    with open_session(engine, SYSTEM, write=False) as session:
        place = find_county(session, county).id
    clerk = replace(SYSTEM, county_id=place, counties=(place,))
    with imports.one_at_a_time(engine, settings()["DATA_DIR"]):
        id_ = imports.check(engine, clerk, IMPORT_SPECS[name], file, file.name)
    with working(engine, clerk) as session:
        batch = session.get_one(ImportBatch, id_)
        click.echo(f"新增 {batch.created}，变更 {batch.changed}，相同 {batch.same}，错误 {batch.wrong}")
        if batch.ignored:
            click.echo(batch.ignored)
        wrong = [note for notes in imports.wrong_lines(session, batch).values() for note in notes]
        for cell, label, typed, why in wrong[:MAX_TOLD]:
            click.echo(f"{cell} {label} {typed}：{why}")
        if len(wrong) > MAX_TOLD:
            click.echo(f"……共 {len(wrong)} 处错误")
        if yes and batch.created + batch.changed:
            imports.confirm(session, batch)
            click.echo("已导入")


def main() -> None:
    """The command line; a rule's refusal is a sentence, not a trace."""
    try:
        cli()
    except RuleViolation as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
