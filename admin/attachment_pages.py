"""Attachments of a record: whoever may see the record may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, current_app, redirect, request, send_file, url_for
from flask_admin import expose
from sqlalchemy import select

from admin.pages import TablePages
from admin.session import carry_out_from, db
from models.base import CountyScoped
from models.places import CountyOption, OptionKind
from models.records import Attachment
from services.records import attachments
from services.records.lists import parse_id


class AttachmentPages(TablePages):
    """Mixed into every view; tables without attachments answer 404."""

    #: Whether records of this table take attachments.
    attachable = True

    def takes_attachments(self) -> bool:
        """Whether records of this table take attachments: all county-scoped tables do unless switched off."""
        return self.attachable and issubclass(self.model, CountyScoped)

    def _owner(self, id_: Any) -> Any:
        """The record, if the actor sees it and its table takes attachments."""
        if not self.takes_attachments():
            abort(404)
        return self.get_one(id_)

    def _attachment(self) -> tuple[Any, Attachment]:
        """The record and the attachment that the address names, in the actor's scope."""
        id_ = parse_id(request.values.get("id"))
        row = None
        if id_ is not None:
            statement = select(Attachment).where(Attachment.id == id_, Attachment.owner_table == self.table)
            row = db().scalar(statement)
        if row is None:
            abort(404)
        return self._owner(row.owner_id), row

    @expose("/attach/", methods=("POST",))
    def attach_view(self) -> Any:
        """Add a file to a record."""
        owner = self._owner(request.form.get("id"))
        self.need("edit")
        sent = request.files.get("file")
        content = sent.read(attachments.MAX_BYTES + 1) if sent else b""
        name = sent.filename or "" if sent else ""
        if sent:
            sent.close()
        here = url_for(".details_view", id=owner.id)

        def add(session: Any) -> tuple[str, str]:
            row = attachments.attach(
                session,
                current_app.config["DATA_DIR"],
                owner,
                name,
                content,
                (request.form.get("remark") or "").strip()[:100] or None,
                self._paper(request.form.get("paper")),
            )
            return here, f"已上传：{row.name}"

        return carry_out_from(add, here)

    def papers(self) -> Sequence[CountyOption]:
        """The papers that a scan may be marked as, in the actor's county."""
        return (
            db()
            .scalars(
                select(CountyOption)
                .where(CountyOption.kind == OptionKind.PAPER, CountyOption.active)
                .order_by(CountyOption.position, CountyOption.id)
            )
            .all()
        )

    def _paper(self, id_: str | None) -> CountyOption | None:
        return next((paper for paper in self.papers() if str(paper.id) == id_), None)

    @expose("/attachment/")
    def attachment_view(self) -> Response:
        """The file as a download. It is never rendered, so that it cannot run scripts under our origin."""
        _, row = self._attachment()
        path = attachments.path_of(current_app.config["DATA_DIR"], row)
        if not path.exists():
            abort(404, "附件的文件不在了，请联系管理员从备份恢复")
        return send_file(path, mimetype=row.media_type, as_attachment=True, download_name=row.name)

    @expose("/detach/", methods=("POST",))
    def detach_view(self) -> Any:
        """Remove a file from a record."""
        owner, row = self._attachment()
        self.need("edit")
        here, name = url_for(".details_view", id=owner.id), row.name
        if request.form.get("_confirmed") != "1":
            return redirect(here)

        def remove(session: Any) -> tuple[str, str]:
            attachments.detach(session, current_app.config["DATA_DIR"], owner, row)
            return here, f"已删除附件：{name}"

        return carry_out_from(remove, here)
