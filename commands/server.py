"""Commands that go on: the web server, the export worker, and the scheduled work beside them."""

from __future__ import annotations

import logging
import sys
import time
from threading import Thread

import click
import waitress
from sqlalchemy import Engine

from commands.base import Factory, cli, open_database
from commands.setup import demo_accounts_file, set_up
from jobs import Consumer
from services.kernel.actor import SYSTEM
from services.kernel.transaction import working
from services.kernel.working_days import today
from services.ledgers.scheduled import tick
from settings import Settings, read_settings

#: Seconds between two runs of the scheduled work in a server.
TICK_SECONDS = 3_600
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


@cli.command()
@click.pass_obj
def run(factory: Factory) -> None:
    """Serve on HOST and PORT; set everything up the first time."""
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    settings = read_settings()
    engine = open_database(settings)
    set_up(engine, settings, today())
    _announce(settings)
    Thread(target=keep_ticking, args=(engine,), daemon=True).start()
    consumer_of(settings, engine).start()
    proxy: dict[str, str] = {}
    if settings.trusted_proxy:
        proxy = {
            "trusted_proxy": settings.trusted_proxy,
            "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto",
        }
    app = factory(settings, engine)
    waitress.serve(app, host=settings.host, port=settings.port, threads=8, ident=None, **proxy)


def _announce(settings: Settings) -> None:
    """Print the address, the demo accounts, and a warning when the site is not on https."""
    click.echo(f"地址：{settings.public_url or f'http://{settings.host}:{settings.port}/'}")
    accounts = demo_accounts_file(settings)
    if accounts.exists():
        click.echo(f"演示账号（也在 {accounts}）：\n{accounts.read_text()}")
    if not settings.is_https:
        click.echo("注意：现在用的是 http，只应在办公内网使用；对外请用 https 反向代理并设置 PUBLIC_URL")
    sys.stdout.flush()


def consumer_of(settings: Settings, engine: Engine) -> Consumer:
    """The consumer that does exports in the background and copies the books of locked months to LEDGER_DIR."""
    return Consumer(engine, settings.database_url, settings.data_dir, settings.ledger_dir)


@cli.command()
def worker() -> None:
    """Do exports in the background, on a machine of its own beside PostgreSQL."""
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    settings = read_settings()
    consumer_of(settings, open_database(settings)).run()


def keep_ticking(engine: Engine) -> None:
    """Do the scheduled work now and every hour, beside the web server."""
    while True:
        try:
            with working(engine, SYSTEM) as session:
                tick(session)
        except Exception:  # the next hour tries again; the server goes on
            logging.exception("tick")
        time.sleep(TICK_SECONDS)


@cli.command("tick")
def tick_command() -> None:
    """Do the scheduled work once; may be run as often as one likes."""
    with working(open_database(read_settings()), SYSTEM) as session:
        for what, count in tick(session):
            click.echo(f"{what}：{count}")
