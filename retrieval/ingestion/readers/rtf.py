"""RTF files: their text by lines, and their own record."""

from __future__ import annotations

import re
from collections.abc import Callable

from retrieval.domain.articles import Document, Metadata
from retrieval.errors import UnreadableError
from retrieval.ingestion.metadata.fields import one_line
from retrieval.ingestion.readers.documents import Piece, record, row, rule, shape

_CREATED = re.compile(r"\\creatim\\yr(\d{4})\\mo(\d\d?)\\dy(\d\d?)")
_FIELD = r"\{\\%s\s([^{}\\]{1,300})\}"
# Runs that are hidden or struck out, up to their end; groups inside one are rare, and stay.
_UNSEEN = re.compile(r"\\(?:strike|striked1|v)(?![a-z0-9])[^{}]{0,1000}?(?=\\(?:strike|striked|v)0|\\plain|\}|\{)")


def read(data: bytes, known: Metadata) -> Document:
    """The document in an RTF file; `known` wins over its own metadata. Raises UnreadableError."""
    from striprtf.striprtf import rtf_to_text

    if not data.lstrip()[:5] == rb"{\rtf":
        raise UnreadableError("not readable as rtf")
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
