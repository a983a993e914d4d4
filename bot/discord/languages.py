"""The language of the bot's own words: what the server chose, else that of the person's client."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location

from bot.discord.audience import scope
from bot.discord.context import Context, Interaction, guild_of
from bot.presentation.words import ENGLISH, LANGUAGES, OwnWords, words_in
from retrieval.question.understanding import language_of_question

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
        said = words.named(name, string.message) if name else words(string.message)
        return None if words is ENGLISH or said == string.message else said


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
