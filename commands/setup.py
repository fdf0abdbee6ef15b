"""Commands that fill a database: the first run, `init`, `seed demo`."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from commands.base import cli, open_database
from models.places import County
from seed.accounts import make_accounts
from seed.calendar import load_calendar
from seed.demo import load_demo
from seed.load import load_counties
from services.kernel.actor import SYSTEM
from services.kernel.transaction import open_session, working
from services.kernel.working_days import today
from settings import Settings, read_settings, write_private


def demo_accounts_file(settings: Settings) -> Path:
    """The file with the names and first passwords of the demo accounts."""
    return settings.data_dir / "demo-accounts.txt"


def load_master_data(session: Session) -> None:
    """Load the four counties and the calendar; rows that exist already stay as they are."""
    load_counties(session)
    load_calendar(session)


def set_up(engine: Engine, settings: Settings, on: date) -> None:
    """The first run: load counties, accounts and demo data that ends `on`; nothing when there are counties.

    A marker file exists until everything is loaded, so that an interrupted first run is resumed.
    """
    marker = settings.data_dir / "setting-up"
    with open_session(engine, SYSTEM, write=False) as session:
        if session.scalar(select(func.count(County.id))) and not marker.exists():
            return
    click.echo("首次运行，正在建立四县（旗）和演示数据……")
    marker.touch()
    with working(engine, SYSTEM) as session:
        load_master_data(session)
    with working(engine, SYSTEM) as session:
        accounts = make_accounts(session, settings.demo_password)
        if accounts:
            lines = (f"{name}\t{password}\n" for name, password in accounts)
            write_private(demo_accounts_file(settings), "".join(lines))
    load_demo(engine, on, resume=True)
    marker.unlink()


@cli.command()
def init() -> None:
    """Bring the schema up to date and load the four counties and the calendar, nothing else."""
    with working(open_database(read_settings()), SYSTEM) as session:
        load_master_data(session)


@cli.group()
def seed() -> None:
    """Load data."""


@seed.command()
@click.option("--today", "on", type=click.DateTime(["%Y-%m-%d"]), help="演示数据的最后一天")
@click.option("--cases", type=click.IntRange(1), help="一共多少件（大量数据）")
def demo(on: datetime | None, cases: int | None) -> None:
    """Demo data that ends today, or N cases in all."""
    engine = open_database(read_settings())
    with working(engine, SYSTEM) as session:
        load_master_data(session)
    with click.progressbar(length=cases or 1, label="写入") as bar:
        load_demo(
            engine,
            on.date() if on else today(),
            cases=cases,
            progress=lambda done, total: bar.update(done - bar.pos),
        )
