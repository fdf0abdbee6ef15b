"""How long a piece of work takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

ROUNDS = 15


def median_ms(work: Callable[[], object]) -> float:
    """The median of ROUNDS runs, after one that does not count."""
    work()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)
