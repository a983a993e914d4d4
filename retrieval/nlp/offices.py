"""The offices that a sentence gives people: whoever is called prime minister here and secretary general there is one
that sources disagree on. Whoever governs may head a ministry too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# The words for each office. Small letters make speakers of a conference and presidents of a club.
_OFFICES = {
    "prime minister": r"[Pp]rime [Mm]inister|[Pp]remier",
    "president": r"President",
    "chancellor": r"[Cc]hancellor",
    "secretary general": r"[Ss]ecretary[ -][Gg]eneral",
    "foreign minister": (
        r"[Ff]oreign (?:[Mm]inister|[Ss]ecretary)|[Mm]inister of [Ff]oreign [Aa]ffairs|[Ss]ecretary of [Ss]tate"
    ),
    "defence minister": (r"[Dd]efen[cs]e (?:[Mm]inister|[Ss]ecretary)|(?:[Mm]inister|[Ss]ecretary) of [Dd]efen[cs]e"),
    "finance minister": r"[Ff]inance [Mm]inister|[Mm]inister of [Ff]inance|[Tt]reasury [Ss]ecretary",
    "speaker": r"Speaker",
    "governor": r"[Gg]overnor",
    "mayor": r"[Mm]ayor",
}
# A minister may head two ministries, and so may whoever governs; the chancellor of a treasury is its minister.
_MINISTRIES = frozenset(("foreign minister", "defence minister", "finance minister"))
_GOVERNING = frozenset(("prime minister", "president", "chancellor"))
_HEAD = "|".join(f"(?P<{name.replace(' ', '_')}>{words})" for name, words in _OFFICES.items())
# Nothing here is without bounds, and nothing begins within a word: articles may be a single long one.
_NAME = r"(?<![\w’'-])[A-Z][\w’'-]{1,40}(?: [A-Z][\w’'-]{1,40}){1,2}"
_OWNER = r"(?:(?<!\w)(?:[A-Z][\w.]{0,40}|US|U\.S\.)(?:’s|'s)? ){0,2}"
_OF = r"(?: (?:of|for) (?:the )?[A-Z][\w’'-]{0,40}(?: [A-Z][\w’'-]{0,40}){0,5})?"
# "Mark Rutte, Prime Minister of the Netherlands", "NATO Secretary-General Mark Rutte"
_BEHIND = re.compile(rf"(?P<name>{_NAME}), (?:the )?{_OWNER}(?:{_HEAD}){_OF}(?=[,.;]| and\b|$)")
_BEFORE = re.compile(rf"{_OWNER}(?<!\w)(?:{_HEAD}){_OF},? (?P<name>{_NAME})")
# Whoever was or is to be in office may hold another.
_OTHER_TIME = re.compile(
    r"\b(?:former|ex|then|late|past|previous|one-?time|acting|interim|incoming|outgoing|designate|elect|deputy|vice"
    r"|candidate|nominee|under|assistant|shadow|would-be|next|new|was|were|as|became|become)\b[\w ’'.-]{0,24}$",
    re.IGNORECASE,
)
_SEEN_BEFORE = 60
_TO_BE = re.compile(r"\s*-?\s?(?:elect|designate|candidate|hopeful|nominee)\b", re.IGNORECASE)
_WAS = re.compile(r",? (?:at th(?:e|at) time|back then|in those days|until|(?:in|from) (?:\w+ )?(?:19|20)\d\d)\b")


@dataclass(frozen=True, slots=True)
class Office:
    """An office somebody is said to hold: who, which one, and the words that say so, with the name."""

    name: str
    head: str
    phrase: str


def offices(text: str) -> Iterator[Office]:
    """The offices that a sentence gives people now."""
    for pattern in (_BEHIND, _BEFORE):
        for match in pattern.finditer(text):
            head = next(name for name in _OFFICES if match[name.replace(" ", "_")])
            start, end = match.span(head.replace(" ", "_"))
            before = text[max(start - _SEEN_BEFORE, 0) : start]
            if not (_OTHER_TIME.search(before) or _TO_BE.match(text, end) or _WAS.match(text, match.end())):
                yield Office(match["name"].casefold(), head, match[0])


def differ(one: Office, other: Office) -> bool:
    """Whether two offices are another's of one person, and none that one person holds together."""
    heads = {one.head, other.head}
    together = heads <= _MINISTRIES | _GOVERNING and not heads.isdisjoint(_MINISTRIES)
    return one.name == other.name and len(heads) > 1 and not together
