"""Which sentences state the position of the one a question asks about, on what it asks about.

Read from the wording alone: who stands before the word that takes a position, and what behind it. Precision first: a
demand on somebody, a condition or a guess is no position, and one that is missed costs less than a wrong one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.nlp.agents import actor
from retrieval.nlp.entities import is_named
from retrieval.nlp.quantities import MONTHS, WEEKDAYS
from retrieval.nlp.tokens import content_terms

# Words that tell of a position given up or changed, of one held firmly, and of one held at all.
_CHANGE = re.compile(
    r"\b(?:relinquish\w*|abandon(?:s|ed|ing)?|renounc\w+|forgo(?:es|ing|ne)?|g(?:ives?|ave|iven|iving)\s+up|drop(?:s|ped|ping)"
    r"|shelv\w+|scrap(?:s|ped|ping)|revers(?:es?|ed|ing|al)|shift(?:s|ed|ing)?|soften(?:s|ed|ing)?|harden(?:s|ed|ing)?"
    r"|chang(?:es?|ed|ing)|compromis(?:es?|ed|ing)|concessions?|conced(?:es?|ed|ing)|backtrack\w*|withdr(?:aws?|ew|awn|awing)"
    r"|lift(?:s|ed|ing)|no\s+longer|stopp(?:ed|ing)|end(?:s|ed|ing)\s+its)\b",
    re.IGNORECASE,
)
_FIRM = re.compile(
    r"\b(?:insist(?:s|ed|ing|ent|ence)?|adamant|convinced|determined|firm(?:ly)?|vocal|demand(?:s|ed|ing)?|reject(?:s|ed|ing)?"
    r"|refus(?:es?|ed|ing)|rul(?:es?|ed|ing)\s+out|will\s+not|won['’]t|(?:made|makes?)\s+(?:it\s+)?clear|consistently)\b",
    re.IGNORECASE,
)
_STANCE = re.compile(
    r"(?<!-)\b(?:wants?|wanted|wish(?:es|ed)?|seek(?:s|ing)?|sought|support(?:s|ed|ing)|backs|backed|backing|oppos\w+|favou?rs?|favou?red|agree(?:s|d)?|accept(?:s|ed|ing)?"
    r"|willing|unwilling|vow(?:s|ed)?|pledg\w+|propos(?:es?|ed|ing)|advocat\w+|argues?|argued|believes?|called\s+for|calls\s+for"
    r"|call(?:s|ed|ing)?\s+for|prepared\s+to|ready\s+to|open\s+to|declar(?:es?|ed|ing)"
    r"|stances?|positions?|ambitions?|aspirations?|push(?:es|ed|ing)?|bid|calls|reiterat\w+|stat(?:es|ed)|assert(?:s|ed|ing)?"
    r"|announc(?:es?|ed|ing)|conveyed|sees|considers?|promis(?:es|ed))\b",
    re.IGNORECASE,
)
# What is demanded of somebody, may be, or would be the case is not what they hold.
_NOT_HELD = re.compile(
    r"\b(?:needs?\s+to|must|should|ought\s+to|(?:has|have|had)\s+to|could|might|may|would|if|unless|whether|urg\w+|ask(?:s|ed)\s+(?!for)"
    r"|want(?:s|ed)?\s+[A-Z]\w+\s+to|forc\w+|pressur\w+|persuad\w+|requir\w+|potential|possib\w+|expected\s+to|likely)\b"
)
_GROUP = re.compile(r"[A-Z][\w.’'&-]*(?:\s+(?:of\s+(?:the\s+)?|and\s+)?[A-Z][\w.’'&-]*)*")
_BESIDE_THE_POINT = re.compile(
    r"(?:\b(?:in|at|on|from|near|since|during|after|before|of|by|to|with|against|between|over|about)\s+(?:the\s+)?)$",
    re.IGNORECASE,
)
# The share of the names of the matter that a sentence must have: of two both, of three two.
_MATTER_FROM = 0.6
# Whoever is named first among so many words is who a sentence is about.
_OPENING = 8
_CLAUSE = re.compile(r"[,;:–—]\s|\s-\s")


@dataclass(frozen=True, slots=True)
class Matter:
    """Whose position a question asks for, and on what, as terms; `speakers` are the names of those who speak for them.

    The matter is `named` where it is known by names, such as NATO, and not by usual words. It is not `sure` who is
    asked about where the wording does not show it.
    """

    actor: frozenset[str]
    matter: frozenset[str]
    named: bool
    speakers: frozenset[str]
    sure: bool = True


def strength(text: str, asked: Matter) -> int:
    """How a sentence states the position asked for: 3 as changed, 2 as firm, 1 as held; 0 where it does not."""
    for value, pattern in ((3, _CHANGE), (2, _FIRM), (1, _STANCE)):
        if any(_takes(text, cue, asked) for cue in pattern.finditer(text)):
            return value
    return 0


def names_holder(terms: frozenset[str], asked: Matter) -> bool:
    """Whether the one whose position is asked for, or who speaks for them, is among these terms."""
    return _is_holder(terms, asked)


def tells_of_holder(text: str, asked: Matter) -> bool:
    """Whether a sentence is about them, and does not only name them beside others."""
    name = actor(text)
    if strength(text, asked) or (name and _is_holder(frozenset(content_terms(name)), asked)):
        return True
    opening = " ".join(text.split()[:_OPENING])
    return any(_is_holder(each, asked) for each in _holders(opening, asked)[:1])


def is_of_others(text: str, asked: Matter) -> bool:
    """Whether a sentence takes a position that others hold, demand or think possible, and none of the one asked for."""
    if not asked.sure or strength(text, asked):
        return False
    for pattern in (_CHANGE, _FIRM, _STANCE):
        for cue in pattern.finditer(text):
            holders = _holders(text[: cue.start()], asked)
            if _NOT_HELD.search(text[: cue.start()]) or not all(_is_holder(each, asked) for each in holders):
                return True
    return False


def told(terms: frozenset[str], asked: Matter) -> float:
    """The share of the matter that is among these terms."""
    return sum(is_named(each, terms) for each in asked.matter) / len(asked.matter) if asked.matter else 1.0


def _takes(text: str, cue: re.Match[str], asked: Matter) -> bool:
    before, after = text[: cue.start()], text[cue.end() :]
    if _NOT_HELD.search(before):
        return False
    holders = _holders(before, asked)
    if not holders or not all(_is_holder(group, asked) for group in holders):
        return False
    if asked.named and told(frozenset(content_terms(text)), asked) < _MATTER_FROM:
        return False
    return _reaches(before, after, asked)


def _holders(before: str, asked: Matter) -> list[frozenset[str]]:
    """The names before a cue that are not the matter's own; "NATO's Secretary-General" is somebody else than NATO."""
    return [group for group in _groups(before) if not all(_is_of(frozenset([each]), asked.matter) for each in group)]


def _reaches(before: str, after: str, asked: Matter) -> bool:
    """Whether the cue goes with the matter: before anybody else comes in behind it, or else before it."""
    for terms in _groups(after):
        if _is_of(terms, asked.matter):
            return True
        if not _is_holder(terms, asked):
            break
    near = f"{_CLAUSE.split(before)[-1]} {_CLAUSE.split(after)[0]}" if asked.named else f"{before} {after}"
    return told(frozenset(content_terms(near)), asked) >= 0.5


def _groups(text: str) -> list[frozenset[str]]:
    """The names in a text, each as its terms, without days and without places that only say where."""
    found = []
    for match in _GROUP.finditer(text):
        terms = frozenset(content_terms(match[0])) - MONTHS - WEEKDAYS
        if terms and not _BESIDE_THE_POINT.search(text[: match.start()]):
            found.append(terms)
    return found


def _is_of(terms: frozenset[str], wanted: frozenset[str]) -> bool:
    return any(is_named(each, terms) for each in wanted)


def _is_holder(terms: frozenset[str], asked: Matter) -> bool:
    return _is_of(terms, asked.actor) or _is_of(terms, asked.speakers)
