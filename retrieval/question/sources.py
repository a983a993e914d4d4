"""The outlets that a question names as its source: "according to AP", "what did CNN say", "the BBC's report"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from retrieval.question.outlets import Index, index_of, meant_outlets

# Without their capital these are other words: "according to people", "in time".
_COMMON_WORDS = frozenset(
    str.split(
        "economist express fortune hill independent local mirror nation nature observer people post science"
        " standard star sun time times variety week"
    )
)
_WORD = re.compile(r"\s?([\w&./'’+-]+)")
_SAY = (
    r"(?:say|report|write|describe|cover|claim|publish|reveal|find|quote|cite|state|note)(?:s|ed|ing)?"
    r"|said|wrote|written|found|stated"
)
_ITEM = r"report|reporting|article|story|coverage|piece|analysis|editorial|headline"
# What comes before the name of a source, what comes after it, and what stands on both sides.
_SURE = re.compile(
    r"\b(?:according\s+to|per|via"
    r"|(?:as\s+)?(?:reported|published|revealed|quoted|cited|written|covered)\s+(?:by|in))\s+",
    re.IGNORECASE,
)
_LIKELY = re.compile(r"\b(?:in|from|by|on)\s+", re.IGNORECASE)
_AUXILIARY = re.compile(r"\b(?:did|does|do|has|have|had|is|was)\s+", re.IGNORECASE)
_SAYS_NEXT = re.compile(rf"\s+(?:(?:also|now|recently|ever)\s+)?(?:{_SAY})\b", re.IGNORECASE)
_SAYS = re.compile(
    r"\s+(?:reports|reported|says|said|writes|wrote)\b(?:\s+that\b)?"
    # What it says of itself is news about it: "Fox News said it would pay".
    r"(?!\s+(?:that|its?|they|their|(?:a\s+)?(?:record|loss(?:es)?|profits?))\b)",
    re.IGNORECASE,
)
_HAS_ITEM = re.compile(rf"(?:['’]s?)?\s+(?:{_ITEM})\b", re.IGNORECASE)
_NEWS = re.compile(rf"\b(?:news|latest|updates?|appear\w*|read|stories|{_ITEM}|{_SAY})s?\b", re.IGNORECASE)
_AS_OBJECT = re.compile(
    r"\b(?:fired|sacked|resign\w*|suspended|banned|removed|ousted|retired?|departure|exit|left|stolen|bought"
    r"|stakes?|shares?|invest\w*|interest|jobs?|cuts|roles?|work\w*|strike|staff|owned|sued)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
_BEFORE_NAME = frozenset(
    str.split("what when where why how who which did does do has have had is was if as and or but the that while")
)
_LIST = re.compile(r",?\s+(?:and|or)\s+|,\s+")
_ABOUT = re.compile(r"\s+(?:about|regarding|concerning)\b")


Mention = tuple[tuple[str, ...], tuple[int, int]]
Found = tuple[tuple[str, ...], int]


def find_attributions(text: str, known: Collection[str]) -> list[Mention]:
    """Known outlets that a question gives as its source, each with the span of the phrase that does so.

    An outlet the question is about ("Who bought CNN?") is not among them.
    """
    if not known:
        return []
    index = index_of(frozenset(known))
    mentions: list[Mention] = []
    found = [*_after_cue(text, index), *_between(text, index), *_before_cue(text, index)]
    for mention in sorted(found, key=lambda mention: mention[1]):
        # "Reported by Reuters" holds "by Reuters" too.
        if not mentions or mention[1][0] >= mentions[-1][1][1]:
            mentions.append(mention)
    return mentions


def _after_cue(text: str, index: Index) -> Iterator[Mention]:
    for cue in _SURE.finditer(text):
        if found := _listed_names(text, cue.end(), index):
            yield found[0], (cue.start(), found[1])
    news = _NEWS.search(text)
    for cue in _LIKELY.finditer(text):
        found = _names_from(text, cue.end(), index, strict=True)
        if found is None or _AS_OBJECT.search(text[max(0, cue.start() - 40) : cue.start()]):
            continue
        # "In the Guardian, ...", "the news from AP", "what was in the Guardian about ...?"
        if cue.start() == 0 or (news and news.end() <= cue.start()) or _ABOUT.match(text, found[1]):
            yield found[0], (cue.start(), found[1])


def _between(text: str, index: Index) -> Iterator[Mention]:
    for cue in _AUXILIARY.finditer(text):
        found = _listed_names(text, cue.end(), index)
        says = _SAYS_NEXT.match(text, found[1]) if found else None
        if found and says:
            yield found[0], (cue.start(), says.end())


def _before_cue(text: str, index: Index) -> Iterator[Mention]:
    for cue in _SAYS.finditer(text):
        if found := _names_to(text, cue.start(), index):
            yield found[0], (found[1], cue.end())
    for cue in _HAS_ITEM.finditer(text):
        if found := _names_to(text, cue.start(), index):
            yield found[0], (found[1], cue.start() + (2 if text[cue.start()] in "'’" else 0))


def _listed_names(text: str, position: int, index: Index) -> Found | None:
    """One name or several ("AP and Reuters") that start at `position`, and where they end."""
    found = _names_from(text, position, index)
    while found and (more := _LIST.match(text, found[1])):
        further = _names_from(text, more.end(), index)
        if not further:
            break
        found = found[0] + further[0], further[1]
    return found


def _names_from(text: str, position: int, index: Index, *, strict: bool = False) -> Found | None:
    """The longest name that starts at `position`, and where it ends."""
    ends: list[int] = []
    while len(ends) < 7 and (word := _WORD.match(text, ends[-1] if ends else position)):
        ends.append(word.end(1))
    for end in reversed(ends):
        name = text[position:end].rstrip("./-")
        names = meant_outlets(name, index) if _looks_like_name(name, text, strict=strict) else ()
        following = _WORD.match(text, position + len(name))
        if names and not (following and _goes_on(following[1])):
            return names, position + len(name)
    return None


def _names_to(text: str, position: int, index: Index) -> Found | None:
    """The longest name that ends at `position`, and where it starts."""
    begin = max(0, position - 80)
    for match in list(re.finditer(r"(?<!\S)\S", text[begin:position]))[-6:]:
        start = begin + match.start()
        name = text[start:position].lstrip("\"'“‘(")
        names = meant_outlets(name, index) if _looks_like_name(name, text, strict=False) else ()
        if names:
            before = text[:start].rpartition(" ")[0].rpartition(" ")[2]
            goes_before = before[:1].isupper() and before[-1].isalnum() and before.casefold() not in _BEFORE_NAME
            return None if goes_before else (names, position - len(name))
    return None


def _goes_on(word: str) -> bool:
    """Whether a name goes on, and so is another one: "the Times" in "the Times of Israel"."""
    return word == "of" or (word[0].isupper() and not word.isupper())


def _looks_like_name(name: str, text: str, *, strict: bool) -> bool:
    """Capitals or a domain; or, unless `strict`, a word that means nothing else."""
    bare = re.sub(r"^[Tt]he\s+", "", name)
    if "." in bare.strip(".") or any(char.isupper() or char.isdigit() for char in bare):
        return True
    return bare not in _COMMON_WORDS and (not strict or text.islower())
