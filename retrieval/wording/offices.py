"""The offices that a sentence gives people: whoever is called prime minister here and secretary general there is one
that sources disagree on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Heads of offices that nobody holds two of, and the name of each for comparison.
_OFFICES = {
    "prime minister": r"[Pp]rime [Mm]inister|[Pp]remier",
    "president": r"[Pp]resident",
    "chancellor": r"[Cc]hancellor",
    "secretary general": r"[Ss]ecretary[ -][Gg]eneral",
    "foreign minister": (
        r"[Ff]oreign (?:[Mm]inister|[Ss]ecretary)|[Mm]inister of [Ff]oreign [Aa]ffairs|[Ss]ecretary of [Ss]tate"
    ),
    "defence minister": (r"[Dd]efen[cs]e (?:[Mm]inister|[Ss]ecretary)|(?:[Mm]inister|[Ss]ecretary) of [Dd]efen[cs]e"),
    "finance minister": r"[Ff]inance [Mm]inister|[Mm]inister of [Ff]inance|[Tt]reasury [Ss]ecretary",
    "speaker": r"[Ss]peaker",
    "governor": r"[Gg]overnor",
    "mayor": r"[Mm]ayor",
}
_HEAD = "|".join(f"(?P<{name.replace(' ', '_')}>{words})" for name, words in _OFFICES.items())
_NAME = r"[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){1,2}"
_OWNER = r"(?:(?:[A-Z][\w.]*|US|U\.S\.)(?:’s|'s)? ){0,2}"
_OF = r"(?: (?:of|for) (?:the )?[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*)?"
# "Mark Rutte, Prime Minister of the Netherlands", "NATO Secretary-General Mark Rutte"
_BEHIND = re.compile(rf"(?P<name>{_NAME}), (?P<said>(?:the )?{_OWNER}(?:{_HEAD}){_OF})(?=[,.;]| and\b|$)")
_BEFORE = re.compile(rf"(?P<said>{_OWNER}(?:{_HEAD}){_OF}),? (?P<name>{_NAME})")
# Whoever was or is to be in office may hold another.
_OTHER_TIME = re.compile(
    r"\b(?:former|ex|then|late|past|previous|one-?time|acting|interim|incoming|outgoing|designate|elect|deputy|vice"
    r"|candidate|nominee|under|assistant|shadow|would-be|next|new|was|were|as|became|become)\b[\w ’'.-]{0,24}$",
    re.IGNORECASE,
)
_TO_BE = re.compile(r"\s*-?\s?(?:elect|designate|candidate|hopeful|nominee)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Office:
    """An office somebody is said to hold: who, which one, and the words that say so, alone and with the name."""

    name: str
    head: str
    said: str
    phrase: str


def offices(text: str) -> Iterator[Office]:
    """The offices that a sentence gives people now."""
    for pattern in (_BEHIND, _BEFORE):
        for match in pattern.finditer(text):
            head = next(name for name in _OFFICES if match[name.replace(" ", "_")])
            end = match.end(head.replace(" ", "_"))
            if not (_OTHER_TIME.search(text[: match.start(head.replace(" ", "_"))]) or _TO_BE.match(text, end)):
                yield Office(match["name"].casefold(), head, match["said"].removeprefix("the "), match[0])


def differ(one: Office, other: Office) -> bool:
    """Whether two offices are another's of one person."""
    return one.name == other.name and one.head != other.head
