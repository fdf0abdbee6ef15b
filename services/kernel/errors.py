"""The one expected error."""

from __future__ import annotations

from typing import Any


class RuleViolation(Exception):
    """A rule refused the change; str(error) is shown to the user as it is.

    `code` names the rule for tests and logs; `field` the form field it is about.
    """

    def __init__(self, code: str, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


class Duplicate(RuleViolation):
    """Another row has this value already; `row_id` says which."""

    def __init__(self, message: str, *, field: str | None, row_id: int) -> None:
        super().__init__("unique", message, field=field)
        self.row_id = row_id


class StaleEdit(RuleViolation):
    """Somebody saved the row after this form was opened.

    `conflicts`: (label, the value now stored, the value typed), as shown on the screen.
    """

    def __init__(self, conflicts: list[tuple[str, Any, Any]]) -> None:
        super().__init__("stale", "这条记录在您打开之后已被他人修改，请核对后再保存")
        self.conflicts = conflicts


class Forbidden(RuleViolation):
    """The role does not allow it at all."""

    def __init__(self, message: str = "您没有办理此事的权限") -> None:
        super().__init__("forbidden", message)
