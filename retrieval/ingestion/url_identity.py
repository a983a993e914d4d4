"""Articles that come from elsewhere than a file on disk, and what they go by: their address, or what they hold."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import SplitResult, unquote, urlsplit

from retrieval.domain.articles import SHARED, Document
from retrieval.errors import UnreadableError

_PORTS = {"http": 80, "https": 443}
# Parameters that publishers add to an address to see where a reader comes from; the article is the same without them.
# Not by courlan, which also drops `cid`, `eid`, `uid` and all that begins with `gallery`, `keyword` or `reference`, so
# that two articles would have one address; and which lacks sixteen of these.
_TRACKING = re.compile(
    r"(?:utm_|at_|ns_|pk_|mtm_|hsa_|_hs)\w+|[a-z]{0,3}clid|[gw]braid|igshid|mc_[ce]id|ocid|ftag|xtor|cmp(?:id)?"
    r"|smid|ref_?src|traffic_source|feed(?:type|name)|msclkid|mkt_tok|_ga\w*|_gl|guccounter|guce_\w+|srsltid|li_fat_id"
    r"|(?:vero|oly|soc|__s)_\w+|wickedid|[in]cid|campaign_id|share_?id|fbc_id",
    re.IGNORECASE,
)
# Where a reader comes from, in words; a number may as well name an article.
_REFERRED = re.compile(r"(?:ref|referr?er|origin)=(?!\d+$)", re.IGNORECASE)
# Other hosts of one site: for telephones, and for pages that load fast.
_HOSTS = ("", "www.", "m.", "amp.", "mobile.")
_OF_HOST = re.compile(r"(?:www|m|amp|mobile)\.(?=[^/]*\.)")
_FROM_FEED = re.compile(r"(?:rss|atom)(?:\W.*|_.*)?|feed", re.IGNORECASE)
_LONGEST_NAME = 150
_LONGEST_QUERY = 40
_KEPT_OF_START = 60
# Longer than any report that is read as one; while it is stored, all others wait.
MOST_CHARACTERS = 500_000


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article to be stored: `place` names it in the catalog for good, `name` is what citations call it.

    A place here always contains "://", which no path on disk does.
    """

    place: str
    name: str
    document: Document

    def names(self) -> Iterator[str]:
        """The names it may go by, the best first."""
        yield self.name
        yield from (f"{self.name} ({number})" for number in count(2))

    def check(self) -> None:
        """Raises UnreadableError for what is no article by its size alone."""
        if len(self.document.text) > MOST_CHARACTERS:
            raise UnreadableError(f"too long for an article (over {MOST_CHARACTERS:,} characters)")


def is_on_disk(place: str) -> bool:
    """Whether a place is a file's, not one that arrived from elsewhere."""
    return "://" not in place


def place_of(url: str, scope: str = SHARED) -> str:
    """What names the article of this address for the audience `scope`, however the address was come by."""
    return _scoped(address_of(url), scope)


def place_of_file(data: bytes, scope: str = SHARED) -> str:
    """What names an article that came as bytes alone: the same bytes are the same article."""
    return _scoped(f"sha256://{hashlib.sha256(data).hexdigest()}", scope)


def address_of(url: str) -> str:
    """The address in one form: host in small letters, without fragment, default port and marks of tracking."""
    try:
        parts = urlsplit(url.strip())
        host = _host(parts)
    except ValueError:  # a port or host that is none: it still names something
        return url if "://" in url else f"unknown://{url}"
    pairs = [pair for pair in parts.query.split("&") if pair and not _tracks(pair)]
    query = f"?{'&'.join(pairs)}" if pairs else ""
    return f"{parts.scheme.lower()}://{host}{parts.path or '/'}{query}"


def site_of(url: str) -> str:
    """The host of an address as people name it; empty where it has none."""
    try:
        return _OF_HOST.sub("", (urlsplit(url).hostname or "").rstrip("."), count=1)
    except ValueError:
        return ""


def is_same_page(place: str, other: str) -> bool:
    """Whether two places, of whatever audience, differ in no more than the scheme, the host's variant and the last
    slash."""
    return _page_of(place) == _page_of(other)


def alike(place: str) -> tuple[str, ...]:
    """The places that are one page with this one, itself first: by scheme, the host's variant and the last slash."""
    head, mark, _ = place.partition("://")
    scope, _, scheme = head.rpartition(" ")
    if scheme not in _PORTS:
        return (place,)
    page, before = _page_of(place), f"{scope} " if scope else ""
    variants = (
        f"{before}{scheme}{mark}{host}{page}{slash}" for scheme in _PORTS for host in _HOSTS for slash in ("", "/")
    )
    return tuple(dict.fromkeys((place, *variants)))


def _page_of(place: str) -> str:
    return _OF_HOST.sub("", place.partition("://")[2], count=1).rstrip("/")


def name_of(url: str) -> str:
    """What citations call the article of an address: host and path as people write them."""
    host, _, rest = address_of(url).partition("://")[2].partition("/")
    path, _, query = rest.partition("?")
    name = f"{host.removeprefix('www.')}/{_legible(path)}".rstrip("/")
    if query:
        short = query if len(query) <= _LONGEST_QUERY else f"{query[: _LONGEST_QUERY - 1]}…"
        name += f"?{_legible(short)}"
    if len(name) > _LONGEST_NAME:
        # The end is what tells one article of a site from another.
        name = f"{name[:_KEPT_OF_START]}…{name[_KEPT_OF_START + 1 - _LONGEST_NAME :]}"
    return name.encode("utf-8", "backslashreplace").decode()


def _scoped(place: str, scope: str) -> str:
    whole = place if scope == SHARED else f"{scope} {place}"
    return whole.encode("utf-8", "backslashreplace").decode()


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, _PORTS.get(parts.scheme.lower())) else f"{host}:{parts.port}"


def _tracks(pair: str) -> bool:
    name, _, value = pair.partition("=")
    return bool(_TRACKING.fullmatch(name) or _FROM_FEED.fullmatch(value) or _REFERRED.match(pair))


def _legible(text: str) -> str:
    """The text without percent signs where what they stand for can be printed."""
    try:
        plain = unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text
    return " ".join(plain.split()) if plain.isprintable() else text
