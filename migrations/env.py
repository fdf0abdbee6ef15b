"""Alembic's environment: the engine is handed over by `services.kernel.schema`."""

from __future__ import annotations

from alembic import context

from models import Base

engine = context.config.attributes["engine"]
on_sqlite = engine.dialect.name == "sqlite"

with engine.connect() as connection:
    raw = connection.connection.dbapi_connection
    if on_sqlite:
        # SQLite changes a table by making it anew; foreign keys to it must not be checked meanwhile. The
        # pragma has no effect inside a transaction.
        raw.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=context.config.attributes.get("render_item"),
    )
    with context.begin_transaction():
        context.run_migrations()
    if on_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RuntimeError("a migration left rows that refer to nothing")
    connection.commit()
    if on_sqlite:
        raw.execute("PRAGMA foreign_keys=ON")
