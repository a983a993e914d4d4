"""What comes from a model piece by piece, what goes wrong there, and an end to waiting for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextvars import copy_context
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread


@dataclass(frozen=True, slots=True)
class StreamPiece:
    """What a model has just said. `stopped` is its provider's word for why it ended; `tokens` are (in, out), so far."""

    text: str = ""
    stopped: str = ""
    refused: bool = False
    tokens: tuple[int, int] | None = None


class ProviderError(Exception):
    """A provider or the way to it failed; the message is the reason for the reader, with nothing of the provider's.

    A `passing` one may be gone with the next try, `after` seconds where the provider says so. With `form` the provider
    did not take the request as it was, which may lie in the form of reply that was asked for; `garbled`, its model
    replied in a form that cannot be read.
    """

    def __init__(
        self,
        reason: str,
        *,
        passing: bool = False,
        after: float | None = None,
        form: bool = False,
        garbled: bool = False,
    ) -> None:
        super().__init__(reason)
        self.garbled = garbled
        self.passing = passing
        self.after = after
        self.form = form


class LateError(Exception):
    """Time is up."""


class _GivenUp(BaseException):
    """Ends the work when nobody waits for it any longer; no error, so that nothing takes it for one."""


def within(seconds: float, work: Callable[[Callable[[StreamPiece], None]], None]) -> Generator[StreamPiece]:
    """The pieces that `work` hands over, as they come.

    It runs in a thread of its own, which is left to itself when time is up or nobody asks for more: whatever it waits
    for cannot hold up whoever waits for it. It ends with its next piece.

    Raises:
        LateError: time is up before it is done.
    """
    queue, given_up = SimpleQueue[StreamPiece | BaseException | None](), Event()

    def put(piece: StreamPiece) -> None:
        if given_up.is_set():
            raise _GivenUp
        queue.put(piece)

    def run() -> None:
        try:
            work(put)
            queue.put(None)
        except BaseException as error:  # whatever it is, it belongs to whoever waits
            queue.put(error)

    end = time.monotonic() + seconds
    # Whatever chain the call is a step of is known to the thread too.
    Thread(target=copy_context().run, args=(run,), name="chat", daemon=True).start()
    try:
        while (came := _next(queue, end)) is not None:
            if isinstance(came, BaseException):
                raise came
            yield came
    finally:
        given_up.set()


def _next(queue: SimpleQueue[StreamPiece | BaseException | None], end: float) -> StreamPiece | BaseException | None:
    left = end - time.monotonic()
    if left <= 0:  # a model may as well never come to an end
        raise LateError
    try:
        return queue.get(timeout=left)
    except Empty:
        raise LateError from None
