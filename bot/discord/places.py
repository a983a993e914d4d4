"""The places where commands are offered, where a question may be listed, and the option that names a channel."""

from __future__ import annotations

import discord
from discord import app_commands

# discord.py's own `guild_only` keeps the default of the tree, which includes private messages.
on_servers = app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)


def channel_of(channel: object) -> str:
    """The id of a channel, for a thread that of the channel it is in; empty for None."""
    if isinstance(channel, discord.Thread):
        return str(channel.parent_id)
    return str(channel.id) if isinstance(channel, discord.abc.Snowflake) else ""


def listed_in(channel: object) -> str | None:
    """The channel in which a question asked here may be listed; empty for all channels of the server, None for none.

    A question stays among those who could read it: in a channel that not everybody sees, and nowhere if it was asked in
    a private message or thread.
    """
    if isinstance(channel, discord.Thread):
        if channel.is_private() or channel.parent is None:
            return None
        channel = channel.parent
    if not isinstance(channel, discord.abc.GuildChannel):
        return None
    open_to_all = channel.permissions_for(channel.guild.default_role).view_channel
    return "" if open_to_all else str(channel.id)


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
