"""A task as it is put to a model: the rules, and what of the material the tokens have room for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import prompts
from retrieval.errors import ChatError
from retrieval.models import Extract, Purpose, Task, Turn

# What the tags around an item take, and the wrapping of a request by its provider.
_TAGS = 30
_WRAPPING = 200
# Fewer tokens of a passage than this are no passage.
_LEAST = 100

_TEXT: dict[Purpose, str] = {"answer": "question", "digest": "title", "standalone": "question", "verify": "claim"}


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is sent: `rules` are the same for all tasks of a purpose, `text` holds the first `given` passages.

    `tokens` is an estimate of both that is rather too high; `key` is a digest of all that the reply depends on but
    the model.
    """

    purpose: Purpose
    rules: str
    text: str
    given: int
    tokens: int
    key: str


def write(task: Task, room: int) -> Request:
    """The request for a task in at most `room` tokens: of the passages the first, of the turns the last.

    Raises:
        ChatError: not even the question has room, or nothing of the passages.
    """
    prompt = prompts.load(task.purpose)
    values: dict[str, str | Sequence[str]] = {_TEXT[task.purpose]: task.text}
    if "day" in prompt.variables:
        values["day"] = task.day or "not known"
    turning = "turns" in prompt.variables
    name = "turns" if turning else "passages"
    room -= estimate(prompt.rules + prompt.fill(**values, **{name: ()})) + _WRAPPING
    if room < _LEAST:
        raise ChatError("the question is too long for the model")
    passages = [] if turning else [*_fitting(map(_passage, task.passages), room)]
    values[name] = [*_fitting(map(_turn, reversed(task.turns)), room)][::-1] if turning else passages
    text = prompt.fill(**values)
    asked = json.dumps([task.purpose, prompt.rules, prompt.request, values], sort_keys=True)
    key = hashlib.sha256(asked.encode()).hexdigest()
    return Request(task.purpose, prompt.rules, text, len(passages), estimate(prompt.rules + text) + _WRAPPING, key)


def estimate(text: str) -> int:
    """How many tokens a text may be: three bytes each, where English takes some four and Chinese some three."""
    return ceil(len(text.encode("utf-8", "replace")) / 3)


def _fitting(items: Iterable[str], room: int) -> Iterator[str]:
    """The first items that have room; of the one that has not, its beginning, where that is worth it."""
    for item in items:
        needed = estimate(item) + _TAGS
        if needed > room:
            if room >= _LEAST:
                yield _beginning(item, room - _TAGS)
            return
        yield item
        room -= needed


def _beginning(text: str, room: int) -> str:
    """As many whole words as there is room for."""
    cut = text.encode("utf-8", "replace")[: room * 3].decode("utf-8", "ignore")
    return cut.rpartition(" ")[0] or cut


def _passage(extract: Extract) -> str:
    return f"{' '.join(extract.source.split()) or 'Source not known'}\n\n{extract.text}"


def _turn(turn: Turn) -> str:
    return f"Question: {turn.understood}\nAnswer: {turn.answer}"
