"""Lets others watch the work: which steps it takes and what comes of them, without anybody's name or words.

Metrics, traces and logs are observers, and who shows the progress of long work. The outermost step has an id, which its
log lines have too, and which a person sees with an error.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal, Protocol

from retrieval.domain.answers import Standing

# `question` is a person's in Discord, until its answer is shown. `asking` is the making of an answer, of which the next
# four are parts; `model` is a call of a language model, for whatever it is made.
Step = Literal[
    "question",
    "asking",
    "understanding",
    "search",
    "evidence",
    "answering",
    "model",
    "delivery",
    "mail",
    "watches",
    "feeds",
    "folders",
    "indexing",
]


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question of a person was answered, if only with the word that there is no answer."""

    standing: Standing


class Observer(Protocol):
    """Watches the work; it must not raise."""

    def step(self, name: Step) -> AbstractContextManager[object]:
        """Is entered when a step begins, and left when it ends, with the exception that ends it, if any."""

    def notice(self, event: object) -> object:
        """Is called in the step in which something happens; front ends have events of their own."""


_observers: tuple[Observer, ...] = ()
_id: ContextVar[str] = ContextVar("step", default="")


@contextmanager
def watched_by(*observers: Observer) -> Iterator[None]:
    """Have these observers watch all work of this process meanwhile."""
    global _observers  # noqa: PLW0603 - like the handlers of logs, they belong to the process
    _observers += observers
    try:
        yield
    finally:
        _observers = tuple(each for each in _observers if each not in observers)


@contextmanager
def step(name: Step) -> Iterator[None]:
    """Let the observers know that the work inside is this step."""
    with identified(), ExitStack() as entered:
        for observer in _observers:
            entered.enter_context(observer.step(name))
        yield


def tell(event: object) -> None:
    """Let the observers know what happened: a dataclass without words or names of people."""
    for observer in _observers:
        observer.notice(event)


@contextmanager
def identified() -> Iterator[None]:
    """Give the work inside an id, unless it has one."""
    if _id.get():
        yield
        return
    before = _id.set(secrets.token_hex(4))
    try:
        yield
    finally:
        _id.reset(before)


def identify() -> None:
    """Give the rest of this task an id, unless it has one."""
    if not _id.get():
        _id.set(secrets.token_hex(4))


def step_id() -> str:
    """The id of the outermost step; empty outside of all."""
    return _id.get()


class Track(Protocol):
    """Starts reporting on some work; the context gives a function to call with the number of units just done."""

    def __call__(self, work: str, total: int, unit: str) -> AbstractContextManager[Callable[[int], object]]: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """The targets of progress and notes: `track` for long work, `note` for one line."""

    track: Track
    note: Callable[[str], object]


@contextmanager
def _untracked(work: str, total: int, unit: str) -> Iterator[Callable[[int], object]]:  # noqa: ARG001
    yield lambda _done: None


SILENT = Progress(_untracked, lambda _line: None)
