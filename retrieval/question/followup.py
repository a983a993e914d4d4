"""A follow-up as the question it stands for: "and Germany?" after a question about France.

Only what is sure takes another's place. Else the earlier question goes before the new one: a reader understands that,
a search has the words of both, and the kind of answer is read from the last.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from retrieval.models import Turn
from retrieval.nlp.tokens import content_terms, terms
from retrieval.question.coreference import EXPLETIVE, PRONOUN, points_out, resolve
from retrieval.question.ellipsis import fill, is_part
from retrieval.question.names import ASKS, AUXILIARY, NAME

_CARRIED, _LONGEST = 180, 110  # characters of the earlier question and of a follow-up: together below 300
_COURTESY = frozenset(terms("bye cheers cool good great hello hey hi lot nice no ok okay sorry thank thanks thx"))
# What can be asked about anything, and so asks nothing by itself.
_LIGHT = _COURTESY | frozenset(
    terms(
        "agree agreed another anything change changed come cost countries detail details died else evidence example"
        " exactly explain go happen happened hurt killed lost mean more newer next pay pays people react reacted real"
        " really reason reply respond said say sign signed source start started still sure tell true update vote voted"
        " won"
    )
)
_OPENER = re.compile(
    r"^(?P<lead>(?:(?:and|but|or|so|also|then|okay|ok)\b,?\s+)*)(?P<about>(?:(?:what|how)\s+(?:about|of)|same\s+for)\s+)?"
    r"(?P<rest>.*?)(?:,?\s+(?:too|though|instead))?[\s?!.]*$",
    re.IGNORECASE,
)
# What points back, but to what is hard to say.
_POINTS = re.compile(
    rf"\b(?:{AUXILIARY}|about|after|before|by|for|like|mean|of|to|with)\s+(?:that|this|these|those)\b"
    r"(?!\s+(?:who|\w*day|week|month|year|morning|summer|winter))|\b(?:else|same|(?:there|that|this)(?=\s*\?*$))\b",
    re.IGNORECASE,
)
# "What did Germany say?": about what, was said before.
_SAYS_WHAT = re.compile(
    rf"(?:\w+\s+)?{AUXILIARY}\s+((?-i:{NAME}))\s+"
    r"(agree|answer|change|decide|do|object|propose|react|reply|respond|say|sign|think|vote|want)(?:\s+to)?",
    re.IGNORECASE,
)


def standalone(question: str, turns: Sequence[Turn]) -> str:
    """The question as it can be asked alone; itself where it stands alone. `turns` are oldest first.

    What is made out of two is never longer than 300 characters.
    """
    text = " ".join(question.split())
    earlier = [turn for turn in turns[-6:] if not set(content_terms(turn.understood)) <= _COURTESY]
    if not earlier or not terms(text) or is_courtesy(text) or len(text) > _LONGEST:
        return question
    # A refusal names what came closest, which nobody asked about.
    answer = "" if earlier[-1].answer.startswith("Not in the articles") else earlier[-1].answer[:1000]
    made = _completed(text, _carried(earlier[-1].understood), answer)
    return made if made and len(made) <= 300 else question


def is_courtesy(text: str) -> bool:
    """Whether it only greets, thanks or agrees."""
    asks = re.search(rf"\b{ASKS}\b", text, re.IGNORECASE)
    return not asks and set(content_terms(text)) <= _COURTESY and not _COURTESY.isdisjoint(terms(text))


def is_question(text: str) -> bool:
    """Whether it is put as a question."""
    rest = _OPENER.findall(text)[0][2]
    return "?" in text or bool(re.match(rf"{ASKS}\b", rest, re.IGNORECASE))


def _carried(understood: str) -> str:
    """Without the "Why?" that an earlier follow-up left at its end."""
    parts = re.findall(r"[^?]+\??", understood)
    while len(parts) > 1 and _is_light(parts[-1]):
        parts.pop()
    text = textwrap.shorten("".join(parts), _CARRIED, placeholder=" …")
    return text if text[-1] in ".?!" else f"{text}?"


def _is_light(text: str) -> bool:
    return set(content_terms(text)) <= _LIGHT and not re.search(NAME, text[1:])


def _shares(text: str, before: str) -> bool:
    """Whether it goes on about a thing that was asked about: "What is the resolution about?"."""
    nouns = content_terms(" ".join(re.findall(r"\bthe\s+(\w+)", text, re.IGNORECASE)))
    return not re.search(NAME, text[1:]) and not set(nouns).isdisjoint(content_terms(before))


def _completed(text: str, before: str, answer: str) -> str | None:
    lead, about, rest = _OPENER.findall(text)[0]
    asks = re.match(rf"{ASKS}\b", rest, re.IGNORECASE)
    joined = f"{before} {text[0].upper()}{text[1:]}" + ("?" if text[-1].isalnum() and asks else "")
    again = _SAYS_WHAT.fullmatch(rest)
    if again and again[2] in before:
        about, rest = "about", again[1]
    if about or (not asks and (lead or is_part(rest, before + answer))):
        return fill(rest, before, answer) or joined
    pronouns = [] if EXPLETIVE.search(rest) else [each for each in PRONOUN.finditer(text) if points_out(each, text)]
    points = _POINTS.search(rest)
    if not pronouns:
        return joined if points or again or _is_light(rest) or _shares(rest, before) else None
    # "Is it true?", "Does it work?" and "Who said it?" may be about all that was said.
    if re.search(rf"\b{AUXILIARY}\s+it\s|\bsa(?:y|id)\s+it\b", rest, re.IGNORECASE) or (
        _is_light(rest) and {each["word"].lower() for each in pronouns} == {"it"}
    ):
        return joined
    resolved = resolve(pronouns, text, before, answer)
    return joined if resolved is None else f"{before} {resolved}" if points else resolved
