"""A circuit breaker: a pause for a model that keeps failing, so that no question waits for it in vain."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

# Failures in a row before the pause, and its length in seconds.
FAILURES = 3
PAUSE = 60.0


class CircuitBreaker:
    """Opens after `FAILURES` in a row; after `PAUSE` one call may try, and other calls wait for its outcome."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._until = 0.0
        self._lock = Lock()

    def allows(self) -> bool:
        """Tell if a call may be made now. After an allowed call, `note` must be called."""
        with self._lock:
            if self._failures < FAILURES:
                return True
            if self._clock() < self._until:
                return False
            # If this call never reports its outcome, the next one may try after another pause.
            self._until = self._clock() + PAUSE
            return True

    def note(self, well: bool) -> None:
        """Note the outcome of a call."""
        with self._lock:
            self._failures = 0 if well else self._failures + 1
            if self._failures >= FAILURES:
                self._until = self._clock() + PAUSE
