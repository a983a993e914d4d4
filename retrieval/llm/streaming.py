"""Pieces of a streamed reply, read from LangChain's chunks; a provider's failures; and a time limit for both."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextvars import copy_context
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any

# The providers' words for a refusal, and for a reply that reached its limit.
REFUSED = frozenset(("refusal", "content_filter", "safety", "recitation", "blocklist", "prohibited_content", "spii"))
FULL = frozenset(("length", "max_tokens", "max_output_tokens", "model_length"))


@dataclass(frozen=True, slots=True)
class StreamPiece:
    """A piece of a reply. `stopped` is the provider's word for why the reply ended; `tokens` are (in, out) so far."""

    text: str = ""
    stopped: str = ""
    refused: bool = False
    tokens: tuple[int, int] | None = None


def piece(message: Any) -> StreamPiece:
    """An `AIMessageChunk` as a piece; the arguments of a tool call count as text."""
    about = message.response_metadata
    called = "".join(each.get("args") or "" for each in getattr(message, "tool_call_chunks", ()))
    stopped = _stopped(about)
    return StreamPiece(
        text=called or str(message.text),
        stopped=stopped,
        refused=stopped in REFUSED or _refuses(message),
        tokens=_tokens(message),
    )


def _tokens(message: Any) -> tuple[int, int] | None:
    """The tokens in and out. Where every piece repeats its role, as LM Studio's do, LangChain leaves the count as the
    server gave it.
    """
    if counted := message.usage_metadata:
        return counted["input_tokens"], counted["output_tokens"]
    own = message.response_metadata.get("token_usage") or {}
    read, wrote = own.get("prompt_tokens"), own.get("completion_tokens")
    return (read, wrote) if isinstance(read, int) and isinstance(wrote, int) else None


def ending(error: Exception) -> StreamPiece | None:
    """The end of a reply, for errors that some clients raise for it; None for any other error."""
    name = type(error).__name__
    if name == "LengthFinishReasonError":
        return StreamPiece(stopped="length")
    if name == "ContentFilterFinishReasonError":
        return StreamPiece(stopped="content_filter", refused=True)
    # LangChain's error for a reply without any piece.
    return StreamPiece() if str(error) == "No generation chunks were returned" else None


def _stopped(about: dict[str, Any]) -> str:
    why = (about.get("incomplete_details") or {}).get("reason")
    named = (about.get(name) for name in ("finish_reason", "stop_reason", "done_reason", "status", "done"))
    return str(why or next(filter(None, named), "")).lower()


def _refuses(message: Any) -> bool:
    blocks = message.content if isinstance(message.content, list) else []
    return bool(message.additional_kwargs.get("refusal")) or any(
        isinstance(each, dict) and each.get("type") == "refusal" for each in blocks
    )


class ProviderError(Exception):
    """A provider or the connection to it failed; the message is the reason for the reader, in our own words.

    A `passing` failure may be gone at the next attempt, `after` seconds if the provider says so. With `form` the
    provider rejected the request, perhaps because of structured output; with `garbled` the reply could not be read.
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
        self.reason = reason
        self.garbled = garbled
        self.passing = passing
        self.after = after
        self.form = form


class LateError(Exception):
    """The time limit was reached."""


class _GivenUp(BaseException):
    """Ends the thread when its result is no longer wanted; no `Exception`, so that no handler catches it as a
    failure.
    """


def within(seconds: float, work: Callable[[Callable[[StreamPiece], None]], None]) -> Generator[StreamPiece]:
    """The pieces that `work` passes to its argument, as they come.

    It runs in a thread of its own, which is abandoned when time is up or the caller stops reading, so that it
    cannot block the caller. The thread ends with its next piece.

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
        raise LateError
    try:
        return queue.get(timeout=left)
    except Empty:
        raise LateError from None
