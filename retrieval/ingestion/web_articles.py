"""Articles that are not files: their canonical URL or a hash, and the documents of web pages and of feeds' texts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from urllib.parse import SplitResult, unquote, urlsplit

from retrieval.domain.articles import SHARED, Block, Document, Metadata
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion import reading
from retrieval.ingestion.cleaning import blocked_pages, boilerplate
from retrieval.ingestion.metadata import masthead
from retrieval.ingestion.metadata.fields import merge, strip_controls
from retrieval.ingestion.readers import decoding, html
from retrieval.ingestion.readers.documents import Piece, assemble
from retrieval.ingestion.readers.html import read_tree
from retrieval.nlp.lexicon import any_of, listed_lines, load

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


_NOTHING = Metadata()
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_MARKUP = re.compile(rb"\s*<(?:!doctype html|html|head|body|\?xml|!--)", re.IGNORECASE)
_TEXTS = {"text/plain": "txt", "text/markdown": "md", "text/x-markdown": "md"}
_SUFFIXES = {".txt": "txt", ".md": "md", ".pdf": "pdf"}
_UNDECLARED = ("", "application/octet-stream", "binary/octet-stream")
# Letters, since not every script separates words: 200 are about 40 English words. Agencies' briefs are longer, and the
# summaries that feeds carry instead of an article are mostly shorter.
_FEWEST_LETTERS = 200
# Up to this length a text that breaks off is a teaser: the excerpts of blogs have 55 words.
_FEWEST_BEFORE_BREAK = 500
_BREAKS_OFF = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\W*$"
    r"|\b(?:read (?:more|the full|the rest|on)|continue reading|full (?:story|article))\b.{0,80}$",
    re.IGNORECASE,
)
_TITLE = re.compile(rf"\W*(?:{any_of(listed_lines(load('withdrawal')['words']))})(?!\w)", re.IGNORECASE)
WITHDRAWN = "Withdrawn: "


def read_page(
    body: bytes, content_type: str, asked: str, url: str, known: Metadata = _NOTHING, page_first: bool = False
) -> Document:
    """The article of a page at `url`; the request was for `asked`, `content_type` is the header as sent.

    `known` is from the outlet's own feed: its title, day, author and tags win over those of the page, its outlet does
    not. With `page_first` it is from elsewhere, and only fills gaps. Raises UnreadableError with the reason in a few
    words, also for pages without an article.
    """
    if not body.strip():
        raise UnreadableError(Phrase("empty"))
    kind = _kind(body, content_type, url)
    try:
        if kind == "html":
            page = _read_markup(_decode(body, content_type), asked, url)
        else:
            page = reading.read(_decode(body, content_type).encode() if kind != "pdf" else body, f"page.{kind}")
    except UnreadableError:
        raise
    except Exception as error:  # pages, as files, are made by anyone, and libraries fail in ways of their own
        raise reading.unreadable(kind, error) from error
    address = Metadata(url=_own_address(page.metadata.url, url), basis={"url": "page"})
    if page_first:
        metadata = merge(address, _stated(page.metadata), known, page.metadata)
    else:
        metadata = merge(replace(known, outlet=None, url=None), address, page.metadata, known)
    return replace(page, metadata=metadata)


def read_entry(text: str, known: Metadata) -> Document:
    """A feed's own text as an article; `text` is plain, with blank lines between paragraphs.

    Raises UnreadableError if it is only a teaser.
    """
    pieces = [Piece(line) for part in strip_controls(text).split("\n\n") if (line := " ".join(part.split()))]
    _, parts = assemble(pieces)
    if not parts:
        raise UnreadableError(Phrase("no text"))
    body, kept = assemble(boilerplate.clean(parts, known.title))
    letters = sum(letter.isalnum() for letter in body)
    if letters < _FEWEST_LETTERS or (letters < _FEWEST_BEFORE_BREAK and _BREAKS_OFF.search(parts[-1].text)):
        raise UnreadableError(Phrase("only a teaser"))
    found = merge(known, masthead.read(parts))
    return Document(body, boilerplate.blocks(kept), replace(found, basis={**found.basis, "text": "feed"}), "txt")


def _read_markup(page: str, asked: str, url: str) -> Document:
    tree = html.parse(page)
    try:
        found = read_tree(tree)
    except UnreadableError as error:
        raise UnreadableError(blocked_pages.find(tree, "", asked, url) or error.line) from None
    if blocked := blocked_pages.find(tree, found.text, asked, url):
        raise UnreadableError(blocked)
    return found


def _kind(body: bytes, content_type: str, url: str) -> str:
    media_type = content_type.partition(";")[0].strip().lower()
    if body.lstrip()[:5] == b"%PDF-" or media_type == "application/pdf":
        return "pdf"
    if "html" in media_type or _MARKUP.match(body[:1000]):
        return "html"
    path = urlsplit(url).path.lower()
    suffix = next((kind for ending, kind in _SUFFIXES.items() if path.endswith(ending)), None)
    if media_type in _TEXTS:
        return suffix if suffix == "md" else _TEXTS[media_type]
    if media_type in _UNDECLARED:
        return suffix or "html"
    if re.fullmatch(r"[\w.+-]{1,40}/[\w.+-]{1,60}", media_type, re.ASCII):
        raise UnreadableError(Phrase("not a web page, PDF or text ({type})", type=media_type))
    raise UnreadableError(Phrase("not a web page, PDF or text (of an unknown type)"))


def _decode(body: bytes, content_type: str) -> str:
    declared = _CHARSET.search(content_type)
    return decoding.decode_page(body, declared[1] if declared else None)


def _stated(page: Metadata) -> Metadata:
    """The metadata of a page, without an estimated day."""
    return replace(page, published=None, published_estimated=False) if page.published_estimated else page


def _own_address(canonical: str | None, url: str) -> str:
    """The canonical address, if it is on the same site and not its front page; else `url`."""
    here = urlsplit(url)
    try:
        there = urlsplit(canonical or "")
    except ValueError:
        return address_of(url)
    same = site_of(canonical or "") == site_of(url)
    front = there.path.strip("/") == "" and not there.query and here.path.strip("/") != ""
    return canonical if canonical and same and not front else address_of(url)


def is_withdrawn(title: str | None) -> bool:
    """Tell if a title says that its article is withdrawn."""
    return bool(title and _TITLE.match(title))


def notice(known: Metadata, reason: str) -> Document:
    """The notice that takes the place of a withdrawn article, for its readers and for answers that cited it.

    The page replaces it if it comes back, as it replaces a feed's own text.
    """
    title = known.title or "an article"
    heading = title if is_withdrawn(title) else f"{WITHDRAWN}{title}"
    text, parts = assemble([Piece(heading, "heading"), Piece(f"The publisher has withdrawn this article: {reason}.")])
    blocks = tuple(Block(part.start, part.end, part.kind or "paragraph") for part in parts)
    metadata = replace(known, title=heading, basis={**known.basis, "title": "feed", "text": "feed"})
    return Document(text, blocks, metadata, "txt")
