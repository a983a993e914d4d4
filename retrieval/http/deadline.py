"""The time one fetch may take, over all its redirects."""

from __future__ import annotations

from collections.abc import Callable

from retrieval.http.page import FetchError


class Deadline:
    """Runs from its making; time spent waiting for others of ours is given back by `extend`."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Seconds left, never none.

        Raises:
            FetchError: none are.
        """
        left = self._end - self._clock()
        if left <= 0:
            raise self.passed()
        return left

    def extend(self, seconds: float) -> None:
        self._end += seconds

    def passed(self) -> FetchError:
        return FetchError(f"timed out after {self._seconds:g} s")
