"""The kind of answer that a question asks for: a person, a number, a day, a place, somebody's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from retrieval.nlp.lexicon import any_of
from retrieval.nlp.sentences import sentences
from retrieval.question.phrases import phrases, words

AnswerType = Literal["person", "number", "date", "place", "quote"]

_NOUNS: tuple[AnswerType, ...] = ("person", "number", "date", "place")
_ASKING = re.compile(r"\b(?:wh(?:at|ich|o|om|ose|ere|en|y)|how)\b", re.IGNORECASE)
_AUXILIARY = any_of(words("en", "auxiliary"))
_WHICH = re.compile(r"\b(?:which|what)\s+(?:of\s+(?:the(?:se)?|those|its)\s+)?", re.IGNORECASE)
_WHAT_IS = re.compile(
    r"\bwhat\s+(?:is|was|are|were)\s+(?:the|its|his|her|their)\s+(?:[\w-]+\s+){0,3}?([\w-]+)(?=\s+(?:of|in|for|at|on)\b|\?)",
    re.IGNORECASE,
)
_SAYING = re.compile(
    rf"\bwhat(?:\s+exactly)?\s+(?:{_AUXILIARY})\s[^?]*?\b(?:say|said|tell|told|write|written)\b(?!\s+(?:{_AUXILIARY})\b)"
    r"|\b(?:said|saying|read)\s+what\b",
    re.IGNORECASE,
)
# "Who" asks at the start, after a preposition, or at the end; elsewhere it mostly goes on about a noun. Where somebody
# stands is no place.
_LONE = re.compile(
    r"(?P<lead>^|[.?!,;:–—-]\s+|\b(?:and|but|or|by|for|to|with|from|against|of|in|at|on|\w+ing)\s+)?\b"
    r"(?P<word>(?P<person>who(?:m|se)?)|(?P<place>where(?!\s+do(?:es)?\s[^?]*\bstand\b))|(?P<date>when))\b"
    rf"(?P<asks>['’]s\b|\s+(?:{_AUXILIARY})\b)?(?P<end>\s*\??\s*$)?",
    re.IGNORECASE,
)
_RUN_WORD = re.compile(r"([\w.-]*n['’]t|[\w.-]+)(['’]s?)?([,;:?!]?)")
_LONGEST_RUN = 6  # words

Sign = tuple[int, int, AnswerType]


def answer_type(question: str, language: str = "en") -> AnswerType | None:
    """Read from the last sentence that asks anything, by the sign that comes first in it, and of two there the longer.

    In English the question word may stand anywhere.
    """
    asking = (question[start:end] for start, end in reversed(sentences(question)))
    if language != "en":
        return min(_signs(question, language, ("number", "date", "person", "place")), default=(0, 0, None))[2]
    asked = next((each for each in asking if _ASKING.search(each)), "")
    return min([*_english_signs(asked), *_signs(asked, "en", ("number",))], default=(0, 0, None))[2]


def _signs(question: str, language: str, targets: tuple[AnswerType, ...]) -> Iterator[Sign]:
    """Words that ask for one kind of answer, and the nouns behind "which"."""
    for target in targets:
        if match := phrases(language, target).search(question):
            yield match.start(), -len(match[0]), target
    which = _WHICH if language == "en" else phrases(language, "which")
    for match in which.finditer(question):
        if kind := _run_kind(question[match.end() :][:100], language):
            yield match.start(), -len(match[0]), kind


def _english_signs(asked: str) -> Iterator[Sign]:
    alone = len(_ASKING.findall(asked)) == 1
    for match in phrases("en", "since_when").finditer(asked):
        yield match.start(), 0, "date"
    for match in _SAYING.finditer(asked):
        yield match.start(), 0, "quote"
    for match in _WHAT_IS.finditer(asked):
        if (kind := _kind(match[1], "en")) and kind != "person":
            yield match.start(), 0, kind
    for match in _LONE.finditer(asked):
        if _asks(match, alone):
            yield match.start("word"), 0, next(target for target in ("person", "place", "date") if match[target])


def _asks(match: re.Match[str], alone: bool) -> bool:
    """Whether "who", "where" or "when" asks; `alone`: no other word of the sentence can."""
    if match["date"] and not (match["asks"] or match["end"]):
        return False  # "When they met, ..." tells a time
    if match["lead"] == "" or match["end"]:
        return True
    # ", who" beside another question word goes on about a noun.
    return bool(match["lead"]) and (match["lead"][0] not in ",;:–—-" or alone or bool(match["asks"]))


def _run_kind(rest: str, language: str) -> AnswerType | None:
    """The kind of the last noun of the words behind "which": "former England player", "state senator"."""
    kind: AnswerType | None = None
    for word, owner, pause in _RUN_WORD.findall(rest)[: _LONGEST_RUN if language == "en" else 2]:
        lower = word.lower()
        found = _kind(word, language)
        ends = any(phrases(language, key).fullmatch(lower) for key in ("phrase_ends", "past_verbs"))
        may_end = kind and not found and (language != "en" or lower.endswith(("ed", "s", "ly", "ing")))
        if ends or may_end or lower.endswith(("n't", "n’t")):
            break
        if owner:  # "country's mayor" asks for the country, "women's sport" for no woman
            return None if phrases(language, "irregular_plurals").fullmatch(lower) else found
        kind = found
        if pause:
            break
    return kind


def _kind(word: str, language: str) -> AnswerType | None:
    noun = word.lower().rstrip(".")
    singular = noun.removesuffix("ies") + "y" if noun.endswith("ies") else noun.removesuffix("s")
    forms = (noun, singular, noun.removesuffix("es"))
    return next((kind for form in forms for kind in _NOUNS if phrases(language, f"{kind}_nouns").fullmatch(form)), None)
