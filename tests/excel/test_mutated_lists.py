"""The same list from other programs is read alike; what is broken in it is called by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutated_lists import fault_of


@pytest.mark.parametrize("number", [2, 8, 14, 20, 26, 32, *range(5, 23, 2)])
def test_a_list_in_another_package_says_the_same_or_why_it_cannot(number: int, tmp_path: Path) -> None:
    book, fault = fault_of(number, tmp_path)
    assert book.how
    assert fault is None, "+".join(book.how)
