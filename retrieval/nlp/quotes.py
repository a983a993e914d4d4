"""Where a quote stands in a text: its words unchanged, its white space, quotation marks and dashes as may be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from retrieval.nlp.sentences import sentences

# Letters and digits of the shortest quote that shows anything, and of one in a script without spaces.
_SHORTEST = 10
_SHORTEST_SPACELESS = 5
_SPACELESS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]")

_SIGNS = {
    **dict.fromkeys("\"'`´“”„‟‘’‚‛«»‹›″′", "'"),
    **dict.fromkeys("-‐‑‒–—―−", "-"),
    "…": "...",
}
# What a reader of Markdown or HTML does not see.
_MARKUP = re.compile(
    r"!?\[(?=[^\[\]\n]*\]\()|\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)|(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)"
    r"|</?[A-Za-z][^<>]{0,200}>"
)
_LEFT_OUT = re.compile(r"\s*[\[(]?\.\.\.[\])]?\s*")
_EDGE = " '.,;:!?-"

Span = tuple[int, int]


def find_quote(quote: str, text: str) -> tuple[Span, ...]:
    """The spans of the text that a quote repeats: one, or one for each part where "..." stands for what is left out.

    Empty where a part does not stand there word for word, in the case and the order given, or is too short to show
    anything.
    """
    wanted = _plain(quote).strip(_EDGE)
    for without_markup in (False, True):
        source = _folded(text, without_markup)
        parts = [wanted] if source.find(wanted, 0) else [each.strip(_EDGE) for each in _LEFT_OUT.split(wanted)]
        spans, after = list[Span](), 0
        for part in filter(None, parts):
            span = source.find(part, after) if _tells(part) else None
            if span is None:
                break
            spans.append(span)
            after = span[1]
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


def _tells(part: str) -> bool:
    solid = sum(map(str.isalnum, part))
    return solid >= (_SHORTEST_SPACELESS if _SPACELESS.search(part) else _SHORTEST)


def _plain(text: str) -> str:
    return "".join(character for character, _ in _characters(text))


def _characters(text: str, hidden: frozenset[int] = frozenset()) -> Iterator[tuple[str, int]]:
    """The characters that count, each with where it stands; a run of white space is one space."""
    spaced = True
    for place, character in enumerate(text):
        if place in hidden or unicodedata.category(character) == "Cf":
            continue
        if character.isspace():
            if not spaced:
                yield " ", place
            spaced = True
            continue
        spaced = False
        for each in _SIGNS.get(character) or unicodedata.normalize("NFD", character):
            yield each, place


@lru_cache(maxsize=64)
def _folded(text: str, without_markup: bool) -> _Folded:
    """The claims of an answer quote the same few passages over and over."""
    return _Folded(text, without_markup)


class _Folded:
    """A text as quotes are compared with it, and where each of its characters stands in the text itself."""

    def __init__(self, text: str, without_markup: bool) -> None:
        spans = _MARKUP.finditer(text) if without_markup else ()
        hidden = frozenset(place for match in spans for place in range(*match.span()))
        pairs = list(_characters(text, hidden))
        self._text = "".join(character for character, _ in pairs)
        self._places = [place for _, place in pairs]

    def find(self, part: str, after: int) -> Span | None:
        """The first place at or behind `after` where the part stands in whole words."""
        at = self._text.find(part) if part else -1
        while at >= 0:
            end = at + len(part)
            if self._places[at] >= after and self._is_whole(at, end):
                return self._places[at], self._places[end - 1] + 1
            at = self._text.find(part, at + 1)
        return None

    def _is_whole(self, at: int, end: int) -> bool:
        """Whether no word goes on at either side; scripts without spaces have no words to see."""
        text = self._text
        sides = ((text[at - 1 : at], text[at]), (text[end - 1], text[end : end + 1]))
        return not any(
            one.isalnum() and other.isalnum() and not _SPACELESS.search(one + other)
            for one, other in sides
            if one and other
        )
