"""Where work waits for a thread: nothing that takes more than a moment runs on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")

# Questions that may wait for a thread, for each thread: more would wait longer than anybody does.
_WAITING = 25


class CrowdedError(Exception):
    """More is waiting already than can be answered in time."""


class Desk:
    """Runs work in at most `workers` threads; what comes when too much waits already is turned away."""

    def __init__(self, workers: int) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="desk")
        self._room = workers * (1 + _WAITING)
        self.busy = 0

    async def run(self, work: Callable[[], Result]) -> Result:
        """The result of the work.

        Raises:
            CrowdedError: too much waits already.
        """
        if self.busy >= self._room:
            raise CrowdedError
        self.busy += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self.busy -= 1

    def close(self) -> None:
        """Let what runs come to its end, and drop what waits."""
        self._threads.shutdown(wait=True, cancel_futures=True)
