"""Logs as lines of text or JSON documents, each with the id of the request it belongs to, none with anybody's words."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

from pythonjsonlogger.json import JsonFormatter

from retrieval.observing import step_id

# Shorter texts would also be hidden where they are no quote.
_SHORTEST = 8
_FIELDS = "%(levelname)s %(name)s %(message)s %(request)s"
_hidden: ContextVar[frozenset[str]] = ContextVar("hidden", default=frozenset())


@contextmanager
def logging_to_stderr(
    log_format: Literal["text", "json"], show_words: bool = False, least: int = logging.INFO
) -> Iterator[None]:
    """Write what happens to standard error, from the level `least` on; people's words only if `show_words`."""
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLines(show_words) if log_format == "json" else _TextLines(show_words))
    handler.addFilter(_identify)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(least)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def hide(*texts: str) -> None:
    """Keep these words of a person out of the log lines of this task: an error may quote them."""
    added = {form for text in texts if len(text) >= _SHORTEST for form in (text, repr(text)[1:-1])}
    _hidden.set(_hidden.get() | added)


def _identify(record: logging.LogRecord) -> bool:
    record.request = step_id()
    return True


def _without(line: str, words: Iterable[str]) -> str:
    for each in sorted(words, key=len, reverse=True):
        line = line.replace(each, "[hidden]")
    return line


class _TextLines(logging.Formatter):
    def __init__(self, show_words: bool) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request)s]: %(message)s")
        self._show_words = show_words

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return line if self._show_words else _without(line, _hidden.get())


class _JsonLines(JsonFormatter):
    def __init__(self, show_words: bool) -> None:
        super().__init__(_FIELDS, timestamp="at", rename_fields={"levelname": "level", "name": "logger"})
        self._show_words = show_words

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        if self._show_words:
            return log_data
        hidden = _hidden.get()
        return {name: _without(value, hidden) if isinstance(value, str) else value for name, value in log_data.items()}
