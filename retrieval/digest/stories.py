"""Groups articles into stories by average linkage, and weighs the stories.

The two most similar clusters merge while their mean similarity exceeds a bound. A cluster takes in what is similar to
its members on average, so no chain of pairs joins articles that have nothing in common (R. R. Sokal and C. D. Michener,
"A statistical method for evaluating systematic relationships", 1958). The mean is weighted, so that informative pairs
count more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from retrieval import tuned
from retrieval.digest.articles import StoryPiece
from retrieval.digest.similarity import Matrix, compare, days_between

# The least weight of a pair in a mean; it must be above 0.
_FARTHEST = np.float32(1e-6)

_GONE = np.float32(-np.inf)


def cluster(pieces: Sequence[StoryPiece]) -> list[list[int]]:
    """The stories, as indices of their pieces; independent of the order of the pieces.

    Pieces of one `story` stay together. More than `tuned.STORIES.pieces` are compared in runs by date, to bound memory;
    a story over the end of a run becomes two, unless all of it is of one origin.
    """
    order = sorted(range(len(pieces)), key=lambda at: (pieces[at].published or date.min, pieces[at].id))
    found: list[list[int]] = []
    for start in range(0, len(order), tuned.STORIES.pieces):
        found += _cluster([(at, pieces[at]) for at in order[start : start + tuned.STORIES.pieces]])
    return sorted(_joined(found, pieces))


def weigh(pieces: Sequence[StoryPiece], since: date, until: date, *, wanted: bool = False) -> float:
    """The weight of a story in a window of days, both inclusive; the heaviest story comes first.

    Three independent sources instead of one count as much as the window's last day instead of its first; more articles
    of the same sources count little. A story without a date is put in the middle of the window. A `wanted` story is
    about a topic that the team follows.
    """
    first, last = since.toordinal(), until.toordinal()
    newest = max((piece.published.toordinal() for piece in pieces if piece.published), default=(first + last) / 2)
    recency = min(max((newest - first) / max(last - first, 1), 0), 1)
    origins = len({piece.story for piece in pieces})
    return (
        math.log2(1 + count_sources(pieces))
        + tuned.STORIES.recency_weight * recency
        + tuned.STORIES.size_weight * math.log2(origins)
        + tuned.STORIES.topic_weight * wanted
    )


def count_sources(pieces: Iterable[StoryPiece]) -> int:
    """The number of independent sources: an outlet counts once, and so does an origin that several outlets print.

    An origin counts for the outlet that had it first; without a known outlet, it counts by itself.
    """
    first: dict[int, StoryPiece] = {}
    for each in sorted(pieces, key=lambda each: (each.published or date.max, each.id)):
        first.setdefault(each.story, each)
    return len({each.outlet or story for story, each in first.items()})


def _cluster(run: Sequence[tuple[int, StoryPiece]]) -> list[list[int]]:
    """Clusters origins, not articles: copies do not make a story more similar to another.

    Pairs of near days weigh more in the mean, since a long story may end unlike its beginning.
    """
    run = sorted(run, key=lambda each: each[1].story)  # stable: by date within
    stories = np.array([piece.story for _, piece in run])
    starts = np.flatnonzero(np.r_[True, stories[1:] != stories[:-1]])
    days = days_between([piece for _, piece in run])
    weights = np.exp(-days / np.float32(tuned.STORIES.near)) + _FARTHEST
    likeness = compare([piece for _, piece in run], days)
    groups = merge(_means(likeness, starts), _means(weights, starts), tuned.STORIES.same_from)
    origins = np.split(np.array([at for at, _ in run]), starts[1:])
    return [[int(at) for origin in group for at in origins[origin]] for group in groups]


def _means(matrix: Matrix, starts: NDArray[np.intp]) -> Matrix:
    """The means of the blocks of a square matrix that start at these rows and columns."""
    if len(starts) == len(matrix):
        return matrix
    sizes = np.diff(np.append(starts, len(matrix))).astype(np.float32)
    sums = np.add.reduceat(np.add.reduceat(matrix, starts, axis=0), starts, axis=1)
    means: Matrix = sums / (sizes[:, None] * sizes[None, :])
    return means


def _joined(groups: Iterable[list[int]], pieces: Sequence[StoryPiece]) -> list[list[int]]:
    """Groups that have an origin in common become one."""
    group_of: dict[int, frozenset[int]] = {}
    for group in groups:
        stories = {pieces[at].story for at in group}
        joined = frozenset(group).union(*(group_of[story] for story in stories if story in group_of))
        group_of |= {pieces[at].story: joined for at in joined}
    return [sorted(group) for group in set(group_of.values())]


def merge(likeness: Matrix, weights: Matrix, bound: float) -> list[list[int]]:
    """The rows of two symmetric matrices, grouped. `weights` are above 0. Memory: three more such matrices."""
    return _Tree(likeness, weights).grow(bound) if len(likeness) else []


class _Tree:
    """The clusters so far, named by their first row; `between` holds the mean similarity of every two."""

    def __init__(self, likeness: Matrix, weights: Matrix) -> None:
        self._sums = likeness * weights
        self._weights = weights.copy()
        self._between = likeness.copy()
        np.fill_diagonal(self._between, _GONE)
        self._members = [[row] for row in range(len(likeness))]
        self._nearest = self._between.argmax(axis=1)
        self._value = self._between.max(axis=1)

    def grow(self, bound: float) -> list[list[int]]:
        while self._value[one := int(self._value.argmax())] > bound:
            kept, gone = sorted((one, int(self._nearest[one])))
            self._members[kept] += self._members[gone]
            self._members[gone] = []
            self._join(kept, gone)
            self._renew(kept, gone)
        return [sorted(member) for member in self._members if member]

    def _join(self, kept: int, gone: int) -> None:
        """Let one row represent both clusters, and remove the other."""
        for sums in (self._sums, self._weights):
            sums[kept] += sums[gone]
            sums[:, kept] = sums[kept]
        mean = self._sums[kept] / self._weights[kept]
        mean[np.isneginf(self._between[kept])] = _GONE
        mean[[kept, gone]] = _GONE
        self._between[kept] = self._between[:, kept] = mean
        self._between[gone] = self._between[:, gone] = _GONE

    def _renew(self, kept: int, gone: int) -> None:
        """Recompute the nearest row of every row whose nearest was one of the two or is now the merged one."""
        lost = np.flatnonzero((self._nearest == kept) | (self._nearest == gone))
        nearer = self._between[:, kept] > self._value
        self._nearest[nearer], self._value[nearer] = kept, self._between[nearer, kept]
        for row in (*lost.tolist(), kept, gone):
            self._nearest[row] = self._between[row].argmax()
            self._value[row] = self._between[row, self._nearest[row]]
