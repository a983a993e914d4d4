"""Phrases of the lexicon as patterns, and what only asks in a question."""

from __future__ import annotations

import re
from functools import cache

from retrieval.nlp.language import PAIRED, TRIPLED, is_latin
from retrieval.nlp.lexicon import any_of, load

LANGUAGES = ("en", "de", "fr", "es", "pl", "uk")


@cache
def phrases(language: str, key: str) -> re.Pattern[str]:
    """A pattern of the phrases under a key of the table `question`, the longest first, English by default."""
    return re.compile(rf"(?<!\w)(?:{any_of(words(language, key))})(?!\w)", re.IGNORECASE)


@cache
def words(language: str, key: str) -> tuple[str, ...]:
    """The phrases themselves."""
    return tuple(load(language if language in LANGUAGES else "en")["question"].get(key, ()))


_MARK = re.compile(r"[?？؟]\s*$")
# A topic of more characters than this, without a space, is a sentence.
_TOPIC = 12
_SPACELESS = re.compile(rf"[{PAIRED}{TRIPLED}]")


def is_asking(text: str) -> bool:
    """Tell if a text in other than Latin letters asks something or is long: it is then no mere topic."""
    if is_latin(text):
        return False
    return bool(_MARK.search(text) or _pattern().search(text)) or len(_SPACELESS.findall(text)) > _TOPIC


def without_asking(text: str) -> str:
    """A question in other than Latin letters without the words that only ask, if it has others; else as it is."""
    if is_latin(text):
        return text
    left = " ".join(_pattern().sub(" ", text).split())
    return left if re.search(r"\w", left) else text


@cache
def _pattern() -> re.Pattern[str]:
    known = load("questions")
    anywhere = "|".join(map(re.escape, sorted(known["anywhere"].split(), key=len, reverse=True)))
    return re.compile(rf"{anywhere}|か(?=[？?。]?$)|(?<!\w)(?:{any_of(known['words'].split())})(?!\w)", re.IGNORECASE)
