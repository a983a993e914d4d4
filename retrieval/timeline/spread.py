"""A choice that leaves no stretch of time out for another in which there is more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from itertools import zip_longest
from typing import TypeVar

from retrieval import tuned

Each = TypeVar("Each")


def spread(ranked: Sequence[Each], day: Callable[[Each], str], count: int) -> list[Each]:
    """`count` of those ranked best first: of each stretch of the time they span the best, then the second, and so on.

    The stretches are of one length; the newest takes its turn first, then the oldest.
    """
    if len(ranked) <= count:
        return list(ranked)
    days = [date.fromisoformat(day(each)).toordinal() for each in ranked]
    first, length = min(days), (max(days) - min(days) + 1) / tuned.STRETCHES
    stretches: dict[int, list[Each]] = defaultdict(list)
    for each, ordinal in zip(ranked, days, strict=True):
        stretches[int((ordinal - first) / length)].append(each)
    places = sorted(stretches)
    turns = zip_longest(*(stretches[place] for place in [*places[-1:], *places[:-1]]))
    return [each for turn in turns for each in turn if each is not None][:count]
