"""Follow-up questions, completed with what their conversation has named, so that they can be understood alone."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from datetime import date
from functools import cache

from retrieval.domain.answers import Turn
from retrieval.nlp.actors import people
from retrieval.nlp.entities import Entity, entities, is_name
from retrieval.nlp.lexicon import any_of, listed, load
from retrieval.nlp.tokens import content_terms, terms
from retrieval.question.kinds import LANGUAGES, is_courtesy, phrases, words
from retrieval.question.time_expressions import read_time
from retrieval.question.understanding import language_of_question

Span = tuple[int, int]

_LONGEST_NAME, _LONGEST_PART = 60, 5  # characters of a name, words of a part
_AUXILIARY = any_of(words("en", "auxiliary"))
_EXPLETIVE = re.compile(rf"\bit\s+(?:\w+\s+)?(?:{any_of(words('en', 'expletive'))})", re.IGNORECASE)
_OPENS = re.compile(rf"(?:{_AUXILIARY})\s", re.IGNORECASE)
_ACTS = re.compile(rf"\b(?:{_AUXILIARY})\s+(?:the\s+)?$", re.IGNORECASE)
_CLAUSE = any_of(load("en")["roles"]["clausal"].split())
_TOPIC = re.compile(r"\babout\s+([^?]+?)\s*(?:\?|$)", re.IGNORECASE)


def is_part(rest: str, context: str, language: str) -> bool:
    """Tell if a follow-up without a question word is a part of a question: a time, a phrase, a name known by now."""
    if phrases(language, "part").match(rest) or _time_of(rest, language):
        return len(rest.split()) <= _LONGEST_PART
    return is_name(rest) and (rest in context or _is_place(rest))


def fill(part: str, before: str, answer: str, language: str) -> str | None:
    """The earlier question with the part in the place of its like; None where it is not sure where it goes."""
    if any(phrases(language, key).search(part) for key in ("asks", "points")) or pronouns_of(part, language):
        return None
    if timed := _time_of(part, language):
        phrase, part = timed
        before = _at_time(phrase, before, language)
    place = phrases(language, "in").match(part)
    name = _spelt(re.sub(r"['’]s$", "", part[place.end() :].strip() if place else part), before, answer)
    if not name:
        return None if part else before
    return _named(name, before, f" {place[0] if place else 'in'} {name}")


def pronouns_of(text: str, language: str) -> list[re.Match[str]]:
    """The pronouns of a follow-up that may stand for something named before it."""
    if language != "en" and entities(text[1:]):
        return []
    if language == "en" and _EXPLETIVE.search(text):
        return []
    kinds = ("pronoun_person", "pronoun_group", "pronoun_thing")
    found = [each for kind in kinds for each in phrases(language, kind).finditer(text)]
    return [each for each in found if language != "en" or _points_out(each, text)]


def _points_out(pronoun: re.Match[str], text: str) -> bool:
    """Tell if what the pronoun stands for is not named before it in the question itself."""
    head, after = text[: pronoun.start()], re.match(r"\s+(\w+)", text[pronoun.end() :])
    if not head and text[-1] != "?":
        return False  # it tells
    own = entities(head) or re.search(r"\b(?:the|an?|which|many)\s+\w", head, re.IGNORECASE)
    # "What did Rutte say about it?": who acts is not whom the same clause acts on.
    is_object = pronoun[0].lower() in ("it", "him", "them") and not (after and content_terms(after[1]))
    return not own or (is_object and not re.search(rf"\w\s+(?:{_CLAUSE})\s", head))


def resolve(pronouns: Sequence[re.Match[str]], text: str, before: str, answer: str) -> str | None:
    """The English question with the person or the topic for its only pronoun; None where that can't be told."""
    if len(pronouns) > 1:
        return None
    (pronoun,) = pronouns
    word, tail = pronoun[0].lower(), text[pronoun.end() :]
    # "Who is she?" asks of somebody whose name is not clear: a lone name may be a place.
    lone = not phrases("en", "person").match(text)
    meant = _person(before, answer, lone) if word[0] in "hs" else _topic(before) if word == "it" else None
    if meant is None or len(meant) > _LONGEST_NAME:
        return None
    follows = re.match(r"\s+(\w+)", tail)
    owns = word == "his" or (word == "her" and follows and content_terms(follows[1]))
    made = f"{text[: pronoun.start()]}{meant}{'’s' if owns else ''}{tail}"
    return made[0].upper() + made[1:]


