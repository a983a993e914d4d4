"""Work in a bounded number of threads."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future
from contextvars import Context, copy_context
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread, current_thread
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# Seconds between two looks at `stopped` while a result is waited for.
_LOOK = 0.1


class CrowdedError(Exception):
    """More work waits than can be done in time."""


class BoundedExecutor(Executor):
    """Runs work in at most `threads` threads; `waiting` pieces of work may wait for each thread.

    The threads are daemons, so work that waits for a slow server does not keep the process from ending. A thread
    ends when no work waits.
    """

    def __init__(self, threads: int, waiting: float = math.inf) -> None:
        self.busy = 0  # pieces of work that wait or run
        self._most = threads
        self._room = threads * (1 + waiting)
        self._queue: deque[tuple[Future[Any], Callable[[], Any], Context]] = deque()
        self._threads: set[Thread] = set()
        self._closed = False
        self._lock = Lock()

    def submit(  # type: ignore[override]  # the standard one takes arguments of the work
        self, work: Callable[[], Result], /
    ) -> Future[Result]:
        """Queue the work, and return the future of its result.

        Raises:
            CrowdedError: too much work waits already.
        """
        future: Future[Result] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the executor is shut down")
            if self.busy >= self._room:
                raise CrowdedError
            self.busy += 1
            # With the context, so that the thread knows the step that this work is a part of.
            self._queue.append((future, work, copy_context()))
            if len(self._threads) < self._most:
                thread = Thread(target=self._serve, daemon=True)
                self._threads.add(thread)
                thread.start()
        future.add_done_callback(self._leave)
        return future

    async def run(self, work: Callable[[], Result]) -> Result:
        """Return the result of the work without blocking the event loop.

        Raises:
            CrowdedError: too much work waits already.
        """
        return await asyncio.get_running_loop().run_in_executor(self, work)

    def ahead(self, work: Callable[[], Any]) -> int:
        """The number of pieces of work that wait before this one; 0 also if it does not wait."""
        with self._lock:
            waiting = [queued for _, queued, _ in self._queue]
        return next((at for at, queued in enumerate(waiting) if queued is work), 0)

    def map_unordered(
        self,
        work: Callable[[Item], Result],
        items: Sequence[Item],
        stopped: Event | None = None,
        seconds: float = math.inf,
    ) -> Iterator[Result]:
        """Yield the results of the work on the items as they come, and raise what the work raises.

        Ends early when `stopped` is set or the time is up. At the end it sets `stopped`, and no further item is begun.
        Work that still runs then is not waited for: it must look at `stopped` before it changes anything.
        """
        stopped = stopped or Event()
        done: SimpleQueue[Future[Result]] = SimpleQueue()
        end = time.monotonic() + seconds
        futures = [self.submit(partial(_unless, stopped, work, item)) for item in items]
        for future in futures:
            future.add_done_callback(done.put)
        try:
            for _ in futures:
                while (finished := _next(done, end)) is None:
                    if stopped.is_set() or time.monotonic() >= end:
                        return
                try:
                    result = finished.result()
                except CancelledError:
                    return
                yield result
        finally:
            stopped.set()
            for future in futures:
                future.cancel()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work; drop what waits if it is to be cancelled, and wait for the rest."""
        with self._lock:
            self._closed = True
            queued, threads = list(self._queue), list(self._threads)
        if cancel_futures:
            for future, _work, _context in queued:
                future.cancel()
        if wait:
            for thread in threads:
                thread.join()

    def _serve(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    self._threads.discard(current_thread())
                    return
                future, work, context = self._queue.popleft()
            if future.set_running_or_notify_cancel():
                context.run(_settle, future, work)
            # Otherwise the last result would be kept as long as the thread.
            del future, work, context

    def _leave(self, _future: Future[Any]) -> None:
        with self._lock:
            self.busy -= 1


def _settle(future: Future[Result], work: Callable[[], Result]) -> None:
    try:
        result = work()
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(result)


def _unless(stopped: Event, work: Callable[[Item], Result], item: Item) -> Result:
    if stopped.is_set():
        raise CancelledError
    return work(item)


def _next(done: SimpleQueue[Future[Result]], end: float) -> Future[Result] | None:
    try:
        return done.get(timeout=max(min(_LOOK, end - time.monotonic()), 0))
    except Empty:
        return None
