"""Lists from Excel: a dry run shows what every row would do; confirming writes all rows or none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from excel.columns import HEADER_ROWS, BadHeader, ColumnChoice, Header, find_header, letter
from excel.read import Cell, SheetRead, Unreadable, read_sheet, rows_of
from excel.template import LISTS, NOTES, write_marked, write_template
from models.actions import AuditAction
from models.fields import Field, attribute
from models.records import (
    ColumnHeading,
    ColumnsOfField,
    ImportBatch,
    ImportFile,
    ImportLine,
    ImportState,
    LineNote,
    LineResult,
)
from models.types import now
from services.kernel.access import may, require
from services.kernel.actor import Actor, actor_of
from services.kernel.audit import audit_action
from services.kernel.errors import RuleViolation
from services.kernel.transaction import open_session, working
from services.kernel.working_days import today
from services.transfer.import_lines import SAMPLE, RowDraft, SeenRows, drafts_of, write_draft
from services.transfer.import_specs import IMPORT_SPECS, ImportSpec

#: How many rows are handled together; references are looked up once for each chunk.
CHUNK = 200
#: The counts of a batch; each row is counted in one of them.
COUNTS = ("created", "changed", "same", "wrong")
#: Seconds that an import waits for another one to finish.
PATIENCE = 20
#: References with more rows than this get no drop-down list in the template.
MAX_CHOICES = 300
#: Most waiting imports that the bell shows.
MAX_WAITING = 5
#: Numbers of rows that a remark names.
MAX_NUMBERS = 10
#: Sheets in which the list is looked for after the first one.
MAX_SHEETS = 10
#: Characters of a file's name that are kept.
MAX_NAME = 120


@contextmanager
def one_at_a_time(engine: Engine, folder: Path) -> Iterator[None]:
    """On SQLite, let one check run at a time; another one waits for a while.

    Two checks would block each other's writes, and everybody else's.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    try:
        with FileLock(folder / "import.lock", timeout=PATIENCE):
            yield
    except Timeout as error:
        raise RuleViolation("import.busy", "另一份名单正在预检，请过一会儿再上传；没有导入任何内容") from error


@dataclass
class ImportCounts:
    """What an import would do: counts, and a stored line for every row that changes something."""

    plan: ImportSpec
    written: bool
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    doubtful: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)

    def add(self, line: RowDraft) -> None:
        """Count one row; store it when it changes something, is refused or is doubtful."""
        self.counts[line.result.value if line.result else "same"] += 1
        self.doubtful += bool(line.doubts)
        if line.result is not None:
            self.lines.append(line.stored(self.plan, written=self.written))


@dataclass(frozen=True)
class OpenWorkbook:
    """A workbook being read: its sheet, its header and the rows below the header."""

    sheet: SheetRead
    header: Header
    rows: Iterator[tuple[int, list[Cell]]]


@contextmanager
def open_workbook(source: Path, plan: ImportSpec, chosen: Mapping[str, int] | None = None) -> Iterator[OpenWorkbook]:
    """Open a workbook as a list of `plan`. Raises `RuleViolation` for an unreadable one.

    `chosen`: the place (from 0) of the column to read, by the field's name, where several answer to it.
    """
    with TemporaryDirectory() as folder:
        target = Path(folder) / "rows"
        try:
            sheet, header = _find_sheet(source, target, plan, chosen)
        except (Unreadable, BadHeader) as error:
            raise RuleViolation("import.unreadable", str(error), field="file") from error
        yield OpenWorkbook(sheet, header, _filled_down(sheet, header, rows_of(target)))


def _find_sheet(
    source: Path, target: Path, plan: ImportSpec, chosen: Mapping[str, int] | None
) -> tuple[SheetRead, Header]:
    """The first sheet that has the header of the list, read into `target`; the first one may be a cover.

    Raises `BadHeader` of the first sheet when none has it.
    """
    first = sheet = read_sheet(source, target)
    others = [name for name in first.others if name not in (LISTS, NOTES)][:MAX_SHEETS]
    refused: BadHeader | None = None
    for name in (None, *others):
        if name is not None:
            sheet = read_sheet(source, target, sheet=name)
        try:
            return sheet, find_header(list(islice(rows_of(target), HEADER_ROWS)), plan.fields, plan.shown, chosen)
        except BadHeader as error:
            refused = refused or error
    assert refused is not None
    if not others:
        raise refused
    raise BadHeader(f"{'、'.join(f'“{name}”' for name in (first.name, *others))}里都没有找到这份名单：{refused}")


