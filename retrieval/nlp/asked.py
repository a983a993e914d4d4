"""Whom a question asks about, and on what: read from its wording alone."""

from __future__ import annotations

import re

from retrieval.nlp.agents import actor
from retrieval.nlp.clauses import shorten
from retrieval.nlp.names import NAME
from retrieval.nlp.roles import is_role
from retrieval.nlp.tokens import content_terms

# A name ends where it owns what follows.
_PART = r"[A-ZÀ-Þ][\w.&-]*(?:['’](?!s\b)\w+)*"
_NAME = re.compile(rf"{_PART}(?:\s+{_PART})*")
_OWNER = re.compile(r"\b([A-Z][\w.’'-]*?)['’]s\b")
_OWNED = re.compile(
    r"\b(?:positions?|stances?|views?|attitudes?|polic(?:y|ies)|ambitions?|goals?|aims?|demands?)\s+(?:of|for)"
    r"\s+(?:the\s+)?([A-Z][\w.’'-]*)"
)
_DOES = re.compile(r"\b(?i:does|do|has|have|had|did)\s+(?:the\s+)?([A-Z][\w.’'-]*)")
# "Is Rutte still against it?"; in "Is NATO membership still wanted?" NATO is nobody.
_IS = re.compile(
    r"\b(?i:is|are|was|were)\s+(?:the\s+)?([A-Z][\w.’'-]*)(?:\s+[A-Z][\w.’'-]*)*(?:\s+(?:leaders|members|officials))?"
    r"\s+(?:still|now|no\s+longer|currently|as|in|against|open|ready|prepared|willing|\w+ing|\w+ed)\b"
)
# "Is Mark Rutte still Prime Minister of the Netherlands?"
_HOLDS = re.compile(
    rf"\b(?i:is|are|was|were)\s+(?P<who>{_PART}(?:\s+{_PART})*)\s+"
    r"(?:(?:still|now|currently|no\s+longer|the|an?|current)\s+)+(?P<what>[^?]*?)(?=\s+(?:of|for|in|at)\b|\W*\Z)"
)
_ASKING = frozenset(
    content_terms(
        "still currently now current latest position stance attitude view change changed evolve evolved shift"
        " time years insist want demand support oppose reject accept anymore longer condition stand government"
        " mind line policy continue happen happened become became say think tell keep news"
    )
)


def office(question: str) -> frozenset[str]:
    """The terms of who is asked about and of the role they may still have; none for any other question."""
    asked = _HOLDS.search(question)
    if not asked or not any(is_role(word) for word in asked["what"].split()):
        return frozenset()
    return frozenset(content_terms(f"{asked['who'].split()[-1]} {asked['what']}"))


def subject(question: str) -> str:
    """The words that say what a question is about, without the one who acts and those that only ask.

    All of it where no other words are left.
    """
    who = asked_actor(question, sure=False)
    idle = frozenset(content_terms(who or "")) | _ASKING
    kept = [word for word in shorten(question).split() if (made := frozenset(content_terms(word))) and not made <= idle]
    return " ".join(kept) or question


def asked_actor(question: str, *, sure: bool = True) -> str | None:
    """The name that acts in a question, else the one that owns something in it, without titles.

    Without either it is nobody, or, where it need not be `sure`, the first name.
    """
    question = shorten(question)
    named = list(_NAME.finditer(question))
    for pattern in (_DOES, _IS, _OWNER, _OWNED):
        for match in pattern.finditer(question):
            for name in named:
                if name.start() <= match.start(1) < name.end() and (found := _bare(question[name.start() :])):
                    return found
    return None if sure else next(filter(None, (_bare(question[name.start() :]) for name in named)), None)


def _bare(text: str) -> str | None:
    """The name that a text begins with, without its titles and what asks: "Does President Zelensky" is Zelensky."""
    words = text.split()
    while words and not content_terms(words[0]):
        words = words[1:]
    found = NAME.match(" ".join(words))
    return actor(found[0]) if found else None
