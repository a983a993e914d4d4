"""Progress of long work, reported without knowing who shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol


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
