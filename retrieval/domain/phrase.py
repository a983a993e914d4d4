"""What the program says of its own accord, kept with its values, so that a front end can say it in other languages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import reduce
from typing import Any

Value = str | int | date


class Phrase(str):
    """A text in English, with the text it was made of and the values of its placeholders.

    Values are names and quotes, numbers, days, and other phrases.
    """

    __slots__ = ("text", "values")

    text: str
    values: Mapping[str, Value]

    def __new__(cls, text: str, /, **values: Value) -> Phrase:
        """The text with the values in its `{placeholders}`."""
        shown = {name: _english(each) for name, each in values.items()}
        made = super().__new__(cls, text.format(**shown) if values else text)
        made.text, made.values = text, values
        return made

    def filled(self, **values: Value) -> Phrase:
        """The phrase with the values in its placeholders."""
        return Phrase(self.text, **values)


def write(said: str | None) -> str | None:
    """A phrase as it is stored: its English, or JSON where it has values. Days are not stored."""
    if not isinstance(said, Phrase) or not said.values:
        return said
    return json.dumps(_document(said), ensure_ascii=False)


def read(stored: str | None) -> str | None:
    """The phrase that was stored; a text that only begins like one, such as a publisher's, is itself."""
    if stored is None or not stored.startswith(_START):
        return stored and Phrase(stored)
    try:
        return _phrase(json.loads(stored))
    except (ValueError, LookupError, TypeError):
        return Phrase(stored)


_START = '{"text": '


def _document(said: Phrase) -> dict[str, Any]:
    values = {name: _document(each) if isinstance(each, Phrase) else each for name, each in said.values.items()}
    return {"text": said.text, "values": values}


def _phrase(document: Mapping[str, Any]) -> Phrase:
    values = {name: _phrase(each) if isinstance(each, dict) else each for name, each in document["values"].items()}
    return Phrase(document["text"], **values)


def together(parts: Iterable[str | None], between: str) -> str | None:
    """The parts that there are in one text; None where there is none."""
    named = {f"part{at}": each for at, each in enumerate(filter(None, parts))}
    return Phrase(between.join(f"{{{name}}}" for name in named), **named) if named else None


def _english(value: Value) -> str:
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    return f"{value:,}" if isinstance(value, int) else value


def either(names: Sequence[str]) -> str:
    """The names as a choice: "one or other"."""
    return reduce(lambda one, other: Phrase("{one} or {other}", one=one, other=other), names)
