"""The identity of articles that are not files on disk: a canonical URL, or a hash of their bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import SplitResult, unquote, urlsplit

from retrieval.domain.articles import SHARED, Document
from retrieval.domain.phrase import Phrase
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
# A referrer in words; a number may identify an article.
_REFERRED = re.compile(r"(?:ref|referr?er|origin)=(?!\d+$)", re.IGNORECASE)
# Other hosts of one site: for phones, and for fast pages.
_HOSTS = ("", "www.", "m.", "amp.", "mobile.")
_OF_HOST = re.compile(r"(?:www|m|amp|mobile)\.(?=[^/]*\.)")
_FROM_FEED = re.compile(r"(?:rss|atom)(?:\W.*|_.*)?|feed", re.IGNORECASE)
_LONGEST_NAME = 150
_LONGEST_QUERY = 40
_KEPT_OF_START = 60
# More than any report has. While one article is stored, all others wait.
MOST_CHARACTERS = 500_000


@dataclass(frozen=True, slots=True)
class IncomingArticle:
    """An article to be stored: `place` identifies it in the catalog, `name` is its name in citations.

    Its place always contains "://", which no path on disk does.
    """

    place: str
    name: str
    document: Document

    def names(self) -> Iterator[str]:
        """The possible names, the best first."""
        yield self.name
        yield from (f"{self.name} ({number})" for number in count(2))

    def check(self) -> None:
        """Raises UnreadableError if it is too long for an article."""
        if len(self.document.text) > MOST_CHARACTERS:
            raise UnreadableError(Phrase("too long for an article (over {most} characters)", most=MOST_CHARACTERS))


def is_on_disk(place: str) -> bool:
    """Tell if a place is a file on disk."""
    return "://" not in place


def place_of(url: str, scope: str = SHARED) -> str:
    """The place of the article at this address for the audience `scope`; the same for all forms of the address."""
    return _scoped(address_of(url), scope)


def place_of_file(data: bytes, scope: str = SHARED) -> str:
    """The place of an uploaded article: the same bytes are the same article."""
    return _scoped(f"sha256://{hashlib.sha256(data).hexdigest()}", scope)


def address_of(url: str) -> str:
    """The canonical form: host in lower case, no fragment, default port or tracking parameters."""
    try:
        parts = urlsplit(url.strip())
        host = _host(parts)
    except ValueError:  # not a valid host or port, but still an identity
        return url if "://" in url else f"unknown://{url}"
    pairs = [pair for pair in parts.query.split("&") if pair and not _tracks(pair)]
    query = f"?{'&'.join(pairs)}" if pairs else ""
    return f"{parts.scheme.lower()}://{host}{parts.path or '/'}{query}"


def site_of(url: str) -> str:
    """The host without "www." and the like; empty if there is none."""
    try:
        return _OF_HOST.sub("", (urlsplit(url).hostname or "").rstrip("."), count=1)
    except ValueError:
        return ""


def is_same_page(place: str, other: str) -> bool:
    """Tell if two places of any audiences are the same but for the scheme, the host's variant and a last slash."""
    return _page_of(place) == _page_of(other)


def alike(place: str) -> tuple[str, ...]:
    """All places of the same page, this one first; they differ in scheme, the host's variant and a last slash."""
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
    """The name of the article in citations: host and path as people write them."""
    host, _, rest = address_of(url).partition("://")[2].partition("/")
    path, _, query = rest.partition("?")
    name = f"{host.removeprefix('www.')}/{_legible(path)}".rstrip("/")
    if query:
        short = query if len(query) <= _LONGEST_QUERY else f"{query[: _LONGEST_QUERY - 1]}…"
        name += f"?{_legible(short)}"
    if len(name) > _LONGEST_NAME:
        # The end distinguishes the articles of one site.
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
    """The text with percent signs decoded, if the result can be printed."""
    try:
        plain = unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text
    return " ".join(plain.split()) if plain.isprintable() else text
