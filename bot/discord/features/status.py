"""`/status`, for the people who manage a server: the stored articles and feeds, and the load of the bot."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.discord.audience import scope, scopes
from bot.discord.client import BriefingBot, Interaction
from bot.discord.languages import words_of
from bot.discord.places import on_servers
from bot.discord.responders import InteractionResponder
from bot.presentation import wording
from bot.presentation.discord import feed_list
from bot.presentation.discord.server_settings import summary
from bot.presentation.message_splitting import split
from bot.presentation.wording import articles
from bot.presentation.words import OwnWords
from retrieval.domain.articles import Filter, Searched


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
        words, audiences = words_of(interaction), scopes(interaction.guild_id)
        shared, own = await bot.executor.run(lambda: [self._stored((each,), words) for each in audiences])
        lines = [
            words("For every server: {stored}.", stored=shared),
            words("For this server alone: {stored}.", stored=own),
            words(
                "Waiting for an answer: {number}. Discord answers in {milliseconds} ms.",
                number=bot.executor.busy,
                milliseconds=round(bot.latency * 1000),
            ),
        ]
        if interaction.guild_id:
            here = scope(interaction.guild_id)
            kept = bot.server_settings
            lines += [f"**{words('Settings')}**", *summary(kept.server(here), kept.channels(here), words)]
        lines += filter(None, [await bot.executor.run(lambda: bot.shelf.index(interaction.guild_id, words))])
        await reply.deliver(split("\n".join(lines)))

    def _stored(self, scopes: tuple[str, ...], words: OwnWords) -> str:
        newest, count = self._bot.briefing.articles.page(Filter(scopes=scopes), count=1)
        feeds = feed_list.count(self._bot.briefing.feeds.coverage(scopes), words)
        if not count:
            return f"{words('no articles')}; {feeds}"
        stored = Searched(count, newest[0].metadata.day or None)
        return f"{articles(count, words)}{wording.newest(stored, words)}; {feeds}"


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(StatusCog(bot))
