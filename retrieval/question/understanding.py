"""What a question asks for, beside its words: when, from whom, and what kind of answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from retrieval.errors import QuestionError
from retrieval.nlp.tokens import content_terms
from retrieval.question.calendar import Kind
from retrieval.question.sources import find_attributions
from retrieval.question.target import AnswerType, answer_type
from retrieval.question.temporal_intent import Tense, both_sides, tense_of
from retrieval.question.windows import find_window

MAX_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Question:
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


def understand(question: str, *, as_of: date, outlets: Collection[str] = ()) -> Question:
    """Read a question asked on the day `as_of` of articles from `outlets`, the catalog's names.

    Raises `QuestionError` for a question without words.
    """
    text = clean(question)
    mentions = find_attributions(text, outlets)
    # Blanked, not cut, so that offsets stay and "USA TODAY" is no day.
    hidden = [*(span for _, span in mentions), *filter(None, [both_sides(text)])]
    window = find_window(_blanked(text, hidden), as_of)
    return Question(
        text=text,
        focus=_without(text, [*window.spans, *(span for _, span in mentions)]),
        since=window.since,
        until=window.until,
        window_kind=window.kind,
        outlets=tuple(dict.fromkeys(name for names, _ in mentions for name in names)),
        tense=tense_of(text),
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
