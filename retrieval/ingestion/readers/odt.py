"""OpenDocument texts (ODT), read from their XML: headings, lists, tables and notes, without tracked deletions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from retrieval.domain.articles import BlockKind, Document, Metadata
from retrieval.ingestion.metadata.fields import one_line
from retrieval.ingestion.readers.documents import Piece, record, row, rule, shape
from retrieval.ingestion.readers.zip_package import check_office, opened

_SPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _OFFICE = (f"{{{_SPACE}{name}:1.0}}" for name in ("text", "table", "office"))
_META, _DC = f"{{{_SPACE}meta:1.0}}", "{http://purl.org/dc/elements/1.1/}"
_STYLE = f"{{{_SPACE}style:1.0}}"
_UNREAD = frozenset((f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_OFFICE}annotation-end", f"{_OFFICE}forms"))
_GAPS = frozenset((f"{_TEXT}tab", f"{_TEXT}line-break", f"{_TEXT}s"))


def read(data: bytes, known: Metadata) -> Document:
    """The document in an OpenDocument text; `known` wins over its own metadata. Raises UnreadableError."""
    check_office(data)
    with opened(data) as archive:
        content = _parse(archive.read("content.xml"))
        meta = _parse(archive.read("meta.xml")) if "meta.xml" in archive.namelist() else None
    notes: list[str] = []
    unseen = _unseen_styles(content)
    pieces = [piece for body in content.iter(f"{_OFFICE}text") for piece in _walk(body, None, notes, unseen)]
    pieces += [Piece(f"Note {number}: {text}", "item") for number, text in enumerate(notes, 1)]
    return shape(pieces, known, _record(meta), "odt")


def _parse(xml: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def _record(meta: Any) -> Metadata:
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


def _rows(table: Any, notes: list[str], unseen: frozenset[str]) -> Iterator[Piece]:
    for count, line in enumerate(table.iter(f"{_TABLE}table-row")):
        cells = [_line(cell, notes, unseen) for cell in line.findall(f"{_TABLE}table-cell")]
        if any(cells):
            yield row(cells)
            if count == 0:
                yield rule(len(cells))


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
