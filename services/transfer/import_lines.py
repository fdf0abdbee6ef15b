"""One line of an imported list: its values, the record it refers to, and the changes to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from unicodedata import normalize

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from excel.cell_values import read_cell, reading_of, text_of
from excel.columns import EXAMPLE, Header, letter
from excel.read import Cell
from excel.template import example_of
from models.base import Base
from models.fields import Field, attribute, field_of
from models.name_keys import name_key
from models.records import LineNote, LineResult
from models.types import show
from services.kernel.audit import plain
from services.kernel.errors import RuleViolation
from services.master_data.near_duplicates import Cores, titles
from services.transfer.import_specs import ImportSpec

EMPTY = "（空）"
#: Why the template's example row is skipped.
SAMPLE = "是模板的示例"
NUMBERED = "只有序号"
TOTAL = "是合计或填表、备注的说明"
HEADING = "像是分类的标题"
#: The first words of rows that are no record: sums, and what stands under a list.
SUMS = re.compile(r"(?:本页)?(?:合计|总计|小计|共计|累计|总和)(?:[:(（].*|\d.*)?")
UNDER = re.compile(
    r"(?:填表|填报|制表|制单|审核|审批|复核|经办|单位负责|分管领导|联系|统计)(?:人|单位|部门|日期|时间)?(?:签字|签名|电话)?:.*"
    r"|(?:备注|说明|填表说明|填报说明|注|注意|日期|填报日期|报送日期|盖章|单位盖章)(?:\d{0,2}):.*"
    r"|[(]?(?:盖章|公章|签字|签章)[)]?"
)
NUMERAL = re.compile(r"[(]?[一二三四五六七八九十]{1,3}(?:[)、.:]|$).*|第[一二三四五六七八九十]{1,3}[部类章节批].*")
LABEL_LENGTH = 120
#: The field of a key whose spellings do not matter.
NAME = "name"


@dataclass
class RowDraft:
    """One line being imported. `values`: by field name, references as the rows they name.

    `seconds`: the text in the second column of a reference that was resolved by the first.
    """

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    errors: list[LineNote] = field(default_factory=list)
    changes: list[LineNote] = field(default_factory=list)
    doubts: list[LineNote] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    row: Any = None
    is_new: bool = True
    #: The fields by which the record was found.
    found_by: tuple[str, ...] = ()

    @property
    def result(self) -> LineResult | None:
        """The result of the line; None when it changes nothing."""
        if self.errors:
            return LineResult.WRONG
        if self.is_new:
            return LineResult.CREATED
        return LineResult.CHANGED if self.changes else None

    def refuse(self, f: Field | None, reason: str) -> None:
        """Record why the cell of `f`, or the whole line, is refused."""
        name = f.name if f else ""
        place = self.places.get(name, f"第 {self.number} 行")
        typed = self.texts.get(name, "")
        self.errors.append({"cell": place, "column": f.label if f else "", "typed": typed, "reason": reason})

    def doubt(self, f: Field, text: str) -> None:
        """Record what is doubtful about the cell of `f`, which is taken all the same."""
        self.doubts.append({"cell": self.places[f.name], "column": f.label, "typed": self.texts[f.name], "doubt": text})

    def stored(self, plan: ImportSpec, *, written: bool) -> dict[str, Any]:
        """The line as values of `ImportLine`; with the record's id once it is `written`."""
        return {
            "row_number": self.number,
            "result": self.result,
            "label": self._label(plan)[:LABEL_LENGTH],
            "notes": self.errors or ([self._contents()] if self.is_new else [*self.changes, *self.doubts]),
            "row_id": self.row.id if written else None,
            "row_version": self.row.version if written else None,
            "before": self.before or None,
        }

    def _label(self, plan: ImportSpec) -> str:
        """The line's name for users: the plan's `called` reference, the record, or the first cell with text."""
        called = self.values.get(plan.called) if plan.called else None
        if isinstance(called, Base):
            return f"{called}（{self.row}）" if self.row is not None else str(called)
        return str(self.row) if self.row is not None else next((t for t in self.texts.values() if t), "")

    def _contents(self) -> LineNote:
        """Contents and doubts of a new row."""
        said = (f"{self.headers[name]}：{show(value)}" for name, value in self.values.items() if value is not None)
        doubts = "；".join(f"{note['column']}：{note['doubt']}" for note in self.doubts)
        return {"contents": "；".join(said), "doubt": doubts}


