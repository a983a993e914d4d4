"""Feeds for Discord: a page of the list, and the outcome of adding, removing or importing feeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.presentation.discord.markdown import can_link, clean_line, escape, length, masked
from bot.presentation.links import address
from bot.presentation.message_splitting import LIMIT, shorten, split
from retrieval.domain.articles import SHARED
from retrieval.domain.feeds import Coverage, Subscription

if TYPE_CHECKING:
    from retrieval.services.feeds import Imported

_TITLE = 100
# The most reasons to name for feeds that were left out.
_REASONS = 5
# The widths of a title to try in a list, and whether titles are links. A reason may be twice as long.
_WAYS = ((80, True), (60, False), (20, False))


def page(shown: Sequence[Subscription], first: int, total: int) -> str:
    """A page of `total` feeds in one message; `first` is the number of its first, counted from 1."""
    if not shown:
        return "No feeds yet: `/feeds add` adds one for this server."
    many = f"{total:,} feed{'' if total == 1 else 's'}"
    head = f"**{many}**" if len(shown) == total else f"**Feeds {first:,}–{first + len(shown) - 1:,} of {total:,}**"
    text = ""
    for width, linked in _WAYS:
        text = "\n".join([head, *(_listed(number, each, width, linked) for number, each in enumerate(shown, first))])
        if length(text) <= LIMIT:
            break
    return split(text)[0]


def named(feed: Subscription, width: int = _TITLE, linked: bool = True) -> str:
    """A feed's title, as a link if it fits."""
    title, where = shorten(clean_line(feed.title) or clean_line(feed.url), width), address(feed.url)
    return masked(title, where) if linked and can_link(where) else escape(title)


def known(feed: Subscription) -> str:
    """The line for a feed that is added again."""
    return f"Already added, for {'every' if feed.scope == SHARED else 'this'} server: {named(feed)}"


def added(feed: Subscription, poll_minutes: int) -> str:
    """The outcome of adding a feed."""
    return f"Added: {named(feed)}\n-# {_coming(poll_minutes)}"


def removed(feed: Subscription) -> str:
    """The outcome of removing a feed."""
    kept = f" Its {feed.articles:,} article{'' if feed.articles == 1 else 's'} stay." if feed.articles else ""
    return f"Removed: {named(feed)}.{kept}"


def imported(came: Imported, poll_minutes: int) -> str:
    """The outcome of importing feeds."""
    there = came.known
    before = f", {there:,} {'was' if there == 1 else 'were'} there already" if there else ""
    lines = [f"{came.added:,} feed{'' if came.added == 1 else 's'} added{before}."]
    reasons = Counter(each.reason for each in came.left_out).most_common(_REASONS)
    lines += [f"⚠️ {many:,} left out: {escape(clean_line(reason))}" for reason, many in reasons]
    if came.added:
        lines.append(f"-# {_coming(poll_minutes)}")
    return "\n".join(lines)


def count(seen: Coverage) -> str:
    """The number of feeds, and of failing ones."""
    many = f"{seen.feeds:,} feed{'' if seen.feeds == 1 else 's'}" if seen.feeds else "no feeds"
    return f"{many}, {len(seen.failing):,} failing" if seen.failing else many


def _coming(poll_minutes: int) -> str:
    if not poll_minutes:
        return (
            "For this server alone. I do not read feeds automatically here: the operator of this bot does it by hand."
        )
    return "For this server alone. I start to read it within minutes: see `/feeds list`."


def _listed(number: int, feed: Subscription, width: int, linked: bool) -> str:
    line = f"{number}. " + " · ".join([named(feed, width, linked), *_state(feed)])
    if not feed.reason:
        return line
    return f"{line}\n-# ⚠️ {escape(shorten(clean_line(feed.reason), 2 * width))}"


def _state(feed: Subscription) -> Iterator[str]:
    yield f"{feed.articles:,} article{'' if feed.articles == 1 else 's'}"
    yield f"read {_when(feed.worked)}" if feed.worked else "not read yet"
    if feed.failures:
        yield f"failing, next try {_when(feed.next_at)}"
    if feed.scope == SHARED:
        yield "for every server"


def _when(moment: str) -> str:
    """A moment as Discord shows it relative to now: “5 minutes ago”."""
    when = datetime.fromisoformat(moment)
    return f"<t:{int(when.replace(tzinfo=when.tzinfo or UTC).timestamp())}:R>"
