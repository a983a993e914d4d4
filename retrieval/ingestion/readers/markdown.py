"""What Markdown's marks mean for the lines of a file: headings, quotes, tables, code, links that stand alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from retrieval.ingestion.cleaning.paragraphs import Paragraph, trim

_HEADING = re.compile(r"#{1,6}[ \t]+(?P<text>.+)$")
_QUOTE = re.compile(r"(?:>[ \t]?)+")
_BOLD = re.compile(r"(?P<mark>\*\*|__)(?P<text>[^*_\r\n]{2,150})(?P=mark):?$")
_FENCE = re.compile(r"(?:```+|~~~+)[^`]*$")
_ROW = re.compile(r"\|.*\|?")
_TABLE_RULE = re.compile(r"[ \t:|-]+")
_PICTURE = re.compile(r"(?:\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?\s*)+|!\[\[[^\]]*\]\]")
_LINK = re.compile(r"<?https?://\S+|\[[^\]]{1,300}\]\([^()]*(?:\([^()]*\)[^()]*)?\)[.,;]?|\[[^\]]{1,300}\]:\s\S.*")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
# What a note says, behind its mark.
_NOTE = re.compile(r"\[\^[^\]\s]{1,40}\]:[ \t]*(?P<text>\S.*)$")
_JUDGED = 2_000  # characters: a longer line is prose, and not worth a pattern's time


def interpret(lines: Iterable[Paragraph], text: str) -> Iterator[Paragraph]:
    """The lines that are prose, each with the kind its mark gives it; each starts after its mark.

    Left out: comments, pictures, links that stand alone, bare tags and the rules of tables. A table's row is
    an item, code is a paragraph.
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
            yield heading
    elif match := _NOTE.match(raw):
        if note := trim(text, line.start + match.start("text"), line.end, line.chunk, "item"):
            yield note
    elif any(pattern.fullmatch(raw) for pattern in (_PICTURE, _LINK, _TAG, _TABLE_RULE)):
        return
    elif _ROW.fullmatch(raw) and line.kind is None:
        inner_end = line.end - raw.endswith("|")
        if row := trim(text, line.start + 1, inner_end, line.chunk, "item"):
            yield row
    else:
        yield line
