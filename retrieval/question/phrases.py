"""Phrases of the lexicon as patterns."""

from __future__ import annotations

import re
from functools import cache

from retrieval.nlp.lexicon import any_of, load

LANGUAGES = ("en", "de", "fr", "es")


@cache
def phrases(language: str, key: str) -> re.Pattern[str]:
    """A pattern of the phrases under a key of the table `question`; of English where the language has no lexicon.

    The longest phrase matches first, as whole words, in any case. A pattern for an empty list matches nothing.
    """
    return re.compile(rf"(?<!\w)(?:{any_of(words(language, key))})(?!\w)", re.IGNORECASE)


@cache
def words(language: str, key: str) -> tuple[str, ...]:
    """The phrases themselves."""
    return tuple(load(language if language in LANGUAGES else "en")["question"].get(key, ()))
