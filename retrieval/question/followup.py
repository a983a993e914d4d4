"""A follow-up as the question it stands for: "and Germany?" after a question about France.

Only a time, a name for its like, or a pronoun takes another's place. Else the earlier question goes before the new one.
Both are read in the language of the earlier one.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from retrieval.domain.answers import Turn
from retrieval.nlp.entities import entities
from retrieval.nlp.lexicon import any_of
from retrieval.nlp.tokens import content_terms, terms
from retrieval.question.kinds import is_courtesy
from retrieval.question.phrases import LANGUAGES, phrases, words
from retrieval.question.reference import fill, is_part, pronouns_of, resolve
from retrieval.question.understanding import language_of_question

_CARRIED, _LONGEST, _MADE = 180, 110, 300  # characters of the earlier question, of a follow-up, and of both together
_REMEMBERED = 6  # turns
_MARKS = " ?!.,;:¿¡"
_AUXILIARY = any_of(words("en", "auxiliary"))
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
