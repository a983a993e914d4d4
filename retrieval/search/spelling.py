"""Words of a question that no article has, as the articles spell them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection

from sqlalchemy import Connection

from retrieval.nlp.aliases import KNOWN
from retrieval.nlp.spelling import spelling
from retrieval.nlp.tokens import content_terms
from retrieval.storage.full_text import count_words, words_like

_WORD = re.compile(r"[^\W\d_]+")
# The fewest letters of a word that may be misspelt, and how alike (difflib's ratio) the one that is meant must be.
_SHORTEST = 5
_ALIKE = 0.85
# The share of unknown words from which a question is in another language than the articles.
_FOREIGN = 0.7


def corrected(connection: Connection, question: str) -> str:
    """The question with each misspelt word as the articles have it; itself where they have all of them.

    A word with a capital may be a name that the articles do not know, and stays: Hungary is not hungry. A name that
    they spell otherwise, or out, is put as they do: "IAEA" as "International Atomic Energy Agency".
    """
    known = count_words(connection, set(content_terms(question)))
    question = _WORD.sub(lambda word: _as_written(connection, word[0], known) or word[0], question)
    lower = question.islower()
    unknown = {word: terms[0] for word in _WORD.findall(question) if len(terms := content_terms(word)) == 1}
    unknown = {word: term for word, term in unknown.items() if len(term) >= _SHORTEST and (lower or word.islower())}
    known = count_words(connection, set(unknown.values()))
    if len(set(unknown.values()) - known.keys()) > _FOREIGN * len(content_terms(question)):
        return question
    meant = {word: _nearest(connection, term) for word, term in unknown.items() if term not in known}
    return _WORD.sub(lambda word: meant.get(word[0]) or word[0], question) if any(meant.values()) else question


def _as_written(connection: Connection, name: str, known: Collection[str]) -> str | None:
    """The name that articles have for what a word of a question names; None where they have the word (its term is
    `known`), or no other.
    """
    made = content_terms(name)
    if len(made) != 1 or name.islower() or made[0] in known:
        return None
    for other in sorted(KNOWN.keys(name)):
        own = set(content_terms(other))
        if own and own == count_words(connection, own).keys():
            return other
    alike = words_like(connection, made[0])
    return max(
        (each for each in alike if spelling(each) == spelling(made[0])), key=lambda each: alike[each], default=None
    )


def _nearest(connection: Connection, term: str) -> str | None:
    like = words_like(connection, term)
    found = difflib.get_close_matches(term, like, n=3, cutoff=_ALIKE)
    return max(found, key=lambda each: (difflib.SequenceMatcher(None, term, each).ratio(), like[each]), default=None)
