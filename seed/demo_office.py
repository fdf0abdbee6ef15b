"""A few demo rows of everything around cases: papers, notes, meetings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions import AuditAction
from models.base import Base
from models.cases import CaseState, ServiceCase
from models.evaluation import Inspection, InspectionContent
from models.items import ItemMaterial, ServiceItem
from models.office import (
    Commendation,
    CommonIssue,
    PolicyDocument,
    ServicePhrase,
    Training,
    Verdict,
)
from models.people import DepartmentLeader, DepartmentLiaison, GeneralAgent
from models.places import County, Department, Window, WindowKind
from models.records import NumberKind
from models.stations import StationHandover, StationHandoverLine
from models.work import (
    Agreement,
    AgreementKind,
    Appointment,
    CaseMaterial,
    HandoverKind,
    MaterialState,
    Meeting,
    MeetingDepartment,
    PaperHandover,
    Urge,
    WorkKind,
    WorkRecord,
)
from services.kernel.audit import audit_action
from services.records.numbers import take_number

PAPERS = ("营业执照副本复印件", "授权委托书", "经办人介绍信", "项目备案文件")
PHRASES = (
    ("您好，请问需要办理什么事项？", "接待", False),
    ("请稍候，我为您核对材料。", "办理", False),
    ("这里是帮办代办窗口，请讲。", "电话", False),
    ("材料已收齐，进度会及时告诉您。", "告知", False),
    ("这事不归我管。", "接待", True),
)


def load_office(session: Session, county: County, today: date) -> None:
    """Add these rows to a county with demo cases, unless it already has a 文件依据."""
    present = session.scalar(select(PolicyDocument.id).where(PolicyDocument.county_id == county.id).limit(1))
    if present is not None:
        return
    with audit_action(session, AuditAction.DEMO):
        for rows in (
            _papers(session, county),
            _texts(county, today),
            _around_cases(session, county, today),
            _station_lists(session, county, today),
        ):
            for row in rows:
                if hasattr(row, "county_id"):
                    row.county_id = county.id
                session.add(row)
            session.flush()


def _of(session: Session, model: type[Any], county: County, *where: Any, limit: int = 20) -> Sequence[Any]:
    statement = select(model).where(model.county_id == county.id, *where).order_by(model.id).limit(limit)
    return session.scalars(statement).all()


def _papers(session: Session, county: County) -> Iterator[Base]:
    for item in _of(session, ServiceItem, county):
        for position, name in enumerate(PAPERS[: 2 + item.id % 3], 1):
            yield ItemMaterial(item_id=item.id, name=name, position=position, original=position == 2)


def _texts(county: County, today: date) -> Iterator[Base]:
    title, _, number = county.document.rpartition("（")
    yield PolicyDocument(
        name=title or county.document,
        number=number.removesuffix("）") or None,
        issuer=county.lead_office,
        summary=f"规定{county.service_word}的范围、流程和职责",
    )
    for phrase, scene, forbidden in PHRASES:
        yield ServicePhrase(phrase=phrase, scene=scene, forbidden=forbidden)
    yield Training(
        name="项目审批流程业务培训",
        held_on=today - timedelta(days=40),
        trainer="审批业务骨干甲",
        attendees=26,
    )
    yield CommonIssue(
        description="施工许可前置材料反复补正",
        departments="住建局、自然资源局",
        found_on=today - timedelta(days=60),
        solution="统一材料清单，由代办员一次告知",
        solved_on=today - timedelta(days=20),
    )
    yield CommonIssue(description="用电报装与施工进度脱节", departments="供电公司", found_on=today - timedelta(days=15))


def _around_cases(session: Session, county: County, today: date) -> Iterator[Base]:
    offices = _of(session, Department, county)
    open_cases = _of(session, ServiceCase, county, ServiceCase.state == CaseState.IN_PROGRESS, limit=8)
    for n, case in enumerate(open_cases):
        day = case.accepted_on or today
        yield _agreement(session, county, case, day)
        yield CaseMaterial(case_id=case.id, name=PAPERS[0], received_on=day)
        yield CaseMaterial(
            case_id=case.id, name=PAPERS[3], state=MaterialState.MISSING, remedy="到发展改革委窗口领取后补交"
        )
        yield WorkRecord(
            subject="上门了解办理需求",
            kind=list(WorkKind)[n % len(WorkKind)],
            happened_on=min(day, today),
            case_id=case.id,
            staff_id=case.agent_id,
            visitor="经办人甲",
            content="核对材料清单，说明办理顺序和时限",
        )
        yield Appointment(
            matter="上门核对材料" if n % 2 else "延时办理取件",
            day=today + timedelta(days=n // 2),
            at=f"{9 + n:02d}:30",
            place="企业所在地" if n % 2 else "综合窗口",
            case_id=case.id,
            visitor="经办人甲",
            staff_id=case.agent_id,
        )
    yield from _handovers(session, county, open_cases)
    _terms(session, county, today)
    if len(open_cases) > 1:
        yield _meeting(open_cases[0], offices[1:4], today, county)
        yield _urge(session, county, open_cases[1], offices[2], today)
        yield Inspection(
            subject=str(open_cases[1]),
            content=InspectionContent.LATE,
            inspected_on=today - timedelta(days=5),
            inspector="督查甲",
            case_id=open_cases[1].id,
            finding="一个事项临近期限，已提醒承办部门",
            rectify_by=today + timedelta(days=5),
        )
    agent = _of(session, GeneralAgent, county, limit=1)[0]
    yield Commendation(
        staff_id=agent.id,
        verdict=Verdict.PRAISE,
        decided_on=today - timedelta(days=30),
        reason="全年办件数量居首",
    )
    yield Commendation(
        department_id=agent.department_id,
        verdict=Verdict.PRAISE,
        decided_on=today - timedelta(days=30),
        reason="帮办代办工作成绩突出",
    )


def _handovers(session: Session, county: County, open_cases: Sequence[ServiceCase]) -> Iterator[Base]:
    """Papers that officers brought to the window, and papers handed over to sections at the end."""
    if county.officer_brings:
        window = _of(session, Window, county, Window.kind == WindowKind.GENERAL, limit=1)[0]
        for case in open_cases:
            if case.officer_id is not None:
                yield PaperHandover(
                    case_id=case.id,
                    kind=HandoverKind.TO_WINDOW,
                    handed_on=case.assigned_on,
                    giver_id=case.officer_id,
                    window_id=window.id,
                    receiver="窗口人员甲",
                    papers="、".join(PAPERS[:2]),
                )
    if county.sections_take_over:
        for case in _of(session, ServiceCase, county, ServiceCase.state == CaseState.ARCHIVED):
            yield PaperHandover(
                case_id=case.id,
                kind=HandoverKind.TO_SECTION,
                handed_on=case.archived_on,
                giver_id=case.agent_id,
                department_id=case.lead_section_id,
                receiver="科员甲",
                papers="、".join(PAPERS),
            )


def _terms(session: Session, county: County, today: date) -> None:
    """Terms of office of a few leaders and liaisons; the first one's is over."""
    for model in (DepartmentLeader, DepartmentLiaison):
        for n, one in enumerate(_of(session, model, county, limit=3)):
            one.term_from = today - timedelta(days=1000)
            one.term_until = today + timedelta(days=(n * 200) - 10)


