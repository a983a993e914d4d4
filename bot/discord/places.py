"""The places where commands are offered and questions listed, what is set for them, and the shards that serve them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import discord
from discord import app_commands

from bot.discord.context import Context, Interaction, guild_of, is_visiting, scope, words_of
from bot.discord.errors import UNSENT
from bot.discord.sending import persist
from bot.discord.server_settings import Adding, ChannelSettings
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.errors import SettingsError
from retrieval.question.followup import is_question


@dataclass(frozen=True, slots=True)
class Shards:
    """Those of the `count` shards that a process has. Discord tells each server's events to one shard."""

    count: int
    ids: tuple[int, ...]

    def owns(self, guild: int) -> bool:
        """True for a server of one of these shards."""
        return (guild >> 22) % self.count in self.ids

    @property
    def first(self) -> bool:
        """True if the first shard is one of these: private messages belong to it."""
        return 0 in self.ids


ALL = Shards(1, (0,))


def read_shards(count: int, ids: str) -> Shards:
    """Shards as the command line names them: `0,2` or `0-3`, all where nothing is named.

    Raises:
        SettingsError: they are no numbers below the count.
    """
    named: set[int] = set()
    for part in ids.replace(" ", "").split(",") if ids.strip() else [f"0-{count - 1}"]:
        first, _, last = part.partition("-")
        if not all(each.isascii() and each.isdigit() for each in (first, last or first)):
            raise SettingsError(f'--shard-ids are numbers such as 0,1 or 0-3, not "{ids}"')
        if not int(first) <= int(last or first) < count:
            raise SettingsError(f"--shard-ids go from 0 to {count - 1}, as --shards is {count}")
        named |= set(range(int(first), int(last or first) + 1))
    return Shards(count, tuple(sorted(named)))


Offered = TypeVar("Offered")

_log = logging.getLogger(__name__)

# The names that forums give their tag for a post with an answer.
_SOLVED = frozenset(("solved", "answered", "resolved", "gelöst", "résolu", "resuelto", "rozwiązane", "вирішено"))
_MOST_TAGS = 5
_LONGEST = 1500
_FORBIDDEN = phrase("I may not set the forum's tag “{tag}” here: a server administrator can allow it (Manage Threads).")

# discord.py's own `guild_only` keeps the default of the tree, which includes private messages.
_on_servers = app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
_by_servers = app_commands.allowed_installs(guilds=True, users=False)


def on_servers(command: Offered) -> Offered:
    """Offer a command, group or menu only on servers that have added the bot."""
    return _by_servers(_on_servers(command))


async def is_served(interaction: Interaction) -> bool:
    """True if the bot works where this interaction was made; otherwise tell the user that it does not."""
    bot: Context = interaction.client
    if bot.serves(guild_of(interaction)):
        return True
    if interaction.type is not discord.InteractionType.autocomplete:
        words = words_of(interaction)
        await interaction.response.send_message(words("I am not set up for this server."), ephemeral=True)
    return False


def settings_at(bot: Context, guild: int | None, channel: object) -> ChannelSettings:
    """The settings of the channel in which something is asked; the defaults in private messages."""
    home = channel_of(channel)
    return bot.server_settings.channel(scope(guild), home) if guild and home else ChannelSettings()


def is_private(interaction: Interaction, wanted: bool | None) -> bool:
    """True if only the person sees the answer: as they want it, else as the server has set.

    In silent channels, and where the bot is brought by a person alone, nobody else ever sees it.
    """
    bot: Context = interaction.client
    guild = guild_of(interaction)
    if guild is None:
        return bool(wanted) or is_visiting(interaction)
    if settings_at(bot, guild, interaction.channel).silent:
        return True
    return bot.server_settings.server(scope(guild)).private if wanted is None else wanted


def may_add(interaction: Interaction) -> bool:
    """True if the person may add articles to this server."""
    bot: Context = interaction.client
    server = bot.server_settings.server(scope(interaction.guild_id))
    if server.adding is Adding.EVERYONE or interaction.permissions.manage_guild:
        return True
    roles = getattr(interaction.user, "roles", ())
    return server.adding is Adding.ROLE and any(str(role.id) == server.adding_role for role in roles)


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


def post_of(message: discord.Message) -> discord.Thread | None:
    """The post in a forum that a message opens."""
    channel = message.channel
    if not isinstance(channel, discord.Thread) or message.id != channel.id:
        return None
    return channel if isinstance(channel.parent, discord.ForumChannel) else None


def asked_in(post: discord.Thread, text: str) -> str:
    """The question of a post: its title, with its text where the title alone asks nothing."""
    if is_question(post.name) or not text:
        return post.name
    return f"{post.name}: {text}"[:_LONGEST]


async def mark_solved(channel: object, person: int, words: OwnWords = ENGLISH) -> str:
    """Give a post the forum's tag for solved ones, if the person who opened it is helped.

    Returns a line that says why the tag could not be set, else an empty one.
    """
    if not isinstance(channel, discord.Thread) or not isinstance(channel.parent, discord.ForumChannel):
        return ""
    tag = next((each for each in channel.parent.available_tags if each.name.strip().casefold() in _SOLVED), None)
    tags = channel.applied_tags
    if tag is None or channel.owner_id != person or tag in tags or len(tags) >= _MOST_TAGS:
        return ""
    if not channel.permissions_for(channel.guild.me).manage_threads:
        return words(_FORBIDDEN, tag=tag.name)
    try:
        await persist(partial(channel.edit, applied_tags=[*tags, tag], reason=words("The question was answered.")))
    except UNSENT as refused:
        _log.info("post %s is not marked as solved: %s", channel.id, refused)
    return ""
