"""The words beside a mark in a picture, cut to fit."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection

from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.nlp.markup import readable

_UNDRAWN = phrase("(in letters that this picture lacks)")


def drawable(text: str, letters: Collection[str], words: OwnWords = ENGLISH) -> str:
    """The characters of the text that can be drawn; a note in its place if most letters cannot."""
    text = readable(text)
    drawn = " ".join("".join(each for each in text if each in letters or each == " ").split())
    spoken = [each for each in text if each.isalnum()]
    lost = sum(each not in letters for each in spoken)
    return drawn if lost * 2 <= len(spoken) else words(_UNDRAWN)


def fold(text: str, lines: int, fits: Callable[[str], bool]) -> str:
    """The text in at most `lines` lines that fit, with an ellipsis if it was cut."""
    folded: list[str] = []
    while text and len(folded) < lines:
        if fits(text):
            return "\n".join([*folded, text])
        mark = "…" if len(folded) + 1 == lines else ""
        line = _head(text, mark, fits)
        folded.append(line + mark)
        text = text[len(line) :].lstrip()
    return "\n".join(folded)


def _head(text: str, mark: str, fits: Callable[[str], bool]) -> str:
    """The beginning that fits, to the end of a word; before an ellipsis a word may be cut. Never empty."""
    most = bisect_left(range(1, len(text)), True, key=lambda size: not fits(text[:size] + mark))
    head = text[: max(most, 1)]
    space = head.rfind(" ") if text[len(head)] != " " else len(head)
    return (head[:space] if space > (len(head) // 2 if mark else 0) else head).rstrip()
