"""One question, from the moment it is asked to the answer with its buttons."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import discord

from bot.discord.errors import UNSENT, explain, is_gone
from bot.discord.features.answer_buttons import answer_buttons
from bot.discord.rate_limit import RateLimit
from bot.discord.responders import Responder
from bot.presentation.discord import rendering
from bot.presentation.links import best_link
from bot.settings import BotSettings
from retrieval.answering.grounded_generation import Tell
from retrieval.domain.answers import Answer, Stage
from retrieval.domain.searches import Filter
from retrieval.executor import BoundedExecutor
from retrieval.services.briefing import Briefing

_log = logging.getLogger(__name__)

# Seconds an answer may take before the person who asked is shown what it is at, and between two such lines.
_SILENCE = 1.5
_QUEUED = "⏳ Others asked before you; your question is waiting …"
_STAGES: dict[Stage, str] = {
    "understanding": "💬 Reading the conversation …",
    "searching": "🔎 Searching the articles …",
    "reading": "📖 Reading what was found …",
    "writing": "✍️ Writing the answer …",
    "checking": "⚖️ Checking every statement against its source …",
}


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question as it was asked, by whom, where, and how narrow.

    `conversation` is the thread or private channel it goes on in, `replies_to` the message that it replies to; both
    are None for a new one.
    """

    text: str
    person: int
    scope: str
    conversation: str | None = None
    replies_to: str | None = None
    only: Filter = field(default_factory=Filter)


class Questions:
    """Answers questions, one independent of the other."""

    def __init__(self, briefing: Briefing, executor: BoundedExecutor, settings: BotSettings) -> None:
        self._briefing = briefing
        self._executor = executor
        self._link = partial(best_link, bases=settings.bases)
        self._rate_limit = RateLimit(settings.questions, settings.questions_seconds)
        self._answering: set[asyncio.Task[Any]] = set()
        self._welcome = (
            "Follow up here." if settings.message_content else "Follow up here: mention me in your question."
        )

    async def answer(self, asked: AskedQuestion, reply: Responder) -> None:
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

    async def say(self, reply: Responder, line: str) -> None:
        """Say one line that answers no question."""
        try:
            await reply.deliver([line])
        except UNSENT as refused:
            _log.warning("could not say %r: %s", line, refused)

    def count_question(self, person: int) -> str | None:
        """Count a question of this person; the line that says how long they have to wait, if they do."""
        seconds = self._rate_limit.wait(person, time.monotonic())
        return f"You are asking too fast. Please try again in {seconds} s." if seconds else None

    async def _answer(self, asked: AskedQuestion, reply: Responder) -> None:
        if line := self.count_question(asked.person):
            await reply.decline(line)
            return
        await reply.begin()
        given, key, conversation = await self._ask(asked, reply)
        pages = rendering.answer(given, self._link, asked.text)
        shown = await reply.deliver(pages, answer_buttons(key, given))
        thread = None
        if conversation is None and given.standing != "nothing":
            thread = await reply.open_thread(shown, rendering.thread_name(asked.text), self._welcome)
        await self._place(key, reply.messages, conversation or str(thread or shown.id))

    async def _place(self, key: str, messages: Sequence[int], conversation: str) -> None:
        """Keep where an answer stands; whoever asked has it, and need not hear where that fails."""
        try:
            await self._executor.run(
                partial(self._briefing.conversations.place, key, [str(each) for each in messages], conversation)
            )
        except Exception as error:
            _log.warning("follow-ups to answer %s will not be understood by it: %s", key, explain(error))

    async def _ask(self, asked: AskedQuestion, reply: Responder) -> tuple[Answer, str, str | None]:
        at = _QUEUED

        def tell(stage: Stage, claims: int = 0) -> None:
            nonlocal at
            at = _written(claims) if stage == "writing" and claims else _STAGES[stage]

        work = asyncio.ensure_future(self._executor.run(lambda: self._work(asked, tell)))
        while not (await asyncio.wait({work}, timeout=_SILENCE))[0]:
            await reply.stage(at)
        return work.result()

    def _work(self, asked: AskedQuestion, stage: Tell) -> tuple[Answer, str, str | None]:
        """The answer, its key, and the conversation it belongs to, if it is none that begins with it."""
        answers, conversation = self._briefing.conversations, asked.conversation
        if conversation is None and asked.replies_to:
            conversation = answers.conversation_of(asked.replies_to, asked.scope)
        question, person = asked.text, str(asked.person)
        if conversation:
            stage("understanding", 0)
            question = self._briefing.asking.in_context(question, conversation, asked.scope, person)
        given = self._briefing.asking.ask(question, asked.only, stage=stage, person=person)
        return given, answers.keep(given, asked.text, asked.only, conversation or "", asked.scope), conversation


def _written(claims: int) -> str:
    return f"✍️ Writing the answer, {claims} statement{'' if claims == 1 else 's'} so far …"
