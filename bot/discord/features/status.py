"""`/status`, for the people who manage a server: the stored articles and feeds, and the load of the bot."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.discord.audience import scope, scopes
from bot.discord.client import BriefingBot, Interaction
from bot.discord.places import on_servers
from bot.discord.responders import InteractionResponder
from bot.presentation.discord import feed_list
from bot.presentation.discord.server_settings import summary
from bot.presentation.message_splitting import split
from bot.presentation.wording import day
from retrieval.domain.searches import Filter


class StatusCog(commands.Cog):
    """The state of the bot, by command."""

    def __init__(self, bot: BriefingBot) -> None:
        self._bot = bot

    @app_commands.command(description="The stored articles and feeds, and how busy I am.")
    @app_commands.default_permissions(manage_guild=True)
    @on_servers
    async def status(self, interaction: Interaction) -> None:
        """Show the articles and feeds that this server's answers come from."""
        bot = self._bot
        reply = InteractionResponder(interaction, private=True)
        await reply.begin()
        shared, own = await bot.executor.run(lambda: [self._stored((each,)) for each in scopes(interaction.guild_id)])
        lines = [
            f"For every server: {shared}.",
            f"For this server alone: {own}.",
            f"Waiting for an answer: {bot.executor.busy}. Discord answers in {bot.latency * 1000:.0f} ms.",
        ]
        if interaction.guild_id:
            here = scope(interaction.guild_id)
            kept = bot.server_settings
            lines += ["**Settings**", *summary(kept.server(here), kept.channels(here))]
        lines += filter(None, [await bot.executor.run(lambda: bot.shelf.index(interaction.guild_id))])
        await reply.deliver(split("\n".join(lines)))

    def _stored(self, scopes: tuple[str, ...]) -> str:
        newest, count = self._bot.briefing.articles.page(Filter(scopes=scopes), count=1)
        feeds = feed_list.count(self._bot.briefing.feeds.coverage(scopes))
        if not count:
            return f"no articles; {feeds}"
        many = f"{count} article{'' if count == 1 else 's'}"
        return f"{many}, the newest of {day(newest[0].metadata.published)}; {feeds}"


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(StatusCog(bot))
