"""JSON Feed, versions 1.0 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from retrieval.feeds.entries import MOST_ENTRIES, MOST_TAGS, Entry, Feed, FeedError, address, believable, entry, ordered
from retrieval.feeds.feed_dates import moment
from retrieval.feeds.sanitizer import line, plain

_VERSION = "https://jsonfeed.org/version/"


def read(text: str, url: str, now: datetime) -> Feed:
    """The feed; what is of the wrong type counts as absent. Raises FeedError for any other JSON."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise FeedError("no feed: broken JSON") from None
    if not isinstance(found, dict) or _VERSION not in _text(found.get("version")).replace("http:", "https:"):
        raise FeedError("no feed: JSON of another kind")
    items = found.get("items")
    items = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    if len(items) > 2 * MOST_ENTRIES:
        items = items[:MOST_ENTRIES] + items[-MOST_ENTRIES:]
    author = _people(found)
    return Feed(
        title=line(_text(found.get("title"))),
        link=address(found.get("home_page_url"), url),
        entries=ordered(_entry(item, author, url, now) for item in items),
    )


def _entry(item: dict[str, Any], author: str, url: str, now: datetime) -> Entry:
    text = plain(_text(item.get("content_html")), markup=True) or plain(_text(item.get("content_text")), markup=False)
    listed = item.get("tags")
    return entry(
        line(_text(item.get("id"))),
        line(_text(item.get("title"))),
        address(item.get("url"), url) or address(item.get("external_url"), url),
        believable(_moments(item, "date_published", "date_modified"), now),
        _people(item) or author,
        text or plain(_text(item.get("summary")), markup=False),
        [line(_text(tag)) for tag in listed[:MOST_TAGS]] if isinstance(listed, list) else (),
        believable(_moments(item, "date_modified"), now),
    )


def _moments(item: dict[str, Any], *names: str) -> Iterator[date | None]:
    return (moment(_text(item.get(name))) for name in names)


def _people(holder: dict[str, Any]) -> str:
    """Names in `authors` (1.1) or `author` (1.0)."""
    listed = holder.get("authors")
    people = listed[:MOST_TAGS] if isinstance(listed, list) and listed else [holder.get("author")]
    names = [_text(person.get("name")) for person in people if isinstance(person, dict)]
    return line(", ".join(name for name in names if name))


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        return str(value)
    except ValueError:  # a number of thousands of digits
        return ""