def _station_lists(session: Session, county: County, today: date) -> Iterator[Base]:
    """Of each 基层政务服务站 a list that the window received and one that it has not."""
    stations = session.scalars(
        select(Window).where(Window.county_id == county.id, Window.kind == WindowKind.STATION).order_by(Window.id)
    )
    for station in stations.all():
        here = ServiceCase.station_id == station.id
        waiting = _of(session, ServiceCase, county, here, ServiceCase.state == CaseState.SUBMITTED, limit=2)
        handled = _of(session, ServiceCase, county, here, ServiceCase.state == CaseState.IN_PROGRESS, limit=3)
        for cases, received in ((handled, True), (waiting, False)):
            if cases:
                yield _station_list(station, cases, today, received)


def _station_list(station: Window, cases: Sequence[ServiceCase], today: date, received: bool) -> StationHandover:
    handed = max((case.accepted_on if received else case.submitted_on) or today for case in cases)
    lines = [
        StationHandoverLine(county_id=station.county_id, case_id=case.id, papers=f"申请表 1 份、{PAPERS[0]} 1 份")
        for case in cases
    ]
    return StationHandover(
        station_id=station.id,
        handed_on=handed,
        handed_by="服务站工作人员甲",
        received_on=min(handed + timedelta(days=1), today) if received else None,
        received_by="综合窗口甲" if received else None,
        lines=lines,
    )


def _agreement(session: Session, county: County, case: ServiceCase, day: date) -> Agreement:
    return Agreement(
        number=take_number(session, county, NumberKind.AGREEMENT, day.year),
        kind=AgreementKind.MANDATE,
        enterprise_id=case.enterprise_id,
        project_id=case.project_id,
        case_id=case.id,
        agent_id=case.agent_id,
        client=str(case.enterprise or case.applicant_name),
        matter=case.matter,
        materials="、".join(PAPERS[:2]),
        truth_promised=True,
        signed_on=day,
    )


def _meeting(case: ServiceCase, offices: Sequence[Department], today: date, county: County) -> Meeting:
    parts = [MeetingDepartment(county_id=county.id, department_id=office.id) for office in offices]
    return Meeting(
        topic=f"{case.matter}{county.meeting_word}"[:120],
        held_on=today - timedelta(days=3),
        place="政务大厅会议室",
        case_id=case.id,
        decision="规划和环评并行办理，一周内反馈意见",
        departments=parts,
    )


def _urge(session: Session, county: County, case: ServiceCase, office: Department, today: date) -> Urge:
    issued = today - timedelta(days=2)
    return Urge(
        number=take_number(session, county, NumberKind.URGE, issued.year),
        case_id=case.id,
        department_id=office.id,
        issued_on=issued,
        reason="事项临近承诺期限，请加快办理",
        reply_due=today + timedelta(days=3),
    )
