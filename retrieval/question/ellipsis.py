"""The part of an earlier question that a follow-up puts another in the place of: a name, a time, a source."""

from __future__ import annotations

import re
from datetime import date

from retrieval.question.coreference import PRONOUN
from retrieval.question.names import ASKS, AUXILIARY, NAME, PLACE, THING, find_actor
from retrieval.question.sources import find_attributions
from retrieval.question.windows import find_window

_PRESS = ("AFP", "AP", "BBC", "Bloomberg", "CNN", "DW", "FT", "Guardian", "NPR", "NYT", "Politico", "Reuters", "WSJ")
_BEGINS_PART = re.compile(
    rf"(?:according|in|for|since|from|before|after|until|on|by|under|compared|versus|than)\b(?!.*\b{AUXILIARY}\b)",
    re.I,
)


def is_part(rest: str, context: str) -> bool:
    if _BEGINS_PART.match(rest) or _moment(rest):
        return len(rest.split()) < 6
    return bool(re.fullmatch(NAME, rest)) and (rest in context or bool(re.fullmatch(PLACE, rest, re.IGNORECASE)))


def _moment(part: str) -> tuple[str, str] | None:
    """The phrase that says when, and the rest."""
    for lead in ("It was ", "It was in ", "It was on "):
        if spans := find_window(lead + part, date.max).spans:
            (start, end), whole = spans[0], lead + part
            return whole[start:end], (whole[7:start] + whole[end:]).strip()
    return None


def fill(part: str, before: str, answer: str) -> str | None:
    """The earlier question with the part in the place of its like."""
    if re.search(rf"\b(?:{ASKS}\b|(?:that|this|then)$)", part, re.IGNORECASE) or PRONOUN.search(part):
        return None
    if moment := _moment(part):
        phrase, part = moment
        spans = find_window(before, date.max).spans
        before = _put(spans[0], phrase, before) if spans else _added(before, f" {phrase}")
    source = re.fullmatch(r"(according\s+to\s+)?((?:the\s+)?(.+))", part, re.IGNORECASE)
    found = find_attributions(before, _PRESS)
    if source and (source[1] or (source[3] in _PRESS and found)):
        old = re.compile(NAME).search(before, *found[0][1]) if found else None
        return _put(old.span(), source[2], before) if old else _added(before, f", according to {source[2]}")
    preposition = _BEGINS_PART.match(part)
    if preposition and preposition[0].lower() != "in":
        return None if re.search(rf"\b{preposition[0]}\b", before, re.IGNORECASE) else _added(before, f" {part}")
    name = re.sub(r"^in\s+|['’]s$", "", part, flags=re.IGNORECASE)
    spelt = re.search(rf"\b{re.escape(name)}\b", answer, re.IGNORECASE) if name else None
    if name.islower() and re.fullmatch(PLACE, name) and not before.islower():
        name = name.title()
    name = spelt[0] if spelt else name
    named = re.fullmatch(rf"{NAME}(?:(?:,|,?\s+and)\s+{NAME})*", name)
    return _named(name, before) if named else None if part else before


def _put(span: tuple[int, int], words: str, before: str) -> str:
    return before[: span[0]] + words + before[span[1] :]


def _added(before: str, words: str) -> str:
    return f"{before.rstrip('?. ')}{words}?"


def _named(name: str, before: str) -> str | None:
    """Place for place, else who acts; where nothing is like a place, it is where the question is about."""
    slots = [slot.span() for slot in re.finditer(NAME, before) if not THING.fullmatch(slot[0])]
    places = [slot for slot in slots if re.fullmatch(PLACE, before[slice(*slot)], re.IGNORECASE)]
    others = [slot for slot in slots if slot not in places]
    actor = find_actor(before)
    if re.fullmatch(PLACE, name, re.IGNORECASE):
        people = re.search(r"\b[Tt]he\s+[A-Z]\w*(?:nch|tch|eek|ish|ese|[ei]an)(?=\s+[a-z])", before)
        if people and not places:
            return _put(people.span(), f"{name}’s", before)
        # "Farmers" act, but Germany is no farmer.
        acts = actor and re.search(r"[A-Z]|^the\s", before[slice(*actor)])
        slot = places[0] if places else actor if acts else None
        return _put(slot, name, before) if slot else _added(before, f" in {name}")
    if actor and (not before[slice(*actor)].islower() or not others):
        return _put(actor, name, before)
    return _put(others[0], name, before) if len(others) == 1 else None
