"""Bytes of a feed or page to text, whatever they claim to be encoded in."""

from __future__ import annotations

import codecs
import re

from retrieval.ingestion.readers.charsets import decoded, guessed, nearly_utf8

# UTF-32 first: its little-endian mark starts with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    # No mark, but a document starts with "<" or "{", and blanks count as well.
    *(
        (f"{sign}".encode(name), name)
        for name in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
        for sign in "<{\n "
    ),
    ("<?xm".encode("cp037"), "cp037"),
)
_DECLARED = re.compile(r"(?:encoding|charset)\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_WITHIN = 2_048


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a document. What it is counts before what it says: a mark, then UTF-8 wherever the bytes are that,
    then what the document and its sender declare, then a guess. Never fails."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff")
    head = body[:_WITHIN].decode("latin-1")
    declared = [match[1] for text in (head, content_type) if (match := _DECLARED.search(text))]
    # The escapes of these are plain ASCII, so that they would pass as UTF-8.
    escaped = [name for name in declared if name.lower().startswith(("iso-2022", "hz"))]
    for name in (*escaped, "utf-8"):
        if (text := decoded(body, name)) is not None:
            return text
    if (text := nearly_utf8(body)) is not None:
        return text
    for name in declared:
        if (text := decoded(body, name)) is not None:
            return text
    return body.decode(guessed(body) or "cp1252", "replace")
