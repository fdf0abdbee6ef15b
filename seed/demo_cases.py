"""Demo cases with their steps, events, deliveries and slips."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any, TypeVar

from models.cases import (
    CaseEvent,
    CaseForm,
    CaseScope,
    CaseState,
    CaseStep,
    Completion,
    Delivery,
    ServiceCase,
    StepState,
    Termination,
)
from models.items import ItemCategory
from models.places import Meaning, OptionKind
from models.records import NumberKind
from seed import demo_names as names
from seed.bulk import BATCH, Bulk
from seed.demo_course import Course, StepCourse, walk
from seed.demo_ground import Choice, Ground, Matter, cached_soon
from seed.demo_ledger import Entries
from seed.demo_ratings import Ratings
from seed.demo_targets import DemoTarget, Firm, Site, Targets, officer_of
from services.cases.steps import STEP_MOVES
from services.cases.transitions import MOVES

T = TypeVar("T", bound=DemoTarget)

#: Share of 企业开办 (the rest is about a project); share of individuals among H's applicants.
STARTING, PEOPLE = 0.3, 0.15
#: States at which some cases stop, by how many working days ago they began.
HALTS: tuple[tuple[int, int, tuple[CaseState, ...]], ...] = (
    (0, 8, (CaseState.SUBMITTED, CaseState.SUPPLEMENT, CaseState.DRAFT, CaseState.SUBMITTED)),
    (8, 16, (CaseState.IN_PROGRESS,)),
    (30, 60, (CaseState.APPROVED,)),
    (60, 75, (CaseState.DELIVERED, CaseState.CLOSED)),
    (75, 90, (CaseState.EVALUATED,)),
)
#: A value below 1 gives later months more cases than earlier ones.
GROWTH = 0.8
#: Targets without an officer are recent: they get cases only from the last so many working days.
WAITING_DAYS = 25
#: Cases of the last so many working days mostly run: each has an item of the department whose leader and
#: liaison have demo accounts, so that these find work on their desks.
RUNNING_DAYS = 16
#: One in so many cases of that age stops there.
HALT_EVERY = 2
#: 牵头科室 of the demo cases, and the section that claims the items of a category. Source: B 九.1, 五.3.
LEAD_SECTION = "政务服务业务室"
SECTIONS = dict.fromkeys(ItemCategory, "投资项目审批股") | {
    ItemCategory.STARTING: "企业开办股",
    ItemCategory.BUILDING: "工程建设审批股",
}
PAPERS = ("营业执照", "立项备案证明", "建设工程规划许可证", "施工许可证", "验收意见书", "审批批复")


class Cases:
    """Makes one county's cases, in the order of their submission."""

    def __init__(self, bulk: Bulk, ground: Ground, targets: Targets, rng: Random, entries: Entries | None) -> None:
        self.bulk, self.ground, self.targets, self.rng = bulk, ground, targets, rng
        self.entries = entries
        self.ratings = Ratings(bulk, ground)
        self.made = 0

    def make(self, count: int, tick: Callable[[], None]) -> None:
        """Make `count` cases, spread over the months and numbered by day of submission."""
        days = self.ground.days
        width = days.last - days.first + 1
        starts = sorted(days.first + int(self.rng.random() ** GROWTH * width) for _ in range(count))
        for start in starts:
            self._case(start)
            self.bulk.flush(BATCH)
            tick()

    def _case(self, start: int) -> None:
        self.made += 1
        ground, county = self.ground, self.ground.county
        site, firm, matters = self._subject(start)
        course = walk(
            self.rng,
            ground.days,
            start,
            matters,
            halt=self._stop_state(start, site, firm),
            closes_on_receipt=county.closes_on_receipt,
        )
        row = self._row(course, site, firm, matters)
        if firm is None:
            row["applicant_name"] = names.person("申请人", self.made)
            row["applicant_phone"] = names.mobile(500_000 + self.made)
        case_id = self.bulk.add(ServiceCase, row)
        step_ids = [self._step(case_id, i, step) for i, step in enumerate(course.steps, 1)]
        self._events(case_id, course, step_ids)
        handler = firm.handler if firm else row["applicant_name"]
        self._papers(case_id, course, row, handler)
        self.ratings.add(self.made, case_id, course, row, handler)
        if self.entries is not None:
            self.entries.add(case_id, course, row, site, firm, self._names(row))

    def _subject(self, start: int) -> tuple[Site | None, Firm | None, list[Matter]]:
        """Project, applicant and requested items of a case."""
        rng, matters = self.rng, self.ground.matters
        people = self.ground.county.applicants != "企业" and "群众" in self.ground.county.applicants
        if people and rng.random() < PEOPLE:
            return None, None, [rng.choice(matters[ItemCategory.OTHER] or matters[ItemCategory.STARTING])]
        if rng.random() < STARTING:
            firm = self._chosen(self.targets.firms, start)
            wanted = matters[ItemCategory.STARTING]
            return None, firm, wanted[: 1 + int(rng.random() * len(wanted))]
        site = self._chosen(self.targets.sites, start)
        pool = matters[ItemCategory.BUILDING] + matters[ItemCategory.UTILITIES]
        chosen = [pool[(site.cursor + i) % len(pool)] for i in range(1 + int(rng.random() * 4))]
        site.cursor += len(chosen)
        if self.ground.days.last - start < RUNNING_DAYS and not any(matter.shown for matter in chosen):
            chosen[-1] = next(matter for matter in pool if matter.shown)
        return site, site.firm, chosen

    def _chosen(self, targets: list[T], start: int) -> T:
        """A random target; one without an officer only for recent cases, and then half as often."""
        recent = self.ground.days.last - start < WAITING_DAYS
        while True:
            target = self.rng.choice(targets)
            if not target.waiting or (recent and self.rng.random() < 0.5):
                return target

    def _stop_state(self, start: int, site: Site | None, firm: Firm | None) -> CaseState | None:
        """The state at which this case stops, if any: a key case without an officer cannot be assigned."""
        if (site and site.waiting) or (firm and firm.waiting):
            return CaseState.ACCEPTED
        age = self.ground.days.last - start
        for low, high, states in HALTS:
            if low <= age < high and self.made % HALT_EVERY == 0:
                return states[self.made // HALT_EVERY % len(states)]
        return None

    def _row(self, course: Course, site: Site | None, firm: Firm | None, matters: list[Matter]) -> dict[str, Any]:
        ground, county, n = self.ground, self.ground.county, self.made
        submitted = course.dates.get("submit")
        green = county.has_green_channel and n % 17 == 0
        agent = ground.agents[n % len(ground.agents)]
        assigned = course.dates.get("assign")
        officer = officer_of((site, firm), assigned) if assigned is not None else None
        due, provisional = course.due
        number = None
        if submitted is not None:
            number = ground.numbers.take(NumberKind.CASE, ground.days.days[submitted].year)
        closed = "close" in course.dates and course.state in (CaseState.EVALUATED, CaseState.ARCHIVED)
        scale = ground.options[OptionKind.SCALE]
        channel = _pick(ground, OptionKind.CHANNEL, n)
        stations = ground.stations.get(channel.name)
        return {
            "county_id": county.id,
            "number": number,
            "matter": f"{matters[0].category.label}：{matters[0].name}{'等' if len(matters) > 1 else ''}",
            "state": course.state,
            "enterprise_id": firm.id if firm else None,
            "applicant_name": None,
            "applicant_phone": None,
            "project_id": site.id if site else None,
            "channel_id": channel.id,
            "mode_id": _pick(ground, OptionKind.MODE, n // 3).id,
            "station_id": stations[n // 7 % len(stations)].id if stations else None,
            "form": (CaseForm.ACT_FOR, CaseForm.ACCOMPANY)[n % 3 == 0] if county.tells_form else None,
            "scope": CaseScope.PART,
            "green_channel": green,
            "green_reason": "招商引资重点项目，急事急办" if green else None,
            "green_handler": names.person("窗口人员", n % 6) if green else None,
            "eligibility_id": self._eligibility(firm, site),
            "eligibility_basis": "县政府重点项目推进会纪要" if county.eligibility_checked and site else None,
            "first_contact": names.person("窗口人员", n % 6),
            "proof_received": county.proof_needed,
            "commitment_signed": county.commits_separately,
            "agreement_signed": county.agreement_needed and "accept" in course.dates,
            "materials_handed": county.agreement_needed and "accept" in course.dates,
            "papers_checked": county.check_needed and "accept" in course.dates,
            "responsible_id": None,
            "lead_section_id": self._section(LEAD_SECTION) if assigned is not None else None,
            "agent_id": agent.id if assigned is not None else None,
            "officer_id": officer[1] if officer else None,
            "submitted_on": self._day(course, "submit"),
            "accepted_on": self._day(course, "accept"),
            "assigned_on": self._day(course, "assign"),
            "due_on": due,
            "due_provisional": provisional,
            "soon_on": self._soon(course, due),
            "approved_on": self._day(course, "finish"),
            "delivered_on": self._day(course, "deliver"),
            "ended_on": None if course.ended is None else ground.days.days[course.ended],
            "archive_asked_on": self._day(course, "archive"),
            "archived_on": self._day(course, "archive"),
            "archive_number": self._archive_number(course),
            "rating_id": scale[0 if n % 9 else 1 + n % 2].id if closed and scale else None,
            "refusal": "材料不符合受理条件"
            if "reject" in course.dates
            else "申请人要求撤回"
            if "withdraw" in course.dates
            else None,
            "told_on": self._day(course, "reject") or self._day(course, "notify"),
            "remark": None,
            "version": 1,
        }

    def _archive_number(self, course: Course) -> str | None:
        archived = self._day(course, "archive")
        return self.ground.numbers.take(NumberKind.ARCHIVE, archived.year) if archived else None

    def _eligibility(self, firm: Firm | None, site: Site | None) -> int | None:
        """The 服务条件 that an applicant of this kind meets, where the county checks it."""
        wanted = Meaning.FOR_PEOPLE if firm is None else Meaning.FOR_DESIGNATED if site else Meaning.FOR_STARTING
        options = self.ground.options[OptionKind.ELIGIBILITY]
        return next((option.id for option in options if option.meaning is wanted), None)

    def _soon(self, course: Course, due: date | None) -> date | None:
        accepted = self._day(course, "accept")
        if due is None or accepted is None:
            return None
        return cached_soon(accepted, due, self.ground.county.due_soon_days)

    def _day(self, course: Course, name: str) -> date | None:
        at = course.dates.get(name)
        return None if at is None else self.ground.days.days[at]

    def _step(self, case_id: int, position: int, step: StepCourse) -> int:
        def day(at: int | None) -> date | None:
            return None if at is None else self.ground.days.days[at]

        matter = step.matter
        open_ = step.state in (StepState.PENDING, StepState.FILED, StepState.ACCEPTED)
        liaison = matter.liaison_id
        if liaison is None and matter.liaisons and not (open_ and matter.shown):
            liaison = matter.liaisons[self.made % len(matter.liaisons)]
        return self.bulk.add(
            CaseStep,
            {
                "county_id": self.ground.county.id,
                "case_id": case_id,
                "item_id": matter.id,
                "department_id": matter.department.id,
                "liaison_id": liaison,
                "state": step.state,
                "position": position,
                "filed_on": day(step.filed),
                "accepted_on": day(step.accepted),
                "due_on": None if step.state is StepState.SUPPLEMENT else step.due,
                "fixed_due": None,
                "soon_on": self._step_soon(step),
                "finished_on": day(step.finished),
                "limit_days": matter.days if step.accepted is not None else None,
                "limit_kind": matter.kind if step.accepted is not None else None,
                "pauses": self._pauses(step),
                "approval_number": f"{matter.name}〔{self.made % 900 + 100}〕号"
                if step.state is StepState.GRANTED and self.made % 2
                else None,
                "reason": "不具备办理条件"
                if step.state is StepState.DENIED
                else "材料待补正"
                if step.state is StepState.SUPPLEMENT
                else None,
                "force_majeure": False,
                **self._claim(step),
                "remark": None,
                "version": 1,
            },
        )

    def _section(self, name: str) -> int | None:
        """The id of a section, where the county's sections lead cases and claim items."""
        return self.ground.deciders[name] if self.ground.county.has_lead_sections else None

    def _claim(self, step: StepCourse) -> dict[str, Any]:
        """责任认领 of an item, on the day it was filed."""
        section = self._section(SECTIONS[step.matter.category]) if step.filed is not None else None
        return {
            "section_id": section,
            "claimed_by": names.person("科员", self.made % 5) if section else None,
            "claimed_on": self.ground.days.days[step.filed] if section and step.filed is not None else None,
        }

    def _step_soon(self, step: StepCourse) -> date | None:
        if step.accepted is None or step.due is None or step.state is StepState.SUPPLEMENT:
            return None
        return cached_soon(self.ground.days.days[step.accepted], step.due, self.ground.county.due_soon_days)

    def _pauses(self, step: StepCourse) -> tuple[tuple[str, None], ...]:
        """Pauses of a step: one in 补正 has been paused since its department accepted it. Hashable for `Bulk`."""
        if step.state is not StepState.SUPPLEMENT or step.accepted is None:
            return ()
        return ((self.ground.days.days[step.accepted].isoformat(), None),)

    def _events(self, case_id: int, course: Course, step_ids: list[int]) -> None:
        """The events of the case and its steps, in order of their days."""
        happened: list[tuple[int, str, int | None, Any, Any, str | None]] = [
            (at, MOVES[name].action, None, start, end, None) for name, at, start, end in course.moves
        ]
        for step, step_id in zip(course.steps, step_ids, strict=True):
            result = {StepState.GRANTED: "grant", StepState.DENIED: "deny", StepState.WITHDRAWN: "withdraw"}
            for at, name in (
                (step.filed, "file"),
                (step.accepted, "accept"),
                (step.finished, result.get(step.state)),
            ):
                if at is not None and name is not None:
                    happened.append((at, STEP_MOVES[name].action, step_id, None, None, step.matter.name))
        for at, action, found_step, start, end, note in sorted(happened, key=lambda h: h[0]):
            self.bulk.add(
                CaseEvent,
                {
                    "county_id": self.ground.county.id,
                    "case_id": case_id,
                    "step_id": found_step,
                    "action": action,
                    "happened_on": self.ground.days.days[at],
                    "note": note,
                    "recorded_at": self.ground.days.recorded[at],
                    "recorded_by_id": self.ground.recorder,
                    "done_by_id": None,
                    "taken_back": False,
                    "automatic": False,
                    "before": None,
                    "from_state": start,
                    "to_state": end,
                },
            )

    def _papers(self, case_id: int, course: Course, row: dict[str, Any], handler: str) -> None:
        """Add 送达, 办结单 or 终止单, numbered in the order of creation."""
        common = {"county_id": row["county_id"], "case_id": case_id, "version": 1, "voided_on": None}
        delivered, closed = self._day(course, "deliver"), self._day(course, "close")
        if delivered:
            ways = self.ground.options[OptionKind.DELIVERY_WAY]
            way = ways[self.made % len(ways)]
            self.bulk.add(
                Delivery,
                common
                | {
                    "way_id": way.id,
                    "delivered_on": delivered,
                    "documents": PAPERS[self.made % len(PAPERS)],
                    "recipient": handler,
                    "delivered_by_id": row["agent_id"],
                    "received_on": closed,
                    "registered_on": closed if self.ground.county.delivery_noted else None,
                    "tracking_number": f"XA{self.made:09d}41" if way.posted else None,
                },
            )
        if closed:
            self.bulk.add(
                Completion,
                common
                | {
                    "number": self.ground.numbers.take(NumberKind.COMPLETION, closed.year),
                    "completed_on": closed,
                    "handler": handler,
                    "closed_by_id": row["agent_id"],
                    "remark": None,
                },
            )
        ended = self._day(course, "terminate")
        if ended:
            reasons = self.ground.options[OptionKind.TERMINATION_REASON]
            reason = reasons[self.made % len(reasons)]
            self.bulk.add(
                Termination,
                common
                | {
                    "number": self.ground.numbers.take(NumberKind.TERMINATION, ended.year),
                    "terminated_on": ended,
                    "reason_id": reason.id,
                    "explanation": None,
                    "one_sided": reason.meaning is Meaning.ONE_SIDED,
                    "returned": "申请材料原件",
                    "handler": handler,
                    "ended_by_id": row["agent_id"],
                },
            )

    def _names(self, row: dict[str, Any]) -> dict[str, str | None]:
        """The names for the ids of `row`, for its ledger entry."""
        ground = self.ground
        known = {c.id: c.name for kind in OptionKind for c in ground.options[kind]}
        people = {c.id: c.name for c in (*ground.agents, *ground.officers)}
        stations = {c.id: c.name for found in ground.stations.values() for c in found}
        return {
            "channel": known[row["channel_id"]],
            "mode": known[row["mode_id"]],
            "rating": known.get(row["rating_id"]),
            "agent": people.get(row["agent_id"]),
            "officer": people.get(row["officer_id"]),
            "station": stations.get(row["station_id"]),
        }


def _pick(ground: Ground, kind: OptionKind, n: int) -> Choice:
    found = ground.options[kind]
    return found[n % len(found)]
