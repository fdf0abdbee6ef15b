"""A county's own terms: 代办帮办 for 帮办代办, 帮代办专员 for 代办员.

Labels are declared once in standard terms; the screen replaces these with the county's.
Source: 领域 5, staff, meetings, words.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from models.actions import AuditAction
from models.cases import ServiceCase
from models.fields import field_of
from models.people import Role
from models.places import County
from models.work import Meeting

#: The service itself in standard terms, as it stands inside labels.
SERVICE = "帮办代办"


def terms_of(county: County | None) -> Callable[[str], str]:
    """A function that replaces standard terms in a label by the county's; without a county it changes nothing."""
    if county is None:
        return str
    own = {
        Role.AGENT.label: county.agent_word,
        field_of(ServiceCase, "agent_id").label: county.agent_word,
        SERVICE: county.service_word,
        AuditAction.CASE_MEET.label: f"召开{county.meeting_word}",
        Role.LEAD_OFFICE.label: county.lead_office,
    }
    found = re.compile("|".join(sorted(own, key=len, reverse=True)))
    return lambda text: county.meeting_word if text == Meeting.__title__ else found.sub(lambda m: own[m[0]], str(text))
