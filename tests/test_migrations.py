"""Migrations produce the schema of the models and keep the rows of an older database."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, MetaData, inspect, select, text, update
from sqlalchemy.orm import Session

from documents.docx_template import build_template
from documents.parts import Paper, TextLine
from documents.render import words
from models import Base
from models.actions import AuditAction, AuditResult
from models.cases import CaseEvent, CaseState, CaseStep, ServiceCase, StepState
from models.evaluation import Evaluation
from models.ledger import LedgerMonth, MonthState
from models.papers import PaperTemplate
from models.people import Role
from models.places import County, CountyOption, Meaning, OptionKind
from models.projects import Project
from models.records import AuditEntry, LineResult
from models.types import now
from seed.counties import COUNTIES
from services.cases import intake, undo
from services.cases.intake import MissingMaterial
from services.kernel.actor import SYSTEM
from services.kernel.errors import RuleViolation
from services.kernel.schema import config_for, upgrade
from services.kernel.throttle import check_attempts
from services.kernel.transaction import open_engine, open_session, working
from services.papers import case_papers
from services.records.history import history_of
from services.statistics import figures
from tests import factories as f
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


#: The figures of a locked month as version 1 stored them, and as 0013 has them.
BY_POSITION = {
    "total": [1, 2, 3, 0, 0, 1, 2 / 3, 5.5, 0.5, None, None],
    "groups": {"departments": {"发展和改革委员会": [0, 1, 1, 0, 0, 0, 1.0, 4, None, None, None]}, "agent": {}},
    "quality": [["重点项目已分派", [1, 4, 0.25]], ["共性问题", [2, None, None]]],
}
BY_CODE = {
    "version": 2,
    "total": {
        **{"carried": 1, "received": 2, "closed": 3, "terminated": 0, "open": 0, "overdue": 1},
        **{"timely_rate": 2 / 3, "average_days": 5.5, "rated_rate": 0.5, "satisfied_rate": None, "bad": None},
    },
    "groups": {
        "departments": {
            "发展和改革委员会": {
                **{"carried": 0, "received": 1, "closed": 1, "terminated": 0, "open": 0, "overdue": 0},
                **{"timely_rate": 1.0, "average_days": 4, "rated_rate": None, "satisfied_rate": None, "bad": None},
            }
        },
        "agent": {},
    },
    "quality": {
        "key_projects_assigned": {"done": 1, "due": 4, "rate": 0.25},
        "common_issues": {"done": 2, "due": None, "rate": None},
    },
}


def test_locked_figures_and_templates_outlive_the_change_to_codes(engine: Engine) -> None:
    """0013 changes the stored figures, names the paper of each print record, and leaves every other value."""
    drop_all(engine)
    try:
        upgrade(engine)
        county_id, month_id = _filled(engine)
        command.downgrade(config_for(engine), "0012")
        with engine.begin() as connection:
            connection.execute(text("UPDATE ledger_month SET figures = :f"), {"f": json.dumps(BY_POSITION)})
        before = _every_row(engine)
        upgrade(engine)
        after = _every_row(engine)
        assert [row.pop("figures") for row in after["ledger_month"]] == [BY_CODE]
        assert [row.pop("figures") for row in before["ledger_month"]] == [BY_POSITION]
        assert [row.pop("paper") for row in after["paper_print"]] == ["completion", "posting", "record", None]
        assert _without_newer_columns(after, before) == before
        with open_session(engine, SYSTEM, write=False) as session:
            found = [
                figures.tables(session, figures.ledgers_of(session, "2026-03"), session.get(LedgerMonth, month_id))
            ]
            lines = {name: [one.text for one in row] for table in found[0] for name, row in table.rows}
            page = case_papers.preview(
                session, session.get_one(County, county_id), session.scalars(select(PaperTemplate)).one()
            )
        assert lines["武陟县"] == ["1", "2", "3", "0", "0", "1", "66.7%", "5.5", "50.0%", "—", "—", "—", "—"]
        assert lines["重点项目已分派"] == ["1", "4", "25.0%"]
        assert "".join(words(page)) == "受理编号：武帮代办〔2026〕0007号；项目：项目落地"
        command.downgrade(config_for(engine), "0012")
        assert [row["figures"] for row in _every_row(engine)["ledger_month"]] == [BY_POSITION]
    finally:
        drop_all(engine)
        Base.metadata.create_all(engine)


def test_the_items_of_a_refused_application_no_longer_wait(engine: Engine) -> None:
    drop_all(engine)
    try:
        upgrade(engine)
        with working(engine, SYSTEM) as session:
            mine = {"county_id": f.make_county(session).id}
            case = f.make_case(session, state=CaseState.REJECTED, **mine)
            f.make_step(session, case=case, **mine)
            f.make_event(session, case=case, action=AuditAction.CASE_REJECT, to_state=CaseState.REJECTED, **mine)
            f.make_step(session, case=f.make_case(session, **mine), **mine)
        command.downgrade(config_for(engine), "0018")
        of_steps = "SELECT state, finished_on FROM case_step ORDER BY id"
        with engine.connect() as connection:
            assert [tuple(row) for row in connection.execute(text(of_steps))] == [("pending", None)] * 2
        upgrade(engine)
        with open_session(engine, SYSTEM, write=False) as session:
            steps = session.scalars(select(CaseStep).order_by(CaseStep.id)).all()
            assert [(step.state, step.finished_on) for step in steps] == [
                (StepState.WITHDRAWN, f.DAY),
                (StepState.PENDING, None),
            ]
    finally:
        drop_all(engine)
        Base.metadata.create_all(engine)


NOTES_STORED = "SELECT notes FROM import_line ORDER BY id"
#: What an import said of its lines before 0028, and what it says since.
NOTES = {
    LineResult.WRONG: (["B3", "投资总额", "一百", "不是数字"], {"cell": "B3", "typed": "一百", "reason": "不是数字"}),
    LineResult.CHANGED: (["B4", "投资总额", "1", "2"], {"cell": "B4", "old": "1", "new": "2"}),
    LineResult.CREATED: (["项目名称：甲", ""], {"contents": "项目名称：甲", "doubt": ""}),
}


def test_what_an_import_said_of_its_lines_is_kept_by_codes(engine: Engine) -> None:
    drop_all(engine)
    try:
        upgrade(engine)
        with working(engine, SYSTEM) as session:
            mine = {"county_id": f.make_county(session).id}
            batch = f.make_batch(session, **mine)
            for result, (_, note) in NOTES.items():
                column = {} if result is LineResult.CREATED else {"column": "投资总额"}
                f.make_line(session, batch=batch, result=result, notes=[note | column], **mine)
            f.make_line(session, batch=batch, notes=[], **mine)
        expected = _every_row(engine)["import_line"]
        command.downgrade(config_for(engine), "0027")
        with engine.connect() as connection:
            former = [json.loads(n) if isinstance(n, str) else n for n in connection.scalars(text(NOTES_STORED))]
        assert former == [*([note] for note, _ in NOTES.values()), []]
        upgrade(engine)
        assert _every_row(engine)["import_line"] == expected
    finally:
        drop_all(engine)
        Base.metadata.create_all(engine)


Rows = dict[str, list[dict[str, Any]]]


def _without_newer_columns(after: Rows, before: Rows) -> Rows:
    """The rows without the tables and columns that migrations after the one under test add."""
    return {
        table: [
            {key: value for key, value in row.items() if key in old}
            for row, old in zip(rows, before[table], strict=True)
        ]
        for table, rows in after.items()
        if table in before
    }


def _filled(engine: Engine) -> tuple[int, int]:
    """A county with a locked month, a template of its own with the names of 1.0, and print records."""
    with working(engine, SYSTEM) as session:
        county = f.make_county(session, service_word="帮办代办")
        mine = {"county_id": county.id}
        f.make_option(session, kind=OptionKind.PAPER, name="项目办结单", meaning=Meaning.PAPER_COMPLETION, **mine)
        case = f.make_case(session, number="武帮代办〔2026〕0007号", matter="项目落地", project=None, **mine)
        locked = {"state": MonthState.LOCKED, "locked_at": now(), "sha256": "0" * 64}
        month = f.make_month(
            session, month="2026-03", figures={"total": {}, "groups": {}, "quality": {}}, **locked, **mine
        )
        f.make_ledger_file(session, month_id=month.id, content=b"PK signed", **mine)
        text = TextLine("受理编号：{{ 受理编号 }}{% if 备注 %}（{{ 备注 }}）{% endif %}；项目：{{ 项目名称 }}")
        content = build_template(Paper("completion", "办结单", (text,)))
        f.make_template(session, content=content, active=True, **mine)
        for title in ("项目办结单", "邮寄记录", "帮办代办情况工作纪实", "从前的名称"):
            f.make_print(session, title=title, case=case, **mine)
        return county.id, month.id


def _every_row(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of the database by table, in the order of the ids."""
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(select(table).order_by(table.c[0]))]
            for table in found.sorted_tables
            if table.name != "alembic_version"
        }


