"""What all commands share: the group, the database, a county by its code, errors as sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from wsgiref.types import WSGIApplication

import click
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.places import County
from services.kernel.actor import SYSTEM, Actor
from services.kernel.errors import RuleViolation
from services.kernel.schema import upgrade
from services.kernel.transaction import open_engine
from settings import BadSetting, Settings, program_version

#: Makes the web application over an engine.
Factory = Callable[[Settings, Engine], WSGIApplication]


@click.group()
@click.version_option(program_version(), message="帮办代办管理后台 %(version)s")
def cli() -> None:
    """帮办代办管理后台."""


def open_database(settings: Settings) -> Engine:
    """The engine of the configured database, its schema brought up to date."""
    engine = open_engine(settings.database_url)
    upgrade(engine)
    return engine


def find_county(session: Session, code: str) -> County:
    """The county with that code; a message when there is none."""
    county: County | None = session.scalar(select(County).where(County.code == code))
    if county is None:
        raise click.ClickException(f"没有代码为 {code} 的县（旗）")
    return county


def system_in(session: Session, code: str | None) -> Actor:
    """The command line as the actor: in the county with that code, or in all counties."""
    if not code:
        return SYSTEM
    county = find_county(session, code)
    return replace(SYSTEM, county_id=county.id, counties=(county.id,))


def main(factory: Factory) -> None:
    """Run the command line; a refused rule or a bad setting is shown as a sentence, without a traceback."""
    try:
        cli(obj=factory)
    except (RuleViolation, BadSetting) as error:
        raise SystemExit(str(error)) from error
