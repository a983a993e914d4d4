"""Cleaned documents from the web: of fetched pages, of a feed's own texts, and notices for withdrawn articles."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from retrieval.domain.articles import Block, Document, Metadata
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion import reading
from retrieval.ingestion.cleaning import blocked_pages, boilerplate
from retrieval.ingestion.metadata import masthead
from retrieval.ingestion.metadata.fields import merge, strip_controls
from retrieval.ingestion.readers import decoding, html
from retrieval.ingestion.readers.documents import Piece, assemble
from retrieval.ingestion.readers.html import read_tree
from retrieval.ingestion.url_identity import address_of, site_of
from retrieval.nlp.lexicon import any_of, listed_lines, load

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
