"""Many at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any


def at_once(number: int, work: Callable[[int], Any]) -> list[Any]:
    """What `work(n)` gave or raised in each of `number` threads that begin together."""
    barrier = Barrier(number)

    def run(n: int) -> Any:
        barrier.wait(timeout=30)
        try:
            return work(n)
        except Exception as error:
            return error

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))
