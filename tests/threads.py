"""Running a function in many threads at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from tests.patience import HANGS


def at_once(number: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work(n)` in `number` threads that start together; return each result or exception."""
    barrier = Barrier(number)

    def run(n: int) -> Any:
        barrier.wait(timeout=HANGS)
        try:
            return work(n)
        except Exception as error:
            return error

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))
