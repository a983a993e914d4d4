"""Finds feeds: at an address, on a web page, in a list (OPML), and by name among the subscriptions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from retrieval.domain.phrase import Phrase
from retrieval.domain.reports import FailingFeed, Subscription
from retrieval.errors import BriefingError, NotFoundError
from retrieval.feeds.entries import FeedError, address
from retrieval.feeds.fetching import PageFetcher, get_feed
from retrieval.feeds.markup import line, local, root
from retrieval.feeds.parser import find_feeds, parse_feed
from retrieval.http.page import FetchError, refused
from retrieval.http.url_policy import read_address
from retrieval.ingestion.readers.decoding import decode_feed

# Feeds linked from a web page that are tried.
_MOST_NAMED = 3
MOST_FEEDS = 5_000


def canonical(url: str) -> str:
    """The canonical form of an address. Raises FetchError if it may not be fetched."""
    if "://" not in url:
        raise refused(Phrase("write it with https://"))
    return read_address(url).url


def find_feed(web: PageFetcher, url: str, now: datetime) -> tuple[str, str]:
    """The address and the title of the feed at `url`, or of one that the page there links to.

    Raises:
        FetchError: the address cannot be fetched.
        FeedError: it is no feed, and links to none.
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
            failed = FeedError(Phrase("the page links to a feed that cannot be read: {reason}", reason=error.line))
    raise failed


def read_list(opml: bytes) -> tuple[dict[str, str], list[FailingFeed]]:
    """The titles of the feeds in an OPML list by their addresses, and the feeds that may not be fetched.

    Raises FeedError if it is no OPML.
    """
    found: dict[str, str] = {}
    refused: list[FailingFeed] = []
    for title, url in read_opml(opml):
        try:
            address = canonical(url)
            found.setdefault(address, title if title != url else address)
        except FetchError as error:
            refused.append(FailingFeed(title, url, error.line))
    return found, refused


def named(name: str, feeds: Sequence[Subscription]) -> Subscription:
    """The feed with this number, address or title. Raises NotFoundError for none, or more than one."""
    name = name.strip()
    found = (
        [feed for feed in feeds if str(feed.id) == name]
        or [feed for feed in feeds if name in (feed.url, feed.url.rstrip("/"))]
        or [feed for feed in feeds if feed.title.casefold() == name.casefold()]
    )
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFoundError(Phrase("no feed goes by the name {name}", name=name))
    numbers = ", ".join(str(each.id) for each in found[:5])
    raise NotFoundError(
        Phrase(
            "{count} feeds go by the name {name}: use a number ({numbers})",
            count=len(found),
            name=name,
            numbers=numbers,
        )
    )


def read_opml(body: bytes) -> tuple[tuple[str, str], ...]:
    """Title and address of every feed in all folders, without repetitions; the address is also used for a missing
    title. An address that is not of the web is returned unchanged.

    Raises FeedError if it is no OPML, declares entities, or has too many feeds.
    """
    try:
        tree = root(decode_feed(body), "opml")
    except FeedError as error:
        why = error.line.values.get("why") if isinstance(error.line, Phrase) else None
        raise FeedError(Phrase("no OPML: {why}", why=why) if why else Phrase("an HTML page, no OPML")) from None
    found: dict[str, str] = {}
    for element in tree.iter():
        if local(element.tag) == "outline":
            stated = {name.lower(): value for name, value in element.attrib.items()}
            link = re.sub(r"^feed:(?://)?(?=https?:)|^feed(?=://)", "", stated.get("xmlurl", "").strip())
            if whole := address(f"http{link}" if link.startswith("://") else link, "") or line(link):
                found.setdefault(whole, line(stated.get("title", "")) or line(stated.get("text", "")) or whole)
    if len(found) > MOST_FEEDS:
        raise FeedError(Phrase("too many feeds for one list: over {most}", most=MOST_FEEDS))
    return tuple((title, link) for link, title in found.items())
