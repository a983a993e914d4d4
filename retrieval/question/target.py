"""The kind of answer that a question asks for: a person, a number, a day, a place, somebody's words."""

from __future__ import annotations

import re
from typing import Literal

from retrieval.nlp.sentences import sentences

AnswerType = Literal["person", "number", "date", "place", "quote"]

_NOUNS: dict[AnswerType, str] = {
    "person": """
        actor actress ambassador analyst artist athlete author billionaire boss candidate celebrity chancellor chef
        chief coach comedian commissioner dancer designer dictator diplomat director driver editor executive figure
        filmmaker footballer founder general golfer governor icon journalist judge justice king lawmaker lawyer
        leader legend man member mayor minister model monarch mp musician negotiator official oligarch officer
        person philanthropist player politician pope presenter president prince princess professor quarterback
        queen rapper representative scientist secretary senator singer spokesman spokesperson spokeswoman star
        suspect swimmer tycoon winner woman writer
        """,
    "number": """
        age amount count cost fee fraction number percent percentage population portion price proportion rate
        salary share speed sum temperature
        """,
    "date": "date day decade month week weekday year",
    "place": """
        capital city continent country county district island location nation place province region state street
        territory town village
        """,
}
_IRREGULAR = {"men": "man", "women": "woman"}
# Words that end a run of adjectives and nouns, and verbs that follow one.
_FUNCTION_WORDS = frozenset(
    str.split(
        "a about after an are as at be been before by can could did do does for from had has have he her his how if"
        " in into is it its may might of on one ones over she should than that the their there they this to was we"
        " were when where while who whose will with would you your"
    )
)
_VERBS = frozenset(
    str.split(
        "beat became bought built came cost cut drew drove fell found gave got held hit kept led left lost made met"
        " paid put ran rose said sat saw sent set shot sold spoke stood told took went won wrote"
    )
)
_TYPES = {noun: kind for kind, nouns in _NOUNS.items() for noun in nouns.split()}

_ASKING = re.compile(r"\b(?:wh(?:at|ich|o|om|ose|ere|en|y)|how)\b", re.IGNORECASE)
_HOW_MANY = re.compile(
    r"\bhow\s+(?:many|much|old|long(?!\s+ago)|far|high|tall|big|large|fast|heavy|hot|deep|wide)\b",
    re.IGNORECASE,
)
_SINCE_WHEN = re.compile(r"\b(?:since\s+when|how\s+soon|how\s+long\s+ago|until\s+when)\b", re.IGNORECASE)
_WHICH = re.compile(
    r"\b(?:which|what)\s+(?:of\s+(?:these|the(?:\s+following)?|those|its|his|her|their)\s+)?", re.IGNORECASE
)
_WHAT_IS = re.compile(
    r"\bwhat\s+(?:is|was|are|were)\s+(?:the|its|his|her|their)\s+((?:[\w-]+\s+){0,3}?[\w-]+)(?=\s+(?:of|in|for|at|on)\b|\?)",
    re.IGNORECASE,
)
_SAYING = re.compile(
    r"\bwhat(?:\s+exactly)?\s+(?:did|does|do|has|have|had)\s[^?]*?\b(?:say|said|tell|told|write|written|tweet|reply|respond)\b"
    r"(?!\s+(?:was|were|is|are|would|will|has|had)\b)|\b(?:said|saying|read)\s+what\b",
    re.IGNORECASE,
)
# "Who" asks at the start, after a preposition, or at the end; elsewhere it mostly goes on about a noun.
_LONE = re.compile(
    r"(?P<start>^|[.?!,;:–—-]\s+|\b(?:and|but|or|by|for|to|with|from|against|of|in|at|on|\w+ing)\s+)?"
    r"\b(?P<word>who(?:m|se)?|where|when)\b(?P<asks>['’]s\b|\s+(?:is|was|are|were|did|does|do|has|have|had|will|would|can|could|should|may)\b)?"
    r"(?P<end>\s*\??\s*$)?",
    re.IGNORECASE,
)
_HEAD_WORD = re.compile(r"([\w.-]*n['’]t|[\w.-]+)(['’]s?)?([,;:?!]?)")
_LONE_TYPES: dict[str, AnswerType] = {
    "who": "person",
    "whom": "person",
    "whose": "person",
    "where": "place",
    "when": "date",
}


def answer_type(question: str) -> AnswerType | None:
    """Read from the last sentence that asks anything; the question word may stand anywhere in it."""
    for start, end in reversed(sentences(question)):
        if _ASKING.search(question, start, end):
            return _type_of(question[start:end])
    return None


def _type_of(sentence: str) -> AnswerType | None:
    """The surest sign wins, and of two as sure the first."""
    signs: list[tuple[int, int, AnswerType]] = [(-3, match.start(), "number") for match in _HOW_MANY.finditer(sentence)]
    signs += [(-3, match.start(), "date") for match in _SINCE_WHEN.finditer(sentence)]
    signs += [(-3, match.start(), "quote") for match in _SAYING.finditer(sentence)]
    for match in _WHICH.finditer(sentence):
        kind = _head(sentence[match.end() : match.end() + 100])
        signs += [(-3, match.start(), kind)] if kind else []
    for match in _WHAT_IS.finditer(sentence):
        kind = _kind(match[1].split()[-1])
        signs += [(-3, match.start(), kind)] if kind in ("number", "place", "date") else []
    several = len(_ASKING.findall(sentence)) > 1
    for match in _LONE.finditer(sentence):
        certainty = _certainty(match)
        if certainty > several:  # ", who" beside another question word goes on about a noun
            signs.append((-certainty, match.start("word"), _LONE_TYPES[match["word"].lower()]))
    return min(signs)[2] if signs else None


def _certainty(match: re.Match[str]) -> int:
    word, start = match["word"].lower(), match["start"]
    if word == "when" and not (match["asks"] or match["end"]):
        return 0  # "When they met, ..." tells a time
    if start == "" or match["end"]:
        return 3
    if start is None:
        return 0
    return 1 if start[0] in ",;:–—-" and not match["asks"] else 2


def _head(rest: str) -> AnswerType | None:
    """The type of the noun a "which" belongs to: "former England player", "state senator", "city's mayor"."""
    kind: AnswerType | None = None
    for match in list(_HEAD_WORD.finditer(rest))[:6]:
        word, owner, pause = match.groups()
        lower = word.lower()
        ends_phrase = lower in ("and", "or", "but") or lower in _VERBS or lower.endswith(("ed", "s", "ly", "ing"))
        if (kind and ends_phrase and not _kind(word)) or lower in _FUNCTION_WORDS or lower.endswith(("n't", "n’t")):
            break
        found = None if owner and lower in _IRREGULAR else _kind(word)  # "women's sport" asks for no woman
        # A noun after it makes another thing of it ("high street supermarket"), but not of a plural.
        kind = found
        if pause or (kind and (owner or lower.endswith("s"))):
            break
    return kind


def _kind(word: str) -> AnswerType | None:
    noun = word.lower().rstrip(".")
    noun = _IRREGULAR.get(noun, noun)
    singular = noun.removesuffix("ies") + "y" if noun.endswith("ies") else noun.removesuffix("s")
    return _TYPES.get(noun) or _TYPES.get(singular) or _TYPES.get(noun.removesuffix("es"))
