"""Which days and which ratings a month's ledger counts, late ones included.

A rating counts in the month in which its case ended. Once that month is locked it counts in the first month
that is not, as late (补录). Locking a month fixes which ratings it counted, and unlocking frees them. Source: 领域 10;
W, Z 附件1 六.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ColumnElement, ScalarSelect, String, and_, func, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from models.evaluation import Evaluation
from models.ledger import LedgerMonth, MonthState
from services.kernel.months import first_day, last_day, month_after, month_of
from services.records.lists import NOBODY, SOMEBODY

#: The ratings of a month: all, those that are late, those of earlier months that an appeal took out.
COUNTED, LATE, REMOVED = "counted", "late", "removed"


@dataclass(frozen=True)
class Coverage:
    """The days that a month's ledger counts.

    `first`: the month's own first day. `start`: the day after the ledger before it, which is earlier where the
    months between have no ledger. `since`: the first day of which it counts late entries; None while an earlier
    month is open, because that one counts them.
    """

    first: date
    last: date
    start: date
    since: date | None

    @property
    def begin(self) -> date:
        """The first day of what it counts: on time, or late."""
        return self.start if self.since is None else self.since


def coverage_of(session: Session, month: LedgerMonth) -> Coverage:
    """What `month` counts; one statement.

    A month opened afterwards with a reason stands apart: it counts its own days and catches up on nothing.
    """
    if month.reason is not None:
        first = first_day(month.month)
        return Coverage(first, last_day(month.month), first, None)
    months = _months_in(session.scalar(select(following_months(month.county_id))))
    return _coverage(month.month, [one for one in months if one.month < month.month])


class _Month(NamedTuple):
    month: str
    state: str


def following_months(county_id: Any) -> ScalarSelect[str | None]:
    """The ledgers of a county that follow one another, as a text: a list reads its rows and this in one statement."""
    m = LedgerMonth
    told = func.aggregate_strings(m.month + type_coerce(m.state, String), ",")
    return select(told).where(m.county_id == county_id, m.reason.is_(None)).scalar_subquery()


def _months_in(text: str | None) -> list[_Month]:
    """The months of that text in their order."""
    length = len("2026-03")
    return [_Month(one[:length], one[length:]) for one in sorted(text.split(","))] if text else []


def _coverage(month: str, before: Sequence[_Month]) -> Coverage:
    """What a month counts that follows the months `before` it."""
    first, last = first_day(month), last_day(month)
    if not before:
        return Coverage(first, last, first, None)
    start = last_day(before[-1].month) + timedelta(days=1)
    if before[-1].state != MonthState.LOCKED.value:
        return Coverage(first, last, start, None)
    return Coverage(
        first, last, start, next(first_day(one.month) for one in before if one.state == MonthState.LOCKED.value)
    )


class RatingKeys(Protocol):
    """What decides where a rating counts: columns of `Evaluation`."""

    @property
    def closed_on(self) -> date | None: ...
    @property
    def discounted(self) -> bool: ...
    @property
    def counted_in_id(self) -> int | None: ...
    @property
    def removed_in_id(self) -> int | None: ...
    @property
    def counted_month(self) -> str | None: ...


@dataclass(frozen=True)
class RatingSpan:
    """Decides which ratings one month counts, or several that follow one another.

    A locked month counts what it counted when it was locked; an open one counts what no month has counted yet.
    """

    first: date
    locked: frozenset[int]
    open: Sequence[Coverage]
    #: Opened afterwards with a reason: the ratings of its own days, whoever else counts them.
    apart: bool

    @property
    def catches_up(self) -> bool:
        """Whether an open month is among them that counts what came late."""
        return any(one.since is not None for one in self.open)

    def counts(self, row: RatingKeys) -> bool:
        """Whether the rating counts here, unless an appeal removed it."""
        if row.counted_in_id is not None and not self.apart:
            return row.counted_in_id in self.locked
        return self._open_month_of(row) is not None

    def _open_month_of(self, row: RatingKeys) -> Coverage | None:
        return next((one for one in self.open if row.closed_on and one.begin <= row.closed_on <= one.last), None)

    def removes(self, row: RatingKeys) -> bool:
        """Whether an upheld appeal takes the rating out here: one that counts here or in an earlier month."""
        if not row.discounted or row.removed_in_id in self.locked:
            return row.discounted
        pending = row.removed_in_id is None and (row.counted_in_id is None or self.catches_up)
        return pending or self.apart

    def is_earlier(self, row: RatingKeys) -> bool:
        """Whether an earlier month counted the rating."""
        return row.counted_month is not None and first_day(row.counted_month) < self.first and not self.apart

    def is_late(self, row: RatingKeys) -> bool:
        """Whether a rating that counts here is of a case that ended before its month (补录)."""
        if row.counted_month is not None and not self.apart:
            return row.closed_on is not None and row.closed_on < first_day(row.counted_month)
        covered = self._open_month_of(row)
        return covered is not None and row.closed_on is not None and row.closed_on < covered.first

    def candidates(self) -> ColumnElement[bool]:
        """Condition for all ratings that count here or are removed here, among others."""
        e = Evaluation
        wanted: list[ColumnElement[bool]] = [e.closed_on.between(one.begin, one.last) for one in self.open]
        wanted += [e.counted_in_id.in_(self.locked), e.removed_in_id.in_(self.locked)]
        if self.catches_up:
            wanted.append(and_(e.discounted, e.removed_in_id.is_(None)))
        return or_(*wanted)

    def filters(self) -> dict[str, dict[str, Any]]:
        """List filters for what one open month counts, has late and takes out; none of a locked month.

        What it cannot have is left out.
        """
        if self.locked:
            return {}
        (covered,) = self.open
        counted: dict[str, Any] = {"discounted": 0, "closed_on_from": covered.begin, "closed_on_to": covered.last}
        if not self.apart:
            counted["counted_in"] = NOBODY
        found = {COUNTED: counted, LATE: counted | {"closed_on_to": covered.first - timedelta(days=1)}}
        if covered.since is not None:
            found[REMOVED] = {"discounted": 1, "counted_in": SOMEBODY, "removed_in": NOBODY}
        return found


def rating_span(session: Session, months: Sequence[LedgerMonth]) -> RatingSpan:
    """The ratings of these months in their order: one, or several of which none was opened afterwards."""
    apart = months[0].reason is not None
    fixed = [month for month in months if month.state is MonthState.LOCKED and not apart]
    covered = [coverage_of(session, month) for month in months if month not in fixed]
    return RatingSpan(first_day(months[0].month), frozenset(month.id for month in fixed), covered, apart)


def is_late(row: Evaluation, following: str | None) -> bool:
    """Whether a rating counts as 补录, in the month that counted it or in the next open one.

    `following`: what `following_months` says of its county. Where every month is locked, the next open one is the
    month after them.
    """
    months = _months_in(following)
    return bool(months) and _next_span(months).is_late(row)


def _next_span(months: Sequence[_Month]) -> RatingSpan:
    """The ratings that the open months among `months` count, or the month to come."""
    opened = [_coverage(one.month, months[:n]) for n, one in enumerate(months) if one.state == MonthState.OPEN.value]
    covered = opened or [_coverage(month_after(months[-1].month), months)]
    return RatingSpan(covered[0].first, frozenset(), covered, apart=False)


def told_if_late(session: Session, rows: Sequence[Evaluation]) -> str | None:
    """What to say of ratings that were given after their month was locked, or whose month has no ledger."""
    following = session.scalar(select(following_months(rows[0].county_id))) if rows else None
    months = {month_of(row.closed_on) for row in rows if row.closed_on and is_late(row, following)}
    if not months:
        return None
    return f"{'、'.join(sorted(months))} 台账已锁定或没有建立，这份评价计入下一个未锁定的月份，标“补录”"


#: Of updates that follow from 锁定 and 解锁, which have their own audit lines.
UNAUDITED: dict[str, Any] = {"unscoped": True, "synchronize_session": "fetch"}


def fix_ratings(session: Session, month: LedgerMonth) -> None:
    """Fix which ratings a month counts that is being locked, and which of earlier months it takes out."""
    if month.reason is not None:
        return
    e, covered = Evaluation, coverage_of(session, month)
    own = update(e).where(e.county_id == month.county_id).execution_options(**UNAUDITED)
    counted = own.where(e.counted_in_id.is_(None), e.closed_on.between(covered.begin, covered.last))
    session.execute(counted.values(counted_in_id=month.id))
    removed = own.where(e.counted_in_id.is_not(None), e.removed_in_id.is_(None), e.discounted)
    session.execute(removed.values(removed_in_id=month.id))


def free_ratings(session: Session, month: LedgerMonth) -> None:
    """Let the ratings of a month that is unlocked count as if it had never been locked."""
    own = update(Evaluation).execution_options(**UNAUDITED)
    for column in (Evaluation.counted_in_id, Evaluation.removed_in_id):
        session.execute(own.where(column == month.id).values({column: None}))
