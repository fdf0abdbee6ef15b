"""The rules that single tables add to `records.crud`, gathered from the areas.

`services/__init__.py` imports this module, so that no caller can create or edit a row without them.
"""

from __future__ import annotations

from models.base import Base
from models.cases import CaseStep, ServiceCase
from models.items import ServiceItem
from models.ledger import LedgerEntry, LedgerMonth
from models.office import Commendation
from models.people import (
    ChiefServiceOfficer,
    DepartmentLeader,
    DepartmentLiaison,
    GeneralAgent,
    User,
)
from models.places import CountyOption, Window
from models.projects import Enterprise, KeyDesignation
from models.records import CalendarDay, NumberSequence
from models.stations import StationHandover
from models.work import Agreement, Appointment, Meeting, Urge, WorkRecord
from services.cases.coordination import guard_meeting, guard_urge
from services.cases.deadlines import guard_calendar_day
from services.cases.intake import drop_draft, guard_case
from services.cases.staff_handover import guard_staff
from services.cases.stations import drop_handover
from services.cases.steps import drop_step, guard_step
from services.kernel.accounts import guard_last_administrator, guard_user
from services.key_targets.designation import guard_designation
from services.ledgers.ledger_months import drop_month, guard_entry
from services.master_data.agreements import guard_agreement, guard_work_record
from services.master_data.appointments import guard_appointment
from services.master_data.enterprises import guard_enterprise
from services.master_data.office import guard_commendation
from services.master_data.options import guard_option
from services.master_data.staff import guard_item, guard_leader
from services.master_data.windows import guard_window
from services.records.crud import DELETE_GUARDS, GUARDS, Guard
from services.records.numbers import guard_sequence

_GUARDS: dict[type[Base], Guard] = {
    User: guard_user,
    ServiceCase: guard_case,
    Enterprise: guard_enterprise,
    CaseStep: guard_step,
    LedgerEntry: guard_entry,
    NumberSequence: guard_sequence,
    DepartmentLeader: guard_leader,
    **dict.fromkeys((ChiefServiceOfficer, GeneralAgent, DepartmentLiaison), guard_staff),
    ServiceItem: guard_item,
    CountyOption: guard_option,
    Window: guard_window,
    CalendarDay: guard_calendar_day,
    Agreement: guard_agreement,
    Urge: guard_urge,
    WorkRecord: guard_work_record,
    Appointment: guard_appointment,
    Meeting: guard_meeting,
    Commendation: guard_commendation,
    KeyDesignation: guard_designation,
}
GUARDS.update(_GUARDS)
DELETE_GUARDS.update(
    {
        User: guard_last_administrator,
        ServiceCase: drop_draft,
        CaseStep: drop_step,
        StationHandover: drop_handover,
        LedgerMonth: drop_month,
        LedgerEntry: lambda session, entry: guard_entry(session, entry, None),
        CalendarDay: lambda session, day: guard_calendar_day(session, day, None),
    }
)
