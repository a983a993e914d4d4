"""The lines that a person sees while a question waits and is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from threading import Event
from typing import Any

import discord
import pytest

from bot.discord import asking
from bot.discord.asking import Questions
from bot.discord.context import AskedQuestion
from bot.settings import BotSettings
from retrieval.domain.answers import Answer
from retrieval.domain.articles import Searched
from retrieval.executor import BoundedExecutor
from retrieval.services.briefing import Briefing
from tests.shown import words

REFUSAL = Answer(
    question="What?", standing="nothing", score=0.1, searched=Searched(1, None), message="Not in the articles."
)


class Recorder:
    """A place for an answer that notes what is shown there, and can wait for it."""

    private = True

    def __init__(self, until: str, shown: Event) -> None:
        self.messages: list[int] = []
        self.lines: list[str] = []
        self._until, self._shown = until, shown

    async def begin(self) -> None:
        self.lines.append("begun")

    async def stage(self, line: str) -> None:
        self.lines.append(line)
        if self._until in line:
            self._shown.set()

    async def decline(self, line: str, again: bool = False) -> None:  # noqa: ARG002
        self.lines.append(line)

    async def deliver(self, pages: Any, _buttons: Any = None) -> discord.Message:
        self.lines += map(words, pages)
        return discord.Object(1)  # type: ignore[return-value]

    async def open_thread(self, _answer: discord.Message, _name: str, _welcome: str) -> int | None:
        return None


@pytest.fixture
def executor() -> Iterator[BoundedExecutor]:
    """One with a single thread."""
    executor = BoundedExecutor(1)
    yield executor
    executor.shutdown()


@pytest.mark.parametrize(("stage", "line"), [("searching", "Searching the articles"), ("reading", "Reading what")])
async def test_what_takes_long_says_what_it_is_at(
    stage: str, line: str, executor: BoundedExecutor, briefing: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Event()

    def ask(*_arguments: Any, **options: Any) -> Answer:
        options["stage"](stage)
        assert shown.wait(30)
        return REFUSAL

    monkeypatch.setattr(briefing.asking, "ask", ask)
    monkeypatch.setattr(asking, "_SILENCE", 0.01)
    reply = Recorder(line, shown)
    await Questions(briefing, executor, BoundedExecutor(1), BotSettings()).answer(AskedQuestion("What?", 1, ""), reply)
    assert reply.lines[0] == "begun"
    assert any(line in each for each in reply.lines)
    assert "Not in the articles" in reply.lines[-1]


async def test_who_waits_for_others_is_told_so(
    executor: BoundedExecutor, briefing: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Event()
    monkeypatch.setattr(briefing.asking, "ask", lambda *_arguments, **_options: REFUSAL)
    monkeypatch.setattr(asking, "_SILENCE", 0.01)
    begun, last = Event(), Event()

    def keep_busy() -> None:
        begun.set()
        last.wait(30)

    executor.submit(keep_busy)
    assert begun.wait(30)
    questions = Questions(briefing, executor, BoundedExecutor(1), BotSettings())
    replies = [
        Recorder("next question", Event()),
        Recorder("1 question is before yours", Event()),
        Recorder("2 questions are before yours", shown),
    ]
    asked = [
        asyncio.create_task(questions.answer(AskedQuestion("What?", person, ""), reply))
        for person, reply in enumerate(replies)
    ]
    await asyncio.to_thread(shown.wait, 30)
    waiting = [list(reply.lines) for reply in replies]
    last.set()
    await asyncio.gather(*asked)
    assert ["next" in lines[-1] for lines in waiting] == [True, False, False]
    assert all("Not in the articles" in reply.lines[-1] for reply in replies)
