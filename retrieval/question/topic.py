"""What a question is about, and the sides that it compares."""

from __future__ import annotations

import re
from itertools import pairwise

from retrieval.nlp.clauses import shorten
from retrieval.nlp.entities import entities
from retrieval.nlp.lexicon import load
from retrieval.nlp.tokens import content_terms
from retrieval.question.phrases import phrases

_ASKING = frozenset(content_terms(load("en")["tense"]["asking"]))


def sides_of(question: str, language: str) -> tuple[str, ...]:
    """The names that a question sets side by side: "How do the US and German positions differ?" """
    if not phrases(language, "compares").search(question):
        return ()
    named = entities(question)
    pairs = ((one, other) for one, other in pairwise(named) if _joined(question[one.end : other.start], language))
    return tuple(dict.fromkeys(each.name for pair in pairs for each in pair))


def _joined(between: str, language: str) -> bool:
    return bool(phrases(language, "joins_sides").fullmatch(re.sub(r"^['’]s?\b", "", between).strip(" ,")))


def subject_of(question: str) -> str:
    """The words that say what a question is about, without its first name and those that only ask.

    All of it where no other words are left.
    """
    shortened = shorten(question)
    first = next((each.name for each in entities(shortened)), "")
    idle = frozenset(content_terms(first)) | _ASKING
    kept = [word for word in shortened.split() if (made := frozenset(content_terms(word))) and not made <= idle]
    return " ".join(kept) or question
