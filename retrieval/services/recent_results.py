"""Results that are kept in memory for whoever asks for the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Result = TypeVar("Result")

# A digest takes some 100 KB.
_MOST_RESULTS = 50


class RecentResults(Generic[Result]):
    """The results used last, in memory alone. The key must name everything that a result depends on."""

    def __init__(self, most: int = _MOST_RESULTS) -> None:
        self._most = most
        self._results: OrderedDict[Hashable, Result] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Result | None:
        """The result of this key, where it is still there."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def put(self, key: Hashable, result: Result) -> None:
        """Keep a result, in the place of the one that was used longest ago."""
        with self._lock:
            self._results[key] = result
            self._results.move_to_end(key)
            if len(self._results) > self._most:
                self._results.popitem(last=False)
