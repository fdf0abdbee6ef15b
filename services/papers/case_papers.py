"""Papers: which a case has, filled in and noted; the templates that a county brings.

Source: 领域 8; W, Z 附件2-6; B 附件1-2; H 五.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from documents import as_html, render
from documents.papers import papers_of
from documents.parts import Paper
from documents.template_validation import BadTemplate, template_doubts, validate_template
from models.actions import AuditAction
from models.base import Base
from models.cases import ENDED, CaseState, CaseStep, Completion, ServiceCase
from models.papers import PaperPrint, PaperTemplate, PrintForm
from models.places import County, CountyOption, Meaning, OptionKind
from models.work import (
    Agreement,
    CaseMaterial,
    Extension,
    ExtensionState,
    MaterialState,
    Urge,
    WorkKind,
    WorkRecord,
)
from services.cases.closing import delivery_of
from services.kernel.access import require, sees_phones
from services.kernel.actor import actor_of
from services.kernel.audit import audit_action, record
from services.kernel.errors import RuleViolation
from services.kernel.months import first_day, last_day
from services.papers.case_values import blank_values, values_of, values_without_case
from services.papers.printed import Filled, as_first_printed, keep, key_of, printed_before


@dataclass(frozen=True)
class CasePaper:
    """A paper that a case has; `part`: the note, extension or 督办 it is about, with what tells it apart."""

    paper: Paper
    part: Base | None = None
    about: str = ""


def county_papers(session: Session, county: County) -> dict[str, Paper]:
    """The papers of a county, by key: those that its list names, and those that no document names."""
    rows = session.execute(
        select(CountyOption.meaning, CountyOption.name).where(
            CountyOption.county_id == county.id, CountyOption.kind == OptionKind.PAPER, CountyOption.active
        )
    )
    names: dict[Meaning, str] = {meaning: name for meaning, name in rows if meaning is not None}
    return papers_of(county, names)


def papers_of_case(session: Session, case: ServiceCase) -> list[CasePaper]:
    """The papers that fit the case as it stands, in the order of its course."""
    known, state = county_papers(session, case.county), case.state
    ended = state in ENDED
    closed = ended and session.scalar(
        select(func.count(Completion.id)).where(Completion.case_id == case.id, Completion.voided_on.is_(None))
    )
    delivery = delivery_of(session, case)
    lacking = select(func.count(CaseMaterial.id)).where(
        CaseMaterial.case_id == case.id, CaseMaterial.state == MaterialState.MISSING
    )
    fits: Mapping[str, Callable[[], object]] = {
        "application": lambda: True,
        "commitment": lambda: True,
        "agreement": lambda: True,
        "missing": lambda: session.scalar(lacking),
        "rejection": lambda: state is CaseState.REJECTED,
        "posting": lambda: delivery is not None and delivery.tracking_number,
        "result": lambda: delivery is not None,
        "completion": lambda: closed,
        "termination": lambda: ended and not closed,
        "evaluation": lambda: closed,
    }
    found = []
    for key, paper in known.items():
        if key in fits:
            found += [CasePaper(paper)] if fits[key]() else []
        else:
            found += [CasePaper(paper, part, about) for part, about in PARTS[key](session, case)]
    return found


def _records(session: Session, case: ServiceCase, consultations: bool) -> Iterator[tuple[Base, str]]:
    rows = session.scalars(select(WorkRecord).where(WorkRecord.case_id == case.id).order_by(WorkRecord.id))
    wanted = (row for row in rows if (row.kind is WorkKind.CONSULTATION) is consultations)
    return ((row, f"{row.happened_on} {row.subject}") for row in wanted)


def _extensions(session: Session, case: ServiceCase) -> Iterator[tuple[Base, str]]:
    steps = select(CaseStep.id).where(CaseStep.case_id == case.id)
    rows = session.scalars(
        select(Extension)
        .where(Extension.step_id.in_(steps), Extension.state == ExtensionState.APPROVED)
        .order_by(Extension.id)
    )
    return ((row, row.step.item.name) for row in rows)


def _urges(session: Session, case: ServiceCase) -> Iterator[tuple[Base, str]]:
    rows = session.scalars(select(Urge).where(Urge.case_id == case.id).order_by(Urge.id))
    return ((row, row.number) for row in rows)


#: Papers about a part of a case: how the parts are found.
PARTS: Mapping[str, Callable[[Session, ServiceCase], Iterator[tuple[Base, str]]]] = {
    "record": lambda session, case: _records(session, case, consultations=False),
    "consultation": lambda session, case: _records(session, case, consultations=True),
    "extension": _extensions,
    "urge": _urges,
}


def sheet_of(session: Session, row: Owner, key: str, part: int | None) -> CasePaper | None:
    """The paper of that key, about that part, when it fits the row."""
    wanted = (s for s in papers_of_row(session, row) if s.paper.key == key)
    return next((s for s in wanted if (s.part.id if s.part else None) == part), None)


#: A row that papers are printed of.
Owner = ServiceCase | Agreement | WorkRecord


def papers_of_row(session: Session, row: Owner) -> list[CasePaper]:
    """The papers of a case; the one paper of an agreement or a work record, with or without a case."""
    if isinstance(row, ServiceCase):
        return papers_of_case(session, row)
    known, key = county_papers(session, session.get_one(County, row.county_id)), _paper_of(row)
    return [CasePaper(known[key], row)] if key in known else []


def _paper_of(row: Agreement | WorkRecord) -> str:
    if isinstance(row, Agreement):
        return "agreement"
    return "consultation" if row.kind is WorkKind.CONSULTATION else "record"


# Filled in.
def active_template(session: Session, county_id: int, key: str) -> PaperTemplate | None:
    """The template that the county brought and uses."""
    return session.scalar(
        select(PaperTemplate).where(
            PaperTemplate.county_id == county_id, PaperTemplate.paper == key, PaperTemplate.active
        )
    )


def _content(paper: Paper, own: PaperTemplate | None) -> bytes:
    return own.content if own is not None else render.default_template(paper)


def filled(session: Session, row: Owner, sheet: CasePaper) -> Filled:
    """The paper as it is to be printed: what was printed before keeps its names, of an archived case everything."""
    own = active_template(session, row.county_id, sheet.paper.key)
    now = Filled(
        sheet.paper.title, _content(sheet.paper, own), own.number if own else None, _values(session, row, sheet)
    )
    kept = printed_before(session, key_of(session, row, sheet.paper.key, sheet.part))
    return as_first_printed(kept, now, _case_of(row))


def _case_of(row: Owner) -> ServiceCase | None:
    return row if isinstance(row, ServiceCase) else row.case


def _values(session: Session, row: Owner, sheet: CasePaper) -> dict[str, str]:
    case = _case_of(row)
    if case is not None:
        return values_of(session, case, sheet.part)
    assert isinstance(row, Agreement | WorkRecord)
    return values_without_case(session, row)


def as_word(session: Session, row: Owner, sheet: CasePaper) -> bytes:
    """The paper as a Word file."""
    return filled(session, row, sheet).as_word()


def as_page(session: Session, row: Owner, sheet: CasePaper) -> Markup:
    """The paper as HTML, as its Word file has it."""
    return as_html.as_page(as_word(session, row, sheet))


def blank(session: Session, county: County, paper: Paper) -> bytes:
    """An empty form to hand out."""
    return render.fill(_content(paper, active_template(session, county.id, paper.key)), blank_values(session, county))


def blank_page(session: Session, county: County, paper: Paper) -> Markup:
    """An empty form as HTML."""
    return as_html.as_page(blank(session, county, paper))


def preview(session: Session, county: County, template: PaperTemplate) -> bytes:
    """A version filled in with the county's latest accepted case, else as a blank form."""
    latest = session.scalars(
        select(ServiceCase).where(ServiceCase.number.is_not(None)).order_by(ServiceCase.id.desc()).limit(1)
    ).first()
    return render.fill(template.content, values_of(session, latest) if latest else blank_values(session, county))


