"""How the library reports on long work, without knowing who watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol


class Track(Protocol):
    """Starts reporting on some work; the value entered is called with the number of units done since."""

    def __call__(self, work: str, total: int, unit: str) -> AbstractContextManager[Callable[[int], object]]: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """Where progress and notes go: `track` for long work, `note` for one line worth knowing."""

    track: Track
    note: Callable[[str], object]


@contextmanager
def _untracked(work: str, total: int, unit: str) -> Iterator[Callable[[int], object]]:  # noqa: ARG001
    yield lambda _done: None


SILENT = Progress(_untracked, lambda _line: None)
