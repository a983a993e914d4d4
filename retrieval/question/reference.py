"""What a follow-up leaves to the earlier question: names for its pronouns, the rest of the question for its part."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cache

from retrieval.nlp.entities import Entity, entities
from retrieval.nlp.lexicon import any_of, listed, load
from retrieval.nlp.names import people
from retrieval.nlp.tokens import content_terms
from retrieval.question.outlets import known_agencies
from retrieval.question.phrases import phrases, words
from retrieval.question.sources import find_attributions
from retrieval.question.time_expressions import read_time

Span = tuple[int, int]

_LONGEST_NAME, _LONGEST_PART = 60, 5  # characters of a name, words of a part
_AUXILIARY = any_of(words("en", "auxiliary"))
_PRONOUNS = any_of([each for kind in ("person", "group", "thing") for each in words("en", f"pronoun_{kind}")])
_PRONOUN = re.compile(rf"\b(?:(?P<aux>are|were|do|have)\s+(?=they\b))?(?P<word>{_PRONOUNS})\b(?!['’])", re.I)
_EXPLETIVE = re.compile(
    rf"\bit\s+(?:\w+\s+)?(?:{any_of(words('en', 'expletive'))})|\bit\s+(?:take|cost)s?\s.*\bto\b", re.IGNORECASE
)
_THING = re.compile(rf".*\b(?:{any_of(words('en', 'thing'))})", re.IGNORECASE)
_ACTOR = re.compile(
    rf".*?\b(?:{_AUXILIARY})\s+(?:(?P<said>\w[\w.'’ -]*?)\s+(?:{any_of(words('en', 'said'))})\b"
    r"|(?P<named>(?-i:(?:the\s+)?[A-Z][\w.-]*(?:\s+[A-Z][\w.-]*)*))|(?P<many>[a-z ]+?[^\Ws]s)\s)",
    re.IGNORECASE,
)
_CLAUSE = any_of(load("en")["roles"]["clausal"].split())
_ONE = {"are": "is", "were": "was", "do": "does", "have": "has"}
# What a question is about: best told by "about", then by an object, then by "on".
_TOPICS = (
    r"\babout\s+(.+?)[?\s]*$",
    rf"(?!\b(?:{_AUXILIARY})\s)\b\w+\s+((?:the|an?)\s.+?)[?\s]*$",
    r"\b(?:on|over|against)\s+(.+?)[?\s]*$",
)


def is_part(rest: str, context: str, language: str) -> bool:
    """Whether a follow-up without a question word is a part of a question: a time, a phrase, a name known by now."""
    if phrases(language, "part").match(rest) or _time_of(rest, language):
        return len(rest.split()) <= _LONGEST_PART
    return _is_name(rest) and (rest in context or _is_place(rest))


def fill(part: str, before: str, answer: str, language: str) -> str | None:
    """The earlier question with the part in the place of its like; None where it is not sure where it goes."""
    if any(phrases(language, key).search(part) for key in ("asks", "points")) or list(pronouns_of(part, language)):
        return None
    if re.search(r"\b(?:that|this|then)$", part):
        return None
    if timed := _time_of(part, language):
        phrase, part = timed
        before = _at_time(phrase, before, language)
    if source := _source(part, before, language):
        return source
    named = phrases(language, "in").match(part)
    if not named and (preposition := phrases(language, "part").match(part)):
        again = re.search(rf"\b{re.escape(preposition[0])}\b", before, re.IGNORECASE)
        return None if again else _added(before, f" {part}")
    name = _spelt(re.sub(r"['’]s$", "", part[named.end() :].strip() if named else part), before, answer)
    if not name:
        return None if part else before
    if named and (slot := _behind(named[0], before, language)):
        return _put(slot, name, before)
    return _named(name, before, f" {named[0] if named else 'in'} {name}", language)


def pronouns_of(text: str, language: str) -> Iterator[re.Match[str]]:
    """The pronouns of a follow-up that may stand for something named before."""
    if language == "en":
        yield from () if _EXPLETIVE.search(text) else _PRONOUN.finditer(text)
    elif not entities(text[1:]):
        for key in ("pronoun_person", "pronoun_group", "pronoun_thing"):
            yield from phrases(language, key).finditer(text)


def points_out(pronoun: re.Match[str], text: str) -> bool:
    """Whether what the pronoun stands for is not named before it in the question itself."""
    if "word" not in pronoun.re.groupindex:
        return True
    if pronoun.start() == 0 and text[-1] != "?":
        return False  # it tells
    head, after = text[: pronoun.start("word")], re.match(r"\s+(\w+)", text[pronoun.end() :])
    own = entities(head) or re.search(
        r"\b(?:the|an?|which|how\s+many)\s+\w|\b(?:do|did|are|were|have)\s+\w+s\s", head, re.IGNORECASE
    )
    # "What did Rutte say about it?": who acts is not whom the same clause acts on.
    is_object = pronoun["word"].lower() in ("it", "him", "them") and not (after and content_terms(after[1]))
    return not own or (is_object and not re.search(rf"\w\s+(?:{_CLAUSE})\s", head))


def resolve(pronouns: Sequence[re.Match[str]], text: str, before: str, answer: str) -> str | None:
    """The English question with names for its pronouns; None where one can't be told."""
    for pronoun in reversed(pronouns):
        word, tail = pronoun["word"].lower(), text[pronoun.end() :]
        meant = _person(before, answer) if word[0] in "hs" else _group(before) if word[0] == "t" else _thing(before)
        if meant is None or len(meant) > _LONGEST_NAME:
            return None
        follows = re.match(r"\s+(\w+)", tail)
        owns = word in ("his", "their", "its") or (word == "her" and follows and content_terms(follows[1]))
        verb = pronoun["aux"] or ""
        if verb and not meant.endswith("s"):
            one = _ONE[verb.lower()]
            verb = one.capitalize() if verb[0].isupper() else one
        text = text[: pronoun.start()] + f"{verb} {meant}".strip() + ("’s" if owns else "") + tail
    return text[0].upper() + text[1:]