def _filled_down(
    sheet: SheetRead, header: Header, rows: Iterable[tuple[int, list[Cell]]]
) -> Iterator[tuple[int, list[Cell]]]:
    """The rows below the header; a cell merged with those above it says what they say."""
    merged = [m for m in sheet.merged if m[0] > header.row]
    kept: dict[tuple[int, int], Cell] = {}
    for number, cells in rows:
        if number <= header.row:
            continue
        for top, bottom, left, _ in merged:
            if top == number and left <= len(cells):
                kept[top, left] = cells[left - 1]
            elif top < number <= bottom and (top, left) in kept:
                cells += [None] * (left - len(cells))
                cells[left - 1] = kept[top, left] if cells[left - 1] is None else cells[left - 1]
        yield number, cells


def chunks_of(rows: Iterator[tuple[int, list[Cell]]]) -> Iterator[list[tuple[int, list[Cell]]]]:
    """The rows in chunks of CHUNK."""
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def check(engine: Engine, actor: Actor, plan: ImportSpec, source: Path, filename: str) -> int:
    """Dry-run every row of the workbook and store the result as a batch; return its id.

    Each chunk runs in a transaction that is rolled back, so that others can write in between.
    """
    with open_session(engine, actor, write=False) as session:
        require(session, f"{plan.table}.import")
    tally, found = _try_rows(engine, actor, plan, source)
    with working(engine, actor) as session:
        return _store_batch(session, tally, found, source.read_bytes(), filename)


def choose_columns(engine: Engine, actor: Actor, batch_id: int, chosen: Mapping[str, int]) -> None:
    """Check a waiting batch again with other columns: `chosen` has the place (from 0) by the field's name.

    The batch keeps its file, and all it says when the new columns cannot be read.
    """
    with open_session(engine, actor, write=False) as session:
        batch = _waiting_batch(session, batch_id)
        version = batch.version
        with _stored_file(session, batch) as source:
            tally, found = _try_rows(engine, actor, spec_of(batch), source, chosen)
    with working(engine, actor) as writing, audit_action(writing, AuditAction.IMPORT_CHECK):
        batch = _waiting_batch(writing, batch_id)
        if batch.version != version:
            raise RuleViolation("stale", "这次导入刚刚被他人办理，请刷新后再试")
        for name, value in _found_values(tally, found).items():
            setattr(batch, name, value)
        writing.flush()
        _drop_lines(writing, batch)
        _store_lines(writing, batch, tally.lines)


def _waiting_batch(session: Session, batch_id: int) -> ImportBatch:
    """The batch, which must not be confirmed or dropped yet."""
    batch = session.get_one(ImportBatch, batch_id)
    require(session, f"{spec_of(batch).table}.import")
    refusal = why_not_drop(batch)
    if refusal:
        raise RuleViolation("import.state", refusal)
    return batch


@dataclass(frozen=True)
class Found:
    """What a check found besides the rows: sentences for the user, and fields with several columns."""

    said: list[str]
    columns: list[ColumnsOfField]


def _try_rows(
    engine: Engine, actor: Actor, plan: ImportSpec, source: Path, chosen: Mapping[str, int] | None = None
) -> tuple[ImportCounts, Found]:
    tally, seen = ImportCounts(plan, written=False), SeenRows()
    with open_workbook(source, plan, chosen) as book:
        for chunk in chunks_of(book.rows):
            with open_session(engine, actor, write=True) as session:
                lines = drafts_of(session, plan, book.header, chunk, seen)
                _dry_run(session, plan, lines)
                for line in lines:
                    tally.add(line)
                session.rollback()
    if not sum(tally.counts.values()) and not seen.skipped.keys() - {SAMPLE}:
        raise RuleViolation("import.empty", "表头下面没有数据", field="file")
    return tally, Found(remarks(book, seen), [_columns_of(choice) for choice in book.header.choices])