@dataclass
class SeenRows:
    """What the lines read so far refer to, across chunks.

    `keys`: which row spoke first of a key, or of a row that is there already; `best`: which spoke of
    the key and had no better one. `skipped`: rows that are not meant for the list, by the reason.
    `readings`: how a word was understood → how many cells have it, the first of them.
    """

    keys: dict[tuple[Any, ...], int] = field(default_factory=dict)
    best: dict[tuple[Any, ...], int] = field(default_factory=dict)
    skipped: dict[str, list[int]] = field(default_factory=dict)
    readings: dict[str, tuple[int, str]] = field(default_factory=dict)
    cores: Cores | None = None

    def note_reading(self, usual: str, place: str) -> None:
        """Count a cell with a word that was understood in this way."""
        count, first = self.readings.get(usual, (0, place))
        self.readings[usual] = count + 1, first


def drafts_of(
    session: Session, plan: ImportSpec, header: Header, rows: Sequence[tuple[int, list[Cell]]], seen: SeenRows
) -> list[RowDraft]:
    """The lines of some rows: read, their references and the rows they are found, compared."""
    lines = [
        _read(header, number, cells, seen) for number, cells in rows if _is_in_list(plan, header, number, cells, seen)
    ]
    for f in header.fields.values():
        if f.relation:
            _resolve(session, f, lines)
    _find(session, plan, lines)
    for line in lines:
        _choose_references(header, line)
        _check_repeated(plan, line, seen)
        _compare(header, line, seen)
    _tell_near_duplicates(session, plan, lines, seen)
    return lines


def _tell_near_duplicates(session: Session, plan: ImportSpec, lines: Sequence[RowDraft], seen: SeenRows) -> None:
    """Add a doubt to each new row whose name differs in place or form alone from one that is there or above it."""
    if seen.cores is None:
        seen.cores = Cores(session, plan.model)
    for line in lines:
        name = str(line.values.get(NAME) or "")
        others = seen.cores.others(name) if name and line.is_new and not line.errors else []
        if others and not line.doubts:
            line.doubt(plan.field(NAME), f"与{titles(others)}可能是同一个，请核对")


def _is_in_list(plan: ImportSpec, header: Header, number: int, cells: Sequence[Cell], seen: SeenRows) -> bool:
    """Whether the row is one of the list; why it is not is noted in `seen`."""
    told = {name for name, at in header.told.items() if _text_at(cells, at)}
    given = {f.name for at, f in header.fields.items() if _text_at(cells, at)}
    given |= {name for name, at in header.seconds.items() if _text_at(cells, at)}
    reason = SAMPLE if _is_example(header, cells) else _no_record(header, cells, given) or plan.skip(told, given)
    if reason:
        seen.skipped.setdefault(reason, []).append(number)
    return reason is None


def _no_record(header: Header, cells: Sequence[Cell], given: set[str]) -> str | None:
    """Why a row is none of the list's: it only has a running number, sums it up, or heads a part of it."""
    said = [text for at in range(len(cells)) if (text := _text_at(cells, at))]
    if not given and header.serial is not None and len(said) == 1 and _text_at(cells, header.serial):
        return HEADING if NUMERAL.fullmatch(_narrow(said[0])) or not said[0].isdigit() else NUMBERED
    words = [_narrow(text) for text in said if not text.isdigit()]
    first = words[0] if words else ""
    if SUMS.fullmatch(first) or UNDER.fullmatch(first):
        return TOTAL
    if len(words) == 1 and len(said) == 1 and NUMERAL.fullmatch(first):
        return HEADING
    return None


def _narrow(text: str) -> str:
    return re.sub(r"\s", "", normalize("NFKC", text))


