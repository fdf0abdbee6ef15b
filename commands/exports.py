"""Commands that write files: `export ledger`, `export year`, `export list`."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from sqlalchemy import Engine

from commands.base import cli, open_database, system_in
from models.fields import fields_of
from services.kernel.actor import SYSTEM, Actor
from services.kernel.errors import RuleViolation
from services.kernel.transaction import open_session, working
from services.kernel.working_days import today
from services.ledgers import ledger_months, workbooks
from services.transfer import exports
from settings import read_settings

OUT = click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="写到哪个文件")
COUNTY = click.option("--county", required=True, help="行政区划代码")


@cli.group()
def export() -> None:
    """Write workbooks."""


def write_export(engine: Engine, actor: Actor, wanted: exports.Export, out: Path) -> None:
    """Write the file, with a progress bar, and its line of the audit.

    The file is written to a temporary folder next to `out` and moved there when complete: a failed
    export leaves no file, and an older file of that name stays.
    """
    try:
        with TemporaryDirectory(prefix=".export-", dir=out.parent) as folder:
            part = Path(folder) / f"part{out.suffix}"
            rows = _write_part(engine, actor, wanted, part)
            part.replace(out)
    except RuleViolation as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"不能写到 {out}：{_cause(error)}；请换一个能写的文件夹再导出") from error
    with working(engine, actor) as session:
        wanted.note(session, rows)
    click.echo(str(out))


def _write_part(engine: Engine, actor: Actor, wanted: exports.Export, path: Path) -> int:
    with (
        open_session(engine, actor, write=False) as session,
        click.progressbar(length=wanted.count(session), label="导出", file=sys.stderr) as bar,
    ):
        _, rows = wanted.write(session, path, lambda done: bar.update(done - bar.pos))
        bar.update((bar.length or 0) - bar.pos)
    return rows


def _cause(error: OSError) -> str:
    """The cause of `error` in Chinese where it is a usual one."""
    if isinstance(error, FileNotFoundError):
        return "没有这个文件夹"
    return "没有写入的权限" if isinstance(error, PermissionError) else str(error)


@export.command("ledger")
@COUNTY
@click.option("--month", required=True, help="如 2026-10")
@click.option("--only", type=click.Choice([kind.name for kind in workbooks.KINDS]), help="只要其中一种台账")
@OUT
def export_ledger(county: str, month: str, only: str | None, out: Path) -> None:
    """The book of a county's month, or one of its ledgers; an open month is brought up to date first."""
    engine = open_database(read_settings())
    try:
        with working(engine, SYSTEM) as session:
            actor = system_in(session, county)
            row = ledger_months.open_month(session, actor.county_id, month)
            if not ledger_months.is_locked(row):
                ledger_months.refresh(session, row, today())
    except RuleViolation as error:
        raise click.ClickException(str(error)) from error
    write_export(engine, actor, exports.MonthExport(row.id, only), out)


@export.command("year")
@COUNTY
@click.option("--year", type=click.IntRange(2000, 2099), required=True)
@OUT
def export_year(county: str, year: int, out: Path) -> None:
    """A county's year: its months, each on a sheet, and the year's figures."""
    engine = open_database(read_settings())
    with open_session(engine, SYSTEM, write=False) as session:
        actor = system_in(session, county)
    write_export(engine, actor, exports.YearExport(actor.county_id or 0, year), out)


@export.command("list")
@click.argument("table", metavar="表", type=click.Choice(sorted(exports.tables())))
@click.option("--county", help="行政区划代码；不给则全部县（旗）")
@click.option("--query", default="", help="列表网址里问号后面的条件")
@OUT
def export_list(table: str, county: str | None, query: str, out: Path) -> None:
    """A whole table, every column, as .xlsx or .csv; the file can be edited and imported."""
    engine = open_database(read_settings())
    with open_session(engine, SYSTEM, write=False) as session:
        actor = system_in(session, county)
    names = tuple(f.name for f in fields_of(exports.tables()[table], "export"))
    kind = "csv" if out.suffix.lower() == ".csv" else "xlsx"
    write_export(engine, actor, exports.ListExport(table, names, query, kind=kind), out)
