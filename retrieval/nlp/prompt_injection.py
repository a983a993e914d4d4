"""Sentences that speak to whoever writes an answer: what an article orders is no news."""

from __future__ import annotations

import re
from collections.abc import Sequence

Span = tuple[int, int]

_WORD = re.compile(r"[a-z]+")
# Without one of these words nothing below is found; looking for them is much quicker.
_TELLTALE = frozenset(
    "your ignore ignores ignoring disregard forget override bypass prompt prompts message instruction instructions ai"
    " ais assistant assistants chatbot chatbots bot bots model models llm llms you click answer reply respond"
    " response".split()
)
# Whoever is to answer, as such sentences call them.
_MACHINE = r"(?:AIs?|assistants?|chat\s?bots?|(?:large\s+)?language\s+models?|LLMs?)"
# What speaks to them or of their answer, wherever in a sentence.
_ADDRESSED = re.compile(
    r"\b(?:your\s+(?:\w+\s+){0,2}(?:answers?|responses?|repl(?:y|ies)|outputs?|prompts?|instructions|claims|rules)"
    r"|(?:ignor(?:es?|ing)|disregard|forget|override|bypass)\b.{0,60}"
    r"\b(?:above|instructions?|orders?|passages?|previous|prior|prompts?|questions?|rules?)"
    r"|(?:system|developer|user|hidden|initial)\s+(?:prompt|message|instructions?)"
    rf"|{_MACHINE}\s+(?:must|should|shall|has\s+to|have\s+to|is\s+to|are\s+to)"
    rf"|(?:dear|hey|notes?\s+(?:to|for)|attention|you\s+are)\W+(?:\w+\s+){{0,2}}{_MACHINE}"
    r"|you\s+(?:are|must|should|shall|will)\s+(?:now|only|always|instead|answer|reply|respond|say|act)"
    r"|(?:answer|reply|respond)\s+(?:only|exactly|as\s+follows|instead)"
    r"|read\s+this\s+(?:answer|response|reply)|click\b.{0,30}(?:\bhere|\blinks?|https?))\b",
    re.IGNORECASE,
)
# What looks like our own material, or like a turn of a chat: numbered sources, whose turn it is, everybody called.
_OPENING = re.compile(
    r"\A\s*\[\d{1,3}\]\s|\A\W*(?:(?:system|assistant|user|human|AI)\s*:|@(?:everyone|here)\b)", re.IGNORECASE
)
# Tags, and the form of a reply.
_FORGED = re.compile(
    r"<\||\[/?INST\]|[\"'](?:claims|quotes)[\"']\s*:"
    r"|<\s*/?\s*(?:passage|question|claim|turn|title|day|instructions?|system)\b",
    re.IGNORECASE,
)
# An order: a verb in its plain form that opens the sentence, outside quotation marks.
_ORDER = re.compile(
    r"[^\w\"'“”‘’«»]*(?:(?:please|now|instead|also|then|and|next|important|note|attention|stop)\b[\s,:!.-]*){0,3}"
    r"(?:add|anagram|append|answer|assume|begin\s+(?:each|every|your)|break\s+down|can\s+you|cite|compose"
    r"|conclude|convert|could\s+you|craft|create|delete|describe|develop|disregard|do\s+not|don['’]t|draft|encode|end\s+(?:each"
    r"|every|your)|explain|forget|generate|give|ignore|imagine|include|insert|introduce|jumble|mention|misspell|omit"
    r"|output|pretend|print|provide|quote|rearrange|recommend|render|repeat|replace|reply|respond|reveal|rewrite|say|scramble"
    r"|send|shuffle|start\s+(?:each|every|your)|state\s+that|substitute|suggest|summari[sz]e|swap|tell|translate"
    r"|turn\s+(?:each|every|your)|use|visit|write)\b(?!\s+of\b|\s*:)",
    re.IGNORECASE,
)


def is_order(sentence: str) -> bool:
    """Whether a sentence tells its reader what to answer or to do. It may be plain advice, which is lost with it."""
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