def _columns_of(choice: ColumnChoice) -> ColumnsOfField:
    columns: list[ColumnHeading] = [
        {"place": place, "letter": letter(place), "heading": heading} for place, heading in choice.headings.items()
    ]
    return {"field": choice.field.name, "label": choice.field.label, "read": choice.read, "columns": columns}


def remarks(book: OpenWorkbook, seen: SeenRows) -> list[str]:
    """Sentences about parts of the workbook that are not imported, and about hidden rows, which are."""
    header, said = book.header, []
    if book.sheet.hidden:
        said.append(f"有 {book.sheet.hidden} 行在文件里是隐藏的（如被筛选掉），也一并导入；不要的请删去")
    others = [name for name in book.sheet.others if name not in (LISTS, NOTES)]
    if others:
        said.append(f"只读工作表“{book.sheet.name}”，没有读：{'、'.join(others)}")
    if any(top > header.row for top, *_ in book.sheet.merged):
        said.append("上下合并的单元格，每一行都按合并的内容读")
    for reason, numbers in seen.skipped.items():
        some = "、".join(map(str, numbers[:MAX_NUMBERS])) + ("等" if len(numbers) > MAX_NUMBERS else "")
        said.append(f"第 {some} 行{reason}，不会导入（共 {len(numbers)} 行）")
    for usual, (count, first) in seen.readings.items():
        said.append(f"{usual}（{first}{f' 等 {count} 格' if count > 1 else ''}）")
    for choice in header.choices:
        read = f"{letter(choice.read)} 列“{choice.headings[choice.read]}”"
        left = "、".join(f"{letter(at)} 列“{text}”" for at, text in choice.headings.items() if at != choice.read)
        said.append(f"有不止一列是“{choice.field.label}”：读的是 {read}，没有读 {left}")
    if header.ignored:
        said.append(f"不认识的列，不会导入：{'、'.join(header.ignored)}")
    return said


def _dry_run(session: Session, plan: ImportSpec, lines: Sequence[RowDraft]) -> None:
    """Write the lines together; if one is refused, write each in its own savepoint, which is slower."""
    try:
        for line in lines:
            write_draft(session, plan, line, apart=False)
        session.flush()
    except (RuleViolation, IntegrityError):
        session.rollback()
        for line in lines:
            write_draft(session, plan, line, apart=True)


def _found_values(tally: ImportCounts, found: Found) -> dict[str, Any]:
    """What a batch keeps of a check."""
    said = "\n".join(found.said) or None
    return {"ignored": said, "columns": found.columns or None, "doubtful": tally.doubtful, **tally.counts}


def _store_batch(session: Session, tally: ImportCounts, found: Found, content: bytes, filename: str) -> int:
    plan = tally.plan
    with audit_action(session, AuditAction.IMPORT_CHECK):
        batch = ImportBatch(
            filename=filename[-MAX_NAME:],
            title=plan.title,
            plan=plan.name,
            brought_by_id=actor_of(session).user_id,
            sha256=hashlib.sha256(content).hexdigest(),
            **_found_values(tally, found),
        )
        session.add(batch)
    session.add(ImportFile(county_id=batch.county_id, batch_id=batch.id, content=content))
    _store_lines(session, batch, tally.lines)
    return batch.id


def _store_lines(session: Session, batch: ImportBatch, lines: Sequence[dict[str, Any]]) -> None:
    own = {"batch_id": batch.id, "county_id": batch.county_id}
    if lines:
        session.execute(insert(ImportLine.__table__), [line | own for line in lines])  # type: ignore[arg-type]


