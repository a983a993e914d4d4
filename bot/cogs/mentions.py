"""Questions by mention, by reply, in threads and in private messages."""

from __future__ import annotations

import re
from functools import partial

import discord
from discord.ext import commands

from bot.client import BriefingBot
from bot.questions import Asked
from bot.replies import MessageReply
from bot.scopes import scope, scopes
from retrieval.models import Filter

_HELP = (
    "Ask me a question about the articles: mention me and write it, or use `/ask`. "
    "I answer with quotes and links, or say that it is not in the articles."
)
_UNREAD = "I can only read messages that mention me: mention me in your question, please."


class Mentions(commands.Cog):
    """Questions by message."""

    def __init__(self, bot: BriefingBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that is meant for the bot."""
        bot = self._bot
        if message.author.bot or not bot.serves(message.guild.id if message.guild else None):
            return
        if message.type not in (discord.MessageType.default, discord.MessageType.reply):
            return
        conversation = await self._conversation(message)
        if not (self._is_called(message) or (conversation and self._is_followed(message))):
            return
        text = self._without_mention(message)
        reply = MessageReply(message)
        if not text:
            await bot.questions.say(reply, _HELP if self._is_called(message) else _UNREAD)
            return
        guild = message.guild.id if message.guild else None
        only = Filter(scopes=scopes(guild))
        await bot.questions.answer(Asked(text, message.author.id, scope(guild), conversation, only), reply)

    def _is_called(self, message: discord.Message) -> bool:
        return message.guild is None or self._bot.user in message.mentions

    def _is_followed(self, message: discord.Message) -> bool:
        """Whether a message that does not mention the bot is meant for it: a reply to it, or said in its own thread.

        Without the intent for message content its text does not arrive; a reply is then told so, a thread left alone.
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

    async def _conversation(self, message: discord.Message) -> str | None:
        """What a message goes on with: its thread or private channel, or the answer it replies to."""
        if message.guild is None or isinstance(message.channel, discord.Thread):
            return str(message.channel.id)
        if message.reference is None or message.reference.message_id is None:
            return None
        find = self._bot.briefing.answers.conversation_of
        return await self._bot.desk.run(partial(find, str(message.reference.message_id), scope(message.guild.id)))

    def _without_mention(self, message: discord.Message) -> str:
        user = self._bot.user
        return re.sub(rf"<@!?{user.id}>" if user else r"\Z(?!\Z)", " ", message.content).strip()


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Mentions(bot))
