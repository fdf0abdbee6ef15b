"""Lists: parse the query string and answer it with two statements.

The first gives the ids of the page and their count, using the index that matches the sort. The second gives the columns
of those rows, with the labels of the rows they refer to. No ORM objects are built and nothing is loaded per row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Mapper, Session, aliased, class_mapper

from models.fields import (
    FIRST_DAY,
    LAST_DAY,
    MAX_INTEGER,
    MAX_MONEY,
    Field,
    all_fields,
    attribute,
    field_of,
)
from models.ledger import JOINT
from models.types import OFFICE_CLOCK, show
from services.kernel.errors import RuleViolation
from services.records.text_search import has, matches, searched

#: The largest id that a column can hold.
MAX_ID = 2**63 - 1
MAX_DIGITS = 19
#: Prefix of a text filter that matches the whole value instead of a part of it.
EXACTLY = "="
#: The query argument that names the columns, joined by commas.
COLUMNS = "columns"
PAGE_SIZES = (20, 50, 100, 200)
MAX_PAGE = 1_000_000
MAX_SEARCH = 100
#: Most rows that a reference filter accepts.
MAX_SEVERAL = 100
#: Counts stop here and show "more than": counting a million rows costs more than the page.
COUNT_CAP = 10_000


#: Arguments of a list besides its filters. `shown` belongs to its export.
PLAIN_ARGS = frozenset({"search", "sort", "desc", "page", "page_size", COLUMNS, "shown"})
#: Those of them that choose a page of the rows.
PAGING = frozenset({"page", "page_size"})
#: The pairs of a query string in their order; a name may occur several times.
Pairs = Iterable[tuple[str, str]]
#: Most characters of an argument that a message repeats.
QUOTED = 30


@dataclass(frozen=True)
class ListQuery:
    """The parsed query of a list; holds only known arguments, within their bounds."""

    search: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    sort: str | None = None
    desc: bool = False
    page: int = 1
    page_size: int = PAGE_SIZES[0]
    #: What of the query string has no effect, in Chinese. A page says it; an export or action is refused.
    problems: tuple[str, ...] = ()

    def check(self) -> None:
        """Refuse a query that was not wholly understood: its rows are not those that were asked for."""
        if self.problems:
            raise RuleViolation("list.query", f"{'；'.join(self.problems)}。请回到列表改正条件")


def read_query(
    model: type[Any],
    fields: Iterable[Field],
    pairs: Pairs,
    default: tuple[str, bool],
    sizes: Collection[int] = PAGE_SIZES,
    size: int = PAGE_SIZES[0],
) -> ListQuery:
    """Parse the query string; what cannot be followed is named in `problems`.

    `fields`: the list is sorted by one of these; `default`: by this one otherwise. `sizes`: how many rows a page may
    have; `size`: how many it usually has.
    """
    args, problems = _read_args(model, pairs)
    filters = _read_filters(model, args, problems)
    chosen = args.get("sort")
    if chosen is not None and chosen not in {f.name for f in fields if f.kind != "ref"}:
        problems.append(f"不能按“{_quoted(chosen)}”排序，按默认的顺序排列")
        chosen = None
    if args.get("desc", "0") not in ("0", "1"):
        problems.append(f"没有“{_quoted(args['desc'])}”这个排列方向，未按它排列")
    return ListQuery(
        search=_cut("关键字", searched(args.get("search", "")), problems),
        filters=filters,
        sort=chosen or default[0],
        desc=args.get("desc") == "1" if chosen else default[1],
        page=_number_in(args.get("page"), range(1, MAX_PAGE + 1), "没有第“{}”页，显示第一页", problems) or 1,
        page_size=_number_in(args.get("page_size"), sizes, "每页不能显示“{}”条，按默认的条数显示", problems) or size,
        problems=tuple(problems),
    )


def _read_args(model: type[Any], pairs: Pairs) -> tuple[dict[str, str], list[str]]:
    """The first value of each known argument, and what is wrong with the others. Empty values do not count."""
    labels = dict.fromkeys(PLAIN_ARGS, "") | filter_args(model)
    args: dict[str, str] = {}
    problems: dict[str, str] = {}
    for name, text in pairs:
        if not text.strip():
            continue
        if name not in labels:
            problems[name] = f"没有“{_quoted(name)}”这个条件，未按它查询"
        elif args.setdefault(name, text) != text:
            problems[name] = f"“{labels[name] or name}”给了几个不同的值，只按第一个查询"
    return args, list(problems.values())


def filter_args(model: type[Any]) -> dict[str, str]:
    """The names of a list's filter arguments, with the labels of their fields."""
    return {f"{f.name}{end}": f.label for f in filters_of(model) for end in ("", "_from", "_to")}


