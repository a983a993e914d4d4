"""A question in Discord, from asking to the answer with its buttons."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import discord

from bot.discord.context import AskedQuestion, words_like
from bot.discord.errors import UNSENT, explain, is_gone
from bot.discord.features.answer_buttons import answer_buttons, with_next
from bot.discord.responders import Responder
from bot.discord.sending import edited
from bot.observing import hide
from bot.presentation.discord import rendering
from bot.presentation.discord.layouts import Page
from bot.presentation.discord.servers import default_line, with_line
from bot.presentation.links import best_link
from bot.presentation.words import ENGLISH, OwnWords, phrase
from bot.settings import BotSettings
from retrieval import observing
from retrieval.answering.grounded_generation import Tell
from retrieval.domain.answers import Answer, Stage
from retrieval.domain.articles import Filter
from retrieval.errors import BriefingError
from retrieval.executor import BoundedExecutor
from retrieval.services.briefing import Briefing
from retrieval.storage.limits import QuestionLimit

_log = logging.getLogger(__name__)


# Seconds before the person who asked sees the stage of the work, and between two looks at it.
_SILENCE = 1.5
_STAGES: dict[Stage, str] = {
    "understanding": phrase("💬 Reading the conversation …"),
    "searching": phrase("🔎 Searching the articles …"),
    "reading": phrase("📖 Reading what was found …"),
    "writing": phrase("✍️ Writing the answer …"),
    "checking": phrase("⚖️ Checking every statement against its source …"),
}


@dataclass(frozen=True, slots=True)
class _Answered:
    """An answer, its key, the conversation that it continues (None for a new one), and the filter it was found with."""

    answer: Answer
    key: str
    conversation: str | None
    only: Filter


class Questions:
    """Answers questions."""

    def __init__(
        self, briefing: Briefing, executor: BoundedExecutor, quick: BoundedExecutor, settings: BotSettings
    ) -> None:
        self._briefing = briefing
        self._executor = executor
        self._quick = quick
        self._bases = settings.bases
        self._follow_ups = settings.follow_ups
        self._plain = settings.plain_messages
        self._limit = QuestionLimit(briefing.catalog, settings.questions, settings.questions_seconds)
        self._log_questions = settings.log_questions
        self._slowed: set[int] = set()  # people who were told to wait, and have not asked in time since
        self._answering: set[asyncio.Task[Any]] = set()
        self._welcome = (
            phrase("Follow up here.")
            if settings.message_content
            else phrase("Follow up here: mention me in your question.")
        )

    async def answer(self, asked: AskedQuestion, reply: Responder) -> None:
        """Answer a question, or say in one line why there is no answer."""
        with self._counted(), observing.identified():
            hide(asked.text)
            try:
                with observing.step("question"):
                    await self._answer(asked, reply)
            except Exception as error:
                # `deliver` has tried the channel and the private messages already.
                if is_gone(error) or isinstance(error, discord.Forbidden):
                    _log.info("there is no place left for an answer: %s", error)
                else:
                    await self.say(reply, explain(error, asked.words))

    async def finish(self, seconds: float) -> None:
        """Wait at most this many seconds for the answers that are being made."""
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
        """Send one line in place of an answer."""
        try:
            await reply.deliver([line])
        except UNSENT as refused:
            _log.warning("a line could not be said: %s", refused)

    async def greet(self, person: int, reply: Responder, line: str, words: OwnWords = ENGLISH) -> None:
        """Say a friendly line; it counts as a question, so that nobody fills a channel with it."""
        try:
            if not await self._is_slowed(person, reply, words):
                await reply.deliver([line])
        except UNSENT as refused:
            _log.warning("a line could not be said: %s", refused)

    async def count_question(self, person: int, words: OwnWords = ENGLISH) -> str | None:
        """Count a question of this person; return a line that asks them to wait, if they ask too fast."""
        try:
            seconds = await self._quick.run(partial(self._limit.wait, str(person)))
        except BriefingError as error:
            _log.warning("a question was not counted: %s", error)
            seconds = 0
        if not seconds:
            self._slowed.discard(person)
            return None
        return words("You are asking too fast. Please try again in {seconds} s.", seconds=seconds)

    async def _is_slowed(self, person: int, reply: Responder, words: OwnWords) -> bool:
        """True if the person asks too fast, after saying so: in words the first time."""
        line = await self.count_question(person, words)
        if line:
            again = person in self._slowed
            self._slowed.add(person)
            await reply.decline(line, again)
        return line is not None

    async def _answer(self, asked: AskedQuestion, reply: Responder) -> None:
        if await self._is_slowed(asked.person, reply, asked.words):
            return
        await reply.begin()
        done = await self._ask(asked, reply)
        answer, conversation = done.answer, done.conversation
        link = partial(best_link, bases=self._bases.among(answer.citations))
        pages = rendering.answer(answer, link, asked.text, self._plain, asked.words)
        pages = with_line(pages, default_line(done.only, asked.only, asked.words))
        shown = await reply.deliver(pages, answer_buttons(done.key, answer, asked.words))
        if not reply.private and isinstance(shown.channel, discord.Thread):
            conversation = str(shown.channel.id)  # also where the answer to a reply has opened it
        thread = None
        if conversation is None and answer.standing != "nothing":
            thread = await reply.open_thread(
                shown, rendering.thread_name(asked.text, asked.words), asked.words(self._welcome)
            )
        await self._place(done.key, reply.messages, conversation or str(thread or shown.id))
        if self._follow_ups:
            await self._add_next(done, shown, pages[-1], asked.words)

    async def _add_next(self, done: _Answered, shown: discord.Message, page: Page, words: OwnWords) -> None:
        """Put what one may ask next under an answer that stands there already; nothing while others wait for theirs."""
        try:
            # Where the answer had to go to private messages, it has no buttons.
            if self._executor.busy or not shown.components:
                return
            questions, names = await self._executor.run(partial(self._next, done))
            if questions or names:
                buttons = answer_buttons(done.key, done.answer, words)
                with_next(buttons, done.key, questions, names, words)
                await shown.edit(**edited(page, buttons))
        except Exception as error:
            _log.info("nothing to ask next under answer %s: %s", done.key, error)

    def _next(self, done: _Answered) -> tuple[list[str], tuple[str, ...]]:
        """The questions that the articles answer too, and the names one of which the question may mean."""
        further, answer = self._briefing.next_questions, done.answer
        words = words_like(answer.question)
        questions = further.after(answer, done.only, words.said) if words and answer.standing == "answered" else []
        return questions, further.meant(answer.question, done.only)

    async def _place(self, key: str, messages: Sequence[int], conversation: str) -> None:
        """Store the messages of an answer, for follow-ups. A failure is only logged: the person has the answer."""
        try:
            await self._quick.run(
                partial(self._briefing.conversations.place, key, [str(message) for message in messages], conversation)
            )
        except Exception as error:
            _log.warning(
                "answer %s is not stored with its messages, so follow-ups do not find it: %s", key, explain(error)
            )

    async def _ask(self, asked: AskedQuestion, reply: Responder) -> _Answered:
        line = ""

        def show(stage: Stage, claims: int = 0) -> None:
            nonlocal line
            written = stage == "writing" and claims
            line = _written(claims, asked.words) if written else asked.words(_STAGES[stage])

        job = partial(self._work, asked, show)
        work = asyncio.ensure_future(self._executor.run(job))
        pause = _SILENCE
        while not (await asyncio.wait({work}, timeout=pause))[0]:
            await reply.stage(line or _queued(self._executor.ahead(job), asked.words))
            # Where many wait, telling them all again and again would keep them waiting.
            pause = _SILENCE if line else 2 * pause
        return work.result()

    def _work(self, asked: AskedQuestion, stage: Tell) -> _Answered:
        begun = time.monotonic()
        answers, conversation = self._briefing.conversations, asked.conversation
        if conversation is None and asked.replies_to:
            conversation = answers.conversation_of(asked.replies_to, asked.scope)
        question, person = asked.text, str(asked.person)
        if conversation:
            stage("understanding", 0)
            question = self._briefing.asking.in_context(question, conversation, asked.scope, person)
            hide(question)
        only = self._narrowed(question, asked)
        answer = self._briefing.asking.ask(question, only, stage=stage, person=person)
        self._log_answer(question, answer, round((time.monotonic() - begun) * 1000))
        key = answers.keep(answer, asked.text, only, conversation or "", asked.scope, asked.listed, person)
        return _Answered(answer, key, conversation, only)

    def _log_answer(self, question: str, answer: Answer, ms: int) -> None:
        about: dict[str, object] = {"standing": answer.standing, "ms": ms}
        if self._log_questions:
            about["question"] = question
            _log.info("question %r: %s, %d ms", question, answer.standing, ms, extra=about)
        else:
            _log.info("question: %s, %d ms", answer.standing, ms, extra=about)

    def _narrowed(self, question: str, asked: AskedQuestion) -> Filter:
        """The filter with that of the channel, except for what the question names itself."""
        here = asked.here
        if not here.filters:
            return asked.only
        read, _ = self._briefing.corpus.understand(question, Filter(scopes=asked.only.scopes), None)
        return here.narrowed(asked.only, bool(read.outlets), read.published is not None)


def _queued(ahead: int, words: OwnWords) -> str:
    """The line for a question that waits while `ahead` others wait before it."""
    if not ahead:
        return words("⏳ Yours is the next question …")
    return words.many("⏳ {count} question is before yours …", "⏳ {count} questions are before yours …", ahead)


def _written(claims: int, words: OwnWords) -> str:
    return words.many(
        "✍️ Writing the answer, {count} statement so far …",
        "✍️ Writing the answer, {count} statements so far …",
        claims,
    )