def test_ratings_of_locked_months_are_told_apart_by_when_they_were_given(engine: Engine) -> None:
    """0026: what the lock had counted is fixed; what came after it counts in the next open month."""
    drop_all(engine)
    try:
        upgrade(engine)
        lock = datetime(2026, 4, 10, tzinfo=UTC)
        with working(engine, SYSTEM) as session:
            mine = {"county_id": f.make_county(session).id}
            locked = {"state": MonthState.LOCKED, "locked_at": lock, "sha256": "0" * 64}
            month = f.make_month(session, month="2026-03", **locked, **mine)
            case = f.make_case(session, ended_on=date(2026, 3, 20), state=CaseState.CLOSED, **mine)
            told = {"object_type": "evaluation", "county_id": mine["county_id"]}
            before, after = lock - timedelta(days=1), lock + timedelta(days=1)
            rows = []
            for given, decided in ((before, None), (after, None), (before, before), (before, after)):
                row = f.make_evaluation(session, case=case, discounted=decided is not None, **mine)
                f.make_audit(session, action="case.rate", object_id=row.id, at=given, **told)
                if decided is not None:
                    f.make_audit(session, action="evaluation.decide", object_id=row.id, at=decided, **told)
                rows.append(row.id)
            past = f.make_case(session, due_on=date(2026, 3, 20), state=CaseState.CLOSED, **mine)
            f.make_step(session, case=past, accepted_on=DAY, due_on=date(2026, 3, 20), **mine)
            f.make_event(session, case=past, action="case.record_past", **mine)
            month_id, past_id = month.id, past.id
        command.downgrade(config_for(engine), "0025")
        upgrade(engine)
        with open_session(engine, SYSTEM, write=False) as session:
            found = session.execute(
                select(Evaluation.counted_in_id, Evaluation.removed_in_id).where(Evaluation.id.in_(rows))
            ).all()
            assert sorted(map(tuple, found), key=str) == sorted(
                [(month_id, None), (None, None), (month_id, month_id), (month_id, None)], key=str
            )
            kept = session.get_one(ServiceCase, past_id)
            assert (kept.due_on, kept.steps[0].due_on) == (None, None)
    finally:
        drop_all(engine)
        Base.metadata.create_all(engine)


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
        upgraded = _every_row(engine)
        command.downgrade(config_for(engine), "0011")
        upgrade(engine)
        assert _every_row(engine) == upgraded, "the way back and forth again"
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
    present = inspect(engine).get_table_names()
    with engine.begin() as connection:
        for table in (table for table in Base.metadata.sorted_tables if table.name in present):
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
