"""Average linkage: the two most similar clusters merge while their mean similarity exceeds a bound.

A cluster takes in what is similar to its members on average, so no chain of pairs joins articles that have nothing in
common (R. R. Sokal and C. D. Michener, "A statistical method for evaluating systematic relationships", 1958). The mean
is weighted, so that informative pairs count more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_GONE = np.float32(-np.inf)


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
        return [sorted(each) for each in self._members if each]

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
