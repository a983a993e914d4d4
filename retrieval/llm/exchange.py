"""One exchange with a model, with retries, within a time limit; and a pause for one that keeps failing."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Protocol

from retrieval.domain.phrase import Phrase
from retrieval.errors import ChatError, GarbledError
from retrieval.llm import output_parsing, providers
from retrieval.llm.client import StreamPiece
from retrieval.llm.output_parsing import Content
from retrieval.llm.providers import ProviderError
from retrieval.llm.requests import PromptRequest, estimate

# Attempts, and the seconds before the second one; they double, and vary by half.
_TRIES = 4
_BACK_OFF = 0.5
# Characters read of a reply for every token it may have.
_LONGEST = 10
# Claims have more characters than this, so they are not counted more often.
_SHORTEST = 50
# A provider's count of tokens is believed up to this multiple of the reserved ones.
_BELIEVED = 3
# Failures in a row before the pause, and its length in seconds.
FAILURES = 3
PAUSE = 60.0

# The providers' words for a reply that reached its limit.
_FULL = frozenset(("length", "max_tokens", "max_output_tokens", "model_length"))


class StreamingModel(Protocol):
    """A model to ask: `Client`, as far as it is used here."""

    def say(self, request: PromptRequest, put: Callable[[StreamPiece], None], formed: bool = True) -> None: ...


@dataclass(slots=True)
class Bill:
    """The tokens of all attempts of an exchange; `estimated` where the provider did not report them."""

    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False

    @property
    def tokens(self) -> int:
        """Tokens in and out together."""
        return self.tokens_in + self.tokens_out

    def add(self, request: PromptRequest, attempt: _Attempt, most: int) -> None:
        """Count an attempt; a reported number above `most` is not believed.

        An attempt refused before the first word costs nothing; one that took too long may cost.
        """
        if attempt.tokens and any(attempt.tokens) and all(0 <= count <= most for count in attempt.tokens):
            self.tokens_in += attempt.tokens[0]
            self.tokens_out += attempt.tokens[1]
        elif attempt.text or attempt.late or not attempt.fault:
            self.tokens_in += request.tokens
            self.tokens_out += estimate(attempt.text)
            self.estimated = True


@dataclass(slots=True)
class _Attempt:
    """The result of one attempt."""

    text: str = ""
    stopped: str = ""
    refused: bool = False
    tokens: tuple[int, int] | None = None
    fault: ProviderError | None = None
    late: bool = False

    def add(self, piece: StreamPiece) -> None:
        self.text += piece.text
        self.stopped = piece.stopped or self.stopped
        self.refused |= piece.refused
        self.tokens = piece.tokens or self.tokens


@dataclass(slots=True, kw_only=True)
class Exchange:
    """A request and its outcome. `well` tells if the provider worked, whatever the model replied.

    The budget has reserved the tokens of one attempt at the start; `hold` reserves more.
    """

    model: StreamingModel
    request: PromptRequest
    seconds: float
    answer_tokens: int
    formed: bool
    on_progress: Callable[[int], object]
    hold: Callable[[int], None]
    sleep: Callable[[float], object] = time.sleep
    bill: Bill = field(default_factory=Bill)
    well: bool = True

    def run(self) -> Content:
        """The content of the reply. Sets `formed` to False where the provider rejects structured output.

        Raises:
            ChatError: there was none, in time.
        """
        end, tried = time.monotonic() + self.seconds, 0
        while True:
            tried, self.well = tried + 1, True
            attempt, billed = self._say(end - time.monotonic()), self.bill.tokens
            self.bill.add(self.request, attempt, _BELIEVED * (self.request.tokens + self.answer_tokens))
            try:
                content = self._read(attempt)
            except ProviderError as fault:
                self.well = not fault.passing
                pause = self._pause(fault, tried, end)
                # The reserved tokens are for the next attempt, so those of this one are reserved again.
                self.hold(self.bill.tokens - billed)
                if pause:
                    self.sleep(pause)
            else:
                self.well = not attempt.late
                return content

    def _pause(self, fault: ProviderError, tried: int, end: float) -> float:
        """The seconds before the next attempt; raises ChatError where none would help or time is up."""
        if fault.form and self.formed:
            self.formed = False
            return 0
        pause = fault.after if fault.after is not None else _back_off(tried)
        if not fault.passing or tried >= _TRIES or time.monotonic() + pause >= end:
            raise (GarbledError if fault.garbled else ChatError)(fault.reason) from None
        return pause

    def _say(self, seconds: float) -> _Attempt:
        attempt, counted, claims = _Attempt(), 0, 0
        try:
            with closing(self._pieces(seconds)) as pieces:
                for piece in pieces:
                    attempt.add(piece)
                    if len(attempt.text) - counted > _SHORTEST and "}" in piece.text:
                        counted, before, claims = len(attempt.text), claims, output_parsing.count_claims(attempt.text)
                        if claims > before:
                            self.on_progress(claims)
                    if len(attempt.text) > self.answer_tokens * _LONGEST:
                        attempt.stopped = "length"
                        break
        except _LateError:
            attempt.fault, attempt.late = ProviderError(providers.LATE, passing=True), True
        except ProviderError as fault:
            attempt.fault = fault
        return attempt

    def _pieces(self, seconds: float) -> Generator[StreamPiece]:
        return _within(seconds, lambda put: self.model.say(self.request, put, self.formed))

    def _read(self, attempt: _Attempt) -> Content:
        """The content of what has come; raises ProviderError where nothing came or another attempt may help."""
        if attempt.refused:
            raise ChatError(Phrase("the model refused to answer"))
        if content := output_parsing.read(self.request.task.purpose, attempt.text):
            return content
        if attempt.fault:
            raise attempt.fault
        if attempt.stopped in _FULL:
            raise ChatError(Phrase("the model ran out of room for its answer"))
        if not attempt.stopped:
            raise ProviderError(Phrase("the model broke off"), passing=True)
        if not attempt.text.strip():
            raise ChatError(Phrase("the model's answer was empty"))
        # It may work without structured output: some servers cannot produce it.
        raise ProviderError(providers.UNREADABLE, form=True, garbled=True)


def _back_off(tried: int) -> float:
    # Random, so that calls that failed together do not all retry together.
    return _BACK_OFF * 2.0 ** (tried - 1) * random.uniform(0.5, 1.5)  # noqa: S311


class _LateError(Exception):
    """The time limit was reached."""


class _GivenUp(BaseException):
    """Ends the thread when its result is no longer wanted; no `Exception`, so that no handler catches it as a
    failure.
    """


def _within(seconds: float, work: Callable[[Callable[[StreamPiece], None]], None]) -> Generator[StreamPiece]:
    """The pieces that `work` passes to its argument, as they come.

    It runs in a thread of its own, which is abandoned when time is up or the caller stops reading, so that it
    cannot block the caller. The thread ends with its next piece.

    Raises:
        _LateError: time is up before it is done.
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
        except BaseException as error:  # raised again in the caller's thread
            queue.put(error)

    end = time.monotonic() + seconds
    # Copies the context, so that the thread knows the chain that this call is a step of.
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
    if left <= 0:  # a model may go on forever
        raise _LateError
    try:
        return queue.get(timeout=left)
    except Empty:
        raise _LateError from None


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