def _slips_of_month(session: Session, month: str) -> Sequence[ServiceCase]:
    """The cases that were closed in a month, by the number of their 办结单; one more than a file takes at most."""
    numbers = (
        select(Completion.case_id)
        .where(Completion.voided_on.is_(None), Completion.completed_on.between(first_day(month), last_day(month)))
        .order_by(Completion.number_key)
        .limit(render.MOST + 1)
    )
    ids = session.scalars(numbers).all()
    found = {case.id: case for case in session.scalars(select(ServiceCase).where(ServiceCase.id.in_(ids)))}
    return [found[id_] for id_ in ids if id_ in found]


#: A paper that was printed: of what, which, and what it says.
Print = tuple[Owner, CasePaper, Filled]


def month_of_slips(session: Session, county: County, month: str) -> tuple[bytes, CasePaper, Sequence[Print]]:
    """All 办结单 of a month as one file, which paper that is, and the prints. RuleViolation when there are none."""
    paper = county_papers(session, county).get("completion")
    cases = _slips_of_month(session, month) if paper is not None else []
    if paper is None or not cases:
        raise RuleViolation("paper.none", f"{month} 没有办结单，或本县没有这种单据", field="month")
    if len(cases) > render.MOST:
        raise RuleViolation("paper.many", f"{month} 的办结单超过 {render.MOST} 张，一个文件放不下", field="month")
    sheet = CasePaper(paper)
    prints: list[Print] = [(case, sheet, filled(session, case, sheet)) for case in cases]
    return render.joined([printed.as_word() for *_, printed in prints]), sheet, prints


