"""Word files (DOCX): paragraphs, headings, lists, tables and notes, with all tracked changes accepted."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from retrieval.domain.articles import BlockKind, Document, Metadata
from retrieval.ingestion.metadata.fields import one_line
from retrieval.ingestion.readers.decoding import check_office
from retrieval.ingestion.readers.documents import Piece, record_of, shape, table

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Not visible: deletions, the old places of moved text, codes of fields, versions of drawings for older programs.
_UNREAD = frozenset(
    (
        *(f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "rPr", "pPr")),
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    )
)
_HEADING = re.compile(
    r"(?:heading|überschrift|titre|título|titolo|nagłówek|заголовок|kop)\s*\d|title|titel|subtitle", re.I
)
_LIST = re.compile(r"list|aufzählung|liste|lista", re.IGNORECASE)
_OFF = ("0", "false", "off", "none")
_WHITE = ("FFFFFF", "ffffff")
_LEVELS = 9
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"))
_UNITS = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
_PLACE = re.compile(r"%([1-9])")


def read(data: bytes, known: Metadata) -> Document:
    """The document in a Word file; `known` wins over its own metadata. Raises UnreadableError."""
    import docx

    check_office(data)
    document = docx.Document(BytesIO(data))
    styles = {style.style_id: style.name or "" for style in document.styles}
    numbering = WordNumbering(document.part, {style.style_id: style.element for style in document.styles})
    pieces = [*_body(document.element.body, styles, numbering), *_notes(document.part)]
    return shape(pieces, known, record_of(document.core_properties), "docx")


def _body(element: Any, styles: dict[str, str], numbering: WordNumbering) -> Iterator[Piece]:
    for child in element:
        if child.tag == f"{_W}p":
            yield from _paragraph(child, styles, numbering)
        elif child.tag == f"{_W}tbl":
            yield from _table(child)
        elif child.tag == f"{_W}sdt":  # a content control
            for content in child.iter(f"{_W}sdtContent"):
                yield from _body(content, styles, numbering)
                break


def _paragraph(element: Any, styles: dict[str, str], numbering: WordNumbering) -> Iterator[Piece]:
    style = element.find(f"{_W}pPr/{_W}pStyle")
    own = style.get(f"{_W}val") if style is not None else ""
    name = styles.get(own, "")
    numbered = element.find(f"{_W}pPr/{_W}numPr") is not None
    kind: BlockKind | None = None
    if _HEADING.match(name):
        kind = "heading"
    elif numbered or _LIST.search(name):
        kind = "item"
    label = numbering.label(element, own) if kind == "heading" else ""
    for part in _text(element).split("\n\n"):
        if text := one_line(part):
            yield Piece(f"{label} {text}" if label else text, kind)
            label = ""


def _table(element: Any) -> Iterator[Piece]:
    rows = element.iter(f"{_W}tr")
    return table([" ".join(_text(cell).split()) for cell in line.findall(f"{_W}tc")] for line in rows)


def _notes(part: Any) -> Iterator[Piece]:
    """Footnotes and endnotes."""
    for related in part.rels.values():
        if related.is_external or not related.reltype.endswith(("/footnotes", "/endnotes")):
            continue
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        for note in etree.fromstring(related.target_part.blob, parser):
            if note.get(f"{_W}type") is None and (text := one_line(_text(note))):
                yield Piece(f"Note {note.get(f'{_W}id')}: {text}", "item")


def _text(element: Any) -> str:
    parts: list[str] = []
    _collect(element, parts)
    return "".join(parts)


def _collect(element: Any, parts: list[str]) -> None:
    for child in element:
        if child.tag in _UNREAD or not isinstance(child.tag, str):
            continue
        if child.tag == f"{_W}t":
            parts.append(child.text or "")
        elif child.tag == f"{_W}tab" or child.tag in (f"{_W}br", f"{_W}cr"):
            parts.append(" ")
        elif child.tag == f"{_W}noBreakHyphen":
            parts.append("-")
        elif child.tag == f"{_W}p":  # of a cell, a note or a box with text in a paragraph
            _collect(child, parts)
            parts.append("\n\n")
        elif not (child.tag == f"{_W}r" and _is_unseen(child)):
            _collect(child, parts)


def _is_unseen(run: Any) -> bool:
    """Tell if a run is hidden, struck out, or white on white."""
    look = run.find(f"{_W}rPr")
    if look is None:
        return False
    if any(_is_on(look.find(f"{_W}{name}")) for name in ("vanish", "strike", "dstrike", "webHidden")):
        return True
    colour = look.find(f"{_W}color")
    shaded = look.find(f"{_W}shd") is not None or look.find(f"{_W}highlight") is not None
    shaded = shaded or any(ancestor.find(f"{_W}tcPr/{_W}shd") is not None for ancestor in run.iterancestors(f"{_W}tc"))
    shaded = shaded or any(ancestor.find(f"{_W}pPr/{_W}shd") is not None for ancestor in run.iterancestors(f"{_W}p"))
    return colour is not None and colour.get(f"{_W}val") in _WHITE and not shaded


def _is_on(element: Any) -> bool:
    return element is not None and (element.get(f"{_W}val") or "true") not in _OFF


class WordNumbering:
    """Numbers the headings of a document, as Word does by itself and people cite them ("Section 3.2"). `styles` are its
    style elements by id."""

    def __init__(self, part: Any, styles: dict[str, Any]) -> None:
        self._styles = styles
        self._lists: dict[str, dict[int, Any]] = {}
        self._counts: dict[str, list[int]] = defaultdict(lambda: [0] * _LEVELS)
        element = _element(part)
        if element is not None:
            abstract = {each.get(f"{_W}abstractNumId"): each for each in element.findall(f"{_W}abstractNum")}
            for each in element.findall(f"{_W}num"):
                link = each.find(f"{_W}abstractNumId")
                own = abstract.get(link.get(f"{_W}val")) if link is not None else None
                if own is not None:
                    levels = own.findall(f"{_W}lvl")
                    self._lists[each.get(f"{_W}numId")] = {int(lvl.get(f"{_W}ilvl", 0)): lvl for lvl in levels}

    def label(self, paragraph: Any, style: str) -> str:
        """The number before a heading, such as "3.2" or "A."; empty if it has none."""
        number, level = self._place(paragraph, style)
        levels = self._lists.get(number)
        if not levels or level not in levels:
            return ""
        counts = self._counts[number]
        counts[level] = max(counts[level] + 1, _start(levels[level]))
        counts[level + 1 :] = [0] * (_LEVELS - level - 1)
        text = _value(levels[level], "lvlText")
        return _PLACE.sub(lambda match: _written(counts, levels, int(match[1]) - 1), text).strip()

    def _place(self, paragraph: Any, style: str) -> tuple[str, int]:
        """The list of a paragraph, its own or that of its style, and the level."""
        for element in (paragraph, self._styles.get(style)):
            properties = element.find(f"{_W}pPr/{_W}numPr") if element is not None else None
            if properties is not None:
                number = _value(properties, "numId")
                level = _value(properties, "ilvl") or self._level_of(number, style)
                return number, min(int(level), _LEVELS - 1) if level.isdecimal() else 0
        return "", 0

    def _level_of(self, number: str, style: str) -> str:
        levels = self._lists.get(number, {})
        return next((str(at) for at, level in levels.items() if _value(level, "pStyle") == style), "0")


def _element(part: Any) -> Any:
    related = (rel for rel in part.rels.values() if not rel.is_external and rel.reltype.endswith("/numbering"))
    found = next(related, None)
    return getattr(found.target_part, "element", None) if found else None


def _start(level: Any) -> int:
    start = _value(level, "start")
    return int(start) if start.isdecimal() else 1


def _written(counts: list[int], levels: dict[int, Any], at: int) -> str:
    value = max(counts[at], 1)
    form = _value(levels[at], "numFmt") if at in levels else "decimal"
    if form in ("upperLetter", "lowerLetter"):
        letter = chr(ord("A") + (value - 1) % 26)
        return letter if form == "upperLetter" else letter.lower()
    if form in ("upperRoman", "lowerRoman"):
        return _roman(value) if form == "upperRoman" else _roman(value).lower()
    return "" if form in ("bullet", "none") else str(value)


def _value(element: Any, name: str) -> str:
    found = element.find(f"{_W}{name}")
    return (found.get(f"{_W}val") or "") if found is not None else ""


def _roman(value: int) -> str:
    parts = list[str]()
    for size, letters in _ROMAN:
        parts.append(letters * (value // size))
        value %= size
    return "".join(parts) + _UNITS[value]
