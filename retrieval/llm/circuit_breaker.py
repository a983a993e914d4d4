"""A pause for a model that keeps failing, so that nobody waits for it in vain."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

# Failures running before the pause, and its seconds.
FAILURES = 3
PAUSE = 60.0


class CircuitBreaker:
    """Opens after `FAILURES` running; when `PAUSE` is over, one call may try, and the others wait for how it goes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._until = 0.0
        self._lock = Lock()

    def allows(self) -> bool:
        """Whether a call may be made now. One that is allowed must be followed by `note`."""
        with self._lock:
            if self._failures < FAILURES:
                return True
            if self._clock() < self._until:
                return False
            # Whoever comes next waits as long again, should this one never tell.
            self._until = self._clock() + PAUSE
            return True

    def note(self, well: bool) -> None:
        """How a call went."""
        with self._lock:
            self._failures = 0 if well else self._failures + 1
            if self._failures >= FAILURES:
                self._until = self._clock() + PAUSE
