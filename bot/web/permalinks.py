"""Permalinks to passages on the reader page. They work as long as the words stand anywhere in the article."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote as percent_encode

from retrieval.domain.citations import Citation

_AT = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_OF = re.compile(r"[0-9a-f]{12}")
_LONGEST = 20_000  # characters of a passage
_MOST = 8  # passages of one address
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


def permalink(citation: Citation, public_url: str, others: Iterable[Citation] = ()) -> str:
    """The address of a passage, with the digest of its words; those of `others` in its article are marked too."""
    near = [each for each in others if each.key == citation.key and each.start != citation.start]
    places = [f"at={each.start}-{each.end}&of={digest(each.quote)}" for each in (citation, *near[: _MOST - 1])]
    return f"{article_permalink(citation.key, public_url)}?{'&'.join(places)}#cited"


def digest(quote: str) -> str:
    """The digest of a quote for its permalink."""
    return hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def read_permalink(places: Sequence[str], digests: Sequence[str]) -> list[Cited]:
    """The passages in the address of a page, by its `at` and `of`, the one to go to first."""
    read = (_read(*pair) for pair in zip(places[:_MOST], digests[:_MOST], strict=False))
    return [each for each in read if each]


def _read(place: str, words: str) -> Cited | None:
    at, of = _AT.fullmatch(place), _OF.fullmatch(words)
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