def _is_example(header: Header, cells: Sequence[Cell]) -> bool:
    """Whether the row is the template's unchanged example; a user may have typed data over it.

    References are not compared: their example may have changed since the template was made.
    """
    if header.serial is None or _text_at(cells, header.serial) != EXAMPLE:
        return False
    plain = [(at, f) for at, f in header.fields.items() if not f.relation]
    try:
        return all(read_cell(f, _at(cells, at)) == read_cell(f, example_of(f)) for at, f in plain)
    except ValueError:
        return False


def _at(cells: Sequence[Cell], place: int) -> Cell:
    return cells[place] if place < len(cells) else None


def _text_at(cells: Sequence[Cell], place: int) -> str | None:
    return text_of(_at(cells, place))


def _read(header: Header, number: int, cells: Sequence[Cell], seen: SeenRows) -> RowDraft:
    line = RowDraft(number)
    for column, f in header.fields.items():
        if f.name in header.seconds:
            first, second = column, header.seconds[f.name]
            column = first if _text_at(cells, first) else second
            line.seconds[f.name] = (_text_at(cells, second) or "") if column == first else ""
        cell = _at(cells, column)
        line.places[f.name], line.headers[f.name] = f"{letter(column)}{number}", f.label
        line.texts[f.name] = (show(cell) if isinstance(cell, date) else text_of(cell)) or ""
        try:
            reading = reading_of(f, cell)
        except ValueError as error:
            line.refuse(f, str(error))
            continue
        value = reading.value
        if reading.usual:
            seen.note_reading(reading.usual, line.places[f.name])
        if reading.doubt:
            line.doubt(f, reading.doubt)
        line.values[f.name] = value = f.initial() if value is None else value
        doubt = f.warn(value) if f.warn and value else None
        if doubt:
            line.doubt(f, doubt)
    return line


def _resolve(session: Session, f: Field, lines: Sequence[RowDraft]) -> None:
    """Replace the text of reference `f` in every line by the candidate rows."""
    keys = {line.values[f.name]: _keys_of(f, line.values[f.name]) for line in lines if line.values.get(f.name)}
    by_key: dict[str, list[Any]] = {}
    for row in _candidates(session, f, keys) if keys else ():
        for key in {name_key(text) for text in _names_of(row)}:
            by_key.setdefault(key, []).append(row)
    for line in lines:
        if text := line.values.get(f.name):
            found = {row.id: row for key in keys[text] for row in by_key.get(key, ())}
            exact = [row for row in found.values() if text in _names_of(row)]
            line.values[f.name] = exact or list(found.values())


def _keys_of(f: Field, text: str) -> set[str]:
    """The keys of what a cell may mean: a name, or a code in its standard form."""
    return {name_key(text), *(name_key(code) for code in _code_in(f, text))}


def _code_in(f: Field, text: str) -> list[str]:
    """The text as the code of the rows that `f` refers to, if it is one."""
    check = field_of(f.target, f.target.__hint__).check if f.target and f.target.__hint__ else None
    try:
        return [check(text)] if check else []
    except ValueError:
        return []


def _candidates(session: Session, f: Field, texts: Mapping[str, set[str]]) -> Iterable[Any]:
    """The rows that one of the texts may name: by the name's key, or by the code as typed or in its standard form."""
    target: Any = f.target
    names = {part for keys in texts.values() for key in keys for part in (key, _name_in(key))}
    wanted = [target.name_key.in_(names)]
    if target.__hint__:
        codes = {*texts, *(code for text in texts for code in _code_in(f, text))}
        wanted.append(attribute(target, target.__hint__).in_(codes))
    kind = [attribute(target, key) == value for key, value in f.where.items() if key != "active"]
    return session.scalars(select(target).where(or_(*wanted), *kind))


def _names_of(row: Any) -> set[str]:
    """What people write to name `row`: its label, its hint, or both."""
    hint = getattr(row, row.__hint__) if row.__hint__ else None
    return {_full_name(row), str(row), *([hint] if hint else [])}


def _full_name(row: Base) -> str:
    """A row's label with its hint, as in form choices: 王五（0391）."""
    hint = getattr(row, row.__hint__) if row.__hint__ else None
    return f"{row}（{hint}）" if hint else str(row)


