"""Sessions with access and audit attached, and the only commit of the program."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.exc import StaleDataError

from models.base import CountyScoped
from models.records import AuditEntry
from services.kernel.access import scope_statement
from services.kernel.actor import Actor, actor_of
from services.kernel.audit import write_audit
from services.kernel.deferred import run_deferred
from services.kernel.errors import Forbidden, RuleViolation
from services.kernel.session import BackOfficeSession, back_office

#: Compiled statements that an engine keeps. Every list has its own for each role, order and set of conditions; to
#: compile one takes longer than to run it.
STATEMENTS = 5_000


def open_engine(url: str) -> Engine:
    """The engine of the one database; SQLite gets WAL, foreign keys and our own BEGIN."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, query_cache_size=STATEMENTS)
    engine = create_engine(url, connect_args={"timeout": 30}, query_cache_size=STATEMENTS)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # The driver's own transactions commit inside savepoints; ours do not.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=30000", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def open_session(engine: Engine, actor: Actor | None, *, write: bool) -> BackOfficeSession:
    """A session for `actor`; one that does not `write` refuses to flush.

    A writing session takes SQLite's write lock with its first statement: a transaction that reads
    first and asks for the lock later fails under load.
    """
    bind = engine.execution_options(sqlite_begin="IMMEDIATE") if write else engine
    return BackOfficeSession(bind, writes=write, actor=actor)


@contextmanager
def transaction(session: Session) -> Iterator[Session]:
    """Commit the block, or roll all of it back; an integrity error of the database becomes a `RuleViolation`."""
    try:
        yield session
        run_deferred(session)
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise RuleViolation("stale", "这条记录刚刚被他人办理，请刷新后再试") from error
    except IntegrityError as error:
        session.rollback()
        raise RuleViolation("integrity", "与已有数据重复，或被其他数据引用，没有保存；请刷新后再试") from error
    except BaseException:
        session.rollback()
        raise


@contextmanager
def working(engine: Engine, actor: Actor) -> Iterator[Session]:
    """A session and one transaction around the block: for the command line, jobs and seeds."""
    with open_session(engine, actor, write=True) as session, transaction(session):
        yield session


def _guard_flush(session: Session, _: UOWTransaction, __: Any) -> None:
    """`before_flush`: refuse to write in a reading session, in another county, or a reference to one."""
    if not back_office(session).writes:
        raise RuntimeError("a reading session must not write")
    if any(isinstance(row, AuditEntry) for row in (*session.dirty, *session.deleted)):
        raise RuntimeError("audit entries are never changed")
    actor = actor_of(session)
    wanted: dict[type[Any], set[tuple[int, int]]] = defaultdict(set)
    for row in [*session.new, *session.dirty, *session.deleted]:
        if isinstance(row, CountyScoped):
            _guard_row(row, actor)
            _collect_references(row, wanted)
    for model, references in wanted.items():
        with session.no_autoflush:
            found = session.execute(
                select(model.id, model.county_id).where(model.id.in_({i for i, _ in references}))
            ).all()
        if {(i, c) for i, c in found} != references:
            raise Forbidden(f"所选{model.__title__}不存在或不属于本县（旗）")


def _guard_row(row: Any, actor: Actor) -> None:
    state = inspect(row)
    county = state.dict.get("county")
    if county is not None and state.attrs.county.history.has_changes():
        row.county_id = county.id  # the flush sets it later than this check
    elif row.county_id is None:
        row.county_id = actor.county_id
    for place in (row.county_id, *state.attrs.county_id.history.deleted):
        if place is None or (actor.counties is not None and place not in actor.counties):
            raise Forbidden("不能改动其他县（旗）的数据")


def _collect_references(row: Any, wanted: dict[type[Any], set[tuple[int, int]]]) -> None:
    """Add the foreign keys this flush sets to `wanted`, by model: (id, county that row must belong to).

    A relationship that was just set has its object here; its column gets the id in the flush.
    """
    state = inspect(row)
    for name, key, target in _references(type(row)):  # type: ignore[arg-type]  # classes are hashable
        other = state.dict.get(name)
        if state.attrs[name].history.has_changes() and other is not None:
            if other.county_id is not None and other.county_id != row.county_id:
                raise Forbidden(f"所选{target.__title__}不属于本县（旗）")
        elif state.attrs[key].history.has_changes() and state.dict.get(key) is not None:
            wanted[target].add((state.dict[key], row.county_id))


@cache
def _references(model: type[Any]) -> list[tuple[str, str, type[Any]]]:
    """The model's references to rows of a county: (relationship, column, referenced model)."""
    mapper = inspect(model)
    return [
        (r.key, mapper.get_property_by_column(next(iter(r.local_columns))).key, r.mapper.class_)
        for r in mapper.relationships
        if r.direction.name == "MANYTOONE" and issubclass(r.mapper.class_, CountyScoped)
    ]


event.listen(BackOfficeSession, "do_orm_execute", scope_statement)
event.listen(BackOfficeSession, "before_flush", _guard_flush)
event.listen(BackOfficeSession, "after_flush", write_audit)

__all__ = ["open_engine", "open_session", "transaction", "working"]
