"""Whom a question asks about, and on what: read from its wording alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from retrieval.nlp.agents import actor
from retrieval.nlp.annotate import annotate
from retrieval.nlp.clauses import shorten
from retrieval.nlp.entities import is_named
from retrieval.nlp.positions import Matter
from retrieval.nlp.tokens import content_terms

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
# Likewise those of organisations: "NATO Secretary-General Mark Rutte", "Federal Reserve Chair Jerome Powell".
_HEAD = re.compile(
    r"\b([A-Z][\w-]+(?: [A-Z][\w-]+)?)(?:['’]s)?\s+(?:[Ss]ecretary[- ][Gg]eneral|[Cc]hief(?: [Ee]xecutive)?"
    r"|[Hh]ead|[Dd]irector|CEO|[Cc]hair(?:man|woman)?|[Pp]resident)\s+((?:[A-Z][\w’'-]+\s+){0,2}[A-Z][\w’'-]+)"
)
# "Is Mark Rutte still Prime Minister of the Netherlands?"
_HOLDS = re.compile(
    rf"\b(?i:is|are|was|were)\s+(?P<who>{_PART}(?:\s+{_PART})*)\s+"
    r"(?:(?:still|now|currently|no\s+longer|the|an?|current)\s+)+(?P<what>[^?]*?)(?=\s+(?:of|for|in|at)\b|\W*\Z)"
)
_OFFICE = re.compile(
    r"\b(?:president|minister|premier|chancellor|secretary|leader|head|chair(?:man|woman)?|governor|mayor|speaker|king"
    r"|queen|chief|CEO|director|commander|commissioner|ambassador|spokes(?:man|woman|person))\b",
    re.IGNORECASE,
)
# At home ministers go without their country: "Finance Minister Petra Lindqvist".
_PORTFOLIOS = "Prime|Foreign|Finance|Trade|Defen[cs]e|Interior|Justice|Health|Energy|Economy|Environment|Education"
_AT_HOME = re.compile(
    rf"(?:\A|[^\w’'\s]\s*|(?<![\w’'])[a-z]+\s+)(?:{_PORTFOLIOS})\s+Minister\s+"
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
    names = annotate(question).names
    found, sure = _actor(question)
    who = found & names
    if not who:
        return None
    others = names - who
    rest = frozenset(content_terms(question)) - names - _ASKING
    texts = list(texts)
    return Matter(who, others or rest, bool(others), frozenset((*_speakers(who, texts), *_ministers(who, texts))), sure)


def office(question: str) -> frozenset[str]:
    """The terms of who is asked about and of the office they may still hold; none for any other question."""
    asked = _HOLDS.search(question)
    if not asked or not _OFFICE.search(asked["what"]):
        return frozenset()
    return frozenset(content_terms(f"{asked['who'].split()[-1]} {asked['what']}"))


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


def speakers(name: str, texts: Iterable[str]) -> frozenset[str]:
    """The surnames, as terms, of those whom the texts call president, minister, spokesman or head of what is named."""
    holder = frozenset(content_terms(name))
    texts = list(texts)
    heads = (match for text in texts for match in _HEAD.finditer(text))
    named = (content_terms(match[2])[-1:] for match in heads if holder & frozenset(content_terms(match[1])))
    return frozenset(_speakers(holder, texts)).union(*named)


def _speakers(actor: frozenset[str], texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for match in _SPEAKER.finditer(text):
            if any(is_named(each, frozenset(content_terms(match[1]))) for each in actor):
                yield from content_terms(match[2])[-1:]


def _ministers(actor: frozenset[str], texts: Iterable[str]) -> Iterator[str]:
    """The ministers of texts that name who is asked about, but those that some text gives to another country."""
    texts = list(texts)
    owned = [match for text in texts for match in _SPEAKER.finditer(text)]
    abroad = {
        term for match in owned for term in content_terms(match[2])[-1:] if not re.fullmatch(_PORTFOLIOS, match[1])
    }
    for text in texts:
        names = frozenset(content_terms(text))
        if any(is_named(each, names) for each in actor):
            found = (term for match in _AT_HOME.finditer(text) for term in content_terms(match[1])[-1:])
            yield from (each for each in found if not is_named(each, frozenset(abroad)))
