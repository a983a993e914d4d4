"""Questions in messages: mentions, replies, threads and private messages."""

from __future__ import annotations

import re
from contextlib import suppress

import discord
from discord.ext import commands

from bot.discord.asked_question import AskedQuestion
from bot.discord.audience import scope, scopes
from bot.discord.client import BriefingBot
from bot.discord.errors import UNSENT
from bot.discord.languages import words_for
from bot.discord.places import asked_in, listed_in, post_of, settings_at
from bot.discord.responders import MessageResponder
from bot.discord.server_settings import ChannelSettings, Threads
from bot.presentation.words import phrase
from retrieval.answering.corpus import ABOUT_ME
from retrieval.domain.articles import Filter
from retrieval.question.followup import is_question
from retrieval.question.kinds import is_courtesy

_HELP = phrase("Use `/ask`, or mention me; `/help` lists all I can do.")
_ELSEWHERE = phrase("I work on the servers that I was set up for, not in private messages.")
# The reaction to a mention where the bot is silent.
_SILENT = "🔇"
_UNREAD = phrase("I can only read messages that mention me: mention me in your question, please.")


class MentionsCog(commands.Cog):
    """Questions by message."""

    def __init__(self, bot: BriefingBot) -> None:
        self._bot = bot

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


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(MentionsCog(bot))
