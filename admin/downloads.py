"""Workbooks for the browser: written to a temporary file, recorded in the audit, sent, deleted."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Response, send_file
from sqlalchemy.orm import Session

from admin.session import write_separately
from services.transfer.exports import XLSX


def send_workbook(
    write: Callable[[Path], tuple[str, Any]], note: Callable[[Session, Any], None], media_type: str = XLSX
) -> Response:
    """Send the file that `write` fills, after `note` has recorded it in the audit.

    `write` returns the file's name and the value that `note` gets. No transaction is open while the file is sent.
    """
    handle, path_name = tempfile.mkstemp(suffix=".xlsx")
    os.close(handle)
    path = Path(path_name)
    try:
        name, written = write(path)
        write_separately(lambda session: note(session, written))
        answer = send_file(path, mimetype=media_type, as_attachment=True, download_name=name)
    except BaseException:
        path.unlink()
        raise
    answer.call_on_close(path.unlink)
    return answer