def _name_in(key: str) -> str:
    return key.rpartition("(")[0] if key.endswith(")") else key


def _find(session: Session, plan: ImportSpec, lines: Sequence[RowDraft]) -> None:
    """Find the record of each line by the plan's keys, strongest first."""
    open_lines = list(lines)
    earlier: list[str] = []
    for key in plan.keys:
        wanted = [line for line in open_lines if line.row is None and all(_key_part(line, k) for k in key)]
        column = attribute(plan.model, _key_column(plan, key[0]))
        parts = {p for line in wanted for p in _key_part(line, key[0])}
        rows = session.scalars(select(plan.model).where(column.in_(parts), *plan.where())).all() if parts else []
        for line in wanted:
            named = _as_typed(line, key, [r for r in rows if _has_key(plan, line, key, r)])
            taken = [r for r in named if not _is_different_record(plan, line, r, earlier)]
            _use_match(plan, line, key, taken)
            if named and not taken:
                better = show(getattr(named[0], plan.field(earlier[0]).key))
                line.doubt(plan.field(key[0]), f"已有同名的（{better}），将另外新增一条")
        earlier.append(key[0])


def _key_part(line: RowDraft, name: str) -> list[Any]:
    """The possible values of one part of a line's key: a value, a name's key, or ids of candidate rows."""
    value = line.values.get(name)
    if isinstance(value, list):
        return [row.id for row in value]
    if value is None:
        return []
    return [name_key(value) if name == NAME else value]


def _key_column(plan: ImportSpec, name: str) -> str:
    """The column of the records that is compared with one part of a line's key."""
    return "name_key" if name == NAME else plan.field(name).key


def _as_typed(line: RowDraft, key: Sequence[str], rows: list[Any]) -> list[Any]:
    """Of several rows whose names have one key, the one that is spelled as in the line."""
    exact = [row for row in rows if row.name == line.values[NAME]] if NAME in key and len(rows) > 1 else []
    return exact if len(exact) == 1 else rows


def _has_key(plan: ImportSpec, line: RowDraft, key: Sequence[str], row: Any) -> bool:
    """Whether `row` has the key of `line`."""
    return all(getattr(row, _key_column(plan, k)) in _key_part(line, k) for k in key)


def _is_different_record(plan: ImportSpec, line: RowDraft, row: Any, earlier: Sequence[str]) -> bool:
    """True when both have a stronger key but not the same one: same name, different record."""
    return any(line.values.get(k) and getattr(row, plan.field(k).key) is not None for k in earlier)


def _use_match(plan: ImportSpec, line: RowDraft, key: Sequence[str], rows: Sequence[Any]) -> None:
    # The county's own row goes before a national one (calendar days).
    rows = [row for row in rows if row.county_id is not None] or rows
    if len(rows) > 1:
        line.refuse(plan.field(key[0]), f"有 {len(rows)} 条同名的，请填写代码或编号")
    elif rows:
        line.row, line.is_new, line.found_by = rows[0], False, tuple(key)


def _choose_references(header: Header, line: RowDraft) -> None:
    """Choose the row of each reference: the current one if it is a candidate, else the only usable candidate."""
    for f in header.fields.values():
        found = line.values.get(f.name)
        if not f.relation or not isinstance(found, list):
            continue
        present = getattr(line.row, f.key, None) if line.row is not None else None
        kept = [row for row in found if row.id == present]
        usable = kept or [row for row in found if getattr(row, "active", True) or "active" not in f.where]
        assert f.target is not None
        title = f.target.__title__
        if len(usable) == 1:
            line.values[f.name] = usable[0]
            _compare_names(f, line, usable[0])
            continue
        line.values[f.name] = None
        if usable:
            line.refuse(f, f"有 {len(usable)} 个同名的{title}，请写成 {_full_name(usable[0])} 这样")
        else:
            line.refuse(f, f"{title}已停用" if found else f"没有这个{title}，请先新增或导入")


def _compare_names(f: Field, line: RowDraft, row: Base) -> None:
    """Add a doubt when the code and the name next to it belong to different rows."""
    second = line.seconds.get(f.name)
    if second and name_key(second) not in {name_key(text) for text in _names_of(row)}:
        line.doubt(f, f"是“{row}”，这一行另写着“{second}”")


