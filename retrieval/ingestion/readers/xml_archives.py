"""Formats that are ZIP archives of XML: slides (PPTX), OpenDocument texts (ODT) and books (EPUB)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from retrieval.domain.articles import BlockKind, Document, Metadata
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion.metadata import dates
from retrieval.ingestion.metadata.fields import from_table, is_author, one_line
from retrieval.ingestion.readers import decoding, html_structure
from retrieval.ingestion.readers.decoding import check_office, opened
from retrieval.ingestion.readers.documents import Piece, record, record_of, shape, table

_DEEPEST = 20  # groups in groups


def read_slides(data: bytes, known: Metadata) -> Document:
    """The document in a file of slides; `known` wins over its own metadata. Raises UnreadableError."""
    import pptx

    check_office(data)
    slides = pptx.Presentation(BytesIO(data))
    pieces = [
        piece
        for number, slide in enumerate(slides.slides, 1)
        if slide.element.get("show") != "0"
        for piece in _slide(slide, f"slide {number}")
    ]
    return shape(pieces, known, record_of(slides.core_properties), "pptx", whole=True)


def _slide(slide: Any, place: str) -> Iterator[Piece]:
    title = slide.shapes.title
    if title is not None and (text := one_line(title.text_frame.text)):
        yield Piece(text, "heading", place)
    others = (each for each in slide.shapes if title is None or each.shape_id != title.shape_id)
    yield from _shapes(others, place, 0)
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
        for paragraph in frame.paragraphs:
            if text := one_line(paragraph.text):
                yield Piece(f"Notes: {text}", None, place)


def _shapes(shapes: Iterable[Any], place: str, depth: int) -> Iterator[Piece]:
    for shape_ in shapes:
        if getattr(shape_, "has_table", False):
            yield from _table(shape_.table, place)
        elif getattr(shape_, "has_text_frame", False):
            yield from _text(shape_.text_frame, place)
        elif hasattr(shape_, "shapes") and depth < _DEEPEST:
            yield from _shapes(shape_.shapes, place, depth + 1)


def _text(frame: Any, place: str) -> Iterator[Piece]:
    several = len(frame.paragraphs) > 1
    kind: BlockKind | None = "item" if several else None
    for paragraph in frame.paragraphs:
        struck = [run for run in paragraph.runs if _is_struck(run)]
        kept = "".join(run.text for run in paragraph.runs if not _is_struck(run)) if struck else paragraph.text
        if text := one_line(kept):
            yield Piece(text, kind, place)


def _is_struck(run: Any) -> bool:
    look = run._r.find("{http://schemas.openxmlformats.org/drawingml/2006/main}rPr")
    return look is not None and (look.get("strike") or "noStrike") != "noStrike"


def _table(element: Any, place: str) -> Iterator[Piece]:
    return table(([one_line(cell.text_frame.text) for cell in line.cells] for line in element.rows), place)


_SPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _OFFICE = (f"{{{_SPACE}{name}:1.0}}" for name in ("text", "table", "office"))
_META, _DC = f"{{{_SPACE}meta:1.0}}", "{http://purl.org/dc/elements/1.1/}"
_STYLE = f"{{{_SPACE}style:1.0}}"
_UNREAD = frozenset((f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_OFFICE}annotation-end", f"{_OFFICE}forms"))
_GAPS = frozenset((f"{_TEXT}tab", f"{_TEXT}line-break", f"{_TEXT}s"))


def read_open_document(data: bytes, known: Metadata) -> Document:
    """The document in an OpenDocument text; `known` wins over its own metadata. Raises UnreadableError."""
    check_office(data)
    with opened(data) as archive:
        content = _parse(archive.read("content.xml"))
        meta = _parse(archive.read("meta.xml")) if "meta.xml" in archive.namelist() else None
    notes: list[str] = []
    unseen = _unseen_styles(content)
    pieces = [piece for body in content.iter(f"{_OFFICE}text") for piece in _walk(body, None, notes, unseen)]
    pieces += [Piece(f"Note {number}: {text}", "item") for number, text in enumerate(notes, 1)]
    return shape(pieces, known, _text_record(meta), "odt")


def _parse(xml: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def _text_record(meta: Any) -> Metadata:
    if meta is None:
        return Metadata()

    def value(*names: str) -> str | None:
        return next((element.text for name in names for element in meta.iter(name) if element.text), None)

    author = value(f"{_META}initial-creator", f"{_DC}creator")
    return record(value(f"{_DC}title"), author, value(f"{_META}creation-date", f"{_DC}date"))


def _unseen_styles(content: Any) -> frozenset[str]:
    """The names of styles that hide text or strike it out."""
    found = set()
    for style in content.iter(f"{_STYLE}style"):
        for look in style.iter(f"{_STYLE}text-properties"):
            struck = look.get(f"{_STYLE}text-line-through-style", "none") != "none"
            if (
                struck
                or look.get(f"{_STYLE}text-line-through-type", "none") != "none"
                or look.get(f"{_TEXT}display") == "none"
            ):
                found.add(style.get(f"{_STYLE}name"))
    return frozenset(found)


def _walk(element: Any, kind: BlockKind | None, notes: list[str], unseen: frozenset[str]) -> Iterator[Piece]:
    for child in element:
        tag = child.tag
        if tag in _UNREAD or not isinstance(tag, str):
            continue
        if tag in (f"{_TEXT}h", f"{_TEXT}p"):
            if text := _line(child, notes, unseen):
                yield Piece(text, "heading" if tag.endswith("}h") else kind)
        elif tag == f"{_TABLE}table":
            yield from _rows(child, notes, unseen)
        else:
            inner: BlockKind | None = "item" if tag == f"{_TEXT}list-item" else kind
            yield from _walk(child, inner, notes, unseen)


def _rows(element: Any, notes: list[str], unseen: frozenset[str]) -> Iterator[Piece]:
    rows = element.iter(f"{_TABLE}table-row")
    return table([_line(cell, notes, unseen) for cell in line.findall(f"{_TABLE}table-cell")] for line in rows)


def _line(element: Any, notes: list[str], unseen: frozenset[str]) -> str:
    parts: list[str] = []
    _collect(element, parts, notes, unseen)
    return one_line("".join(parts))


def _collect(element: Any, parts: list[str], notes: list[str], unseen: frozenset[str]) -> None:
    parts.append(element.text or "")
    for child in element:
        if child.tag == f"{_TEXT}note":
            for body in child.iter(f"{_TEXT}note-body"):
                notes.append(_line(body, [], unseen))
        elif child.tag in _GAPS:
            parts.append(" ")
        elif isinstance(child.tag, str) and child.tag not in _UNREAD and child.get(f"{_TEXT}style-name") not in unseen:
            _collect(child, parts, notes, unseen)
            parts.append(" " if child.tag in (f"{_TEXT}p", f"{_TEXT}h") else "")
        parts.append(child.tail or "")


_MOST_CHAPTERS = 2_000
_CONTAINER = "META-INF/container.xml"


def read_book(data: bytes, known: Metadata) -> Document:
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
        pages = (decoding.decode_page(archive.read(name)) for name in _spine(package, path) if name in names)
        pieces = [piece for page in pages for piece in html_structure.read(page)]
    return shape(pieces, known, _book_record(package), "epub", whole=True)


def _spine(package: Any, path: str) -> list[str]:
    links = {item.get("id"): item.get("href") or "" for item in _named(package, "item")}
    order = [links.get(item.get("idref"), "") for item in _named(package, "itemref")]
    folder = posixpath.dirname(path)
    return [posixpath.normpath(posixpath.join(folder, unquote(link.partition("#")[0]))) for link in order if link][
        :_MOST_CHAPTERS
    ]


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


def _book_record(package: Any) -> Metadata:
    def value(name: str) -> str | None:
        return next((each.text for each in _named(package, name) if each.text), None)

    table = {
        "title": value("title"),
        "author": creator if is_author(creator := value("creator")) else None,
        "outlet": value("publisher"),
        "published": dates.believable(dates.normalise(value("date"))),
    }
    return from_table(table, "page")
