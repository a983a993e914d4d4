"""The kind of answer that a question asks for: a person, a number, a day, a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from retrieval.nlp.sentences import sentences
from retrieval.question.phrases import phrases

AnswerType = Literal["person", "number", "date", "place"]

_NOUNS: tuple[AnswerType, ...] = ("number", "date", "person", "place")
_LONGEST_RUN = 4  # words
# What ends the run of words behind "which"; "which country's mayor" asks for the country.
_PAUSE = re.compile(r"[,;:?!]|['’]s?\s")

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
        if kind := _run_kind(_PAUSE.split(question[match.end() :])[0], language):
            yield match.start(), -len(match[0]), kind


def _run_kind(rest: str, language: str) -> AnswerType | None:
    """The kind of the last noun of the first words behind "which" that has one: "former England player"."""
    run = rest.split()[: _LONGEST_RUN if language == "en" else 2]
    return next((kind for word in reversed(run) if (kind := _kind(word, language))), None)


def _kind(word: str, language: str) -> AnswerType | None:
    noun = word.lower().rstrip(".")
    singular = noun.removesuffix("ies") + "y" if noun.endswith("ies") else noun.removesuffix("s")
    forms = (noun, singular, noun.removesuffix("es"))
    return next((kind for form in forms for kind in _NOUNS if phrases(language, f"{kind}_nouns").fullmatch(form)), None)
