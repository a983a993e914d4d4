"""Whether a question asks how things are now or how they have changed: read from its wording, without a model."""

from __future__ import annotations

import re
from typing import Literal

from retrieval.nlp.lexicon import any_of, load
from retrieval.question.phrases import phrases

Tense = Literal["now", "changed"]

_START = r"(?:^|[.?!,:]\s+)"
_LISTED = {name: any_of(tuple(listed)) for name, listed in load("en")["tense"].items()}
_TURNED, _TURN, _HOLD, _HOLD_WHAT = (_LISTED[name] for name in ("turned", "turn", "hold", "hold_what"))
_NOW = re.compile(
    rf"(?<!\w)(?:{_LISTED['now']}|any\s+more(?=\s*(?:[?.,!]|$))|latest(?!\s+(?:to|the)\b))(?!\w)"
    # "Has Kyiv dropped its condition?", asked for yes or no
    rf"|(?:^|[.?!,]\s+)(?:has|have)\s[^.?!]*\b(?:{_TURNED})\b",
    re.IGNORECASE,
)
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
    """Which of both a question asks for; None for neither."""
    # "Many are still waiting. Who was hurt?" asks about that day.
    asked = " ".join(each for each in _SENTENCE_END.split(question) if each.endswith("?")) or question
    if language != "en":
        if phrases(language, "changed").search(asked):
            return "changed"
        return "now" if phrases(language, "now").search(asked) else None
    if _CHANGED.search(asked):
        return "changed"
    return "now" if _NOW.search(asked) or _STANDING.search(asked) else None
