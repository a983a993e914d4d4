"""The target of a question: the type of answer, now or change, its subject and its sides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, takewhile
from typing import Literal

from retrieval.nlp.clauses import shorten
from retrieval.nlp.entities import entities
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.roles import kind_of, nouns_of, one_word
from retrieval.nlp.sentences import sentences
from retrieval.nlp.tokens import content_terms
from retrieval.question.kinds import phrases

AnswerType = Literal["person", "number", "date", "place"]

_NOUNS: tuple[AnswerType, ...] = ("number", "date", "person", "place")
_LONGEST_RUN = 4  # words
# What ends the run of words behind "which"; "which country's mayor" asks for the country.
_PAUSE = re.compile(r"[,;:?!]|['’]s?\s")

Sign = tuple[int, int, AnswerType]


def answer_type(question: str, language: str = "en") -> AnswerType | None:
    """Read from the last sentence that asks: the sign that comes first in it, and of two there the longer."""
    asking = [question[start:end] for start, end in sentences(question)]
    asked = next((each for each in reversed(asking) if each.endswith("?")), question)
    return min(_signs(asked, language), default=(0, 0, None))[2]


def _signs(question: str, language: str) -> Iterator[Sign]:
    """Words that ask for one kind of answer, and the nouns behind "which"."""
    which = list(phrases(language, "which").finditer(question))
    # Beside "which" and "what", "who" only goes on about a noun.
    for target in _NOUNS if not which else ("number",):
        if match := phrases(language, target).search(question):
            yield match.start(), -len(match[0]), target
    for match in which:
        if kind := _run_kind(_PAUSE.split(question[match.end() :])[0], language):
            yield match.start(), -len(match[0]), kind


def _run_kind(rest: str, language: str) -> AnswerType | None:
    """The kind of the last noun of the first words behind "which" that has one: "former England player"."""
    run = rest.split()[: _LONGEST_RUN if language == "en" else 2]
    return next((kind for word in reversed(run) if (kind := _kind(word, language))), None)


def _kind(word: str, language: str) -> AnswerType | None:
    noun = word.lower().rstrip(".")
    singular = noun.removesuffix("ies") + "y" if noun.endswith("ies") else noun.removesuffix("s")
    forms = (noun, singular, noun.removesuffix("es"))
    return next((kind for form in forms for kind in _NOUNS if phrases(language, f"{kind}_nouns").fullmatch(form)), None)


# Words behind "how many" that may say what is counted.
_COUNTED = 3


def counted_of(question: str, language: str) -> frozenset[str]:
    """The terms of what a question wants counted: "How many submarines has the navy?", "the unemployment rate"."""
    if counts := phrases(language, "counts").search(question):
        run = phrases(language, "auxiliary").split(_PAUSE.split(question[counts.end() :])[0], maxsplit=1)[0]
        return frozenset(content_terms(" ".join(run.split()[:_COUNTED]), language))
    if answer_type(question, language) != "number" or not (which := phrases(language, "which").search(question)):
        return frozenset()
    run = _PAUSE.split(question[which.end() :])[0].split()[:_LONGEST_RUN]
    noun = next((at for at, word in enumerate(run) if _kind(word, language) == "number"), 0)
    before = takewhile(lambda word: content_terms(word, language), reversed(run[:noun]))
    return frozenset(content_terms(" ".join(before), language))


Tense = Literal["now", "changed", "done"]

_START = r"(?:^|[.?!,:]\s+)"
_LISTED = {name: any_of(tuple(listed)) for name, listed in load("en")["tense"].items()}
_TURNED, _TURN, _HOLD, _HOLD_WHAT = (_LISTED[name] for name in ("turned", "turn", "hold", "hold_what"))
_NOW = re.compile(
    rf"(?<!\w)(?:{_LISTED['now']}|any\s+more(?=\s*(?:[?.,!]|$))|latest(?!\s+(?:to|the)\b))(?!\w)"
    # "Has Kyiv dropped its condition?", asked for yes or no
    rf"|(?:^|[.?!,]\s+)(?:has|have)\s[^.?!]*\b(?:{_TURNED})\b",
    re.IGNORECASE,
)
# "Has the loan been approved?"
_DONE = re.compile(r"(?:^|[.?!,]\s+)(?:has|have|hasn['’]t|haven['’]t)\s(?!you\b|we\b|i\b)[^.?!]*\?", re.IGNORECASE)
# "Does Kyiv want to join?", "What is its stance on joining?": the plain present tense about a position.
_STANDING = re.compile(
    rf"{_START}(?:does|do|doesn['’]t|don['’]t)\s(?!you\b|we\b|i\b)[^.?!]*\b(?:{_HOLD}|{_HOLD_WHAT})\b"
    rf"|\bwhat\s+do(?:es)?\s(?!you\b|we\b|i\b)[^.?!]*\b(?:{_HOLD_WHAT})\b"
    rf"|{_START}(?:is|are|isn['’]t|aren['’]t)\s[^.?!]*\b(?:{_LISTED['holding']})\b"
    # "Is the bid over?"
    rf"|{_START}(?:is|are)\s[^.?!]*\b(?:over|dead|finished|alive|(?:on|off)\s+the\s+table)\s*\?"
    rf"|\bwhat(?:\s+(?:is|are)|['’]s)\s[^.?!]*\b(?:{_LISTED['position']})(?:\s+(?:of|on|towards?|about|regarding)\b|\s*\?)"
    r"|\bwhere\s+do(?:es)?\s[^.?!]*\bstand\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    rf"\b(?:{_LISTED['course']})\b|\b(?:{_LISTED['asked_of_change']})\b[^?.,]*\b(?:{_LISTED['changed']})\b"
    rf"|\bhow\s+(?:did|does)\s[^.?!]*\b(?:{_LISTED['change']})\b"
    rf"|\b(?:why|when)\s+(?:has|have)\s[^.?!]*\b(?:{_TURNED})\b"
    rf"|(?:^|[.?!,]\s+)(?:(?:why|when)\s+)?did\s[^.?!]*\b(?:{_TURN})\b"
    # "What happened to Kyiv's bid?"
    r"|\bwhat(?:\s+has|['’]s)?\s+happened\s+to\s+[\w ]+['’]|\bbefore\s+and\s+(?:after|since)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")


def tense_of(question: str, language: str = "en") -> Tense | None:
    """Which of these a question asks for; None for none."""
    # "Many are still waiting. Who was hurt?" asks about that day.
    asked = " ".join(each for each in _SENTENCE_END.split(question) if each.endswith("?")) or question
    if language != "en":
        if phrases(language, "changed").search(asked):
            return "changed"
        return "now" if phrases(language, "now").search(asked) else None
    if _CHANGED.search(asked):
        return "changed"
    if _NOW.search(asked) or _STANDING.search(asked):
        return "now"
    return "done" if _DONE.search(asked) else None


# Terms of words that only ask how things are, and how they came to be so.
ASKING = frozenset(content_terms(load("en")["tense"]["asking"]))


def sides_of(question: str, language: str) -> tuple[str, ...]:
    """The names that a question sets side by side: "How do the US and German positions differ?" """
    if not phrases(language, "compares").search(question):
        return ()
    named = entities(question)
    pairs = ((one, other) for one, other in pairwise(named) if _joined(question[one.end : other.start], language))
    return tuple(dict.fromkeys(each.name for pair in pairs for each in pair))


def _joined(between: str, language: str) -> bool:
    return bool(phrases(language, "joins_sides").fullmatch(re.sub(r"^['’]s?\b", "", between).strip(" ,")))


def subject_of(question: str) -> str:
    """The words for what a question is about, without its first name and asking words; else all."""
    shortened = shorten(question)
    first = next((each.name for each in entities(shortened)), "")
    idle = frozenset(content_terms(first)) | ASKING
    kept = [word for word in shortened.split() if (made := frozenset(content_terms(word))) and not made <= idle]
    return " ".join(kept) or question


# A kind of role, and the terms of what it is of.
Office = tuple[str, tuple[str, ...]]

_HYPHENATED = re.compile(r"[\w-]+")
_BETWEEN = re.compile(r"(?:['’]s?)?\s+(?P<area>(?:[a-zà-ÿ-]+\s+)?)")
_OF = re.compile(r"\s+(?:of|for|von|der|de|del)\s+(?:the\s+|la\s+)?")
# Words of a question that asks for an office alone.
_LONGEST_OFFICE = 8
_LEADS = re.compile(rf"\W*who\s+(?:{any_of(load('roles')['verbs']['head'].split())})\s+(?:the\s+)?", re.IGNORECASE)


def office_of(question: str) -> Office | None:
    """The kind of an office, and the terms of what it is of; None where no body, or already a person, stands beside."""
    named = entities(question)
    if leads := _LEADS.match(question):  # "Who leads NATO?"
        body = next((each for each in named if each.start == leads.end()), None)
        return ("head", tuple(content_terms(body.name))) if body else None
    for each in named:  # "the NATO SG"
        *body_words, last = each.name.split()
        if body_words and (kind := kind_of(last)):
            return kind, tuple(content_terms(" ".join(body_words)))
    for word in _HYPHENATED.finditer(one_word(question)):
        kind = kind_of(word[0])
        if kind is None or any(each.start == word.end() + 1 for each in named):
            continue
        for body in named:
            before = _BETWEEN.fullmatch(question, body.end, word.start())
            if before or _OF.fullmatch(question, word.end(), body.start):
                return kind, tuple(content_terms(f"{body.name} {before['area'] if before else ''}"))
    return None


def asked_office(question: str) -> Office | None:
    """The office whose holder alone a question asks for: "Who is the NATO chief?", "Who leads NATO?"."""
    asks = question.lower().lstrip().startswith("who") and len(question.split()) <= _LONGEST_OFFICE
    if not asks or (office := office_of(question)) is None:
        return None
    left = set(content_terms(question)) - set(office[1])
    known = {term for noun in (*nouns_of(office[0]), load("roles")["verbs"]["head"]) for term in content_terms(noun)}
    return office if left <= known | ASKING else None
