"""What a question asks for, beside its words: when, from whom, and what kind of answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from retrieval.errors import QuestionError
from retrieval.search.answers import AnswerType, answer_type
from retrieval.search.attributions import find_attributions
from retrieval.search.dates import Kind
from retrieval.search.windows import find_window
from retrieval.words import content_terms

Tense = Literal["now", "changed"]

MAX_LENGTH = 2000

# Verbs that end or turn a position, as they stand behind "has" and behind "did".
_TURNED = (
    r"dropped|abandoned|renounced|relinquished|shelved|scrapped|given\s+up|backed|withdrawn|ended|stopped|lifted"
    r"|softened|hardened|reversed|agreed|accepted|rejected|compromised|conceded|relented|backtracked|walked\s+away"
)
_TURN = (
    r"drop|abandon|renounce|relinquish|shelve|scrap|give\s+up|withdraw|soften|harden|reverse|compromise|concede|relent"
    r"|backtrack|walk\s+away|change|go\s+back\s+on"
)
_NOW = re.compile(
    r"\b(?:still|currently|now|nowadays|anymore|any\s+more(?=\s*(?:[?.,!]|$))|any\s+longer"
    r"|no\s+longer|at\s+present|these\s+days|as\s+things\s+stand|current|newe(?:r|st)|latest(?!\s+(?:to|the)\b))\b"
    # "Has Kyiv dropped its condition?", asked for yes or no
    rf"|(?:^|[.?!,]\s+)(?:has|have)\s[^.?!]*\b(?:{_TURNED})\b",
    re.IGNORECASE,
)
# "Does Kyiv want to join?", "What is its stance on joining?": the plain present tense about a position.
_STANDING = re.compile(
    r"(?:^|[.?!,:]\s+)(?:does|do|doesn['’]t|don['’]t)\s(?!you\b|we\b|i\b)[^.?!]*\b(?:want|wish|insist|support|oppose|favou?r"
    r"|demand|intend|aspire|accept|reject|refuse|recogni[sz]e|prefer|agree|call\s+for|rule\s+out|continue|remain|keep"
    r"|stick|stand|hold|seek|plan|back|defend|advocate|endorse|push|pursue|require|allow)\b"
    r"|(?:^|[.?!,:]\s+)(?:is|are|isn['’]t|aren['’]t)\s[^.?!]*\b(?:in\s+favou?r|against|opposed|(?:un)?willing|prepared\s+to|open\s+to"
    r"|committed\s+to|adamant|determined|hesitant|reluctant|(?:seek|demand|insist|refus|rul|push|pursu|call|back|oppos"
    r"|support|continu)ing)\b"
    r"|\bwhat(?:\s+(?:is|are)|['’]s)\s[^.?!]*\b(?:positions?|stances?|attitudes?|polic(?:y|ies)|line|views?)"
    r"(?:\s+(?:of|on|towards?|about|regarding)\b|\s*\?)"
    r"|\bwhere\s+do(?:es)?\s[^.?!]*\bstand\b",
    re.IGNORECASE,
)
_BOTH_SIDES = re.compile(r"\bbefore\s+and\s+(?:after|since)\b", re.IGNORECASE)
_CHANGED = re.compile(
    r"\bhow\s+(?:has|have)\b|\bsince\s+when\b|\bover\s+(?:time|the\s+(?:years|months|weeks))\b"
    r"|\b(?:has|have|had|how|what|what['’]s|whether|when|why)\b[^?.,]*\b(?:changed|changing|evolved|evolving|shifted)\b"
    r"|\b(?:change|shift|evolve)\s+(?:in|of|its|their|his|her|over|since|on)\b"
    r"|\bhow\s+(?:did|does)\s[^.?!]*\b(?:change|evolve|shift|develop)\b"
    rf"|\b(?:why|when)\s+(?:has|have)\s[^.?!]*\b(?:{_TURNED})\b"
    rf"|(?:^|[.?!,]\s+)(?:(?:why|when)\s+)?did\s[^.?!]*\b(?:{_TURN})\b"
    # "What happened to the plan?", "What became of it?"
    r"|\bwhat(?:\s+has|['’]s)?\s+(?:happened\s+to|(?:become|became)\s+of)\b",
    re.IGNORECASE,
)

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
_QUOTED = re.compile(r'["“][^"“”]{1,300}["”]')


@dataclass(frozen=True, slots=True)
class Query:
    """A question, read. The window holds publication dates, both ends included, exactly as the question puts them.

    `outlets` are spelt as in the catalog. `focus` is the question without the phrases that became the window and the
    outlets: what to embed and to search words by. `tense` says whether the newest word counts ("now") or the
    course of things ("changed").
    """

    text: str
    focus: str
    since: date | None = None
    until: date | None = None
    window_kind: Kind | None = None
    outlets: tuple[str, ...] = ()
    tense: Tense | None = None
    answer_type: AnswerType | None = None


def understand(question: str, *, as_of: date, outlets: Collection[str] = ()) -> Query:
    """Read a question asked on the day `as_of` of articles from `outlets`, the catalog's names.

    Raises `QuestionError` for a question without words.
    """
    text = clean(question)
    mentions = find_attributions(text, outlets)
    # Blanked, not cut, so that offsets stay and "USA TODAY" is no day.
    hidden = [span for _, span in mentions]
    if both := _BOTH_SIDES.search(text):  # "before and after May" asks about all of time
        hidden.append((both.start(), len(text)))
    window = find_window(_blanked(text, hidden), as_of)
    return Query(
        text=text,
        focus=_without(text, [*window.spans, *(span for _, span in mentions)]),
        since=window.since,
        until=window.until,
        window_kind=window.kind,
        outlets=tuple(dict.fromkeys(name for names, _ in mentions for name in names)),
        tense=_tense(text),
        answer_type=answer_type(text),
    )


def clean(question: str) -> str:
    """NFC, on one line, without control and format characters, at most `MAX_LENGTH` long."""
    text = unicodedata.normalize("NFC", " ".join(question[: 8 * MAX_LENGTH].split()))
    if not text.isprintable():
        text = " ".join("".join(char if char.isprintable() else " " * char.isspace() for char in text).split())
    text = text[:MAX_LENGTH].rstrip()
    if not any(char.isalnum() for char in text):
        raise QuestionError('The question has no words: ask something like "What did NATO decide this week?".')
    return text


def _tense(text: str) -> Tense | None:
    unquoted = _QUOTED.sub(" ", text)  # "Both Sides Now" is a title
    # "Many are still waiting. Who was hurt?" asks about that day.
    asked = " ".join(each for each in _SENTENCE_END.split(unquoted) if each.endswith("?")) or unquoted
    if _CHANGED.search(asked) or _BOTH_SIDES.search(asked):
        return "changed"
    return "now" if _NOW.search(asked) or _STANDING.search(asked) else None


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """The text outside the spans, tidied; all of it where nothing but function words would be left."""
    left = _blanked(text, spans)
    left = re.sub(r"\s*\0+(?:['’]s\b)?\s*", " ", left)
    left = re.sub(r"\s+([?,.;:!])", r"\1", left)
    left = re.sub(r"([,;:])[,;:\s]*(?=[,;:.?!])", "", left)
    left = re.sub(r"^[\s,;:.?!]+", "", left).strip()
    return left if content_terms(left) else text
