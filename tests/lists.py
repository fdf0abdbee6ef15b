"""Workbooks as offices send them, for tests of imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10


def write_list(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Any]], above: int = 0) -> Path:
    """Write a sheet with `above` title rows before its header."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_numbers": False})
    sheet, day = book.add_worksheet("名单"), book.add_format({"num_format": "yyyy-mm-dd"})
    for r in range(above):
        sheet.write_string(r, 0, "某某县名单")
    for r, row in enumerate((headers, *rows), above):
        for c, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(r, c, value, day)
            elif isinstance(value, Formula):
                sheet.write_formula(r, c, value)
            elif isinstance(value, str):
                sheet.write_string(r, c, value)
            elif value is not None:
                sheet.write_number(r, c, value)
    book.close()
    return path


class Formula(str):
    """A cell value that is written as a formula."""


def credit_code(region: str, number: int) -> str:
    """A credit code of that region with a correct check digit."""
    body = f"91{region}MA{number:07d}"
    return body + str(uscc.calc_check_digit(body))


def project_code(region: str, number: int) -> str:
    """A project code of that region with a correct check digit."""
    body = f"2304-{region}-04-01-{number:05d}"
    return body + mod_11_10.calc_check_digit(body.replace("-", ""))
