"""One question, from the moment it is asked to the answer with its buttons."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import discord

from bot import render
from bot.buttons import answer_buttons
from bot.desk import Desk
from bot.failures import UNSENT, explain, is_gone
from bot.links import best_link
from bot.replies import Reply
from bot.settings import BotSettings
from bot.turnstile import Turnstile
from retrieval.briefing import Briefing, Stage
from retrieval.models import Answer, Filter

_log = logging.getLogger(__name__)

# Seconds an answer may take before the person who asked is shown what it is at, and between two such lines.
_SILENCE = 1.5
_STAGES: dict[Stage, str] = {"searching": "🔎 Searching the articles …", "reading": "📖 Reading what was found …"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was asked, by whom, where, and how narrow. `conversation` is None for a new one."""

    text: str
    person: int
    scope: str
    conversation: str | None = None
    only: Filter = field(default_factory=Filter)


class Questions:
    """Answers questions, one independent of the other."""

    def __init__(self, briefing: Briefing, desk: Desk, settings: BotSettings) -> None:
        self._briefing = briefing
        self._desk = desk
        self._link = partial(best_link, bases=settings.bases)
        self._turnstile = Turnstile(settings.questions, settings.questions_seconds)
        self._answering: set[asyncio.Task[Any]] = set()
        self._welcome = (
            "Follow up here." if settings.message_content else "Follow up here: mention me in your question."
        )

    async def answer(self, asked: Asked, reply: Reply) -> None:
        """Answer a question, or say in one line why not."""
        with self._counted():
            try:
                await self._answer(asked, reply)
            except Exception as error:
                # Delivering has tried every place there is.
                if is_gone(error) or isinstance(error, discord.Forbidden):
                    _log.info("nobody left to answer: %s", error)
                else:
                    await self.say(reply, explain(error))

    async def finish(self, seconds: float) -> None:
        """Wait so long, at most, for what is being answered."""
        if self._answering:
            await asyncio.wait(self._answering, timeout=seconds)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        task = cast(asyncio.Task[Any], asyncio.current_task())
        self._answering.add(task)
        try:
            yield
        finally:
            self._answering.discard(task)

    async def say(self, reply: Reply, line: str) -> None:
        """Say one line that answers no question."""
        try:
            await reply.deliver([line])
        except UNSENT as refused:
            _log.warning("could not say %r: %s", line, refused)

    async def _answer(self, asked: Asked, reply: Reply) -> None:
        await reply.begin()
        if seconds := self._turnstile.wait(asked.person, time.monotonic()):
            await reply.deliver([f"You ask faster than I can read. Please try again in {seconds} s."])
            return
        given, key = await self._ask(asked, reply)
        pages = render.answer(given, self._link, asked.text)
        shown = await reply.deliver(pages, answer_buttons(key, given))
        thread = None
        if asked.conversation is None and given.grounded:
            thread = await reply.open_thread(shown, render.thread_name(asked.text), self._welcome)
        await self._place(key, shown.id, asked.conversation or str(thread or shown.id))

    async def _place(self, key: str, shown: int, conversation: str) -> None:
        """Keep where an answer stands; whoever asked has it, and need not hear where that fails."""
        try:
            await self._desk.run(partial(self._briefing.answers.place, key, str(shown), conversation))
        except Exception as error:
            _log.warning("follow-ups to answer %s will not be understood by it: %s", key, explain(error))

    async def _ask(self, asked: Asked, reply: Reply) -> tuple[Answer, str]:
        stages: list[Stage] = []
        work = asyncio.ensure_future(self._desk.run(lambda: self._work(asked, stages.append)))
        shown: Stage | None = None
        while not (await asyncio.wait({work}, timeout=_SILENCE))[0]:
            if stages and stages[-1] != shown:
                shown = stages[-1]
                await reply.stage(_STAGES[shown])
        return work.result()

    def _work(self, asked: Asked, stage: Callable[[Stage], object]) -> tuple[Answer, str]:
        question = asked.text
        if asked.conversation:
            question = self._briefing.in_context(asked.text, asked.conversation, asked.scope)
        given = self._briefing.ask(question, asked.only, stage=stage)
        key = self._briefing.answers.keep(given, asked.text, asked.only, asked.conversation or "", asked.scope)
        return given, key
