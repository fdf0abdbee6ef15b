"""Ledger rows of a large demo, written together with their cases; a small demo uses 更新数据."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.ledger import LedgerEntry, LedgerMonth, MonthState, Outcome
from models.types import now
from seed.bulk import Bulk
from seed.demo_course import Course
from seed.demo_ground import Ground
from seed.demo_targets import Firm, Site
from services.kernel.months import last_day, month_of
from services.kernel.working_days import is_overdue


class Entries:
    """The ledger months of one county, with a row for each case in each month that it belongs to.

    Locked months are not changed; their late rows go into the first month after them, as 补录. Source: 领域 10.
    """

    def __init__(self, session: Session, bulk: Bulk, ground: Ground) -> None:
        self.bulk, self.ground = bulk, ground
        county = ground.county.id
        known = {m.month: m for m in session.scalars(select(LedgerMonth).where(LedgerMonth.county_id == county))}
        self.locked = sorted(name for name, m in known.items() if m.state is MonthState.LOCKED)
        days = ground.days
        self.months: dict[str, int] = {}
        for month in dict.fromkeys(month_of(day) for day in days.days[days.first : days.last + 1]):
            if self.locked and month <= self.locked[-1]:
                continue
            self.months[month] = (
                known[month].id
                if month in known
                else bulk.add(
                    LedgerMonth,
                    {
                        "county_id": county,
                        "month": month,
                        "state": MonthState.OPEN,
                        "refreshed_at": now(),
                        "version": 1,
                    },
                )
            )
        self.ends = {m: min(last_day(m), days.days[days.last]) for m in self.months}
        self.positions = {m: max(p for p, day in enumerate(days.days) if day <= end) for m, end in self.ends.items()}

    def add(
        self,
        case_id: int,
        course: Course,
        row: dict[str, Any],
        site: Site | None,
        firm: Firm | None,
        names: dict[str, str | None],
    ) -> None:
        """Add the rows of one case, from the month of its acceptance to the month of its end."""
        accepted: date | None = row["accepted_on"]
        if accepted is None:
            return
        first, last = month_of(accepted), month_of(row["ended_on"] or self.ground.days.days[self.ground.days.last])
        same = self._same(case_id, course, row, site, firm, names)
        late = bool(self.locked) and first <= self.locked[-1] and last >= self.locked[0]
        for month, month_id in self.months.items():
            if late or first <= month <= last:
                entry = same | self._as_of(course, row, month, month_id, late or month == first)
                self.bulk.add(LedgerEntry, entry | {"late": late})
            late = False

    def _same(
        self,
        case_id: int,
        course: Course,
        row: dict[str, Any],
        site: Site | None,
        firm: Firm | None,
        names: dict[str, str | None],
    ) -> dict[str, Any]:
        """The columns with the same value in every month."""
        matters = [step.matter for step in course.steps]
        longest = max(matters, key=lambda m: m.days)
        kind = longest.kind.label
        return names | {
            "county_id": row["county_id"],
            "case_id": case_id,
            "number": row["number"],
            "accepted_on": row["accepted_on"],
            "applicant": firm.name if firm else row["applicant_name"],
            "handler": firm.handler if firm else row["applicant_name"],
            "phone": firm.phone if firm else row["applicant_phone"],
            "project_name": site.name if site else None,
            "project_code": site.code if site else None,
            "investment": site.investment if site else None,
            "is_key": bool((site and site.is_key) or (firm and firm.is_key)),
            "category": "、".join(dict.fromkeys(m.category.label for m in matters)),
            "items": "、".join(m.name for m in matters),
            "departments": "、".join(dict.fromkeys(m.department.name for m in matters)),
            "limit": f"{longest.days} 个{kind}",
            "due_on": row["due_on"],
            "green_channel": row["green_channel"],
            "progress": None,
            "remark": None,
            "handwritten": False,
            "version": 1,
        }

    def _as_of(self, course: Course, row: dict[str, Any], month: str, month_id: int, received: bool) -> dict[str, Any]:
        """The columns with their values at the month's end."""
        end = self.ends[month]

        def by(name: str) -> date | None:
            day: date | None = row[name]
            return day if day is not None and day <= end else None

        ended = by("ended_on")
        terminated = "terminate" in course.dates
        outcome = Outcome.OPEN if ended is None else Outcome.TERMINATED if terminated else Outcome.CLOSED
        return {
            "month_id": month_id,
            "state": course.state_on(self.positions[month]).label,
            "approved_on": by("approved_on"),
            "delivery": f"{row['delivered_on']}" if by("delivered_on") else None,
            "closed_on": ended if outcome is Outcome.CLOSED else None,
            "overdue": is_overdue(row["due_on"], by("approved_on") or ended, end),
            "outcome": outcome,
            "received_here": received,
        }