def _person(before: str, answer: str, lone: bool) -> str | None:
    """The first person named in the question, or in the answer if it asks who; one word only where `lone`."""
    asks_who = phrases("en", "person").match(before)
    for text in (answer, before) if asks_who else (before, answer):
        # "Does Ukraine" opens a question with two capitals, and is nobody.
        full = [name for name in people(text) if not _OPENS.match(name) and not _is_place(name.split()[-1])]
        one = next((each.name for each in entities(text) if lone and _is_person(each, text)), None)
        if one or full:
            return next((each for each in full if one is None or each in one), one)
    return None


def _is_person(entity: Entity, text: str) -> bool:
    """Tell if a name of one word, no place nor acronym, stands where who acts does: "What did Rutte say?"."""
    one = " " not in entity.name and entity.kind != "acronym" and not _is_place(entity.name)
    return one and _acts(entity, text)


def _acts(entity: Entity, text: str) -> bool:
    return _ACTS.search(text[: entity.start]) is not None


def _topic(before: str) -> str | None:
    """The words behind "about" in a question, without its time."""
    for start, end in reversed(read_time(before, date.max).spans):
        before = f"{before[:start].rstrip()}{before[end:]}"
    match = _TOPIC.search(before)
    return match[1] if match else None


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


def _spelt(name: str, before: str, answer: str) -> str:
    """A name as the conversation spells it, or with capitals where the lexicon knows it; empty for what is no name."""
    known = re.search(rf"\b{re.escape(name)}\b", answer, re.IGNORECASE) if name else None
    if known and is_name(known[0]):
        return known[0]
    if name.islower() and _is_place(name):
        return name if before.islower() else name.title()
    return name if all(map(is_name, re.split(r",?\s+and\s+|,\s+", name))) else ""


def _named(name: str, before: str, added: str) -> str | None:
    """The question with a name in its like's place: a place's or person's, who acts, or the only name."""
    found = entities(before)
    acting = [each for each in found if _acts(each, before)]
    if _is_place(name):
        slots = [each for each in found if _is_place(each.name)] or [
            each for each in acting if _is_person(each, before)
        ]
    else:
        slots = acting or (list(found) if len(found) == 1 else [])
    if not slots:
        return _added(before, added) if _is_place(name) and not before.islower() else None
    start, end = slots[0].start, slots[0].end
    article = re.search(r"\bthe\s+$", before[:start], re.IGNORECASE)
    # "The French position" is Sweden's; "the US" is no adjective.
    adjective = article and slots[0].kind != "acronym" and slots[0].name not in load("names")["places"]
    owns = "’s" if adjective and re.match(r"\s+[a-z]", before[end:]) else ""
    return _put((article.start() if article else start, end), f"{name}{owns}", before)


def _is_place(name: str) -> bool:
    return re.sub(r"^the\s+", "", name.casefold()) in _places()


@cache
def _places() -> frozenset[str]:
    """The names of places in small letters, with their adjectives."""
    table = load("names")["places"]
    return frozenset(name.casefold() for place, others in table.items() for name in (place, *listed(others, ",")))


def _put(span: Span, words_there: str, before: str) -> str:
    return before[: span[0]] + words_there + before[span[1] :]


def _added(before: str, more: str) -> str:
    return f"{before.rstrip('?. ')}{more}?"


