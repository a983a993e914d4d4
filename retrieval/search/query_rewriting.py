"""A question's words as the articles have them: misspelt ones corrected, offices with who holds them."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection

from sqlalchemy import Connection

from retrieval.domain.articles import Filter
from retrieval.nlp.names import KNOWN, spelling
from retrieval.nlp.roles import nouns_of, roles
from retrieval.nlp.tokens import content_terms
from retrieval.question.target import office_of
from retrieval.storage.full_text import count_words, search_words, words_like
from retrieval.storage.passages import load_passages

_WORD = re.compile(r"[^\W\d_]+")
# The fewest letters of a word that may be misspelt, and how alike (difflib's ratio) the one that is meant must be.
_SHORTEST = 5
_ALIKE = 0.85
# The share of unknown words from which a question is in another language than the articles.
_FOREIGN = 0.7


def corrected(connection: Connection, question: str) -> str:
    """The question with misspelt words as the articles have them, and names as they spell them: "IAEA" spelt out.

    A word with a capital may be a name that the articles do not know, and stays.
    """
    asked = set(content_terms(question))
    known = count_words(connection, asked)
    question = _WORD.sub(lambda word: _as_written(connection, word[0], known) or word[0], question)
    lower = question.islower()
    unknown = {word: terms[0] for word in _WORD.findall(question) if len(terms := content_terms(word)) == 1}
    unknown = {word: term for word, term in unknown.items() if len(term) >= _SHORTEST and (lower or word.islower())}
    # What was counted is not counted again; a word that was put right may have others.
    known = {**known, **count_words(connection, set(unknown.values()) - asked)}
    if len(set(unknown.values()) - known.keys()) > _FOREIGN * len(content_terms(question)):
        return question
    meant = {word: _nearest(connection, term) for word, term in unknown.items() if term not in known}
    return _WORD.sub(lambda word: meant.get(word[0]) or word[0], question) if any(meant.values()) else question


def _as_written(connection: Connection, name: str, known: Collection[str]) -> str | None:
    """The name that the articles have for a word; None where they have the word (in `known`), or no other."""
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


# Passages that may say who holds it, and how many times as often as the next one its holder must be named.
_PASSAGES, _TIMES = 20, 2


def with_holder(connection: Connection, question: str, only: Filter) -> str:
    """The question with the name of whoever holds the office in it; itself where the articles name none for sure."""
    office = office_of(question)
    if office is None:
        return question
    kind, field = office
    words = " ".join([*field, *nouns_of(kind)])
    found = [id_ for id_, _ in search_words(connection, words, _PASSAGES, only)]
    holders = Counter(
        role.name.split()[-1]
        for passage in load_passages(connection, found).values()
        for role in roles(passage.text)
        if role.is_of(kind, field)
    ).most_common(2)
    sure = holders and (len(holders) == 1 or holders[0][1] >= _TIMES * holders[1][1])
    return f"{question} {holders[0][0]}" if sure else question
