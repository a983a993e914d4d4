"""Sentences that speak to whoever writes an answer: what an article orders is no news."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.nlp.lexicon import any_of, load

Span = tuple[int, int]

_WORD = re.compile(r"[a-z]+")
_LISTS = load("en")["injection"]
_ANY = {key: any_of(words.split() if isinstance(words, str) else words) for key, words in _LISTS.items()}
_TELLTALE = frozenset(_LISTS["telltale"].split())
# What speaks to whoever is to answer or of their answer, wherever in a sentence.
_ADDRESSED = re.compile(
    rf"\b(?:your\s+(?:\w+\s+){{0,2}}(?:{_ANY['yours']})|(?:{_ANY['aside']})\b.{{0,60}}\b(?:{_ANY['set_aside']})"
    rf"|(?:system|developer|user|hidden|initial)\s+(?:{_ANY['prompts']})|(?:{_ANY['machine']})\s+(?:{_ANY['bidden']})"
    rf"|(?:dear|hey|notes?\s+(?:to|for)|attention|you\s+are)\W+(?:\w+\s+){{0,2}}(?:{_ANY['machine']})"
    rf"|you\s+(?:are|must|should|shall|will)\s+(?:{_ANY['you_are']})"
    r"|(?:answer|reply|respond)\s+(?:only|exactly|as\s+follows|instead)"
    r"|read\s+this\s+(?:answer|response|reply)|click\b.{0,30}(?:\bhere|\blinks?|https?))\b",
    re.IGNORECASE,
)
# What looks like our own material, or like a turn of a chat: numbered sources, whose turn it is, everybody called.
_OPENING = re.compile(
    r"\A\s*\[\d{1,3}\]\s|\A\W*(?:(?:system|assistant|user|human|AI)\s*:|@(?:everyone|here)\b)", re.IGNORECASE
)
# Tags, and the form of a reply.
_FORGED = re.compile(rf"<\||\[/?INST\]|[\"'](?:claims|quotes)[\"']\s*:|<\s*/?\s*(?:{_ANY['tags']})\b", re.IGNORECASE)
# An order: a verb in its plain form that opens the sentence, outside quotation marks.
_ORDER = re.compile(
    rf"[^\w\"'“”‘’«»]*(?:(?:{_ANY['leading']})\b[\s,:!.-]*){{0,3}}(?:{_ANY['orders']})\b(?!\s+of\b|\s*:)", re.IGNORECASE
)


def is_order(sentence: str) -> bool:
    """Tell if a sentence tells its reader what to answer or to do. It may be plain advice, which is lost with it."""
    if _ORDER.match(sentence) or _OPENING.match(sentence):
        return True
    if not _TELLTALE.isdisjoint(_WORD.findall(sentence.lower())) and _ADDRESSED.search(sentence):
        return True
    return any(mark in sentence for mark in "<[{") and bool(_FORGED.search(sentence))


def ordered(text: str, spans: Sequence[Span]) -> list[bool]:
    """Which sentences of a text are orders, or stand right behind one in its paragraph: there is what is to be said."""
    found: list[bool] = []
    behind = False
    for at, (start, end) in enumerate(spans):
        follows = behind and "\n\n" not in text[spans[at - 1][1] : start]
        behind = is_order(text[start:end])
        found.append(behind or follows)
    return found
