"""Permalinks to passages on the reader page. They work as long as the words stand anywhere in the article."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote as percent_encode

from retrieval.domain.citations import Citation

_AT = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_OF = re.compile(r"[0-9a-f]{12}")
_LONGEST = 20_000  # characters of a passage
# The most characters to read for finding a passage that has moved, and the cost of a try in characters.
_MOST_READ, _TRY = 30_000_000, 100
# A quote does not begin with a space or in the middle of a word.
_BEGINNING = re.compile(r"(?=\S)(?:(?<!\w)|(?!\w))")


@dataclass(frozen=True, slots=True)
class Cited:
    """The passage of a permalink: its place when it was cited, and the digest of its words."""

    start: int
    end: int
    digest: str


def article_permalink(key: str, public_url: str) -> str:
    """The address of an article on the reader page."""
    return f"{public_url.rstrip('/')}/a/{percent_encode(key, safe='')}"


def permalink(citation: Citation, public_url: str) -> str:
    """The address of a passage, with the digest of its words."""
    place = f"at={citation.start}-{citation.end}&of={digest(citation.quote)}"
    return f"{article_permalink(citation.key, public_url)}?{place}#cited"


def digest(quote: str) -> str:
    """The digest of a quote for its permalink."""
    return hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def read_permalink(query: Mapping[str, str]) -> Cited | None:
    """The passage in the address of a page, if it has one."""
    at, of = _AT.fullmatch(query.get("at", "")), _OF.fullmatch(query.get("of", ""))
    if not at or not of or not 0 < int(at[2]) - int(at[1]) <= _LONGEST:
        return None
    return Cited(int(at[1]), int(at[2]), of[0])


def find(text: str, cited: Cited) -> tuple[int, int] | None:
    """The place of the cited words now: the old place, or the nearest one with exactly these words."""
    length = cited.end - cited.start
    if digest(text[cited.start : cited.end]) == cited.digest:
        return cited.start, cited.end
    begins = [match.start() for match in _BEGINNING.finditer(text, 0, max(len(text) - length + 1, 0))]
    begins.sort(key=lambda begin: abs(begin - cited.start))
    for begin in begins[: _MOST_READ // (length + _TRY)]:
        if digest(text[begin : begin + length]) == cited.digest:
            return begin, begin + length
    return None