def unconfirmed(session: Session) -> list[ImportBatch]:
    """The actor's own imports without errors that wait for confirmation, newest first."""
    actor = actor_of(session)
    if not may(actor, "import.confirm"):
        return []
    statement = select(ImportBatch).where(
        ImportBatch.brought_by_id == actor.user_id,
        ImportBatch.state == ImportState.CHECKED,
        ImportBatch.wrong == 0,
        ImportBatch.created + ImportBatch.changed > 0,
    )
    return list(session.scalars(statement.order_by(ImportBatch.id.desc()).limit(MAX_WAITING)))


def spec_of(batch: ImportBatch) -> ImportSpec:
    """The kind of list of a batch."""
    return IMPORT_SPECS[batch.plan]


def why_not_confirm(batch: ImportBatch) -> str | None:
    """Why the batch cannot be written now; None when it can."""
    if batch.state is not ImportState.CHECKED:
        return f"这次导入{batch.state.label}"
    if batch.wrong:
        return f"有 {batch.wrong} 行错误，请在文件里改正后重新上传"
    return None if batch.created + batch.changed else "没有要新增或变更的内容"


def confirm(session: Session, batch: ImportBatch) -> None:
    """Write all rows of a checked batch through the same functions, or none.

    Different counts mean that data changed since the check; then nothing is written.
    """
    plan = spec_of(batch)
    require(session, f"{plan.table}.import")
    refusal = why_not_confirm(batch)
    if refusal:
        raise RuleViolation("import.state", refusal)
    tally = ImportCounts(plan, written=True)
    with audit_action(session, AuditAction.IMPORT_CONFIRM):
        batch.state, batch.done_at = ImportState.DONE, now()
        session.flush()  # when two users confirm at once, the second one fails here
        _write_all(session, batch, tally)
    wanted = {key: getattr(batch, key) for key in tally.counts}
    if tally.counts != wanted:
        raise RuleViolation("import.changed", "预检之后数据有变化，没有导入；请重新上传预检")
    _drop_file(session, batch)
    _drop_lines(session, batch)
    _store_lines(session, batch, tally.lines)


def _write_all(session: Session, batch: ImportBatch, tally: ImportCounts) -> None:
    plan, seen = tally.plan, SeenRows()
    with _stored_file(session, batch) as source, open_workbook(source, plan, _chosen(batch)) as book:
        for chunk in chunks_of(book.rows):
            lines = drafts_of(session, plan, book.header, chunk, seen)
            for line in lines:
                write_draft(session, plan, line, apart=False)
            session.flush()
            for line in lines:
                tally.add(line)


def _chosen(batch: ImportBatch) -> dict[str, int]:
    """The columns that the check of the batch read, where several answer to one field."""
    return {one["field"]: one["read"] for one in batch.columns or ()}


@contextmanager
def _stored_file(session: Session, batch: ImportBatch) -> Iterator[Path]:
    """The checked workbook of a batch as a temporary file."""
    kept = session.scalar(select(ImportFile).where(ImportFile.batch_id == batch.id))
    if kept is None or hashlib.sha256(kept.content).hexdigest() != batch.sha256:
        raise RuleViolation("import.gone", "上传的文件已不在，请重新上传")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "upload.xlsx"
        path.write_bytes(kept.content)
        yield path


def _drop_file(session: Session, batch: ImportBatch) -> None:
    """Delete the workbook of a batch."""
    _delete_of(session, batch, ImportFile.__table__)


def _drop_lines(session: Session, batch: ImportBatch) -> None:
    """Delete the lines of the check of a batch."""
    _delete_of(session, batch, ImportLine.__table__)


def _delete_of(session: Session, batch: ImportBatch, table: Any) -> None:
    # These rows are not audited. The session refuses bulk deletes, so use the connection.
    session.connection().execute(table.delete().where(table.c.batch_id == batch.id))


def why_not_drop(batch: ImportBatch) -> str | None:
    """Why the batch cannot be discarded; None when it can."""
    return None if batch.state is ImportState.CHECKED else f"这次导入{batch.state.label}"


def drop(session: Session, batch: ImportBatch) -> None:
    """放弃: discard a checked batch."""
    require(session, f"{spec_of(batch).table}.import")
    refusal = why_not_drop(batch)
    if refusal:
        raise RuleViolation("import.state", refusal)
    batch.state = ImportState.DROPPED
    _drop_file(session, batch)
    session.flush()


