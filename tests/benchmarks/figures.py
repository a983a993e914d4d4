"""Figures from single measurements: percentiles of latencies, ranks of documents."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Collection, Sequence
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def timed(work: Callable[P, T], *args: P.args, **values: P.kwargs) -> tuple[float, T]:
    """Seconds taken, and what came of it."""
    started = time.perf_counter()
    result = work(*args, **values)
    return time.perf_counter() - started, result


def percentile(values: Sequence[float], percent: int) -> float:
    """A percentile from 1 to 99, interpolated."""
    if len(values) < 2:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def ranked(found: Sequence[str], gold: Collection[str]) -> float:
    """The reciprocal rank of the first gold document among the documents found, each counted once; 0 for none."""
    documents = list(dict.fromkeys(found))
    return next((1 / rank for rank, name in enumerate(documents, 1) if name in gold), 0.0)


def quality(reciprocals: Sequence[float]) -> dict[str, float]:
    """Hits@1, Hits@10 and MRR@10 over documents."""
    within = [value if value >= 1 / 10 else 0.0 for value in reciprocals]
    return {
        "Hits@1": statistics.fmean(value == 1 for value in within),
        "Hits@10": statistics.fmean(value > 0 for value in within),
        "MRR@10": statistics.fmean(within),
    }
