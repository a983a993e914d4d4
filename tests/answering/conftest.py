"""A language model of ours, and articles it writes about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from retrieval.domain.answers import Answer
from retrieval.domain.articles import Filter
from retrieval.domain.llm import Claim, Reply, Task
from retrieval.errors import ChatError
from retrieval.llm.requests import PromptRequest, SecondLook, write
from retrieval.services.briefing import Briefing
from tests.fakes import open_with

BRIDGE = (
    "The harbour bridge was closed on Monday after an inspector found 14 cracks in its northern pillar.\n\n"
    "Mayor Anna Berg said that the repair of the bridge will cost 3 million euros. "
    "The city council has not approved the repair of the bridge.\n\n"
    "“Nobody will cross this bridge before spring,” Berg told reporters at the harbour."
)
FERRY = "A ferry crosses the harbour every hour while the bridge is closed. It carries 40 cars."
QUESTION = "Why was the harbour bridge closed?"
CLOSED = "The harbour bridge was closed on Monday after an inspector found 14 cracks"

Model = Callable[[Task], Reply]


class Author:
    """A language model of ours that says what a test wants, and remembers what it was asked."""

    says: Model

    def __init__(self) -> None:
        self.asked: list[Task] = []

    def prepare(self, task: Task) -> PromptRequest:
        return write(task, 100_000)

    def send(self, request: PromptRequest, on_progress: Callable[[int], object] = id) -> Reply:
        self.asked.append(request.task)
        reply = self.says(request.task)
        for number in range(1, len(reply.claims) + 1):
            on_progress(number)
        return reply

    @staticmethod
    def reply(**fields: Any) -> Reply:
        return Reply(**{"model": "ours:test", "given": 50, **fields})

    def writes(self, *claims: tuple[str, Sequence[str]], **fields: Any) -> None:
        """Claim these, each citing the passages that have its quotes."""

        def say(task: Task) -> Reply:
            texts = [each.text for each in task.passages]
            made = (Claim(text, having(quotes, texts), tuple(quotes)) for text, quotes in claims)
            return self.reply(claims=tuple(made), **fields)

        self.says = say

    def fails(self, reason: str) -> None:
        def say(_task: Task) -> Reply:
            raise ChatError(reason)

        self.says = say


def having(quotes: Sequence[str], texts: Sequence[str]) -> tuple[int, ...]:
    return tuple(number for number, text in enumerate(texts, 1) if any(quote in text for quote in quotes)) or (1,)


@pytest.fixture(scope="module")
def writer() -> Author:
    """One for all tests."""
    return Author()


@pytest.fixture
def author(writer: Author) -> Author:
    """A model that has not been asked yet, and has nothing to say."""
    writer.asked.clear()
    writer.writes()
    return writer


@pytest.fixture(scope="module")
def briefing(writer: Author, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Briefing]:
    """Two articles about a harbour, and a model that writes about them."""
    with open_with(tmp_path_factory.mktemp("writing"), chat=writer) as opened:
        opened.articles.ingest([harbour(tmp_path_factory.mktemp("articles"))])
        yield opened


@pytest.fixture(scope="module")
def judging(writer: Author, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Briefing]:
    """The same articles, and a model that judges claims."""
    with open_with(
        tmp_path_factory.mktemp("judging"), chat=writer, second=SecondLook("model", writer, "ours:test")
    ) as opened:
        opened.articles.ingest([harbour(tmp_path_factory.mktemp("articles"))])
        yield opened


def harbour(folder: Path) -> Path:
    """A folder with the two articles."""
    known = "title: The bridge\noutlet: Herald\npublished: 2025-01-07"
    (folder / "bridge.md").write_text(f"---\n{known}\n---\n{BRIDGE}\n")
    (folder / "ferry.txt").write_text(f"{FERRY}\n")
    return folder


def ask(briefing: Briefing, question: str = QUESTION, **options: Any) -> Answer:
    return briefing.asking.ask(question, Filter(), **options)


def folder_of(texts: dict[str, str], folder: Path) -> Path:
    for name, text in texts.items():
        (folder / name).write_text(text)
    return folder
