"""The kind of answer that a question asks for: a person, a number, a day, a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from retrieval.nlp.sentences import sentences
from retrieval.question.phrases import phrases

AnswerType = Literal["person", "number", "date", "place"]

_NOUNS: tuple[AnswerType, ...] = ("number", "date", "person", "place")
_RUN_WORD = re.compile(r"([\w.-]*n['’]t|[\w.-]+)(['’]s?)?([,;:?!]?)")
_LONGEST_RUN = 6  # words

Sign = tuple[int, int, AnswerType]


def answer_type(question: str, language: str = "en") -> AnswerType | None:
    """Read from the last sentence that asks: the sign that comes first in it, and of two there the longer."""
    asking = [question[start:end] for start, end in sentences(question)]
    asked = next((each for each in reversed(asking) if each.endswith("?")), question)
    return min(_signs(asked, language), default=(0, 0, None))[2]


def _signs(question: str, language: str) -> Iterator[Sign]:
    """Words that ask for one kind of answer, and the nouns behind "which"."""
    which = list(phrases(language, "which").finditer(question))
    # Beside "which" and "what", "who" only goes on about a noun.
    for target in _NOUNS if not which else ("number",):
        if match := phrases(language, target).search(question):
            yield match.start(), -len(match[0]), target
    for match in which:
        if kind := _run_kind(question[match.end() :][:100], language):
            yield match.start(), -len(match[0]), kind


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
