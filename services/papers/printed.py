"""What was printed stays: a paper keeps the names that it was first printed with, and an archived case keeps all of it.

Until the case is accepted, its application is printed as it stands now. From then on the names of master data on a
paper are those of its first print; blanks of that print are filled in once the facts are known. A reprint of an
archived case is the first print, with its template. Source: 领域 8.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from documents import render
from documents.variables import BLANK, all_variables
from models.base import Base, table_name
from models.cases import EARLY, CaseState, Completion, ServiceCase, Termination
from models.papers import PrintedPaper, PrintedTemplate
from models.places import County
from models.projects import Enterprise, Project
from services.cases.closing import delivery_of

MASTERS = (Enterprise, Project, County)
#: Variables whose values come from master data, by code: people rename it, what was signed keeps its names.
MASTER_DATA = frozenset(v.code for v in all_variables() if v.column and v.column[0] in MASTERS) | {
    "applicant",
    "case_items",
    "case_departments",
    "case_agent_phone",
    "items_starting",
    "items_building",
    "items_utilities",
    "provider",
    "provider_phone",
    "service_case_agent",
    "service_case_officer",
    "urge_department",
    "work_record_staff",
}


@dataclass(frozen=True)
class Filled:
    """A paper ready to be printed. `template_number`: the version of the county's own template; None: the default."""

    title: str
    template: bytes
    template_number: int | None
    values: Mapping[str, str]

    def as_word(self) -> bytes:
        """The Word file."""
        return render.fill(self.template, self.values)


@dataclass(frozen=True)
class PaperKey:
    """What a printed paper is about; see `PrintedPaper`."""

    county_id: int
    paper: str
    owner_table: str
    owner_id: int
    edition: str = ""


def key_of(session: Session, row: Any, paper: str, part: Base | None) -> PaperKey:
    """The key of a paper of `row`: a slip, a delivery or a part of a case has its own."""
    owner, edition = part or row, ""
    if part is None and isinstance(row, ServiceCase):
        owner = _slip_of(session, row, paper) or row
        edition = str(row.told_on or "") if paper == "missing" else ""
    return PaperKey(row.county_id, paper, table_name(type(owner)), owner.id, edition)


def _slip_of(session: Session, case: ServiceCase, paper: str) -> Any:
    """The valid slip or delivery that a paper of the case is about: one that was taken back has papers of its own."""
    if paper in ("posting", "result"):
        return delivery_of(session, case)
    slips: dict[str, Any] = {"completion": Completion, "evaluation": Completion, "termination": Termination}
    slip = slips.get(paper)
    if slip is None:
        return None
    return session.scalars(select(slip).where(slip.case_id == case.id, slip.voided_on.is_(None))).first()


def printed_before(session: Session, key: PaperKey) -> PrintedPaper | None:
    """What the paper said when it was first printed."""
    return session.scalar(
        select(PrintedPaper).where(
            PrintedPaper.county_id == key.county_id,
            PrintedPaper.paper == key.paper,
            PrintedPaper.owner_table == key.owner_table,
            PrintedPaper.owner_id == key.owner_id,
            PrintedPaper.edition == key.edition,
        )
    )


def as_first_printed(kept: PrintedPaper | None, now: Filled, case: ServiceCase | None) -> Filled:
    """The paper as it is to be printed, given its first print and what it would say now."""
    if kept is None or (case is not None and case.state in EARLY):
        return now
    if case is not None and case.state is CaseState.ARCHIVED:
        return Filled(kept.title, kept.template.content, kept.template_number, {**BLANK, **kept.values})
    names = {code: text for code, text in kept.values.items() if code in MASTER_DATA and not _is_blank(code, text)}
    return replace(now, values={**now.values, **names})


def _is_blank(code: str, text: str) -> bool:
    """Whether the print left room to write, or boxes to tick."""
    return text == BLANK.get(code) or ("☐" in text and "☑" not in text)


def keep(session: Session, key: PaperKey, printed: Filled) -> None:
    """Keep what was printed; `printed` already has the names of the first print."""
    row = printed_before(session, key)
    template = _kept_template(session, key.county_id, printed.template)
    if row is None:
        row = PrintedPaper(**asdict(key))
        session.add(row)
    row.title, row.values, row.template = printed.title, dict(printed.values), template
    row.template_number = printed.template_number
    session.flush()


def _digest(content: bytes) -> str:
    """What a Word file consists of, whatever the times that its zip notes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = sorted(f"{member.filename}:{member.CRC}:{member.file_size}" for member in archive.infolist())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _kept_template(session: Session, county_id: int, content: bytes) -> PrintedTemplate:
    digest = _digest(content)
    found = session.scalar(
        select(PrintedTemplate).where(PrintedTemplate.county_id == county_id, PrintedTemplate.digest == digest)
    )
    if found is None:
        found = PrintedTemplate(county_id=county_id, digest=digest, content=content)
        session.add(found)
        session.flush()
    return found
