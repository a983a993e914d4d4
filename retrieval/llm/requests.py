"""Requests to a language model, prepared for a task: the rules, and as much of the material as the tokens allow.

The second look is one request about all uncertain statements of a reply, independent of the first request.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal, Protocol

import prompts
from retrieval.domain.answers import Turn
from retrieval.domain.llm import Opinion, PromptPassage, Purpose, Reply, StatementToJudge, Task
from retrieval.errors import ChatError

# The tokens of the tags around an item, and of the provider's wrapping of a request.
_TAGS = 30
_WRAPPING = 200
# The fewest tokens of a passage that are of use.
_LEAST = 100

# By purpose, the variable of a task's text, and the variable of its items.
_TEXT: dict[Purpose, str] = {
    "answer": "question",
    "digest": "title",
    "brief": "topic",
    "standalone": "question",
    "choose": "question",
}
_ITEMS: dict[Purpose, str] = {"standalone": "turns", "verify": "statements", "choose": "sentences"}
Verifier = Literal["local", "model", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRequest:
    """A request to a model, ready to be sent: `messages` as pairs of role and text, with the first `given` items of the
    task. The first message has the rules, which are the same for all tasks of a purpose.

    `tokens` is an estimate of all messages, rather too high; `key` is a hash of everything the reply depends on except
    the model; `version` names the prompt and its state.
    """

    task: Task
    messages: tuple[tuple[str, str], ...]
    given: int
    tokens: int
    key: str
    version: str

    def saying(self, messages: Iterable[tuple[str, str]]) -> PromptRequest:
        """The request with other messages, if they are others: then it has a key and a version of its own."""
        said = tuple(messages)
        if said == self.messages:
            return self
        key = hashlib.sha256(json.dumps([self.key, said]).encode()).hexdigest()
        # Of the rules alone: the tags around the material have another code each time.
        rules = "".join(text for role, text in said if role == "system")
        version = f"{self.task.purpose}@{hashlib.sha256(rules.encode()).hexdigest()[:8]}"
        return replace(self, messages=said, tokens=_tokens(said), key=key, version=version)


def write(task: Task, room: int) -> PromptRequest:
    """The request for a task within `room` tokens: the first of the passages, the last of the turns.

    Raises:
        ChatError: not even the question has room, or nothing of the passages.
    """
    prompt = prompts.load(task.purpose)
    values: dict[str, str | Sequence[str]] = {}
    if task.purpose in _TEXT:
        values[_TEXT[task.purpose]] = task.text
    if "day" in prompt.variables:
        values["day"] = task.day or "not known"
    name = _ITEMS.get(task.purpose, "passages")
    room -= estimate(prompt.rules + prompt.fill(**values, **{name: ()})) + _WRAPPING
    if room < _LEAST:
        raise ChatError("the question is too long for the model")
    # The last turns of a conversation matter most.
    items = [*_fitting(_items(task), room)]
    values[name] = items[::-1] if task.purpose == "standalone" else items
    text = prompt.fill(**values)
    asked = json.dumps([task.purpose, prompt.rules, prompt.request, values], sort_keys=True)
    key = hashlib.sha256(asked.encode()).hexdigest()
    messages = ("system", prompt.rules), ("human", text)
    return PromptRequest(
        task=task, messages=messages, given=len(items), tokens=_tokens(messages), key=key, version=prompt.version
    )


def _tokens(messages: Iterable[tuple[str, str]]) -> int:
    return estimate("".join(text for _role, text in messages)) + _WRAPPING


def _items(task: Task) -> Iterable[str]:
    """The items of a task, the most important first."""
    if task.purpose == "standalone":
        return map(_turn, reversed(task.turns))
    if task.purpose == "verify":
        return map(_statement, task.statements)
    return (each.text for each in task.passages) if task.purpose == "choose" else map(_passage, task.passages)


def estimate(text: str) -> int:
    """An upper estimate of a text's tokens: one for three bytes, where English takes about four and Chinese about
    three.
    """
    return ceil(len(text.encode("utf-8", "replace")) / 3)


def _fitting(items: Iterable[str], room: int) -> Iterator[str]:
    """The first items that fit, and the start of the next one if that is long enough to be of use."""
    for item in items:
        needed = estimate(item) + _TAGS
        if needed > room:
            if room >= _LEAST:
                yield _beginning(item, room - _TAGS)
            return
        yield item
        room -= needed


def _beginning(text: str, room: int) -> str:
    """As many whole words as fit."""
    cut = text.encode("utf-8", "replace")[: room * 3].decode("utf-8", "ignore")
    return cut.rpartition(" ")[0] or cut


def _passage(extract: PromptPassage) -> str:
    return f"{' '.join(extract.source.split()) or 'Source not known'}\n\n{extract.text}"


def _statement(judged: StatementToJudge) -> str:
    return "\n\n".join([" ".join(judged.text.split()), *map(_passage, judged.excerpts)])


def _turn(turn: Turn) -> str:
    return f"Question: {turn.understood}\nAnswer: {turn.answer}"


class LanguageModel(Protocol):
    """Prepares the request for a task, and sends it: `service.Chat`, with its errors."""

    def prepare(self, task: Task) -> PromptRequest: ...

    def send(self, request: PromptRequest, on_progress: Callable[[int], object] = ..., /) -> Reply: ...


@dataclass(frozen=True, slots=True)
class SecondLook:
    """The checker of a model's statements and of people's claims: the program itself (`local`), or the `model`, which
    is asked by `chat`.

    A call takes the rest of `seconds` that the first one left, and at least half of them. With `local`, statements
    that the program is not sure of are shown as unsure; with `off`, like any other.
    """

    verifier: Verifier = "local"
    chat: LanguageModel | None = None
    model: str = ""
    seconds: float = 30.0

    @property
    def judges(self) -> bool:
        """True if a model checks."""
        return self.verifier == "model" and self.chat is not None

    def judge(
        self, statements: Sequence[StatementToJudge], person: str, spent: float = 0.0
    ) -> tuple[dict[int, Opinion], str]:
        """The opinions on statements by their position, counted from 0, and the version of the prompt.

        Raises:
            ChatError: there are none.
        """
        if not statements or self.chat is None:
            return {}, ""
        seconds = max(self.seconds - spent, self.seconds / 2)
        task = Task("verify", statements=tuple(statements), person=person, seconds=seconds)
        reply = self.chat.send(self.chat.prepare(task))
        # Two opinions on one statement are both ignored: it is not known which one is meant.
        said = [each.number for each in reply.opinions]
        found = {each.number - 1: each for each in reply.opinions if said.count(each.number) == 1}
        return {at: each for at, each in found.items() if 0 <= at < min(reply.given, len(statements))}, reply.prompt
