"""Brings the database's schema up to date with Alembic when the program starts."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def config_for(engine: Engine) -> Config:
    """Alembic's configuration, in code: no file names a database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the migrations that are missing in the database."""
    command.upgrade(config_for(engine), revision)
