"""The web pages: a Flask-Admin view for each table, in the menu groups that clerks know."""

from __future__ import annotations

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from admin.base import BackOfficeView
from admin.cases import (
    CaseStepView,
    CompletionView,
    DeliveryView,
    ServiceCaseView,
    TerminationView,
)
from admin.evaluation import EvaluationView
from admin.exports import ExportCentre
from admin.figures import FiguresView
from admin.home import HomeView
from admin.imports import ImportBatchView, ImportLineView
from admin.ledger import LedgerEntryView, LedgerMonthView
from admin.merging import DuplicatesView, MergerView
from admin.papers import PapersView
from admin.people import StaffView, UserView
from admin.places import CalendarDayView, CountyOptionView, CountyView, ServiceItemView
from admin.projects import AssignmentView, EnterpriseView, KeyDesignationView, ProjectView
from admin.records import AuditView, SequenceView
from admin.recycle import RecycleView
from admin.stations import StationHandoverView
from admin.work import AgreementView, ExtensionView, MeetingView, UrgeView, WorkRecordView
from models.base import Base
from models.cases import CaseStep, Completion, Delivery, ServiceCase, Termination
from models.evaluation import Evaluation, Inspection
from models.items import ItemMaterial, ServiceItem
from models.ledger import LedgerEntry, LedgerMonth
from models.office import Commendation, CommonIssue, PolicyDocument, ServicePhrase, Training
from models.people import (
    ChiefServiceOfficer,
    DepartmentLeader,
    DepartmentLiaison,
    GeneralAgent,
    User,
)
from models.places import County, CountyOption, Department, IndustryDepartment, Window
from models.projects import Assignment, Enterprise, KeyDesignation, Project
from models.records import AuditEntry, CalendarDay, ImportBatch, ImportLine, Merger, NumberSequence
from models.stations import StationHandover
from models.work import Agreement, Appointment, CaseMaterial, Extension, Meeting, PaperHandover, Urge, WorkRecord

#: Groups of the menu that also have pages without a table.
CASES, LEDGERS, MASTER_DATA = "业务办理", "台账统计", "基础数据"
#: The menu: group, then (table, its view) in the order of the entries.
MENU: tuple[tuple[str, tuple[tuple[type[Base], type[BackOfficeView]], ...]], ...] = (
    (
        CASES,
        (
            (ServiceCase, ServiceCaseView),
            (CaseStep, CaseStepView),
            (StationHandover, StationHandoverView),
            (Agreement, AgreementView),
            (CaseMaterial, BackOfficeView),
            (WorkRecord, WorkRecordView),
            (Appointment, BackOfficeView),
            (PaperHandover, BackOfficeView),
            (Meeting, MeetingView),
            (Urge, UrgeView),
            (Extension, ExtensionView),
            (Delivery, DeliveryView),
            (Completion, CompletionView),
            (Termination, TerminationView),
        ),
    ),
    (
        "评价监督",
        (
            (Evaluation, EvaluationView),
            (Inspection, BackOfficeView),
            (Commendation, BackOfficeView),
            (CommonIssue, BackOfficeView),
        ),
    ),
    ("重点名单", ((KeyDesignation, KeyDesignationView), (Assignment, AssignmentView))),
    (
        "服务队伍",
        (
            (ChiefServiceOfficer, StaffView),
            (GeneralAgent, StaffView),
            (DepartmentLiaison, StaffView),
            (DepartmentLeader, StaffView),
            (Training, BackOfficeView),
        ),
    ),
    (LEDGERS, ((LedgerMonth, LedgerMonthView), (LedgerEntry, LedgerEntryView))),
    (
        MASTER_DATA,
        (
            (Enterprise, EnterpriseView),
            (Project, ProjectView),
            (Department, BackOfficeView),
            (Window, BackOfficeView),
            (ServiceItem, ServiceItemView),
            (ItemMaterial, BackOfficeView),
            (CountyOption, CountyOptionView),
            (IndustryDepartment, BackOfficeView),
            (PolicyDocument, BackOfficeView),
            (ServicePhrase, BackOfficeView),
            (CalendarDay, CalendarDayView),
            (Merger, MergerView),
            (ImportBatch, ImportBatchView),
            (ImportLine, ImportLineView),
        ),
    ),
    (
        "系统管理",
        (
            (County, CountyView),
            (NumberSequence, SequenceView),
            (User, UserView),
            (AuditEntry, AuditView),
        ),
    ),
)


def make_admin(app: Flask) -> Admin:
    """The back office, attached to `app`."""
    admin = Admin(
        app,
        name="帮办代办管理后台",
        index_view=HomeView(),
        theme=Bootstrap4Theme(base_template="layout.html"),
    )
    for category, tables in MENU:
        for model, view in tables:
            admin.add_view(view(model, category=category))
        if category == LEDGERS:
            admin.add_view(FiguresView(category))
            admin.add_view(ExportCentre(category))
        if category == MASTER_DATA:
            admin.add_view(DuplicatesView(category))
            admin.add_view(RecycleView(category))
        if category == CASES:
            admin.add_view(PapersView(category))
    return admin
