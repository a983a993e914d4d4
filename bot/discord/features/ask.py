"""Questions by `/ask`, with dates and an outlet, or in messages; and votes on their answers as reactions."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TypeVar

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord import controls
from bot.discord.client import BotCog, BriefingBot, Interaction
from bot.discord.context import AskedQuestion, guild_of, scope, scopes, words_for, words_of
from bot.discord.errors import UNSENT, explain
from bot.discord.features.answer_buttons import (
    AboutItem,
    AnswerButton,
    ExampleButton,
    MeantSelect,
    NextButton,
    asked_about,
    take_reason,
)
from bot.discord.places import asked_in, is_private, is_served, listed_in, mark_solved, post_of, settings_at
from bot.discord.responders import InteractionResponder, MessageResponder
from bot.discord.server_settings import ChannelSettings, Threads
from bot.presentation.discord import rendering
from bot.presentation.words import phrase
from retrieval.answering.corpus import ABOUT_ME
from retrieval.domain.articles import Filter
from retrieval.errors import QuestionError
from retrieval.question.calendar import parse_window
from retrieval.question.followup import is_question
from retrieval.question.kinds import is_courtesy
from retrieval.storage.conversations import voter_of


class AskCog(BotCog):
    """Questions by command."""

    @app_commands.command(description="Ask the articles a question. The answer cites the sentences it comes from.")
    @app_commands.describe(
        question="What you want to know",
        since="Only articles of this day or later: 2024-12-03, 2024-12, yesterday",
        until="Only articles of this day or earlier",
        outlet="Only articles of this outlet",
        private="Show the answer only to you",
    )
    @app_commands.autocomplete(outlet=controls.outlets)
    async def ask(
        self,
        interaction: Interaction,
        question: app_commands.Range[str, 1, 1500],
        since: str | None = None,
        until: str | None = None,
        outlet: str | None = None,
        private: bool | None = None,
    ) -> None:
        """Answer a question from the articles."""
        bot, channel = self._bot, interaction.channel
        try:
            only = replace(
                parse_window(since, until), outlets=(outlet,) if outlet else (), scopes=scopes(guild_of(interaction))
            )
        except QuestionError as error:
            await interaction.response.send_message(rendering.told(error, words_of(interaction)), ephemeral=True)
            return
        # A command in a thread continues the conversation there; elsewhere it begins a new one.
        hidden = is_private(interaction, private)
        conversation = str(channel.id) if isinstance(channel, discord.Thread) and not hidden else None
        asked = AskedQuestion(
            question,
            interaction.user.id,
            scope(guild_of(interaction)),
            conversation,
            only=only,
            listed=None if hidden else listed_in(channel),
            here=settings_at(bot, guild_of(interaction), channel),
            words=words_of(interaction),
        )
        await bot.questions.answer(asked, InteractionResponder(interaction, hidden))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Handle submitted forms, also the ones shown before a restart, which discord.py does not know."""
        if interaction.type is discord.InteractionType.modal_submit and await is_served(interaction):
            if about := asked_about(interaction):
                await self._ask_about(interaction, *about)
            else:
                await take_reason(interaction)

    async def _ask_about(self, interaction: Interaction, key: str, question: str) -> None:
        """Answer a question from one article alone."""
        here = guild_of(interaction)
        only = Filter(scopes=scopes(here), keys=(key,))
        asked = AskedQuestion(question, interaction.user.id, scope(here), only=only, words=words_of(interaction))
        await self._bot.questions.answer(asked, InteractionResponder(interaction, private=True))


_HELP = phrase("Use `/ask`, or mention me; `/help` lists all I can do.")
_ELSEWHERE = phrase("I work on the servers that I was set up for, not in private messages.")
# The reaction to a mention where the bot is silent.
_SILENT = "🔇"
_UNREAD = phrase("I can only read messages that mention me: mention me in your question, please.")


