"""Plain text and Markdown, whose stored text is the file's own, with its lines and offsets; and RTF."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from retrieval.domain.articles import Document, Metadata
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion.cleaning import boilerplate, boilerplate_lines, paragraphs
from retrieval.ingestion.cleaning.paragraphs import Paragraph, trim
from retrieval.ingestion.metadata import masthead
from retrieval.ingestion.metadata.fields import merge, one_line, split_front_matter
from retrieval.ingestion.readers import decoding
from retrieval.ingestion.readers.documents import Piece, record, row, rule, shape
from retrieval.nlp.markup import LINK
from retrieval.nlp.sentences import note_marks

# What of a Markdown file nobody sees where it is published: struck out, or a comment of HTML, Obsidian or a link
# definition.
_WITHDRAWN = (
    r"(?<![~\\])~~(?=[^\s~])(?:[^~\n]|\n(?!\s*\n)){1,2000}?(?<=\S)~~(?!~)"
    r"|<!--.*?(?:-->|\Z)"
    # Up to the next of them, which keeps this linear.
    r"|<(?P<tag>del|s|strike)\b[^<>]{0,2000}>(?:[^<]|<(?!/?(?:del|s|strike)\b)){0,5000}+</(?P=tag)\s*>"
    r"|<(?P<code>script|style)\b[^<>]{0,2000}>(?:[^<]|<(?!/?(?:script|style)\b))*+</(?P=code)\s*>"
    r"|(?<!%)%%(?!%)[^%]{1,5000}?%%|^[ \t]*\[(?:comment|//|_metadata_[^\]]{0,50})\]:[^\n]*$"
)
# What Liquid, Jinja and Hugo put something else for; classes of kramdown and Pandoc; tags that only show or lay out;
# spaces.
_GENERATED = (
    r"|\{%[^\n]{0,300}?%\}|\{\{[^\n]{0,300}?\}\}|\{[:.#][^{}\n]{1,300}\}|^:{3,}[^\n]*$"
    r"|<(?:div|embed|figure|iframe|img|input|link|object|p|param|section|source|table|td|th|tr|video)\s[^<>]{1,4000}>"
    r"|&(?:nbsp|[et]msp|[et]nsp|thinsp|#160|#x[aA]0);"
)
_HIDDEN = re.compile(_WITHDRAWN + _GENERATED, re.IGNORECASE | re.DOTALL | re.MULTILINE)
_MARKS = ("~~", "<", "%%", "]:", "{", ":::", "&")
_ANY = re.compile(r"[^\n]")
_HEADING = re.compile(r"#{1,6}[ \t]+(?P<text>.+)$")
_QUOTE = re.compile(r"(?:>[ \t]?)+")
_BOLD = re.compile(r"(?P<mark>\*\*|__)(?P<text>[^*_\r\n]{2,150})(?P=mark):?$")
_FENCE = re.compile(r"(?:```+|~~~+)[^`]*$")
_ROW = re.compile(r"\|.*\|?")
_TABLE_RULE = re.compile(r"[ \t:|-]+")
_PICTURE = re.compile(r"(?:\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?\s*)+|!\[\[[^\]]*\]\]")
_LINK = re.compile(r"<?https?://\S+|\[[^\]]{1,300}\]\([^()]*(?:\([^()]*\)[^()]*)?\)[.,;]?|\[[^\]]{1,300}\]:\s\S.*")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
# The fewest links of a line that only leads elsewhere, and the most letters outside them, of theirs.
_MENU, _OUTSIDE_LINKS = 2, 1 / 3
_PARTING = "|·»›>"
# The text of a note, behind its mark.
_NOTE = re.compile(r"\[\^[^\]\s]{1,40}\]:[ \t]*(?P<text>\S.*)$")
_JUDGED = 2_000  # characters; a longer line is prose


def read(data: bytes, known: Metadata) -> Document:
    """The article in a text file; `known` wins over its own metadata, front matter over both. Raises
    UnreadableError."""
    return _read(data, known, "txt")


def read_markdown(data: bytes, known: Metadata) -> Document:
    """The article in a Markdown file; as `read`."""
    return _read(data, known, "md")


def _read(data: bytes, known: Metadata, format_: str) -> Document:
    text = decoding.decode(data)
    front, start = split_front_matter(text)
    known = merge(front, known)
    if format_ == "md":
        text = text[:start] + _blanked(text[start:])
    text = text[:start] + _without_note_marks(text[start:])
    lines = paragraphs.lines(text, start)
    if format_ == "md":
        lines = interpret(lines, text)
    parts = paragraphs.join(lines, soft_breaks=format_ == "md")
    if not parts:
        raise UnreadableError(Phrase("empty"))
    stated = masthead.read(parts)
    kept = boilerplate.clean(parts, known.title)
    return Document(text, boilerplate.blocks(kept), merge(known, stated), format_)


def _blanked(text: str) -> str:
    """The text with spaces in place of what nobody sees, so that the rest keeps its offsets and lines."""
    if not any(mark in text for mark in _MARKS):
        return text
    return _HIDDEN.sub(lambda found: _ANY.sub(" ", found[0]), text)


def _without_note_marks(text: str) -> str:
    """The text with blanks for the raised numbers of notes, which would be figures otherwise."""
    last, parts = 0, list[str]()
    for start, end in note_marks(text):
        parts += text[last:start], " " * (end - start)
        last = end
    return "".join((*parts, text[last:]))


def interpret(lines: Iterable[Paragraph], text: str) -> Iterator[Paragraph]:
    """The lines of prose, without their marks, and with the kinds that these stand for.

    Left out: comments, pictures, single links, bare tags and the rules of tables. A table's row is an item, code is a
    paragraph.
    """
    fenced = hidden = False
    for line in lines:
        raw = text[line.start : line.end] if line.end - line.start <= _JUDGED else ""
        if hidden:
            hidden = "-->" not in text[line.start : line.end]
        elif _FENCE.fullmatch(raw):
            fenced = not fenced
        elif fenced or not raw:
            yield line
        elif raw.startswith("<!--"):
            hidden = "-->" not in raw
        else:
            yield from _prose(line, raw, text)


def _prose(line: Paragraph, raw: str, text: str) -> Iterator[Paragraph]:
    if match := _QUOTE.match(raw):
        if inner := trim(text, line.start + match.end(), line.end, line.chunk):
            yield inner
    elif match := _HEADING.match(raw) or _BOLD.match(raw):
        start, end = match.span("text")
        closed = raw.rstrip("#")
        end = min(end, len(closed)) if closed.endswith((" ", "\t")) else end
        if heading := trim(text, line.start + start, line.start + end, line.chunk, "heading"):
            yield replace(heading, bullet=raw[:start].strip())
    elif match := _NOTE.match(raw):
        if note := trim(text, line.start + match.start("text"), line.end, line.chunk, "item"):
            yield note
    elif any(pattern.fullmatch(raw) for pattern in (_PICTURE, _LINK, _TAG, _TABLE_RULE)) or _is_navigation(line, text):
        return
    elif _ROW.fullmatch(raw) and line.kind is None:
        inner_end = line.end - raw.endswith("|")
        if row := trim(text, line.start + 1, inner_end, line.chunk, "item"):
            yield row
    else:
        yield line


def _beside(line: Paragraph, text: str) -> tuple[str, str]:
    """The lines over and under a line, blank ones too."""
    above, below = text.rfind("\n", 0, line.start), text.find("\n", line.end)
    over = text[text.rfind("\n", 0, max(above, 0)) + 1 : max(above, 0)]
    end = text.find("\n", below + 1)
    under = text[below + 1 : end if end >= 0 else len(text)] if below >= 0 else ""
    return over, under


def _is_navigation(line: Paragraph, text: str) -> bool:
    """Tell if a line is next to nothing but links, several of them, and no part of a paragraph (link density:
    Kohlschütter et al., Boilerplate Detection using Shallow Text Features, 2010)."""
    raw = text[line.start : line.end]
    links, outside = LINK.findall(raw), LINK.sub("", raw)
    few = len(links) < (_MENU if any(mark in outside for mark in _PARTING) else _MENU + 1)
    if few or line.kind or raw.startswith("|") or boilerplate_lines.is_ended(raw):
        return False
    if any(each.strip()[:1].isalnum() for each in _beside(line, text)):
        return False
    inside, others = (sum(map(str.isalnum, each)) for each in ("".join(links), outside))
    return others <= _OUTSIDE_LINKS * inside


_CREATED = re.compile(r"\\creatim\\yr(\d{4})\\mo(\d\d?)\\dy(\d\d?)")
_FIELD = r"\{\\%s\s([^{}\\]{1,300})\}"
# Runs that are hidden or struck out, up to their end; groups inside one are rare, and stay.
_UNSEEN = re.compile(r"\\(?:strike|striked1|v)(?![a-z0-9])[^{}]{0,1000}?(?=\\(?:strike|striked|v)0|\\plain|\}|\{)")


def read_rtf(data: bytes, known: Metadata) -> Document:
    """The document in an RTF file; `known` wins over its own metadata. Raises UnreadableError."""
    from striprtf.striprtf import rtf_to_text

    if not data.lstrip()[:5] == rb"{\rtf":
        raise UnreadableError(Phrase("not readable as {kind}", kind="rtf"))
    source = data.decode("cp1252", "replace")
    unmarked: Callable[..., str] = rtf_to_text
    text = unmarked(_UNSEEN.sub("", source), errors="replace")
    return shape(list(_pieces(text)), known, _record(source[:20_000]), "rtf")


def _pieces(text: str) -> list[Piece]:
    found: list[Piece] = []
    inside = False
    for raw in text.splitlines():
        line = one_line(raw)
        if "|" in line and line.endswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            found.append(row(cells))
            if not inside:
                found.append(rule(len(cells)))
            inside = True
        else:
            inside = False
            if line:
                found.append(Piece(line))
    return found


def _record(source: str) -> Metadata:
    title, author = (re.search(_FIELD % name, source) for name in ("title", "author"))
    created = _CREATED.search(source)
    day = "-".join(part.zfill(2) for part in created.groups()) if created else None
    return record(title and title[1], author and author[1], day)
