"""What a number counts, in whichever word: "23 people died" and "killed 14" count the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.nlp.quantities import Quantity, quantities
from retrieval.nlp.tokens import STOPWORDS, content_terms, terms

# Words for what is counted in the news, a kind a line.
_KINDS = """
    die died dead death deaths kill killed killing fatality fatalities fatal toll lives
    injure injured injury injuries wound wounded hurt casualties
    arrest arrested detain detained custody
    flee fled displace displaced evacuate evacuated evacuees
    march marched protest protested protesters demonstrate demonstrated demonstrators rally rallied crowd
    """
# What makes them, one kind a line: of the same day and place, another one is another event.
_EVENTS = """
    explosion blast explode exploded bomb bombing
    shooting shot gunman gunmen gunfire
    crash crashed collision collided derailed derailment
    flood floods flooding landslide mudslide
    earthquake quake tremor
    hurricane storm typhoon cyclone tornado
    fire blaze wildfire
    strike strikes airstrike airstrikes missile drone shelling rocket
    stampede crush
    """


def _numbered(table: str) -> dict[str, int]:
    return {term: kind for kind, words in enumerate(table.strip().splitlines()) for term in content_terms(words)}


_KIND_OF = _numbered(_KINDS)
_EVENT_OF = _numbered(_EVENTS)
_PEOPLE = frozenset(terms("people persons person"))
_HOW_MANY = re.compile(r"\b(?:how many|(?:the|what) number of)\s+([\w-]+)", re.IGNORECASE)
# What counts more than one event, or goes on, or is only a part or a bound.
_OTHERWISE = re.compile(
    r"\b(?:since|total|overall|so far|altogether|also|rose|ris(?:en|es|ing)|climb\w*|jump\w*|surpass\w*|exceed\w*"
    r"|topp\w*|revised|now|previously|earlier|initially|another|others?|more|includ\w+|among|separate\w*"
    r"|at (?:least|most)|over|under|fewer|less|up to|between|dozens|hundreds|thousands|years?|months?|weeks?|average"
    r"|every|each|per|may|might|could|would|will|if|feared|last|past|in (?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_BESIDE = 2


def kinds(text: str) -> frozenset[int]:
    """The kinds of happening that a text counts or may count: deaths, injuries, arrests ..."""
    return frozenset(_KIND_OF[term] for term in content_terms(text) if term in _KIND_OF)


def are_apart(one: str, other: str) -> bool:
    """Whether two sentences tell of other events: a shooting and a crash."""
    events = [{_EVENT_OF[term] for term in content_terms(each) if term in _EVENT_OF} for each in (one, other)]
    return all(events) and events[0].isdisjoint(events[1])


def tally(question: str, text: str) -> Quantity | None:
    """How many a sentence says there are of what is asked for; None where that is not one plain number."""
    asked, noun = kinds(question), _HOW_MANY.search(question)
    if len(asked) != 1 or not noun or _OTHERWISE.search(text):
        return None
    given = [
        (figure, counts)
        for figure, kind, counts in _tallied(text, frozenset(terms(noun[1])) - _PEOPLE)
        if kind in asked
    ]
    return given[0][0] if len(given) == 1 and given[0][1] else None


def _tallied(text: str, noun: frozenset[str]) -> Iterator[tuple[Quantity, int, bool]]:
    """The numbers of a text beside what happened, each with the nearest kind of that, and whether it counts people, or
    what the noun names.
    """
    words, place = terms(text), 0
    for figure in quantities(text):
        while words[place] not in figure.terms:
            place += 1
        place += len(figure.terms)
        near = [(abs(far), _KIND_OF[term]) for term, far in figure.around if term in _KIND_OF and abs(far) <= _BESIDE]
        if figure.kind == "number" and near:
            yield figure, min(near)[1], _counts(frozenset(words[place : place + 1]), noun)


def _counts(behind: frozenset[str], noun: frozenset[str]) -> bool:
    """Whether a number with this term behind it counts what the noun names, or, without one, people."""
    if noun:
        return noun <= behind
    return behind <= STOPWORDS | _PEOPLE | _KIND_OF.keys()
