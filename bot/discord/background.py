"""Work that waits for publishers: not at the desk, where it would hold up questions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

from bot.discord.executor import CrowdedError

Result = TypeVar("Result")

# Errands that may wait, for each that runs: more would wait longer than anybody does.
_WAITING = 10


class Errands:
    """Runs at most `most` at once. Whatever still waits for a slow server keeps the process from ending no longer."""

    def __init__(self, most: int) -> None:
        self._turns = asyncio.Semaphore(most)
        self._room = most * (1 + _WAITING)
        self._busy = 0

    async def run(self, work: Callable[[], Result]) -> Result:
        """The result of the work.

        Raises:
            CrowdedError: too much waits already.
        """
        if self._busy >= self._room:
            raise CrowdedError
        self._busy += 1
        try:
            async with self._turns:
                return await asyncio.wrap_future(_start(work))
        finally:
            self._busy -= 1


def _start(work: Callable[[], Result]) -> Future[Result]:
    result: Future[Result] = Future()
    # So that it cannot be cancelled any more: nobody could tell the thread.
    result.set_running_or_notify_cancel()

    def go() -> None:
        try:
            result.set_result(work())
        except BaseException as error:
            result.set_exception(error)

    # A daemon, unlike those of an executor, which are waited for when the process ends.
    Thread(target=go, daemon=True, name="errand").start()
    return result
