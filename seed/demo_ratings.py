"""Ratings of closed demo cases, and the follow-up of bad ones."""

from __future__ import annotations

from typing import Any

from models.evaluation import Evaluation
from models.places import Meaning, OptionKind
from seed.bulk import Bulk
from seed.demo_course import Course
from seed.demo_ground import Choice, Ground
from services.cases.evaluation import BY_APPLICANT, DueRating, expected_ratings
from services.statistics.rating_summary import ClosedCase

#: One in so many ratings by others than the applicant is missing.
MISSING_EVERY = 6
#: One in so many ratings has an opinion.
TOLD_EVERY = 4
#: Follow-up of a bad grade: working days after it, date column, text column, text.
FOLLOWED = (
    (2, "verified_on", "finding", "已向评价人核实"),
    (6, "rectified_on", "rectification", "已向评价人说明，改进了告知方式"),
    (12, "revisited_on", "revisit", "评价人表示认可"),
)


class Ratings:
    """Makes one county's ratings, as `services.cases.evaluation.expected_ratings` asks for them."""

    def __init__(self, bulk: Bulk, ground: Ground) -> None:
        self.bulk, self.ground = bulk, ground
        self.scale = ground.options[OptionKind.SCALE]

    def add(self, n: int, case_id: int, course: Course, row: dict[str, Any], handler: str) -> None:
        """Add the ratings of the `n`th case if it is 已评价; the applicant's grade becomes the case's."""
        at, staff = course.dates.get("evaluate"), self.ground.staff
        if at is None:
            return
        case = ClosedCase(staff.get(row["agent_id"]), staff.get(row["officer_id"]), course.steps)
        for place, due in enumerate(expected_ratings(self.ground.office, case)):
            if due.relation.meaning in BY_APPLICANT:
                grade = next((one for one in self.scale if one.id == row["rating_id"]), None)
            elif (n + place) % MISSING_EVERY:
                grade = self._grade(n + 4 * place)
            else:
                continue
            told = (n + place) % TOLD_EVERY == 0
            self.bulk.add(
                Evaluation,
                {
                    "county_id": row["county_id"],
                    "case_id": case_id,
                    "relation_id": due.relation.id,
                    "staff_id": due.staff.id if due.staff else None,
                    "window_id": due.window.id if due.window else None,
                    "grade_id": grade.id if grade else None,
                    "rater": self._rater(due, case, handler),
                    "evaluated_on": self.ground.days.days[at],
                    "closed_on": row["ended_on"],
                    "opinion": self._opinion(grade) if told else None,
                    "discounted": False,
                    "version": 1,
                    **self._followed(grade, at),
                },
            )

    def _grade(self, n: int) -> Choice | None:
        """A grade, mostly the best one; None where the county has no scale."""
        return self.scale[0 if n % 9 else 1 + n % 2] if self.scale else None

    def _rater(self, due: DueRating, case: ClosedCase, handler: str) -> str:
        by = due.relation.meaning
        if by is Meaning.BY_OFFICER_WINDOW and case.officer is not None:
            return case.officer.name
        return {Meaning.BY_WINDOW_BUSINESS: "综合窗口", Meaning.BY_REVISIT: "督查室"}.get(by, handler)  # type: ignore[arg-type]

    def _opinion(self, grade: Choice | None) -> str:
        bad = grade is not None and grade.meaning is Meaning.DISSATISFIED
        return "补正材料告知得不够清楚" if bad else "服务及时，态度好"

    def _followed(self, grade: Choice | None, at: int) -> dict[str, Any]:
        """The follow-up until today of a bad grade given on position `at`."""
        days, bad = self.ground.days, grade is not None and grade.meaning is Meaning.DISSATISFIED
        found: dict[str, Any] = {}
        for wait, day, text, words in FOLLOWED:
            done = bad and at + wait <= days.last
            found |= {day: days.days[at + wait] if done else None, text: words if done else None}
        return found