class MentionsCog(BotCog):
    """Questions by message."""

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that is meant for the bot."""
        bot = self._bot
        if message.author.bot or message.type not in (discord.MessageType.default, discord.MessageType.reply):
            return
        if not bot.serves(message.guild.id if message.guild else None):
            if message.guild is None:
                await bot.questions.say(MessageResponder(message), words_for(bot, message)(_ELSEWHERE))
            return
        called, here = self._is_called(message), self._settings_of(message)
        if here.silent:
            await self._keep_silent(message, called)
        elif here.questions and not called and self._is_open_question(message):
            await self._take_up(message)
        elif called or self._is_followed(message):
            await self._reply(message, called)

    async def _take_up(self, message: discord.Message) -> None:
        """Answer a message to all, where every message is a question."""
        text = self._text_of(message)
        if text and not is_courtesy(text):
            await self._bot.questions.answer(self._ask(message, text), self._responder(message))

    async def _reply(self, message: discord.Message, called: bool) -> None:
        """Answer a message to the bot, which is `called` if it is mentioned."""
        bot, reply, text = self._bot, self._responder(message), self._text_of(message)
        words = words_for(bot, message)
        hello = f"{words(ABOUT_ME)} {words(_HELP)}"
        if not text:
            await bot.questions.greet(message.author.id, reply, hello if called else words(_UNREAD), words)
        elif not (called or is_question(text)):
            return  # people may talk to each other in the bot's threads
        elif is_courtesy(text.lstrip("/")):
            await bot.questions.greet(message.author.id, reply, hello, words)
        else:
            await bot.questions.answer(self._ask(message, text), reply)

    def _is_called(self, message: discord.Message) -> bool:
        return message.guild is None or self._bot.user in message.mentions

    def _settings_of(self, message: discord.Message) -> ChannelSettings:
        return settings_at(self._bot, message.guild.id if message.guild else None, message.channel)

    def _responder(self, message: discord.Message) -> MessageResponder:
        kept = self._bot.server_settings
        threads = kept.server(scope(message.guild.id)).threads if message.guild else Threads.OFF
        return MessageResponder(message, threads, words_for(self._bot, message))

    async def _keep_silent(self, message: discord.Message, called: bool) -> None:
        """Show who mentioned the bot that it heard, without a message."""
        if called:
            with suppress(*UNSENT):
                await message.add_reaction(_SILENT)

    def _is_open_question(self, message: discord.Message) -> bool:
        """True for a post in a forum, and for a message to all; a reply to a person is for that person."""
        if isinstance(message.channel, discord.Thread):
            return post_of(message) is not None
        return message.reference is None or self._replied_to(message)

    def _is_followed(self, message: discord.Message) -> bool:
        """True for a message that is meant for the bot without mentioning it: a reply, or a message in its own thread.

        Without the intent for message content the text does not arrive. The bot then says so under a reply, and ignores
        the thread.
        """
        if self._replied_to(message):
            return True
        return self._bot.settings.message_content and self._is_own_thread(message.channel)

    def _is_own_thread(self, channel: object) -> bool:
        """True for a thread under an answer, and for a post in a forum where every post is a question."""
        if not isinstance(channel, discord.Thread) or self._bot.user is None:
            return False
        asks = (
            isinstance(channel.parent, discord.ForumChannel)
            and settings_at(self._bot, channel.guild.id, channel).questions
        )
        return asks or channel.owner_id == self._bot.user.id

    def _replied_to(self, message: discord.Message) -> bool:
        original = message.reference.resolved if message.reference else None
        return isinstance(original, discord.Message) and original.author == self._bot.user

    def _ask(self, message: discord.Message, text: str) -> AskedQuestion:
        """The question with its conversation: a thread, a private channel, or the answer it replies to."""
        guild = message.guild.id if message.guild else None
        within = guild is None or isinstance(message.channel, discord.Thread)
        original = message.reference.message_id if message.reference else None
        return AskedQuestion(
            text,
            message.author.id,
            scope(guild),
            conversation=str(message.channel.id) if within else None,
            replies_to=str(original) if original else None,
            only=Filter(scopes=scopes(guild)),
            here=self._settings_of(message),
            listed=listed_in(message.channel),
            words=words_for(self._bot, message),
        )

    def _text_of(self, message: discord.Message) -> str:
        """What a message asks, without the mention of the bot; a post in a forum asks with its title."""
        user = self._bot.user
        text = re.sub(rf"<@!?{user.id}>", " ", message.content) if user else message.content
        post = post_of(message)
        return asked_in(post, text.strip()) if post else text.strip()


Found = TypeVar("Found")

_log = logging.getLogger(__name__)

# Followed by a skin tone, they mean the same.
_VOTES = {"👍": True, "👎": False}


class ReactionsCog(BotCog):
    """Feedback by reactions: the last vote of a person counts."""

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, reaction: discord.RawReactionActionEvent) -> None:
        """Store a vote."""
        if (found := await self._read(reaction)) is None:
            return
        key, audience, helpful = found
        judge = partial(self._bot.briefing.feedback.judge, key, audience, voter_of(key, str(reaction.user_id)), helpful)
        if await self._run(judge) and helpful:
            await mark_solved(self._bot.get_channel(reaction.channel_id), reaction.user_id)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, reaction: discord.RawReactionActionEvent) -> None:
        """Take a vote back."""
        if (found := await self._read(reaction)) is None:
            return
        key, audience, helpful = found
        await self._run(
            partial(self._bot.briefing.feedback.retract, key, audience, voter_of(key, str(reaction.user_id)), helpful)
        )

    async def _read(self, reaction: discord.RawReactionActionEvent) -> tuple[str, str, bool] | None:
        """The answer under which somebody voted, its audience, and whether it helped; None for other reactions."""
        bot = self._bot
        helpful = _VOTES.get((reaction.emoji.name or "")[:1])
        me = bot.user.id if bot.user else None
        is_bot = reaction.user_id == me or bool(reaction.member and reaction.member.bot)
        # A reaction that is removed comes without the author of the message.
        is_mine = reaction.message_author_id in (None, me)
        if helpful is None or is_bot or not is_mine or not bot.serves(reaction.guild_id):
            return None
        audience = scope(reaction.guild_id)
        key = await self._run(partial(bot.briefing.conversations.key_at, str(reaction.message_id), audience))
        return (key, audience, helpful) if key else None

    async def _run(self, work: Callable[[], Found]) -> Found | None:
        """Do the work in a thread. Nobody waits for it, so a failure is only logged."""
        try:
            return await self._bot.quick.run(work)
        except Exception as error:
            _log.warning("a vote by reaction is not counted: %s", explain(error))
            return None


async def setup(bot: BriefingBot) -> None:
    """Called when the bot starts."""
    bot.add_dynamic_items(AnswerButton, AboutItem, NextButton, ExampleButton, MeantSelect)
    await bot.add_cog(AskCog(bot))
    await bot.add_cog(MentionsCog(bot))
    await bot.add_cog(ReactionsCog(bot))
