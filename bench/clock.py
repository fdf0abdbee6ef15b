"""Timing of a function."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

ROUNDS = 15


def median_ms(work: Callable[[], object]) -> float:
    """The median of ROUNDS runs in milliseconds, after one warm-up run."""
    work()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)
