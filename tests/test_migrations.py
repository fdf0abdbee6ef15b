"""Migrations produce the schema of the models and keep the rows of an older database."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, inspect, select, text

from models import Base
from models.places import County, CountyOption, Meaning
from seed.counties import COUNTIES
from services.kernel.actor import SYSTEM
from services.kernel.schema import upgrade
from services.kernel.transaction import open_engine, open_session


def drop_all(engine: Engine) -> None:
    """Drop all tables."""
    found = MetaData()
    found.reflect(engine)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        else:
            found.drop_all(connection)


def squeezed(sql: str) -> str:
    """An SQL definition normalised: no layout, no quotes."""
    words = re.sub(r'["\s]+', " ", sql)
    words = re.sub(r"\s*([(),])\s*", r"\1", words).strip()
    return words.replace("ck_%(table_name)s_", "")


def definitions(engine: Engine) -> set[str]:
    """Every column, constraint and index (with its WHERE), as the database reports them."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            rows = connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'")
            )
            return {part for name, sql in rows for part in parts(name, squeezed(sql))}
        found = {
            f"{t} {c['name']} {c['type']} {c['nullable']}"
            for t in inspect(engine).get_table_names()
            if t != "alembic_version"
            for c in inspect(engine).get_columns(t)
        }
        found |= set(
            connection.scalars(
                text("SELECT indexdef FROM pg_indexes WHERE schemaname='public' AND tablename<>'alembic_version'")
            )
        )
        return found | set(
            connection.scalars(
                text(
                    "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)"
                    " FROM pg_constraint WHERE connamespace='public'::regnamespace"
                    " AND conrelid<>0 AND conrelid::regclass::text<>'alembic_version'"
                )
            )
        )


def parts(name: str, sql: str) -> set[str]:
    """The parts of a CREATE TABLE, split at commas outside brackets, because constraints may come in any order."""
    if not sql.startswith("CREATE TABLE"):
        return {sql}
    body, depth, piece, found = sql[sql.index("(") + 1 : -1], 0, "", set()
    for letter in body:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            found.add(f"{name}: {piece}")
            piece = ""
        else:
            piece += letter
    return found | {f"{name}: {piece}"}


def test_migrated_and_fresh_databases_are_the_same(engine: Engine) -> None:
    fresh = definitions(engine)
    drop_all(engine)
    try:
        upgrade(engine)
        migrated = definitions(engine)
    finally:
        drop_all(engine)
        Base.metadata.create_all(engine)
    assert migrated - fresh == set()
    assert fresh - migrated == set()


#: A database of schema version 0002 as SQL, made by that version.
OLDER = Path(__file__).parent / "older_0002.sql"


def test_a_filled_older_database_is_upgraded_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript(OLDER.read_text())
    engine = open_engine(f"sqlite:///{path}")
    before = _rows(engine)
    upgrade(engine)
    upgrade(engine)
    assert _rows(engine) == before
    with open_session(engine, SYSTEM, write=False) as session:
        found = {county.slug: county for county in session.scalars(select(County))}
        posted = session.scalars(
            select(CountyOption.name).where(CountyOption.meaning == Meaning.POSTED).distinct()
        ).all()
        options = {(o.county.slug, o.kind, o.name, o.meaning) for o in session.scalars(select(CountyOption))}
    assert list(posted) == ["邮寄"]
    for data in COUNTIES:
        county = found[data.settings["slug"]]
        assert {key: getattr(county, key) for key in data.settings} == dict(data.settings)
        for kind, wanted in data.options.items():
            for option in wanted:
                name, meaning = (option, None) if isinstance(option, str) else option
                assert (county.slug, kind, name, meaning) in options
    engine.dispose()


def _rows(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return [
            connection.execute(text(f"SELECT {columns} FROM {table} ORDER BY id")).all()
            for table, columns in (
                ("user", "id, username, role, county_id, staff_id"),
                ("staff", "id, kind, name, department_id"),
                ("department", "id, county_id, name"),
                ("service_item", "id, name, limit_days"),
            )
        ]
