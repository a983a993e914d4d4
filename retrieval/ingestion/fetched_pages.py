"""Cleaned documents from the web: of fetched pages, of a feed's own texts, and notices for withdrawn articles."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from retrieval.domain.articles import Block, Document, Metadata
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
_UNTOLD = ("", "application/octet-stream", "binary/octet-stream")
# Letters, for not every script parts its words: 200 are some 40 words of English. News agencies' briefs are longer,
# and the standfirsts and excerpts that feeds carry in an article's stead mostly shorter.
_FEWEST_LETTERS = 200
# A text that breaks off is a teaser up to this length: the excerpts of blogs have 55 words.
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
    """The article of a page that was fetched from `asked` and found at `url`; `content_type` is the header as sent.

    `known` is what its outlet's feed says: its title, day, author and tags win over the page's, its outlet does not.
    With `page_first` it comes from elsewhere, and counts only where the page says nothing.
    Raises UnreadableError with the reason in a few words, also for what only stands where an article should.
    """
    if not body.strip():
        raise UnreadableError("empty")
    kind = _kind(body, content_type, url)
    try:
        if kind == "html":
            page = _read_markup(_decode(body, content_type), asked, url)
        else:
            page = reading.read(_decode(body, content_type).encode() if kind != "pdf" else body, f"page.{kind}")
    except UnreadableError:
        raise
    except Exception as error:  # as for files: made by anyone
        raise UnreadableError(f"not readable as {kind} ({type(error).__name__})") from error
    address = Metadata(url=_own_address(page.metadata.url, url), basis={"url": "page"})
    if page_first:
        metadata = merge(address, _stated(page.metadata), known, page.metadata)
    else:
        metadata = merge(replace(known, outlet=None, url=None), address, page.metadata, known)
    return replace(page, metadata=metadata)


def read_entry(text: str, known: Metadata) -> Document:
    """The article that a feed's own text is; `text` is plain, its paragraphs parted by blank lines.

    Raises UnreadableError where it is only the teaser of one.
    """
    pieces = [Piece(line) for part in strip_controls(text).split("\n\n") if (line := " ".join(part.split()))]
    _, parts = assemble(pieces)
    if not parts:
        raise UnreadableError("no text")
    body, kept = assemble(boilerplate.clean(parts, known.title))
    letters = sum(letter.isalnum() for letter in body)
    if letters < _FEWEST_LETTERS or (letters < _FEWEST_BEFORE_BREAK and _BREAKS_OFF.search(parts[-1].text)):
        raise UnreadableError("only a teaser")
    found = merge(known, masthead.read(parts))
    return Document(body, boilerplate.blocks(kept), replace(found, basis={**found.basis, "text": "feed"}), "txt")


def _read_markup(page: str, asked: str, url: str) -> Document:
    tree = html.parse(page)
    try:
        found = read_tree(tree)
    except UnreadableError as error:
        raise UnreadableError(blocked_pages.find(tree, "", asked, url) or str(error)) from None
    if wall := blocked_pages.find(tree, found.text, asked, url):
        raise UnreadableError(wall)
    return found


def _kind(body: bytes, content_type: str, url: str) -> str:
    told = content_type.partition(";")[0].strip().lower()
    if body.lstrip()[:5] == b"%PDF-" or told == "application/pdf":
        return "pdf"
    if "html" in told or _MARKUP.match(body[:1000]):
        return "html"
    path = urlsplit(url).path.lower()
    suffix = next((kind for ending, kind in _SUFFIXES.items() if path.endswith(ending)), None)
    if told in _TEXTS:
        return suffix if suffix == "md" else _TEXTS[told]
    if told in _UNTOLD:
        return suffix or "html"
    shown = told if re.fullmatch(r"[\w.+-]{1,40}/[\w.+-]{1,60}", told, re.ASCII) else "of an unknown type"
    raise UnreadableError(f"not a web page, PDF or text ({shown})")


def _decode(body: bytes, content_type: str) -> str:
    declared = _CHARSET.search(content_type)
    return decoding.decode_page(body, declared[1] if declared else None)


def _stated(page: Metadata) -> Metadata:
    """What a page says, without a day that is only an estimate."""
    return replace(page, published=None, published_estimated=False) if page.published_estimated else page


def _own_address(canonical: str | None, url: str) -> str:
    """The address that the page gives itself where it is of the same site, and not its front page; else `url`."""
    here = urlsplit(url)
    try:
        there = urlsplit(canonical or "")
    except ValueError:
        return address_of(url)
    same = site_of(canonical or "") == site_of(url)
    front = there.path.strip("/") == "" and not there.query and here.path.strip("/") != ""
    return canonical if canonical and same and not front else address_of(url)


def is_withdrawn(title: str | None) -> bool:
    """Whether a title says that what it stood over is taken back."""
    return bool(title and _TITLE.match(title))


def notice(known: Metadata, reason: str) -> Document:
    """The document that takes the place of an article: so its readers, and answers that cited it, are told.

    It gives way to the page where that comes back, as what a feed says in a page's stead does.
    """
    title = known.title or "an article"
    told = title if is_withdrawn(title) else f"{WITHDRAWN}{title}"
    text, parts = assemble([Piece(told, "heading"), Piece(f"The publisher has taken this article back: {reason}.")])
    blocks = tuple(Block(part.start, part.end, part.kind or "paragraph") for part in parts)
    metadata = replace(known, title=told, basis={**known.basis, "title": "feed", "text": "feed"})
    return Document(text, blocks, metadata, "txt")