def record_print(session: Session, prints: Sequence[Print], form: PrintForm) -> None:
    """Keep what was printed, when and by whom.

    A form never has a masked number. Who does not see phone numbers otherwise leaves a line in the audit.
    """
    actor = actor_of(session)
    for row, sheet, printed in prints:
        keep(session, key_of(session, row, sheet.paper.key, sheet.part), printed)
        case = _case_of(row)
        if case is None:
            record(session, AuditAction.PAPER_PRINT, subject=row, paper=sheet.paper.key, form=form)
        else:
            _add_print(session, case, sheet, printed, form)
        if not sees_phones(actor, type(row)):
            record(session, AuditAction.PHONE_REVEAL, subject=row, paper=sheet.paper.key)
    session.flush()


def _add_print(session: Session, case: ServiceCase, sheet: CasePaper, printed: Filled, form: PrintForm) -> None:
    session.add(
        PaperPrint(
            county_id=case.county_id,
            case_id=case.id,
            paper=sheet.paper.key,
            title=printed.title,
            form=form,
            printed_by_id=actor_of(session).user_id,
            template_number=printed.template_number if form is not PrintForm.PAGE else None,
        )
    )


# Templates of a county's own.
def versions_of(session: Session, county_id: int) -> Sequence[PaperTemplate]:
    """The county's templates, the latest of each paper first."""
    return session.scalars(
        select(PaperTemplate)
        .where(PaperTemplate.county_id == county_id)
        .order_by(PaperTemplate.paper, PaperTemplate.number.desc())
    ).all()


@dataclass(frozen=True)
class Checked:
    """A template that was looked at; `doubts`: what its author should look at again."""

    content: bytes
    doubts: tuple[str, ...] = ()


def checked(content: bytes) -> Checked:
    """The template, when it may be kept; to be asked before a transaction begins, for it takes a while."""
    if not content:
        raise RuleViolation("paper.empty", "请选择要上传的模板", field="file")
    try:
        kept = validate_template(content)
    except BadTemplate as error:
        raise RuleViolation("paper.template", str(error), field="file") from error
    return Checked(kept, tuple(template_doubts(kept)))


def upload_template(session: Session, county: County, paper: Paper, name: str, template: Checked) -> PaperTemplate:
    """上传模板: keep a checked template as the paper's next version, and use it from now on."""
    require(session, "paper.template")
    number = session.scalar(
        select(func.max(PaperTemplate.number)).where(
            PaperTemplate.county_id == county.id, PaperTemplate.paper == paper.key
        )
    )
    with audit_action(session, AuditAction.TEMPLATE_UPLOAD):
        _stop_using(session, county.id, paper.key)
        row = PaperTemplate(
            county_id=county.id,
            paper=paper.key,
            number=(number or 0) + 1,
            name=name[-120:],
            content=template.content,
            uploaded_by_id=actor_of(session).user_id,
        )
        session.add(row)
        session.flush()
    return row


def use_default(session: Session, county: County, paper: Paper) -> None:
    """恢复默认: the paper is the default one again; the county's versions stay."""
    require(session, "paper.template")
    with audit_action(session, AuditAction.TEMPLATE_DEFAULT):
        if not _stop_using(session, county.id, paper.key):
            raise RuleViolation("paper.default", f"“{paper.title}”现在用的就是默认模板")


def use_version(session: Session, template: PaperTemplate) -> None:
    """用回这一版."""
    require(session, "paper.template")
    if template.active:
        raise RuleViolation("paper.used", "现在用的就是这一版")
    with audit_action(session, AuditAction.TEMPLATE_USE):
        _stop_using(session, template.county_id, template.paper)
        template.active = True
        session.flush()


def _stop_using(session: Session, county_id: int, key: str) -> bool:
    row = active_template(session, county_id, key)
    if row is None:
        return False
    row.active = False
    session.flush()
    return True
