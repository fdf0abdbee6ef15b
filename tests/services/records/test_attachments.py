"""附件: recognised by content, stored under generated names, removed after a rollback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.people import Role
from models.records import Attachment
from services.kernel.errors import Forbidden, RuleViolation
from services.records import attachments
from tests import factories as f
from tests.conftest import ActingAs

PDF, PNG, JPG = b"%PDF-1.7 x", b"\x89PNG\r\n\x1a\n x", b"\xff\xd8\xff\xe0 x"


def files(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file() and p.parent.parent.name == "attachments"]


@pytest.mark.parametrize(
    ("name", "content", "kept", "media_type"),
    [
        ("扫描件.pdf", PDF, "扫描件.pdf", "application/pdf"),
        ("照片.PNG", PNG, "照片.PNG", "image/png"),
        ("照片.jpeg", JPG, "照片.jpeg", "image/jpeg"),
        ("..\\..\\windows\\x.pdf", PDF, "x.pdf", "application/pdf"),
        ("../../etc/passwd.pdf", PDF, "passwd.pdf", "application/pdf"),
        ('a"<b>|\x01\n.pdf', PDF, "ab.pdf", "application/pdf"),
        ("长" * 300 + ".pdf", PDF, "长" * 116 + ".pdf", "application/pdf"),
    ],
)
def test_a_good_file_is_kept_under_a_name_of_ours(
    session: Session, tmp_path: Path, name: str, content: bytes, kept: str, media_type: str
) -> None:
    owner = f.make_enterprise(session)
    row = attachments.attach(session, tmp_path, owner, name, content)
    session.commit()
    assert (row.name, row.media_type, row.size) == (kept, media_type, len(content))
    path = attachments.path_of(tmp_path, row)
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o600
    assert not set(row.stored_name) - set("0123456789abcdef")
    assert list(attachments.attachments_of(session, owner)) == [row]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"", "空的"),
        ("a.pdf", b"MZ\x90\x00", "只收"),
        ("a.pdf", b"<html><script>", "只收"),
        ("a.html", PDF, "后缀"),
        ("a.png", PDF, "后缀"),
        ("a.pdf.exe", PDF, "后缀"),
        ("a", PNG, "后缀"),
        ("a.svg", b"<svg onload=alert(1)>", "只收"),
        ("a.pdf", PDF + b"x" * attachments.MAX_BYTES, "10 兆"),
        ("a.jpg", b"GIF89a", "只收"),
        ("a.docx", b"PK\x03\x04", "只收"),
        ("a.pdf", b" %PDF-", "只收"),
    ],
)
def test_a_bad_file_is_refused_and_leaves_nothing(
    session: Session, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    with pytest.raises(RuleViolation, match=said):
        attachments.attach(session, tmp_path, f.make_enterprise(session), name, content)
    assert files(tmp_path) == []


def test_what_is_not_committed_leaves_no_file(session: Session, tmp_path: Path) -> None:
    attachments.attach(session, tmp_path, f.make_enterprise(session), "a.pdf", PDF)
    assert len(files(tmp_path)) == 1
    session.rollback()
    assert files(tmp_path) == []


def test_a_file_goes_when_its_removal_is_committed(session: Session, tmp_path: Path) -> None:
    owner = f.make_enterprise(session)
    row = attachments.attach(session, tmp_path, owner, "a.pdf", PDF)
    session.commit()
    attachments.detach(session, tmp_path, owner, row)
    assert len(files(tmp_path)) == 1
    session.commit()
    assert files(tmp_path) == []
    assert session.get(Attachment, row.id) is None


def test_a_row_has_so_many_at_most(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MAX_FILES", 1)
    owner = f.make_enterprise(session)
    attachments.attach(session, tmp_path, owner, "a.pdf", PDF)
    with pytest.raises(RuleViolation, match="最多 1 个"):
        attachments.attach(session, tmp_path, owner, "b.pdf", PDF)


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.SUPERVISOR, Role.CHIEF_OFFICER, Role.AUDITOR])
def test_who_may_not_edit_the_row_attaches_nothing(
    role: Role, session: Session, acting_as: ActingAs, tmp_path: Path
) -> None:
    owner: Any = f.make_enterprise(session)
    session.commit()
    with pytest.raises(Forbidden):
        attachments.attach(acting_as(role), tmp_path, owner, "a.pdf", PDF)
    assert files(tmp_path) == []
