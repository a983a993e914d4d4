"""Work that waits for others most of the time, done by several threads at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# How often, in seconds, whoever waits for a result looks whether to stop.
_LOOK = 0.1


def spread(work: Callable[[Item], Result], items: Sequence[Item], threads: int, stopped: Event) -> Iterator[Result]:
    """The results as they come; what the work raises comes out here. Ends early when `stopped` is set.

    Whoever is still at work then is left to it: the threads are daemons, so that one deep in a fetch keeps nobody
    from leaving. The work must look at `stopped` before it changes anything.
    """
    todo: SimpleQueue[Item] = SimpleQueue()
    done: SimpleQueue[Result | BaseException] = SimpleQueue()
    for item in items:
        todo.put(item)
    for _ in range(min(threads, len(items))):
        Thread(target=_serve, args=(work, todo, done, stopped), daemon=True, name="polling").start()
    for _ in items:
        while (result := _next(done)) is None:
            if stopped.is_set():
                return
        if isinstance(result, BaseException):
            raise result
        yield result


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


def _next(done: SimpleQueue[Result | BaseException]) -> Result | BaseException | None:
    try:
        return done.get(timeout=_LOOK)
    except Empty:
        return None
