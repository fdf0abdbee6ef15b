"""The command that reads a list from Excel: `import`."""

from __future__ import annotations

from pathlib import Path

import click

from commands.base import cli, open_database, system_in
from models.records import ImportBatch
from services.kernel.actor import SYSTEM
from services.kernel.transaction import open_session, working
from services.transfer import imports
from services.transfer.import_specs import IMPORT_SPECS
from settings import read_settings

#: Errors of an import that are printed one by one.
MAX_ERRORS_SHOWN = 50


@cli.command("import")
@click.argument("name", metavar="名单", type=click.Choice(sorted(IMPORT_SPECS)))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--county", required=True, help="行政区划代码")
@click.option("--yes", is_flag=True, help="没有错误就直接写入；不给则只预检")
def import_list(name: str, file: Path, county: str, yes: bool) -> None:
    """Check a list from Excel, and with --yes write it: all of it or nothing."""
    settings = read_settings()
    engine = open_database(settings)
    with open_session(engine, SYSTEM, write=False) as session:
        clerk = system_in(session, county)
    with imports.one_at_a_time(engine, settings.data_dir):
        batch_id = imports.check(engine, clerk, IMPORT_SPECS[name], file, file.name)
    with working(engine, clerk) as session:
        batch = session.get_one(ImportBatch, batch_id)
        click.echo(f"新增 {batch.created}，变更 {batch.changed}，相同 {batch.same}，错误 {batch.wrong}")
        if batch.ignored:
            click.echo(batch.ignored)
        wrong = [note for notes in imports.wrong_lines(session, batch).values() for note in notes]
        for note in wrong[:MAX_ERRORS_SHOWN]:
            click.echo(f"{note['cell']} {note['column']} {note['typed']}：{note['reason']}")
        if len(wrong) > MAX_ERRORS_SHOWN:
            click.echo(f"……共 {len(wrong)} 处错误")
        if yes and batch.created + batch.changed:
            imports.confirm(session, batch)
            click.echo("已导入")
