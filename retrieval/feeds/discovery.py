"""Feeds found: at an address or on a page, in a list of another reader, among those there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from retrieval.domain.feeds import FailingFeed, Subscription
from retrieval.errors import BriefingError, NotFoundError
from retrieval.feeds.fetching import Fetches, get_feed
from retrieval.feeds.opml import read_opml
from retrieval.feeds.parser import FeedError, find_feeds, parse_feed
from retrieval.http.page import FetchError, refused
from retrieval.http.url_policy import read_address

# Feeds that a web page names which are tried.
_MOST_NAMED = 3


def written(url: str) -> str:
    """The one form of an address that somebody gave. Raises FetchError where it may not be fetched."""
    if "://" not in url:
        raise refused("write it with https://")
    return read_address(url).url


def find_feed(web: Fetches, url: str, now: datetime) -> tuple[str, str]:
    """The address and the title of the feed there, or of one that the page there names.

    Raises:
        FetchError: nothing can be fetched from there.
        FeedError: it is no feed, and names none.
    """
    page = get_feed(web, url)
    try:
        return page.moved or url, parse_feed(page.body, page.url, page.content_type, now).title
    except FeedError as error:
        failed: BriefingError = error
        named = find_feeds(page.body, page.url)[:_MOST_NAMED]
    for each in named:
        try:
            page = get_feed(web, each)
            return page.moved or read_address(each).url, parse_feed(page.body, page.url, page.content_type, now).title
        except (FetchError, FeedError) as error:
            failed = FeedError(f"the page names a feed that cannot be read: {error}")
    raise failed


def read_list(opml: bytes) -> tuple[dict[str, str], list[FailingFeed]]:
    """The titles of the feeds of a list by their addresses, and those that may not be fetched.

    Raises FeedError where it is no OPML.
    """
    found: dict[str, str] = {}
    refused: list[FailingFeed] = []
    for title, url in read_opml(opml):
        try:
            address = written(url)
            found.setdefault(address, title if title != url else address)
        except FetchError as error:
            refused.append(FailingFeed(title, url, str(error)))
    return found, refused


def named(name: str, feeds: Sequence[Subscription]) -> Subscription:
    """The feed of this number, address or title. Raises NotFoundError where there is none, or more than one."""
    name = name.strip()
    found = (
        [each for each in feeds if str(each.id) == name]
        or [each for each in feeds if name in (each.url, each.url.rstrip("/"))]
        or [each for each in feeds if each.title.casefold() == name.casefold()]
    )
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFoundError(f"no feed goes by the name {name}")
    numbers = ", ".join(str(each.id) for each in found[:5])
    raise NotFoundError(f"{len(found)} feeds go by the name {name}: say which by its number ({numbers})")
