"""Months as users type them."""

from __future__ import annotations

import pytest

from services.kernel.months import typed_month


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("2026-10", "2026-10"),
        ("2026年1月", "2026-01"),
        ("２０２６年11月", "2026-11"),
        ("202609", "2026-09"),
        ("2026.3", "2026-03"),
        ("2026-13", None),
        ("2026", None),
        ("1999-10", None),
        ("", None),
    ],
)
def test_a_month_is_known_however_it_was_typed(typed: str, month: str | None) -> None:
    assert typed_month(typed) == month
