"""Whom a question asks about, and on what: read from its wording alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from retrieval.wording.actors import actor
from retrieval.wording.positions import Matter
from retrieval.wording.statement import is_named, read, shorten
from retrieval.words import content_terms

# A name ends where it owns what follows.
_PART = r"[A-Z][\w.&-]*(?:['’](?!s\b)\w+)*"
_NAME = re.compile(rf"{_PART}(?:\s+{_PART})*")
_OWNER = re.compile(r"\b([A-Z][\w.’'-]*?)['’]s\b")
_GOAL_OF = re.compile(
    r"\b(?:(?:positions?|stances?|views?|attitudes?|polic(?:y|ies)|ambitions?)\s+of"
    r"|(?:goals?|aims?|demands?|conditions?|priorit(?:y|ies)|options?)\s+(?:of|for))\s+(?:the\s+)?([A-Z][\w.’'-]*)"
)
_DOES = re.compile(r"\b(?i:does|do|has|have|had|did)\s+(?:the\s+)?([A-Z][\w.’'-]*)")
# "Is Rutte still against it?"; in "Is NATO membership still wanted?" NATO is nobody.
_IS = re.compile(
    r"\b(?i:is|are|was|were)\s+(?:the\s+)?([A-Z][\w.’'-]*)(?:\s+[A-Z][\w.’'-]*)*(?:\s+(?:leaders|members|officials))?"
    r"\s+(?:still|now|no\s+longer|currently|as|in|against|open|ready|prepared|willing|\w+ing|\w+ed)\b"
)
# Offices whose holders speak for what they are named with: "Ukraine's President Volodymyr Zelenskyy".
_SPEAKER = re.compile(
    r"\b([A-Z][\w-]+)(?:['’]s)?\s+(?:(?:foreign|prime|defen[cs]e|finance|interior|Foreign|Prime|Defen[cs]e|Finance|Interior|Vice)\s+)?"
    r"(?:[Pp]resident|[Mm]inister|[Cc]hancellor|[Ll]eader|[Gg]overnor|[Cc]hair(?:man|woman)?|[Ss]pokes(?:man|woman|person)|[Kk]ing|[Pp]remier)\s+"
    r"((?:[A-Z][\w’'-]+\s+){0,2}[A-Z][\w’'-]+)"
)
_ASKING = frozenset(
    content_terms(
        "still currently now current latest position stance attitude view change changed evolve evolved shift"
        " time years insist want demand support oppose reject accept anymore longer condition stand government"
        " mind line policy continue happen happened become became say think tell keep news"
    )
)


def matter(question: str, texts: Iterable[str]) -> Matter | None:
    """What a question asks the position of; None where it names nobody. Speakers are looked for in the texts."""
    names = read(question).names
    found, sure = _actor(question)
    who = found & names
    if not who:
        return None
    others = names - who
    rest = frozenset(content_terms(question)) - names - _ASKING
    return Matter(who, others or rest, bool(others), frozenset(_speakers(who, texts)), sure)


def subject(question: str) -> str:
    """The words that say what a question is about, without the one who acts and those that only ask.

    All of it where no other words are left.
    """
    idle = _actor(question)[0] | _ASKING
    kept = [word for word in shorten(question).split() if (made := frozenset(content_terms(word))) and not made <= idle]
    return " ".join(kept) or question


def _actor(question: str) -> tuple[frozenset[str], bool]:
    """The name that acts, else the one that owns something in the question, without titles; else, unsure, the first."""
    question = shorten(question)
    named = list(_NAME.finditer(question))
    for pattern in (_DOES, _IS, _OWNER, _GOAL_OF):
        for match in pattern.finditer(question):
            for name in named:
                if name.start() <= match.start(1) < name.end() and (found := _bare(name[0])):
                    return found, True
    return next(filter(None, (_bare(name[0]) for name in named)), frozenset()), False


def _bare(name: str) -> frozenset[str]:
    """The terms of a name without its titles and without what asks: "Does President Zelensky" is Zelensky."""
    words = [word for word in name.split() if content_terms(word)]
    return frozenset(content_terms(actor(" ".join(words)) or ""))


def _speakers(actor: frozenset[str], texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for match in _SPEAKER.finditer(text):
            if any(is_named(each, frozenset(content_terms(match[1]))) for each in actor):
                yield from content_terms(match[2])[-1:]
