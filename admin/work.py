"""What is done around a case."""

from __future__ import annotations

from typing import Any

from wtforms.validators import Optional

from admin.base import BackOfficeView, Block
from admin.forms import RefsField
from models.places import Department
from models.work import Meeting, MeetingDepartment
from services.work import set_departments


class MeetingView(BackOfficeView):
    """会议, with the departments that take part."""

    extra_heading = MeetingDepartment.__title__

    def extra_fields(self, row: Meeting, *, new: bool) -> dict[str, Any]:
        present = [] if new else [part.department for part in row.departments]
        return {
            "departments": RefsField(
                MeetingDepartment.__title__, [Optional()], target=Department, default=present,
                description="至少两个部门",
            )
        }  # fmt: skip

    def create_row(self, session: Any, row: Meeting, values: dict[str, Any]) -> Meeting:
        departments = values.pop("departments")
        super().create_row(session, row, values)
        set_departments(session, row, departments)
        return row

    def update_row(self, session: Any, row: Meeting, values: dict[str, Any]) -> Meeting:
        departments = values.pop("departments")
        super().update_row(session, row, values)
        set_departments(session, row, departments)
        return row

    def details_extra(self, row: Meeting) -> list[Block]:
        names = [[str(part.department)] for part in row.departments]
        return [Block(MeetingDepartment.__title__, ["部门"], names)]
