"""Everything users see of a column is declared once, by field(), and is complete."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models import Base
from models.fields import PURPOSES, Field, all_fields, fields_of, unseen
from models.types import Labelled

ROOT = Path(__file__).parent.parent
MODELS = sorted((m.class_ for m in Base.registry.mappers), key=lambda m: m.__name__)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[a-z_]{3,}")

#: (model or *, column): why it is not declared with field().
UNSEEN: dict[tuple[str, str], str] = {
    ("*", "id"): "people know rows by their names and numbers",
    ("*", "version"): "a hidden field of the form",
    ("*", "deleted_at"): "says that the row is in 回收站, which is a list of its own",
    ("*", "kind"): "the four kinds of staff are four tables to people",
    ("*", "name_key"): "names are compared by it, and shown as they were typed",
    ("*", "number_key"): "lists are sorted by it",
    ("*", "archive_number_key"): "lists are sorted by it",
    ("User", "password_hash"): "secret",
    ("User", "session_epoch"): "a counter that ends sessions",
    ("SupervisedCounty", "user_id"): "a line of the user's form",
    ("SupervisedCounty", "county_id"): "a line of the user's form",
    ("CaseEvent", "from_state"): "the action says it; the ledger reads it",
    ("CaseEvent", "to_state"): "the action says it; the ledger reads it",
    ("CaseEvent", "before"): "what 撤回上一步 puts back",
    ("CaseEvent", "automatic"): "whether 撤回上一步 takes the event before it too",
    ("CaseStep", "limit_days"): "the item's page shows the limit; this is the one that counts",
    ("CaseStep", "limit_kind"): "the item's page shows the limit; this is the one that counts",
    ("CaseStep", "fixed_due"): "the event tells who said when it is due",
    ("CaseStep", "pauses"): "the events tell when its clock stood still",
    ("ImportBatch", "columns"): "the preview's select shows which column is read",
    ("LedgerMonth", "figures"): "the page 统计 shows them",
    ("LedgerFile", "month_id"): "the file is given out on its month's page",
    ("LedgerFile", "name"): "the file is given out on its month's page",
    ("LedgerFile", "content"): "the file is given out on its month's page",
    ("LedgerFile", "handed_out_at"): "the audit tells it",
    ("MeetingDepartment", "meeting_id"): "a line of the meeting's form",
    ("MeetingDepartment", "department_id"): "a line of the meeting's form",
    **{
        ("Attachment", key): "the file is given out on its owner's page"
        for key in ("owner_table", "owner_id", "stored_name", "media_type", "sha256")
    },
    **{("Merger", key): "what 撤销合并 needs" for key in ("kept_id", "gone_id", "changes")},
    ("ImportBatch", "plan"): "the title says it in Chinese",
    ("ImportFile", "batch_id"): "the file is given out on its batch's page",
    ("ImportFile", "content"): "the file is given out on its batch's page",
    **{
        ("ImportLine", key): "what 撤销本次导入 needs; the notes are shown as a table"
        for key in ("row_id", "row_version", "before", "notes")
    },
    **{
        ("SavedView", key): "kept by buttons above the list, not by a form"
        for key in ("user_id", "county_id", "list_table", "name", "query", "columns", "shared")
    },
    **{
        ("BackgroundTask", key): "what the process that does it needs; the page shows what became of it"
        for key in (
            "user_id",
            "work",
            "wanted",
            "asked_as",
            "started_at",
            "beat_at",
            "stop",
            "seen",
            "file_name",
            "stored_name",
        )
    },
    ("PaperTemplate", "paper"): "the page of papers lists versions under their paper",
    ("PaperTemplate", "content"): "the file is given out on the page of papers",
    ("PaperPrint", "paper"): "the title says it in the county's words",
    ("PaperPrint", "case_id"): "a line of the case's page",
    **{
        ("PrintedPaper", key): "a reprint shows it, no page does"
        for key in (
            *("paper", "owner_table", "owner_id", "edition", "title"),
            *("values", "template_number", "template_id", "printed_at"),
        )
    },
    ("PrintedTemplate", "digest"): "finds a template that was printed with before",
    ("PrintedTemplate", "content"): "a reprint is made with it",
    ("AuditEntry", "user_id"): "the user's name as it was then is shown",
    ("AuditEntry", "before"): "shown by labels in the details, not as it is stored",
    ("AuditEntry", "after"): "shown by labels in the details, not as it is stored",
    ("IdempotencyKey", "key"): "of no use to people",
    ("IdempotencyKey", "user_id"): "of no use to people",
    ("IdempotencyKey", "location"): "of no use to people",
    ("IdempotencyKey", "at"): "of no use to people",
}

#: Text columns with phone numbers that are not masked: why.
OPEN_PHONES = {
    ("Department", "phone"): "the office's own number, printed on its door",
    ("Window", "phone"): "the window's own number, printed on its sign",
    ("County", "area_code"): "no number of anybody",
}


def label(param: Any) -> str:
    return getattr(param, "__name__", None) or getattr(param, "key", None) or str(param)


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_every_column_is_made_by_field_or_is_unseen_for_a_reason(model: type[Any]) -> None:
    reasons = {column for name, column in UNSEEN if name in ("*", model.__name__)}
    assert set(unseen(model)) - reasons == set()


def test_no_reason_is_given_for_a_column_that_is_seen_or_gone() -> None:
    for name, column in UNSEEN:
        owners = [m for m in MODELS if name in ("*", m.__name__)]
        assert any(column in unseen(m) for m in owners), (name, column)


def is_key(field: Field) -> bool:
    assert field.column is not None
    return bool(field.column.foreign_keys)


def failing(model: type[Any], rule: Callable[[Field], bool]) -> list[str]:
    """Keys of the fields of `model` that break `rule`."""
    return [f.key for f in all_fields(model) if not rule(f)]


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_field_is_seen_in_every_place_that_its_hide_does_not_name(model: type[Any]) -> None:
    seen = {p: {f.key for f in fields_of(model, p)} for p in PURPOSES}
    assert failing(model, lambda f: {p for p in PURPOSES if f.key not in seen[p]} == f.hidden) == []


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_field_is_shown_in_the_list_or_the_details(model: type[Any]) -> None:
    assert failing(model, lambda f: f.shown("list") or f.shown("details")) == []


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_an_import_sets_nothing_that_the_form_does_not(model: type[Any]) -> None:
    # A field hidden in the form is set by an action with its own rules, which an import must not bypass.
    assert failing(model, lambda f: f.shown("form") or not f.shown("import")) == []


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_search_looks_in_text_only(model: type[Any]) -> None:
    assert failing(model, lambda f: not f.search or f.kind in ("text", "long")) == []


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_foreign_key_has_the_relation_that_shows_it(model: type[Any]) -> None:
    assert failing(model, lambda f: (f.target is None) == (f.relation is None) == (not is_key(f))) == []


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_telephone_number_of_a_person_is_sensitive(model: type[Any]) -> None:
    def is_kept(field: Field) -> bool:
        is_phone = "phone" in field.key or "电话" in field.label
        return not is_phone or field.sensitive or (model.__name__, field.key) in OPEN_PHONES

    assert failing(model, is_kept) == []


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_what_a_field_says_is_chinese(model: type[Any]) -> None:
    def is_chinese(field: Field) -> bool:
        words = (field.label, field.unit and field.unit.label, field.help, field.group)
        return all(CHINESE.search(w) for w in words if w) and not ENGLISH.search(field.label)

    assert failing(model, is_chinese) == []


def test_every_choice_has_a_chinese_label_of_its_own() -> None:
    for enum in Labelled.__subclasses__():
        labels = [member.label for member in enum]
        assert all(CHINESE.search(text) for text in labels), enum
        assert len(set(labels)) == len(labels), enum


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_no_two_fields_of_a_table_have_one_label(model: type[Any]) -> None:
    headings = [f.heading for f in all_fields(model)]
    assert sorted(set(headings)) == sorted(headings)


def test_every_table_has_a_chinese_title_of_its_own() -> None:
    titles = [m.__title__ for m in MODELS]
    assert all(CHINESE.search(title) for title in titles)
    assert sorted(set(titles)) == sorted(titles)


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_what_names_a_row_exists(model: type[Any]) -> None:
    first, *rest = model.__label__.split(".")
    owner = getattr(model, first)
    if rest:
        owner = getattr(owner.property.mapper.class_, rest[0])
    assert owner is not None
    assert model.__hint__ is None or hasattr(model, model.__hint__)


#: From how many labels of one table on a literal counts as a list of columns.
COLUMNS = 3
#: Flask-Admin attributes that would repeat labels and texts.
RETYPING = {"column_labels", "column_descriptions"}
LABELS = {m.__name__: {f.label for f in all_fields(m)} for m in MODELS}


def retyped(source: str) -> list[str]:
    """Literals in `source` that list columns by label, and labels passed to Flask-Admin."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {t.id for t in targets if isinstance(t, ast.Name)} & RETYPING
            if names and isinstance(node.value, ast.Dict) and node.value.keys:
                found.append(f"line {node.lineno}: {', '.join(names)}")
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            parts = [node.elts]
        elif isinstance(node, ast.Dict):
            parts = [[k for k in node.keys if k is not None], node.values]
        else:
            continue
        for part in parts:
            words = {e.value for e in part if isinstance(e, ast.Constant)}
            for model, labels in LABELS.items():
                if len(same := words & labels) >= COLUMNS:
                    found.append(f"line {node.lineno}: {model} {same}")
    return found


@pytest.mark.parametrize(
    "path",
    [p for d in ("admin", "services", "excel") for p in sorted((ROOT / d).rglob("*.py"))],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_no_list_of_labels_is_typed_a_second_time(path: Path) -> None:
    assert retyped(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        'HEAD = ("项目名称", "项目代码", "投资总额")',
        'HEAD = {"name": "项目名称", "code": "项目代码", "scale": "建设规模"}',
        'class View:\n    column_labels = {"name": "名字"}',
    ],
)
def test_a_retyped_list_is_noticed(source: str) -> None:
    assert retyped(source)
