"""How work grows with its input: a ratio of CPU times of one run, which a busy machine hardly changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf

# Doubling the input twice makes linear work four times as long, and quadratic work sixteen times.
FACTOR = 4
# Linear work stays well below this, with what the machine adds.
LINEAR = 9.0
# Seconds of CPU below which a clock tells little.
_TELLING = 0.002


def growth(work: Callable[[int], object], size: int) -> float:
    """The CPU time of the work at four times this size over that at this size; the least of up to three tries of both.

    Work too short to be timed at the larger size has not grown.
    """
    small, large, ratio = inf, inf, inf
    for _ in range(3):
        small, large = min(small, _cpu(work, size)), min(large, _cpu(work, FACTOR * size))
        ratio = large / max(small, _TELLING)
        if ratio < LINEAR:
            break
    return ratio


def _cpu(work: Callable[[int], object], size: int) -> float:
    began = time.thread_time()
    work(size)
    return time.thread_time() - began