def why_not_undo(batch: ImportBatch) -> str | None:
    """Why the batch cannot be undone; None when its own state allows it."""
    return None if batch.state is ImportState.DONE else f"这次导入{batch.state.label}"


def undo(session: Session, batch: ImportBatch) -> None:
    """撤销本次导入: restore every row, provided that none was changed or used since."""
    plan = spec_of(batch)
    require(session, f"{plan.table}.import")
    refusal = why_not_undo(batch)
    if refusal:
        raise RuleViolation("import.state", refusal)
    with audit_action(session, AuditAction.IMPORT_UNDO):
        batch.state, batch.undone_at = ImportState.UNDONE, now()
        session.flush()
        for chunk in _line_chunks(session, batch):
            ids = [line.row_id for line in chunk]
            found = {r.id: r for r in session.scalars(select(plan.model).where(plan.model.id.in_(ids)))}
            used = plan.users(session, [line.row_id for line in chunk if line.result is LineResult.CREATED])
            for line in chunk:
                row = found.get(line.row_id or 0)
                _check_untouched(line, row, used.get(line.row_id or 0, []))
                if line.result is LineResult.CREATED:
                    plan.remove(session, row)
                else:
                    plan.restore(session, row, line.before or {})


def _line_chunks(session: Session, batch: ImportBatch) -> Iterator[list[ImportLine]]:
    """The lines in reverse order: a row may depend on earlier rows, never on later ones."""
    lines = select(ImportLine).where(ImportLine.batch_id == batch.id).order_by(ImportLine.row_number.desc())
    chunk = session.scalars(lines.limit(CHUNK)).all()
    while chunk:
        yield list(chunk)
        chunk = session.scalars(lines.where(ImportLine.row_number < chunk[-1].row_number).limit(CHUNK)).all()


def _check_untouched(line: ImportLine, row: Any, users: Sequence[tuple[str, int]]) -> None:
    if row is None or row.version != line.row_version:
        raise RuleViolation(
            "import.touched", f"第 {line.row_number} 行的“{line.label}”导入后又有改动，不能撤销本次导入"
        )
    if users:
        names = "、".join(f"{count} 条{title}" for title, count in users)
        raise RuleViolation("import.used", f"“{line.label}”已有{names}，不能撤销本次导入")


def wrong_lines(session: Session, batch: ImportBatch) -> dict[int, list[LineNote]]:
    """The errors of each wrong row by its number."""
    found = session.execute(
        select(ImportLine.row_number, ImportLine.notes)
        .where(ImportLine.batch_id == batch.id, ImportLine.result == LineResult.WRONG)
        .order_by(ImportLine.row_number)
    )
    return dict(found.all())


def write_errors(session: Session, batch: ImportBatch, path: Path) -> int:
    """Write the uploaded workbook with its wrong cells marked and explained; return the number of wrong rows."""
    reasons = wrong_lines(session, batch)
    with _stored_file(session, batch) as source, TemporaryDirectory() as folder:
        target = Path(folder) / "rows"
        _, header = _find_sheet(source, target, spec_of(batch), _chosen(batch))
        write_marked(path, rows_of(target), header.row, reasons, today())
    return len(reasons)


def write_blank(session: Session, plan: ImportSpec, path: Path) -> None:
    """Write the template of a list, with drop-down lists for references that have few rows."""
    require(session, f"{plan.table}.import")
    lists = {f.name: names for f in plan.fields if f.relation and (names := _choices(session, f))}
    write_template(path, plan.title, plan.fields, lists, today())


def _choices(session: Session, f: Field) -> list[str]:
    """The possible names of a reference; empty when they are too many for a drop-down list."""
    target: Any = f.target
    conditions = [attribute(target, key) == value for key, value in f.where.items()]
    names = session.scalars(
        select(attribute(target, target.__label__)).where(*conditions).order_by(target.id).limit(MAX_CHOICES + 1)
    ).all()
    return [] if len(names) > MAX_CHOICES else [str(name) for name in names]
