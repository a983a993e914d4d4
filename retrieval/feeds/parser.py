"""Parses bytes as a Feed: RSS and Atom of every version by feedparser, JSON Feed 1.0 and 1.1 (jsonfeed.org) here.

Also finds the feeds that a web page links to, and those of a list (OPML).
"""

from __future__ import annotations

import json
import re
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

from retrieval.domain.phrase import Phrase
from retrieval.feeds.entries import (
    MOST_ENTRIES,
    MOST_TAGS,
    Entry,
    Feed,
    FeedError,
    address,
    believable,
    entry,
    moment,
    no_feed,
    ordered,
)
from retrieval.feeds.markup import line, local, plain, root, skeleton, tags
from retrieval.ingestion.readers.decoding import decode_feed

_HTML = ("text/html", "application/xhtml+xml")
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_ADDRESS = re.compile(r"[(<]?[^\s()<>@]+@[^\s()<>@]+[)>]?")
_BRACKETS = re.compile(r"^\((.*)\)$")
_MOST_FOUND = 50
_MOST_LISTED = 5_000
# Fields with the day of a feed or an entry, the best first.
_DATES = ("published", "updated", "created")
_PAGE_HEAD = 1_000_000
_VERSION = "https://jsonfeed.org/version/"


def parse_feed(body: bytes, url: str, content_type: str = "", now: datetime | None = None) -> Feed:
    """The feed in these bytes, as far as it can be read; `url` is its address, for relative links. Dates after `now` do
    not count.

    Raises FeedError if it is an HTML page, no feed, or XML that declares entities.
    """
    now = now or datetime.now(UTC)
    text = decode_feed(body, content_type).strip()
    if not text:
        raise no_feed(Phrase("empty"))
    if text.startswith(("{", "[")):
        return _read_json(text, url, now)
    found = _parsed(skeleton(text), url)
    about = found["feed"]
    author = _author(about)
    return Feed(
        title=_title(about),
        link=_link(about, url),
        entries=ordered(_entry(each, author, url, now) for each in found["entries"]),
        updated=believable(_moments(about, *_DATES), now),
    )


def find_feeds(html: bytes, url: str) -> tuple[str, ...]:
    """The addresses of the feeds to which a web page links as its own, in its order."""
    base, found = url, {}
    for name, attributes in tags(decode_feed(html)[:_PAGE_HEAD]):
        if name == "base" and base == url:
            base = address(attributes.get("href"), url) or url
        elif name == "link" and "alternate" in attributes.get("rel", "").lower().split():
            kind = attributes.get("type", "").partition(";")[0].strip().lower()
            if kind in _FEED_TYPES and (link := address(attributes.get("href"), base)):
                found[link] = True
    return tuple(found)[:_MOST_FOUND]


