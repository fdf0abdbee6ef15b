"""送达、办结、终止: how a case ends after it was accepted.

Source: W, Z 附件1 五, 附件2 注2, 附件4-5; B 六.3; H 五(三); DOMAIN section 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from models.cases import (
    FINAL,
    Completion,
    Delivery,
    ServiceCase,
    StepState,
    Termination,
)
from models.people import Role
from models.places import CountyOption, Meaning
from models.records import NumberKind
from services.access import require
from services.cases import moving
from services.errors import Forbidden, RuleViolation
from services.numbers import take_number


def deliver_and_close(
    session: Session,
    cases: Sequence[ServiceCase],
    *,
    way: CountyOption,
    documents: str,
    recipient: str,
    on: date,
    tracking_number: str | None = None,
) -> None:
    """送达并办结: the papers are handed over and the numbered 办结单 is made; two records, one action."""
    actor = require(session, "case.close")
    if way.meaning is Meaning.POSTED and not tracking_number:
        raise RuleViolation("delivery.tracking", f"“{way.name}”须填邮寄单号", field="tracking_number")
    for case in cases:
        with moving(session, case, "deliver", on, f"{way.name}，接收人 {recipient}"):
            session.add(
                Delivery(
                    county_id=case.county_id, case_id=case.id, way_id=way.id, delivered_on=on,
                    documents=documents, recipient=recipient, tracking_number=tracking_number,
                    delivered_by_id=actor.staff_id,
                )
            )  # fmt: skip
        with moving(session, case, "close", on):
            pass
        number = take_number(session, case.county, NumberKind.COMPLETION, on.year)
        session.add(
            Completion(
                county_id=case.county_id, case_id=case.id, number=number, completed_on=on,
                handler=recipient, closed_by_id=actor.staff_id,
            )
        )  # fmt: skip
    session.flush()


def terminate(
    session: Session,
    cases: Sequence[ServiceCase],
    *,
    reason: CountyOption,
    explanation: str | None,
    returned: str | None,
    one_sided: bool,
    on: date,
) -> None:
    """终止: both sides, or (lead office) one side, end the mandate; papers go back; a numbered slip.

    Source: W, Z 附件2 注2, 附件5; H 五(三).
    """
    actor = require(session, "case.terminate")
    if one_sided and actor.role is not Role.LEAD_OFFICE:
        raise Forbidden("单方终止须由牵头单位办理")
    for case in cases:
        with moving(session, case, "terminate", on, f"{reason.name} {explanation or ''}".strip()):
            for step in case.steps:
                if step.state not in FINAL:
                    step.state = StepState.WITHDRAWN
                    step.finished_on = on
        number = take_number(session, case.county, NumberKind.TERMINATION, on.year)
        session.add(
            Termination(
                county_id=case.county_id, case_id=case.id, number=number, terminated_on=on,
                reason_id=reason.id, explanation=explanation, returned=returned,
                one_sided=one_sided, ended_by_id=actor.staff_id,
                handler=case.enterprise.handler if case.enterprise else case.applicant_name,
            )
        )  # fmt: skip
    session.flush()