def _person(before: str, answer: str) -> str | None:
    """The first person named: in the question, or in the answer where the question asks who it is."""
    asks_who = phrases("en", "person").match(before)
    for text in (answer, before) if asks_who else (before, answer):
        full = people(text)
        alone = (each for each in entities(text) if _is_person(each, text, full))
        if first := next(alone, None):
            return next((each for each in full if each in first.name), first.name)  # without titles
    return None


def _is_person(entity: Entity, text: str, full: Collection[str]) -> bool:
    """Whether a name is a person's: a full name, or one word that acts and is no place, acronym, thing or people."""
    if any(each in entity.name for each in full):
        return True
    if " " in entity.name or entity.kind == "acronym" or _is_place(entity.name) or _THING.fullmatch(entity.name):
        return False
    asked = re.search(rf"\b(?:{_AUXILIARY})\s+$", text[: entity.start], re.IGNORECASE)
    return bool(asked or re.match(r"\s(?:is|was|has|says?|said|told|won|wants|\w+ed)\b", text[entity.end :]))


def _group(before: str) -> str | None:
    """Who acts, unless others are many too: "How many soldiers has Russia sent?" """
    others = re.search(r"\b(?:how\s+many|which|about|on|of)\s+(?:[a-z]+\s+)?[a-z]+s\b", before, re.IGNORECASE)
    actor = _find_actor(before)
    return before[slice(*actor)] if actor and not others else None


def _thing(before: str) -> str | None:
    for start, end in reversed(read_time(before, date.max).spans):
        before = f"{before[:start].rstrip()}{before[end:]}"
    found = (re.search(pattern, before, re.IGNORECASE) for pattern in _TOPICS)
    return next((match[1] for match in found if match), None)


def _find_actor(before: str) -> Span | None:
    """Where who acts is named; laws and the like don't act."""
    match = _ACTOR.match(before)
    return match.span(match.lastgroup or 0) if match and not _THING.fullmatch(match[match.lastgroup or 0]) else None


def _time_of(part: str, language: str) -> tuple[str, str] | None:
    """The phrase of a part that says when, and the rest of it."""
    for lead in words(language, "time_leads"):
        whole = f"{lead} {part}"
        if spans := read_time(whole, date.max, language).spans:
            start, end = spans[0]
            return whole[start:end], f"{whole[len(words(language, 'time_leads')[0]) + 1 : start]}{whole[end:]}".strip()
    return None


def _at_time(phrase: str, before: str, language: str) -> str:
    """The earlier question of another time; a month without a year is of the year that was asked about."""
    spans = read_time(before, date.max, language).spans
    if not spans:
        return _added(before, f" {phrase}")
    year = re.search(r"\b(?:19|20)[0-9]{2}\b", before[slice(*spans[0])])
    time = read_time(f"{words(language, 'time_leads')[0]} {phrase}", date.max, language).time
    if year and time and not time.relative and not re.search(r"[0-9]{4}", phrase):
        phrase = f"{phrase} {year[0]}"
    return _put(spans[0], phrase, before)


