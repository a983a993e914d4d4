"""Who says or does what a sentence tells: read from the names before its verb and beside words of saying."""

from __future__ import annotations

import re

from retrieval.wording.figures import MONTHS, WEEKDAYS
from retrieval.words import content_terms, terms

_OPENING = r"(?!(?:On|In|At|After|Before|During|Since|By|From|With|For|As|When|While|If|But|And|To|Of|The|An?)\b)"
_WORD = r"[A-Z][\w’'&-]*[\w]|(?:[A-Z]\.){2,}"
_NAME = rf"\b{_OPENING}(?:{_WORD})(?: (?:{_WORD})| of (?=[A-Z])(?:{_WORD})){{0,4}}"
_SAYING = (
    r"(?:said|says|noted|added|told|stated|insisted|insists|warned|argued|remarked|replied|announced|declared|wrote"
    r"|emphasi[sz]ed|stressed|asserted|suggested|claimed|proposed|urged|reiterated|highlighted)"
)
_SAYS = re.compile(
    rf"(?P<name>{_NAME})(?:,[^,.;“”]{{1,60}},)? (?:also |later )?{_SAYING}\b|\b{_SAYING} (?P<behind>{_NAME})"
)
_FIRST = re.compile(_NAME)
# The place a report is from, and the catchword of an item in a list.
_LABEL = re.compile(r"\A(?:[A-Z][A-Z .,]{2,40}(?:\([\w ]{1,20}\) )?[—–-]\s+|[A-Z][\w’' -]{2,40}:\s+)")
_PRONOUN = re.compile(r"\W*(?:He|She|They|It|This|These|That|Those|There|We|I)\b")
# Behind these a name says where, when or whose something is, not who acts.
_BESIDE = re.compile(
    r"\b(?:in|at|on|from|near|to|of|for|with|by|against|about|since|after|before|until)\s+(?:the\s+)?$", re.IGNORECASE
)
_TITLES = frozenset(
    terms(
        "president prime minister chancellor secretary general foreign defence finance interior king queen mayor"
        " governor senator chief leader spokesman spokeswoman spokesperson ambassador mr mrs ms dr sir state"
        " elect vice deputy speaker head"
        " the a an this that these however meanwhile additionally furthermore moreover while when as if"
        " but and although despite during since after before recently currently today yesterday conversely leaders like"
    )
)


def actor(text: str) -> str | None:
    """The name of who says or does it, without title; None where it is a pronoun, or not to be told."""
    text = _LABEL.sub("", text)
    for match in _SAYS.finditer(text):
        if found := _bare(match["name"] or match["behind"]):
            return found
    if _PRONOUN.match(text):
        return None
    for match in _FIRST.finditer(text):
        if not _BESIDE.search(text[: match.start()]) and (found := _bare(match[0])):
            return found
    return None


def _bare(name: str) -> str | None:
    """A name behind its titles: "NATO Secretary-General Mark Rutte" is Mark Rutte."""
    words = [re.sub(r"['’]s$", "", word) for word in name.split()]
    titled = [place for place, word in enumerate(words) if _is_title(word)]
    words = words[titled[-1] + 1 :] if titled else words
    if not words or all(_is_day(word) for word in words) or not content_terms(" ".join(words)):
        return None
    return " ".join(words)


def _is_title(word: str) -> bool:
    made = terms(word)
    return bool(made) and all(each in _TITLES for each in made)


def _is_day(word: str) -> bool:
    return any(each in MONTHS or each in WEEKDAYS for each in terms(word))


def is_same(one: str, other: str) -> bool:
    """Whether two names are of one: they end alike, "Rutte" and "Mark Rutte"."""
    first, second = terms(one), terms(other)
    return bool(first and second) and first[-1] == second[-1]
