"""Who says or does what a sentence tells: read from the names before its verb and beside words of saying.

Precision first: a name that only stands where, whose or when something is acts nothing, nor does one further inside.
"""

from __future__ import annotations

import re

from retrieval.nlp.entities import is_named
from retrieval.nlp.names import DEMONYM, NAME, NAME_PATTERN, bare, owns
from retrieval.nlp.tokens import terms

SAYING = (
    r"(?:said|says|noted|added|told|stated|insisted|insists|warned|argued|remarked|replied|announced|declared|wrote"
    r"|emphasi[sz]ed|stressed|asserted|suggested|claimed|proposed|urged|reiterated|highlighted|tweeted)"
)
_SAYS = re.compile(
    rf"(?P<name>{NAME_PATTERN})(?: \([A-Z]+\))?(?:,[^,.;“”]{{1,90}},)? (?:also |later )?{SAYING}\b"
    rf"|(?:[,”\"’] |\b[Ss]o ){SAYING} (?:(?!of|in|on|at|by|for|to|from|that)[a-z]+ ){{0,3}}(?P<behind>{NAME_PATTERN})"
)
_THEY_SAY = re.compile(rf"\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|I|[Ww]e) (?:also |later |has |have )?{SAYING}\b")
# What may stand before the name of who acts: nothing, or what says when and where up to its comma; and a few words that
# go with the name.
_LEADING = re.compile(
    r"\A\W*(?:(?:(?:On|In|At|By|From|With|For|Under|Amid|Amidst|Alongside|Regardless|Among|Beyond|Within|Without|Throughout|Unlike|As|When|While|After|Before|During|Since|If|Although|Though"
    r"|Despite|Because|Given|Following|Facing|Speaking|Meanwhile|However|Conversely|Still|Yet|Also|Last|Next|Earlier"
    r"|Later|Hours|Days|Weeks|Months|Years|But|And|Now|Then|\w+ly)\b[^;:]*[,—–]|[^,.]{0,40}:)\s+)?"
    r"(?:(?:the|an?|and|but|yet|while|as|although|though|when|after|before|since|because|then|even|now|both|some"
    r"|many|most|former|interim|acting|new|senior|leaders|like|\w+ly)\s+){0,4}\Z",
    re.IGNORECASE,
)
# The place a report is from, and the catchword of an item in a list.
_LABEL = re.compile(
    r"\A(?:[A-Z][A-Z .,]{2,40}(?:[A-Z][a-z]{2,8}\.? \d{1,2} )?(?:\([\w ]{1,20}\) )?[—–-]\s+|\([A-Z]{2,}\)\s+"
    # A clause ends so too: "Ukraine is adamant: NATO ...".
    r"|(?![A-Z]{3,}:)(?!.{0,40}\b(?:is|are|was|were|has|have|had|says?|said)\b.{0,40}:)"
    r"(?:(?:St|Ft|Mt)\. )?[A-Z][\w’' -]{2,40}:\s+)"
)
# Behind these a name says where, when or whose something is, not who acts.
_BESIDE = re.compile(r"\b(?:in|at|on|from|near|to|of|for|with|by|against|about|than)\s+(?:the\s+)?\Z", re.IGNORECASE)
_PRONOUN = re.compile(
    r"(?:(?:And|But|Yet|Then|Still|Now|However|Instead|Later),?\s)?"
    r"(?:He|She|They|It|This|These|That|Those|There|We|I|You)\b",
    re.IGNORECASE,
)
# Whose these are speaks for the owner; anything else somebody has is somebody or something else.
_BODIES = (
    r"(?:government|administration|ministry|ministers?|leaders|leadership|parliament|officials|army|military|forces"
    r"|troops|office|cabinet|decision|choice|refusal|stance|position|spokes\w+)"
)
SPEAKS = re.compile(rf"\A['’]? (?:[a-z-]+ )?{_BODIES}\b")
_SPOKEN = re.compile(rf" {_BODIES}\Z")
# What a body of a state goes by as well as without it.
_OF_STATE = re.compile(r"\A(?:US|U\.S\.) (?=\S+ \S)")
# Short names that do not begin as the long ones do, or not with a whole word.
_SHORT = {"Fed": "Federal Reserve", "EU": "European Union", "UN": "United Nations"}
# The fewest letters that two spellings of a name begin with alike, and of two first names.
_STEM, _FORENAME = 6, 3


