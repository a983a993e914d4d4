"""The places of a quote in a text: its words unchanged; white space, quotation marks, dashes and markup as may be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from retrieval.nlp.sentences import sentences

# Letters and digits of the shortest quote that shows anything, and of one in a script without spaces.
_SHORTEST, _SHORTEST_SPACELESS = 10, 5
_SPACELESS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]")
_SIGNS = {**dict.fromkeys("\"'`´“”„‟‘’‚‛«»‹›″′", "'"), **dict.fromkeys("-‐‑‒–—―−", "-"), "…": "..."}
# What a reader of Markdown or HTML does not see.
_MARKUP = re.compile(
    r"!?\[(?=[^\[\]\n]*\]\()|\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)|(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)"
    r"|</?[A-Za-z][^<>]{0,200}>"
)
_LEFT_OUT = re.compile(r"\s*[\[(]?\.\.\.[\])]?\s*")
_EDGE = " '.,;:!?-"

Span = tuple[int, int]
# A text as quotes are compared with it, and where each of its characters stands in the text itself.
Folded = tuple[str, tuple[int, ...]]


def find_quote(quote: str, text: str) -> tuple[Span, ...]:
    """The spans of the text that a quote repeats: one, or one for each part where "..." stands for what is left out.

    Empty where a part does not stand there word for word and in order, or is too short to show anything.
    """
    wanted = "".join(character for character, _ in _characters(quote)).strip(_EDGE)
    for without_markup in (False, True):
        source = _folded(text, without_markup)
        parts = [wanted] if _find(wanted, source) else [each.strip(_EDGE) for each in _LEFT_OUT.split(wanted)]
        spans = list[Span]()
        for part in filter(None, parts):
            span = _find(part, source, spans[-1][1] if spans else 0)
            if span is None:
                break
            spans.append(span)
        else:
            return tuple(spans)
    return ()


def find_sentence(claim: str, text: str) -> Span | None:
    """The span of whole sentences of the text that a claim repeats word for word; not a part of one."""
    spans = find_quote(claim, text)
    if len(spans) != 1:
        return None
    own = [(first, end) for first, end in sentences(text) if first < spans[0][1] and spans[0][0] < end]
    first, end = own[0][0], own[-1][1]
    outside = text[first : spans[0][0]] + text[spans[0][1] : end]
    return None if "?" in outside or any(map(str.isalnum, outside)) else (first, end)


def _characters(text: str, hidden: frozenset[int] = frozenset()) -> Iterator[tuple[str, int]]:
    """The characters that count, each with where it stands; a run of white space is one space."""
    spaced = True
    for place, character in enumerate(text):
        if place in hidden or unicodedata.category(character) == "Cf":
            continue
        if not character.isspace():
            yield from ((each, place) for each in _SIGNS.get(character) or unicodedata.normalize("NFD", character))
        elif not spaced:
            yield " ", place
        spaced = character.isspace()


@lru_cache(maxsize=64)  # the claims of an answer quote the same few passages over and over
def _folded(text: str, without_markup: bool) -> Folded:
    spans = _MARKUP.finditer(text) if without_markup else ()
    pairs = list(_characters(text, frozenset(place for match in spans for place in range(*match.span()))))
    return "".join(character for character, _ in pairs), tuple(place for _, place in pairs)


def _find(part: str, source: Folded, after: int = 0) -> Span | None:
    """The first place at or behind `after` where a part that is long enough stands in whole words."""
    text, places = source
    shortest = _SHORTEST_SPACELESS if _SPACELESS.search(part) else _SHORTEST
    at = text.find(part) if sum(map(str.isalnum, part)) >= shortest else -1
    while at >= 0:
        end = at + len(part)
        # A word goes on where both sides of a bound are letters; scripts without spaces have no words to see.
        bounds = [each for each in (text[max(at - 1, 0) : at + 1], text[end - 1 : end + 1]) if len(each) > 1]
        whole = not any(each.isalnum() and not _SPACELESS.search(each) for each in bounds)
        if whole and places[at] >= after:
            return places[at], places[end - 1] + 1
        at = text.find(part, at + 1)
    return None