def _quoted(text: str) -> str:
    return text if len(text) <= QUOTED else f"{text[:QUOTED]}…"


def _cut(label: str, text: str, problems: list[str]) -> str:
    """A searched text within the bound."""
    if len(text) > MAX_SEARCH:
        problems.append(f"“{label}”超过 {MAX_SEARCH} 个字，只按前 {MAX_SEARCH} 个字查询")
    return text[:MAX_SEARCH]


def known_args(model: type[Any], pairs: Pairs) -> dict[str, str]:
    """The query arguments that belong to a list, to be kept in its links."""
    args, _ = _read_args(model, pairs)
    return args


def parse_id(text: str | None) -> int | None:
    """Parse an id or version from a URL or form; None when the text is not a possible one."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > MAX_DIGITS:
        return None
    return int(text) if int(text) <= MAX_ID else None


def _number_in(text: str | None, known: Collection[int], told: str, problems: list[str]) -> int | None:
    """The number that an argument gives, if it is a `known` one; None and a problem when it is not."""
    number = parse_id(text)
    if text is None or number in known:
        return number
    problems.append(told.format(_quoted(text)))
    return None


def _read_filters(model: type[Any], args: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    """Filters by argument name: a choice, row ids, a boolean, a part of a text, from and to, none or any."""
    found: dict[str, Any] = {}
    for f in filters_of(model):
        for name in (f.name, f"{f.name}_from", f"{f.name}_to"):
            text = args.get(name, "").strip()
            value = _read_value(f, text, problems, span=name != f.name) if text else None
            if value is not None:
                found[name] = value
            elif text:
                problems.append(f"“{f.label}”没有“{_quoted(text)}”这个值，未按它查询")
    return found


#: Filter values of a reference or date for rows without, or with, a value. A text filter uses the words below
#: instead, because a text may contain these.
NOBODY, SOMEBODY = "none", "any"
#: How the page shows these filters.
UNNAMED = {NOBODY: "（没有）", SOMEBODY: "（有）"}
#: Stands for a row that a reference filter names and the actor does not see.
NOT_FOUND = "（不存在，或您无权查看）"
RANGES = frozenset({"date", "datetime", "integer", "money"})


def _read_value(f: Field, text: str, problems: list[str], *, span: bool) -> Any:
    """The value of a filter; None when it has no such value. `span`: the argument is the start or end of a range."""
    if span is not (f.kind in RANGES):
        return text if not span and text in UNNAMED else None
    try:
        match f.kind:
            case "choice":
                several = tuple(f.choices.parse(value) for value in text.split(","))
                return several if len(several) > 1 else several[0]
            case "bool":
                return {"1": True, "0": False}.get(text)
            case "date" | "datetime":
                day = date.fromisoformat(text)
                return day if FIRST_DAY <= day <= LAST_DAY else None
            case "ref" if text in UNNAMED:
                return text
            case "ref":
                rows = tuple(parse_id(value) for value in text.split(",", MAX_SEVERAL))
                return None if None in rows else rows if len(rows) > 1 else rows[0]
            case "integer":
                number = int(text) if text.isascii() and len(text) < 20 else None
                return number if number is not None and 0 <= number <= MAX_INTEGER else None
            case "money":
                amount = Decimal(text)
                return amount if 0 <= amount <= MAX_MONEY else None
            case _:
                return _cut(f.label, text.replace("\x00", ""), problems) or None
    except (ValueError, InvalidOperation):
        return None


def filters_of(model: type[Any]) -> tuple[Field, ...]:
    """The fields that the filter row offers."""
    return tuple(f for f in all_fields(model) if f.filter)


def conditions(model: type[Any], query: ListQuery, *, phones: bool) -> list[ColumnElement[bool]]:
    """The WHERE clauses of a list. Masked phones cannot be searched, or they could be guessed digit by digit."""
    found = []
    for f in filters_of(model):
        column = attribute(model, f.key)
        if f.kind in RANGES:
            low, high = query.filters.get(f"{f.name}_from"), query.filters.get(f"{f.name}_to")
            if low is not None:
                found.append(column >= _day_edge(f, low, end=False))
            if high is not None:
                found.append(column <= _day_edge(f, high, end=True))
        if f.name in query.filters:
            found.append(_equals(f, column, query.filters[f.name]))
    columns = [attribute(model, f.key) for f in search_fields(model, phones=phones)]
    if query.search and columns:
        found.append(matches(columns, query.search))
    return found


def search_fields(model: type[Any], *, phones: bool) -> tuple[Field, ...]:
    """The fields that the search box above the list looks in."""
    return tuple(f for f in all_fields(model) if f.search and (phones or not f.sensitive))


def _equals(f: Field, column: Any, value: Any) -> ColumnElement[bool]:
    """The condition of a single-value filter. A text matches by part, or as a whole when it starts with “=”."""
    found: ColumnElement[bool]
    if value in UNNAMED and (f.relation or f.kind in RANGES):
        found = column.is_(None) if value == NOBODY else column.is_not(None)
    elif isinstance(value, tuple):
        found = column.in_(value)
    elif f.kind not in ("text", "long"):
        found = column == value
    elif value in UNNAMED.values():
        found = _is_one_of(column, "") if value == UNNAMED[NOBODY] else and_(column.is_not(None), column != "")
    elif value.startswith(EXACTLY):
        found = or_(*(_is_one_of(column, name) for name in value.removeprefix(EXACTLY).split("|")))
    else:
        found = has(column, value)
    return found


def _is_one_of(column: Any, name: str) -> ColumnElement[bool]:
    """The column equals `name` or is a list joined by 、 that contains it; an empty name matches an empty column."""
    if not name:
        return or_(column.is_(None), column == "")
    inside = [column.contains(f"{JOINT}{name}{JOINT}", autoescape=True)]
    ends = [column.startswith(f"{name}{JOINT}", autoescape=True), column.endswith(f"{JOINT}{name}", autoescape=True)]
    return or_(column == name, *inside, *ends)


def _day_edge(f: Field, value: Any, *, end: bool) -> Any:
    """The first or last moment of a day if the column holds datetimes; else the day."""
    if f.kind != "datetime":
        return value
    return datetime.combine(value, time.max if end else time.min, OFFICE_CLOCK)


def count_rows(session: Session, model: type[Any], where: list[ColumnElement[bool]]) -> int:
    """The number of rows, at most COUNT_CAP + 1."""
    return session.scalar(_counted(model, where)) or 0


def _counted(model: type[Any], where: list[ColumnElement[bool]]) -> Select[int]:
    capped = select(model.id).where(*where).limit(COUNT_CAP + 1).subquery()
    return select(func.count()).select_from(capped)


def count_each(session: Session, wanted: Sequence[tuple[type[Any], ColumnElement[bool]]]) -> list[int]:
    """`count_rows` of several (table, condition) pairs in one statement."""
    if not wanted:
        return []
    capped = [select(model.id).where(where).limit(COUNT_CAP + 1).subquery() for model, where in wanted]
    counts = [select(func.count()).select_from(rows).scalar_subquery() for rows in capped]
    return list(session.execute(select(*counts)).one())


def chosen_names(session: Session, model: type[Any], query: ListQuery) -> dict[str, str]:
    """Labels of the rows selected in reference filters, as far as the actor may see them; one statement."""
    chosen = {f.name: (f, query.filters[f.name]) for f in filters_of(model) if f.relation and f.name in query.filters}
    found = {name: UNNAMED[value] for name, (_, value) in chosen.items() if value in UNNAMED}
    rows = [
        (name, _label_of_row(f.target, id_))
        for name, (f, value) in chosen.items()
        if name not in found
        for id_ in (value if isinstance(value, tuple) else (value,))
    ]
    labels = session.execute(select(*(label for _, label in rows))).one() if rows else ()
    for (name, _), label in zip(rows, labels, strict=True):
        found[name] = "、".join(text for text in (found.get(name), show(label) or NOT_FOUND) if text)
    return found


def page_ids(
    session: Session, model: type[Any], where: list[ColumnElement[bool]], query: ListQuery
) -> tuple[list[int], int]:
    """The ids of one page in order, and the result of `count_rows`; equal values are ordered by id."""
    statement = select(model.id, _counted(model, where).scalar_subquery()).where(*where)
    statement = statement.order_by(*order_of(model, query))
    rows = session.execute(statement.limit(query.page_size).offset((query.page - 1) * query.page_size)).all()
    if not rows:
        return [], 0 if query.page == 1 else count_rows(session, model, where)
    return [id_ for id_, _ in rows], rows[0][1]


def order_of(model: type[Any], query: ListQuery) -> list[Any]:
    """Sort column, then id, in the same direction so that one index serves both."""
    id_ = model.id.desc() if query.desc else model.id
    if query.sort in (None, "id"):
        return [id_]
    sorted_by = field_of(model, str(query.sort))
    column = attribute(model, sorted_by.sort_by or sorted_by.key)
    return [column.desc() if query.desc else column, id_]


def rows_statement(model: type[Any], fields: tuple[Field, ...]) -> Select[Any]:
    """A SELECT of id and one column for each field; a foreign key gives the label of its row."""
    return _rows_statement(class_mapper(model), fields)


@lru_cache(maxsize=256)
def _rows_statement(mapper: Mapper[Any], fields: tuple[Field, ...]) -> Select[Any]:
    """Kept, because aliasing the tables of the labels takes a fifth of the time of a list page."""
    model = mapper.class_
    columns: list[Any] = [model.id]
    joins = []
    for f in fields:
        if f.relation:
            label, hops = label_of(attribute(model, f.key), f.target)
            columns.append(label.label(f.key))
            joins.extend(hops)
        else:
            columns.append(attribute(model, f.key))
    statement = select(*columns).select_from(model)
    for target, condition in joins:
        statement = statement.outerjoin(target, condition)
    return statement


def label_of(key: Any, target: Any) -> tuple[Any, list[tuple[Any, Any]]]:
    """The label column of the row that `key` refers to, and the joins needed to reach it."""
    alias = aliased(target)
    hops = [(alias, alias.id == key)]
    first, _, rest = target.__label__.partition(".")
    if not rest:
        return getattr(alias, first), hops
    step = field_of(target, first)
    label, more = label_of(getattr(alias, step.key), step.target)
    return label, hops + more


def _label_of_row(target: Any, id_: int) -> Any:
    label, ((row, is_it), *hops) = label_of(id_, target)
    # The aliases that bring labels carry no row scope; what the actor may not see must not be named.
    seen = select(target.id).where(target.id == id_)
    statement = select(label).select_from(row).where(is_it, row.id.in_(seen))
    for other, condition in hops:
        statement = statement.outerjoin(other, condition)
    return statement.scalar_subquery()


def page_rows(session: Session, model: type[Any], fields: tuple[Field, ...], ids: list[int]) -> list[Any]:
    """The rows of `ids`, in that order."""
    if not ids:
        return []
    rows = session.execute(rows_statement(model, fields).where(model.id.in_(ids))).all()
    by_id = {row[0]: row for row in rows}
    return [by_id[i] for i in ids if i in by_id]


#: How many rows an export holds in memory at once.
EXPORT_BATCH = 1_000


def all_rows(
    session: Session,
    model: type[Any],
    fields: tuple[Field, ...],
    where: list[ColumnElement[bool]],
    query: ListQuery,
) -> Iterator[Any]:
    """Stream all rows of the list in order."""
    statement = rows_statement(model, fields).where(*where).order_by(*order_of(model, query))
    yield from session.execute(statement.execution_options(yield_per=EXPORT_BATCH))


def count_all(session: Session, model: type[Any], where: list[ColumnElement[bool]]) -> int:
    """The exact number of rows, for the progress of an export."""
    return session.scalar(select(func.count(model.id)).where(*where)) or 0


def lookup(
    session: Session,
    target: type[Any],
    where: Mapping[str, Any],
    text: str,
    offset: int,
    limit: int,
    first: Sequence[int] = (),
) -> list[tuple[int, str]]:
    """Choices of a reference field: (id, label with hint) of rows whose label, hint or search fields match.

    `first`: ids of the most likely choices, which come before the others.
    """
    label, hops = label_of(target.id, target) if "." in target.__label__ else (attribute(target, target.__label__), [])
    hint = attribute(target, target.__hint__) if target.__hint__ else None
    statement = select(target.id, label, hint if hint is not None else target.id)
    for other, condition in hops:
        statement = statement.outerjoin(other, condition)
    statement = statement.where(*equals(target, where))
    if text:
        columns = {label, *(attribute(target, f.key) for f in search_fields(target, phones=False))}
        statement = statement.where(matches(columns, text))
    order = [case({id_: place for place, id_ in enumerate(first)}, value=target.id, else_=len(first))] if first else []
    rows = session.execute(statement.order_by(*order, target.id).offset(offset).limit(limit))
    return [(i, f"{name}（{more}）" if hint is not None and more else str(name)) for i, name, more in rows]


def equals(model: type[Any], where: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Conditions that columns of `model` equal these values; a list means one of its members."""
    return [
        attribute(model, key).in_(value) if isinstance(value, list) else attribute(model, key) == value
        for key, value in where.items()
    ]
