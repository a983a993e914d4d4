"""Questions in messages: mentions, replies, threads and private messages."""

from __future__ import annotations

import re

import discord
from discord.ext import commands

from bot.discord.asking import AskedQuestion
from bot.discord.audience import scope, scopes
from bot.discord.client import BriefingBot
from bot.discord.places import listed_in
from bot.discord.responders import MessageResponder
from retrieval.answering.corpus import ABOUT_ME
from retrieval.domain.searches import Filter
from retrieval.question.followup import is_question
from retrieval.question.kinds import is_courtesy

_HELP = f"{ABOUT_ME} Use `/ask`, or mention me; `/help` lists all I can do."
_ELSEWHERE = "I work on the servers that I was set up for, not in private messages."
_UNREAD = "I can only read messages that mention me: mention me in your question, please."


class MentionsCog(commands.Cog):
    """Questions by message."""

    def __init__(self, bot: BriefingBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that is meant for the bot."""
        bot = self._bot
        if message.author.bot:
            return
        if not bot.serves(message.guild.id if message.guild else None):
            if message.guild is None:
                await bot.questions.say(MessageResponder(message), _ELSEWHERE)
            return
        if message.type not in (discord.MessageType.default, discord.MessageType.reply):
            return
        called = self._is_called(message)
        if not (called or self._is_followed(message)):
            return
        reply, text = MessageResponder(message), self._without_mention(message)
        if not text:
            await bot.questions.greet(message.author.id, reply, _HELP if called else _UNREAD)
        elif not (called or is_question(text)):
            return  # people may talk to each other in the bot's threads
        elif is_courtesy(text.lstrip("/")):
            await bot.questions.greet(message.author.id, reply, _HELP)
        else:
            await bot.questions.answer(self._ask(message, text), reply)

    def _is_called(self, message: discord.Message) -> bool:
        return message.guild is None or self._bot.user in message.mentions

    def _is_followed(self, message: discord.Message) -> bool:
        """True for a message that is meant for the bot without mentioning it: a reply, or a message in its own thread.

        Without the intent for message content the text does not arrive. The bot then says so under a reply, and ignores
        the thread.
        """
        if self._replied_to(message):
            return True
        return self._bot.settings.message_content and self._is_own_thread(message.channel)

    def _is_own_thread(self, channel: object) -> bool:
        return (
            isinstance(channel, discord.Thread) and self._bot.user is not None and channel.owner_id == self._bot.user.id
        )

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
            listed=listed_in(message.channel),
        )

    def _without_mention(self, message: discord.Message) -> str:
        user = self._bot.user
        text = re.sub(rf"<@!?{user.id}>", " ", message.content) if user else message.content
        return text.strip()


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(MentionsCog(bot))
