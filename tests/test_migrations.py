"""Migrations produce the schema of the models and keep the rows of an older database."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, inspect, select, text, update
from sqlalchemy.orm import Session

from models import Base
from models.actions import AuditAction, AuditResult
from models.cases import CaseEvent, CaseState, ServiceCase
from models.people import Role
from models.places import County, CountyOption, Meaning
from models.projects import Project
from models.records import AuditEntry
from models.types import now
from seed.counties import COUNTIES
from services.cases import intake, undo
from services.cases.intake import MissingMaterial
from services.kernel.actor import SYSTEM
from services.kernel.errors import RuleViolation
from services.kernel.schema import upgrade
from services.kernel.throttle import check_attempts
from services.kernel.transaction import open_engine, open_session
from services.records.history import history_of
from tests.at_work import become
from tests.factories import DAY


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


#: The rows of an office that had installed version 0011, for both engines. Made by that version.
WORDED = Path(__file__).parent / "older_0011.sql"


def test_history_events_and_the_throttle_outlive_the_change_from_words_to_codes(engine: Engine) -> None:
    drop_all(engine)
    try:
        upgrade(engine, "0011")
        with engine.begin() as connection:
            for statement in WORDED.read_text().splitlines()[1:]:
                connection.exec_driver_sql(statement)
        _count_on(engine)
        upgrade(engine)
        with engine.begin() as connection:
            connection.execute(update(AuditEntry.__table__).values(at=now()))  # type: ignore[arg-type]
        with open_session(engine, SYSTEM, write=True) as session:
            _check_history(session)
            _check_events(session)
            with pytest.raises(RuleViolation, match="失败次数过多"):
                check_attempts(session, "wuzhi.office", None)
            session.rollback()
    finally:
        drop_all(engine)
        Base.metadata.create_all(engine)


def _count_on(engine: Engine) -> None:
    """PostgreSQL's sequences go on after the rows, as they do in an office."""
    if engine.dialect.name != "postgresql":
        return
    with engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            last = f'(SELECT coalesce(max(id), 0) + 1 FROM "{table.name}")'
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), {last}, false)"
            )


def _check_history(session: Session) -> None:
    project = session.scalars(select(Project)).one()
    told = history_of(session, project, masked=False, allowed=())
    assert [change.action for change in told] == ["旧版动作", "修改", "新增"]
    assert told[1].changes == [("项目名称", "年产三万吨面粉项目", "年产五万吨面粉项目")]
    codes = Counter(session.scalars(text("SELECT action FROM audit_entry")))
    assert (codes["user.login_failed"], codes["user.login"], codes["旧版动作"]) == (10, 1, 1)
    refused = session.scalars(select(AuditEntry).where(AuditEntry.action == AuditAction.FORBIDDEN)).one()
    assert (refused.result, refused.note) == (AuditResult.REFUSED, "您的角色不办理此事")
    assert refused.role is Role.LEAD_OFFICE
    types = set(session.scalars(text("SELECT object_type FROM audit_entry WHERE object_type IS NOT NULL")))
    assert {"project", "general_agent", "service_case", "county"} <= types
    assert all(name.isascii() for name in types)


def _check_events(session: Session) -> None:
    cases = session.scalars(select(ServiceCase).order_by(ServiceCase.id)).all()
    told: dict[int, list[str]] = {case.id: [] for case in cases}
    for event in session.scalars(select(CaseEvent).order_by(CaseEvent.id)):
        told[event.case_id].append(event.action)
    assert list(told.values()) == [
        ["case.submit", "case.notify", "case.resupply"],
        ["case.submit", "case.accept", "case.meet"],
    ]
    become(session, Role.LEAD_OFFICE, county_id=cases[0].county_id)
    paper = [MissingMaterial("营业执照", "到窗口补")]
    with pytest.raises(RuleViolation, match="已经一次性告知过"):
        intake.notify(session, cases[:1], on=DAY, materials=paper, reason=None)
    assert [event.action for event in undo.undoable_events(session, cases[0])] == ["case.resupply"]
    undo.undo_last_step(session, cases[:1], reason="误")
    assert cases[0].state is CaseState.SUPPLEMENT
