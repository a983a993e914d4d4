"""The settings of a server in words, for `/settings` and `/status`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.discord.server_settings import Adding, ChannelSettings, Language, ServerSettings, Threads
from bot.presentation.discord.layouts import LONGEST, Page, Text, footed, plain_pages
from bot.presentation.discord.markdown import clean_line, escape, length, small
from bot.presentation.message_splitting import LIMIT
from bot.presentation.wording import period
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.articles import Filter

# What a choice is called where one chooses it.
THREADS = {
    Threads.ON: phrase("A thread under every answer to a mention"),
    Threads.REPLY: phrase("A thread once somebody replies to an answer"),
    Threads.OFF: phrase("No threads"),
}
LANGUAGES = {
    Language.CLIENT: phrase("The language of each person's Discord"),
    Language.ENGLISH: "English",
    Language.GERMAN: "Deutsch",
    Language.FRENCH: "Français",
    Language.SPANISH: "Español",
    Language.POLISH: "Polski",
    Language.UKRAINIAN: "Українська",
}
PRIVATE = {
    False: phrase("Everybody in the channel sees answers to commands"),
    True: phrase("Only the person who asked sees them"),
}
ADDING = {
    Adding.EVERYONE: phrase("Everybody may add articles"),
    Adding.ROLE: phrase("Managers and one role may add articles"),
    Adding.MANAGERS: phrase("Only managers of the server may add articles"),
}
UNREADABLE = phrase(
    "I cannot read messages that do not mention me: the operator of this bot has to allow it "
    "(BRIEFING_MESSAGE_CONTENT, and the Message Content Intent)."
)


def filter_line(settings: ChannelSettings, words: OwnWords = ENGLISH) -> str:
    """The filter of a channel as it is set: `only Reuters, from 30 days ago`."""
    outlet, since, until = (escape(clean_line(each)) for each in (settings.outlet, settings.since, settings.until))
    parts = [
        words("only {outlet}", outlet=outlet) if outlet else "",
        words("from {day}", day=since) if since else "",
        words("until {day}", day=until) if until else "",
    ]
    return ", ".join(filter(None, parts)) or words("no filter")


def digest_line(settings: ServerSettings, words: OwnWords = ENGLISH) -> str:
    """When digests are posted if a schedule names no time: `08:00 Europe/Brussels`."""
    zone = escape(settings.digest_zone or "UTC")
    return f"{settings.digest_time} {zone}" if settings.digest_time else words("no time set, {zone}", zone=zone)


def adding_line(settings: ServerSettings, words: OwnWords = ENGLISH) -> str:
    """Who may add articles."""
    named = f": <@&{settings.adding_role}>" if settings.adding is Adding.ROLE and settings.adding_role else ""
    return f"{words(ADDING[settings.adding])}{named}"


def summary(server: ServerSettings, channels: Mapping[str, ChannelSettings], words: OwnWords = ENGLISH) -> list[str]:
    """The lines of `/status`: what the server has set, its channels by name."""
    language = words("My words: {language}.", language=words(LANGUAGES[server.language]))
    lines = [
        f"{words(THREADS[server.threads])}.",
        f"{words(PRIVATE[server.private])}.",
        f"{adding_line(server, words)}.",
        f"{language} {words('Digests: {when}.', when=digest_line(server, words))}",
    ]
    for name, said in (
        ("questions", phrase("Every message is a question in {channels}.")),
        ("silent", phrase("Silent in {channels}.")),
    ):
        if chosen := [f"<#{channel}>" for channel, each in channels.items() if getattr(each, name)]:
            lines.append(words(said, channels=", ".join(chosen)))
    for channel, each in channels.items():
        if each.filters:
            lines.append(words("In {channel}: {filter}.", channel=f"<#{channel}>", filter=filter_line(each, words)))
    return lines


def default_line(only: Filter, named: Filter, words: OwnWords = ENGLISH) -> str:
    """The small print under an answer about what the channel's settings added to the filter `named`; else empty."""
    outlets = [escape(clean_line(each)) for each in only.outlets if each not in named.outlets]
    added = [words("only {outlet}", outlet=each) for each in outlets]
    if (only.since, only.until) != (named.since, named.until):
        added.append(words("articles {days}", days=period(only.since, only.until, words)))
    return small(words("As set for this channel: {filter}.", filter=", ".join(added))) if added else ""


def with_line(pages: list[Page], line: str) -> list[Page]:
    """The pages with a line at the end of the last one, or on one more."""
    if not line:
        return pages
    *before, last = pages
    room = LIMIT if isinstance(last, str) else LONGEST
    if sum(length(text) + 1 for text in plain_pages(last)) + length(line) <= room:
        return [*before, footed(last, line)]
    return [*pages, line if isinstance(last, str) else replace(last, blocks=(Text(line),), above="")]