def _source(part: str, before: str, language: str) -> str | None:
    """The earlier question asked of another source, where the part names one."""
    said = phrases(language, "source").match(part)
    name = part[said.end() :].strip() if said else part
    agencies = known_agencies()
    found = find_attributions(before, agencies)
    if not said and not (re.sub(r"^[Tt]he\s+", "", name) in agencies and found):
        return None
    old = next((each for each in entities(before) if found and found[0][1][0] <= each.start < found[0][1][1]), None)
    return _put(_slot(old, before), name, before) if old else _added(before, f", {said[0] if said else ''} {name}")


def _spelt(name: str, before: str, answer: str) -> str:
    """A name as the conversation spells it, or with capitals where the lexicon knows it; empty for what is no name."""
    known = re.search(rf"\b{re.escape(name)}\b", answer, re.IGNORECASE) if name else None
    if known and _is_name(known[0]):
        return known[0]
    if name.islower() and _is_place(name):
        return name if before.islower() else name.title()
    return name if _is_name(name) or all(map(_is_name, re.split(r",?\s+and\s+|,\s+", name))) else ""


def _is_name(text: str) -> bool:
    found = entities(f"It was {text}")
    start = len("It was ") + (4 if text.lower().startswith("the ") else 0)
    return len(found) == 1 and (found[0].start, found[0].end) == (start, len("It was ") + len(text))


def _behind(preposition: str, before: str, language: str) -> Span | None:
    """The name that stands behind the preposition, or another of its kind, in the earlier question."""
    kind = phrases(language, "in")
    spans = read_time(before, date.max, language).spans
    for match in kind.finditer(before):
        if any(start <= match.start() < end for start, end in spans):
            continue
        name = re.match(
            r"\s+((?:(?:the|der|den|die|la|le|el)\s+)?[A-ZÄÖÜÉ][\w’'-]*(?:\s+[A-ZÄÖÜÉ][\w’'-]*)*)",
            before[match.end() :],
        )
        if name and (kind.fullmatch(preposition) or match[0].casefold() == preposition.casefold()):
            return match.end() + name.start(1), match.end() + name.end(1)
    return None


def _named(name: str, before: str, added: str, language: str) -> str | None:
    """Place for place, else who acts; where nothing is like a place, it is where the question is about."""
    found = [each for each in entities(before) if not _THING.fullmatch(each.name)]
    places = [each for each in found if _is_place(each.name)]
    others = [each for each in found if each not in places]
    actor = _find_actor(before) if language == "en" else None
    if _is_place(name):
        if places:
            return _in_place_of(places[0], name, before)
        acting = before[slice(*actor)] if actor else ""  # "farmers" act, but Germany is no farmer
        acts = re.search(r"[A-Z]|^the\s", acting) or _is_place(acting)
        return _put(actor, name, before) if acts and actor else _added(before, added)
    if actor and (not before[slice(*actor)].islower() or not others):
        return _put(actor, name, before)
    slots = others or places
    return _put(_slot(slots[0], before), name, before) if len(slots) == 1 else None


def _in_place_of(place: Entity, name: str, before: str) -> str:
    """A place for another; an adjective, as in "the French position", gives way to an owner."""
    start, end = _slot(place, before)
    adjective = start < place.start and place.name not in _places(True) and re.match(r"\s+[a-z]", before[end:])
    return _put((start, end), f"{name}’s" if adjective else name, before)


def _slot(entity: Entity, before: str) -> Span:
    """A name with its article."""
    article = re.search(r"\bthe\s+$", before[: entity.start], re.IGNORECASE)
    return article.start() if article else entity.start, entity.end


def _is_place(name: str) -> bool:
    return re.sub(r"^the\s+", "", name.casefold()) in _places()


@cache
def _places(proper: bool = False) -> frozenset[str]:
    """The names of places in small letters, with adjectives; with `proper` the names as they are, without."""
    table = load("names")["places"]
    if proper:
        return frozenset(table)
    return frozenset(name.casefold() for place, others in table.items() for name in (place, *listed(others, ",")))


def _put(span: Span, words_there: str, before: str) -> str:
    return before[: span[0]] + words_there + before[span[1] :]


def _added(before: str, more: str) -> str:
    return f"{before.rstrip('?. ')}{more}?"