def actor(text: str) -> str | None:
    """The name of who says or does it, without title; None where it is a pronoun, or not to be told."""
    found = acting(text)
    return found[0] if found else None


def acting(text: str) -> tuple[str, str] | None:
    """The name of who says or does it, and what the sentence goes on with: for "..., said Rutte" the word of saying."""
    label = _LABEL.match(text)
    start = label.end() if label else 0
    if points_back(text):
        return None
    return _speaking(text, start) or _first(text, start)


def _speaking(text: str, start: int) -> tuple[str, str] | None:
    while match := _SAYS.search(text, start):
        side = "name" if match["name"] else "behind"
        beside = side == "name" and _BESIDE.search(text[: match.start()])
        if not beside and not owns(match[side]) and (found := bare(match[side])):
            return found, text[match.end(side) :] if side == "name" else " said"
        start = match.end(side) if match["name"] else match.end()
    return None


def _first(text: str, start: int) -> tuple[str, str] | None:
    for match in NAME.finditer(text, start):
        if _LEADING.search(text[start : match.start()]):
            after = text[match.end() :]
            found, owner = bare(match[0]), owns(match[0], after)
            if found and (not owner or SPEAKS.match(after)):
                noun = _noun(found, after)
                return found + noun, after[len(noun) :]
            if found or owner:
                return None
    return None


def _noun(name: str, after: str) -> str:
    """What is Ukrainian, where the name is that: no leader is the people."""
    noun = re.match(r" [a-z]+(?![\w-])", after) if DEMONYM.fullmatch(name) else None
    return noun[0] if noun else ""


def points_back(text: str) -> bool:
    """Whether who says or does it is a pronoun: for whom it stands is in the sentences before."""
    text = _LABEL.sub("", text)
    return bool(_PRONOUN.match(text) or (_THEY_SAY.search(text) and not _SAYS.search(text)))


_OWNED = re.compile(
    r"\W*(?:(?:And|But|Yet|Then|Still|Now|However|Instead|Later),?\s)?(?:Their|His|Her|Its|Our|My|Such)\b"
)


def stands_alone(text: str) -> bool:
    """Whether it names whom it tells of: "Their goal is peace" does not, "Their king, Harald, wants it" does."""
    return not points_back(text) and not (_OWNED.match(text) and actor(text) is None)


def whole(name: str) -> str:
    """A name as it is known: "US Federal Reserve" and "Fed" are the Federal Reserve."""
    name = _OF_STATE.sub("", name)
    return _SHORT.get(name, name)


def is_same(one: str, other: str) -> bool:
    """Whether two names are of one: "Rutte" and "Mark Rutte", "Zelensky" and "Zelenskyy", "Kyiv" and "Ukraine"."""
    one, other = (whole(_SPOKEN.sub("", name)) for name in (one, other))
    first, second = terms(one), terms(other)
    if not first or not second or first == second:
        return bool(first) and first == second
    if len(first) == len(second) == 1 and _is_country(one, other, first[0], second[0]):
        return True
    if " of " in f"{one} {other}" or not _is_alike(first[-1], second[-1]):
        return False
    return 1 in (len(first), len(second)) or first[0][:_FORENAME] == second[0][:_FORENAME]


def _is_country(one: str, other: str, first: str, second: str) -> bool:
    """Whether they are a capital or a people and its country; others that `is_named` takes for one begin alike."""
    people = DEMONYM.fullmatch(one) or DEMONYM.fullmatch(other)
    return is_named(first, frozenset([second])) and (bool(people) or first[:3] != second[:3])


def _is_alike(one: str, other: str) -> bool:
    """Whether two surnames are one but for how their end is spelt in another alphabet."""
    ends = re.sub(r"[iyj]+$", "", one), re.sub(r"[iyj]+$", "", other)
    return one == other or (ends[0] == ends[1] and len(ends[0]) >= _STEM)