def _check_repeated(plan: ImportSpec, line: RowDraft, seen: SeenRows) -> None:
    """Refuse a line about the same record as an earlier line: it is unclear which one is right.

    Two lines of the same name are different records only if both have a stronger key and those differ.
    """
    keys = [key for key in plan.keys if _parts(line, key)]
    marks: list[tuple[Any, ...]] = [(key, *_parts(line, key)) for key in keys]
    others = [(seen.best if n else seen.keys).get(mark) for n, mark in enumerate(marks)]
    if keys and line.row is not None:
        keys, marks = [*keys, keys[0]], [*marks, ("row", line.row.id)]
        others.append(seen.keys.get(marks[-1]))
    found = next(((key, number) for key, number in zip(keys, others, strict=True) if number), None)
    if found:
        line.refuse(plan.field(found[0][0]), f"与第 {found[1]} 行重复")
    for mark in marks:
        seen.keys.setdefault(mark, line.number)
    for mark in marks[:1]:
        seen.best.setdefault(mark, line.number)


def _parts(line: RowDraft, key: Sequence[str]) -> list[Any]:
    """The values of all parts of `key`, with rows as ids; empty when one is missing."""
    values = [line.values.get(name) for name in key]
    values = [name_key(value) if name == NAME and value else value for name, value in zip(key, values, strict=True)]
    return [] if None in values else [v.id if isinstance(v, Base) else v for v in values]


def _keep_spelling(line: RowDraft, seen: SeenRows) -> None:
    """A record that was found by its name keeps the spelling it has."""
    typed = line.values.get(NAME)
    if NAME not in line.found_by or typed == line.row.name:
        return
    seen.note_reading(f"“{typed}”即已有的“{line.row.name}”", line.places[NAME])
    line.values[NAME] = line.row.name


def _compare(header: Header, line: RowDraft, seen: SeenRows) -> None:
    """Collect the changes that the line makes to its record, with the old values."""
    if line.row is None or line.errors:
        return
    _keep_spelling(line, seen)
    for f in header.fields.values():
        if not hasattr(line.row, f.key):
            continue
        old, value = getattr(line.row, f.key), line.values.get(f.name)
        new = value.id if isinstance(value, Base) else value
        if old != new:
            line.before[f.key] = plain(old)
            shown = show(str(getattr(line.row, f.relation) or "") if f.relation else old)
            said = str(value) if isinstance(value, Base) else show(value)
            place = line.places[f.name]
            line.changes.append({"cell": place, "column": f.label, "old": shown or EMPTY, "new": said or EMPTY})
    if line.changes and line.row.county_id is None:
        # A national row stays unchanged: the county gets its own row.
        line.row, line.is_new, line.changes, line.before = None, True, [], {}


def write_draft(session: Session, plan: ImportSpec, line: RowDraft, *, apart: bool) -> None:
    """Write one line with the plan's functions. `apart`: in a savepoint; a refusal is stored on the line."""
    if line.result in (None, LineResult.WRONG):
        return
    try:
        if apart:
            with session.begin_nested():
                _write(session, plan, line)
        else:
            _write(session, plan, line)
    except RuleViolation as error:
        if not apart:
            raise RuleViolation("import.row", f"第 {line.number} 行：{error}") from error
        line.refuse(next((f for f in plan.fields if error.field in (f.name, f.key)), None), str(error))
    except IntegrityError:
        if not apart:
            raise
        line.refuse(None, "与已有数据重复，或与其他数据矛盾")


def _write(session: Session, plan: ImportSpec, line: RowDraft) -> None:
    if line.is_new:
        line.row = plan.create(session, plan.model, _with_defaults(plan, line.values))
    else:
        plan.update(session, line.row, line.values)


def _with_defaults(plan: ImportSpec, values: dict[str, Any]) -> dict[str, Any]:
    """The values of a new row; columns missing in the workbook get their defaults."""
    return {f.name: f.initial() for f in plan.fields} | values
