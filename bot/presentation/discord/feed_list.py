"""Feeds for Discord: a page of the list, and the outcome of adding, removing or importing feeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.presentation.discord.markdown import can_link, clean_line, escape, length, masked, small
from bot.presentation.links import address
from bot.presentation.message_splitting import LIMIT, shorten, split
from bot.presentation.wording import articles
from bot.presentation.words import ENGLISH, OwnWords
from retrieval.domain.articles import SHARED
from retrieval.domain.reports import Coverage, Subscription

if TYPE_CHECKING:
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
    text = ""
    for width, linked in _WAYS:
        lines = (_listed(number, each, width, linked, words) for number, each in enumerate(shown, first))
        text = "\n".join([head, *lines])
        if length(text) <= LIMIT:
            break
    return split(text)[0]


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
