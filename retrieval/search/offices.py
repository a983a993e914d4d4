"""Who holds the office that a question names instead of a person: "the NATO chief", "Ukraine's president"."""

from __future__ import annotations

import re
from collections import Counter

from sqlalchemy import Connection

from retrieval.domain.searches import Filter
from retrieval.nlp.entities import entities, is_named
from retrieval.nlp.roles import kind_of, nouns_of, one_word, roles
from retrieval.nlp.tokens import content_terms
from retrieval.storage.full_text import search_words
from retrieval.storage.passages import load_passages

# Passages that may say who holds it, and how many times as often as the next one its holder must be named.
_PASSAGES, _TIMES = 20, 2
_WORD = re.compile(r"[\w-]+")
_BETWEEN = re.compile(r"(?:['’]s?)?\s+(?P<area>(?:[a-zà-ÿ-]+\s+)?)")
_OF = re.compile(r"\s+(?:of|for|von|der|de|del)\s+(?:the\s+|la\s+)?")


def with_holder(connection: Connection, question: str, only: Filter) -> str:
    """The question with the name of whoever holds the office in it; itself where the articles name none for sure."""
    office = _office(question)
    if office is None:
        return question
    kind, field = office
    words = " ".join([*field, *nouns_of(kind)])
    found = [id_ for id_, _ in search_words(connection, words, _PASSAGES, only)]
    holders = Counter(
        role.name.split()[-1]
        for passage in load_passages(connection, found).values()
        for role in roles(passage.text)
        if role.kind == kind and all(is_named(term, role.field) for term in field)
    ).most_common(2)
    sure = holders and (len(holders) == 1 or holders[0][1] >= _TIMES * holders[1][1])
    return f"{question} {holders[0][0]}" if sure else question


def _office(question: str) -> tuple[str, tuple[str, ...]] | None:
    """The kind of an office, and the terms of what it is of; None where no body, or already a person, stands beside."""
    named = entities(question)
    for each in named:  # "the NATO SG"
        *body_words, last = each.name.split()
        if body_words and (kind := kind_of(last)):
            return kind, tuple(content_terms(" ".join(body_words)))
    for word in _WORD.finditer(one_word(question)):
        kind = kind_of(word[0])
        if kind is None or any(each.start == word.end() + 1 for each in named):
            continue
        for body in named:
            before = _BETWEEN.fullmatch(question, body.end, word.start())
            if before or _OF.fullmatch(question, word.end(), body.start):
                return kind, tuple(content_terms(f"{body.name} {before['area'] if before else ''}"))
    return None
