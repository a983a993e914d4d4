"""The places where commands are offered, and the option that names a channel."""

from __future__ import annotations

import discord
from discord import app_commands

# discord.py's own `guild_only` keeps the default of the tree, which includes private messages.
on_servers = app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)

Destination = app_commands.AppCommandChannel | app_commands.AppCommandThread


class DestinationOption(app_commands.Transformer):
    """A channel or thread as Discord names it; the bot itself reports one that it does not know."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Discord offers channels."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """The kinds of channels that hold messages."""
        kinds = discord.ChannelType
        return [kinds.text, kinds.news, kinds.public_thread, kinds.private_thread, kinds.news_thread]

    async def transform(self, _interaction: discord.Interaction, value: Destination, /) -> Destination:
        """The channel itself."""
        return value
