"""Audiences: a server sees the shared articles and its own, a private message only the shared ones."""

from __future__ import annotations

import discord

from retrieval.domain.articles import SHARED


def scopes(guild: int | None) -> tuple[str, ...]:
    """The scopes of the articles that a server sees; None is a private message."""
    return (SHARED, scope(guild)) if guild else (SHARED,)


def scope(guild: int | None) -> str:
    """The scope of a server's own articles and conversations."""
    return str(guild) if guild else SHARED


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
