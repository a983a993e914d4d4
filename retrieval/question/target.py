"""The kind of answer that a question asks for: a person, a number, a day, a place, somebody's words."""

from __future__ import annotations

import re
from typing import Literal

from retrieval.nlp.sentences import sentences
from retrieval.question.phrases import phrases

AnswerType = Literal["person", "number", "date", "place", "quote"]

_ASKING = re.compile(r"\b(?:wh(?:at|ich|o|om|ose|ere|en|y)|how)\b", re.IGNORECASE)
_WHICH = re.compile(
    r"\b(?:which|what)\s+(?:of\s+(?:these|the(?:\s+following)?|those|its|his|her|their)\s+)?", re.IGNORECASE
)
_WHAT_IS = re.compile(
    r"\bwhat\s+(?:is|was|are|were)\s+(?:the|its|his|her|their)\s+((?:[\w-]+\s+){0,3}?[\w-]+)(?=\s+(?:of|in|for|at|on)\b|\?)",
    re.IGNORECASE,
)
_SAYING = re.compile(
    r"\bwhat(?:\s+exactly)?\s+(?:did|does|do|has|have|had)\s[^?]*?\b(?:say|said|tell|told|write|written|tweet|reply|respond)\b"
    r"(?!\s+(?:was|were|is|are|would|will|has|had)\b)|\b(?:said|saying|read)\s+what\b",
    re.IGNORECASE,
)
# "Who" asks at the start, after a preposition, or at the end; elsewhere it mostly goes on about a noun.
_LONE = re.compile(
    r"(?P<start>^|[.?!,;:–—-]\s+|\b(?:and|but|or|by|for|to|with|from|against|of|in|at|on|\w+ing)\s+)?"
    r"\b(?P<word>who(?:m|se)?|where|when)\b(?P<asks>['’]s\b|\s+(?:is|was|are|were|did|does|do|has|have|had|will|would|can|could|should|may)\b)?"
    r"(?P<end>\s*\??\s*$)?",
    re.IGNORECASE,
)
# Where somebody stands is no place.
_STANDS = re.compile(r"\bwhere\s+do(?:es)?\s[^?]*\bstand\b", re.IGNORECASE)
_HEAD_WORD = re.compile(r"([\w.-]*n['’]t|[\w.-]+)(['’]s?)?([,;:?!]?)")
_LONE_TYPES: dict[str, AnswerType] = {
    "who": "person",
    "whom": "person",
    "whose": "person",
    "where": "place",
    "when": "date",
}
_BY_PHRASE: tuple[AnswerType, ...] = ("number", "date", "person", "place")
_NOUNS: tuple[AnswerType, ...] = ("person", "number", "date", "place")


def answer_type(question: str, language: str = "en") -> AnswerType | None:
    """Read from the last sentence that asks anything; in English the question word may stand anywhere in it."""
    if language != "en":
        return _by_phrases(question, language)
    for start, end in reversed(sentences(question)):
        if _ASKING.search(question, start, end):
            return _type_of(question[start:end])
    return None


def _by_phrases(question: str, language: str) -> AnswerType | None:
    """By the question's first word that asks, or the noun behind it."""
    found = [
        (match.start(), -len(match[0]), target)
        for target in _BY_PHRASE
        if (match := phrases(language, target).search(question))
    ]
    which = phrases(language, "which").search(question)
    if which and (kind := _noun_behind(question[which.end() :], language)):
        found.append((which.start(), -len(which[0]), kind))
    return min(found)[2] if found else None


def _noun_behind(rest: str, language: str) -> AnswerType | None:
    words = _HEAD_WORD.findall(rest)[:2]
    return next((kind for word, _, _ in words if (kind := _kind(word, language))), None)


def _type_of(sentence: str) -> AnswerType | None:
    """The surest sign wins, and of two as sure the first."""
    signs: list[tuple[int, int, AnswerType]] = [
        (-3, match.start(), "number") for match in phrases("en", "number").finditer(sentence)
    ]
    signs += [(-3, match.start(), "date") for match in phrases("en", "since_when").finditer(sentence)]
    signs += [(-3, match.start(), "quote") for match in _SAYING.finditer(sentence)]
    for match in _WHICH.finditer(sentence):
        kind = _head(sentence[match.end() : match.end() + 100])
        signs += [(-3, match.start(), kind)] if kind else []
    for match in _WHAT_IS.finditer(sentence):
        kind = _kind(match[1].split()[-1])
        signs += [(-3, match.start(), kind)] if kind in ("number", "place", "date") else []
    sentence = _STANDS.sub(" ", sentence)
    several = len(_ASKING.findall(sentence)) > 1
    for match in _LONE.finditer(sentence):
        certainty = _certainty(match)
        if certainty > several:  # ", who" beside another question word goes on about a noun
            signs.append((-certainty, match.start("word"), _LONE_TYPES[match["word"].lower()]))
    return min(signs)[2] if signs else None


def _certainty(match: re.Match[str]) -> int:
    word, start = match["word"].lower(), match["start"]
    if word == "when" and not (match["asks"] or match["end"]):
        return 0  # "When they met, ..." tells a time
    if start == "" or match["end"]:
        return 3
    if start is None:
        return 0
    return 1 if start[0] in ",;:–—-" and not match["asks"] else 2


def _head(rest: str) -> AnswerType | None:
    """The type of the noun a "which" belongs to: "former England player", "state senator", "city's mayor"."""
    kind: AnswerType | None = None
    for match in list(_HEAD_WORD.finditer(rest))[:6]:
        word, owner, pause = match.groups()
        lower = word.lower()
        ends_phrase = (
            lower in ("and", "or", "but")
            or phrases("en", "past_verbs").fullmatch(lower)
            or lower.endswith(("ed", "s", "ly", "ing"))
        )
        if (
            (kind and ends_phrase and not _kind(word))
            or phrases("en", "phrase_ends").fullmatch(lower)
            or lower.endswith(("n't", "n’t"))
        ):
            break
        found = (
            None if owner and phrases("en", "irregular_plurals").fullmatch(lower) else _kind(word)
        )  # "women's sport" asks for no woman
        # A noun after it makes another thing of it ("high street supermarket"), but not of a plural.
        kind = found
        if pause or (kind and (owner or lower.endswith("s"))):
            break
    return kind


def _kind(word: str, language: str = "en") -> AnswerType | None:
    noun = word.lower().rstrip(".")
    singular = noun.removesuffix("ies") + "y" if noun.endswith("ies") else noun.removesuffix("s")
    forms = (noun, singular, noun.removesuffix("es"))
    return next((kind for form in forms for kind in _NOUNS if phrases(language, f"{kind}_nouns").fullmatch(form)), None)
