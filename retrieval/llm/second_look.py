"""A second look at what is unsure of an answer: one call for all of it, which knows nothing of the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.domain.llm import Opinion, Reply, StatementToJudge, Task

Ask = Callable[[Task, Callable[[int], object]], Reply]
Verifier = Literal["local", "model", "off"]


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Who looks again at a model's statements, and at people's claims: `ask`, a `model`, where one is to.

    It takes what the first call left of `seconds`, and half of them at least. Without one (`local`) what the program
    is not sure of is shown as unsure, or as anything else (`off`).
    """

    verifier: Verifier = "local"
    ask: Ask | None = None
    model: str = ""
    seconds: float = 30.0

    @property
    def judges(self) -> bool:
        """Whether a model is to look again."""
        return self.verifier == "model" and self.ask is not None

    def judge(
        self, statements: Sequence[StatementToJudge], person: str, spent: float = 0.0
    ) -> tuple[dict[int, Opinion], str]:
        """The opinions on statements by their place, counted from 0, and the version of the prompt.

        Raises:
            ChatError: there are none.
        """
        if not statements or self.ask is None:
            return {}, ""
        seconds = max(self.seconds - spent, self.seconds / 2)
        task = Task("verify", statements=tuple(statements), person=person, seconds=seconds)
        reply = self.ask(task, lambda _claims: None)
        # Of two opinions on one statement neither is known to be meant.
        said = [each.number for each in reply.opinions]
        found = {each.number - 1: each for each in reply.opinions if said.count(each.number) == 1}
        return {at: each for at, each in found.items() if 0 <= at < min(reply.given, len(statements))}, reply.prompt
