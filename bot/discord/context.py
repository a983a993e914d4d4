"""What an interaction comes with: the parts of the running bot, its audience, a question, and the language of words.

A server sees the shared articles and its own, a private message only the shared ones. The bot's own words are in the
language that the server chose, else in that of the person's client.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location

from bot.discord.delivery.channel_watches import ChannelWatches
from bot.discord.delivery.schedules import Schedules
from bot.discord.server_settings import ChannelSettings, StoredSettings
from bot.presentation.words import ENGLISH, LANGUAGES, OwnWords, words_in
from bot.settings import BotSettings
from bot.web.published import PageShelf
from retrieval.domain.answers import Timeline
from retrieval.domain.articles import SHARED, Filter
from retrieval.domain.reports import Digest
from retrieval.executor import BoundedExecutor
from retrieval.question.understanding import language_of_question
from retrieval.services.briefing import Briefing
from retrieval.services.corpus import RecentResults


def scopes(guild: int | None) -> tuple[str, ...]:
    """The scopes of the articles that a server sees; None is a private message."""
    return (SHARED, scope(guild)) if guild else (SHARED,)


def scope(guild: int | None) -> str:
    """The scope of a server's own articles and conversations."""
    return str(guild) if guild else SHARED


Interaction = discord.Interaction[Any]


class Context(Protocol):
    """The bot as its views see it, in `interaction.client`."""

    briefing: Briefing
    settings: BotSettings
    executor: BoundedExecutor
    quick: BoundedExecutor
    timelines: RecentResults[Timeline]
    digests: RecentResults[Digest]
    schedules: Schedules
    shelf: PageShelf
    server_settings: StoredSettings
    watches: ChannelWatches
    clock: Callable[[], datetime]

    def serves(self, guild: int | None) -> bool:
        """True if the bot works on a server, or (None) in private messages."""

    async def count_question(self, person: int, words: OwnWords = ENGLISH) -> str | None:
        """Count a question of a person; return a line that asks them to wait, if they ask too fast."""


def guild_of(interaction: Interaction) -> int | None:
    """The server whose articles a person sees.

    None in private messages, and on a server that has not added the bot, where people bring it by installing it for
    themselves.
    """
    here: int | None = interaction.guild_id
    member = here and (interaction.client.get_guild(here) or interaction.is_guild_integration())
    return here if member else None


def is_visiting(interaction: Interaction) -> bool:
    """True where a person alone brings the bot: on servers of others, and in private messages to others."""
    if interaction.guild_id:
        return guild_of(interaction) is None
    return bool(interaction.context.private_channel)


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question with the person who asked it, the audience and the filter.

    `conversation` is the thread or private channel that the question continues, `replies_to` the message it replies to.
    Both are None for a new question. The settings of its channel, `here`, add to the filter. `listed` is the channel
    that may list it if it has no answer, empty for all channels of the server, None for a question in private.
    The bot adds its own `words`.
    """

    text: str
    person: int
    scope: str
    conversation: str | None = None
    replies_to: str | None = None
    only: Filter = field(default_factory=Filter)
    here: ChannelSettings = field(default_factory=ChannelSettings)
    listed: str | None = None
    words: OwnWords = ENGLISH


# The contexts of names in the catalogs; descriptions have none.
_NAMES = {
    Location.command_name: "command",
    Location.group_name: "command",
    Location.parameter_name: "option",
    Location.choice_name: "choice",
}


class CatalogTranslator(app_commands.Translator):
    """Names and descriptions of commands, from the catalogs."""

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes, /
    ) -> str | None:
        """The translation; None where the English is shown."""
        words, name = _words(locale), _NAMES.get(context.location)
        if words is ENGLISH:  # as of most locales, each of which is asked for
            return None
        said = words.named(name, string.message) if name else words(string.message)
        return None if said == string.message else said


def words_of(interaction: Interaction) -> OwnWords:
    """The words for the person of an interaction."""
    return _chosen(interaction.client, guild_of(interaction)) or _words(interaction.locale)


def words_for(bot: Context, message: discord.Message) -> OwnWords:
    """The words under a message, which does not tell its author's language: those of the server; English elsewhere."""
    return words_at(bot, message.guild) if message.guild else ENGLISH


def words_at(bot: Context, guild: discord.Guild) -> OwnWords:
    """The words for all on a server: in the language that it chose, else in that of the server at Discord."""
    return _chosen(bot, guild.id) or _words(guild.preferred_locale)


def words_on(bot: Any, guild: int) -> OwnWords:
    """The words for all on the server of this id, also while the bot does not see it."""
    seen = bot.get_guild(guild)
    return words_at(bot, seen) if seen else _chosen(bot, guild) or ENGLISH


def words_like(question: str) -> OwnWords | None:
    """The words in the language of a question; None where there are none."""
    language = language_of_question(question)
    return words_in(language) if language in (ENGLISH.language, *LANGUAGES) else None


def _chosen(bot: Context, guild: int | None) -> OwnWords | None:
    """The words in the language that the server chose."""
    return bot.server_settings.words(scope(guild)) if guild else None


def _words(locale: discord.Locale) -> OwnWords:
    # "es-ES" and "es-419" are both Spanish.
    language = locale.value.partition("-")[0]
    return words_in(language) if language in LANGUAGES else ENGLISH
