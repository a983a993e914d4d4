"""Web pages: HTML, also with front matter as blogs keep it, and MHTML. Trafilatura extracts the article."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html import escape
from itertools import islice
from typing import Any

from retrieval.domain.articles import BlockKind, Document, Metadata
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion.cleaning import boilerplate
from retrieval.ingestion.metadata import dates, masthead, page_dates
from retrieval.ingestion.metadata.fields import from_table, is_author, merge, one_line, split_front_matter
from retrieval.ingestion.readers import decoding, html_structure
from retrieval.ingestion.readers.documents import Piece, assemble, row, rule, shape, under_headings

_FEW_ELEMENTS = 20_000
_BLOCKS: dict[str, BlockKind] = {
    "p": "paragraph",
    "quote": "paragraph",
    "code": "paragraph",
    "head": "heading",
    "item": "item",
    "row": "item",
    "list": "paragraph",
    "table": "paragraph",
}
# Only dates that the page declares: no years from copyright lines or addresses of pictures.
_DATE = {"original_date": True, "extensive_search": False, "min_date": dates.EARLIEST}
_ENOUGH = 250  # characters; with less text a second extraction is worth its time
# With so few pieces, one may be several blocks of the page joined.
_FEW_PIECES, _LEAST_BLOCK, _MOST_BLOCKS = 3, 40, 500
_LONGEST_CELL = 600
_PAGE = ("<html", "<body", "<!doctype")
_LONG = 100  # characters; paragraphs of teasers and captions are mostly shorter
_PARAGRAPHS = 2
_HEADINGS = 100  # looked at in one place, to bound the time


def read(data: bytes, known: Metadata) -> Document:
    """The article in a web page; `known` wins over its own metadata, front matter over both. Raises UnreadableError."""
    page = decoding.decode_page(data)
    front, start = split_front_matter(page)
    known = merge(front, known)
    if start and not any(mark in page[start : start + 2_000].lower() for mark in _PAGE):
        return _read_fragment(page[start:], known)
    return read_tree(parse(page[start:]), known)


def read_archive(data: bytes, known: Metadata) -> Document:
    """The article in a page that a browser saved with its pictures (MHTML). Raises UnreadableError."""
    whole = BytesParser(policy=policy.default).parsebytes(data)
    parts = (part for part in whole.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml"))
    part = next(parts, None)
    content = part.get_payload(decode=True) if isinstance(part, EmailMessage) else None
    if not isinstance(part, EmailMessage) or not isinstance(content, bytes) or not content.strip():
        raise UnreadableError(Phrase("not readable as {kind}", kind="mhtml"))
    document = read_tree(parse(decoding.decode_page(content, part.get_content_charset())), known)
    address = str(part["content-location"] or whole["snapshot-content-location"] or "")
    if document.metadata.url or not address.startswith(("http://", "https://")):
        return document
    metadata = replace(document.metadata, url=address, basis={**document.metadata.basis, "url": "page"})
    return replace(document, metadata=metadata)


def read_tree(tree: Any, known: Metadata | None = None) -> Document:
    """The article in a parsed web page; `known` wins over the page's own metadata.

    A guessed day counts less than one in the text. Raises UnreadableError.
    """
    pieces, page, guessed = extract(tree)
    _, parts = assemble(pieces)
    known = merge(known or Metadata(), page)
    text, kept = assemble(boilerplate.clean(parts, known.title))
    metadata = merge(known, masthead.read(parts), guessed)
    return Document(text, boilerplate.blocks(under_headings(kept)), metadata, "html")


def _read_fragment(page: str, known: Metadata) -> Document:
    """A post as blogs keep it: the whole of it is the article."""
    title = f"<h1>{escape(known.title)}</h1>" if known.title else ""
    tree = parse(f"<html><body><article>{title}{page}</article></body></html>")
    return shape(html_structure.pieces(tree), known, Metadata(), "html")


def parse(page: str) -> Any:
    """The page as a tree. Raises UnreadableError if it is too large or too tangled to parse in reasonable time."""
    for name in ("trafilatura", "htmldate", "charset_normalizer", "courlan", "justext"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # before the import, which logs already
    import trafilatura

    html_structure.check_tags(page)
    tree = trafilatura.load_html(page)
    if tree is None:
        raise UnreadableError(Phrase("no text"))
    html_structure.check_elements(tree)
    html_structure.strip_unseen(tree)
    rejoin(tree)
    return tree


def extract(tree: Any) -> tuple[list[Piece], Metadata, Metadata]:
    """The article's paragraphs; the metadata that the page states; and, as an estimate, a day that extraction guessed.

    Raises UnreadableError for a page without an article.
    """
    pieces, found = _extract(tree, fast=True)
    # The other extractors are less exact, and are used if the first finds next to nothing.
    if sum(len(piece.text) for piece in pieces) < _ENOUGH and sum(1 for _ in tree.iter()) <= _FEW_ELEMENTS:
        pieces, found = _extract(tree, fast=False)
    if not pieces:
        raise UnreadableError(Phrase("no text"))
    pieces = _apart(pieces, tree)
    day = page_dates.find(tree)
    guessed = dates.believable(dates.normalise(found.date))
    another = guessed is not None and guessed[:10] in page_dates.others(tree)
    guess = {"published": None if another else guessed, "published_estimated": True}
    return pieces, _metadata(found, day), from_table({} if day or another else guess, "page")


def _extract(tree: Any, *, fast: bool) -> tuple[list[Piece], Any]:
    import trafilatura

    try:
        found = trafilatura.bare_extraction(
            deepcopy(tree), fast=fast, include_comments=False, with_metadata=True, date_extraction_params=_DATE
        )
    except Exception:  # pages are made by anyone, and it fails in ways of its own
        raise UnreadableError(Phrase("not a readable page")) from None
    if found is None or isinstance(found, dict):
        return [], None
    # The title is metadata already.
    pieces = [piece for piece in _pieces(found.body) if piece.text != found.title]
    return pieces, found


def _apart(pieces: list[Piece], tree: Any) -> list[Piece]:
    """The pieces; or the blocks of the page, if extraction joined several of them, as it does with the posts of a live
    blog."""
    if len(pieces) > _FEW_PIECES:
        return pieces
    blocks = [element for element in tree.iter("p", "h2", "h3", "h4", "li") if len(_line(element)) >= _LEAST_BLOCK][
        :_MOST_BLOCKS
    ]
    for piece in pieces:
        found = [block for block in blocks if _line(block) in piece.text]
        if len({_line(each) for each in found}) > 1:
            above = [set(each.iterancestors()) for each in found]
            around = next(ancestor for ancestor in found[0].iterancestors() if all(ancestor in one for one in above))
            return html_structure.pieces(around)
    return pieces


def _line(element: Any) -> str:
    return " ".join(element.text_content().split())


def _metadata(found: Any, day: str | None) -> Metadata:
    authors = [name.strip() for name in (found.author or "").split(";")]
    tags = [tag.strip() for listed in found.tags or () for tag in str(listed).split(",")]
    table = {
        "title": found.title,
        "author": ", ".join(filter(is_author, authors)),
        "outlet": re.sub(r"^(?:https?:)?//(?:www\.)?|/$", "", found.sitename or ""),
        "url": found.url,
        "published": day,
        "tags": [tag for tag in tags if not tag.startswith("@")],
    }
    return from_table(table, "page")


def _pieces(body: Any) -> Iterator[Piece]:
    """The paragraphs of an extracted body, in order. Recursion is safe: the parser stops at 256 levels."""
    waiting: list[str] = []

    def finish(kind: BlockKind) -> Iterator[Piece]:
        text = one_line("".join(waiting))
        waiting.clear()
        if text := text.strip("| "):
            yield Piece(text, kind)

    def walk(element: Any, kind: BlockKind) -> Iterator[Piece]:
        own = _BLOCKS.get(element.tag)
        if own:
            yield from finish(kind)
        if element.tag == "table" and (rows := _data(element)):
            yield from rows
            return
        inner = kind if kind == "item" else own or kind
        waiting.append(element.text or "")
        for child in element:
            yield from walk(child, inner)
            if child.tag == "lb" and _breaks("".join(waiting), child.tail or ""):
                yield from finish(inner)
            waiting.append(" | " if child.tag == "cell" else " " if child.tag == "lb" else "")
            waiting.append(child.tail or "")
        if own:
            yield from finish(inner)

    yield from walk(body, "paragraph")
    yield from finish("paragraph")


def _data(table: Any) -> list[Piece]:
    """The rows of a table of data with its header; none if most rows have one cell, or cells are long texts."""
    every = [[one_line("".join(cell.itertext())) for cell in element.iter("cell")] for element in table.iter("row")]
    rows = [cells for cells in every if any(cells)]
    wide = sum(len(list(filter(None, cells))) > 1 for cells in rows)
    if wide * 2 <= len(rows) or any(len(cell) > _LONGEST_CELL for cells in rows for cell in cells):
        return []
    pieces, header = list[Piece](), False
    for cells in rows:
        pieces.append(row(cells) if len(cells) > 1 else Piece(cells[0], "item"))
        if len(cells) > 1 and not header:
            header = True
            pieces.append(rule(len(cells)))
    return pieces


def _breaks(before: str, after: str) -> bool:
    """Tell if a line break ends a paragraph, and is not inside a sentence."""
    start = after.lstrip()[:1]
    return not (start.islower() and before.rstrip()[-1:] not in ".!?:")


def rejoin(tree: Any) -> None:
    """Moves the parts of an article from several boxes of one kind into the first, since extraction would take one box
    for the whole. Boxes with a headline above them, or of different articles, stay apart.
    """
    boxes = [box for box in tree.iter("div", "section") if box.get("class") and _is_text(box)]
    headed = {around: _is_headed(around, set(boxes)) for around in {box.getparent() for box in boxes} - {None}}
    groups: defaultdict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for box in boxes:
        around = box.getparent()
        for level, parent in enumerate((around, None if around is None else around.getparent())):
            if parent is not None and not headed[around]:
                article = next(box.iterancestors("article"), None)
                groups[level, parent, box.tag, box.get("class"), article].append(box)
    joined: set[Any] = set()
    for first, *others in groups.values():
        for box in others:
            if first not in joined and box not in joined:
                first.extend(list(box))
                joined.add(box)


def _is_text(box: Any) -> bool:
    long = sum(len("".join(part.itertext())) >= _LONG for part in box if part.tag == "p")
    return long >= _PARAGRAPHS


def _is_headed(around: Any, boxes: set[Any]) -> bool:
    """Tell if a headline is beside the boxes inside an element: they are texts of their own then."""
    return any(boxes.isdisjoint(heading.iterancestors()) for heading in islice(around.iter("h1", "h2"), _HEADINGS))
