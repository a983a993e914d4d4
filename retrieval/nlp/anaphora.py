"""Sentences that lean on one before them, and what makes them readable without it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from retrieval.nlp.language import language_of
from retrieval.nlp.lexicon import any_of, load

Item = TypeVar("Item")

_APOSTROPHED = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# What stands for nothing behind these: "there are", "both France and Germany", "that" before a clause.
_EXISTING = re.compile(rf"(?:there|here)\s+(?:{any_of(load('anaphora')['en']['existing'])})", re.IGNORECASE)
_PAIRED = re.compile(r"(?i:both|neither)\s+[A-Z]")
# Connectives that may stand one behind the other: "But then, ...".
_MOST = 3


def mended(
    items: Sequence[Item],
    at: Callable[[Item], int | None],
    text: Callable[[Item], str],
    write: Callable[[Item, str], Item],
) -> list[Item]:
    """The statements that can be read in this order; `at` is the place one had when it was written, None of a quote."""
    kept: list[Item] = []
    for item in items:
        place, last = at(item), at(kept[-1]) if kept else None
        if place is None:
            kept.append(item)
            continue
        follows = last is not None and last == place - 1
        alone = text(item) if follows else unconnected(text(item))
        if follows or not leans(alone):
            kept.append(item if alone == text(item) else write(item, alone))
    return kept


def unconnected(text: str) -> str:
    """A statement without the connectives that open it."""
    for _ in range(_MOST):
        match = _connectives(_language(text)).match(text)
        if not match:
            break
        rest = text[match.end() :]
        text = rest[:1].upper() + rest[1:]
    return text


def leans(text: str) -> bool:
    """Tell if a statement opens with a word that stands for something told before it."""
    word = _APOSTROPHED.search(text)
    if not word or _EXISTING.match(text, word.start()) or _PAIRED.match(text, word.start()):
        return False
    opening, language = re.split(r"['’]", word[0].casefold())[0], _language(text)
    # Where no comma stands behind it, "Zudem" cannot be taken off without turning the sentence round.
    joins = language != "en" and opening in _table(language)["connectives"]
    return joins or opening in _table(language)["pointing"].split()


def leans_back(text: str) -> bool:
    """Tell if a sentence needs the one before it: it leans on a word there, or is joined to it."""
    return leans(text) or unconnected(text) != text


def _language(text: str) -> str:
    language = language_of(text)
    return language if language in load("anaphora") else "en"


def _table(language: str) -> dict[str, Any]:
    table: dict[str, Any] = load("anaphora")[language]
    return table


@cache
def _connectives(language: str) -> re.Pattern[str]:
    """A connective that opens a statement, with the comma behind it; most need one: "So far" is none."""
    listed = "|".join(map(re.escape, sorted(_table(language)["connectives"], key=len, reverse=True)))
    bare = "|".join(_table(language)["bare_connectives"])
    return re.compile(rf"\s*(?:(?:{listed})\s*[,:]\s+|(?:{bare})\s+)", re.IGNORECASE)
