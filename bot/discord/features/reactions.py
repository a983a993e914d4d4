"""👍 and 👎 under an answer count like its buttons; a reaction that is removed takes the vote back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import discord
from discord.ext import commands

from bot.discord.audience import scope
from bot.discord.client import BriefingBot
from bot.discord.errors import explain
from bot.discord.places import mark_solved
from retrieval.storage.conversations import voter_of

Found = TypeVar("Found")

_log = logging.getLogger(__name__)

# Followed by a skin tone, they mean the same.
_VOTES = {"👍": True, "👎": False}


class ReactionsCog(commands.Cog):
    """Feedback by reactions: the last vote of a person counts."""

    def __init__(self, bot: BriefingBot) -> None:
        self._bot = bot

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
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(ReactionsCog(bot))
