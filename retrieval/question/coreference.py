"""What a pronoun in a question stands for that was named in an earlier one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.nlp.tokens import content_terms
from retrieval.question.names import AUXILIARY, NAME, PLACE, THING, find_actor

# Days, bodies, laws and peoples are no "he" or "she".
_IMPERSONAL = re.compile(
    rf"the\s.*|(?i:{PLACE})|.*\b(?:\w+day|[A-Z]{{2,}}\w*|Commission|Council|Union|Court|Parliament|Party)|\w+(?:ish|ese|[ei]an)"
)
PRONOUN = re.compile(
    r"\b(?:(?P<aux>are|were|do|have)\s+(?=they\b))?(?P<word>he|him|his|she|her|they|them|their|its?)\b(?!['’])", re.I
)
EXPLETIVE = re.compile(
    r"\bit\s+(?:\w+\s+)?(?:rain|snow|said|reported|believed|possible|(?:il)?legal|true\s+that|safe|worth|hard)"
    r"|\bit\s+(?:take|cost)s?\s.*\bto\b",
    re.IGNORECASE,
)
# What a question is about: best told by "about", then by an object, then by "on".
_TOPICS = (
    r"\babout\s+(.+?)[?\s]*$",
    rf"(?!\b{AUXILIARY}\s)\b\w+\s+((?:the|an?)\s.+?)[?\s]*$",
    r"\b(?:on|over|against)\s+(.+?)[?\s]*$",
)
_VERB_NEXT = re.compile(r"\s(?:is|was|has|says?|said|told|won|wants|\w+ed)\b")


def points_out(pronoun: re.Match[str], text: str) -> bool:
    """Whether what the pronoun stands for is not named before it in the question itself."""
    if pronoun.start() == 0 and text[-1] != "?":
        return False  # it tells
    head, after = text[: pronoun.start("word")], re.match(r"\s+(\w+)", text[pronoun.end() :])
    own = re.search(rf"{NAME}|(?i:\b(?:the|an?|which|how\s+many)\s+\w|\b(?:do|did|are|were|have)\s+\w+s\s)", head)
    # "What did Rutte say about it?": who acts is not whom the same clause acts on.
    is_object = pronoun["word"].lower() in ("it", "him", "them") and not (after and content_terms(after[1]))
    return not own or (is_object and not re.search(r"\w\s+(?:that|which|who|when|if|before|after|and|or|but)\s", head))


def resolve(pronouns: Sequence[re.Match[str]], text: str, before: str, answer: str) -> str | None:
    """The question with names for its pronouns; None where one can't be told."""
    for pronoun in reversed(pronouns):
        word, tail = pronoun["word"].lower(), text[pronoun.end() :]
        meant = _person(before, answer) if word[0] in "hs" else _group(before) if word[0] == "t" else _thing(before)
        if meant is None or len(meant) > 60:
            return None
        follows = re.match(r"\s+(\w+)", tail)
        owns = word in ("his", "their", "its") or (word == "her" and follows and content_terms(follows[1]))
        verb = pronoun["aux"] or ""
        if verb and not meant.endswith("s"):
            one = {"are": "is", "were": "was", "do": "does", "have": "has"}[verb.lower()]
            verb = one.capitalize() if verb[0].isupper() else one
        text = text[: pronoun.start()] + f"{verb} {meant}".strip() + ("’s" if owns else "") + tail
    return text[0].upper() + text[1:]


def _person(before: str, answer: str) -> str | None:
    for text in (answer, before) if re.match("who", before, re.IGNORECASE) else (before, answer):
        for match in re.finditer(NAME, text):
            starts = re.search(r"(?:^|[.?!]\s+)$", text[: match.start()])
            verb = " " in match[0] or _VERB_NEXT.match(text, match.end())
            if (
                content_terms(match[0])
                and not _IMPERSONAL.fullmatch(match[0])
                and not THING.fullmatch(match[0])
                and (verb or not starts)
            ):
                return match[0]
    return None


def _group(before: str) -> str | None:
    # Who acts, unless others are many too: "How many soldiers has Russia sent?"
    others = re.search(r"\b(?:how\s+many|which|about|on|of)\s+(?:[a-z]+\s+)?[a-z]+s\b", before, re.IGNORECASE)
    actor = find_actor(before)
    return before[slice(*actor)] if actor and not others else None


def _thing(before: str) -> str | None:
    found = (re.search(pattern, before, re.IGNORECASE) for pattern in _TOPICS)
    return next((match[1] for match in found if match), None)
