"""A county's own terms: 代办帮办 for 帮办代办, 帮代办专员 for 代办员.

Labels are declared once in standard terms; the screen replaces these with the county's.
Source: 领域 5, staff, meetings, words.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from models.places import County


def terms_of(county: County | None) -> Callable[[str], str]:
    """A function that replaces standard terms in a label by the county's; without a county it changes nothing."""
    if county is None:
        return str
    own = {
        "全科代办员": county.agent_word,
        "代办员": county.agent_word,
        "帮办代办": county.service_word,
        "召开会议": f"召开{county.meeting_word}",
        "领导小组办公室": county.lead_office,
    }
    found = re.compile("|".join(sorted(own, key=len, reverse=True)))
    return lambda text: county.meeting_word if text == "会议" else found.sub(lambda m: own[m[0]], str(text))