def _parsed(document: bytes, url: str) -> Any:
    import feedparser

    try:
        # A stream, since it takes bytes for the name of a file. `plain` removes what is unsafe, with all markup.
        return feedparser.parse(
            BytesIO(document),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception:  # feeds are made by anyone, and it fails in ways of its own
        raise no_feed(Phrase("broken beyond repair")) from None


def _entry(found: Any, author: str, url: str, now: datetime) -> Entry:
    return entry(
        line(found.get("id") or ""),
        _title(found),
        _link(found, url),
        believable(_moments(found, *_DATES), now),
        _author(found) or author,
        _text(found),
        [line(tag.get("label") or tag.get("term") or "") for tag in found.get("tags", ())],
        believable(_moments(found, "updated"), now),
    )


def _title(found: Any) -> str:
    return line(found.get("title") or "", markup=_is_html(found.get("title_detail")))


def _is_html(detail: Any) -> bool:
    return bool(detail) and detail.get("type") in _HTML


def _link(found: Any, url: str) -> str | None:
    """The article's address, not that of an attachment, of replies or of the feed itself."""
    links = [(link.get("rel"), link.get("href")) for link in found.get("links", ())]
    pages = [link for kind in ("alternate", "via", "related") for rel, link in links if rel == kind]
    first = found.get("link")
    if first in pages or first not in [link for _, link in links]:
        pages.insert(0, first)
    return next((whole for link in pages if (whole := address(link, url))), None)


def _moments(found: Any, *names: str) -> Iterator[date | None]:
    for name in names:
        # feedparser's own `get` returns other fields for missing ones.
        written, parsed = dict.get(found, name), dict.get(found, f"{name}_parsed")
        if isinstance(written, str) and (when := moment(written)):
            yield when
        elif parsed:
            try:
                yield datetime.fromtimestamp(timegm(parsed), UTC)
            except (ValueError, TypeError, OverflowError):
                continue


def _author(found: Any) -> str:
    """The names of authors, without mail addresses."""
    people = found.get("authors") or ()
    written = [person.get("name") for person in people] if len(people) > 1 else [found.get("author")]
    names = (_ADDRESS.sub("", line(name or "")).strip() for name in written)
    return line(", ".join(dict.fromkeys(_BRACKETS.sub(r"\1", name) for name in names if name)))


def _text(found: Any) -> str:
    """The longest text of an entry, which may have an excerpt besides."""
    texts = [
        plain(each.get("value") or "", markup=_is_html(each))
        for each in found.get("content", ())
        if each.get("type") in (*_HTML, "text/plain")
    ]
    summary = found.get("summary") or ""
    return max((plain(summary, markup=_is_html(found.get("summary_detail"))), *texts), key=len)


def _read_json(text: str, url: str, now: datetime) -> Feed:
    """The feed; values of a wrong type count as absent. Raises FeedError for any other JSON."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise no_feed(Phrase("broken JSON")) from None
    if not isinstance(found, dict) or _VERSION not in _json_text(found.get("version")).replace("http:", "https:"):
        raise no_feed(Phrase("JSON of another kind"))
    items = found.get("items")
    items = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    if len(items) > 2 * MOST_ENTRIES:
        items = items[:MOST_ENTRIES] + items[-MOST_ENTRIES:]
    author = _people(found)
    return Feed(
        title=line(_json_text(found.get("title"))),
        link=address(found.get("home_page_url"), url),
        entries=ordered(_json_entry(item, author, url, now) for item in items),
    )


def _json_entry(item: dict[str, Any], author: str, url: str, now: datetime) -> Entry:
    text = plain(_json_text(item.get("content_html")), markup=True) or plain(
        _json_text(item.get("content_text")), markup=False
    )
    listed = item.get("tags")
    return entry(
        line(_json_text(item.get("id"))),
        line(_json_text(item.get("title"))),
        address(item.get("url"), url) or address(item.get("external_url"), url),
        believable(_json_moments(item, "date_published", "date_modified"), now),
        _people(item) or author,
        text or plain(_json_text(item.get("summary")), markup=False),
        [line(_json_text(tag)) for tag in listed[:MOST_TAGS]] if isinstance(listed, list) else (),
        believable(_json_moments(item, "date_modified"), now),
    )


def _json_moments(item: dict[str, Any], *names: str) -> Iterator[date | None]:
    return (moment(_json_text(item.get(name))) for name in names)


def _people(holder: dict[str, Any]) -> str:
    """Names in `authors` (1.1) or `author` (1.0)."""
    listed = holder.get("authors")
    people = listed[:MOST_TAGS] if isinstance(listed, list) and listed else [holder.get("author")]
    names = [_json_text(person.get("name")) for person in people if isinstance(person, dict)]
    return line(", ".join(name for name in names if name))


def _json_text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        return str(value)
    except ValueError:  # a number of thousands of digits
        return ""


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
    if len(found) > _MOST_LISTED:
        raise FeedError(Phrase("too many feeds for one list: over {most}", most=_MOST_LISTED))
    return tuple((title, link) for link, title in found.items())
