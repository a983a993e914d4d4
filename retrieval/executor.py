"""Work that waits for others most of the time, done by several threads at once and never waited for in vain."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# How often, in seconds, whoever waits for a result looks whether to stop.
_LOOK = 0.1


def spread(
    work: Callable[[Item], Result], items: Sequence[Item], threads: int, stopped: Event, seconds: float = math.inf
) -> Iterator[Result]:
    """The results as they come; what the work raises comes out here. Ends early when `stopped` is set, or time is up.

    Nothing is begun after the end, for which `stopped` is set. Whoever is still at work then is left to it: the threads
    are daemons, so that one deep in a fetch keeps nobody from leaving. The work must look at `stopped` before it
    changes anything.
    """
    todo: SimpleQueue[Item] = SimpleQueue()
    done: SimpleQueue[Result | BaseException] = SimpleQueue()
    for item in items:
        todo.put(item)
    end = time.monotonic() + seconds
    try:
        for _ in range(min(threads, len(items))):
            Thread(target=_serve, args=(work, todo, done, stopped), daemon=True, name="crew").start()
        for _ in items:
            while (result := _next(done, end)) is None:
                if stopped.is_set() or time.monotonic() >= end:
                    return
            if isinstance(result, BaseException):
                raise result
            yield result
    finally:
        stopped.set()


def _serve(
    work: Callable[[Item], Result],
    todo: SimpleQueue[Item],
    done: SimpleQueue[Result | BaseException],
    stopped: Event,
) -> None:
    while not stopped.is_set():
        try:
            item = todo.get_nowait()
        except Empty:
            return
        try:
            done.put(work(item))
        except BaseException as error:
            done.put(error)


def _next(done: SimpleQueue[Result | BaseException], end: float) -> Result | BaseException | None:
    try:
        return done.get(timeout=max(min(_LOOK, end - time.monotonic()), 0))
    except Empty:
        return None
