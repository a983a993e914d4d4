"""Work that is done several pieces at a time, and not waited for longer than it is worth."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")


def run(work: Sequence[Callable[[], T]], at_once: int, seconds: float) -> list[T | None]:
    """What each piece of work gave; None for those that are not done when time is up.

    What was begun then is left to itself: neither its caller nor the end of the process waits for it.
    """
    crew, end = _Crew(work), time.monotonic() + seconds
    results: list[T | None] = [None] * len(work)
    try:
        for _ in range(min(at_once, len(work))):
            Thread(target=crew.labour, name="digest", daemon=True).start()
        for _ in work:
            number, came, error = crew.done.get(timeout=max(end - time.monotonic(), 0))
            if error:
                raise error
            results[number] = came
    except Empty:
        pass
    finally:
        crew.given_up.set()
    return results


class _Crew(Generic[T]):
    """What is to be done, and what came of it: a result, or an error of whoever waits."""

    def __init__(self, work: Sequence[Callable[[], T]]) -> None:
        self.done = SimpleQueue[tuple[int, T | None, Exception | None]]()
        self.given_up = Event()
        self._left = SimpleQueue[tuple[int, Callable[[], T]]]()
        for each in enumerate(work):
            self._left.put(each)

    def labour(self) -> None:
        """Do what is left, one piece after the other."""
        while not self.given_up.is_set():
            try:
                number, piece = self._left.get_nowait()
            except Empty:
                return
            try:
                self.done.put((number, piece(), None))
            except Exception as error:
                self.done.put((number, None, error))