_CARRIED, _LONGEST, _MADE = 180, 110, 300  # characters of the earlier question, of a follow-up, and of both together
_REMEMBERED = 6  # turns
_MARKS = " ?!.,;:¿¡"
# What points back, but to what is hard to say.
_POINTS = re.compile(
    rf"\b(?:{_AUXILIARY}|{any_of(words('en', 'before_that'))})\s+(?:that|this|these|those)\b"
    r"(?!\s+(?:who|\w*day|week|month|year|morning|summer|winter))|\b(?:there|that|this)(?=\s*\?*$)",
    re.IGNORECASE,
)
# "What did Germany say?": about what, was said before.
_SAYS_WHAT = re.compile(
    rf"(?:\w+\s+)?(?:{_AUXILIARY})\s+((?-i:(?:the\s+)?[A-Z][\w.-]*(?:\s+[A-Z][\w.-]*)*))"
    rf"\s+({any_of(words('en', 'said'))})",
    re.IGNORECASE,
)


def standalone(question: str, turns: Sequence[Turn]) -> str:
    """The question as it can be asked alone, itself where it can; `turns` are oldest first."""
    text = " ".join(question.split())
    earlier = [turn for turn in turns[-_REMEMBERED:] if terms(turn.understood) and not is_courtesy(turn.understood)]
    if not earlier or not terms(text) or is_courtesy(text) or len(text) > _LONGEST:
        return question
    language = language_of_question(earlier[-1].understood)
    made = _completed(text, _carried(earlier[-1].understood, language), earlier[-1].answer[:1000], language)
    return made if made and len(made) <= _MADE else question


def is_question(text: str) -> bool:
    """Tell if it is put as a question."""
    return "?" in text or any(_asks(_parted(text, language)[1], language) for language in LANGUAGES)


def _completed(text: str, before: str, answer: str, language: str) -> str | None:
    lead, rest = _parted(text, language)
    asks = _asks(rest, language)
    joined = f"{before} {text[0].upper()}{text[1:]}" + ("?" if text[-1].isalnum() and asks else "")
    again = _SAYS_WHAT.fullmatch(rest)
    if again and again[2] in before:
        return fill(again[1], before, answer, language) or joined
    if not asks and (lead or is_part(rest, before + answer, language)):
        return fill(rest, before, answer, language) or joined
    if pronouns := pronouns_of(text, language):
        resolved = resolve(pronouns, text, before, answer) if language == "en" else None
        # "When did he say that?": whom is sure, but not what.
        return f"{before} {resolved}" if resolved and _POINTS.search(resolved.strip(_MARKS)) else resolved or joined
    points = phrases(language, "points").search(rest) or _POINTS.search(rest)
    goes_on = again or (lead and not entities(rest))
    return joined if points or goes_on or _is_light(rest, language) or _shares(rest, before) else None


def _parted(text: str, language: str) -> tuple[bool, str]:
    """Tell if a text goes on with something ("And ...", "What about ..."), and what it says without that."""
    rest, lead = text.strip(_MARKS), False
    for opener in ("opener", "opener", "opener_about"):
        if match := phrases(language, opener).match(rest):
            rest, lead = rest[match.end() :].strip(_MARKS), True
    closer = re.search(rf",?\s+{phrases(language, 'closer').pattern}$", rest, re.IGNORECASE)
    return lead, rest[: closer.start()] if closer else rest


def _asks(rest: str, language: str) -> bool:
    return bool(phrases(language, "asks").match(rest) or phrases(language, "auxiliary").match(rest))


def _carried(understood: str, language: str) -> str:
    """Without the "Why?" that an earlier follow-up left at its end."""
    parts = re.findall(r"[^?]+\??", understood)
    while len(parts) > 1 and _is_light(parts[-1], language):
        parts.pop()
    text = textwrap.shorten("".join(parts), _CARRIED, placeholder=" …")
    return text if text[-1] in ".?!" else f"{text}?"


def _is_light(text: str, language: str) -> bool:
    """Tell if nothing is left but what can be asked about anything."""
    left = text
    for key in ("light", "courtesy", "asks", "auxiliary"):
        left = phrases(language, key).sub(" ", left)
    return not content_terms(left) and not entities(text[1:])


def _shares(text: str, before: str) -> bool:
    """Tell if it goes on about a thing that was asked about: "What is the resolution about?"."""
    nouns = content_terms(" ".join(re.findall(r"\bthe\s+(\w+)", text, re.IGNORECASE)))
    return not entities(text) and not set(nouns).isdisjoint(content_terms(before))
