"""What a server has: its feeds, and its settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.discord.server_settings import Adding, ChannelSettings, Language, ServerSettings, Threads
from bot.presentation.discord.layouts import LONGEST, Page, Text, fitted, footed, plain_pages
from bot.presentation.discord.markdown import LIMIT, can_link, clean_line, escape, length, masked, shorten, small
from bot.presentation.links import address
from bot.presentation.wording import articles, period
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.articles import SHARED, Filter
from retrieval.domain.reports import Coverage, Subscription
from retrieval.services.feeds import Imported

_TITLE = 100
# The most reasons to name for feeds that were left out.
_REASONS = 5
# The widths of a title to try in a list, and whether titles are links. A reason may be twice as long.
_WAYS = ((80, True), (60, False), (20, False))


def page(shown: Sequence[Subscription], first: int, total: int, words: OwnWords = ENGLISH) -> str:
    """A page of `total` feeds in one message; `first` is the number of its first, counted from 1."""
    if not shown:
        return words("No feeds yet: `/feeds add` adds one for this server.")
    if len(shown) == total:
        head = f"**{words.many('{count} feed', '{count} feeds', total)}**"
    else:
        start, last, every = (words.number(each) for each in (first, first + len(shown) - 1, total))
        head = words("**Feeds {first}–{last} of {total}**", first=start, last=last, total=every)
    return fitted(
        "\n".join([head, *(_listed(number, each, *way, words) for number, each in enumerate(shown, first))])
        for way in _WAYS
    )


def named(feed: Subscription, width: int = _TITLE, linked: bool = True) -> str:
    """A feed's title, as a link if it fits."""
    title, where = shorten(clean_line(feed.title) or clean_line(feed.url), width), address(feed.url)
    return masked(title, where) if linked and can_link(where) else escape(title)


def known(feed: Subscription, words: OwnWords = ENGLISH) -> str:
    """The line for a feed that is added again."""
    if feed.scope == SHARED:
        return words("Already added, for every server: {feed}", feed=named(feed))
    return words("Already added, for this server: {feed}", feed=named(feed))


def added(feed: Subscription, poll_minutes: int, words: OwnWords = ENGLISH) -> str:
    """The outcome of adding a feed."""
    return f"{words('Added: {feed}', feed=named(feed))}\n{small(_coming(poll_minutes, words))}"


def removed(feed: Subscription, words: OwnWords = ENGLISH) -> str:
    """The outcome of removing a feed."""
    stay = words.many("Its {count} article stays.", "Its {count} articles stay.", feed.articles)
    said = words("Removed: {feed}.", feed=named(feed))
    return f"{said} {stay}" if feed.articles else said


def imported(came: Imported, poll_minutes: int, words: OwnWords = ENGLISH) -> str:
    """The outcome of importing feeds."""
    lines = [words.many("{count} feed added.", "{count} feeds added.", came.added)]
    if came.known:
        lines[0] += f" {words.many('{count} was there already.', '{count} were there already.', came.known)}"
    reasons = Counter(each.reason for each in came.left_out).most_common(_REASONS)
    for reason, many in reasons:
        left = words(
            "{number} left out: {reason}", number=words.number(many), reason=escape(clean_line(words.said(reason)))
        )
        lines.append(f"⚠️ {left}")
    if came.added:
        lines.append(small(_coming(poll_minutes, words)))
    return "\n".join(lines)


def count(seen: Coverage, words: OwnWords = ENGLISH) -> str:
    """The number of feeds, and of failing ones."""
    if not seen.feeds:
        return words("no feeds")
    many = words.many("{count} feed", "{count} feeds", seen.feeds)
    failing = words("{number} failing", number=words.number(len(seen.failing)))
    return f"{many}, {failing}" if seen.failing else many


def _coming(poll_minutes: int, words: OwnWords) -> str:
    if not poll_minutes:
        return words(
            "For this server alone. I do not read feeds automatically here: the operator of this bot does it by hand."
        )
    return words("For this server alone. I start to read it within minutes: see `/feeds list`.")


def _listed(number: int, feed: Subscription, width: int, linked: bool, words: OwnWords) -> str:
    line = f"{number}. " + " · ".join([named(feed, width, linked), *_state(feed, words)])
    if not feed.reason:
        return line
    return f"{line}\n-# ⚠️ {escape(shorten(clean_line(words.said(feed.reason)), 2 * width))}"


def _state(feed: Subscription, words: OwnWords) -> Iterator[str]:
    yield articles(feed.articles, words)
    yield words("read {moment}", moment=_when(feed.worked)) if feed.worked else words("not read yet")
    if feed.failures:
        yield words("failing, next try {moment}", moment=_when(feed.next_at))
    if feed.scope == SHARED:
        yield words("for every server")


def _when(moment: str) -> str:
    """A moment as Discord shows it relative to now: “5 minutes ago”."""
    when = datetime.fromisoformat(moment)
    return f"<t:{int(when.replace(tzinfo=when.tzinfo or UTC).timestamp())}:R>"


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
