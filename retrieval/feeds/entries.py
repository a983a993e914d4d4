"""Feeds and their entries: cleaned, dated, and without repetitions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime
from hashlib import sha256
from urllib.parse import urljoin, urlsplit

from retrieval.domain.phrase import Phrase
from retrieval.errors import BriefingError
from retrieval.ingestion.metadata import dates
from retrieval.nlp.lexicon import load

MOST_ENTRIES = 500
MOST_TAGS = 50
_LONGEST_TEXT = 200_000
_LONGEST_ID = 500
_LONGEST_LINK = 2_000
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)
_NO_LINK = re.compile(r"[\s<>\"\\^`{|}\x00-\x20\x7f-\x9f]")
_LONGEST = 60
_WEEKDAY = re.compile(r"^[^\d,]{2,20},\s*")
# Names of time zones that the standard library takes for UTC, or does not know.
_ZONES = load("zones")["offsets"]
_ZONE = re.compile(rf"(?<![A-Za-z]) ?\(?({'|'.join(sorted(_ZONES, key=len, reverse=True))})\)?$")
# An offset behind "GMT" or "UTC", with or without a colon.
_OFFSET = re.compile(r"(?:GMT|UTC|UT)\s?([+-])(\d\d?):?(\d\d)?$")
_NOON = re.compile(r"(?<!\d)(?P<hour>\d\d?)(?P<rest>:\d\d(?::\d\d)?)\s?(?P<half>[ap])\.?m\.?(?=\s|$)", re.IGNORECASE)


class FeedError(BriefingError):
    """The bytes are no feed; the message is the reason, in a few words."""


def no_feed(why: str) -> FeedError:
    """The error for bytes that are no feed."""
    return FeedError(Phrase("no feed: {why}", why=why))


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed. `id` is stable between readings. `published` is ISO 8601 with an offset, or a day; so is
    `updated`, if that is later. `text` is the feed's own text, with blank lines between paragraphs. Title and text are
    plain, and may be empty."""

    id: str
    title: str
    link: str | None
    published: str | None
    author: str | None
    text: str
    tags: tuple[str, ...]
    updated: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed with at most MOST_ENTRIES entries, the newest first; those without a date come last, in the feed's order.
    Their ids are unique. `updated` is the feed's own statement of its last change."""

    title: str
    link: str | None
    entries: tuple[Entry, ...]
    updated: str | None = None


def address(link: object, base: str) -> str | None:
    """An absolute http(s) address, or None."""
    if not isinstance(link, str) or not (link := link.strip()) or len(link) > _LONGEST_LINK:
        return None
    try:
        whole = urljoin(base, link)
        parts = urlsplit(whole)
        known = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        return None
    if not known or len(whole) > _LONGEST_LINK:
        return None
    return _NO_LINK.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), whole)


def believable(moments: Iterable[date | None], now: datetime) -> str | None:
    """The first time that is neither before 1990 nor more than a day ahead, in ISO 8601; a date stays a date."""
    for moment in moments:
        if moment is None:
            continue
        exact = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
        if _EARLIEST <= exact <= now + _AHEAD:
            return moment.isoformat()
    return None


def entry(
    identity: str,
    title: str,
    link: str | None,
    published: str | None,
    author: str,
    text: str,
    tags: Iterable[str],
    updated: str | None = None,
) -> Entry:
    """An entry of cleaned parts; `identity` is the feed's own id, if any."""
    if len(text) > _LONGEST_TEXT:
        text = text[: _LONGEST_TEXT - 1] + "…"
    kept = tuple(dict.fromkeys(tag for tag in tags if tag))[:MOST_TAGS]
    later = updated if updated and (published is None or _moment(updated) > _moment(published)) else None
    found = Entry(identity, title, link, published, author or None, text, kept, later)
    return found if 0 < len(identity) <= _LONGEST_ID else replace(found, id=_derived(found))


def ordered(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The newest entries, without repetitions. If a feed uses one id for different articles, all of these get derived
    ids, so that an entry keeps its id when the others leave the feed."""
    named = defaultdict(list)
    for each in sorted(entries, key=_age):
        named[each.id].append(each)
    shared = {name for name, group in named.items() if len({each.link or each.title for each in group}) > 1}
    unique: dict[str, Entry] = {}
    for each in sorted((each for group in named.values() for each in group), key=_age):
        own = replace(each, id=_derived(each)) if each.id in shared else each
        unique.setdefault(own.id, own)
    return tuple(unique.values())[:MOST_ENTRIES]


def _derived(found: Entry) -> str:
    source = found.link or "\n".join((found.title or found.text, found.published or ""))
    return sha256(source.encode("utf-8", "replace")).hexdigest()[:32]


def _age(found: Entry) -> float:
    if found.published is None:
        return float("inf")
    return -_moment(found.published).timestamp()


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def moment(text: str) -> date | None:
    """A datetime in the stated zone, else in UTC; a date if no time is stated; None if it is no date.

    Reads ISO 8601, RFC 2822, and dates written out in the languages of `nlp.dates`.
    """
    text = _NOON.sub(_in_day, " ".join(text.split()))
    if not 0 < len(text) <= _LONGEST:
        return None
    text = _OFFSET.sub(lambda found: _signed(text, f"{found[1]}{found[2]:0>2}{found[3] or '00'}"), text)
    text = _ZONE.sub(lambda zone: _signed(text, _ZONES[zone[1]]), text)
    for read in (datetime.fromisoformat, parsedate_to_datetime, _written):
        try:
            found = whole(read(text))
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return found if re.search(r"\d:\d|\dT\d", text) else found.date()
    return None


def _in_day(found: re.Match[str]) -> str:
    hour = int(found["hour"]) % 12 + (12 if found["half"].lower() == "p" else 0)
    return f"{hour:02}{found['rest']}"


def _written(text: str) -> datetime:
    """A date with names of days and months in another language. Raises ValueError."""
    clock = re.search(r"(?<!\d)(\d\d?):(\d\d)(?::(\d\d))?", text)
    zone = re.search(r"([+-])(\d\d):?(\d\d)$", text)
    day = dates.normalise(_WEEKDAY.sub("", text[: clock.start()] if clock else text).strip(" ,-"))
    if day is None or len(day) != len("2024-12-03"):
        raise ValueError(text)
    hour, minute, second = (int(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
    offset = (
        timedelta(hours=int(zone[2]), minutes=int(zone[3])) * (-1 if zone[1] == "-" else 1) if zone else timedelta()
    )
    return datetime.combine(date.fromisoformat(day), time(hour, minute, second), timezone(offset))


def _signed(text: str, offset: str) -> str:
    return offset if text[:4].isdecimal() else f" {offset}"  # only RFC 2822 has a blank there


def whole(found: datetime) -> datetime:
    """In whole seconds, in its own zone. Raises OverflowError for years that UTC cannot have."""
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    found.astimezone(UTC)
    return found.replace(microsecond=0)
