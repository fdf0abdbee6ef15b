"""Rules of enterprises: each is entered once. Source: 领域 3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.name_keys import name_key
from models.projects import Enterprise
from services.kernel.errors import Duplicate


def guard_enterprise(session: Session, enterprise: Enterprise, values: Mapping[str, Any]) -> None:
    """Enterprises of the same name, however it is spelled, must differ in their 信用代码."""
    name, code = (values.get(key, getattr(enterprise, key)) for key in ("name", "credit_code"))
    if not enterprise.is_new and (name, code) == (enterprise.name, enterprise.credit_code):
        return
    same = select(Enterprise.id, Enterprise.credit_code).where(Enterprise.name_key == name_key(name))
    with session.no_autoflush:
        for id_, other in session.execute(same if enterprise.is_new else same.where(Enterprise.id != enterprise.id)):
            if not (code and other):
                raise Duplicate("已有同名的企业；确是另一家的，请把两家的信用代码都填上", field="name", row_id=id_)
