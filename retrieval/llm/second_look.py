"""A second check of a model's uncertain statements: one call for all of them, independent of the first call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from retrieval.domain.llm import Opinion, Reply, StatementToJudge, Task
from retrieval.llm.requests import PromptRequest

Verifier = Literal["local", "model", "off"]


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
