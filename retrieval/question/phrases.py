"""Phrases of the lexicon as patterns."""

from __future__ import annotations

import re
from functools import cache

from retrieval.nlp.lexicon import load

LANGUAGES = ("en", "de", "fr", "es")

_NEVER = re.compile(r"(?!)")


@cache
def phrases(language: str, key: str) -> re.Pattern[str]:
    """A pattern of the phrases under a key of the table `question`; of English where the language has no lexicon.

    The longest phrase matches first, as whole words, in any case. A pattern for an empty list matches nothing.
    """
    listed = words(language, key)
    return re.compile(rf"(?<!\w)(?:{alternation(listed)})(?!\w)", re.IGNORECASE) if listed else _NEVER


@cache
def words(language: str, key: str) -> tuple[str, ...]:
    """The phrases themselves."""
    return tuple(load(language if language in LANGUAGES else "en")["question"].get(key, ()))


def alternation(listed: tuple[str, ...]) -> str:
    """The phrases as one alternation; `*` stands for any ending of a word."""
    return "|".join(map(_pattern, sorted(listed, key=len, reverse=True)))


def _pattern(phrase: str) -> str:
    spaced = r"\s+".join(re.escape(word) for word in phrase.split())
    return spaced.replace(r"\*", r"\w*").replace("'", "['’]")
