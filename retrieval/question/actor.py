"""Whom a question asks about, and on what."""

from __future__ import annotations

import re
from itertools import pairwise

from retrieval.nlp.agents import actor
from retrieval.nlp.clauses import shorten
from retrieval.nlp.entities import entities
from retrieval.nlp.lexicon import any_of, listed, load
from retrieval.nlp.names import NAME
from retrieval.nlp.tokens import content_terms
from retrieval.question.phrases import phrases

_TENSE = load("en")["tense"]
_ASKING = frozenset(content_terms(_TENSE["asking"]))
# A name ends where it owns what follows.
_PART = r"[A-ZÀ-Þ][\w.&-]*(?:['’](?!s\b)\w+)*"
_NAME = re.compile(rf"{_PART}(?:\s+{_PART})*")
_FIRST = r"(?:the\s+)?([A-Z][\w.’'-]*)"
_ACTING = (
    re.compile(rf"\b(?i:does|do|has|have|had|did)\s+{_FIRST}"),
    # "Is Rutte still against it?"; in "Is NATO membership still wanted?" NATO is nobody.
    re.compile(
        rf"\b(?i:is|are|was|were)\s+{_FIRST}(?:\s+[A-Z][\w.’'-]*)*(?:\s+(?:leaders|members|officials))?"
        rf"\s+(?:{any_of(listed(_TENSE['behind_name'], '|'))}|\w+ing|\w+ed)\b"
    ),
    re.compile(r"\b([A-Z][\w.’'-]*?)['’]s\b"),
    re.compile(rf"\b(?:{any_of(tuple(_TENSE['position']))})\s+(?:of|for)\s+{_FIRST}"),
)


def actor_of(question: str) -> str | None:
    """The name that acts in a question, else the one that owns something in it, without titles."""
    question = shorten(question)
    named = list(_NAME.finditer(question))
    for pattern in _ACTING:
        for match in pattern.finditer(question):
            for name in named:
                if name.start() <= match.start(1) < name.end() and (found := _bare(question[name.start() :])):
                    return found
    return None


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
    """The words that say what a question is about, without its actor and those that only ask.

    All of it where no other words are left.
    """
    shortened = shorten(question)
    idle = frozenset(content_terms(actor_of(question) or "")) | _ASKING
    kept = [word for word in shortened.split() if (made := frozenset(content_terms(word))) and not made <= idle]
    return " ".join(kept) or question


def _bare(text: str) -> str | None:
    """The name that a text begins with, without its titles and what asks: "Does President Zelensky" is Zelensky."""
    words = text.split()
    while words and not content_terms(words[0]):
        words = words[1:]
    found = NAME.match(" ".join(words))
    return actor(found[0]) if found else None
