"""Books (EPUB): the chapters in reading order, and the book's own metadata."""

from __future__ import annotations

import posixpath
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from retrieval.domain.articles import Document, Metadata
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion.metadata import dates
from retrieval.ingestion.metadata.fields import from_table, is_author
from retrieval.ingestion.readers import decoding, html_structure
from retrieval.ingestion.readers.documents import Piece, shape
from retrieval.ingestion.readers.zip_package import opened

_MOST_CHAPTERS = 2_000
_CONTAINER = "META-INF/container.xml"


def read(data: bytes, known: Metadata) -> Document:
    """The document in a book; `known` wins over its own metadata. Raises UnreadableError."""
    with opened(data) as archive:
        names = set(archive.namelist())
        root = next(iter(_named(_xml(archive, _CONTAINER), "rootfile")), None)
        path = root.get("full-path") if root is not None else None
        if path not in names:
            raise UnreadableError(Phrase("not readable as {kind}", kind="epub"))
        if "META-INF/encryption.xml" in names and b"EncryptedData" in archive.read("META-INF/encryption.xml"):
            raise UnreadableError(Phrase("password-protected"))
        package = _xml(archive, path)
        pieces = [piece for name in _spine(package, path) if name in names for piece in _chapter(archive, name)]
    return shape(pieces, known, _record(package), "epub", whole=True)


def _spine(package: Any, path: str) -> list[str]:
    links = {item.get("id"): item.get("href") or "" for item in _named(package, "item")}
    order = [links.get(item.get("idref"), "") for item in _named(package, "itemref")]
    folder = posixpath.dirname(path)
    return [posixpath.normpath(posixpath.join(folder, unquote(link.partition("#")[0]))) for link in order if link][
        :_MOST_CHAPTERS
    ]


def _chapter(archive: ZipFile, name: str) -> list[Piece]:
    from lxml import html

    page = decoding.decode_page(archive.read(name))
    html_structure.check_tags(page)
    try:
        tree = html.document_fromstring(page.encode(), parser=html.HTMLParser(encoding="utf-8", no_network=True))
    except (ValueError, html.etree.ParserError):
        return []
    html_structure.check_elements(tree)
    html_structure.strip_unseen(tree)
    return html_structure.pieces(tree)


def _xml(archive: ZipFile, name: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    root = etree.fromstring(archive.read(name), parser)
    if root is None:
        raise UnreadableError(Phrase("not readable as {kind}", kind="epub"))
    return root


def _named(tree: Any, name: str) -> list[Any]:
    return [
        element for element in tree.iter() if isinstance(element.tag, str) and element.tag.rpartition("}")[2] == name
    ]


def _record(package: Any) -> Metadata:
    def value(name: str) -> str | None:
        return next((each.text for each in _named(package, name) if each.text), None)

    table = {
        "title": value("title"),
        "author": creator if is_author(creator := value("creator")) else None,
        "outlet": value("publisher"),
        "published": dates.believable(dates.normalise(value("date"))),
    }
    return from_table(table, "page")
