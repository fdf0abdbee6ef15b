"""附件: scans and pictures that belong to a row, stored as files under generated names.

The type of a file comes from its first bytes, not from its name.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models.base import table_name
from models.places import CountyOption
from models.records import Attachment
from services.kernel.access import require
from services.kernel.actor import actor_of
from services.kernel.errors import RuleViolation
from services.records.crud import refuse_archived

MAX_BYTES = 10 * 1024 * 1024
MAX_NAME, MAX_FILES = 120, 50
#: First bytes of each accepted type: its media type and allowed file name extensions.
KINDS: dict[bytes, tuple[str, tuple[str, ...]]] = {
    b"%PDF-": ("application/pdf", (".pdf",)),
    b"\x89PNG\r\n\x1a\n": ("image/png", (".png",)),
    b"\xff\xd8\xff": ("image/jpeg", (".jpg", ".jpeg")),
}


def attachments_of(session: Session, owner: Any) -> Sequence[Attachment]:
    """The attachments of a row, oldest first. The caller has loaded the row through the actor's scope."""
    return session.scalars(
        select(Attachment)
        .where(Attachment.owner_table == table_name(type(owner)), Attachment.owner_id == owner.id)
        .order_by(Attachment.id)
    ).all()


def attach(
    session: Session,
    folder: Path,
    owner: Any,
    name: str,
    content: bytes,
    remark: str | None = None,
    paper: CountyOption | None = None,
) -> Attachment:
    """Store `content` as an attachment of `owner`: PDF, PNG or JPEG up to 10 MB. `paper`: the paper it is a scan of."""
    require(session, f"{table_name(type(owner))}.edit")
    refuse_archived(owner)
    media_type = _kind_of(name, content)
    if len(attachments_of(session, owner)) >= MAX_FILES:
        raise RuleViolation("attachment.many", f"每条记录最多 {MAX_FILES} 个附件", field="file")
    row = Attachment(
        county_id=owner.county_id,
        owner_table=table_name(type(owner)),
        owner_id=owner.id,
        name=_tidy_name(name),
        size=len(content),
        media_type=media_type,
        remark=remark,
        paper_id=paper.id if paper else None,
        stored_name=secrets.token_hex(16),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by_id=actor_of(session).user_id,
    )
    path = path_of(folder, row)
    # A rollback deletes the file. A crash before the commit leaves an orphaned file.
    event.listen(session, "after_rollback", lambda _: path.unlink(missing_ok=True), once=True)
    _write(path, content)
    session.add(row)
    session.flush()
    return row


def _kind_of(name: str, content: bytes) -> str:
    if not content:
        raise RuleViolation("attachment.empty", "文件是空的", field="file")
    if len(content) > MAX_BYTES:
        raise RuleViolation("attachment.large", f"文件不能超过 {MAX_BYTES // 1024 // 1024} 兆", field="file")
    for start, (media_type, endings) in KINDS.items():
        if content.startswith(start):
            if name.lower().endswith(endings):
                return media_type
            kind = endings[0][1:].upper()
            raise RuleViolation("attachment.ending", f"文件内容是 {kind}，文件名的后缀不符", field="file")
    raise RuleViolation("attachment.kind", "只收 PDF、JPG、PNG 文件（看内容，不看后缀）", field="file")


def _tidy_name(name: str) -> str:
    """The file name without its path (Windows or Unix) and without unprintable characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    return kept[-MAX_NAME:] or "附件"


def _write(path: Path, content: bytes) -> None:
    """Write a new file completely, readable by its owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def path_of(folder: Path, row: Attachment) -> Path:
    """The path of an attachment's file under the data folder."""
    return folder / "attachments" / row.stored_name[:2] / row.stored_name


def detach(session: Session, folder: Path, owner: Any, row: Attachment) -> None:
    """Remove an attachment. Its file is deleted after the commit."""
    require(session, f"{table_name(type(owner))}.edit")
    refuse_archived(owner)
    path = path_of(folder, row)
    event.listen(session, "after_commit", lambda _: path.unlink(missing_ok=True), once=True)
    session.delete(row)
    session.flush()
